"""The report on logins as one page for a browser: no scripts, nothing loaded from anywhere (``htmlparts``).

It is made of the plain data of the JSON report, so both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from samlcheck.inspection import Inspection
from samlcheck.report.htmlparts import Node, finding, head, node, problem, row, written
from samlcheck.report.jsonout import as_object
from samlcheck.report.timeline import OWNER
from samlcheck.report.view import View
from samlcheck.report.words import VERDICT, fingerprint, tally_words

_CLOCK = {"given": "as given by --at", "capture": "when the capture was made", "now": "the clock of the machine"}


def render(inspection: Inspection, view: View) -> str:
    """Return the page."""
    data = as_object(inspection, view)
    titles = [login["headline"] for login in data["logins"]] or ["nothing could be read"]
    main = node("main")
    for login in data["logins"]:
        main.append(_login(login, data))
    main.extend(map(problem, data["problems"]))
    if "comparison" in data:
        main.append(_comparison(data["comparison"]))
    foot = node("footer", f"samlcheck {data['version']}")
    foot.extend(node("p", f"{item['name']}: {item['kind']}, SHA-256 {fingerprint(item['sha256'])}") for item in data["inputs"])
    return f"<!DOCTYPE html>\n{written(node('html', head(titles[0]), node('body', main, foot), lang='en'))}\n"


def _login(login: dict[str, Any], data: dict[str, Any]) -> Node:
    verdict = login["verdict"]
    section = node(
        "section",
        node("h1", node("span", VERDICT[verdict], class_=f"verdict {verdict}"), f" {login['headline']}"),
        node("p", f"{login['name']}, judged at {data['judged_at']} ({_CLOCK[data['clock']]})", class_="dim"),
    )
    if login["leg"]:
        section.append(node("p", f"Leg: {login['leg']}"))
    if login["timeline"] and login["owner"]:
        section.append(node("p", f"Broken by: {OWNER[login['owner']]}"))
    section.extend(finding(cause, number) for number, cause in enumerate(login["causes"], 1))
    section.extend(
        node("p", f"Rule {item['rule']} is broken ({item['error']}); it counts neither as passed nor as failed.", class_="warning")
        for item in login["broken"]
    )
    for title, part in (
        ("Steps", _timeline(login["timeline"])),
        ("Not checked", _not_checked(login)),
        ("Signatures", _signatures(login["signatures"])),
    ):
        if part is not None:
            section.extend((node("h2", title), part))
    service, idp = login["service"], login["idp"]
    known = f"Service: {service['pack']} ({service['because']})" if service else "Service: not recognised"
    known += f"; IdP: {idp['product']} ({idp['because']})" if idp else "; IdP: not recognised"
    section.append(node("p", f"{known}. {tally_words(login['outcomes'])}.", class_="dim"))
    return section


def _timeline(steps: Sequence[dict[str, Any]]) -> Node | None:
    rows = [row("th", (str(step["step"]),), (_after(step), str(step["status"] or "---"), *_said(step))) for step in steps]
    return node("div", node("table", *rows), class_="wide") if rows else None


def _after(step: dict[str, Any]) -> str:
    return "" if step["offset_ms"] is None else f"{step['offset_ms'] / 1000:+.1f}\u00a0s"


def _said(step: dict[str, Any]) -> tuple[str, str]:
    sent = step["cookies_sent"]
    details = (
        ("carries", ", ".join(step["carried"])),
        ("runs in", "a frame" if step["framed"] else ""),
        ("sends cookies", ", ".join(sent or ())),
        ("sends", "no cookies" if sent == [] and step["carried"] else ""),
        ("sets", ", ".join(step["cookies_set"])),
        ("leads to", step["leads_to"]),
        ("says", step["said"]),
    )
    return f"{step['method']} {step['host']}{step['path']}", "; ".join(f"{name} {words}" for name, words in details if words)


def _not_checked(login: dict[str, Any]) -> Node | None:
    """Return what stands between here and a verdict, then the rest, each reason once with the number of its rules."""
    counts: dict[tuple[bool, str], int] = {}
    for item in login["not_checked"]:
        needed = item["needs"] in login["missing"]
        words = f"needs {item['needs']}: {item['why']}" if item["needs"] else item["why"]
        counts[not needed, words] = counts.get((not needed, words), 0) + 1
    rows = (
        node("li", f"{words} ({count})", class_="dim" if spare else "warning") for (spare, words), count in sorted(counts.items())
    )
    return node("ul", *rows) if counts else None


def _signatures(facts: Sequence[dict[str, Any]]) -> Node | None:
    rows = []
    for fact in facts:
        key = f"key {fingerprint(fact['key']['sha256'])} from {fact['key']['from']}" if fact["key"] else fact["explanation"]
        reason = f" ({fact['reason']})" if fact["verdict"] not in ("valid", "absent") else ""
        rows.append(row("th", (fact["element"],), (fact["verdict"] + reason, key if fact["verdict"] != "absent" else "")))
    return node("table", *rows) if rows else None


def _comparison(comparison: dict[str, Any]) -> Node:
    table = node("table", row("th", ("", *comparison["logins"]), ()))
    table.extend(row("th", (item["what"],), item["values"]) for item in comparison["rows"])
    return node(
        "section",
        node("h1", "Side by side"),
        node("div", table, class_="wide"),
        node("ul", *(node("li", remark) for remark in comparison["remarks"])),
    )
