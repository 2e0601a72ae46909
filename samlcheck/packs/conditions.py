"""Whether something applies to a login: conditions of packs and rules, answered yes, no or not known, with the reason."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.checks.context import Context, Nothing, Unknown, Violated
from samlcheck.checks.model import Check
from samlcheck.checks.vocabulary import apply
from samlcheck.facts import FACTS, Reading, Readings
from samlcheck.frozen import dataclass
from samlcheck.packs.model import Condition

_NEGATIVE = ("none_of", "not_match")
_VERBS: dict[str, str] = {
    "equal": "is", "one_of": "is one of", "none_of": "is none of", "match": "matches", "not_match": "does not match",
    "contain": "contains", "start_with": "starts with", "end_with": "ends with", "same_as": "is the same as",
    "present": "is present", "absent": "is absent", "email": "is an e-mail address", "url": "is a URL of the wanted form",
    "number": "is a number in range", "length": "has the wanted length", "count": "occurs the wanted number of times",
    "before": "is early enough", "after": "is late enough", "within": "is close enough in time", "distinct": "is unambiguous",
    "signed": "is signed", "algorithm_in": "is one of the algorithms", "use": "passes the check",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """The answer to a condition."""

    holds: bool | None
    """None: not known."""
    reason: str | Callable[[], str]
    """What decided it; put into words only when somebody asks (``why``)."""
    needs: str = ""
    """What the user could give to make it known."""

    @property
    def why(self) -> str:
        """What decided it, in words of the pack; never a captured value."""
        return self.reason if isinstance(self.reason, str) else self.reason()


ALWAYS = Truth(True, "it always applies")


def evaluate(condition: Condition | None, context: Context) -> Truth:
    """Return whether a condition holds; no condition always does.

    On a fact with several values a condition asks whether *one* of them is as said (``none_of`` and ``not_match``: whether
    *all* are). A value that is missing satisfies only ``absent``, ``none_of`` and ``not_match``.
    """
    if condition is None:
        return ALWAYS
    if condition.any:
        return _any(condition.any, context)
    if condition.all:
        return _all(condition.all, context)
    if condition.not_ is not None:
        inner = evaluate(condition.not_, context)
        return inner if inner.holds is None else Truth(not inner.holds, inner.reason)
    if condition.parameter is not None:
        return _parameter(condition, condition.parameter, context)
    if condition.fact is None or condition.check is None:
        return ALWAYS
    fact = FACTS.get(condition.fact)
    return _check(
        condition.check,
        context.table.read(condition.fact),
        context,
        context.table.title(condition.fact),
        fact.kind if fact else "text",
    )


def _parameter(condition: Condition, name: str, context: Context) -> Truth:
    value = context.parameters.get(name)
    if condition.known is not None:
        known = value is not None and bool(value.values)
        return Truth(known == condition.known, f"{name} is {'known' if known else 'not known'}")
    if condition.check is None:
        return ALWAYS
    readings = Readings(tuple(Reading(item, item, label=name) for item in value.values) if value else ())
    return _check(condition.check, readings, context, name, "text")


def _check(check: Check, readings: Readings, context: Context, title: str, kind: str) -> Truth:
    negative = any(getattr(check, key) for key in _NEGATIVE)
    result = apply(check, readings, context, quantifier="every" if negative else "any", optional=True, kind=kind)
    if isinstance(result, Unknown):
        return Truth(None, result.why, result.needs)
    if isinstance(result, Nothing):
        return Truth(negative, f"{title} is not there")
    holds = not isinstance(result, Violated)
    return Truth(holds, lambda: f"{'' if holds else 'not: '}{title} {describe(check)}")


def describe(check: Check) -> str:
    """Return a check as the end of a sentence: ``is one of a, b``."""
    for key, verb in _VERBS.items():
        value = getattr(check, key)
        if value is None or value == ():
            continue
        if isinstance(value, bool):
            return verb if value else f"not ({verb})"
        said = ", ".join(value[:3]) + (" …" if len(value) > 3 else "") if isinstance(value, tuple) else value
        return f"{verb} {said}" if isinstance(said, str) else verb
    return "is as wanted"


def _any(conditions: tuple[Condition, ...], context: Context) -> Truth:
    found: list[Truth] = []
    for condition in conditions:
        found.append(evaluate(condition, context))
        if found[-1].holds:
            return found[-1]
    return _unknown(found) or Truth(False, lambda: "; ".join(item.why for item in found))


def _all(conditions: tuple[Condition, ...], context: Context) -> Truth:
    found: list[Truth] = []
    for condition in conditions:
        found.append(evaluate(condition, context))
        if found[-1].holds is False:
            return found[-1]
    return _unknown(found) or Truth(True, lambda: " and ".join(item.why for item in found))


def _unknown(found: list[Truth]) -> Truth | None:
    return next((item for item in found if item.holds is None), None)
