"""Every span slices to exactly what it claims, wherever the document puts its octets."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.source import Artifact, Span
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.parse import parse

BOM = "\ufeff"


def document(text: str, codec: str = "utf-8") -> Document:
    return parse(Artifact("in.xml", text.encode(codec)))


def where(span: Span | None) -> tuple[int, int]:
    assert span is not None
    return span.line, span.column


@pytest.mark.parametrize(
    ("text", "start", "content", "attribute"),
    [
        pytest.param("<r><a b='1'>x</a></r>", (1, 4), (1, 13), (1, 7), id="one line"),
        pytest.param("<r>\n<a b='1'>x</a></r>", (2, 1), (2, 10), (2, 4), id="second line"),
        pytest.param("<r>\r\n<a b='1'>x</a></r>", (2, 1), (2, 10), (2, 4), id="CR LF"),
        pytest.param("<r>\r<a b='1'>x</a></r>", (2, 1), (2, 10), (2, 4), id="CR alone"),
        pytest.param("<r>\t<a\tb='1'>x</a></r>", (1, 5), (1, 14), (1, 8), id="tabs count one"),
        pytest.param("<r>\n  <a\n     b='1'\n  >x</a></r>", (2, 3), (4, 4), (3, 6), id="tag over lines"),
        pytest.param("<r>é€😀<a b='1'>x</a></r>", (1, 7), (1, 16), (1, 10), id="characters, not octets"),
        pytest.param("<r c='é😀'>\n€<a b='1'>x</a></r>", (2, 2), (2, 11), (2, 5), id="characters of its own line only"),
        pytest.param(BOM + "<r><a b='1'>x</a></r>", (1, 4), (1, 13), (1, 7), id="byte order mark"),
        pytest.param("<r><!-- <a b='2'> --><a b='1'>x</a></r>", (1, 22), (1, 31), (1, 25), id="tag in a comment"),
        pytest.param("<r><![CDATA[<a b='2'>]]><a b='1'>x</a></r>", (1, 25), (1, 34), (1, 28), id="tag in CDATA"),
        pytest.param("<?p <a b='2'>?><r><a b='1'>x</a></r>", (1, 19), (1, 28), (1, 22), id="tag in a processing instruction"),
        pytest.param("<r d='>/>'><a c=\"'>b='2'\" b='1'>x</a></r>", (1, 12), (1, 33), (1, 27), id="markup in values"),
        pytest.param("<r>" + "é" * 5000 + "<a b='1'>x</a></r>", (1, 5004), (1, 5013), (1, 5007), id="beyond a block"),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_lines_and_columns(
    text: str, start: tuple[int, int], content: tuple[int, int], attribute: tuple[int, int], codec: str
) -> None:
    if codec != "utf-8" and not text.startswith(BOM):
        text = BOM + text
    doc = document(text, codec)
    node = doc.root.find("a")
    assert node is not None
    assert where(doc.ref(node).span) == start
    assert where(doc.ref(node, text=True).span) == content
    assert where(doc.ref(node, "b").span) == attribute
    place = doc.attribute(node, "b")
    assert place is not None
    assert doc.written(place.whole) == "b='1'"
    assert doc.written(place.value) == "1"
    assert doc.written(doc.positions.content(1)) == "x"
    end = doc.positions.end_tag(1)
    assert end is not None
    assert doc.written(end) == "</a>"


@pytest.mark.parametrize(
    ("tag", "empty"), [("<a/>", True), ("<a />", True), ("<a b='/'/>", True), ("<a></a>", False), ("<a b='/'></a>", False)]
)
def test_an_element_without_content_has_a_place_of_no_length(tag: str, empty: bool) -> None:
    doc = document(f"<r>{tag}<c/></r>")
    content = doc.positions.content(1)
    assert content.start == content.end
    assert (doc.positions.end_tag(1) is None) == empty
    assert doc.written(doc.positions.start_tag(1)) == tag.removesuffix("</a>")


def test_content_holds_comments_and_children() -> None:
    doc = document("<r><a> x<!-- c -->y<b>z</b> </a></r>")
    assert doc.written(doc.positions.content(1)) == " x<!-- c -->y<b>z</b> "


def test_namespace_declarations_are_among_the_attributes() -> None:
    doc = document("<r xmlns='u' xmlns:p = \"v\"\n p:a='&lt;&#10;'/>")
    assert [(place.name, doc.written(place.value)) for place in doc.positions.attributes(0)] == [
        ("xmlns", "u"),
        ("xmlns:p", "v"),
        ("p:a", "&lt;&#10;"),
    ]


def test_many_places_on_one_long_line_are_cheap() -> None:
    doc = document("<r>" + "<a b='é'/>" * 20_000 + "</r>")
    lines = {doc.positions.start_tag(index).line for index in range(len(doc.positions))}
    assert lines == {1}
    assert doc.positions.start_tag(20_000).column == 4 + 19_999 * 10


# --- property: documents built from known pieces


@dataclass
class Built:
    """A document under construction, with what was written where."""

    text: str = ""
    elements: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)
    """Start tag, content, attributes (whole, value) in document order."""


TEXT = st.text(st.sampled_from("ab \t\n\ré€😀'\">]"), max_size=6).filter(lambda text: "]]>" not in text)
MISC = st.sampled_from(["", "<!-- <x y='1'> -->", "<?p <x/>?>", "<![CDATA[<x></y>]]>", "&lt;x&gt;", "\r\n", "&#13;"])
SPACE = st.sampled_from([" ", "\n", "\r\n\t", "  "])
NAME = st.sampled_from(["a", "b", "é", "名", "p:a", "p:_.-x"])


@st.composite
def attributes(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Return attributes as (leading space, whole, value)."""
    found = []
    for name in draw(st.lists(st.sampled_from(["x", "y", "é", "p:x", "xml:id"]), unique=True, max_size=4)):
        quote = draw(st.sampled_from("'\""))
        value = draw(TEXT).replace(quote, "").replace("<", "")
        value = f"n{len(found)}" if name == "xml:id" else value
        equals = draw(st.sampled_from(["=", " = ", "\n="]))
        found.append((draw(SPACE), f"{name}{equals}{quote}{value}{quote}", value))
    return found


