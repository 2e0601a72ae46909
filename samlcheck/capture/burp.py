"""Reads the XML that Burp Suite writes with *Save items*: one ``item`` a request, HTTP messages inside as base64 or as text.

The file begins with a document type of its own. It is skipped unread, like everything but the items: no XML parser is
involved, no entity is ever expanded, and the time of one pass bounds the work.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from datetime import datetime

from samlcheck.capture import rawhttp, recording
from samlcheck.capture.entry import Entry, http_date
from samlcheck.capture.model import Capture, Layer
from samlcheck.errors import InputError
from samlcheck.source import Artifact

_HEAD = re.compile(rb"<items\s[^>]{0,500}burpVersion=")
_FIELD = re.compile(rb"<(url|request|response|time|protocol)(?:\s+([a-z0-9]+)=\"([a-z0-9]{0,20})\")?\s*>")
_JAVA_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) (?:UTC|GMT|Z) (\d{4})")
MAX_ITEMS = 50_000


def is_burp(octets: bytes) -> bool:
    """Tell whether octets begin like a file of saved items."""
    return _HEAD.search(octets[:8192]) is not None


def read(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture:
    """Return the capture in saved items. Raises InputError (``capture-without-saml``)."""
    found = entries(octets)
    layer = Layer("burp", len(octets), sum(len(entry.body or "") for entry in found))
    capture = recording.assemble(found, artifact, "burp", (*layers, layer), (), producer="Burp Suite")
    if capture is None:
        raise InputError(
            f"These {len(found)} saved items hold no SAML message.",
            tip=recording.again("Burp Suite", found),
            code="capture-without-saml",
        )
    return capture


def entries(octets: bytes) -> list[Entry]:
    """Return the requests in saved items."""
    return [entry for item in _items(octets) if (entry := _entry(item)) is not None]


def _items(octets: bytes) -> Iterator[bytes]:
    at = 0
    for _ in range(MAX_ITEMS):
        start = octets.find(b"<item>", at)
        end = octets.find(b"</item>", start)
        if start < 0 or end < 0:
            return
        yield octets[start + 6 : end]
        at = end + 7


def _entry(item: bytes) -> Entry | None:
    parts = dict(_fields(item))
    request = rawhttp.parse(parts.get("request", b""))
    if request is None or not request.method:
        return None
    answer = rawhttp.parse(parts.get("response", b""))
    scheme = "http" if parts.get("protocol", b"").strip() == b"http" else "https"
    url = parts.get("url", b"").decode("utf-8", "replace").strip() or request.url(scheme)
    started = _started(parts.get("time", b"").decode("latin-1"))
    return rawhttp.as_entry(request, answer, started, url=url)


def _fields(item: bytes) -> Iterator[tuple[str, bytes]]:
    for opened in _FIELD.finditer(item):
        name = opened[1]
        end = item.find(b"</" + name + b">", opened.end())
        text = item[opened.end() : end if end >= 0 else len(item)].strip()
        if text.startswith(b"<![CDATA["):
            text = text[9:].removesuffix(b"]]>")
        elif b"&" in text:
            text = html.unescape(text.decode("latin-1")).encode("latin-1", "replace")
        if opened[2] == b"base64" and opened[3] == b"true":
            try:
                text = base64.b64decode(text)
            except (binascii.Error, ValueError):
                text = b""
        yield name.decode(), text


def _started(time: str) -> datetime | None:
    """Return when the item was requested, where the zone of Burp's time is known."""
    java = _JAVA_DATE.fullmatch(time.strip())
    return http_date(f"{java[2]} {java[1]} {java[4]} {java[3]}") if java else None
