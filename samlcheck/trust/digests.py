"""The second engine: digests and signature values computed with hashlib and cryptography over our own canonical octets.

It explains, and it must agree with xmlsec before anything is called valid (DESIGN 4). It never decides alone.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from samlcheck.trust.algorithms import SignatureMethod

MAX_KEY_BITS = 16_384
"""Larger RSA keys cost seconds for one verification; nobody signs SAML with them."""


def digest(octets: bytes, hash_name: str) -> bytes:
    """Return the digest of ``octets`` by a hash of ``algorithms.DIGEST_METHODS``."""
    return hashlib.new(hash_name, octets, usedforsecurity=False).digest()


def verifies(public_der: bytes, method: SignatureMethod, octets: bytes, value: bytes) -> bool:
    """Return whether ``value`` is a signature of ``octets`` by the key. Every failure, of whatever kind, is False.

    Encodings: RFC 9231 2.3 for RSA and RSASSA-PSS (salt as long as the hash), XML Signature 1.1 6.4.1 and 6.4.3 for
    DSA and ECDSA (r and s side by side).
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa

    public = _public(public_der)
    hashed = _hash(method.hash)
    try:
        if isinstance(public, rsa.RSAPublicKey) and public.key_size <= MAX_KEY_BITS:
            if method.family == "RSA":
                public.verify(value, octets, padding.PKCS1v15(), hashed)
                return True
            if method.family == "RSA-PSS":
                public.verify(value, octets, padding.PSS(padding.MGF1(hashed), hashed.digest_size), hashed)
                return True
        if isinstance(public, ec.EllipticCurvePublicKey) and method.family == "EC":
            public.verify(_der_of_pair(value, (public.key_size + 7) // 8), octets, ec.ECDSA(hashed))
            return True
        if isinstance(public, dsa.DSAPublicKey) and method.family == "DSA":
            public.verify(_der_of_pair(value, public.parameters().parameter_numbers().q.bit_length() // 8), octets, hashed)
            return True
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return False


def made_by(public_der: bytes, method: SignatureMethod, value: bytes) -> bool:
    """Return whether the key made ``value`` over *some* octets.

    RSA with PKCS #1 v1.5 padding only: the public operation yields the padded hash whatever was signed, and a wrong key
    yields noise (RFC 8017 9.2). Tells a changed SignedInfo from another key.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    public = _public(public_der)
    if not isinstance(public, rsa.RSAPublicKey) or method.family != "RSA" or public.key_size > MAX_KEY_BITS:
        return False
    try:
        public.recover_data_from_signature(value, padding.PKCS1v15(), _hash(method.hash))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _public(der: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(der)


def _hash(name: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    known: dict[str, Any] = {
        "sha1": hashes.SHA1,
        "sha224": hashes.SHA224,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    return known[name]()


def _der_of_pair(value: bytes, width: int) -> bytes:
    """Return the DER form of r and s written side by side. Raises ValueError for another length."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if len(value) != 2 * width:
        raise ValueError("the value is not two integers of the key's size")
    return encode_dss_signature(int.from_bytes(value[:width], "big"), int.from_bytes(value[width:], "big"))
