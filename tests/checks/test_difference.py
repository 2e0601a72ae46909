"""How two texts differ, in kind and words; and what must hold for any two texts."""

# ruff: noqa: E501 - tables read best with one case a line
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.checks.difference import difference, distance, placeholder
from samlcheck.checks.lookalike import foreign, skeleton

URL = "https://sp.example/saml/acs"
CASES = [
    ("slash too many", URL, URL + "/", "trailing-slash", "it has a slash at the end"),
    ("slash lacking", "urn:x/", "urn:x", "trailing-slash", "it lacks the slash at the end"),
    ("scheme", URL, "http://sp.example/saml/acs", "scheme", "it begins with http:// instead of https://"),
    ("port", URL, "https://sp.example:8443/saml/acs", "port", "it has port 8443 instead of no port"),
    ("default port", URL, "https://sp.example:443/saml/acs", "port", "the default port 443 is spelt out"),
    ("default port lacking", "https://sp.example:443/a", "https://sp.example/a", "port", "the default port 443 is not spelt out"),
    ("host", URL, "https://staging.other.test/saml/acs", "host", "another host"),
    ("www", URL, "https://www.sp.example/saml/acs", "host", "it has www. before the host"),
    ("no www", "https://www.sp.example/", "https://sp.example/", "host", "it lacks www. before the host"),
    ("host typo", URL, "https://sp.exmaple/saml/acs", "host", "another host: has “ma” instead of “am” at position 6: two characters changed places"),
    ("path", URL, "https://sp.example/login", "path", "another path on the same host"),
    ("path typo", URL, "https://sp.example/saml/acz", "one-character", "it has “z” instead of “s” at position 9"),
    ("query", URL, URL + "?tenant=1", "query", "it has a query (the part after ?) that does not belong there"),
    ("query lacking", URL + "?a=1", URL, "query", "it lacks the query (the part after ?)"),
    ("fragment", "https://signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/saml#1", "suffix", "it has a fragment (the part after #) that does not belong there"),
    ("scheme and port", "https://sp.example:8443/a", "http://sp.example:8080/a", "port", "scheme and port differ"),
    ("case", "agent", "Agent", "case", "it differs only in upper and lower case: “A” instead of “a” at position 1"),
    ("blank after", "agent", "agent ", "whitespace", "it has a blank at the end"),
    ("line break around", "agent", "\n  agent\n", "whitespace", "it has a line break at both ends"),
    ("blank inside", "a,b", "a, b", "whitespace", "it has a blank inside"),
    ("no-break space", "a b", "a\u00a0b", "whitespace", "it has a no-break space inside"),
    ("blank lacking", "Mia Lindqvist", "MiaLindqvist", "whitespace", "it lacks a blank inside"),
    ("template", "https://x.example/eu0042", "https://x.example/<tenant>", "placeholder", "text of a template was left in"),
    ("template ARN", "arn:aws:iam::111122223333:role/a", "arn:aws:iam::ACCOUNTID:role/ROLENAME", "placeholder", "text of a template was left in"),
    ("Cyrillic", "agent", "аgent", "look-alike", "it looks the same, but holds cyrillic small letter a (U+0430) at position 1"),
    ("zero-width", "agent", "age\u200bnt", "look-alike", "it looks the same, but holds zero width space (U+200B) at position 4"),
    ("en dash", "full-name", "full–name", "look-alike", "it looks the same, but holds en dash (U+2013) at position 5"),
    ("NFD", "jos\u00e9", "jose\u0301", "look-alike", "it looks the same, but accented letters are composed differently (NFC and NFD)"),
    ("percent", "https://x.example/a b", "https://x.example/a%20b", "encoding", "the same value, but it is percent-encoded"),
    ("amp", "https://x.example/?a=1&b=2", "https://x.example/?a=1&amp;b=2", "encoding", "the same value, but characters are escaped as in HTML (&amp;)"),
    ("dropped", "111122223333", "11112222333", "one-character", "it lacks “3” at position 12"),
    ("changed", "111122223333", "111122223334", "one-character", "it has “4” instead of “3” at position 12"),
    ("transposed", "111122223333", "111122232333", "one-character", "it has “32” instead of “23” at position 8: two characters changed places"),
    ("added", "full_name", "full__name", "one-character", "it has “_” too many at position 6"),
    ("two apart", "administrator", "edministratur", "one-character", "two characters differ, the first at position 1"),
    ("suffix", "urn:payroll", "urn:payroll:staging", "suffix", "it has 8 characters too many at the end"),
    ("prefix", "agent", "role=agent", "prefix", "it has 5 characters too many at the beginning"),
    ("cut off", "urn:payroll:eu", "urn:pay", "suffix", "it lacks the last 7 characters"),
    ("head cut off", "urn:payroll", "payroll", "prefix", "it lacks the first 4 characters"),
    ("empty", "agent", "", "other", "it is empty"),
    ("other", "agent", "supervisor", "other", "it is another value"),
    ("not URLs", "http://[", "http://]x:y", "other", "it is another value"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "actual", "kind", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_difference(expected: str, actual: str, kind: str, words: str) -> None:
    found = difference(expected, actual)
    assert found is not None
    assert (found.kind, found.words) == (kind, words)


def test_swapped_goes_first() -> None:
    found = difference("https://sp.example/saml", URL + "/", {"ACS URL": (URL,)})
    assert found is not None
    assert (found.kind, found.words) == ("swapped", "this is the ACS URL")


def test_the_expected_value_is_no_mix_up_with_itself() -> None:
    found = difference(URL, URL + "/", {"ACS URL": (URL,)})
    assert found is not None
    assert found.kind == "trailing-slash"


@pytest.mark.parametrize(
    "text",
    ["<tenant>", "${user:email}", "{tenant}", "arn:aws:iam::ACCOUNTID:role/x", "your-domain.okta.com", "https://yourcompany.example", "[Tenant ID]", "xxxxxxxx", "CHANGE_ME", "%TENANT%"],
)  # fmt: skip
def test_template_text(text: str) -> None:
    assert placeholder(text)


@pytest.mark.parametrize(
    "text",
    ["{0f8fad5b-d9cb-469f-a165-70867728950e}", "my-app", "arn:aws:iam::111122223333:role/Connect", "mia@example.com", "https://sp.example/acs", "a<b", "[1]", ""],
)  # fmt: skip
def test_no_template_text(text: str) -> None:
    assert not placeholder(text)


texts = (
    st.text(max_size=30)
    | st.text(alphabet="aAb/:.-# %\u00a0é1", max_size=12)
    | st.sampled_from([case[1] for case in CASES] + [case[2] for case in CASES])
)


@given(texts, texts)
def test_none_only_for_equal_texts(left: str, right: str) -> None:
    assert (difference(left, right) is None) == (left == right)


_SYMMETRIC = ("case", "scheme", "port", "host", "path", "look-alike", "trailing-slash", "encoding", "whitespace")


@given(texts, texts)
def test_both_directions_are_of_one_kind(left: str, right: str) -> None:
    there, back = difference(left, right), difference(right, left)
    assert (there is None) == (back is None)
    if there is not None and back is not None and there.kind in _SYMMETRIC and not placeholder(left + right):
        assert back.kind == there.kind or "" in (left, right)


@given(texts, texts)
def test_words_do_not_repeat_values(left: str, right: str) -> None:
    found = difference(left, right)
    assert found is None or len(right) < 12 or right not in found.words


@given(st.text(max_size=8), st.text(max_size=8))
def test_distance_is_a_metric_up_to_its_limit(left: str, right: str) -> None:
    found = distance(left, right, 20)
    assert found == distance(right, left, 20)
    assert (found == 0) == (left == right)
    assert distance(left, right, 2) == min(found, 3)


@given(st.text(max_size=20))
def test_skeleton_is_stable(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text) or foreign(skeleton(text))
