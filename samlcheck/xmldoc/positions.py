"""Octet offset, line and column of every tag, attribute and text of a document.

lxml knows only a line number, wrong for tags over several lines and useless in XML on one line. So the octets are
scanned once more, when the first place is asked for. Elements are named by their index in document order.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from samlcheck.frozen import dataclass
from samlcheck.source import Span
from samlcheck.xmldoc.encoding import Encoding

# All markup of a document without a DTD. In well-formed XML each match is one whole construct: a > in a value or a
# tag in a comment is not taken for markup. Possessive, so that malformed octets cannot make it backtrack.
_MARKUP = re.compile(
    rb"<(?:!--.*?(?:-->|\Z)|!\[CDATA\[.*?(?:\]\]>|\Z)|\?.*?(?:\?>|\Z)"  # what is not closed ends the search: no second look
    rb"|(?P<end>/)?(?P<name>[^\s/>!?]++)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>)",
    re.DOTALL,
)
_NAME = re.compile(rb"[^\s/>]++")
_ATTRIBUTE = re.compile(rb"([^\s=\"'/<>]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_LINE_END = re.compile(rb"\r\n?|\n")  # XML 1.0, 2.11
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class AttributePlace:
    """Where one attribute or namespace declaration stands."""

    name: str
    """As written, with the sender's prefix."""
    whole: Span
    """Name, equals sign, quotes and value."""
    value: Span
    """What stands between the quotes."""


class _Tags(NamedTuple):
    """For each element, in code units: where its start tag begins and stops, and where its end tag begins."""

    begins: array[int]
    stops: array[int]
    ends: array[int]
    """``stops`` again for an empty-element tag; the end of the data for an element that is not closed."""
    open: list[int]
    """Elements not closed, outermost first; none in well-formed XML."""


class Positions:
    """The places in one document."""

    def __init__(self, data: bytes, encoding: Encoding) -> None:
        """data: a well-formed document without DTD, or the beginning of one. Nothing is scanned yet."""
        self._data = data
        self._encoding = encoding

    def __len__(self) -> int:
        """Return the number of elements."""
        return len(self._tags.begins)

    @property
    def open(self) -> tuple[int, ...]:
        """The elements that are not closed, outermost first."""
        return tuple(self._tags.open)

    def name(self, element: int) -> str:
        """Return the name of an element as written, with the sender's prefix."""
        found = _NAME.match(self._units, self._tags.begins[element] + 1)
        return self.written(self._span(*found.span())) if found else ""

    def start_tag(self, element: int) -> Span:
        """Return the place of an element's start tag or empty-element tag."""
        return self._span(self._tags.begins[element], self._tags.stops[element])

    def end_tag(self, element: int) -> Span | None:
        """Return the place of an element's end tag; None if an empty-element tag stands for both."""
        if self._is_empty(element):
            return None
        begin = self._tags.ends[element]
        return self._span(begin, self._units.find(b">", begin) + 1)

    def content(self, element: int) -> Span:
        """Return the place of all that stands between an element's tags, of no length if there is nothing."""
        return self._span(self._tags.stops[element], self._tags.ends[element])

    def attributes(self, element: int) -> tuple[AttributePlace, ...]:
        """Return the places of an element's attributes and namespace declarations, as written."""
        return tuple(map(self._place, self._attributes(element)))

    def attribute(self, element: int, is_wanted: Callable[[str], bool]) -> AttributePlace | None:
        """Return the place of an element's first attribute or declaration whose name, as written, is wanted."""
        found = next((one for one in self._attributes(element) if is_wanted(self._name(one))), None)
        return self._place(found) if found is not None else None

    def _attributes(self, element: int) -> Iterator[re.Match[bytes]]:
        tags = self._tags
        return _ATTRIBUTE.finditer(self._units, tags.begins[element], tags.stops[element])

    def _name(self, attribute: re.Match[bytes]) -> str:
        width, (begin, stop) = self._encoding.width, attribute.span(1)
        return self._data[begin * width : stop * width].decode(self._encoding.codec, "replace")

    def _place(self, attribute: re.Match[bytes]) -> AttributePlace:
        value = self._span(*attribute.span(attribute.lastindex or 0))
        return AttributePlace(self._name(attribute), self._span(*attribute.span()), value)

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column (1-based, in characters) of an octet offset; a byte order mark is no character."""
        unit = max(offset, self._encoding.mark) // self._encoding.width
        line = bisect_right(self._lines, unit)
        return line, self._characters(unit) - self._characters(self._lines[line - 1]) + 1

    def written(self, span: Span) -> str:
        """Return what the document says at a place."""
        return self._data[span.start : span.end].decode(self._encoding.codec, "replace")

    @cached_property
    def _units(self) -> bytes:
        return self._encoding.units(self._data)

    @cached_property
    def _tags(self) -> _Tags:
        units = self._units
        tags = _Tags(array("q"), array("q"), array("q"), [])
        begins, stops, ends, opened = tags
        for found in _MARKUP.finditer(units):
            if found["end"]:
                if opened:
                    ends[opened.pop()] = found.start()
            elif found["name"]:
                begins.append(found.start())
                stops.append(found.end())
                if units[found.end() - 2] == ord("/"):
                    ends.append(found.end())
                else:
                    opened.append(len(ends))
                    ends.append(len(units))
        return tags

    @cached_property
    def _lines(self) -> array[int]:
        """Code unit offset at which each line begins; an array, for there can be a line for each octet."""
        first = self._encoding.mark // self._encoding.width
        return array("Q", chain((first,), (found.end() for found in _LINE_END.finditer(self._units))))

    @cached_property
    def _leads(self) -> tuple[bytes, bytes]:
        return self._encoding.leads(self._data)

    @cached_property
    def _before_block(self) -> list[int]:
        """How many characters stand before each block: without it, XML on one line would cost its length per place."""
        leads, rest = self._leads
        blocks = (len(leads[at : at + _BLOCK].translate(None, rest)) for at in range(0, len(leads), _BLOCK))
        return list(accumulate(blocks, initial=0))

    def _characters(self, unit: int) -> int:
        leads, rest = self._leads
        block = min(unit, len(leads)) // _BLOCK
        return self._before_block[block] + len(leads[block * _BLOCK : unit].translate(None, rest))

    def _is_empty(self, element: int) -> bool:
        return self._units[self._tags.stops[element] - 2] == ord("/")

    def _span(self, begin: int, stop: int) -> Span:
        width = self._encoding.width
        return Span(begin * width, stop * width, *self.at(begin * width))
