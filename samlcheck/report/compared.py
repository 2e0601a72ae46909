"""The comparison of several logins, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samlcheck.finding import Slot
from samlcheck.inspection import Compared, Comparison
from samlcheck.report.layout import Page
from samlcheck.report.visible import visible

Show = Callable[[Slot], str]


def write(page: Page, comparison: Comparison, show: Show) -> None:
    """Add the section to a text report: what is the same in one line, what differs with one line for each login."""
    page.blank()
    page.line(("strong", "Compared"))
    for number, name in enumerate(comparison.logins, 1):
        page.text(visible(name), indent=2, lead=f"login {number}: ", lead_style="dim", hang=4)
    for row in comparison.rows:
        _row(page, row, show)
    for remark in comparison.remarks:
        page.text(visible(remark.render(show)), indent=2, lead="- ")


def _row(page: Page, row: Compared, show: Show) -> None:
    what = visible(row.what)
    if row.same:
        page.text(_shown(row.values[0], show), indent=2, lead=f"{what}: ", lead_style="dim", hang=4)
        return
    page.line("  ", ("warning", f"{what} differs:"))
    for number, value in enumerate(row.values, 1):
        page.text(_shown(value, show), indent=4, lead=f"login {number}: ", lead_style="dim", hang=4)


def _shown(value: Slot, show: Show) -> str:
    return show(value) if value.value else "(none)"


def as_object(comparison: Comparison, show: Show) -> dict[str, Any]:
    """Return the comparison as plain data (DESIGN 2.3, key ``comparison``)."""
    return {
        "logins": [visible(name) for name in comparison.logins],
        "rows": [
            {"what": visible(row.what), "values": [show(value) for value in row.values], "same": row.same}
            for row in comparison.rows
        ],
        "remarks": [remark.render(show) for remark in comparison.remarks],
    }
