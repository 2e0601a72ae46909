"""Rules asked of some entities at once: most of them have nothing to say of any.

What is said here holds for each of the entities: that a rule passes, that it does not apply, or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from samlcheck.checks.metadata_sure import Surely
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.every import METADATA
from samlcheck.facts.metadata_table import MetadataFact
from samlcheck.facts.together import together
from samlcheck.lint.columns import Column
from samlcheck.lint.plan import Planned
from samlcheck.lint.values import Values

_MOST = 1_000
"""Crowds that are remembered by the elements they have."""


class Undecided(Exception):  # noqa: N818 - it is an answer, not an error
    """More has to be looked at."""


class _Some(list[str]):
    """The values of a fact of which nothing is known but that there are some."""

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> NoReturn:
        raise Undecided

    def __iter__(self) -> NoReturn:
        raise Undecided


class _Sketch(Values):
    """Values of which not all is known; whoever wants more gets ``Undecided``."""

    def __init__(self) -> None:
        dict.__init__(self)

    def __getattr__(self, name: str) -> NoReturn:
        raise Undecided  # whoever wants the table or the entity itself


class _ByElements(_Sketch):
    """The values of any entity that has elements at these paths and no others, as far as they follow from that."""

    def __init__(self, present: frozenset[str], paths: frozenset[str]) -> None:
        super().__init__()
        self._present = present
        self._paths = paths

    def __missing__(self, name: str) -> list[str]:
        entry = METADATA.get(name)
        if entry is None:
            raise Undecided
        if entry.some in self._paths and entry.some in self._present:
            return _Some()
        if entry.at in self._paths and entry.at not in self._present:
            return []
        raise Undecided


def told_by_elements(present: frozenset[str], paths: frozenset[str]) -> Values:
    """Return the values of any entity with elements at some of these paths, as far as they follow from that."""
    return _ByElements(present, paths)


class _OfNone(_Sketch):
    """The values of each of some entities: those that none of them has."""

    def __init__(self, whole: EntityCase) -> None:
        super().__init__()
        self._whole = whole

    def __missing__(self, name: str) -> list[str]:
        entry = METADATA.get(name)
        if entry is not None and entry.row and entry.quick is not None and entry.quick(self._whole) == []:
            self[name] = []
            return []
        raise Undecided


class Asked(NamedTuple):
    """What holds for each of some entities, for rules that its elements alone do not decide. A bit for each rule."""

    passed: int
    idle: int
    """They do not apply."""
    open: int
    """They have to be asked the long way."""
    sound: int
    """They pass if there is a value."""
    columns: list[Column]
    """Columns of which each entity has to be asked, if not all is known of it."""


class Crowd:
    """The rules of a run, for questions to some entities at once."""

    def __init__(self, columns: Sequence[Column], singles: Sequence[tuple[int, Planned]]) -> None:
        """columns, singles: all rules."""
        self._columns = [(column, METADATA[column.fact]) for column in columns]
        self._singles = [(index, planned) for index, planned in singles if planned.sure is None or planned.truths]
        self._named = [(index, planned) for index, planned in singles if planned.sure is not None and not planned.truths]
        self._sure: dict[frozenset[str], list[tuple[int, Surely]]] = {}

    def ask(self, entities: Sequence[EntityCase], kinds: Sequence[frozenset[str]]) -> Asked:
        """Return what holds for each of some entities of one file. kinds: what elements each has."""
        whole = together(entities)
        passed = idle = asked = sound = 0
        each: list[Column] = []
        for column, entry in self._columns:
            found = entry.quick(whole) if entry.row and entry.quick is not None else None
            if found is None:
                each.append(column)
            elif not found:
                idle |= column.bits & ~column.required
                asked |= column.required
            elif not column.all_pass(found):
                each.append(column)
            elif _has_each(entry, whole, found):
                passed |= column.bits
            else:
                sound |= column.bits
                each.append(column)
        values = _OfNone(whole)
        for index, planned in self._singles:
            try:
                told = planned.ask(values)
            except Undecided:
                continue
            if told == "passed":
                passed |= 1 << index
            elif told:
                idle |= 1 << index
        for bits, surely in self._sure_of(frozenset().union(*kinds)):
            if surely(whole):
                passed |= bits
        return Asked(passed, idle, asked, sound, each)

    def _sure_of(self, present: frozenset[str]) -> list[tuple[int, Surely]]:
        """Return what tells of rules that they surely pass for all entities that have no more than these elements."""
        known = self._sure.get(present)
        if known is None:
            if len(self._sure) >= _MOST:
                self._sure.clear()
            found: dict[Surely, int] = {}
            for index, planned in self._named:
                surely = planned.sure(present) if planned.sure is not None and planned.row else None
                if surely is not None and surely is not True:
                    found[surely] = found.get(surely, 0) | 1 << index
            known = self._sure[present] = [(bits, surely) for surely, bits in found.items()]
        return known


def _has_each(entry: MetadataFact, whole: EntityCase, found: list[str]) -> bool:
    """Return whether each element from which a fact is read has given a value."""
    return bool(entry.at or entry.what) and len(found) == len(whole.at(entry.at))
