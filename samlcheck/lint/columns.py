"""Rules that look at each value of one fact are asked at once, one bit each: a Location is looked at once and not eleven times."""

from __future__ import annotations

from collections.abc import Sequence

from samlcheck.facts.every import METADATA
from samlcheck.lint.known import MOST, Known, Matching


class _Masks(dict[str, int]):
    """Which rules of a column let a value pass, one bit each."""

    def __init__(self, checks: Sequence[Known]) -> None:
        super().__init__()
        self._checks = checks
        patterned = [(1 << at, check) for at, check in enumerate(checks) if isinstance(check, Matching)]
        self._patterns = patterned[0][1].patterns if patterned else None
        self._base = sum(bit for bit, check in patterned if not check.wanted)
        """The bits where no pattern matches."""
        self._flips = {check.number: bit for bit, check in patterned}
        self._matched: dict[tuple[int, ...], int] = {}
        """The bits of patterned rules by what matches."""
        self._others = [(1 << at, check.holds) for at, check in enumerate(checks) if not isinstance(check, Matching)]

    def __missing__(self, raw: str) -> int:
        if len(self) > MOST:
            self.clear()
        mask = self[raw] = self._mask(raw)
        return mask

    def _mask(self, raw: str) -> int:
        mask = 0
        if self._patterns is not None:
            matched = self._patterns.match(raw)
            if matched is None:
                return sum(1 << at for at, check in enumerate(self._checks) if check.holds(raw))
            mask = self._bits(tuple(matched))
        for bit, holds in self._others:
            if holds(raw):
                mask |= bit
        return mask

    def _bits(self, matched: tuple[int, ...]) -> int:
        known = self._matched.get(matched)
        if known is None:
            known = self._base
            for number in matched:
                known ^= self._flips.get(number, 0)
            if len(self._matched) < MOST:
                self._matched[matched] = known
        return known


class Column:
    """The plain rules of one fact."""

    def __init__(self, fact: str) -> None:
        """No rule is in it yet."""
        self.fact = fact
        entry = METADATA.get(fact)
        self.quick = entry.quick if entry is not None else None
        """As ``MetadataFact`` has it."""
        self.checks: list[Known] = []
        self.indexes: list[int] = []
        """Those of the rules among all rules."""
        self.required: list[int] = []
        """Those of them that do not allow that there is no value."""

    def add(self, check: Known, index: int, *, optional: bool) -> None:
        """Add a rule."""
        self.checks.append(check)
        self.indexes.append(index)
        if not optional:
            self.required.append(index)

    def close(self) -> None:
        """All rules are in it; values may be asked about."""
        self._masks = _Masks(self.checks)
        self._full = (1 << len(self.checks)) - 1
        self._unwanted = None
        if all(isinstance(check, Matching) and not check.wanted for check in self.checks):
            first = self.checks[0]
            self._unwanted = first.patterns if isinstance(first, Matching) else None

    @property
    def optional(self) -> int:
        """How many rules do not apply where there is no value."""
        return len(self.indexes) - len(self.required)

    def failing(self, found: list[str]) -> list[int]:
        """Return the indexes of the rules that some value does not surely pass."""
        if len(found) > _FEW and self._unwanted is not None and self._unwanted.match_none(found):
            return []
        mask, masks = self._full, self._masks
        for raw in found:
            mask &= masks[raw]
        if mask == self._full:
            return []
        return [index for at, index in enumerate(self.indexes) if not mask >> at & 1]


_FEW = 3
"""Values that are looked up one by one."""
