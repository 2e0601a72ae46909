"""What is different between two metadata files, what it breaks for partners who hold the old one, and who must act first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from samlcheck.case import Clock
from samlcheck.checks.metadata_change import keys_of
from samlcheck.errors import InputError
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.pair import PairTable
from samlcheck.finding import Finding, Slot, Text
from samlcheck.lint import sidebyside
from samlcheck.lint.source import Input
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.packs.catalogue import Catalogue

PACKS = ("metadata-key-change", "metadata-change")
_USES = (
    ("idp signing", "signing key of the identity provider"),
    ("sp signing", "signing key of the service"),
    ("sp encryption", "encryption key of the service"),
)


def changes(old: Input, new: Input, catalogue: Catalogue, clock: Clock) -> Iterator[Event]:
    """Yield the differences as the events of a lint run: a report for each entity that changed, the file as a whole first.

    Entities are matched by entityID; where each file holds but one they are the two to compare, whatever they are called.
    """
    name = f"{old.name} to {new.name}"
    yield Opened(name)
    try:
        first, second = (sidebyside.read(item, clock) for item in (old, new))
    except InputError as error:
        yield Closed(name, problem=error)
        return
    findings: list[Finding] = []
    compared = broken = 0
    for before, after in _matched(first, second):
        report = judge(before, after, catalogue)
        compared += after.is_entity
        broken += len(report.broken)
        findings.extend(report.findings)
        if report.findings or report.broken or not second.source.aggregate:
            yield report
    told = tuple(findings)
    rules = {item.rule: sum(one.rule == item.rule for one in told) for item in told}
    yield Closed(name, compared, int(bool(told)), rules, sidebyside.counted(told), broken=broken)


def _matched(old: EntityCase, new: EntityCase) -> Iterator[tuple[EntityCase, EntityCase]]:
    before, after = list(sidebyside.entities(old)), list(sidebyside.entities(new))
    if len(before) == len(after) == 1:
        yield before[0], after[0]
        return
    if not old.is_entity or not new.is_entity:
        yield old, new
    known = {item.entity_id: item for item in before}
    for item in after:
        if item.entity_id in known:
            yield known[item.entity_id], item


def judge(old: EntityCase, new: EntityCase, catalogue: Catalogue) -> EntityReport:
    """Return the report on one entity before and after, its headline in words."""
    pair = PairTable(old, new)
    report = sidebyside.judge(pair, catalogue, PACKS, "change")
    return replace(report, headline=_headline(pair, report))


def _headline(pair: PairTable, report: EntityReport) -> Text:
    count = sidebyside.counted(report.findings)
    errors, warnings, notes = (count.get(name, 0) for name in ("error", "warning", "note"))
    if errors:
        words = f"{_number(errors, 'change breaks', 'changes break')} logins unless partners act first"
        words += f", and {warnings} more {'calls' if warnings == 1 else 'call'} for action." if warnings else "."
    elif warnings:
        number = _number(warnings, "change calls", "changes call")
        words = f"Nothing breaks by itself, but {number[:1].lower()}{number[1:]} for action."
    elif report.broken:
        words = "What the change means cannot be told: a rule is broken."
    else:
        words = "Partners need not act: what changed does no harm." if notes else "Nothing that partners rely on has changed."
    return Text.of(words, *_kept(pair))


def _kept(pair: PairTable) -> Iterator[str | Slot]:
    """Yield which keys stay valid."""
    for of, title in _USES:
        old, new = keys_of(pair.first, of), keys_of(pair.second, of)
        kept = [reading.raw for key, (reading, _) in new.items() if key in old]
        if kept:
            yield f" Still valid as {title}: "
            yield Slot(", ".join(kept))
            yield "."


def _number(count: int, one: str, several: str) -> str:
    return f"{'One' if count == 1 else count} {one if count == 1 else several}"
