"""Signature values by stand-ins, in the encodings of XML Signature; also those of the redirect binding."""

from __future__ import annotations

from typing import Any

from samlcheck.redact.standins import StandIns, similar
from samlcheck.trust.algorithms import SignatureMethod


def strangers_key(method: SignatureMethod, stand_ins: StandIns) -> Any:
    """Return a private key that stands for none; one of each kind in a run."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec

    name = f"nobody's {method.family}".encode()
    if name not in stand_ins.keys:
        if method.family == "EC":
            stand_ins.keys[name] = ec.generate_private_key(ec.SECP256R1())
        else:
            stand_ins.keys[name] = dsa.generate_private_key(2048) if method.family == "DSA" else similar(None)
    return stand_ins.keys[name]


def raw_signature(private: Any, method: SignatureMethod, octets: bytes) -> bytes | None:
    """Return the octets of a signature (RFC 9231 2.3; XML Signature 1.1, 6.4), None where key and method do not fit."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa, utils

    hashed = getattr(hashes, method.hash.upper())()
    try:
        if isinstance(private, rsa.RSAPrivateKey) and method.family == "RSA":
            return private.sign(octets, padding.PKCS1v15(), hashed)
        if isinstance(private, rsa.RSAPrivateKey) and method.family == "RSA-PSS":
            return private.sign(octets, padding.PSS(padding.MGF1(hashed), hashed.digest_size), hashed)
        if isinstance(private, ec.EllipticCurvePrivateKey) and method.family == "EC":
            r, s = utils.decode_dss_signature(private.sign(octets, ec.ECDSA(hashed)))
            size = (private.key_size + 7) // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if isinstance(private, dsa.DSAPrivateKey) and method.family == "DSA":
            r, s = utils.decode_dss_signature(private.sign(octets, hashed))
            size = private.parameters().parameter_numbers().q.bit_length() // 8
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    except ValueError:
        return None
    return None
