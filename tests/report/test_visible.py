"""The gate for foreign strings, and masking."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.finding import Slot
from samlcheck.report.visible import is_safe, mask, shower, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand\r", "two\\nlines\\tand\\r"),
        ("\x1b[31mred", "\\u{001B}[31mred"),
        ("\x9b31m", "\\u{009B}31m"),
        ("abc\u202ecba", "abc\\u{202E}cba"),
        ("zero\u200bwidth", "zero\\u{200B}width"),
        ("\U000e0041tag", "\\u{E0041}tag"),
        ("\ud800", "\\u{D800}"),
        ("[link=https://x]y[/]", "[link=https://x]y[/]"),
        ("Zoë Köln 東京", "Zoë Köln 東京"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_acts_or_hides_survives(text: str) -> None:
    shown = visible(text)
    assert is_safe(shown)
    assert not [
        c
        for c in shown
        if unicodedata.category(c) in ("Cc", "Cs")
        or unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")
    ]
    shown.encode()


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("mia.lindqvist@example.com", "m**.l********@example.com"),
        ("Mia Lindqvist", "M** L********"),
        ("CORP\\mia", "C***\\m**"),
        (" mia@example.com", " m**@example.com"),
        ("a@b", "a@b"),
        ("", ""),
        ("0d5a615dc4", "0*********"),
    ],
)
def test_mask_keeps_the_form(value: str, masked: str) -> None:
    assert mask(value) == masked
    assert len(mask(value)) == len(value)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=3))
def test_mask_hides_all_but_the_first_character_of_a_word(value: str) -> None:
    assert mask(value) == value[0] + "*" * (len(value) - 1)


def test_shower_masks_only_what_is_sensitive() -> None:
    show = shower(masking=True)
    assert show(Slot("mia", sensitive=True)) == "m**"
    assert show(Slot("urn:x")) == "urn:x"
    assert shower(masking=False)(Slot("mia\x1b", sensitive=True)) == "mia\\u{001B}"
