"""Finds what could hold a message inside free text: log lines, tickets, consoles, developer tools.

Every pattern is linear, and the number of pieces is bounded, so a large hostile log costs no more than reading it.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal

from samlcheck.capture import escapes, form, xmllook
from samlcheck.frozen import dataclass

MAX_PIECES = 64
_ROOTS = (
    "Response|LogoutResponse|ArtifactResponse|AuthnRequest|LogoutRequest|ArtifactResolve|EntityDescriptor|EntitiesDescriptor"
    "|Assertion|EncryptedAssertion|Envelope"
)
_XML = re.compile(rf"(?:<\?xml[^>]{{0,200}}+>\s{{0,20}}+)?<(?:[A-Za-z_][\w.\-]{{0,60}}:)?(?:{_ROOTS})(?=[\s>])")
_URL = re.compile(r"https?://[^\s\"'<>\\^`{|}]++")
_PARAMETER = re.compile(r"(?<![A-Za-z0-9_.\-])(SAMLResponse|SAMLRequest)(?![A-Za-z0-9_\-])")
_RELAY_STATE = re.compile(r"(?<![A-Za-z0-9_.\-])RelayState(?![A-Za-z0-9_\-])")
_SEPARATOR = re.compile(r"[\"'\\\]]{0,4}\s{0,80}(?:=>|=|:|%3[Dd]|,|\s)\s{0,80}(?:[\[(]\s{0,4}[bu]?(?=[\"']))?\\?([\"'`]?)")
_MASK = re.compile(r"\[[^\]\r\n]{0,80}\]|<(?:redacted|masked|removed)[^>\r\n]{0,40}>", re.IGNORECASE)
_TOKEN = re.compile(r"[^\s&\"'<>;,()\\{}]++")
_LINE = re.compile(r"[A-Za-z0-9+/_% \-]{200,}+=*+(?=[&\r\n]|$)")
_RUN = re.compile(r"[A-Za-z0-9+/_%\-]{48,}+=*+")
_AT_END = re.compile(r"(?:^|[\s\]:|>])([A-Za-z0-9+/]{4,}+=*+)[\"']?\s*+$")
_MOST_LINES = 20_000
_NEXT_LINE = re.compile(r"[ \t]*+\r?\n[ \t>|]*+([A-Za-z0-9+/_%\-]++=*+)(?=[ \t]*+(?:\r?\n|\"|'|$))")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text that may hold a message."""

    kind: Literal["url", "parameter", "xml", "base64"]
    value: str
    start: int
    end: int
    parameter: str | None = None
    relay_state: str | None = None


def pieces(text: str) -> tuple[Piece, ...]:
    """Return the pieces in text order without overlaps: URLs before parameters before XML before bare base64."""
    found: list[Piece] = []
    for search in (_urls, _parameters, _xml, _base64):
        taken = [(piece.start, piece.end) for piece in found]
        found.extend(piece for piece in search(text) if not _overlaps(piece, taken))
    return tuple(sorted(found, key=lambda piece: piece.start)[:MAX_PIECES])


def behind_prefixes(text: str) -> str:
    """Return the base64 that several lines hold behind a prefix each (a time, a line number); empty where there is none.

    A logger that cuts long texts writes pieces of one width; only the last may be shorter.
    """
    runs = [match[1] for line in text.splitlines()[:_MOST_LINES] if (match := _AT_END.search(line)) is not None]
    if len(runs) < 3 or any(len(run) != len(runs[0]) for run in runs[:-1]) or len(runs[-1]) > len(runs[0]):
        return ""
    return "\n".join(runs)


def _overlaps(piece: Piece, taken: list[tuple[int, int]]) -> bool:
    return any(start < piece.end and piece.start < end for start, end in taken)


def _urls(text: str) -> list[Piece]:
    found: list[Piece] = []
    for match in _URL.finditer(text):
        if len(found) < MAX_PIECES and any(name in match[0] for name in form.MESSAGE_PARAMETERS):
            url = match[0].rstrip(".,;)")
            found.append(Piece("url", url, match.start(), match.start() + len(url)))
    return found


def _parameters(text: str) -> list[Piece]:
    found: list[Piece] = []
    names = list(islice(_PARAMETER.finditer(text), MAX_PIECES))
    for index, name in enumerate(names):
        taken = _value(text, name.end()) if not found or name.start() >= found[-1].end else None
        if taken is None:
            continue
        value, end = taken
        until = names[index + 1].start() if index + 1 < len(names) else len(text)
        encoded = escapes.is_percent_encoded(value)  # base64 has no percent sign: the whole listing is as it was sent
        found.append(Piece("parameter", value, name.start(), end, name[1], _relay_state(text, end, until, encoded=encoded)))
    return found


def _value(text: str, at: int) -> tuple[str, int] | None:
    """Return the value that follows a parameter's name and where it ends."""
    separator = _SEPARATOR.match(text, at)
    if separator is None:
        return None
    start = separator.end()
    if separator[1]:
        close = text.find(separator[1], start)
        if close > start:
            return text[start:close].rstrip("\\"), close
    mask = _MASK.match(text, start)
    if mask:
        return mask[0], mask.end()
    line = _LINE.match(text, start)  # a value whose + were turned into spaces fills the line
    if line and " " in line[0].strip():
        return line[0].strip(), line.end()
    token = _TOKEN.match(text, start)
    return _wrapped(text, token) if token else None


def _wrapped(text: str, first: re.Match[str]) -> tuple[str, int]:
    """Return a run and the lines that go on with it: wrapped lines are equally long but for the last."""
    lines, end = [first[0]], first.end()
    width = 0
    while not lines[-1].endswith("="):
        line = _NEXT_LINE.match(text, end)
        if line is None or (width and len(line[1]) > width):
            break
        lines.append(line[1])
        end = line.end(1)
        if len(line[1]) < width:
            break
        width = len(line[1])
    return "\n".join(lines), end


def _relay_state(text: str, at: int, until: int, *, encoded: bool) -> str | None:
    name = _RELAY_STATE.search(text, at, min(until, at + 4096))
    taken = _value(text, name.end()) if name else None
    if name is None or taken is None:
        return None
    encoded = encoded or text[name.end() : name.end() + 1] == "="
    return escapes.printable(escapes.from_percent(taken[0], plus=True) if encoded else taken[0])


def _xml(text: str) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    while len(found) < MAX_PIECES and (start := _XML.search(text, at)) is not None:
        rest = escapes.as_octets(text[start.start() :])
        element = xmllook.root(rest)
        if element is None:
            at = start.end()
            continue
        end = xmllook.extent(rest, element.start).end
        piece = escapes.as_text(rest[:end])[0] if end is not None else text[start.start() :]
        found.append(Piece("xml", piece, start.start(), start.start() + len(piece)))
        at = start.start() + len(piece)
    return found


def _base64(text: str) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    while len(found) < MAX_PIECES and (run := _RUN.search(text, at)) is not None:
        value, at = _wrapped(text, run)
        found.append(Piece("base64", value, run.start(), at))
    return found
