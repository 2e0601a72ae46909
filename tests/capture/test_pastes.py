"""Every form in which people paste one message yields the same octets, and the trail says what was undone."""

from __future__ import annotations

import gzip
import html
import json
import zlib

import pytest

from tests.capture.samples import (
    POSTED,
    REQUEST,
    REQUEST_URL,
    RESPONSE,
    RESPONSE_B64,
    SECOND,
    b64,
    capture,
    deflated,
    percent,
    wrapped,
)

TEXT = RESPONSE.decode()
ESCAPED = TEXT.replace('"', '\\"').replace("<", "\\u003c").replace("\n", "\\n")
QUOTED_MAIL = "> " + wrapped(RESPONSE_B64, 70, "\n> ")
PAGE = (
    '<html><form method="post" action="https://sp.example/acs?x=1&amp;y=2">'
    f'<input name="SAMLResponse" value="{RESPONSE_B64}"></form></html>'
)
MULTIPART = (
    "POST /acs HTTP/1.1\r\nHost: sp.example\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
    f'--b\r\nContent-Disposition: form-data; name="SAMLResponse"\r\n\r\n{RESPONSE_B64}\r\n--b--\r\n'
)

PASTES = [
    pytest.param(RESPONSE_B64, "paste", "base64", "", id="base64"),
    pytest.param(RESPONSE_B64 + "\n", "paste", "base64", "", id="base64-and-newline"),
    pytest.param(wrapped(RESPONSE_B64), "paste", "base64", "line breaks removed", id="wrapped"),
    pytest.param(wrapped(RESPONSE_B64, 64, "\r\n"), "paste", "base64", "line breaks removed", id="wrapped-crlf"),
    pytest.param(wrapped(RESPONSE_B64, 64, "\n    "), "paste", "base64", "line breaks removed, spaces removed", id="indented"),
    pytest.param(RESPONSE_B64.replace("+", "-").replace("/", "_"), "paste", "base64url", "", id="url-safe"),
    pytest.param(RESPONSE_B64.rstrip("="), "paste", "base64", "padding added", id="no-padding"),
    pytest.param(RESPONSE_B64 + "=", "paste", "base64", "padding removed", id="padding-too-long"),
    pytest.param(RESPONSE_B64.replace("+", " "), "paste", "base64", "spaces put back to +", id="plus-turned-into-space"),
    pytest.param(wrapped(RESPONSE_B64, 60, "\u00a0\n"), "paste", "base64", "line breaks removed", id="no-break-spaces"),
    pytest.param(wrapped(RESPONSE_B64, 60, "\u00ad"), "paste", "base64", "", id="soft-hyphens"),
    pytest.param(f'"{RESPONSE_B64}",', "paste", "quotes base64", "", id="double-quotes-and-comma"),
    pytest.param(f"'{RESPONSE_B64}'", "paste", "quotes base64", "", id="single-quotes"),
    pytest.param(b64(RESPONSE_B64.encode()), "paste", "base64 base64", "", id="double-base64"),
    pytest.param(percent(RESPONSE_B64), "paste", "percent base64", "", id="percent"),
    pytest.param(percent(percent(RESPONSE_B64)), "paste", "percent percent base64", "", id="percent-twice"),
    pytest.param(b64(deflated(RESPONSE)), "paste", "base64 deflate", "", id="deflate"),
    pytest.param(b64(zlib.compress(RESPONSE)), "paste", "base64 zlib", "", id="zlib"),
    pytest.param(b64(gzip.compress(RESPONSE, mtime=0)), "paste", "base64 gzip", "", id="gzip"),
    pytest.param(deflated(RESPONSE), "paste", "deflate", "", id="deflate-octets"),
    pytest.param(gzip.compress(RESPONSE_B64.encode(), mtime=0), "paste", "gzip base64", "", id="gzip-file"),
    pytest.param(RESPONSE_B64.encode("utf-16"), "paste", "utf-16-le base64", "", id="utf-16-text-file"),
    pytest.param("SAMLResponse=" + RESPONSE_B64, "form", "form base64", "", id="name-and-raw-base64"),
    pytest.param(
        "SAMLResponse=" + percent(percent(RESPONSE_B64)), "form", "form percent percent base64", "", id="form-twice-encoded"
    ),
    pytest.param(POSTED, "form", "form percent base64", "", id="form-body"),
    pytest.param(
        "SAMLResponse=" + RESPONSE_B64.replace("+", " "), "form", "form base64", "spaces put back to +", id="form-with-spaces"
    ),
    pytest.param(PAGE, "html", "html base64", "", id="auto-post-page"),
    pytest.param(PAGE.replace("+", "&#43;"), "html", "html base64", "", id="page-with-references"),
    pytest.param(
        f"DEBUG SAMLResponse={percent(RESPONSE_B64)} status=200", "log", "log line percent base64", "", id="log-parameter"
    ),
    pytest.param(f"DEBUG received {RESPONSE_B64} from 10.0.0.1", "log", "log line base64", "", id="log-base64"),
    pytest.param(f"SAMLResponse: {RESPONSE_B64}\nRelayState: x", "log", "log line base64", "", id="devtools-view"),
    pytest.param(QUOTED_MAIL, "log", "log line base64", "line breaks removed", id="quoted-mail"),
    pytest.param(
        "10:00:01 sso[9]: " + wrapped(RESPONSE_B64, 90, "\n10:00:01 sso[9]: "),
        "log",
        "log line base64",
        "prefixes of lines removed, line breaks removed",
        id="cut-by-a-logger",
    ),
    pytest.param(
        "\n".join(f"{number:4d}  {line}" for number, line in enumerate(wrapped(RESPONSE_B64).split("\n"), 1)),
        "log",
        "log line base64",
        "prefixes of lines removed, line breaks removed",
        id="line-numbers",
    ),
    pytest.param(f'{{"SAMLResponse": "{RESPONSE_B64}"}}', "json", "json base64", "", id="json-object"),
    pytest.param(
        json.dumps({"body": b64(POSTED.encode())}), "json", "json base64 form percent base64", "", id="json-with-base64-body"
    ),
    pytest.param(json.dumps(TEXT), "paste", "quotes json string", "", id="json-string"),
    pytest.param(html.escape(TEXT), "paste", "entities", "", id="escaped-xml"),
    pytest.param(RESPONSE, "xml", "xml", "", id="xml"),
    pytest.param(
        f"curl 'https://sp.example/acs' \\\n -H 'A: b' --data-raw '{POSTED}'", "http", "curl form percent base64", "", id="curl"
    ),
    pytest.param(
        f"POST /acs HTTP/1.1\r\nHost: sp.example\r\n\r\n{POSTED}", "http", "http request form percent base64", "", id="request"
    ),
    pytest.param(MULTIPART, "http", "http request form base64", "", id="multipart"),
]


