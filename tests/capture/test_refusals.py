"""What holds no message gets one sentence that says what it is instead, and a next step."""

from __future__ import annotations

import json
from html import escape

import pytest

from samlcheck.capture.remains import is_masked
from samlcheck.errors import Exit, HostileInput, InputError
from tests.capture.samples import POSTED, REQUEST, RESPONSE, RESPONSE_B64, b64, capture, deflated, percent

CERTIFICATE = "This is a certificate or key, not a SAML message."
WS_FEDERATION = "This is WS-Federation (wresult with a WS-Trust token), another protocol than SAML 2.0 single sign-on."
AT_A_LIMIT = (
    "512 is a usual limit of terminals, log fields and forms: copy the whole value from the browser's network panel, or give a HAR."
)
WHILE_COPIED = "It was cut while it was copied: copy the whole value from the browser's network panel, or give a HAR."
PEM_KEY = "-----BEGIN " + "PRIVATE KEY-----\nMIIE\n"
SAML1_RESPONSE = '<Response xmlns="urn:oasis:names:tc:SAML:1.0:protocol" MajorVersion="1" MinorVersion="1"></Response>'
ASSERTION = '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a"><Issuer>https://idp.example</Issuer></Assertion>'
RSTR = '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"></t:RequestSecurityTokenResponse>'
WITH_TOKEN = RSTR.replace("></", f">{ASSERTION}</")

REFUSALS = [
    pytest.param("", "empty", "There is nothing in the input.", id="nothing"),
    pytest.param(" \r\n\t", "empty", "There is nothing in the input.", id="white-space"),
    pytest.param(b"\xef\xbb\xbf", "empty", "There is nothing in the input.", id="byte-order-mark"),
    pytest.param(PEM_KEY, "private-key", "This is a private key. Keep it to yourself; it is not a SAML message.", id="private-key"),
    pytest.param("-----BEGIN CERTIFICATE-----\nMIIC\n", "certificate", CERTIFICATE, id="certificate"),
    pytest.param("MIICsDCCAZigAwIBAgIUabcd", "certificate", CERTIFICATE, id="bare-certificate"),
    pytest.param(b"\x30\x82\x03\x01\x30\x82", "certificate", CERTIFICATE, id="der"),
    pytest.param(b"PK\x03\x04\x14\0", "not-saz", "This ZIP archive is damaged.", id="zip"),
    pytest.param(b"%PDF-1.7\n%\xe2\xe3", "binary", "This is a PDF, not a SAML message.", id="pdf"),
    pytest.param(b"\x89PNG\r\n\x1a\n\0", "binary", "This is a picture, not a SAML message.", id="png"),
    pytest.param(
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
        "jwt",
        "This is a JWT: it belongs to OpenID Connect or OAuth, not to SAML.",
        id="jwt",
    ),
    pytest.param(
        "https://sp.example/cb?code=4%2F0Ab&state=1",
        "oauth",
        "This is an OAuth or OpenID Connect exchange; there is no SAML message in it.",
        id="oauth-code",
    ),
    pytest.param(SAML1_RESPONSE, "saml1", "This is SAML 1.x; samlcheck judges SAML 2.0.", id="saml-1.1"),
    pytest.param(b64(SAML1_RESPONSE.encode()), "saml1", "This is SAML 1.x; samlcheck judges SAML 2.0.", id="saml-1.1-base64"),
    pytest.param("wa=wsignin1.0&wresult=" + percent(RSTR), "ws-federation", WS_FEDERATION, id="wresult"),
    pytest.param(
        '<HTML><BODY><FORM METHOD="POST"><INPUT TYPE="HIDDEN" NAME="SAMLResponse" VALUE="abc123"/></FORM></BODY></HTML>',
        "undecodable",
        "SAMLResponse holds something that is neither base64 nor XML in any form samlcheck knows.",
        id="page-with-a-value-that-is-none",
    ),
    pytest.param(RSTR, "ws-federation", WS_FEDERATION, id="rstr"),
    pytest.param(WITH_TOKEN, "ws-federation", WS_FEDERATION, id="rstr-with-an-assertion"),
    pytest.param(
        f'<form method="post" action="https://sp.example/"><input name="wresult" value="{escape(WITH_TOKEN)}"></form>',
        "ws-federation",
        WS_FEDERATION,
        id="page-with-wresult",
    ),
    pytest.param(
        "https://sp.example/acs?SAMLart=AAQAAD&RelayState=x",
        "artifact",
        "This is a SAML artifact (SAMLart): the response itself goes from server to server and is not in a browser's capture.",
        id="artifact",
    ),
    pytest.param(
        "<html><title>Oops</title><body>secret</body></html>",
        "html",
        "This is an HTML page without a SAML message (probably an error or sign-in page).",
        id="page",
    ),
    pytest.param(
        '{"a": 1}', "json", "This is JSON, but neither a HAR nor a SAML-tracer export, and no SAML message is in it.", id="json"
    ),
    pytest.param(
        '{"log": {"entries": []}}', "capture-without-saml", "This HAR of 0 requests holds no SAML message.", id="empty-har"
    ),
    pytest.param(
        '{"requests": [{"url": "https://a.example/"}]}',
        "capture-without-saml",
        "This SAML-tracer export of 1 requests holds no SAML message.",
        id="tracer-without-saml",
    ),
    pytest.param("<note>hello</note>", "not-saml", "This is XML, but not a SAML 2.0 message or metadata.", id="other-xml"),
    pytest.param(
        "https://sp.example/login", "url-without-saml", "This URL holds neither SAMLRequest nor SAMLResponse.", id="plain-url"
    ),
    pytest.param(
        "/tmp/respones.xml", "no-such-file", "This looks like the name of a file, but there is no such file.", id="file-name"
    ),
    pytest.param(
        "SAMLResponse=%%%%",
        "undecodable",
        "SAMLResponse or SAMLRequest is named here, but no value that can be decoded follows.",
        id="undecodable-parameter",
    ),
    pytest.param("hello world", "no-saml", "There is no SAML message in this input.", id="words"),
    pytest.param(
        b64(b"lorem ipsum dolor sit amet consectetur"),
        "not-saml",
        "This is base64, but what it decodes to is neither XML nor compressed XML.",
        id="other-base64",
    ),
    pytest.param(
        RESPONSE_B64[77:], "truncated-start", "This is base64 of XML, but its beginning is missing.", id="without-its-beginning"
    ),
]


