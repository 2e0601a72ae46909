"""What is wrong with a pack file: complaints with their place, and the near miss that was probably meant.

A file is read to its end before it is refused, so that one run names every mistake in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from samlcheck.errors import PackError

Path = tuple[str | int, ...]
"""Steps from the top of the file: ``("rules", 3, "severity")``."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a pack file, 1-based as editors count."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One mistake."""

    place: Place
    message: str


@dataclass
class Complaints:
    """The mistakes found so far in one file."""

    file: str
    found: list[Complaint] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        """Note a mistake; the same words at the same place are noted once."""
        complaint = Complaint(place, message)
        if complaint not in self.found:
            self.found.append(complaint)

    def raise_if_any(self) -> None:
        """Raise PackError with the first mistake as its message and the others in its tip."""
        if not self.found:
            return
        first, *others = sorted(self.found)
        tip = "\n".join(f"also {self.where(item.place)}: {item.message}" for item in others)
        raise PackError(first.message, where=self.where(first.place), tip=tip, code="pack")

    def where(self, place: Place) -> str:
        """Return a place as ``file:line:column``."""
        return f"{self.file}:{place.line}:{place.column}"


def near_miss(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty string."""
    candidates = {item.lower(): item for item in known}
    close = get_close_matches(word.lower(), candidates, n=1, cutoff=0.6)
    return candidates[close[0]] if close else ""


def meant(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean `x`?)`` with the near miss, or an empty string, to end a complaint with."""
    close = near_miss(word, known)
    return f" (did you mean `{close}`?)" if close else ""
