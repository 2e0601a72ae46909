"""The lint report as one page for a browser, written as it is found (``htmlparts``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samlcheck import __version__
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.report.events import Looks
from samlcheck.report.htmlparts import finding, head, node, problem, row, written
from samlcheck.report.jsonout import problem_object
from samlcheck.report.lintjson import entity_object
from samlcheck.report.visible import visible


def render(events: Iterable[Event], looks: Looks) -> Iterator[str]:
    """Yield the page."""
    yield f'<!DOCTYPE html>\n<html lang="en">{written(head("metadata"))}<body><main>\n'
    for event in events:
        if isinstance(event, Opened):
            yield written(node("h1", visible(event.name))) + "\n"
        elif isinstance(event, EntityReport):
            yield from _entity(event, looks)
        else:
            yield from _closed(event)
    yield f"</main>{written(node('footer', f'samlcheck {__version__}'))}</body></html>\n"


def _entity(report: EntityReport, looks: Looks) -> Iterator[str]:
    data = entity_object(report, looks)
    if not (data["findings"] or report.broken or report.headline):
        return
    section = node("section", node("h1", data["name"] or "(no name)"))
    if report.headline:
        section.append(node("p", data["headline"]))
    section.extend(map(finding, data["findings"]))
    section.extend(
        node("p", f"Rule {item.rule} is broken ({item.error}); it counts neither as passed nor as failed.", class_="warning")
        for item in report.broken
    )
    yield written(section) + "\n"


def _closed(event: Closed) -> Iterator[str]:
    if event.problem is not None:
        yield written(problem(problem_object(event.problem))) + "\n"
    if event.entities:
        entities = "1 entity" if event.entities == 1 else f"{event.entities} entities"
        found = f"{event.with_findings} with findings" if event.with_findings else "nothing found"
        yield written(node("p", f"{entities}, {found}.")) + "\n"
    if event.by_rule:
        yield written(node("table", *(row("th", (rule,), (str(count),)) for rule, count in event.by_rule.items()))) + "\n"
