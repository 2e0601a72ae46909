"""Signature wrapping: what is signed is not what would be read.

XSW 1 to 8 as numbered by SAML Raider after Somorovsky et al., *On Breaking SAML* (USENIX Security 2012), and the shapes
of later advisories: the signed element as a carrier in Extensions, StatusDetail, Advice, ds:Object or metadata.
"""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.forge.metadata import idp_metadata
from samlcheck.forge.recipe import healthy
from samlcheck.xmldoc.names import MD
from tests.trust import signing
from tests.vectors.making import (
    IDENTIFIERS,
    OTHER_ID,
    SAME_ID,
    after_issuer,
    assertion_of,
    decrypted,
    forged,
    genuine,
    idp,
    in_advice,
    in_extensions,
    in_object,
    in_signature,
    in_status_detail,
    posted,
    replaced,
    sealed,
    signature_of,
    unsigned_copy,
)
from tests.vectors.vector import Sent, combined, refused

WRAPPED = "structure/signature-wrapping"


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def xsw1(identifier: str) -> Sent:
    """The original Response, without its signature, inside the signature that the forged Response carries."""
    xml = genuine("response")
    return posted(after_issuer(forged(xml, identifier), in_signature(signature_of(xml), unsigned_copy(xml))))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def xsw2(identifier: str) -> Sent:
    """The original Response before the signature, both inside the forged Response."""
    xml = genuine("response")
    return posted(after_issuer(forged(xml, identifier), unsigned_copy(xml) + signature_of(xml)))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="valid", cases=OTHER_ID)
def xsw3(identifier: str) -> Sent:
    """The forged assertion before the original, which keeps its signature."""
    xml = genuine("assertion")
    return posted(replaced(xml, forged(assertion_of(xml), identifier) + assertion_of(xml)))


@refused(WRAPPED, signature="not-covering", cases=IDENTIFIERS)
def xsw4(identifier: str) -> Sent:
    """The original assertion, signature and all, inside the forged one."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    return posted(replaced(xml, forged(original, identifier).replace("</saml:Assertion>", original + "</saml:Assertion>")))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def xsw5(identifier: str) -> Sent:
    """The signature moved into the forged assertion, the original behind it."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    return posted(replaced(xml, after_issuer(forged(original, identifier), signature_of(original)) + unsigned_copy(original)))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def xsw6(identifier: str) -> Sent:
    """The original assertion inside its signature, which stands in the forged assertion."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    wrapper = in_signature(signature_of(original), unsigned_copy(original))
    return posted(replaced(xml, after_issuer(forged(original, identifier), wrapper)))


@refused("structure/duplicate-id", signature="refused", cases=SAME_ID)
@refused("structure/assertion-out-of-place", cases=OTHER_ID)
def xsw7(identifier: str) -> Sent:
    """The forged assertion in Extensions, before the original (for readers that take the first Assertion anywhere)."""
    xml = genuine("assertion")
    return posted(in_extensions(xml, forged(assertion_of(xml), identifier)))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def xsw8(identifier: str) -> Sent:
    """The original assertion in a ds:Object of its signature, which stands in the forged assertion."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    wrapper = in_object(signature_of(original), unsigned_copy(original))
    return posted(replaced(xml, after_issuer(forged(original, identifier), wrapper)))


CARRIERS: dict[str, Callable[[str, str], str]] = {
    "in-extensions": in_extensions,
    "in-status-detail": in_status_detail,
    "in-a-foreign-element": lambda xml, content: xml.replace(
        "</samlp:Response>", f'<x:Box xmlns:x="urn:example:box">{content}</x:Box></samlp:Response>'
    ),
}


@refused(WRAPPED, signature="not-covering", cases=combined(CARRIERS, IDENTIFIERS))
def original_set_aside(place: Callable[[str, str], str], identifier: str) -> Sent:
    """The original assertion, signature and all, set aside where any element may stand; the forged one in its place."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    return posted(place(replaced(xml, forged(original, identifier)), original))


@refused(WRAPPED, signature="refused", cases=combined(CARRIERS, SAME_ID))
@refused(WRAPPED, signature="not-covering", cases=combined(CARRIERS, OTHER_ID))
def original_set_aside_signature_moved(place: Callable[[str, str], str], identifier: str) -> Sent:
    """The original assertion set aside without its signature, which the forged one carries."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    fake = after_issuer(forged(original, identifier), signature_of(original))
    return posted(place(replaced(xml, fake), unsigned_copy(original)))


