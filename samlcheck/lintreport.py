"""What the linter says of metadata, as values that every renderer works from (DESIGN 2.3, ``documents``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from samlcheck.errors import SamlcheckError
from samlcheck.finding import Broken, Finding, NotChecked, Text
from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef

Outcomes = Mapping[str, int]
"""How many rules ended how, by the names of the JSON contract."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that a comment in the file sets aside."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class EntityReport:
    """Everything about one entity, or about what an EntitiesDescriptor says itself."""

    document: str
    name: str
    """The entityID; the Name of an EntitiesDescriptor. As written, perhaps empty."""
    kind: Literal["entity", "group", "login", "pair", "change"]
    """``login``: what ``check`` found, for the renderers that both commands share. ``pair``: what stands between an identity
    provider and a service; ``change``: what is different from before."""
    roles: tuple[str, ...]
    """Local names of the role descriptors."""
    place: NodeRef
    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    known: tuple[Finding, ...] = ()
    """Findings that the baseline file holds."""
    not_checked: tuple[NotChecked, ...] = ()
    broken: tuple[Broken, ...] = ()
    outcomes: Outcomes = field(default_factory=dict)
    headline: Text = Text()
    """Of a login, a pair or a change: what it comes to, in a sentence or two."""

    def with_findings(self, findings: tuple[Finding, ...]) -> EntityReport:
        """Return the report with other findings."""
        return replace(self, findings=findings)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file begins."""

    name: str
    octets: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A file ends: what all its entities come to."""

    name: str
    entities: int = 0
    with_findings: int = 0
    by_rule: Mapping[str, int] = field(default_factory=dict)
    """Findings by rule, the most frequent first."""
    by_severity: Mapping[str, int] = field(default_factory=dict)
    ignored: int = 0
    known: int = 0
    not_checked: Mapping[str, int] = field(default_factory=dict)
    """Reasons why rules were not checked, with what would enable them, and in how many entities."""
    broken: int = 0
    problem: SamlcheckError | None = None
    """Why the file could not be read (to its end)."""


Event = Opened | EntityReport | Closed
