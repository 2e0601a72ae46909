"""The short way to *passed* and *does not apply*, for the many rules that have nothing to say about an entity.

Whatever is not clearly passed or not applicable is told the long way, by ``packs.run``; a test holds both ways against each
other. ``programme`` puts the short ways of all rules together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from samlcheck.checks.context import Context, Held
from samlcheck.checks.metadata_sure import ALONE, Sure, sure
from samlcheck.checks.model import Check
from samlcheck.checks.named import named
from samlcheck.checks.vocabulary import key_of
from samlcheck.lint.known import Known, Sets, known
from samlcheck.lint.truths import Truth, applies, truth
from samlcheck.lint.values import Values
from samlcheck.packs.model import Pack, Rule

Short = Literal["passed", "not-applicable", ""]
"""The outcome; empty if it has to be found the long way."""
Plan = Callable[[Values], Short]


class Planned(NamedTuple):
    """The short way of one rule."""

    truths: tuple[Truth, ...]
    """All must hold, else the rule does not apply."""
    inner: Plan
    """What the rule says where it applies."""
    sure: Sure | None = None
    """Of a named check: tells quickly where it surely holds."""
    row: bool = False
    """Where it does of entities put ``together`` (``facts``), the check holds for each."""

    def ask(self, values: Values, inner: Plan | None = None) -> Short:
        """Return the outcome. inner: a quicker one for this entity."""
        for one in self.truths:
            holds = one(values)
            if not holds:
                return "" if holds is None else "not-applicable"
        return (inner or self.inner)(values)


def plan(pack: Pack, rule: Rule, context: Context, sets: Sets) -> Planned:
    """Return the short way of one rule. context, sets: as for ``known.known``."""
    if rule.from_ is not None or rule.until is not None or rule.xpath is not None:
        return Planned((), _long)
    truths = [truth(rule.when, context, sets)] if rule.when is not None else []
    if pack.applies_when is not None:
        truths.insert(0, applies(pack.applies_when, context, sets))
    quick = sure(rule.must, context) if rule.select is None and key_of(rule.must) == "use" else None
    return Planned(tuple(truths), _inner(rule, context, sets), quick, rule.must.use not in ALONE)


def plain_check(pack: Pack, rule: Rule, context: Context, sets: Sets) -> Known | None:
    """Return the memory of a rule that asks nothing but whether every value of a fact passes; None for other rules."""
    conditions = (pack.applies_when, rule.when, rule.from_, rule.until, rule.xpath)
    if rule.select is None or rule.quantifier != "every" or any(item is not None for item in conditions):
        return None
    return known(rule.must, key_of(rule.must), rule.select, context, sets)


def _long(_values: Values) -> Short:
    return ""


def _inner(rule: Rule, context: Context, sets: Sets) -> Plan:
    name, check = rule.select, rule.must
    key = key_of(check)
    if key == "use":
        return _named(check, name, optional=rule.optional)
    if name is None:
        return _long
    empty: Short = "not-applicable" if rule.optional else ""
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
    memory = known(check, key, name, context, sets)
    if rule.quantifier == "none" or memory is None:
        return _long
    enough = all if rule.quantifier == "every" else any

    def each(values: Values) -> Short:
        found = values[name]
        if not found:
            return "" if found is None else empty
        return "passed" if enough(map(memory.__getitem__, found)) else ""

    return each


def _named(check: Check, name: str | None, *, optional: bool) -> Plan:
    """Return the short way of a named check: the check itself, without the words around it."""
    function, options = named(check.use or "").function, check.with_
    nothing_is_sound = check.use in ("metadata_each", "metadata_scope_patterns")

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
