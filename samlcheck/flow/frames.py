"""Logins inside a frame of another page: who may show whom (CSP 3; RFC 7034), and whose cookies count as foreign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from samlcheck.capture.entry import header
from samlcheck.capture.model import Exchange
from samlcheck.flow.sites import hostname, port, same_site, scheme
from samlcheck.frozen import dataclass

_ANCESTORS = re.compile(r"(?i)(?:^|;)\s*frame-ancestors(?:\s+([^;]*))?(?:;|$)")
_BLOCKED = re.compile(r"BLOCKED_BY_RESPONSE|XFO|X_FRAME|FRAME_ANCESTORS")
_HOST_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[a-z0-9.-]+)(?::(?P<port>\d+|\*))?(?:/.*)?", re.I
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page that was opened in a frame and forbids that."""

    page: Exchange
    by: str
    """The header that forbids it, as written."""


def is_framed(step: Exchange) -> bool:
    """Tell whether a request was made for the document of a frame (Fetch Metadata, Sec-Fetch-Dest)."""
    return header(step.request_headers, "sec-fetch-dest").lower() in ("iframe", "frame")


def framing(step: Exchange, steps: Sequence[Exchange]) -> Exchange | None:
    """Return the page whose frame a request was made for: the last one before it that filled a window; None if none is recorded."""
    earlier = (item for item in reversed(steps) if item.index < step.index)
    return next((item for item in earlier if header(item.request_headers, "sec-fetch-dest").lower() == "document"), None)


def is_third_party(step: Exchange, steps: Sequence[Exchange]) -> bool:
    """Tell whether a request was made in a frame of another site, so that its cookies count as those of a third party."""
    if not is_framed(step):
        return False
    outer = framing(step, steps)
    return outer is None or not same_site(outer.url, step.url)


def refusal(step: Exchange, steps: Sequence[Exchange]) -> Refusal | None:
    """Return why a page in a frame was not shown; None where it was, or where it is in no frame.

    frame-ancestors goes before X-Frame-Options (CSP 3, section 6.4.2). Where the page around the frame is not recorded,
    only what forbids every page counts.
    """
    if not is_framed(step):
        return None
    outer = framing(step, steps)
    around = outer.url if outer is not None else ""
    policies = [value for name, value in step.response_headers if name.lower() == "content-security-policy"]
    lists = [(found[1] or "").split() for value in policies for part in value.split(",") if (found := _ANCESTORS.search(part))]
    if lists:
        strict = next((sources for sources in lists if not _admits(sources, step.url, around)), None)
        return Refusal(step, f"Content-Security-Policy: frame-ancestors {' '.join(strict)}") if strict is not None else None
    option = header(step.response_headers, "x-frame-options").strip()
    foreign = bool(around) and not _same_origin(around, step.url)
    if option.upper() == "DENY" or (option.upper() == "SAMEORIGIN" and foreign) or (option and _BLOCKED.search(step.error)):
        return Refusal(step, f"X-Frame-Options: {option}")
    return None


def _admits(sources: Sequence[str], page: str, around: str) -> bool:
    """Tell whether a list of sources admits the page around (CSP 3, section 6.7.2.8); an unknown one by any source at all."""
    kept = [source for source in sources if source.lower() != "'none'"]
    return bool(kept) and (not around or any(_matches(source.lower(), page, around) for source in kept))


def _matches(source: str, page: str, around: str) -> bool:
    if source == "'self'":
        return _same_origin(page, around)
    if source.endswith(":"):
        return scheme(around) == source[:-1]
    found = _HOST_SOURCE.fullmatch(source)
    if found is None:
        return False
    host = hostname(around)
    wanted = found["host"]
    same_host = wanted == "*" or host == wanted or (wanted.startswith("*.") and host.endswith(wanted[1:]))
    schemes = {found["scheme"]} if found["scheme"] else {scheme(page), "https"}
    same_port = found["port"] in ("*", str(port(around))) or (found["port"] is None and urlsplit(around).port is None)
    return same_host and same_port and (scheme(around) in schemes or (found["scheme"] == "http" and scheme(around) == "https"))


def _same_origin(one: str, other: str) -> bool:
    return (scheme(one), hostname(one), port(one)) == (scheme(other), hostname(other), port(other))
