"""What is read, what is refused, and in which words."""

# ruff: noqa: E501 (tables keep one case to a line)

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from samlcheck.errors import HostileInput, InputError
from samlcheck.source import Artifact
from samlcheck.xmldoc import gate
from samlcheck.xmldoc.encoding import encoding_of
from samlcheck.xmldoc.limits import METADATA, Limits
from samlcheck.xmldoc.parse import DEFAULT, parse

BOM = "\ufeff"


def refusal(data: bytes, limits: Limits = DEFAULT) -> InputError:
    with pytest.raises(InputError) as caught:
        parse(Artifact("in.xml", data), limits)
    return caught.value


def outcome(data: bytes) -> InputError | None:
    """Return why the octets are refused; None if they are read, and both readings then count the same elements."""
    try:
        document = parse(Artifact("in.xml", data))
    except InputError as error:
        return error
    assert len(document.positions) == len(list(document.root.iter("*")))
    return None


# --- encodings


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("<a>é€😀</a>".encode(), id="utf-8"),
        pytest.param('<?xml version="1.0" encoding="utf-8"?><a>é€😀</a>'.encode(), id="utf-8 declared in lower case"),
        pytest.param((BOM + "<a>é€😀</a>").encode(), id="utf-8 with mark"),
        pytest.param((BOM + "<a>é€😀</a>").encode("utf-16-le"), id="utf-16 little endian"),
        pytest.param((BOM + "<a>é€😀</a>").encode("utf-16-be"), id="utf-16 big endian"),
        pytest.param((BOM + "<?xml version='1.0' encoding='UTF-16'?><a>é€😀</a>").encode("utf-16-be"), id="utf-16 declared"),
    ],
)
def test_both_encodings_are_read(data: bytes) -> None:
    assert parse(Artifact("in.xml", data)).root.text == "é€😀"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "declares ISO-8859-1 but its octets are to be read as UTF-8", id="latin-1"),
        pytest.param(b'<?xml version="1.0" encoding="utf-16"?><a/>', "declares utf-16 but its octets are to be read as UTF-8", id="utf-16 in utf-8"),
        pytest.param((BOM + '<?xml version="1.0" encoding="UTF-8"?><a/>').encode("utf-16-le"), "declares UTF-8 but its octets are to be read as UTF-16", id="utf-8 in utf-16"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-7"?><a/>', "declares UTF-7", id="utf-7"),
        pytest.param(b'<?xml version="1.0" encoding="\x1b]0;x"?><a/>', "declares another encoding", id="name unfit to be shown"),
        pytest.param("<a/>".encode("utf-16-le"), "UTF-16 without a byte order mark", id="utf-16 without mark"),
        pytest.param("<a/>".encode("utf-16-be"), "UTF-16 without a byte order mark", id="utf-16 be without mark"),
        pytest.param((BOM + "<a/>").encode("utf-32-le"), "UTF-32", id="utf-32"),
        pytest.param("<a/>".encode("utf-32-be"), "UTF-32", id="utf-32 without mark"),
        pytest.param("<?xml version='1.0'?><a/>".encode("cp500"), "EBCDIC", id="ebcdic"),
    ],
)  # fmt: skip
def test_other_encodings_are_refused(data: bytes, says: str) -> None:
    error = refusal(data)
    assert error.code == "encoding"
    assert says in error.message
    assert "\x1b" not in error.message
    assert error.where == "in.xml:1:1"


# --- DTD


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<!DOCTYPE a><a/>", id="empty"),
        pytest.param(
            b'<?xml version="1.0"?>\n<!-- c --><?p i?>\n<!DOCTYPE a [<!ENTITY e "x">]><a b="&e;">&e;</a>', id="internal entity"
        ),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', id="external"),
        pytest.param((BOM + "<!DOCTYPE a><a/>").encode("utf-16-be"), id="utf-16"),
        pytest.param(b"\xef\xbb\xbf<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://x.example/'> %p;]><a/>", id="parameter entity"),
    ],
)
def test_a_document_type_declaration_is_refused(data: bytes) -> None:
    error = refusal(data)
    assert isinstance(error, HostileInput)
    assert error.code == "dtd"
    assert "document type declaration" in error.message


def test_billion_laughs_cost_nothing() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    data = f'<!DOCTYPE a [<!ENTITY e0 "ha">{levels}]><a>&e11;</a>'.encode()
    tracemalloc.start()
    began = time.perf_counter()
    assert refusal(data).code == "dtd"
    assert time.perf_counter() - began < 0.5
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("data", [b"<a><!--<!DOCTYPE a>--></a>", b"<!--<!DOCTYPE a>--><a/>", b"<a><![CDATA[<!DOCTYPE a>]]></a>"])
def test_the_words_of_a_dtd_in_a_comment_are_no_dtd(data: bytes) -> None:
    assert parse(Artifact("in.xml", data)).root.tag == "a"


# --- limits


