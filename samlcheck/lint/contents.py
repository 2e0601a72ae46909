"""An aggregate cut into all that stands between its outermost tags, to verify a signature over it (``trust.streaming``).

``aggregate`` takes entities out; here nothing is left out: the pieces put together are the content of the root, octet by octet.
"""

from __future__ import annotations

from collections.abc import Iterator

from samlcheck.lint.aggregate import Cutter
from samlcheck.xmldoc.part import Piece, Slice


class Contents(Cutter):
    """Cuts the content of one aggregate behind its children."""

    _prolog = b""

    def pieces(self) -> Iterator[Slice]:
        """Yield the tags of the root around nothing, then around each piece of its content, in order.

        Yields nothing for a file that does not begin with a group, and less than all where the tags do not match, which no
        signature survives. Raises as ``cuts`` does for what is too large.
        """
        root = self._next_tag(self._done)
        if root is None or root.entity or root.closing or root.empty:
            return
        self._prolog = self._bytes(self._done, root.start)
        self._advance(root.start)
        self._open(root)
        yield self._around(root.start)
        self._advance(root.end)
        position, depth = root.end, 1
        while depth and (tag := self._next_tag(position)) is not None:
            position = tag.end
            if not tag.empty:
                depth += -1 if tag.closing else 1
            if not depth:
                yield self._around(tag.start)
            elif depth == 1:
                yield self._around(position)

    def outside(self) -> Slice:
        """Return what stands outside the root, with its tags around nothing; to be asked when there are no more pieces.

        With it, the pieces are the whole file: it is well-formed if and only if they all are.
        """
        group = self._groups[0]
        while self._more():
            pass
        data = self._prolog + group.tag + self._bytes(self._done, self._end)
        return Slice(data, (Piece(0, 0, 1, 1),))

    def _around(self, until: int) -> Slice:
        """Return what stands before an offset between the tags of the root, and move there."""
        group = self._groups[0]
        places = (
            Piece(0, group.piece.start, group.piece.line, group.piece.column),
            Piece(len(group.tag), self._offset, self._line, self._column),
        )
        data = group.tag + self._bytes(self._done, until) + b"</" + group.name + b">"
        self._advance(until)
        return Slice(data, places, ("md:EntitiesDescriptor",))
