"""Recordings of browsers: which messages are in them, where they were sent, what is missing and what is worth keeping."""

from __future__ import annotations

import gzip
import html
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from samlcheck.capture.model import Capture
from samlcheck.errors import InputError
from tests.capture.samples import POSTED, REQUEST, REQUEST_URL, RESPONSE, RESPONSE_B64, SECOND, b64, capture, percent

ACS = "https://sp.example/acs"
PAGE = (
    f'<form method="post" action="{ACS}"><input name="SAMLResponse" value="{html.escape(RESPONSE_B64)}">'
    '<input name="RelayState" value="s"></form>'
)
BODY = {"mimeType": "application/x-www-form-urlencoded", "text": POSTED}


def entry(method: str, url: str, second: int = 0, **more: Any) -> dict[str, Any]:
    """One HAR entry; ``content``, ``type``, ``status``, ``location``, ``post``, ``sent`` and ``got`` (headers) as needed."""
    request: dict[str, Any] = {"method": method, "url": url, "headers": [{"name": n, "value": v} for n, v in more.get("sent", ())]}
    if "post" in more:
        request["postData"] = more["post"]
    return {
        "startedDateTime": f"2026-05-04T10:00:{second:02d}.500+02:00",
        "request": request,
        "response": {
            "status": more.get("status", 200),
            "headers": [{"name": n, "value": v} for n, v in more.get("got", ())],
            "redirectURL": more.get("location", ""),
            "content": {"mimeType": more.get("type", "text/html; charset=utf-8"), "text": more.get("content", "")},
        },
    }


START = entry("GET", "https://sp.example/", 0, status=302, location=REQUEST_URL, got=[("Set-Cookie", "state=1")])
SIGN_IN = entry("GET", REQUEST_URL, 1, content="<h1>Sign in</h1>")
FORM_PAGE = entry("POST", "https://idp.example/login", 5, content=PAGE, post={"text": "user=ada&password=secret"})
POST = entry(
    "POST", ACS, 6, status=302, location="/home", post=BODY, sent=[("Cookie", "state=1"), ("Origin", "https://idp.example")]
)
HOME = entry("GET", "https://sp.example/home", 7, content="<p>Welcome</p>")
LOGIN = (START, SIGN_IN, FORM_PAGE, POST, HOME)


def har(*entries: dict[str, Any], creator: str = "WebInspector") -> str:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "entries": list(entries)}})


def read(*entries: dict[str, Any], creator: str = "WebInspector") -> Capture:
    return capture(har(*entries, creator=creator), "login.har")


def codes(found: Capture) -> list[str]:
    return [note.code for note in found.notes]


def test_a_login_gives_request_and_response_once_each() -> None:
    found = read(*LOGIN)
    assert found.kind == "har"
    assert codes(found) == []
    request, response = found.messages
    assert (request.artifact.data, request.role, request.binding) == (REQUEST, "request", "redirect")
    assert (request.target, request.relay_state) == ("https://idp.example/sso?idpid=7", "state 1")
    assert (response.artifact.data, response.role, response.binding) == (RESPONSE, "response", "post")
    assert (response.target, response.relay_state) == (ACS, "https://sp.example/home?a=b c")
    assert [layer.name for layer in response.layers] == ["har", "form", "percent", "base64"]
    assert [message.artifact.name for message in found.messages] == ["login.har (message 1)", "login.har (message 2)"]
    assert response.at == datetime(2026, 5, 4, 8, 0, 6, 500_000, tzinfo=UTC) == found.captured_at


def test_messages_point_at_the_exchange_that_sent_them() -> None:
    found = read(*LOGIN)
    sent = [found.exchanges[message.exchange] for message in found.messages if message.exchange is not None]
    assert [(exchange.method, exchange.url) for exchange in sent] == [("GET", REQUEST_URL), ("POST", ACS)]
    assert [exchange.index for exchange in found.exchanges] == list(range(len(found.exchanges)))


def test_cookies_location_and_page_text_are_kept() -> None:
    found = read(*LOGIN)
    assert [exchange.url for exchange in found.exchanges] == [item["request"]["url"] for item in LOGIN]
    start, _, _, post, home = found.exchanges
    assert start.response_headers == (("Set-Cookie", "state=1"),)
    assert post.request_headers == (("Cookie", "state=1"), ("Origin", "https://idp.example"))
    assert (post.status, post.location, home.page_text) == (302, "/home", "Welcome")


