"""Markdown: a report to paste into an issue or a job summary.

Foreign text stands in code spans only, with a fence longer than any run of backticks in it (CommonMark 6.1); our own sentences
may hold foreign values, so everything that could be markup is escaped in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from samlcheck.finding import Finding, Text
from samlcheck.lintreport import Closed, EntityReport, Event
from samlcheck.report.events import Looks
from samlcheck.report.visible import visible
from samlcheck.report.words import WHO

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~&@:])")
_RUN = re.compile(r"`+")


def render(events: Iterable[Event], looks: Looks) -> Iterator[str]:
    """Yield the report."""
    yield "# samlcheck\n"
    for event in events:
        if isinstance(event, EntityReport):
            yield from _entity(event, looks)
        elif isinstance(event, Closed):
            yield from _closed(event)


def _entity(report: EntityReport, looks: Looks) -> Iterator[str]:
    findings = looks.shown(report)
    if not findings and not report.broken and report.kind != "login":
        return
    yield f"\n## {code(report.name or report.document)}\n"
    if report.headline:
        yield f"\n{_said(report.headline, looks)}\n"
    for finding in findings:
        yield from _finding(finding, looks)
    for broken in report.broken:
        yield f"\nRule {code(broken.rule)} is broken ({escaped(broken.error)}); it counts neither as passed nor as failed.\n"


def _finding(finding: Finding, looks: Looks) -> Iterator[str]:
    yield f"\n- **{escaped(finding.title)}** ({finding.severity}, {code(finding.rule)})\n"
    if finding.message:
        yield f"  {_said(finding.message, looks)}\n"
    primary = finding.primary
    node = primary.node if primary else None
    if node is not None:
        place = f"{node.document}:{node.span.line}:{node.span.column}" if node.span else node.document
        yield f"  At {code(place)}" + (f" {code(node.path)}" if node.path else "") + "\n"
    if primary is not None and primary.expected is not None and primary.actual is not None:
        yield f"  Actual {code(looks.show(primary.actual))}, expected {code(looks.show(primary.expected))}\n"
    if finding.fix:
        yield f"  Fix ({WHO[finding.fix_by]}): {_said(finding.fix, looks)}\n"


def _closed(event: Closed) -> Iterator[str]:
    problem = event.problem
    if problem is not None:
        # Two blanks at the end of a line would break it.
        words = escaped(" ".join(filter(None, (problem.message, problem.tip)))).rstrip()
        yield f"\n## {code(event.name)}\n\n**Unreadable:** {words}\n"
        if problem.where:
            yield f"At {code(problem.where)}\n"
    if event.by_rule:
        entities = "1 entity" if event.entities == 1 else f"{event.entities} entities, {event.with_findings} of them with findings"
        yield f"\n{code(event.name)}: {entities}.\n"
        yield "\n| rule | findings |\n|---|---:|\n"
        yield from (f"| {cell(rule)} | {count} |\n" for rule, count in event.by_rule.items())


def _said(text: Text, looks: Looks) -> str:
    return "".join(escaped(part) if isinstance(part, str) else code(looks.show(part)) for part in text.parts)


def escaped(text: str) -> str:
    """Return text in which nothing is markup, on one line."""
    return _MARKUP.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """Return text as a code span."""
    if not text.strip():
        return "(empty)" if not text else "(blank)"
    shown = visible(text)
    fence = "`" * (max((len(run) for run in _RUN.findall(shown)), default=0) + 1)
    padded = f" {shown} " if shown.startswith("`") or shown.endswith("`") or shown.strip() != shown else shown
    return f"{fence}{padded}{fence}"


def cell(text: str) -> str:
    """Return text as a code span in a table, where a pipe would end the cell (GFM 4.10)."""
    return code(text).replace("|", "\\|")
