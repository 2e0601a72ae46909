"""Encryption that was tampered with, leads elsewhere, or covers up that nobody signed what is inside.

Every failure to decrypt is the same finding: whoever sends ciphertexts must not learn where they go wrong (SECURITY T18).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from samlcheck.forge import edit, healthy
from samlcheck.forge.seal import seal
from samlcheck.xmldoc.names import SAML, XENC, XENC11
from tests.vectors.making import (
    ADMIN,
    USER,
    assertion_of,
    decrypted,
    forged,
    genuine,
    message,
    posted,
    replaced,
    sealed,
    service,
    stranger,
    unsigned_copy,
)
from tests.vectors.vector import Sent, accepted, combined, refused

FAILED = "signatures/decryption-failed"
DATA = {name: name for name in ("aes128-gcm", "aes256-gcm", "aes128-cbc", "aes256-cbc")}
KEY = {"oaep": "rsa-oaep-mgf1p", "rsa-1-5": "rsa-1_5"}
_LAST = re.compile(r"(<xenc:CipherValue>)([^<]*)(</xenc:CipherValue>)(?!.*CipherValue)", re.DOTALL)
_FIRST = re.compile(r"(<xenc:CipherValue>)([^<]*)(</xenc:CipherValue>)")


def encrypted(sign: str = "assertion", **edits: str) -> str:
    """Return a login whose signed assertion is encrypted for the service."""
    return genuine(sign, encrypt="assertion", **edits)


def _content(xml: str, change: Callable[[bytes], bytes], which: re.Pattern[str] = _LAST) -> str:
    return which.sub(lambda m: m[1] + base64.b64encode(change(base64.b64decode(m[2]))).decode() + m[3], xml, count=1)


CONTENT: dict[str, Callable[[bytes], bytes]] = {
    "tag-flipped": lambda octets: octets[:-1] + bytes([octets[-1] ^ 1]),
    "tag-cut-to-one-octet": lambda octets: octets[:-15],
    "tag-cut-to-four-octets": lambda octets: octets[:-12],
    "tag-cut-to-twelve-octets": lambda octets: octets[:-4],
    "tag-missing": lambda octets: octets[:-16],
    "nonce-flipped": lambda octets: bytes([octets[0] ^ 1]) + octets[1:],
    "middle-flipped": lambda octets: octets[:100] + bytes([octets[100] ^ 1]) + octets[101:],
    "octets-added": lambda octets: octets + b"\0" * 16,
    "nonce-alone": lambda octets: octets[:12],
    "empty": lambda octets: b"",
}


@refused(FAILED, signature="unverifiable", cases=CONTENT)
def gcm(change: Callable[[bytes], bytes]) -> Sent:
    """AES-GCM whose ciphertext or tag was changed (xmlseclibs, CVE-2026-32313: tags of any length)."""
    return decrypted(_content(encrypted(data_algorithm="aes256-gcm"), change))


@refused(
    FAILED,
    signature="unverifiable",
    cases={
        "last-block-cut": lambda octets: octets[:-16],
        "half-a-block-cut": lambda octets: octets[:-8],
        "vector-alone": lambda octets: octets[:16],
        "empty": lambda octets: b"",
        "last-octet-cut": lambda octets: octets[:-1],
    },
)
def cbc(change: Callable[[bytes], bytes]) -> Sent:
    """AES-CBC whose padding or length was changed (gosaml2, GO-2026-4760)."""
    return decrypted(_content(encrypted(data_algorithm="aes256-cbc"), change))


@refused("signatures/content-changed", "signatures/digest-and-signature-changed", FAILED, signature="unverifiable")
def cbc_block_flipped() -> Sent:
    """AES-CBC with a bit of the first block flipped: the plain text changes in a place the attacker chooses."""
    return decrypted(_content(encrypted(data_algorithm="aes256-cbc"), lambda octets: bytes([octets[0] ^ 2]) + octets[1:]))


@refused(
    FAILED,
    signature="unverifiable",
    cases={
        "flipped": lambda o: bytes([o[0] ^ 1]) + o[1:],
        "cut": lambda o: o[:-1],
        "empty": lambda o: b"",
        "zeros": lambda o: bytes(256),
    },
)
def encrypted_key(change: Callable[[bytes], bytes]) -> Sent:
    """A changed EncryptedKey."""
    return decrypted(_content(encrypted(), change, _FIRST))


@refused(FAILED, signature="unverifiable", cases=combined(KEY))
def for_another_service(key_algorithm: str) -> Sent:
    """Encrypted for another service's key."""
    xml = genuine("assertion")
    plain = assertion_of(xml).replace("<saml:Assertion ", f'<saml:Assertion xmlns:saml="{SAML}" ', 1)
    body = seal(plain, stranger(), "aes256-gcm", key_algorithm)
    return decrypted(replaced(xml, f"<saml:EncryptedAssertion>{body}</saml:EncryptedAssertion>"))


@refused("signatures/unsigned", signature="absent", cases=combined(DATA, KEY))
def unsigned_inside(data_algorithm: str, key_algorithm: str) -> Sent:
    """A forged assertion in flawless encryption: anybody can encrypt for the service, so it proves nothing."""
    xml = unsigned_copy(genuine("assertion"))
    return decrypted(replaced(xml, sealed(forged(assertion_of(xml)), data_algorithm, key_algorithm)))