@pytest.mark.parametrize(("data", "kind", "layers", "note"), PASTES)
def test_a_paste_yields_the_octets_of_the_message(data: bytes | str, kind: str, layers: str, note: str) -> None:
    found = capture(data)
    (message,) = found.messages
    assert message.artifact.data == RESPONSE
    assert (message.role, message.artifact.name) == ("response", "paste")
    assert (found.kind, " ".join(layer.name for layer in message.layers)) == (kind, layers)
    assert ", ".join(layer.note for layer in message.layers if layer.note) == note
    assert message.layers[-1].size_out == len(RESPONSE)


@pytest.mark.parametrize(
    ("line", "layers"),
    [
        pytest.param(f"got {TEXT} end", "log line", id="plain"),
        pytest.param(f'level=debug xml="{ESCAPED}" x=1', "json string log line", id="json-escaped"),
        pytest.param(f'{{"level": "debug", "msg": "got {ESCAPED} end"}}', "json log line", id="json-log"),
        pytest.param(f"got {html.escape(TEXT)} end", "entities log line", id="html-escaped"),
    ],
)
def test_xml_is_found_inside_a_log_line(line: str, layers: str) -> None:
    (message,) = capture(line).messages
    assert message.artifact.data == RESPONSE
    assert " ".join(layer.name for layer in message.layers) == layers


def test_a_plus_sign_at_the_end_may_be_the_one_that_was_lost() -> None:
    """Base64 of a third of all XML ends in ``+``, which becomes a space where a form is decoded twice, and nobody copies that."""
    message = RESPONSE.replace(b'ID="_a1', b'ID="_a1' + b"x" * (-len(RESPONSE) % 3))
    text = b64(message)
    assert text.endswith("+")
    (found,) = capture(text.replace("+", " ")).messages
    assert found.artifact.data == message
    assert "the + at the end put back" in found.layers[-1].note


