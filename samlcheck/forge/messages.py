"""Protocol messages beside a login's: LogoutRequest and LogoutResponse, ArtifactResolve and ArtifactResponse (core 3.5, 3.7).

A recipe whose ``message`` is set sends that message instead of, or around, its response.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from samlcheck.forge.styles import EMAIL_ADDRESS
from samlcheck.frozen import dataclass

MessageKind = Literal["logoutrequest", "logoutresponse", "artifactresolve", "artifactresponse"]
ELEMENTS: dict[str, str] = {
    "logoutrequest": "LogoutRequest",
    "logoutresponse": "LogoutResponse",
    "artifactresolve": "ArtifactResolve",
    "artifactresponse": "ArtifactResponse",
}
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
IDP, SP = "https://idp.example/saml/metadata", "https://sp.example/saml/metadata"
SINGLE_LOGOUT = {"idp": "https://idp.example/saml/slo", "sp": "https://sp.example/saml/slo"}
"""Where each side takes logout messages."""
RESOLVE_ID = "_3f7b3dcf1674ecaa5b1f3e2c7d9a04c8b6e1d502"


def artifact(issuer: str) -> str:
    """Return an artifact of type 4 by an entity (bindings 3.6.4.2)."""
    source = hashlib.sha1(issuer.encode(), usedforsecurity=False).digest()
    return base64.b64encode(b"\x00\x04\x00\x00" + source + hashlib.sha1(b"handle", usedforsecurity=False).digest()).decode()


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says; None always means "not in the message"."""

    kind: MessageKind = "logoutrequest"
    id: str | None = "_8e8dc5f69a98cc4c1ff3427e5ce34606fd672f91"
    version: str | None = "2.0"
    issue_instant: str | None = "2026-05-04T10:00:00Z"
    destination: str | None = SINGLE_LOGOUT["sp"]
    issuer: str | None = IDP
    in_response_to: str | None = None
    not_on_or_after: str | None = None
    reason: str | None = None
    nameid: str | None = None
    nameid_format: str | None = None
    session_index: tuple[str, ...] = ()
    artifact: str | None = None
    status: str | None = SUCCESS
    """Of an ArtifactResponse; a LogoutResponse has that of the recipe."""
    content: bool = True
    """Whether an ArtifactResponse holds the response."""


def message(kind: MessageKind) -> Message:
    """Return a healthy message of a kind: a logout comes from the identity provider."""
    if kind == "logoutrequest":
        return Message(
            kind,
            not_on_or_after="2026-05-04T10:05:00Z",
            reason="urn:oasis:names:tc:SAML:2.0:logout:user",
            nameid="mia.lindqvist@example.com",
            nameid_format=EMAIL_ADDRESS,
            session_index=("_66c3f1eb48fa77c779b6dfde8b2a4093",),
        )
    if kind == "logoutresponse":
        return Message(kind, in_response_to="_2d0b1a3c5e7f9a1b3c5d7e9f0a2b4c6d8e0f1a2b")
    if kind == "artifactresolve":
        return Message(kind, id=RESOLVE_ID, destination="https://idp.example/saml/ars", issuer=SP, artifact=artifact(IDP))
    return Message(kind, destination=None, in_response_to=RESOLVE_ID)


# Edits by fact name.

Values = tuple[str, ...]
MessageEdit = Callable[[Message | None, Values], Message]
_LOGOUT = ("id", "version", "issue_instant", "destination", "issuer", "in_response_to", "not_on_or_after", "reason", "nameid",
           "nameid_format")  # fmt: skip
_ARTIFACT = {"id": "id", "version": "version", "in_response_to": "in_response_to", "issuer": "issuer", "status": "status",
             "value": "artifact"}  # fmt: skip


def _kind(before: Message | None, values: Values) -> Message:
    if len(values) != 1 or values[0] not in ELEMENTS:
        raise ValueError(f"message is one of {', '.join(ELEMENTS)}")
    return message(values[0])  # type: ignore[arg-type]


def _sender(before: Message | None, values: Values) -> Message:
    if values not in (("idp",), ("sp",)):
        raise ValueError("message_sender is one of idp, sp")
    idp = values == ("idp",)
    receiver = SINGLE_LOGOUT["sp" if idp else "idp"]
    return replace(_set(before), issuer=IDP if idp else SP, destination=receiver)


def _set(before: Message | None) -> Message:
    if before is None:
        raise KeyError("this edit changes a message that is not sent; say which, e.g. message: logoutrequest")
    return before


def _field(field: str) -> MessageEdit:
    def apply(before: Message | None, values: Values) -> Message:
        if len(values) > 1:
            raise ValueError(f"{field} takes one value, not {len(values)}")
        change: dict[str, Any] = {field: values[0] if values else None}
        return replace(_set(before), **change)

    return apply


MESSAGE_EDITS: dict[str, MessageEdit] = {
    "message": _kind,
    "message_sender": _sender,
    **{f"logout.{name}": _field(name) for name in _LOGOUT},
    "logout.session_index": lambda before, values: replace(_set(before), session_index=values),
    **{f"artifact.{name}": _field(field) for name, field in _ARTIFACT.items()},
    "artifact.content": lambda before, values: replace(_set(before), content=bool(values)),
}
