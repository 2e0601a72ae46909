"""What a page or an error text says about the cause: symptoms that match, the most telling first."""

from __future__ import annotations

from samlcheck.checks.template import compiled
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.model import Symptom

MOST_TEXT = 200_000
"""Characters of a page that are looked at."""
_RANK = {"high": 0, "medium": 1, "low": 2}


def match(catalogue: Catalogue, text: str, *, url: str | None = None, status: int | None = None) -> tuple[Symptom, ...]:
    """Return the symptoms that a text shows, most telling first.

    text: what the page said, or an error code. url, status: of the page, where known. A symptom counts when everything it
    names is there; one whose URL or status is not known counts only if its text is telling by itself.
    """
    page = text[:MOST_TEXT]
    found = []
    for pack in catalogue.symptoms():
        for symptom in pack.symptoms:
            strength = _strength(symptom, page, url, status)
            if strength is not None:
                found.append((_RANK[symptom.specificity], -strength, symptom.id, symptom))
    return tuple(item[-1] for item in sorted(found, key=lambda item: item[:-1]))


def _strength(symptom: Symptom, page: str, url: str | None, status: int | None) -> int | None:
    """Return how many characters speak for a symptom, or None if it does not match."""
    spoken = 0
    if symptom.code and _holds_code(page, symptom.code):
        spoken = len(symptom.code)
    if symptom.pattern is not None and (hit := compiled(f"(?is){symptom.pattern}").search(page)) is not None:
        spoken = max(spoken, len(hit[0]))
    if not spoken and (symptom.code or symptom.pattern is not None):
        return None
    telling = bool(spoken) and symptom.specificity != "low"
    if symptom.url is not None and not _agrees(url is not None, bool(url and compiled(symptom.url).search(url)), telling):
        return None
    if symptom.status is not None and not _agrees(status is not None, status == symptom.status, telling):
        return None
    return spoken


def _agrees(known: bool, same: bool, telling: bool) -> bool:
    return same if known else telling


def _holds_code(page: str, code: str) -> bool:
    """Return whether a code stands in the text as a word of its own."""
    start = page.find(code)
    while start >= 0:
        end = start + len(code)
        if not (page[start - 1 : start].isalnum() or page[end : end + 1].isalnum()):
            return True
        start = page.find(code, start + 1)
    return False
