"""The short way to *passed* and *does not apply*, for the many rules that have nothing to say about an entity.

An aggregate holds ten thousand entities that share their bindings, formats, languages and algorithms. So each rule that looks
at one value at a time remembers which values it let pass, and asks the check itself (``checks``) about new ones alone. Whatever
is not clearly passed or not applicable is told the long way, by ``packs.run``; a test holds both ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Literal

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held
from samlcheck.checks.judging import Judge
from samlcheck.checks.model import Check, Quantifier
from samlcheck.checks.named import named
from samlcheck.checks.vocabulary import EACH, key_of
from samlcheck.facts.entity import EntityTable
from samlcheck.facts.every import FACTS, METADATA
from samlcheck.facts.reading import typed
from samlcheck.facts.table import Reading
from samlcheck.lint.patternset import PatternSet
from samlcheck.packs.conditions import evaluate
from samlcheck.packs.model import Condition, Pack, Rule

Short = Literal["passed", "not-applicable", ""]
"""The outcome; empty if it has to be found the long way."""
_MOST = 1_000
"""Values that a rule remembers: those that many entities share are few, and those of one entity alone do not come again."""
_LONG = frozenset(("same_as", "signed"))
"""Keys whose answer hangs on more than the value."""


class Values(dict[str, "list[str] | None"]):
    """The values of facts of one entity as written, each read at most once; None where a fact cannot be known."""

    def __init__(self, context: Context) -> None:
        """Nothing is read yet. context: of this entity; its table is an ``EntityTable``."""
        super().__init__()
        if not isinstance(context.table, EntityTable):
            raise TypeError("values are those of metadata")
        self.context = context
        self.table = context.table

    def __missing__(self, name: str) -> list[str] | None:
        entry = METADATA.get(name)
        found = entry.raws(self.table.entity) if entry is not None else None
        if found is None:
            readings = self.table.read(name)
            found = None if readings.unavailable else [item.raw for item in readings.items]
        self[name] = found
        return found


Plan = Callable[[Values], Short]
Truth = Callable[[Values], bool | None]


class Known(dict[str, bool]):
    """Which values satisfy a check."""

    def __init__(self, judge: Judge, kind: str) -> None:
        super().__init__()
        self._judge = judge.judge
        self._typed = typed(kind)

    def __missing__(self, raw: str) -> bool:
        if len(self) > _MOST:
            self.clear()
        holds = self[raw] = self._holds(raw)
        return holds

    def _holds(self, raw: str) -> bool:
        return isinstance(self._judge(Reading(self._typed(raw), raw)), Held)


class Matching(Known):
    """Which values a pattern matches, or does not match, as is wanted; all patterns of a fact are matched at once."""

    def __init__(self, judge: Judge, kind: str, patterns: PatternSet, pattern: str, *, wanted: bool) -> None:
        super().__init__(judge, kind)
        self.patterns = patterns
        self.number = patterns.add(pattern)
        self.wanted = wanted

    def _holds(self, raw: str) -> bool:
        found = self.patterns[raw]
        return super()._holds(raw) if found is None else (self.number in found) == self.wanted


Sets = dict[str, PatternSet]
"""The patterns of each fact."""


def plan(pack: Pack, rule: Rule, context: Context, sets: Sets) -> Plan:
    """Return the short way of one rule.

    context: of any entity; its parameters are those of the run. sets: shared by the rules of a run, which are all planned
    before the first is used.
    """
    if rule.from_ is not None or rule.until is not None or rule.xpath is not None:
        return _long
    truths = [_truth(rule.when, context, sets)] if rule.when is not None else []
    if pack.applies_when is not None:
        truths.insert(0, _applies(pack.applies_when, context, sets))
    inner = _inner(rule, context, sets)
    if not truths:
        return inner

    def short(values: Values) -> Short:
        for truth in truths:
            holds = truth(values)
            if not holds:
                return "" if holds is None else "not-applicable"
        return inner(values)

    return short


def plain_check(pack: Pack, rule: Rule, context: Context, sets: Sets) -> Known | None:
    """Return the memory of a rule that asks nothing but whether every value of a fact passes; None for other rules."""
    conditions = (pack.applies_when, rule.when, rule.from_, rule.until, rule.xpath)
    if rule.select is None or rule.quantifier != "every" or any(item is not None for item in conditions):
        return None
    return _known(rule.must, key_of(rule.must), rule.select, context, sets)


def _applies(condition: Condition, context: Context, sets: Sets) -> Truth:
    """Return whether a pack applies: known for every entity, for its rules are not run the long way where it does not."""
    short = _truth(condition, context, sets)

    def applies(values: Values) -> bool:
        holds = short(values)
        return evaluate(condition, values.context).holds is True if holds is None else holds

    return applies


def _long(_values: Values) -> Short:
    return ""


def _inner(rule: Rule, context: Context, sets: Sets) -> Plan:
    name, optional, check = rule.select, rule.optional, rule.must
    key = key_of(check)
    if key == "use":
        return _named(check, name, optional=optional)
    if name is None:
        return _long
    empty: Short = "not-applicable" if optional else ""
    if key in ("present", "absent"):
        wanted = check.present if check.present is not None else not check.absent

        def present(values: Values) -> Short:
            found = values[name]
            if found is None:
                return ""
            return "passed" if bool(found) == wanted else empty if not found else ""

        return present
    if key == "count":
        low, high = (check.count or {}).get("min", 0), (check.count or {}).get("max", 1 << 30)

        def count(values: Values) -> Short:
            found = values[name]
            return "" if found is None else "passed" if low <= len(found) <= high else "" if found else empty

        return count
    if key == "distinct":

        def distinct(values: Values) -> Short:
            found = values[name]
            if not found:
                return "" if found is None else empty
            return "passed" if len(found) == 1 or len(set(found)) == len(found) else ""

        return distinct
    if rule.quantifier == "none":
        return _long
    known = _known(check, key, name, context, sets)

    def each(values: Values) -> Short:
        found = values[name]
        if not found:
            return "" if found is None else empty
        return "passed" if known is not None and _satisfied(found, known, rule.quantifier) else ""

    return each


def _named(check: Check, name: str | None, *, optional: bool) -> Plan:
    """Return the short way of a named check: the check itself, without the words around it."""
    function, options = named(check.use or "").function, check.with_
    nothing_is_sound = check.use == "metadata_each"

    def ask(values: Values) -> Short:
        readings = None
        if name is not None:
            found = values[name]
            if found is None:
                return ""
            if not found and (optional or nothing_is_sound):
                return "not-applicable" if optional else "passed"
            readings = values.table.read(name)
        try:
            return "passed" if isinstance(function(readings, options, values.context), Held) else ""
        except Exception:  # noqa: BLE001 - the long way names a rule that is broken
            return ""

    return ask


def _satisfied(found: list[str], known: Known, quantifier: Quantifier) -> bool:
    return (all if quantifier == "every" else any)(map(known.__getitem__, found))


def _known(check: Check, key: str, name: str, context: Context, sets: Sets) -> Known | None:
    """Return the memory of a check that looks at the value alone; None for other checks."""
    if key not in EACH or key in _LONG or any(_is_fact(text) for text in _texts(check)):
        return None
    instant = check.before or check.after
    if (instant is not None and not instant.clock) or (check.within or {}).get("of", "clock") not in ("clock", "now"):
        return None
    kind = FACTS[name].kind if name in FACTS else "text"
    judge = EACH[key](check, context, kind)
    if not isinstance(judge, Judge):
        return None
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


def _truth(condition: Condition, context: Context, sets: Sets) -> Truth:
    """Return the short way of a condition; None is not known, or has to be found the long way."""
    if condition.any or condition.all:
        truths = [_truth(item, context, sets) for item in condition.any or condition.all]
        return _either(truths) if condition.any else _both(truths)
    if condition.not_ is not None:
        inner = _truth(condition.not_, context, sets)
        return lambda values: None if (holds := inner(values)) is None else not holds
    if condition.parameter is not None:
        return _of_parameter(condition, context)
    if condition.fact is None or condition.check is None:
        return lambda _values: True
    return _of_fact(condition.fact, condition.check, context, sets)


def _either(truths: list[Truth]) -> Truth:
    def either(values: Values) -> bool | None:
        unknown = False
        for truth in truths:
            holds = truth(values)
            if holds:
                return True
            unknown = unknown or holds is None
        return None if unknown else False

    return either


def _both(truths: list[Truth]) -> Truth:
    def both(values: Values) -> bool | None:
        unknown = False
        for truth in truths:
            holds = truth(values)
            if holds is False:
                return False
            unknown = unknown or holds is None
        return None if unknown else True

    return both


def _of_parameter(condition: Condition, context: Context) -> Truth:
    holds = evaluate(condition, context).holds  # parameters are the same for all entities
    return lambda _values: holds


def _of_fact(name: str, check: Check, context: Context, sets: Sets) -> Truth:
    """Return whether one of a fact's values is as said, or all of them for ``none_of`` and ``not_match`` (``conditions``)."""
    key = key_of(check)
    if key in ("present", "absent"):
        wanted = check.present if check.present is not None else not check.absent
        return lambda values: None if (found := values[name]) is None else bool(found) == wanted
    known = _known(check, key, name, context, sets)
    if known is None:
        return lambda _values: None
    negative = key in ("none_of", "not_match")

    def holds(values: Values) -> bool | None:
        found = values[name]
        if not found:
            return None if found is None else negative
        return _satisfied(found, known, "every" if negative else "any")

    return holds
