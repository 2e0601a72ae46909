"""Octet offset, line and column of every tag, attribute and text of a document.

lxml knows only a line number, wrong for tags over several lines and useless in XML on one line. The gate notes where
each element begins and where its content ends; everything else is found here in the octets, when it is asked for.
Elements are named by their index in document order.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from samlcheck.source import Span
from samlcheck.xmldoc.encoding import Encoding

# Possessive: these run over well-formed tags only, but must stay linear over anything.
_START_TAG = re.compile(rb"<[^\s/>]++(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_TAG_NAME = re.compile(rb"<([^\s/>]++)")
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


class Positions:
    """The places in one document."""

    def __init__(self, data: bytes, encoding: Encoding, starts: Sequence[int], ends: Sequence[int]) -> None:
        """starts, ends: for each element the octet offset of its start tag, and of its end tag.

        For an empty-element tag the latter is the offset behind the tag; for an element that was not closed it is
        the end of the data.
        """
        self._data = data
        self._encoding = encoding
        self._starts = starts
        self._ends = ends

    def __len__(self) -> int:
        """Return the number of elements."""
        return len(self._starts)

    def name(self, element: int) -> str:
        """Return the name of an element as written, with the sender's prefix."""
        found = _TAG_NAME.match(self._units, self._starts[element] // self._encoding.width)
        return self._written(found.start(1), found.end(1)) if found else ""

    def start_tag(self, element: int) -> Span:
        """Return the place of an element's start tag or empty-element tag."""
        return self._span(*self._start_tag(element))

    def end_tag(self, element: int) -> Span | None:
        """Return the place of an element's end tag; None if an empty-element tag stands for both."""
        _, stop = self._start_tag(element)
        if self._is_empty(stop):
            return None
        begin = self._ends[element] // self._encoding.width
        return self._span(begin, self._units.index(b">", begin) + 1)

    def content(self, element: int) -> Span:
        """Return the place of all that stands between an element's tags, of no length if there is nothing."""
        _, stop = self._start_tag(element)
        return self._span(stop, stop if self._is_empty(stop) else self._ends[element] // self._encoding.width)

    def attributes(self, element: int) -> tuple[AttributePlace, ...]:
        """Return the places of an element's attributes and namespace declarations, as written."""
        begin, stop = self._start_tag(element)
        return tuple(
            AttributePlace(self._written(*found.span(1)), self._span(*found.span()), self._span(*found.span(found.lastindex or 0)))
            for found in _ATTRIBUTE.finditer(self._units, begin, stop)
        )

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column (1-based, in characters) of an octet offset; a byte order mark is no character."""
        unit = offset // self._encoding.width
        line = bisect_right(self._lines, unit)
        begin = self._lines[line - 1] if line else 0
        return max(line, 1), max(self._characters(unit) - self._characters(begin), 0) + 1

    def written(self, span: Span) -> str:
        """Return what the document says at a place."""
        return self._data[span.start : span.end].decode(self._encoding.codec, "replace")

    @cached_property
    def _units(self) -> bytes:
        return self._encoding.units(self._data)

    @cached_property
    def _lines(self) -> list[int]:
        """Code unit offset at which each line begins."""
        return [self._encoding.mark // self._encoding.width, *(found.end() for found in _LINE_END.finditer(self._units))]

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

    def _start_tag(self, element: int) -> tuple[int, int]:
        begin = self._starts[element] // self._encoding.width
        found = _START_TAG.match(self._units, begin)
        return (begin, found.end()) if found else (begin, begin)

    def _is_empty(self, stop: int) -> bool:
        return self._units[stop - 2 : stop] == b"/>"

    def _span(self, begin: int, stop: int) -> Span:
        width = self._encoding.width
        return Span(begin * width, stop * width, *self.at(begin * width))

    def _written(self, begin: int, stop: int) -> str:
        width = self._encoding.width
        return self._data[begin * width : stop * width].decode(self._encoding.codec, "replace")
