"""XML Signatures over forged text (SAML core 5.4, XML Signature 1.1), made with lxml and cryptography.

``trust`` verifies with xmlsec; signing with another engine keeps the two honest with each other. The signed text is
never re-serialised: the signature is written where its mark stands and nothing else changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from samlcheck.forge.styles import Style
from samlcheck.frozen import dataclass
from samlcheck.xmldoc.names import DS, EC

if TYPE_CHECKING:
    from samlcheck.forge.keys import Keys

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_XENC = "http://www.w3.org/2001/04/xmlenc#"
_DIGESTS = {
    "md5": _MORE + "md5",
    "sha1": DS + "sha1",
    "sha224": _MORE + "sha224",
    "sha256": _XENC + "sha256",
    "sha384": _MORE + "sha384",
    "sha512": _XENC + "sha512",
}
HASHES = tuple(_DIGESTS)
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED = DS + "enveloped-signature"


@dataclass(frozen=True, slots=True)
class Signing:
    """How to sign."""

    keys: Keys
    algorithm: str
    """``sha256``, ``rsa-sha256``, ``hmac-sha1`` or a SignatureMethod URI; a bare hash goes with the type of the key."""
    digest: str
    """Hash of the reference, or its DigestMethod URI."""
    canonicalization: str
    embedded: Keys | None
    """Keys whose certificate goes into KeyInfo; None: no KeyInfo."""

    @property
    def method(self) -> tuple[str, str]:
        """Family and hash: ``("rsa", "sha256")``. Raises ValueError where the key is of another family."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

        family, hash_name = method_named(self.algorithm)
        of_key = "rsa" if isinstance(self.keys.private, RSAPrivateKey) else "ecdsa"
        if family not in ("", "hmac", of_key):
            raise ValueError(f"cannot sign with {self.algorithm}: the key is for {of_key}")
        return family or of_key, hash_name

    @property
    def method_uri(self) -> str:
        """The SignatureMethod URI (RFC 9231, 2.3)."""
        family, hash_name = self.method
        old = hash_name == "sha1" and family in ("rsa", "hmac")
        return f"{DS if old else _MORE}{family}-{hash_name}"


def method_named(algorithm: str) -> tuple[str, str]:
    """Return family (may be empty) and hash of ``sha1``, ``rsa-sha1`` or a URI. Raises ValueError for unknown ones."""
    family, _, hash_name = algorithm.rpartition("#")[2].rpartition("-")
    if family not in ("", "rsa", "ecdsa", "hmac") or hash_name not in _DIGESTS:
        raise ValueError(f"cannot sign with {algorithm}; the hashes are {', '.join(HASHES)}")
    return family, hash_name


def digest_named(algorithm: str) -> str:
    """Return the hash of ``sha1`` or a DigestMethod URI. Raises ValueError for unknown ones."""
    hash_name = algorithm.rpartition("#")[2]
    if hash_name not in _DIGESTS:
        raise ValueError(f"cannot digest with {algorithm}; the hashes are {', '.join(HASHES)}")
    return hash_name


def sign(text: str, mark: str, element: str, style: Style, signing: Signing) -> str:
    """Return ``text`` with the enveloped signature of the first ``element`` written at ``mark``.

    Marks of other signatures stay where they are and are not part of what is signed.
    """
    target = _find(_tree(text), element)
    prefixes = style.inclusive_prefixes.split() if signing.canonicalization.startswith(EXCLUSIVE) else []
    digest = base64.b64encode(
        hashlib.new(digest_named(signing.digest), _canonical(target, signing.canonicalization, prefixes)).digest()
    ).decode()
    unsigned = _signature(style, signing, target.get("ID") or "", digest, prefixes)
    context = text.replace(mark, unsigned)
    info = _find(_tree(context), element).find(f"{{{DS}}}Signature/{{{DS}}}SignedInfo")
    assert info is not None
    value = _raw_signature(signing, _canonical(info, signing.canonicalization, []))
    return text.replace(mark, unsigned.replace("\x05", base64.b64encode(value).decode()))


