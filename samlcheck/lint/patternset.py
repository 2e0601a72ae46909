"""All patterns that rules hold against one fact, matched in one pass over a value.

RE2 runs a set of patterns at the price of one, where asking each pattern alone costs more than everything else a rule does.
"""

from __future__ import annotations

from typing import Any

_MOST = 1_000
"""Values remembered, for the rules that ask one after the other."""
_MEMORY = 64 << 20


class PatternSet(dict[str, "frozenset[int] | None"]):
    """Which patterns match a whole value, by their numbers; None where the set could not tell."""

    def __init__(self) -> None:
        """Nothing is in it yet. Patterns are added before the first value is looked up."""
        super().__init__()
        self._patterns: list[str] = []
        self._set: Any = None

    def add(self, pattern: str) -> int:
        """Add a pattern and return its number. Raises ``re2.error`` for none, RuntimeError when values were looked up already."""
        if self._set is not None:
            raise RuntimeError("the set is in use")
        self._patterns.append(pattern)
        return len(self._patterns) - 1

    def __missing__(self, raw: str) -> frozenset[int] | None:
        if len(self) > _MOST:
            self.clear()
        found = self[raw] = self._look(raw)
        return found

    def _look(self, raw: str) -> frozenset[int] | None:
        if self._set is None:
            self._set = self._compiled()
        try:
            found = frozenset(self._set.Match(raw))
        except UnicodeEncodeError:
            return None
        # RE2 gives no match at all when its memory does not suffice; the last pattern matches everything else
        return found if len(self._patterns) in found else None

    def _compiled(self) -> Any:
        import re2

        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        made = re2.Set.FullMatchSet(options)
        for pattern in (*self._patterns, "(?s).*"):
            made.Add(pattern)
        made.Compile()
        return made
