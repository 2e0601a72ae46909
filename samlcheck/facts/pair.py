"""Two entities side by side: an identity provider and a service that are to meet, or one entity before and after a change."""

from __future__ import annotations

from samlcheck.facts.entity import EntityCase
from samlcheck.facts.metadata_table import EntityTable, derived
from samlcheck.facts.table import Readings
from samlcheck.xmldoc.names import q


class PairTable(EntityTable):
    """The facts of two entities. To templates and packs it is the table of the second; named checks look at both."""

    def __init__(self, first: EntityCase, second: EntityCase) -> None:
        """first: the identity provider, or the entity as it was. second: the service, or the entity as it is to be."""
        super().__init__(second)
        self.first = EntityTable(first)
        self.second = self

    def both(self, name: str) -> tuple[Readings, Readings]:
        """Return the readings of a fact in the first and in the second entity."""
        return self.first.read(name), self.read(name)


@derived("metadata.group.entity_ids", "entityID in the group", "entityIDs of all entities of an EntitiesDescriptor", kind="uri")
def _entity_ids(entity: EntityCase) -> Readings:
    nodes = () if entity.is_entity else entity.node.iter(q("md:EntityDescriptor"))
    read = (entity.reader.attribute(node, "entityID", "uri") for node in nodes)
    return Readings(tuple(item for item in read if item is not None), entity.document.ref(entity.node))
