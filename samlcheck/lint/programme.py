"""The short ways of all rules of a run, put together, without those that an entity has nothing for.

Which elements an entity has decides most rules before a value is looked at, and entities of an aggregate are alike in that:
they differ in hundreds of ways, not in thousands. So what follows from it is worked out once for each kind of entity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from samlcheck.checks.context import Context
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.every import METADATA
from samlcheck.lint.columns import Column
from samlcheck.lint.known import Sets
from samlcheck.lint.plan import Planned, Short, plain_check, plan
from samlcheck.lint.values import Values
from samlcheck.packs.model import Pack, Rule

_MOST = 500
"""Kinds of entities that are remembered."""


class Told(NamedTuple):
    """What the short ways say of one entity."""

    passed: int
    not_applicable: int
    open: list[int]
    """Indexes of the rules that have to be asked the long way, ascending."""


class _UndecidedError(Exception):
    """More than the elements of an entity has to be looked at."""


class _Some(list[str]):
    """The values of a fact of which nothing is known but that there are some."""

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> NoReturn:
        raise _UndecidedError

    def __iter__(self) -> NoReturn:
        raise _UndecidedError


class _Kind(Values):
    """The values of any entity that has elements at these paths and no others, as far as they follow from that."""

    def __init__(self, present: frozenset[object]) -> None:
        dict.__init__(self)
        self._present = present

    def __missing__(self, name: str) -> list[str]:
        entry = METADATA.get(name)
        if entry is None or not entry.at:
            raise _UndecidedError
        if entry.at not in self._present:
            return []
        if entry.what in ("text", "tag", "here"):
            return _Some()
        raise _UndecidedError

    def __getattr__(self, name: str) -> NoReturn:
        raise _UndecidedError  # whoever wants the table or the entity itself


Surely = Callable[[EntityCase], bool]


class _Programme:
    """What is left to ask of the entities of one kind."""

    def __init__(self, columns: Sequence[Column], singles: Sequence[tuple[int, Planned]], present: frozenset[object]) -> None:
        """columns, singles: of all rules. present: paths and names of the elements that entities of this kind have."""
        self.passed = self.idle = 0
        self.open: list[int] = []
        self.columns: list[Column] = []
        self.sure: dict[Surely, list[tuple[int, Planned]]] = {}
        """Rules that surely pass where a function says so; it is asked once for all of them."""
        self.singles: list[tuple[int, Callable[[Values], Short]]] = []
        kind = _Kind(present)
        for column in columns:
            try:
                none = not kind[column.fact]
            except _UndecidedError:
                none = False
            if none:
                self.idle += column.optional
                self.open += column.required
            else:
                self.columns.append(column)
        for index, planned in singles:
            self._single(index, planned, kind, present)

    def _single(self, index: int, planned: Planned, kind: _Kind, present: frozenset[object]) -> None:
        surely = planned.sure(present) if planned.sure is not None else None
        inner = _passed if surely is True else None
        try:
            told = planned.ask(kind, inner)
        except _UndecidedError:
            told = ""
        if told:
            self.passed += told == "passed"
            self.idle += told == "not-applicable"
        elif surely is None or isinstance(surely, bool):
            self.singles.append((index, _asking(planned, inner)))
        elif planned.truths:
            self.singles.append((index, _asking(planned, _either(surely, planned))))
        else:
            self.sure.setdefault(surely, []).append((index, planned))


def _passed(_values: Values) -> Short:
    return "passed"


def _asking(planned: Planned, inner: Callable[[Values], Short] | None) -> Callable[[Values], Short]:
    return planned.inner if inner is None and not planned.truths else lambda values: planned.ask(values, inner)


def _either(surely: Surely, planned: Planned) -> Callable[[Values], Short]:
    return lambda values: "passed" if surely(values.entity) else planned.inner(values)


class Plans:
    """The short ways of the rules of a run."""

    def __init__(self, rules: Sequence[tuple[Pack, Rule]], context: Context) -> None:
        """context: of any entity; its parameters are those of the run."""
        self.rules = tuple(rules)
        sets: Sets = {}
        columns: dict[str, Column] = {}
        self._singles: list[tuple[int, Planned]] = []
        for index, (pack, rule) in enumerate(rules):
            check = plain_check(pack, rule, context, sets)
            if check is None or rule.select is None:
                self._singles.append((index, plan(pack, rule, context, sets)))
            else:
                columns.setdefault(rule.select, Column(rule.select)).add(check, index, optional=rule.optional)
        self._columns = tuple(columns.values())
        for column in self._columns:
            column.close()
        self._programmes: dict[frozenset[object], _Programme] = {}

    def tell(self, values: Values) -> Told:
        """Return what can be said shortly of an entity."""
        programme = self._programme(frozenset(values.entity.found))
        passed, idle, asked = programme.passed, programme.idle, programme.open.copy()
        entity = values.entity
        for column in programme.columns:
            found = column.quick(entity) if column.quick is not None else None
            if found is None:
                found = values[column.fact]
            if found:
                failing = column.failing(found)
                passed += len(column.indexes) - len(failing)
                asked += failing
            elif found is None:
                asked += column.indexes
            else:
                idle += column.optional
                asked += column.required
        singles = programme.singles
        for surely, group in programme.sure.items():
            if surely(entity):
                passed += len(group)
            else:
                singles = [*singles, *((index, planned.inner) for index, planned in group)]
        for index, short in singles:
            told = short(values)
            if told == "passed":
                passed += 1
            elif told:
                idle += 1
            else:
                asked.append(index)
        asked.sort()
        return Told(passed, idle, asked)

    def _programme(self, present: frozenset[object]) -> _Programme:
        known = self._programmes.get(present)
        if known is None:
            if len(self._programmes) >= _MOST:
                self._programmes.clear()
            known = self._programmes[present] = _Programme(self._columns, self._singles, present)
        return known
