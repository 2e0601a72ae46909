"""Lexical forms of SAML values: instants, durations, identifiers, booleans (SAML core 1.3, XML Schema part 2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_BLANKS = " \t\r\n"  # what XML Schema collapses (part 2, 4.3.6)
_INSTANT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}:\d{2})(?:\.(?P<fraction>\d+))?(?P<zone>Z|[+-]\d{2}:\d{2})?",
    re.ASCII,
)


def instant(text: str) -> datetime | None:
    """Return an ``xs:dateTime`` as an aware UTC datetime, or None if it is none.

    SAML core 1.3.3 wants UTC written with ``Z``; an offset is legal XML Schema and is converted, a value without any
    zone is read as UTC. Fractions beyond microseconds are cut.
    """
    match = _INSTANT.fullmatch(text.strip(_BLANKS))
    if match is None:
        return None
    fraction = (match["fraction"] or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{match['date']}T{match['time']}.{fraction}{match['zone'] or 'Z'}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def typed_instant(text: str) -> datetime | None:
    """Return an instant as people type it: ``instant``, or with a blank for the T, or a day alone (its beginning, UTC)."""
    return instant(text) or instant(text.replace(" ", "T")) or instant(f"{text}T00:00:00Z")


def iso(value: datetime) -> str:
    """Return an instant as SAML writes it: UTC, ``Z``, milliseconds only where there are any."""
    timespec = "milliseconds" if value.microsecond >= 1000 else "seconds"
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


_DURATION = re.compile(
    r"(?P<sign>-)?P(?=[\dT])(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)


def duration(text: str) -> timedelta | None:
    """Return an ``xs:duration`` (a year as 365 and a month as 30 days), or None if it is none or too long."""
    match = _DURATION.fullmatch(text.strip(_BLANKS))
    if match is None:
        return None
    part = {name: float(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    try:
        span = timedelta(
            days=part["years"] * 365 + part["months"] * 30 + part["days"],
            hours=part["hours"],
            minutes=part["minutes"],
            seconds=part["seconds"],
        )
    except OverflowError:
        return None
    return -span if match["sign"] else span


def boolean(text: str) -> bool | None:
    """Return an ``xs:boolean`` or None if it is none."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip(_BLANKS))


def spell(span: timedelta) -> str:
    """Return a length of time in words: ``45 seconds``, ``5 minutes``, ``2 h 30 min``, ``3 days``."""
    seconds = abs(span.total_seconds())
    if seconds < 120:
        shown = f"{seconds:.3f}".rstrip("0").rstrip(".") if seconds % 1 else str(int(seconds))
        return f"{shown} second" + ("" if shown == "1" else "s")
    minutes = int(seconds // 60)
    if minutes < 120:
        rest = int(seconds % 60)
        return f"{minutes} minutes" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{hours // 24} days"
