"""What the user handed us, after every transport layer has been taken off: messages, exchanges, attachments.

A ``Capture`` is frozen. Original octets stay in ``CapturedMessage.artifact`` for verification; redirect-binding
signatures are checked over ``redirect`` exactly as received.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from samlcheck.frozen import dataclass
from samlcheck.source import Artifact

MessageRole = Literal["response", "request", "metadata", "assertion", "other"]
Binding = Literal["post", "redirect", "simplesign", "artifact", "unknown"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One transport layer that was removed."""

    name: str
    """``form``, ``url``, ``html``, ``percent``, ``base64``, ``base64url``, ``deflate``, ``zlib``, ``gzip``,
    ``quotes``, ``log line``, ``json string``, ``xml``, ``har``, ``saml-tracer`` ..."""
    size_in: int
    """Octets before."""
    size_out: int
    """Octets after."""
    note: str = ""
    """A repair that was needed: ``padding added``, ``spaces put back to +``, ``line breaks removed``."""


@dataclass(frozen=True, slots=True)
class RedirectQuery:
    """A query string of the HTTP-Redirect binding as received (SAML bindings 3.4.4.1)."""

    raw: str
    """The query without ``?``, octets as received (latin-1)."""
    saml_parameter: Literal["SAMLRequest", "SAMLResponse"]
    signature: str | None = None
    """``Signature`` still percent-encoded, as received."""
    sig_alg: str | None = None
    duplicated: tuple[str, ...] = ()
    """Parameter names that occur more than once after decoding."""


@dataclass(frozen=True, slots=True)
class SimpleSign:
    """The signature beside a message in a form of the HTTP-POST-SimpleSign binding (SimpleSign 1.0, section 2.5), decoded."""

    signature: str
    sig_alg: str
    duplicated: tuple[str, ...] = ()
    """Names of fields that occur more than once."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its response, as far as the capture holds it."""

    index: int
    method: str
    url: str
    status: int | None = None
    started: datetime | None = None
    """Browser clock."""
    request_headers: tuple[tuple[str, str], ...] = ()
    response_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes | None = None
    response_body: bytes | None = None
    location: str | None = None
    page_text: str | None = None
    """Visible text of an HTML response, bounded."""
    took: int | None = None
    """Milliseconds from request to the end of the response, browser clock."""
    error: str = ""
    """Why there is no answer, in the recorder's words: ``net::ERR_BLOCKED_BY_CLIENT``."""


@dataclass(frozen=True, slots=True)
class CapturedMessage:
    """One SAML message (or metadata document) with the trail of layers that led to it."""

    artifact: Artifact
    """The XML octets; the name says which input, and which message of it: ``paste (message 2)``."""
    layers: tuple[Layer, ...]
    role: MessageRole
    """By parameter name where there is one, else by the root element."""
    binding: Binding = "unknown"
    parameter: str | None = None
    """``SAMLResponse``, ``SAMLRequest`` or None."""
    relay_state: str | None = None
    redirect: RedirectQuery | None = None
    simple_sign: SimpleSign | None = None
    target: str | None = None
    """Where the browser sent it: URL of the POST or redirect, or the ``action`` of an auto-post form."""
    exchange: int | None = None
    """Index into ``Capture.exchanges``."""
    at: datetime | None = None
    """When the browser sent it, if the capture says so."""
    again: tuple[int, ...] = ()
    """Indexes of the exchanges that sent the same message once more."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the capture itself that a reader should know."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Capture:
    """Everything found in one input."""

    artifact: Artifact
    """The octets as handed over."""
    kind: str
    """``paste``, ``form``, ``url``, ``html``, ``log``, ``xml``, ``har``, ``saml-tracer``, ``curl`` ..."""
    messages: tuple[CapturedMessage, ...]
    exchanges: tuple[Exchange, ...] = ()
    notes: tuple[Note, ...] = ()
    captured_at: datetime | None = None
    """When the capture was made, if it says so itself."""
    producer: str = ""
    """What recorded it, in its own words: ``WebInspector``, ``Firefox``, ``Charles Proxy``; empty for anything but recordings."""
