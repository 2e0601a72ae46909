"""Whether conditions of packs and rules hold for an entity, by the values of its facts (``packs.conditions`` says the same)."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.checks.context import Context
from samlcheck.checks.model import Check
from samlcheck.checks.vocabulary import key_of
from samlcheck.lint.known import Sets, known
from samlcheck.lint.values import Values
from samlcheck.packs.conditions import evaluate
from samlcheck.packs.model import Condition

Truth = Callable[[Values], "bool | None"]
"""None: not known, or to be found the long way."""


def truth(condition: Condition, context: Context, sets: Sets) -> Truth:
    """Return the short way of a condition. context, sets: as for ``known.known``."""
    if condition.any or condition.all:
        truths = [truth(item, context, sets) for item in condition.any or condition.all]
        return _either(truths) if condition.any else _both(truths)
    if condition.not_ is not None:
        inner = truth(condition.not_, context, sets)
        return lambda values: None if (holds := inner(values)) is None else not holds
    if condition.parameter is not None:
        same = evaluate(condition, context).holds  # parameters are the same for all entities
        return lambda _values: same
    if condition.fact is None or condition.check is None:
        return lambda _values: True
    return _of_fact(condition.fact, condition.check, context, sets)


def applies(condition: Condition, context: Context, sets: Sets) -> Truth:
    """Return whether a pack applies: known for every entity, for its rules are not run the long way where it does not."""
    short = truth(condition, context, sets)

    def whole(values: Values) -> bool:
        holds = short(values)
        return evaluate(condition, values.context).holds is True if holds is None else holds

    return whole


def _either(truths: list[Truth]) -> Truth:
    def either(values: Values) -> bool | None:
        unknown = False
        for one in truths:
            holds = one(values)
            if holds:
                return True
            unknown = unknown or holds is None
        return None if unknown else False

    return either


def _both(truths: list[Truth]) -> Truth:
    def both(values: Values) -> bool | None:
        unknown = False
        for one in truths:
            holds = one(values)
            if holds is False:
                return False
            unknown = unknown or holds is None
        return None if unknown else True

    return both


def _of_fact(name: str, check: Check, context: Context, sets: Sets) -> Truth:
    """Return whether one of a fact's values is as said, or all of them for ``none_of`` and ``not_match``."""
    key = key_of(check)
    if key in ("present", "absent"):
        wanted = check.present if check.present is not None else not check.absent
        return lambda values: None if (found := values[name]) is None else bool(found) == wanted
    memory = known(check, key, name, context, sets)
    if memory is None:
        return lambda _values: None
    negative = key in ("none_of", "not_match")
    enough = all if negative else any

    def holds(values: Values) -> bool | None:
        found = values[name]
        if not found:
            return None if found is None else negative
        return enough(map(memory.__getitem__, found))

    return holds
