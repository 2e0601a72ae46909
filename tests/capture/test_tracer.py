"""SAML-tracer exports, old and new, masked and not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from samlcheck.capture.model import Capture
from tests.capture.samples import REQUEST, REQUEST_URL, RESPONSE, RESPONSE_B64, capture, percent

HASH = "5d41402abc4b2a76" * 4
ACS = "https://sp.example/acs"


def post(value: str, relay_state: str = "state", **more: Any) -> dict[str, Any]:
    return {
        "method": "POST", "url": ACS, "requestId": "2", "protocol": "SAML-P", "saml": RESPONSE.decode(), "responseStatus": 302,
        "requestHeaders": [{"name": "Cookie", "value": "a=b"}],
        "responseHeaders": [{"name": "Date", "value": "Mon, 04 May 2026 08:00:06 GMT"}, {"name": "Location", "value": "/home"}],
        "post": [["SAMLResponse", value], ["RelayState", relay_state]], **more,
    }  # fmt: skip


REDIRECT = {"method": "GET", "url": REQUEST_URL, "get": [["SAMLRequest", "x"]], "saml": REQUEST.decode(), "responseStatus": 200}


def export(*requests: dict[str, Any]) -> Capture:
    return capture(json.dumps({"requests": list(requests), "timestamp": "2026-05-04T08:05:00.000Z"}), "export.json")


def test_an_export_gives_request_and_response() -> None:
    found = export(REDIRECT, post(RESPONSE_B64))
    assert found.kind == "saml-tracer"
    assert found.notes == ()
    assert [message.artifact.data for message in found.messages] == [REQUEST, RESPONSE]
    request, response = found.messages
    assert request.redirect is not None
    assert request.redirect.raw == REQUEST_URL.partition("?")[2]
    assert (response.binding, response.target, response.relay_state, response.exchange) == ("post", ACS, "state", 1)
    assert [layer.name for layer in response.layers] == ["saml-tracer", "form", "base64"]


def test_the_servers_date_is_the_time_of_a_message() -> None:
    found = export(post(RESPONSE_B64))
    assert found.messages[0].at == datetime(2026, 5, 4, 8, 0, 6, tzinfo=UTC)


def test_without_dates_the_export_time_is_the_capture_time() -> None:
    found = export(post(RESPONSE_B64, responseHeaders=[]))
    assert (found.messages[0].at, found.captured_at) == (None, datetime(2026, 5, 4, 8, 5, tzinfo=UTC))


def test_a_masked_export_is_read_from_its_decoded_message() -> None:
    found = export(REDIRECT, post(HASH, HASH))
    message = found.messages[1]
    assert message.artifact.data == RESPONSE
    assert (message.parameter, message.binding, message.target, message.relay_state) == ("SAMLResponse", "post", ACS, None)
    assert [note.code for note in found.notes] == ["masked-form"]
    assert found.notes[0].message == (
        "The form values of this export are masked, but the decoded messages in it are not: it is not safe to share."
    )


def test_headers_of_old_exports_are_pairs() -> None:
    found = export(post(RESPONSE_B64, requestHeaders=[["Cookie", "a=b"]], responseHeaders=[["Location", "/x"]]))
    assert found.exchanges[0].request_headers == (("Cookie", "a=b"),)
    assert found.exchanges[0].location == "/x"


def test_an_export_that_breaks_off_gives_what_came_before() -> None:
    text = json.dumps({"requests": [REDIRECT, post(percent(RESPONSE_B64))]})
    found = capture(text[: text.index('"POST"')])
    assert [message.artifact.data for message in found.messages] == [REQUEST]
    assert [note.code for note in found.notes] == ["cut-off"]


@pytest.mark.parametrize("value", [None, 7, "text", [], [["one"]], [{"name": 1, "value": 2}], {"a": "b"}])
@pytest.mark.parametrize("field", ["post", "get", "saml", "requestHeaders", "responseHeaders", "responseStatus", "method"])
def test_absurd_values_never_break_the_reader(field: str, value: object) -> None:
    found = export(REDIRECT, post(RESPONSE_B64, **{field: value}))
    assert found.messages[0].artifact.data == REQUEST