@pytest.mark.parametrize(
    "listing",
    [
        pytest.param(
            f"SAMLResponse: {percent(RESPONSE_B64)}\nRelayState: https%3A%2F%2Fsp.example%2Fhome", id="form data, not decoded"
        ),
        pytest.param(
            f"<QueryDict: {{'SAMLResponse': ['{RESPONSE_B64}'], 'RelayState': ['https://sp.example/home']}}>", id="Django"
        ),
        pytest.param(f'{{"SAMLResponse"=>"{RESPONSE_B64}", "RelayState"=>"https://sp.example/home"}}', id="Rails"),
    ],
)
def test_a_listing_gives_relay_state(listing: str) -> None:
    (message,) = capture(listing).messages
    assert (message.artifact.data, message.relay_state) == (RESPONSE, "https://sp.example/home")


def test_xml_in_a_field_of_a_table() -> None:
    field = TEXT.replace('"', '""')
    (message,) = capture(f'"time","saml"\n"2026-05-04","{field}"\n').messages
    assert message.artifact.data == RESPONSE.rstrip()
    assert [layer.name for layer in message.layers] == ["csv", "log line"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + RESPONSE, id="utf-8-with-bom"),
        pytest.param(RESPONSE.decode().replace("UTF-8", "UTF-16").encode("utf-16"), id="utf-16-with-bom"),
        pytest.param(b"\r\n  " + RESPONSE + b"\n\n", id="white-space-around"),
        pytest.param(RESPONSE + b"<!-- trailing -->", id="comment-behind"),
        pytest.param(RESPONSE + RESPONSE.partition(b"\n")[2], id="two-roots-side-by-side"),
        pytest.param(RESPONSE + b"\n" + RESPONSE.partition(b"\n")[2], id="two-roots-below-each-other"),
    ],
)
def test_raw_xml_is_never_re_encoded_nor_cut(data: bytes) -> None:
    (message,) = capture(data).messages
    assert message.artifact.data == data


@pytest.mark.parametrize(
    ("tag", "role"),
    [
        ("samlp:Response", "response"),
        ("samlp:LogoutResponse", "response"),
        ("samlp:AuthnRequest", "request"),
        ("samlp:LogoutRequest", "request"),
        ("md:EntityDescriptor", "metadata"),
        ("md:EntitiesDescriptor", "metadata"),
        ("saml:Assertion", "assertion"),
        ("saml:EncryptedAssertion", "assertion"),
        ("md:AffiliationDescriptor", "other"),
    ],
)
def test_the_root_element_gives_the_role(tag: str, role: str) -> None:
    prefix = tag.partition(":")[0]
    namespace = {"samlp": "SAML:2.0:protocol", "saml": "SAML:2.0:assertion", "md": "SAML:2.0:metadata"}[prefix]
    (message,) = capture(f'<{tag} xmlns:{prefix}="urn:oasis:names:tc:{namespace}"></{tag}>').messages
    assert message.role == role


def test_a_soap_envelope_has_the_role_of_what_is_inside() -> None:
    inner = RESPONSE.partition(b"\n")[2].decode()
    (message,) = capture(
        f'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>{inner}</S:Body></S:Envelope>'
    ).messages
    assert message.role == "response"


def test_a_form_body_gives_relay_state_and_binding() -> None:
    (message,) = capture(POSTED).messages
    assert (message.parameter, message.binding, message.relay_state) == ("SAMLResponse", "post", "https://sp.example/home?a=b c")
    assert message.target is None


@pytest.mark.parametrize(
    "paste",
    [
        f"```SAMLResponse={percent(RESPONSE_B64)}&RelayState=https%3A%2F%2Fsp.example%2Fhome```",
        f"SAMLResponse={percent(percent(RESPONSE_B64))}&RelayState=https%253A%252F%252Fsp.example%252Fhome",
        "Here it is:\n\n> "
        + wrapped(f"SAMLResponse={percent(RESPONSE_B64)}&RelayState=https%3A%2F%2Fsp.example%2Fhome", 71, "\n> ")
        + "\n\nThanks",
    ],
    ids=["in backticks", "encoded twice", "quoted in mail"],
)
def test_relay_state_keeps_nothing_of_the_way_it_was_brought(paste: str) -> None:
    (message,) = capture(paste).messages
    assert (message.artifact.data, message.relay_state) == (RESPONSE, "https://sp.example/home")


