"""The ledger of cookies: what the service set, what of it came back, and why the rest did not.

Twice it matters. Before it sends the browser away, a service keeps the state of the login in a cookie; the POST that
delivers the response comes from another site, so browsers leave cookies out that do not ask for it (RFC 6265bis 5.6.7 and
8.8; SameSite), and the service does not know its own request any more. With its answer it sets the cookie of the session;
where that does not come back with the next request, it sends the user to sign in again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from samlcheck.capture.entry import header
from samlcheck.capture.model import Exchange
from samlcheck.flow.cookies import SetCookie, cookie_names, moment, set_cookies
from samlcheck.flow.frames import is_third_party
from samlcheck.flow.sites import hostname, is_public_suffix, path, related_hosts, same_site, scheme
from samlcheck.flow.trail import Trail
from samlcheck.frozen import dataclass

Reason = Literal["samesite", "samesite-default", "not-secure", "other-host", "path", "expired", "framed", "unknown"]
Kept = Literal["recorded", "left out", "masked"]
_WITHOUT = {
    "left out": "the recording was made without cookies (a sanitised export)",
    "masked": "the cookies of the recording are masked",
}
GRACE = timedelta(minutes=2)
"""So long after it was set Chromium still sends a cookie without SameSite along with a cross-site POST (Lax+POST)."""
BESIDE = re.compile(
    r"(?i)_ga|_gid|_gat|_gcl|_fbp|_hj|_pk_|_mkto|_uetsid|ajs_|amplitude|mp_|optanon|cookieconsent|euconsent|consent|__cf|cf_|awsalb|"
    r"bigipserver|ts01|visid_|incap_|nlbi_|ak_bmsc|bm_|datadome|lang|locale|i18n|theme|timezone|tz|.*csrf|.*xsrf"
)
"""Beginnings of names of cookies that keep no state of a login: statistics, consent, load balancers, language, CSRF."""


@dataclass(frozen=True, slots=True)
class Entered:
    """One line of the ledger."""

    cookie: SetCookie
    sent: bool
    """Whether it came back."""
    reason: Reason | None = None
    """Why it did not."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Cookies that the service set, and whether they came back with one request."""

    entries: tuple[Entered, ...]
    unknown: str = ""
    """Not empty: nothing can be said, because."""

    @property
    def lost(self) -> tuple[Entered, ...]:
        """Those that may hold the state of the login and did not come back."""
        return tuple(item for item in self.entries if not item.sent and not BESIDE.match(item.cookie.name))

    @property
    def kept(self) -> bool:
        """Whether any that may hold the state of the login came back."""
        return any(item.sent and not BESIDE.match(item.cookie.name) for item in self.entries)


def of_state(trail: Trail, kept: Kept) -> Ledger:
    """Return the cookies set before the redirect, and which of them came with the response.

    kept: what the recorder did with cookies.
    """
    if kept != "recorded":
        return Ledger((), _WITHOUT[kept])
    if trail.posting is None:
        return Ledger((), "the delivery of the response is not in the recording")
    if trail.issuing is None:
        return Ledger((), "the step in which the service set its cookies is not in the recording")
    until = trail.asking.index if trail.asking is not None else trail.issuing.index + 1
    home = {hostname(trail.target), hostname(trail.issuing.url)} - {""}
    before = (step for step in trail.steps if step.index < until and hostname(step.url) in home)
    return _entered(_standing(before), trail.posting, trail)


def of_session(trail: Trail, kept: Kept) -> Ledger:
    """Return the cookies set with the answer to the response, and which of them came with the next request to the service."""
    if kept != "recorded":
        return Ledger((), _WITHOUT[kept])
    if len(trail.answers) < 2 or hostname(trail.answers[1].url) != hostname(trail.answers[0].url):
        return Ledger((), "the request to the service that follows the delivery is not in the recording")
    return _entered(_standing(iter(trail.answers[:1])), trail.answers[1], trail)


def _entered(cookies: tuple[SetCookie, ...], back: Exchange, trail: Trail) -> Ledger:
    sent, host = cookie_names(back) or (), hostname(back.url)
    entries = []
    for cookie in cookies:
        if cookie.name in sent:
            entries.append(Entered(cookie, True))
        elif cookie.host == host or related_hosts(cookie.host, host):
            entries.append(Entered(cookie, False, *_reason(cookie, back, trail)))
    found = Ledger(tuple(entries))
    if all(item.reason == "unknown" for item in found.lost) and not any(cookie_names(step) for step in trail.steps):
        return (
            Ledger((), "no request of the recording has a cookie, so the recorder may have left them out") if found.lost else found
        )
    return found


