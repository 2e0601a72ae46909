"""Signatures of a copy in the state that those of the original were in.

A signature that held holds again, by the stand-in of the key that made it. One that did not hold is made over what was
signed before the damage, as far as the autopsy can tell what that was; so the copy is diagnosed alike. Where nothing can
be told, digest and value are wrong, as they were.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.redact.signing import raw_signature, strangers_key
from samlcheck.redact.standins import StandIns, like
from samlcheck.source import Artifact
from samlcheck.trust import algorithms, damage, identifiers, references
from samlcheck.trust.algorithms import Canonicalization, SignatureMethod
from samlcheck.trust.canonical import CanonicalizationError, canonical, escaped
from samlcheck.trust.certificates import embedded_keys
from samlcheck.trust.digests import digest, made_by
from samlcheck.trust.examination import Examination
from samlcheck.trust.facts import PinnedKey
from samlcheck.trust.respelling import Undo
from samlcheck.trust.written import Written, octets_of, prefixes_of, read
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.parse import METADATA, parse

Octets = Callable[[Examination], bytes]
"""What was signed or digested, given the signature as it stands in the copy."""
_MOST = 64
"""Signatures made again in one document; an aggregate may hold one for each of thousands of entities."""


@dataclass(frozen=True)
class State:
    """What a signature of the original was like."""

    content: Octets | None
    """Octets whose digest stood in it; None: of something else."""
    info: Octets | None
    """Octets that were signed; None: of something else."""
    signer: PinnedKey | None
    """The key that made the value, if one known did."""
    malformed: bool = False
    """Whether the value is no base64."""


def resigned(original: bytes, copy: bytes, given: Sequence[PinnedKey], stand_ins: StandIns) -> bytes:
    """Return the copy with its signatures made again in the state of the original's.

    given: keys that the user trusts. A document that cannot be parsed is returned as it is: nobody verifies it.
    """
    if b"S\0i\0g\0n" not in original and b"SignatureValue" not in original:
        return copy
    try:
        before = parse(Artifact("original", original), METADATA)
        after = parse(Artifact("copy", copy), METADATA)
    except Exception:  # noqa: BLE001 - hostile and broken documents are refused alike in original and copy
        return copy
    signatures = list(before.root.iter(q("ds:Signature")))
    if len(signatures) != len(list(after.root.iter(q("ds:Signature")))):
        return copy
    inner_first = sorted(range(len(signatures)), key=lambda index: -len(list(signatures[index].iterancestors())))
    for index in inner_first[:_MOST]:
        exam = _examination(signatures[index], before)
        if exam is None:
            stand_ins.values.ledger.note("a signature that is refused before it is verified was replaced by random octets")
            continue
        state = state_of(exam, (*given, *embedded_keys(signatures[index], "KeyInfo", None)))
        if state.content is None:
            stand_ins.values.ledger.note("what was changed after signing cannot be told: in the copy the digest is random")
        copy = _made(copy, index, state, exam, stand_ins)
    if len(signatures) > _MOST:
        stand_ins.values.ledger.note("signatures beyond the first 64 were not made again")
    return copy


def _examination(signature: etree._Element, document: Document) -> Examination | None:
    """Return a signature taken apart, also one that refers to another element than its parent; None if it cannot be."""
    admitted = references.admit(signature, document, "legacy")
    if isinstance(admitted, references.Admitted):
        return Examination(admitted)
    written = read(signature)
    infos = signature.findall(q("ds:SignedInfo"))
    method, hashed = (
        algorithms.SIGNATURE_METHODS.get(written.signature_algorithm),
        algorithms.DIGEST_METHODS.get(written.digest_algorithm),
    )
    info_method = algorithms.CANONICALIZATIONS.get(written.canonicalization)
    if not infos or method is None or hashed is None or info_method is None:
        return None
    named = [item for item in infos[0].iter(q("ds:Transform")) if item.get("Algorithm") != algorithms.ENVELOPED]
    found = algorithms.CANONICALIZATIONS.get(named[0].get("Algorithm") or "") if named else Canonicalization(exclusive=False)
    target = _target(signature, document, written, found, named)
    if target is None or found is None:
        return None
    prefixes = prefixes_of(infos[0].find(q("ds:CanonicalizationMethod")))
    plain = Canonicalization(found.exclusive, False, found.version)
    own = prefixes_of(named[0]) if named else frozenset()
    return Examination(references.Admitted(signature, infos[0], target, info_method, prefixes, plain, own, hashed, method, written))


def _target(
    signature: etree._Element,
    document: Document,
    written: Written,
    method: Canonicalization | None,
    named: Sequence[etree._Element],
) -> etree._Element | None:
    """Return the element that a refused signature is about: of several with the ID, the one that has the digest."""
    parent = signature.getparent()
    if not (written.uri or "").startswith("#"):
        return document.root if written.uri == "" else parent
    bearers = identifiers.bearers(document, (written.uri or "")[1:]) or ([] if parent is None else [parent])
    expected, hashed = octets_of(written.digest_value), algorithms.DIGEST_METHODS.get(written.digest_algorithm)
    if method is None or hashed is None or not bearers:
        return None
    prefixes = prefixes_of(named[0]) if named else frozenset()
    for element in bearers:
        try:
            octets = canonical(
                element, Canonicalization(method.exclusive, False, method.version), prefixes=prefixes, without=signature
            )
        except CanonicalizationError:
            continue
        if digest(octets, hashed) == expected:
            return element
    return bearers[0]


def state_of(exam: Examination, keys: Sequence[PinnedKey]) -> State:
    """Return the state of a signature, tried with the keys that are known."""
    try:
        content = _content(exam)
        info, signer = _info(exam, keys)
    except CanonicalizationError:
        return State(None, None, None)
    text = exam.admitted.written.signature_value
    malformed = exam.value is None and octets_of(text.strip().replace(" ", "+")) is None
    if signer is None and exam.value is not None:
        signer = next((key for key in keys if made_by(key.public_der, exam.admitted.signature_method, exam.value)), None)
        return State(content, None if signer is not None else lambda new: new.info, signer, malformed)
    return State(content, info, signer, malformed)


def _content(exam: Examination) -> Octets | None:
    """Return what the digest was made of: the content as it is, or with one damage undone."""
    if exam.digest_holds:
        return lambda new: new.content
    for repair in damage.DAMAGES:
        if exam.repaired(repair):
            return _mended(repair.undo)
    return _trimmed(exam) or _redeclared(exam)


def _info(exam: Examination, keys: Sequence[PinnedKey]) -> tuple[Octets | None, PinnedKey | None]:
    """Return what was signed, and by which key."""
    for key in keys:
        if exam.signed_by(key):
            return (lambda new: new.info), key
    for repair in damage.DAMAGES:
        for key in keys:
            if exam.signed_after(repair, key):
                return _mended_info(repair.undo), key
    return (lambda new: new.info), None


def _mended(undo: Undo) -> Octets:
    return lambda new: new.spelt_content.octets(undo) or new.content


def _mended_info(undo: Undo) -> Octets:
    return lambda new: new.spelt_info.octets(undo) or new.info


def _declared_as(number: int) -> Octets:
    return lambda new: list(_declared(new))[number]


def _trimmed(exam: Examination) -> Octets | None:
    """Return the content with white space around one value, if that is what was digested."""
    if exam.trimmed() is None:
        return None
    for index, value in enumerate(exam.spelt_content.values):
        if not value.is_leaf or value.in_signature:
            continue
        for before, after, _ in damage.ADDED_WHITE_SPACE:
            add = _adding(index, before, after)
            if digest(add(exam), exam.admitted.digest) == exam.digest_expected:
                return add
    return None


def _adding(index: int, before: str, after: str) -> Octets:
    def octets(new: Examination) -> bytes:
        around = new.spelt_content.around(index)
        text = escaped(f"{before}{new.spelt_content.values[index].text}{after}", attribute=False)
        return around[0] + text.encode() + around[1]

    return octets


def _redeclared(exam: Examination) -> Octets | None:
    """Return the content under other namespace declarations, if that is what was digested."""
    for number, octets in enumerate(_declared(exam)):
        if digest(octets, exam.admitted.digest) == exam.digest_expected:
            return _declared_as(number)
    return None


def _declared(exam: Examination) -> Iterator[bytes]:
    a = exam.admitted
    for guess in damage.namespaces(a.target, a.prefixes, exclusive=a.method.exclusive):
        prefixes = a.prefixes if guess.prefixes is None else guess.prefixes
        yield canonical(a.target, a.method, prefixes=prefixes, without=a.signature, also_in_scope=guess.in_scope, alone=guess.alone)


def _made(copy: bytes, index: int, state: State, old: Examination, stand_ins: StandIns) -> bytes:
    """Return the copy with one signature made again."""
    exam = _again(copy, index, old)
    if exam is None:
        return copy
    try:
        octets = state.content(exam) if state.content is not None else secrets.token_bytes(32)
        value = base64.b64encode(hashlib.new(exam.admitted.digest, octets, usedforsecurity=False).digest()).decode()
        copy = _written(copy, index, "DigestValue", like(old.admitted.written.digest_value, value))
        exam = _again(copy, index, old)
        if exam is None:
            return copy
        signed = state.info(exam) if state.info is not None else secrets.token_bytes(32)
    except CanonicalizationError:
        return copy
    written = old.admitted.written.signature_value
    if state.malformed:
        return _written(copy, index, "SignatureValue", stand_ins.scrambled(written))
    made = _signature(state.signer, exam.admitted.signature_method, signed, stand_ins)
    if made is None:
        stand_ins.values.ledger.note("a signature by a key of a kind that cannot be made anew does not hold in the copy")
        return _written(copy, index, "SignatureValue", stand_ins.scrambled(written))
    return _written(copy, index, "SignatureValue", like(written, base64.b64encode(made).decode()))


def _again(copy: bytes, index: int, old: Examination) -> Examination | None:
    """Return the same signature of the copy, with the target that the original's was about."""
    document = parse(Artifact("copy", copy), METADATA)
    signature = list(document.root.iter(q("ds:Signature")))[index]
    exam = _examination(signature, document)
    if exam is None:
        return None
    a, b = exam.admitted, old.admitted
    place = list(b.target.getroottree().getroot().iter("*")).index(b.target)
    target = list(document.root.iter("*"))[place]
    return Examination(replace(a, target=target))


def _written(copy: bytes, index: int, name: str, text: str) -> bytes:
    """Return the copy with other text in the first element of a name inside one signature."""
    document = parse(Artifact("copy", copy), METADATA)
    signature = list(document.root.iter(q("ds:Signature")))[index]
    element = next(signature.iter(q(f"ds:{name}")), None)
    if element is None or len(element):
        return copy
    span = document.ref(element, text=True).span
    if span is None or span.start == span.end:
        return copy
    codec = "utf-16-le" if copy[:2] == b"\xff\xfe" else "utf-16-be" if copy[:2] == b"\xfe\xff" else "utf-8"
    kept = text.replace("\r", "&#13;")
    return copy[: span.start] + kept.encode(codec) + copy[span.end :]


def _signature(signer: PinnedKey | None, method: SignatureMethod, octets: bytes, stand_ins: StandIns) -> bytes | None:
    """Return a signature by the stand-in of a key, or by a key of nobody's where it is not known who signed."""
    private = stand_ins.private(signer.public_der) if signer is not None else strangers_key(method, stand_ins)
    return None if private is None else raw_signature(private, method, octets)
