"""The closed vocabulary of checks, as values: what ``must`` and ``when`` may say (DESIGN 5).

Text fields marked *template* may hold ``{parameter}`` and ``{fact.name}``; see ``template``.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from samlcheck.frozen import dataclass

Quantifier = Literal["every", "any", "none"]


@dataclass(frozen=True, slots=True)
class UrlShape:
    """Parts of an absolute URL that must be so; each may be one value or several. All text is *template*."""

    scheme: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    host_suffix: tuple[str, ...] = ()
    """``.awsapps.com``: the host ends so."""
    host_pattern: str | None = None
    port: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    path_prefix: tuple[str, ...] = ()
    path_pattern: str | None = None
    query_has: tuple[str, ...] = ()
    """Names of query parameters."""
    absolute: bool = True
    fragment: bool = True
    """False: no fragment allowed."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time to compare with: another fact or the clock."""

    fact: str | None = None
    clock: bool = False
    """True: the instant at which the login is judged."""
    skew: bool = False
    """True: tolerate the configured clock skew in the sender's favour."""
    plus_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold. Exactly one of these is set; ``with`` belongs to ``use``."""

    present: bool | None = None
    absent: bool | None = None
    equal: str | None = None
    """*template*; code points are compared one by one."""
    one_of: tuple[str, ...] = ()
    """*templates*"""
    none_of: tuple[str, ...] = ()
    match: str | None = None
    """A pattern over the whole value (RE2 syntax); *template* whose parameter values are quoted."""
    not_match: str | None = None
    contain: str | None = None
    start_with: str | None = None
    end_with: str | None = None
    url: UrlShape | None = None
    email: bool | None = None
    number: dict[str, int] | None = None
    """``{min: 900, max: 43200}``: a decimal integer within bounds (either may be missing)."""
    length: dict[str, int] | None = None
    """``{min:, max:}`` in characters."""
    count: dict[str, int] | None = None
    """``{min:, max:}`` of the readings selected, not of one value."""
    same_as: str | None = None
    """Name of another fact (or ``attribute:NAME``): every value equals one of its values."""
    before: Instant | None = None
    """The value is strictly earlier than the instant; the clock's own instant counts as begun (core 2.5.1.2)."""
    after: Instant | None = None
    """The value is strictly later than the instant."""
    within: dict[str, str] | None = None
    """``{seconds: '300', of: response.issue_instant}`` or ``of: clock`` (the default): at most so far apart."""
    distinct: bool | None = None
    signed: bool | None = None
    """The value lies inside a verified signature."""
    algorithm_in: tuple[str, ...] = ()
    """Names of algorithm families allowed (``sha256``, ``rsa-sha256`` …)."""
    use: str | None = None
    """A named check (``checks/``)."""
    with_: dict[str, str] = field(default_factory=dict)
    """Options of the named check; *templates*. Written ``with`` in YAML."""
