"""What stands in a ds:X509Certificate of metadata: a certificate with its facts, or what was pasted there instead.

The same certificate stands in several KeyDescriptors of an entity and, in aggregates, in many entities: each is examined
once. XML Signature 4.5.4 wants one base64 DER certificate in each element.
"""

from __future__ import annotations

import hashlib
import warnings
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from samlcheck.frozen import dataclass
from samlcheck.trust.certificates import CertificateError, decode_base64, load_certificate, readable_name

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

CERTIFICATE = "certificate"
_LABELS = (
    (b"PRIVATE KEY-----", "private-key"),
    (b"CERTIFICATE REQUEST-----", "certificate-request"),
    (b"PUBLIC KEY-----", "public-key"),
    (b"BEGIN PKCS7-----", "pkcs7"),
)


@dataclass(frozen=True)
class Examined:
    """One ds:X509Certificate. What few ask for is read from the certificate when it is asked for."""

    content: str
    """``certificate``; or what it is instead: ``empty``, ``not-base64``, ``private-key``, ``certificate-request``,
    ``public-key``, ``pkcs7``, ``several-certificates``, ``pem`` (armour inside the element), ``not-a-certificate``."""
    certificate: x509.Certificate | None = None
    spki_sha256: str = ""
    """Of the public key alone: the same after a renewal with the same key."""
    not_before: datetime | None = None
    not_after: datetime | None = None
    key_type: str = ""
    """``RSA``, ``EC``, ``DSA``, ``Ed25519`` …; empty for a key that cannot be read."""
    bits: int | None = None
    exponent: int | None = None
    curve: str = ""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the DER octets."""
        from cryptography.hazmat.primitives.hashes import SHA256

        return self.certificate.fingerprint(SHA256()).hex() if self.certificate else ""

    @cached_property
    def subject(self) -> str:
        """The subject as RFC 4514 writes it; empty for one that cannot be read."""
        return _name(self.certificate, "subject")

    @cached_property
    def issuer(self) -> str:
        """The issuer in the same form."""
        return _name(self.certificate, "issuer")

    @cached_property
    def signature_hash(self) -> str:
        """``sha256``, ``sha1``, ``md5`` …: what the certificate itself is signed with; empty for an unknown one."""
        return _signature_hash(self.certificate) if self.certificate else ""

    @cached_property
    def repeated_extensions(self) -> bool:
        """RFC 5280 4.2: a certificate must not include more than one instance of an extension."""
        return _repeats_extensions(self.certificate) if self.certificate else False


@lru_cache(maxsize=128)
def examine(text: str) -> Examined:
    """Return what the text of a ds:X509Certificate holds; raises nothing, whatever it is."""
    raw = text.encode("utf-8", "replace").strip()
    if not raw:
        return Examined("empty")
    armour = b"-----BEGIN" in raw or b"-----END" in raw
    if armour:
        instead = next((name for label, name in _LABELS if label in raw), "")
        if instead:
            return Examined(instead)
        if raw.count(b"-----BEGIN") > 1:
            return Examined("several-certificates")
        raw = b"".join(line for line in raw.splitlines() if not line.strip().startswith(b"-----"))
    try:
        der = decode_base64(raw)
    except ValueError:
        return Examined("not-base64")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = _examined(load_certificate(der))
        except CertificateError:
            return Examined(_instead(der))
    return found if not armour else Examined("pem", found.certificate, found.spki_sha256)


def _instead(der: bytes) -> str:
    """Return what DER octets are that are no certificate."""
    if b"-----BEGIN" in der:
        return examine(der.decode("latin-1")).content
    length, end = _length(der)
    if length is not None and end + length < len(der) and der[end + length : end + length + 1] == b"\x30":
        return "several-certificates"
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

    for name, load in (
        ("certificate-request", x509.load_der_x509_csr),
        ("public-key", load_der_public_key),
        ("private-key", lambda octets: load_der_private_key(octets, None)),
    ):
        try:
            load(der)
        except TypeError:  # an encrypted private key wants its password
            return name
        except Exception:  # noqa: BLE001, S112 - the library raises its own kinds for odd octets: then it is not this
            continue
        return name
    return "not-a-certificate"


def _length(der: bytes) -> tuple[int | None, int]:
    """Return the length of the outermost SEQUENCE and where its content begins (X.690 8.1.3)."""
    if len(der) < 4 or der[0] != 0x30:
        return None, 0
    first = der[1]
    if first < 0x80:
        return first, 2
    more = first & 0x7F
    return (int.from_bytes(der[2 : 2 + more], "big"), 2 + more) if 1 <= more <= 4 else (None, 0)


def _examined(certificate: x509.Certificate) -> Examined:
    try:
        before, after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except Exception as error:  # noqa: BLE001 - the library raises its own kinds for odd certificates
        raise CertificateError(f"the certificate cannot be read ({type(error).__name__})") from None
    kind, bits, exponent, curve, spki = _key(certificate)
    return Examined(CERTIFICATE, certificate, spki, before, after, kind, bits, exponent, curve)


def _name(certificate: x509.Certificate | None, whose: Literal["subject", "issuer"]) -> str:
    if certificate is None:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            name = certificate.subject if whose == "subject" else certificate.issuer
            return readable_name(name)
        except Exception:  # noqa: BLE001 - names in odd encodings
            return ""


def _key(certificate: x509.Certificate) -> tuple[str, int | None, int | None, str, str]:
    """Return type, bits, exponent, curve and SHA-256 of the public key."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        key: PublicKeyTypes = certificate.public_key()
        spki = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    except Exception:  # noqa: BLE001 - unknown curves, odd exponents: the certificate is one all the same
        return "", None, None, "", ""
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size, key.public_numbers().e, "", spki
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.key_size, None, key.curve.name, spki
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size, None, "", spki
    return type(key).__name__.removesuffix("PublicKey").lstrip("_"), None, None, "", spki


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        found = certificate.signature_hash_algorithm
    except Exception:  # noqa: BLE001 - an algorithm the library does not know
        return ""
    return found.name if found else ""


def _repeats_extensions(certificate: x509.Certificate) -> bool:
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _ = certificate.extensions
        except x509.DuplicateExtension:
            return True
        except Exception:  # noqa: BLE001 - an extension that cannot be read is not a repeated one
            return False
    return False
