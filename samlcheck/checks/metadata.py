"""Named checks on metadata: what one value alone cannot tell (SAML metadata 2.2.2, 2.2.3, 2.4; MDUI 2.1).

Every check looks at the entity that the table is about and gives one violation for each place, with a subject of its
own, so that a linter shows them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from lxml import etree

from samlcheck.checks.context import Context, Held, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import distance
from samlcheck.facts import Reading, Readings
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.facts.paths import ROLES
from samlcheck.finding import Evidence, Slot, Text
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local, q

NOT_METADATA = Unknown("this is a check of metadata", "samlcheck metadata")
SAML2 = "urn:oasis:names:tc:SAML:2.0:protocol"
_ROLE_TAGS = frozenset(map(q, ROLES))
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
_BROWSER = ("HTTP-POST", "HTTP-POST-SimpleSign", "HTTP-Artifact", "HTTP-Redirect", "SOAP")
_HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:2.0:profiles:holder-of-key:SSO:browser"
_OLD_SOAP = "urn:oasis:names:tc:SAML:1.0:bindings:SOAP-binding"
_WS_FEDERATION = "http://schemas.xmlsoap.org/ws/2003/07/secext"
ALLOWED: dict[str, tuple[str, ...]] = {
    "SingleSignOnService": (*_BROWSER, _HOLDER_OF_KEY, "urn:mace:shibboleth:1.0:profiles:AuthnRequest", _WS_FEDERATION),
    "AssertionConsumerService": (
        "HTTP-POST", "HTTP-POST-SimpleSign", "HTTP-Artifact", "PAOS", _HOLDER_OF_KEY, _WS_FEDERATION,
        "urn:oasis:names:tc:SAML:1.0:profiles:browser-post", "urn:oasis:names:tc:SAML:1.0:profiles:artifact-01",
    ),
    "SingleLogoutService": (*_BROWSER, _WS_FEDERATION),
    "ManageNameIDService": _BROWSER,
    "ArtifactResolutionService": ("SOAP", _OLD_SOAP),
    "NameIDMappingService": ("SOAP",),
    "AttributeService": ("SOAP", _OLD_SOAP),
    "AuthnQueryService": ("SOAP", _OLD_SOAP),
    "AuthzService": ("SOAP", _OLD_SOAP),
    "AssertionIDRequestService": ("SOAP", "URI"),
}  # fmt: skip
"""Bindings that the profiles give each service: profiles 4.1.2, 4.2.3, 4.4.2, 4.5.2, 5.2, 6.2, 7.2; holder-of-key 2.3."""
ONE_WAY = ("SingleSignOnService", "ArtifactResolutionService", "NameIDMappingService", "AssertionIDRequestService")
"""Services whose ResponseLocation must be left out: metadata 2.4.2, 2.4.3."""


def entity_of(context: Context) -> EntityCase | None:
    """Return the entity that a context is about; None where it is about a login."""
    return context.table.entity if isinstance(context.table, EntityTable) else None


def each(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Take every reading for a fault of its own: facts that list what is wrong."""
    if readings is None:
        return NOT_METADATA
    return result(
        Violation(item, detail=Text.of(Slot(item.raw, item.sensitive)), subject=place_of(item)) for item in readings.items
    )


