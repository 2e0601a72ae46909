"""The query of the redirect binding is kept as received: its signature is made over the escapes the sender chose."""

from __future__ import annotations

import json

import pytest

from samlcheck.capture.model import RedirectQuery
from tests.capture.samples import REQUEST, b64, capture, deflated, percent

VALUE = percent(b64(deflated(REQUEST))).replace("%2B", "%2b").replace("%3D", "%3d").replace("%2F", "%2f")
QUERY = f"SAMLRequest={VALUE}&RelayState=a%20b&SigAlg=http%3a%2f%2fwww.w3.org&Signature=AB%2b%2f%3d"


def query_of(data: str) -> RedirectQuery:
    (message,) = capture(data).messages
    assert message.artifact.data == REQUEST
    assert message.binding == "redirect"
    assert message.redirect is not None
    return message.redirect


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"https://idp.example/sso?{QUERY}", id="url"),
        pytest.param(f"https://idp.example/sso?{QUERY}#top", id="url-with-fragment"),
        pytest.param(f"'https://idp.example/sso?{QUERY}'", id="url-in-quotes"),
        pytest.param(QUERY, id="query-alone"),
        pytest.param(f"?{QUERY}", id="query-with-mark"),
        pytest.param(f"GET /sso?{QUERY} HTTP/1.1\r\nHost: idp.example\r\n\r\n", id="request-line"),
        pytest.param(f"HTTP/1.1 302 Found\r\nLocation: https://idp.example/sso?{QUERY}\r\n", id="location-header"),
        pytest.param(f'10:00 INFO redirecting to "https://idp.example/sso?{QUERY}"', id="log-line"),
        pytest.param(f"curl 'https://idp.example/sso?{QUERY}' -H 'Accept: */*'", id="curl"),
        pytest.param("https://idp.example/sso?" + QUERY.replace("&", "&amp;"), id="copied-from-html"),
        pytest.param(json.dumps({"SAMLRequest": b64(deflated(REQUEST)), "originalQuery": QUERY}), id="json-with-query"),
    ],
)
def test_the_query_stays_as_received(data: str) -> None:
    assert query_of(data) == RedirectQuery(QUERY, "SAMLRequest", "AB%2b%2f%3d", "http%3a%2f%2fwww.w3.org")


@pytest.mark.parametrize(
    ("more", "names"),
    [
        pytest.param("&SAMLRequest=AAAA", ("SAMLRequest",), id="plain"),
        pytest.param("&%53AMLRequest=AAAA", ("SAMLRequest",), id="name-escaped"),
        pytest.param("&RelayState=b&Relay%53tate=c&SigAlg=x", ("RelayState", "SigAlg"), id="several"),
        pytest.param("&other=1&other=2", (), id="others-do-not-matter"),
    ],
)
def test_duplicated_parameters_are_found_after_decoding(more: str, names: tuple[str, ...]) -> None:
    assert query_of(f"https://idp.example/sso?{QUERY}{more}").duplicated == names


def test_an_escaped_parameter_name_is_the_parameter() -> None:
    assert query_of("https://idp.example/sso?" + QUERY.replace("SAMLRequest", "%53AMLRequest")).saml_parameter == "SAMLRequest"


def test_a_bare_compressed_message_travelled_by_redirect_but_its_query_is_unknown() -> None:
    (message,) = capture(b64(deflated(REQUEST))).messages
    assert (message.binding, message.redirect, message.parameter) == ("redirect", None, None)
