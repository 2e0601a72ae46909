"""Aggregates are cut into the same entities that a parser sees, at the same places, in memory that stays flat."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bench.aggregate import aggregate as synthetic
from samlcheck.errors import InputError
from samlcheck.lint.aggregate import EntitySlice, Skeleton
from samlcheck.lint.source import Whole, open_source
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.parse import METADATA
from samlcheck.xmldoc.part import parse_part
from tests.lint.files import NAMES, Held, aggregate, entity, lint

BETWEEN = st.lists(
    st.sampled_from(
        [
            "\n",
            "  ",
            "\r\n",
            "<!-- <md:EntityDescriptor entityID='no'> -->",
            "<!--</md:EntitiesDescriptor>-->",
            "<?php echo '<md:EntityDescriptor>' ?>",
            "<!-- ä -->",
        ]
    ),
    max_size=3,
).map("".join)
INSIDE = st.sampled_from(
    [
        "",
        "<!-- </md:EntityDescriptor> -->",
        "<md:Extensions><x:y xmlns:x='u:x'><![CDATA[</md:EntityDescriptor>]]></x:y></md:Extensions>",
        "<md:Extensions><x:y xmlns:x='u:x' z='EntityDescriptor >'>EntitiesDescriptor</x:y></md:Extensions>",
        "\n<md:Extensions>\n<mdui:DiscoHints/>\n</md:Extensions>",
        "<md:Extensions><x:EntityDescriptor xmlns:x='u:x'/></md:Extensions>",
    ]
)
ENTITIES = st.lists(st.tuples(st.sampled_from("abcdäß"), INSIDE, BETWEEN), min_size=1, max_size=6)


class Trickle(io.BytesIO):
    """A stream that gives a few octets at a time, as pipes do."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size if size is not None and size >= 0 else self._step, self._step))


def cuts(data: bytes, step: int = 1 << 20) -> list[EntitySlice | Skeleton | Whole]:
    return list(open_source("f.xml", Trickle(data, step), None)[1])


