"""The verdict on one signature: gate, then both engines, then the explanation of what does not hold."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from lxml import etree

from samlcheck.finding import Slot, Text
from samlcheck.trust import references, signatures
from samlcheck.trust.algorithms import CANONICALIZATIONS, SIGNATURE_METHODS, weak_key
from samlcheck.trust.canonical import CanonicalizationError, canonical
from samlcheck.trust.certificates import embedded_keys, in_words
from samlcheck.trust.digests import verifies
from samlcheck.trust.examination import Examination
from samlcheck.trust.facts import AlgorithmPolicy, CertificateFact, KeyTried, PinnedKey, SignatureFact, SignatureVerdict
from samlcheck.trust.written import Written, octets_of, prefixes_of, read
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local, q


def judge(
    holder: etree._Element,
    document: Document,
    given: Sequence[PinnedKey],
    policy: AlgorithmPolicy,
    *,
    known_digest: bytes | None = None,
) -> SignatureFact:
    """Return the verdict on the signature that is a child of ``holder`` and should protect it.

    ``valid`` needs all of: admitted by the gate, xmlsec says yes with a key given, and our own digest and signature value
    say yes with the same key. Everything else is another verdict; no exception stands for one.
    known_digest: of the signed content, which ``streaming`` has read piece by piece; xmlsec is then asked about SignedInfo alone.
    """
    element = local(holder.tag)
    found = holder.findall(q("ds:Signature"))
    if not found:
        return SignatureFact(
            element, "absent", "no-signature", Text.of(f"The {element} is not signed."), document.absent(holder, "ds:Signature")
        )
    if len(found) > 1:
        places = tuple(document.ref(item) for item in found)
        text = Text.of(f"The {element} holds {len(found)} signatures; it may hold one (core 5.4.1).")
        return SignatureFact(element, "refused", "several-signatures", text, places[0], related=places)
    signature = found[0]
    node = document.ref(signature)
    written = read(signature)
    embedded = embedded_keys(signature, f"KeyInfo of the {element} signature", node)
    seen: dict[str, Any] = {
        "signature_algorithm": written.signature_algorithm,
        "digest_algorithm": written.digest_algorithm,
        "canonicalization": written.canonicalization,
        "transforms": written.transforms,
        "reference_uri": written.uri,
        "embedded": embedded[0].certificate if embedded else None,
        "digest_expected": written.digest_value.strip(),
    }

    def said(verdict: SignatureVerdict, reason: str, explanation: Text, key: CertificateFact | None = None) -> SignatureFact:
        return SignatureFact(element, verdict, reason, explanation, node, key=key, **seen)

    admitted = references.admit(signature, document, policy, written)
    if isinstance(admitted, references.Refusal):
        seen |= {"related": admitted.related, "tried": signers(signature, written, given)}
        genuine = next((item.certificate for item in seen["tried"] if item.verifies), None)
        addition = (
            Text() if genuine is None else Text.of(" The signature as such was made by a key given, ", in_words(genuine), ".")
        )
        return said(admitted.verdict, admitted.reason, Text.of(admitted.explanation, addition))
    exam = Examination(admitted, known_digest)
    try:
        seen |= {
            "digest_computed": base64.b64encode(exam.digest_computed).decode(),
            "signed_info": exam.info.decode(),
            "embedded_verifies": any(exam.signed_by(key) for key in embedded) if embedded else None,
            "tried": tuple(KeyTried(key.certificate, exam.signed_by(key)) for key in given),
        }
    except CanonicalizationError:
        text = Text.of(f"The {element} has no canonical form under the method it names.")
        return said("refused", "canonicalization-refused", text)
    try:
        confirmed = signatures.confirming(document.root, signature, given) if known_digest is None else _of_info(exam, given)
    except signatures.EngineMissingError as missing:
        text = Text.of("The signature cannot be verified: xmlsec does not load (", Slot(str(missing)), "). Run samlcheck doctor.")
        return said("unverifiable", "engine-missing", text)
    agreed = [key for key in given if exam.digest_holds and exam.signed_by(key)]
    if agreed != confirmed:
        text = Text.of(
            f"The two engines disagree about the {element} signature: it counts for nothing. Please report this bug of samlcheck."
        )
        return said("unverifiable", "engines-disagree", text)
    if not agreed:
        from samlcheck.trust import autopsy  # seldom needed, and large

        cause = autopsy.explain(exam, given, embedded, size=len(document.data))
        return said(cause.verdict, cause.reason, cause.explanation)
    key = agreed[0].certificate
    if weak_key(key, policy):
        text = Text.of(
            f"The {element} signature verifies, but its key is too short to prove anything ({key.key_type}): ", in_words(key), "."
        )
        return said("refused", "weak-key", text)
    which = f", number {given.index(agreed[0]) + 1} of the {len(given)} keys given" if len(given) > 1 else ""
    return said(
        "valid", "ok", Text.of(f"The {element} is signed by ", in_words(key), ", from ", Slot(key.origin), f"{which}."), key
    )


def _of_info(exam: Examination, given: Sequence[PinnedKey]) -> list[PinnedKey]:
    """Return the keys with which xmlsec verifies SignedInfo of a signature whose digest holds. Raises EngineMissingError."""
    if not exam.digest_holds or exam.value is None:
        return []
    algorithm, value = exam.admitted.written.signature_algorithm, exam.value
    return [key for key in given if signatures.confirms_octets(exam.info, algorithm, value, key.public_der)]


def stray(signature: etree._Element, document: Document, given: Sequence[PinnedKey]) -> SignatureFact:
    """Return the verdict on a signature that stands where SAML has no place for one (core 5.4.1)."""
    parent = signature.getparent()
    element = local(parent.tag) if parent is not None else "document"
    written = read(signature)
    text = Text.of(f"A signature stands in the {element}, where it protects nothing that is read.")
    tried = signers(signature, written, given)
    return SignatureFact(
        element,
        "not-covering",
        "wrong-position",
        text,
        document.ref(signature),
        written.signature_algorithm,
        written.digest_algorithm,
        reference_uri=written.uri,
        tried=tried,
    )


def signers(signature: etree._Element, written: Written, given: Sequence[PinnedKey]) -> tuple[KeyTried, ...]:
    """Return which of the keys given made the value of a signature that is not admitted: a genuine one is used for wrapping."""
    infos = signature.findall(q("ds:SignedInfo"))
    method = SIGNATURE_METHODS.get(written.signature_algorithm)
    canonicalization = CANONICALIZATIONS.get(written.canonicalization)
    value = octets_of(written.signature_value)
    if len(infos) != 1 or method is None or canonicalization is None or value is None:
        return ()
    try:
        info = canonical(infos[0], canonicalization, prefixes=prefixes_of(infos[0].find(q("ds:CanonicalizationMethod"))))
    except CanonicalizationError:
        return ()
    return tuple(KeyTried(key.certificate, verifies(key.public_der, method, info, value)) for key in given)
