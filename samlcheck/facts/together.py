"""Several entities of an aggregate as if they were one, for questions that need not be asked of each.

Nine thousand of ten thousand entities are sound: whether a certificate of sixteen entities has expired is one question, not
sixteen. Facts that may be read so are marked (``MetadataFact.row``); a test holds them against those of each entity.
"""

from __future__ import annotations

from collections.abc import Sequence

from samlcheck.facts import paths
from samlcheck.facts.entity import EntityCase


def together(entities: Sequence[EntityCase]) -> EntityCase:
    """Return entities of one aggregate as one that has the elements of all, by path and by name, and their certificates.

    It stands where the first one stands and is not to be asked for anything else.
    """
    first = entities[0]
    if len(entities) == 1:
        return first
    whole = EntityCase(first.document, first.node, first.source, first.clock)
    certificates = tuple([pair for entity in entities for pair in entity.certificates])
    violations = tuple([item for entity in entities for item in entity.violations])
    found = paths.together([entity.found for entity in entities])
    whole.__dict__.update(found=found, certificates=certificates, violations=violations)
    return whole
