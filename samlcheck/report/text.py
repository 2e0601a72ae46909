"""The report for people: the verdict, the causes with their evidence and fix, and what could not be judged.

Readable at 80 columns, without colour and in a pipe. Foreign strings go through ``visible.shower`` before anything
else is done with them.
"""

from __future__ import annotations

from samlcheck.checks.algorithms import short_name
from samlcheck.errors import SamlcheckError
from samlcheck.finding import Cause, Evidence, Failed, Passed, Slot, Text
from samlcheck.inspection import Inspection, LoginReport
from samlcheck.report import compared, timeline
from samlcheck.report.layout import Page, cut, width_of
from samlcheck.report.view import View
from samlcheck.report.visible import visible
from samlcheck.report.words import CONFIDENCE, VERDICT, WHO, fingerprint, shown_findings, tally, tally_words
from samlcheck.saml.values import iso
from samlcheck.trust.facts import SignatureFact

_IDENTITY = ("/saml:NameID", "/saml:Attribute")
"""Steps of paths to who somebody is and what they may do."""
_STYLE = {"error": "error", "warning": "warning", "note": "note"}
_VERDICT_STYLE = {"accepted": "good", "rejected": "error", "cannot-tell": "warning"}


def render(inspection: Inspection, view: View) -> Page:
    """Return the report as a page."""
    page = Page(view.width)
    if view.timeline:
        timeline.write(page, inspection.logins, view.show)
    for index, report in enumerate(inspection.logins):
        if index:
            page.blank()
            page.line(("dim", "─" * min(view.width, 80)))
        _login(page, report, view)
    if inspection.comparison is not None:
        compared.write(page, inspection.comparison, view.show)
    for problem in inspection.problems:
        page.blank()
        show_problem(page, problem)
    return page


def show_problem(page: Page, problem: SamlcheckError) -> None:
    """Add what could not be read, and why."""
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
    margin = " " * (len(VERDICT[diagnosis.verdict]) + 2)
    page.text(visible(_context(report)), lead=margin, style="dim")
    login = report.case.login
    if login.leg or login.rounds > 1:
        said = [f"Leg: {login.leg}"] if login.leg else []
        said += [f"the last of {login.rounds} rounds of a loop"] if login.rounds > 1 else []
        page.text(visible("; ".join(said)), lead=margin)
    if report.timeline and diagnosis.owner:
        page.text(f"Broken by: {timeline.OWNER[diagnosis.owner]}", lead=margin)
    number = 0
    hidden = 0
    for cause in diagnosis.causes:
        if not shown_findings((cause.finding,), view.concerns, notes=view.everything):
            hidden += 1
            continue
        number += 1
        page.blank()
        show_cause(page, number, cause, view, uncovered=_tells_coverage(report))
    _not_checked(page, report, view)
    for broken in diagnosis.broken:
        page.blank()
        page.text(f"Rule {broken.rule} is broken ({broken.error}); it counts neither as passed nor as failed.", style="warning")
    _signatures(page, report, view)
    if view.everything:
        _everything(page, report)
    page.blank()
    _packs(page, report, view)
    if report.second_opinion is not None:
        words = visible(report.second_opinion.words.render(show))
        page.text(words, lead="Second opinion (python3-saml): ", lead_style="strong", hang=2)
    line = tally_words(tally(report.outcomes))
    page.text(line + (f"; {hidden} notes not shown (--all)" if hidden else ""), style="dim")


def _context(report: LoginReport) -> str:
    case = report.case
    when = {"given": "as given by --at", "capture": "when the capture was made", "now": "the clock of this machine"}
    return f"{case.login.name}, judged at {iso(case.clock.at)} ({when[case.clock.kind]}), {case.skew} s of clock difference allowed"


