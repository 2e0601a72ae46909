"""What people put where a certificate belongs: sound certificates of odd kinds, and things that are none."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from samlcheck.forge.keys import KEYS, keys_for_this_run, make_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_RSA_512 = (
    "MIIBgzCCAS2gAwIBAgIUL1tMI340+g13mFZ/dcPnYOKeVEUwDQYJKoZIhvcNAQELBQAwFjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwHhcNMjUwMTAxMDAw"
    "MDAwWhcNMzUwMTAxMDAwMDAwWjAWMRQwEgYDVQQDDAtpZHAuZXhhbXBsZTBcMA0GCSqGSIb3DQEBAQUAA0sAMEgCQQC/fOFPOuN1rNdeMzEBi/1UZ4rZ"
    "eiteh+6HJKWejmA403lGOvlorjwDIcnD7XRAeTehWdWhZmhZr+/k8szpPH1xAgMBAAGjUzBRMB0GA1UdDgQWBBSvEUa2BNe/OKoFUrNtR0+KL9VbxDAf"
    "BgNVHSMEGDAWgBSvEUa2BNe/OKoFUrNtR0+KL9VbxDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA0EADrB5bVKxgmW0k2V8bLQHIqmumM0V"
    "FKY+Q5RV7H0RNbX6kusUfsDoMP4OH/UqRhL1Q0urDDcauAI4jiTHKAdJAQ=="
)
"""A certificate of 512 bits, with dates set by hand: libraries no longer make such keys. Its private key was thrown away."""
_SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("2a864886f70d010105")

CERTIFICATES = (
    *KEYS, "sha1", "exponent-3", "request", "private-key", "text", "empty", "cut-off", "pem", "with-comment",
    "public-key", "dsa", "chain", "tiny", "secp256k1", "renewed", "extension-twice",
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
        case "renewed":
            return make_keys(renew=trusted).certificate_base64
        case "tiny":
            return _RSA_512
        case "secp256k1":
            return _self_signed(_on_secp256k1())
        case "extension-twice":
            return _extension_twice()
        case "chain":
            return base64.b64encode(trusted.certificate_der + keys_for_this_run("other").certificate_der).decode()
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


def _self_signed(key: RSAPrivateKey | DSAPrivateKey | EllipticCurvePrivateKey, *extensions: str) -> str:
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
    for identifier in extensions:
        built = built.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(identifier), b"\x05\x00"), critical=False)
    return base64.b64encode(built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def _on_secp256k1() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256K1())


def _extension_twice() -> str:
    """Return a certificate with an extension twice: made with two of them, one of which is renamed afterwards."""
    der = base64.b64decode(_self_signed(keys_for_this_run("trusted").private, "1.2.3.4", "1.2.3.5"))
    return base64.b64encode(der.replace(b"\x06\x03\x2a\x03\x05", b"\x06\x03\x2a\x03\x04")).decode()


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
