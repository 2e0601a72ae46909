"""Many values at once: what is said to be sure of all holds of each."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.lint.patternset import PatternSet

PATTERNS = (
    r"(?is)\s*https?://[^/?#\s]+\S*\s*",
    r"(?s).*\S.*",
    r"(?s)[^#]*",
    r"(?s).*",
    r"a|b",
    r"\w+@\w+",
    r"(?i)x*",
    r"[^\]]+",
)
VALUES = st.lists(
    st.text(alphabet="ab#x@\n ]é/:htps\ud800", max_size=6) | st.sampled_from(("https://a.example/x", "a@b")), min_size=1
)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(values=VALUES)
def test_what_is_sure_of_many_holds_of_each(pattern: str, values: list[str]) -> None:
    patterns = PatternSet()
    number = patterns.add(pattern)
    compiled = re2.compile(pattern)
    matching = [compiled.fullmatch(value) is not None for value in values if value.isascii() or "\ud800" not in value]
    if patterns.many([number], []).surely(values):
        assert matching == [True] * len(values)
    if patterns.many([], [number]).surely(values):
        assert not any(matching)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_most_questions_are_answered(pattern: str) -> None:
    patterns = PatternSet()
    number = patterns.add(pattern)
    compiled = re2.compile(pattern)
    values = ["https://a.example/x", "b", "a@b", "x", "#", "é ", " ", "https://é.example#"]
    right = [value for value in values if compiled.fullmatch(value)]
    wrong = [value for value in values if not compiled.fullmatch(value)]
    many = patterns.many([number], [])
    assert many.is_able
    assert many.surely(right * 5)
    assert not wrong or not many.surely([*right, wrong[0], *right])
    assert not wrong or patterns.many([], [number]).surely(wrong * 5)
    assert not patterns.many([], [number]).surely([*wrong, right[0]])


@pytest.mark.parametrize("pattern", ["^a$", r"\Aa", r"a\z", r"\C+", r"(?-s).*"])
def test_patterns_that_cannot_stand_in_a_line_are_left_to_single_questions(pattern: str) -> None:
    patterns = PatternSet()
    assert not patterns.many([patterns.add(pattern)], []).is_able


@pytest.mark.parametrize("pattern", [r"[$^]+", r"\$\{x\}", r"[^^]", r"[[:alpha:]$]+", r"\^", r"[]$]"])
def test_signs_of_begin_and_end_that_mean_themselves_are_no_hindrance(pattern: str) -> None:
    patterns = PatternSet()
    assert patterns.many([patterns.add(pattern)], []).is_able