def test_bodies_that_hold_no_message_are_dropped() -> None:
    found = read(*LOGIN)
    kept = {exchange.url: exchange.request_body for exchange in found.exchanges}
    assert kept[ACS] == POSTED.encode()
    assert kept["https://idp.example/login"] is None


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        pytest.param(entry("GET", "https://sp.example/app.js", 8, type="application/javascript"), False, id="script"),
        pytest.param(entry("GET", "https://sp.example/logo.png", 8, status=404), False, id="missing-picture"),
        pytest.param(entry("OPTIONS", "https://sp.example/api", 8, status=500), False, id="preflight"),
        pytest.param(entry("GET", "https://ads.example/pixel", 8), False, id="another-host"),
        pytest.param(entry("GET", "https://sp.example/api", 8, type="application/json"), False, id="quiet-api-call"),
        pytest.param(entry("GET", "https://sp.example/api", 8, type="application/json", status=403), True, id="failed-api-call"),
        pytest.param(entry("GET", "https://sp.example/error", 8, content="<p>No</p>"), True, id="page-of-the-service"),
        pytest.param(entry("POST", "https://idp.example/mfa", 3, content="<p>Code?</p>"), True, id="page-of-the-idp"),
        pytest.param(
            entry("GET", "https://sp.example/x", 8, got=[("set-cookie", "a=b")], type="text/plain"), True, id="sets-a-cookie"
        ),
    ],
)
def test_what_belongs_to_the_login(other: dict[str, Any], kept: bool) -> None:
    urls = [exchange.url for exchange in read(*LOGIN, other).exchanges]
    assert (other["request"]["url"] in urls) is kept


def test_redirects_are_followed_to_other_hosts() -> None:
    away = entry("GET", "https://sp.example/home", 7, status=302, location="https://cdn.example/app")
    there = entry("GET", "https://cdn.example/app", 8, type="text/plain")
    assert [exchange.url for exchange in read(*LOGIN[:4], away, there).exchanges][-1] == "https://cdn.example/app"


@pytest.mark.parametrize(
    "post",
    [
        pytest.param({"text": POSTED}, id="text-without-type"),
        pytest.param({"text": POSTED, "params": [{"name": "SAMLResponse", "value": "other"}]}, id="text-before-params"),
        pytest.param({"text": b64(POSTED.encode()), "encoding": "base64"}, id="base64-text"),
        pytest.param({"params": [{"name": "SAMLResponse", "value": percent(RESPONSE_B64)}]}, id="params-encoded"),
        pytest.param({"params": [{"name": "SAMLResponse", "value": RESPONSE_B64}]}, id="params-decoded"),
        pytest.param({"mimeType": "application/json", "text": json.dumps({"SAMLResponse": RESPONSE_B64})}, id="json-body"),
    ],
)
def test_shapes_of_post_data(post: dict[str, Any]) -> None:
    (message,) = read(START, entry("POST", ACS, 6, post=post), creator="x").messages[1:]
    assert (message.artifact.data, message.target) == (RESPONSE, ACS)


def test_a_post_without_body_is_said_to_lack_it() -> None:
    found = read(START, SIGN_IN, entry("POST", "https://sp.example/acs?a=1&b=2", 6))
    assert [message.role for message in found.messages] == ["request"]
    (note,) = found.notes
    assert note.code == "body-not-captured"
    assert note.message == (
        "The recording holds a POST to what looks like an assertion consumer service, but not its body: "
        "the SAMLResponse that was sent is not in it."
    )


@pytest.mark.parametrize(
    ("url", "noted"),
    [
        ("https://sp.example/acs?a=1&b=2", True),  # the AssertionConsumerServiceURL of the request
        ("https://app.example/users/saml/callback", True),
        ("https://app.example/sso/acs", True),
        ("https://app.example/api/track", False),
    ],
)
def test_what_looks_like_an_assertion_consumer_service(url: str, noted: bool) -> None:
    assert ("body-not-captured" in codes(read(START, SIGN_IN, entry("POST", url, 6)))) is noted


def test_the_auto_post_page_stands_in_for_a_missing_body() -> None:
    found = read(START, SIGN_IN, FORM_PAGE, entry("POST", ACS, 6, status=500))
    message = found.messages[1]
    assert message.artifact.data == RESPONSE
    assert (message.target, message.relay_state) == (ACS, "s")
    assert message.exchange is not None
    assert found.exchanges[message.exchange].url == ACS
    assert codes(found) == []


def test_a_page_action_is_resolved_against_its_page() -> None:
    page = PAGE.replace(ACS, "/saml/acs")
    message = read(entry("GET", "https://broker.example/idp/go", content=page)).messages[0]
    assert message.target == "https://broker.example/saml/acs"


def test_a_message_sent_again_is_judged_once_and_noted() -> None:
    found = read(*LOGIN, entry("POST", ACS, 9, post=BODY, status=400))
    assert [message.artifact.data for message in found.messages] == [REQUEST, RESPONSE]
    assert codes(found) == ["sent-again"]


def test_several_legs_stay_in_the_order_of_the_browser() -> None:
    later = entry("POST", "https://other.example/acs", 20, post={"text": "SAMLResponse=" + percent(b64(SECOND))})
    found = read(later, *LOGIN)
    assert [message.artifact.data for message in found.messages] == [REQUEST, RESPONSE, SECOND]


