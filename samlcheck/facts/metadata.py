"""Facts of a metadata entity: itself, its roles, formats and attributes, and what an aggregate says (SAML metadata 2.3, 2.4).

Facts of endpoints, keys, signatures and extensions are in the ``metadata_*`` files beside this one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from lxml import etree

from samlcheck.facts.entity import SIGNATURE, EntityCase
from samlcheck.facts.metadata_table import Derive, Quick, derived, pick
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings
from samlcheck.saml.values import duration, instant, iso, spell
from samlcheck.xmldoc.names import local, q

pick("metadata.element", "kind of descriptor", "", "tag", "`EntityDescriptor`, or `EntitiesDescriptor` for a group's own part")
pick("metadata.entity_id", "entityID", "", "@entityID", "The entity's name (2.3.2)", kind="uri")
pick("metadata.name", "Name", "", "@Name", "Name of an EntitiesDescriptor (2.3.1)")
pick("metadata.id", "ID", "", "@ID", "The ID that a signature refers to")
pick("metadata.valid_until", "validUntil", "", "@validUntil", "When the descriptor ends (2.3.1, 2.3.2)", kind="instant")
pick("metadata.cache_duration", "cacheDuration", "", "@cacheDuration", "How long it may be kept, as written (`PT6H`)")
pick("metadata.roles", "role", "{role}", "tag", "Local names of the role descriptors: `IDPSSODescriptor` …")
pick("metadata.role_types", "type of the role", "{role}", "@xsi:type", "xsi:type of a RoleDescriptor")
pick("metadata.role_valid_until", "validUntil of the role", "{role}", "@validUntil", "When the role ends", kind="instant")
pick("metadata.protocols", "protocolSupportEnumeration", "{role}", "@protocolSupportEnumeration", "As written, blanks between")
pick("metadata.error_url", "errorURL", "{role}", "@errorURL", "Where users are sent for help", kind="uri")
pick("metadata.affiliation", "AffiliationDescriptor", "md:AffiliationDescriptor", "here", "The entity is an affiliation (2.5)")
pick("metadata.idp", "IDPSSODescriptor", "md:IDPSSODescriptor", "here", "The entity is an identity provider")
pick("metadata.sp", "SPSSODescriptor", "md:SPSSODescriptor", "here", "The entity is a service provider")
pick("metadata.attribute_authority", "AttributeAuthorityDescriptor", "md:AttributeAuthorityDescriptor", "here", "It has that role")
pick(
    "metadata.idp.protocols", "protocolSupportEnumeration", "md:IDPSSODescriptor", "@protocolSupportEnumeration", "Of the IdP role"
)
pick("metadata.sp.protocols", "protocolSupportEnumeration", "md:SPSSODescriptor", "@protocolSupportEnumeration", "Of the SP role")
pick(
    "metadata.want_authn_requests_signed", "WantAuthnRequestsSigned", "md:IDPSSODescriptor", "@WantAuthnRequestsSigned",
    "The IdP wants signed requests (2.4.3)", kind="boolean",
)  # fmt: skip
pick(
    "metadata.authn_requests_signed", "AuthnRequestsSigned", "md:SPSSODescriptor", "@AuthnRequestsSigned",
    "The SP signs its requests (2.4.4)", kind="boolean",
)  # fmt: skip
pick(
    "metadata.want_assertions_signed", "WantAssertionsSigned", "md:SPSSODescriptor", "@WantAssertionsSigned",
    "The SP wants signed assertions (2.4.4)", kind="boolean",
)  # fmt: skip

pick("metadata.nameid_formats", "NameIDFormat", "{role}/md:NameIDFormat", "text", "Every NameIDFormat", kind="uri", of="{role}")
pick("metadata.idp.nameid_formats", "NameIDFormat", "md:IDPSSODescriptor/md:NameIDFormat", "text", "Of the IdP role", kind="uri")
pick("metadata.sp.nameid_formats", "NameIDFormat", "md:SPSSODescriptor/md:NameIDFormat", "text", "Of the SP role", kind="uri")
pick("metadata.attribute_profiles", "AttributeProfile", "{role}/md:AttributeProfile", "text", "Attribute profiles", kind="uri")
_OFFERED = "{role}/saml:Attribute"
pick("metadata.attributes.name", "Name of an offered Attribute", _OFFERED, "@Name", "Attributes that an IdP offers (2.4.3)")
pick("metadata.attributes.name_format", "NameFormat of an offered Attribute", _OFFERED, "@NameFormat", "Its NameFormat", kind="uri")

_SERVICE = "md:SPSSODescriptor/md:AttributeConsumingService"
pick("metadata.acsvc", "AttributeConsumingService", _SERVICE, "here", "What an SP wants to know, each set (2.4.4.1)")
pick("metadata.acsvc.index", "index of the AttributeConsumingService", _SERVICE, "@index", "Its index", kind="integer")
pick(
    "metadata.acsvc.is_default", "isDefault of the AttributeConsumingService", _SERVICE, "@isDefault", "As written", kind="boolean"
)
pick("metadata.acsvc.service_name", "ServiceName", f"{_SERVICE}/md:ServiceName", "text", "Its names", of=_SERVICE)
pick(
    "metadata.acsvc.service_name_lang",
    "xml:lang of ServiceName",
    f"{_SERVICE}/md:ServiceName",
    "@xml:lang",
    "Its language",
    of=_SERVICE,
)
_REQUESTED = f"{_SERVICE}/md:RequestedAttribute"
pick("metadata.requested_attributes.name", "RequestedAttribute Name", _REQUESTED, "@Name", "Attributes an SP asks for", of=_SERVICE)
pick(
    "metadata.requested_attributes.name_format", "RequestedAttribute NameFormat", _REQUESTED, "@NameFormat", "Their NameFormat",
    kind="uri", of=_SERVICE,
)  # fmt: skip
pick(
    "metadata.requested_attributes.friendly_name", "RequestedAttribute FriendlyName", _REQUESTED, "@FriendlyName", "Short names",
    of=_SERVICE,
)  # fmt: skip
pick(
    "metadata.requested_attributes.is_required", "RequestedAttribute isRequired", _REQUESTED, "@isRequired", "Required or not",
    kind="boolean", of=_SERVICE,
)  # fmt: skip

_ORGANIZATION = "md:Organization | {role}/md:Organization"
pick("metadata.organization", "Organization", "md:Organization", "here", "There is an Organization (2.3.2.1)")
for _part, _kind in (("Name", "text"), ("DisplayName", "text"), ("URL", "uri")):
    _at = f"md:Organization/md:Organization{_part}"
    _name = {"Name": "name", "DisplayName": "display_name", "URL": "url"}[_part]
    pick(f"metadata.organization.{_name}", f"Organization{_part}", _at, "text", "Of the organisation", kind=_kind)
    pick(f"metadata.organization.{_name}_lang", f"xml:lang of Organization{_part}", _at, "@xml:lang", "Its language")

_CONTACT = "md:ContactPerson"
pick("metadata.contacts.type", "contactType", _CONTACT, "@contactType", "technical, support, administrative … (2.3.2.2)")
pick(
    "metadata.contacts.refeds_type", "remd:contactType", _CONTACT, "@remd:contactType", "Of a security contact (SIRTFI)", kind="uri"
)
for _tag, _name, _private in (
    ("EmailAddress", "email", True), ("GivenName", "given_name", True), ("SurName", "surname", True),
    ("TelephoneNumber", "telephone", True), ("Company", "company", False),
):  # fmt: skip
    pick(f"metadata.contacts.{_name}", _tag, f"{_CONTACT}/md:{_tag}", "text", "Of a contact", of=_CONTACT, sensitive=_private)


_SECURITY = "http://refeds.org/metadata/contactType/security"


def _security_contacts(entity: EntityCase) -> list[etree._Element]:
    return [node for node in entity.at(_CONTACT) if (node.get(q("remd:contactType")) or "").strip() == _SECURITY]


@derived(
    "metadata.contacts.security_type", "contactType of a security contact", "Of those with remd:contactType security", at=_CONTACT,
    quick=lambda entity: [value for node in _security_contacts(entity) if (value := node.get("contactType")) is not None],
    row=True,
)  # fmt: skip
def _security_type(entity: EntityCase) -> Readings:
    read = (entity.reader.attribute(node, "contactType") for node in _security_contacts(entity))
    return Readings(tuple(item for item in read if item is not None), entity.document.absent(entity.node, _CONTACT))


@derived(
    "metadata.ids", "ID", "Every ID attribute inside the entity, the descriptor's own first", quick=lambda entity: list(entity.ids)
)
def _ids(entity: EntityCase) -> Readings:
    nodes = [node for node in entity.node.iter("*") if node.get("ID") is not None]
    return Readings(tuple(item for node in nodes if (item := entity.reader.attribute(node, "ID")) is not None))


def _quick_effective(entity: EntityCase) -> list[str] | None:
    """Return the one validUntil there is, or that there is none; which of several counts is for the long way."""
    around = (entity.node, *entity.node.iterancestors(q("md:EntitiesDescriptor")))
    found = [value for node in around if (value := node.get("validUntil")) is not None]
    return found if len(found) < 2 else None


@derived(
    "metadata.effective_valid_until", "validUntil that counts", "The earliest of its own and those around it", kind="instant",
    quick=_quick_effective,
)  # fmt: skip
def _effective(entity: EntityCase) -> Readings:
    around = (entity.node, *entity.node.iterancestors(q("md:EntitiesDescriptor")))
    read = [item for node in around if (item := entity.reader.attribute(node, "validUntil", "instant")) is not None]
    known = [(item.value, item) for item in read if item.value is not None]
    if not known:
        return Readings(tuple(read[:1]), entity.document.absent(entity.node, "@validUntil"))
    return Readings((min(known, key=lambda pair: str(pair[0]))[1],))


@derived(
    "metadata.judged_valid_until", "validUntil", "Its own; that of an entity judged alone is the earliest of those around it too",
    kind="instant", quick=lambda entity: _quick_effective(entity) if entity.alone else _own(entity),
)  # fmt: skip
def _judged(entity: EntityCase) -> Readings:
    own = entity.reader.attribute(entity.node, "validUntil", "instant")
    return (
        _effective(entity) if entity.alone else Readings((own,) if own else (), entity.document.absent(entity.node, "@validUntil"))
    )


def _own(entity: EntityCase) -> list[str]:
    value = entity.node.get("validUntil")
    return [] if value is None else [value]


@derived(
    "metadata.validity_days", "days of validity left", "From the instant of judgement to validUntil", kind="integer",
    quick=lambda entity: [] if entity.node.get("validUntil") is None else None,
)  # fmt: skip
def _days_left(entity: EntityCase) -> Readings:
    at = entity.reader.attribute(entity.node, "validUntil", "instant")
    until = instant(at.raw) if at else None
    if at is None or until is None:
        return Readings((), entity.document.absent(entity.node, "@validUntil"))
    days = (until - entity.clock.at) // timedelta(days=1)
    return Readings((Reading(days, str(days), at.node, at.covered),))


@derived(
    "metadata.cache_seconds", "cacheDuration in seconds", "cacheDuration as a number", kind="integer",
    quick=lambda entity: [] if entity.node.get("cacheDuration") is None else None,
)  # fmt: skip
def _cache_seconds(entity: EntityCase) -> Readings:
    at = entity.reader.attribute(entity.node, "cacheDuration")
    span = duration(at.raw) if at else None
    if at is None or span is None:
        return Readings((), entity.document.absent(entity.node, "@cacheDuration"))
    seconds = int(span.total_seconds())
    return Readings((Reading(seconds, str(seconds), at.node, at.covered, spell(span)),))


def _quick_signed(entity: EntityCase) -> list[str]:
    return ["present"] if entity.at(SIGNATURE) else ["around it"] if entity.signed_around else []


@derived("metadata.signed", "Signature", "There is a signature over this descriptor or over one around it", quick=_quick_signed)
def _signed(entity: EntityCase) -> Readings:
    found = entity.node.find(q("ds:Signature"))
    if found is not None:
        return Readings((entity.reader.present(found),))
    return constant("around it") if entity.signed_around else Readings((), entity.document.absent(entity.node, "ds:Signature"))


@derived("metadata.unknown_roles", "role that is none", "Children in the metadata namespace that are no part of the descriptor")
def _unknown(entity: EntityCase) -> Readings:
    nodes = [node for node in entity.node if str(node.tag).startswith("{") and local(node.tag) not in _PARTS]
    return Readings(
        tuple(Reading(local(node.tag), local(node.tag), entity.document.ref(node)) for node in nodes),
        entity.document.ref(entity.node),
    )


_PARTS = frozenset(
    (
        "Signature", "Extensions", "IDPSSODescriptor", "SPSSODescriptor", "AuthnAuthorityDescriptor", "RoleDescriptor",
        "AttributeAuthorityDescriptor", "PDPDescriptor", "AffiliationDescriptor", "Organization", "ContactPerson",
        "AdditionalMetadataLocation", "EntityDescriptor", "EntitiesDescriptor",
    )
)  # fmt: skip


def _of_file(entity: EntityCase, value: str, number: int | None = None) -> Readings:
    """Return a value that belongs to the file, and so to its outermost descriptor alone."""
    if not value or entity.node.getparent() is not None:
        return Readings()
    return Readings((Reading(value if number is None else number, value, entity.document.ref(entity.node)),))


def _quick_of_file(value: Callable[[EntityCase], str]) -> Quick:
    return lambda entity: [found] if entity.node.getparent() is None and (found := value(entity)) else []


def _has_mark(entity: EntityCase) -> str:
    return "byte order mark" if entity.source.mark else ""


def _encoding_of(entity: EntityCase) -> str:
    return entity.source.declared_encoding


def _kind_of(entity: EntityCase) -> str:
    return "aggregate" if entity.source.aggregate else "entity"


for _fact, _title, _doc, _value in (
    ("mark", "byte order mark", "The file begins with a byte order mark", _has_mark),
    ("encoding", "declared encoding", "Encoding of the XML declaration, as written", _encoding_of),
    ("kind", "kind of the file", "`entity`, or `aggregate` if the root is an EntitiesDescriptor", _kind_of),
):
    derived(f"metadata.source.{_fact}", _title, _doc, quick=_quick_of_file(_value), row=True)(
        lambda entity, value=_value: _of_file(entity, value(entity))  # type: ignore[misc]
    )


@derived(
    "metadata.source.octets", "size of the file", "Octets of the whole file", kind="integer",
    quick=lambda entity: None if entity.source.octets is None else _quick_of_file(lambda one: str(one.source.octets))(entity),
    row=True,
)  # fmt: skip
def _octets(entity: EntityCase) -> Readings:
    size = entity.source.octets
    return Readings(unavailable="the size of the input is not known") if size is None else _of_file(entity, str(size), size)


@derived("metadata.judged_at", "instant of judgement", "The instant at which the metadata is judged", kind="instant")
def _judged_at(entity: EntityCase) -> Readings:
    return constant(iso(entity.clock.at), entity.clock.at)


@derived(
    "metadata.aggregate.entities", "number of entities", "How many entities an aggregate holds", kind="integer",
    quick=lambda entity: [] if entity.repeated is None else [str(entity.repeated.entities)],
    row=True,
)  # fmt: skip
def _entities(entity: EntityCase) -> Readings:
    known = entity.repeated
    return Readings() if known is None else constant(str(known.entities), known.entities)


def _repeated(which: str) -> tuple[Derive, Quick]:
    """Return how to read what occurs more than once."""

    def items(entity: EntityCase) -> tuple[Reading, ...]:
        found: tuple[Reading, ...] = getattr(entity.repeated, which) if entity.repeated else ()
        return found

    return lambda entity: Readings(items(entity)), lambda entity: [item.raw for item in items(entity)]


for _fact, _title, _doc, _which in (
    ("repeated_entity_ids", "repeated entityID", "entityIDs that occur again in the same file", "entity_ids"),
    ("repeated_ids", "repeated ID", "ID values that occur again in the same file", "ids"),
    ("shared_keys", "key of several entities", "Public keys that several entities of the file use", "keys"),
):
    _derive, _items = _repeated(_which)
    derived(f"metadata.aggregate.{_fact}", _title, _doc, quick=_items, row=True)(_derive)
