"""Our canonicaliser against libxml2's, and where lxml has no answer, against the examples of the recommendations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from samlcheck.trust.algorithms import Canonicalization
from samlcheck.trust.canonical import CanonicalizationError, canonical

INCLUSIVE, EXCLUSIVE = Canonicalization(exclusive=False), Canonicalization(exclusive=True)

NAMES = st.sampled_from(["a", "b", "p:a", "q:b"])
TEXTS = st.text(st.sampled_from("ab &<>\"'\t\n\r\u00e9\U0001f511"), max_size=4)
DECLARATIONS = st.sets(st.sampled_from(["p=urn:p", "p=urn:r", "q=urn:q", "unused=urn:u", "=urn:default"]), max_size=3)


def _escape(text: str) -> str:
    for character, reference in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("\r", "&#13;"),
        ("\n", "&#10;"),
        ("\t", "&#9;"),
    ):
        text = text.replace(character, reference)
    return text


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> str:
    """Return well-formed XML with namespaces declared again, attributes with and without prefix, comments and text."""
    name = draw(NAMES)
    bound = {one.partition("=")[0]: one.partition("=")[2] for one in sorted(draw(DECLARATIONS))}
    declared = "".join(f' xmlns{":" if prefix else ""}{prefix}="{uri}"' for prefix, uri in bound.items())
    attributes = "".join(
        f' {key}="{_escape(draw(TEXTS))}"' for key in sorted(draw(st.sets(st.sampled_from(["z", "y", "p:x", "q:w"]))))
    )
    pieces = draw(st.lists(st.one_of(TEXTS.map(_escape), st.just("<!--c-->")), max_size=3))
    if depth:
        pieces += draw(st.lists(documents(depth - 1), max_size=2))
    return f"<{name}{declared}{attributes}>{''.join(pieces)}</{name}>"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(inner=documents(), exclusive=st.booleans(), comments=st.booleans(), prefixes=st.sets(st.sampled_from(["p", "q", "unused"])))
def test_agrees_with_libxml2(inner: str, exclusive: bool, comments: bool, prefixes: set[str]) -> None:
    root = etree.fromstring(f'<r xmlns:p="urn:p" xmlns:q="urn:q">{inner}</r>'.encode())
    listed = sorted(prefixes) if exclusive else []
    expected = etree.tostring(
        root, method="c14n", exclusive=exclusive, with_comments=comments, inclusive_ns_prefixes=listed or None
    )
    assert canonical(root, Canonicalization(exclusive, comments), prefixes=frozenset(listed)) == expected


ALL = b'<a xmlns="urn:d" xmlns:p="urn:p"><p:b></p:b></a>'
USED = b'<a xmlns="urn:d"><p:b xmlns:p="urn:p"></p:b></a>'
SUBTREES = {
    "inclusive brings inherited namespaces": (INCLUSIVE, {}, ALL),
    "exclusive brings only those used": (EXCLUSIVE, {}, USED),
    "exclusive with a prefix list": (EXCLUSIVE, {"prefixes": frozenset({"p"})}, ALL),
    "a prefix that is not in scope is skipped": (EXCLUSIVE, {"prefixes": frozenset({"no"})}, USED),
    "unless it is put back": (
        EXCLUSIVE,
        {"prefixes": frozenset({"no"}), "also_in_scope": {"no": "urn:no"}},
        b'<a xmlns="urn:d" xmlns:no="urn:no"><p:b xmlns:p="urn:p"></p:b></a>',
    ),
}


@pytest.mark.parametrize("case", SUBTREES)
def test_a_part_of_a_document(case: str) -> None:
    method, options, expected = SUBTREES[case]
    apex = etree.fromstring(b'<r xmlns="urn:d" xmlns:p="urn:p"><a><p:b/></a></r>')[0]
    assert canonical(apex, method, **options) == expected


def test_xml_attributes_are_inherited_by_inclusive_methods_only() -> None:
    apex = etree.fromstring(b'<r xml:lang="en" xml:id="x" xml:space="preserve"><a xml:space="default"/></r>')[0]
    assert canonical(apex, INCLUSIVE) == b'<a xml:id="x" xml:lang="en" xml:space="default"></a>'
    assert canonical(apex, Canonicalization(False, version="1.1")) == b'<a xml:lang="en" xml:space="default"></a>'
    assert canonical(apex, EXCLUSIVE) == b'<a xml:space="default"></a>'


def test_xml_base_under_version_1_1_is_refused_rather_than_guessed() -> None:
    apex = etree.fromstring(b'<r xml:base="http://example/"><a/></r>')[0]
    with pytest.raises(CanonicalizationError):
        canonical(apex, Canonicalization(False, version="1.1"))


def test_an_element_left_out_leaves_its_tail() -> None:
    root = etree.fromstring(b"<r>1<s>2</s>3<t/></r>")
    assert canonical(root, EXCLUSIVE, without=root[0]) == b"<r>13<t></t></r>"


def test_what_if_edits_change_text_and_not_the_tree() -> None:
    root = etree.fromstring(b"<r> <t>x</t> </r>")
    before = etree.tostring(root)
    assert canonical(root, EXCLUSIVE, edit=lambda parent, text: text if len(parent) == 0 else "") == b"<r><t>x</t></r>"
    assert etree.tostring(root) == before


def test_an_attribute_keeps_the_prefix_that_was_written() -> None:
    root = etree.fromstring(b'<r xmlns:a="urn:same" xmlns:b="urn:same" b:x="1"/>')
    assert canonical(root, EXCLUSIVE) == b'<r xmlns:b="urn:same" b:x="1"></r>'


def test_processing_instructions_are_kept_as_libxml2_keeps_them() -> None:
    root = etree.fromstring(b"<r><?x  y?><?z?></r>")
    assert canonical(root, EXCLUSIVE) == etree.tostring(root, method="c14n")
