"""Which values satisfy a check that looks at one value alone: asked once for each value, and remembered.

An aggregate holds ten thousand entities that share their bindings, formats, languages and algorithms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held
from samlcheck.checks.judging import Judge
from samlcheck.checks.model import Check
from samlcheck.checks.values import outside
from samlcheck.checks.vocabulary import EACH
from samlcheck.facts.every import FACTS
from samlcheck.facts.reading import typed
from samlcheck.facts.table import Reading
from samlcheck.lint.patternset import PatternSet

MOST = 1_000
"""Values remembered: those that many entities share are few, and those of one entity alone do not come again."""
_LONG = frozenset(("same_as", "signed"))
"""Keys whose answer hangs on more than the value."""
Sets = dict[str, PatternSet]
"""The patterns of each fact."""


class Known(dict[str, bool]):
    """Which values satisfy a check."""

    def __init__(self, judge: Judge, kind: str) -> None:
        """kind: of the fact."""
        super().__init__()
        self._judge = judge.judge
        self._typed = typed(kind)

    def __missing__(self, raw: str) -> bool:
        if len(self) > MOST:
            self.clear()
        holds = self[raw] = self.holds(raw)
        return holds

    def holds(self, raw: str) -> bool:
        """Return whether a value satisfies the check."""
        return isinstance(self._judge(Reading(self._typed(raw), raw)), Held)


class Matching(Known):
    """Which values a pattern matches, or does not match, as is wanted; all patterns of a fact are matched at once."""

    def __init__(self, judge: Judge, kind: str, patterns: PatternSet, pattern: str, *, wanted: bool) -> None:
        """patterns: those of the fact, to which this one is added."""
        super().__init__(judge, kind)
        self.patterns = patterns
        self.number = patterns.add(pattern)
        self.wanted = wanted

    def holds(self, raw: str) -> bool:
        """Return whether a value satisfies the check."""
        found = self.patterns.match(raw)
        return super().holds(raw) if found is None else (self.number in found) == self.wanted


class Sized(Known):
    """Which values have the wanted length."""

    def __init__(self, judge: Judge, kind: str, limits: dict[str, int]) -> None:
        """limits: as ``Check.length`` has them."""
        super().__init__(judge, kind)
        self._limits = limits

    def holds(self, raw: str) -> bool:
        """Return whether a value satisfies the check."""
        return not outside(len(raw), self._limits)


def known(check: Check, key: str, name: str, context: Context, sets: Sets) -> Known | None:
    """Return the memory of a check on a fact; None for one that looks at more than the value.

    context: of any entity; its parameters are those of the run. sets: shared by the checks of a run, which are all made before
    the first is asked.
    """
    if key not in EACH or key in _LONG or any(_is_fact(text) for text in _texts(check)):
        return None
    instant = check.before or check.after
    if (instant is not None and not instant.clock) or (check.within or {}).get("of", "clock") not in ("clock", "now"):
        return None
    kind = FACTS[name].kind if name in FACTS else "text"
    judge = EACH[key](check, context, kind)
    if not isinstance(judge, Judge):
        return None
    if check.length is not None:
        return Sized(judge, kind, check.length)
    pattern = check.match or check.not_match
    if pattern is None or template.pattern_names(pattern):
        return Known(judge, kind)
    return Matching(judge, kind, sets.setdefault(name, PatternSet()), pattern, wanted=check.not_match is None)


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a check."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(tuple(value.values()))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _is_fact(text: str) -> bool:
    """Return whether a text mentions a fact, as a template or as a pattern."""
    return any(name in FACTS or name.startswith("attribute:") for name in template.pattern_names(text))
