"""Decrypted content put back where it stood, as octets, and the whole read again by the hardened parser.

A library that moves decrypted nodes between trees changes their namespaces and breaks signatures; octets spliced into octets
stay what the sender wrote. Two stages: assertions (signed over encrypted IDs and attributes as they are), then those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from samlcheck.errors import SamlcheckError
from samlcheck.frozen import dataclass
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.trust.facts import AlgorithmPolicy, EncryptionFact
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local, q
from samlcheck.xmldoc.parse import parse

_MOST = 64
"""Encrypted elements opened in one message."""
_PROLOG = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*")
_INSIDE = {
    q("saml:EncryptedAssertion"): (q("saml:Assertion"),),
    q("saml:EncryptedID"): (q("saml:NameID"), q("saml:BaseID"), q("saml:Assertion")),
    q("saml:NewEncryptedID"): (q("saml:NameID"),),
    q("saml:EncryptedAttribute"): (q("saml:Attribute"),),
}


@dataclass(frozen=True)
class Opened:
    """A message in the stages of its decryption; all the same where nothing was decrypted."""

    received: Anatomy
    assertions: Anatomy
    """With its EncryptedAssertions opened: what assertion signatures are verified on."""
    values: Anatomy
    """With encrypted IDs and attributes opened too: what values are read from."""
    facts: tuple[EncryptionFact, ...]


def open_all(anatomy: Anatomy, private_keys: Sequence[bytes], policy: AlgorithmPolicy) -> Opened:
    """Return the message with everything opened that the keys open. Never raises for what a message holds.

    private_keys: PEM or DER, unencrypted. Raises ValueError if one of them is no RSA private key (``ciphers.load_private_key``).
    """
    keys = _keys(private_keys) if private_keys else []
    assertions, outer = _stage(anatomy, list(anatomy.encrypted_assertions), keys, policy)
    values, inner = _stage(assertions, _encrypted_values(assertions), keys, policy)
    return Opened(anatomy, assertions, values, (*outer, *inner))


def _keys(private_keys: Sequence[bytes]) -> list[Any]:
    from samlcheck.trust.ciphers import load_private_key

    return [load_private_key(pem) for pem in private_keys]


def _encrypted_values(anatomy: Anatomy) -> list[etree._Element]:
    """Return encrypted IDs and attributes of the message and its assertions, not those inside rival assertions."""
    tags = [tag for tag in _INSIDE if tag != q("saml:EncryptedAssertion")]
    if anatomy.assertions:
        return [node for assertion in anatomy.assertions for node in assertion.iter(*tags)]
    return list(anatomy.message.iterchildren(*tags))


def _stage(
    anatomy: Anatomy, elements: list[etree._Element], keys: list[Any], policy: AlgorithmPolicy
) -> tuple[Anatomy, list[EncryptionFact]]:
    """Open some elements of one document; return the document with them spliced in, and what became of each."""
    facts: list[EncryptionFact] = []
    pieces: list[tuple[etree._Element, bytes]] = []
    for element in elements[:_MOST]:
        fact, plain = _opened(anatomy.document, element, keys, policy)
        facts.append(fact)
        if plain is not None:
            pieces.append((element, plain))
    if not pieces:
        return anatomy, facts
    try:
        return dissect(_spliced(anatomy.document, pieces)), facts
    except SamlcheckError:
        return anatomy, [replace(fact, decrypted=False, reason="refused") if fact.decrypted else fact for fact in facts]


def _opened(
    document: Document, element: etree._Element, keys: list[Any], policy: AlgorithmPolicy
) -> tuple[EncryptionFact, bytes | None]:
    from samlcheck.trust import ciphers

    found = ciphers.sealed(element)
    name = "EncryptedAttribute" if element.tag == q("saml:EncryptedAttribute") else local(element.tag)
    node = document.ref(element)
    if found is None:
        return EncryptionFact(name, node, "", "", False, "refused"), None
    fact = EncryptionFact(name, node, found.data_algorithm, found.key_algorithm, False, "no-key")
    try:
        ciphers.refuse(found, policy)
        if not keys:
            return fact, None
        plain = _fragment(element, ciphers.decrypt(found, keys))
    except ciphers.RefusedError:
        return replace(fact, reason="refused"), None
    except (ciphers.DecryptionError, SamlcheckError):
        return replace(fact, reason="decrypt-failed"), None
    return replace(fact, decrypted=True, reason="ok"), plain


def _fragment(element: etree._Element, plain: bytes) -> bytes:
    """Return the decrypted element, complete in itself, with the declarations it needs from around the ciphertext.

    Raises DecryptionError unless it is exactly one element of the kind expected: octets that close tags around them would
    rearrange the signed document they are spliced into.
    """
    from samlcheck.trust.ciphers import DecryptionError

    body = plain[_PROLOG.match(plain).end() :].rstrip()  # type: ignore[union-attr]
    scope = {prefix or "": uri for prefix, uri in element.nsmap.items()}
    declared = "".join(f' xmlns{":" if prefix else ""}{prefix}="{_escaped(uri)}"' for prefix, uri in sorted(scope.items()))
    wrapper = parse(Artifact("decrypted", f"<decrypted{declared}>".encode() + body + b"</decrypted>")).root
    children = list(wrapper)
    if len(children) != 1 or children[0].tag not in _INSIDE[str(element.tag)] or (wrapper.text or children[0].tail or "").strip():
        raise DecryptionError
    around = element.getparent()
    outside = {prefix or "": uri for prefix, uri in around.nsmap.items()} if around is not None else {}
    start = re.match(rb"<[^\s/>]+", body)
    if start is None:
        raise DecryptionError
    missing = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{_escaped(uri)}"'
        for prefix, uri in sorted(scope.items())
        if outside.get(prefix) != uri and _uses(body, prefix) and not _declares(body, prefix)
    )
    return body[: start.end()] + missing.encode() + body[start.end() :]


def _uses(body: bytes, prefix: str) -> bool:
    return not prefix or f"{prefix}:".encode() in body


def _declares(body: bytes, prefix: str) -> bool:
    """Whether the outermost start tag declares the prefix itself."""
    tag = re.match(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", body)
    name = b"xmlns:" + prefix.encode() if prefix else b"xmlns"
    return tag is not None and re.search(rb"\s" + re.escape(name) + rb"\s*=", tag.group()) is not None


def _spliced(document: Document, pieces: list[tuple[etree._Element, bytes]]) -> Document:
    """Return a new document with each element's octets replaced. Raises SamlcheckError if the result is not acceptable XML."""
    spans = sorted((*_extent(document, element), plain) for element, plain in pieces)
    recode = _encoder(document.data)
    out, done = [], 0
    for start, end, plain in spans:
        if start < done:  # an encrypted element inside another that was opened: it is read again in its new place
            continue
        out += [document.data[done:start], recode(plain)]
        done = end
    return parse(Artifact(f"{document.name.removesuffix(' (decrypted)')} (decrypted)", b"".join([*out, document.data[done:]])))


def _extent(document: Document, element: etree._Element) -> tuple[int, int]:
    """Return the octets of an element, tags included."""
    number = next(index for index, node in enumerate(document.root.iter(etree.Element)) if node is element)
    start = document.positions.start_tag(number)
    end = document.positions.end_tag(number)
    return start.start, (end or start).end


def _encoder(data: bytes) -> Callable[[bytes], bytes]:
    """Return the function from UTF-8 to the document's encoding."""
    codec = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    return (lambda octets: octets.decode("utf-8", "replace").encode(codec)) if codec else (lambda octets: octets)


def _escaped(uri: str) -> str:
    return uri.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
