"""Facts: the named things one can know of a login or of metadata.

``table`` and ``entity`` hold the mechanisms, the other files the facts.
"""

from samlcheck.facts import (
    assertion,
    given,
    iam,
    identity_center,
    message,
    metadata,
    metadata_endpoints,
    metadata_extensions,
    metadata_keys,
    metadata_trust,
    pair,
    trust,
)
from samlcheck.facts.entity import METADATA, EntityCase, EntityTable
from samlcheck.facts.table import FACTS, Fact, FactTable, Reading, Readings

__all__ = [
    "FACTS", "METADATA", "EntityCase", "EntityTable", "Fact", "FactTable", "Reading", "Readings", "assertion", "given", "iam",
    "identity_center", "message", "metadata", "metadata_endpoints", "metadata_extensions", "metadata_keys", "metadata_trust",
    "pair", "trust",
]  # fmt: skip
