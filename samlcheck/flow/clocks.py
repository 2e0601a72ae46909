"""Three clocks: the browser's (start of each request), the IdP's and the service's (``Date`` of their answers, RFC 9110 6.6.1).

``Date`` has whole seconds and may come from a front end, so every figure is good to two seconds and no better.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from samlcheck.capture.entry import header, served
from samlcheck.capture.model import Exchange
from samlcheck.flow.sites import hostname
from samlcheck.flow.trail import Trail
from samlcheck.frozen import dataclass

GRAIN = 2
"""Seconds that a measured difference may be wrong by."""
_HALF = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What was measured; None where it could not be."""

    idp: timedelta | None
    """The IdP's clock minus the browser's."""
    sp: timedelta | None
    """The service's clock minus the browser's."""
    posted: datetime | None
    """Delivery of the response, browser clock."""
    answered: datetime | None = None
    """``Date`` of the answer to it, the service's clock, where the browser's says nothing."""

    @property
    def apart(self) -> int | None:
        """Seconds by which the IdP's clock is ahead of the service's."""
        return round((self.idp - self.sp).total_seconds()) if self.idp is not None and self.sp is not None else None

    @property
    def received(self) -> datetime | None:
        """When the response arrived, by the service's clock."""
        return self.posted + self.sp if self.posted is not None and self.sp is not None else self.answered

    @property
    def posted_by_idp(self) -> datetime | None:
        """When the response was delivered, by the IdP's clock."""
        return self.posted + self.idp if self.posted is not None and self.idp is not None else None


def clocks(trail: Trail) -> Clocks:
    """Return the clocks of a login."""
    idp = trail.idp_host
    sp = hostname(trail.posting.url) if trail.posting is not None else hostname(trail.target)
    at_idp = [step for step in trail.steps if hostname(step.url) == idp]
    at_sp = [step for step in trail.steps if hostname(step.url) == sp]
    both = bool(idp) and bool(sp) and idp != sp
    posted, answered = (
        (trail.posting.started, served(trail.posting.response_headers)) if trail.posting is not None else (None, None)
    )
    return Clocks(_offset(at_idp) if both else None, _offset(at_sp) if both else None, posted, answered if posted is None else None)


def _offset(steps: Iterable[Exchange]) -> timedelta | None:
    """Return the median difference of a host's answers to the browser's clock; answers from a cache do not count."""
    found = []
    for step in steps:
        date = served(step.response_headers)
        if date is not None and step.started is not None and not header(step.response_headers, "age"):
            middle = step.started + timedelta(milliseconds=(step.took or 0) / 2)
            found.append((date + _HALF - middle).total_seconds())
    return timedelta(seconds=sorted(found)[len(found) // 2]) if found else None
