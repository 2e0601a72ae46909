"""What stands in a ds:X509Certificate is recognised, and every distinct certificate is parsed once."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from samlcheck.facts import certificates
from samlcheck.facts.certificates import examine
from samlcheck.forge import make_keys
from tests.lint.files import aggregate, entity, lint

KEYS = make_keys("idp.example")
PEM = KEYS.certificate_pem.decode()
BODY = KEYS.certificate_base64
DER = base64.b64decode(BODY)


def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(*, of: str) -> str:
    key = private_key()
    if of == "request":
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()
    if of == "public":
        public = key.public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


def bare(text: str) -> str:
    return "".join(line for line in text.splitlines() if "-----" not in line)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (BODY, "certificate"),
        (f"\n  {BODY[:40]}\n\t{BODY[40:]}\n", "certificate"),
        (PEM, "pem"),
        (PEM + PEM, "several-certificates"),
        (base64.b64encode(DER + DER).decode(), "several-certificates"),
        (pem(of="request"), "certificate-request"),
        (bare(pem(of="request")), "certificate-request"),
        (pem(of="private"), "private-key"),
        (bare(pem(of="private")), "private-key"),
        (pem(of="public"), "public-key"),
        (bare(pem(of="public")), "public-key"),
        ("", "empty"),
        (" \n", "empty"),
        ("not base64!", "not-base64"),
        (BODY[:-10], "not-base64"),
        ("AAAA", "not-a-certificate"),
        (base64.b64encode(DER[:200]).decode(), "not-a-certificate"),
        ("\ud800", "not-base64"),
    ],
    ids=[
        "one line", "wrapped and indented", "pem", "two pems", "two in one base64", "request pem", "request", "private pem",
        "private", "public pem", "public", "nothing", "blank", "words", "cut off", "too short", "cut inside", "surrogate",
    ],
)  # fmt: skip
def test_what_stands_there_is_named(text: str, content: str) -> None:
    assert examine(text).content == content


def test_the_facts_of_a_certificate() -> None:
    found = examine(BODY)
    assert (found.key_type, found.bits, found.exponent, found.signature_hash) == ("RSA", 2048, 65537, "sha256")
    assert found.subject == found.issuer == "CN=idp.example"
    assert found.not_after is not None
    assert found.not_after.tzinfo is not None
    assert not found.repeated_extensions


def test_each_distinct_certificate_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    load = certificates.load_certificate
    monkeypatch.setattr(certificates, "load_certificate", lambda der: parsed.append(der) or load(der))
    examine.cache_clear()
    key = f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{BODY}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    both = "".join(f'<md:KeyDescriptor use="{use}">{key}</md:KeyDescriptor>' for use in ("signing", "encryption"))
    with_keys = [
        entity(name).replace("<md:AssertionConsumerService", both + "<md:AssertionConsumerService") for name in ("a", "b", "c")
    ]
    run = lint(aggregate(*with_keys))
    assert run.closed.entities == 3
    assert len(parsed) == 1
