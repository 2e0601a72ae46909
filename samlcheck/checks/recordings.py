"""Named checks on recordings: cookies that did not come back, and what a recording lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from samlcheck.checks import template
from samlcheck.checks.context import Context, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.judging import OK
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Evidence, Slot, Text
from samlcheck.flow import sites

if TYPE_CHECKING:
    from samlcheck.flow.ledger import Entered

REASONS = ("samesite", "samesite-default", "not-secure", "other-host", "path", "expired", "framed", "unknown")
CODES = (
    "body-missing", "masked", "message-cut", "cut-off", "begun-late", "preserve-log-off", "sanitised", "no-response",
    "response-elsewhere",
)  # fmt: skip
_NO_RECORDING = Unknown("there is no recording of the HTTP requests", "a HAR")
_MOST = 12
_INNER_HOST = re.compile(
    r"localhost|[^.]+|.*\.(?:local|internal|intranet|lan|svc|cluster|localdomain)(?:\..*)?|127\..*|10\..*|192\.168\..*|172\.(?:1[6-9]|2\d|3[01])\..*"
)
"""Hosts that only the inside of a network knows: one label, reserved endings, private addresses (RFC 1918, RFC 6762)."""


def cookies_returned(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge whether what the service remembers a login by came back.

    Options: ``set``: ``before`` the redirect, and to come back with the response (default), or with the ``answer`` to the
    response, and to come back with the next request; ``because``: reasons that this rule is about; ``kept``: ``true``
    where the rule is about logins in which another such cookie did come back (default ``false``: none did). The whole
    ledger is shown as evidence.
    """
    flow = context.table.case.flow
    if flow is None:
        return _NO_RECORDING
    before = options.get("set", "before") == "before"
    ledger = flow.ledger if before else flow.session_ledger
    if ledger.unknown:
        return Unknown(ledger.unknown, "a HAR with sensitive data, from the service's start page on")
    if not ledger.entries:
        return Nothing(f"the service set no cookie {'before it sent the browser away' if before else 'with its answer'}")
    wanted = template.listed(options.get("because", "")) or REASONS
    lost = [item for item in ledger.lost if item.reason in wanted]
    if not lost or ledger.kept != (options.get("kept", "false") == "true"):
        return OK
    first, others = lost[0], [item for item in ledger.entries if item is not lost[0]]
    related = tuple(_line(item, "contrast" if item.sent else "related") for item in others[:_MOST])
    reading = Reading(first.cookie.name, first.cookie.shown, label=_step(first))
    detail = Text.of("; ".join(f"{item.cookie.name}: {item.words}" for item in lost[:_MOST]))
    return Violated((Violation(reading, detail=detail, related=related),))


def _line(item: Entered, role: str) -> Evidence:
    came = "came back" if item.sent else f"did not come back: {item.words}"
    return Evidence(
        "contrast" if role == "contrast" else "related",
        None,
        label=f"cookie set by {_step(item)}, which {came}",
        actual=Slot(item.cookie.shown),
    )


def _step(item: Entered) -> str:
    return f"request {item.cookie.exchange + 1} of the recording"


def own_address(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge whether the service knows the address under which browsers reach it.

    It builds its ACS URL from what the proxy in front of it passes on. Where only scheme, port or an inner host name
    differ from what the browser used, the proxy is at fault, and neither the IdP nor the path (DESIGN 6.7).
    """
    flow = context.table.case.flow
    if flow is None:
        return _NO_RECORDING
    asked = context.table.read("request.acs_url").first
    if asked is not None and flow.service_url and (wrong := _behind_proxy(asked.raw, flow.service_url)):
        there = urlsplit(flow.service_url)
        expected = f"{there.scheme}://{there.netloc}{urlsplit(asked.raw).path}"
        detail = f"the browser reaches the service at {there.scheme}://{there.netloc}: {wrong}"
        return Violated((Violation(asked, expected=Slot(expected), detail=Text.of(detail)),))
    sent_to = context.table.read("response.destination").text
    known = context.table.read("sp.acs_urls").items
    if flow.delivered_to and sent_to == flow.delivered_to and all(item.raw != sent_to for item in known):
        for item in known:
            wrong = _behind_proxy(item.raw, flow.delivered_to)
            if wrong and sites.path(item.raw) == sites.path(flow.delivered_to):
                detail = f"the browser delivered the response to {flow.delivered_to}, as it says itself: {wrong}"
                return Violated((Violation(item, expected=Slot(flow.delivered_to), detail=Text.of(detail)),))
    return OK if asked is not None or known else Nothing("nothing says which address the service believes to have")


def _behind_proxy(own: str, used: str) -> str:
    """Return how an address differs from the one that browsers use as it does behind a proxy; empty if it does not so."""
    found = []
    inner = sites.hostname(own) != sites.hostname(used)
    if inner and _INNER_HOST.fullmatch(sites.hostname(own)) is None:
        return ""
    if inner:
        found.append(f"the host {sites.hostname(own)} is an inner name")
    if sites.scheme(own) != sites.scheme(used):
        found.append(f"the scheme {sites.scheme(own)} is wrong")
    written = urlsplit(own).netloc.rpartition("@")[2].removeprefix(sites.hostname(own)).removeprefix(":")
    if written and (found or sites.port(own) != sites.port(used)):
        found.append(f"port {written} is spelt out")
    return ", ".join(found)


def recording_complete(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge whether a recording has none of the shortcomings in the option ``lacks``."""
    flow = context.table.case.flow
    if flow is None:
        return _NO_RECORDING
    codes = template.listed(options["lacks"])
    found = [item for item in flow.shortcomings if item.code in codes]
    return (
        Violated(tuple(Violation(Reading(item.code, item.words, label=item.code), detail=Text.of(item.words)) for item in found))
        if found
        else OK
    )
