"""Rules that look at each value of one fact are asked at once, one bit each: a Location is looked at once and not eleven times."""

from __future__ import annotations

from collections.abc import Sequence

from samlcheck.facts.every import METADATA
from samlcheck.lint.known import MOST, Known, Matching, Sized
from samlcheck.lint.patternset import Many


class _Masks(dict[str, int]):
    """Which rules of a column let a value pass, one bit each."""

    def __init__(self, checks: Sequence[Known], most: int) -> None:
        """most: values that are remembered, the first that come: those that come again are among them."""
        super().__init__()
        self.most = most
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
        mask = self._mask(raw)
        if len(self) < self.most:
            self[raw] = mask
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
        self.bits = self.required = 0
        """A bit for each of them, and for those that do not allow that there is no value."""

    def add(self, check: Known, index: int, *, optional: bool) -> None:
        """Add a rule."""
        self.checks.append(check)
        self.indexes.append(index)
        self.bits |= 1 << index
        if not optional:
            self.required |= 1 << index

    def close(self) -> None:
        """All rules are in it; values may be asked about."""
        self._full = (1 << len(self.checks)) - 1
        self._many = self._at_once()
        self._masks = _Masks(self.checks, _FIRST if self._many else MOST)
        self._sized = [check for check in self.checks if isinstance(check, Sized)]

    def _at_once(self) -> Many | None:
        patterned = [check for check in self.checks if isinstance(check, Matching)]
        if not patterned or not all(isinstance(check, Matching | Sized) for check in self.checks):
            return None
        wanted, unwanted = ([check.number for check in patterned if check.wanted == way] for way in (True, False))
        many = patterned[0].patterns.many(wanted, unwanted)
        return many if many.is_able else None

    def all_pass(self, found: list[str]) -> bool:
        """Return whether it is sure that all rules let all of many values pass."""
        masks, full = self._masks, self._full
        if self._many is not None and len(masks) >= masks.most:
            found = [raw for raw in found if masks.get(raw) != full]
            if len(found) > _FEW:
                return self._many.surely(found) and all(check.holds(raw) for check in self._sized for raw in found)
        return all(masks[raw] == full for raw in found)

    def failing(self, found: list[str]) -> int:
        """Return a bit for each rule that some value does not surely pass."""
        mask, masks = self._full, self._masks
        for raw in found:
            mask &= masks[raw]
        if mask == self._full:
            return 0
        return sum(1 << index for at, index in enumerate(self.indexes) if not mask >> at & 1)


_FEW, _FIRST = 3, 200
"""Values that are looked up one by one: where there are few, and to learn which come often."""
