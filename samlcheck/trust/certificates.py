"""X.509 certificates and bare public keys as SAML uses them: containers of a key, with names and dates to print.

SAML pins keys; a certificate's dates and issuer are reported and are no reason of rejection (SAML metadata 2.4.1.1 says
nothing of path validation; SAML V2.0 Metadata Interoperability Profile 2.6.1 forbids it).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import warnings
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from samlcheck.finding import Slot, Text
from samlcheck.source import NodeRef
from samlcheck.trust.facts import CertificateFact, PinnedKey
from samlcheck.xmldoc.names import q

if TYPE_CHECKING:
    from cryptography import x509


class CertificateError(ValueError):
    """The octets hold no certificate or key that can be read; the text says why and quotes none of them."""


def decode_base64(text: str | bytes) -> bytes:
    """Return the octets of base64 with white space anywhere (XML Schema part 2, 3.2.16). Raises ValueError."""
    compact = b"".join((text.encode() if isinstance(text, str) else text).split())
    return base64.b64decode(compact, validate=True)


def load_certificate(der: bytes) -> x509.Certificate:
    """Return the certificate in ``der``, or in the PEM that some ADFS tools put where DER belongs. Raises CertificateError."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated serial numbers are no concern of a pinned key
        try:
            if der.lstrip().startswith(b"-----BEGIN"):
                return x509.load_pem_x509_certificate(der)
            return x509.load_der_x509_certificate(der)
        except ValueError:
            raise CertificateError("the octets are no X.509 certificate") from None


def pin_certificate(der: bytes, origin: str, *, node: NodeRef | None = None, entity_id: str | None = None) -> PinnedKey:
    """Return the key of a certificate with the facts about it. Raises CertificateError."""
    fact, spki, octets = _remembered(der) if len(der) <= _LARGEST else _examined(der)
    return PinnedKey(replace(fact, origin=origin, node=node), spki, entity_id, octets)


def readable_name(name: x509.Name) -> str:
    """Return a name as RFC 4514 writes it, with a word for the attribute that it knows by number only: an e-mail address."""
    from cryptography.x509.oid import NameOID

    return name.rfc4514_string({NameOID.EMAIL_ADDRESS: "emailAddress"})


def _examined(der: bytes) -> tuple[CertificateFact, bytes, bytes]:
    """Return what is in a certificate, its public key and itself as DER."""
    certificate = load_certificate(der)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            public = certificate.public_key()
            subject, issuer = readable_name(certificate.subject), readable_name(certificate.issuer)
            hashed = certificate.signature_hash_algorithm
            serial, same = f"{certificate.serial_number:x}", certificate.subject == certificate.issuer
        except Exception as error:  # noqa: BLE001 - the library raises its own kinds for odd keys
            raise CertificateError(f"the certificate cannot be read ({type(error).__name__})") from None
    octets = certificate.public_bytes(_encoding().DER)
    spki = _spki(public)
    kind, bits = _kind(public)
    fact = CertificateFact(
        "",
        hashlib.sha256(octets).hexdigest(),
        hashlib.sha1(octets, usedforsecurity=False).hexdigest(),
        hashlib.sha256(spki).hexdigest(),
        subject,
        issuer,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        kind,
        bits,
        hashed.name if hashed else "",
        serial,
        same,
    )
    return fact, spki, octets


_LARGEST = 16 << 10
"""Octets of a certificate up to which it is remembered; hostile messages may hold larger ones."""
_remembered = lru_cache(maxsize=256)(_examined)
"""An IdP puts the same certificate into each of its messages."""


