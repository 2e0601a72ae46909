"""JSON with places, and damage told in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.errors import HostileInput, InputError
from samlcheck.iam.located import Json, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def plain(value: Json) -> Any:
    match value.kind:
        case "object":
            return {member.name: plain(member.value) for member in value.members}
        case "array":
            return [plain(item) for item in value.items]
        case "string":
            return value.text
        case "number":
            return int(value.text)
        case _:
            return {"true": True, "false": False, "null": None}[value.text]


@given(VALUES, st.sampled_from([None, 1, 4]), st.booleans())
def test_what_the_standard_library_writes_is_read_and_every_place_holds_its_value(
    value: Any, indent: int | None, escaped: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    octets = text.encode("utf-8", "surrogatepass")
    read = parse(text, "f")
    assert plain(read) == value
    lines = text.split("\n")
    for item in read.walk():
        span = item.place.span
        assert span is not None
        assert json.loads(octets[span.start : span.end].decode("utf-8", "surrogatepass")) == plain(item)
        assert lines[span.line - 1][span.column - 1 :].startswith(octets[span.start : span.end].decode("utf-8", "surrogatepass")[0])


@given(st.text(alphabet='{}[]",:1 \n\\a“\u00a0', max_size=40))
def test_any_text_is_read_as_the_standard_library_reads_it_or_refused(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(InputError):
            parse(text, "f")
    else:
        assert plain(parse(text, "f")) == expected


DAMAGE = {
    "the policy of the guide for several IdPs": (
        '{   "Version": "2012-10-17",\n    "Statement": [\n            "Effect": "Allow",',
        "3:21",
        "a list holds values, but here is a name with a colon: the brace { before it in line 3, column 13 is missing",
    ),
    "cut off": ('{"a": [1,\n 2', "2:3", "it ends before the [ of line 1, column 7 is closed: ] is missing"),
    "closed by the wrong bracket": ('{"a": [1, 2}', "1:12", "the ] is missing that closes the [ of line 1, column 7"),
    "object closed as list": ('[{"a": 1]', "1:9", "the } is missing that closes the { of line 1, column 2"),
    "comma missing": ('{"a": 1\n "b": 2}', "2:2", "a comma is missing before this"),
    "comma too many in an object": ('{"a": 1,}', "1:9", "there is a comma before the closing }"),
    "comma too many in a list": ("[1,]", "1:4", "there is a comma before the closing ]"),
    "colon missing": ('{"a" 1}', "1:6", "a colon is missing after the name before it"),
    "brace too many": ('{"a": 1}}', "1:9", "there is a } too many"),
    "text after the end": ('{"a": 1} and so on', "1:10", "the value is complete, but more text follows"),
    "typographic quotation marks": ("{“a”: 1}", "1:2", 'there are typographic quotation marks; JSON takes " only'),
    "single quotation marks": ("{'a': 1}", "1:2", 'there are single quotation marks; JSON takes " only'),
    "a comment": ('{"a": 1, // one\n"b": 2}', "1:10", "there is a comment; JSON has none"),
    "an ellipsis": ('{"a": ...}', "1:7", "an ellipsis was left in; the part of the policy that it stands for is missing"),
    "a no-break space": ('{\u00a0"a": 1}', "1:2", "there is a no-break or other special blank, which JSON does not take"),
    "a bare word": ('{"a": Allow}', "1:7", "text without quotation marks stands where a value is expected"),
    "a line break in a string": (
        '{"a": "b\nc"}',
        "1:9",
        "there is a line break or control character inside a string (is a closing quotation mark missing?)",
    ),
    "a string without end": ('{"a": "b', "1:7", "the quotation mark here is never closed"),
    "a wrong escape": ('{"a": "\\q"}', "1:8", "there is a backslash that is not one of JSON's escapes"),
    "a value without a name": ('{{"a": 1}}', "1:2", "an object holds names with values, but here a value stands without a name"),
    "nothing": (" \n", "2:1", "it is empty"),
}


@pytest.mark.parametrize(("text", "where", "what"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_said_with_its_place(text: str, where: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, "policy.json")
    assert (caught.value.message, caught.value.where) == (f"The JSON is damaged: {what}", f"policy.json:{where}")
    assert caught.value.code == "damaged-json"


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(HostileInput, match="nested far deeper"):
        parse("[" * 100_000, "f")
    with pytest.raises(HostileInput, match="far longer"):
        parse(" " * 5_000_000, "f")


def test_a_number_of_many_digits_stays_text() -> None:
    assert parse("9" * 5000, "f").text == "9" * 5000


def test_json_inside_a_string_stands_where_the_string_does() -> None:
    outer = parse('{"policy":\n  "{\\"a\\": 1}"}', "state.json").members[0].value
    inner = parse(outer.text, "state.json", inside=outer.place)
    place = inner.members[0].value.place
    assert place.span is not None
    assert (place.span.line, place.span.column, place.path) == (2, 3, "policy: a")
