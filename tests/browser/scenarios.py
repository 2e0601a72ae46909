"""The logins that a real browser goes through: what is wrong in each, and the diagnosis that must come out.

A scenario is data alone: both servers read from it what they do differently. Everything that is not named is healthy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

SP = "https://sp.example"
IDP = "https://idp.example"
PORTAL = "https://portal.example"
AUDIENCE = f"{SP}/saml/metadata"
ACS = f"{SP}/saml/acs"
OLD_ACS = f"{SP}/old/acs"
IDP_ENTITY = f"{IDP}/saml/metadata"
SSO = f"{IDP}/saml/sso"
USER = "mia.lindqvist@example.com"
GREETING = "You are signed in"

Recorder = Literal["playwright", "devtools", "devtools-sanitised", "devtools-cleared"]
"""Playwright records every window. DevTools record their own window: with sensitive data, as exported by default (without
cookies), and with sensitive data but without *Preserve log*."""
BOTH: tuple[Recorder, ...] = ("playwright", "devtools", "devtools-sanitised")


@dataclass(frozen=True)
class Expected:
    """What samlcheck has to say: the verdict, the rule of the first cause, and who fixes it."""

    verdict: str
    rule: str | None = None
    fix_by: str | None = None


@dataclass(frozen=True)
class Scenario:
    """One login. ``last_words`` stand on the page that the user ends at."""

    name: str
    about: str
    expected: Expected
    last_words: str
    audience: str = AUDIENCE
    deliver_to: str = ACS
    idp_renewed_key: bool = False
    idp_clock_ahead: int = 0
    """Seconds."""
    user_assigned: bool = True
    state_cookie: str = "Secure; SameSite=None"
    session_cookie: str = "Path=/; Secure; HttpOnly; SameSite=Lax"
    proxy_tells_scheme: bool = True
    idp_wants_registered_acs: bool = False
    """Refuse a request for another ACS URL with a page, instead of answering to the one on file."""
    start: str = f"{SP}/"
    reload_at_the_end: bool = False
    home_in_a_circle: bool = False
    """Two pages of the service that each redirect to the other, in place of its home page."""
    window: Literal["same", "pop-up", "frame"] = "same"
    """Where the login happens. A portal shows the service in a frame; the service itself opens a pop-up."""
    idp_forbids_frames: bool = False
    seen_by: tuple[Recorder, ...] = ("playwright",)
    expected_of: Mapping[Recorder, Expected] = field(default_factory=lambda: MappingProxyType({}))
    """What must come out where a recorder leaves out what decides it."""

    @property
    def recordings(self) -> Iterator[tuple[str, Recorder, Expected]]:
        """Name of the file without ``.har``, what makes it, and what must come out, for each recording."""
        for recorder in self.seen_by:
            name = self.name if recorder == "playwright" else f"{self.name}.{recorder}"
            yield name, recorder, self.expected_of.get(recorder, self.expected)


SCENARIOS = (
    Scenario("healthy", "nothing is wrong", Expected("accepted"), GREETING, seen_by=(*BOTH, "devtools-cleared")),
    Scenario(
        "wrong-audience",
        "the IdP has an entity ID on file that the service gave up",
        Expected("rejected", "web-sso-profile/audience-mismatch", "idp"),
        "is not a valid audience",
        audience="https://old.sp.example/saml/metadata",
        seen_by=BOTH,
    ),
    Scenario(
        "rotated-key",
        "the IdP signs with a new key, the service still pins the previous certificate",
        Expected("rejected", "signatures/key-rotated", "sp"),
        "Signature validation failed",
        idp_renewed_key=True,
        seen_by=BOTH,
    ),
    Scenario(
        "skewed-clock",
        "the IdP's clock is eleven minutes ahead",
        Expected("rejected", "web-sso-profile/not-yet-valid", "idp"),
        "not yet valid",
        idp_clock_ahead=660,
    ),
    Scenario(
        "lost-cookie",
        "the service's state cookie is SameSite=Lax, so it is missing on the cross-site POST",
        Expected("rejected", "flow/cookie-samesite", "sp"),
        "State information lost",
        state_cookie="Secure; SameSite=Lax",
        seen_by=BOTH,
        expected_of={"devtools-sanitised": Expected("rejected", "answers/error-without-cookies", "sp")},
    ),
    Scenario(
        "unassigned-user",
        "the user is not assigned to the application; the IdP answers with a status",
        Expected("rejected", "saml-status/request-denied", "idp"),
        "status code of the Response was not Success",
        user_assigned=False,
    ),
    Scenario(
        "wrong-acs",
        "the IdP has the ACS URL of an earlier installation on file",
        Expected("rejected", "web-sso-profile/destination-mismatch", "idp"),
        "Not found",
        deliver_to=OLD_ACS,
        seen_by=BOTH,
    ),
    Scenario(
        "proxy-drops-https",
        "TLS ends at a proxy that does not pass X-Forwarded-Proto on",
        Expected("rejected", "flow/own-address-hidden", "proxy"),
        "The response was received at http://",
        proxy_tells_scheme=False,
        seen_by=BOTH,
    ),
    Scenario(
        "proxy-drops-https-strict-idp",
        "the same, and the IdP refuses the http address that the service asks to be answered at; no response is ever made",
        Expected("rejected", "flow/own-address-hidden", "proxy"),
        "is not registered",
        proxy_tells_scheme=False,
        idp_wants_registered_acs=True,
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "other-host",
        "the login begins at www.sp.example and ends at sp.example, which does not get the other host's cookie",
        Expected("rejected", "flow/cookie-of-another-host", "sp"),
        "State information lost",
        start="https://www.sp.example/",
    ),
    Scenario(
        "delivered-twice",
        "the user reloads the page that the POST led to",
        Expected("rejected", "flow/delivered-twice", "user"),
        "already used",
        reload_at_the_end=True,
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "redirect-loop",
        "the session cookie is set for /saml only, so the start page asks for a login again and again",
        Expected("rejected", "flow/session-cookie-lost", "sp"),
        "Too many attempts",
        session_cookie="Path=/saml; Secure; HttpOnly; SameSite=Lax",
    ),
    Scenario(
        "redirect-circle",
        "the service takes the response, and then two of its pages send the browser to each other until it gives up",
        Expected("rejected", "flow/redirect-circle", "sp"),
        "redirected you too many times",
        home_in_a_circle=True,
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "pop-up",
        "the service lets the user sign in in a pop-up; nothing is wrong",
        Expected("accepted"),
        GREETING,
        start=f"{SP}/welcome",
        window="pop-up",
        seen_by=("playwright", "devtools"),
        expected_of={"devtools": Expected("unreadable")},
    ),
    Scenario(
        "pop-up-lost-cookie",
        "the same, and the service's state cookie is SameSite=Lax",
        Expected("rejected", "flow/cookie-samesite", "sp"),
        "State information lost",
        start=f"{SP}/welcome",
        window="pop-up",
        state_cookie="Secure; SameSite=Lax",
    ),
    Scenario(
        "frame",
        "a portal shows the service in a frame, and the login happens there; cookies are Partitioned; nothing is wrong",
        Expected("accepted"),
        GREETING,
        start=f"{PORTAL}/",
        window="frame",
        state_cookie="Secure; SameSite=None; Partitioned",
        session_cookie="Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "frame-lost-cookie",
        "the same, and the service's state cookie is SameSite=Lax",
        Expected("rejected", "flow/cookie-samesite", "sp"),
        "State information lost",
        start=f"{PORTAL}/",
        window="frame",
        state_cookie="Secure; SameSite=Lax",
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "frame-session-cookie",
        "the same, and the cookie of the session that the service makes at the end is SameSite=Lax: it asks again and again",
        Expected("rejected", "flow/session-cookie-lost", "sp"),
        "Too many attempts",
        start=f"{PORTAL}/",
        window="frame",
        state_cookie="Secure; SameSite=None; Partitioned",
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "frame-blocked-cookies",
        "the same with cookies that are not Partitioned: the browser blocks cookies of third parties",
        Expected("rejected", "flow/cookie-in-a-frame", "sp"),
        "State information lost",
        start=f"{PORTAL}/",
        window="frame",
        session_cookie="Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
        seen_by=("playwright", "devtools"),
    ),
    Scenario(
        "frame-forbidden",
        "the same, and the IdP's sign-in page forbids frames",
        Expected("rejected", "flow/sign-in-page-in-a-frame", "sp"),
        "",
        start=f"{PORTAL}/",
        window="frame",
        idp_forbids_frames=True,
        seen_by=("playwright", "devtools"),
    ),
)