def scope(count: int) -> str:
    return " ".join(f'xmlns:n{i}="urn:{i}"' for i in range(count))


@pytest.mark.parametrize(
    ("code", "within", "beyond"),
    [
        pytest.param("limit-octets", f"<a>{'x' * ((4 << 20) - 7)}</a>", f"<a>{'x' * ((4 << 20) - 6)}</a>", id="octets"),
        pytest.param("limit-nodes", f"<a>{'<b/>' * 49_999}</a>", f"<a>{'<b/>' * 50_000}</a>", id="elements"),
        pytest.param("limit-nodes", f"<a>{'<!---->' * 49_999}</a>", f"<a>{'<!---->' * 50_000}</a>", id="comments"),
        pytest.param("limit-nodes", f"<a>{'<?p?>' * 49_999}</a>", f"<a>{'<?p?>' * 50_000}</a>", id="processing instructions"),
        pytest.param("limit-nodes", f"<a>{'<![CDATA[]]>' * 49_999}</a>", f"<a>{'<![CDATA[]]>' * 50_000}</a>", id="CDATA"),
        pytest.param("limit-depth", "<a>" * 100 + "</a>" * 100, "<a>" * 101 + "</a>" * 101, id="depth"),
        pytest.param("limit-depth", "<a>" * 99 + "<a/>" + "</a>" * 99, "<a>" * 100 + "<a/>" + "</a>" * 100, id="depth of an empty element"),
        pytest.param(
            "limit-attributes",
            "<a " + " ".join(f'b{i}=""' for i in range(256)) + "/>",
            "<a " + " ".join(f'b{i}=""' for i in range(257)) + "/>",
            id="attributes",
        ),
        pytest.param("limit-namespaces-in-scope", f"<a {scope(64)}/>", f"<a {scope(65)}/>", id="namespaces of one element"),
        pytest.param("limit-namespaces-in-scope", f"<a {scope(60)}><b {scope(4)}/></a>", f"<a {scope(60)}><b {scope(5)}/></a>", id="namespaces in scope"),
        pytest.param("limit-namespaces", f"<a>{f'<b {scope(50)}/>' * 400}</a>", f"<a>{f'<b {scope(50)}/>' * 400}<c xmlns='u'/></a>", id="namespaces"),
        pytest.param("limit-cost", f"<a {scope(60)}>{'<b/>' * 11_000}</a>", f"<a {scope(60)}>{'<b/>' * 12_000}</a>", id="cost"),
    ],
)  # fmt: skip
def test_limits_hold_exactly(code: str, within: str, beyond: str) -> None:
    assert parse(Artifact("in.xml", within.encode())).root.tag == "a"
    error = refusal(beyond.encode())
    assert isinstance(error, HostileInput)
    assert error.code == code
    assert error.message.startswith("The XML was refused before it was read: it has ")


def test_metadata_may_be_larger() -> None:
    data = f"<a>{'<b/>' * 60_000}</a>".encode()
    assert refusal(data).code == "limit-nodes"
    assert len(parse(Artifact("in.xml", data), METADATA).root) == 60_000


