"""What verification found out, as plain values. Nothing here computes; see ``establish``."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Literal

from lxml import etree

from samlcheck.finding import Text
from samlcheck.frozen import dataclass
from samlcheck.saml.anatomy import Anatomy
from samlcheck.source import NodeRef

SignatureVerdict = Literal["valid", "invalid", "absent", "refused", "not-covering", "unverifiable"]
TrustVerdict = Literal["trusted", "untrusted", "unverified"]
AlgorithmPolicy = Literal["legacy", "modern"]


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """An X.509 certificate, or a bare public key, as far as SAML cares."""

    origin: str
    """Where it was found: ``idp.xml, KeyDescriptor 2 (signing)``, ``cert.pem``, ``KeyInfo of the Response signature``."""
    sha256: str
    """Fingerprint of the certificate (of the SubjectPublicKeyInfo for a bare key), lower-case hex without colons."""
    sha1: str
    spki_sha256: str
    """Fingerprint of the public key: equal for a certificate renewed with the same key."""
    subject: str
    issuer: str
    not_before: datetime | None
    not_after: datetime | None
    key_type: str
    """``RSA 2048``, ``EC secp256r1``, ``DSA 1024`` ..."""
    key_bits: int
    signature_algorithm: str
    """Hash of the certificate's own signature: ``sha256`` ...; empty for a bare key."""
    serial: str = ""
    self_signed: bool = False
    node: NodeRef | None = None


@dataclass(frozen=True)
class PinnedKey:
    """A key the user trusts."""

    certificate: CertificateFact
    public_der: bytes
    """SubjectPublicKeyInfo, DER."""
    entity_id: str | None = None
    """entityID of the metadata it came from."""
    certificate_der: bytes = b""
    """The certificate, DER; empty for a bare public key."""


@dataclass(frozen=True)
class Anchors:
    """What ``--idp`` (or ``--signed-by``) gave: the keys, and what the metadata around them says."""

    keys: tuple[PinnedKey, ...] = ()
    metadata: tuple[Anatomy, ...] = ()
    """IdP metadata documents given, for facts such as ``idp.entity_id``."""
    names: tuple[str, ...] = ()
    """Files given."""
    problems: tuple[Text, ...] = ()
    """Keys that were skipped, and why (``KeyDescriptor 2 is for encryption``)."""


@dataclass(frozen=True, slots=True)
class KeyTried:
    """The outcome of trying one key on one signature."""

    certificate: CertificateFact
    verifies: bool


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """One signature that a consumer of this message would care about, present or absent."""

    element: str
    """Local name of the element it should protect: ``Response``, ``Assertion``, ``AuthnRequest``, ``redirect query`` ..."""
    verdict: SignatureVerdict
    reason: str
    """Kebab-case code, ``ok`` when valid. See ``docs/architecture.md`` for the list."""
    explanation: Text
    """What happened, one or two sentences."""
    node: NodeRef | None
    """The ds:Signature, or the place it is missing from."""
    signature_algorithm: str = ""
    digest_algorithm: str = ""
    canonicalization: str = ""
    transforms: tuple[str, ...] = ()
    reference_uri: str | None = None
    key: CertificateFact | None = None
    """The pinned key that verified it."""
    embedded: CertificateFact | None = None
    """The (first) certificate in KeyInfo: a hint to print, never an input."""
    embedded_verifies: bool | None = None
    """Whether the embedded key verifies the signature value: for the explanation only."""
    tried: tuple[KeyTried, ...] = ()
    digest_expected: str = ""
    """DigestValue as written (base64)."""
    digest_computed: str = ""
    """Digest of the referenced element by our own computation (base64)."""
    signed_info: str = ""
    """Canonical SignedInfo, for ``--all``."""
    related: tuple[NodeRef, ...] = ()
    """Other places involved: the element really signed, a duplicate ID, a rival assertion."""


@dataclass(frozen=True)
class EncryptionFact:
    """One encrypted element."""

    element: str
    """``EncryptedAssertion``, ``EncryptedID``, ``EncryptedAttribute``."""
    node: NodeRef
    data_algorithm: str
    key_algorithm: str
    decrypted: bool
    reason: str
    """``ok``, ``no-key``, ``decrypt-failed``, ``refused``, ``engine-missing``."""


@dataclass(frozen=True)
class TrustFacts:
    """The result of verification: what may be read, and how far it is protected."""

    anatomy: Anatomy
    """The anatomy to read values from: that of the decrypted document where something was decrypted."""
    original: Anatomy
    """The anatomy of the document as received."""
    verdict: TrustVerdict
    """``trusted``: what would be consumed lies inside a valid signature of a pinned key."""
    reason: str
    """Kebab-case code."""
    signatures: tuple[SignatureFact, ...] = ()
    """Message signature first, then the assertion's, then others that matter."""
    covered: tuple[etree._Element, ...] = ()
    """Elements of ``anatomy.document`` whose whole subtree is protected."""
    encryption: tuple[EncryptionFact, ...] = ()
    structure: tuple[tuple[str, Text, tuple[NodeRef, ...]], ...] = ()
    """Structural attacks and oddities of the whole document: (code, explanation, places); see docs/architecture.md."""
    engine: str = "xmlsec"
    """``xmlsec`` or ``missing: …`` with the reason."""
    signed: tuple[etree._Element, ...] = ()
    """Where trust was not reached: the elements that a key given really signed, for showing beside what would be read."""

    def covers(self, node: etree._Element) -> bool:
        """Return whether ``node`` lies inside a covered element."""
        if node in self.covered:
            return True
        parent = node.getparent()
        if parent is None:
            return False
        known = self._covers_inside.get(parent)
        if known is None:
            known = self._covers_inside[parent] = self.covers(parent)
        return known

    @cached_property
    def _covers_inside(self) -> dict[etree._Element, bool]:
        """Answers so far: a login is read value by value, and values have parents in common."""
        return {}
