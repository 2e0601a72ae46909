"""What people put where a certificate belongs: sound certificates of odd kinds, and things that are none."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from samlcheck.forge.keys import KEYS, keys_for_this_run, make_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("2a864886f70d010105")

CERTIFICATES = (
    *KEYS, "sha1", "exponent-3", "request", "private-key", "text", "empty", "cut-off", "pem", "with-comment", "public-key", "dsa",
)  # fmt: skip
"""What a ds:X509Certificate may be made to hold, besides the kinds of keys."""


@cache
def certificate_text(word: str) -> str:
    """Return what a ds:X509Certificate of this kind holds; a word of ``CERTIFICATES``. Raises ValueError for another."""
    trusted = keys_for_this_run("trusted")
    if word in KEYS:
        return keys_for_this_run(word).certificate_base64
    match word:
        case "sha1":
            return _named_sha1()
        case "exponent-3":
            return _small_exponent()
        case "request":
            return _signing_request()
        case "private-key":
            return "".join(trusted.private_pem.decode().splitlines()[1:-1])
        case "public-key":
            return _public_key()
        case "dsa":
            return _dsa()
        case "pem":
            return trusted.certificate_pem.decode()
        case "with-comment":
            return trusted.certificate_base64
        case "cut-off":
            return trusted.certificate_base64[:600]
        case "text":
            return "INSERT CERTIFICATE HERE"
        case "empty":
            return ""
    raise ValueError(f"certificate is one of {', '.join(CERTIFICATES)}, not {word}")


def _self_signed(key: RSAPrivateKey | DSAPrivateKey) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2035, 1, 1, tzinfo=UTC))
    )
    return base64.b64encode(built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def _named_sha1() -> str:
    """Return a certificate that says its signature is of SHA-1; OpenSSL no longer makes one, and nobody verifies it."""
    der = keys_for_this_run("trusted").certificate_der
    return base64.b64encode(der.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)).decode()


def _small_exponent() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return _self_signed(rsa.generate_private_key(public_exponent=3, key_size=2048))


def _dsa() -> str:
    from cryptography.hazmat.primitives.asymmetric import dsa

    return _self_signed(dsa.generate_private_key(key_size=2048))


def _signing_request() -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    trusted = keys_for_this_run("trusted")
    builder = x509.CertificateSigningRequestBuilder().subject_name(trusted.certificate.subject)
    request = builder.sign(trusted.private, hashes.SHA256())
    return base64.b64encode(request.public_bytes(Encoding.DER)).decode()


def _public_key() -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = make_keys().private.public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
