"""Turns the requests of a browser recording into a ``Capture``: the messages, the exchanges that matter, notes.

Readers of formats (``har``, ``tracer``, ``saz``, ``burp``) give ``Entry`` values; what counts as part of a login is decided
here alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from samlcheck.capture import escapes, find, form, page, recorders
from samlcheck.capture.document import Found, Origin
from samlcheck.capture.entry import Entry, header, host, join, path
from samlcheck.capture.model import Capture, CapturedMessage, Exchange, Layer, Note
from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.source import Artifact

MAX_EXCHANGES = 200
_BODY_CAP = 256 << 10
_ACS_PATH = re.compile(r"saml|/acs\b|assertionconsumer|finishlogin", re.IGNORECASE)
_ACS_IN_REQUEST = re.compile(rb"AssertionConsumerServiceURL\s*=\s*[\"']([^\"']{1,2048})[\"']")


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A message seen somewhere: in the request itself, in the page before it, in a redirect to it."""

    rank: int
    entry: int
    message: CapturedMessage


def assemble(
    entries: list[Entry],
    artifact: Artifact,
    kind: str,
    layers: tuple[Layer, ...],
    notes: tuple[Note, ...],
    captured_at: datetime | None = None,
    producer: str = "",
) -> Capture | None:
    """Return the capture that the entries of a recording make, or None if nothing in them has to do with SAML.

    captured_at: when the recording was made, where its entries have no times. producer: what made it, in its own word.
    Raises InputError where there are only remains of messages: masked, cut off, or a POST without its body.
    """
    times = [entry.started for entry in entries if entry.started]
    if len(times) == len(entries) and not any(entry.by_server for entry in entries):
        entries = [entry for _, _, entry in sorted(zip(times, range(len(entries)), entries, strict=True))]
    sightings: list[_Sighting] = []
    problems: list[tuple[int, InputError]] = []
    for index, entry in enumerate(entries):
        for rank, found in enumerate(_look(entry, Origin(artifact.name, layers, exchange=index, at=entry.started))):
            sightings.extend(_Sighting(rank, index, item) for item in found if isinstance(item, CapturedMessage))
            problems.extend((index, item) for item in found if isinstance(item, InputError))
    messages = [_sent(message, entries) for message in _distinct(sightings)]
    bodiless = _bodiless(entries, messages)
    core = {sighting.entry for sighting in sightings} | {index for index, _ in problems} | set(bodiless)
    core |= {message.exchange for message in messages if message.exchange is not None}
    if not messages:
        if problems or bodiless:
            raise _remains(problems, again(producer, entries))
        return None
    sent_again = (_AGAIN_NOTE,) if any(item.again and item.role == "response" for item in messages) else ()
    notes = (*notes, *sent_again, *(_BODY_NOTE for _ in bodiless[:1]), *_late(entries, messages))
    notes += tuple(dict.fromkeys(Note(item.code, item.message) for _, item in problems))
    kept, left_out = _kept(entries, core)
    if left_out:
        notes += (Note("exchanges-left-out", f"{left_out} requests far from the SAML messages were left out."),)
    position = {index: number for number, index in enumerate(kept)}
    placed = tuple(
        replace(
            item,
            exchange=None if item.exchange is None else position.get(item.exchange),
            again=tuple(position[index] for index in item.again if index in position),
        )
        for item in messages
    )
    exchanges = tuple(_exchange(entries[index], number, index in core) for number, index in enumerate(kept))
    times = [item.at for item in placed if item.at] or [time for index in kept if (time := entries[index].started)]
    return Capture(artifact, kind, placed, exchanges, notes, max(times) if times else captured_at, producer)


_BODY_NOTE = Note(
    "body-not-captured",
    "The recording holds a POST to what looks like an assertion consumer service, but not its body: "
    "the SAMLResponse that was sent is not in it.",
)

_AGAIN_NOTE = Note("sent-again", "The browser sent the same message more than once; it is judged once.")


def again(producer: str, entries: Sequence[Entry]) -> str:
    """Return how to record again with what made the recording."""
    agent = next((found for entry in entries if (found := header(entry.request_headers, "user-agent"))), "")
    maker = recorders.recorder(producer, agent)
    return f"Record again with {maker.title}: " + " ".join(f"({number}) {step}" for number, step in enumerate(maker.steps, 1))


def _remains(problems: list[tuple[int, InputError]], tip: str) -> InputError:
    """Return the error for a recording in which only remains of messages are left."""
    return problems[0][1] if problems else InputError(_BODY_NOTE.message, tip=tip, code=_BODY_NOTE.code)


def _look(entry: Entry, origin: Origin) -> tuple[tuple[Found, ...], ...]:
    """Return what is in the request, in the page it answered with, and in its redirect: the surest sighting first."""
    sent = find.open_url(entry.url, origin) if "?" in entry.url else ()
    here = replace(origin, target=entry.url)
    if entry.body and form.holds_saml(entry.body):
        if form.is_form(entry.body) or form.is_multipart(entry.body):
            sent += find.open_form(entry.body, here)
        else:
            sent += find.explore(escapes.as_octets(entry.body), here).found
    elif entry.fields:
        sent += find.open_fields(entry.fields, sum(len(item.raw) for item in entry.fields), here)
    decoded = tuple(
        replace(item, exchange=origin.exchange, at=origin.at) if isinstance(item, CapturedMessage) else item
        for item in entry.decoded
    )
    sent = tuple(item for item in sent if isinstance(item, CapturedMessage)) or decoded or sent
    content = "" if entry.is_static else entry.read()
    shown = find.open_page(content, origin) if form.holds_saml(content) else ()
    base = origin.target or entry.url
    shown = tuple(replace(item, target=join(base, item.target)) if isinstance(item, CapturedMessage) else item for item in shown)
    led = find.open_url(join(entry.url, entry.location), origin) if entry.location and "?" in entry.location else ()
    return sent, shown, led


