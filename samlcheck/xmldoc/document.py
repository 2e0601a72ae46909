"""A parsed XML document that knows where each of its nodes stands.

One ``Document`` is one reading of one byte string: the tree is never mutated, nothing is re-serialised, and whoever
needs to change something (``trust``) works on a copy of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import field
from functools import cached_property
from typing import Any, TypeVar

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef, Span
from samlcheck.xmldoc.names import PREFIXES, XML, local, q
from samlcheck.xmldoc.positions import AttributePlace, Positions

T = TypeVar("T")


def text_of(element: etree._Element) -> str:
    """Return all character data directly inside an element: what stands before, between and after comments is joined.

    This is what canonicalisation leaves of a value (CVE-2017-11427 and its kin read only the first piece). What
    stands inside child elements is not part of it.
    """
    if not len(element):
        return element.text or ""
    return "".join((element.text or "", *(child.tail or "" for child in element)))


@dataclass(frozen=True)
class Document:
    """Octets and the tree read from them. All methods take elements of this document's own tree only."""

    name: str
    data: bytes
    """UTF-8 or UTF-16 octets exactly as decoded from the transport."""
    root: etree._Element
    positions: Positions = field(repr=False)

    def once(self, look: Callable[[etree._Element], T]) -> T:
        """Return what a function finds below the root; it is asked once, for documents do not change."""
        if look not in self._found:
            self._found[look] = look(self.root)
        found: T = self._found[look]
        return found

    def ref(self, node: etree._Element, attribute: str | None = None, *, text: bool = False) -> NodeRef:
        """Return the place of ``node`` (its start tag), of its attribute (Clark notation) or of its text.

        The text is all that stands between the element's tags; where an element is empty it has a place of no length.
        An attribute that is not there is a reference marked ``absent``.
        """
        if attribute is not None and node.get(attribute) is None:
            return self.absent(node, _attribute_step(attribute))

        def find() -> tuple[str, Span | None]:
            path = self.path(node)
            if attribute is not None:
                place = self.attribute(node, attribute)
                return f"{path}/{_attribute_step(attribute)}", place.whole if place else None
            index = self._index(node)
            return path, self.positions.content(index) if text else self.positions.start_tag(index)

        return _Place(self.name, find, absent=False)

    def absent(self, anchor: etree._Element, missing: str) -> NodeRef:
        """Return the place where ``missing`` should be: the start tag of the deepest element that is there.

        missing: a child (``saml:Audience``), an attribute (``@Recipient``), or steps to one from ``anchor``
        (``saml:Conditions/saml:AudienceRestriction/saml:Audience``); the last step is not looked for.
        """

        def find() -> tuple[str, Span | None]:
            node, steps = anchor, missing.split("/")
            while len(steps) > 1 and (below := self.children(node, steps[0])):
                node = below[0]
                del steps[0]
            return "/".join((self.path(node), *steps)), self.positions.start_tag(self._index(node))

        return _Place(self.name, find, absent=True)

    def end(self, node: etree._Element) -> int:
        """Return the offset of the octet behind ``node`` and everything in it."""
        index = self._index(node)
        return (self.positions.end_tag(index) or self.positions.start_tag(index)).end

    def children(self, node: etree._Element, path: str) -> tuple[etree._Element, ...]:
        """Return the elements at a path of child steps (``saml:Subject/saml:NameID``) in document order; '': the node."""
        if not path:
            return (node,)
        known = self._children.get((node, path))
        if known is None:
            above, _, step = path.rpartition("/")
            known = tuple(child for parent in self.children(node, above) for child in parent.iterchildren(q(step)))
            self._children[node, path] = known
        return known

    def attribute(self, node: etree._Element, name: str) -> AttributePlace | None:
        """Return where an attribute (Clark notation) and its value stand; None if the element has none of that name."""
        uri, _, local_name = name.removeprefix("{").rpartition("}")

        def is_wanted(as_written: str) -> bool:
            prefix, _, written = as_written.rpartition(":")
            return written == local_name and prefix != "xmlns" and _bound(node, prefix) == uri

        return self.positions.attribute(self._index(node), is_wanted)

    def path(self, node: etree._Element) -> str:
        """Return the absolute XPath of ``node`` with the prefixes of ``names``; indexes only where needed.

        Elements in namespaces that have no usual prefix are named by ``*[local-name()='…']``: a prefix of the
        sender's choice could pass itself off as one of ours.
        """
        steps = []
        current: etree._Element | None = node
        while current is not None:
            steps.append(self._step(current))
            current = current.getparent()
        return "/" + "/".join(reversed(steps))

    def tag_as_written(self, node: etree._Element) -> str:
        """Return the element's name with the prefix the sender used."""
        name = local(node.tag)
        return f"{node.prefix}:{name}" if node.prefix else name

    def written(self, span: Span) -> str:
        """Return what stands at a place, as written."""
        return self.positions.written(span)

    def _index(self, node: etree._Element) -> int:
        index = self._order.get(node)
        if index is None:
            raise ValueError("the element belongs to another document")
        return index

    @cached_property
    def _found(self) -> dict[object, Any]:
        """Answers to ``once``."""
        return {}

    @cached_property
    def _order(self) -> dict[etree._Element, int]:
        """Index of every element in document order. The references held keep lxml's proxies the same objects."""
        return {node: index for index, node in enumerate(self.root.iter("*"))}

    @cached_property
    def _children(self) -> dict[tuple[etree._Element, str], tuple[etree._Element, ...]]:
        """Paths followed so far: many facts begin with the same steps."""
        return {}

    @cached_property
    def _steps(self) -> dict[etree._Element, str]:
        """Path steps found so far: filled for all children of a parent at once, as wide parents are common."""
        return {self.root: _name_step(self.root)}

    def _step(self, node: etree._Element) -> str:
        known = self._steps.get(node)
        if known is not None:
            return known
        parent = node.getparent()
        siblings = list(parent.iterchildren("*")) if parent is not None else [node]
        names = [_name_step(child) for child in siblings]
        # *[local-name()='X'] selects elements of any namespace, those with a prefix of ours among them
        rivals = [_any_namespace(child) for child in siblings]
        total = Counter(names) + Counter(rival for rival, name in zip(rivals, names, strict=True) if rival != name)
        seen: Counter[str] = Counter()
        for child, name, rival in zip(siblings, names, rivals, strict=True):
            seen.update({name, rival})
            self._steps[child] = f"{name}[{seen[name]}]" if total[name] > 1 else name
        return self._steps[node]


