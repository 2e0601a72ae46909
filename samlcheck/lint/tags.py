"""The tags of EntityDescriptors and EntitiesDescriptors in a stream of octets, found without a parser, and where they stand."""

from __future__ import annotations

import re
from typing import Protocol

from samlcheck.errors import HostileInput
from samlcheck.frozen import dataclass
from samlcheck.xmldoc.part import width_of

CHUNK = 1 << 20
"""Octets that a file is told by."""
_FURTHER = 1 << 18
"""Octets that it is read on by: some dozens of entities."""
_MOST_OF_ENTITY = 32 << 20
"""Octets of one entity; the largest seen in federations have less than one million."""
MOST_OF_TAG = 1 << 16
_NAME = re.compile(rb"Entit(y|ies)Descriptor[\s/>]")
_OPENING = re.compile(rb"<(/?)(?:[^\s<>/:\"'=!?]+:)?\Z")
_REST_OF_TAG = re.compile(rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_SPECIAL = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_CONTINUATION = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of an EntityDescriptor or EntitiesDescriptor; offsets are those of the stream."""

    start: int
    end: int
    closing: bool
    entity: bool
    empty: bool


class Stream(Protocol):
    """What an aggregate is read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many octets, or a few more; none at the end."""


def fill(stream: Stream, size: int) -> bytes:
    """Return ``size`` octets of a stream, or what is left: a pipe gives fewer at a time."""
    parts = []
    while size > 0 and (data := stream.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


class Tags:
    """A stream that is searched for tags, and how far it has been dealt with."""

    def __init__(self, name: str, head: bytes, stream: Stream, mark: int, width: int = 0) -> None:
        """head: what was read already, UTF-8 like the rest of the stream, without byte order mark.

        mark: octets of the byte order mark. width: how the file itself is written, as in ``Slice``.
        """
        self._name = name
        self._stream = stream
        self._buffer = head
        self._width = width
        self._base = self._done = 0
        """Offsets in the stream: of the buffer, and of what has not been dealt with."""
        self._offset = mark
        self._line = self._column = 1
        """Where ``_done`` is in the file."""
        self._ended = False

    @property
    def _end(self) -> int:
        return self._base + len(self._buffer)

    def _bytes(self, start: int, end: int) -> bytes:
        return self._buffer[start - self._base : end - self._base]

    def _more(self) -> bool:
        """Read on; False at the end of the file."""
        if self._ended:
            return False
        if len(self._buffer) > _MOST_OF_ENTITY:
            raise HostileInput(
                f"Something in the aggregate is larger than {_MOST_OF_ENTITY >> 20} MiB and is no entity of a federation.",
                tip="Check where the file comes from.",
                where=f"{self._name}:{self._line}:{self._column}",
                code="limit-octets",
            )
        chunk = fill(self._stream, min(CHUNK, _FURTHER))
        self._ended = not chunk
        self._buffer = self._buffer[self._done - self._base :] + chunk
        self._base = self._done
        return bool(chunk)

    def _find(self, wanted: bytes, start: int) -> int:
        """Return where octets occur next in the stream, -1 if they do not; reads on as far as needed."""
        while True:
            at = self._buffer.find(wanted, start - self._base)
            if at >= 0:
                return self._base + at
            start = max(start, self._end - len(wanted) + 1)
            if not self._more():
                return -1

    def _next_tag(self, position: int) -> Tag | None:
        """Return the next tag of interest; what stands in comments, CDATA and processing instructions is none."""
        search = position
        while True:
            hit = self._find(b"Entit", search)
            special = self._special(position, self._end if hit < 0 else hit)
            if special is not None:
                start, stop = special
                end = self._find(stop, start)
                if end < 0:
                    return None
                position = search = end + len(stop)
                continue
            if hit < 0:
                return None
            tag = self._tag(hit)
            if tag is not None:
                return tag
            search = hit + 5

    def _special(self, start: int, end: int) -> tuple[int, bytes] | None:
        """Return where the first comment or its like begins between two places, and how it stops."""
        first = None
        low, high = start - self._base, end - self._base
        for mark in (b"!", b"?"):  # single octets are searched much faster than pairs, and these are rare
            at = self._buffer.find(mark, low + 1, high)
            while at >= 0:
                special = next((item for item in _SPECIAL if self._buffer.startswith(item[0], at - 1)), None)
                if special is not None:
                    first, high = (self._base + at - 1 + len(special[0]), special[1]), at - 1
                    break
                at = self._buffer.find(mark, at + 1, high)
        return first

    def _tag(self, hit: int) -> Tag | None:
        while self._end < hit + 20 and self._more():
            pass
        at = hit - self._base
        name = _NAME.match(self._buffer, at)
        if name is None:
            return None
        begin = self._buffer.rfind(b"<", max(at - 80, 0), at)
        opening = _OPENING.match(self._buffer, begin, at) if begin >= 0 else None
        if opening is None:
            return None
        start = self._base + begin
        rest = _REST_OF_TAG.match(self._buffer, at)
        while rest is None and self._end - hit < MOST_OF_TAG and self._more():
            rest = _REST_OF_TAG.match(self._buffer, hit - self._base)
        if rest is None:
            return None  # no parser will take this for a tag either
        end = self._base + rest.end()
        return Tag(start, end, opening[1] == b"/", name[1] == b"y", self._bytes(end - 2, end) == b"/>")

    def _advance(self, until: int) -> None:
        """Move line and column to an offset (XML 1.0, 2.11 says what ends a line)."""
        octets = self._bytes(self._done, until)
        breaks = octets.count(b"\n")
        last = octets.rfind(b"\n")
        if b"\r" in octets:
            breaks += octets.count(b"\r") - octets.count(b"\r\n")
            last = max(last, octets.rfind(b"\r"))
        rest = octets[last + 1 :]
        characters = len(rest) if rest.isascii() else len(rest.translate(None, _CONTINUATION))
        self._line += breaks
        self._column = characters + 1 if breaks else self._column + characters
        self._offset += width_of(octets, self._width)
        self._done = until
