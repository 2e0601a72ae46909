"""All patterns that rules hold against one fact, matched in one pass over a value, or over many values at once.

RE2 runs a set of patterns at the price of one, where asking each pattern alone costs more than everything else a rule does.
Even that price is mostly the call: over many values at once a pattern costs a tenth of it for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

_MEMORY = 64 << 20
_WHOLE = re.compile(r"\\[AzZQC]|[$^]|\(\?[a-zA-Z]*-")
"""What asks for the begin or the end of the whole text, or for octets, or cannot stand in a larger pattern."""
_END = r"\C\n"
"""Ends each value in front of the next: an octet that is in no UTF-8, so that no pattern goes past it, and a line feed."""


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

    def _compiled(self) -> Any:
        import re2

        made = re2.Set.FullMatchSet(_options())
        for pattern in (*self._patterns, "(?s).*"):
            made.Add(pattern)
        made.Compile()
        return made

    def many(self, wanted: Sequence[int], unwanted: Sequence[int]) -> Many:
        """Return what tells whether many values match all the wanted patterns and none of the unwanted."""
        return Many([self._patterns[number] for number in wanted], [self._patterns[number] for number in unwanted])


class Many:
    """Patterns that many values are held against at once, one value a line."""

    def __init__(self, wanted: list[str], unwanted: list[str]) -> None:
        """Nothing is compiled before the first question."""
        self._wanted, self._unwanted = wanted, unwanted

    @property
    def is_able(self) -> bool:
        """Whether these patterns can be held against many values; otherwise nothing is ever sure."""
        return not any(_WHOLE.search(_CLASSES.sub("", pattern)) for pattern in (*self._wanted, *self._unwanted))

    def surely(self, values: Sequence[str]) -> bool:
        """Return whether it is sure that each of some values is as wanted."""
        lines = "\n".join(values) + "\n"
        if lines.count("\n") != len(values):
            return False
        try:
            octets = lines.encode().replace(b"\n", b"\xff\n")
        except UnicodeEncodeError:
            return False
        every, some = self._compiled
        return all(one.fullmatch(octets) is not None for one in every) and (some is None or some.search(octets) is None)

    @cached_property
    def _compiled(self) -> tuple[list[Any], Any]:
        """The wanted patterns, each over all lines; and what finds a line that some unwanted pattern matches."""
        import re2

        options = _options()
        options.never_capture = True
        every = [re2.compile(f"(?m)(?:^(?:{pattern}){_END})*", options) for pattern in self._wanted]
        if not self._unwanted:
            return every, None
        joined = "|".join(f"(?:{pattern})" for pattern in self._unwanted)
        return every, re2.compile(f"(?m)^(?:{joined}){_END}", options)


_CLASSES = re.compile(r"\\[^A-Za-z]|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]")
"""Classes of characters and escaped signs."""


def _options() -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options
