"""Encrypted assertions, IDs and attributes: opened where a key fits, and never a reason to trust or to crash.

The content is encrypted by xmlsec here and by the forge elsewhere; both are opened by ``ciphers`` alone.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from lxml import etree

from samlcheck.forge import Keys, Recipe, edit, forge, healthy, make_keys
from samlcheck.trust import ciphers, decryption
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.names import DS, XENC, XENC11
from tests.trust.signing import RESPONSE, fact, read, sign, template, trust, unsigned


def opened(xml: bytes, idp: Keys, sp: Keys, **options: object) -> TrustFacts:
    return trust(xml, idp, private_keys=[sp.private_pem], **options)


def encrypted(idp: Keys, sp: Keys, **changes: object) -> bytes:
    recipe: Recipe = replace(healthy(), **{"sign": "assertion", "encrypt": ("assertion",), **changes})  # type: ignore[arg-type]
    return forge(recipe, idp, encryption_for=sp).xml


@pytest.mark.parametrize("data", ["aes128-cbc", "aes256-cbc", "aes128-gcm", "aes256-gcm"])
@pytest.mark.parametrize("key", ["rsa-oaep-mgf1p", "rsa-1_5"])
def test_an_encrypted_assertion_is_opened_and_its_signature_verified(idp_keys: Keys, sp_keys: Keys, data: str, key: str) -> None:
    xml = encrypted(idp_keys, sp_keys, data_algorithm=data, key_algorithm=key)
    facts = opened(xml, idp_keys, sp_keys)
    assert (facts.verdict, fact(facts, "Assertion").verdict) == ("trusted", "valid")
    assert facts.anatomy is not facts.original
    assert facts.anatomy.document.name == "message (decrypted)"
    assert facts.anatomy.assertion is not None
    assert facts.covers(facts.anatomy.assertion)
    (found,) = facts.encryption
    assert (found.element, found.decrypted, found.reason) == ("EncryptedAssertion", True, "ok")
    assert found.data_algorithm.endswith(data)
    assert found.key_algorithm.endswith(key)


@pytest.mark.parametrize("signed", ["response", "assertion", "both"])
@pytest.mark.parametrize(
    "parts", [("nameid",), ("attributes",), ("nameid", "attributes"), ("assertion", "nameid", "attributes")], ids="+".join
)
def test_values_are_read_from_what_was_inside(idp_keys: Keys, sp_keys: Keys, signed: str, parts: tuple[str, ...]) -> None:
    facts = opened(encrypted(idp_keys, sp_keys, sign=signed, encrypt=parts), idp_keys, sp_keys)
    assert facts.verdict == "trusted", facts.signatures
    assertion = facts.anatomy.assertion
    assert assertion is not None
    text = etree.tostring(assertion, encoding="unicode")
    assert "mia.lindqvist@example.com" in text
    assert "Encrypted" not in text
    assert all(item.decrypted for item in facts.encryption)
    nameid = next(assertion.iter("{*}NameID"))
    assert facts.covers(nameid)


def test_without_a_key_it_is_not_checked(idp_keys: Keys, sp_keys: Keys) -> None:
    facts = trust(encrypted(idp_keys, sp_keys), idp_keys)
    assert (facts.verdict, facts.reason) == ("unverified", "encrypted-no-key")
    found = fact(facts, "Assertion")
    assert (found.verdict, found.reason) == ("unverifiable", "encrypted-no-key")
    assert found.explanation.plain() == (
        "The assertion is encrypted; its own signature can be checked only with the service's private key (--key)."
    )
    assert [(item.decrypted, item.reason) for item in facts.encryption] == [(False, "no-key")]


def test_a_signed_response_around_an_unopened_assertion_is_trusted(idp_keys: Keys, sp_keys: Keys) -> None:
    facts = trust(encrypted(idp_keys, sp_keys, sign="response"), idp_keys)
    assert (facts.verdict, [item.element for item in facts.signatures]) == ("trusted", ["Response"])


def _flip(found: re.Match[str]) -> str:
    return found[1] + ("B" if found[2] == "A" else "A")


def _cut(xml: str) -> str:
    return re.sub(
        r"<xenc:CipherValue>[^<]{8}([^<]*)</xenc:CipherValue>(?!.*CipherValue)", r"<xenc:CipherValue>\1</xenc:CipherValue>", xml
    )


FAULTS = {
    "another key": lambda xml: xml,
    "content": lambda xml: re.sub(r"(<xenc:CipherValue>[^<]{40})(.)(?=[^<]*</xenc:CipherValue>(?!.*CipherValue))", _flip, xml),
    "encrypted key": lambda xml: re.sub(r"(<xenc:CipherValue>[^<]{40})(.)", _flip, xml, count=1),
    "cut": _cut,
    "empty": lambda xml: re.sub(r"<xenc:CipherValue>[^<]*<", "<xenc:CipherValue><", xml),
    "not base64": lambda xml: re.sub(r"<xenc:CipherValue>", "<xenc:CipherValue>*", xml),
}


@pytest.mark.parametrize("key", ["rsa-oaep-mgf1p", "rsa-1_5"])
@pytest.mark.parametrize("data", ["aes256-gcm", "aes256-cbc"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_failure_to_decrypt_is_the_same_failure(idp_keys: Keys, sp_keys: Keys, fault: str, data: str, key: str) -> None:
    """SECURITY T18: whoever made the ciphertext learns nothing of where it went wrong."""
    xml = FAULTS[fault](encrypted(idp_keys, sp_keys, data_algorithm=data, key_algorithm=key).decode())
    reader = make_keys("stranger.example") if fault == "another key" else sp_keys
    facts = opened(xml.encode(), idp_keys, reader)
    assert (facts.verdict, facts.reason) in {("unverified", "decrypt-failed"), ("untrusted", "signature-invalid")}
    if facts.encryption[0].decrypted:
        assert (fault, data) == ("content", "aes256-cbc"), (
            "CBC without authentication may open to something else, which is then unsigned"
        )
        return
    assert [(item.decrypted, item.reason) for item in facts.encryption] == [(False, "decrypt-failed")]
    assert fact(facts, "Assertion").explanation.plain() == (
        "The assertion is encrypted and was not opened with the key given; its own signature was not checked."
    )


REFUSED = {
    "ciphertext in a file": lambda xml: re.sub(
        r"<xenc:CipherValue>[^<]*</xenc:CipherValue>", '<xenc:CipherReference URI="file:///etc/hostname"/>', xml
    ),
    "key in a file": lambda xml: xml.replace(
        "<xenc:EncryptedKey", f'<ds:RetrievalMethod xmlns:ds="{DS}" URI="file:///etc/hostname"/><xenc:EncryptedKey', 1
    ),
    "unknown content algorithm": lambda xml: xml.replace(f"{XENC11}aes256-gcm", "urn:example:rot13"),
    "unknown key algorithm": lambda xml: xml.replace(f"{XENC}rsa-oaep-mgf1p", "urn:example:rot13"),
    "no key": lambda xml: re.sub(r"<xenc:EncryptedKey.*?</xenc:EncryptedKey>", "", xml, flags=re.DOTALL),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_outside_the_document_or_unknown_is_refused_before_any_key_is_used(
    idp_keys: Keys, sp_keys: Keys, case: str
) -> None:
    before = encrypted(idp_keys, sp_keys).decode()
    changed = REFUSED[case](before)
    assert changed != before
    facts = opened(changed.encode(), idp_keys, sp_keys)
    assert [item.reason for item in facts.encryption] == ["refused"]
    assert facts.verdict == "unverified"


@pytest.mark.parametrize(("policy", "reason"), [("legacy", "ok"), ("modern", "refused")])
def test_rsa_1_5_is_a_matter_of_policy(idp_keys: Keys, sp_keys: Keys, policy: str, reason: str) -> None:
    facts = opened(encrypted(idp_keys, sp_keys, key_algorithm="rsa-1_5"), idp_keys, sp_keys, policy=policy)
    assert facts.encryption[0].reason == reason


def sealed_by_xmlsec(plain: str, sp: Keys, *, data: str, transport: str) -> str:
    """Return xenc:EncryptedData around ``plain`` made by xmlsec."""
    seal = etree.fromstring(
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element"><xenc:EncryptionMethod Algorithm="{data}"/>'
        f'<ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey>{transport}<xenc:CipherData><xenc:CipherValue/></xenc:CipherData>'
        "</xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"
    )
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(sp.certificate_pem, xmlsec.KeyFormat.CERT_PEM))
    context = xmlsec.EncryptionContext(manager)
    name = data.rpartition("#")[2]
    kind, bits = (xmlsec.KeyData.DES, 192) if "tripledes" in name else (xmlsec.KeyData.AES, int(name[3:6]))
    context.key = xmlsec.Key.generate(kind, bits, xmlsec.KeyDataType.SESSION)
    return etree.tostring(context.encrypt_binary(seal, plain.encode())).decode()


TRANSPORTS = {
    "rsa-1_5": f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-1_5"/>',
    "oaep, SHA-1": f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/>',
    "oaep-mgf1p, SHA-256 digest": f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p">'
    f'<ds:DigestMethod Algorithm="{XENC}sha256"/></xenc:EncryptionMethod>',
    "oaep 1.1, SHA-256 and MGF1-SHA-256": f'<xenc:EncryptionMethod Algorithm="{XENC11}rsa-oaep">'
    f'<ds:DigestMethod Algorithm="{XENC}sha256"/>'
    f'<m:MGF xmlns:m="{XENC11}" Algorithm="{XENC11}mgf1sha256"/></xenc:EncryptionMethod>',
    "oaep with a label": f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"><xenc:OAEPparams>bGFiZWw=</xenc:OAEPparams>'
    f'<ds:DigestMethod Algorithm="{DS}sha1"/></xenc:EncryptionMethod>',
}
CONTENTS = [f"{XENC}aes128-cbc", f"{XENC}aes192-cbc", f"{XENC}tripledes-cbc", f"{XENC11}aes192-gcm"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_xmlsec_sealed_is_opened_by_key_transport(idp_keys: Keys, sp_keys: Keys, transport: str) -> None:
    assert _opens(idp_keys, sp_keys, f"{XENC11}aes256-gcm", TRANSPORTS[transport]) == "trusted"


@pytest.mark.parametrize("data", CONTENTS, ids=lambda uri: uri.rpartition("#")[2])
def test_what_xmlsec_sealed_is_opened_by_content_algorithm(idp_keys: Keys, sp_keys: Keys, data: str) -> None:
    assert _opens(idp_keys, sp_keys, data, TRANSPORTS["oaep, SHA-1"]) == "trusted"


def _opens(idp: Keys, sp: Keys, data: str, transport: str) -> str:
    xml = sign(
        unsigned().replace("</saml:Issuer><saml:Subject>", f"</saml:Issuer>{template('#' + ASSERTION_ID)}<saml:Subject>"), idp
    ).decode()
    start, end = xml.index("<saml:Assertion"), xml.index("</saml:Assertion>") + len("</saml:Assertion>")
    body = (
        f"<saml:EncryptedAssertion>{sealed_by_xmlsec(xml[start:end], sp, data=data, transport=transport)}</saml:EncryptedAssertion>"
    )
    return opened((xml[:start] + body + xml[end:]).encode(), idp, sp).verdict


ASSERTION_ID = healthy().assertion_id or ""


def wrapped(plain: str, sp: Keys, *, outer: str = "saml:EncryptedID") -> str:
    body = sealed_by_xmlsec(plain, sp, data=f"{XENC11}aes256-gcm", transport=TRANSPORTS["oaep, SHA-1"])
    return f"<{outer}>{body}</{outer}>"


BREAKOUTS = {
    "closes the subject": "<saml:NameID>a</saml:NameID></saml:Subject><saml:Subject><saml:NameID>b</saml:NameID>",
    "two elements": "<saml:NameID>a</saml:NameID><saml:NameID>b</saml:NameID>",
    "another element": "<saml:Issuer>a</saml:Issuer>",
    "text beside it": "x<saml:NameID>a</saml:NameID>",
    "a document type": '<!DOCTYPE x [<!ENTITY e "e">]><saml:NameID>&e;</saml:NameID>',
    "no XML": "not xml at all",
    "nothing": " ",
}


@pytest.mark.parametrize("case", BREAKOUTS)
def test_decrypted_octets_cannot_rearrange_what_is_around_them(idp_keys: Keys, sp_keys: Keys, case: str) -> None:
    xml = re.sub(r"<saml:NameID.*?</saml:NameID>", lambda _: wrapped(BREAKOUTS[case], sp_keys), unsigned())
    facts = opened(xml.encode(), idp_keys, sp_keys)
    assert [item.reason for item in facts.encryption] == ["decrypt-failed"]
    assert facts.anatomy is facts.original


def test_a_declaration_and_a_prolog_before_the_element_are_taken_off(idp_keys: Keys, sp_keys: Keys) -> None:
    element = '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">a</saml:NameID>'
    plain = f'\ufeff<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'
    xml = re.sub(r"<saml:NameID.*?</saml:NameID>", lambda _: wrapped(plain, sp_keys), unsigned())
    facts = opened(xml.encode(), idp_keys, sp_keys)
    assert b"<saml:Subject><saml:NameID " in facts.anatomy.document.data


def test_prefixes_declared_around_the_ciphertext_alone_are_kept(idp_keys: Keys, sp_keys: Keys) -> None:
    """XML Encryption 4.3.3: the content is parsed in the context of the ciphertext."""
    body = wrapped("<s:NameID>a</s:NameID>", sp_keys, outer="s:EncryptedID")
    body = body.replace("<s:EncryptedID>", '<s:EncryptedID xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion">')
    xml = re.sub(r"<saml:NameID.*?</saml:NameID>", lambda _: body, unsigned())
    facts = opened(xml.encode(), idp_keys, sp_keys)
    assert [item.reason for item in facts.encryption] == ["ok"]
    assert [node.text for node in facts.anatomy.message.iter("{*}NameID")] == ["a"]


def test_a_forged_encrypted_assertion_beside_the_genuine_one(idp_keys: Keys, sp_keys: Keys) -> None:
    """Keycloak CVE-2026-2092: decrypt first, then count."""
    genuine = forge(edit(healthy(), {"sign": "assertion"}), idp_keys).xml.decode()
    forged = re.sub(
        r"<ds:Signature.*?</ds:Signature>", "", genuine[genuine.index("<saml:Assertion") : genuine.index("</samlp:Response>")]
    )
    forged = forged.replace(f'ID="{ASSERTION_ID}"', 'ID="_forged"')
    xml = genuine.replace(
        "<saml:Assertion", wrapped(forged, sp_keys, outer="saml:EncryptedAssertion") + "<saml:Assertion", 1
    ).encode()
    for facts in (opened(xml, idp_keys, sp_keys), trust(xml, idp_keys)):
        assert facts.verdict == "untrusted"
        assert {code for code, _, _ in facts.structure} & {"encrypted-beside-plain", "several-assertions"}


def test_utf_16_documents_are_spliced_in_their_own_encoding(idp_keys: Keys, sp_keys: Keys) -> None:
    xml = re.sub(r"<saml:NameID.*?</saml:NameID>", lambda _: wrapped("<saml:NameID>Åsa</saml:NameID>", sp_keys), unsigned())
    facts = opened(xml.encode("utf-16"), idp_keys, sp_keys)
    assert [item.reason for item in facts.encryption] == ["ok"]
    assert [node.text for node in facts.anatomy.message.iter("{*}NameID")] == ["Åsa"]


KEYS = {
    "certificate": lambda keys: keys.certificate_pem,
    "nonsense": lambda keys: b"nonsense",
    "elliptic curve": lambda keys: make_keys(curve="secp256r1").private_pem,
    "password": lambda keys: keys.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_that_is_none_is_an_error_of_the_user_and_not_quoted(idp_keys: Keys, sp_keys: Keys, kind: str) -> None:
    with pytest.raises(ValueError, match="key") as caught:
        ciphers.load_private_key(KEYS[kind](sp_keys))
    assert "MII" not in str(caught.value)


def test_the_number_of_elements_opened_is_bounded(idp_keys: Keys, sp_keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryption, "_MOST", 1)
    facts = opened(encrypted(idp_keys, sp_keys, encrypt=("attributes",)), idp_keys, sp_keys)
    assert len(facts.encryption) == 1


def test_the_received_document_is_left_alone(idp_keys: Keys, sp_keys: Keys) -> None:
    anatomy = read(encrypted(idp_keys, sp_keys))
    before = etree.tostring(anatomy.document.root)
    facts = opened(anatomy.document.data, idp_keys, sp_keys)
    assert etree.tostring(anatomy.document.root) == before
    assert facts.original.encrypted_assertions
    assert not facts.anatomy.encrypted_assertions
    assert RESPONSE in facts.anatomy.document.data.decode()