@pytest.mark.parametrize(("data", "code", "message"), REFUSALS)
def test_what_is_no_message_is_named(data: bytes | str, code: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        capture(data)
    assert (refused.value.code, refused.value.message) == (code, message)
    assert refused.value.tip.endswith(".")
    assert refused.value.exit_code is Exit.UNREADABLE


@pytest.mark.parametrize(
    ("data", "message", "tip"),
    [
        pytest.param(
            RESPONSE_B64[:512],
            "The base64 text stops after 512 characters; the XML inside breaks off at byte 384, inside Response.",
            AT_A_LIMIT,
            id="at-a-usual-limit",
        ),
        pytest.param(
            RESPONSE_B64[:601] + "\n",
            "The base64 text stops after 601 characters; the XML inside breaks off at byte 450, inside NameID of a Response.",
            WHILE_COPIED,
            id="inside-a-group-of-four",
        ),
        pytest.param(
            "SAMLResponse=" + percent(RESPONSE_B64[:512]),
            "The base64 text stops after 512 characters; the XML inside breaks off at byte 384, inside Response.",
            AT_A_LIMIT,
            id="in-a-form",
        ),
        pytest.param(
            RESPONSE[:252],
            "The XML breaks off at byte 252, inside Issuer of a Response: its end is missing.",
            WHILE_COPIED,
            id="raw-xml",
        ),
        pytest.param(
            REQUEST[:60],
            "The XML breaks off at byte 60, inside AuthnRequest: its end is missing.",
            WHILE_COPIED,
            id="inside-the-root-tag",
        ),
        pytest.param(
            b'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Conditions',
            "The XML breaks off at byte 83, inside Conditions of an Assertion: its end is missing.",
            WHILE_COPIED,
            id="assertion",
        ),
    ],
)
def test_a_cut_message_says_where_it_was_cut(data: bytes | str, message: str, tip: str) -> None:
    with pytest.raises(InputError) as refused:
        capture(data)
    assert (refused.value.code, refused.value.message, refused.value.tip) == ("truncated", message, tip)


def test_a_cut_deflate_stream_is_cut_too() -> None:
    compressed = b64(deflated(RESPONSE))
    with pytest.raises(InputError) as refused:
        capture(compressed[: len(compressed) // 2])
    assert refused.value.code == "truncated"


def test_element_names_of_the_sender_do_not_reach_the_message() -> None:
    cut = RESPONSE.replace(b"saml:Issuer", b"saml:ada-secret")[:252]
    with pytest.raises(InputError) as refused:
        capture(cut)
    assert refused.value.message == "The XML breaks off at byte 252, inside Response: its end is missing."


@pytest.mark.parametrize(
    "mask", ["[SAMLResponse redacted]", "%5BSAMLResponse%20redacted%5D", "REDACTED", "***", "obfuscated", "5d41402abc4b2a76" * 4]
)
@pytest.mark.parametrize(
    "carrier",
    ["SAMLResponse={}&RelayState=x", '<form action=x><input name="SAMLResponse" value="{}"></form>', '{{"SAMLResponse": "{}"}}'],
)
def test_a_masked_value_is_named(mask: str, carrier: str) -> None:
    with pytest.raises(InputError) as refused:
        capture(carrier.format(mask))
    assert refused.value.code == "masked"
    assert refused.value.message == (
        "The value of SAMLResponse was masked before the capture was shared: what was sent cannot be recovered from it."
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[SAMLRequest redacted]", True),
        ("<redacted>", True),
        ("a" * 40, True),
        ("{hash:" + "a" * 40 + "}", True),
        ("{obf:alternative_3}", True),
        ("{overwritten}", True),
        ("{hash:not a hash}", False),
        (RESPONSE_B64, False),
        ("state", False),
        ("", False),
    ],
)
def test_masks(value: str, expected: bool) -> None:
    assert is_masked(value) is expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b64(deflated(b"<a>" + b"0" * 3_000_000 + b"</a>")), "inflate-bomb", id="beyond-the-cap"),
        pytest.param(b64(deflated(b"\0" * 900_000)), "inflate-bomb", id="beyond-the-ratio"),
        pytest.param("https://idp.example/?SAMLRequest=" + percent(b64(deflated(b" " * 2_000_000))), "inflate-bomb", id="in-a-url"),
        pytest.param("[" * 100_000, "json-too-deep", id="deep-json"),
        pytest.param(b"A" * ((8 << 20) + 1), "too-large", id="too-large"),
        pytest.param('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "dtd", id="entities"),
    ],
)
def test_hostile_input_is_refused(data: bytes | str, code: str) -> None:
    with pytest.raises(HostileInput) as refused:
        capture(data)
    assert refused.value.code == code


def test_a_refused_value_does_not_hide_the_message_beside_it() -> None:
    bomb = percent(b64(deflated(b"0" * 3_000_000)))
    found = capture(json.dumps({"a": f"https://idp.example/?SAMLRequest={bomb}", "b": POSTED}))
    assert [message.artifact.data for message in found.messages] == [RESPONSE]
    assert [note.code for note in found.notes] == ["inflate-bomb"]
