"""What a browser sends with the form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.errors import UsageError
from samlcheck.web.form import read

KIND = "multipart/form-data; boundary=----x"


def sent(*parts: tuple[str, bytes]) -> bytes:
    """Return a body: headers and content of each part."""
    return b"".join(b"------x\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts) + b"------x--\r\n"


def file(name: str, data: bytes) -> tuple[str, bytes]:
    return f'Content-Disposition: form-data; name="capture"; filename="{name}"\r\nContent-Type: application/octet-stream', data


def text(name: str, value: str) -> tuple[str, bytes]:
    return f'Content-Disposition: form-data; name="{name}"', value.encode()


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"------x", b"--", b"a", b"\xff\x00"])).map(b"".join)
)
def test_files_arrive_as_they_were(data: bytes) -> None:
    if data and b"------x" not in data:
        (found,) = read(KIND, sent(file("a.har", data))).files["capture"]
        assert found.data == data


def test_texts_arrive_as_they_were_typed() -> None:
    form = read(KIND, sent(text("acs", " https://é.example "), text("settings", "a=1\r\nb=2"), text("none", "")))
    assert (form.text("acs"), form.text("settings"), form.text("none"), form.text("other")) == (
        "https://é.example",
        "a=1\nb=2",
        "",
        "",
    )


def test_fields_without_a_file_are_left_out() -> None:
    assert read(KIND, sent(file("", b""))).files == {}


@pytest.mark.parametrize(
    ("sent_as", "shown"),
    [("a.har", "a.har"), ("C:\\users\\mia\\a.har", "a.har"), ("/home/mia/a.har", "a.har"), ("../..", ".."), ("/", "file"),
     ("x" * 300, "x" * 80)],
)  # fmt: skip
def test_only_the_last_step_of_a_file_name_is_kept(sent_as: str, shown: str) -> None:
    (found,) = read(KIND, sent(file(sent_as, b"x"))).files["capture"]
    assert found.name == shown


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="no parts"),
        pytest.param(sent(text("a", "b"))[:-6], id="cut off"),
        pytest.param(b"------x\r\n\r\nhello\r\n------x--\r\n", id="no name"),
        pytest.param(sent(("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", b"YQ==")),
                     id="encoded again"),
        pytest.param(sent(*[text("a", "b")] * 101), id="very many fields"),
        pytest.param(sent(("Content-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed; boundary=y",
                           b"--y\r\n\r\nb\r\n--y--")),
                     id="forms within forms"),
    ],
)  # fmt: skip
def test_a_damaged_form_is_named(body: bytes) -> None:
    with pytest.raises(UsageError, match="the form that arrived is damaged"):
        read(KIND, body)


def test_a_form_without_a_boundary_is_named() -> None:
    with pytest.raises(UsageError, match="the form that arrived is damaged"):
        read("multipart/form-data", sent(text("a", "b")))
