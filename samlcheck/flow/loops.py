"""Round and round: the same login again and again, redirects in a circle, and the same response sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from samlcheck.capture.acts import user_acted
from samlcheck.capture.entry import join
from samlcheck.capture.model import Capture, CapturedMessage, Exchange
from samlcheck.flow.sites import without_query
from samlcheck.frozen import dataclass
from samlcheck.login import Login

ENOUGH = 3
"""Rounds from which it is a loop. AD FS itself stops after five within twenty seconds (MSIS7042)."""
WITHIN = timedelta(seconds=60)
_METHOD_KEPT = (307, 308)


@dataclass(frozen=True, slots=True)
class Loop:
    """Messages of one kind to one address, or redirects through one, one after the other."""

    count: int
    seconds: int
    """From one to the next, the median."""
    target: str
    what: str
    """``responses``, ``requests`` or ``redirects``."""


def loop(login: Login) -> Loop | None:
    """Return the loop that a login is part of: at least three rounds within a minute that nobody but servers kept up.

    Retries are none: between them the user clicked or typed. Other logins of the recording have loops of their own.
    """
    own = login.response or login.request
    if own is None or own.captured.target is None or own.captured not in login.capture.messages:
        return None
    target, role = without_query(own.captured.target), own.captured.role
    alike = [
        item
        for item in login.capture.messages
        if item.role == role and item.at is not None and item.target is not None and without_query(item.target) == target
    ]
    run = next((run for run in _runs(alike, login.capture.exchanges) if own.captured in run), [])
    times = [item.at for item in run if item.at is not None]
    looping = any(later - earlier <= WITHIN for earlier, later in zip(times, times[ENOUGH - 1 :], strict=False))
    return Loop(len(run), _period(times), target, f"{role}s") if looping else None


def _runs(messages: Sequence[CapturedMessage], exchanges: Sequence[Exchange]) -> Iterator[list[CapturedMessage]]:
    """Yield messages in runs: one at most a minute after the other, and nothing done by the user between."""
    run: list[CapturedMessage] = []
    for message in messages:
        if run and not _at_once(run[-1], message, exchanges):
            yield run
            run = []
        run.append(message)
    yield run


def _at_once(earlier: CapturedMessage, later: CapturedMessage, exchanges: Sequence[Exchange]) -> bool:
    if earlier.at is None or later.at is None or later.at - earlier.at > WITHIN:
        return False
    if earlier.exchange is None or later.exchange is None:
        return True
    return not user_acted(exchanges, earlier.exchange, later.exchange)


def circle(steps: Sequence[Exchange]) -> Loop | None:
    """Return the redirects that led through the same address thrice or more, one after the other, without a message on the way.

    Browsers give up after some twenty (net::ERR_TOO_MANY_REDIRECTS).
    """
    for chain in _chains(steps):
        (target, count), *_ = Counter(without_query(step.url) for step in chain).most_common(1)
        if count >= ENOUGH and not any("SAMLRe" in step.url or step.method == "POST" for step in chain):
            times = [step.started for step in chain if step.started is not None and without_query(step.url) == target]
            return Loop(count, _period(times), target, "redirects")
    return None


def _chains(steps: Sequence[Exchange]) -> Iterator[list[Exchange]]:
    """Yield runs of GETs each of which was led to by the redirect before."""
    chain: list[Exchange] = []
    for step in steps:
        led = (
            chain and chain[-1].location and join(chain[-1].url, chain[-1].location).partition("#")[0] == step.url.partition("#")[0]
        )
        if chain and not led:
            yield chain
            chain = []
        if step.method == "GET":
            chain.append(step)
    if chain:
        yield chain


def _period(times: Sequence[datetime]) -> int:
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(times))
    return round(gaps[len(gaps) // 2]) if gaps else 0


def sent_again(capture: Capture, message: CapturedMessage) -> tuple[int, ...]:
    """Return the exchanges that sent a message once more of the browser's own accord.

    A redirect with 307 or 308 makes the browser repeat a POST (RFC 9110 15.4.8), which is not that.
    """
    exchanges = capture.exchanges
    return tuple(index for index in message.again if index and exchanges[index - 1].status not in _METHOD_KEPT)