def _standing(steps: Iterator[Exchange]) -> tuple[SetCookie, ...]:
    """Return the cookies that stand after some answers: the last of each name and host."""
    found: dict[tuple[str, str], SetCookie] = {}
    for step in steps:
        for cookie in set_cookies(step):
            over = cookie.ends is not None and cookie.at is not None and cookie.ends <= cookie.at
            found.pop((cookie.name, cookie.host), None)
            if not over:
                found[cookie.name, cookie.host] = cookie
    return tuple(found.values())


def _reason(cookie: SetCookie, back: Exchange, trail: Trail) -> tuple[Reason, str]:
    """Return why a browser leaves a cookie out of a request, the plainest reason first (RFC 6265bis 5.5, 5.8.3)."""
    if (elsewhere := _elsewhere(cookie, back)) is not None:
        return elsewhere
    at, foreign, cross = moment(back), is_third_party(back, trail.steps), is_cross_site(back, trail)
    if cookie.ends is not None and at is not None and cookie.ends <= at:
        return "expired", "it had ended before the response came"
    if cookie.secure and "http" in (cookie.scheme, scheme(back.url)):
        return "not-secure", "it is Secure, but the connection is plain http"
    if cookie.same_site == "None" and not cookie.secure:
        return "not-secure", "it says SameSite=None without Secure, and browsers refuse such a cookie"
    what = "a POST that comes from another site" if back.method == "POST" else "what another site has begun"
    what, also = ("a frame of another site", ", where it also needs Partitioned") if foreign else (what, "")
    keeps_lax = foreign or (cross and back.method not in ("GET", "HEAD"))
    if (cookie.same_site == "Lax" and keeps_lax) or (cookie.same_site == "Strict" and (cross or foreign)):
        return "samesite", f"SameSite={cookie.same_site} keeps it out of {what}{also}"
    age = at - cookie.at if at is not None and cookie.at is not None else None
    if not cookie.same_site and keeps_lax and (foreign or age is None or age > GRACE):
        slow = f", and the sign-in took {int(age.total_seconds())} seconds, more than the two minutes of grace" if age else ""
        return "samesite-default", f"without SameSite it counts as Lax{f' and is kept out of {what}{also}' if foreign else slow}"
    if foreign and not cookie.partitioned:
        return "framed", "the login ran inside a frame of another site, where browsers block cookies that are not Partitioned"
    return "unknown", "nothing in its attributes forbids it: cookie blocking, a consent banner, or another window or profile"


def _elsewhere(cookie: SetCookie, back: Exchange) -> tuple[Reason, str] | None:
    """Return why a cookie does not belong to a URL (RFC 6265 5.1.3, 5.1.4, 5.3); None where it does."""
    host, domain = hostname(back.url), cookie.domain
    if domain and domain != cookie.host:
        if not cookie.host.endswith("." + domain):
            return "other-host", f"its Domain={domain} is not a domain of {cookie.host}, which set it, so browsers refuse it"
        if is_public_suffix(domain):
            return "other-host", f"everybody may have names under its Domain={domain} (a public suffix), so browsers refuse it"
    if cookie.host != host and not (domain and (host == domain or host.endswith("." + domain))):
        return "other-host", f"it was set by {cookie.host}, and the response went to {host}"
    if cookie.path and not _covers(cookie.path, path(back.url)):
        return "path", f"it is only for {cookie.path}, and the request was for {path(back.url)}"
    return None


def _covers(cookie_path: str, request_path: str) -> bool:
    return request_path == cookie_path or request_path.startswith(cookie_path if cookie_path.endswith("/") else cookie_path + "/")


def is_cross_site(step: Exchange, trail: Trail) -> bool:
    """Tell whether a request came from another site: as the browser says, else by the page it came from."""
    said = header(step.request_headers, "sec-fetch-site")
    if said:
        return said == "cross-site"
    origin = header(step.request_headers, "origin") or header(step.request_headers, "referer")
    if origin == "null":
        return True
    origin = origin or (trail.form.url if trail.form is not None else "")
    return bool(origin) and not same_site(origin, step.url)
