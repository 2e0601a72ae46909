"""Facts of what browser and service remember between request and response: cookies, RelayState, loops, repetitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from samlcheck.case import Case
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.facts.trails import NO_RECORDING, NOT_DELIVERED, at, of_trail, status
from samlcheck.flow import cookies, loops
from samlcheck.flow.trail import Trail

_RECORD_COOKIES = "a HAR with sensitive data, from the service's start page on"


def ledger(case: Case, trail: Trail) -> cookies.Ledger:
    """Return the cookies of the service before the redirect, and which of them came back."""
    return cookies.ledger(trail, sanitised=any(note.code == "sanitised" for note in case.login.capture.notes))


@fact("http.acs.cookie_sent", "cookies sent along with the response", "boolean", "Whether the delivery carried any cookie")
@of_trail
def _cookie_sent(case: Case, trail: Trail) -> Readings:
    if trail.posting is None:
        return NOT_DELIVERED
    names = cookies.cookie_names(trail.posting)
    if names is None or any(note.code == "sanitised" for note in case.login.capture.notes):
        return Readings(unavailable="the recording was made without cookies", needs=_RECORD_COOKIES)
    return at(trail.posting, bool(names))


def _of_ledger(case: Case, trail: Trail, pick: Callable[[cookies.Ledger], Iterable[tuple[str, cookies.SetCookie]]]) -> Readings:
    found = ledger(case, trail)
    if found.unknown:
        return Readings(unavailable=found.unknown, needs=_RECORD_COOKIES)
    return Readings(
        tuple(Reading(raw, raw, label=f"set by request {cookie.exchange + 1} of the recording") for raw, cookie in pick(found))
    )


@fact(
    "http.cookies.set", "cookies of the service", "text", "Names of the cookies set before the browser left for the IdP", many=True
)
@of_trail
def _set(case: Case, trail: Trail) -> Readings:
    return _of_ledger(case, trail, lambda found: ((item.cookie.name, item.cookie) for item in found.entries))


@fact(
    "http.cookies.lost",
    "cookies that did not come back",
    "text",
    "Names of those that may hold the state of the login and were not sent along with the response",
    many=True,
)
@of_trail
def _lost(case: Case, trail: Trail) -> Readings:
    return _of_ledger(case, trail, lambda found: ((item.cookie.name, item.cookie) for item in found.lost))


@fact(
    "http.cookies.lost_because",
    "reasons for lost cookies",
    "text",
    "samesite, samesite-default, not-secure, other-host, path, expired, framed or unknown, one for each lost cookie",
    many=True,
)
@of_trail
def _lost_because(case: Case, trail: Trail) -> Readings:
    return _of_ledger(case, trail, lambda found: ((item.reason or "", item.cookie) for item in found.lost))


@fact("http.relay_state_sent", "RelayState that the service sent", "text", "RelayState beside the captured request", sensitive=True)
@of_trail
def _relay_state_sent(case: Case, trail: Trail) -> Readings:
    request = case.login.request
    if request is None or request.captured.exchange is None:
        return Readings(unavailable="the request is not in the recording", needs="a HAR from the service's start page on")
    state = request.captured.relay_state
    return Readings() if state is None else constant(state, label="RelayState of the request", sensitive=True)


@fact("http.relay_state_returned", "return of RelayState", "text", "unchanged, changed or dropped, beside the response")
@of_trail
def _relay_state_returned(case: Case, trail: Trail) -> Readings:
    request, response = case.login.request, case.login.response
    if request is None or response is None or request.captured.exchange is None or not case.login.answered:
        return Readings(unavailable="request and response are not both in the recording", needs="a HAR of the whole login")
    sent, back = request.captured.relay_state, response.captured.relay_state
    if sent is None or any(note.code in ("masked", "masked-form") for note in case.login.capture.notes):
        return Readings()
    return constant("unchanged" if back == sent else "dropped" if not back else "changed")


def _of_loop(case: Case, measure: Callable[[loops.Loop], int]) -> Readings:
    if case.trail is None:
        return NO_RECORDING
    found = loops.loop(case.login.capture)
    if found is None:
        return Readings()
    return constant(str(measure(found)), measure(found), label=f"{found.what} to {found.target}")


@fact("http.loop.count", "rounds of the loop", "integer", "How often the login went round, if thrice within a minute or more")
def _loop_count(case: Case) -> Readings:
    return _of_loop(case, lambda found: found.count)


@fact("http.loop.period", "seconds of each round", "integer", "Time from one round of the loop to the next")
def _loop_period(case: Case) -> Readings:
    return _of_loop(case, lambda found: found.seconds)


@fact("http.replayed", "deliveries of the same response", "integer", "How often the browser delivered this very response")
@of_trail
def _replayed(case: Case, trail: Trail) -> Readings:
    if case.login.response is None or trail.posting is None:
        return NOT_DELIVERED
    return at(trail.posting, len(loops.sent_again(case.login.capture, case.login.response.captured)) + 1)


@fact("http.replay.status", "status of the last repetition", "integer", "HTTP status with which the repeated delivery was answered")
@of_trail
def _replay_status(case: Case, trail: Trail) -> Readings:
    if case.login.response is None:
        return NOT_DELIVERED
    again = loops.sent_again(case.login.capture, case.login.response.captured)
    return status(case.login.capture.exchanges[again[-1]] if again else None)