def bindings(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Every endpoint has a binding that its service can be spoken to by.

    Option ``aspect``: ``misspelt`` (one that differs by case, blanks or two letters from a right one), ``other``.
    """
    entity = entity_of(context)
    return NOT_METADATA if entity is None else result(_bindings(entity, misspelt=options["aspect"] == "misspelt"))


BINDING_ASPECTS = ("misspelt", "other")


def _bindings(entity: EntityCase, *, misspelt: bool) -> Iterator[Violation]:
    for _, node in endpoints(entity):
        right = allowed(local(node.tag))
        if not right or node.get("Binding") in right:
            continue
        reading = entity.reader.attribute(node, "Binding")
        if reading is None:
            continue
        close = _close(reading.raw.strip().lower(), right)
        if bool(close) == misspelt:
            yield Violation(reading, expected=Slot(close or right[0]), detail=Text.of(local(node.tag)), subject=place_of(reading))


def _close(written: str, right: tuple[str, ...]) -> str:
    """Return which of the right bindings was probably meant: by case, by a letter or two, or by its last part alone."""
    by_end = next((one for one in right if written == one.rpartition(":")[2].lower()), "")
    return by_end or next((one for one in right if distance(written, one.lower(), _LETTERS) <= _LETTERS), "")


_LETTERS = 2


@cache
def allowed(service: str) -> tuple[str, ...]:
    """Return the bindings that a service may have; none for what is no service."""
    return tuple(name if ":" in name else _BINDINGS + name for name in ALLOWED.get(service, ()))


def indexes(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Within a role the endpoints of one service have indexes of their own (2.2.3), and at most one is the default.

    Option ``aspect``: ``repeated`` or ``defaults``.
    """
    entity = entity_of(context)
    if entity is None:
        return NOT_METADATA
    return result(_repeated_indexes(entity) if options["aspect"] == "repeated" else _several_defaults(entity))


INDEX_ASPECTS = ("repeated", "defaults")
INDEXED = ("AssertionConsumerService", "ArtifactResolutionService", "AttributeConsumingService", "DiscoveryResponse")


def _indexed(entity: EntityCase) -> Iterator[list[etree._Element]]:
    for role in roles(entity):
        for name in INDEXED:
            yield list(role.iter("{*}" + name))


def _repeated_indexes(entity: EntityCase) -> Iterator[Violation]:
    for services in _indexed(entity):
        seen: dict[str, etree._Element] = {}
        for node in services:
            index = node.get("index")
            first = node if index is None else seen.setdefault(index.strip(), node)
            if first is not node:
                reading, beside = (entity.reader.attribute(one, "index") for one in (node, first))
                if reading and beside:
                    yield Violation(reading, related=(_beside(beside),), subject=place_of(reading))


def _several_defaults(entity: EntityCase) -> Iterator[Violation]:
    for services in _indexed(entity):
        marked = [node for node in services if entity.flag(node, "isDefault") is True]
        for node in marked[1:]:
            reading, first = (entity.reader.attribute(one, "isDefault") for one in (node, marked[0]))
            if reading and first:
                yield Violation(reading, related=(_beside(first),), subject=place_of(reading))


def response_locations(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Services that are asked and answer at once have no ResponseLocation."""
    entity = entity_of(context)
    if entity is None:
        return NOT_METADATA
    asked = [node for _, node in endpoints(entity) if node.get("ResponseLocation") is not None and local(node.tag) in ONE_WAY]
    wrong = (entity.reader.attribute(node, "ResponseLocation") for node in asked)
    return result(Violation(item, subject=place_of(item)) for item in wrong if item is not None)


def protocols(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """A role with SAML 2.0 bindings says that it speaks SAML 2.0 (2.4.1): otherwise consumers pass it over."""
    entity = entity_of(context)
    return NOT_METADATA if entity is None else result(_protocols(entity))


def _protocols(entity: EntityCase) -> Iterator[Violation]:
    for role in roles(entity):
        bound = any((child.get("Binding") or "").startswith(_BINDINGS) for child in role)
        said = entity.reader.attribute(role, "protocolSupportEnumeration")
        if bound and said is not None and SAML2 not in said.raw.split():
            yield Violation(said, expected=Slot(SAML2), subject=local(role.tag))


def languages(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Texts for people have a language, and each language stands once (2.2.4, MDUI 2.1, RPI 2.1.1).

    Option ``aspect``: ``missing`` (no or an empty xml:lang), ``repeated``.
    """
    entity = entity_of(context)
    if entity is None:
        return NOT_METADATA
    return result(_languages(entity, repeated=options["aspect"] == "repeated"))


LANGUAGE_ASPECTS = ("missing", "repeated")
_LANG = q("xml:lang")
LOCALISED = tuple(
    map(
        q,
        (
            "md:OrganizationName", "md:OrganizationDisplayName", "md:OrganizationURL", "md:ServiceName", "md:ServiceDescription",
            "mdui:DisplayName", "mdui:Description", "mdui:Keywords", "mdui:InformationURL", "mdui:PrivacyStatementURL",
            "mdrpi:RegistrationPolicy", "mdrpi:UsagePolicy",
        ),
    )
)  # fmt: skip


def _languages(entity: EntityCase, *, repeated: bool) -> Iterator[Violation]:
    seen: dict[tuple[etree._Element | None, object, str], etree._Element] = {}
    for node in entity.node.iter(*LOCALISED):
        language = (node.get(_LANG) or "").strip().lower()
        if not repeated:
            if not language:
                reading = entity.reader.element(node)
                yield Violation(reading, subject=place_of(reading))
            continue
        first = seen.setdefault((node.getparent(), node.tag, language), node)
        if language and first is not node:
            reading, beside = entity.reader.element(node), _beside(entity.reader.element(first))
            yield Violation(reading, detail=Text.of(Slot(language)), related=(beside,), subject=place_of(reading))


def endpoints(entity: EntityCase) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Yield the endpoints of all roles, each with its role."""
    for role in roles(entity):
        for node in role:
            if isinstance(node.tag, str) and local(node.tag) in ALLOWED:
                yield role, node


def roles(entity: EntityCase) -> list[etree._Element]:
    """Return the role descriptors."""
    return [node for node in entity.node if node.tag in _ROLE_TAGS]


def place_of(reading: Reading) -> str:
    """Return the path of a reading: what tells one finding of a rule from the next."""
    return reading.node.path if reading.node else ""


def result(violations: Iterator[Violation]) -> Result:
    """Return the violations, if there are any."""
    found = tuple(violations)
    return Violated(found) if found else Held()


def _beside(reading: Reading) -> Evidence:
    value = Slot(reading.raw, reading.sensitive)
    return Evidence("related", reading.node, reading.label, Text.of(value), value)


def duplicates(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Nothing stands twice where once is meant. Option ``of``: a word of ``DUPLICATES``."""
    entity = entity_of(context)
    return NOT_METADATA if entity is None else result(_duplicates(entity, *KEYS_OF[options["of"]]))


Key = Callable[[etree._Element], str]


def _attribute_key(node: etree._Element) -> str:
    return f"{node.get('Name')} {node.get('NameFormat') or ''}"


def _endpoint_key(node: etree._Element) -> str:
    return f"{node.tag} {node.get('Binding')} {node.get('Location')}" if node.get("Binding") else ""


KEYS_OF: dict[str, tuple[str, str, Key]] = {
    "requested_attribute": ("md:RequestedAttribute", "Name", _attribute_key),
    "nameid_format": ("md:NameIDFormat", "", lambda node: text_of(node).strip()),
    "endpoint": ("md:*", "Location", _endpoint_key),
    "sso_binding": ("md:SingleSignOnService", "Binding", lambda node: node.get("Binding") or ""),
    "entity_attribute_value": ("saml:AttributeValue", "", lambda node: text_of(node).strip()),
    "digest_method": ("alg:DigestMethod", "Algorithm", lambda node: node.get("Algorithm") or ""),
    "signing_method": ("alg:SigningMethod", "Algorithm", lambda node: " ".join(map(str, sorted(node.attrib.items())))),
    "encryption_method": ("md:EncryptionMethod", "Algorithm", lambda node: node.get("Algorithm") or ""),
    "scope": ("shibmd:Scope", "", lambda node: text_of(node).strip().lower()),
    "ui_info": ("mdui:UIInfo", "here", lambda _: "x"),
    "disco_hints": ("mdui:DiscoHints", "here", lambda _: "x"),
    "registration": ("mdrpi:RegistrationInfo", "here", lambda _: "x"),
    "entity_attributes": ("mdattr:EntityAttributes", "here", lambda _: "x"),
}
"""Element, what to show of it (an attribute, its text, that it is there), and what makes two of one parent the same."""
DUPLICATES = tuple(KEYS_OF)


def _duplicates(entity: EntityCase, name: str, show: str, key: Key) -> Iterator[Violation]:
    seen: dict[tuple[etree._Element | None, str], etree._Element] = {}
    for node in entity.node.iter(q(name)):
        same = key(node)
        first = seen.setdefault((node.getparent(), same), node) if same else node
        if first is not node:
            reading, beside = _shown(entity, node, show), _shown(entity, first, show)
            if reading is not None and beside is not None:
                yield Violation(reading, related=(_beside(beside),), subject=place_of(reading))


def _shown(entity: EntityCase, node: etree._Element, show: str) -> Reading | None:
    if show == "here":
        return entity.reader.present(node)
    return entity.reader.attribute(node, show) if show else entity.reader.element(node)
