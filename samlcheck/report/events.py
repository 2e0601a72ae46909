"""What the renderers for other programs are given: the events of a lint run, or those of ``check`` in the same form.

A renderer is a generator from events to pieces of text, so that a report on a large aggregate is written as it is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from samlcheck.finding import SEVERITIES, Evidence, Finding, Severity, Slot
from samlcheck.frozen import dataclass
from samlcheck.inspection import Inspection
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.report.view import CONCERNS
from samlcheck.report.visible import shower
from samlcheck.report.words import shown_findings, tally
from samlcheck.source import NodeRef


@dataclass(frozen=True, slots=True)
class Looks:
    """How a report for another program is to look."""

    masking: bool = True
    concerns: tuple[str, ...] = CONCERNS
    notes: bool = False
    """Findings of severity *note* as well."""
    only_errors: bool = False
    fail_on: str = "error"
    """``error``, ``warning`` or ``never``: from which severity on a finding fails the run."""

    @property
    def show(self) -> Callable[[Slot], str]:
        """The function that turns slots into text."""
        return shower(masking=self.masking)

    def shown(self, report: EntityReport) -> tuple[Finding, ...]:
        """Return the findings to show, errors first, else in the order of packs."""
        found = shown_findings(report.findings, self.concerns, notes=self.notes)
        if self.only_errors:
            found = [item for item in found if item.severity == "error"]
        return tuple(sorted(found, key=lambda item: SEVERITIES.index(item.severity)))

    def fails(self, severity: Severity) -> bool:
        """Return whether a finding of a severity fails the run."""
        return self.fail_on != "never" and SEVERITIES.index(severity) <= SEVERITIES.index(
            "error" if self.fail_on == "error" else "warning"
        )


Render = Callable[[Iterable[Event], Looks], Iterator[str]]


def of_inspection(inspection: Inspection) -> Iterator[Event]:
    """Yield what ``check`` found as events: one report a login.

    Places are kept where the input is the XML itself. In a response that was decoded first, line and column are those of
    the decoded XML, which other programs cannot show: only the path is kept.
    """
    for capture in inspection.captures:
        name = capture.artifact.name
        as_written = {message.artifact.name for message in capture.messages if not message.layers}
        yield Opened(name)
        for report in inspection.logins:
            if report.case.login.capture is not capture:
                continue
            found = [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]
            yield EntityReport(
                name,
                report.case.login.name,
                "login",
                (),
                NodeRef(name, "", None),
                tuple(_placed(item, name, as_written) for item in found),
                not_checked=report.diagnosis.not_checked,
                broken=report.diagnosis.broken,
                outcomes=tally(report.outcomes),
                headline=report.diagnosis.headline,
            )
        yield Closed(name)
    for problem in inspection.problems:
        yield Closed(problem.where.partition(":")[0] or "input", problem=problem)


def _placed(finding: Finding, name: str, as_written: set[str]) -> Finding:
    def place(evidence: Evidence) -> Evidence:
        node = evidence.node
        if node is None or (node.document == name and name in as_written):
            return evidence
        return replace(evidence, node=NodeRef(name, node.path, None, node.absent))

    return replace(finding, evidence=tuple(map(place, finding.evidence)))