def test_a_relay_state_that_alone_is_encoded_twice_stays_so() -> None:
    (message,) = capture(f"SAMLResponse={percent(RESPONSE_B64)}&RelayState=https%253A%252F%252Fsp.example").messages
    assert message.relay_state == "https%3A%2F%2Fsp.example"


def test_a_form_signed_beside_the_xml_is_simplesign() -> None:
    (message,) = capture(POSTED + "&SigAlg=a&Signature=b").messages
    assert message.binding == "simplesign"


def test_an_auto_post_page_gives_the_target() -> None:
    page = PAGE.replace("</form>", "<input type=hidden name=RelayState value='a&amp;b'></form>")
    (message,) = capture(page).messages
    assert (message.binding, message.target, message.relay_state) == ("post", "https://sp.example/acs?x=1&y=2", "a&b")


@pytest.mark.parametrize(
    ("command", "relay_state"),
    [
        pytest.param(
            f"curl 'https://sp.example/acs' --data-raw $'SAMLResponse={percent(RESPONSE_B64)}\\u0026RelayState=q'", "q", id="ansi-c"
        ),
        pytest.param(
            f"curl https://sp.example/acs -d SAMLResponse={percent(RESPONSE_B64)} --data-urlencode 'RelayState=x y'",
            "x y",
            id="short",
        ),
        pytest.param(f"POST https://sp.example/acs HTTP/1.1\n\nSAMLResponse={percent(RESPONSE_B64)}", None, id="absolute-form"),
    ],
)
def test_a_copied_request_gives_its_target(command: str, relay_state: str | None) -> None:
    (message,) = capture(command).messages
    assert (message.binding, message.target, message.relay_state) == ("post", "https://sp.example/acs", relay_state)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"{RESPONSE_B64}\n\n{b64(SECOND)}", id="blank-line-between"),
        pytest.param(f"{RESPONSE_B64}\n{b64(SECOND)}", id="one-per-line"),
        pytest.param(f"{wrapped(RESPONSE_B64)}\n\n{wrapped(b64(SECOND))}", id="wrapped-blocks"),
        pytest.param(f"SAMLResponse={percent(RESPONSE_B64)}\nSAMLResponse={percent(b64(SECOND))}", id="two-log-lines"),
        pytest.param(RESPONSE + b"\n" + SECOND, id="two-documents"),
        pytest.param(f"first {RESPONSE_B64} then {b64(SECOND)}.", id="inside-a-sentence"),
    ],
)
def test_several_messages_in_one_paste(data: bytes | str) -> None:
    found = capture(data)
    assert [message.artifact.data for message in found.messages] == [RESPONSE, SECOND]
    assert [message.artifact.name for message in found.messages] == ["paste (message 1)", "paste (message 2)"]


def test_a_message_pasted_twice_is_one_message() -> None:
    assert len(capture(f"{RESPONSE_B64}\n\n{RESPONSE_B64}").messages) == 1


def test_a_problem_beside_a_message_becomes_a_note() -> None:
    found = capture(f"a SAMLResponse={percent(RESPONSE_B64)}\nb SAMLResponse={percent(b64(SECOND)[:400])}")
    assert [message.artifact.data for message in found.messages] == [RESPONSE]
    assert [note.code for note in found.notes] == ["truncated"]


def test_relay_state_of_each_log_line_stays_with_its_message() -> None:
    lines = [f"SAMLResponse={percent(b64(octets))} RelayState=r{number}" for number, octets in enumerate((RESPONSE, SECOND))]
    assert [message.relay_state for message in capture("\n".join(lines)).messages] == ["r0", "r1"]


def test_a_url_gives_request_target_and_relay_state() -> None:
    (message,) = capture(REQUEST_URL).messages
    assert message.artifact.data == REQUEST
    assert (message.role, message.binding, message.parameter) == ("request", "redirect", "SAMLRequest")
    assert (message.target, message.relay_state) == ("https://idp.example/sso?idpid=7", "state 1")
