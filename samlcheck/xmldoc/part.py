"""A piece of a large document as a document of its own that knows where it stands in the whole.

An aggregate of metadata may hold two gigabytes; each entity is parsed alone, between copies of the start tags around it
(their namespaces, ``xml:`` attributes and ``validUntil`` belong to it too). Places and paths are those of the whole file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from lxml import etree

from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.source import Artifact, Span
from samlcheck.xmldoc import gate
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.encoding import encoding_of
from samlcheck.xmldoc.limits import Limits
from samlcheck.xmldoc.parse import parse, parse_admitted
from samlcheck.xmldoc.positions import Positions

_UTF_8 = encoding_of(Artifact("", b""))


@dataclass(frozen=True, slots=True)
class Piece:
    """Where octets of a part come from."""

    at: int
    """Offset in the part at which they begin."""
    start: int
    """Offset in the whole file."""
    line: int
    column: int
    """1-based, as in ``Span``."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The octets of a part, and where each run of them comes from, in order."""

    data: bytes
    pieces: tuple[Piece, ...]
    steps: tuple[str, ...] = ()
    """Path steps of the outermost elements, the root first: ``md:EntitiesDescriptor``, ``md:EntityDescriptor[17]``."""
    width: int = 0
    """How the file is written, if not in UTF-8: 1 where each character is an octet, 2 for UTF-16."""


def width_of(octets: bytes, width: int) -> int:
    """Return how many octets of the file some UTF-8 octets of a slice stand for. width: as in ``Slice``."""
    if not width:
        return len(octets)
    leads = octets.translate(None, _CONTINUATION)
    return width * len(leads) if width == 1 else width * (len(leads) + len(leads.translate(None, _PLANE_0)))


_CONTINUATION, _PLANE_0 = bytes(range(0x80, 0xC0)), bytes(range(0xF0))


class PartPositions(Positions):
    """Places of a part, counted in the whole file."""

    def __init__(self, slice_: Slice) -> None:
        """Nothing is scanned yet."""
        super().__init__(slice_.data, _UTF_8)
        self._width = slice_.width
        self._pieces = slice_.pieces
        self._begins = [piece.at for piece in slice_.pieces]

    def whole(self, start: int, end: int) -> Span:
        """Return the place in the file of octets of the part."""
        piece = self._pieces[max(bisect_right(self._begins, start) - 1, 0)]
        line, column = self.at(start)
        first_line, first_column = self.at(piece.at)
        offset = piece.start + width_of(self._data[piece.at : start], self._width)
        return Span(
            offset,
            offset + width_of(self._data[start:end], self._width),
            piece.line + line - first_line,
            column if line != first_line else piece.column + column - first_column,
        )

    def whole_at(self, line: int, column: int) -> Span:
        """Return the place in the file of a line and column of the part."""
        begin = self._lines[min(line, len(self._lines)) - 1]
        before = self._data[begin : begin + 4 * column].decode("utf-8", "replace")[: column - 1]
        start = begin + len(before.encode())
        return self.whole(start, start)

    def written(self, span: Span) -> str:
        """Return what the document says at a place of the whole file."""
        for piece in reversed(self._pieces):
            begin, end = span.start - piece.start, span.end - piece.start
            if begin < 0:
                continue
            if not self._width:
                return self._data[piece.at + begin : piece.at + end].decode("utf-8", "replace")
            text = self._data[piece.at :].decode("utf-8", "replace")
            return text[begin:end] if self._width == 1 else text.encode("utf-16le")[begin:end].decode("utf-16le", "replace")
        return ""

    def _span(self, begin: int, stop: int) -> Span:
        return self.whole(begin, stop)


class Part(Document):
    """A document that is part of a larger one."""

    def __init__(self, name: str, slice_: Slice, root: etree._Element) -> None:
        """name: of the whole file. root: what was parsed from the slice."""
        super().__init__(name, slice_.data, root, PartPositions(slice_))
        self.__dict__.update(_outermost=slice_.steps, _begin=slice_.pieces[-1].at)

    @property
    def begin(self) -> int:
        """Offset in ``data`` at which the part itself begins, behind the start tags around it."""
        begin: int = self.__dict__["_begin"]
        return begin

    @cached_property
    def _steps(self) -> dict[etree._Element, str]:
        known = {}
        node: etree._Element | None = self.root
        for step in self.__dict__["_outermost"]:
            if node is not None:
                known[node] = step
                node = next(node.iterchildren("*"), None)
        return known


def parse_part(name: str, slice_: Slice, limits: Limits) -> Part:
    """Return the document of a slice of the file ``name``; raises as ``parse`` does, with places of the whole file.

    The octets are to be UTF-8 without a byte order mark, as ``lint`` makes sure.
    """
    try:
        document = parse(Artifact(name, slice_.data), limits)
    except InputError as error:
        error.where = _relocated(name, slice_, error.where)
        raise
    return Part(name, slice_, document.root)


def parse_together(name: str, frame: Slice, slices: Sequence[Slice], limits: Limits) -> Document:
    """Return the document of several slices with the same tags around what they hold, once around all of it.

    frame: these tags around nothing; the last place of each slice is where what it holds begins. Each slice is admitted alone:
    what is within the limits is seen at a glance of a small one, and the element around adds nothing but its width. Raises as
    ``parse`` does, without places.
    """
    at, end = frame.pieces[-1].at, len(frame.data) - frame.pieces[-1].at
    for one in slices:
        gate.admit(Artifact(name, one.data), _UTF_8, limits)
    held = [memoryview(one.data)[at : len(one.data) - end] for one in slices]
    data = b"".join((frame.data[:at], *held, frame.data[at:]))
    return parse_admitted(Artifact(name, data), _UTF_8, limits)


def _relocated(name: str, slice_: Slice, where: str) -> str:
    """Return ``name:line:column`` of the part as that of the file; a place without line stays as it is."""
    numbers = where.removeprefix(name).removeprefix(":").split(":")
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return where
    line, column = map(int, numbers)
    span = PartPositions(slice_).whole_at(line, column)
    return f"{name}:{span.line}:{span.column}"
