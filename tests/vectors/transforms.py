"""Transforms that take content out of what is signed, or cost time: only enveloped-signature and canonicalisation are allowed.

Each signature is made by the provider's key with the transform in it, so that only the gate stands between it and
acceptance (W3C XML Signature Best Practices; SAML core 5.4.4).
"""

from __future__ import annotations

from samlcheck.xmldoc.names import DS
from tests.trust.signing import ENVELOPED, EXCLUSIVE, INCLUSIVE, template
from tests.vectors.making import ADMIN, ASSERTION, RESPONSE, USER, genuine, posted, signature_of, signed_by_hand
from tests.vectors.vector import Sent, combined, refused

REFUSED = "structure/transform-refused"
ON = {"on-the-response": ("Response", RESPONSE), "on-the-assertion": ("Assertion", ASSERTION)}
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
SHEET = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/">{}</xsl:template></xsl:stylesheet>'
)


def _step(algorithm: str, content: str = "") -> str:
    return f'<ds:Transform Algorithm="{algorithm}">{content}</ds:Transform>'


GENUINE = {
    "xslt-constant": (ENVELOPED, _step(XSLT, SHEET.format("<constant/>"))),
    "xslt-identity": (ENVELOPED, _step(XSLT, SHEET.format('<xsl:copy-of select="."/>'))),
    "xpath-all": (ENVELOPED, _step(XPATH, "<ds:XPath>true()</ds:XPath>"), EXCLUSIVE),
    "xpath-status-alone": (_step(XPATH, "<ds:XPath>ancestor-or-self::*[local-name()='Issuer']</ds:XPath>"), EXCLUSIVE),
    "xpath-without-the-subject": (
        ENVELOPED,
        _step(XPATH, "<ds:XPath>not(ancestor-or-self::*[local-name()='Subject'])</ds:XPath>"),
        EXCLUSIVE,
    ),
    "xpath-instead-of-enveloped": (_step(XPATH, "<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>"), EXCLUSIVE),
    "filter2-subtract": (
        ENVELOPED,
        _step(FILTER2, f'<f:XPath xmlns:f="{FILTER2}" Filter="subtract">//*[local-name()="Subject"]</f:XPath>'),
    ),
    "filter2-intersect": (
        ENVELOPED,
        _step(FILTER2, f'<f:XPath xmlns:f="{FILTER2}" Filter="intersect">//*[local-name()="Issuer"]</f:XPath>'),
    ),
    "canonicalised-twice": (ENVELOPED, EXCLUSIVE, EXCLUSIVE),
    "three": (ENVELOPED, EXCLUSIVE, INCLUSIVE),
    "many": (ENVELOPED, *[EXCLUSIVE] * 40),
}


@refused(REFUSED, signature="refused", cases=combined(GENUINE, ON))
def genuine_with(steps: tuple[str, ...], on: tuple[str, str]) -> Sent:
    """A genuine signature through a transform that SAML does not know, or through too many."""
    return posted(signed_by_hand(template(f"#{on[1]}", transforms=steps), on=on[0]))


@refused(REFUSED, signature="refused", cases={"subject": "Subject", "attributes": "AttributeStatement", "conditions": "Conditions"})
def subject_outside_the_signature(part: str) -> Sent:
    """The provider's signature leaves a part out by XPath, and the attacker has rewritten what is left out."""
    steps = (ENVELOPED, _step(XPATH, f"<ds:XPath>not(ancestor-or-self::*[local-name()='{part}'])</ds:XPath>"), EXCLUSIVE)
    xml = signed_by_hand(template(f"#{ASSERTION}", transforms=steps), on="Assertion").decode()
    return posted(xml.replace(USER, ADMIN))


@refused(REFUSED, signature="refused", cases={"response": "Response", "assertion": "Assertion"})
def constant_stylesheet(on: str) -> Sent:
    """A stylesheet that makes the same text of any content: whatever the attacker writes verifies."""
    steps = (ENVELOPED, _step(XSLT, SHEET.format("<constant/>")))
    xml = signed_by_hand(template(f"#{RESPONSE if on == 'Response' else ASSERTION}", transforms=steps), on=on).decode()
    return posted(xml.replace(USER, ADMIN))


NAMES = {
    "unknown": "urn:example:none",
    "empty": "",
    "base64": f"{DS}base64",
    "decryption": "http://www.w3.org/2002/07/decrypt#XML",
    "security-token-reference": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
    "xpointer": "http://www.w3.org/2001/04/xmldsig-more/xptr",
    "enveloped-of-another-case": f"{DS}Enveloped-Signature",
}


@refused(REFUSED, signature="refused", cases=combined(NAMES, {"of-the-response": "response", "of-the-assertion": "assertion"}))
def renamed(algorithm: str, signed: str) -> Sent:
    """The canonicalisation of a signed message replaced by a transform of another name."""
    xml = genuine(signed)
    signature = signature_of(xml)
    return posted(
        xml.replace(signature, signature.replace(f'Transform Algorithm="{EXCLUSIVE}"', f'Transform Algorithm="{algorithm}"'))
    )


ORDERS = {
    "enveloped-missing": (EXCLUSIVE,),
    "none-at-all": (),
    "enveloped-twice": (ENVELOPED, ENVELOPED),
    "canonicalisation-first": (EXCLUSIVE, ENVELOPED),
}


@refused(REFUSED, signature="refused", cases=combined(ORDERS, {"of-the-response": "response", "of-the-assertion": "assertion"}))
def order(steps: tuple[str, ...], signed: str) -> Sent:
    """Transforms missing, doubled or in another order than they can work in."""
    xml = genuine(signed)
    signature = signature_of(xml)
    start, end = signature.index("<ds:Transforms>"), signature.index("</ds:Transforms>")
    written = "".join(map(_step, steps))
    return posted(xml.replace(signature, f"{signature[:start]}<ds:Transforms>{written}{signature[end:]}"))
