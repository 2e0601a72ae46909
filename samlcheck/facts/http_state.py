"""Facts of what browser and service remember between request and response: cookies, RelayState, loops, repetitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from samlcheck.capture.remains import is_marked
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.facts.trails import NOT_DELIVERED, at, of_flow, status
from samlcheck.saml.values import spell

if TYPE_CHECKING:
    from samlcheck.flow.flow import Flow
    from samlcheck.flow.ledger import Entered
    from samlcheck.flow.loops import Loop

_RECORD_COOKIES = "a HAR with sensitive data, from the service's start page on"


@fact("http.acs.cookie_sent", "cookies sent along with the response", "boolean", "Whether the delivery carried any cookie")
@of_flow
def _cookie_sent(flow: Flow) -> Readings:
    if flow.trail.posting is None:
        return NOT_DELIVERED
    if flow.cookies_sent is None:
        return Readings(unavailable="the recording was made without cookies", needs=_RECORD_COOKIES)
    return at(flow.trail.posting, bool(flow.cookies_sent))


def _entered(flow: Flow, entries: Iterable[Entered], raw: Callable[[Entered], str]) -> Readings:
    if flow.ledger.unknown:
        return Readings(unavailable=flow.ledger.unknown, needs=_RECORD_COOKIES)
    return Readings(
        tuple(
            Reading(raw(item), raw(item), label=f"set by request {item.cookie.exchange + 1} of the recording") for item in entries
        )
    )


@fact("http.cookies.set", "cookies of the service", "text", "Names of those set before the browser left for the IdP", many=True)
@of_flow
def _set(flow: Flow) -> Readings:
    return _entered(flow, flow.ledger.entries, lambda item: item.cookie.name)


@fact("http.cookies.lost", "cookies that did not come back", "text", "Names of those not sent with the response", many=True)
@of_flow
def _lost(flow: Flow) -> Readings:
    return _entered(flow, flow.ledger.lost, lambda item: item.cookie.name)


@fact(
    "http.cookies.lost_because",
    "reasons for lost cookies",
    "text",
    "samesite, samesite-default, not-secure, other-host, path, expired, framed or unknown, one for each lost cookie",
    many=True,
)
@of_flow
def _lost_because(flow: Flow) -> Readings:
    return _entered(flow, flow.ledger.lost, lambda item: item.reason or "")


@fact("http.relay_state_sent", "RelayState that the service sent", "text", "RelayState beside the captured request", sensitive=True)
@of_flow
def _relay_state_sent(flow: Flow) -> Readings:
    request = flow.login.request
    if request is None or request.captured.exchange is None:
        return Readings(unavailable="the request is not in the recording", needs="a HAR from the service's start page on")
    state = request.captured.relay_state
    return Readings() if state is None else constant(state, label="RelayState of the request", sensitive=True)


@fact("http.relay_state_back", "RelayState that came back", "text", "RelayState beside the captured response", sensitive=True)
@of_flow
def _relay_state_back(flow: Flow) -> Readings:
    response = flow.login.response
    state = response.captured.relay_state if response is not None else None
    return Readings() if state is None else constant(state, label="RelayState of the response", sensitive=True)


@fact("http.relay_state_returned", "return of RelayState", "text", "unchanged, changed or dropped, beside the response")
@of_flow
def _relay_state_returned(flow: Flow) -> Readings:
    request, response = flow.login.request, flow.login.response
    if request is None or response is None or request.captured.exchange is None or not flow.login.answered:
        return Readings(unavailable="request and response are not both in the recording", needs="a HAR of the whole login")
    sent, back = request.captured.relay_state, response.captured.relay_state
    if sent is None or flow.codes & {"masked", "masked-form"} or any(is_marked(state or "") for state in (sent, back)):
        return Readings()
    return constant("unchanged" if back == sent else "dropped" if not back else "changed")


def _of_loop(found: Loop | None, measure: Callable[[Loop], str]) -> Readings:
    return Readings() if found is None else constant(measure(found), label=f"{found.what} to {found.target}")


@fact("http.loop.count", "rounds of the loop", "integer", "How often the login went round, if thrice within a minute or more")
@of_flow
def _loop_count(flow: Flow) -> Readings:
    return _of_loop(flow.loop, lambda found: str(found.count))


@fact("http.loop.period", "time of each round", "text", "Time from one round of the loop to the next, in words")
@of_flow
def _loop_period(flow: Flow) -> Readings:
    return _of_loop(flow.loop, lambda found: spell(timedelta(seconds=found.seconds)) if found.seconds else "fraction of a second")


@fact("http.circle.count", "rounds of redirects", "integer", "How often redirects of the service led through the same address")
@of_flow
def _circle_count(flow: Flow) -> Readings:
    return _of_loop(flow.circle, lambda found: str(found.count))


@fact("http.circle.url", "address that redirects lead back to", "uri", "The address, without its query")
@of_flow
def _circle_url(flow: Flow) -> Readings:
    return _of_loop(flow.circle, lambda found: found.target)


@fact("http.replayed", "deliveries of the same response", "integer", "How often the browser delivered this very response")
@of_flow
def _replayed(flow: Flow) -> Readings:
    if flow.login.response is None or flow.trail.posting is None:
        return NOT_DELIVERED
    return at(flow.trail.posting, len(flow.repetitions) + 1)


@fact("http.replay.status", "status of the last repetition", "integer", "HTTP status with which the repeated delivery was answered")
@of_flow
def _replay_status(flow: Flow) -> Readings:
    return status(flow.repetitions[-1] if flow.repetitions else None)
