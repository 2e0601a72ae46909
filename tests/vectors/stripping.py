"""Signatures taken away, emptied, doubled or taken apart: absent is never valid, and one of each is all there may be."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from tests.vectors.making import (
    ADMIN,
    SIGNED,
    USER,
    assertion_of,
    decrypted,
    forged,
    genuine,
    posted,
    replaced,
    sealed,
    signature_of,
    unsigned_copy,
)
from tests.vectors.vector import Sent, accepted, combined, refused

MALFORMED, REFUSED = "structure/signature-malformed", "structure/reference-refused"
ON = {"of-the-response": "response", "of-the-assertion": "assertion"}


@refused("signatures/unsigned", signature="absent", cases=combined(SIGNED, {"as-it-was": USER, "another-user": ADMIN}))
def signatures_removed(signed: str, user: str) -> Sent:
    """Every signature taken away, for services that verify only what is there."""
    return posted(unsigned_copy(genuine(signed)).replace(USER, user))


@refused("signatures/unsigned", signature="absent", cases={"as-it-was": USER, "another-user": ADMIN})
def signatures_removed_inside_encryption(user: str) -> Sent:
    """An unsigned assertion, encrypted as anybody can do who has the service's certificate."""
    xml = unsigned_copy(genuine("assertion")).replace(USER, user)
    return decrypted(replaced(xml, sealed(assertion_of(xml))))


@refused("signatures/content-changed", signature="invalid")
def inner_signature_removed() -> Sent:
    """The assertion's signature taken away under the response's: that one no longer fits."""
    xml = genuine("both")
    return posted(replaced(xml, unsigned_copy(assertion_of(xml))))


@refused("signatures/unsigned", signature="absent")
def outer_signature_removed_and_forged() -> Sent:
    """The response's signature taken away and the unsigned assertion in it rewritten."""
    xml = genuine("response")
    return posted(replaced(unsigned_copy(xml), forged(assertion_of(xml))))


def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"<ds:{name}\b(?:[^>]*/>|.*?</ds:{name}>)", re.DOTALL)


def _in_signature(signed: str, change: Callable[[str], str]) -> Sent:
    xml = genuine(signed)
    signature = signature_of(xml)
    changed = change(signature)
    assert changed != signature
    return posted(xml.replace(signature, changed))


PARTS = ("SignedInfo", "CanonicalizationMethod", "SignatureMethod", "Reference", "DigestMethod", "DigestValue", "SignatureValue")
_NO_REFERENCE = {"reference": "Reference"}
_NO_PART = {
    name.lower(): name
    for name in ("SignedInfo", "CanonicalizationMethod", "SignatureMethod", "DigestMethod", "DigestValue", "SignatureValue")
}


@refused(REFUSED, signature="refused", cases=combined(_NO_REFERENCE, ON))
@refused(MALFORMED, signature="refused", cases=combined(_NO_PART, ON))
def without(part: str, signed: str) -> Sent:
    """One part of the signature taken out."""
    return _in_signature(signed, lambda signature: _part(part).sub("", signature, count=1))


@refused(REFUSED, signature="refused", cases=combined(_NO_REFERENCE, ON))
@refused(MALFORMED, signature="refused", cases=combined({**_NO_PART, "transforms": "Transforms", "keyinfo": "KeyInfo"}, ON))
def twice(part: str, signed: str) -> Sent:
    """One part of the signature doubled: one could be verified and the other used (xml-crypto, CVE-2025-29774)."""
    return _in_signature(signed, lambda signature: _part(part).sub(lambda found: found[0] * 2, signature, count=1))


@refused(MALFORMED, signature="refused", cases=ON)
def two_signatures(signed: str) -> Sent:
    """The whole signature doubled."""
    return _in_signature(signed, lambda signature: signature * 2)


@refused("signatures/digest-and-signature-changed", signature="invalid", cases=ON)
def empty_digest_value(signed: str) -> Sent:
    """A DigestValue without a digest."""
    return _in_signature(signed, lambda s: re.sub(r"(<ds:DigestValue>)[^<]*", r"\1", s))


@refused("signatures/signature-value-malformed", signature="invalid", cases=ON)
def empty_signature_value(signed: str) -> Sent:
    """A SignatureValue without a value."""
    return _in_signature(signed, lambda s: re.sub(r"(<ds:SignatureValue>)[^<]*", r"\1", s))


@refused(MALFORMED, signature="refused", cases=ON)
def empty_signature(signed: str) -> Sent:
    """A Signature element with nothing in it."""
    return _in_signature(signed, lambda s: re.sub(r"(<ds:Signature[^>]*>).*(</ds:Signature>)", r"\1\2", s, flags=re.DOTALL))


INSIDE = {"comment": "<!---->", "instruction": "<?p?>", "element": '<x xmlns="urn:example:x"/>'}
VALUES = {"digestvalue": "DigestValue", "signaturevalue": "SignatureValue"}


