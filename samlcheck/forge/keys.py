"""Signing and encryption keys with their certificates, made when they are needed and never stored."""

from __future__ import annotations

import base64
from dataclasses import field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from samlcheck.frozen import dataclass

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

NOT_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2035, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Keys:
    """A private key and its self-signed certificate."""

    private: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate

    @cached_property
    def certificate_der(self) -> bytes:
        """The certificate in DER."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.DER)

    @cached_property
    def certificate_base64(self) -> str:
        """The certificate as ds:X509Certificate holds it: base64 on one line."""
        return base64.b64encode(self.certificate_der).decode()

    @cached_property
    def certificate_pem(self) -> bytes:
        """The certificate in PEM."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.PEM)

    @cached_property
    def private_pem(self) -> bytes:
        """The private key in PKCS #8 PEM without a password, for decryption tests that need a key file."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make_keys(
    common_name: str = "idp.example",
    *,
    subject: str = "",
    bits: int = 2048,
    curve: str | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    digest: str = "sha256",
    renew: Keys | None = None,
) -> Keys:
    """Return a fresh key pair with a self-signed certificate; no clock is read.

    subject: a whole name, ``CN=idp.example, O=Example``, instead of a lone ``common_name``.
    curve: ``secp256r1``, ``secp384r1`` or ``secp521r1`` for an elliptic curve key; RSA of ``bits`` otherwise.
    not_before, not_after: validity, by default 2025-01-01 to 2035-01-01. digest: hash of the certificate's signature.
    renew: make a new certificate over the key of these keys. Raises ValueError for a curve or attribute type unknown.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    curves: dict[str, type[ec.EllipticCurve]] = {
        "secp256r1": ec.SECP256R1,
        "secp384r1": ec.SECP384R1,
        "secp521r1": ec.SECP521R1,
    }
    if curve is not None and curve not in curves:
        raise ValueError(f"no curve {curve}; there are {', '.join(curves)}")
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if renew is not None:
        private = renew.private
    elif curve is not None:
        private = ec.generate_private_key(curves[curve]())
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = _name(subject or f"CN={common_name}")
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before or NOT_BEFORE)
        .not_valid_after(not_after or NOT_AFTER)
    )
    hash_types: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    return Keys(private, built.sign(private, hash_types[digest]()))


def _name(subject: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    types = {
        "CN": NameOID.COMMON_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "C": NameOID.COUNTRY_NAME,
        "ST": NameOID.STATE_OR_PROVINCE_NAME,
        "L": NameOID.LOCALITY_NAME,
        "emailAddress": NameOID.EMAIL_ADDRESS,
    }
    parts = [part.partition("=") for part in subject.split(", ")]
    unknown = [kind for kind, _, _ in parts if kind not in types]
    if unknown:
        raise ValueError(f"no attribute type {unknown[0]}; there are {', '.join(types)}")
    return x509.Name([x509.NameAttribute(types[kind], value) for kind, _, value in parts])


KEYS = ("trusted", "other", "weak", "expired", "ending", "future", "ec")
"""Words for keys in recipes."""


@cache
def keys_for_this_run(word: str) -> Keys:
    """Return the keys meant by a word of ``KEYS`` or by ``recipient``; made once in a process.

    ``ending`` and ``future``: the certificate ends, or begins, some days after forged logins take place.
    """
    if word == "weak":
        return make_keys(bits=1024)
    if word == "expired":
        return make_keys(not_after=datetime(2026, 1, 1, tzinfo=UTC))
    if word == "ending":
        return make_keys(not_after=datetime(2026, 5, 20, tzinfo=UTC))
    if word == "future":
        return make_keys(not_before=datetime(2026, 5, 10, tzinfo=UTC))
    if word == "ec":
        return make_keys(curve="secp256r1")
    return make_keys("sp.example" if word == "recipient" else "idp.example")
