"""Facts: the named things one can know of a login or of metadata.

``table`` and ``entity`` hold the mechanisms, the other files the facts. Those of metadata come with ``every``: a login
needs none of them.
"""

from samlcheck.facts import (
    artifact,
    assertion,
    given,
    http,
    http_clocks,
    http_state,
    iam,
    identity_center,
    logout,
    message,
    message_schema,
    pairing,
    recording,
    trust,
)
from samlcheck.facts.table import FACTS, Fact, FactTable, Reading, Readings

__all__ = [
    "FACTS", "Fact", "FactTable", "Reading", "Readings", "artifact", "assertion", "given", "http", "http_clocks", "http_state",
    "iam", "identity_center", "logout", "message", "message_schema", "pairing", "recording", "trust",
]  # fmt: skip
