"""Annotations for GitHub Actions: one workflow command a finding, shown at its line in the pull request.

A line begins with our own ``::`` and nothing else in it can begin a command: ``%``, line ends and, in properties, ``:`` and
``,`` are escaped as the runner unescapes them (actions/toolkit, command.ts). GitHub shows ten of each kind a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samlcheck.finding import Finding
from samlcheck.lintreport import Closed, EntityReport, Event
from samlcheck.report.events import Looks
from samlcheck.report.visible import visible

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(events: Iterable[Event], looks: Looks) -> Iterator[str]:
    """Yield the lines."""
    for event in events:
        if isinstance(event, EntityReport):
            for finding in looks.shown(event):
                yield _annotation(event, finding, looks)
            for broken in event.broken:
                yield _command("error", {"file": event.document}, f"Rule {broken.rule} is broken ({broken.error}).")
        elif isinstance(event, Closed) and event.problem is not None:
            name, _, rest = event.problem.where.partition(":")
            line, _, column = rest.partition(":")
            words = " ".join(filter(None, (event.problem.message, event.problem.tip)))
            yield _command("error", {"file": name or event.name, "line": line, "col": column, "title": "Unreadable"}, words)


def _annotation(report: EntityReport, finding: Finding, looks: Looks) -> str:
    node = (finding.primary.node if finding.primary else None) or report.place
    span = node.span if node else None
    words = [finding.message.render(looks.show) or finding.title]
    if finding.fix:
        words.append(f"Fix: {finding.fix.render(looks.show)}")
    if report.name:
        words.append(f"({report.name})")
    properties = {
        "file": node.document if node else report.document,
        "line": str(span.line) if span else "",
        "col": str(span.column) if span else "",
        "title": f"{finding.title} ({finding.rule})",
    }
    return _command(_KINDS[finding.severity], properties, " ".join(words))


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind} {said}::{_data(message)}\n"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
