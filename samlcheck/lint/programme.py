"""The short ways of all rules of a run, put together, without those that an entity has nothing for.

Which elements an entity has decides most rules before a value is looked at, and entities of an aggregate are alike in that:
they differ in hundreds of ways, not in thousands. So what follows from it is worked out once for each kind of entity. What is
left is first asked of some entities at once (``crowd``), and of each only where that leaves a doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from samlcheck.checks.context import Context
from samlcheck.checks.metadata_sure import Surely, is_looked_at
from samlcheck.facts.entity import VIOLATIONS
from samlcheck.facts.every import METADATA
from samlcheck.facts.paths import Found, Layout
from samlcheck.lint.columns import Column
from samlcheck.lint.crowd import Crowd, Undecided, told_by_elements
from samlcheck.lint.known import Sets
from samlcheck.lint.plan import Planned, Short, plain_check, plan
from samlcheck.lint.values import Values
from samlcheck.packs.model import Condition, Pack, Rule

_MOST = 1_000
"""Kinds of entities that are remembered."""


class Told(NamedTuple):
    """What the short ways say of one entity."""

    passed: int
    not_applicable: int
    open: list[int]
    """Indexes of the rules that have to be asked the long way, ascending."""


class _Programme:
    """What is left to ask of the entities of one kind. Sets of rules are numbers: a bit for each, by its index."""

    def __init__(
        self,
        columns: Sequence[Column],
        singles: Sequence[tuple[int, Planned]],
        present: frozenset[str],
        paths: frozenset[str],
    ) -> None:
        """columns, singles: of all rules. present: paths and names of the elements that entities of this kind have.

        paths: those that are told of in ``present``.
        """
        self.passed = self.idle = self.open = 0
        """Rules whose outcome is known, or that are known to need the long way."""
        self.left = self.some = 0
        """Rules that are not decided; those of columns of which an entity of this kind surely has a value."""
        self.sure: list[tuple[int, Surely]] = []
        """Rules that surely pass where a function says so; it is asked once for all of them."""
        self.singles: dict[int, Callable[[Values], Short]] = {}
        kind = told_by_elements(present, paths)
        for column in columns:
            try:
                some: bool | None = bool(kind[column.fact])
            except Undecided:
                some = None
            if some is False:
                self.idle |= column.bits & ~column.required
                self.open |= column.required
                continue
            self.left |= column.bits
            if some:
                self.some |= column.bits
        sure: dict[Surely, int] = {}
        for index, planned in singles:
            surely = planned.sure(present) if planned.sure is not None else None
            inner = _passed if surely is True else None
            try:
                told = planned.ask(kind, inner)
            except Undecided:
                told = ""
            if told == "passed":
                self.passed |= 1 << index
            elif told:
                self.idle |= 1 << index
            else:
                self.left |= 1 << index
                self.singles[index] = planned.inner
                if surely is None or isinstance(surely, bool):
                    self.singles[index] = _asking(planned, inner)
                elif planned.truths:
                    self.singles[index] = _asking(planned, _either(surely, planned))
                else:
                    sure[surely] = sure.get(surely, 0) | 1 << index
        self.sure = [(bits, surely) for surely, bits in sure.items()]


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
        self._paths = frozenset((*paths, VIOLATIONS))
        self._known: dict[Layout, frozenset[str]] = {}

    def of(self, found: Found) -> frozenset[str]:
        """Return those of an entity that matter."""
        layout = found.layout
        known = self._known.get(layout)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            present = (name for name in layout.present if name in self._paths or is_looked_at(name))
            known = self._known[layout] = frozenset(present)
        return known


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


def _paths(facts: Iterator[str]) -> Iterator[str]:
    """Yield the paths that tell whether facts have a value."""
    for name in facts:
        entry = METADATA.get(name)
        if entry is not None:
            yield from filter(None, (entry.at, entry.some))


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
        self._paths = frozenset(_paths(_facts(self.rules)))
        self._matters = _Matters(self._paths)
        self._programmes: dict[frozenset[str], _Programme] = {}
        self._crowd = Crowd(self._columns, self._singles)

    def tell(self, members: Sequence[Values]) -> list[Told]:
        """Return what can be said shortly of each of some entities of one file."""
        kinds = [self._matters.of(values.entity.found) for values in members]
        crowd = self._crowd.ask([values.entity for values in members], kinds)
        told = []
        for values, kind in zip(members, kinds, strict=True):
            programme = self._programme(kind)
            known = programme.left & (crowd.passed | crowd.idle | crowd.open)
            passed = programme.passed | known & crowd.passed
            idle = programme.idle | known & crowd.idle
            asked = programme.open | known & crowd.open
            left = programme.left & ~known
            if left:
                sound = left & crowd.sound & programme.some
                found = _each(programme, crowd.columns, values, left & ~sound, crowd.sound)
                passed |= sound | found[0]
                idle |= found[1]
                asked |= found[2]
            told.append(Told(passed.bit_count(), idle.bit_count(), _indexes(asked)))
        return told

    def _programme(self, present: frozenset[str]) -> _Programme:
        known = self._programmes.get(present)
        if known is None:
            if len(self._programmes) >= _MOST:
                self._programmes.clear()
            known = self._programmes[present] = _Programme(self._columns, self._singles, present, self._paths)
        return known


def _each(programme: _Programme, columns: Sequence[Column], values: Values, left: int, sound: int) -> tuple[int, int, int]:
    """Return which of the rules that are left pass, do not apply, and have to be asked the long way, of one entity.

    columns: those that may be among them. sound: rules of columns of which each value passes, if there is one.
    """
    passed = idle = asked = 0
    entity = values.entity
    for column in columns:
        if not column.bits & left:
            continue
        found = column.quick(entity) if column.quick is not None else None
        if found is None:
            found = values[column.fact]
        if found:
            failing = 0 if column.bits & sound else column.failing(found)
            passed |= column.bits & ~failing
            asked |= failing
        elif found is None:
            asked |= column.bits
        else:
            idle |= column.bits & ~column.required
            asked |= column.required
        left &= ~column.bits
    for bits, surely in programme.sure:
        if bits & left and surely(entity):
            passed |= bits & left
            left &= ~bits
    for index in _indexes(left):
        told = programme.singles[index](values)
        if told == "passed":
            passed |= 1 << index
        elif told:
            idle |= 1 << index
        else:
            asked |= 1 << index
    return passed, idle, asked


def _indexes(bits: int) -> list[int]:
    """Return which bits are set, ascending."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found
