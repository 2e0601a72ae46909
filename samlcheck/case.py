"""Everything a rule may look at: one login, what trust found, what the user told us, and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from samlcheck.frozen import dataclass
from samlcheck.login import Login
from samlcheck.saml.anatomy import Anatomy
from samlcheck.trust.facts import Anchors, TrustFacts

if TYPE_CHECKING:
    from samlcheck.flow.flow import Flow
    from samlcheck.iam.policy import Policy

ClockKind = Literal["capture", "given", "now"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant at which the login is judged, and how sure that is."""

    at: datetime
    """Timezone-aware, UTC."""
    kind: ClockKind


@dataclass(frozen=True, slots=True)
class Told:
    """What the user told us, as typed; empty means not told."""

    acs: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    issuer: str = ""
    relay_state: str | None = None
    user: str = ""
    error: str = ""
    service: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """``--set`` and profile values, text as typed."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where a parameter comes from, if it was not typed: ``profile NAME``."""
    iam_role: tuple[Policy, ...] = ()
    """IAM trust policies (``--iam-role``)."""
    iam_policy: tuple[Policy, ...] = ()
    """IAM permission policies (``--iam-policy``)."""


@dataclass(frozen=True)
class Case:
    """The input of the fact table."""

    login: Login
    trust: TrustFacts | None
    """Verification of the response (or of the request when that is all there is)."""
    request_trust: TrustFacts | None
    anchors: Anchors
    sp: tuple[Anatomy, ...]
    """SP metadata documents given by ``--sp``."""
    told: Told
    clock: Clock
    skew: int
    """Seconds of clock difference to tolerate."""

    @property
    def anatomy(self) -> Anatomy | None:
        """The response's anatomy that values are read from (decrypted where possible)."""
        return self.trust.anatomy if self.trust else None

    @cached_property
    def flow(self) -> Flow | None:
        """What the recording shows of the login; None if it does not come from one."""
        if not self.login.capture.exchanges:
            return None
        from samlcheck.flow.flow import flow  # of no use to messages that were pasted

        return flow(self.login)
