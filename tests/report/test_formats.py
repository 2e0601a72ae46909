"""Every format says the same findings, can be read back, and lets no foreign text out of its place (SECURITY T6 to T9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from samlcheck.errors import InputError
from samlcheck.finding import Broken, Evidence, Finding, NotChecked, Slot, Text
from samlcheck.lintreport import Closed, EntityReport, Event, Ignored, Opened
from samlcheck.report import github, junit, markdown, sarif
from samlcheck.report.events import Looks
from samlcheck.report.visible import is_safe
from samlcheck.source import NodeRef, Span
from tests import schemas

HOSTILE = (
    "]]></failure><script>", "::error file=x::pwned", "%0A::error::x", "a|b`c``d\\", "[link](javascript:alert(1))", "<img src=x>",
    "\x1b[31m", "\u202e", "a\nb\rc", "\x00", "&amp;", '"quoted"', "# head", "![x](http://x)", "@everyone", "=cmd()", " ", "",
)  # fmt: skip
PLACE = NodeRef("folder/meta data.xml", "/md:EntityDescriptor/@entityID", Span(10, 20, 3, 7))


def finding(value: str, severity: Any = "error", rule: str = "metadata-entity/x") -> Finding:
    return Finding(
        rule,
        "A title",
        severity,
        "certain",
        "login",
        Text.of("It is ", Slot(value), "."),
        (
            Evidence("primary", PLACE, "label", actual=Slot(value), expected=Slot(value)),
            Evidence("related", NodeRef("folder/meta data.xml", "/x", None), value),
        ),
        Text.of("Change ", Slot(value), "."),
        subject=value,
    )


def report(value: str, *findings: Finding) -> EntityReport:
    return EntityReport("folder/meta data.xml", value, "entity", ("IDPSSODescriptor",), PLACE, findings or (finding(value),))


def run(value: str = "value") -> Iterator[Event]:
    yield Opened("folder/meta data.xml")
    yield report(value, finding(value), finding(value, "warning", "metadata-keys/y"), finding(value, "note", "metadata-ui/z"))
    yield EntityReport(
        "folder/meta data.xml", "fine", "entity", (), PLACE, (), (Ignored(finding(value), value),), (finding(value),),
        (NotChecked("a/b", value, "--signed-by"),), (Broken("a/c", value),),
    )  # fmt: skip
    yield Closed("folder/meta data.xml", 2, 1, {"metadata-entity/x": 1}, {"error": 1})
    yield Opened("cut.xml")
    yield Closed("cut.xml", problem=InputError(f"cut {value}", tip=value, where="cut.xml:3:4", code="truncated"))


def text(render: Any, value: str = "value", **looks: Any) -> str:
    return "".join(render(run(value), Looks(masking=False, **looks)))


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize("render", [sarif.render, junit.render, github.render, markdown.render], ids=lambda item: item.__module__)
def test_no_character_that_acts_gets_out(render: Any, value: str) -> None:
    said = text(render, value, notes=True)
    assert is_safe(said.replace("\n", ""))


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_sarif_is_what_the_standard_asks_for(value: str) -> None:
    log = schemas.sarif(text(sarif.render, value, notes=True))
    results = log["runs"][0]["results"]
    assert [item["level"] for item in results] == ["error", "warning", "note", "error", "error"]
    assert [bool(item.get("suppressions")) for item in results] == [False, False, False, True, False]
    assert results[-1]["baselineState"] == "unchanged"
    physical = results[0]["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "folder/meta%20data.xml"},
        "region": {"startLine": 3, "startColumn": 7, "byteOffset": 10, "byteLength": 10},
    }
    assert {item["id"] for item in log["runs"][0]["tool"]["driver"]["rules"]} == {item["ruleId"] for item in results}
    notices = log["runs"][0]["invocations"][0]
    assert notices["executionSuccessful"] is False
    assert [item["descriptor"]["id"] for item in notices["toolExecutionNotifications"]] == ["a/c", "truncated"]


@pytest.mark.parametrize(
    ("good", "bad"),
    [('"startLine": 3', '"startLine": 0'), ("meta%20data.xml", "meta data.xml"), ('"ruleId"', '"rule"')],
    ids=["number", "uri", "name"],
)
def test_the_schema_of_sarif_would_notice(good: str, bad: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        schemas.sarif(text(sarif.render).replace(good, bad))


@pytest.mark.parametrize("name", ["a b.xml", "ä/ö.xml", "C:x%y#z?.xml", "/abs/a b.xml"])
def test_file_names_become_uri_references(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9/\-._~%:]+", sarif.uri(name))


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize(("fail_on", "failures"), [("error", 1), ("warning", 2), ("never", 0)])
def test_junit_counts_what_fails_the_run(value: str, fail_on: str, failures: int) -> None:
    root = ElementTree.fromstring(text(junit.render, value, notes=True, fail_on=fail_on))
    assert [suite.get("name") for suite in root] == ["folder/meta data.xml", "cut.xml"]
    first = root[0]
    assert int(first.get("failures", "")) == len(first.findall(".//failure")) == failures
    assert int(first.get("errors", "")) == len(first.findall(".//error")) == 1
    assert int(first.get("tests", "")) == len(first.findall("testcase"))
    assert not root.findall(".//script")
    assert root[1].find("testcase/error") is not None


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_every_line_for_github_is_one_command_of_ours(value: str) -> None:
    lines = text(github.render, value, notes=True).splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == ["::error", "::warning", "::notice", "::error", "::error"]
    for line in lines:
        properties = re.fullmatch(r"::\w+ ([^:]*)::(.*)", line)
        assert properties is not None, line
        assert re.match(r"file=[^,:]+(,line=\d+,col=\d+)?(,title=[^,:]*)?$", properties[1])
        assert "::" not in properties[1]
    assert lines[0].startswith("::error file=folder/meta data.xml,line=3,col=7,title=A title (metadata-entity/x)::")


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_markdown_holds_foreign_text_in_code_spans_only(value: str) -> None:
    _is_inert(text(markdown.render, value, notes=True))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30))
def test_no_text_becomes_markup_or_a_command(value: str) -> None:
    _is_inert(text(markdown.render, value, notes=True))
    assert all(line.startswith("::") for line in text(github.render, value).split("\n")[:-1])
    schemas.sarif(text(sarif.render, value))
    ElementTree.fromstring(text(junit.render, value))


def _is_inert(said: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(said)
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inline} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak", "text_special"}
    assert not any(token.type in ("html_block", "fence", "code_block") for token in tokens)
    assert sum(token.type == "heading_open" for token in tokens) == 4


def test_notes_are_left_out_unless_asked_for_and_errors_come_first() -> None:
    assert "metadata-ui/z" not in text(markdown.render)
    assert "metadata-keys/y" not in text(markdown.render, only_errors=True)
    mixed = EntityReport("f", "e", "entity", (), PLACE, (finding("v", "warning", "a/w"), finding("v", "error", "a/e")))
    assert [item.rule for item in Looks().shown(mixed)] == ["a/e", "a/w"]


def test_personal_values_are_masked_wherever_output_leaves_the_terminal() -> None:
    private = Finding("a/b", "t", "error", "certain", "login", Text.of("It is ", Slot("mia@example.org", sensitive=True)))
    one = EntityReport("f", "e", "entity", (), PLACE, (private,))
    for render in (sarif.render, junit.render, github.render, markdown.render):
        said = "".join(render([Opened("f"), one, Closed("f")], Looks()))
        assert "mia@" not in said
        assert re.search(r"m\W{2,4}\\?@example", said), said
