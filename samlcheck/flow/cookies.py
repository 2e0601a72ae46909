"""The ledger of cookies: what the service set before it sent the browser away, and what of it came back with the response.

The POST that delivers a response comes from another site, so browsers leave cookies out that do not ask for it
(RFC 6265bis 5.6.7 and 8.8; SameSite). A service that keeps the state of a login in such a cookie does not know its own
request any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from samlcheck.capture.entry import header, http_date
from samlcheck.capture.model import Exchange
from samlcheck.flow.sites import hostname, path, related_hosts, same_site, scheme
from samlcheck.flow.trail import Trail
from samlcheck.frozen import dataclass

Reason = Literal["samesite", "samesite-default", "not-secure", "other-host", "path", "expired", "framed", "unknown"]
GRACE = timedelta(minutes=2)
"""So long after it was set Chromium still sends a cookie without SameSite along with a cross-site POST (Lax+POST)."""
_MASKED = re.compile(r"(?i)[0-9a-f]{32,}|\[?.*redacted.*\]?|[*xX•.]{3,}|obfuscated")
_BESIDE = re.compile(
    r"(?i)_ga|_gid|_gat|_gcl|_fbp|_hj|_pk_|_mkto|_uetsid|ajs_|amplitude|mp_|optanon|cookieconsent|euconsent|consent|__cf|cf_|awsalb|"
    r"bigipserver|ts01|visid_|incap_|nlbi_|ak_bmsc|bm_|datadome|lang|locale|i18n|theme|timezone|tz|.*csrf|.*xsrf"
)
"""Beginnings of names of cookies that keep no state of a login: statistics, consent, load balancers, language, CSRF."""


@dataclass(frozen=True, slots=True)
class SetCookie:
    """One ``Set-Cookie`` without its value."""

    name: str
    host: str
    """Host that set it."""
    scheme: str
    domain: str = ""
    path: str = ""
    same_site: str = ""
    """``Lax``, ``Strict``, ``None`` in these spellings; empty where it does not say."""
    secure: bool = False
    http_only: bool = False
    ends: datetime | None = None
    at: datetime | None = None
    exchange: int = 0

    @property
    def shown(self) -> str:
        """The header as written, its value left out."""
        parts = [f"{self.name}=…"]
        parts += [f"{word}={value}" for word, value in (("Domain", self.domain), ("Path", self.path)) if value]
        parts += [word for word, there in (("Secure", self.secure), ("HttpOnly", self.http_only)) if there]
        return "; ".join([*parts, *([f"SameSite={self.same_site}"] if self.same_site else [])])


@dataclass(frozen=True, slots=True)
class Entered:
    """One line of the ledger."""

    cookie: SetCookie
    sent: bool
    """Whether it came back with the response."""
    reason: Reason | None = None
    """Why it did not."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The cookies of the service before the redirect."""

    entries: tuple[Entered, ...]
    unknown: str = ""
    """Not empty: nothing can be said, because."""

    @property
    def lost(self) -> tuple[Entered, ...]:
        """Those that may hold the state of the login and did not come back."""
        return tuple(item for item in self.entries if not item.sent and not _BESIDE.match(item.cookie.name))

    @property
    def kept(self) -> bool:
        """Whether any that may hold the state of the login came back."""
        return any(item.sent and not _BESIDE.match(item.cookie.name) for item in self.entries)


def ledger(trail: Trail, *, sanitised: bool) -> Ledger:
    """Return the ledger of a login. sanitised: the recorder left cookies out."""
    if sanitised:
        return Ledger((), "the recording was made without cookies (a sanitised export)")
    posting = trail.posting
    if posting is None:
        return Ledger((), "the delivery of the response is not in the recording")
    if trail.issuing is None:
        return Ledger((), "the step in which the service set its cookies is not in the recording")
    sent = cookie_names(posting)
    if sent is None or any(_masked(value) for step in trail.steps for value in _cookie_headers(step)):
        return Ledger((), "the cookies of the recording are masked")
    until = trail.asking.index if trail.asking is not None else trail.issuing.index + 1
    entries = []
    for cookie in _standing(trail, until):
        if cookie.name in sent:
            entries.append(Entered(cookie, True))
        elif cookie.host == hostname(posting.url) or related_hosts(cookie.host, hostname(posting.url)):
            entries.append(Entered(cookie, False, *_reason(cookie, posting, trail)))
    recorded = any(cookie_names(step) for step in trail.steps)
    if not recorded and any(item.reason == "unknown" for item in entries):
        return Ledger((), "no request of the recording has a cookie, so the recorder may have left them out")
    return Ledger(tuple(entries))


def cookie_names(exchange: Exchange) -> tuple[str, ...] | None:
    """Return the names of the cookies that a request carried; None where they were masked."""
    text = "; ".join(value for name, value in exchange.request_headers if name.lower() == "cookie")
    if _masked(text):
        return None
    return tuple(name for part in text.split(";") if (name := part.partition("=")[0].strip()))


