"""Every style forges a message that two engines verify and that looks like its product's."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from samlcheck.forge import AT, STYLES, Keys, Recipe, edit, forge, healthy, make_keys
from samlcheck.forge.recipe import restyle
from samlcheck.forge.write import Writer
from tests.forge.reading import facts, verified

SIGNED = {"both": ["Response", "Assertion"], "response": ["Response"], "assertion": ["Assertion"], "none": []}
_DS = "{http://www.w3.org/2000/09/xmldsig#}"


@pytest.mark.parametrize("style", STYLES)
def test_xmlsec_verifies_what_the_style_signs(style: str, idp_keys: Keys) -> None:
    recipe = healthy(style)
    assert verified(forge(recipe, idp_keys).xml, idp_keys) == SIGNED[recipe.sign]


@pytest.mark.parametrize("style", STYLES)
def test_cryptography_verifies_what_the_style_signs(style: str, idp_keys: Keys) -> None:
    root = etree.fromstring(forge(edit(healthy(style), {"sign": "assertion"}), idp_keys).xml)
    signature = root.find(f".//{_DS}Signature")
    info = signature.find(f"{_DS}SignedInfo")
    idp_keys.private.public_key().verify(
        base64.b64decode(signature.findtext(f"{_DS}SignatureValue")),
        etree.tostring(info, method="c14n", exclusive=True),
        padding.PKCS1v15(),
        hashes.SHA256(),
    )
    assertion = signature.getparent()
    assertion.remove(signature)
    prefixes = (STYLES[style].inclusive_prefixes or "").split() or None
    digest = hashlib.sha256(etree.tostring(assertion, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)).digest()
    assert base64.b64encode(digest).decode() == info.findtext(f".//{_DS}DigestValue")


@pytest.mark.parametrize("style", STYLES)
def test_signing_adds_signatures_and_changes_nothing_else(style: str, idp_keys: Keys) -> None:
    recipe = healthy(style)
    written = Writer(recipe).response().translate(dict.fromkeys(range(1, 6)))
    signed = forge(recipe, idp_keys).xml.decode()
    assert re.sub(r"<((?:\w+:)?)Signature .*?</\1Signature>", "", signed) == written


@pytest.mark.parametrize("sign", SIGNED)
def test_sign_says_what_is_signed(sign: str, idp_keys: Keys) -> None:
    assert verified(forge(edit(healthy(), {"sign": sign}), idp_keys).xml, idp_keys) == SIGNED[sign]


BEGINNINGS = {
    "aws-identity-center": r'<\?xml version="1.0" encoding="UTF-8"\?><saml2p:Response xmlns:saml2p="[^"]+" '
    r'Destination="[^"]+" ID="_[0-9a-f-]{36}" InResponseTo="[^"]+" IssueInstant="2026-05-04T10:00:00.000Z" Version="2.0">'
    r'<saml2:Issuer xmlns:saml2="[^"]+" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://portal.sso.',
    "okta": r'<\?xml version="1.0" encoding="UTF-8"\?><saml2p:Response xmlns:saml2p="[^"]+" Destination="[^"]+" ID="id\d{20,29}" ',
    "entra-id": r'<samlp:Response ID="_[0-9a-f-]{36}" Version="2.0" IssueInstant="[^"]+" Destination="[^"]+" '
    r'InResponseTo="[^"]+" xmlns:samlp="[^"]+"><Issuer xmlns="[^"]+">https://sts.windows.net/[0-9a-f-]{36}/</Issuer>',
    "adfs": r'<samlp:Response ID="_[0-9a-f-]{36}" [^>]*Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified"',
    "google": r'<\?xml version="1.0" encoding="UTF-8" standalone="no"\?><saml2p:Response ',
    "keycloak": r'<samlp:Response xmlns:samlp="[^"]+" xmlns:saml="[^"]+" Destination="[^"]+" ID="ID_[0-9a-f-]{36}"',
    "onelogin": r'<samlp:Response xmlns:samlp="[^"]+" xmlns:saml="[^"]+" ID="R[0-9a-f]{40}"',
    "shibboleth": r'<\?xml version="1.0" encoding="UTF-8"\?><saml2p:Response [^>]*ID="_[0-9a-f]{32}"',
    "auth0": r'<samlp:Response xmlns:samlp="[^"]+" Destination="[^"]+" ID="_[0-9a-f]{20}"',
    "pingfederate": r'<samlp:Response Version="2.0" ID="[A-Za-z0-9_.-]{27}"',
    "simplesamlphp": r'<samlp:Response xmlns:samlp="[^"]+" xmlns:saml="[^"]+" ID="_[0-9a-f]{42}"',
    "generic": r'<samlp:Response xmlns:samlp="[^"]+" xmlns:saml="[^"]+" ID="_[0-9a-f]{40}"',
}


@pytest.mark.parametrize("style", STYLES)
def test_message_begins_like_the_products(style: str, idp_keys: Keys) -> None:
    assert re.match(BEGINNINGS[style], forge(healthy(style), idp_keys).xml.decode())


def test_the_defaults_of_a_recipe_are_the_healthy_generic_login() -> None:
    assert Recipe() == healthy() == healthy("generic")


@pytest.mark.parametrize("style", STYLES)
def test_restyling_an_unedited_recipe_gives_the_healthy_one_of_that_style(style: str) -> None:
    assert restyle(healthy(), style) == healthy(style)
    assert restyle(healthy(style), "generic") == healthy()


def test_restyling_keeps_what_was_edited() -> None:
    edits = {
        "assertion.audience": "urn:amazon:webservices",
        "assertion.recipient": "https://other.example/acs",
        "attribute:role": "x",
    }
    restyled = edit(edit(healthy(), edits), {"style": "okta"})
    assert restyled.audiences == (("urn:amazon:webservices",),)
    assert restyled.confirmations[0].recipient == "https://other.example/acs"
    assert restyled.confirmations[0].not_on_or_after == "2026-05-04T10:05:00.000Z"
    assert {item.name_format for item in restyled.attributes} == {"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"}
    assert restyled.assertion_issuer == "http://www.okta.com/exk1fcia6d6EMsf331d8"


def test_identifiers_differ_by_seed_and_repeat_for_the_same() -> None:
    one, again, two = healthy("okta", seed="1"), healthy("okta", seed="1"), healthy("okta", seed="2")
    assert one == again
    assert {one.response_id, one.assertion_id}.isdisjoint({two.response_id, two.assertion_id})


def test_the_instant_is_the_given_one() -> None:
    recipe = healthy("onelogin", at=AT.replace(year=2027))
    assert (recipe.not_before, recipe.not_on_or_after) == ("2027-05-04T09:57:00Z", "2027-05-04T10:03:00Z")


@pytest.mark.parametrize("style", STYLES)
def test_certificate_subject_makes_a_certificate(style: str, idp_keys: Keys) -> None:
    wanted = STYLES[style].certificate_subject
    certificate = make_keys(subject=wanted, renew=idp_keys).certificate
    assert (
        ", ".join(f"{a.rfc4514_attribute_name}={a.value}" for a in certificate.subject).replace(
            "1.2.840.113549.1.9.1", "emailAddress"
        )
        == wanted
    )


def test_keys_say_what_they_cannot_make() -> None:
    with pytest.raises(ValueError, match="no curve secp111r1; there are secp256r1, secp384r1, secp521r1"):
        make_keys(curve="secp111r1")
    with pytest.raises(ValueError, match="no attribute type X; there are CN, O, OU"):
        make_keys(subject="X=1", curve="secp256r1")


def test_a_private_key_is_never_printed(idp_keys: Keys) -> None:
    assert "private" not in repr(idp_keys)


@pytest.mark.parametrize("style", STYLES)
def test_healthy_values_are_read_back_from_the_forged_message(style: str, idp_keys: Keys) -> None:
    recipe = healthy(style)
    table = facts(recipe, forge(recipe, idp_keys))
    assert table.text("message.kind") == "response"
    assert table.text("assertion.audience") == "https://sp.example/saml/metadata"
    assert table.text("assertion.issuer") == table.text("response.issuer") == STYLES[style].issuer
    assert table.text("assertion.confirmation_in_response_to") == table.text("request.id")
    assert [item.raw for item in table.read("assertion.attribute_names").items] == [name for name, _, _ in STYLES[style].attributes]


def test_signature_of_another_key_does_not_verify(idp_keys: Keys, other_keys: Keys) -> None:
    forged = forge(edit(healthy(), {"key": "other"}), idp_keys, other=other_keys)
    with pytest.raises(xmlsec.Error):
        verified(forged.xml, idp_keys)
    assert verified(forged.xml, other_keys) == ["Response", "Assertion"]
    assert forged.keys is idp_keys
