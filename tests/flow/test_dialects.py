"""Every recorder's file of a healthy login is read whole and gives no error or warning; faults are found in each."""

from __future__ import annotations

import pytest

from samlcheck.finding import NotChecked
from samlcheck.forge import Keys
from tests.flow.dialects import DIALECTS, WITH_COOKIES, WITH_TIMES, entries
from tests.flow.recorded import Edits, findings, inspect, judged, recording, worrying

IDP_INITIATED: Edits = {"idp_initiated": "true"}
RECORDERS = {
    "chrome": "Chrome", "chrome-sanitised": "Chrome", "edge": "Edge", "firefox": "Firefox", "safari": "Safari",
    "playwright": "Playwright", "mitmproxy": "mitmproxy", "zhar": "mitmproxy", "charles": "Charles", "fiddler-har": "Fiddler",
    "insomnia": "Insomnia", "proxyman": "Proxyman", "utf-16": "Chrome", "gzip": "Chrome", "saml-tracer": "SAML-tracer",
    "saml-tracer-legacy": "SAML-tracer", "saml-tracer-masked": "SAML-tracer", "saz": "Fiddler", "burp": "Burp Suite",
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("edits", [pytest.param({}, id="sp-initiated"), pytest.param(IDP_INITIATED, id="idp-initiated")])
def test_a_healthy_login_is_accepted(dialect: str, edits: Edits, idp_keys: Keys) -> None:
    report = judged(idp_keys, edits, dialect)
    assert worrying(report) == {}
    assert report.diagnosis.verdict == "accepted"
    assert report.diagnosis.owner == ""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_recorder_is_known(dialect: str, idp_keys: Keys) -> None:
    flow = judged(idp_keys, {}, dialect).case.flow
    assert flow is not None
    assert flow.recorder.title == RECORDERS[dialect]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_steps_are_those_of_the_browser(dialect: str, idp_keys: Keys) -> None:
    report = judged(idp_keys, {}, dialect)
    assert [(step.method, step.host + step.path, step.status) for step in report.timeline] == [
        ("GET", "sp.example/", 302),
        ("GET", "idp.example/saml/sso", 200),
        ("POST", "idp.example/login", 200),
        ("POST", "sp.example/saml/acs", 302),
        ("GET", "sp.example/home", 200),
    ][: len(report.timeline)]
    assert report.timeline[3].carried[:1] == ("SAMLResponse",)


@pytest.mark.parametrize("dialect", WITH_COOKIES)
def test_a_lost_cookie_is_found(dialect: str, idp_keys: Keys) -> None:
    edits: Edits = {"flow.set_cookie": "sessionid=4f; Path=/; HttpOnly; SameSite=Lax", "flow.cookie": None, "flow.status": "500"}
    report = judged(idp_keys, edits, dialect)
    assert report.diagnosis.causes[0].finding.rule == "flow/cookie-samesite"
    assert report.diagnosis.owner == "sp"


@pytest.mark.parametrize("dialect", ["chrome-sanitised", "saml-tracer-masked"])
def test_without_cookies_nothing_is_said_of_them(dialect: str, idp_keys: Keys) -> None:
    edits: Edits = {"flow.set_cookie": "sessionid=4f; Path=/; SameSite=Lax", "flow.cookie": None, "flow.status": "500"}
    report = judged(idp_keys, edits, dialect)
    outcome = next(item for item in report.outcomes if item.rule == "flow/cookie-samesite")
    assert isinstance(outcome, NotChecked)
    assert outcome.why in (
        "the recording was made without cookies (a sanitised export)",
        "the cookies of the recording are masked",
    )
    assert outcome.needs == "a HAR with sensitive data, from the service's start page on"
    first = report.diagnosis.causes[0].finding
    assert first.rule == "answers/error-without-cookies"
    assert first.fix_steps


@pytest.mark.parametrize("dialect", WITH_TIMES)
def test_clocks_are_measured(dialect: str, idp_keys: Keys) -> None:
    report = judged(idp_keys, {"flow.idp_ahead": "45"}, dialect)
    assert worrying(report).keys() == {"flow/clocks-apart"}
    assert (
        "45 seconds apart" in worrying(report)["flow/clocks-apart"] or "46 seconds apart" in worrying(report)["flow/clocks-apart"]
    )


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if not name.startswith("saml-tracer")])
def test_a_missing_body_is_said_first(dialect: str, idp_keys: Keys) -> None:
    report = judged(idp_keys, {"flow.body": "missing", "flow.status": "400"}, dialect)
    first = report.diagnosis.causes[0]
    assert first.finding.rule == "capture-quality/post-body-missing"
    assert first.finding.fix_by == "capture"
    assert len(first.finding.fix_steps) >= 1
    assert findings(report).keys() & {"answers/error", "answers/error-without-cookies"}
    assert report.diagnosis.owner == ""


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name not in WITH_TIMES])
def test_times_of_servers_are_no_clock_of_the_browser(dialect: str, idp_keys: Keys) -> None:
    """Where a recorder keeps no times, the servers' Date headers stand in: their order is not that of the steps."""
    report = judged(idp_keys, {"flow.sp_ahead": "-120", "flow.status": "403"}, dialect)
    assert [step.host for step in report.timeline] == ["sp.example", "idp.example", "idp.example", "sp.example"]
    found = findings(report)
    assert "How far the clocks are apart cannot be told" in found["flow/not-yet-valid-at-the-service"].message.plain()
    assert not found.keys() & {"flow/clocks-apart", "flow/delivered-too-late", "capture-quality/begun-late"}


@pytest.mark.parametrize("dialect", ["chrome", "firefox", "saz", "burp", "saml-tracer"])
def test_a_delivery_without_answer_has_failed(dialect: str, idp_keys: Keys) -> None:
    report = judged(idp_keys, {"flow.status": "0", "flow.error": "net::ERR_NAME_NOT_RESOLVED"}, dialect)
    assert report.diagnosis.causes[0].finding.rule == "flow/network-failed"
    assert report.diagnosis.owner == "network"


def test_commands_of_curl_say_that_they_hold_no_answers(idp_keys: Keys) -> None:
    sent = [entry["request"] for entry in entries(recording(idp_keys, {}))]
    commands = [
        f"curl '{item['url']}'" + (f" --data-raw '{post['text']}'" if (post := item.get("postData")) else "") for item in sent
    ]
    (report,) = inspect("\n".join(commands).encode(), idp_keys).logins
    assert [note.code for note in report.case.login.capture.notes] == ["without-answers"]
    assert [step.status for step in report.timeline] == [None, None]