def _tree(text: str) -> etree._Element:
    bare = text.translate(dict.fromkeys((1, 2, 3, 4, 5)))
    return etree.fromstring(bare.encode(), _parser())


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _find(root: etree._Element, element: str) -> etree._Element:
    return next(node for node in root.iter("{*}" + element))


def _canonical(node: etree._Element, method: str, prefixes: list[str]) -> bytes:
    comments = method.endswith("WithComments")
    if method.startswith(EXCLUSIVE):
        return etree.tostring(node, method="c14n", exclusive=True, with_comments=comments, inclusive_ns_prefixes=prefixes or None)
    # lxml canonicalizes a subtree without the namespaces of its ancestors, which inclusive c14n must show at the apex.
    apex = etree.Element(node.tag, nsmap=node.nsmap)  # type: ignore[arg-type]  # None is the default namespace
    for name, value in node.attrib.items():
        apex.set(name, value)
    apex.text = node.text
    apex.extend(list(etree.fromstring(etree.tostring(node, with_tail=False))))
    return etree.tostring(apex, method="c14n", with_comments=comments)


def _signature(style: Style, signing: Signing, target: str, digest: str, prefixes: list[str]) -> str:
    p = f"{style.signature_prefix}:" if style.signature_prefix else ""
    declaration = f'xmlns{":" + style.signature_prefix if style.signature_prefix else ""}="{DS}"'
    inclusive = f'<ec:InclusiveNamespaces xmlns:ec="{EC}" PrefixList="{" ".join(prefixes)}"/>' if prefixes else ""
    transform = (
        f'<{p}Transform Algorithm="{signing.canonicalization}">{inclusive}</{p}Transform>'
        if prefixes
        else f'<{p}Transform Algorithm="{signing.canonicalization}"/>'
    )
    key_info = ""
    if signing.embedded is not None:
        fingerprint = hashlib.sha256(signing.embedded.certificate_der).digest()
        name = base64.urlsafe_b64encode(fingerprint).decode().rstrip("=")
        key_info = (
            f"<{p}KeyInfo>"
            + (f"<{p}KeyName>{name}</{p}KeyName>" if style.key_name else "")
            + f"<{p}X509Data><{p}X509Certificate>{signing.embedded.certificate_base64}</{p}X509Certificate></{p}X509Data>"
            f"</{p}KeyInfo>"
        )
    return (
        f"<{p}Signature {declaration}><{p}SignedInfo>"
        f'<{p}CanonicalizationMethod Algorithm="{signing.canonicalization}"/>'
        f'<{p}SignatureMethod Algorithm="{signing.method_uri}"/>'
        f'<{p}Reference URI="#{target}"><{p}Transforms><{p}Transform Algorithm="{_ENVELOPED}"/>{transform}</{p}Transforms>'
        f'<{p}DigestMethod Algorithm="{_DIGESTS[digest_named(signing.digest)]}"/><{p}DigestValue>{digest}</{p}DigestValue>'
        f"</{p}Reference>"
        f"</{p}SignedInfo><{p}SignatureValue>\x05</{p}SignatureValue>{key_info}</{p}Signature>"
    )


def _raw_signature(signing: Signing, octets: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

    family, hash_name = signing.method
    if family == "hmac":
        # The classic confusion: what everybody knows, the certificate, taken for a shared secret.
        return hmac.digest(signing.keys.certificate_pem, octets, hash_name)
    digest: hashes.HashAlgorithm = getattr(hashes, hash_name.upper())()
    private = signing.keys.private
    if isinstance(private, ec.EllipticCurvePrivateKey):
        # XML Signature 1.1, 6.4.3: the two integers side by side, each as long as the curve's field.
        r, s = utils.decode_dss_signature(private.sign(octets, ec.ECDSA(digest)))
        size = (private.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return private.sign(octets, padding.PKCS1v15(), digest)
