"""Facts of metadata: the mechanism. The unit is one entity, or the own parts of an EntitiesDescriptor.

A fact is picked from fixed paths below the entity, or derived from it by a function. All paths of all facts are found in
one walk of the entity, because an aggregate holds ten thousand of them; places and readings are made for those facts
only that somebody asks for. To checks, templates and packs an ``EntityTable`` is a fact table like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

from lxml import etree

from samlcheck.case import Case, Clock, Told
from samlcheck.facts.certificates import Examined, examine
from samlcheck.facts.paths import ROLES, Found, path, walk
from samlcheck.facts.reading import Reader
from samlcheck.facts.schema import SchemaViolation, violations
from samlcheck.facts.table import Fact, FactTable, Reading, Readings, add
from samlcheck.frozen import dataclass
from samlcheck.login import Login
from samlcheck.saml.values import boolean
from samlcheck.source import Artifact, NodeRef
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.document import Document, text_of
from samlcheck.xmldoc.names import local, q

KEYS = "{role}/md:KeyDescriptor"
CERTIFICATES = f"{KEYS}/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
VIOLATIONS = "(schema)"
"""Stands for the path of what the schemas do not allow, wherever it is."""
SIGNATURE = path("ds:Signature")
"""The signature over the descriptor itself."""
NOT_A_LOGIN = Readings(unavailable="this is a fact of metadata, not of a login", needs="samlcheck metadata")


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
        if self.violations:
            found[VIOLATIONS] = [item.node for item in self.violations]
        return found

    @cached_property
    def one_certificate_each(self) -> bool:
        """Whether every KeyDescriptor holds one ds:X509Certificate, and that nothing but text."""
        nodes = self.at(CERTIFICATES)
        if len(nodes) != len(self.at(_CERTIFICATE)) or len(nodes) != len(self.at(KEYS)):
            return False
        owners = {node.getparent().getparent().getparent() for node in nodes if not len(node)}  # type: ignore[union-attr]
        return len(owners) == len(nodes)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every ID attribute, the descriptor's own first."""
        return tuple([value for node in self.node.iter("*") if (value := node.get("ID")) is not None])

    @cached_property
    def violations(self) -> tuple[SchemaViolation, ...]:
        """What the OASIS schemas do not allow in an entity, or in a group apart from its entities and groups."""
        return violations(self.node)

    def at(self, path: str) -> Sequence[etree._Element]:
        """Return the elements at a path that some fact is read from, or of a name (Clark notation) anywhere."""
        return self.found.get(path, ())

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


_ENTITY, _CERTIFICATE = q("md:EntityDescriptor"), q("ds:X509Certificate")
Derive = Callable[[EntityCase], Readings]
Quick = Callable[[EntityCase], "list[str] | None"]


@dataclass(frozen=True, slots=True)
class MetadataFact:
    """One metadata fact: where it is picked from, or how it is derived."""

    fact: Fact
    at: str = ""
    """Path of the elements that it is picked from; of a derived fact, of those without which it has no value, if it has such."""
    what: str = ""
    """``@Name``: that attribute; ``text``: the text; ``tag``: the element's local name; ``here``: that it is there."""
    of: str = ""
    """Path of the elements that group the readings and name them if there are several; that of the parent if empty."""
    derive: Derive | None = None
    quick: Quick | None = None
    """The values as written, without readings and places; it may return None where only the long way can tell."""

    def read(self, entity: EntityCase) -> Readings:
        """Return the readings, each with its place, or where they are missing."""
        if self.derive is not None:
            return self.derive(entity)
        nodes = entity.at(self.at)
        items = tuple(reading for node in nodes if (reading := self._reading(entity, node)) is not None)
        return Readings(items, None if items else self._anchor(entity, nodes))

    def _reading(self, entity: EntityCase, node: etree._Element) -> Reading | None:
        group = entity.group(node, self.of or self.at)
        owners = entity.at(self.of or self.at)
        label = _which(owners, group)
        fact, reader = self.fact, entity.reader
        if self.what == "text":
            return reader.element(node, fact.kind, label=label, group=group, sensitive=fact.sensitive)
        if self.what.startswith("@"):
            return reader.attribute(node, q(self.what[1:]), fact.kind, label=label, group=group, sensitive=fact.sensitive)
        raw = local(node.tag) if self.what == "tag" else "present"
        return Reading(raw, raw, entity.document.ref(node), reader.covered(node), label, group)

    def _anchor(self, entity: EntityCase, nodes: Sequence[etree._Element]) -> NodeRef:
        """Return where the value is missing: in the first element that could hold it, else in the deepest one there is."""
        step = self.what if self.what.startswith("@") else ""
        if nodes:
            return entity.document.absent(nodes[0], step)
        first = self.at.partition(" | ")[0]
        if first.startswith("{role}"):
            roles = [child for child in entity.node if child.tag in _ROLE_TAGS]
            if roles:
                return entity.document.absent(roles[0], first.removeprefix("{role}/"))
            first = first.replace("{role}", ROLES[0])
        return entity.document.absent(entity.node, first or step)


