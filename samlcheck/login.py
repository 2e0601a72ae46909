"""A login: the request, the response and what the service answered, any of which may be missing."""

from __future__ import annotations

from dataclasses import dataclass

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.saml.anatomy import Anatomy


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
