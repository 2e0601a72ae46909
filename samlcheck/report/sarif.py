"""SARIF 2.1.0: findings for code scanning. Regions point into the XML (OASIS sarif-v2.1.0, sections 3.14 to 3.30).

Results come first in the run and the rules that occurred after them, so that the log is written as findings are found;
members of a JSON object have no order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from samlcheck import __version__
from samlcheck.errors import SamlcheckError
from samlcheck.finding import Evidence, Finding
from samlcheck.lintreport import Closed, EntityReport, Event
from samlcheck.report.events import Looks
from samlcheck.report.visible import visible
from samlcheck.source import NodeRef

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def render(events: Iterable[Event], looks: Looks) -> Iterator[str]:
    """Yield the log."""
    rules: dict[str, Finding] = {}
    notices: list[dict[str, Any]] = []
    yield f'{{"$schema": {json.dumps(SCHEMA)}, "version": "2.1.0", "runs": [{{\n"columnKind": "unicodeCodePoints",\n"results": ['
    separator = "\n"
    for event in events:
        if isinstance(event, EntityReport):
            for result in _results(event, looks, rules):
                yield separator + _json(result)
                separator = ",\n"
            notices.extend(_broken(event))
        elif isinstance(event, Closed) and event.problem is not None:
            notices.append(_notice(event.problem))
    driver = {
        "name": "samlcheck",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(finding) for finding in rules.values()],
    }
    invocation = {"executionSuccessful": not notices, "toolExecutionNotifications": notices}
    yield f'\n],\n"invocations": [{_json(invocation)}],\n"tool": {{"driver": {_json(driver)}}}\n}}]}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _results(report: EntityReport, looks: Looks, rules: dict[str, Finding]) -> Iterator[dict[str, Any]]:
    for finding in looks.shown(report):
        rules.setdefault(finding.rule, finding)
        yield _result(report, finding, looks)
    for ignored in report.ignored:
        rules.setdefault(ignored.finding.rule, ignored.finding)
        suppression = {"kind": "inSource", "justification": visible(ignored.reason)}
        yield {**_result(report, ignored.finding, looks), "suppressions": [suppression]}
    for finding in looks.shown(report.with_findings(report.known)):
        rules.setdefault(finding.rule, finding)
        yield {**_result(report, finding, looks), "baselineState": "unchanged"}


def _result(report: EntityReport, finding: Finding, looks: Looks) -> dict[str, Any]:
    show = looks.show
    primary = finding.primary
    fix = f" Fix: {finding.fix.render(show)}" if finding.fix else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": (finding.message.render(show) or finding.title) + fix},
        "locations": [_location((primary.node if primary else None) or report.place, report.document)],
        "properties": {"entity": visible(report.name), "confidence": finding.confidence, "concern": finding.concern},
    }
    related = [item for item in finding.evidence if item.role != "primary" and item.node is not None]
    if related:
        result["relatedLocations"] = [_related(number, item, report) for number, item in enumerate(related, 1)]
    return result


def _related(number: int, evidence: Evidence, report: EntityReport) -> dict[str, Any]:
    words = visible(evidence.label) or "related"
    return {"id": number, "message": {"text": words}, **_location(evidence.node, report.document)}


def _location(node: NodeRef | None, document: str) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri(node.document if node else document)}}}
    if node is not None and node.span is not None:
        location["physicalLocation"]["region"] = {
            "startLine": node.span.line,
            "startColumn": node.span.column,
            "byteOffset": node.span.start,
            "byteLength": node.span.end - node.span.start,
        }
    if node is not None and node.path:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(node.path), "kind": "element"}]
    return location


def uri(name: str) -> str:
    """Return a file name as a URI reference: relative ones stay relative to where the command ran (SARIF 3.4.3)."""
    path = PurePath(name)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), safe="/-._~")


def _rule(finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": finding.rule,
        "shortDescription": {"text": visible(finding.title)},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {"tags": [finding.concern]},
    }
    sources = "; ".join(visible(item.source) for item in finding.citations)
    why = finding.why.plain()
    if why or sources:
        rule["help"] = {"text": visible(" ".join(filter(None, (why, f"Source: {sources}." if sources else ""))))}
    link = next((item.url for item in finding.citations if item.url), "")
    if link:
        rule["helpUri"] = visible(link)
    return rule


def _notice(problem: SamlcheckError) -> dict[str, Any]:
    words = " ".join(filter(None, (problem.message, problem.tip)))
    name, _, rest = problem.where.partition(":")
    notice: dict[str, Any] = {
        "level": "error",
        "message": {"text": visible(words)},
        "descriptor": {"id": problem.code or "problem"},
    }
    if name:
        place: dict[str, Any] = {"artifactLocation": {"uri": uri(name)}}
        numbers = rest.split(":")
        if numbers[0].isdigit():
            place["region"] = {"startLine": int(numbers[0])}
        notice["locations"] = [{"physicalLocation": place}]
    return notice


def _broken(report: EntityReport) -> Iterator[dict[str, Any]]:
    for item in report.broken:
        yield {
            "level": "error",
            "message": {"text": f"Rule {item.rule} is broken ({visible(item.error)}); it counts neither as passed nor as failed."},
            "descriptor": {"id": item.rule},
        }
