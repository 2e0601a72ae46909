"""The steps of one login in a recording: who asked, where the form was, what received the response, what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from samlcheck.capture.entry import header, join
from samlcheck.capture.model import CapturedMessage, Exchange
from samlcheck.flow.sites import hostname, without_query
from samlcheck.frozen import dataclass
from samlcheck.login import Login

_ACS_PATH = re.compile(r"(?i)saml|/acs\b|assertionconsumer|finishlogin|/callback\b")
_MOST_HOPS = 12
_AT_ONCE = timedelta(seconds=60)
"""Browsers follow redirects at once; what comes later was asked for anew."""


@dataclass(frozen=True)
class Trail:
    """What a recording holds of one login."""

    steps: tuple[Exchange, ...]
    """All of them, in order."""
    issuing: Exchange | None
    """The answer of the service that sent the browser away with the request."""
    asking: Exchange | None
    """The browser's arrival at the IdP with the request."""
    form: Exchange | None
    """The page of the IdP that holds the response in its form."""
    posting: Exchange | None
    """The delivery of the response to the service, whether or not its body was recorded."""
    answers: tuple[Exchange, ...]
    """The delivery and where its answer led the browser, redirect by redirect."""
    target: str
    """Where the response was to go: ACS URL as far as the browser knows it; empty if nothing says."""

    @property
    def before(self) -> tuple[Exchange, ...]:
        """The steps before the delivery; all of them where there was none."""
        return tuple(step for step in self.steps if self.posting is None or step.index < self.posting.index)

    @property
    def idp_host(self) -> str:
        """Host of the IdP, as far as the browser saw it."""
        page = self.form or self.asking
        return hostname(page.url) if page is not None else ""

    @property
    def last(self) -> Exchange | None:
        """The last page, redirect or failure."""
        return self.steps[-1] if self.steps else None


def trail(login: Login) -> Trail | None:
    """Return the steps of a login; None if it does not come from a recording."""
    exchanges = login.capture.exchanges
    if not exchanges:
        return None
    request = login.request.captured if login.request is not None else None
    response = login.response.captured if login.response is not None else None
    request = request if request is not None and request in login.capture.messages else None
    asking, issuing = _asking(request, exchanges)
    target = _target(login, response)
    posting = _posting(response, exchanges, target, asking or issuing)
    form = _form(response, exchanges, posting)
    marks = [step.index for step in (issuing, asking, form, posting) if step is not None]
    steps = _scope(login.capture.messages, exchanges, marks)
    return Trail(steps, issuing, asking, form, posting, _answers(posting, exchanges), target)


def _asking(request: CapturedMessage | None, exchanges: Sequence[Exchange]) -> tuple[Exchange | None, Exchange | None]:
    """Return the arrival at the IdP and the answer that led there."""
    if request is None or request.exchange is None:
        return None, None
    seen = exchanges[request.exchange]
    body = seen.request_body or b""
    arrived = "SAMLRequest=" in seen.url or b"SAMLRequest" in body
    if not arrived:
        return None, seen
    earlier = exchanges[: seen.index]
    led = next((step for step in reversed(earlier) if step.location and join(step.url, step.location) == seen.url), None)
    if led is None:
        host = hostname(seen.url)
        led = next((step for step in reversed(earlier) if hostname(step.url) != host and step.method != "OPTIONS"), None)
    return seen, led


def _target(login: Login, response: CapturedMessage | None) -> str:
    if response is not None and response.target:
        return response.target
    asked = login.request.anatomy.message.get("AssertionConsumerServiceURL") if login.request is not None else None
    return asked or ""


def _posting(
    response: CapturedMessage | None, exchanges: Sequence[Exchange], target: str, asked: Exchange | None
) -> Exchange | None:
    if response is not None:
        if response.exchange is None:
            return None
        seen = exchanges[response.exchange]
        if seen.url == target or without_query(seen.url) == without_query(target) or "SAMLResponse=" in seen.url:
            return seen
        if b"SAMLResponse" in (seen.request_body or b""):
            return seen
        later = exchanges[seen.index + 1 :]
        return next((step for step in later if without_query(step.url) == without_query(target)), None)
    for step in exchanges[asked.index + 1 if asked is not None else 0 :]:
        at_target = bool(target) and without_query(step.url) == without_query(target)
        unread = step.method == "POST" and (not step.request_body or b"SAMLResponse" in step.request_body)
        unread = unread or "SAMLResponse=" in step.url
        if unread and (at_target or (not target and _ACS_PATH.search(step.url))):
            return step
        if unread and asked is not None and hostname(step.url) == hostname(target) and _ACS_PATH.search(step.url):
            return step
    return None


def _form(response: CapturedMessage | None, exchanges: Sequence[Exchange], posting: Exchange | None) -> Exchange | None:
    if posting is None:
        return exchanges[response.exchange] if response is not None and response.exchange is not None else None
    earlier = exchanges[: posting.index]
    shown = next((step for step in reversed(earlier) if b"SAMLResponse" in (step.response_body or b"")), None)
    if shown is not None:
        return shown
    led = next((step for step in reversed(earlier) if step.location and join(step.url, step.location) == posting.url), None)
    if led is not None:
        return led
    origin = hostname(header(posting.request_headers, "origin") or header(posting.request_headers, "referer"))
    return next((step for step in reversed(earlier) if origin and hostname(step.url) == origin), None)


def _scope(messages: Sequence[CapturedMessage], exchanges: Sequence[Exchange], marks: list[int]) -> tuple[Exchange, ...]:
    """Return the exchanges from the end of the login before this one to the beginning of the next one."""
    if not marks:
        return tuple(exchanges)
    first, last = min(marks), max(marks)
    delivered = [
        item.exchange for item in messages if item.role == "response" and item.exchange is not None and item.exchange < first
    ]
    begun = [item.exchange for item in messages if item.exchange is not None and item.exchange > last]
    start = max(delivered, default=-1) + 1
    end = min(begun, default=len(exchanges))
    while last + 1 < end < len(exchanges) and _leads_to(exchanges[end - 1], exchanges[end]):
        end -= 1  # the page that sent the browser away belongs to the login that it begins
    return tuple(exchanges[min(start, first) : end])


def _leads_to(step: Exchange, following: Exchange) -> bool:
    return bool(step.location) and join(step.url, step.location).partition("#")[0] == following.url.partition("#")[0]


def _apart(step: Exchange, following: Exchange) -> timedelta:
    if step.started is None or following.started is None:
        return timedelta(0)
    return following.started - step.started


def _answers(posting: Exchange | None, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    if posting is None:
        return ()
    found = [posting]
    while len(found) < _MOST_HOPS and found[-1].location:
        later = exchanges[found[-1].index + 1 :]
        following = next((step for step in later if _leads_to(found[-1], step)), None)
        if following is None or _apart(found[-1], following) > _AT_ONCE:
            break
        found.append(following)
    return tuple(found)
