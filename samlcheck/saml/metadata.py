"""What metadata says about IdPs and SPs: entityIDs, keys, endpoints (SAML metadata 2)."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.saml.anatomy import Anatomy
from samlcheck.saml.values import boolean, instant
from samlcheck.source import NodeRef
from samlcheck.xmldoc.document import Document, text_of
from samlcheck.xmldoc.names import SAMLP, local, q

METADATA_KINDS = ("idp-metadata", "sp-metadata", "metadata", "metadata-aggregate")
_IDP = q("md:IDPSSODescriptor")
_SP = q("md:SPSSODescriptor")


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
    response_location: str | None = None
    """Where answers go, if elsewhere (2.2.2)."""


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
    """The earliest of its own and those of the EntitiesDescriptors around it."""
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

    @property
    def single_logout(self) -> tuple[Endpoint, ...]:
        """SingleLogoutService endpoints."""
        return tuple(item for item in self.endpoints if item.service == "SingleLogoutService")


def entities(anatomy: Anatomy) -> tuple[Entity, ...]:
    """Return the entities of a metadata document, in document order; none for anything else."""
    if anatomy.kind not in METADATA_KINDS:
        return ()
    return tuple(_entity(anatomy.document, node) for node in anatomy.message.iter(q("md:EntityDescriptor")))


def _entity(document: Document, node: etree._Element) -> Entity:
    roles = _saml2_roles(node)
    return Entity(
        document.name,
        node.get("entityID") or "",
        document.ref(node, "entityID") if node.get("entityID") is not None else document.ref(node),
        any(role.tag == _IDP for role in roles),
        any(role.tag == _SP for role in roles),
        _valid_until(node),
        _keys(document, roles),
        _endpoints(document, roles),
        tuple(text_of(child).strip() for role in roles for child in role.iterchildren(q("md:NameIDFormat"))),
        any(boolean(role.get("WantAuthnRequestsSigned", "")) is True for role in roles),
        any(boolean(role.get("AuthnRequestsSigned", "")) is True for role in roles),
        any(boolean(role.get("WantAssertionsSigned", "")) is True for role in roles),
    )


def _saml2_roles(entity: etree._Element) -> list[etree._Element]:
    """Return the IdP and SP roles that speak SAML 2.0 (2.4.1); a single role counts even if it does not say so."""
    roles = list(entity.iterchildren(_IDP, _SP))
    if len(roles) == 1:
        return roles
    return [role for role in roles if SAMLP in role.get("protocolSupportEnumeration", "").split()]


def _valid_until(entity: etree._Element) -> datetime | None:
    """Return the earliest validUntil of the entity and of the EntitiesDescriptors around it (2.3.1)."""
    found = (instant(node.get("validUntil", "")) for node in (entity, *entity.iterancestors(q("md:EntitiesDescriptor"))))
    return min((value for value in found if value is not None), default=None)


def _keys(document: Document, roles: list[etree._Element]) -> tuple[KeyDescriptor, ...]:
    descriptors = [(role, child) for role in roles for child in role.iterchildren(q("md:KeyDescriptor"))]
    return tuple(
        KeyDescriptor(
            node.get("use"),
            tuple(node.iter(q("ds:X509Certificate"))),
            tuple(node.iter(q("ds:KeyValue"))),
            document.ref(node),
            local(role.tag),
            number,
        )
        for number, (role, node) in enumerate(descriptors, 1)
    )


def _endpoints(document: Document, roles: list[etree._Element]) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(
            local(node.tag),
            node.get("Binding") or "",
            node.get("Location") or "",
            node.get("index"),
            boolean(node.get("isDefault", "")) is True,
            document.ref(node),
            node.get("ResponseLocation"),
        )
        for role in roles
        for node in role.iterchildren(q("md:*"))
        if node.get("Location") is not None
    )
