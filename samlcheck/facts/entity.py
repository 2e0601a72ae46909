"""What metadata facts are read from: one entity, or the own parts of an EntitiesDescriptor.

All paths of all facts are found in one walk of the entity, because an aggregate holds ten thousand of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from lxml import etree

from samlcheck.case import Clock
from samlcheck.facts.certificates import Examined, examine
from samlcheck.facts.paths import Found, path, walk
from samlcheck.facts.reading import Reader
from samlcheck.facts.schema import SchemaViolation, violations
from samlcheck.facts.table import Reading
from samlcheck.frozen import dataclass
from samlcheck.saml.values import boolean
from samlcheck.source import NodeRef
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.document import Document, text_of
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.part import Part

KEYS = "{role}/md:KeyDescriptor"
CERTIFICATES = f"{KEYS}/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
VIOLATIONS = "(schema)"
"""Stands for the path of what the schemas do not allow, wherever it is."""
ATTRIBUTE = path("md:Extensions/mdattr:EntityAttributes/saml:Attribute")
ATTRIBUTE_VALUE = path(f"{ATTRIBUTE}/saml:AttributeValue")
SIGNATURE = path("ds:Signature")
"""The signature over the descriptor itself."""


@dataclass(frozen=True, slots=True)
class MetadataSource:
    """The file that an entity stands in, as far as rules may ask about it."""

    name: str
    octets: int | None = None
    """None where it is not known beforehand: standard input."""
    mark: bool = False
    """It begins with a byte order mark."""
    declared_encoding: str = ""
    """As the XML declaration says; empty without one."""
    aggregate: bool = False
    """The root is an EntitiesDescriptor."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """What occurs more than once in an aggregate: known at its end, and so only to its EntitiesDescriptor."""

    entities: int = 0
    """How many entities it holds."""
    entity_ids: tuple[Reading, ...] = ()
    ids: tuple[Reading, ...] = ()
    keys: tuple[Reading, ...] = ()
    """SHA-256 of public keys that several entities share; the label names the entity."""


@dataclass(frozen=True)
class EntityCase:
    """The input of the metadata facts."""

    document: Document
    """The file, or the octets of this entity between the start tags of what is around it; places count in the file."""
    node: etree._Element
    """``md:EntityDescriptor``; or ``md:EntitiesDescriptor`` for what it says itself."""
    source: MetadataSource
    clock: Clock
    trust: TrustFacts | None = None
    """Verification of its own signature; None where it was not verified."""
    unverified: str = "signed, not verified"
    """Why ``trust`` is None."""
    needs: str = "--signed-by"
    signed_around: bool = False
    """An EntitiesDescriptor around the entity holds a signature."""
    alone: bool = False
    """What is around the entity is not judged itself."""
    repeated: Repeated | None = None
    known_place: NodeRef | None = None
    """Where its start tag is, if that is known without a search."""

    @property
    def is_entity(self) -> bool:
        """Whether this is an entity, and not a group of entities."""
        return self.node.tag == _ENTITY

    @property
    def entity_id(self) -> str:
        """The entityID of an entity, the Name of a group; as written."""
        return self.node.get("entityID" if self.is_entity else "Name") or ""

    @cached_property
    def place(self) -> NodeRef:
        """The start tag; holds on to no document."""
        if self.known_place is not None:
            return self.known_place
        place = self.document.ref(self.node)
        return NodeRef(place.document, place.path, place.span)

    @cached_property
    def certificates(self) -> tuple[tuple[etree._Element, Examined], ...]:
        """Every ds:X509Certificate of a KeyDescriptor with what is in it."""
        return tuple((node, examine(text_of(node))) for node in self.at(CERTIFICATES))

    @cached_property
    def reader(self) -> Reader:
        """Makes readings."""
        return Reader(self.document, self.trust)

    @cached_property
    def found(self) -> Found:
        """The elements that facts are read from, by their path, and all elements by their name. One walk."""
        found = walk(self.node)
        return found.plus(VIOLATIONS, [item.node for item in self.violations]) if self.violations else found

    @cached_property
    def one_certificate_each(self) -> bool:
        """Whether every KeyDescriptor holds one ds:X509Certificate, and that nothing but text."""
        nodes = self.at(CERTIFICATES)
        if len(nodes) != len(self.at(_CERTIFICATE)) or len(nodes) != len(self.at(KEYS)):
            return False
        owners = {node.getparent().getparent().getparent() for node in nodes if not len(node)}  # type: ignore[union-attr]
        return len(owners) == len(nodes)

    @cached_property
    def claims(self) -> dict[str, list[etree._Element]]:
        """The values of entity attributes by the names of these (mdattr 2)."""
        found: dict[str, list[etree._Element]] = {}
        for value in self.at(ATTRIBUTE_VALUE):
            attribute = value.getparent()
            if attribute is not None and (name := attribute.get("Name")) is not None:
                found.setdefault(name, []).append(value)
        return found

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every ID attribute, the descriptor's own first."""
        document = self.document
        if isinstance(document, Part) and _ID.search(document.data, document.begin) is None:
            return ()
        return tuple([value for node in self.node.iter("*") if (value := node.get("ID")) is not None])

    @cached_property
    def violations(self) -> tuple[SchemaViolation, ...]:
        """What the OASIS schemas do not allow in an entity, or in a group apart from its entities and groups."""
        return violations(self.node)

    def at(self, path: str) -> Sequence[etree._Element]:
        """Return the elements at a path that some fact is read from, or of a name (Clark notation) anywhere."""
        return self.found.at(path)

    def some(self, path: str) -> Sequence[etree._Element]:
        """Return the same in some order, which is quicker."""
        return self.found.some(path)

    def group(self, node: etree._Element, of: str) -> int:
        """Return which of the elements at a path a node lies in (or is); 0 if in none."""
        owners = self.at(of)
        current: etree._Element | None = node
        while current is not None:
            for index, owner in enumerate(owners):
                if owner is current:
                    return index
            current = current.getparent()
        return 0

    def flag(self, node: etree._Element, attribute: str) -> bool | None:
        """Return an ``xs:boolean`` attribute; None if it is missing or is none."""
        return boolean(node.get(attribute) or "")


_ID = re.compile(rb"ID(?<!entityID)\s*=")
"""Wherever an ID attribute may be written; it begins with letters because that is searched for quickly."""
_ENTITY, _CERTIFICATE = q("md:EntityDescriptor"), q("ds:X509Certificate")
