"""Fiddler archives, saved items of Burp and copied commands: read in memory, bounded, refused where they mean harm."""

from __future__ import annotations

import base64
import io
import stat
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.capture import rawhttp
from samlcheck.capture.model import Capture
from samlcheck.errors import HostileInput, InputError
from tests.capture.samples import POSTED, REQUEST_URL, RESPONSE, capture, for_cmd

POST = f"POST https://sp.example/acs HTTP/1.1\r\nHost: sp.example\r\nCookie: a=b\r\n\r\n{POSTED}"
ASK = f"GET {REQUEST_URL} HTTP/1.1\r\nHost: idp.example\r\n\r\n"
OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Sign in</p>"
MEMBERS = {"raw/01_c.txt": ASK, "raw/01_s.txt": OK, "raw/02_c.txt": POST, "raw/02_s.txt": OK}


def archive(members: dict[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", compression) as made:
        for name, text in members.items():
            made.writestr(name, text)
    return octets.getvalue()


def capture_or_error(octets: bytes) -> Capture | InputError:
    try:
        return capture(octets, "x.saz")
    except InputError as error:
        return error


def refused(octets: bytes) -> InputError:
    with pytest.raises(InputError) as error:
        capture(octets, "x.saz")
    return error.value


def test_a_saz_gives_the_messages_of_its_sessions() -> None:
    found = capture(archive(MEMBERS), "x.saz")
    assert (found.kind, found.producer) == ("saz", "Fiddler")
    assert [message.role for message in found.messages] == ["request", "response"]
    assert found.messages[1].artifact.data == RESPONSE
    assert [layer.name for layer in found.messages[1].layers] == ["saz", "form", "percent", "base64"]
    assert found.exchanges[1].request_headers == (("Host", "sp.example"), ("Cookie", "a=b"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../raw/09_c.txt", "a name in it leads out of the folder it is unpacked in"),
        ("/etc/passwd", "a name in it leads out of the folder it is unpacked in"),
        ("C:\\raw\\09_c.txt", "a name in it leads out of the folder it is unpacked in"),
        ("raw\\..\\..\\x", "a name in it leads out of the folder it is unpacked in"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str, why: str) -> None:
    error = refused(archive({**MEMBERS, name: "x"}))
    assert isinstance(error, HostileInput)
    assert (error.code, error.message) == ("zip-refused", f"The archive was refused: {why}.")


def test_links_are_refused() -> None:
    octets = io.BytesIO(archive(MEMBERS))
    with zipfile.ZipFile(octets, "a") as made:
        link = zipfile.ZipInfo("raw/03_c.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert refused(octets.getvalue()).message == "The archive was refused: it holds a link."


def test_a_name_that_stands_twice_is_refused() -> None:
    octets = io.BytesIO(archive(MEMBERS))
    with zipfile.ZipFile(octets, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("raw/02_c.txt", ASK)
    assert refused(octets.getvalue()).message == "The archive was refused: a name stands in it twice."


def test_a_bomb_is_refused() -> None:
    error = refused(archive({**MEMBERS, "raw/03_s.txt": b"\0" * (20 << 20)}))
    assert error.message == "The archive was refused: it unpacks to far more than it holds."


def test_members_that_are_no_sessions_are_left_alone() -> None:
    found = capture(archive({**MEMBERS, "big.bin": b"\0" * (40 << 20), "raw/03_x.txt": POST}), "x.saz")
    assert len(found.messages) == 2


def test_a_password_is_named() -> None:
    octets = bytearray(archive(MEMBERS, compression=zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = octets.find(signature)
        while at >= 0:
            octets[at + offset] |= 1
            at = octets.find(signature, at + 4)
    error = refused(bytes(octets))
    assert error.code == "saz-encrypted"
    assert "password" in error.message


@pytest.mark.parametrize(
    ("octets", "code", "message"),
    [
        pytest.param(archive(MEMBERS)[:200], "not-saz", "This ZIP archive is damaged.", id="cut"),
        pytest.param(
            archive({"login.har": "{}"}), "not-saz",
            "This ZIP archive is no Fiddler capture: it has no sessions in a folder `raw`.", id="other-archive",
        ),
        pytest.param(
            archive({"raw/1_c.txt": "GET https://a.example/ HTTP/1.1\r\n\r\n"}), "capture-without-saml",
            "This Fiddler capture of 1 requests holds no SAML message.", id="without-saml",
        ),
    ],
)  # fmt: skip
def test_what_is_no_capture_is_named(octets: bytes, code: str, message: str) -> None:
    error = refused(octets)
    assert (error.code, error.message) == (code, message)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(archive(MEMBERS)) - 1), value=st.integers(0, 255))
def test_a_damaged_archive_ends_in_a_capture_or_an_error_of_ours(place: int, value: int) -> None:
    octets = bytearray(archive(MEMBERS))
    octets[place] = value
    found = capture_or_error(bytes(octets))
    assert found.tip if isinstance(found, InputError) else found.messages


BURP = (
    '<?xml version="1.0"?><!DOCTYPE items [<!ENTITY a "{entity}">]><items burpVersion="2026.1" exportTime="x"><item>'
    "<time>Mon May 04 08:00:06 UTC 2026</time><url>{url}</url><protocol>https</protocol>"
    '<request base64="{base64}">{request}</request><response base64="false"></response></item></items>'
)


@pytest.mark.parametrize("encoded", [True, False])
def test_saved_items_of_burp_are_read(encoded: bool) -> None:
    request = POST.replace("https://sp.example", "")
    text = base64.b64encode(request.encode()).decode() if encoded else f"<![CDATA[{request}]]>"
    octets = BURP.format(entity="x", url="<![CDATA[https://sp.example/acs]]>", base64=str(encoded).lower(), request=text)
    (message,) = capture(octets, "items.xml").messages
    assert (message.artifact.data, message.target) == (RESPONSE, "https://sp.example/acs")
    assert message.at is not None
    assert message.at.isoformat() == "2026-05-04T08:00:06+00:00"


def test_entities_of_the_document_type_are_never_expanded() -> None:
    text = base64.b64encode(POST.encode()).decode()
    octets = BURP.format(entity="https://evil.example/", url="&a;acs", base64="true", request=text)
    (message,) = capture(octets, "items.xml").messages
    assert message.target == "&a;acs"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nWiki\r\n6\r\npedia \r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("octets", "body"),
    [
        pytest.param(CHUNKED, "Wikipedia ", id="chunked"),
        pytest.param(CHUNKED[:-12], "Wiki", id="cut-in-a-chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nplain", "plain", id="says-chunked-and-is-not"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x0b\x02", "", id="unknown-coding"),
        pytest.param(b"HTTP/1.1 200 OK\n\nbody", "body", id="line-feeds-only"),
        pytest.param(b"HTTP/1.1 204 No Content", "", id="head-only"),
    ],
)
def test_bodies_of_raw_http(octets: bytes, body: str) -> None:
    found = rawhttp.parse(octets)
    assert found is not None
    assert found.body.startswith(body) if body == "Wiki" else found.body == body


@given(st.binary(max_size=400))
def test_any_octets_are_a_message_or_none(octets: bytes) -> None:
    for head in (b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n", b"GET / HTTP/1.1\r\n"):
        found = rawhttp.parse(head + octets)
        assert found is None or isinstance(found.body, str)


def test_all_requests_copied_as_curl_are_one_login() -> None:
    text = (
        f"curl '{REQUEST_URL}' \\\n  -H 'accept: text/html' \\\n  -b 'idp=1' ;\n"
        "curl 'https://cdn.example/app.js' ;\n"
        f"curl 'https://sp.example/acs' \\\n  -H 'origin: https://idp.example' \\\n  -b 'state=1; theme=x' \\\n"
        f"  --data-raw '{POSTED}'"
    )
    found = capture(text, "paste")
    assert found.kind == "curl"
    assert [(message.role, message.binding) for message in found.messages] == [("request", "redirect"), ("response", "post")]
    assert [(step.method, step.request_headers[-1]) for step in found.exchanges] == [
        ("GET", ("Cookie", "idp=1")),
        ("POST", ("Cookie", "state=1; theme=x")),
    ]


def test_commands_for_the_windows_prompt_in_the_order_in_which_chromium_copies_them() -> None:
    text = " &\r\n".join(
        [
            f"curl --url {for_cmd('https://sp.example/acs')} ^\n  -b {for_cmd('state=1; quoted=' + chr(34) + 'x' + chr(34))} ^\n"
            f"  --data-raw {for_cmd(POSTED)}",
            f"curl --url {for_cmd(REQUEST_URL)} ^\n  -H {for_cmd('Accept: text/html')}",
        ]
    )
    found = capture(text, "paste")
    assert [(message.role, message.binding) for message in found.messages] == [("request", "redirect"), ("response", "post")]
    assert found.exchanges[0].url == REQUEST_URL
    assert found.exchanges[1].request_headers == (("Cookie", 'state=1; quoted="x"'),)
    assert "begun-late" not in {note.code for note in found.notes}


def test_several_commands_without_saml_are_said_to_hold_none() -> None:
    assert refused(b"curl 'https://a.example/' ;\ncurl 'https://b.example/'").message