def _distinct(sightings: list[_Sighting]) -> list[CapturedMessage]:
    """Return each message once, from its surest sighting, in the order of the recording.

    A page with an auto-post form and the POST that follows show the same message; so do a redirect and the request it
    leads to. What is sent a second time is the same message again.
    """
    best: dict[tuple[str, str | None], _Sighting] = {}
    again: dict[tuple[str, str | None], list[int]] = {}
    for sighting in sightings:
        key = (sighting.message.artifact.sha256, sighting.message.parameter)
        known = best.get(key)
        if known is None or sighting.rank < known.rank:
            best[key] = sighting
        elif sighting.rank == known.rank == 0:
            again.setdefault(key, []).append(sighting.entry)
    ordered = sorted(best.items(), key=lambda item: item[1].entry)
    return [replace(sighting.message, again=tuple(again.get(key, ()))) for key, sighting in ordered]


def _sent(message: CapturedMessage, entries: list[Entry]) -> CapturedMessage:
    """Attach a message known only from its page to the POST without body that carried it."""
    if message.exchange is None or message.layers[-1].name == "form" or message.binding != "post":
        return message
    for index in range(message.exchange + 1, len(entries)):
        entry = entries[index]
        if entry.is_bodiless_post and entry.url == message.target:
            return replace(message, exchange=index, at=entry.started or message.at)
    return message


def _bodiless(entries: list[Entry], messages: list[CapturedMessage]) -> list[int]:
    """Return the POSTs to an assertion consumer service whose body is not in the recording, and whose message is not either."""
    services = set()
    for message in messages:
        if message.role == "request" and (found := _ACS_IN_REQUEST.search(message.artifact.data)):
            services.add(html.unescape(found[1].decode("utf-8", "replace")))
    known = {message.exchange for message in messages}
    return [
        index
        for index, entry in enumerate(entries)
        if entry.is_bodiless_post and index not in known and (entry.url in services or _ACS_PATH.search(path(entry.url)))
    ]


def _late(entries: list[Entry], messages: list[CapturedMessage]) -> tuple[Note, ...]:
    """Note a recording that begins with the response: the request and the cookies set before it are unknown."""
    first = next((message for message in messages if message.exchange is not None), None)
    if first is None or first.role != "response" or first.exchange is None:
        return ()
    if any(entry.is_page or entry.is_redirect for entry in entries[: first.exchange]):
        return ()
    if entries[first.exchange].is_page and first.target != entries[first.exchange].url:
        return ()
    return (
        Note(
            "begun-late",
            "The recording begins with the response: the request, and the cookies the service set before it, are not in it.",
        ),
    )


def _kept(entries: list[Entry], core: set[int]) -> tuple[list[int], int]:
    """Return the indexes of the entries that belong to the login, and how many of those were too far away to keep.

    They are the ones with messages, what they redirect to, pages, redirects, errors and cookies of the same hosts, and the
    pages around frames in which any of that happened.
    """
    hosts = {entries[index].host for index in core} - {""}
    hosts |= {host(join(entries[index].url, entries[index].location)) for index in core if entries[index].location}
    followed: set[str] = set()
    wanted: list[int] = []
    for index, entry in enumerate(entries):
        if index not in core and not _belongs(entry, hosts, followed):
            continue
        wanted.append(index)
        if entry.location:
            followed.add(join(entry.url, entry.location))
    wanted = sorted({*wanted, *_around(entries, wanted)})
    if len(wanted) <= MAX_EXCHANGES:
        return wanted, 0
    nearest = sorted(wanted, key=lambda index: (index not in core, min(abs(index - other) for other in list(core)[:50])))
    return sorted(nearest[:MAX_EXCHANGES]), len(wanted) - MAX_EXCHANGES


def _around(entries: list[Entry], wanted: Sequence[int]) -> Iterator[int]:
    """Yield the pages in whose frames the wanted requests were made: of each, the last one before it that filled a window."""
    page = None
    left = set(wanted)
    for index, entry in enumerate(entries):
        destination = header(entry.request_headers, "sec-fetch-dest")
        if destination == "document":
            page = index
        elif destination == "iframe" and page is not None and index in left:
            yield page


def _belongs(entry: Entry, hosts: set[str], followed: set[str]) -> bool:
    if entry.method == "OPTIONS" or entry.is_static:
        return False
    if entry.url in followed:
        return True
    if entry.host not in hosts:
        return False
    sets_cookie = any(name.lower() == "set-cookie" for name, _ in entry.response_headers)
    failed = entry.status is not None and (entry.status >= 400 or entry.status == 0)
    return entry.is_page or entry.is_redirect or failed or sets_cookie


def _exchange(entry: Entry, number: int, carries_saml: bool) -> Exchange:
    """Return an entry as an exchange; request bodies without SAML are dropped, they hold passwords."""
    content = "" if entry.is_static else entry.read()
    is_page, shown = bool(content) and entry.is_page, None
    if is_page:
        shown = page.visible_text(content)
    elif content and entry.status is not None and entry.status >= 400:
        shown = escapes.printable(content[: page.TEXT_CAP])
    return Exchange(
        number,
        entry.method,
        entry.url,
        entry.status,
        None if entry.by_server else entry.started,
        entry.request_headers,
        entry.response_headers,
        escapes.as_octets(entry.body[:_BODY_CAP]) if entry.body and carries_saml and form.holds_saml(entry.body) else None,
        escapes.as_octets(content[:_BODY_CAP]) if is_page else None,
        entry.location,
        shown,
        entry.took,
        entry.error,
    )
