"""How one reading is judged: what every function for a key of the vocabulary returns, and the violations they share."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.checks.context import Context, Held, Nothing, Unknown, Violated, Violation
from samlcheck.checks.difference import difference, placeholder
from samlcheck.checks.model import Check
from samlcheck.checks.template import Wanted
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Difference, Evidence, Slot, Text
from samlcheck.frozen import dataclass

Judgement = Held | Violation | Unknown
OK = Held()


@dataclass(frozen=True, slots=True)
class Judge:
    """A requirement on one value, ready to be applied."""

    judge: Callable[[Reading], Judgement]
    expected: Slot | None = None
    """What to name as expected where a value is missing altogether."""


Prepare = Callable[[Check, Context, str], Judge | Unknown | Nothing]
"""Makes the judge of one key: given the check, the context and the kind of the fact."""


def missing(readings: Readings, expected: Slot | None = None, subject: str = "", detail: Text | None = None) -> Violated:
    """Return the violation for something that is not there, at the place where it should be."""
    return Violated((Violation(None, readings.anchor, expected, detail=detail or Text(), subject=subject),))


def broken(reading: Reading, detail: str, expected: Slot | None = None) -> Violation:
    """Return a violation in our own words."""
    return Violation(reading, expected=expected, detail=Text.of(detail))


def unwanted(reading: Reading, wanted: Wanted, context: Context) -> Judgement:
    """Return the violation for a value that is none of the wanted ones, beside the nearest of them.

    Where one of the wanted values could not be known, nothing can be said: ``Unknown``.
    """
    if isinstance(wanted.missing, Unknown):
        return wanted.missing
    expected, how = nearest(reading.raw, wanted, context)
    return Violation(reading, expected=Slot(expected, wanted.sensitive), difference=how)


_NEARNESS = (
    "trailing-slash", "whitespace", "case", "look-alike", "encoding", "one-character", "scheme", "port", "suffix", "prefix", "path",
    "query", "host", "placeholder", "swapped", "other",
)  # fmt: skip
_RANK = {kind: rank for rank, kind in enumerate(_NEARNESS)}


def nearest(actual: str, wanted: Wanted, context: Context) -> tuple[str, Difference | None]:
    """Return the wanted value that is nearest to the actual one, and how the two differ."""
    if wanted.literals:
        others = elsewhere(context, wanted.literals)
        found = [(value, difference(value, actual, others)) for value in wanted.literals[:200]]
        return min(found, key=lambda pair: _RANK.get(pair[1].kind, 99) if pair[1] else -1)
    for variant in _variants(actual):
        if variant != actual and wanted.unverified(variant) is not None:
            return variant, difference(variant, actual)
    flaw = Difference("placeholder", "text of a template was left in") if placeholder(actual) else None
    return wanted.shown, flaw


def _variants(actual: str) -> tuple[str, ...]:
    stripped = actual.strip()
    return (
        stripped,
        stripped.rstrip("/"),
        stripped + "/",
        stripped.lower(),
        stripped.replace("http://", "https://", 1),
        stripped.partition("#")[0],
        stripped.partition("?")[0],
    )


_PLACES = (
    ("ACS URL", "sp.acs_urls"),
    ("entityID of the service", "sp.entity_id"),
    ("entityID of the IdP", "idp.entity_id"),
    ("sign-on URL of the IdP", "idp.sso_urls"),
)


def elsewhere(context: Context, expected: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Return configured values by what they are, so that a mix-up can be named; without the expected ones."""
    return {what: values for what, name in _PLACES if (values := known(context, name)) and not set(values) & set(expected)}


def known(context: Context, name: str) -> tuple[str, ...]:
    """Return all values of a fact as written; none where it cannot be known."""
    return tuple(item.raw for item in context.table.read(name).items)


def contrast(reading: Reading, label: str = "", difference: Difference | None = None) -> Evidence:
    """Return a reading as contrast evidence: the near miss, the other member of a pair."""
    before, after = reading.snippet
    slot = Slot(reading.raw, reading.sensitive)
    return Evidence(
        "contrast",
        reading.node,
        label or reading.label,
        Text.of(before, slot, after) if before or after else Text(),
        actual=slot,
        difference=difference,
        covered=reading.covered,
    )
