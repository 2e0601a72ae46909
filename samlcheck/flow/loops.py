"""Round and round: the same login again and again, and the same response sent twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.flow.sites import without_query
from samlcheck.frozen import dataclass

ENOUGH = 3
"""Rounds from which it is a loop. AD FS itself stops after five within twenty seconds (MSIS7042)."""
WITHIN = timedelta(seconds=60)
_METHOD_KEPT = (307, 308)


@dataclass(frozen=True, slots=True)
class Loop:
    """Messages of one kind to one address, one after the other."""

    count: int
    seconds: int
    """From one to the next, the median."""
    target: str
    what: str
    """``responses`` or ``requests``."""


def loop(capture: Capture) -> Loop | None:
    """Return the longest loop of a recording, if there is one: at least three rounds within a minute."""
    found = [
        Loop(len(times), _period(times), target, f"{role}s")
        for role in ("response", "request")
        for target, times in _rounds(capture.messages, role).items()
        if len(times) >= ENOUGH
    ]
    return max(found, key=lambda item: (item.what == "responses", item.count), default=None)


def _rounds(messages: Sequence[CapturedMessage], role: str) -> dict[str, list[datetime]]:
    """Return, for each address, the times of the longest run of messages in which three lie within a minute."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for message in messages:
        if message.role == role and message.target and message.at is not None:
            times[without_query(message.target)].append(message.at)
    return {target: run for target, found in times.items() if (run := _run(sorted(found)))}


def _run(times: list[datetime]) -> list[datetime]:
    best: list[datetime] = []
    for start in range(len(times) - ENOUGH + 1):
        end = start + ENOUGH
        if times[end - 1] - times[start] > WITHIN:
            continue
        while end < len(times) and times[end] - times[end - ENOUGH + 1] <= WITHIN:
            end += 1
        best = max(best, times[start:end], key=len)
    return best


def _period(times: list[datetime]) -> int:
    gaps = sorted((later - earlier).total_seconds() for earlier, later in pairwise(times))
    return round(gaps[len(gaps) // 2]) if gaps else 0


def sent_again(capture: Capture, message: CapturedMessage) -> tuple[int, ...]:
    """Return the exchanges that sent a message once more of the browser's own accord.

    A redirect with 307 or 308 makes the browser repeat a POST (RFC 9110 15.4.8), which is not that.
    """
    exchanges = capture.exchanges
    return tuple(index for index in message.again if index and exchanges[index - 1].status not in _METHOD_KEPT)