def show_cause(page: Page, number: int, cause: Cause, view: View, *, uncovered: bool = False) -> None:
    """Add one finding with its evidence, fix, sources and consequences; uncovered: see ``_evidence``."""
    finding, show = cause.finding, view.show
    page.text(finding.title, lead=f"{number}. ", lead_style=_STYLE[finding.severity], style="strong")
    tags = ", ".join(tag for tag in (finding.severity, CONFIDENCE[finding.confidence], finding.concern) if tag and tag != "login")
    page.text(f"{tags} · {finding.rule}", indent=3, style="dim")
    if cause.confirmed_by:
        page.text("confirmed by what the page said: " + ", ".join(cause.confirmed_by), indent=3, style="dim")
    page.text(finding.message.render(show), indent=3)
    for evidence in finding.evidence:
        page.blank()
        _evidence(page, evidence, view, uncovered=uncovered)
    if finding.fix:
        page.blank()
        page.text(finding.fix.render(show), indent=3, lead=f"Fix ({WHO[finding.fix_by]}): ", lead_style="good")
    for index, step in enumerate(finding.fix_steps, 1):
        page.text(step.render(show), indent=5, lead=f"{index}. ")
    if finding.why:
        page.text(finding.why.render(show), indent=3, lead="Why: ", lead_style="dim")
    for citation in finding.citations[: None if view.everything else 1]:
        page.text(citation.source, indent=3, lead="Source: ", lead_style="dim", style="dim")
        if citation.url:
            page.line("           ", ("dim", visible(citation.url)))
    shown = shown_findings(cause.consequences, view.concerns, notes=view.everything)
    if shown:
        page.blank()
        page.text("Because of this, also:", indent=3, style="dim")
        for effect in shown:
            page.text(f"{effect.title} ({effect.rule})", indent=5, lead="- ")


def _tells_coverage(report: LoginReport) -> bool:
    """Return whether something was signed and verified, so that it matters which values lie outside."""
    trust = report.case.trust or report.case.request_trust
    return trust is not None and trust.verdict != "unverified" and any(item.verdict != "absent" for item in trust.signatures)


def _evidence(page: Page, evidence: Evidence, view: View, *, uncovered: bool) -> None:
    """Print one place. uncovered: say of names and attributes that they are not covered (SECURITY 0, 1)."""
    show, node = view.show, evidence.node
    place = ""
    if node is not None:
        place = f"{node.document}:{node.span.line}:{node.span.column}" if node.span else node.document
        place += f" {node.path}" + (" (missing here)" if node.absent else "")
    head = "--> " if evidence.role == "primary" else "and "
    label = f"{evidence.label}: " if evidence.label and place else evidence.label
    words = visible(label + place)
    identity = node is not None and any(step in node.path for step in _IDENTITY)
    if evidence.covered is False and (view.everything or (uncovered and identity)):
        words += " [not covered by a valid signature]"
    if words:
        page.text(words, indent=3, lead=head, lead_style="dim", style="dim")
    if evidence.snippet:
        _snippet(page, evidence.snippet, view)
    expected = cut(show(evidence.expected), view.longest) if evidence.expected else None
    actual = cut(show(evidence.actual), view.longest) if evidence.actual else None
    if expected is not None:
        page.line("       ", ("dim", "expected: "), ("good", expected or "(empty)"))
    if actual is not None and (expected is not None or not evidence.snippet or not actual):
        page.line("       ", ("dim", "actual:   "), ("error", actual or "(empty)"))
    if expected is not None and actual is not None:
        _pointer(page, expected, actual, evidence.difference.words if evidence.difference else "")


def _snippet(page: Page, snippet: Text, view: View) -> None:
    """Print the node as written, with carets under its (first) value where they fit on one line."""
    text = ""
    start = end = None
    for part in snippet.parts:
        if isinstance(part, Slot):
            start = width_of(text) if start is None else start
            text += cut(view.show(part), view.longest)
            end = width_of(text) if end is None else end
        else:
            text += visible(part)
    page.line("       ", ("code", text))
    if start is not None and end is not None and 7 + end <= page.width:
        page.line("       " + " " * start, ("error", "^" * max(end - start, 1)))


