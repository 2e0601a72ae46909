"""The short answer of a check and the long one are the same (``checks/predicate.py``)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.checks.context import Held
from samlcheck.checks.judging import Judge
from samlcheck.checks.model import Check, Instant, UrlShape
from samlcheck.checks.predicate import predicate
from samlcheck.checks.vocabulary import EACH, key_of, keys_of
from samlcheck.facts import Reading
from samlcheck.packs.catalogue import shipped
from samlcheck.packs.model import Condition, Pack

from .logins import context

CHECKS = {
    "equal": Check(equal="a"),
    "equal with braces": Check(equal="{{a}}"),
    "equal nothing": Check(equal=""),
    "one of": Check(one_of=("a", "https://sp.example/acs", "")),
    "none of": Check(none_of=("a", "b")),
    "match": Check(match=r"(?i)a+|\d{1,3}"),
    "match with a repetition": Check(match="[a-z]{2,4}"),
    "not match": Check(not_match=r"(?s)\s+\S.*|.*\S\s+"),
    "contain": Check(contain="a"),
    "start": Check(start_with="https://"),
    "end": Check(end_with=".example"),
    "any url": Check(url=UrlShape()),
    "url of hosts": Check(url=UrlShape(scheme=("https",), host=("SP.example", "other.example"), port=("443",), path=("/acs",))),
    "url of a shape": Check(url=UrlShape(host_suffix=(".example",), path_prefix=("/a",), query_has=("x",), fragment=False)),
    "url of patterns": Check(url=UrlShape(host_pattern=r"[a-z.]+", path_pattern=r"/a.*")),
    "relative url": Check(url=UrlShape(absolute=False)),
    "email": Check(email=True),
    "no email": Check(email=False),
    "number": Check(number={"min": 1, "max": 300}),
    "any number": Check(number={}),
    "length": Check(length={"min": 2, "max": 5}),
}
VALUES = (
    "", " ", "a", "A", "aa", "b", "{a}", "\n", "a\n", " a", "\u00e4", "0", "1", "300", "301", "-1", "1.0", "\u0661", "9" * 30,
    "https://sp.example/acs", "https://SP.example:443/acs", "http://sp.example/acs", "https://sp.example/acs?x=", "//sp.example",
    "https://sp.example:99999/acs", "https://[sp.example/acs", "https://other.example/acs#f", " https://sp.example/acs",
    "mia@sp.example",
)  # fmt: skip


def same(check: Check, value: str) -> bool:
    """Return what both ways say, which must be one."""
    key = key_of(check)
    short = predicate(check, key)
    judge = EACH[key](check, context(), "text")
    assert short is not None
    assert isinstance(judge, Judge)
    long = isinstance(judge.judge(Reading(value, value)), Held)
    assert short(value) is long
    return long


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_both_say_the_same_of_the_usual_suspects(check: Check) -> None:
    answers = {same(check, value) for value in VALUES}
    assert answers == ({False, True})


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
@settings(max_examples=40, deadline=None, derandomize=True)
@given(value=st.text(max_size=12) | st.from_regex(r"https?://[a-z.]{1,9}(:\d{1,5})?/[a-z]{0,3}(\?x=1)?(#f)?"))
def test_both_say_the_same_of_anything(check: Check, value: str) -> None:
    same(check, value)


def shipped_checks() -> Iterator[Check]:
    """Yield every check of every shipped pack."""

    def of(condition: Condition | None) -> Iterator[Check]:
        if condition is not None:
            yield from [condition.check] if condition.check is not None else []
            for inner in (*condition.any, *condition.all, condition.not_):
                yield from of(inner)

    packs = shipped(None)
    for name in packs.names():
        pack = packs.get(name)
        if isinstance(pack, Pack):
            yield from of(pack.applies_when)
            for rule in pack.rules:
                yield rule.must
                yield from of(rule.when)


def test_both_say_the_same_in_every_shipped_pack() -> None:
    looked = 0
    for check in shipped_checks():
        if keys_of(check)[0] in EACH and predicate(check, key_of(check)) is not None:
            looked += 1
            for value in (*VALUES, *check.one_of, *check.none_of, check.equal or ""):
                same(check, value)
    assert looked > 300


@pytest.mark.parametrize(
    "check",
    [
        Check(equal="{region}"),
        Check(one_of=("a", "{region}")),
        Check(match="{region}.*"),
        Check(start_with="{region}"),
        Check(url=UrlShape(host=("{region}.example",))),
        Check(url=UrlShape(path_pattern="/{region}")),
        Check(same_as="assertion.id"),
        Check(before=Instant(clock=True)),
        Check(signed=True),
        Check(present=True),
        Check(use="aws_role"),
    ],
    ids=lambda check: keys_of(check)[0],
)
def test_none_where_the_value_is_not_all(check: Check) -> None:
    assert predicate(check, key_of(check)) is None
