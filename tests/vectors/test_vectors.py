"""Every vector through the front door: refused or accepted as it must be, and named for what it is."""

from __future__ import annotations

import pytest

from samlcheck.finding import SEVERITIES
from samlcheck.report.text import View, render
from tests.vectors.judging import Observed, as_expected, judge, judge_sent
from tests.vectors.making import ADMIN, USER, assertion_of, forged, genuine, posted, replaced
from tests.vectors.themes import ALL, THEMES, about
from tests.vectors.vector import VECTORS, Vector

FORGERIES = ("wrapping", "multiplicity", "ids", "canonicalisation", "transforms", "references")
"""Themes whose messages were built to deceive: what they are named for is an error of concern security."""


def said(observed: Observed) -> str:
    return f"{observed.acceptance}, signature {observed.signature}, first {observed.named}, all {observed.rules}"


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.id)
def test_vector(vector: Vector) -> None:
    observed = judge(vector)
    assert as_expected(vector, observed), f"{vector.expected} but {said(observed)}"
    if not vector.must_accept:
        assert observed.acceptance != "accepted"
    if vector.theme in FORGERIES and observed.signature in ("refused", "not-covering"):
        first = observed.findings[0]
        assert (first.severity, first.concern) == ("error", "security")
        assert first.evidence
        assert first.citations
    if vector.must_accept:
        assert [item.rule for item in observed.findings if item.severity == SEVERITIES[0]] == []


def test_there_are_enough_and_each_says_what_it_is() -> None:
    must_accept = [vector for vector in ALL if vector.must_accept]
    assert len(ALL) == len(VECTORS)
    assert len(ALL) - len(must_accept) >= 300
    assert len(must_accept) >= 150
    assert [vector.id for vector in ALL if len(vector.description) < 20 or not vector.description.endswith((".", "?"))] == []
    assert all(about(theme).endswith(".") for theme in THEMES)


@pytest.mark.parametrize("identifier", ["new", "same", "none"])
def test_wrapping_shows_what_was_signed_beside_what_would_be_read(identifier: str) -> None:
    xml = genuine("assertion")
    sent = posted(replaced(xml, forged(assertion_of(xml), identifier) + assertion_of(xml)))
    observed = judge_sent(sent)
    first = observed.findings[0]
    assert first.title == "Signature wrapping: what is signed is not what would be read"
    assert first.primary is not None
    assert first.primary.actual is not None
    assert first.primary.actual.value == ADMIN
    assert first.primary.covered is False
    (contrast,) = [item for item in first.evidence if item.role == "contrast"]
    assert contrast.actual is not None
    assert contrast.actual.value == USER
    assert contrast.label == "really signed: the Assertion"
    named = {"new": "the Assertion _forged", "same": "the Assertion _127273f1", "none": "the Assertion without an ID"}[identifier]
    assert f"but what would be read is {named}" in first.message.plain()


def test_an_identity_outside_the_signature_is_labelled_so() -> None:
    xml = genuine("assertion")
    sent = posted(replaced(xml, forged(assertion_of(xml)) + assertion_of(xml)))
    inspection = judge_sent(sent).inspection
    assert inspection is not None
    text = render(inspection, View(width=200)).plain()
    assert "/saml:NameID [not covered by a valid signature]" in text


def test_an_identity_inside_the_signature_is_not() -> None:
    inspection = judge_sent(posted(genuine("assertion", assertion__nameid=f"{USER} "))).inspection
    assert inspection is not None
    text = render(inspection, View(width=200)).plain()
    assert "nameid-whitespace" in text
    assert "not covered" not in text