def _pointer(page: Page, expected: str, actual: str, words: str) -> None:
    """Mark the first place where two values shown one under the other part; repeat its surroundings in long values."""
    lead, same = "                 ", _common(expected, actual)
    if expected != actual and max(width_of(expected), width_of(actual)) + len(lead) > page.width:
        first, last = max(same - 24, 0), same + 24
        for value in (expected, actual):
            shown = ("…" if first else "") + value[first:last] + ("…" if last < len(value) else "")
            page.line(lead, ("dim", shown))
        same -= first - bool(first)
    if expected != actual and same < page.width:
        page.line(lead + " " * width_of(actual[:same] if same <= len(actual) else " " * same), ("error", "^ " + words))
    elif words:
        page.text(words, indent=len(lead), style="warning")


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _not_checked(page: Page, report: LoginReport, view: View) -> None:
    """Print what stands between here and a verdict, each with its reason; the rest in one line unless all is wanted."""
    groups: dict[str, dict[str, list[str]]] = {}
    others: dict[str, int] = {}
    for item in report.diagnosis.not_checked:
        if view.everything or item.needs in report.diagnosis.missing:
            groups.setdefault(item.needs, {}).setdefault(item.why, []).append(item.rule)
        else:
            reason = f"needs {item.needs}" if item.needs else item.why
            others[reason] = others.get(reason, 0) + 1
    if not groups and not others:
        return
    page.blank()
    page.line(("strong", "Not checked"))
    for needs, reasons in sorted(groups.items()):
        lead = f"needs {needs}: " if needs else ""
        for why, rules in list(reasons.items())[: None if view.everything else 1]:
            names = f" ({', '.join(rules)})" if view.everything else ""
            page.text(visible(f"{why}{names}"), indent=2, lead=visible(lead), lead_style="warning", hang=4)
    if others:
        shown = "; ".join(f"{reason} ({count})" for reason, count in sorted(others.items()))
        page.text(visible(shown), indent=2, lead="rules not needed for this verdict: ", style="dim", hang=4)


def _signatures(page: Page, report: LoginReport, view: View) -> None:
    trust = report.case.trust or report.case.request_trust
    if trust is None or not trust.signatures:
        return
    page.blank()
    page.line(("strong", "Signatures"))
    told = {fact.explanation.plain() for fact in trust.signatures if _is_told(fact, report)}
    for fact in trust.signatures:
        good = fact.verdict == "valid"
        words = "" if fact.explanation.plain() in told and not good else _signature_words(fact, view)
        reason = "" if good or fact.verdict == "absent" else f" ({fact.reason})"
        page.text(
            visible(words),
            indent=2,
            lead=f"{fact.element}: {fact.verdict}{reason}" + ("; " if words else ""),
            lead_style="good" if good else "dim" if fact.verdict == "absent" else "warning",
            hang=4,
        )
        if view.everything:
            for name, value in (("digest in the message", fact.digest_expected), ("digest computed", fact.digest_computed)):
                if value:
                    page.text(visible(value), indent=4, lead=f"{name}: ", lead_style="dim")
            if fact.signed_info:
                page.text(visible(fact.signed_info), indent=4, lead="SignedInfo: ", lead_style="dim")


def _is_told(fact: SignatureFact, report: LoginReport) -> bool:
    """Return whether a cause already says what happened to this signature."""
    words = fact.explanation.plain()
    return any(words and words in cause.finding.message.plain() for cause in report.diagnosis.causes)


def _signature_words(fact: SignatureFact, view: View) -> str:
    if fact.key is not None:
        until = f", valid until {iso(fact.key.not_after)}" if fact.key.not_after else ""
        return f"{short_name(fact.signature_algorithm)}, key {fingerprint(fact.key.sha256)} from {fact.key.origin}{until}"
    return "" if fact.verdict == "absent" else fact.explanation.render(view.show)


def _everything(page: Page, report: LoginReport) -> None:
    passed = [outcome.rule for outcome in report.outcomes if isinstance(outcome, Passed)]
    failed = [outcome.rule for outcome in report.outcomes if isinstance(outcome, Failed)]
    page.blank()
    page.line(("strong", "Rules"))
    page.text(", ".join(sorted(passed)), indent=2, lead="passed: ", lead_style="good")
    if failed:
        page.text(", ".join(sorted(failed)), indent=2, lead="failed: ", lead_style="error")


def _packs(page: Page, report: LoginReport, view: View) -> None:
    service = (
        f"Service: {report.service[0]} ({report.service[1]})" if report.service[0] else "Service: not recognised (--service NAME)"
    )
    idp = f"IdP: {report.idp[0]} ({report.idp[1]})" if report.idp[0] else "IdP: not recognised"
    page.text(visible(f"{service}; {idp}"), style="dim")
    show = view.show
    values = {name: value for use in report.packs for name, value in use.parameters.items()}
    known = [
        f"{name}={', '.join(show(Slot(item, value.sensitive)) for item in value.values[:3])}"
        f"{' …' if len(value.values) > 3 else ''} ({visible(value.source)})"
        for name, value in sorted(values.items())
        if view.everything or value.source not in ("given", "default")
    ]
    if known:
        page.text("; ".join(known), lead="Parameters: ", style="dim", lead_style="dim", hang=2)
