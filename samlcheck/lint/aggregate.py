"""The entities of an aggregate one after the other, in memory that does not grow with the file.

An aggregate is cut at the tags of its EntityDescriptors, which takes a search for octets and no parser; each entity is then
parsed by ``xmldoc.part``, in whatever process. What is left when all entities are taken out, the skeleton, is parsed at the
end: a file is well-formed if and only if its skeleton and all its entities are. A small entity stands in it for each row of
entities, so that the schema can tell whether the rest is in its order.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import NoReturn

from samlcheck.errors import HostileInput, InputError
from samlcheck.frozen import dataclass
from samlcheck.lint.tags import MOST_OF_TAG, Stream, Tag, Tags
from samlcheck.source import Span
from samlcheck.xmldoc.part import Piece, Slice, width_of

IGNORE_MARK = b"samlcheck:"
"""What comments that set findings aside begin with (``ignores``): those before an entity belong to it."""
_MOST_OUTSIDE = 4 << 20
_MOST_NESTED = 20
_MOST_GROUPS = 5_000
_SMALL = (
    b'<md:EntityDescriptor entityID="u:x"><md:AffiliationDescriptor affiliationOwnerID="u:x">'
    b"<md:AffiliateMember>u:x</md:AffiliateMember></md:AffiliationDescriptor></md:EntityDescriptor>"
)
"""What stands for entities in the skeleton; sound, so that the schema has nothing to say of it."""
_ENTITY_ID = re.compile(rb"\sentityID\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_COMMENTS = re.compile(rb"(?:<!--(?:(?!-->).)*+-->\s*)+\Z", re.DOTALL)
_ASIDE = re.compile(rb"(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_SIGNATURE = re.compile(rb"<(?:[^\s<>:/]+:)?Signature[\s>]")


@dataclass(frozen=True, slots=True)
class EntitySlice:
    """One entity of an aggregate."""

    slice_: Slice
    number: int
    """1-based, in the whole file."""
    signed_around: bool
    """An EntitiesDescriptor around it holds a signature."""
    place: Span
    """Its start tag, in the file."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """All of an aggregate that is outside its entities."""

    slice_: Slice
    entities: int


@dataclasses.dataclass
class _Group:
    """An EntitiesDescriptor that is open."""

    tag: bytes
    name: bytes
    piece: Piece
    step: str
    entities: int = 0
    groups: int = 0
    signed: bool = False
    row: bool = False
    """Nothing but comments has come since an entity for which the skeleton has a small one."""


class Cutter(Tags):
    """Cuts one aggregate."""

    def __init__(self, name: str, head: bytes, stream: Stream, mark: int, width: int = 0) -> None:
        """head: what was read already, UTF-8 like the rest of the stream, without byte order mark.

        mark: octets of the byte order mark. width: how the file itself is written, as in ``Slice``.
        """
        super().__init__(name, head, stream, mark, width)
        self._entities = self._all_groups = 0
        self._groups: list[_Group] = []
        self._outside: list[bytes] = []
        self._places: list[Piece] = []
        self._length = 0

    def cuts(self) -> Iterator[EntitySlice | Skeleton]:
        """Yield the entities, then the skeleton.

        Raises InputError (``truncated``) for a file that ends too early, HostileInput (``limit-…``) for what is too large.
        """
        while (tag := self._next_tag(self._done)) is not None:
            if tag.entity and not tag.closing and self._groups:
                yield self._entity(tag)
                continue
            self._keep(tag.start)
            if not tag.entity and tag.closing and self._groups:
                self._groups.pop()
            elif not tag.entity and not tag.closing:
                self._count_group()
                if not tag.empty:
                    self._open(tag)
            self._keep(tag.end)
        if self._groups:
            self._cut_off(f"after {self._entities} whole entities")
        self._keep(self._end)
        slice_ = Slice(b"".join(self._outside), tuple(self._places), ("md:EntitiesDescriptor",), self._width)
        yield Skeleton(slice_, self._entities)

    def _count_group(self) -> None:
        self._all_groups += 1
        if self._all_groups > _MOST_GROUPS:
            raise HostileInput(
                f"The aggregate has more than {_MOST_GROUPS:,} groups (EntitiesDescriptor); federations have a few.",
                tip="Check where the file comes from.",
                where=f"{self._name}:{self._line}:{self._column}",
                code="limit-groups",
            )

    def _open(self, tag: Tag) -> None:
        if len(self._groups) == _MOST_NESTED:
            raise HostileInput("EntitiesDescriptors are nested too deep.", where=f"{self._name}:{self._line}", code="limit-depth")
        step = "md:EntitiesDescriptor"
        if self._groups:
            self._groups[-1].groups += 1
            step += f"[{self._groups[-1].groups}]"
        written = self._bytes(tag.start, tag.end)
        name = re.split(rb"[\s/>]", written[1:], maxsplit=1)[0]
        self._groups.append(_Group(written, name, Piece(0, self._offset, self._line, self._column), step))

    def _entity(self, first: Tag) -> EntitySlice:
        """Return the entity that begins with a tag, and move behind it."""
        opening, position, depth = self._bytes(first.start, first.end), first.end, 0 if first.empty else 1
        while depth:
            tag = self._next_tag(position)
            if tag is None:
                self._cut_off(f"inside entity {self._entities + 1}{_named(opening)}")
            position = tag.end
            if tag.entity and not tag.empty:
                depth += -1 if tag.closing else 1
        gap = self._bytes(max(self._done, first.start - MOST_OF_TAG), first.start)
        comments = _COMMENTS.search(gap) if IGNORE_MARK in gap else None
        self._keep(first.start - len(comments[0]) if comments else first.start)
        self._stand_in()
        self._entities += 1
        self._groups[-1].entities += 1
        pieces, parts, at = [], [], 0
        for group in self._groups:
            pieces.append(Piece(at, group.piece.start, group.piece.line, group.piece.column))
            parts.append(group.tag)
            at += len(group.tag)
        pieces.append(Piece(at, self._offset, self._line, self._column))
        begin = self._done
        self._advance(first.start)
        length = width_of(self._bytes(first.start, first.end), self._width)
        place = Span(self._offset, self._offset + length, self._line, self._column)
        parts.append(self._bytes(begin, position))
        parts.extend(b"</" + group.name + b">" for group in reversed(self._groups))
        self._advance(position)
        steps = (*(group.step for group in self._groups), f"md:EntityDescriptor[{self._groups[-1].entities}]")
        slice_ = Slice(b"".join(parts), tuple(pieces), steps, self._width)
        return EntitySlice(slice_, self._entities, any(group.signed for group in self._groups), place)

    def _keep(self, until: int) -> None:
        """Put what stands before an offset to the skeleton, and move there."""
        octets = self._bytes(self._done, until)
        if octets and not octets.isspace():
            if self._groups and not self._groups[-1].signed:
                self._groups[-1].signed = _SIGNATURE.search(octets) is not None
            if self._groups and self._groups[-1].row:
                self._groups[-1].row = _ASIDE.fullmatch(octets) is not None
            self._put(octets)
        self._advance(until)

    def _stand_in(self) -> None:
        """Put a small entity to the skeleton where a row of entities begins, with the prefix of the group around them."""
        group = self._groups[-1]
        if not group.row:
            group.row = True
            self._put(_SMALL.replace(b"md:", group.name.removesuffix(b"EntitiesDescriptor")))

    def _put(self, octets: bytes) -> None:
        """Put octets to the skeleton that stand, or stand for what stands, at the present place."""
        self._places.append(Piece(self._length, self._offset, self._line, self._column))
        self._outside.append(octets)
        self._length += len(octets)
        if self._length > _MOST_OUTSIDE:
            raise HostileInput(
                f"More than {_MOST_OUTSIDE >> 20} MiB stand outside the entities of the aggregate.",
                tip="Check where the file comes from.",
                where=f"{self._name}:{self._line}:{self._column}",
                code="limit-octets",
            )

    def _cut_off(self, where: str) -> NoReturn:
        more = True
        while more:
            self._offset += width_of(self._bytes(self._done, self._end), self._width)
            self._done = self._end
            more = self._more()
        raise InputError(
            f"The file ends too early: at byte {self._offset:,}, {where}.",
            tip="It was cut off on the way. Download it again. What stands before the cut was judged.",
            where=self._name,
            code="truncated",
        )


def _named(tag: bytes) -> str:
    found = _ENTITY_ID.search(tag)
    entity_id = (found[1] or found[2] or b"").decode("utf-8", "replace") if found else ""
    return f" ({entity_id[:200]})" if entity_id.isprintable() and entity_id else ""
