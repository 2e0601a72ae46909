"""How readings are made from elements and attributes, so that every fact points at its place in the same way."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from samlcheck.facts.table import Reading, Readings, Value
from samlcheck.saml import values
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.document import Document, text_of
from samlcheck.xmldoc.names import local, q

NO_MESSAGE = Readings(unavailable="there is no message in what was given", needs="a SAML message")

Convert = Callable[[str], Value | None]


def typed(kind: str) -> Convert:
    """Return the converter for a fact kind; one that cannot be converted becomes None."""
    return _CONVERTERS.get(kind, _as_written)


def _as_written(text: str) -> str:
    return text


def _integer(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


_CONVERTERS: dict[str, Convert] = {"instant": values.instant, "boolean": values.boolean, "integer": _integer}


class Reader:
    """Makes readings for one document, with coverage from the trust facts."""

    def __init__(self, document: Document, trust: TrustFacts | None) -> None:
        """document: where nodes live. trust: coverage, or None where the question does not arise."""
        self.document = document
        self.trust = trust

    def covered(self, node: etree._Element) -> bool | None:
        """Return whether a node is covered; None without verification."""
        return self.trust.covers(node) if self.trust is not None and self.trust.anatomy.document is self.document else None

    def element(
        self, node: etree._Element, kind: str = "text", *, label: str = "", group: int = 0, sensitive: bool = False
    ) -> Reading:
        """Return the text of an element as a reading."""
        raw = text_of(node)
        name = self.document.tag_as_written(node)
        place = self.document.ref(node, text=True)
        return Reading(typed(kind)(raw), raw, place, self.covered(node), label, group, sensitive, (f"<{name}>", f"</{name}>"))

    def attribute(
        self, node: etree._Element, name: str, kind: str = "text", *, label: str = "", group: int = 0, sensitive: bool = False
    ) -> Reading | None:
        """Return an attribute as a reading, or None if the element has none of that name."""
        raw = node.get(name)
        if raw is None:
            return None
        before = f'<{self.document.tag_as_written(node)} … {local(name)}="'
        place = self.document.ref(node, name)
        return Reading(typed(kind)(raw), raw, place, self.covered(node), label, group, sensitive, (before, '"'))

    def present(self, node: etree._Element) -> Reading:
        """Return the reading that an element is there, whatever is in it."""
        return Reading("present", "present", self.document.ref(node), self.covered(node))

    def read(self, node: etree._Element, at: str, kind: str = "text", *, of: str = "", sensitive: bool = False) -> Readings:
        """Return everything at a path, anchored where it is missing from.

        at: child steps that end in an element, whose text is meant, or in an attribute: ``saml:Issuer``,
        ``saml:Issuer/@Format``. of: child steps from ``node`` to the elements that ``at`` begins from; each of them is
        a group of its own, and names the readings if there are several: ``AudienceRestriction 2``.
        """
        owners = self.document.children(node, of)
        found: list[Reading] = []
        bare: etree._Element | None = None
        for group, owner in enumerate(owners):
            label = f"{local(owner.tag)} {group + 1}" if len(owners) > 1 else ""
            own = self._of_owner(owner, at, kind, label, group, sensitive)
            found.extend(own)
            if not own and bare is None:
                bare = owner
        if not owners:
            return Readings((), self.document.absent(node, f"{of}/{at}"))
        return Readings(tuple(found), self.document.absent(owners[0] if bare is None else bare, at))

    def _of_owner(self, owner: etree._Element, at: str, kind: str, label: str, group: int, sensitive: bool) -> list[Reading]:
        path, _, last = at.rpartition("/")
        if not last.startswith("@"):
            nodes = self.document.children(owner, at)
            return [self.element(node, kind, label=label, group=group, sensitive=sensitive) for node in nodes]
        nodes = self.document.children(owner, path)
        read = (self.attribute(node, q(last[1:]), kind, label=label, group=group, sensitive=sensitive) for node in nodes)
        return [reading for reading in read if reading is not None]


def constant(raw: str, value: Value | None = None, *, label: str = "", sensitive: bool = False) -> Readings:
    """Return one reading that has no place in a document (an option, a verdict)."""
    return Readings((Reading(raw if value is None else value, raw, label=label, sensitive=sensitive),))
