"""Facts of the clocks of browser, IdP and service, measured from ``Date`` headers (recordings only)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samlcheck.case import Case
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Fact, Readings, add, fact
from samlcheck.facts.trails import at, of_trail
from samlcheck.flow import clocks
from samlcheck.flow.trail import Trail
from samlcheck.saml.values import iso

_NO_DATES = Readings(unavailable="the recording has no Date headers to compare", needs="a HAR with response headers")
_ACCURACY = f"±{clocks.GRAIN} s, from Date headers"


def _measured(name: str, title: str, doc: str, read: Callable[[clocks.Clocks], int | datetime | None]) -> None:
    def of(case: Case, trail: Trail) -> Readings:
        found = read(clocks.clocks(trail))
        if found is None:
            return _NO_DATES
        return constant(iso(found) if isinstance(found, datetime) else str(found), found, label=_ACCURACY)

    add(Fact(name, title, "instant" if name.startswith("http.acs") else "integer", of_trail(of), doc))


_measured(
    "http.clock.idp_skew",
    "clock of the IdP",
    "Seconds by which the IdP's clock is ahead of the browser's, good to two",
    lambda found: None if found.idp is None else round(found.idp.total_seconds()),
)
_measured(
    "http.clock.sp_skew",
    "clock of the service",
    "Seconds by which the service's clock is ahead of the browser's, good to two",
    lambda found: None if found.sp is None else round(found.sp.total_seconds()),
)
_measured(
    "http.clock.apart",
    "difference of the clocks",
    "Seconds by which the IdP's clock is ahead of the service's, good to two",
    lambda found: found.apart,
)
_measured(
    "http.acs.received", "arrival of the response", "When it arrived, by the service's own clock", lambda found: found.received
)
_measured(
    "http.acs.posted_by_idp_clock",
    "delivery of the response",
    "When it was delivered, by the IdP's own clock",
    lambda found: found.posted_by_idp,
)


@fact("http.idp.issued", "answer of the IdP that carried the response", "instant", "Date header of the page with the response")
@of_trail
def _issued(case: Case, trail: Trail) -> Readings:
    date = clocks.served(trail.form) if trail.form is not None else None
    return at(trail.form, date, iso(date)) if trail.form is not None and date is not None else Readings()
