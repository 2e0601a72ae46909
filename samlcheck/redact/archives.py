"""What cannot be copied as it stands: compressed files, and as a HAR the archives of proxies and commands of curl.

The copy of an archive is a HAR with the same requests in the same order; readers of recordings see the same in both.
"""

from __future__ import annotations

from typing import Any

from samlcheck.capture import burp, escapes, http, saz
from samlcheck.capture.entry import Entry, Headers
from samlcheck.capture.read import commands, decompressed, is_commands
from samlcheck.redact.ledger import Ledger
from samlcheck.source import Artifact

Object = dict[str, Any]


def unpacked(artifact: Artifact, ledger: Ledger) -> bytes | Object:
    """Return the octets of an input without compression, or the HAR that an archive or several commands of curl are.

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
    if is_commands(octets):
        ledger.note("commands of curl were copied as a HAR")
        return _har("curl", commands(octets))
    text = escapes.as_text(bytes(octets))[0] if octets[:5] == b"curl " else ""
    if http.is_for_cmd(text):
        ledger.note("a command for the Windows prompt was copied as one for other shells")
        return escapes.as_octets(http.from_cmd(text))
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
            **({"status": item.status} if item.status is not None else {}),
            "headers": _headers(item.response_headers),
            "redirectURL": item.location or "",
            "content": {"mimeType": item.content_type, **({"text": text} if text else {})},
        },
    }


def _headers(pairs: Headers) -> list[Object]:
    return [{"name": name, "value": value} for name, value in pairs]
