"""Decryption of one EncryptedData with the recipient's private key, by cryptography alone (XML Encryption 1.1).

Every failure is the same failure: whoever sends ciphertexts must not learn from us where they go wrong (Jager and
Somorovsky 2011, SECURITY T18). Nothing outside the document is ever read.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.trust.algorithms import short
from samlcheck.trust.certificates import decode_base64
from samlcheck.trust.facts import AlgorithmPolicy
from samlcheck.xmldoc.names import XENC, XENC11, q

_CBC = {f"{XENC}aes128-cbc": 16, f"{XENC}aes192-cbc": 24, f"{XENC}aes256-cbc": 32, f"{XENC}tripledes-cbc": 24}
_GCM = {f"{XENC11}aes128-gcm": 16, f"{XENC11}aes192-gcm": 24, f"{XENC11}aes256-gcm": 32}
_TRANSPORT = (f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep", f"{XENC}rsa-1_5")
_WEAK = frozenset({f"{XENC}rsa-1_5", f"{XENC}tripledes-cbc"})
_KEYS_TRIED = 8
"""EncryptedKey elements (recipients) and private keys tried for one element."""


class RefusedError(ValueError):
    """The encryption is of a kind that is not opened: a reference outside the document, an unknown algorithm."""


class DecryptionError(ValueError):
    """It could not be decrypted. There is one such failure, and it carries no detail."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An xenc:EncryptedData with the EncryptedKeys that may open it."""

    data: etree._Element
    keys: tuple[etree._Element, ...]

    @property
    def data_algorithm(self) -> str:
        """Content encryption algorithm."""
        return _algorithm(self.data)

    @property
    def key_algorithm(self) -> str:
        """Key transport algorithm of the first EncryptedKey."""
        return _algorithm(self.keys[0]) if self.keys else ""


def sealed(element: etree._Element) -> Sealed | None:
    """Return what is inside an EncryptedAssertion, EncryptedID or EncryptedAttribute (core 2.2.4, 2.3.4, 2.7.3.2).

    The EncryptedKey is inside KeyInfo or beside the EncryptedData; a RetrievalMethod may name either, in this element only.
    """
    data = element.find(q("xenc:EncryptedData"))
    if data is None:
        return None
    return Sealed(data, tuple(element.iter(q("xenc:EncryptedKey")))[:_KEYS_TRIED])


def refuse(found: Sealed, policy: AlgorithmPolicy) -> None:
    """Raise RefusedError for what must not or cannot be opened, before any key is touched."""
    holders = [found.data, *found.keys]
    for holder in holders:
        if any(node.tag == q("xenc:CipherReference") for node in holder.iter(etree.Element)):
            raise RefusedError("the ciphertext is only referred to (CipherReference)")
        for method in holder.iter(q("ds:RetrievalMethod")):
            if not (method.get("URI") or "").startswith("#") or len(method):
                raise RefusedError("a key is to be fetched from outside the document (RetrievalMethod)")
    if found.data_algorithm not in _CBC and found.data_algorithm not in _GCM:
        raise RefusedError(f"the content algorithm {short(found.data_algorithm)} is not supported")
    if not any(_algorithm(key) in _TRANSPORT for key in found.keys):
        raise RefusedError("no EncryptedKey with RSA key transport is there")
    if policy == "modern" and (found.data_algorithm in _WEAK or found.key_algorithm in _WEAK):
        raise RefusedError("RSA 1.5 key transport and 3DES are not accepted under the policy modern")


def load_private_key(pem: bytes) -> Any:
    """Return an RSA private key from PEM or DER without a password. Raises ValueError for anything else, quoting nothing."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    try:
        key = load_pem_private_key(pem, None) if b"-----BEGIN" in pem else load_der_private_key(pem, None)
    except TypeError:
        raise ValueError("the private key is protected by a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("this is no private key in PEM or DER") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("this is no RSA key, and SAML encrypts to RSA keys")
    return key


def decrypt(found: Sealed, private_keys: list[Any]) -> bytes:
    """Return the plain octets. Raises DecryptionError. Call ``refuse`` first."""
    cipher = _cipher_value(found.data)
    for encrypted in found.keys:
        for private in private_keys[:_KEYS_TRIED]:
            secret = _content_key(encrypted, private)
            plain = _open(found.data_algorithm, secret, cipher) if secret is not None else None
            if plain is not None:
                return plain
    raise DecryptionError


def _content_key(encrypted: etree._Element, private: Any) -> bytes | None:
    """Return the content key by RSA key transport (XML Encryption 1.1, 5.5)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    names: dict[str, Any] = {
        "sha1": hashes.SHA1,
        "sha224": hashes.SHA224,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    method = encrypted.find(q("xenc:EncryptionMethod"))
    algorithm = _algorithm(encrypted)
    scheme: Any = padding.PKCS1v15()
    if algorithm in _TRANSPORT[:2] and method is not None:
        digest, mask = method.find(q("ds:DigestMethod")), method.find(q("xenc11:MGF"))
        label = method.findtext(q("xenc:OAEPparams"))
        try:
            hashed = names[short(digest.get("Algorithm") or "")] if digest is not None else hashes.SHA1
            masked = (
                names[short(mask.get("Algorithm") or "").removeprefix("mgf1")]
                if mask is not None and algorithm == _TRANSPORT[1]
                else hashes.SHA1
            )
            scheme = padding.OAEP(padding.MGF1(masked()), hashed(), decode_base64(label) if label else None)
        except (KeyError, ValueError):
            return None
    elif algorithm != _TRANSPORT[2]:
        return None
    try:
        secret: bytes = private.decrypt(_cipher_value(encrypted), scheme)
    except ValueError:
        return None
    return secret


def _open(algorithm: str, key: bytes, cipher: bytes) -> bytes | None:
    """Return the content (XML Encryption 1.1, 5.2): CBC with its own padding, GCM with 12 octets of IV and a tag of 16."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(key) != _CBC.get(algorithm, _GCM.get(algorithm)):
        return None
    if algorithm in _GCM:
        try:
            return AESGCM(key).decrypt(cipher[:12], cipher[12:], None) if len(cipher) >= 28 else None
        except InvalidTag:
            return None
    block: Any = TripleDES(key) if "tripledes" in algorithm else algorithms.AES(key)
    size = block.block_size // 8
    if len(cipher) < 2 * size or len(cipher) % size:
        return None
    decryptor = Cipher(block, modes.CBC(cipher[:size])).decryptor()
    padded = decryptor.update(cipher[size:]) + decryptor.finalize()
    return padded[: -padded[-1]] if 1 <= padded[-1] <= size else None


def _cipher_value(holder: etree._Element) -> bytes:
    written = holder.findtext(f"{q('xenc:CipherData')}/{q('xenc:CipherValue')}") or ""
    try:
        return decode_base64(written)
    except ValueError:
        return b""


def _algorithm(holder: etree._Element) -> str:
    method = holder.find(q("xenc:EncryptionMethod"))
    return (method.get("Algorithm") or "") if method is not None else ""
