"""All facts, those of logins and those of metadata: for whoever checks the names that packs use, or lists them."""

from samlcheck.facts import (
    FACTS,
    metadata,
    metadata_claims,
    metadata_endpoints,
    metadata_extensions,
    metadata_keys,
    metadata_links,
    metadata_trust,
    pair,
)
from samlcheck.facts.metadata_table import METADATA

__all__ = [
    "FACTS", "METADATA", "metadata", "metadata_claims", "metadata_endpoints", "metadata_extensions", "metadata_keys",
    "metadata_links", "metadata_trust", "pair",
]  # fmt: skip
