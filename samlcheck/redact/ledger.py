"""What was replaced and what was kept in one run: for the manifest, and for the search that looks for remains."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import field
from typing import Any

from samlcheck.frozen import dataclass

_PIECE = 100
_SHORT = 40
"""Letters up to which a value is held itself where it is only counted; of a longer one its digest does."""


@dataclass(frozen=True)
class Ledger:
    """Grows while a copy is made. The values in it are private and leave the program in no form but as counts."""

    words: dict[str, None] = field(default_factory=dict)
    """Words that were replaced, folded, in the order of their appearance."""
    misspelt: set[str] = field(default_factory=set)
    """Those of the words that stand where a public word is expected: perhaps one is meant."""
    entities: set[str] = field(default_factory=set)
    """Names of entities, for what is derived from them (the SourceID of an artifact)."""
    dropped: set[str] = field(default_factory=set)
    """Words of what was left out."""
    values: set[str] = field(default_factory=set)
    """Whole values that were replaced or left out."""
    kept: set[str] = field(default_factory=set)
    """Folded words that were kept: they are public, or stand where standards define what may stand."""
    searched: set[bytes] = field(default_factory=set)
    """Digests of texts that were left out and whose words and parts are in here already."""
    places: dict[str, Counter[str | bytes]] = field(default_factory=lambda: defaultdict(Counter))
    """What was replaced, by what it was: each value with how often."""
    notes: dict[str, int] = field(default_factory=Counter)
    """What could not be kept, or was left out, by what it was."""

    def replaced(self, kind: str, value: str) -> None:
        """Count a value that was replaced or left out."""
        if value:
            self.values.update(pieces(value))
            self.places[kind][value if len(value) <= _SHORT else digest(value)] += 1

    def left_out(self, kind: str, value: str) -> bool:
        """Count a text that was left out; return whether its words and parts have to be added, as it is a new one."""
        if not value:
            return False
        known = digest(value)
        self.places[kind][known] += 1
        new = known not in self.searched
        self.searched.add(known)
        return new

    def may_not_be_found(self, words: Iterable[str], parts: Iterable[str]) -> None:
        """Add words and parts of a text that was left out."""
        self.dropped.update(words)
        self.values.update(piece for part in parts if part for piece in pieces(part))

    def again(self) -> Ledger:
        """Return an empty ledger for the same inputs that knows already what may not be found of what is left out of them."""
        return Ledger(dropped=self.dropped, values=self.values, searched=self.searched)

    def note(self, what: str) -> None:
        """Count something that readers of the copy should know."""
        self.notes[what] += 1

    def as_object(self) -> dict[str, Any]:
        """Return kinds and counts: how many different values of each kind, and in how many places they stood."""
        return {
            "replaced": {kind: {"values": len(found), "places": found.total()} for kind, found in sorted(self.places.items())},
            "notes": [{"what": what, "places": count} for what, count in sorted(self.notes.items())],
        }


def pieces(value: str) -> tuple[str, ...]:
    """Return a value, or the beginning, the middle and the end of a long one: it would not be left in parts of fewer letters."""
    if len(value) <= 3 * _PIECE:
        return (value,)
    middle = len(value) // 2
    return value[:_PIECE], value[middle : middle + _PIECE], value[-_PIECE:]


def digest(text: str) -> bytes:
    """Return what tells a text from every other one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
