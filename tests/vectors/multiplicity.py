"""More than one of what should be there once: assertions, responses, encrypted and plain ones side by side."""

from __future__ import annotations

import re
from collections.abc import Callable

from samlcheck.xmldoc.names import SAML1
from tests.vectors.making import (
    ADMIN,
    IDENTIFIERS,
    OTHER_ID,
    SAME_ID,
    assertion_of,
    decrypted,
    forged,
    genuine,
    in_extensions,
    in_status_detail,
    posted,
    replaced,
    sealed,
)
from tests.vectors.vector import Sent, refused

_ROLE = '<saml:Attribute Name="role"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute>'
_ELSE = f'<saml:AttributeStatement xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{_ROLE}</saml:AttributeStatement>'
SEVERAL, OUT_OF_PLACE = "structure/several-assertions", "structure/assertion-out-of-place"


def _beside(xml: str, content: str) -> str:
    return replaced(xml, assertion_of(xml) + content)


@refused("structure/duplicate-id", signature="refused", cases=SAME_ID)
@refused(SEVERAL, cases=OTHER_ID)
def forged_after(identifier: str) -> Sent:
    """A forged assertion behind the signed one, for readers that take the last (crewjam/saml, CVE-2022-41912)."""
    xml = genuine("assertion")
    return posted(replaced(xml, assertion_of(xml) + forged(assertion_of(xml), identifier)))


@refused("structure/duplicate-id", signature="invalid", cases=SAME_ID)
@refused(SEVERAL, signature="invalid", cases=OTHER_ID)
def forged_after_under_both_signatures(identifier: str) -> Sent:
    """The same where the response is signed too, so that its signature breaks."""
    xml = genuine("both")
    return posted(replaced(xml, assertion_of(xml) + forged(assertion_of(xml), identifier)))


@refused(SEVERAL, signature="invalid", cases={"before": True, "after": False})
def forged_under_the_response_signature(before: bool) -> Sent:
    """A forged assertion added to a response whose assertions have no signature of their own."""
    xml = genuine("response")
    original, fake = assertion_of(xml), forged(assertion_of(xml))
    return posted(replaced(xml, fake + original if before else original + fake))


@refused(SEVERAL, cases={"response-signed": "response"})
def two_signed_together(signed: str) -> Sent:
    """Two assertions under one genuine signature: legal by the letter, but services read the first, the last or none."""
    return posted(genuine(signed, assertions="2"))


@refused("structure/duplicate-id", signature="refused")
def the_same_twice() -> Sent:
    """The signed assertion twice over."""
    xml = genuine("assertion")
    return posted(replaced(xml, assertion_of(xml) * 2))


@refused("structure/duplicate-id", signature="refused", cases=SAME_ID)
@refused("structure/encrypted-beside-plain", cases=OTHER_ID)
def encrypted_forgery_behind(identifier: str) -> Sent:
    """An encrypted forgery behind the signed assertion (Keycloak, CVE-2026-2092)."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, assertion_of(xml) + sealed(forged(assertion_of(xml), identifier))))


@refused("structure/encrypted-beside-plain", signature="unverifiable", cases=IDENTIFIERS)
def encrypted_forgery_behind_without_key(identifier: str) -> Sent:
    """The same where nobody can look inside: what is not opened is not harmless."""
    xml = genuine("assertion")
    return posted(replaced(xml, assertion_of(xml) + sealed(forged(assertion_of(xml), identifier))))


@refused("structure/duplicate-id", signature="refused", cases=SAME_ID)
@refused(SEVERAL, cases=OTHER_ID)
def both_encrypted(identifier: str) -> Sent:
    """The signed assertion and a forgery behind it, both encrypted."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, sealed(assertion_of(xml)) + sealed(forged(assertion_of(xml), identifier))))


PLACES: dict[str, Callable[[str, str], str]] = {
    "in-extensions": in_extensions,
    "in-status-detail": in_status_detail,
    "in-the-issuer": lambda xml, content: xml.replace("</saml:Issuer>", content + "</saml:Issuer>", 1),
    "in-the-status-code": lambda xml, content: re.sub(
        r"<samlp:StatusCode ([^>]*)/>", rf"<samlp:StatusCode \1>{content}</samlp:StatusCode>", xml
    ),
    "at-the-end": lambda xml, content: xml.replace(
        "</samlp:Response>", f'<x:Box xmlns:x="urn:example:box">{content}</x:Box></samlp:Response>'
    ),
}


@refused(OUT_OF_PLACE, "structure/value-split", cases=PLACES)
def forged_elsewhere(place: Callable[[str, str], str]) -> Sent:
    """A forged assertion where none belongs, for readers that search for one anywhere."""
    xml = genuine("assertion")
    return posted(place(xml, forged(assertion_of(xml))))


@refused(OUT_OF_PLACE, "structure/value-split", cases=PLACES)
def forged_encrypted_elsewhere(place: Callable[[str, str], str]) -> Sent:
    """An encrypted forgery where none belongs."""
    xml = genuine("assertion")
    return posted(place(xml, sealed(forged(assertion_of(xml)))))


@refused(OUT_OF_PLACE)
def forged_of_another_namespace() -> Sent:
    """An element called Assertion in the namespace of SAML 1.1, for readers that do not look at namespaces."""
    xml = genuine("assertion")
    return posted(in_extensions(xml, f'<o:Assertion xmlns:o="{SAML1}" AssertionID="_forged"/>'))


@refused(OUT_OF_PLACE, cases={"new-id": "new", "no-id": "none"})
def response_in_response(identifier: str) -> Sent:
    """A forged Response, assertion and all, in the Extensions of one whose assertion is signed."""
    xml = genuine("assertion")
    inner = forged(xml, identifier)
    return posted(in_extensions(xml, replaced(inner, forged(assertion_of(xml), "none"))))


@refused(OUT_OF_PLACE)
def empty_response_in_response() -> Sent:
    """A second Response without any assertion."""
    return posted(in_extensions(genuine("assertion"), '<samlp:Response ID="_second" Version="2.0"/>'))


@refused(
    "structure/statement-out-of-place",
    cases={"beside": _beside, "in-extensions": in_extensions, "in-status-detail": in_status_detail},
)
def statements_outside_the_assertion(put: Callable[[str, str], str]) -> Sent:
    """Attributes beside the signed assertion, for software that looks for them anywhere."""
    return posted(put(genuine("assertion"), _ELSE))


def _in_key_info(xml: str, content: str) -> str:
    return xml.replace("</ds:KeyInfo>", f"{content}</ds:KeyInfo>", 1)


def _in_status(xml: str, content: str) -> str:
    return xml.replace("</samlp:Status>", f"{content}</samlp:Status>", 1)


@refused(
    "structure/statement-out-of-place",
    cases={
        f"{kind}-in-{place}": (content, put)
        for kind, content in (
            ("statement", _ELSE),
            ("name", f"<saml:NameID>{ADMIN}</saml:NameID>"),
            ("value", "<saml:AttributeValue>admin</saml:AttributeValue>"),
        )
        for place, put in (("key-info", _in_key_info), ("status", _in_status), ("extensions", in_extensions))
    },
)
def values_where_no_signature_covers_them(content: str, put: Callable[[str, str], str]) -> Sent:
    """Attributes or a NameID in the signature itself, in Status or in Extensions, for software that looks for them anywhere."""
    return posted(put(genuine("assertion"), content))
