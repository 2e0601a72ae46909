"""What the renderers for other programs are given: the events of a lint run, or those of ``check`` in the same form.

A renderer is a generator from events to pieces of text, so that a report on a large aggregate is written as it is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from samlcheck.capture.model import Capture
from samlcheck.finding import SEVERITIES, Evidence, Finding, Severity, Slot
from samlcheck.frozen import dataclass
from samlcheck.inspection import Inspection, LoginReport
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

    Places are kept where the input is the XML itself. In a message that was decoded or decrypted first, line and column are
    those of the inner XML, which other programs cannot show: only the path is kept.
    """
    for capture in inspection.captures:
        name = capture.artifact.name
        yield Opened(name)
        for report in inspection.logins:
            if report.case.login.capture is not capture:
                continue
            found = [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]
            inner = _inner_names(capture, report)
            yield EntityReport(
                name,
                report.case.login.name,
                "login",
                (),
                NodeRef(name, "", None),
                tuple(_placed(item, name, inner) for item in found),
                not_checked=report.diagnosis.not_checked,
                broken=report.diagnosis.broken,
                outcomes=tally(report.outcomes),
                headline=report.diagnosis.headline,
            )
        yield Closed(name)
    for problem in inspection.problems:
        yield Closed(problem.where.partition(":")[0] or "input", problem=problem)


def _inner_names(capture: Capture, report: LoginReport) -> frozenset[str]:
    """Return the names of documents whose octets are not those of the input."""
    trust = report.case.trust or report.case.request_trust
    decrypted = trust is not None and any(item.decrypted for item in trust.encryption)
    names = {item.artifact.name for item in capture.messages if decrypted or item.artifact.data != capture.artifact.data}
    return frozenset(names | ({trust.anatomy.document.name} if trust is not None and decrypted else set()))


def _placed(finding: Finding, name: str, inner: frozenset[str]) -> Finding:
    def place(evidence: Evidence) -> Evidence:
        node = evidence.node
        if node is None or node.document not in inner:
            return evidence
        return replace(evidence, node=NodeRef(name, node.path, None, node.absent))

    return replace(finding, evidence=tuple(map(place, finding.evidence)))
