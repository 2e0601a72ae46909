"""What holds whatever the message: no covered octet can change, nothing is mutated, nothing raises."""

from __future__ import annotations

import functools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from samlcheck.errors import SamlcheckError
from samlcheck.forge import STYLES, Keys, edit, healthy, make_keys
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import Anchors
from tests.trust.signing import message, pinned, read, trust

QUIET = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@functools.cache
def signer() -> Keys:
    return make_keys("idp.example")


@functools.cache
def anchors() -> Anchors:
    return pinned(signer())


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_trusted_when_healthy(style: str) -> None:
    facts = establish(read(message(signer(), healthy(style))), anchors())
    assert (facts.verdict, facts.structure) == ("trusted", ()), facts.signatures


@QUIET
@given(data=st.data(), where=st.sampled_from(["response", "assertion", "both"]))
def test_a_changed_octet_inside_what_is_covered_is_never_trusted_with_another_content(data: st.DataObject, where: str) -> None:
    """Any change of one octet leaves the message untrusted, unless canonicalisation proves the content to be the same."""
    xml = message(signer(), edit(healthy(), {"sign": where}))
    at = data.draw(st.integers(0, len(xml) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda value: value != xml[at]))
    changed = xml[:at] + bytes([octet]) + xml[at + 1 :]
    try:
        facts = establish(read(changed), anchors())
    except SamlcheckError:
        return
    if facts.verdict != "trusted":
        return
    assert facts.anatomy.assertion is not None
    original = read(xml).assertion
    assert original is not None
    assert _values(facts.anatomy.assertion) == _values(original)


def _values(assertion: etree._Element) -> bytes:
    """Return the canonical assertion without its signature, which is not part of what it signs."""
    copy = etree.fromstring(etree.tostring(assertion, with_tail=False))
    for node in copy.findall("{*}Signature"):
        copy.remove(node)
    return etree.tostring(copy, method="c14n", exclusive=True)


@QUIET
@given(data=st.data())
def test_moving_an_element_changes_nothing_that_is_read_or_is_not_trusted(data: st.DataObject) -> None:
    """KeyInfo is outside of what is signed, so its parts may move; a signature may go where one does without it."""
    original = read(message(signer())).assertion
    assert original is not None
    root = etree.fromstring(message(signer()))
    nodes = [node for node in root.iter(etree.Element) if node is not root]
    moved = data.draw(st.sampled_from(nodes))
    within = list(moved.iter())
    targets = [node for node in root.iter(etree.Element) if node not in within and node is not moved.getparent()]
    target = data.draw(st.sampled_from(targets))
    target.insert(data.draw(st.integers(0, len(target))), moved)
    changed = etree.tostring(root)
    facts = establish(read(changed), anchors())
    if facts.verdict == "trusted":
        assert facts.anatomy.assertion is not None
        assert _values(facts.anatomy.assertion) == _values(original)


@QUIET
@given(data=st.data())
def test_whatever_is_cut_or_doubled_nothing_raises_but_our_own_errors(data: st.DataObject) -> None:
    xml = message(signer())
    start = data.draw(st.integers(0, len(xml)))
    end = data.draw(st.integers(start, min(len(xml), start + 400)))
    changed = xml[:start] + xml[start:end] * data.draw(st.sampled_from([0, 2])) + xml[end:]
    try:
        facts = establish(read(changed), anchors())
    except SamlcheckError:
        return
    assert facts.verdict in ("trusted", "untrusted", "unverified")
    assert all(fact.explanation for fact in facts.signatures)


@pytest.mark.parametrize("sign", ["response", "assertion", "both", "none"])
def test_the_tree_is_left_as_it_was(sign: str) -> None:
    anatomy = read(message(signer(), edit(healthy(), {"sign": sign})))
    before = etree.tostring(anatomy.document.root, method="c14n"), etree.tostring(anatomy.document.root)
    facts = establish(anatomy, anchors())
    assert (etree.tostring(anatomy.document.root, method="c14n"), etree.tostring(anatomy.document.root)) == before
    assert facts.anatomy is anatomy
    assert all(node.getroottree().getroot() is anatomy.document.root for node in facts.covered)


def test_the_same_question_gives_the_same_answer() -> None:
    first, second = (trust(message(signer()), signer()) for _ in range(2))
    assert first.signatures == second.signatures
    assert (first.verdict, first.reason, first.structure) == (second.verdict, second.reason, second.structure)
