"""The lint report for people: the findings of each entity as ``check`` shows them, and what a file comes to.

Pages are handed out as they are filled, so that the report on a large aggregate is seen while it is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samlcheck.finding import Cause
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.report.events import Looks
from samlcheck.report.layout import Page
from samlcheck.report.text import show_cause, show_problem
from samlcheck.report.view import View
from samlcheck.report.visible import visible

_ROLES = {
    "IDPSSODescriptor": "identity provider",
    "SPSSODescriptor": "service provider",
    "AttributeAuthorityDescriptor": "attribute authority",
    "AuthnAuthorityDescriptor": "authentication authority",
    "PDPDescriptor": "policy decision point",
    "RoleDescriptor": "other role",
}
_MOST_RULES = 20


def render(events: Iterable[Event], view: View, looks: Looks) -> Iterator[Page]:
    """Yield the report page by page."""
    shown = 0
    for event in events:
        if isinstance(event, Opened):
            shown = 0
            continue
        page = Page(view.width)
        if isinstance(event, EntityReport):
            if _entity(page, event, view, looks):
                shown += 1
                page.blank()
        else:
            _closed(page, event, view, looks, shown)
        if page.lines:
            yield page


def _entity(page: Page, report: EntityReport, view: View, looks: Looks) -> bool:
    findings = looks.shown(report)
    if (
        not findings
        and not report.broken
        and not report.headline
        and not (view.everything and (report.not_checked or report.ignored))
    ):
        return False
    span = report.place.span
    page.text(visible(report.name or "(without a name)"), style="strong")
    roles = ", ".join(dict.fromkeys(_ROLES.get(role, role) for role in report.roles))
    kind = {"group": "EntitiesDescriptor", "pair": "both together", "change": "compared"}.get(report.kind, roles or "no role")
    page.text(visible(f"{kind}, {report.document}" + (f":{span.line}:{span.column}" if span else "")), style="dim")
    if report.headline:
        page.text(report.headline.render(view.show))
    for number, finding in enumerate(findings, 1):
        page.blank()
        show_cause(page, number, Cause(finding), view)
    for broken in report.broken:
        page.blank()
        page.text(f"Rule {broken.rule} is broken ({broken.error}); it counts neither as passed nor as failed.", style="warning")
    if view.everything:
        for ignored in report.ignored:
            page.text(
                visible(f"{ignored.finding.rule}: {ignored.reason}"), indent=2, lead="ignored by a comment: ", lead_style="dim"
            )
        for item in report.not_checked:
            needs = f" (needs {item.needs})" if item.needs else ""
            page.text(visible(f"{item.rule}: {item.why}{needs}"), indent=2, lead="not checked: ", lead_style="dim")
    return True


def _closed(page: Page, event: Closed, view: View, looks: Looks, shown: int) -> None:
    if event.problem is not None:
        show_problem(page, event.problem)
        if not event.entities:
            page.blank()
            return
        page.blank()
    errors, warnings, notes = (event.by_severity.get(name, 0) for name in ("error", "warning", "note"))
    counts = [_count(number, word) for number, word in ((errors, "error"), (warnings, "warning"), (notes, "note")) if number]
    style = "error" if errors else "warning" if warnings else "good"
    what = _count(event.entities, "entity") if event.entities != 1 else "1 entity"
    words = f"{event.name}: {what}; {', '.join(counts) if counts else 'nothing found'}"
    if event.entities > 1 and event.with_findings:
        words += f" in {event.with_findings}"
    page.text(visible(words), style=style)
    if event.entities > 1:
        for rule, number in list(event.by_rule.items())[: None if view.everything else _MOST_RULES]:
            page.text(visible(rule), indent=2, lead=f"{number:>7}  ")
        if len(event.by_rule) > _MOST_RULES and not view.everything:
            page.text(f"and {len(event.by_rule) - _MOST_RULES} more rules (--all)", indent=2, style="dim")
    for reason, number in event.not_checked.items():
        where = f" (in {number})" if event.entities > 1 else ""
        page.text(visible(reason + where), indent=2, lead="not checked: ", lead_style="warning")
    aside = [
        f"{number} {words}"
        for number, words in (
            (event.ignored, "set aside by comments"),
            (event.known, "known to the baseline"),
            (notes if not looks.notes else 0, "notes not shown (--all)"),
            (event.broken, "BROKEN rules"),
        )
        if number
    ]
    if aside:
        page.text("; ".join(aside), indent=2, style="dim")
    page.blank()


def _count(number: int, word: str) -> str:
    if number == 1:
        return f"1 {word}"
    return f"{number:,} {word[:-1] + 'ies' if word.endswith('y') else word + 's'}"
