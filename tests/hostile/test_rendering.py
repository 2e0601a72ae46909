"""SECURITY T6 to T9, T21: no renderer lets a character through that acts, hides, or could be taken for our own words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import lxml.html
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from samlcheck import engine
from samlcheck.case import Told
from samlcheck.forge import Keys, edit, forge, healthy
from samlcheck.inspection import Inspection
from samlcheck.report import decoded, html, jsonout
from samlcheck.report.text import View, render
from samlcheck.report.visible import is_safe
from samlcheck.source import Artifact
from tests.hostile.asking import question

ACTING = (
    "\x1b[2J\x1b]0;pwned\x07", "\x9b31m", "\u202eevil\u202c", "\u2066x\u2069", "\u200b", "\ufeff", "\U000e0041", "\u2028", "\r",
    "\x7f", "[link=https://evil.example]x[/link]", "[/]", ":smile:", "::error file=x::pwned", "%0A::set-output name=x::y",
    "<script>x</script>", "]]></failure>", "|a|b|\n---", "```\n# head", "=cmd|' /C calc'!A0", "verdict: accepted",
    "ACCEPTED  Everything that was checked holds", '","verdict":"accepted","x":"', "&#x1b;[31m", "\\u001b[31m",
)  # fmt: skip
"""What acts in a terminal, a browser, a spreadsheet, a log of a CI system; and what pretends to be us."""
XML_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff", min_codepoint=0x20), max_size=60)
HOSTILE = (
    st.lists(st.sampled_from(ACTING) | XML_TEXT, min_size=1, max_size=3)
    .map("".join)
    .map(
        lambda text: (
            "".join(letter for letter in text if letter in "\t\n\r" or letter >= " ").replace("\ufffe", "").replace("\uffff", "")
        )
    )
)
MANY = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
EDITED = (
    "response.destination", "response.issuer", "response.in_response_to", "response.id", "response.consent", "assertion.issuer",
    "assertion.audience", "assertion.recipient", "assertion.nameid", "assertion.nameid_format", "assertion.session_index",
    "assertion.authn_context", "assertion.not_before", "assertion.not_on_or_after", "relay_state", "attribute:email",
    "request.issuer", "request.acs_url", "request.provider_name",
)  # fmt: skip


def planted(value: str, keys: Keys) -> bytes:
    """Return a login that says the value wherever something can be said."""
    recipe = edit(healthy(), dict.fromkeys(EDITED, value) | {"rename:lastName": value or "x", "sign": "none"})
    return forge(recipe, keys).form.encode()


def inspected(data: bytes, value: str = "") -> tuple[engine.Inspection, str]:
    told = Told(error=value, user=value, relay_state=value, issuer=value)
    captures, unread = engine.read_captures([Artifact(f"name of {value[:20]}", data)])
    asked = question(told=told)
    found = engine.inspect(captures, asked, unread)
    return found, decoded.render(captures, engine.decode(captures, asked.now), View(masking=False, everything=True)).plain()


VIEWS = {"plain": View(masking=False, everything=True), "masked": View(), "narrow": View(width=40, masking=False)}
RENDERERS: dict[str, Callable[[Inspection, View], str]] = {
    "text": lambda found, view: render(found, view).plain(),
    "json": jsonout.render,
    "ndjson": jsonout.render_lines,
    "html": html.render,
}


@MANY
@given(value=HOSTILE)
@example(value="".join(piece for piece in ACTING if not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", piece)))
def test_no_value_of_a_message_acts_in_any_format(value: str) -> None:
    idp_keys = _keys()
    found, shown = inspected(planted(value, idp_keys), value)
    assert is_safe(shown.replace("\n", ""))
    for name, renderer in RENDERERS.items():
        for view in VIEWS.values():
            said = renderer(found, view)
            assert is_safe(said.replace("\n", "")), name
    parsed = json.loads(jsonout.render(found, VIEWS["plain"]))
    assert [login["verdict"] for login in parsed["logins"]] == ["rejected"]
    for line in jsonout.render_lines(found, VIEWS["plain"]).splitlines():
        assert [login["verdict"] for login in json.loads(line)["logins"]] == ["rejected"]


NAMED = {
    "stray signature": "<{n}><ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo/></ds:Signature></{n}>",
    "rival assertion": "<{n}><saml:Assertion/></{n}>",
    "duplicate id": "<{n} ID='_same'/><{n} ID='_same'/>",
    "instruction": "<{n}><?{n} x?></{n}>",
}


@pytest.mark.parametrize("where", NAMED)
def test_no_name_of_an_element_acts_in_any_format(samlcheck: Callable[..., object], where: str) -> None:
    """XML names may hold invisible joiners (XML 1.0, NameStartChar), and paths, labels and explanations name elements."""
    inner = NAMED[where].format(n="x\u200d\u200cy")
    xml = forge(edit(healthy(), {"sign": "none"}), _keys()).xml.decode().replace("<samlp:Status>", f"{inner}<samlp:Status>")
    found, shown = inspected(xml.encode())
    assert is_safe(shown.replace("\n", ""))
    for renderer in RENDERERS.values():
        said = renderer(found, VIEWS["plain"])
        assert is_safe(said.replace("\n", ""))
    for form in ("sarif", "junit", "github", "markdown", "html"):
        ran = samlcheck("check", "-", "--all", "--format", form, stdin=xml)
        assert is_safe(ran.out.replace("\n", ""))  # type: ignore[attr-defined]


@MANY
@given(value=HOSTILE)
def test_a_value_never_begins_a_line_of_the_report(value: str) -> None:
    """A line that a reader could take for the verdict is ours (T21): values stand behind a label or indented."""
    found, _ = inspected(planted(f"ACCEPTED  {value}", _keys()))
    first, *others = render(found, View(masking=False)).plain().splitlines()
    assert first.startswith("REJECTED ")
    assert not any(line.startswith(("ACCEPTED", "REJECTED", "CANNOT TELL")) for line in others)


PAGE = {
    "html", "head", "meta", "title", "style", "body", "main", "footer", "section", "article", "h1", "h2", "p", "span", "b", "code",
    "pre", "mark", "div", "figure", "figcaption", "table", "tr", "th", "td", "ul", "ol", "li",
}  # fmt: skip
"""Elements that the report for a browser is made of; none runs anything, loads anything or leads anywhere."""


def assert_page_is_ours(page: str) -> None:
    """Read a page as a browser does: our elements alone, no attribute that came from outside."""
    root = lxml.html.document_fromstring(page)
    assert {element.tag for element in root.iter()} <= PAGE
    names = {name for element in root.iter() for name in element.attrib}
    assert names <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    classes = {name for element in root.iter() for name in element.get("class", "").split()}
    assert classes <= {
        "verdict", "accepted", "rejected", "cannot-tell", "dim", "error", "warning", "note", "path", "fix", "wide"
    }  # fmt: skip
    [policy] = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "markdown", "json", "text", "html"])
@pytest.mark.parametrize("value", [piece for piece in ACTING if not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", piece)], ids=ascii)
def test_each_format_of_the_command_stays_what_it_is(
    samlcheck: Callable[..., object], idp_keys: Keys, value: str, form: str, tmp_path: object
) -> None:
    ran = samlcheck("check", "-", "--no-redact", "--all", "--at", "2026-05-04T10:00:00Z", "--format", form,
                    "--error", value, stdin=planted(value, idp_keys))  # fmt: skip
    out = ran.out  # type: ignore[attr-defined]
    assert ran.code in (1, 3), ran.err  # type: ignore[attr-defined]
    assert is_safe(out.replace("\n", ""))
    if form in ("sarif", "json"):
        json.loads(out)
    elif form == "junit":
        tags = {element.tag for element in ElementTree.fromstring(out).iter()}
        assert tags <= {
            "testsuites",
            "testsuite",
            "testcase",
            "failure",
            "error",
            "skipped",
            "properties",
            "property",
            "system-out",
        }
    elif form == "github":
        assert all(re.match(r"::(error|warning|notice) ", line) for line in out.splitlines() if line.startswith("::"))
        assert not any(line.startswith(("::error file=x::", "##[")) for line in out.splitlines())
    elif form == "html":
        assert_page_is_ours(out)
    elif form == "markdown":
        assert "<script>" not in re.sub(r"`+[^`]*`+", "", out)


@pytest.mark.parametrize("value", ["\x1b[2J", "\u202eevil", "[/]", ":smile:", "\x9b31m", "a\nb"], ids=ascii)
def test_what_explain_is_asked_is_shown_inert(samlcheck: Callable[..., object], value: str) -> None:
    ran = samlcheck("explain", f"AADSTS50105 {value}")
    assert is_safe((ran.out + ran.err).replace("\n", ""))  # type: ignore[attr-defined]
    nothing = samlcheck("explain", f"zzqq{value}qqzz")
    assert is_safe((nothing.out + nothing.err).replace("\n", ""))  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", ["\\e[2J", "\\u202eevil", "\\x9b31m", "[/] :smile: [link=x]y[/link]", "\\u200b"], ids=ascii)
def test_a_hostile_pack_is_shown_inert(samlcheck: Callable[..., object], tmp_path: object, value: str) -> None:
    pack = tmp_path / "hostile.yaml"  # type: ignore[operator]
    pack.write_text(
        f'format: 1\npack: hostile\ntitle: "T {value}"\nkind: service\n'
        f'cite: {{source: "S {value}", url: "https://x.example", seen: 2026-01-01, basis: vendor}}\n'
        f'rules:\n  - id: a\n    title: "R {value}"\n    severity: error\n    select: assertion.nameid\n'
        f'    must: {{equal: "{value}"}}\n    message: "M {value} {{actual}}"\n    fix: {{say: "F {value}", by: idp}}\n'
        "    examples:\n      passes: {assertion.nameid: x}\n      fails: {assertion.nameid: y}\n"
    )
    harmless = value.startswith("[/]")
    for arguments in (("rules", "show", pack), ("rules", "test", pack), ("check", "-", "--pack", pack, "--service", "hostile")):
        ran = samlcheck(*arguments, stdin=planted("x", _keys()))
        assert is_safe((ran.out + ran.err).replace("\n", "")), arguments  # type: ignore[attr-defined]
        assert (ran.code == 2) is not harmless, ran.err  # type: ignore[attr-defined]
        assert harmless or "this text holds a character that nobody sees or that acts (U+" in ran.err  # type: ignore[attr-defined]


def _keys() -> Keys:
    from tests.hostile.asking import idp_keys

    return idp_keys()


@pytest.mark.parametrize("value", ["\x1b[2J", "\u202e", "[/]", ":smile:", "\n::error::x"], ids=ascii)
def test_a_terminal_gets_nothing_but_our_own_colours(
    samlcheck: Callable[..., object], idp_keys: Keys, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Rich prints ESC and bidi characters as they are, and turns markup into links: values must be inert before (T7)."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    data = planted(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value), idp_keys)
    ran = samlcheck("check", "-", "--no-redact", "--error", value, stdin=data, tty=True)
    out = re.sub(r"\x1b\[[0-9;]*m", "", ran.out)  # type: ignore[attr-defined]
    assert is_safe(out.replace("\n", ""))
