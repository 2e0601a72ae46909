"""A login: the request, the response and what the service answered, any of which may be missing.

A recording may hold several: legs of a chain (an identity provider that asks another one), retries, and loops. Each
response makes a login of its own; of a loop, which is one fault, the last round stands for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from samlcheck.capture.acts import user_acted
from samlcheck.capture.model import Capture, CapturedMessage, Exchange
from samlcheck.frozen import dataclass
from samlcheck.saml.anatomy import Anatomy
from samlcheck.xmldoc.names import q

RESPONSES = ("response", "artifactresponse", "assertion", "encrypted-assertion", "logoutresponse")
REQUESTS = ("authnrequest", "logoutrequest", "artifactresolve", "attributequery")
_LOOP_ROUNDS = 3
_LOOP_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True)
class LoginMessage:
    """A captured message together with its parsed form."""

    captured: CapturedMessage
    anatomy: Anatomy

    @property
    def issuer(self) -> str:
        """Issuer of the message, or of its first assertion; empty if neither names one."""
        for element in (self.anatomy.message, *self.anatomy.assertions[:1]):
            found = element.find(q("saml:Issuer"))
            if found is not None and found.text:
                return str(found.text).strip()
        return ""


@dataclass(frozen=True)
class Login:
    """The unit that is diagnosed."""

    response: LoginMessage | None
    request: LoginMessage | None
    capture: Capture
    name: str
    """How reports call it: the input's name, with ``(login 2)`` where there are several."""
    leg: str = ""
    """``idp.example to broker.example``, where a recording holds logins at several services; else empty."""
    rounds: int = 1
    """How many logins of a loop this one stands for."""

    @property
    def answered(self) -> bool:
        """Whether the response says that it answers this very request."""
        if self.request is None or self.response is None:
            return False
        return self.response.anatomy.message.get("InResponseTo") == self.request.anatomy.message.get("ID")


def pair(capture: Capture, messages: Sequence[LoginMessage], given: Sequence[LoginMessage]) -> list[Login]:
    """Return one login per response, each with its request, and one for each request that nobody answered.

    given: requests given beside the capture. A request without answer counts where there is no response at all, or where
    it came after the last one and went elsewhere than those that were answered.
    """
    responses = [item for item in messages if item.anatomy.kind in RESPONSES]
    requests = [item for item in messages if item.anatomy.kind in REQUESTS]
    found: list[_Found] = [(item, _request_of(item, responses, given or requests, explicit=bool(given)), 1) for item in responses]
    asked: list[_Found] = [(None, item, 1) for item in _unanswered(requests, found)]
    logins = [*_without_rounds(found, capture.exchanges), *_without_rounds(asked, capture.exchanges)]
    several = len({_goal(response or request) for response, request, _ in logins}) > 1
    return [
        Login(
            response,
            request,
            capture,
            f"{capture.artifact.name} (login {number})" if len(logins) > 1 else capture.artifact.name,
            _leg(response, request) if several else "",
            rounds,
        )
        for number, (response, request, rounds) in enumerate(logins, 1)
    ]


_Found = tuple[LoginMessage | None, LoginMessage | None, int]
"""Response, request, rounds."""


def _without_rounds(found: list[_Found], exchanges: Sequence[Exchange]) -> list[_Found]:
    """Return the logins with the rounds of a loop put into its last one."""
    result: list[_Found] = []
    run: list[_Found] = []
    for item in found:
        if run and not _follows(run[-1][0] or run[-1][1], item[0] or item[1], exchanges):
            result += _closed(run)
            run = []
        run.append(item)
    return result + _closed(run)


def _closed(run: list[_Found]) -> list[_Found]:
    if len(run) < _LOOP_ROUNDS:
        return run
    response, request, _ = run[-1]
    return [(response, request, len(run))]


def _follows(earlier: LoginMessage | None, later: LoginMessage | None, exchanges: Sequence[Exchange]) -> bool:
    """Tell whether two messages may be rounds of one loop: same issuer and address, at most a minute apart, no user between."""
    if earlier is None or later is None or not later.captured.target:
        return False
    one, other = earlier.captured.at, later.captured.at
    near = one is not None and other is not None and abs(other - one) <= _LOOP_WITHIN
    alike = near and _goal(earlier) == _goal(later) and earlier.issuer == later.issuer
    start, end = earlier.captured.exchange, later.captured.exchange
    return alike and (start is None or end is None or not user_acted(exchanges, start, end))


def _unanswered(requests: Sequence[LoginMessage], found: Sequence[_Found]) -> list[LoginMessage]:
    """Return the requests that got no response: all where there is none, else those that went elsewhere after the last one."""
    if not found:
        return list(requests)
    answered = {_goal(request) for _, request, _ in found if request is not None}
    exchanges = (response.captured.exchange for response, _, _ in found if response is not None)
    end = max((index for index in exchanges if index is not None), default=None)
    return [item for item in requests if end is not None and (item.captured.exchange or 0) > end and _goal(item) not in answered]


def _goal(message: LoginMessage | None) -> str:
    """Return where a message went, without query: what tells one leg from another."""
    target = (message.captured.target if message is not None else None) or ""
    return target.partition("?")[0]


def _leg(response: LoginMessage | None, request: LoginMessage | None) -> str:
    if response is not None:
        return f"{_host(response.issuer) or 'an identity provider'} to {_host(_goal(response)) or 'a service'}"
    return f"{_host(request.issuer) or 'a service'} asks {_host(_goal(request)) or 'an identity provider'}" if request else ""


def _host(uri: str) -> str:
    """Return the host of a URL, or a name that is none as it is."""
    try:
        return urlsplit(uri).hostname or uri
    except ValueError:
        return uri


def _request_of(
    response: LoginMessage, responses: Sequence[LoginMessage], requests: Sequence[LoginMessage], *, explicit: bool
) -> LoginMessage | None:
    """Return the request that belongs to a response: by InResponseTo, else by RelayState, else the last one before it.

    A request that another response names as the one it answers belongs to that one.
    """
    wanted = response.anatomy.message.get("InResponseTo")
    for item in requests:
        if wanted and item.anatomy.message.get("ID") == wanted:
            return item
    if explicit:
        return requests[-1] if requests else None
    claimed = {item.anatomy.message.get("InResponseTo") for item in responses if item is not response}
    last = response.captured.exchange
    before = [
        item
        for item in requests
        if (last is None or (item.captured.exchange or 0) <= last)
        and (item.anatomy.message.get("ID") not in claimed or item.anatomy.message.get("ID") is None)
        and (item.anatomy.kind == "logoutrequest") == (response.anatomy.kind == "logoutresponse")
    ]
    state = response.captured.relay_state
    same = [item for item in before if state is not None and item.captured.relay_state == state]
    likely = same or before
    return likely[-1] if likely else None
