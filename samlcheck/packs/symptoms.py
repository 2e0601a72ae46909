"""What a page or an error text says about the cause: symptoms that match, the most telling first.

Of several hundred patterns hardly one matches, so each is tried only where a piece of text that it cannot do without is
there: that costs a substring search, and nothing is compiled for it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from samlcheck.checks.template import compiled
from samlcheck.finding import Text
from samlcheck.frozen import dataclass
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.model import Symptom
from samlcheck.source import NodeRef

MOST_TEXT = 200_000
"""Characters of a page that are looked at."""
_RANK = {"high": 0, "medium": 1, "low": 2}
_QUOTES = str.maketrans("\u2018\u2019\u02bc\u201c\u201d\u00a0", "'''\"\" ")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A symptom and where it was seen."""

    symptom: Symptom
    said: str = ""
    """The piece of text that matched."""
    at_home: bool = False
    """The page was one of the system's own."""
    in_status: NodeRef | None = None
    """The StatusMessage it stands in: the IdP itself gives it as the reason of its refusal."""
    steps: tuple[Text, ...] = ()
    """Where to click for the fix, in the words of the IdP's console."""

    @property
    def private(self) -> bool:
        """Whether ``said`` may hold more than the words of the pattern itself."""
        return "*" in (self.symptom.pattern or "") or "{0," in (self.symptom.pattern or "")

    @property
    def sure(self) -> bool:
        """Whether the text alone makes its meaning likely; otherwise it is a guess."""
        symptom = self.symptom
        return symptom.verified and (symptom.specificity == "high" or (symptom.specificity == "medium" and self.at_home))


def readable(text: str) -> str:
    """Return an error text as a person would read it: HTML and URL escapes undone, quotes straight, blanks single."""
    text = html.unescape(text[:MOST_TEXT])
    if " " not in text.strip() and (text.count("+") > 1 or _ESCAPED.search(text)):  # a form's way to write blanks
        text = text.replace("+", " ")
    if _ESCAPED.search(text):
        text = unquote(text)
    return " ".join(text.translate(_QUOTES).split())


def match(
    catalogue: Catalogue,
    text: str,
    *,
    url: str | None = None,
    status: int | None = None,
    weak: bool = False,
    homes: frozenset[str] = frozenset(),
) -> tuple[Sighting, ...]:
    """Return the symptoms that a text shows, most telling first.

    text: what the page said, or an error code. url, status: of the page, where known. A text that tells little by itself
    counts only together with the URL or status that goes with it. weak: count it also where nothing is known of the page.
    homes: symptom packs of the service and the IdP of this login, whose page an error that was typed is likely from.
    """
    page = readable(text)
    folded = page.lower()
    found = []
    for pack in catalogue.symptoms():
        for symptom in pack.symptoms:
            said = _said(symptom, page, folded)
            home = bool(url and symptom.url and compiled(symptom.url).search(url)) or (url is None and pack.pack in homes)
            if _counts(symptom, said, (url, home), status, weak):
                order = (_RANK[symptom.specificity] - home, not symptom.verified, -len(said), symptom.url is not None, symptom.id)
                found.append((order, Sighting(symptom, said, home)))
    return tuple(sighting for _, sighting in sorted(found, key=lambda item: item[0]))


def _counts(symptom: Symptom, said: str, place: tuple[str | None, bool], status: int | None, weak: bool) -> bool:
    """Return whether a symptom is there; place: the page's URL, and whether it is one of the system's own."""
    url, home = place
    has_text = symptom.pattern is not None or bool(symptom.code)
    if has_text and not said:
        return False
    same_status = symptom.status is not None and symptom.status == status
    if symptom.status is not None and not same_status and (status is not None or not said):
        return False
    if said and symptom.specificity == "high":
        return True
    if url is None:
        return bool(said) and (weak or symptom.specificity == "medium")
    return home and (bool(said) or same_status) if symptom.url is not None else same_status


def _said(symptom: Symptom, page: str, folded: str) -> str:
    """Return the text that speaks for a symptom, or nothing; a pattern that finds the empty text says nothing."""
    if symptom.pattern is None:
        return _word(page, folded, symptom.code.lower()) if symptom.code else ""
    needles = literals(symptom.pattern)
    if needles and not any(needle in folded for needle in needles):
        return ""
    hit = compiled(f"(?is){symptom.pattern}").search(page)
    return str(hit[0]) if hit is not None else ""


def _word(page: str, folded: str, code: str) -> str:
    """Return a code as the text has it, if it stands there as a word of its own."""
    start = folded.find(code)
    while start >= 0:
        end = start + len(code)
        if not (folded[start - 1 : start].isalnum() or folded[end : end + 1].isalnum()):
            return page[start:end]
        start = folded.find(code, start + 1)
    return ""


@lru_cache(maxsize=4096)
def literals(pattern: str) -> tuple[str, ...]:
    """Return lower-case texts of which every match of a pattern holds at least one; none if that cannot be said."""
    found = [max(_runs(branch), key=len, default="") for branch in _branches(pattern)]
    return tuple(text.lower() for text in found) if all(len(text) > 3 for text in found) else ()


def _branches(pattern: str) -> list[str]:
    """Return the alternatives of a pattern, split at the bars that stand outside any group or class."""
    branches, depth = [""], 0
    for piece in _pieces(pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            branches.append("")
        else:
            branches[-1] += piece
    return branches


def _runs(branch: str) -> Iterator[str]:
    """Yield the runs of plain characters that every match of an alternative holds."""
    run, depth = "", 0
    for piece in _pieces(branch):
        plain = piece[-1] if len(piece) == 2 and not piece[1].isalnum() else piece if piece not in "()|.^$?*+{" else ""
        if len(plain) == 1 and not depth:
            run += plain
            continue
        yield run[:-1] if piece[0] in "?*{" else run  # the character before may be missing
        run = ""
        depth += (piece == "(") - (piece == ")")
    yield run


def _pieces(pattern: str) -> list[str]:
    r"""Return a pattern in pieces: escapes, classes, counts (``{2,64}``) and single characters."""
    return re.findall(r"(?s)\\.|\[\^?\]?(?:\\.|[^\]])*\]|\{[0-9,]*\}|.", pattern)
