"""The short ways of all rules of a run, put together, without those that an entity has nothing for.

Which elements an entity has decides most rules before a value is looked at, and entities of an aggregate are alike in that:
they differ in hundreds of ways, not in thousands. So what follows from it is worked out once for each kind of entity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, NoReturn

from samlcheck.checks.context import Context
from samlcheck.checks.metadata_sure import is_looked_at
from samlcheck.facts.entity import VIOLATIONS, EntityCase
from samlcheck.facts.every import METADATA
from samlcheck.facts.paths import Found
from samlcheck.lint.columns import Column
from samlcheck.lint.known import Sets
from samlcheck.lint.plan import Planned, Short, plain_check, plan
from samlcheck.lint.values import Values
from samlcheck.packs.model import Condition, Pack, Rule

_MOST = 1_000
"""Kinds of entities that are remembered, and names of elements."""


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

    def __init__(self, present: frozenset[object], paths: frozenset[str]) -> None:
        dict.__init__(self)
        self._present = present
        self._paths = paths

    def __missing__(self, name: str) -> list[str]:
        entry = METADATA.get(name)
        if entry is None or entry.at not in self._paths:
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

    def __init__(
        self,
        columns: Sequence[Column],
        singles: Sequence[tuple[int, Planned]],
        present: frozenset[object],
        paths: frozenset[str],
    ) -> None:
        """columns, singles: of all rules. present: paths and names of the elements that entities of this kind have.

        paths: those that are told of in ``present``.
        """
        self.passed = self.idle = 0
        self.open: list[int] = []
        self.columns: list[Column] = []
        self.sure: dict[Surely, list[tuple[int, Planned]]] = {}
        """Rules that surely pass where a function says so; it is asked once for all of them."""
        self.singles: list[tuple[int, Callable[[Values], Short]]] = []
        kind = _Kind(present, paths)
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


class _Matters:
    """Which paths and names of elements rules ask for: entities that differ in others are of one kind."""

    def __init__(self, paths: frozenset[str]) -> None:
        """paths: those of the facts that rules ask for."""
        self._kept: set[object] = {*paths, VIOLATIONS}
        self._passed_over: set[object] = set()

    def of(self, found: Found) -> frozenset[object]:
        """Return those of an entity that matter."""
        present = frozenset(found).difference(self._passed_over)
        if not present <= self._kept:
            if len(self._passed_over) > _MOST:
                self._passed_over.clear()
            for name in present - self._kept:
                (self._kept if isinstance(name, str) and is_looked_at(name) else self._passed_over).add(name)
            present = present.difference(self._passed_over)
        return present


def _facts(rules: Sequence[tuple[Pack, Rule]]) -> Iterator[str]:
    """Yield the facts that rules and their conditions ask for."""
    for pack, rule in rules:
        if rule.select is not None:
            yield rule.select
        for condition in (pack.applies_when, rule.when):
            yield from _of_condition(condition)


def _of_condition(condition: Condition | None) -> Iterator[str]:
    if condition is None:
        return
    if condition.fact is not None:
        yield condition.fact
    for inner in (*condition.any, *condition.all, condition.not_):
        yield from _of_condition(inner)


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
        self._paths = frozenset(entry.at for name in _facts(self.rules) if (entry := METADATA.get(name)) is not None and entry.at)
        self._matters = _Matters(self._paths)
        self._programmes: dict[frozenset[object], _Programme] = {}

    def tell(self, values: Values) -> Told:
        """Return what can be said shortly of an entity."""
        programme = self._programme(self._matters.of(values.entity.found))
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
            known = self._programmes[present] = _Programme(self._columns, self._singles, present, self._paths)
        return known
