"""The timeline of a recording, for people and for programs: when, where, what was answered, what each step carried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from samlcheck.finding import Slot
from samlcheck.report.layout import Page
from samlcheck.report.visible import visible
from samlcheck.saml.values import iso

if TYPE_CHECKING:
    from samlcheck.flow.timeline import Step
    from samlcheck.inspection import LoginReport

Show = Callable[[Slot], str]
OWNER = {
    "browser": "the browser, or something in it",
    "idp": "the identity provider",
    "sp": "the service",
    "proxy": "a proxy in front of the service",
    "network": "the network",
    "user": "the user",
}
_MOST_NAMES = 4
_DETAIL = 9


def write(page: Page, reports: Sequence[LoginReport], show: Show) -> None:
    """Add one timeline for each recording; a step of several logins stands once, marked with their numbers."""
    recordings: dict[int, list[tuple[int, LoginReport]]] = {}
    for number, report in enumerate(reports, 1):
        if report.timeline:
            recordings.setdefault(id(report.case.login.capture), []).append((number, report))
    for logins in recordings.values():
        steps: dict[int, tuple[Step, list[int]]] = {}
        for number, report in logins:
            for step in report.timeline:
                steps.setdefault(step.number, (step, []))[1].append(number)
        ordered = [steps[number] for number in sorted(steps)]
        capture = logins[0][1].case.login.capture
        made = _made(logins[0][1])
        page.line(("strong", visible(f"Timeline of {capture.artifact.name}")), ("dim", made))
        begun = next((step.at for step, _ in ordered if step.at is not None), None)
        for step, numbers in ordered:
            _step(page, step, numbers if len(logins) > 1 else [], begun, show)
        page.blank()
        for note in capture.notes:
            page.text(visible(note.message), lead="Note: ", lead_style="warning", hang=6)
        page.blank()


def _made(report: LoginReport) -> str:
    """Return who recorded it: the name that people know it by, else its own word."""
    flow, producer = report.case.flow, report.case.login.capture.producer
    known = flow is not None and flow.recorder.key != "other"
    name = flow.recorder.title if flow is not None and known else producer
    return f", recorded by {visible(name)}" if name else ""


def _step(page: Page, step: Step, logins: Sequence[int], begun: datetime | None, show: Show) -> None:
    after = f"{(step.at - begun).total_seconds():+8.1f} s" if step.at is not None and begun is not None else " " * 10
    bad = step.status is None or step.status <= 0 or step.status >= 400
    status = "---" if step.status is None or step.status <= 0 else str(step.status)
    mark = f"  [login {', '.join(map(str, logins))}]" if logins else ""
    page.line(
        ("dim", f"{step.number:>4} {after}  "),
        ("error" if bad else "good", status),
        f" {visible(step.method):<4} ",
        ("strong" if step.carried else "", visible(step.host + step.path)),
        ("dim", mark),
    )
    for lead, words in _details(step, show):
        page.text(words, indent=_DETAIL, lead=lead, lead_style="dim", hang=len(lead))


def _details(step: Step, show: Show) -> list[tuple[str, str]]:
    found = []
    if step.carried:
        found.append(("carries ", visible(", ".join(step.carried))))
    if step.framed:
        found.append(("runs in ", "a frame"))
    if step.sent_cookies:
        found.append(("sends ", visible(_names(step.sent_cookies))))
    elif step.delivers and step.sent_cookies is None:
        found.append(("sends ", "cookies that the recording does not show, if any"))
    elif step.delivers:
        found.append(("sends ", "no cookies"))
    for line in step.set_cookies[:_MOST_NAMES]:
        found.append(("sets ", visible(line)))
    if len(step.set_cookies) > _MOST_NAMES:
        found.append(("sets ", f"{len(step.set_cookies) - _MOST_NAMES} more cookies"))
    if step.leads_to:
        found.append(("leads to ", visible(step.leads_to)))
    if step.said:
        found.append(("says ", visible(step.said.render(show))))
    return found


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return (
        ("cookie " if len(names) == 1 else "cookies ") + ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    )


def as_objects(report: LoginReport, show: Show) -> list[dict[str, Any]]:
    """Return the timeline of a login as plain data."""
    begun = next((step.at for step in report.timeline if step.at is not None), None)
    return [
        {
            "step": step.number,
            "at": iso(step.at) if step.at is not None else None,
            "offset_ms": round((step.at - begun).total_seconds() * 1000) if step.at is not None and begun is not None else None,
            "method": visible(step.method),
            "host": visible(step.host),
            "path": visible(step.path),
            "status": step.status,
            "leads_to": visible(step.leads_to),
            "carried": [visible(item) for item in step.carried],
            "cookies_sent": None if step.sent_cookies is None else [visible(name) for name in step.sent_cookies],
            "cookies_set": [visible(line) for line in step.set_cookies],
            "said": visible(step.said.render(show)),
            "framed": step.framed,
        }
        for step in report.timeline
    ]
