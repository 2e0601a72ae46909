"""Algorithm identifiers: what each one is, and which policy accepts it.

An allow-list: a URI that is not in a table here is refused. Sources: XML Signature 1.1 section 6, RFC 9231 section 2,
XML Encryption 1.1 section 5, SAML core 5.4.3. SHA-1 is accepted by the *legacy* policy (a rule warns about it), and
refused by *modern*; MD5, RIPEMD and HMAC are refused by both (SECURITY: libxmlsec verifies them all by default).
"""

from __future__ import annotations

from typing import Literal

from samlcheck.frozen import dataclass
from samlcheck.trust.facts import AlgorithmPolicy, CertificateFact

Family = Literal["RSA", "RSA-PSS", "EC", "DSA"]

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_DSIG11 = "http://www.w3.org/2009/xmldsig11#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_MORE07 = "http://www.w3.org/2007/05/xmldsig-more#"
_XENC = "http://www.w3.org/2001/04/xmlenc#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"

ENVELOPED = f"{_DSIG}enveloped-signature"


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """A signature algorithm of an asymmetric key."""

    family: Family
    hash: str
    """Name for ``hashlib``."""


@dataclass(frozen=True, slots=True)
class Canonicalization:
    """A canonicalisation method."""

    exclusive: bool
    comments: bool = False
    version: Literal["1.0", "1.1"] = "1.0"


_HASHES = ("sha224", "sha256", "sha384", "sha512")

SIGNATURE_METHODS: dict[str, SignatureMethod] = {
    f"{_DSIG}rsa-sha1": SignatureMethod("RSA", "sha1"),
    f"{_DSIG}dsa-sha1": SignatureMethod("DSA", "sha1"),
    f"{_DSIG11}dsa-sha256": SignatureMethod("DSA", "sha256"),
    f"{_MORE}ecdsa-sha1": SignatureMethod("EC", "sha1"),
    **{f"{_MORE}rsa-{name}": SignatureMethod("RSA", name) for name in _HASHES},
    **{f"{_MORE}ecdsa-{name}": SignatureMethod("EC", name) for name in _HASHES},
    **{f"{_MORE07}{name}-rsa-MGF1": SignatureMethod("RSA-PSS", name) for name in ("sha1", *_HASHES)},
}
DIGEST_METHODS: dict[str, str] = {
    f"{_DSIG}sha1": "sha1",
    f"{_MORE}sha224": "sha224",
    f"{_XENC}sha256": "sha256",
    f"{_MORE}sha384": "sha384",
    f"{_XENC}sha512": "sha512",
}
CANONICALIZATIONS: dict[str, Canonicalization] = {
    _EXCLUSIVE: Canonicalization(exclusive=True),
    f"{_EXCLUSIVE}WithComments": Canonicalization(exclusive=True, comments=True),
    _C14N: Canonicalization(exclusive=False),
    f"{_C14N}#WithComments": Canonicalization(exclusive=False, comments=True),
    _C14N11: Canonicalization(exclusive=False, version="1.1"),
    f"{_C14N11}#WithComments": Canonicalization(exclusive=False, comments=True, version="1.1"),
}


def is_hmac(uri: str) -> bool:
    """Return whether the identifier names a keyed hash, whose key would be shared or, worse, public."""
    return "hmac" in uri.lower()


def refused_by(policy: AlgorithmPolicy, hash_name: str) -> bool:
    """Return whether the policy refuses an otherwise known hash."""
    return policy == "modern" and hash_name == "sha1"


def short(uri: str) -> str:
    """Return the part of an identifier that people recognise: ``rsa-sha256``, ``sha1``."""
    return uri.rpartition("#")[2] or uri.rpartition("/")[2] or uri


def weak_key(certificate: CertificateFact, policy: AlgorithmPolicy) -> bool:
    """Return whether the key is too short to verify anything.

    Below 1024 bits RSA and DSA keys have been factored in public, so no policy takes them. RSA from 1024 to 2047 bits
    still verifies under *legacy*, where a rule reports it as an error of its own, and is refused under *modern*.
    """
    if certificate.key_type.startswith(("RSA", "DSA")):
        return certificate.key_bits < (2048 if policy == "modern" else 1024)
    return certificate.key_type.startswith("EC") and certificate.key_bits < 224
