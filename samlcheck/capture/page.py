"""HTML pages: auto-post forms (SAML bindings 3.5.4) and the text a person would see.

A scanner of its own rather than a parser: pages are hostile, megabytes long and often cut off, and only forms, fields
and text are wanted. Each function goes through the page once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

from samlcheck.capture import escapes
from samlcheck.frozen import dataclass

TEXT_CAP = 4096
_TAG = re.compile(r"<(/?)(form|input|textarea|button)(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>")
_ATTRIBUTE = re.compile(r"([A-Za-z\-]{1,40}+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_UNSEEN = re.compile(r"<(?:(!--)|(script|style|title|noscript|template|svg)(?=[\s/>]))", re.IGNORECASE)
_CLOSE = {
    name: re.compile(rf"</{name}[^>]{{0,80}}>", re.IGNORECASE)
    for name in ("script", "style", "title", "noscript", "template", "svg")
}
_CLOSE_COMMENT = re.compile("-->")
_CLOSE_TAG = re.compile(">")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_MESSAGE = re.compile(
    r"\"[A-Za-z]{0,40}(?:[Ee]rror|[Ee]xception|[Mm]essage|[Rr]eason)[A-Za-z]{0,40}\"\s?:\s?\"((?:[^\"\\]|\\.){4,600})\""
)
_BLANKS = re.compile(r"\s+")
_UNCLOSED_ALLOWED = 16
_MAX_TAGS = 5000
_SCRIPT_CAP = 1 << 20
_MAX_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Form:
    """One HTML form."""

    action: str | None
    method: str
    fields: tuple[tuple[str, str], ...]
    """Name and value with character references replaced."""


def is_page(text: str) -> bool:
    """Tell whether text is an HTML page or a piece of one."""
    head = text[:4096].lower()
    return any(tag in head for tag in ("<html", "<!doctype html", "<form", "<body", "<input", "<head>"))


def forms(page: str) -> tuple[Form, ...]:
    """Return the forms of a page; fields outside any form make a form without action."""
    found: list[Form] = []
    action: str | None = None
    method = ""
    fields: list[tuple[str, str]] = []
    for closing, tag, attributes, end in _tags(page):
        if tag == "form":
            if fields:
                found.append(Form(action, method, tuple(fields)))
            given = {} if closing else attributes
            action, method, fields = given.get("action"), given.get("method", "").upper(), []
        elif not closing and "name" in attributes:
            value = attributes.get("value", "")
            if tag == "textarea":
                close = page.find("<", end)
                value = html.unescape(page[end : close if close >= 0 else len(page)])
            fields.append((attributes["name"], value))
    if fields:
        found.append(Form(action, method, tuple(fields)))
    return tuple(found)


def _tags(page: str) -> Iterator[tuple[bool, str, dict[str, str], int]]:
    at, unclosed = 0, 0
    for _ in range(_MAX_TAGS):
        tag = _TAG.search(page, at)
        if tag is None:
            return
        attributes = _ATTRIBUTES.match(page, tag.end())
        end = attributes.end() if attributes else page.find(">", tag.end()) + 1
        if attributes is None:
            unclosed += 1
        if not end or unclosed > _UNCLOSED_ALLOWED:  # each search of an unclosed tag costs the whole rest
            return
        named: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(page, tag.end(), end):
            value = next(part for part in (found[2], found[3], found[4], "") if part is not None)
            named.setdefault(found[1].lower(), html.unescape(value))
        yield bool(tag[1]), tag[2].lower(), named, end
        at = end


def visible_text(page: str, cap: int = TEXT_CAP) -> str:
    """Return title and text of a page without tags, scripts and styles, white space collapsed, at most ``cap`` characters.

    Sign-in pages that are drawn by script keep their error text in the script's configuration object: string values
    of keys named like an error or message are appended.
    """
    title = _TITLE.search(page[:65536])
    pieces = [html.unescape(title[1])] if title else []
    scripts: list[str] = []
    at, length = 0, 0
    while at < len(page) and length < 4 * cap:
        start = page.find("<", at)
        piece = page[at : start if start >= 0 else len(page)][: 4 * cap]
        pieces.append(html.unescape(piece))
        length += len(piece)
        if start < 0:
            break
        unseen = _UNSEEN.match(page, start)
        name = unseen[2].lower() if unseen and unseen[2] else ""
        close = _CLOSE[name] if name else _CLOSE_COMMENT if unseen else _CLOSE_TAG
        end = close.search(page, start)
        if name == "script":
            scripts.append(page[start : end.start() if end else len(page)])
        if end is None:
            break
        at = end.end()
    script = "\n".join(scripts)[:_SCRIPT_CAP]
    messages = [escapes.from_json_escapes(found[1]) for found in islice(_MESSAGE.finditer(script), _MAX_MESSAGES)]
    text = _BLANKS.sub(" ", " ".join([*pieces, *messages])).strip()
    return escapes.printable(text)[:cap]
