"""Parts of the reports for a browser: elements, one finding with its evidence and fix, what could not be read.

Everything is made of the plain data of the JSON report, in which every value is masked and visible already. Foreign text becomes
text and never markup, an attribute or a link: there are no links, for packs may come from strangers too (SECURITY T8).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from samlcheck.report.htmlstyle import STYLE, policy
from samlcheck.report.words import CONFIDENCE, WHO

Node = etree._Element


def head(title: str, style: str = STYLE, forms: str = "'none'") -> Node:
    """Return the head of a page: nothing in it is run, nothing is loaded from anywhere. forms: where forms may be sent."""
    return node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", {"http-equiv": "Content-Security-Policy", "content": policy(style, forms)}),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("title", f"samlcheck: {title}"),
        node("style", style),
    )


def written(element: Node) -> str:
    """Return an element as HTML; the library escapes."""
    text: str = etree.tostring(element, method="html", encoding="unicode")
    return text


def node(tag: str, *children: Node | str | dict[str, str] | None, **attributes: str) -> Node:
    """Return an element; texts become text, dictionaries attributes. ``class_`` is the attribute class."""
    made = etree.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    for child in children:
        if isinstance(child, dict):
            for name, value in child.items():
                made.set(name, value)
        elif isinstance(child, str):
            if len(made):
                made[-1].tail = (made[-1].tail or "") + child
            else:
                made.text = (made.text or "") + child
        elif child is not None:
            made.append(child)
    return made


def finding(cause: dict[str, Any], number: int = 0) -> Node:
    """Return a finding with what follows from it; number: its place among the causes of a login."""
    tags = [cause["severity"], CONFIDENCE[cause["confidence"]], cause["concern"] if cause["concern"] != "login" else ""]
    article = node(
        "article",
        node("h2", (f"{number}. " if number else "") + cause["title"], class_=cause["severity"]),
        node("p", ", ".join(filter(None, tags)) + " · ", node("code", cause["rule"]), class_="dim"),
    )
    if cause.get("confirmed_by"):
        article.append(node("p", f"confirmed by what the page said: {', '.join(cause['confirmed_by'])}", class_="dim"))
    article.append(node("p", cause["message"]))
    article.extend(_evidence(item) for item in cause["evidence"])
    if cause["fix"]:
        fix = node("div", node("p", node("b", f"Fix ({WHO[cause['fix_by']]}): "), cause["fix"]), class_="fix")
        if cause["fix_steps"]:
            fix.append(node("ol", *(node("li", step) for step in cause["fix_steps"])))
        article.append(fix)
    if cause["why"]:
        article.append(node("p", node("b", "Why: "), cause["why"]))
    article.extend(_source(item) for item in cause["citations"])
    if cause.get("consequences"):
        effects = (node("li", f"{item['title']} (", node("code", item["rule"]), ")") for item in cause["consequences"])
        article.extend((node("p", "Because of this, also:"), node("ul", *effects)))
    return article


def _evidence(item: dict[str, Any]) -> Node:
    place = ":".join(str(part) for part in (item["input"], item["line"], item["column"]) if part is not None)
    figure = node("figure", node("figcaption", item["label"], " ", node("span", place, class_="dim")))
    if item["xpath"]:
        missing = " (missing here)" if item["absent"] else ""
        figure.append(node("p", node("code", item["xpath"]), missing, class_="path"))
    if item["snippet"]:
        before, actual, after = item["snippet"].partition(item["actual"] or "\0")
        figure.append(node("pre", before, node("mark", actual) if actual else None, after))
    rows = [(name, item[name]) for name in ("expected", "actual") if item[name] is not None]
    if item["expected"] is not None or not item["snippet"]:
        words = item["difference"]["words"] if item["difference"] else ""
        table = node("table", *(row("th", (name,), (value or "(empty)",)) for name, value in rows))
        if words and item["expected"] is not None:
            table.append(row("th", ("difference",), (words,)))
        figure.append(table)
    return figure


def row(tag: str, heads: Sequence[str], cells: Sequence[str]) -> Node:
    """Return a row of a table; tag: of the first cells, ``th``."""
    return node("tr", *(node(tag, head) for head in heads), *(node("td", cell) for cell in cells))


def _source(item: dict[str, Any]) -> Node:
    return node("p", f"Source: {item['source']} ", node("span", item["url"], class_="dim"))


def problem(error: dict[str, Any]) -> Node:
    """Return why an input could not be read."""
    return node(
        "section",
        node("h1", node("span", "UNREADABLE", class_="verdict rejected"), f" {error['message']}"),
        node("p", node("code", error["where"]), class_="dim") if error["where"] else None,
        node("p", error["tip"]) if error["tip"] else None,
    )
