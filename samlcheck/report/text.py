"""The report for people: the verdict, the causes with their evidence and fix, and what could not be judged.

Readable at 80 columns, without colour and in a pipe. Foreign strings go through ``visible.shower`` before anything
else is done with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samlcheck.errors import SamlcheckError
from samlcheck.finding import Cause, Evidence, Failed, Finding, NotChecked, Passed, Slot, Text
from samlcheck.inspection import Inspection, LoginReport
from samlcheck.report.layout import Page, fold, width_of
from samlcheck.report.visible import shower, visible
from samlcheck.report.words import CONFIDENCE, VERDICT, WHO, fingerprint, shown_findings, tally, tally_words
from samlcheck.saml.values import iso
from samlcheck.trust.facts import SignatureFact

CONCERNS = ("login", "security", "hygiene")
_STYLE = {"error": "error", "warning": "warning", "note": "note"}
_VERDICT_STYLE = {"accepted": "good", "rejected": "error", "cannot-tell": "warning"}


@dataclass(frozen=True, slots=True)
class View:
    """How a report is to look."""

    width: int = 80
    masking: bool = True
    concerns: tuple[str, ...] = CONCERNS
    everything: bool = False
    """``--all``: notes, passed rules, SignedInfo, digests."""

    @property
    def show(self) -> Callable[[Slot], str]:
        """The function that turns slots into text."""
        return shower(masking=self.masking)


def render(inspection: Inspection, view: View) -> Page:
    """Return the report as a page."""
    page = Page(view.width)
    for index, report in enumerate(inspection.logins):
        if index:
            page.blank()
            page.line(("dim", "─" * min(view.width, 80)))
        _login(page, report, view)
    for problem in inspection.problems:
        page.blank()
        _problem(page, problem)
    return page


def _problem(page: Page, problem: SamlcheckError) -> None:
    page.text(visible(problem.message), lead="UNREADABLE  ", lead_style="error", style="strong")
    if problem.where:
        page.text(visible(problem.where), indent=12, lead="--> ", lead_style="dim")
    if problem.tip:
        page.text(visible(problem.tip), indent=12)


def _login(page: Page, report: LoginReport, view: View) -> None:
    diagnosis, show = report.diagnosis, view.show
    page.text(
        visible(diagnosis.headline.render(show)),
        lead=VERDICT[diagnosis.verdict] + "  ",
        lead_style=_VERDICT_STYLE[diagnosis.verdict],
        style="strong",
    )
    page.text(visible(_context(report)), lead=" " * (len(VERDICT[diagnosis.verdict]) + 2), style="dim")
    number = 0
    hidden = 0
    for cause in diagnosis.causes:
        if not shown_findings((cause.finding,), view.concerns, notes=view.everything):
            hidden += 1
            continue
        number += 1
        page.blank()
        _cause(page, number, cause, view)
    _not_checked(page, diagnosis.not_checked, view)
    for broken in diagnosis.broken:
        page.blank()
        page.text(f"Rule {broken.rule} is broken ({broken.error}); it counts neither as passed nor as failed.", style="warning")
    _signatures(page, report, view)
    if view.everything:
        _everything(page, report)
    page.blank()
    _packs(page, report)
    if report.second_opinion is not None:
        _second_opinion(page, report, view)
    line = tally_words(tally(report.outcomes))
    page.text(line + (f"; {hidden} notes not shown (--all)" if hidden else ""), style="dim")


def _context(report: LoginReport) -> str:
    case = report.case
    when = {"given": "as given by --at", "capture": "when the capture was made", "now": "the clock of this machine"}
    return f"{case.login.name}, judged at {iso(case.clock.at)} ({when[case.clock.kind]}), {case.skew} s of clock difference allowed"


def _cause(page: Page, number: int, cause: Cause, view: View) -> None:
    finding, show = cause.finding, view.show
    page.text(finding.title, lead=f"{number}. ", lead_style=_STYLE[finding.severity], style="strong")
    tags = ", ".join(tag for tag in (finding.severity, CONFIDENCE[finding.confidence], finding.concern) if tag and tag != "login")
    page.text(f"{tags} · {finding.rule}", indent=3, style="dim")
    if cause.confirmed_by:
        page.text("confirmed by what the page said: " + ", ".join(cause.confirmed_by), indent=3, style="dim")
    page.text(finding.message.render(show), indent=3)
    for evidence in finding.evidence:
        page.blank()
        _evidence(page, evidence, view)
    if finding.fix:
        page.blank()
        page.text(finding.fix.render(show), indent=3, lead=f"Fix ({WHO[finding.fix_by]}): ", lead_style="good")
    for index, step in enumerate(finding.fix_steps, 1):
        page.text(step.render(show), indent=5, lead=f"{index}. ")
    if finding.why:
        page.text(finding.why.render(show), indent=3, lead="Why: ", lead_style="dim")
    for citation in finding.citations[: None if view.everything else 1]:
        page.text(
            f"{citation.source}" + (f" <{citation.url}>" if citation.url else ""),
            indent=3,
            lead="Source: ",
            lead_style="dim",
            style="dim",
        )
    shown = shown_findings(cause.consequences, view.concerns, notes=view.everything)
    if shown:
        page.blank()
        page.text("Because of this, also:", indent=3, style="dim")
        for effect in shown:
            page.text(f"{effect.title} ({effect.rule})", indent=5, lead="- ")


def _evidence(page: Page, evidence: Evidence, view: View) -> None:
    show, node = view.show, evidence.node
    place = ""
    if node is not None:
        place = f"{node.document}:{node.span.line}:{node.span.column}" if node.span else node.document
        place += f" {node.path}" + (" (missing here)" if node.absent else "")
    head = "--> " if evidence.role == "primary" else "and "
    label = f"{evidence.label}: " if evidence.label and place else evidence.label
    words = visible(label + place)
    if evidence.covered is False and view.everything:
        words += " [not covered by a valid signature]"
    if words:
        page.text(words, indent=3, lead=head, lead_style="dim", style="dim")
    if evidence.snippet:
        _snippet(page, evidence.snippet, show)
    rows = [(name, slot) for name, slot in (("expected", evidence.expected), ("actual", evidence.actual)) if slot is not None]
    values = [show(slot) or "(empty)" for _, slot in rows]
    for (name, slot), value in zip(rows, values, strict=True):
        if len(rows) > 1 or not evidence.snippet or not slot.value:
            page.text(value, indent=7, lead=f"{name + ':':<10}", lead_style="dim", style="good" if name == "expected" else "error")
    if len(rows) == 2:
        _pointer(page, values[0], values[1])
    if evidence.difference is not None and len(rows) == 2:
        page.text(evidence.difference.words, indent=17, style="warning")


def _snippet(page: Page, snippet: Text, show: Callable[[Slot], str]) -> None:
    """Print the node as written, with carets under its (first) value where they fit on one line."""
    text = ""
    start = end = None
    for part in snippet.parts:
        if isinstance(part, Slot):
            start = width_of(text) if start is None else start
            text += show(part)
            end = width_of(text) if end is None else end
        else:
            text += visible(part)
    lines = fold(text, max(page.width - 9, 20))
    for line in lines:
        page.line("       ", ("code", line))
    if start is not None and end is not None and len(lines) == 1:
        page.line("       " + " " * start, ("error", "^" * max(end - start, 1)))


def _pointer(page: Page, expected: str, actual: str) -> None:
    """Mark the first place where two values shown one under the other part."""
    same = next((i for i, (a, b) in enumerate(zip(expected, actual, strict=False)) if a != b), min(len(expected), len(actual)))
    room = page.width - 17
    if expected != actual and width_of(expected) <= room and width_of(actual) < room:
        page.line(" " * 17 + " " * width_of(actual[:same]), ("error", "^"))


def _not_checked(page: Page, items: Sequence[NotChecked], view: View) -> None:
    groups: dict[tuple[str, str], list[str]] = {}
    for item in items:
        groups.setdefault((item.needs, item.why), []).append(item.rule)
    if not groups:
        return
    page.blank()
    page.line(("strong", "Not checked"))
    for (needs, why), rules in sorted(groups.items()):
        names = ", ".join(rules) if view.everything or len(rules) <= 2 else f"{len(rules)} rules"
        lead = f"{needs}: " if needs else ""
        page.text(visible(f"{why} ({names})"), indent=2, lead=visible(lead), lead_style="warning")


def _signatures(page: Page, report: LoginReport, view: View) -> None:
    trust = report.case.trust or report.case.request_trust
    if trust is None or not trust.signatures:
        return
    page.blank()
    page.line(("strong", "Signatures"))
    for fact in trust.signatures:
        good = fact.verdict == "valid"
        page.text(
            visible(_signature_words(fact, view)),
            indent=2,
            lead=f"{fact.element}: {fact.verdict}" + ("" if good else f" ({fact.reason})") + "; ",
            lead_style="good" if good else "dim" if fact.verdict == "absent" else "warning",
        )
        if view.everything:
            for name, value in (("digest in the message", fact.digest_expected), ("digest computed", fact.digest_computed)):
                if value:
                    page.text(visible(value), indent=4, lead=f"{name}: ", lead_style="dim")
            if fact.signed_info:
                page.text(visible(fact.signed_info), indent=4, lead="SignedInfo: ", lead_style="dim")


def _signature_words(fact: SignatureFact, view: View) -> str:
    if fact.key is not None:
        until = f", valid until {iso(fact.key.not_after)}" if fact.key.not_after else ""
        return f"{fact.signature_algorithm}, key {fingerprint(fact.key.sha256)} from {fact.key.origin}{until}"
    return fact.explanation.render(view.show)


def _everything(page: Page, report: LoginReport) -> None:
    passed = [outcome.rule for outcome in report.outcomes if isinstance(outcome, Passed)]
    failed = [outcome.rule for outcome in report.outcomes if isinstance(outcome, Failed)]
    page.blank()
    page.line(("strong", "Rules"))
    page.text(", ".join(sorted(passed)), indent=2, lead="passed: ", lead_style="good")
    if failed:
        page.text(", ".join(sorted(failed)), indent=2, lead="failed: ", lead_style="error")


def _packs(page: Page, report: LoginReport) -> None:
    service = (
        f"Service: {report.service[0]} ({report.service[1]})" if report.service[0] else "Service: not recognised (--service NAME)"
    )
    idp = f"IdP: {report.idp[0]} ({report.idp[1]})" if report.idp[0] else "IdP: not recognised"
    page.text(visible(f"{service}; {idp}"), style="dim")


def _second_opinion(page: Page, report: LoginReport, view: View) -> None:
    from samlcheck.secondopinion import SecondOpinion

    opinion = report.second_opinion
    if isinstance(opinion, SecondOpinion):
        page.text(visible(opinion.words.render(view.show)), lead="Second opinion (python3-saml): ", lead_style="strong")
