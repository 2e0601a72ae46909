"""What occurs more than once in an aggregate: entityIDs, IDs, and keys of several entities."""

from __future__ import annotations

from samlcheck.facts.entity import Repeated
from samlcheck.facts.table import Reading
from samlcheck.lint.judge import Marks

_MOST = 1000
"""Readings kept of each kind: a file that repeats itself more often has one fault and not thousands."""


class Repeats:
    """Remembers about a hundred octets for each entity, and the line on which it stands."""

    def __init__(self, name: str) -> None:
        """name: the file's."""
        self._name = name
        self._seen: dict[str, dict[int, int]] = {"entityID": {}, "ID": {}, "key": {}}
        """Lines by the hash of what stands there."""
        self._again: dict[str, list[Reading]] = {"entityID": [], "ID": [], "key": []}

    def add(self, marks: Marks) -> None:
        """Take note of one entity."""
        line = marks.place.span.line if marks.place.span else 0
        if marks.entity_id:
            self._note("entityID", marks.entity_id, marks, line)
        for value in marks.ids:
            self._note("ID", value, marks, line)
        for key in marks.keys:
            self._note("key", key, marks, line)

    def found(self, entities: int) -> Repeated:
        """Return what was repeated."""
        again = self._again
        return Repeated(entities, tuple(again["entityID"]), tuple(again["ID"]), tuple(again["key"]))

    def _note(self, kind: str, value: str, marks: Marks, line: int) -> None:
        seen, mark = self._seen[kind], hash(value)
        first = seen.get(mark)
        if first is None:
            seen[mark] = line
            return
        if len(self._again[kind]) >= _MOST:
            return
        label = f"{marks.entity_id}, as in line {first}" if kind == "key" else f"as in line {first}"
        self._again[kind].append(Reading(value, value, marks.place, label=label))
