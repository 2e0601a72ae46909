"""Checks on instants: windows against the clock and against other facts (SAML core 1.3.3, 2.5.1.2; DESIGN 6.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from samlcheck.checks import template
from samlcheck.checks.context import Context, Nothing, Unknown
from samlcheck.checks.judging import OK, Judge, Judgement, broken
from samlcheck.checks.model import Check, Instant
from samlcheck.facts import FactTable, Reading
from samlcheck.finding import Slot
from samlcheck.saml.values import instant, iso, spell

OLD = timedelta(minutes=15)
"""A window that ended longer ago than this, by a clock that is only *now*, tells of an old capture and not of expiry."""


def when(reading: Reading) -> datetime | None:
    """Return the instant a reading holds, or None if its text is no xs:dateTime."""
    return reading.value if isinstance(reading.value, datetime) else instant(reading.raw)


def not_an_instant(reading: Reading) -> Judgement:
    """Return the violation for text that is not an instant."""
    return broken(reading, "it is not an xs:dateTime", Slot("an instant such as 2026-05-04T10:00:00Z"))


def old_capture(reading: Reading, late: timedelta, table: FactTable) -> Unknown | None:
    """Return why a passed end says nothing: the message is older than any login, and only *now* is known as the clock.

    Holds for instants of the captured messages; metadata and certificates given by the user are judged now.
    """
    if table.case.clock.kind != "now" or late <= OLD or not _captured(reading, table):
        return None
    return Unknown(f"old capture: this ended {spell(late)} ago, and when the login was tried is not known", "--at")


def _captured(reading: Reading, table: FactTable) -> bool:
    """Return whether a reading is of a message that was captured, and not of something that the user has at hand now."""
    case = table.case
    messages = [case.anatomy, case.request_trust.anatomy if case.request_trust else None]
    messages.extend(message.anatomy for message in (case.login.response, case.login.request) if message is not None)
    return reading.node is not None and any(
        anatomy.document.name == reading.node.document
        for anatomy in messages
        if anatomy is not None and "metadata" not in anatomy.kind
    )


def _bounds(wanted: Instant, context: Context) -> tuple[tuple[datetime, ...], str] | Unknown | Nothing:
    """Return the instants to compare with and what they are called."""
    shift = timedelta(seconds=wanted.plus_seconds)
    if wanted.clock:
        return (context.table.case.clock.at + shift,), "the clock"
    name = wanted.fact or ""
    readings = context.table.read(name)
    if readings.unavailable:
        return Unknown(readings.unavailable, readings.needs)
    found = [value for value in (when(item) for item in readings.items) if value is not None]
    title = context.table.title(name)
    if not found:
        return Nothing(f"there is no {title} to compare with")
    return tuple(value + shift for value in found), title


def _skew(wanted: Instant, context: Context) -> timedelta:
    return timedelta(seconds=context.table.case.skew if wanted.skew else 0)


def _tolerated(skew: timedelta) -> str:
    return f" ({spell(skew)} of clock difference are tolerated)" if skew else ""


def after(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``after``: strictly later; an end that equals the clock has passed (core 2.5.1.2: *at or after*)."""
    wanted = check.after or Instant()
    bounds = _bounds(wanted, context)
    if isinstance(bounds, Unknown | Nothing):
        return bounds
    instants, title = bounds
    bound, skew = max(instants), _skew(wanted, context)
    expected = Slot(iso(bound))

    def judge(reading: Reading) -> Judgement:
        value = when(reading)
        if value is None:
            return not_an_instant(reading)
        if value + skew > bound:
            return OK
        late = bound - value
        if not wanted.clock:
            return broken(reading, f"it is {_apart(late)} {title}", expected)
        words = f"it ended {spell(late)} earlier" if late else "it ends at this very instant, and the end no longer counts"
        return old_capture(reading, late, context.table) or broken(reading, words + _tolerated(skew), expected)

    return Judge(judge, expected)


def before(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``before``: strictly earlier than a fact; not later than the clock (core 2.5.1.2: a window holds its first instant)."""
    wanted = check.before or Instant()
    bounds = _bounds(wanted, context)
    if isinstance(bounds, Unknown | Nothing):
        return bounds
    instants, title = bounds
    bound, skew = min(instants), _skew(wanted, context)
    expected = Slot(iso(bound))

    def judge(reading: Reading) -> Judgement:
        value = when(reading)
        if value is None:
            return not_an_instant(reading)
        early = value - bound - skew
        if early < timedelta(0) or (wanted.clock and not early):
            return OK
        if not wanted.clock:
            return broken(reading, f"it is {_apart(value - bound, 'after', 'at the same instant as')} {title}", expected)
        return broken(reading, f"it begins {spell(value - bound)} later{_tolerated(skew)}", expected)

    return Judge(judge, expected)


def _apart(span: timedelta, side: str = "before", same: str = "at the same instant as") -> str:
    return f"{spell(span)} {side}" if span else same


def within(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``within``: at most so many seconds from a fact or the clock (the default); ``seconds`` may be a template."""
    wanted = check.within or {}
    limit = template.pattern(wanted["seconds"], context)
    if limit.missing is not None:
        return limit.missing
    if limit.unknown:
        return template.not_given(limit.unknown[0])
    if not limit.literals[0].strip().isdecimal():
        return Unknown(
            "the number of seconds given is not a whole number", f"--set {'/'.join(template.names(wanted['seconds']))}=SECONDS"
        )
    most = timedelta(seconds=int(limit.literals[0]))
    fact = wanted.get("of", "clock")
    clock = fact in ("clock", "now")
    bounds = _bounds(Instant(clock=True) if clock else Instant(fact=fact), context)
    if isinstance(bounds, Unknown | Nothing):
        return bounds
    instants, title = bounds
    expected = Slot(f"within {spell(most)} of {title}")

    def judge(reading: Reading) -> Judgement:
        value = when(reading)
        if value is None:
            return not_an_instant(reading)
        span = min((value - bound for bound in instants), key=abs)
        if abs(span) <= most:
            return OK
        if clock and span < timedelta(0) and (unknown := old_capture(reading, -span - most, context.table)):
            return unknown
        return broken(reading, f"it is {spell(span)} {'after' if span > timedelta(0) else 'before'} {title}", expected)

    return Judge(judge, expected)
