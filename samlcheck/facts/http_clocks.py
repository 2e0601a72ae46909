"""Facts of the clocks of browser, IdP and service, measured from ``Date`` headers (recordings only)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from samlcheck.facts.reading import constant
from samlcheck.facts.table import Fact, Readings, add, fact
from samlcheck.facts.trails import at, of_flow
from samlcheck.saml.values import iso

if TYPE_CHECKING:
    from samlcheck.flow.clocks import Clocks
    from samlcheck.flow.flow import Flow

_NO_DATES = Readings(unavailable="the recording has no Date headers to compare", needs="a HAR with response headers")
_ACCURACY = "±2 s, from Date headers"


def _measured(name: str, title: str, doc: str, read: Callable[[Clocks], int | datetime | None]) -> None:
    def of(flow: Flow) -> Readings:
        found = read(flow.clocks)
        if found is None:
            return _NO_DATES
        return constant(iso(found) if isinstance(found, datetime) else str(found), found, label=_ACCURACY)

    add(Fact(name, title, "instant" if name.startswith("http.acs") else "integer", of_flow(of), doc))


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
    "Seconds between the clocks of IdP and service, whichever is ahead, good to two",
    lambda found: None if found.apart is None else abs(found.apart),
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


@fact(
    "http.clock.ahead", "clock that is ahead", "text", "Whose clock is ahead: identity provider or service; none within two seconds"
)
@of_flow
def _ahead(flow: Flow) -> Readings:
    apart = flow.clocks.apart
    if apart is None:
        return _NO_DATES
    return constant("none" if abs(apart) <= 2 else "identity provider" if apart > 0 else "service", label=_ACCURACY)


@fact(
    "http.clock.words",
    "difference of the clocks in words",
    "text",
    "A sentence: how far IdP and service are apart, and who is ahead",
)
@of_flow
def _words(flow: Flow) -> Readings:
    apart = flow.clocks.apart
    if apart is None:
        return constant("How far the clocks are apart cannot be told from this recording.")
    ahead = "none" if abs(apart) <= 2 else f"that of the {'identity provider' if apart > 0 else 'service'}"
    return constant(f"The clocks are {abs(apart)} seconds apart (good to two); ahead is {ahead}.", label=_ACCURACY)


@fact("http.idp.issued", "answer of the IdP that carried the response", "instant", "Date header of the page with the response")
@of_flow
def _issued(flow: Flow) -> Readings:
    page, date = flow.trail.form, flow.issued
    return at(page, date, iso(date)) if page is not None and date is not None else Readings()