def _which(owners: Sequence[etree._Element], at: int) -> str:
    """Return which of several elements one is: its name, and its number among those of the same name."""
    if len(owners) < 2:
        return ""
    same = [owner for owner in owners if owner.tag == owners[at].tag]
    name = local(owners[at].tag)
    return f"{name} {same.index(owners[at]) + 1}" if len(same) > 1 else name


_ROLE_TAGS = frozenset(map(q, ROLES))
METADATA: dict[str, MetadataFact] = {}
"""Every fact of metadata by name, once ``every`` is imported; ``FACTS`` knows them too, so packs that name them are checked."""


def pick(name: str, title: str, at: str, what: str, doc: str, *, kind: str = "text", of: str = "", sensitive: bool = False) -> None:
    """Add a fact that is read from fixed paths. See ``paths.path`` and ``MetadataFact``."""
    entry = Fact(name, title, kind, lambda _case: NOT_A_LOGIN, doc, sensitive, many=bool(at))
    add(entry)
    METADATA[name] = MetadataFact(entry, path(at), what, path(of), quick=_quick(at, what))


def _quick(at: str, what: str) -> Quick:
    """Return the quick way to the values of a picked fact."""
    if what == "text":
        # most elements hold text alone, and then a function call would cost more than reading it
        return lambda entity: [text_of(node) if len(node) else node.text or "" for node in entity.found.get(at, ())]
    if what == "tag":
        return lambda entity: [local(node.tag) for node in entity.found.get(at, ())]
    if what == "here":
        return lambda entity: ["present"] * len(entity.found.get(at, ()))
    key = q(what[1:])
    return lambda entity: [raw for node in entity.found.get(at, ()) if (raw := node.get(key)) is not None]


def derived(
    name: str,
    title: str,
    doc: str,
    *,
    kind: str = "text",
    sensitive: bool = False,
    many: bool = True,
    at: str = "",
    quick: Quick | None = None,
) -> Callable[[Derive], Derive]:
    """Add the decorated function as a fact. ``at``, ``quick``: see ``MetadataFact``; the latter gives what the function gives."""

    def register(derive: Derive) -> Derive:
        entry = Fact(name, title, kind, lambda _case: NOT_A_LOGIN, doc, sensitive, many)
        add(entry)
        METADATA[name] = MetadataFact(entry, path(at), derive=derive, quick=quick)
        return derive

    return register


class EntityTable(FactTable):
    """The facts of one entity, each read at most once. Facts of a login are not available in it."""

    def __init__(self, entity: EntityCase) -> None:
        """Nothing is read yet."""
        import samlcheck.facts.every  # noqa: F401 - fills METADATA

        super().__init__(_no_login(entity.clock))
        self.entity = entity

    def read(self, name: str) -> Readings:
        """Return the readings of a fact; raises KeyError for a name that is not in the table."""
        known = self._memory.get(name)
        if known is None:
            entry = METADATA.get(name)
            if entry is None:
                return super().read(name)
            known = self._memory[name] = entry.read(self.entity)
        return known


@lru_cache(maxsize=8)
def _no_login(clock: Clock) -> Case:
    """Return the case of a login of which nothing is there: metadata is judged by the clock, without tolerance."""
    from samlcheck.capture.model import Capture

    nothing = Login(None, None, Capture(Artifact("metadata", b""), "paste", ()), "metadata")
    return Case(nothing, None, None, Anchors(), (), Told(), clock, 0)
