"""Run the selected packs on one login: every rule ends in an outcome, and every failure says where and what to do.

Three questions in order: does the rule apply, is it in force, what does it find. A rule that raises is *broken*, which is
never a pass; the error is named by its type alone, because its text could hold captured values.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from samlcheck.checks.context import Context, Held, Nothing, Unknown, Violation
from samlcheck.checks.template import expand
from samlcheck.facts import FactTable, Readings
from samlcheck.facts.reading import Reader
from samlcheck.finding import (
    CONFIDENCES,
    Broken,
    Citation,
    Confidence,
    Evidence,
    Failed,
    Finding,
    NotApplicable,
    NotChecked,
    Outcome,
    Passed,
    Role,
    Slot,
    Text,
)  # fmt: skip
from samlcheck.packs.fixes import remedy
from samlcheck.packs.model import Pack, Rule
from samlcheck.packs.prepared import Prepared, prepared, rules_of
from samlcheck.packs.select import Selection

_ISSUED = ("response.issue_instant", "assertion.issue_instant", "request.issue_instant")
MOST_EVIDENCE = 8
"""Further places shown for one finding; a message with a thousand bad values makes one readable finding."""
MOST_RELATED = 50
"""Places shown beside one of them."""
MOST_FINDINGS = 50
"""Subjects of one rule that make a finding of their own: more are no report, and each is weighed against all others."""


def run(selection: Selection, table: FactTable) -> tuple[Outcome, ...]:
    """Return one outcome for each rule of the selected packs, in the order of packs and rules."""
    return tuple(_guarded(ready, selection, table) for pack, _ in selection.packs for ready in rules_of(pack))


def outcome(pack: Pack, rule: Rule, selection: Selection, table: FactTable) -> Outcome:
    """Return what one rule says of the login."""
    return _guarded(prepared(pack, rule), selection, table)


def _guarded(ready: Prepared, selection: Selection, table: FactTable) -> Outcome:
    try:
        return _outcome(ready, selection, table)
    except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others
        return Broken(ready.name, type(error).__name__, ready.rule.settles, ready.rule.required)


def _outcome(ready: Prepared, selection: Selection, table: FactTable) -> Outcome:
    rule, name, context = ready.rule, ready.name, selection.context
    if rule.from_ is not None or rule.until is not None:
        out_of_force = _out_of_force(rule, table)
        if out_of_force:
            return NotApplicable(name, out_of_force, rule.settles, rule.required)
    if ready.applies is not None:
        truth = ready.applies(context)
        if truth.holds is None:
            return NotChecked(name, truth.why, truth.needs, rule.settles, rule.required)
        if not truth.holds:
            return NotApplicable(name, truth.why, rule.settles, rule.required)
    result = ready.judge(_selected(rule, context, table), context)
    if isinstance(result, Held):
        return Passed(name, rule.settles, rule.required, result.unverified) if result.unverified else ready.passed
    if isinstance(result, Nothing):
        return NotApplicable(name, result.why, rule.settles, rule.required)
    if isinstance(result, Unknown):
        return NotChecked(name, result.why, result.needs, rule.settles, rule.required)
    lowered = bool(result.unverified)
    groups = islice(_by_subject(result.violations), MOST_FINDINGS)
    findings = tuple(_finding(name, rule, group, lowered, selection, table) for group in groups)
    return Failed(name, findings, rule.settles, rule.required)


def _selected(rule: Rule, context: Context, table: FactTable) -> Readings | None:
    if rule.xpath is not None:
        return _free(rule.xpath, context, table)
    return table.read(rule.select) if rule.select is not None else None


def _free(expression: str, context: Context, table: FactTable) -> Readings:
    from samlcheck.packs.xpath import select

    anatomy = table.case.anatomy
    if anatomy is None:
        return Readings(unavailable="there is no response in what was given", needs="a SAMLResponse")
    known = {name: value.values[0] for name, value in context.parameters.items() if value.values}
    return select(expression, Reader(anatomy.document, table.case.trust), dict.fromkeys(context.patterns, "") | known)


def _out_of_force(rule: Rule, table: FactTable) -> str:
    """Return why a rule is not in force when the message was issued, or an empty string."""
    issued = next(
        (item.value for name in _ISSUED for item in table.read(name).items if isinstance(item.value, datetime)), table.case.clock.at
    )
    if rule.from_ is not None and issued < _midnight(rule.from_):
        return f"it holds for messages issued from {rule.from_} on"
    if rule.until is not None and issued >= _midnight(rule.until):
        return f"it held for messages issued before {rule.until}"
    return ""


def _midnight(date: str) -> datetime:
    return datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC)


def _by_subject(violations: tuple[Violation, ...]) -> Iterator[tuple[Violation, ...]]:
    """Yield the violations that make one finding: those without a subject together, else one subject at a time."""
    groups: dict[str, list[Violation]] = {}
    for violation in violations:
        groups.setdefault(violation.subject, []).append(violation)
    for group in groups.values():
        yield tuple(group)


def _finding(name: str, rule: Rule, group: tuple[Violation, ...], lowered: bool, selection: Selection, table: FactTable) -> Finding:
    first, *others = group
    extra = _extra(first)
    fix = remedy(rule, selection, extra, first.misnamed)
    evidence = [_evidence(first, "primary", rule, table), *first.related[:MOST_RELATED]]
    for violation in others[:MOST_EVIDENCE]:
        evidence.extend((_evidence(violation, "related", rule, table), *violation.related[:MOST_RELATED]))
    return Finding(
        rule=name,
        title=rule.title,
        severity=rule.severity,
        confidence=_one_down(rule.confidence) if lowered else rule.confidence,
        concern=rule.concern,
        message=expand(rule.message, selection.context, extra),
        evidence=tuple(evidence),
        fix=fix.sentence,
        fix_steps=fix.steps,
        fix_by=fix.by,
        why=Text.of(rule.why) if rule.why else Text(),
        citations=tuple(Citation(item.source, item.url, item.seen, item.basis) for item in rule.cite),
        explains=rule.explains,
        subject=first.subject,
    )


def _extra(violation: Violation) -> dict[str, Slot | Text]:
    """Return what the words of messages stand for; each has a reading that keeps the sentence whole when it is empty."""
    reading = violation.reading
    otherwise = "it is another value" if reading is not None else "it is not there"
    return {
        "actual": (Slot(reading.raw, reading.sensitive) if reading.raw else Text.of("empty")) if reading else Text.of("missing"),
        "expected": violation.expected or Text.of("another value"),
        "difference": Text.of(violation.difference.words if violation.difference else otherwise),
        "detail": violation.detail,
        "repaired": violation.repaired or Text(),
        "subject": Slot(violation.subject),
    }


def _evidence(violation: Violation, role: Role, rule: Rule, table: FactTable) -> Evidence:
    reading = violation.reading
    # A pattern is no value to lay beside the actual one, nor anything to read: what it asks for is said in the message.
    expected = violation.expected if rule.must.match is None else None
    label = rule.label or (table.title(rule.select) if rule.select else violation.subject or rule.title)
    if reading is None:
        return Evidence(role, violation.anchor, label, expected=expected, difference=violation.difference)
    if reading.label and reading.label not in label:
        label = f"{label} ({reading.label})"
    value = Slot(reading.raw, reading.sensitive)
    before, after = reading.snippet
    return Evidence(
        role,
        reading.node,
        label,
        snippet=Text.of(before, value, after) if before or after else Text(),
        actual=None if rule.message == "{detail}." else value,  # what is the message itself is said once
        expected=expected,
        difference=violation.difference,
        covered=reading.covered,
    )


def _one_down(confidence: Confidence) -> Confidence:
    return CONFIDENCES[min(CONFIDENCES.index(confidence) + 1, len(CONFIDENCES) - 1)]