@refused("signatures/content-changed", signature="invalid")
def changed_inside() -> Sent:
    """A signed assertion changed and then encrypted."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, sealed(assertion_of(xml).replace(USER, ADMIN))))


@refused("signatures/content-changed", signature="invalid")
def swapped_under_the_response_signature() -> Sent:
    """The signed response's encrypted assertion replaced by a forged one."""
    xml = encrypted("response")
    start, end = xml.index("<saml:EncryptedAssertion>"), xml.index("</saml:EncryptedAssertion>") + len("</saml:EncryptedAssertion>")
    fake = sealed(forged(assertion_of(genuine("assertion"))))
    return decrypted(xml[:start] + fake + xml[end:])


@refused(
    "encryption/refused",
    signature="unverifiable",
    cases=combined(
        {"of-the-content": _LAST, "of-the-key": _FIRST},
        {"file": "file:///etc/hostname", "url": "http://127.0.0.1:9/x", "relative": "x.bin", "fragment": "#_x"},
    ),
)
def cipher_reference(which: re.Pattern[str], uri: str) -> Sent:
    """Ciphertext that is only referred to: nothing is opened (SECURITY T16)."""
    return decrypted(which.sub(f'<xenc:CipherReference URI="{uri}"/>', encrypted(), count=1))


@refused(
    "encryption/refused",
    signature="unverifiable",
    cases={"file": "file:///etc/hostname", "url": "http://127.0.0.1:9/key", "no-uri": ""},
)
def key_retrieved(uri: str) -> Sent:
    """A key that is to be fetched from outside the message."""
    return decrypted(encrypted().replace("<xenc:EncryptedKey>", f'<ds:RetrievalMethod URI="{uri}"/><xenc:EncryptedKey>', 1))


@refused(
    "encryption/refused",
    signature="unverifiable",
    cases={
        "unknown-content": (f"{XENC11}aes256-gcm", "urn:example:none"),
        "empty-content": (f"{XENC11}aes256-gcm", ""),
        "unknown-key": (f"{XENC}rsa-oaep-mgf1p", "urn:example:none"),
        "key-wrap": (f"{XENC}rsa-oaep-mgf1p", f"{XENC}kw-aes256"),
    },
)
def algorithm_renamed(old: str, new: str) -> Sent:
    """An encryption algorithm that no list holds."""
    return decrypted(encrypted().replace(f'Algorithm="{old}"', f'Algorithm="{new}"', 1))


@refused("encryption/refused", signature="unverifiable", cases={"rsa-1-5": ("aes256-gcm", "rsa-1_5")})
def refused_by_modern(data_algorithm: str, key_algorithm: str) -> Sent:
    """RSA 1.5 key transport under the policy *modern*."""
    return decrypted(encrypted(data_algorithm=data_algorithm, key_algorithm=key_algorithm), parameters={"algorithms": "modern"})


INSIDE: dict[str, Callable[[str], str]] = {
    "nothing": lambda plain: "",
    "text": lambda plain: "admin",
    "two-assertions": lambda plain: plain + plain.replace("ID=", "ID2=", 1),
    "a-response": lambda plain: f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">{plain}</samlp:Response>',
    "an-attribute": lambda plain: f'<saml:Attribute xmlns:saml="{SAML}" Name="x"/>',
    "tags-that-close-around": lambda plain: f"</decrypted><x/><decrypted>{plain}",
    "text-before": lambda plain: "admin" + plain,
    "malformed": lambda plain: plain[:-1],
}


@refused(FAILED, "encryption/refused", "signatures/untrusted", signature="unverifiable", cases=INSIDE)
def something_else_inside(change: Callable[[str], str]) -> Sent:
    """Something other than one assertion inside EncryptedAssertion."""
    xml = genuine("assertion")
    plain = assertion_of(xml).replace("<saml:Assertion ", f'<saml:Assertion xmlns:saml="{SAML}" ', 1)
    body = seal(change(plain), service(), "aes256-gcm", "rsa-oaep-mgf1p")
    return decrypted(replaced(xml, f"<saml:EncryptedAssertion>{body}</saml:EncryptedAssertion>"))


@refused(acceptance="cannot-tell", signature="unverifiable")
def without_the_key() -> Sent:
    """An encrypted assertion, and nobody at hand who can open it."""
    return posted(encrypted())


@refused(acceptance="cannot-tell", signature="valid", cases={"response-signed": "response", "both-signed": "both"})
def signed_outside_without_the_key(signed: str) -> Sent:
    """A signed response around an assertion that nobody at hand can open: audience and subject stay unknown."""
    return posted(encrypted(signed))


@refused(
    "encryption/refused",
    signature="unverifiable",
    cases={
        "no-encrypted-data": "<saml:EncryptedAssertion/>",
        "empty-data": f'<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="{XENC}"/></saml:EncryptedAssertion>',
    },
)
def empty_envelope(envelope: str) -> Sent:
    """An EncryptedAssertion with nothing to open in it."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, envelope))


SIGNED = {"assertion-signed": "assertion", "response-signed": "response", "both-signed": "both"}


@accepted(cases=combined(DATA, KEY, SIGNED))
def assertion(data_algorithm: str, key_algorithm: str, signed: str) -> Sent:
    """An encrypted assertion in each algorithm of XML Encryption that services take."""
    return decrypted(encrypted(signed, data_algorithm=data_algorithm, key_algorithm=key_algorithm))


@accepted(
    cases=combined(
        {
            "nameid": ("nameid",),
            "attributes": ("attributes",),
            "nameid-and-attributes": ("nameid", "attributes"),
            "nameid-inside-assertion": ("assertion", "nameid"),
        },
        SIGNED,
    )
)
def parts(what: tuple[str, ...], signed: str) -> Sent:
    """Encrypted NameID and attributes, inside a plain or an encrypted assertion."""
    return decrypted(message(edit(healthy(), {"sign": signed, "encrypt": what})))
