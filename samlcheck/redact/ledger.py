"""What was replaced and what was kept in one run: for the manifest, and for the search that looks for remains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import field
from typing import Any

from samlcheck.frozen import dataclass


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
    places: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What was replaced, by what it was: each value with how often."""
    notes: dict[str, int] = field(default_factory=Counter)
    """What could not be kept, or was left out, by what it was."""

    def replaced(self, kind: str, value: str) -> None:
        """Count a value that was replaced or left out."""
        if value:
            self.values.add(value)
            self.places[kind][value] += 1

    def left_out(self, kind: str, value: str, parts: Iterable[str]) -> None:
        """Count a value that was left out; ``parts`` are those of it that may not be found in the copy."""
        if value:
            self.values.update(part for part in parts if part)
            self.places[kind][value] += 1

    def note(self, what: str) -> None:
        """Count something that readers of the copy should know."""
        self.notes[what] += 1

    def as_object(self) -> dict[str, Any]:
        """Return kinds and counts: how many different values of each kind, and in how many places they stood."""
        return {
            "replaced": {kind: {"values": len(found), "places": found.total()} for kind, found in sorted(self.places.items())},
            "notes": [{"what": what, "places": count} for what, count in sorted(self.notes.items())],
        }
