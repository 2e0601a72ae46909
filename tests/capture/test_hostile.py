"""Whatever octets come, reading ends soon, in a capture or in an error of our own."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.capture import base64text, escapes, inflate, page, scan, xmllook
from samlcheck.capture.model import Capture
from samlcheck.errors import HostileInput, SamlcheckError
from tests.capture.samples import POSTED, REQUEST_URL, RESPONSE, RESPONSE_B64, b64, capture, deflated

HAR = json.dumps(
    {"log": {"entries": [{"request": {"method": "POST", "url": "https://sp.example/acs", "postData": {"text": POSTED}}}]}}
)
SEEDS = (
    RESPONSE, RESPONSE_B64.encode(), POSTED.encode(), REQUEST_URL.encode(), b64(deflated(RESPONSE)).encode(), HAR.encode(),
    f'<form action="/acs"><input name="SAMLResponse" value="{RESPONSE_B64}"></form>'.encode(),
    f"curl 'https://sp.example/acs' --data-raw '{POSTED}'".encode(), RESPONSE.decode().encode("utf-16"),
    json.dumps({"a": [{"SAMLResponse": RESPONSE_B64}], "msg": RESPONSE.decode()}).encode(),
)  # fmt: skip
TOKENS = (
    b"<", b">", b'"', b"'", b"&", b"=", b"%", b"%3D", b"%25", b"\\", b"\\u003c", b"\\ud800", b"{", b"[", b"\0", b"\n\n",
    b"\xff\xfe",
    b"\x1f\x8b", b"\x78\x9c", b"<!--", b"<![CDATA[", b"<?xml", b"<!DOCTYPE x [", b"SAMLResponse=", b"<samlp:Response ",
    b"https://[", b"RelayState=", b"&lt;", b"&#1114112;", b"&#xD800;", b"curl '", b"POST / HTTP/1.1\n", b"=\n", b"[redacted]",
    b'"entries":[', b"<form>",
)  # fmt: skip


def outcome(data: bytes) -> Capture | SamlcheckError:
    try:
        return capture(data)
    except SamlcheckError as error:
        return error


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_octets_end_in_a_capture_or_an_error_of_ours(data: bytes) -> None:
    found = outcome(data)
    assert isinstance(found, SamlcheckError) or found.messages


@given(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=6), max_size=40).map(b"".join))
@settings(max_examples=250, deadline=None, derandomize=True)
def test_any_pile_of_syntax_ends_in_a_capture_or_an_error_of_ours(data: bytes) -> None:
    found = outcome(data)
    assert isinstance(found, SamlcheckError) or found.messages


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=250, deadline=None, derandomize=True)
def test_a_damaged_message_ends_in_a_capture_or_an_error_of_ours(seed: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 30)))
    put = data.draw(st.sampled_from(TOKENS) | st.binary(max_size=4))
    found = outcome(seed[:start] + put + seed[end:])
    assert isinstance(found, SamlcheckError) or found.messages or found.notes


@given(st.sampled_from(SEEDS), st.integers(0, 2000))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_cut_message_is_never_taken_for_another_whole_one(seed: bytes, length: int) -> None:
    found = outcome(seed[:length])
    if isinstance(found, Capture):
        whole = outcome(seed)
        assert isinstance(whole, Capture)
        assert {message.artifact.data for message in found.messages} <= {message.artifact.data for message in whole.messages}


@given(st.binary(max_size=200))
def test_octets_become_text_without_loss(octets: bytes) -> None:
    assert escapes.as_octets(octets.decode("utf-8", "surrogateescape")) == octets


@given(st.text(st.characters(exclude_categories=()), max_size=100))
def test_values_to_show_hold_no_surrogates(text: str) -> None:
    for undone in (text, escapes.from_percent(text), escapes.from_json_escapes(text), escapes.from_references(text)):
        shown = escapes.printable(undone)
        assert shown.encode().decode() == shown


@given(st.binary(min_size=6, max_size=300))
def test_base64_survives_every_repair(octets: bytes) -> None:
    text = b64(octets)
    for pasted in (
        text,
        text.rstrip("="),
        text.replace("+", "-").replace("/", "_"),
        "\r\n".join(text[i : i + 8] for i in range(0, len(text), 8)),
    ):
        assert next(base64text.readings(pasted)).octets == octets


@pytest.mark.parametrize("name", ["deflate", "zlib", "gzip"])
def test_a_bomb_costs_no_more_memory_than_the_cap(name: str) -> None:
    pack = {"deflate": deflated, "zlib": zlib.compress, "gzip": gzip.compress}[name]
    bomb = pack(b"\0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(HostileInput) as refused:
        inflate.inflate(bomb, name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.code == "inflate-bomb"
    assert peak < 4 * inflate.MESSAGE_CAP


@pytest.mark.parametrize(
    "unit",
    [
        "<", '<input "', "<form>", "<SCRIPT></SCRIPT>", "<!--", "<samlp:Response ", '<samlp:Response a="', "SAMLResponse=",
        "SAMLResponse   ", "SAMLResponse=a&", "https://a?SAMLRequest=a ", "%25", "&amp;", "\\u003c", "\n\n", "curl '", "AAAA ",
        "=\n",
        'name="SAMLResponse" form-data\n', "A" * 48 + "\nB\n", '"error":"aa',
    ],
)  # fmt: skip
def test_four_times_the_input_costs_about_four_times_the_time(unit: str) -> None:
    """Quadratic work would cost sixteen times; ten leaves room for a busy machine."""

    def cost(size: int) -> float:
        data = (unit * (size // len(unit))).encode()
        begun = time.process_time()
        outcome(data)
        return time.process_time() - begun

    small = min(cost(40_000) for _ in range(3))
    assert min(cost(160_000) for _ in range(3)) < 10 * small + 0.05


@pytest.mark.parametrize(
    ("text", "end", "open_elements"),
    [
        ("<a><b/></a>tail", 11, ()),
        ("<a x='>'><!-- </a> --><![CDATA[</a>]]></a>", 42, ()),
        ("<a><?p </a> ?></a>", 18, ()),
        ("<a><b>", None, ("a", "b")),
        ("<a><b x='", None, ("a", "b")),
        ("<a></b", None, ("a",)),
        ("<a <b>", None, ()),
    ],
)
def test_where_an_element_ends(text: str, end: int | None, open_elements: tuple[str, ...]) -> None:
    assert xmllook.extent(text.encode(), 0) == xmllook.Extent(end, open_elements)


def test_a_root_is_found_behind_a_prolog() -> None:
    found = xmllook.root(b"\xef\xbb\xbf <?xml version='1.0'?><!-- c --><!DOCTYPE a [<!ELEMENT a ANY>]><x:a xmlns:x='urn:u' b='1'/>")
    assert found == xmllook.Root("x:a", "a", "urn:u", 66)


def test_pieces_of_a_line_do_not_overlap() -> None:
    found = scan.pieces(f"{REQUEST_URL} and SAMLResponse={RESPONSE_B64} and {RESPONSE.decode()} and {RESPONSE_B64}")
    assert [piece.kind for piece in found] == ["url", "parameter", "xml", "base64"]
    assert all(left.end <= right.start for left, right in pairwise(found))


def test_fields_outside_a_form_and_in_textareas_are_found() -> None:
    found = page.forms(
        "<input name=a value=1><form action=/x METHOD=post><textarea name='b'>2 &amp; 3</textarea></form><input name=c>"
    )
    assert [(form.action, form.method, form.fields) for form in found] == [
        (None, "", (("a", "1"),)),
        ("/x", "POST", (("b", "2 & 3"),)),
        (None, "", (("c", ""),)),
    ]
