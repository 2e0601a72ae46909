"""What metadata says about IdPs and SPs: entityIDs, keys, endpoints (SAML metadata 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from samlcheck.saml.anatomy import Anatomy
from samlcheck.saml.values import instant
from samlcheck.source import NodeRef
from samlcheck.xmldoc.names import SAMLP, local, q


@dataclass(frozen=True)
class Endpoint:
    """One service endpoint."""

    service: str
    """Local name: ``SingleSignOnService``, ``AssertionConsumerService`` …"""
    binding: str
    location: str
    index: str | None
    is_default: bool
    node: NodeRef


@dataclass(frozen=True)
class KeyDescriptor:
    """One md:KeyDescriptor; no ``use`` means both uses (metadata 2.4.1.1)."""

    use: str | None
    certificates: tuple[etree._Element, ...]
    """ds:X509Certificate elements."""
    key_values: tuple[etree._Element, ...]
    """ds:KeyValue elements."""
    node: NodeRef
    role: str
    """Local name of the role descriptor that holds it."""
    number: int
    """1-based among the key descriptors of the entity."""

    @property
    def signs(self) -> bool:
        """Whether the key may verify signatures."""
        return self.use in (None, "signing", "")


@dataclass(frozen=True)
class Entity:
    """One md:EntityDescriptor."""

    document: str
    entity_id: str
    node: NodeRef
    is_idp: bool
    is_sp: bool
    valid_until: datetime | None
    keys: tuple[KeyDescriptor, ...]
    endpoints: tuple[Endpoint, ...]
    nameid_formats: tuple[str, ...]
    want_authn_requests_signed: bool
    authn_requests_signed: bool
    want_assertions_signed: bool

    @property
    def single_sign_on(self) -> tuple[Endpoint, ...]:
        """SingleSignOnService endpoints."""
        return tuple(item for item in self.endpoints if item.service == "SingleSignOnService")

    @property
    def assertion_consumer(self) -> tuple[Endpoint, ...]:
        """AssertionConsumerService endpoints."""
        return tuple(item for item in self.endpoints if item.service == "AssertionConsumerService")


def entities(anatomy: Anatomy) -> tuple[Entity, ...]:
    """Return the entities of a metadata document, in document order; none for anything else."""
    root = anatomy.document.root
    return tuple(_entity(anatomy, node) for node in root.iter(q("md:EntityDescriptor")))


def _entity(anatomy: Anatomy, node: etree._Element) -> Entity:
    document = anatomy.document
    roles = [child for child in node if local(child.tag) in ("IDPSSODescriptor", "SPSSODescriptor")]
    saml2 = [role for role in roles if SAMLP in (role.get("protocolSupportEnumeration") or "").split() or len(roles) == 1]
    keys: list[KeyDescriptor] = []
    endpoints: list[Endpoint] = []
    formats: list[str] = []
    for role in saml2:
        for child in role:
            if child.tag == q("md:KeyDescriptor"):
                keys.append(
                    KeyDescriptor(
                        child.get("use"),
                        tuple(child.iter(q("ds:X509Certificate"))),
                        tuple(child.iter(q("ds:KeyValue"))),
                        document.ref(child),
                        local(role.tag),
                        len(keys) + 1,
                    )
                )
            elif child.tag == q("md:NameIDFormat"):
                formats.append((child.text or "").strip())
            elif isinstance(child.tag, str) and child.get("Location") is not None:
                endpoints.append(
                    Endpoint(
                        local(child.tag),
                        child.get("Binding") or "",
                        child.get("Location") or "",
                        child.get("index"),
                        child.get("isDefault") in ("true", "1"),
                        document.ref(child),
                    )
                )
    return Entity(
        document.name,
        node.get("entityID") or "",
        document.ref(node, "entityID") if node.get("entityID") is not None else document.ref(node),
        any(local(role.tag) == "IDPSSODescriptor" for role in saml2),
        any(local(role.tag) == "SPSSODescriptor" for role in saml2),
        instant(node.get("validUntil") or ""),
        tuple(keys),
        tuple(endpoints),
        tuple(formats),
        any(role.get("WantAuthnRequestsSigned") in ("true", "1") for role in saml2),
        any(role.get("AuthnRequestsSigned") in ("true", "1") for role in saml2),
        any(role.get("WantAssertionsSigned") in ("true", "1") for role in saml2),
    )
