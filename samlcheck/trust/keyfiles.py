"""What a file given as key is when it is none: each kind named, with what to give instead.

Messages name the kind of file and never quote from it: it may be a private key.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from samlcheck.errors import InputError, SamlcheckError, UsageError
from samlcheck.saml.anatomy import Anatomy
from samlcheck.source import Artifact

if TYPE_CHECKING:
    from cryptography import x509

GIVE = "Give the IdP's metadata or its token-signing certificate."
_PRIVATE = "Keep it to yourself. " + GIVE
_BY_LABEL = (
    ("PRIVATE KEY", "private-key", "This is a private key, not a certificate.", _PRIVATE),
    ("CERTIFICATE REQUEST", "certificate-request", "This is a certificate signing request, not a certificate.", GIVE),
    ("PKCS7", "pkcs7", "This is a PKCS #7 bundle.", "Convert it with: openssl pkcs7 -print_certs"),
    ("CMS", "pkcs7", "This is a PKCS #7 (CMS) bundle.", "Convert it with: openssl pkcs7 -print_certs"),
    ("SSH2 PUBLIC KEY", "ssh-key", "This is an SSH key.", GIVE),
    ("PGP", "pgp", "This is a PGP key or message.", GIVE),
)
_ARMOUR = re.compile(rb"-+ *(?:BEGIN|END)[^-\n]*-+")


def is_xml(data: bytes) -> bool:
    """Return whether the octets look like markup in UTF-8 or UTF-16."""
    return data.lstrip().startswith(b"<") or data[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<")


def is_html(data: bytes) -> bool:
    """Return whether the markup is a web page."""
    start = data.replace(b"\x00", b"")[:2000].lower()
    return b"<!doctype html" in start or b"<html" in start


def is_authority(certificate: x509.Certificate) -> bool:
    """Return whether a certificate says that it may issue others (RFC 5280 4.2.1.9)."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (x509.ExtensionNotFound, ValueError):
            return False


def without_armour(data: bytes) -> bytes:
    """Return base64 without quotes around it and without what is left of PEM header and footer lines."""
    return _ARMOUR.sub(b"", data.strip(b"\"' \t\r\n,;"))


def refusal(artifact: Artifact, data: bytes, decoded: bytes = b"") -> SamlcheckError:
    """Return the error for a file that is neither XML, PEM, DER nor base64 of a certificate."""
    where = artifact.name
    if b"-----BEGIN" in data:
        return InputError(
            "The PEM block has no end.", tip="Copy the whole block, with its last line.", where=where, code="damaged-pem"
        )
    if data.startswith((b"ssh-", b"ecdsa-sha2-")):
        return UsageError("This is an SSH key.", tip=GIVE, where=where, code="ssh-key")
    if decoded and is_xml(decoded):
        return UsageError(
            "This is a SAML message in base64, not a certificate or metadata.", tip=GIVE, where=where, code="saml-message"
        )
    if data[:1] in (b"{", b"["):
        return UsageError("This is JSON.", tip=f"A JWKS or configuration file does not help here. {GIVE}", where=where, code="json")
    if data.startswith(b"PK\x03\x04"):
        return UsageError("This is a ZIP archive.", tip="Unpack it and give the file inside.", where=where, code="zip")
    if b"SAMLResponse" in data[:4096]:
        return UsageError("This is a captured form with a SAMLResponse.", tip=GIVE, where=where, code="saml-message")
    return InputError(
        "This is no certificate, key or metadata that can be recognised.", tip=GIVE, where=where, code="unknown-key-file"
    )


def refusal_of_pem(artifact: Artifact, labels: list[str]) -> SamlcheckError:
    """Return the error for PEM blocks none of which is a certificate or public key."""
    for label in labels:
        for part, code, message, tip in _BY_LABEL:
            if part in label:
                return UsageError(message, tip=tip, where=artifact.name, code=code)
    return UsageError("The PEM file holds no certificate.", tip=GIVE, where=artifact.name, code="unknown-pem")


def refusal_of_der(artifact: Artifact, octets: bytes) -> SamlcheckError:
    """Return the error for DER that is no certificate and no public key."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    where = artifact.name
    if b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in octets[:32]:  # signedData, RFC 5652 5.1
        return UsageError(
            "This is a PKCS #7 bundle.", tip="Convert it with: openssl pkcs7 -inform DER -print_certs", where=where, code="pkcs7"
        )
    if b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" in octets[:64]:  # data inside PFX, RFC 7292 4
        tip = "It may hold a private key. Convert it with: openssl pkcs12 -clcerts -nokeys"
        return UsageError("This is a PKCS #12 container.", tip=tip, where=where, code="pkcs12")
    try:
        load_der_private_key(octets, None)
    except TypeError:
        return UsageError("This is an encrypted private key.", tip=_PRIVATE, where=where, code="private-key")
    except (ValueError, UnsupportedAlgorithm):
        pass
    else:
        return UsageError("This is a private key, not a certificate.", tip=_PRIVATE, where=where, code="private-key")
    try:
        x509.load_der_x509_csr(octets)
    except ValueError:
        return InputError(
            "The certificate is damaged or cut off.", tip="Download it again from the IdP.", where=where, code="bad-certificate"
        )
    message = "This is a certificate signing request, not a certificate."
    return UsageError(message, tip=GIVE, where=where, code="certificate-request")


def refusal_of_xml(artifact: Artifact, anatomy: Anatomy) -> SamlcheckError:
    """Return the error for XML that is no IdP metadata."""
    where, kind = artifact.name, anatomy.kind
    if kind == "sp-metadata":
        message = "This is metadata of a service provider: it has no IDPSSODescriptor."
        return UsageError(message, tip="Give the IdP's metadata here, and this file as --sp.", where=where, code="sp-metadata")
    if kind in ("metadata", "metadata-aggregate", "idp-metadata"):
        return UsageError("The metadata has no IdP role with SAML 2.0 in it.", tip=GIVE, where=where, code="no-idp-role")
    if kind != "other":
        return UsageError("This is a SAML message, not metadata.", tip=GIVE, where=where, code="saml-message")
    return UsageError("This is XML, but no SAML metadata.", tip=GIVE, where=where, code="other-xml")
