"""How readings are made from elements and attributes, so that every fact points at its place in the same way."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from samlcheck.facts.table import Reading, Readings, Value
from samlcheck.saml import values
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local, q

Convert = Callable[[str], Value | None]


def typed(kind: str) -> Convert:
    """Return the converter for a fact kind."""
    if kind == "instant":
        return values.instant
    if kind == "boolean":
        return values.boolean
    if kind == "integer":
        return lambda text: int(text) if text.strip().isascii() and text.strip().isdigit() and len(text) < 19 else None
    return lambda text: text


def text_of(element: etree._Element) -> str:
    """Return all character data directly inside an element, comments and PIs skipped but their tails joined.

    This is what canonicalisation leaves of the value (CVE-2017-11427 and kin read only the first piece).
    """
    pieces = [element.text or ""]
    pieces.extend(child.tail or "" for child in element)
    return "".join(pieces)


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
        return Reading(
            typed(kind)(raw),
            raw,
            self.document.ref(node, text=True),
            self.covered(node),
            label,
            group,
            sensitive,
            (f"<{name}>", f"</{name}>"),
        )

    def attribute(
        self,
        node: etree._Element,
        name: str,
        kind: str = "text",
        *,
        label: str = "",
        group: int = 0,
        sensitive: bool = False,
    ) -> Reading | None:
        """Return an attribute as a reading, or None if the element has none of that name."""
        raw = node.get(name)
        if raw is None:
            return None
        tag = self.document.tag_as_written(node)
        return Reading(
            typed(kind)(raw),
            raw,
            self.document.ref(node, name),
            self.covered(node),
            label,
            group,
            sensitive,
            (f'<{tag} … {local(name)}="', '"'),
        )

    def one_attribute(self, node: etree._Element | None, name: str, kind: str = "text", **more: bool) -> Readings:
        """Return the readings of one attribute of one element, anchored at the element."""
        if node is None:
            return Readings()
        reading = self.attribute(node, name, kind, **more)  # type: ignore[arg-type]
        anchor = self.document.absent(node, "@" + local(name))
        return Readings((reading,) if reading else (), anchor)

    def child_text(self, node: etree._Element | None, path: str, kind: str = "text", *, sensitive: bool = False) -> Readings:
        """Return the readings of the children at ``path`` (``saml:Subject/saml:NameID``), anchored where they belong."""
        if node is None:
            return Readings()
        steps = path.split("/")
        parents = [node]
        for step in steps[:-1]:
            below = [child for parent in parents for child in parent.iterchildren(q(step))]
            if not below:
                return Readings((), self.document.absent(parents[0], step))
            parents = below
        found = [child for parent in parents for child in parent.iterchildren(q(steps[-1]))]
        anchor = self.document.absent(parents[0], steps[-1])
        return Readings(tuple(self.element(child, kind, sensitive=sensitive) for child in found), anchor)


def constant(raw: str, value: Value | None = None, *, label: str = "", sensitive: bool = False) -> Readings:
    """Return one reading that has no place in a document (an option, a verdict)."""
    return Readings((Reading(raw if value is None else value, raw, label=label, sensitive=sensitive),))
