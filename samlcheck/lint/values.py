"""The values of one entity's facts as written, without places: what the short ways look at."""

from __future__ import annotations

from samlcheck.checks.context import Context
from samlcheck.facts.every import METADATA
from samlcheck.facts.metadata_table import EntityTable


class Values(dict[str, "list[str] | None"]):
    """The values of facts of one entity as written, each read at most once; None where a fact cannot be known."""

    def __init__(self, context: Context) -> None:
        """Nothing is read yet. context: of this entity; its table is an ``EntityTable``."""
        super().__init__()
        if not isinstance(context.table, EntityTable):
            raise TypeError("values are those of metadata")
        self.context = context
        self.table = context.table
        self.entity = context.table.entity

    def __missing__(self, name: str) -> list[str] | None:
        entry = METADATA.get(name)
        found = entry.quick(self.entity) if entry is not None and entry.quick is not None else None
        if found is None:
            readings = self.table.read(name)
            found = None if readings.unavailable else [item.raw for item in readings.items]
        self[name] = found
        return found
