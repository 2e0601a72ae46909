"""The short ways of all rules of a run, put together: rules that look at each value of one fact are asked at once.

``plan`` says how one rule is answered shortly. Here the plain ones of a fact become a column with one bit a rule, so that an
endpoint's Location is looked at once and not eleven times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from samlcheck.checks.context import Context
from samlcheck.lint.patternset import PatternSet
from samlcheck.lint.plan import Known, Matching, Plan, Sets, Values, plain_check, plan
from samlcheck.packs.model import Pack, Rule

_MOST = 1_000
"""Values that a column remembers: those that many entities share are few, and those of one alone do not come again."""


class Told(NamedTuple):
    """What the short ways say of one entity."""

    passed: int
    not_applicable: int
    open: list[int]
    """Indexes of the rules that have to be asked the long way, ascending."""


class _Masks(dict[str, int]):
    """Which rules of a column let a value pass, one bit each."""

    def __init__(self, checks: Sequence[Known]) -> None:
        super().__init__()
        self._checks = checks
        patterned = [(1 << at, check) for at, check in enumerate(checks) if isinstance(check, Matching)]
        self._patterns: PatternSet | None = patterned[0][1].patterns if patterned else None
        self._base = sum(bit for bit, check in patterned if not check.wanted)
        """The bits where no pattern matches."""
        self._flips = {check.number: bit for bit, check in patterned}
        self._others = [(1 << at, check) for at, check in enumerate(checks) if not isinstance(check, Matching)]

    def __missing__(self, raw: str) -> int:
        if len(self) > _MOST:
            self.clear()
        mask = self._base
        if self._patterns is not None:
            matched = self._patterns[raw]
            if matched is None:
                mask = sum(1 << at for at, check in enumerate(self._checks) if check[raw])
                self[raw] = mask
                return mask
            for number in matched:
                mask ^= self._flips.get(number, 0)
        for bit, check in self._others:
            if check[raw]:
                mask |= bit
        self[raw] = mask
        return mask


class _Column:
    """The plain rules of one fact."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        self.checks: list[Known] = []
        self.indexes: list[int] = []
        self.required: list[int] = []
        """Those that do not allow that there is no value."""

    def close(self) -> None:
        self.masks = _Masks(self.checks)
        self.full = (1 << len(self.checks)) - 1
        self.optional = len(self.indexes) - len(self.required)


class Plans:
    """The short ways of the rules of a run."""

    def __init__(self, rules: Sequence[tuple[Pack, Rule]], context: Context) -> None:
        """context: of any entity; its parameters are those of the run."""
        self.rules = tuple(rules)
        sets: Sets = {}
        columns: dict[str, _Column] = {}
        self._single: list[tuple[int, Plan]] = []
        for index, (pack, rule) in enumerate(rules):
            check = plain_check(pack, rule, context, sets)
            if check is None or rule.select is None:
                self._single.append((index, plan(pack, rule, context, sets)))
                continue
            column = columns.setdefault(rule.select, _Column(rule.select))
            column.checks.append(check)
            column.indexes.append(index)
            if not rule.optional:
                column.required.append(index)
        self._columns = tuple(columns.values())
        for column in self._columns:
            column.close()

    def tell(self, values: Values) -> Told:
        """Return what can be said shortly of an entity."""
        passed = idle = 0
        asked: list[int] = []
        for column in self._columns:
            found = values[column.fact]
            if not found:
                if found is None:
                    asked += column.indexes
                else:
                    idle += column.optional
                    asked += column.required
                continue
            mask, masks = column.full, column.masks
            for raw in found:
                mask &= masks[raw]
            if mask == column.full:
                passed += len(column.indexes)
                continue
            for at, index in enumerate(column.indexes):
                if mask >> at & 1:
                    passed += 1
                else:
                    asked.append(index)
        for index, short in self._single:
            told = short(values)
            if told == "passed":
                passed += 1
            elif told:
                idle += 1
            else:
                asked.append(index)
        asked.sort()
        return Told(passed, idle, asked)