def pin_public_key(spki: bytes, origin: str, *, node: NodeRef | None = None, entity_id: str | None = None) -> PinnedKey:
    """Return a bare public key (SubjectPublicKeyInfo or PKCS #1, DER). Raises CertificateError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        public = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError("the octets are no public key") from None
    return _bare(public, origin, node, entity_id)


def _bare(public: Any, origin: str, node: NodeRef | None, entity_id: str | None) -> PinnedKey:
    spki = _spki(public)
    kind, bits = _kind(public)
    print256, print1 = hashlib.sha256(spki).hexdigest(), hashlib.sha1(spki, usedforsecurity=False).hexdigest()
    return PinnedKey(
        CertificateFact(origin, print256, print1, print256, "", "", None, None, kind, bits, "", node=node), spki, entity_id
    )


def pin_key_value(element: etree._Element, origin: str, *, node: NodeRef | None = None, entity_id: str | None = None) -> PinnedKey:
    """Return the key in a ds:KeyValue (XML Signature 4.5.2: RSA, and EC by named curve). Raises CertificateError."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        modulus, exponent = element.findtext(f".//{q('ds:Modulus')}"), element.findtext(f".//{q('ds:Exponent')}")
        if modulus and exponent:
            numbers = rsa.RSAPublicNumbers(_integer(exponent), _integer(modulus))
            return _bare(numbers.public_key(), origin, node, entity_id)
        eleven = "{http://www.w3.org/2009/xmldsig11#}"
        curve, point = element.find(f".//{eleven}NamedCurve"), element.findtext(f".//{eleven}PublicKey")
        if curve is not None and point:
            named = _CURVES[str(curve.get("URI"))]
            return _bare(ec.EllipticCurvePublicKey.from_encoded_point(named(), decode_base64(point)), origin, node, entity_id)
    except (ValueError, KeyError):
        pass
    raise CertificateError("the KeyValue holds no RSA key and no key on a known curve")


class _Curves(dict[str, Any]):
    """Curve classes by object identifier, looked up when first asked for: cryptography loads late."""

    def __missing__(self, uri: str) -> Any:
        from cryptography.hazmat.primitives.asymmetric import ec

        known = {
            "urn:oid:1.2.840.10045.3.1.7": ec.SECP256R1,
            "urn:oid:1.3.132.0.34": ec.SECP384R1,
            "urn:oid:1.3.132.0.35": ec.SECP521R1,
        }
        return known[uri]


_CURVES = _Curves()


def embedded_keys(signature: etree._Element, origin: str, node: NodeRef | None) -> tuple[PinnedKey, ...]:
    """Return the keys that KeyInfo of a signature carries: hints to print and to explain with, never trusted."""
    found: list[PinnedKey] = []
    for info in signature.findall(q("ds:KeyInfo")):
        for written in info.iter(q("ds:X509Certificate"), q("ds:KeyValue")):
            try:
                if written.tag == q("ds:KeyValue"):
                    found.append(pin_key_value(written, origin, node=node))
                else:
                    found.append(
                        pin_certificate(decode_base64("".join(str(piece) for piece in written.itertext())), origin, node=node)
                    )
            except (CertificateError, binascii.Error, ValueError):
                continue
            if len(found) == 8:
                return tuple(found)
    return tuple(found)


def fingerprint(certificate: CertificateFact) -> str:
    """Return the first 16 hex digits of the SHA-256 fingerprint in groups, enough to tell keys apart by eye."""
    digits = certificate.sha256[:16]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def in_words(certificate: CertificateFact) -> Text:
    """Return ``"CN=idp" (SHA-256 12ab …, valid 2025-01-01 to 2035-01-01)`` for explanations."""
    name: tuple[str | Slot, ...] = (
        ('"', Slot(certificate.subject), '" ') if certificate.subject else (f"{certificate.key_type} key ",)
    )
    dates = ""
    if certificate.not_before and certificate.not_after:
        dates = f", valid {certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
    return Text.of(*name, "(SHA-256 ", Slot(fingerprint(certificate)), f"{dates})")


def _integer(text: str) -> int:
    return int.from_bytes(decode_base64(text), "big")


def _encoding() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding


def _spki(public: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import PublicFormat

    octets: bytes = public.public_bytes(_encoding().DER, PublicFormat.SubjectPublicKeyInfo)
    return octets


def _kind(public: Any) -> tuple[str, int]:
    """Return the type of a key in words and its size in bits."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA {public.key_size}", public.key_size
    if isinstance(public, ec.EllipticCurvePublicKey):
        return f"EC {public.curve.name}", public.key_size
    if isinstance(public, dsa.DSAPublicKey):
        return f"DSA {public.key_size}", public.key_size
    return type(public).__name__.removesuffix("PublicKey"), 0
