"""A cheap look at octets that may be XML: which root element, and where it ends or breaks off.

This is no parser and nothing is ever read from the message here: the look decides what kind of thing was handed over
and where a message ends inside a log line. ``xmldoc`` alone reads documents.
"""

from __future__ import annotations

import re

from samlcheck.frozen import dataclass

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"

_NAME = rb"(?:[A-Za-z_][\w.\-]*+:)?[A-Za-z_\x80-\xff][\w.\-\x80-\xff]*+"
_START = re.compile(rb"<(" + _NAME + rb")(?=[\s/>])")
_ATTRIBUTES = re.compile(rb"(?:[^\"'<>]++|\"[^\"]*+\"|'[^']*+')*+")
_NAMESPACE = re.compile(rb"\bxmlns(?::([\w.\-]++))?\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_SPACE = re.compile(rb"\s*+")
_MARKUP = re.compile(rb"<(?:(!--)|(!\[CDATA\[)|(\?)|(/)|(?=[A-Za-z_\x80-\xff]))")
_TAG_NAME = re.compile(_NAME)
_END_OF_SUBSET = re.compile(rb"\]\s*+>")
_MAX_DEPTH = 1000


@dataclass(frozen=True, slots=True)
class Root:
    """The start tag of a root element."""

    name: str
    """As written, with its prefix."""
    local: str
    namespace: str | None
    """Namespace name, or None where the start tag does not declare the prefix."""
    start: int
    """Offset of the tag in the octets looked at."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Where an element ends."""

    end: int | None
    """Offset behind the end tag; None if it never comes."""
    open: tuple[str, ...] = ()
    """Names as written of the elements that are still open where the octets end, outermost first."""


def as_utf8(octets: bytes) -> bytes:
    """Return octets as UTF-8 for looking; UTF-16 is recognised by its byte order mark or its zero octets."""
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return octets.decode("utf-16", "replace").encode("utf-8", "replace")
    if octets[:4] == b"<\0?\0":
        return octets.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if octets[:4] == b"\0<\0?":
        return octets.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return octets


def root(octets: bytes, at: int = 0) -> Root | None:
    r"""Return the root element of UTF-8 octets from ``at`` on, or None if they do not begin like XML.

    XML whose quotes are still escaped (``ID=\"_1\"``) is no XML yet.
    """
    begin = at
    if octets.startswith(b"\xef\xbb\xbf", at):
        at += 3
    while True:
        at = _behind(_SPACE.match(octets, at))
        if octets.startswith(b"<?", at):
            at = octets.find(b"?>", at) + 2
        elif octets.startswith(b"<!--", at):
            at = octets.find(b"-->", at) + 3
        elif octets[at : at + 9].upper() == b"<!DOCTYPE":
            at = _behind_doctype(octets, at)
        else:
            break
        if at < 4:  # the construct is not closed
            return None
    start = _START.match(octets, at)
    if start is None:
        return None
    end = _behind(_ATTRIBUTES.match(octets, start.end()))
    if b'=\\"' in octets[begin:end]:
        return None
    return _root(start, octets[start.end() : end])


def _root(start: re.Match[bytes], tag: bytes) -> Root:
    prefix, _, local = start[1].rpartition(b":")
    namespace = None
    for found in _NAMESPACE.finditer(tag):
        if (found[1] or b"") == prefix:
            namespace = (found[2] or found[3] or b"").strip().decode("utf-8", "replace")
            break
    return Root(start[1].decode("utf-8", "replace"), local.decode("utf-8", "replace"), namespace, start.start())


def _behind(match: re.Match[bytes] | None) -> int:
    return match.end() if match else 0


def _behind_doctype(octets: bytes, at: int) -> int:
    close = octets.find(b">", at)
    bracket = octets.find(b"[", at, close) if close >= 0 else -1
    if bracket < 0:
        return close + 1
    return _behind(_END_OF_SUBSET.search(octets, bracket))


def extent(octets: bytes, start: int) -> Extent:
    """Return where the element whose start tag is at ``start`` ends, counting tags and skipping what is no tag.

    Mismatched tags are not noticed (the parser says so better); more than a thousand levels are taken as unending.
    """
    opened: list[bytes] = []
    at = start
    while True:
        markup = _MARKUP.search(octets, at)
        if markup is None:
            return _broken(opened)
        if markup[1] or markup[2] or markup[3]:
            close = b"-->" if markup[1] else b"]]>" if markup[2] else b"?>"
            end = octets.find(close, markup.end())
            if end < 0:
                return _broken(opened)
            at = end + len(close)
            continue
        name = _TAG_NAME.match(octets, markup.end())
        if name is None:
            at = markup.end()
            continue
        close_at = _behind(_ATTRIBUTES.match(octets, name.end()))
        stopped_by = octets[close_at : close_at + 1]
        if stopped_by == b"<":  # a broken tag, not a broken-off document
            return Extent(None)
        if stopped_by != b">":
            return _broken(opened if markup[4] else [*opened, name[0]])
        at = close_at + 1
        if markup[4]:
            if opened:
                opened.pop()
        elif octets[at - 2 : at] != b"/>":
            opened.append(name[0])
        if not opened:
            return Extent(at)
        if len(opened) > _MAX_DEPTH:
            return Extent(None)


def _broken(opened: list[bytes]) -> Extent:
    return Extent(None, tuple(name.decode("utf-8", "replace") for name in opened))


def ends(octets: bytes, element: Root) -> Extent:
    """Return where a root element ends; octets that end in its only end tag are not gone through."""
    name = element.name.encode()
    if octets.count(b"</" + name) == 1 and re.search(rb"</" + re.escape(name) + rb"\s*+>\s*+$", octets[-512:]):
        return Extent(len(octets))
    return extent(octets, element.start)
