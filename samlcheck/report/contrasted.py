"""The comparison of two logins, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samlcheck import __version__
from samlcheck.contrast.model import Contrast, Differing
from samlcheck.finding import Slot
from samlcheck.report.layout import Page, cut
from samlcheck.report.view import View
from samlcheck.report.visible import visible
from samlcheck.report.words import VERDICT

Show = Callable[[Slot], str]
_SHOWN = 4
"""Values of one thing that are shown."""


def render(contrast: Contrast, view: View) -> Page:
    """Return the comparison as a page: which login would be accepted, then what differs, failed rules' subjects first."""
    page = Page(view.width)
    for which, name, verdict in zip(("first ", "second"), contrast.names, contrast.verdicts, strict=True):
        style = {"accepted": "good", "rejected": "error"}.get(verdict, "warning")
        page.text(visible(name), lead=f"{which}  {VERDICT[verdict]:<12}", lead_style=style, hang=2)
    page.blank()
    if not contrast.any:
        page.text("Nothing differs that matters: what is unlike are identifiers, times and signature values.", style="strong")
    else:
        page.text(_headline(contrast), style="strong")
    for title, items in (("", contrast.differing), ("Steps", contrast.steps)):
        if items and title:
            page.blank()
            page.line(("strong", title))
        for item in items:
            _differing(page, item, view)
    if contrast.unexplained:
        page.blank()
        page.text("Found in one login alone, without a difference above that stands for it:", style="strong")
        for finding in contrast.unexplained:
            page.text(f"{finding.title} ({finding.rule})", indent=2, lead="- ")
    page.blank()
    page.text(
        f"{contrast.alike} things are the same in both. Identifiers, times and signature values are not compared.", style="dim"
    )
    return page


def _headline(contrast: Contrast) -> str:
    count = len(contrast.differing) + len(contrast.steps)
    told = sum(bool(item.rules) for item in contrast.differing)
    if not count:
        return "The facts are alike, but something else was found in one login alone."
    words = "One difference matters" if count == 1 else f"{count} differences matter"
    return f"{words}; {told} of them {'is' if told == 1 else 'are'} what a failed check is about." if told else f"{words}."


def _differing(page: Page, item: Differing, view: View) -> None:
    page.blank()
    mark = "* " if item.rules else "- "
    page.text(
        visible(f"{item.what}: {item.words.render(view.show)}"),
        lead=mark,
        lead_style="error" if item.rules else "dim",
        style="strong",
    )
    for which, values in (("first: ", item.first), ("second: ", item.second)):
        shown = [cut(view.show(value), view.longest) or "(empty)" for value in values[:_SHOWN]]
        more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
        page.text(visible(", ".join(shown) + more) if shown else "(none)", indent=4, lead=which, lead_style="dim", hang=4)
    if item.rules:
        page.text(", ".join(item.rules), indent=4, lead="failed check: ", lead_style="dim", hang=4)


def as_object(contrast: Contrast, view: View) -> dict[str, Any]:
    """Return the comparison as plain data."""

    def one(item: Differing) -> dict[str, Any]:
        return {
            "what": visible(item.what),
            "fact": visible(item.fact),
            "first": [view.show(value) for value in item.first],
            "second": [view.show(value) for value in item.second],
            "words": visible(item.words.render(view.show)),
            "rules": list(item.rules),
        }

    return {
        "schema": "samlcheck/contrast-1",
        "version": __version__,
        "logins": [
            {"name": visible(name), "verdict": verdict} for name, verdict in zip(contrast.names, contrast.verdicts, strict=True)
        ],
        "differences": [one(item) for item in contrast.differing],
        "steps": [one(item) for item in contrast.steps],
        "unexplained": [{"rule": item.rule, "title": item.title, "severity": item.severity} for item in contrast.unexplained],
        "same": contrast.alike,
    }
