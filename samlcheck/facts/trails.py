"""How facts are read from the steps of a login in a recording, so that each says which request it is about.

What the steps show is worked out in ``flow``, which is loaded only where there is a recording.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from samlcheck.capture.model import Exchange
from samlcheck.case import Case
from samlcheck.facts.table import Reading, Readings
from samlcheck.finding import Sensitive

if TYPE_CHECKING:
    from samlcheck.flow.flow import Flow

NO_RECORDING = Readings(unavailable="there is no recording of the HTTP requests", needs="a HAR")
NOT_DELIVERED = Readings(unavailable="the delivery of the response is not in the recording", needs="a HAR of the whole login")
MOST_SAID = 400
"""Characters of a page's text that a fact holds."""


def of_flow(read: Callable[[Flow], Readings]) -> Callable[[Case], Readings]:
    """Return the reader of a fact that needs a recording."""

    def of(case: Case) -> Readings:
        return read(case.flow) if case.flow is not None else NO_RECORDING

    return of


def of_delivery(read: Callable[[Flow, Exchange], Readings]) -> Callable[[Case], Readings]:
    """Return the reader of a fact that needs the delivery of the response."""
    return of_flow(lambda flow: read(flow, flow.trail.posting) if flow.trail.posting is not None else NOT_DELIVERED)


def place(step: Exchange) -> str:
    """Return what reports call a step."""
    return f"request {step.index + 1} of the recording"


def at(step: Exchange, value: int | bool | datetime | str, raw: str = "", *, sensitive: Sensitive = False) -> Readings:
    """Return one reading of a step; raw: the value as people write it, where ``str`` does not say it."""
    written = raw or (str(value).lower() if isinstance(value, bool) else str(value))
    return Readings((Reading(value, written, label=place(step), sensitive=sensitive),))


def said(step: Exchange | None) -> Readings:
    """Return what a page said to people."""
    return at(step, step.page_text[:MOST_SAID], sensitive="prose") if step is not None and step.page_text else Readings()


def quoted(step: Exchange | None) -> Readings:
    """Return what a page said to people as a sentence cites it."""
    if step is None:
        return Readings()
    text = (step.page_text or "")[:MOST_SAID]
    return at(step, f'"{text}"', sensitive=True) if text else at(step, "nothing that was recorded")


def status(step: Exchange | None) -> Readings:
    """Return the HTTP status of an answer."""
    return at(step, step.status) if step is not None and step.status is not None else Readings()


def host(step: Exchange | None) -> Readings:
    """Return the host of a step."""
    return at(step, step.url.partition("://")[2].partition("/")[0].rpartition("@")[2]) if step is not None else Readings()