@st.composite
def element(draw: st.DrawFn, depth: int = 0) -> Built:
    name = draw(NAME)
    own = [(" ", "xmlns:p='u'", "u"), *draw(attributes())] if depth == 0 else draw(attributes())
    tag = f"<{name}{''.join(space + whole for space, whole, _ in own)}{draw(st.sampled_from(['', ' ']))}"
    children = draw(st.lists(element(depth + 1), max_size=3)) if depth < 3 else []
    pairs = [(whole, value) for _, whole, value in own]
    if not children and draw(st.booleans()):
        return Built(tag + "/>", [(tag + "/>", "", pairs)])
    content = draw(TEXT) + "".join(child.text + draw(MISC) + draw(TEXT) for child in children)
    below = [item for child in children for item in child.elements]
    return Built(f"{tag}>{content}</{name}>", [(tag + ">", content, pairs), *below])


@given(element(), MISC.filter(lambda text: not text.startswith(("<![", "&"))), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_every_span_slices_to_what_it_claims(built: Built, prolog: str, codec: str) -> None:
    doc = document(prolog + built.text, codec)
    places = doc.positions
    assert len(places) == len(built.elements)
    whole = doc.data.decode(codec)
    for index, (tag, content, pairs) in enumerate(built.elements):
        spans = [(places.start_tag(index), tag), (places.content(index), content)]
        for found, (attribute, value) in zip(places.attributes(index), pairs, strict=True):
            spans += [(found.whole, attribute), (found.value, value)]
        for span, expected in spans:
            assert doc.written(span) == expected
            line, column = line_and_column(whole, len(doc.data[: span.start].decode(codec)))
            assert (span.line, span.column) == (line, column)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Count as an editor does, the slow way."""
    line, column, at = 1, 1, 0
    while at < offset:
        at += 2 if text[at : at + 2] == "\r\n" else 1
        line, column = (line + 1, 1) if text[at - 1] in "\r\n" else (line, column + 1)
    return line, column


@given(element(), st.sampled_from(["utf-8", "utf-16"]))
def test_every_node_of_the_tree_is_found_in_the_octets(built: Built, codec: str) -> None:
    doc = document(built.text, codec)
    for node in doc.root.iter("*"):
        span = doc.ref(node).span
        assert span is not None
        assert doc.written(span).startswith("<" + doc.tag_as_written(node))
        for name in node.attrib:
            found = doc.attribute(node, str(name))
            assert found is not None
            assert doc.ref(node, str(name)).span == found.whole
