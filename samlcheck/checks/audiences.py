"""The named check ``audience_restrictions`` (SAML core 2.5.1.4)."""

from __future__ import annotations

from collections.abc import Mapping

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.judging import contrast, missing, unwanted
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Text

_COMPARED = 50
"""Audiences of one restriction, and restrictions, that are compared with the expected ones to say what is wrong."""


def audience_restrictions(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge that every AudienceRestriction names an expected audience: restrictions are joined by *and*, audiences by *or*.

    Option ``expected``: templates, comma-separated; without it the entityID of the service (``--audience``, ``--sp``).
    """
    found = context.table.read("assertion.audience") if readings is None else readings
    if found.unavailable:
        return Unknown(found.unavailable, found.needs)
    wanted = template.one_of(template.listed(options.get("expected", "{sp.entity_id}")), context)
    nothing_known = wanted.missing if not wanted.regex else None
    if not found.items:
        return missing(found, wanted.slot if nothing_known is None else None)
    if isinstance(nothing_known, Unknown | Nothing):
        return nothing_known
    groups: dict[int, list[Reading]] = {}
    for item in found.items:
        groups.setdefault(item.group, []).append(item)
    violations: list[Violation] = []
    unverified: list[str] = []
    unknown: Unknown | None = None
    for items in groups.values():
        fits = [shape for shape in (wanted.unverified(item.raw) for item in items) if shape is not None]
        if fits:
            unverified.extend(() if () in fits else fits[0])
            continue
        judged = [unwanted(item, wanted, context) for item in items[:_COMPARED]]
        unknown = next((item for item in judged if isinstance(item, Unknown)), unknown)
        wrong = [item for item in judged if isinstance(item, Violation)]
        if wrong:
            violations.append(_worst(wrong, len(items) - 1, len(groups)))
            if len(violations) == _COMPARED:
                break
    restriction_count = context.table.read("assertion.audience_restriction_count").first
    if not violations and restriction_count is not None and int(restriction_count.raw) > len(groups):
        return missing(found, wanted.slot, detail=Text.of("one AudienceRestriction is empty"))
    if violations:
        return Violated(tuple(violations), tuple(dict.fromkeys(unverified)))
    return unknown or Held(tuple(dict.fromkeys(unverified)))


def _worst(wrong: list[Violation], others: int, restrictions: int) -> Violation:
    """Return one violation for a restriction: the audience nearest to an expected one, the others as contrast."""
    wrong = sorted(wrong, key=lambda item: item.difference is None or item.difference.kind == "other")
    first, beside = wrong[0], wrong[1:]
    words = []
    if restrictions > 1:
        words.append("each AudienceRestriction must hold an expected audience, and this one does not")
    if others:
        words.append(
            f"nor is any of the {others} other audiences beside it" if others > 1 else "nor is the other audience beside it"
        )
    return Violation(
        first.reading,
        expected=first.expected,
        difference=first.difference,
        detail=Text.of(", ".join(words)),
        related=tuple(contrast(item.reading, "Audience") for item in beside if item.reading is not None),
    )
