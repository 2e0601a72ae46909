"""Whether something applies to a login: conditions of packs and rules, answered yes, no or not known, with the reason."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.checks.context import Context, Nothing, Unknown, Violated
from samlcheck.checks.model import Check
from samlcheck.checks.predicate import predicate
from samlcheck.checks.vocabulary import key_of
from samlcheck.checks.vocabulary import ready as ready_check
from samlcheck.facts import FACTS, Reading, Readings
from samlcheck.facts.table import title
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


Ready = Callable[[Context], Truth]


def evaluate(condition: Condition | None, context: Context) -> Truth:
    """Return whether a condition holds; no condition always does.

    On a fact with several values a condition asks whether *one* of them is as said (``none_of`` and ``not_match``: whether
    *all* are). A value that is missing satisfies only ``absent``, ``none_of`` and ``not_match``.
    """
    return ready(condition)(context)


def ready(condition: Condition | None) -> Ready:
    """Return ``evaluate`` for one condition, with all that is the same for every login worked out already."""
    if condition is None:
        return lambda context: ALWAYS
    if condition.any:
        return _any(tuple(map(ready, condition.any)))
    if condition.all:
        return _all(tuple(map(ready, condition.all)))
    if condition.not_ is not None:
        return _not(ready(condition.not_))
    if condition.parameter is not None:
        return _of_parameter(condition, condition.parameter)
    if condition.fact is None or condition.check is None:
        return lambda context: ALWAYS
    name = condition.fact
    fact = FACTS.get(name)
    judge = _judge(condition.check, title(name), fact.kind if fact else "text")
    return lambda context: judge(context.table.read(name), context)


def _of_parameter(condition: Condition, name: str) -> Ready:
    if condition.known is not None:
        truths = {
            known: Truth(known == condition.known, f"{name} is {'known' if known else 'not known'}") for known in (True, False)
        }

        def known(context: Context) -> Truth:
            value = context.parameters.get(name)
            return truths[value is not None and bool(value.values)]

        return known
    if condition.check is None:
        return lambda context: ALWAYS
    judge = _judge(condition.check, name, "text")

    def parameter(context: Context) -> Truth:
        value = context.parameters.get(name)
        return judge(Readings(tuple(Reading(item, item, label=name) for item in value.values) if value else ()), context)

    return parameter


def _judge(check: Check, called: str, kind: str) -> Callable[[Readings, Context], Truth]:
    key = key_of(check)
    negative = key in _NEGATIVE
    said = f"{called} {describe(check)}"
    truths = {True: Truth(True, said), False: Truth(False, f"not: {said}")}
    nothing = Truth(negative, f"{called} is not there")
    holds = predicate(check, key)
    if holds is None:
        judge = ready_check(check, quantifier="every" if negative else "any", optional=True, kind=kind)

    def truth(readings: Readings, context: Context) -> Truth:
        if readings.unavailable:
            return Truth(None, readings.unavailable, readings.needs)
        if holds is not None:
            found = (holds(item.raw) for item in readings.items)
            return truths[all(found) if negative else any(found)] if readings.items else nothing
        result = judge(readings, context)
        if isinstance(result, Unknown):
            return Truth(None, result.why, result.needs)
        return nothing if isinstance(result, Nothing) else truths[not isinstance(result, Violated)]

    return truth


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


def _not(inner: Ready) -> Ready:
    def opposite(context: Context) -> Truth:
        truth = inner(context)
        return truth if truth.holds is None else Truth(not truth.holds, truth.reason)

    return opposite


def _any(conditions: tuple[Ready, ...]) -> Ready:
    def either(context: Context) -> Truth:
        found: list[Truth] = []
        for condition in conditions:
            found.append(condition(context))
            if found[-1].holds:
                return found[-1]
        return _unknown(found) or Truth(False, lambda: "; ".join(item.why for item in found))

    return either


def _all(conditions: tuple[Ready, ...]) -> Ready:
    def both(context: Context) -> Truth:
        found: list[Truth] = []
        for condition in conditions:
            found.append(condition(context))
            if found[-1].holds is False:
                return found[-1]
        return _unknown(found) or Truth(True, lambda: " and ".join(item.why for item in found))

    return both


def _unknown(found: list[Truth]) -> Truth | None:
    return next((item for item in found if item.holds is None), None)
