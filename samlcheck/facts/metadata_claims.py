"""Facts of what an entity claims and what federations hold such claims to: categories, extensions in their places, empty texts.

Documents: RFC 8409; REFEDS Research and Scholarship 1.3, Anonymous, Pseudonymous and Personalized Access, Code of Conduct
2.0; GÉANT Code of Conduct 1.0; MDUI 2.1 and 2.2; Shibboleth's shibmd:Scope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from samlcheck.facts.entity import ATTRIBUTE, ATTRIBUTE_VALUE, EntityCase
from samlcheck.facts.metadata_table import derived
from samlcheck.facts.paths import ROLES, path
from samlcheck.facts.table import Reading, Readings
from samlcheck.frozen import dataclass
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import MDUI, local, q

_IDP, _SP = path("md:IDPSSODescriptor"), path("md:SPSSODescriptor")
_UI = "md:SPSSODescriptor/md:Extensions/mdui:UIInfo"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_CATEGORY, _SUPPORT = "http://macedir.org/entity-category", "http://macedir.org/entity-category-support"
_SUBJECT_ID = "urn:oasis:names:tc:SAML:profiles:subject-id:req"
_LANG = q("xml:lang")
Has = Callable[[EntityCase], bool]


@dataclass(frozen=True, slots=True)
class _Demand:
    """One thing that a category asks of a service."""

    words: str
    met: Has


def _there(at: str, words: str, *, english: bool = False, attribute: tuple[str, str] | None = None) -> _Demand:
    known = path(at)

    def met(entity: EntityCase) -> bool:
        nodes = entity.at(known)
        if english:
            return any((node.get(_LANG) or "").lower().partition("-")[0] == "en" for node in nodes)
        return bool(nodes) if attribute is None else any(node.get(attribute[0]) == attribute[1] for node in nodes)

    return _Demand(words + (" in English" if english else ""), met)


_NAME, _ABOUT = (
    _there(f"{_UI}/mdui:DisplayName", "an mdui:DisplayName"),
    _there(f"{_UI}/mdui:InformationURL", "an mdui:InformationURL"),
)
_PRIVACY = _there(f"{_UI}/mdui:PrivacyStatementURL", "an mdui:PrivacyStatementURL")
_PRIVACY_EN = _there(f"{_UI}/mdui:PrivacyStatementURL", "an mdui:PrivacyStatementURL", english=True)
_ANYBODY = _there("md:ContactPerson", "a ContactPerson")
_REQUESTED = _there("md:SPSSODescriptor/md:AttributeConsumingService/md:RequestedAttribute", "RequestedAttributes")
_ASKS = _Demand(
    "RequestedAttributes or the entity attribute subject-id:req",
    lambda entity: _REQUESTED.met(entity) or any(node.get("Name") == _SUBJECT_ID for node in entity.at(ATTRIBUTE)),
)
_DEMANDS: dict[str, tuple[_Demand, ...]] = {
    "http://refeds.org/category/research-and-scholarship": (
        _there("md:SPSSODescriptor/md:AssertionConsumerService", "an ACS with HTTP-POST", attribute=("Binding", _POST)),
        _NAME, _ABOUT, _there("md:ContactPerson", "a technical ContactPerson", attribute=("contactType", "technical")),
    ),
    "https://refeds.org/category/anonymous": (_ANYBODY, _NAME, _ABOUT),
    "https://refeds.org/category/pseudonymous": (_ANYBODY, _NAME, _ABOUT, _PRIVACY),
    "https://refeds.org/category/personalized": (_ANYBODY, _NAME, _ABOUT, _PRIVACY),
    "http://www.geant.net/uri/dataprotection-code-of-conduct/v1": (_PRIVACY_EN, _REQUESTED),
    "https://refeds.org/category/code-of-conduct/v2": (
        _there(f"{_UI}/mdui:DisplayName", "an mdui:DisplayName", english=True),
        _there(f"{_UI}/mdui:Description", "an mdui:Description", english=True), _PRIVACY_EN, _ASKS,
    ),
}  # fmt: skip
"""What each entity category requires of the metadata of a service that claims it."""


def _claims(entity: EntityCase, attribute: str) -> Iterator[tuple[etree._Element, str]]:
    for node in entity.claims.get(attribute, ()):
        if (name := text_of(node).strip()) in _DEMANDS:
            yield node, name


def _incomplete(entity: EntityCase) -> Iterator[tuple[etree._Element, str]]:
    if entity.at(_SP):
        for node, name in _claims(entity, _CATEGORY):
            yield from ((node, f"{name} asks for {demand.words}") for demand in _DEMANDS[name] if not demand.met(entity))


def _of_other_role(entity: EntityCase) -> Iterator[tuple[etree._Element, str]]:
    for attribute, role, words in ((_CATEGORY, _SP, "services"), (_SUPPORT, _IDP, "identity providers")):
        if entity.is_entity and not entity.at(role):
            yield from ((node, f"{name}, which is for {words}") for node, name in _claims(entity, attribute))


def _listed(
    name: str,
    title: str,
    doc: str,
    at: str,
    find: Callable[[EntityCase], Iterator[tuple[etree._Element, str]]],
    *,
    row: bool = False,
) -> None:
    """Add a fact with one reading for each thing that is found; its value is the words. at, row: see ``MetadataFact``."""

    def read(entity: EntityCase) -> Readings:
        found = sorted(find(entity), key=lambda pair: entity.found.order(pair[0]))
        return Readings(tuple(Reading(words, words, entity.document.ref(node)) for node, words in found))

    derived(name, title, doc, at=path(at), quick=lambda entity: [words for _, words in find(entity)], row=row)(read)


_listed(
    "metadata.categories.incomplete", "entity category", "What claimed categories ask for and is not there", ATTRIBUTE_VALUE,
    _incomplete,
)  # fmt: skip
_listed(
    "metadata.categories.of_other_role", "entity category", "Claims that only services or only identity providers can make",
    ATTRIBUTE_VALUE, _of_other_role,
)  # fmt: skip


_EXTENSIONS = path("md:Extensions | {role}/md:Extensions")


def _mdui_misplaced(entity: EntityCase) -> Iterator[tuple[etree._Element, str]]:
    for extensions in entity.some(_EXTENSIONS):
        role = extensions.getparent()
        right = _OF_ROLE.get(role.tag, ()) if role is not None else ()
        for node in extensions.iterchildren(f"{{{MDUI}}}*"):
            if node.tag not in right:
                yield node, local(node.tag)


_UI_INFO, _HINTS = q("mdui:UIInfo"), q("mdui:DiscoHints")
_OF_ROLE: dict[str, tuple[str, ...]] = {q(role): (_UI_INFO,) for role in ROLES} | {q(_IDP): (_UI_INFO, _HINTS)}
"""What MDUI has for the Extensions of each role."""


_listed(
    "metadata.mdui.misplaced", "MDUI element", "MDUI elements in an Extensions where no consumer looks for them (MDUI 2.1, 2.2)",
    "", _mdui_misplaced, row=True,
)  # fmt: skip

_OFFERED = path("{role}/saml:Attribute")
_URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
_listed(
    "metadata.attributes.no_format", "offered Attribute", "Names of offered attributes without NameFormat", _OFFERED,
    lambda entity: ((node, node.get("Name") or "") for node in entity.at(_OFFERED) if node.get("NameFormat") is None), row=True,
)  # fmt: skip
_listed(
    "metadata.entity_attributes.odd_format", "entity attribute", "NameFormat of entity attributes where it is not uri", ATTRIBUTE,
    lambda entity: (
        (node, node.get("NameFormat") or "missing") for node in entity.at(ATTRIBUTE) if node.get("NameFormat") != _URI
    ), row=True,
)  # fmt: skip

_TENANT = re.compile(r"https://(?:sts\.windows\.net|login\.microsoftonline\.com)/([0-9a-f-]{36})(?:/|$)", re.IGNORECASE)
_SIGN_ON = path("md:IDPSSODescriptor/md:SingleSignOnService")


def _of_other_tenant(entity: EntityCase) -> Iterator[tuple[etree._Element, str]]:
    """Yield the sign-on addresses of another tenant of Microsoft Entra ID than the entityID names."""
    own = _TENANT.match(entity.entity_id)
    for node in entity.at(_SIGN_ON) if own else ():
        other = _TENANT.match(node.get("Location") or "")
        if own and other and own[1].lower() != other[1].lower():
            yield node, other[1]


_listed(
    "metadata.sso.other_tenant", "tenant", "Tenants of sign-on addresses that are not the entityID's", _SIGN_ON, _of_other_tenant
)

_PUBLICATION = path("md:Extensions/mdrpi:PublicationInfo")


def _unpublished(entity: EntityCase) -> Iterator[tuple[etree._Element, str]]:
    """Yield what the outermost group of an aggregate does not say of its publication (RPI 2.2)."""
    if not entity.is_entity and entity.node.getparent() is None:
        for name in ("publisher", "creationInstant"):
            if not any(node.get(name) for node in entity.at(_PUBLICATION)):
                yield entity.node, name


_listed(
    "metadata.publication.missing", "mdrpi:PublicationInfo", "What an aggregate does not say of its publication", "", _unpublished
)

_SCOPE = path("md:Extensions/shibmd:Scope | {role}/md:Extensions/shibmd:Scope")
_listed(
    "metadata.scopes.no_flag", "shibmd:Scope", "Scopes without the attribute regexp, whose default only schemas know", _SCOPE,
    lambda entity: ((node, text_of(node).strip()) for node in entity.some(_SCOPE) if node.get("regexp") is None),
    row=True,
)  # fmt: skip

_TEXTS = path(
    " | ".join(
        (
            *(f"md:Organization/md:Organization{name}" for name in ("Name", "DisplayName", "URL")),
            *(f"md:ContactPerson/md:{name}" for name in ("Company", "GivenName", "SurName", "EmailAddress", "TelephoneNumber")),
            *(
                f"{{role}}/md:Extensions/mdui:UIInfo/mdui:{name}"
                for name in ("DisplayName", "Description", "InformationURL", "Logo")
            ),
            "{role}/md:Extensions/mdui:UIInfo/mdui:PrivacyStatementURL",
        )
    )
)
_listed(
    "metadata.empty_texts", "text for people", "Names, addresses and links that are empty, by the names of their elements",
    _TEXTS,
    lambda entity: (
        (node, local(node.tag)) for node in entity.some(_TEXTS) if not ((text := node.text) and text.strip()) and not len(node)
    ),
    row=True,
)  # fmt: skip
