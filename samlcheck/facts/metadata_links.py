"""Facts of links that people follow, and of what extensions must say (idpdisc 2.5, request-init 2, MDRPI 2.1 and 2.2).

The schemas of these extensions are not among those of ``schema``, so what they require is listed here.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from samlcheck.facts.entity import EntityCase
from samlcheck.facts.metadata_endpoints import ALL
from samlcheck.facts.metadata_table import derived
from samlcheck.facts.paths import path
from samlcheck.facts.table import Reading, Readings
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local

_UI = "{role}/md:Extensions/mdui:UIInfo"
_TEXTS = path(
    f"md:Organization/md:OrganizationURL | {_UI}/mdui:InformationURL | {_UI}/mdui:PrivacyStatementURL"
    " | md:Extensions/mdrpi:RegistrationInfo/mdrpi:RegistrationPolicy"
)
_ATTRIBUTES = ((path("{role}"), "errorURL"), (path(ALL), "ResponseLocation"))


def _quick(entity: EntityCase) -> list[str]:
    found = [text_of(node) for node in entity.some(_TEXTS)]
    found.extend(value for at, name in _ATTRIBUTES for node in entity.some(at) if (value := node.get(name)) is not None)
    return found


@derived(
    "metadata.links", "link", "OrganizationURL, errorURL, ResponseLocation and links of MDUI and RPI", kind="uri",
    quick=_quick, some=_TEXTS, row=True,
)  # fmt: skip
def _links(entity: EntityCase) -> Readings:
    found = [entity.reader.element(node, "uri") for node in entity.at(_TEXTS)]
    for at, name in _ATTRIBUTES:
        found.extend(item for node in entity.at(at) if (item := entity.reader.attribute(node, name, "uri")) is not None)
    return Readings(tuple(found), entity.document.ref(entity.node))


_REQUIRED = {
    path("md:SPSSODescriptor/md:Extensions/idpdisc:DiscoveryResponse"): ("Binding", "Location", "index"),
    path("md:SPSSODescriptor/md:Extensions/init:RequestInitiator"): ("Binding", "Location"),
    path("md:Extensions/mdrpi:RegistrationInfo"): ("registrationAuthority",),
    path("md:Extensions/mdrpi:PublicationInfo"): ("publisher",),
}


def _missing(entity: EntityCase) -> Iterator[tuple[etree._Element, str]]:
    for at, names in _REQUIRED.items():
        for node in entity.at(at):
            yield from ((node, name) for name in names if node.get(name) is None)


@derived(
    "metadata.extensions.incomplete", "attribute that is missing", "Attributes that an extension must have, and its name",
    quick=lambda entity: [f"{name} of {local(node.tag)}" for node, name in _missing(entity)], row=True,
)  # fmt: skip
def _incomplete(entity: EntityCase) -> Readings:
    return Readings(
        tuple(
            Reading(words, words, entity.document.absent(node, f"@{name}"))
            for node, name in _missing(entity)
            for words in (f"{name} of {local(node.tag)}",)
        )
    )
