"""JUnit XML: one suite a file, one case an entity (or login) and finding, for CI servers that draw tables of it.

Only findings that fail the run are failures; others stand in the output of their case, so that the table agrees with the
exit code. Text is escaped after ``visible``, which leaves no character that XML forbids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from samlcheck.finding import Finding
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.report.events import Looks
from samlcheck.report.visible import visible


class _Suite:
    """One file: what counts stands before what is counted, so it is kept until the file ends."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cases: list[str] = []
        self.tests = self.failures = self.errors = self.skipped = 0

    def case(self, group: str, name: str, inside: str = "", *, failed: bool = False, error: bool = False) -> None:
        self.tests += 1
        self.failures += failed
        self.errors += error
        attributes = f"classname={_quoted(group)} name={_quoted(name)}"
        self.cases.append(f"<testcase {attributes}>{inside}</testcase>\n" if inside else f"<testcase {attributes}/>\n")

    def text(self) -> Iterator[str]:
        yield (
            f'<testsuite name={_quoted(self.name)} tests="{self.tests}" failures="{self.failures}" errors="{self.errors}"'
            f' skipped="{self.skipped}">\n'
        )
        yield from self.cases
        yield "</testsuite>\n"


def render(events: Iterable[Event], looks: Looks) -> Iterator[str]:
    """Yield the document."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="samlcheck">\n'
    suite = _Suite("")
    for event in events:
        if isinstance(event, Opened):
            suite = _Suite(event.name)
        elif isinstance(event, EntityReport):
            _entity(suite, event, looks)
        else:
            yield from _closed(suite if suite.name == event.name else _Suite(event.name), event)
            suite = _Suite("")
    yield "</testsuites>\n"


def _entity(suite: _Suite, report: EntityReport, looks: Looks) -> None:
    name = report.name or report.place.path or report.document
    findings = looks.shown(report)
    for finding in findings:
        failed = looks.fails(finding.severity)
        words = _words(finding, looks)
        if failed:
            message = finding.message.render(looks.show) or finding.title
            inside = f'<failure type="{finding.severity}" message={_quoted(message)}>{_escaped(words)}</failure>'
        else:
            inside = f"<system-out>{_escaped(words)}</system-out>"
        suite.case(name, finding.rule, inside, failed=failed)
    for broken in report.broken:
        suite.case(name, broken.rule, f'<error type="broken" message={_quoted(broken.error)}/>', error=True)
    if not findings and not report.broken:
        suite.case(name, report.headline.render(looks.show) or "all rules")


def _closed(suite: _Suite, event: Closed) -> Iterator[str]:
    problem = event.problem
    if problem is not None:
        words = "\n".join(filter(None, (problem.message, problem.where, problem.tip)))
        inside = f"<error type={_quoted(problem.code or 'problem')} message={_quoted(problem.message)}>{_escaped(words)}</error>"
        suite.case(event.name, "readable", inside, error=True)
    yield from suite.text()


def _words(finding: Finding, looks: Looks) -> str:
    node = finding.primary.node if finding.primary else None
    place = ""
    if node is not None:
        place = f"{node.document}:{node.span.line}:{node.span.column} {node.path}" if node.span else f"{node.document} {node.path}"
    lines = (
        f"{finding.severity}: {finding.title}",
        finding.message.render(looks.show),
        place,
        f"Fix: {finding.fix.render(looks.show)}" if finding.fix else "",
    )
    return "\n".join(line for line in lines if line)


def _escaped(text: str) -> str:
    return escape("\n".join(visible(line) for line in text.split("\n")))


def _quoted(text: str) -> str:
    return quoteattr(visible(text))
