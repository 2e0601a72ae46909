"""HTTP/1.1 messages as proxies store them: start line, headers, and a body that may be chunked and compressed (RFC 9112)."""

from __future__ import annotations

import re
from datetime import datetime

from samlcheck.capture import escapes, inflate
from samlcheck.capture.entry import Entry, served
from samlcheck.errors import HostileInput
from samlcheck.frozen import dataclass

_TEXT_CAP = 2 << 20
_HEAD_CAP = 256 << 10
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (\S{1,65536}) HTTP/[\d.]{1,3}")
_STATUS_LINE = re.compile(r"HTTP/[\d.]{1,3} (\d{3})")
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "zlib"}


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or a response."""

    method: str
    target: str
    """As in the request line: a path, or a whole URL as clients send it to proxies."""
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str:
        """Return the first header of a name (lower case), empty if there is none."""
        return next((value for known, value in self.headers if known.lower() == name), "")

    def url(self, scheme: str = "https") -> str:
        """Return the URL of a request; a path alone is completed by the Host header and the scheme."""
        if "://" in self.target[:12]:
            return self.target
        return f"{scheme}://{self.header('host')}{self.target}"


def parse(octets: bytes) -> HttpMessage | None:
    """Return the message in octets, or None if they hold none."""
    end = _BLANK_LINE.search(octets[:_HEAD_CAP])
    head = octets[: end.start() if end else _HEAD_CAP].decode("latin-1")
    lines = head.replace("\r\n", "\n").split("\n")
    request, status = _REQUEST_LINE.match(lines[0]), _STATUS_LINE.match(lines[0])
    if request is None and status is None:
        return None
    headers = tuple(_header(line) for line in lines[1:] if ":" in line)
    known = {name.lower(): value.lower() for name, value in headers}
    body = octets[end.end() :] if end else b""
    if "chunked" in known.get("transfer-encoding", ""):
        body = _from_chunks(body)
    body = _expanded(body, known.get("content-encoding", ""))
    return HttpMessage(
        request[1] if request else "",
        escapes.printable(request[2]) if request else "",
        int(status[1]) if status else None,
        headers,
        body[:_TEXT_CAP].decode("utf-8", "surrogateescape"),
    )


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return escapes.printable(name.strip()), escapes.printable(value.strip())


def _from_chunks(body: bytes) -> bytes:
    """Return a body put together from its chunks; one that is not chunked although it says so stays as it is."""
    whole, at = bytearray(), 0
    while True:
        line = body.find(b"\n", at)
        size = re.fullmatch(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?", body[at:line]) if line >= 0 else None
        if size is None:
            return bytes(whole) or body
        length = int(size[1], 16)
        if not length:
            return bytes(whole)
        whole += body[line + 1 : line + 1 + length]
        at = line + 1 + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1


def _expanded(body: bytes, coding: str) -> bytes:
    """Return a body without its content coding; empty where the coding is not one of ours or the body grows beyond bounds."""
    if coding in ("", "identity"):
        return body
    names = (_CODINGS[coding], "deflate") if coding in _CODINGS else ()
    try:
        found = next((out for name in names if (out := inflate.inflate(body, name, _TEXT_CAP)) is not None), None)
    except HostileInput:
        return b""
    return found.octets if found is not None else b""


def as_entry(
    request: HttpMessage,
    answer: HttpMessage | None,
    started: datetime | None,
    took: int | None = None,
    url: str = "",
) -> Entry:
    """Return a request and its answer as an entry; url: where the format says it beside the request.

    started: by the browser's clock; where it is not known, the answer's Date stands in for it. No answer has status 0, as
    in a HAR.
    """
    content = answer.body if answer is not None else ""
    return Entry(
        request.method,
        url or request.url(),
        answer.status if answer is not None else 0,
        started or (served(answer.headers) if answer is not None else None),
        request.headers,
        answer.headers if answer is not None else (),
        request.body or None,
        (),
        lambda: content,
        answer.header("content-type").lower() if answer is not None else "",
        (answer.header("location") or None) if answer is not None else None,
        took=took,
        by_server=started is None,
    )
