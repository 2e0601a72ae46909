"""The lint report for programs: DESIGN 2.3 with ``documents``, written as it is found (schema: ``inspection-1.json``)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from samlcheck import __version__
from samlcheck.case import Clock
from samlcheck.errors import SamlcheckError
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.report.events import Looks
from samlcheck.report.jsonout import SCHEMA, finding_object, problem_object
from samlcheck.report.visible import visible
from samlcheck.saml.values import iso


def render(events: Iterable[Event], looks: Looks, clock: Clock) -> Iterator[str]:
    """Yield one JSON object, an entity at a time."""
    head = json.dumps(envelope(clock), ensure_ascii=False)
    yield head[:-1] + ',\n"documents": ['
    problems: list[SamlcheckError] = []
    between_documents = between_entities = ""
    for event in events:
        if isinstance(event, Opened):
            yield f'{between_documents}\n{{"name": {_json(visible(event.name))}, "entities": ['
            between_documents, between_entities = ",", ""
        elif isinstance(event, EntityReport):
            yield f"{between_entities}\n{_json(entity_object(event, looks))}"
            between_entities = ","
        else:
            yield f'],\n"summary": {_json(summary_object(event))}}}'
            problems.extend([event.problem] if event.problem else [])
    yield f'],\n"problems": {_json([problem_object(problem) for problem in problems])}}}\n'


def render_lines(events: Iterable[Event], looks: Looks, clock: Clock) -> Iterator[str]:
    """Yield one compact JSON object a line and entity: the envelope repeated; the last line of a file has its summary."""
    head = envelope(clock)
    for event in events:
        if isinstance(event, EntityReport):
            document: dict[str, Any] = {"name": visible(event.document), "entities": [entity_object(event, looks)], "summary": None}
            problems: list[dict[str, Any]] = []
        elif isinstance(event, Closed):
            document = {"name": visible(event.name), "entities": [], "summary": summary_object(event)}
            problems = [problem_object(event.problem)] if event.problem else []
        else:
            continue
        row = {**head, "documents": [document], "problems": problems}
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def envelope(clock: Clock) -> dict[str, Any]:
    """Return what every report begins with."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "judged_at": iso(clock.at),
        "clock": clock.kind,
        "packs": [],
        "inputs": [],
        "logins": [],
    }


def entity_object(report: EntityReport, looks: Looks) -> dict[str, Any]:
    """Return what was found of one entity."""
    show, span = looks.show, report.place.span
    return {
        "name": visible(report.name),
        "kind": report.kind,
        **({"headline": report.headline.render(show)} if report.headline else {}),
        "roles": list(report.roles),
        "line": span.line if span else None,
        "column": span.column if span else None,
        "xpath": visible(report.place.path),
        "findings": [finding_object(item, show) for item in looks.shown(report)],
        "ignored": [{"rule": item.finding.rule, "reason": visible(item.reason)} for item in report.ignored],
        "known": [item.rule for item in report.known],
        "not_checked": [{"rule": item.rule, "why": visible(item.why), "needs": item.needs} for item in report.not_checked],
        "broken": [{"rule": item.rule, "error": visible(item.error)} for item in report.broken],
        "outcomes": dict(report.outcomes),
    }


def summary_object(event: Closed) -> dict[str, Any]:
    """Return what the entities of a file come to."""
    return {
        "entities": event.entities,
        "with_findings": event.with_findings,
        "by_severity": {name: event.by_severity.get(name, 0) for name in ("error", "warning", "note")},
        "by_rule": dict(event.by_rule),
        "ignored": event.ignored,
        "known": event.known,
        "not_checked": {visible(reason): number for reason, number in event.not_checked.items()},
        "broken": event.broken,
        "complete": event.problem is None,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
