"""Canonical octets with their values left open: what they would be had a value been written otherwise.

Undoing a damage touches values only, so the tree is walked once and each hypothesis costs a join and a digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, zip_longest

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.trust.canonical import Edit, escaped
from samlcheck.xmldoc.names import DS, local

_MARK = "\0"  # XML cannot contain it


@dataclass(frozen=True, slots=True)
class Value:
    """A text node or an attribute value of a signed element."""

    element: etree._Element
    """What the text stands in, or bears the attribute."""
    text: str
    is_attribute: bool

    @property
    def is_leaf(self) -> bool:
        """Whether it is the text of an element without child elements: a value, and not the space between elements."""
        return not self.is_attribute and len(self.element) == 0

    @property
    def in_signature(self) -> bool:
        """Whether it belongs to a signature."""
        return str(self.element.tag).startswith(f"{{{DS}}}")

    @property
    def name(self) -> str:
        """What people call it: ``NameID``, ``the attribute email``."""
        name = local(self.element.tag)
        parent = self.element.getparent()
        if name != "AttributeValue" or parent is None:
            return name
        return f"the attribute {(parent.get('Name') or '').rpartition('/')[2] or 'without a name'}"


Undo = Callable[[Value], str]
"""Given a value as it is, return it as it may have been."""


@dataclass(frozen=True)
class Respelling:
    """The canonical form of one element, as literal pieces with a value between each two of them."""

    literals: tuple[str, ...]
    values: tuple[Value, ...]

    @property
    def size(self) -> int:
        """Characters of the canonical form, about."""
        return sum(map(len, self.literals)) + sum(len(value.text) for value in self.values)

    def octets(self, undo: Undo) -> bytes | None:
        """Return the octets with every value as it may have been; None if that changes none."""
        written = [undo(value) for value in self.values]
        if all(new == value.text for new, value in zip(written, self.values, strict=True)):
            return None
        return self._joined(written)

    def around(self, index: int) -> tuple[bytes, bytes]:
        """Return the octets before and after one value."""
        written = [escaped(value.text, attribute=value.is_attribute) for value in self.values]
        before = chain.from_iterable(zip(self.literals[: index + 1], [*written[:index], ""], strict=True))
        after = chain.from_iterable(zip_longest(self.literals[index + 1 :], written[index + 1 :], fillvalue=""))
        return "".join(before).encode(), "".join(after).encode()

    def _joined(self, written: list[str]) -> bytes:
        def pieces() -> Iterator[str]:
            for literal, value, text in zip(self.literals, self.values, written, strict=False):
                yield literal
                yield escaped(text, attribute=value.is_attribute)
            yield self.literals[-1]

        return "".join(pieces()).encode()


def respelling(canonical: Callable[[Edit, Edit], bytes]) -> Respelling:
    """Return the open form of what ``canonical`` writes, given how to write text nodes and attribute values."""
    values: list[Value] = []

    def text(element: etree._Element, value: str) -> str:
        values.append(Value(element, value, False))
        return f"{_MARK}{value}{_MARK}"

    def attribute(element: etree._Element, value: str) -> str:
        values.append(Value(element, value, True))
        return f"{_MARK}{value}{_MARK}"

    octets = canonical(text, attribute)
    return Respelling(tuple(octets.decode().split(_MARK)[0::2]), tuple(values))
