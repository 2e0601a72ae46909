"""YAML as packs may use it: text stays text, everything has its place, the rest is refused where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.errors import PackError
from samlcheck.packs.complain import Place
from samlcheck.packs.yamldoc import MAX_OCTETS, Mapping, place_of, read
from samlcheck.source import Artifact


def _read(text: str) -> Mapping:
    return read(Artifact("p.yaml", text.encode()))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("012345678901", "012345678901"),
        ("no", "no"),
        ("2026-11-02", "2026-11-02"),
        ("1.10", "1.10"),
        ("0x1F", "0x1F"),
        ("true", "true"),
        ("'null'", "null"),
        ('""', ""),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_scalars_stay_what_they_look_like(written: str, meant: str | None) -> None:
    assert _read(f"key: {written}\n") == {"key": meant}


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("a: 1\nb: &x 2\n", "p.yaml:2:4", "anchors (`&x`) are not allowed in packs"),
        ("a: *x\n", "p.yaml:1:4", "aliases (`*x`) are not allowed in packs; write the value again"),
        ("a: !!python/object:os.system x\n", "p.yaml:1:4", "tags (`tag:yaml.org,2002:python/object:os.system`) are not allowed in packs: every scalar is text"),  # noqa: E501
        ("a: 1\nb: 2\na: 3\n", "p.yaml:3:1", "`a` is written twice; the first is in line 1"),
        ("<<: {a: 1}\n", "p.yaml:1:1", "merge keys (`<<`) are not allowed in packs"),
        ("a: 1\n---\nb: 2\n", "p.yaml:2:1", "a pack file holds one document, here begins another"),
        ("- a\n", "p.yaml:1:1", "a pack file holds one mapping that begins with `format: 1`"),
        ("", "p.yaml:1:1", "a pack file holds one mapping that begins with `format: 1`"),
        ("? [a]\n: b\n", "p.yaml:1:3", "a key is text, not a list or mapping"),
        ("a: b: c\n", "p.yaml:1:5", "this is not YAML: mapping values are not allowed in this context"),
        ("a: '\n", "p.yaml:2:1", "this is not YAML: found unexpected end of stream"),
        ("a: " + "[" * 30 + "]" * 30, "p.yaml:1:23", "this is nested more than 20 levels deep"),
    ],
    ids=["anchor", "alias", "tag", "duplicate", "merge", "two-documents", "list", "empty", "odd-key", "syntax", "unclosed", "deep"],
)  # fmt: skip
def test_what_packs_do_without_is_refused_where_it_stands(text: str, where: str, words: str) -> None:
    with pytest.raises(PackError) as caught:
        _read(text)
    assert (caught.value.where, caught.value.message) == (where, words)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(PackError, match="anchors"):
        _read(bomb)


def test_a_file_has_a_largest_size() -> None:
    with pytest.raises(PackError, match=r"a pack may have 524288"):
        _read("a: " + "x" * MAX_OCTETS)


def test_octets_that_are_no_text_are_refused() -> None:
    with pytest.raises(PackError) as caught:
        read(Artifact("p.yaml", b"a: 1\nb: \xff\n"))
    assert (caught.value.where, caught.value.message) == ("p.yaml:2:1", "the file is not UTF-8 text")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), Place(1, 1)),
        (("rules",), Place(2, 1)),
        (("rules", 0), Place(3, 5)),
        (("rules", 0, "id"), Place(3, 9)),
        (("rules", 0, "must", "equal"), Place(4, 19)),
        (("rules", 0, "no such key"), Place(3, 5)),
        (("rules", 7), Place(3, 3)),
    ],
)
def test_every_key_and_value_knows_its_place(path: tuple[str | int, ...], place: Place) -> None:
    document = _read("format: 1\nrules:\n  - id: x\n    must: {equal: y}\n")
    assert place_of(document, path) == place


@given(st.binary(max_size=200))
def test_any_octets_are_read_or_refused_with_a_place(data: bytes) -> None:
    try:
        found: object = read(Artifact("p.yaml", data))
    except PackError as error:
        found = error.where
    assert isinstance(found, Mapping) or str(found).startswith("p.yaml:")