@refused(MALFORMED, signature="refused", cases=combined(INSIDE, VALUES, ON))
def hidden_in(content: str, part: str, signed: str) -> Sent:
    """Something hidden in a digest or signature value: readers differ in what they take for it (CVE-2025-29775)."""
    return _in_signature(signed, lambda s: re.sub(rf"(<ds:{part}>....)", rf"\1{content}", s, count=1))


@refused(MALFORMED, signature="refused", cases=ON)
def forged_digest_before_the_comment(signed: str) -> Sent:
    """The forger's digest, a comment, and the digest that was signed, in one DigestValue (CVE-2025-29775)."""
    fake = base64.b64encode(hashlib.sha256(b"forged").digest()).decode()
    return _in_signature(signed, lambda s: s.replace("<ds:DigestValue>", f"<ds:DigestValue><!--{fake}-->", 1))


@refused(MALFORMED, signature="refused", cases=ON)
def parts_in_another_order(signed: str) -> Sent:
    """SignatureValue before SignedInfo."""
    return _in_signature(
        signed,
        lambda s: re.sub(
            r"(<ds:SignedInfo>.*</ds:SignedInfo>)(<ds:SignatureValue>.*</ds:SignatureValue>)", r"\2\1", s, flags=re.DOTALL
        ),
    )


@refused(MALFORMED, signature="refused", cases=ON)
def second_signed_info_in_object(signed: str) -> Sent:
    """A second SignedInfo hidden in an Object of the signature."""
    return _in_signature(
        signed,
        lambda s: s.replace("</ds:Signature>", f"<ds:Object>{_part('SignedInfo').search(s)[0]}</ds:Object></ds:Signature>"),  # type: ignore[index]
    )


@refused("signatures/digest-and-signature-changed", signature="invalid", cases=ON)
def digest_of_the_empty_string(signed: str) -> Sent:
    """The digest of nothing, which a canonicalisation that fails in silence would give (CVE-2025-66475)."""
    nothing = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    return _in_signature(signed, lambda s: re.sub(r"(<ds:DigestValue>)[^<]*", rf"\g<1>{nothing}", s))


@refused(
    "structure/reference-elsewhere",
    signature="not-covering",
    cases={"signature-in-the-status": "samlp:Status", "signature-in-the-subject": "saml:Subject"},
)
def moved(place: str) -> Sent:
    """The signature in an element that carries no ID, away from what it signs."""
    xml = genuine("assertion")
    signature = signature_of(xml)
    return posted(xml.replace(signature, "").replace(f"<{place}>", f"<{place}>{signature}", 1))


@refused("signatures/signed-info-altered", "signatures/digest-and-signature-changed", signature="invalid", cases=ON)
def flipped_signature_value(signed: str) -> Sent:
    """One character of the SignatureValue changed."""
    return _in_signature(
        signed, lambda s: re.sub(r"(<ds:SignatureValue>)(.)", lambda m: m[1] + ("B" if m[2] == "A" else "A"), s, count=1)
    )


@refused(
    "signatures/signed-info-altered",
    "signatures/digest-and-signature-changed",
    signature="invalid",
    cases=combined({"zeros": 0, "ones": 1}, ON),
)
def degenerate_signature_value(value: int, signed: str) -> Sent:
    """A SignatureValue of the number 0 or 1, whose power is itself whatever the exponent."""
    text = base64.b64encode(value.to_bytes(256, "big")).decode()
    return _in_signature(signed, lambda s: re.sub(r"(<ds:SignatureValue>)[^<]*", rf"\g<1>{text}", s))


NAMESPACES = {
    "nearly-the-same": "http://www.w3.org/2000/09/xmldsig",
    "of-version-1.1": "http://www.w3.org/2009/xmldsig11#",
    "of-saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "in-capitals": "HTTP://WWW.W3.ORG/2000/09/XMLDSIG#",
}


@refused("structure/signature-look-alike", cases=combined(NAMESPACES))
def outer_signature_in_another_namespace(namespace: str) -> Sent:
    """The response's signature put into another namespace, so that some verifiers see it and others do not."""
    xml = genuine("both")
    signature = signature_of(xml)
    return posted(xml.replace(signature, signature.replace("http://www.w3.org/2000/09/xmldsig#", namespace, 1), 1))


@refused("structure/signature-look-alike", signature="absent", cases=combined(NAMESPACES, ON))
def only_signature_in_another_namespace(namespace: str, signed: str) -> Sent:
    """The same with the only signature there is."""
    return _in_signature(signed, lambda s: s.replace("http://www.w3.org/2000/09/xmldsig#", namespace, 1))


@accepted()
def outer_signature_removed() -> Sent:
    """Response and assertion were signed, and the response's signature is gone: what is left is a signed assertion."""
    xml = genuine("both")
    return posted(xml.replace(signature_of(xml), "", 1))


@refused("web-sso-profile/response-not-signed")
def outer_signature_removed_where_it_is_wanted() -> Sent:
    """The same at a service that insists on a signed response."""
    xml = genuine("both")
    return posted(xml.replace(signature_of(xml), "", 1), parameters={"want_response_signed": "true"})