def _cookie_headers(exchange: Exchange) -> Iterator[str]:
    for name, value in (*exchange.request_headers, *exchange.response_headers):
        if name.lower() in ("cookie", "set-cookie"):
            yield value


def _masked(text: str) -> bool:
    return "=" not in text and _MASKED.fullmatch(text.strip()) is not None


def set_cookies(exchange: Exchange) -> Iterator[SetCookie]:
    """Yield the cookies that an answer sets (RFC 6265 5.2)."""
    for name, value in exchange.response_headers:
        if name.lower() == "set-cookie":
            for line in value.split("\n"):
                cookie = _parsed(line, exchange)
                if cookie is not None:
                    yield cookie


def _parsed(line: str, exchange: Exchange) -> SetCookie | None:
    pair, *attributes = line.split(";")
    name = pair.partition("=")[0].strip()
    if not name or "=" not in pair:
        return None
    found: dict[str, str] = {}
    for attribute in attributes:
        key, _, value = attribute.partition("=")
        found[key.strip().lower()] = value.strip()
    same = found.get("samesite", "").capitalize()
    return SetCookie(
        name[:100],
        hostname(exchange.url),
        scheme(exchange.url),
        found.get("domain", "").lstrip(".").lower(),
        found.get("path", ""),
        same if same in ("Lax", "Strict", "None") else "",
        "secure" in found,
        "httponly" in found,
        _ends(found, exchange.started),
        exchange.started,
        exchange.index,
    )


def _ends(attributes: dict[str, str], at: datetime | None) -> datetime | None:
    seconds = attributes.get("max-age", "")
    if re.fullmatch(r"-?\d{1,9}", seconds) and at is not None:
        return at + timedelta(seconds=int(seconds))
    return http_date(attributes.get("expires", ""))


def _standing(trail: Trail, until: int) -> tuple[SetCookie, ...]:
    """Return the cookies of the service that stand when the browser leaves for the IdP: the last of each name and host."""
    issuing = trail.issuing
    home = {hostname(trail.target), hostname(issuing.url) if issuing is not None else ""} - {""}
    found: dict[tuple[str, str], SetCookie] = {}
    for step in trail.steps:
        if step.index >= until or hostname(step.url) not in home:
            continue
        for cookie in set_cookies(step):
            over = cookie.ends is not None and cookie.at is not None and cookie.ends <= cookie.at
            found.pop((cookie.name, cookie.host), None)
            if not over:
                found[cookie.name, cookie.host] = cookie
    return tuple(found.values())


def _reason(cookie: SetCookie, posting: Exchange, trail: Trail) -> tuple[Reason, str]:
    """Return why a browser leaves a cookie out of the POST, the plainest reason first (RFC 6265bis 5.5, 5.8.3)."""
    host, at = hostname(posting.url), posting.started
    covered = cookie.host == host or (bool(cookie.domain) and (host == cookie.domain or host.endswith("." + cookie.domain)))
    age = at - cookie.at if at is not None and cookie.at is not None else None
    found: tuple[Reason, str] = ("unknown", "nothing in its attributes forbids it: third-party cookie blocking, a consent banner, "
                                 "or another window or profile")  # fmt: skip
    if not covered:
        found = "other-host", f"it was set by {cookie.host}, and the response went to {host}"
    elif cookie.path and not _covers(cookie.path, path(posting.url)):
        found = "path", f"it is only for {cookie.path}, and the response went to {path(posting.url)}"
    elif cookie.ends is not None and at is not None and cookie.ends <= at:
        found = "expired", "it had ended before the response came"
    elif cookie.secure and "http" in (cookie.scheme, scheme(posting.url)):
        found = "not-secure", "it is Secure, but the connection is plain http"
    elif cookie.same_site == "None" and not cookie.secure:
        found = "not-secure", "it says SameSite=None without Secure, and browsers refuse such a cookie"
    elif is_cross_site(posting, trail) and cookie.same_site in ("Lax", "Strict"):
        found = "samesite", f"SameSite={cookie.same_site} keeps it out of a POST that comes from another site"
    elif is_cross_site(posting, trail) and not cookie.same_site and (age is None or age > GRACE):
        late = f", and the sign-in took {int(age.total_seconds())} seconds, more than the two minutes of grace" if age else ""
        found = "samesite-default", f"without SameSite it counts as Lax{late}"
    elif header(posting.request_headers, "sec-fetch-dest") == "iframe":
        found = "framed", "the login ran inside a frame of another site, where browsers block cookies"
    return found


def _covers(cookie_path: str, request_path: str) -> bool:
    return request_path == cookie_path or request_path.startswith(cookie_path if cookie_path.endswith("/") else cookie_path + "/")


def is_cross_site(posting: Exchange, trail: Trail) -> bool:
    """Tell whether the response was delivered from another site: as the browser says, else by the page it came from."""
    said = header(posting.request_headers, "sec-fetch-site")
    if said:
        return said == "cross-site"
    origin = header(posting.request_headers, "origin") or header(posting.request_headers, "referer")
    if origin == "null":
        return True
    origin = origin or (trail.form.url if trail.form is not None else "")
    return bool(origin) and not same_site(origin, posting.url)
