"""The table of metadata facts: how each is read from an entity.

A fact is picked from fixed paths below the entity, or derived from it by a function. Places and readings are made for those
facts only that somebody asks for. To checks, templates and packs an ``EntityTable`` is a fact table like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from lxml import etree

from samlcheck.case import Case, Clock, Told
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.paths import ROLES, path
from samlcheck.facts.table import Fact, FactTable, Reading, Readings, add
from samlcheck.frozen import dataclass
from samlcheck.login import Login
from samlcheck.source import Artifact, NodeRef
from samlcheck.trust.facts import Anchors
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local, q

NOT_A_LOGIN = Readings(unavailable="this is a fact of metadata, not of a login", needs="samlcheck metadata")
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
    """The values as written, in some order, without readings and places; None where only the long way can tell."""
    some: str = ""
    """Path of elements each of which gives a value, whatever is in it; empty if there are none such."""
    row: bool = False
    """The quick values of entities put ``together`` are those of each, in some order; no element at ``at`` gives two."""

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
    some = "" if what.startswith("@") else at
    METADATA[name] = MetadataFact(entry, path(at), what, path(of), quick=_quick(at, what), some=some, row=True)


def _quick(at: str, what: str) -> Quick:
    """Return the quick way to the values of a picked fact."""
    if what == "text":
        # most elements hold text alone, and then a function call would cost more than reading it
        return lambda entity: [text_of(node) if len(node) else node.text or "" for node in entity.found.some(at)]
    if what == "tag":
        return lambda entity: [local(node.tag) for node in entity.found.some(at)]
    if what == "here":
        return lambda entity: ["present"] * len(entity.found.some(at))
    key = q(what[1:])
    return lambda entity: [raw for node in entity.found.some(at) if (raw := node.get(key)) is not None]


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
    some: str = "",
    row: bool = False,
) -> Callable[[Derive], Derive]:
    """Add the decorated function as a fact. See ``MetadataFact``; ``quick`` gives what the function gives."""

    def register(derive: Derive) -> Derive:
        entry = Fact(name, title, kind, lambda _case: NOT_A_LOGIN, doc, sensitive, many)
        add(entry)
        METADATA[name] = MetadataFact(entry, path(at), derive=derive, quick=quick, some=some, row=row)
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
