"""Reads HAR 1.2 as browsers and proxies write it (http://www.softwareishard.com/blog/har-12-spec/).

Producers differ: ``postData.text`` is preferred over ``params``, bodies may be base64, times and sizes may be of any
type, and files arrive cut off or sanitised. What cannot be known from such a file becomes a note.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from samlcheck.capture import escapes, form, jsontext, recording
from samlcheck.capture.model import Capture, Layer, Note
from samlcheck.errors import InputError
from samlcheck.source import Artifact

_TEXT_CAP = 2 << 20
_CUT_NOTE = Note("cut-off", "The HAR breaks off; the requests before the break were read.")
_SANITISED_NOTE = Note(
    "sanitised",
    "The browser left all cookies out of this HAR (a sanitised export), so nothing can be said about cookies. "
    "Export it `with sensitive data` to have them checked.",
)


def read(text: str, loaded: Any, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture | None:
    """Return the capture in a HAR, or None if this is no HAR.

    ``loaded`` is the JSON value, None where the text breaks off. Raises InputError (``capture-without-saml``).
    """
    notes: tuple[Note, ...] = ()
    if loaded is None:
        if '"log"' not in text[:4096] or '"entries"' not in text:
            return None
        entries, creator = jsontext.whole_items(text, "entries"), ""
        notes = (_CUT_NOTE,)
    else:
        log = loaded.get("log") if isinstance(loaded, dict) else None
        if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
            return None
        entries, creator = jsontext.objects_of(log, "entries"), jsontext.text_of(log, "creator", "name")
    read_entries = [_entry(item) for item in entries]
    if creator == "WebInspector" and read_entries and not any(_has_cookies(entry) for entry in read_entries):
        notes += (_SANITISED_NOTE,)
    layer = Layer("har", len(artifact.data), sum(len(entry.body or "") + len(entry.content) for entry in read_entries))
    capture = recording.assemble(read_entries, artifact, "har", (*layers, layer), notes)
    if capture is None:
        raise InputError(
            f"This HAR of {len(read_entries)} requests holds no SAML message" + (", and it breaks off." if loaded is None else "."),
            tip="Record again with `Preserve log` on, from before the sign-in until the error shows.",
            code="capture-without-saml",
        )
    return capture


def instant(text: str) -> datetime | None:
    """Return an ISO 8601 time as UTC, or None if it is none; a time without zone is read as UTC."""
    try:
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _entry(item: jsontext.Object) -> recording.Entry:
    response_headers = jsontext.pairs_of(item, "response", "headers")
    location = jsontext.text_of(item, "response", "redirectURL") or next(
        (value for name, value in response_headers if name.lower() == "location"), ""
    )
    body, fields = _post_data(item.get("request"))
    content_type = jsontext.text_of(item, "response", "content", "mimeType").lower()
    return recording.Entry(
        jsontext.text_of(item, "request", "method").upper()[:16],
        escapes.printable(jsontext.text_of(item, "request", "url")),
        jsontext.integer_of(item, "response", "status"),
        instant(jsontext.text_of(item, "startedDateTime")),
        jsontext.pairs_of(item, "request", "headers"),
        response_headers,
        body,
        fields,
        _content(item, content_type),
        content_type,
        escapes.printable(location) or None,
    )


def _post_data(request: Any) -> tuple[str | None, tuple[form.Parameter, ...]]:
    """Return body text and fields; fields only where there is no text, decoded once where they are still encoded."""
    post = request.get("postData") if isinstance(request, dict) else None
    text = jsontext.text_of(post, "text")
    if text:
        return (_from_base64(text) if jsontext.text_of(post, "encoding") == "base64" else text), ()
    return None, tuple(form.Parameter(name, value) for name, value in jsontext.pairs_of(post, "params"))


def _content(item: jsontext.Object, content_type: str) -> str:
    text = jsontext.text_of(item, "response", "content", "text")
    if jsontext.text_of(item, "response", "content", "encoding") == "base64":
        return _from_base64(text) if "text" in content_type or "html" in content_type or "json" in content_type else ""
    return text[:_TEXT_CAP]


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")[:_TEXT_CAP]
    except (binascii.Error, ValueError):
        return text


def _has_cookies(entry: recording.Entry) -> bool:
    headers = (*entry.request_headers, *entry.response_headers)
    return any(name.lower() in ("cookie", "set-cookie") for name, _ in headers)
