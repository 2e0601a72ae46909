"""The timeline of a login: when, where, what was answered, and what each step carried."""

from __future__ import annotations

from datetime import datetime

from samlcheck.capture.entry import join
from samlcheck.capture.model import CapturedMessage, Exchange
from samlcheck.finding import Slot, Text
from samlcheck.flow.answer import failed
from samlcheck.flow.cookies import cookie_names, set_cookies
from samlcheck.flow.flow import Flow
from samlcheck.flow.frames import is_framed
from samlcheck.flow.sites import hostname, path
from samlcheck.frozen import dataclass

_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One request and its answer."""

    number: int
    """1-based, in the recording."""
    at: datetime | None
    """Browser clock."""
    method: str
    host: str
    path: str
    status: int | None
    leads_to: str
    """Host and path that the answer redirects to; empty where it does not."""
    carried: tuple[str, ...]
    """``SAMLRequest``, ``SAMLResponse``, ``RelayState``, ``form with SAMLResponse``."""
    sent_cookies: tuple[str, ...] | None
    """Names; None where they are masked or left out."""
    set_cookies: tuple[str, ...]
    """``Set-Cookie`` headers without values."""
    said: Text
    """What the page or the recorder said, where something went wrong."""
    delivers: bool = False
    """Whether it is the delivery of the response."""
    framed: bool = False


def timeline(flow: Flow) -> tuple[Step, ...]:
    """Return the steps of a login, in order."""
    login, trail, found = flow.login, flow.trail, flow.answer
    told = {found.last.index} if found.refused and found.last is not None else set()
    told |= {flow.idp_refusal.index} if flow.idp_refusal is not None else set()
    return tuple(
        Step(
            number=step.index + 1,
            at=step.started,
            method=step.method,
            host=hostname(step.url),
            path=path(step.url),
            status=step.status,
            leads_to=_goal(step),
            carried=tuple(_carried(step, login.capture.messages)),
            sent_cookies=cookie_names(step) if "sanitised" not in flow.codes else None,
            set_cookies=tuple(cookie.shown for cookie in set_cookies(step)),
            said=_said(step, told),
            delivers=step is trail.posting,
            framed=is_framed(step),
        )
        for step in trail.steps
    )


def _goal(step: Exchange) -> str:
    if not step.location:
        return ""
    goal = join(step.url, step.location)
    return hostname(goal) + path(goal)


def _carried(step: Exchange, messages: tuple[CapturedMessage, ...]) -> list[str]:
    """Return what a step carried: the parameters of the message sent by it, or the form it answered with."""
    found: list[str] = []
    for message in messages:
        if message.exchange != step.index and step.index not in message.again:
            continue
        sent = message.parameter or ("SAMLRequest" if message.role == "request" else "SAMLResponse")
        on_page = message.layers[-1].name == "html" or any(layer.name == "html" for layer in message.layers)
        found.append(f"form with {sent}" if on_page and message.target != step.url else sent)
        if message.relay_state is not None:
            found.append("RelayState")
    if not found and b"SAMLResponse" in (step.response_body or b""):
        found.append("form with SAMLResponse")
    return found


def _said(step: Exchange, told: set[int]) -> Text:
    if failed(step):
        return Text.of(step.error or "no answer")
    wrong = (step.status or 0) >= 400 or step.index in told
    return Text.of(Slot(step.page_text[:_MOST_SAID], sensitive="prose")) if wrong and step.page_text else Text()
