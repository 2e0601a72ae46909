"""What is no text taken apart, so that it can be copied: compressed files, and the archives of proxies as a HAR.

The copy of an archive is a HAR with the same requests in the same order; readers of recordings see the same in both.
"""

from __future__ import annotations

from typing import Any

from samlcheck.capture import burp, saz
from samlcheck.capture.entry import Entry, Headers
from samlcheck.capture.read import decompressed
from samlcheck.redact.ledger import Ledger
from samlcheck.source import Artifact

Object = dict[str, Any]


def unpacked(artifact: Artifact, ledger: Ledger) -> bytes | Object:
    """Return the octets of an input without compression, or the HAR that an archive of Fiddler or Burp Suite is.

    Raises InputError and HostileInput as the readers of archives do. What the copy will be instead is noted.
    """
    octets, layers = decompressed(artifact)
    if layers:
        ledger.note("a compressed file was copied without its compression")
    if octets[:4] == saz.MAGIC:
        ledger.note("an archive of Fiddler was copied as a HAR")
        return _har("Fiddler", saz.entries(octets))
    if octets[:1] in (b"<", b"\xef") and burp.is_burp(octets):
        ledger.note("items of Burp Suite were copied as a HAR")
        return _har("Burp Suite", burp.entries(octets))
    return bytes(octets)


def _har(recorder: str, entries: list[Entry]) -> Object:
    return {"log": {"version": "1.2", "creator": {"name": recorder, "version": ""}, "entries": [_entry(item) for item in entries]}}


def _entry(item: Entry) -> Object:
    text = item.read()
    return {
        "startedDateTime": "" if item.started is None or item.by_server else item.started.isoformat(),
        **({"time": item.took} if item.took is not None else {}),
        "request": {
            "method": item.method,
            "url": item.url,
            "headers": _headers(item.request_headers),
            **({"postData": {"mimeType": "", "text": item.body}} if item.body else {}),
        },
        "response": {
            "status": item.status or 0,
            "headers": _headers(item.response_headers),
            "redirectURL": item.location or "",
            "content": {"mimeType": item.content_type, **({"text": text} if text else {})},
        },
    }


def _headers(pairs: Headers) -> list[Object]:
    return [{"name": name, "value": value} for name, value in pairs]
