"""Names and references of nodes."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from samlcheck.source import Artifact, NodeRef
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import DS, NAMESPACES, SAML, SAMLP, XSI
from samlcheck.xmldoc.parse import parse

RESPONSE = f"""<p:Response xmlns:p="{SAMLP}" xmlns="{SAML}" xmlns:samlp="urn:evil" xmlns:i="{XSI}" ID="r">
  <Assertion ID="a1"><Subject><NameID>x</NameID></Subject></Assertion>
  <Assertion ID="a2" xml:id="q" samlp:ID="s"><AttributeValue i:type="t"/><samlp:Odd/><Odd/><samlp:Odd/><Lone xmlns=""/></Assertion>
</p:Response>"""


def document(text: str = RESPONSE) -> Document:
    return parse(Artifact("in.xml", text.encode()))


def node(doc: Document, xpath: str) -> etree._Element:
    (found,) = doc.root.xpath(xpath, namespaces={**NAMESPACES, "evil": "urn:evil"})
    return found


@pytest.mark.parametrize(
    ("xpath", "path"),
    [
        ("/samlp:Response", "/samlp:Response"),
        ("//saml:Assertion[1]", "/samlp:Response/saml:Assertion[1]"),
        ("//saml:NameID", "/samlp:Response/saml:Assertion[1]/saml:Subject/saml:NameID"),
        ("//saml:AttributeValue", "/samlp:Response/saml:Assertion[2]/saml:AttributeValue"),
        ("//evil:Odd[2]", "/samlp:Response/saml:Assertion[2]/*[local-name()='Odd'][3]"),
        ("//saml:Odd", "/samlp:Response/saml:Assertion[2]/saml:Odd"),
        ("//Lone", "/samlp:Response/saml:Assertion[2]/Lone"),
    ],
)
def test_paths_use_our_prefixes_and_index_only_where_needed(xpath: str, path: str) -> None:
    doc = document()
    assert doc.path(node(doc, xpath)) == path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ID", "/samlp:Response/saml:Assertion[2]/@ID"),
        ("{http://www.w3.org/XML/1998/namespace}id", "/samlp:Response/saml:Assertion[2]/@xml:id"),
        ("{urn:evil}ID", "/samlp:Response/saml:Assertion[2]/@*[local-name()='ID']"),
    ],
)
def test_attributes_are_told_apart_by_namespace(name: str, path: str) -> None:
    doc = document()
    assertion = node(doc, "//saml:Assertion[2]")
    ref = doc.ref(assertion, name)
    assert ref.path == path
    assert ref.span is not None
    assert not ref.absent
    assert doc.written(ref.span).partition("=")[2] == f'"{assertion.get(name)}"'


def test_what_is_missing_points_at_its_anchor() -> None:
    doc = document()
    subject = node(doc, "//saml:Subject")
    expected = NodeRef("in.xml", doc.path(subject) + "/saml:SubjectConfirmation", doc.ref(subject).span, absent=True)
    assert doc.absent(subject, "saml:SubjectConfirmation") == expected
    missing = doc.ref(subject, "Nope")
    assert missing.absent
    assert missing.path == doc.path(subject) + "/@Nope"
    assert doc.ref(subject, f"{{{XSI}}}nil").path == doc.path(subject) + "/@xsi:nil"


def test_tags_keep_the_prefix_of_the_sender() -> None:
    doc = document()
    assert doc.tag_as_written(doc.root) == "p:Response"
    assert doc.tag_as_written(node(doc, "//saml:Subject")) == "Subject"


def test_a_place_found_late_is_an_ordinary_reference() -> None:
    doc = document()
    found = doc.ref(node(doc, "//saml:NameID"), text=True)
    again = doc.ref(node(doc, "//saml:NameID"), text=True)
    plain = NodeRef(found.document, found.path, found.span, found.absent)
    assert found == again == plain
    assert plain == found
    assert len({found, again, plain}) == 1
    assert found != doc.ref(node(doc, "//saml:NameID"))
    assert found != "something else"
    assert pickle.loads(pickle.dumps(found)) == plain
    assert repr(plain).removeprefix("NodeRef") in repr(found)
    with pytest.raises(AttributeError):
        _ = found.nothing  # type: ignore[attr-defined]


def test_elements_of_another_document_are_refused() -> None:
    stranger = document().root
    with pytest.raises(ValueError, match="another document"):
        _ = document().ref(stranger).span


TREES = st.recursive(
    st.sampled_from(["<s:A/>", "<e:A/>", "<A/>", "<s:B/>", "<e:B/>", "<d:A/>", "<!--A-->", "text"]),
    lambda inner: st.tuples(st.sampled_from(["s:A", "e:A", "A", "d:B"]), st.lists(inner, max_size=5)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
)


@given(TREES)
def test_a_path_selects_its_node_and_no_other(inner: str) -> None:
    doc = document(f"<r xmlns:s='{SAML}' xmlns:d='{DS}' xmlns:e='urn:evil'>{inner}</r>")
    for element in doc.root.iter("*"):
        assert doc.root.xpath(doc.path(element), namespaces=NAMESPACES) == [element]


def test_children_are_found_by_steps_and_remembered() -> None:
    doc = document()
    both = doc.children(doc.root, "saml:Assertion")
    assert [child.get("ID") for child in both] == ["a1", "a2"]
    assert doc.children(doc.root, "saml:Assertion/saml:Subject/saml:NameID") == (node(doc, "//saml:NameID"),)
    assert doc.children(doc.root, "saml:Assertion/*") == tuple(child for assertion in both for child in assertion.iterchildren("*"))
    assert doc.children(doc.root, "saml:Subject") == ()
    assert doc.children(doc.root, "") == (doc.root,)
    assert doc.children(doc.root, "saml:Assertion") is both


@pytest.mark.parametrize(
    ("missing", "path", "anchor"),
    [
        ("saml:Assertion/saml:Subject/saml:BaseID", "/samlp:Response/saml:Assertion[1]/saml:Subject/saml:BaseID", "<Subject>"),
        (
            "saml:Assertion/saml:Conditions/@NotBefore",
            "/samlp:Response/saml:Assertion[1]/saml:Conditions/@NotBefore",
            "<Assertion ",
        ),
        ("saml:Assertion", "/samlp:Response/saml:Assertion", "<p:Response "),
        ("samlp:Status/samlp:StatusCode", "/samlp:Response/samlp:Status/samlp:StatusCode", "<p:Response "),
    ],
)
def test_what_is_missing_is_anchored_at_the_deepest_element_there_is(missing: str, path: str, anchor: str) -> None:
    doc = document()
    found = doc.absent(doc.root, missing)
    assert (found.path, found.absent) == (path, True)
    assert found.span is not None
    assert doc.written(found.span).startswith(anchor)