def test_a_sanitised_export_is_noted_only_for_browsers_that_sanitise() -> None:
    quiet = entry("POST", ACS, 6, post=BODY)
    assert "sanitised" in codes(read(SIGN_IN, quiet))
    assert "sanitised" not in codes(read(SIGN_IN, quiet, creator="mitmproxy"))
    assert "sanitised" not in codes(read(*LOGIN))


def test_a_recording_begun_late_is_noted() -> None:
    assert "begun-late" in codes(read(POST, HOME))
    assert "begun-late" not in codes(read(FORM_PAGE, POST, HOME))


def test_masked_values_are_noted() -> None:
    found = read(START, SIGN_IN, entry("POST", ACS, 6, post={"text": "SAMLResponse=[SAMLResponse redacted]&RelayState=x"}))
    assert codes(found) == ["masked"]
    assert [message.role for message in found.messages] == ["request"]


@pytest.mark.parametrize(
    ("post", "code"),
    [
        pytest.param({"text": "SAMLResponse=[SAMLResponse redacted]"}, "masked", id="masked"),
        pytest.param({"text": "SAMLResponse=" + percent(RESPONSE_B64[:400])}, "truncated", id="cut"),
        pytest.param({}, "body-not-captured", id="without-body"),
    ],
)
def test_remains_alone_are_refused_by_name(post: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as refused:
        read(entry("GET", "https://sp.example/"), entry("POST", "https://sp.example/saml/acs", 6, post=post))
    assert refused.value.code == code


def test_a_har_that_breaks_off_gives_what_came_before() -> None:
    text = har(*LOGIN)
    found = capture(text[: text.rindex("https://sp.example/home")])
    assert [message.artifact.data for message in found.messages] == [REQUEST, RESPONSE]
    assert codes(found) == ["cut-off"]


def test_a_har_that_breaks_off_before_any_message_says_so() -> None:
    with pytest.raises(InputError) as refused:
        capture(har(HOME, POST)[:900])
    assert refused.value.code == "capture-without-saml"
    assert refused.value.message == "This HAR of 1 requests holds no SAML message, and it breaks off."


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(gzip.compress(har(*LOGIN).encode(), mtime=0), id="gzip"),
        pytest.param(har(*LOGIN).encode("utf-16"), id="utf-16"),
        pytest.param(b"\xef\xbb\xbf" + har(*LOGIN).encode(), id="byte-order-mark"),
    ],
)
def test_a_har_may_be_packed(encoded: bytes) -> None:
    assert len(capture(encoded).messages) == 2


@pytest.mark.parametrize(
    "value",
    ["9" * 6000, "NaN", "-Infinity", "1e400", "null", '"text"', "[]", "{}", "true", '{"a": [[[]]]}', '"\\ud800"'],
)
@pytest.mark.parametrize(
    "field", ["startedDateTime", "request", "response", "status", "headers", "url", "method", "text", "content"]
)
def test_absurd_values_never_break_the_reader(field: str, value: str) -> None:
    broken = json.loads(har(*LOGIN))
    for part in (broken["log"]["entries"][0], broken["log"]["entries"][0]["request"], broken["log"]["entries"][0]["response"]):
        if field in part:
            part[field] = "@@"
    found = capture(json.dumps(broken).replace('"@@"', value))
    assert RESPONSE in [message.artifact.data for message in found.messages]


def test_error_text_drawn_by_script_is_part_of_the_page_text() -> None:
    config = '{"sErrorCode":"50105","strServiceExceptionMessage":"AADSTS50105: not \\u0027assigned\\u0027"}'
    script = f"<head><script>$Config={config};</script></head>"
    found = read(
        START, entry("GET", REQUEST_URL, 1, content=f"<html>{script}<body><p>Sorry&#33;</p><style>p{{}}</style></body></html>")
    )
    assert [exchange.page_text for exchange in found.exchanges][-1] == "Sorry! 50105 AADSTS50105: not 'assigned'"


def test_page_text_is_bounded_and_plain() -> None:
    page = "<title>Error &amp; trouble</title><!-- hidden --><script>var a = 'hidden'</script><p>one<br>two</p>" + "word " * 5000
    found = read(START, entry("GET", REQUEST_URL, 1, content=page))
    text = found.exchanges[-1].page_text or ""
    assert text.startswith("Error & trouble one two word")
    assert len(text) == 4096
    assert "hidden" not in text


def test_distant_exchanges_are_left_out_and_counted() -> None:
    pages = [entry("GET", f"https://sp.example/page/{number}", 8, content="<p>x</p>") for number in range(300)]
    found = read(*LOGIN, *pages)
    assert len(found.exchanges) == 200
    assert found.notes[-1].message == "105 requests far from the SAML messages were left out."
