"""XML Encryption of forged parts (SAML core 2.3.4, XML Encryption 1.1), made with cryptography.

What is sealed here, ``trust`` opens; tests have xmlsec open it as well, which keeps the two honest.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from samlcheck.xmldoc.names import DS, XENC, XENC11

if TYPE_CHECKING:
    from samlcheck.forge.keys import Keys

_DATA = {
    "aes128-gcm": (XENC11 + "aes128-gcm", 16),
    "aes256-gcm": (XENC11 + "aes256-gcm", 32),
    "aes128-cbc": (XENC + "aes128-cbc", 16),
    "aes256-cbc": (XENC + "aes256-cbc", 32),
}
_KEY = {
    "rsa-oaep-mgf1p": XENC + "rsa-oaep-mgf1p",
    "rsa-1_5": XENC + "rsa-1_5",
}
DATA_ALGORITHMS = tuple(_DATA)
KEY_ALGORITHMS = tuple(_KEY)


def seal(xml: str, recipient: Keys, data_algorithm: str, key_algorithm: str) -> str:
    """Return an xenc:EncryptedData that holds the element ``xml`` for the recipient's RSA key.

    Raises ValueError for an algorithm that is not in ``DATA_ALGORITHMS`` or ``KEY_ALGORITHMS``, or a key that is not RSA.
    """
    if data_algorithm not in _DATA or key_algorithm not in _KEY:
        raise ValueError(f"cannot encrypt with {data_algorithm} and {key_algorithm}")
    uri, size = _DATA[data_algorithm]
    key = secrets.token_bytes(size)
    return (
        f'<xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element"><xenc:EncryptionMethod Algorithm="{uri}"/>'
        f'<ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{_KEY[key_algorithm]}">'
        f"{_oaep_digest(key_algorithm)}</xenc:EncryptionMethod>"
        f"<xenc:CipherData><xenc:CipherValue>{_wrap(key, recipient, key_algorithm)}</xenc:CipherValue></xenc:CipherData>"
        f"</xenc:EncryptedKey></ds:KeyInfo>"
        f"<xenc:CipherData><xenc:CipherValue>{_encrypt(xml.encode(), key, data_algorithm)}</xenc:CipherValue></xenc:CipherData>"
        f"</xenc:EncryptedData>"
    )


def _oaep_digest(key_algorithm: str) -> str:
    return f'<ds:DigestMethod Algorithm="{DS}sha1"/>' if key_algorithm == "rsa-oaep-mgf1p" else ""


def _wrap(key: bytes, recipient: Keys, key_algorithm: str) -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    public = recipient.certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise ValueError("keys are transported with RSA only")
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if key_algorithm == "rsa-oaep-mgf1p":
        sha1 = hashes.SHA1()  # noqa: S303  the algorithm's own default (XML Encryption 5.5.2)
        scheme = padding.OAEP(padding.MGF1(sha1), sha1, None)
    return base64.b64encode(public.encrypt(key, scheme)).decode()


def _encrypt(octets: bytes, key: bytes, data_algorithm: str) -> str:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if data_algorithm.endswith("gcm"):
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, octets, None)).decode()
    # XML Encryption 5.2.2: pad to the block size, the last octet says how many were added.
    added = 16 - len(octets) % 16
    vector = secrets.token_bytes(16)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    padded = octets + bytes(added - 1) + bytes([added])
    return base64.b64encode(vector + encryptor.update(padded) + encryptor.finalize()).decode()
