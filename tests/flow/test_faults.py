"""What people read of each fault of a flow: the first cause, its words, who mends it, who broke it."""

from __future__ import annotations

import pytest

from samlcheck.forge import Keys
from tests.flow.recorded import Edits, findings, judged

ROWS: dict[str, tuple[Edits, str, str, str, str]] = {
    "own-address": (
        {"request.acs_url": "http://sp.example:443/saml/acs", "flow.idp_page": "The reply URL does not match."},
        "flow/own-address-hidden",
        "The service calls itself http://sp.example:443/saml/acs, but the browser reaches the service at https://sp.example: the "
        "scheme http is wrong, port 443 is spelt out. It should be https://sp.example/saml/acs; the identity provider knows, and "
        "answers to, that address only.",
        "proxy",
        "proxy",
    ),
    "inner-host": (
        {"request.acs_url": "http://app-7f6c/saml/acs", "flow.status": "500"},
        "flow/own-address-hidden",
        "The service calls itself http://app-7f6c/saml/acs, but the browser reaches the service at https://sp.example: the host "
        "app-7f6c is an inner name, the scheme http is wrong. It should be https://sp.example/saml/acs; the identity provider "
        "knows, and answers to, that address only.",
        "proxy",
        "proxy",
    ),
    "by-get": (
        {"flow.method": "GET", "flow.status": "400"},
        "flow/delivered-by-get",
        "The response went to the service by GET. It must come by POST: URLs are cut at some thousand characters, and services do "
        "not look for a response there.",
        "idp",
        "idp",
    ),
    "cut-in-the-url": (
        {"flow.method": "GET", "flow.body": "cut", "flow.status": "414"},
        "flow/delivered-by-get",
        "",
        "idp",
        "idp",
    ),
    "lost-in-a-redirect": (
        {"flow.status": "301", "flow.location": "https://sp.example/saml/acs/", "flow.home_status": "405"},
        "flow/lost-in-a-redirect",
        "The ACS URL answered the POST with a redirect to https://sp.example/saml/acs/. Browsers follow it by GET and leave out "
        "what was posted, so the response never arrived there.",
        "idp",
        "idp",
    ),
    "cookie-lax": (
        {"flow.set_cookie": "sessionid=4f; Path=/; HttpOnly; SameSite=Lax", "flow.cookie": None, "flow.status": "500"},
        "flow/cookie-samesite",
        "Cookies that the service set before the redirect did not come back with the response. sessionid: SameSite=Lax keeps it "
        "out of a POST that comes from another site. Without them the service does not know its own request any more.",
        "sp",
        "sp",
    ),
    "cookie-after-two-minutes": (
        {
            "flow.set_cookie": "sessionid=4f; Path=/; HttpOnly",
            "flow.cookie": None,
            "flow.status": "500",
            "flow.seconds": "200",
            "request.issue_instant": "2026-05-04T09:56:40Z",
        },
        "flow/cookie-samesite",
        "Cookies that the service set before the redirect did not come back with the response. sessionid: without SameSite it "
        "counts as Lax, and the sign-in took 200 seconds, more than the two minutes of grace. Without them the service does not "
        "know its own request any more.",
        "sp",
        "sp",
    ),
    "cookie-none-without-secure": (
        {"flow.set_cookie": "sessionid=4f; Path=/; SameSite=None", "flow.cookie": None, "flow.status": "500"},
        "flow/cookie-insecure",
        "A cookie that the service set before the redirect did not come back with the response. sessionid: it says SameSite=None "
        "without Secure, and browsers refuse such a cookie.",
        "sp",
        "sp",
    ),
    "cookie-of-www": (
        {"flow.service_url": "https://www.sp.example/", "flow.cookie": None, "flow.status": "500"},
        "flow/cookie-of-another-host",
        "A cookie that the service set before the redirect did not come back with the response. sp_session: it was set by "
        "www.sp.example, and the response went to sp.example.",
        "sp",
        "sp",
    ),
    "cookie-in-a-frame": (
        {"flow.cookie": None, "flow.status": "500", "flow.fetch_dest": "iframe"},
        "flow/cookie-in-a-frame",
        "Cookies that the service set before the redirect did not come back with the response. sp_session: the login ran inside a "
        "frame of another site, where browsers block cookies that are not Partitioned. Safari, Firefox and private windows of "
        "Chrome and Edge block such cookies always, others by setting.",
        "sp",
        "sp",
    ),
    "cookie-of-a-public-suffix": (
        {"flow.set_cookie": "sid=1; Domain=.example; Secure; SameSite=None", "flow.cookie": None, "flow.status": "500"},
        "flow/cookie-of-another-host",
        "A cookie that the service set before the redirect did not come back with the response. sid: everybody may have names "
        "under its Domain=example (a public suffix), so browsers refuse it.",
        "sp",
        "sp",
    ),
    "strict-session-cookie": (
        {"flow.session_cookie": "sid=1; Path=/; Secure; HttpOnly; SameSite=Strict", "flow.home_status": "401"},
        "flow/session-cookie-lost",
        "The service took the response and set a cookie for the session, but the next request to it came without. sid: "
        "SameSite=Strict keeps it out of what another site has begun.",
        "sp",
        "sp",
    ),
    "loop": (
        {"flow.rounds": "4", "flow.seconds": "1", "flow.ends": "delivery", "request.issue_instant": "2026-05-04T09:59:59Z"},
        "flow/redirect-loop",
        "The login went round 4 times, once every 4 seconds: the identity provider answers, and the service asks again instead of "
        "letting the user in.",
        "sp",
        "sp",
    ),
    "redirect-circle": (
        {"flow.circle": "6"},
        "flow/redirect-circle",
        "Redirects led through https://sp.example/home 6 times, one after the other, and to no page: each address of the service "
        "sends the browser to the next one, until it gives up.",
        "sp",
        "sp",
    ),
    "delivered-twice": (
        {"flow.repeated": "403"},
        "flow/delivered-twice",
        "The browser delivered this response 2 times; the last time the service answered with status 403. A response may be used "
        "once.",
        "user",
        "user",
    ),
    "relay-state-changed": (
        {"flow.relay_state": "https://sp.example/other"},
        "flow/relay-state-changed",
        "The service sent RelayState https://sp.example/other, and https://sp.example/start came back with the response. It must "
        "be returned unchanged.",
        "idp",
        "",
    ),
    "relay-state-dropped": (
        {"relay_state": None, "flow.relay_state": "https://sp.example/start"},
        "flow/relay-state-dropped",
        "The service sent RelayState https://sp.example/start with its request, and the response came without any. Services that "
        "keep where the user wanted to go, or their own state, in it then fail.",
        "idp",
        "",
    ),
    "url-too-long": (
        {"flow.sso_status": "414", "flow.ends": "idp", "request.provider_name": "x" * 40},
        "flow/request-url-too-long",
        "",
        "sp",
        "sp",
    ),
    "clock-of-the-service-behind": (
        {"flow.sp_ahead": "-120", "flow.status": "403"},
        "flow/not-yet-valid-at-the-service",
        "NotBefore is 2026-05-04T09:59:00Z, but when the response arrived the service's own clock said 2026-05-04T09:58:00.650Z. "
        "The clocks are 120 seconds apart (good to two); ahead is that of the identity provider.",
        "idp",
        "idp",
    ),
    "clock-of-the-service-ahead": (
        {"flow.sp_ahead": "400", "flow.status": "403"},
        "flow/expired-at-the-service",
        "NotOnOrAfter is 2026-05-04T10:05:00Z, but when the response arrived the service's own clock said "
        "2026-05-04T10:06:40.650Z. The clocks are 400 seconds apart (good to two); ahead is that of the service.",
        "sp",
        "sp",
    ),
    "delivered-too-late": (
        {"flow.idle": "400", "flow.status": "403"},
        "flow/delivered-too-late",
        "NotOnOrAfter is 2026-05-04T10:05:00Z, and the browser delivered the response when the identity provider's clock said "
        "2026-05-04T10:06:40.250Z: not the clocks, but the time on the way is the fault.",
        "user",
        "user",
    ),
    "blocked": (
        {"flow.status": "0", "flow.error": "net::ERR_BLOCKED_BY_CLIENT"},
        "flow/request-blocked",
        "A request of the login never left the browser: net::ERR_BLOCKED_BY_CLIENT. An extension, a filter, or a policy of the "
        "page or of the company stopped it.",
        "user",
        "browser",
    ),
    "network": (
        {"flow.status": "0", "flow.error": "net::ERR_CERT_AUTHORITY_INVALID"},
        "flow/network-failed",
        "A request of the login got no answer: net::ERR_CERT_AUTHORITY_INVALID. Name resolution, TLS, a proxy or the server "
        "itself failed.",
        "user",
        "network",
    ),
    "framed": (
        {"flow.frame": "DENY", "flow.ends": "idp"},
        "flow/sign-in-page-in-a-frame",
        "The sign-in page of idp.example was opened inside a frame of another page and forbids that (X-Frame-Options: DENY), "
        "so the browser shows nothing.",
        "sp",
        "sp",
    ),
    "refused-for-no-reason-in-sight": (
        {"flow.status": "403", "flow.page": "Computer sagt nein"},
        "answers/error",
        'The service took the response and answered with status 403 at sp.example. Its page says: "Computer sagt nein"',
        "sp",
        "sp",
    ),
    "sent-to-sign-in-again": (
        {"flow.location": "https://idp.example/saml/sso?SAMLRequest=x", "flow.ends": "delivery"},
        "answers/sign-in-again",
        "The answer to the response leads straight to another request to the identity provider: the service did not keep the "
        "login.",
        "sp",
        "sp",
    ),
    "idp-refused": (
        {"flow.idp_page": "Zugriff verweigert. Error 7."},
        "answers/identity-provider",
        'No response was issued. The page of idp.example says: "Zugriff verweigert. Error 7."',
        "idp",
        "idp",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_fault_is_the_first_cause_in_these_words(name: str, idp_keys: Keys) -> None:
    edits, rule, message, fix_by, owner = ROWS[name]
    report = judged(idp_keys, edits)
    first = report.diagnosis.causes[0].finding
    assert first.rule == rule
    assert first.message.plain() == (message or first.message.plain())
    assert (first.fix_by, report.diagnosis.owner) == (fix_by, owner)
    assert bool(owner) == (report.diagnosis.verdict == "rejected")


HARMLESS: dict[str, Edits] = {
    "lax-cookie-of-statistics": {
        "flow.set_cookie": ("sp_session=7Q2; Path=/; Secure; SameSite=None", "_ga=1; Path=/"),
        "flow.status": "302",
    },
    "lax-cookie-but-accepted": {"flow.set_cookie": "theme=dark; Path=/; SameSite=Lax", "flow.cookie": None},
    "cookie-of-the-theme-only": {"flow.set_cookie": "theme=dark; Path=/", "flow.cookie": "theme=dark"},
    "clocks-within-half-a-minute": {"flow.idp_ahead": "20"},
    "second-delivery-accepted": {"flow.repeated": "200"},
    "same-site-idp": {"flow.fetch_site": "same-site", "flow.set_cookie": "a=1; Path=/; SameSite=Strict", "flow.cookie": "a=1"},
    "temporary-redirect-keeps-the-post": {"flow.status": "303", "flow.location": "/app"},
    "strict-session-cookie-but-let-in": {"flow.session_cookie": "sid=1; Path=/; Secure; SameSite=Strict"},
    "app-on-another-host": {"flow.location": "https://app.example/start"},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_harmless_is_not_held_against_a_login(name: str, idp_keys: Keys) -> None:
    report = judged(idp_keys, {"request.issue_instant": "2026-05-04T09:59:57Z", **HARMLESS[name]})
    assert {rule: item.severity for rule, item in findings(report).items() if item.severity != "note"} == {}


def test_a_cookie_kept_back_within_the_two_minutes_is_not_blamed_on_its_default(idp_keys: Keys) -> None:
    report = judged(idp_keys, {"flow.set_cookie": "sessionid=4f; Path=/; HttpOnly", "flow.cookie": None, "flow.status": "500"})
    assert "flow/cookie-samesite" not in findings(report)
    assert "flow/cookie-blocked" in findings(report)


def test_the_ledger_is_shown_without_values(idp_keys: Keys) -> None:
    lines = (
        "sessionid=SECRET-1; Path=/; SameSite=Lax",
        "csrf=SECRET-2; Path=/; SameSite=Strict",
        "lb=SECRET-3; Path=/; Secure; SameSite=None",
    )
    report = judged(idp_keys, {"flow.set_cookie": lines, "flow.cookie": None, "flow.status": "500"})
    found = findings(report)["flow/cookie-samesite"]
    assert [(item.label, item.actual and item.actual.value) for item in found.evidence] == [
        ("cookie that was lost (request 1 of the recording)", "sessionid=…; Path=/; SameSite=Lax"),
        (
            "cookie set by request 1 of the recording, which did not come back: SameSite=Strict keeps it out of a POST that comes "
            "from another site",
            "csrf=…; Path=/; SameSite=Strict",
        ),
        (
            "cookie set by request 1 of the recording, which did not come back: nothing in its attributes forbids it: cookie "
            "blocking, a consent banner, or another window or profile",
            "lb=…; Path=/; Secure; SameSite=None",
        ),
    ]
    assert "SECRET" not in repr(report.diagnosis) + repr(report.timeline)


def test_a_response_cut_in_its_url_is_no_fault_of_the_recording(idp_keys: Keys) -> None:
    found = findings(judged(idp_keys, ROWS["cut-in-the-url"][0]))
    assert "capture-quality/message-cut" not in found
    assert found["flow/response-url-cut"].message.plain() == (
        "The response was sent in a URL, and that breaks off after 2076 characters: somebody on the way takes no longer ones."
    )


def test_answers_hang_under_whatever_else_is_wrong(idp_keys: Keys) -> None:
    report = judged(idp_keys, {"assertion.audience": "https://other.example", "flow.status": "403", "flow.page": "Nope"})
    first = report.diagnosis.causes[0]
    assert first.finding.rule == "web-sso-profile/audience-mismatch"
    assert "answers/error" in {item.rule for item in first.consequences}
    assert report.diagnosis.owner == "idp"


def test_what_a_recording_lacks_comes_before_a_refusal_that_nothing_explains(idp_keys: Keys) -> None:
    lone = judged(idp_keys, {"flow.starts": "response", "flow.status": "403"})
    assert [cause.finding.rule for cause in lone.diagnosis.causes][:2] == ["capture-quality/log-cleared", "answers/error"]
    explained = judged(idp_keys, {"flow.starts": "response", "flow.status": "403", "assertion.audience": "https://other.example"})
    assert explained.diagnosis.causes[0].finding.rule == "web-sso-profile/audience-mismatch"


def test_how_a_recording_began_is_of_no_account_where_the_service_took_the_response(idp_keys: Keys) -> None:
    assert "capture-quality/log-cleared" not in findings(judged(idp_keys, {"flow.starts": "response"}))
