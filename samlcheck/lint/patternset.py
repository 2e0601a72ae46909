"""All patterns that rules hold against one fact, matched in one pass over a value.

RE2 runs a set of patterns at the price of one, where asking each pattern alone costs more than everything else a rule does.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

_MEMORY = 64 << 20
_WHOLE = re.compile(r"\\[AzZQ]|\(\?[a-zA-Z]*-")
"""What means the whole text and not a line, or cannot stand in a larger pattern."""


class PatternSet:
    """Patterns by their numbers."""

    def __init__(self) -> None:
        """Nothing is in it yet. Patterns are added before the first value is looked up."""
        self._patterns: list[str] = []
        self._set: Any = None
        self._last: tuple[str, list[int] | None] = ("", None)
        """The value looked up last: several rules ask about it one after the other."""

    def add(self, pattern: str) -> int:
        """Add a pattern and return its number. Raises ``re2.error`` for none, RuntimeError when values were looked up already."""
        if self._set is not None:
            raise RuntimeError("the set is in use")
        self._patterns.append(pattern)
        return len(self._patterns) - 1

    def match(self, raw: str) -> list[int] | None:
        """Return the patterns that match a whole value; None where the set could not tell."""
        if self._last[0] is not raw:
            self._last = raw, self._match(raw)
        return self._last[1]

    def _match(self, raw: str) -> list[int] | None:
        if self._set is None:
            self._set = self._compiled()
        try:
            found: list[int] = self._set.Match(raw.encode())
        except UnicodeEncodeError:
            return None
        # RE2 gives no match at all when its memory does not suffice; the last pattern matches everything else
        return found if found and len(self._patterns) in found else None

    def match_none(self, values: list[str]) -> bool:
        """Return whether it is sure that no pattern matches any of some values: all are searched at once, one a line."""
        if self._lines is None:
            return False
        text = "\n".join(values)
        if text.count("\n") >= len(values):
            return False
        try:
            return self._lines.search(text.encode()) is None
        except UnicodeEncodeError:
            return False

    @cached_property
    def _lines(self) -> Any:
        """Finds a line that a pattern matches, and perhaps more; None where that cannot be said of these patterns."""
        import re2

        if any(_WHOLE.search(pattern) for pattern in self._patterns):
            return None
        return re2.compile("(?m)^(?:" + "|".join(f"(?:{pattern})" for pattern in self._patterns) + ")$", _options())

    def _compiled(self) -> Any:
        import re2

        made = re2.Set.FullMatchSet(_options())
        for pattern in (*self._patterns, "(?s).*"):
            made.Add(pattern)
        made.Compile()
        return made


def _options() -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options