@given(
    st.recursive(st.just("<b/>"), lambda inner: st.lists(inner, max_size=4).map(lambda x: f"<a b='='>{''.join(x)}</a>")),
    st.integers(1, 40),
)
def test_the_quick_look_never_admits_what_counting_refuses(xml: str, bound: int) -> None:
    limits = Limits(nodes=bound, depth=max(bound // 4, 1), attributes=bound, namespaces=bound, namespaces_in_scope=bound)
    artifact = Artifact("in.xml", xml.encode())
    try:
        gate.admit(artifact, encoding_of(artifact), limits)
    except HostileInput:
        return
    gate.count(artifact, encoding_of(artifact), limits)  # raises if the quick look was wrong


def test_what_is_within_the_limits_is_canonicalised_in_bounded_time() -> None:
    data = f"<a {scope(62)}>{('<b>' * 90 + '</b>' * 90) * 115}</a>".encode()
    root = parse(Artifact("in.xml", data)).root
    began = time.perf_counter()
    etree.tostring(root, method="c14n")
    assert time.perf_counter() - began < 2


# --- what is not well-formed


@pytest.mark.parametrize(
    ("data", "message", "tip", "place"),
    [
        ("", "The XML is empty.", "Capture the message again", "1:1"),
        ("  \n ", "The XML is empty.", "Capture the message again", "1:1"),
        ("hello", "Text stands before the first <.", "Give the XML alone", "1:1"),
        ("\n SAMLResponse: <a/>", "Text stands before the first <.", "Give the XML alone", "2:2"),
        ("<a>\n <b>text", "The XML breaks off inside <b>: 2 elements are not closed.", "1024, 2048, 4096", "2:9"),
        ("<samlp:R xmlns:samlp='u'>", "The XML breaks off inside <samlp:R>: 1 element is not closed.", "Copy it again", "1:26"),
        ('<a><b c="1', "The XML breaks off inside <a>: 1 element is not closed.", "Copy it again", "1:11"),
        ("<a><![CDATA[x", "The XML breaks off inside <a>: 1 element is not closed.", "Copy it again", "1:14"),
        ("<a><b/></a", "The XML breaks off inside <a>: 1 element is not closed.", "Copy it again", "1:11"),
        ('<a b="1', "The XML breaks off before its first element is complete.", "Copy it again", "1:8"),
        ("<a/><b", "A second document begins here.", "Give each message by itself", "1:5"),
        ("<a>\n<!-- x </a>", "A comment begins here and does not end.", "-->", "2:1"),
        ("<a><b></a>", "This end tag closes another element than the one that is open: <b>, begun in line 1.", "missing or doubled", "1:9"),
        ("<a/>\n<b/>", "A second document begins here.", "Give each message by itself", "2:1"),
        ("<a/> text", "The XML has ended, but something follows it.", "behind the last end tag", "1:6"),
        ("<a>x & y</a>", "An & stands here that begins no entity.", "&amp;", "1:6"),
        ("<a b='é?x=1&y=2'/>", "An & stands here that begins no entity.", "&amp;", "1:12"),
        ("<a>&nbsp;</a>", "An entity is used here that XML does not know.", "&lt;", "1:4"),
        ("<a>&#1;</a>", "A number such as &#1; stands here for a character that XML forbids.", "Capture", "1:4"),
        ("<a>x\x01</a>", "A control character (U+0001) stands here, which XML forbids.", "Capture", "1:5"),
        ("<a b=1/>", "A tag is not written as XML wants it.", 'name="value"', "1:6"),
        ('<a b="1"c="2"/>', "A tag is not written as XML wants it.", "with a blank before it", "1:9"),
        ('<a b="<"/>', "A < stands inside a tag.", "&lt;", "1:7"),
        ('<a b="1" b="2"/>', "This tag has the same attribute twice.", "once", "1:10"),
        ("<a><saml:b/></a>", "This tag uses a namespace prefix that is not declared.", "cut out of a larger document", "1:4"),
        ("<a xmlns:b=''/>", "A namespace is declared here in a way that XML forbids.", "reserved", "1:1"),
        ("\n<?xml version='1.0'?><a/>", "The XML declaration (<?xml …?>) does not stand at the very beginning.", "blanks or an empty line", "2:1"),
        ("<a>]]></a>", "Something stands here that XML does not allow.", "Capture", "1:6"),
        ("<a xmlns:saml='urn:oasis:names:tc:SAML:2.0: assertion'/>", "A namespace is declared here that is no URI: perhaps a blank or a line break has got into it.", "capture the message again", "1:55"),
        (b"<a>\xc3\xa9\xff</a>", "The octets here are not valid UTF-8.", "another encoding", "1:5"),
        ("<?xml version='2.0'?><a/>", "The XML is not well-formed here.", "capture the message again", "1:20"),
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_explained(data: str | bytes, message: str, tip: str, place: str) -> None:
    error = refusal(data.encode() if isinstance(data, str) else data)
    assert error.code == "not-well-formed"
    assert error.message == message
    assert tip in error.tip
    assert error.where == f"in.xml:{place}"


def test_errors_hold_no_captured_values() -> None:
    secret = "jane.doe@example.com"
    for broken in (
        f"<a b='{secret}'",
        f"<a>{secret} & <",
        f"<{secret}>",
        f"<a></{secret}>",
        f"<a><b_{'x' * 80}>{secret}",
        f"{secret}<a/>",
        f"<a>&{secret};</a>",
    ):
        error = refusal(broken.encode())
        assert "jane" not in f"{error} {error.tip} {error.where}"
        assert "xxxx" not in error.message


def test_names_that_could_deceive_are_not_shown() -> None:
    assert refusal("<a><b\u0660>".encode()).message == "The XML breaks off inside an element: 2 elements are not closed."


@given(st.binary(max_size=200))
@example(b"\xff\xfe<")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\xd8<\x00a\x00/\x00>\x00")
@example(b"<a\x00/>")
def test_any_octets_are_read_or_refused(data: bytes) -> None:
    fault = outcome(data)
    assert fault is None or (fault.code in ("not-well-formed", "encoding", "dtd") and fault.where)


SOUP = st.lists(
    st.sampled_from(
        ["<a>", "</a>", "<b c='1'/>", "<b", " c=", "'", '"', ">", "&", "&lt;", "&x;", "<!--", "-->", "<![CDATA[", "]]>", "<?p", "?>", "<!DOCTYPE a [", "]>", "xmlns:x='u'", "x:", "é", "\x00", "\n", " ", "<?xml version='1.0' encoding='", "UTF-8", "'?>"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(SOUP, st.sampled_from(["utf-8", "utf-16"]))
def test_any_markup_is_read_or_refused(text: str, codec: str) -> None:
    fault = outcome(text.encode(codec))
    assert fault is None or (fault.message and fault.tip)
