"""Content changed after signing, and values that two readers read differently though the signature holds.

A comment is invisible to canonicalisation and splits a text for careless readers (CERT/CC VU#475445, CVE-2017-11427 and its
kin); an instruction is written out by some canonicalisers and skipped by readers; an element hides text in depth.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.trust.signing import ENVELOPED, EXCLUSIVE, template
from tests.vectors.making import ACS, ADMIN, RESPONSE, SIGNED, SP, USER, genuine, posted, signature_of, signed_by_hand, unsigned
from tests.vectors.vector import Sent, combined, refused

CHANGED = "signatures/content-changed"
OUTSIDER = f"{ADMIN}.outsider.example"
"""A name that an attacker may well have registered at the identity provider."""

CHANGES: dict[str, Callable[[str], str]] = {
    "another-user": lambda xml: xml.replace(USER, ADMIN, 1),
    "user-in-capitals": lambda xml: xml.replace(USER, USER.upper(), 1),
    "user-in-look-alike-letters": lambda xml: xml.replace(USER, USER.replace("a", "\u0430"), 1),
    "one-character-less": lambda xml: xml.replace(USER, USER[1:], 1),
    "attribute-value": lambda xml: xml.replace(">Mia<", ">Eve<", 1),
    "attribute-name": lambda xml: xml.replace('Name="firstName"', 'Name="role"', 1),
    "attribute-added": lambda xml: xml.replace(
        "<saml:AttributeStatement>",
        '<saml:AttributeStatement><saml:Attribute Name="role"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute>',
        1,
    ),
    "attribute-removed": lambda xml: re.sub(r"<saml:Attribute [^>]*firstName.*?</saml:Attribute>", "", xml, count=1),
    "nameid-format": lambda xml: xml.replace("nameid-format:emailAddress", "nameid-format:persistent", 1),
    "condition-removed": lambda xml: re.sub(r"<saml:AudienceRestriction>.*?</saml:AudienceRestriction>", "", xml, count=1),
    "one-time-use-added": lambda xml: xml.replace(
        "</saml:AudienceRestriction>", "</saml:AudienceRestriction><saml:OneTimeUse/>", 1
    ),
    "authn-context": lambda xml: xml.replace("PasswordProtectedTransport", "X509", 1),
    "xsi-type": lambda xml: xml.replace("xs:string", "xs:anyType", 1),
    "prefix-rebound": lambda xml: xml.replace("<saml:Subject>", '<saml:Subject xmlns:y="urn:y"><y:x/>', 1),
}


@refused(CHANGED, "web-sso-profile/audience-missing", signature="invalid", cases=combined(CHANGES, SIGNED))
def changed(change: Callable[[str], str], signed: str) -> Sent:
    """One thing inside the signed assertion changed."""
    xml = genuine(signed)
    assert change(xml) != xml
    return posted(change(xml))


ENVELOPE: dict[str, Callable[[str], str]] = {
    "destination": lambda xml: xml.replace(f'Destination="{ACS}"', f'Destination="{ACS}?x=1"', 1),
    "status": lambda xml: xml.replace("status:Success", "status:Responder", 1),
    "in-response-to": lambda xml: re.sub(r'InResponseTo="[^"]*"', 'InResponseTo="_other"', xml, count=1),
    "issuer": lambda xml: xml.replace("</saml:Issuer>", "/x</saml:Issuer>", 1),
    "extension-added": lambda xml: xml.replace(
        "<samlp:Status>", '<samlp:Extensions><x xmlns="urn:example:x"/></samlp:Extensions><samlp:Status>', 1
    ),
}


@refused(
    CHANGED,
    "web-sso-profile/destination-mismatch",
    "saml-core/status-not-success",
    "saml-status/responder",
    signature="invalid",
    cases=combined(ENVELOPE, {name: value for name, value in SIGNED.items() if value != "assertion"}),
)
def changed_around(change: Callable[[str], str], signed: str) -> Sent:
    """One thing of the signed response around the assertion changed."""
    return posted(change(genuine(signed)))


VALUES = {
    "nameid": (f">{USER}<", USER),
    "audience": (f"<saml:Audience>{SP}<", SP),
    "attribute": (">Mia<", "Mia"),
    "issuer": ("<saml:Issuer>https://idp.example/saml/metadata<", "https://idp.example/saml/metadata"),
    "authn-context": ("<saml:AuthnContextClassRef>urn:oasis", "urn:oasis"),
}
POSITIONS: dict[str, Callable[[str, str], str]] = {
    "at-the-start": lambda value, content: content + value,
    "in-the-middle": lambda value, content: value[:3] + content + value[3:],
    "at-the-end": lambda value, content: value + content,
}


def _with(xml: str, value: tuple[str, str], position: Callable[[str, str], str], content: str) -> str:
    where, text = value
    found = xml.rindex(where) if "Issuer" in where else xml.index(where)
    return xml[:found] + xml[found:].replace(where, where.replace(text, position(text, content)), 1)


@refused("structure/comment-in-value", cases=combined(VALUES, POSITIONS, SIGNED))
def comment(value: tuple[str, str], position: Callable[[str, str], str], signed: str) -> Sent:
    """A comment in a signed value: the signature holds, and readers differ (CVE-2017-11427 and its kin)."""
    return posted(_with(genuine(signed), value, position, "<!---->"))


@refused("structure/comment-in-value", cases=SIGNED)
def comment_cuts_the_name_short(signed: str) -> Sent:
    """A user called like the administrator with more behind it; the comment makes careless readers stop in time."""
    return posted(genuine(signed, assertion__nameid=OUTSIDER).replace(f">{OUTSIDER}<", f">{ADMIN}<!---->.outsider.example<"))


@refused("structure/comment-in-value", cases={"of-the-response": "Response", "of-the-assertion": "Assertion"})
def comment_signed_with_comments(on: str) -> Sent:
    """Even a signature whose transform is called WithComments does not see them (XML Signature 4.4.3.3)."""
    uri = RESPONSE if on == "Response" else None
    signature = template(f"#{uri or _assertion()}", transforms=(ENVELOPED, f"{EXCLUSIVE}WithComments"))
    return posted(signed_by_hand(signature, on=on).decode().replace(f">{USER}<", f">mia<!--x-->{USER[3:]}<"))


def _assertion() -> str:
    found = re.search(r'<saml:Assertion [^>]*?\bID="([^"]*)"', unsigned())
    assert found is not None
    return found[1]


@refused(
    "structure/value-split",
    signature="invalid",
    cases=combined({"nameid": VALUES["nameid"], "attribute": VALUES["attribute"]}, POSITIONS, SIGNED),
)
def instruction(value: tuple[str, str], position: Callable[[str, str], str], signed: str) -> Sent:
    """A processing instruction in a signed value."""
    return posted(_with(genuine(signed), value, position, "<?p not-an-?>"))


@refused("structure/value-split", cases=combined({"nameid": VALUES["nameid"], "audience": VALUES["audience"]}))
def instruction_that_was_signed(value: tuple[str, str]) -> Sent:
    """The same where the provider signed it so: canonicalisation writes what readers skip."""
    changed = _with(unsigned(), value, POSITIONS["in-the-middle"], "<?p not-an-?>")
    return posted(_signed(changed))


@refused("structure/value-split", cases={"status": "<samlp:Status>", "subject": "<saml:Subject>"})
def instruction_between_elements(place: str) -> Sent:
    """A processing instruction between elements of a signed response."""
    return posted(_signed(unsigned().replace(place, f"{place}<?p q?>", 1)))


def _signed(xml: str) -> bytes:
    from tests.trust.signing import placed, sign
    from tests.vectors.making import idp

    return sign(placed(xml, template(f"#{RESPONSE}")), idp())


@refused(
    "structure/value-split",
    signature="invalid",
    cases=combined({name: VALUES[name] for name in ("nameid", "audience", "issuer")}, POSITIONS),
)
def element(value: tuple[str, str], position: Callable[[str, str], str]) -> Sent:
    """An element inside a value that is plain text, so that its text is in two depths."""
    return posted(_with(genuine("assertion"), value, position, '<x xmlns="urn:example:x">admin</x>'))


@refused("structure/value-split", cases=combined({"nameid": VALUES["nameid"], "audience": VALUES["audience"]}))
def element_that_was_signed(value: tuple[str, str]) -> Sent:
    """The same where the provider signed it so: readers still differ."""
    return posted(_signed(_with(unsigned(), value, POSITIONS["in-the-middle"], '<x xmlns="urn:example:x">admin</x>')))


@refused("signatures/whitespace-trimmed", signature="invalid", cases=SIGNED)
def blank_added(signed: str) -> Sent:
    """A blank added behind the name: a difference that most readers never see."""
    return posted(genuine(signed).replace(f">{USER}<", f">{USER} <", 1))


@refused("signatures/characters-changed", CHANGED, signature="invalid", cases=SIGNED)
def zero_width_space_added(signed: str) -> Sent:
    """A character that nobody sees, added to the name."""
    return posted(genuine(signed).replace(USER, USER.replace("@", "\u200b@"), 1))


@refused(CHANGED, signature="invalid", cases=SIGNED)
def text_between_elements(signed: str) -> Sent:
    """Text put between the elements of the signed assertion."""
    return posted(genuine(signed).replace("<saml:Subject>", "<saml:Subject>admin", 1))


@refused("structure/inner-signature-broken", cases={"content-changed": "content-changed", "value-changed": "signed-info-altered"})
def inner_signature_broken(damage: str) -> Sent:
    """The response is signed as it stands, over an assertion whose own signature does not hold."""
    return posted(genuine("both", inner_damage=damage))


@refused(CHANGED, signature="invalid")
def signature_of_another_message() -> Sent:
    """The signature of another login of the same person, copied over (lightsaml, CVE-2026-63182)."""
    other = genuine("assertion", assertion__session_index="_another")
    xml = genuine("assertion")
    return posted(xml.replace(signature_of(xml), signature_of(other)))
