"""Where named checks on metadata surely hold, told in a fraction of the time that the check itself takes.

Of ten thousand entities few have a repeated endpoint or an expired certificate. Each function here says *yes* only where the
check of the same name in ``metadata`` or ``metadata_keys`` holds; anything else is asked of the check itself. A test holds both
against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Literal

from samlcheck.checks import metadata, metadata_keys
from samlcheck.checks.context import Context
from samlcheck.checks.model import Check
from samlcheck.facts.certificates import CERTIFICATE
from samlcheck.facts.entity import CERTIFICATES, KEYS, VIOLATIONS, EntityCase
from samlcheck.xmldoc.names import MD, local, q

Surely = Callable[[EntityCase], bool]
Sure = Callable[[frozenset[str]], "Surely | Literal[True] | None"]
"""Given the paths of the elements that an entity has (``facts.paths``), and their names as far as ``is_looked_at``: True where that
alone decides that the check holds, a function that tells of an entity with such elements, or None where there is no quick way."""
_Make = Callable[[Mapping[str, str], Context], Sure]


def sure(check: Check, context: Context) -> Sure | None:
    """Return the quick way of a named check; None if it has none. context: of any entity; its parameters are those of the run."""
    make = _MAKE.get(check.use or "")
    return make(check.with_, context) if make is not None else None


def is_looked_at(name: str) -> bool:
    """Return whether a quick way asks for elements of this name (Clark notation)."""
    return name in _LOOKED_AT or local(name) in _SERVICES or (name.startswith(_OWN) and name not in _UNBOUND)


def _tags(present: frozenset[str], names: tuple[str, ...] | frozenset[str]) -> tuple[str, ...]:
    """Return the names in Clark notation of elements that are there, by their local names."""
    return tuple(tag for tag in present if local(tag) in names)


def _bindings(options: Mapping[str, str], context: Context) -> Sure:
    def prepare(present: frozenset[str]) -> Surely | Literal[True]:
        services = _tags(present, frozenset(metadata.ALLOWED))
        return _bound_rightly(tuple(sorted(services))) if services else True

    return prepare


@cache
def _bound_rightly(services: tuple[str, ...]) -> Surely:
    allowed = tuple((tag, frozenset(metadata.allowed(local(tag)))) for tag in services)
    return lambda entity: all(node.get("Binding") in right for tag, right in allowed for node in entity.found.some(tag))


def _indexes(options: Mapping[str, str], context: Context) -> Sure:
    def prepare(present: frozenset[str]) -> Surely | Literal[True]:
        services = tuple(tuple(sorted(tags)) for name in metadata.INDEXED if (tags := _tags(present, (name,))))
        return _indexed_rightly(services) if services else True

    return prepare


@cache
def _indexed_rightly(services: tuple[tuple[str, ...], ...]) -> Surely:
    """Return whether the endpoints of each service have indexes of their own, and at most one says whether it is the default."""

    def surely(entity: EntityCase) -> bool:
        for tags in services:
            nodes = [node for tag in tags for node in entity.found.some(tag)]
            found = [value.strip() for node in nodes if (value := node.get("index")) is not None]
            if len(set(found)) < len(found) or len([node for node in nodes if node.get("isDefault") is not None]) > 1:
                return False
        return True

    return surely


def _response_locations(options: Mapping[str, str], context: Context) -> Sure:
    def prepare(present: frozenset[str]) -> Surely | Literal[True]:
        tags = _tags(present, metadata.ONE_WAY)
        if not tags:
            return True
        return lambda entity: all(node.get("ResponseLocation") is None for tag in tags for node in entity.found.some(tag))

    return prepare


def _protocols(options: Mapping[str, str], context: Context) -> Sure:
    return lambda present: (
        lambda entity: all(metadata.SAML2 in (node.get("protocolSupportEnumeration") or "").split() for node in entity.at("{role}"))
    )


def _languages(options: Mapping[str, str], context: Context) -> Sure:
    def prepare(present: frozenset[str]) -> Surely | Literal[True]:
        texts = tuple(tag for tag in metadata.LOCALISED if tag in present)
        return _localised_rightly(texts) if texts else True

    return prepare


_LANG = q("xml:lang")


@cache
def _localised_rightly(texts: tuple[str, ...]) -> Surely:
    """Return whether all texts have a language, and all of one name and parent different ones."""

    def surely(entity: EntityCase) -> bool:
        for tag in texts:
            nodes = entity.found.some(tag)
            languages = [(node.get(_LANG) or "").strip().lower() for node in nodes]
            if "" in languages:
                return False
            if len(set(languages)) < len(nodes):
                beside = {(node.getparent(), language) for node, language in zip(nodes, languages, strict=True)}
                if len(beside) < len(nodes):
                    return False
        return True

    return surely


_OWN = f"{{{MD}}}"
_UNBOUND = frozenset(
    f"{_OWN}{name}"
    for name in (
        "IDPSSODescriptor", "SPSSODescriptor", "AttributeAuthorityDescriptor", "Extensions", "KeyDescriptor", "NameIDFormat",
        "AttributeConsumingService", "ServiceName", "ServiceDescription", "RequestedAttribute", "Organization",
        "OrganizationName", "OrganizationDisplayName", "OrganizationURL", "ContactPerson", "Company", "GivenName", "SurName",
        "EmailAddress", "TelephoneNumber",
    )
)  # fmt: skip
"""Elements that the schema gives no Binding."""


def _duplicates(options: Mapping[str, str], context: Context) -> Sure:
    name, _, key = metadata.KEYS_OF[options["of"]]

    def prepare(present: frozenset[str]) -> Surely | Literal[True] | None:
        if name != "md:*":
            return (lambda entity: _are_different(entity, (q(name),), key)) if q(name) in present else True
        if VIOLATIONS in present:
            return None
        tags = tuple(tag for tag in present if tag.startswith(_OWN) and tag not in _UNBOUND)
        return lambda entity: _are_different(entity, tags, key)

    return prepare


def _are_different(entity: EntityCase, tags: tuple[str, ...], key: metadata.Key) -> bool:
    found = entity.found
    if len(tags) == 1 and len(found.some(tags[0])) == 1:
        return True
    nodes = [node for tag in tags for node in found.some(tag)]
    keys = [same for node in nodes if (same := key(node))]
    if len(set(keys)) == len(keys):
        return True
    beside = [(node.getparent(), same) for node in nodes if (same := key(node))]
    return len(set(beside)) == len(beside)


def _security_contact(options: Mapping[str, str], context: Context) -> Sure:
    there = options.get("aspect") == "there"
    return lambda present: lambda entity: _contact(entity, there=there)


_TYPE, _WANTED = q("remd:contactType"), frozenset((q("md:GivenName"), q("md:EmailAddress")))


def _contact(entity: EntityCase, *, there: bool) -> bool:
    people = [node for node in entity.at("md:ContactPerson") if node.get(_TYPE) == metadata_keys.SECURITY]
    if there:
        return bool(people)
    return all({child.tag for child in node if (child.text or "").strip()} >= _WANTED for node in people)


def _encryption_methods(options: Mapping[str, str], context: Context) -> Sure:
    return lambda present: True if q("md:EncryptionMethod") not in present else None


def _attribute_names(options: Mapping[str, str], context: Context) -> Sure:
    def prepare(present: frozenset[str]) -> Surely | Literal[True]:
        tags = [tag for tag in (q("md:RequestedAttribute"), q("saml:Attribute")) if tag in present]
        if not tags:
            return True
        return lambda entity: all(":" in (node.get("Name") or ":") for tag in tags for node in entity.found.some(tag))

    return prepare


def _contents(options: Mapping[str, str], context: Context) -> Sure:
    return lambda present: _all_certificates if CERTIFICATES in present else True


def _all_certificates(entity: EntityCase) -> bool:
    return all(facts.content == CERTIFICATE for _, facts in entity.certificates)


def _dates(options: Mapping[str, str], context: Context) -> Sure:
    # a month at least, whatever is asked for: one question then answers all the rules on dates
    lasting = _lasting(max(metadata_keys.days(options.get("days", ""), context), 30))
    return lambda present: lasting if CERTIFICATES in present else True


@cache
def _lasting(days: int) -> Surely:
    def surely(entity: EntityCase) -> bool:
        now = entity.clock.at
        soon = now + timedelta(days=days)
        return all(metadata_keys.lasts(facts, now, soon) for _, facts in entity.certificates)

    return surely


def _rollover(options: Mapping[str, str], context: Context) -> Sure:
    return lambda present: _one_for_each_use if q("ds:X509Certificate") in present else True


def _one_for_each_use(entity: EntityCase) -> bool:
    """Return whether each certificate stands in a KeyDescriptor for a use of its own."""
    if not entity.one_certificate_each:
        return False
    uses = [(node.getparent(), node.get("use")) for node in entity.at(KEYS)]
    return len(set(uses)) == len(uses) and all(use for _, use in uses)  # one without use is for both


ALONE = frozenset(("metadata_indexes", "metadata_security_contact"))
"""Checks that are to be asked of one entity at a time: what they count in it, or say of it as a whole, several have together."""
_MAKE: dict[str, _Make] = {
    "metadata_bindings": _bindings,
    "metadata_indexes": _indexes,
    "metadata_response_locations": _response_locations,
    "metadata_protocols": _protocols,
    "metadata_languages": _languages,
    "metadata_duplicates": _duplicates,
    "metadata_security_contact": _security_contact,
    "metadata_encryption_methods": _encryption_methods,
    "metadata_attribute_names": _attribute_names,
    "metadata_certificate_contents": _contents,
    "metadata_certificate_dates": _dates,
    "metadata_rollover": _rollover,
}
_SERVICES = frozenset((*metadata.ALLOWED, *metadata.INDEXED))
_LOOKED_AT = frozenset(
    (
        *metadata.LOCALISED, *(q(name) for name, _, _ in metadata.KEYS_OF.values()), q("ds:X509Certificate"),
        q("md:EncryptionMethod"), q("md:RequestedAttribute"), q("saml:Attribute"),
    )
)  # fmt: skip
