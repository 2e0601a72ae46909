"""The octets of a HAR as typed records: what a login never needs is skipped unread, and what may matter is decoded when asked for.

A HAR of hundreds of megabytes is mostly pictures and scripts as text. One pass with msgspec over the mapped file builds
the few fields declared here; headers, forms and bodies stay views of the file (``Raw``). A file that breaks off, or holds
values of the wrong type, is cut into entries at its braces, and each entry is read by itself.
"""

from __future__ import annotations

import json
import re

import msgspec
from msgspec import Raw, Struct

from samlcheck.capture import jsontext

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]"]', re.DOTALL)
_ENTRIES = re.compile(rb'"entries"\s*+:\s*+\[')
_CREATOR = re.compile(rb'"creator"\s*+:\s*+\{[^{}]{0,200}?"name"\s*+:\s*+"([^"\\]{1,80})"')
_HEAD = 4096
_DEEPEST = 500


class Content(Struct):
    """``response.content``."""

    mimeType: str = ""  # noqa: N815 - names of the format
    encoding: str = ""
    text: Raw = Raw()


class Request(Struct):
    """``request``."""

    method: str = ""
    url: str = ""
    headers: Raw = Raw()
    cookies: Raw = Raw()
    postData: Raw = Raw()  # noqa: N815


class Response(Struct):
    """``response``."""

    status: int | float | None = None
    headers: Raw = Raw()
    cookies: Raw = Raw()
    redirectURL: str = ""  # noqa: N815
    content: Content = msgspec.field(default_factory=Content)
    error: str | None = msgspec.field(default=None, name="_error")
    failure: str | None = msgspec.field(default=None, name="_failureText")


class Entry(Struct):
    """One request with its answer."""

    request: Request
    response: Response = msgspec.field(default_factory=Response)
    startedDateTime: str = ""  # noqa: N815
    time: int | float | None = None
    error: str | None = msgspec.field(default=None, name="_error")


class _Creator(Struct):
    name: str = ""


class _Log(Struct):
    entries: list[Entry]
    creator: _Creator = msgspec.field(default_factory=_Creator)


class _Har(Struct):
    log: _Log


class HarFile(Struct):
    """What was read."""

    entries: list[Entry]
    creator: str = ""
    cut_at: int | None = None
    """The octet up to which whole entries stand, in a file that breaks off."""


_WHOLE = msgspec.json.Decoder(_Har)
_ONE = msgspec.json.Decoder(Entry)


def load(octets: bytes) -> HarFile | None:
    """Return the entries of a HAR, also of one that breaks off; None for anything else.

    octets: UTF-8, or a mapped file of it. Raises HostileInput (``json-too-deep``).
    """
    try:
        log = _WHOLE.decode(octets).log
        return HarFile(log.entries, log.creator.name)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _recovered(octets)
    except RecursionError:
        raise jsontext.too_deep() from None


def value(raw: Raw) -> object:
    """Return the value that a view stands for; None for none, and for one that cannot be decoded."""
    octets = bytes(raw)
    try:
        return msgspec.json.decode(octets) if octets else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return jsontext.load(octets.decode("utf-8", "surrogateescape"))
    except RecursionError:
        raise jsontext.too_deep() from None


def _recovered(octets: bytes) -> HarFile | None:
    start = _ENTRIES.search(octets)
    if start is None or b'"log"' not in octets[: max(_HEAD, start.start())]:
        return None
    entries: list[Entry] = []
    view = memoryview(octets)
    done, opened, depth, whole = start.end(), start.end(), 0, False
    for token in _TOKEN.finditer(octets, start.end()):
        character = octets[token.start() : token.start() + 1]
        if character == b'"':
            if token.end() - token.start() == 1:
                break  # a text without end
            continue
        if character in b"{[":
            opened = opened if depth else token.start()
            depth += 1
            if depth > _DEEPEST:
                raise jsontext.too_deep()
            continue
        depth -= 1
        if depth < 0:
            whole = True
            break
        if depth == 0:
            done = token.end()
            entry = _single(view[opened:done])
            if entry is not None:
                entries.append(entry)
    creator = _CREATOR.search(octets[: max(_HEAD, start.start())]) or _CREATOR.search(octets[-_HEAD:])
    return HarFile(entries, creator[1].decode("utf-8", "replace") if creator else "", None if whole else done)


def _single(octets: memoryview) -> Entry | None:
    """Return one entry read by itself; where a value has the wrong type, without that value."""
    try:
        return _ONE.decode(octets)
    except (msgspec.DecodeError, UnicodeDecodeError):
        item = jsontext.load(bytes(octets).decode("utf-8", "surrogateescape"))
    except RecursionError:
        raise jsontext.too_deep() from None
    if not isinstance(item, dict):
        return None
    text, integer = jsontext.text_of, jsontext.integer_of
    return Entry(
        Request(
            text(item, "request", "method"),
            text(item, "request", "url"),
            _raw(item, "request", "headers"),
            _raw(item, "request", "cookies"),
            _raw(item, "request", "postData"),
        ),
        Response(
            integer(item, "response", "status"),
            _raw(item, "response", "headers"),
            _raw(item, "response", "cookies"),
            text(item, "response", "redirectURL"),
            Content(
                text(item, "response", "content", "mimeType"),
                text(item, "response", "content", "encoding"),
                _raw(item, "response", "content", "text"),
            ),
            text(item, "response", "_error"),
            text(item, "response", "_failureText"),
        ),
        text(item, "startedDateTime"),
        integer(item, "time"),
        text(item, "_error"),
    )


def _raw(item: object, *path: str) -> Raw:
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return Raw() if item is None else Raw(json.dumps(item).encode())
