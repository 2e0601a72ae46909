"""The gate: genuine signatures outside the SAML profile, and signatures of another shape, are refused and named."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from samlcheck.forge import Keys, healthy
from samlcheck.trust import references
from tests.trust.signing import ENVELOPED, EXCLUSIVE, RESPONSE, fact, message, read, template, trust, with_signature

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XSLT = (
    '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><x:stylesheet version="1.0" '
    'xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/">constant</x:template></x:stylesheet></ds:Transform>'
)
XPATH = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>false()</ds:XPath></ds:Transform>'


REFUSED = {
    "several-references": template(f"#{RESPONSE}", references=2),
    "transform-refused/xslt": template(f"#{RESPONSE}", transforms=(ENVELOPED, XSLT)),
    "transform-refused/xpath": template(f"#{RESPONSE}", transforms=(ENVELOPED, XPATH)),
    "too-many-transforms": template(f"#{RESPONSE}", transforms=(ENVELOPED, EXCLUSIVE, EXCLUSIVE)),
    "reference-xpointer": template("#xpointer(/)"),
    "object-in-signature": template(f"#{RESPONSE}", after="<ds:Object>x</ds:Object>"),
    "algorithm-refused/md5": template(f"#{RESPONSE}", method=f"{MORE}rsa-md5"),
    "algorithm-refused/ripemd": template(f"#{RESPONSE}", digest="http://www.w3.org/2001/04/xmlenc#ripemd160"),
    "not-covering/reference-elsewhere": template(f"#{healthy().assertion_id}"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_genuine_signature_outside_the_profile_is_refused(idp_keys: Keys, case: str) -> None:
    facts = trust(with_signature(idp_keys, REFUSED[case]), idp_keys)
    found = fact(facts, "Response")
    if case.startswith("not-covering/"):
        assert (found.verdict, found.reason) == ("not-covering", case.partition("/")[2])
    else:
        assert (found.verdict, found.reason) == ("refused", case.partition("/")[0])
    assert facts.verdict == "untrusted"
    assert facts.covered == ()
    assert found.explanation.plain()


SIGNED_INFO = re.compile(r"<ds:SignedInfo>.*?</ds:SignedInfo>", re.DOTALL)
ALTERED = {
    "transform-refused/order": lambda xml: re.sub(r"(<ds:Transform [^>]*/>)(<ds:Transform [^>]*/>)", r"\2\1", xml, count=1),
    "transform-refused/unlisted": lambda xml: xml.replace(
        f'<ds:Transform Algorithm="{EXCLUSIVE}"/>', '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>', 1
    ),
    "transform-refused/content": lambda xml: xml.replace(
        f'<ds:Transform Algorithm="{EXCLUSIVE}"/>', f'<ds:Transform Algorithm="{EXCLUSIVE}"><x xmlns="urn:x"/></ds:Transform>', 1
    ),
    "malformed-signature/nested": lambda xml: xml.replace("<ds:KeyInfo>", "<ds:KeyInfo><ds:Signature/>", 1),
    "no-reference": lambda xml: re.sub(r"<ds:Reference.*?</ds:Reference>", "", xml, count=1, flags=re.DOTALL),
    "several-signed-info": lambda xml: SIGNED_INFO.sub(lambda found: found[0] * 2, xml, count=1),
    "malformed-signature/none": lambda xml: SIGNED_INFO.sub("", xml, count=1),
    "malformed-signature/comment": lambda xml: xml.replace("<ds:DigestValue>", "<ds:DigestValue><!-- -->", 1),
    "malformed-signature/element": lambda xml: xml.replace("<ds:DigestValue>", "<ds:DigestValue><ds:X/>", 1),
    "malformed-signature/order": lambda xml: re.sub(
        r"(<ds:SignedInfo>.*?</ds:SignedInfo>)(<ds:SignatureValue>.*?</ds:SignatureValue>)", r"\2\1", xml, count=1, flags=re.DOTALL
    ),
    "malformed-signature/foreign": lambda xml: xml.replace("</ds:SignatureValue>", '</ds:SignatureValue><x xmlns="urn:x"/>', 1),
    "reference-external/file": lambda xml: xml.replace(f'URI="#{RESPONSE}"', 'URI="file:///etc/hostname"', 1),
    "reference-external/relative": lambda xml: xml.replace(f'URI="#{RESPONSE}"', f'URI="{RESPONSE}"', 1),
    "reference-unresolved": lambda xml: xml.replace(f'URI="#{RESPONSE}"', 'URI="#_nobody"', 1),
    "reference-empty": lambda xml: xml.replace(f' URI="#{RESPONSE}"', "", 1),
    "missing-id": lambda xml: xml.replace(f' ID="{RESPONSE}"', "", 1),
    "enveloped-transform-missing": lambda xml: xml.replace(f'<ds:Transform Algorithm="{ENVELOPED}"/>', "", 1),
    "canonicalization-refused": lambda xml: xml.replace(
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>', '<ds:CanonicalizationMethod Algorithm="urn:x"/>', 1
    ),
    "algorithm-refused/unknown": lambda xml: xml.replace(f"{MORE}rsa-sha256", "urn:example:sign", 1),
    "algorithm-refused/parameter": lambda xml: re.sub(
        r"(<ds:SignatureMethod [^>]*)/>", r"\1><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>", xml, count=1
    ),
    "several-signatures": lambda xml: re.sub(r"(<ds:Signature .*?</ds:Signature>)", r"\1\1", xml, count=1, flags=re.DOTALL),
    "relative-namespace": lambda xml: xml.replace("<samlp:Status>", '<samlp:Status xmlns:r="relative">', 1),
    "duplicate-id": lambda xml: xml.replace("<samlp:Status>", f'<samlp:Status xml:id="{RESPONSE}">', 1),
}


@pytest.mark.parametrize("case", ALTERED)
def test_a_signature_of_another_shape_is_refused(idp_keys: Keys, case: str) -> None:
    xml = ALTERED[case](message(idp_keys).decode())
    assert xml != message(idp_keys).decode()
    facts = trust(xml.encode(), idp_keys)
    found = fact(facts, "Response")
    assert (found.verdict, found.reason) == ("refused", case.partition("/")[0])
    assert facts.verdict == "untrusted"


def test_a_document_type_is_refused_by_the_gate_too(idp_keys: Keys) -> None:
    """The parser refuses it first; the gate does not rely on that, since a DTD defines IDs that libxmlsec resolves."""
    anatomy = read(message(idp_keys))
    root = etree.fromstring(b'<!DOCTYPE r [<!ENTITY e "e">]>' + message(idp_keys))
    document = replace(anatomy.document, root=root)
    refusal = references.admit(next(root.iter("{*}Signature")), document, "legacy")
    assert isinstance(refusal, references.Refusal)
    assert (refusal.verdict, refusal.reason) == ("refused", "dtd")