class _Place(NodeRef):
    """A ``NodeRef`` that is located when its path or span is first asked for.

    A login has some hundred readings, each with its place; reports show a few. Locating all of them would cost more
    than verifying the signature. To everybody else this is an ordinary ``NodeRef``, equal to one with the same values.
    """

    __slots__ = ("_find",)

    _find: Callable[[], tuple[str, Span | None]]

    def __init__(self, document: str, find: Callable[[], tuple[str, Span | None]], *, absent: bool) -> None:
        _set_document(self, document)
        _set_absent(self, absent)
        _set_find(self, find)

    def __getattr__(self, name: str) -> object:
        """Fill the slots that are still empty (reached only while they are)."""
        if name not in ("path", "span"):
            raise AttributeError(name)
        path, span = self._find()
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "span", span)
        return path if name == "path" else span

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NodeRef):
            return NotImplemented
        return (self.document, self.path, self.span, self.absent) == (other.document, other.path, other.span, other.absent)

    def __hash__(self) -> int:
        return hash((self.document, self.path, self.span, self.absent))

    def __reduce__(self) -> tuple[type[NodeRef], tuple[str, str, Span | None, bool]]:
        return NodeRef, (self.document, self.path, self.span, self.absent)


# What the slots are filled through: ``__setattr__`` refuses, and ``object.__setattr__`` looks each name up.
_set_document: Callable[[_Place, str], None] = NodeRef.__dict__["document"].__set__
_set_absent: Callable[[_Place, bool], None] = NodeRef.__dict__["absent"].__set__
_set_find: Callable[[_Place, Callable[[], tuple[str, Span | None]]], None] = _Place.__dict__["_find"].__set__


def _bound(node: etree._Element, prefix: str) -> str:
    """Return the namespace of an attribute's prefix; without one it is in none (Namespaces in XML 1.0, 6.2)."""
    if not prefix:
        return ""
    return XML if prefix == "xml" else node.nsmap.get(prefix, "")


def _name_step(node: etree._Element) -> str:
    name = etree.QName(node)
    if not name.namespace:
        return name.localname
    prefix = PREFIXES.get(name.namespace)
    return f"{prefix}:{name.localname}" if prefix else _any_namespace(node)


def _any_namespace(node: etree._Element) -> str:
    return f"*[local-name()='{etree.QName(node).localname}']"


def _attribute_step(attribute: str) -> str:
    uri, _, name = attribute.removeprefix("{").rpartition("}")
    if not uri:
        return f"@{name}"
    prefix = PREFIXES.get(uri)
    return f"@{prefix}:{name}" if prefix else f"@*[local-name()='{name}']"
