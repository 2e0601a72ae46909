"""The closed vocabulary of checks: one function per key of ``Check``, and ``apply``, which runs one over readings.

What every key means is said in ``model``; rules about missing values and quantifiers hold for all keys alike and are
here (DESIGN 5). Nothing is guessed: what cannot be known is ``Unknown``, never ``Held``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from samlcheck.checks import signing, times, urls, values
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.judging import OK, Judge, Judgement, Prepare, contrast, missing
from samlcheck.checks.model import Check, Quantifier
from samlcheck.checks.named import Function, named
from samlcheck.checks.predicate import predicate
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Text

EACH: dict[str, Prepare] = {
    "equal": values.equal,
    "one_of": values.one_of,
    "none_of": values.none_of,
    "match": values.match,
    "not_match": values.not_match,
    "contain": values.contain,
    "start_with": values.start_with,
    "end_with": values.end_with,
    "url": urls.url,
    "email": values.email,
    "number": values.number,
    "length": values.length,
    "same_as": values.same_as,
    "before": times.before,
    "after": times.after,
    "within": times.within,
    "signed": signing.signed,
    "algorithm_in": signing.algorithm_in,
}
"""Keys that look at one value at a time."""


def apply(
    check: Check,
    readings: Readings | None,
    context: Context,
    *,
    quantifier: Quantifier = "every",
    optional: bool = False,
    kind: str = "text",
) -> Result:
    """Return whether readings satisfy a check.

    readings: what the rule selected; None for a named check that selects for itself. quantifier: whether every value,
    any, or none of them must satisfy the check. optional: selecting nothing is nothing to check instead of a violation.
    kind: of the fact selected. Raises ValueError unless exactly one key of the check is set, KeyError for a name in a
    template that is neither parameter nor fact, TemplateError and ``re2.error``: a pack is checked for all of them
    when it is loaded.
    """
    return ready(check, quantifier=quantifier, optional=optional, kind=kind)(readings, context)


Ready = Callable[[Readings | None, Context], Result]
_NONE = Nothing("there is none")


def ready(check: Check, *, quantifier: Quantifier = "every", optional: bool = False, kind: str = "text") -> Ready:
    """Return ``apply`` for one check, with all that is the same for every login worked out already."""
    key = key_of(check)
    if key == "use":
        return _named(check, named(check.use or "").function, optional)
    whole = WHOLE.get(key)
    holds = predicate(check, key) if quantifier == "every" else None

    def judge(readings: Readings | None, context: Context) -> Result:
        if readings is None:
            raise ValueError(f"the check {key} needs something to look at")
        if readings.unavailable:
            return Unknown(readings.unavailable, readings.needs)
        if whole is not None:
            return whole(check, readings, optional)
        if not readings.items and optional:
            return _NONE
        if readings.items and holds is not None and all(holds(item.raw) for item in readings.items):
            return OK
        prepared = EACH[key](check, context, kind)
        if not readings.items:
            return missing(readings, prepared.expected if isinstance(prepared, Judge) else None)
        return _judge(prepared, readings, quantifier) if isinstance(prepared, Judge) else prepared

    return judge


def _named(check: Check, function: Function, optional: bool) -> Ready:
    def judge(readings: Readings | None, context: Context) -> Result:
        if readings is not None and readings.unavailable:
            return Unknown(readings.unavailable, readings.needs)
        if readings is not None and not readings.items and optional:
            return _NONE
        return function(readings, check.with_, context)

    return judge


KEYS = (
    "present", "absent", "equal", "one_of", "none_of", "match", "not_match", "contain", "start_with", "end_with", "url", "email",
    "number", "length", "count", "same_as", "before", "after", "within", "distinct", "signed", "algorithm_in", "use",
)  # fmt: skip
"""All keys of a check, as packs write them."""


def keys_of(check: Check) -> tuple[str, ...]:
    """Return the keys that a check sets; a sound one sets exactly one."""
    return tuple(key for key in KEYS if (value := getattr(check, key)) is not None and value != ())


def key_of(check: Check) -> str:
    """Return the one key that a check sets; raises ValueError for none or several."""
    keys = keys_of(check)
    if len(keys) != 1:
        raise ValueError("a check sets exactly one key, this one sets " + (" and ".join(keys) or "none"))
    return keys[0]


def _judge(judge: Judge, readings: Readings, quantifier: Quantifier) -> Result:
    judged = list(_judged(judge, readings, quantifier))
    held = [(item, found) for item, found in judged if isinstance(found, Held)]
    violations = tuple(found for _, found in judged if isinstance(found, Violation))
    unknown = next((found for _, found in judged if isinstance(found, Unknown)), None)
    unverified = tuple(dict.fromkeys(name for _, found in held for name in found.unverified))
    if quantifier == "any" and held:
        return Held(unverified)
    if quantifier == "none":
        if held:
            return Violated(
                tuple(Violation(item, detail=Text.of("this value is not allowed here")) for item, _ in held), unverified
            )
        return unknown or OK
    if quantifier == "any" and unknown:
        return unknown
    if violations:
        return Violated(violations, unverified)
    return unknown or Held(unverified)


_ENOUGH = 200
"""Violations after which no further value is judged where one is enough for the answer: a finding shows a few."""


def _judged(judge: Judge, readings: Readings, quantifier: Quantifier) -> Iterator[tuple[Reading, Judgement]]:
    wrong = 0
    for item in readings.items:
        found = judge.judge(item)
        yield item, found
        wrong += isinstance(found, Violation)
        if wrong == _ENOUGH and quantifier == "every":
            return


def _present(check: Check, readings: Readings, optional: bool) -> Result:
    wanted = check.present if check.present is not None else not check.absent
    if wanted:
        return OK if readings.items else _NONE if optional else missing(readings)
    return Violated(tuple(Violation(item) for item in readings.items)) if readings.items else OK


def _count(check: Check, readings: Readings, optional: bool) -> Result:
    wrong = values.count_words(len(readings.items), check.count or {})
    if wrong is None:
        return OK
    if not readings.items and optional:
        return _NONE
    expected, detail = wrong
    first = readings.first
    related = tuple(contrast(item) for item in readings.items[1:])
    anchor = None if first else readings.anchor
    return Violated((Violation(first, anchor, expected, detail=detail, related=related),))


def _distinct(check: Check, readings: Readings, optional: bool) -> Result:
    if not readings.items:
        return _NONE if optional else missing(readings)
    seen = {readings.items[0].raw: readings.items[0]}
    violations = []
    for item in readings.items[1:]:
        first = seen.setdefault(item.raw, item)
        if first is not item:
            violations.append(Violation(item, detail=Text.of("the same value stands there twice"), related=(contrast(first),)))
    return Violated(tuple(violations)) if violations else OK


WHOLE: dict[str, Callable[[Check, Readings, bool], Result]] = {
    "present": _present,
    "absent": _present,
    "count": _count,
    "distinct": _distinct,
}
"""Keys that look at all readings together; the quantifier means nothing to them."""
