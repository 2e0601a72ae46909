"""A login: the request, the response and what the service answered, any of which may be missing."""

from __future__ import annotations

from collections.abc import Sequence

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.frozen import dataclass
from samlcheck.saml.anatomy import Anatomy

RESPONSES = ("response", "artifactresponse", "assertion", "encrypted-assertion", "logoutresponse")
REQUESTS = ("authnrequest", "logoutrequest", "artifactresolve", "attributequery")


@dataclass(frozen=True)
class LoginMessage:
    """A captured message together with its parsed form."""

    captured: CapturedMessage
    anatomy: Anatomy


@dataclass(frozen=True)
class Login:
    """The unit that is diagnosed."""

    response: LoginMessage | None
    request: LoginMessage | None
    capture: Capture
    name: str
    """How reports call it: the input's name, with ``(login 2)`` where there are several."""


def pair(capture: Capture, messages: Sequence[LoginMessage], given: Sequence[LoginMessage]) -> list[Login]:
    """Return one login per response, each with its request; requests alone only where there is no response at all."""
    responses = [item for item in messages if item.anatomy.kind in RESPONSES]
    requests = [item for item in messages if item.anatomy.kind in REQUESTS]
    name = capture.artifact.name
    if not responses:
        return [Login(None, item, capture, _numbered(name, i, len(requests))) for i, item in enumerate(requests)]
    return [
        Login(item, _request_of(item, given or requests, explicit=bool(given)), capture, _numbered(name, i, len(responses)))
        for i, item in enumerate(responses)
    ]


def _numbered(name: str, index: int, count: int) -> str:
    return f"{name} (login {index + 1})" if count > 1 else name


def _request_of(response: LoginMessage, requests: Sequence[LoginMessage], *, explicit: bool) -> LoginMessage | None:
    """Return the request that belongs to a response: by InResponseTo, else by RelayState, else the last one before it."""
    wanted = response.anatomy.message.get("InResponseTo")
    for item in requests:
        if wanted and item.anatomy.message.get("ID") == wanted:
            return item
    if explicit:
        return requests[-1] if requests else None
    last = response.captured.exchange
    before = [item for item in requests if last is None or (item.captured.exchange or 0) <= last]
    state = response.captured.relay_state
    same = [item for item in before if state is not None and item.captured.relay_state == state]
    likely = same or before
    return likely[-1] if likely else None
