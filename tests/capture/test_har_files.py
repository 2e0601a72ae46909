"""HAR files as octets: any JSON, files that break off, and the same result by the quick and the careful way."""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.capture import harfile
from samlcheck.capture.model import Capture
from samlcheck.errors import HostileInput, InputError
from samlcheck.source import Artifact
from tests.capture.samples import RESPONSE, capture
from tests.capture.test_har import FORM_PAGE, HOME, LOGIN, POST, entry, har

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
PLACES = (
    ("request",), ("response",), ("startedDateTime",), ("time",), ("request", "url"), ("request", "method"),
    ("request", "headers"), ("request", "cookies"), ("request", "postData"), ("response", "status"), ("response", "headers"),
    ("response", "cookies"), ("response", "redirectURL"), ("response", "content"), ("response", "_error"),
)  # fmt: skip


def capture_or_error(text: str) -> Capture | InputError:
    try:
        return capture(text, "x.har")
    except InputError as error:
        return error


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(PLACES), value=JSON)
def test_any_value_anywhere_in_one_entry_leaves_the_others_readable(place: tuple[str, ...], value: Any) -> None:
    broken = json.loads(json.dumps(HOME))
    holder = broken
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    found = capture(har(broken, *LOGIN), "login.har")
    assert RESPONSE in [message.artifact.data for message in found.messages]


@settings(max_examples=100, deadline=None)
@given(value=JSON)
def test_any_json_ends_in_a_capture_or_an_error_of_ours(value: Any) -> None:
    for text in (value, {"log": value}, {"log": {"entries": value}}, {"log": {"entries": [value]}}):
        found = capture_or_error(json.dumps(text))
        assert found.message if isinstance(found, InputError) else found.messages


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, len(har(*LOGIN))))
def test_a_file_cut_anywhere_gives_whole_requests_only(cut: int) -> None:
    octets = har(*LOGIN).encode()
    file = harfile.load(octets[:cut])
    whole = harfile.load(octets)
    assert whole is not None
    assert whole.cut_at is None
    if file is None:
        assert cut < 80
        return
    assert [item.request.url for item in file.entries] == [item.request.url for item in whole.entries[: len(file.entries)]]
    assert file.cut_at is not None or len(file.entries) == len(whole.entries)
    assert file.cut_at is None or file.cut_at <= cut


def test_the_place_of_the_cut_is_said() -> None:
    text = har(*LOGIN)
    cut = text.index('"url": "https://sp.example/home"')
    note = capture(text[:cut], "login.har").notes[-1]
    end = len(text[:cut].encode())
    assert note.code == "cut-off"
    assert note.message.startswith("The HAR breaks off: after byte ")
    assert f" of {end} no whole request follows" in note.message


def test_text_that_looks_like_structure_does_not_confuse_a_cut_file() -> None:
    tricky = entry("GET", "https://sp.example/x", 8, content='<p>}]}{"entries":[ \\" \\\\</p>')
    text = har(tricky, *LOGIN)
    file = harfile.load(text[: text.rindex("Welcome")].encode())
    assert file is not None
    assert len(file.entries) == 5


def test_both_ways_read_the_same() -> None:
    octets = har(*LOGIN).encode()
    quick = harfile.load(octets)
    careful = harfile.load(octets[:-1] + b"]")
    assert quick is not None
    assert careful is not None

    def values(file: harfile.HarFile) -> list[tuple[object, ...]]:
        return [
            (item.request.url, item.response.status, bytes(item.request.headers), bytes(item.response.content.text), item.time)
            for item in file.entries
        ]

    assert values(quick) == values(careful)
    assert quick.creator == careful.creator == "WebInspector"


@pytest.mark.parametrize("depth", [2_000, 100_000])
@pytest.mark.parametrize("place", ["outside", "inside"])
def test_deep_nesting_is_refused(depth: int, place: str) -> None:
    deep = "[" * depth + "]" * depth
    text = har(*LOGIN)
    text = text[:-1] + f', "x": {deep}}}' if place == "outside" else text.replace('"status": 302', f'"x": {deep}, "status": 302', 1)
    with pytest.raises(HostileInput) as refused:
        capture(text, "x.har")
    assert refused.value.code == "json-too-deep"


def test_a_hundred_thousand_requests_are_read(tmp_path: Path) -> None:
    quiet = json.dumps(entry("GET", "https://cdn.example/a.png", 8, type="image/png"))
    inside = ", ".join([quiet] * 100_000)
    text = har(*LOGIN)
    file = tmp_path / "large.har"
    file.write_text(text.replace('"entries": [', f'"entries": [{inside}, ', 1))
    with file.open("rb") as opened:
        octets = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    from samlcheck.capture import read

    found = read(Artifact("large.har", octets))  # type: ignore[arg-type]
    assert len(found.messages) == 2
    assert len(found.exchanges) == 5


def test_values_of_forms_are_never_held_but_where_they_carry_saml() -> None:
    found = capture(har(*LOGIN), "login.har")
    assert "secret" not in repr([exchange.request_body for exchange in found.exchanges])
    assert FORM_PAGE["request"]["postData"]["text"].endswith("secret")


@pytest.mark.parametrize("creator", ["WebInspector", "Firefox", "WebKit Web Inspector", "Charles Proxy", "who knows"])
def test_what_lacks_everything_says_how_to_record_again(creator: str) -> None:
    with pytest.raises(InputError) as refused:
        capture(har(HOME, creator=creator), "x.har")
    assert refused.value.code == "capture-without-saml"
    assert " Record again with " in refused.value.tip
    assert "(1) " in refused.value.tip


def test_a_post_that_failed_keeps_its_reason() -> None:
    failed = json.loads(json.dumps(POST))
    failed["response"] |= {"status": 0, "_error": "net::ERR_BLOCKED_BY_CLIENT"}
    found = capture(har(*LOGIN[:3], failed), "x.har")
    assert [(step.status, step.error) for step in found.exchanges][-1] == (0, "net::ERR_BLOCKED_BY_CLIENT")
