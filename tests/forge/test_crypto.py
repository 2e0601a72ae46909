"""Algorithms, encryption, damage and the forms in which a forged login travels."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
import xmlsec
from lxml import etree

from samlcheck.forge import STYLES, Keys, edit, forge, healthy, make_keys, metadata
from samlcheck.forge.attacks import ATTACKS
from samlcheck.forge.damage import DAMAGES
from samlcheck.forge.seal import DATA_ALGORITHMS, KEY_ALGORITHMS
from samlcheck.forge.sign import INCLUSIVE
from samlcheck.saml.anatomy import dissect
from samlcheck.saml.metadata import entities
from samlcheck.source import Artifact
from samlcheck.xmldoc.parse import parse
from tests.forge.reading import verified

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
DS = "http://www.w3.org/2000/09/xmldsig#"


RSA = {
    "sha1": DS + "rsa-sha1",
    "sha256": MORE + "rsa-sha256",
    "rsa-sha384": MORE + "rsa-sha384",
    MORE + "rsa-sha512": MORE + "rsa-sha512",
}


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "http://www.w3.org/2001/04/xmlenc#sha512"])
@pytest.mark.parametrize("algorithm", RSA)
def test_rsa_algorithms(algorithm: str, digest: str, idp_keys: Keys) -> None:
    forged = forge(edit(healthy(), {"signature.algorithm": algorithm, "signature.digest_algorithm": digest}), idp_keys)
    assert verified(forged.xml, idp_keys) == ["Response", "Assertion"]
    assert f'SignatureMethod Algorithm="{RSA[algorithm]}"'.encode() in forged.xml
    assert forged.xml.count(f'{digest.rpartition("#")[2]}"/><ds:DigestValue'.encode()) == 2


@pytest.mark.parametrize("curve", ["secp256r1", "secp384r1", "secp521r1"])
def test_elliptic_curves(curve: str) -> None:
    keys = make_keys(curve=curve)
    forged = forge(healthy("keycloak"), keys)
    assert verified(forged.xml, keys) == ["Response", "Assertion"]
    assert f'"{MORE}ecdsa-sha256"'.encode() in forged.xml


def test_a_key_signs_only_with_its_own_family(idp_keys: Keys) -> None:
    with pytest.raises(ValueError, match="cannot sign with ecdsa-sha256: the key is for rsa"):
        forge(edit(healthy(), {"signature.algorithm": "ecdsa-sha256"}), idp_keys)


def test_hmac_takes_the_certificate_for_the_secret(idp_keys: Keys) -> None:
    root = etree.fromstring(forge(edit(healthy(), {"signature.algorithm": "hmac-sha256", "sign": "response"}), idp_keys).xml)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, idp_keys.certificate_pem)
    context.verify(root.find(f"{{{DS}}}Signature"))
    assert root.find(f".//{{{DS}}}SignatureMethod").get("Algorithm") == MORE + "hmac-sha256"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("method", [INCLUSIVE, INCLUSIVE + "#WithComments", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"])
def test_canonicalizations(style: str, method: str, idp_keys: Keys) -> None:
    recipe = edit(healthy(style), {"canonicalization": method, "sign": "both"})
    assert verified(forge(recipe, idp_keys).xml, idp_keys) == ["Response", "Assertion"]


@pytest.mark.parametrize(("word", "kind"), [("weak", "RSA 1024"), ("expired", "RSA 2048"), ("ec", "EC")])
def test_special_keys_are_the_pinned_ones(word: str, kind: str, idp_keys: Keys) -> None:
    forged = forge(edit(healthy(), {"key": word}), idp_keys)
    assert verified(forged.xml, forged.keys) == ["Response", "Assertion"]
    assert kind.endswith(str(forged.keys.private.key_size)) or kind == "EC"
    assert (forged.keys.certificate.not_valid_after_utc.year == 2026) == (word == "expired")


EMBEDDED = {"signer": "other", "trusted": "idp", "other": "other", "none": None}


@pytest.mark.parametrize("embed", EMBEDDED)
def test_embedded_certificate(embed: str, idp_keys: Keys, other_keys: Keys) -> None:
    xml = forge(edit(healthy(), {"embed": embed, "key": "other"}), idp_keys, other=other_keys).xml.decode()
    found = {"idp": idp_keys.certificate_base64 in xml, "other": other_keys.certificate_base64 in xml}
    assert [name for name, there in found.items() if there] == ([EMBEDDED[embed]] if EMBEDDED[embed] else [])


def _decrypt(xml: bytes, keys: Keys) -> etree._Element:
    root = etree.fromstring(xml)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(keys.private_pem, xmlsec.KeyFormat.PEM))
    for data in list(root.iter("{http://www.w3.org/2001/04/xmlenc#}EncryptedData")):
        xmlsec.EncryptionContext(manager).decrypt(data)
    return root


@pytest.mark.parametrize("key_algorithm", KEY_ALGORITHMS)
@pytest.mark.parametrize("data_algorithm", DATA_ALGORITHMS)
def test_xmlsec_decrypts_the_assertion(data_algorithm: str, key_algorithm: str, idp_keys: Keys, sp_keys: Keys) -> None:
    recipe = replace(edit(healthy(), {"encrypt": "assertion"}), data_algorithm=data_algorithm, key_algorithm=key_algorithm)
    root = _decrypt(forge(recipe, idp_keys, encryption_for=sp_keys).xml, sp_keys)
    assert root.findtext("{*}EncryptedAssertion/{*}Assertion/{*}Subject/{*}NameID") == "mia.lindqvist@example.com"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("part", ["assertion", "nameid", "attributes"])
def test_signatures_hold_around_and_inside_what_is_encrypted(style: str, part: str, idp_keys: Keys, sp_keys: Keys) -> None:
    forged = forge(edit(healthy(style), {"encrypt": part, "sign": "both"}), idp_keys, encryption_for=sp_keys)
    assert b"mia.lindqvist@example.com" not in forged.xml or part != "assertion"
    assert verified(forged.xml, idp_keys)[0] == "Response"
    root = _decrypt(forged.xml, sp_keys)
    assertion = next(root.iter("{*}Assertion"))
    assert assertion.get("ID") == forged.recipe.assertion_id
    if part == "assertion":
        assert verified(etree.tostring(assertion), idp_keys) == ["Assertion"]


def test_without_a_recipient_nobody_can_decrypt(idp_keys: Keys, sp_keys: Keys) -> None:
    with pytest.raises(xmlsec.Error):
        _decrypt(forge(edit(healthy(), {"encrypt": "assertion"}), idp_keys).xml, sp_keys)


@pytest.mark.parametrize(
    ("style", "damage"),
    [
        (style, damage)
        for style, habits in STYLES.items()
        for damage in sorted(set(DAMAGES) - set(ATTACKS))
        if damage != "namespaces-changed" or habits.inclusive_prefixes
    ],
)
def test_accidents_break_the_signature(style: str, damage: str, idp_keys: Keys) -> None:
    forged = forge(edit(healthy(style), {"damage": damage, "layout": "lines", "sign": "both"}), idp_keys)
    with pytest.raises(xmlsec.Error):
        verified(forged.xml, idp_keys)


def test_a_comment_leaves_the_signature_whole(idp_keys: Keys) -> None:
    forged = forge(edit(healthy(), {"damage": "comment-in-value"}), idp_keys)
    assert verified(forged.xml, idp_keys) == ["Response", "Assertion"]
    assert b">mia.lindqvist<!---->@example.com</saml:NameID>" in forged.xml


def test_wrapping_keeps_the_signed_assertion_and_puts_a_forged_one_first(idp_keys: Keys) -> None:
    forged = forge(edit(healthy(), {"damage": "several-assertions", "sign": "assertion"}), idp_keys)
    assert verified(forged.xml, idp_keys) == ["Assertion"]
    names = [node.text for node in etree.fromstring(forged.xml).iter("{*}NameID")]
    assert names == ["admin@example.com", "mia.lindqvist@example.com"]


def test_damage_without_a_place_is_refused(idp_keys: Keys) -> None:
    with pytest.raises(ValueError, match="damage line-endings finds nothing to damage in this message"):
        forge(edit(healthy(), {"damage": "line-endings"}), idp_keys)


def test_line_breaks_are_signed(idp_keys: Keys) -> None:
    forged = forge(edit(healthy("okta"), {"layout": "lines"}), idp_keys)
    assert forged.xml.count(b"\n") > 20
    assert verified(forged.xml, idp_keys) == ["Response", "Assertion"]


def test_form_and_request(idp_keys: Keys) -> None:
    forged = forge(healthy(), idp_keys)
    assert parse_qs(forged.form) == {"SAMLResponse": [forged.base64], "RelayState": ["https://sp.example/start"]}
    assert dissect(parse(Artifact("request", forged.request_xml or b""))).kind == "authnrequest"
    started_at_idp = forge(edit(healthy(), {"idp_initiated": "true", "relay_state": None}), idp_keys)
    assert (started_at_idp.request_xml, list(parse_qs(started_at_idp.form))) == (None, ["SAMLResponse"])


@pytest.mark.parametrize("style", STYLES)
def test_metadata_names_the_parties_and_their_keys(style: str, idp_keys: Keys, other_keys: Keys, sp_keys: Keys) -> None:
    forged = forge(healthy(style), idp_keys)
    idp = entities(dissect(parse(Artifact("idp", forged.idp_metadata(idp_keys, other_keys)))))[0]
    assert (idp.entity_id, idp.is_idp, len(idp.keys)) == (STYLES[style].issuer, True, 2)
    assert all(key.signs for key in idp.keys)
    sp = entities(dissect(parse(Artifact("sp", metadata(healthy(style), [sp_keys], "sp", valid_until="2027-01-01T00:00:00Z")))))[0]
    assert (sp.entity_id, sp.assertion_consumer[0].location) == ("https://sp.example/saml/metadata", "https://sp.example/saml/acs")
    assert (sp.keys[0].signs, str(sp.valid_until)) == (False, "2027-01-01 00:00:00+00:00")


def test_one_message_costs_milliseconds(idp_keys: Keys) -> None:
    forge(healthy(), idp_keys)
    began = time.process_time()
    for _ in range(50):
        forge(healthy(), idp_keys)
    assert time.process_time() - began < 50 * 0.01
