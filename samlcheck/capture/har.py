"""Reads HAR 1.2 as browsers and proxies write it (http://www.softwareishard.com/blog/har-12-spec/).

Producers differ: ``postData.text`` is preferred over ``params``, cookies may stand beside the headers only, bodies may be
base64, and files arrive cut off or sanitised. What cannot be known from such a file becomes a note. Pictures, scripts and
quiet API calls are passed over without being decoded.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

from msgspec import Raw

from samlcheck.capture import escapes, form, harfile, jsontext, recorders, recording
from samlcheck.capture.entry import Entry, Headers, header, instant, is_static, join, served
from samlcheck.capture.model import Capture, Layer, Note
from samlcheck.errors import InputError
from samlcheck.source import Artifact

_TEXT_CAP = 2 << 20
_MAX_MS = 86_400_000
_COOKIE_HEADER = re.compile(rb'"name"\s*+:\s*+"(?:Set-)?Cookie"', re.IGNORECASE)


def read(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture | None:
    """Return the capture in a HAR, or None if this is no HAR.

    octets: UTF-8, or a mapped file of it. Raises InputError (``capture-without-saml``) and HostileInput
    (``json-too-deep``).
    """
    file = harfile.load(octets)
    if file is None:
        return None
    notes = _notes(file, len(octets))
    entries = [_entry(item) for item in _wanted(file.entries)]
    layer = Layer("har", len(artifact.data), sum(len(item.body or "") for item in entries))
    capture = recording.assemble(entries, artifact, "har", (*layers, layer), notes, producer=file.creator)
    if capture is None:
        raise InputError(
            f"This HAR of {len(file.entries)} requests holds no SAML message"
            + ("." if file.cut_at is None else ", and it breaks off."),
            tip="Did the sign-in run in a pop-up or another tab? Tools record their own window only: open them there. "
            f"{recording.again(file.creator, entries)}",
            code="capture-without-saml",
        )
    return capture


def _notes(file: harfile.HarFile, size: int) -> tuple[Note, ...]:
    notes: list[Note] = []
    if file.cut_at is not None:
        words = f"The HAR breaks off: after byte {file.cut_at} of {size} no whole request follows; those before were read."
        notes.append(Note("cut-off", words))
    maker = recorders.recorder(file.creator)
    if maker.sanitises and file.entries and not any(_has_cookies(item) for item in file.entries):
        notes.append(
            Note(
                "sanitised",
                f"{maker.title} left all cookies out of this HAR (a sanitised export), so nothing can be said about cookies. "
                "Export it `with sensitive data` to have them checked.",
            )
        )
    return tuple(notes)


def _has_cookies(item: harfile.Entry) -> bool:
    """Tell whether cookies were recorded; by the letters alone, before anything is decoded."""
    headers = (item.request.headers, item.response.headers)
    cookies = (item.request.cookies, item.response.cookies)
    return any(_COOKIE_HEADER.search(bytes(raw)) for raw in headers) or any(b"{" in bytes(raw) for raw in cookies)


def _wanted(items: list[harfile.Entry]) -> Iterator[harfile.Entry]:
    """Yield the entries that may belong to a login: pages, redirects, failures, forms, cookies and where redirects lead."""
    followed = {
        join(item.request.url, item.response.redirectURL) for item in items if item.response.redirectURL and item.request.url
    }
    for item in items:
        request, response = item.request, item.response
        if (
            "SAML" in request.url
            or "SAML" in response.redirectURL
            or request.url in followed
            or (
                not _is_static(response.content.mimeType)
                and (
                    "html" in response.content.mimeType
                    or not response.content.mimeType
                    or response.status is None
                    or not 200 <= response.status < 300
                    or b"SAMLRe" in bytes(request.postData)
                    or b"et-cookie" in bytes(response.headers).lower()
                    or len(bytes(response.cookies)) > 2
                )
            )
        ):
            yield item


@lru_cache(maxsize=512)
def _is_static(mime_type: str) -> bool:
    return is_static(mime_type.lower(), "")


def _entry(item: harfile.Entry) -> Entry:
    request, response = item.request, item.response
    request_headers = _headers(request.headers)
    response_headers = _headers(response.headers)
    if not header(request_headers, "cookie"):
        request_headers += _sent_cookies(jsontext.pairs_of(harfile.value(request.cookies)))
    if not header(response_headers, "set-cookie"):
        response_headers += tuple(_set_cookies(jsontext.objects_of(harfile.value(response.cookies))))
    body, fields = _post_data(harfile.value(request.postData))
    content_type = response.content.mimeType.lower() or header(response_headers, "content-type").lower()
    location = response.redirectURL or header(response_headers, "location")
    started = instant(item.startedDateTime)
    return Entry(
        request.method.upper()[:16],
        escapes.printable(request.url),
        int(response.status) if response.status is not None and abs(response.status) < 10_000 else None,
        started or served(response_headers),
        request_headers,
        response_headers,
        body,
        fields,
        partial(_content, response.content, content_type),
        content_type,
        escapes.printable(location) or None,
        took=int(item.time) if item.time is not None and 0 <= item.time < _MAX_MS else None,
        error=escapes.printable(response.error or response.failure or item.error or "")[:200],
        by_server=started is None,
    )


def _headers(raw: Raw) -> Headers:
    """Return headers; Safari and some proxies put several Set-Cookie into one, each on a line of its own."""
    found = jsontext.pairs_of(harfile.value(raw))
    if not any("\n" in value for _, value in found):
        return found
    return tuple((name, line) for name, value in found for line in value.split("\n"))


def _sent_cookies(cookies: Headers) -> Headers:
    return (("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)),) if cookies else ()


def _set_cookies(cookies: Iterable[jsontext.Object]) -> Iterator[tuple[str, str]]:
    """Yield Set-Cookie headers made of the cookie objects of a response (HAR 1.2, cookies)."""
    for cookie in cookies:
        name, value = jsontext.text_of(cookie, "name"), jsontext.text_of(cookie, "value")
        if not name:
            continue
        words = [f"{name}={value}"]
        words += [
            f"{attribute}={found}"
            for key, attribute in (("path", "Path"), ("domain", "Domain"), ("expires", "Expires"), ("sameSite", "SameSite"))
            if (found := jsontext.text_of(cookie, key))
        ]
        words += [flag for key, flag in (("secure", "Secure"), ("httpOnly", "HttpOnly")) if cookie.get(key) is True]
        yield "Set-Cookie", escapes.printable("; ".join(words))


def _post_data(post: object) -> tuple[str | None, tuple[form.Parameter, ...]]:
    """Return body text and fields; fields only where there is no text, decoded once where they are still encoded."""
    text = jsontext.text_of(post, "text")
    if text:
        return (_from_base64(text) if jsontext.text_of(post, "encoding") == "base64" else text), ()
    return None, tuple(form.Parameter(name, value) for name, value in jsontext.pairs_of(post, "params"))


def _content(content: harfile.Content, content_type: str) -> str:
    text = harfile.value(content.text)
    if not isinstance(text, str):
        return ""
    if content.encoding == "base64":
        readable = "text" in content_type or "html" in content_type or "json" in content_type
        return _from_base64(text[: 2 * _TEXT_CAP]) if readable else ""
    return text[:_TEXT_CAP]


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")[:_TEXT_CAP]
    except (binascii.Error, ValueError):
        return text