@settings(max_examples=60, deadline=None)
@given(ENTITIES, BETWEEN, st.booleans(), st.integers(1, 400))
def test_the_entities_are_those_a_parser_sees_at_the_places_where_they_stand(
    parts: list[tuple[str, str, str]], before: str, nested: bool, chunk: int
) -> None:
    written = before + "".join(entity(name, inside) + after for name, inside, after in parts)
    if nested:
        written += f'<md:EntitiesDescriptor Name="n">{entity("inner")}{before}</md:EntitiesDescriptor>'
    data = ("<?xml version='1.0'?>\n" + aggregate(written)).encode()
    root = etree.fromstring(data)
    expected = list(root.iter(q("md:EntityDescriptor")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("samlcheck.lint.tags.CHUNK", chunk)
        patch.setattr("samlcheck.lint.source.CHUNK", max(chunk, 700))
        found = cuts(data)
    entities = [item for item in found if isinstance(item, EntitySlice)]
    assert isinstance(found[-1], Skeleton)
    assert found[-1].entities == len(entities) == len(expected)
    for cut, node in zip(entities, expected, strict=True):
        part = parse_part("f.xml", cut.slice_, METADATA)
        own = next(item for item in part.root.iter(q("md:EntityDescriptor")))
        assert etree.tostring(own, method="c14n", with_tail=False) == etree.tostring(node, method="c14n", with_tail=False)
        for inner in own.iter("*"):
            span = part.ref(inner).span
            assert span is not None
            tag = data[span.start : span.end].decode()
            assert tag.startswith("<" + part.tag_as_written(inner))
            assert tag.endswith(">")
            line = data[: span.start].decode()
            assert span.line == line.replace("\r\n", "\n").count("\n") + 1
            assert span.column == len(line.replace("\r\n", "\n").rpartition("\n")[2]) + 1
            assert part.written(span) == tag
    skeleton = parse_part("f.xml", found[-1].slice_, METADATA)
    for group in skeleton.root.iter(q("md:EntitiesDescriptor")):
        span = skeleton.ref(group).span
        assert span is not None
        assert data[span.start : span.end].startswith(b"<md:EntitiesDescriptor")


def test_paths_are_those_of_the_whole_file() -> None:
    run = lint(aggregate(entity("a"), "<md:EntitiesDescriptor>", entity("b"), entity("c"), "</md:EntitiesDescriptor>"))
    assert [report.place.path for report in run.reports] == [
        "/md:EntitiesDescriptor/md:EntityDescriptor[1]",
        "/md:EntitiesDescriptor/md:EntitiesDescriptor[1]/md:EntityDescriptor[1]",
        "/md:EntitiesDescriptor/md:EntitiesDescriptor[1]/md:EntityDescriptor[2]",
        "/md:EntitiesDescriptor",
        "/md:EntitiesDescriptor/md:EntitiesDescriptor",
    ]
    assert [report.kind for report in run.reports] == ["entity"] * 3 + ["group"] * 2


ONE = aggregate(entity("a"), entity("b"))


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (ONE[: ONE.index("b.example/acs")], "truncated", "inside entity 2 (https://b.example/sp)"),
        (ONE[: ONE.index("</md:EntitiesDescriptor")], "truncated", "after 2 whole entities"),
        (ONE[: ONE.index("b.example")], "truncated", f"at byte {ONE.index('b.example')}, after 1 whole entities"),
        (ONE + "<md:EntitiesDescriptor/>", "not-well-formed", ""),
        (ONE.replace("</md:SPSSODescriptor>", "</md:IDPSSODescriptor>", 1), "not-well-formed", ""),
        ("<!DOCTYPE x [<!ENTITY e 'x'>]>" + ONE, "dtd", ""),
        (ONE.replace("tc:SAML:2.0:metadata", "tc:SAML:2.0:metadatas"), "wrong-namespace", "namespace"),
        (ONE.encode("utf-16le"), "encoding", "UTF-16 without a byte order mark"),
        (f"<?xml version='1.0' encoding='utf-16'?>{ONE}", "encoding", "declares utf-16 but its octets are to be read as UTF-8"),
        ("", "empty", "empty"),
        ("<html><body>Sign in</body></html>", "html", "web page"),
        ("<!DOCTYPE html><html>", "html", "web page"),
        ("{}", "json", "JSON"),
        ("https://idp.example/metadata", "link", "link"),
        ("-----BEGIN CERTIFICATE-----\nMII", "pem", "PEM"),
        ("hello", "not-xml", "not XML"),
        ("<Response xmlns='urn:oasis:names:tc:SAML:2.0:protocol'/>", "not-metadata", "Response"),
        ("<EntityDescriptor xmlns='urn:x'/>", "wrong-namespace", "namespace"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "octets",
)  # fmt: skip
def test_what_cannot_be_read_is_named(data: str | bytes, code: str, words: str) -> None:
    run = lint(data)
    assert run.code == code
    assert words in str(run.closed.problem)


def test_findings_before_a_cut_are_kept_and_the_cut_is_told_with_its_byte() -> None:
    data = aggregate(entity("a").replace("https://a.example/acs", "javascript:alert(1)"), entity("b"), entity("c"))
    cut = data[: data.index("c.example/acs")].encode()
    run = lint(cut)
    assert [report.name for report in run.reports] == ["https://a.example/sp", "https://b.example/sp"]
    assert "https://a.example/sp" in {report.name for report in run.reports if report.findings}
    assert f"at byte {len(cut):,}, inside entity 3 (" in str(run.closed.problem)
    assert run.closed.entities == 2


def test_a_fault_inside_an_entity_is_told_at_its_line_in_the_file() -> None:
    data = aggregate("\n", entity("a"), "\n", entity("b").replace("</md:SPSSODescriptor>", "\n   </md:SPSSO>"), "\n", entity("c"))
    run = lint(data)
    assert run.closed.problem is not None
    line, column = run.closed.problem.where.split(":")[1:]
    assert (int(line), int(column)) == (4, 6)
    assert [report.name for report in run.reports] == ["https://a.example/sp"]


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(count: int) -> int:
        data = "".join(synthetic(count)).encode()
        tracemalloc.start()
        number = sum(1 for _ in open_source("f", Held("f", data, []).open(), len(data))[1])
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert number == count + 1
        return found - len(data)  # BytesIO holds its own copy

    assert peak(1200) < peak(400) + (2 << 20)


@pytest.mark.parametrize(
    "outside", ["<!--" + "x" * (5 << 20) + "-->", "<md:Extensions><x xmlns='u:x'>" + "y" * (5 << 20) + "</x></md:Extensions>"],
    ids=["comment", "extension"],
)  # fmt: skip
def test_what_stands_outside_entities_is_bounded(outside: str) -> None:
    assert lint(aggregate(outside, entity("a"))).code == "limit-octets"


def test_an_entity_that_does_not_end_is_refused_before_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samlcheck.lint.tags._MOST_OF_ENTITY", 1 << 20)
    data = aggregate(entity("a", "<md:Extensions><x xmlns='u:x'>" + "y" * (4 << 20) + "</x></md:Extensions>"))
    log: list[int] = []
    with pytest.raises(InputError) as caught:
        list(open_source("f", Held("f", data.encode(), log).open(), None)[1])
    assert caught.value.code == "limit-octets"
    assert sum(log) < 4 << 20


def test_groups_without_number_are_refused() -> None:
    assert lint(aggregate("<md:EntitiesDescriptor/>" * 5001)).code == "limit-groups"


def test_groups_nested_without_end_are_refused() -> None:
    assert lint(f"<md:EntitiesDescriptor {NAMES}>" + "<md:EntitiesDescriptor>" * 30).code == "limit-depth"
