"""The logins that a real browser goes through: what is wrong in each, and the diagnosis that must come out.

A scenario is data alone: both servers read from it what they do differently. Everything that is not named is healthy.
"""

from __future__ import annotations

from dataclasses import dataclass

SP = "https://sp.example"
IDP = "https://idp.example"
AUDIENCE = f"{SP}/saml/metadata"
ACS = f"{SP}/saml/acs"
OLD_ACS = f"{SP}/old/acs"
IDP_ENTITY = f"{IDP}/saml/metadata"
SSO = f"{IDP}/saml/sso"
USER = "mia.lindqvist@example.com"
GREETING = "You are signed in"


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
    session_cookie_path: str = "/"
    proxy_tells_scheme: bool = True
    idp_wants_registered_acs: bool = False
    """Refuse a request for another ACS URL with a page, instead of answering to the one on file."""
    start: str = f"{SP}/"
    reload_at_the_end: bool = False


SCENARIOS = (
    Scenario("healthy", "nothing is wrong", Expected("accepted"), GREETING),
    Scenario(
        "wrong-audience",
        "the IdP has an entity ID on file that the service gave up",
        Expected("rejected", "web-sso-profile/audience-mismatch", "idp"),
        "is not a valid audience",
        audience="https://old.sp.example/saml/metadata",
    ),
    Scenario(
        "rotated-key",
        "the IdP signs with a new key, the service still pins the previous certificate",
        Expected("rejected", "signatures/key-rotated", "sp"),
        "Signature validation failed",
        idp_renewed_key=True,
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
    ),
    Scenario(
        "proxy-drops-https",
        "TLS ends at a proxy that does not pass X-Forwarded-Proto on",
        Expected("rejected", "flow/own-address-hidden", "proxy"),
        "The response was received at http://",
        proxy_tells_scheme=False,
    ),
    Scenario(
        "proxy-drops-https-strict-idp",
        "the same, and the IdP refuses the http address that the service asks to be answered at; no response is ever made",
        Expected("rejected", "flow/own-address-hidden", "proxy"),
        "is not registered",
        proxy_tells_scheme=False,
        idp_wants_registered_acs=True,
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
    ),
    Scenario(
        "redirect-loop",
        "the session cookie is set for /saml only, so the start page asks for a login again and again",
        Expected("rejected", "flow/redirect-loop", "sp"),
        "Too many attempts",
        session_cookie_path="/saml",
    ),
)
