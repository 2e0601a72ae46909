"""What a key file may be, and what each wrong one is called."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7, pkcs12
from cryptography.x509.oid import NameOID

from samlcheck.errors import InputError, SamlcheckError, UsageError
from samlcheck.forge import AT, Keys, healthy, idp_metadata, make_keys, sp_metadata
from samlcheck.source import Artifact
from samlcheck.trust.anchors import for_issuer, load
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import Anchors
from tests.trust.signing import message, read, unsigned

ISSUER = healthy().response_issuer or ""


def given(*files: bytes) -> Anchors:
    return load([Artifact(f"file-{number}", data) for number, data in enumerate(files, 1)])


def prints(anchors: Anchors) -> list[str]:
    return [key.certificate.sha256 for key in anchors.keys]


def _public(keys: Keys, encoding: Encoding) -> bytes:
    return keys.private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


ACCEPTED: dict[str, Callable[[Keys], bytes]] = {
    "pem": lambda keys: keys.certificate_pem,
    "pem with text around it": lambda keys: b"Bag Attributes\n  friendlyName: idp\n" + keys.certificate_pem + b"\nthanks!\n",
    "pem with Windows line ends": lambda keys: keys.certificate_pem.replace(b"\n", b"\r\n"),
    "pem on one line, as JSON holds it": lambda keys: keys.certificate_pem.replace(b"\n", b"\\n"),
    "pem with a byte order mark": lambda keys: b"\xef\xbb\xbf" + keys.certificate_pem,
    "pem without its header lines": lambda keys: b"".join(keys.certificate_pem.splitlines(True)[1:-1]),
    "pem with damaged header lines": lambda keys: keys.certificate_pem.replace(
        b"-----BEGIN CERTIFICATE-----", b"----BEGIN CERTIFICATE----"
    ),
    "der": lambda keys: keys.certificate_der,
    "bare base64": lambda keys: keys.certificate_base64.encode(),
    "bare base64 with blanks": lambda keys: f"  {keys.certificate_base64[:50]} \n\t{keys.certificate_base64[50:]}\n".encode(),
    "base64 of pem": lambda keys: base64.b64encode(keys.certificate_pem),
    "metadata": lambda keys: idp_metadata(healthy(), [keys]),
    "metadata with blank lines before it": lambda keys: b"\n\n" + idp_metadata(healthy(), [keys]).partition(b"?>")[2],
}


@pytest.mark.parametrize("form", ACCEPTED)
def test_every_form_of_a_certificate_gives_the_same_key(idp_keys: Keys, form: str) -> None:
    expected = x509.load_der_x509_certificate(idp_keys.certificate_der).fingerprint(hashes.SHA256()).hex()
    assert prints(given(ACCEPTED[form](idp_keys))) == [expected]


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_bare_public_key(idp_keys: Keys, encoding: Encoding) -> None:
    (key,) = given(_public(idp_keys, encoding)).keys
    assert (key.certificate.subject, key.certificate.not_after, key.certificate.key_type) == ("", None, "RSA 2048")
    assert key.certificate.spki_sha256 == given(idp_keys.certificate_pem).keys[0].certificate.spki_sha256


def test_metadata_gives_every_signing_key_with_its_entity(idp_keys: Keys, other_keys: Keys) -> None:
    anchors = given(idp_metadata(healthy(), [idp_keys, other_keys]))
    assert [(key.entity_id, key.certificate.origin) for key in anchors.keys] == [
        (ISSUER, "file-1, KeyDescriptor 1 (signing)"),
        (ISSUER, "file-1, KeyDescriptor 2 (signing)"),
    ]
    assert [anatomy.kind for anatomy in anchors.metadata] == ["idp-metadata"]


def test_a_descriptor_without_use_signs_too_and_one_for_encryption_does_not(idp_keys: Keys, other_keys: Keys) -> None:
    xml = idp_metadata(healthy(), [idp_keys, other_keys])
    both = given(xml.replace(b' use="signing"', b"", 1))
    assert len(both.keys) == 2
    assert both.keys[0].certificate.origin == "file-1, KeyDescriptor 1 (no use, so also signing)"
    one = given(xml.replace(b'use="signing"', b'use="encryption"', 1))
    assert prints(one) == prints(given(other_keys.certificate_pem))
    assert [text.plain() for text in one.problems] == ["file-1: KeyDescriptor 1 is for encryption and verifies nothing."]


def test_a_key_value_in_metadata(idp_keys: Keys) -> None:
    numbers = idp_keys.private.public_key().public_numbers()
    modulus = base64.b64encode(numbers.n.to_bytes(256, "big")).decode()  # type: ignore[union-attr]
    parts = f"<ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
    value = f"<ds:KeyValue><ds:RSAKeyValue>{parts}</ds:RSAKeyValue></ds:KeyValue>"
    xml = idp_metadata(healthy(), [idp_keys]).decode()
    start, end = xml.index("<ds:X509Data>"), xml.index("</ds:X509Data>") + len("</ds:X509Data>")
    (key,) = given((xml[:start] + value + xml[end:]).encode()).keys
    assert key.certificate.spki_sha256 == given(idp_keys.certificate_pem).keys[0].certificate.spki_sha256


def test_the_same_key_twice_is_one_key(idp_keys: Keys) -> None:
    anchors = given(idp_keys.certificate_pem, idp_metadata(healthy(), [idp_keys, idp_keys]), idp_keys.certificate_der)
    assert [key.entity_id for key in anchors.keys] == [ISSUER]
    assert anchors.names == ("file-1", "file-2", "file-3")


def test_of_a_chain_only_the_end_is_pinned(idp_keys: Keys) -> None:
    authority = make_keys("Example CA")
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leaf")]))
        .issuer_name(authority.certificate.subject)
        .public_key(idp_keys.private.public_key())
        .serial_number(7)
        .not_valid_before(AT)
        .not_valid_after(AT.replace(year=2030))
    )
    leaf = built.sign(authority.private, hashes.SHA256()).public_bytes(Encoding.PEM)
    root = (
        x509.CertificateBuilder()
        .subject_name(authority.certificate.subject)
        .issuer_name(authority.certificate.subject)
        .public_key(authority.private.public_key())
        .serial_number(1)
        .not_valid_before(AT)
        .not_valid_after(AT.replace(year=2030))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(authority.private, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    anchors = given(leaf + root)
    assert [key.certificate.subject for key in anchors.keys] == ["CN=leaf"]
    assert "is the issuer of another certificate in file-1 and is not taken as a signing key" in anchors.problems[0].plain()


def test_several_unrelated_certificates_are_all_pinned(idp_keys: Keys, other_keys: Keys) -> None:
    anchors = given(idp_keys.certificate_pem + other_keys.certificate_pem)
    assert [key.certificate.origin for key in anchors.keys] == ["file-1, certificate 1", "file-1, certificate 2"]


def test_a_private_key_beside_the_certificate_is_left_alone_and_mentioned(idp_keys: Keys) -> None:
    anchors = given(idp_keys.certificate_pem + idp_keys.private_pem)
    assert len(anchors.keys) == 1
    assert anchors.problems[0].plain().startswith("file-1 also holds a private key, which is not needed here.")


def test_an_aggregate_speaks_for_each_issuer_with_its_own_keys(idp_keys: Keys, other_keys: Keys) -> None:
    first = idp_metadata(healthy(), [idp_keys]).partition(b"?>")[2]
    second = idp_metadata(healthy("okta"), [other_keys]).partition(b"?>")[2]
    anchors = given(
        b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">' + first + second + b"</md:EntitiesDescriptor>"
    )
    assert [key.entity_id for key in for_issuer(anchors, ISSUER)] == [ISSUER]
    assert for_issuer(anchors, "https://nobody.example") == ()
    alone = given(first)
    assert for_issuer(alone, "https://nobody.example") == alone.keys


def _private(keys: Keys, encryption: serialization.KeySerializationEncryption) -> bytes:
    return keys.private.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, encryption)


def _bundle(keys: Keys, encoding: Encoding) -> bytes:
    return pkcs7.serialize_certificates([keys.certificate], encoding)


def _request(keys: Keys) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(keys.private, hashes.SHA256()).public_bytes(Encoding.PEM)


WRONG: dict[str, tuple[Callable[[Keys], bytes], type[SamlcheckError], str, str]] = {
    "empty": (lambda keys: b" \n", InputError, "empty-key-file", "The file is empty."),
    "private key, pem": (lambda keys: keys.private_pem, UsageError, "private-key", "This is a private key, not a certificate."),
    "private key, der": (
        lambda keys: _private(keys, serialization.NoEncryption()),
        UsageError,
        "private-key",
        "This is a private key, not a certificate.",
    ),
    "encrypted private key": (
        lambda keys: keys.private.private_bytes(
            Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        ),
        UsageError,
        "private-key",
        "This is an encrypted private key.",
    ),
    "request, pem": (_request, UsageError, "certificate-request", "This is a certificate signing request, not a certificate."),
    "request, der": (
        lambda keys: x509.load_pem_x509_csr(_request(keys)).public_bytes(Encoding.DER),
        UsageError,
        "certificate-request",
        "This is a certificate signing request, not a certificate.",
    ),
    "PKCS #7": (
        lambda keys: _bundle(keys, Encoding.DER),
        UsageError,
        "pkcs7",
        "This is a PKCS #7 bundle.",
    ),
    "PKCS #7, pem": (
        lambda keys: _bundle(keys, Encoding.PEM),
        UsageError,
        "pkcs7",
        "This is a PKCS #7 bundle.",
    ),
    "PKCS #12": (
        lambda keys: pkcs12.serialize_key_and_certificates(b"x", None, keys.certificate, None, serialization.NoEncryption()),
        UsageError,
        "pkcs12",
        "This is a PKCS #12 container.",
    ),
    "SSH key": (
        lambda keys: keys.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        UsageError,
        "ssh-key",
        "This is an SSH key.",
    ),
    "JSON": (lambda keys: json.dumps({"keys": []}).encode(), UsageError, "json", "This is JSON."),
    "web page": (
        lambda keys: b"<!DOCTYPE html><html><body>Sign in</body></html>",
        UsageError,
        "html",
        "This is a web page, not metadata.",
    ),
    "SP metadata": (
        lambda keys: sp_metadata(healthy(), [keys]),
        UsageError,
        "sp-metadata",
        "This is metadata of a service provider: it has no IDPSSODescriptor.",
    ),
    "SAMLResponse": (lambda keys: message(keys), UsageError, "saml-message", "This is a SAML message, not metadata."),
    "SAMLResponse in base64": (
        lambda keys: base64.b64encode(unsigned().encode()),
        UsageError,
        "saml-message",
        "This is a SAML message in base64, not a certificate or metadata.",
    ),
    "other XML": (lambda keys: b"<project/>", UsageError, "other-xml", "This is XML, but no SAML metadata."),
    "ZIP": (lambda keys: b"PK\x03\x04rest", UsageError, "zip", "This is a ZIP archive."),
    "PEM without its end": (lambda keys: keys.certificate_pem[:500], InputError, "damaged-pem", "The PEM block has no end."),
    "PEM with a hole": (
        lambda keys: keys.certificate_pem[:200] + b"*" + keys.certificate_pem[201:],
        InputError,
        "damaged-pem",
        "The PEM block Certificate is damaged: it is not base64.",
    ),
    "certificate cut off": (
        lambda keys: keys.certificate_der[:300],
        InputError,
        "bad-certificate",
        "The certificate is damaged or cut off.",
    ),
    "prose": (
        lambda keys: b"see attachment",
        InputError,
        "unknown-key-file",
        "This is no certificate, key or metadata that can be recognised.",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_called_what_it_is(idp_keys: Keys, kind: str) -> None:
    make, error_type, code, words = WRONG[kind]
    with pytest.raises(SamlcheckError) as caught:
        given(make(idp_keys))
    assert type(caught.value) is error_type
    assert (caught.value.code, caught.value.message, caught.value.where) == (code, words, "file-1")
    assert caught.value.tip


def test_no_error_quotes_from_the_file(idp_keys: Keys) -> None:
    secret = idp_keys.private_pem.decode().splitlines()[3]
    with pytest.raises(UsageError) as caught:
        given(idp_keys.private_pem)
    assert secret not in caught.value.message + caught.value.tip


def test_other_roles_are_taken_when_asked_for(sp_keys: Keys) -> None:
    xml = sp_metadata(healthy(), [sp_keys]).replace(b'use="encryption"', b'use="signing"')
    assert len(load([Artifact("sp.xml", xml)], role="any").keys) == 1
    with pytest.raises(UsageError):
        load([Artifact("sp.xml", xml)])


def test_metadata_of_others_only_is_said_to_be_that(idp_keys: Keys, other_keys: Keys) -> None:
    okta, entra = (idp_metadata(healthy(style), [other_keys]).partition(b"?>")[2] for style in ("okta", "entra-id"))
    facts = establish(read(message(idp_keys)), given(okta, entra))
    assert (facts.verdict, facts.reason) == ("unverified", "no-key-given")
    assert facts.signatures[0].explanation.plain() == (
        "The metadata given holds no entity with the Issuer's name, so none of its keys speaks for this Response."
    )
    assert (
        establish(read(message(idp_keys)), given(okta, entra), issuer_hint=healthy("okta").response_issuer).reason
        == "signature-invalid"
    )


_KEYLESS: dict[str, tuple[Callable[[bytes], bytes], tuple[str, ...]]] = {
    "no key": (lambda xml: re.sub(rb"<md:KeyDescriptor.*?</md:KeyDescriptor>", b"", xml, flags=re.DOTALL), ()),
    "a key for encryption": (
        lambda xml: xml.replace(b'use="signing"', b'use="encryption"'),
        ("file-1: KeyDescriptor 1 is for encryption and verifies nothing.",),
    ),
    "PEM in the metadata": (
        lambda xml: re.sub(rb"(X509Certificate>)([^<]+)<", rb"\1-----BEGIN CERTIFICATE-----\n\2\n-----END CERTIFICATE-----<", xml),
        (
            "file-1, KeyDescriptor 1 (signing): the X509Certificate has the first and last line of a PEM file in it; only the "
            "base64 between them belongs there.",
        ),
    ),
    "a certificate cut off": (
        lambda xml: re.sub(rb"(X509Certificate>[^<]{400})[^<]+<", rb"\1<", xml),
        ("file-1, KeyDescriptor 1 (signing): the X509Certificate is damaged or cut off.",),
    ),
    "an empty certificate": (
        lambda xml: re.sub(rb"(X509Certificate>)[^<]+<", rb"\1<", xml),
        ("file-1, KeyDescriptor 1 (signing): the X509Certificate is empty.",),
    ),
}


@pytest.mark.parametrize(("change", "why"), _KEYLESS.values(), ids=_KEYLESS)
def test_metadata_without_a_usable_key_is_no_unreadable_file(
    idp_keys: Keys, change: Callable[[bytes], bytes], why: tuple[str, ...]
) -> None:
    """The service has it so, and fails because of it: that is a diagnosis (rule signatures/idp-metadata-without-key)."""
    found = given(change(idp_metadata(healthy(), [idp_keys])))
    assert (found.keys, len(found.metadata)) == ((), 1)
    assert tuple(text.plain() for text in found.problems) == why
    facts = establish(read(message(idp_keys)), found)
    assert (facts.verdict, facts.reason) == ("unverified", "no-key-given")
