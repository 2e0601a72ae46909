"""The front door: whatever the user handed over becomes a ``Capture``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from samlcheck.capture import escapes, find
from samlcheck.capture.document import Origin
from samlcheck.capture.model import Capture, CapturedMessage, Layer, Note
from samlcheck.errors import HostileInput, InputError
from samlcheck.source import Artifact

if TYPE_CHECKING:
    from samlcheck.capture.entry import Entry

PASTE_CAP = 8 << 20
RECORDING_CAP = 64 << 20
"""Octets of a recording in any form but that of a HAR as it stands in its file."""
HAR_CAP = 1 << 30
"""Octets of a HAR: a mapped file, of which only what matters is decoded."""


def read(artifact: Artifact) -> Capture:
    """Return every message in the input with its trail of layers, and the exchanges around them if it is a recording.

    Raises InputError with one sentence about what the input is instead, or HostileInput where it was refused.
    """
    octets, layers = decompressed(artifact)
    capture = _recording(octets, artifact, layers)
    if capture is None and len(octets) > PASTE_CAP:
        raise _too_large(PASTE_CAP)
    capture = capture or _paste(octets, artifact, layers)
    return replace(capture, messages=_named(artifact.name, capture.messages))


def _recording(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture | None:
    if octets[:4] == b"PK\x03\x04":
        from samlcheck.capture import saz

        return saz.read(octets, artifact, layers)
    if octets[:1] in (b"<", b"\xef") and b"burpVersion" in octets[:8192]:
        from samlcheck.capture import burp

        return burp.read(octets, artifact, layers) if burp.is_burp(octets) else None
    if is_commands(octets):
        return _commands(octets, artifact, layers)
    return _json_recording(octets, artifact, layers) if _may_be_recording(octets) else None


def _commands(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture | None:
    """Return the login that several curl commands are (*Copy all as cURL*): requests with their cookies, no answers."""
    from samlcheck.capture import recording

    entries = commands(octets)
    layer = Layer("curl", len(octets), sum(len(item.url) + len(item.body or "") for item in entries))
    notes = (Note("without-answers", "Commands of curl hold requests alone: what was answered to them cannot be told."),)
    return recording.assemble(entries, artifact, "curl", (*layers, layer), notes)


def is_commands(octets: bytes) -> bool:
    """Tell whether octets are several curl commands."""
    return octets[:5] == b"curl " and b"\ncurl " in octets and len(octets) <= PASTE_CAP


def commands(octets: bytes) -> list[Entry]:
    """Return the requests of several curl commands, responses behind the requests that they answer.

    Chromium copies what it kept from earlier pages behind the rest.
    """
    from samlcheck.capture import http
    from samlcheck.capture.entry import Entry

    found = http.commands(escapes.as_text(octets)[0])
    entries = [Entry(item.method, escapes.printable(item.url), None, None, item.headers, body=item.body or None) for item in found]
    return sorted(entries, key=lambda item: "SAMLResponse=" in item.url or "SAMLResponse=" in (item.body or ""))


def _json_recording(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture | None:
    from samlcheck.capture import har, jsontext, tracer  # brings msgspec along, which nothing else needs

    octets = _utf8(octets)
    capture = har.read(octets, artifact, layers)
    if capture is not None:
        return capture
    if len(octets) > RECORDING_CAP:
        raise _too_large(RECORDING_CAP)
    text = escapes.as_text(octets)[0]
    return tracer.read(text, jsontext.load(text), artifact, layers)


def _utf8(octets: bytes) -> bytes:
    """Return JSON as UTF-8 without byte order mark: PowerShell writes UTF-16, some editors a mark."""
    head = octets[:4]
    if head.startswith(b"\xef\xbb\xbf"):
        return octets[3:]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 in head:
        return escapes.as_octets(escapes.as_text(octets)[0])
    return octets


def decompressed(artifact: Artifact) -> tuple[bytes, tuple[Layer, ...]]:
    """Return the octets of a compressed file (``.har.gz``, mitmproxy's ``.zhar``), bounded, or the octets as they are.

    Raises HostileInput (``too-large`` and those of ``inflate``).
    """
    octets = artifact.data
    cap = HAR_CAP if _may_be_recording(octets) else RECORDING_CAP
    if len(octets) > cap:
        raise _too_large(cap)
    name = {b"\x1f\x8b": "gzip", b"\x78\x01": "zlib", b"\x78\x9c": "zlib", b"\x78\xda": "zlib"}.get(octets[:2])
    if name is None:
        return octets, ()
    from samlcheck.capture import inflate

    inflated = inflate.inflate(octets, name, RECORDING_CAP)
    if inflated is None:
        return octets, ()
    return inflated.octets, (Layer(name, len(octets), len(inflated.octets)),)


def _too_large(cap: int) -> HostileInput:
    return HostileInput(
        f"The input was refused: it is larger than {cap >> 20} MiB.",
        tip="Record only the sign-in, or cut out the part with the message.",
        code="too-large",
    )


def _may_be_recording(octets: bytes) -> bool:
    head = octets[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"{")


def _paste(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture:
    explored = find.explore(octets, Origin(artifact.name, layers))
    messages = _distinct([item for item in explored.found if isinstance(item, CapturedMessage)])
    problems = [item for item in explored.found if isinstance(item, InputError)]
    if not messages:
        from samlcheck.capture import explain

        telling = [problem for problem in problems if problem.code != "undecodable"]
        raise (telling or [explain.explain(explain.Unread(octets, escapes.as_text(octets)[0]))])[0]
    return Capture(artifact, explored.kind, messages, notes=tuple(Note(item.code, item.message) for item in problems))


def _distinct(messages: list[CapturedMessage]) -> tuple[CapturedMessage, ...]:
    """Return each message once: of two copies the one whose query was kept, else the first."""
    best: dict[tuple[bytes, str | None], CapturedMessage] = {}
    for message in messages:
        key = (message.artifact.data, message.parameter)
        if key not in best or (message.redirect and not best[key].redirect):
            best[key] = message
    return tuple(best.values())


def _named(name: str, messages: tuple[CapturedMessage, ...]) -> tuple[CapturedMessage, ...]:
    """Give each message a name of its own where there are several."""
    if len(messages) < 2:
        return messages
    return tuple(
        replace(message, artifact=Artifact(f"{name} (message {number})", message.artifact.data))
        for number, message in enumerate(messages, 1)
    )