@refused(WRAPPED, signature="absent", cases=IDENTIFIERS)
def original_in_advice(identifier: str) -> Sent:
    """The original assertion in the Advice of the forged one, a place where assertions may stand (core 2.6.1)."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    return posted(replaced(xml, in_advice(forged(original, identifier), original)))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def original_in_advice_signature_moved(identifier: str) -> Sent:
    """As above, with the signature taken out of the original and put into the forged assertion."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    fake = after_issuer(forged(original, identifier), signature_of(original))
    return posted(replaced(xml, in_advice(fake, unsigned_copy(original))))


@refused(WRAPPED, signature="not-covering", cases=IDENTIFIERS)
def whole_response_in_extensions(identifier: str) -> Sent:
    """The whole signed Response in the Extensions of the forged one."""
    xml = genuine("response")
    return posted(in_extensions(forged(xml, identifier), xml))


@refused(WRAPPED, signature="not-covering", cases=IDENTIFIERS)
def whole_response_in_status_detail(identifier: str) -> Sent:
    """The whole signed Response in the StatusDetail of the forged one."""
    xml = genuine("response")
    return posted(in_status_detail(forged(xml, identifier), xml))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="not-covering", cases=OTHER_ID)
def whole_response_in_object(identifier: str) -> Sent:
    """The whole signed Response in a ds:Object of the signature that the forged one carries."""
    xml = genuine("response")
    return posted(after_issuer(forged(xml, identifier), in_object(signature_of(xml), xml)))


@refused(WRAPPED, signature="invalid", cases=IDENTIFIERS)
def added_first_under_both_signatures(identifier: str) -> Sent:
    """Response and assertion were signed; a forged assertion is put before the original and breaks the outer signature."""
    xml = genuine("both")
    return posted(replaced(xml, forged(assertion_of(xml), identifier) + assertion_of(xml)))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, signature="valid", cases=OTHER_ID)
def outer_signature_dropped(identifier: str) -> Sent:
    """Response and assertion were signed; the response's signature is dropped and a forged assertion put first."""
    xml = genuine("both")
    bare = xml.replace(signature_of(xml), "", 1)
    return posted(replaced(bare, forged(assertion_of(bare), identifier) + assertion_of(bare)))


@refused(WRAPPED, signature="not-covering", cases=IDENTIFIERS)
def metadata_as_carrier(identifier: str) -> Sent:
    """The provider's signed metadata in Extensions, its signature in the forged assertion (ruby-saml, CVE-2024-45409)."""
    metadata = idp_metadata(healthy(), (idp(),)).decode().partition("?>")[2].strip()
    described = metadata.replace("<md:EntityDescriptor ", '<md:EntityDescriptor ID="_metadata" ', 1)
    opened = described.index(">") + 1
    signed = signing.sign(described[:opened] + signing.template("#_metadata") + described[opened:], idp()).decode()
    assert MD in signed
    xml = genuine("none")
    fake = after_issuer(forged(assertion_of(xml), identifier), signature_of(signed))
    return posted(in_extensions(replaced(xml, fake), unsigned_copy(signed)))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, cases=OTHER_ID)
def original_encrypted_behind_a_plain_forgery(identifier: str) -> Sent:
    """The signed assertion is encrypted, the forged one before it is not."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, forged(assertion_of(xml), identifier) + sealed(assertion_of(xml))))


@refused(WRAPPED, signature="refused", cases=SAME_ID)
@refused(WRAPPED, cases=OTHER_ID)
def both_encrypted(identifier: str) -> Sent:
    """A forged assertion and the signed one, both encrypted for the service."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, sealed(forged(assertion_of(xml), identifier)) + sealed(assertion_of(xml))))


@refused(WRAPPED, signature="absent", cases=IDENTIFIERS)
def wrapped_inside_encryption(identifier: str) -> Sent:
    """The forged assertion, with the original in its Advice, encrypted: nothing of it shows before decryption."""
    xml = genuine("assertion")
    original = assertion_of(xml)
    return decrypted(replaced(xml, sealed(in_advice(forged(original, identifier), original))))
