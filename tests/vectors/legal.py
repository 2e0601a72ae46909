"""Legal, if unusual: what standards allow and products send. A validator that refuses these is wrong as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from samlcheck.forge import AT, STYLES, edit, healthy
from samlcheck.xmldoc.names import XSI
from tests.trust.signing import placed, sign, template
from tests.vectors.making import (
    ACS,
    ASSERTION,
    IDP,
    REQUEST_ID,
    RESPONSE,
    SIGNED,
    SP,
    USER,
    assertion_of,
    genuine,
    idp,
    in_advice,
    in_extensions,
    in_status_detail,
    message,
    posted,
    unsigned,
)
from tests.vectors.vector import Sent, accepted, combined

ON = {"response-signed": "Response", "assertion-signed": "Assertion"}


def signed(xml: str, on: str = "Response") -> Sent:
    """Return the message signed by the provider as it stands."""
    return posted(sign(placed(xml, template(f"#{RESPONSE if on == 'Response' else ASSERTION}"), on=on), idp()))


@accepted(cases=combined({name: name for name in STYLES}, SIGNED))
def product(style: str, sign_what: str) -> Sent:
    """A login as each identity provider writes it down: prefixes, order of attributes, namespaces at the root or below."""
    known = {"issuer": IDP, "acs": ACS, "assertion.audience": SP, "in_response_to": REQUEST_ID, "sign": sign_what}
    return posted(message(edit(healthy(style), known)))


@accepted(cases=SIGNED)
def many_groups(sign_what: str) -> Sent:
    """A user in two thousand groups, with namespaces declared at every single value as several products do."""
    known = {"issuer": IDP, "acs": ACS, "assertion.audience": SP, "in_response_to": REQUEST_ID, "sign": sign_what}
    groups = tuple(f"group {number}" for number in range(2000))
    return posted(message(edit(healthy("okta"), {**known, "attribute:groups": groups})))


@accepted(cases=combined({"lines": "lines", "compact": "compact"}, SIGNED))
def layout(name: str, sign_what: str) -> Sent:
    """Line breaks between elements, signed as they are."""
    return posted(genuine(sign_what, layout=name))


WRITTEN: dict[str, Callable[[str], str]] = {
    "single-quotes": lambda xml: re.sub(r'="([^"\']*)"', r"='\1'", xml),
    "empty-element-tags-opened": lambda xml: re.sub(r"<([\w:]+)( [^<>]*)?/>", r"<\1\2></\1>", xml),
    "blanks-in-tags": lambda xml: re.sub(r"</([\w:]+)>", r"</\1 >", xml),
    "line-breaks-in-tags": lambda xml: re.sub(r"<(samlp:Response) ", "<\\1\n   ", xml),
    "character-references": lambda xml: xml.replace(USER, "".join(f"&#{ord(letter)};" for letter in USER)),
    "hexadecimal-references": lambda xml: xml.replace(USER, "".join(f"&#x{ord(letter):X};" for letter in USER)),
    "at-sign-as-reference": lambda xml: xml.replace("mia.lindqvist@", "mia.lindqvist&#64;"),
    "comment-between-elements": lambda xml: xml.replace("<saml:Subject>", "<!-- about whom --><saml:Subject>", 1),
    "comment-before-the-root": lambda xml: "<!-- x -->" + xml,
    "comment-in-key-info": lambda xml: xml.replace("<ds:X509Data>", "<ds:X509Data><!-- key -->", 1),
    "namespace-declared-twice": lambda xml: xml.replace(
        "<saml:Subject>", '<saml:Subject xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">', 1
    ),
    "attributes-in-another-order": lambda xml: re.sub(r'( Version="2.0")( IssueInstant="[^"]*")', r"\2\1", xml),
}


@accepted(cases=combined(WRITTEN, SIGNED))
def written(change: Callable[[str], str], sign_what: str) -> Sent:
    """The same message spelt otherwise after signing: its canonical form, and so its signature, is the same."""
    return posted(change(genuine(sign_what)))


@accepted("structure/cdata-in-value", cases=combined({"nameid": f">{USER}<", "attribute": ">Mia<"}, SIGNED))
def cdata(value: str, sign_what: str) -> Sent:
    """A value as a CDATA section: canonicalisation makes plain text of it (told as a note)."""
    return posted(genuine(sign_what).replace(value, f"><![CDATA[{value[1:-1]}]]><", 1))


@accepted(
    cases=combined(
        {"in-lines": 64, "in-short-lines": 20},
        {"with-line-feeds": "\n", "with-carriage-returns": "&#13;\n", "with-blanks": "\n      "},
    )
)
def base64_wrapped(width: int, separator: str) -> Sent:
    """SignatureValue and certificate wrapped, as many signers write them."""

    def wrapped(found: re.Match[str]) -> str:
        text = found[2]
        return found[1] + separator.join(text[at : at + width] for at in range(0, len(text), width)) + "<"

    return posted(re.sub(r"(<ds:(?:SignatureValue|X509Certificate)>)([^<]+)<", wrapped, genuine("assertion")))


IN_PLACE: dict[str, Callable[[str, str], str]] = {"extensions": in_extensions, "status-detail": in_status_detail}


@accepted(cases=combined(IN_PLACE, ON))
def any_element(place: Callable[[str, str], str], on: str) -> Sent:
    """Elements of other namespaces where the schema lets any stand."""
    return signed(place(unsigned(), '<x:note xmlns:x="urn:example:x">text <x:b/></x:note>'), on)


@accepted(cases=ON)
def assertion_in_advice(on: str) -> Sent:
    """An assertion in the Advice of the one that is read, inside what is signed (core 2.6.1)."""
    xml = unsigned()
    inner = assertion_of(xml).replace(ASSERTION, "_advice", 1)
    return signed(xml.replace(assertion_of(xml), in_advice(assertion_of(xml), inner)), on)


_END = "</saml:AttributeStatement>"


def _attribute(name: str, values: str) -> tuple[str, str]:
    """Return the change that adds an attribute with these AttributeValue elements."""
    return _END, f'<saml:Attribute Name="{name}">{values}</saml:Attribute>{_END}'


INSERTED: dict[str, tuple[str, str]] = {
    "proxy-restriction": ("</saml:AudienceRestriction>", '</saml:AudienceRestriction><saml:ProxyRestriction Count="1"/>'),
    "one-time-use": ("</saml:AudienceRestriction>", "</saml:AudienceRestriction><saml:OneTimeUse/>"),
    "subject-locality": (
        "<saml:AuthnContext>",
        '<saml:SubjectLocality Address="192.0.2.1" DNSName="x.example"/><saml:AuthnContext>',
    ),
    "authenticating-authority": (
        "</saml:AuthnContext>",
        "<saml:AuthenticatingAuthority>urn:example:upstream</saml:AuthenticatingAuthority></saml:AuthnContext>",
    ),
    "empty-attribute-value": _attribute("none", "<saml:AttributeValue/>"),
    "attribute-without-value": _attribute("none", ""),
    "nil-value": _attribute("none", f'<saml:AttributeValue xmlns:xsi="{XSI}" xsi:nil="true"/>'),
    "structured-value": _attribute("box", '<saml:AttributeValue><x:a xmlns:x="urn:x"><x:b>c</x:b></x:a></saml:AttributeValue>'),
    "nameid-as-value": _attribute(
        "eduPersonTargetedID", "<saml:AttributeValue><saml:NameID>abc</saml:NameID></saml:AttributeValue>"
    ),
    "many-values": _attribute("groups", "".join(f"<saml:AttributeValue>g{number}</saml:AttributeValue>" for number in range(60))),
    "second-attribute-statement": (
        _END,
        f'{_END}<saml:AttributeStatement><saml:Attribute Name="more"><saml:AttributeValue>1</saml:AttributeValue>'
        f"</saml:Attribute>{_END}",
    ),
    "status-message": ("</samlp:Status>", "<samlp:StatusMessage>all well</samlp:StatusMessage></samlp:Status>"),
    "second-confirmation-of-another-method": (
        "</saml:Subject>",
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/></saml:Subject>',
    ),
    "second-audience": (
        "</saml:AudienceRestriction>",
        "<saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>",
    ),
    "foreign-attribute-on-attribute": (
        '<saml:Attribute Name="email"',
        '<saml:Attribute xmlns:x="urn:example:x" x:source="ldap" Name="email"',
    ),
    "address": ("<saml:SubjectConfirmationData ", '<saml:SubjectConfirmationData Address="192.0.2.7" '),
    "consent": ("<samlp:Response ", '<samlp:Response Consent="urn:oasis:names:tc:SAML:2.0:consent:obtained" '),
    "nameid-qualifiers": ("<saml:NameID ", f'<saml:NameID NameQualifier="{IDP}" SPNameQualifier="{SP}" '),
    "issuer-format": ("<saml:Issuer>", '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">'),
    "letters-of-the-world": (">Lindqvist<", ">Линдквист 林 \U0001f600 ﷽<"),
    "right-to-left": (">Mia<", ">\u05de\u05d9\u05d4<"),
    "entities-of-xml": (">Mia<", ">M&amp;a &lt;b&gt; &quot;c&quot; &apos;<"),
    "line-break-in-a-value": (">Mia<", ">Mi\na<"),
    "long-value": (">Mia<", f">{'x' * 20000}<"),
}


@accepted(cases=combined(INSERTED, ON))
def inserted(change: tuple[str, str], on: str) -> Sent:
    """Optional parts of SAML that few send, inside what is signed."""
    xml = unsigned().replace(*change, 1)
    assert xml != unsigned()
    return signed(xml, on)


EDITS: dict[str, dict[str, str | tuple[str, ...] | None]] = {
    "fractions-of-seconds": {"assertion.not_on_or_after": "2026-05-04T10:05:00.123456789Z"},
    "offset-instead-of-z": {"assertion.not_on_or_after": "2026-05-04T12:05:00+02:00"},
    "zero-offset": {"assertion.not_on_or_after": "2026-05-04T10:05:00+00:00"},
    "no-not-before": {"assertion.not_before": None},
    "no-not-on-or-after-in-conditions": {"assertion.not_on_or_after": None},
    "no-session-index": {"assertion.session_index": None},
    "session-end": {"assertion.session_not_on_or_after": "2026-05-04T18:00:00Z"},
    "no-response-issuer": {"response.issuer": None, "sign": "assertion"},
    "no-destination-unsigned-response": {"response.destination": None, "sign": "assertion"},
    "persistent-nameid": {
        "assertion.nameid": "a1b2c3",
        "assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    },
    "transient-nameid": {
        "assertion.nameid": "_t1",
        "assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    },
    "no-nameid-format": {"assertion.nameid_format": None},
    "several-audiences-in-one": {"assertion.audience": ("https://other.example", SP)},
    "two-restrictions-that-both-hold": {"audience_restrictions": (SP, SP)},
    "two-bearer-confirmations": {"assertion.recipient": ("https://other.example/acs", ACS)},
    "no-attributes": {"attribute:email": None, "attribute:firstName": None, "attribute:lastName": None},
    "unspecified-context": {"assertion.authn_context": "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"},
    "context-of-its-own": {"assertion.authn_context": "urn:example:context"},
    "short-ids": {"assertion.id": "a", "response.id": "b"},
    "long-ids": {"assertion.id": "_" + "a" * 500},
    "dots-and-hyphens-in-ids": {"assertion.id": "_a.b-c_d"},
    "id-beginning-with-a-letter": {"assertion.id": "id1234567"},
    "id-of-other-letters": {"assertion.id": "_ärger"},
}


@accepted(cases=combined(EDITS))
def says(edits: dict[str, str | tuple[str, ...] | None]) -> Sent:
    """Values that are legal though most providers write others."""
    return posted(message(edit(healthy(), {"sign": "both", **edits})))


@accepted(cases={"at-the-beginning": -119, "just-before-the-end": 359, "in-the-middle": 150})
def moment(seconds: int) -> Sent:
    """Judged at the edges of its window, a minute of clock difference allowed."""
    return posted(genuine(), at=AT + timedelta(seconds=seconds))
