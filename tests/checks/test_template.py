"""The little template language: what it accepts, what it stands for, and what it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.case import Told
from samlcheck.checks.context import Nothing, Unknown
from samlcheck.checks.template import Name, TemplateError, expand, names, parse, parse_pattern, pattern, pattern_names, regex_of
from samlcheck.finding import Slot, Text

from .logins import context

LOGIN = context(parameters={"tenant": "eu0042", "sites": ("a", "b")}, patterns={"account": "[0-9]{12}", "free": ".+"})


def test_pieces() -> None:
    assert parse("a{tenant}{{b}}{attribute:https://x.example/Role}") == (
        "a",
        Name("tenant", 3),
        "{b}",
        Name("attribute:https://x.example/Role", 16),
    )
    assert names("{actual} and {assertion.not_before}") == ("actual", "assertion.not_before")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ab{c", "the brace is not closed; write {{ for a brace (column 3)"),
        ("a}b", "a closing brace without an opening one; write }} for a brace (column 2)"),
        ("a{}b", "what stands between the braces is not a name (column 3)"),
        ("{a b}", "what stands between the braces is not a name (column 2)"),
        ("{a.__class__}", "what stands between the braces is not a name (column 2)"),
        ("{a[0]}", "what stands between the braces is not a name (column 2)"),
        ("{a!r}", "what stands between the braces is not a name (column 2)"),
    ],
)
def test_mistakes_name_the_column(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert str(caught.value) == message


@given(st.text(alphabet="ab{}.:é ", max_size=12))
def test_a_template_parses_or_is_refused(text: str) -> None:
    column = 1
    try:
        parse(text)
    except TemplateError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1


@given(st.text(max_size=30))
def test_doubled_braces_stand_for_themselves(text: str) -> None:
    assert "".join(str(piece) for piece in parse(text.replace("{", "{{").replace("}", "}}"))) == text


@pytest.mark.parametrize("text", ["[a-z]{2,64}", "\\{x\\}", "\\p{Greek}", "\\x{41}", "a{3}", "\\\\{2}"])
def test_braces_of_patterns_are_left_alone(text: str) -> None:
    assert parse_pattern(text) == (text,)


def test_names_in_patterns() -> None:
    assert pattern_names("x{2}{tenant}\\.{assertion.id}[a]{1,3}") == ("tenant", "assertion.id")


class TestPattern:
    def test_complete(self) -> None:
        wanted = pattern("x-{sites}-{tenant}", LOGIN)
        assert wanted.literals == ("x-a-eu0042", "x-b-eu0042")
        assert wanted.unknown == ()
        assert wanted.unverified("x-b-eu0042") == ()
        assert wanted.unverified("x-c-eu0042") is None

    def test_shape(self) -> None:
        wanted = pattern("x.{account}.{free}", LOGIN)
        assert wanted.literals == ()
        assert wanted.unknown == ("account", "free")
        assert wanted.shown == "x.<account>.<free>"
        assert wanted.unverified("x.111122223333.y") == ("account", "free")
        assert wanted.unverified("x_111122223333.y") is None

    def test_missing(self) -> None:
        assert pattern("{sp.entity_id}", LOGIN).missing == Unknown(
            "the audience (entityID of the service) was not given", "--audience or --sp"
        )
        assert pattern("{free}", LOGIN).missing == Unknown("free was not given", "--set free=…")
        assert pattern("{response.consent}/x", LOGIN).missing == Nothing("there is no Consent to compare with")

    def test_values_in_patterns_are_quoted(self) -> None:
        login = context(parameters={"tenant": ".*"})
        assert regex_of("{tenant}", login).unverified("anything") is None
        assert regex_of("{tenant}", login).unverified(".*") == ()

    def test_the_parameter_goes_before_the_fact_of_the_same_name(self) -> None:
        login = context(parameters={"relay_state": "https://x.example/"})
        assert pattern("{relay_state}", login).literals == ("https://x.example/",)
        assert pattern("{relay_state}", context(told=Told(relay_state="https://y.example/"))).literals == ("https://y.example/",)


class TestExpand:
    def test_values_are_slots(self) -> None:
        text = expand("{actual}: tenant {tenant}, {detail}.", LOGIN, {"actual": Slot("x"), "detail": Text.of("it is ", Slot("y"))})
        assert text == Text((Slot("x"), ": tenant ", Slot("eu0042"), ", ", "it is ", Slot("y"), "."))

    def test_sensitive_facts_become_sensitive_slots(self) -> None:
        assert expand("{assertion.nameid}", LOGIN, {}).parts == (Slot("mia.lindqvist@example.com", sensitive=True),)
        assert expand("{attribute:email}", LOGIN, {}).parts == (Slot("mia.lindqvist@example.com", sensitive=True),)

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("{sites}", "a, b"),
            ("https://{free}.example", "https://<free>.example"),
            ("{response.consent}", "(none)"),
            ("{sp.entity_id}", "(none)"),
            ("It says: “{response.consent}”.", "It says: (none)."),
            ("[{difference}]", "[]"),
            ("{{x}}", "{x}"),
        ],
    )
    def test_words(self, text: str, shown: str) -> None:
        assert expand(text, LOGIN, {}).plain() == shown
