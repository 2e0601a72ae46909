"""SECURITY T13, T14: packs come from strangers; the worst of them cost little and read nothing."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from samlcheck import engine
from samlcheck.errors import PackError
from samlcheck.forge import Keys, edit, forge, healthy
from samlcheck.packs.load import load
from samlcheck.packs.model import Pack
from samlcheck.packs.yamldoc import MAX_OCTETS
from samlcheck.source import Artifact
from tests.hostile.asking import question

HEAD = (
    "format: 1\npack: hostile\ntitle: Hostile\nkind: service\ncite: {source: S, url: 'https://x.example', basis: vendor}\nrules:\n"
)
RULE = (
    "  - {{id: r{0}, title: T, severity: error, select: assertion.nameid, must: {{match: '{1}'}}, message: M, "
    "fix: {{say: F, by: idp}}, examples: {{passes: {{}}, fails: {{assertion.nameid: x}}}}}}\n"
)
EXPLOSIVE = ("(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){30}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:a?){60}a{60}", "(\\w+\\s?)*$")


def loaded(text: str) -> Pack:
    pack = load(Artifact("hostile.yaml", text.encode()))
    assert isinstance(pack, Pack)
    return pack


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_a_pattern_that_explodes_elsewhere_is_quick(idp_keys: Keys, pattern: str) -> None:
    """Backtracking engines take longer than the universe for these; twenty-six letters are seconds already."""
    pack = loaded(HEAD + RULE.format(1, pattern))
    xml = forge(edit(healthy(), {"assertion.nameid": "a" * 100_000 + "!"}), idp_keys).xml
    captures, _ = engine.read_captures([Artifact("input", xml)])
    begun = time.process_time()
    report = engine.inspect(captures, replace(question(idp_keys), extra_packs=(pack,))).logins[0]
    assert time.process_time() - begun < 2
    assert any(outcome.rule == "hostile/r1" for outcome in report.outcomes)


@pytest.mark.parametrize("pattern", ["(?=a)b", "(a)\\1", "(?<!x)y", "a{1,1000}{1,1000}", "["], ids=str)
def test_a_pattern_that_only_backtracking_could_run_is_refused(pattern: str) -> None:
    with pytest.raises(PackError) as refused:
        loaded(HEAD + RULE.format(1, pattern))
    assert refused.value.where.startswith("hostile.yaml:")


def test_a_pack_of_the_largest_size_costs_little(idp_keys: Keys) -> None:
    rules, size = [], len(HEAD)
    while size + len(rule := RULE.format(len(rules), "(a+)+$")) < MAX_OCTETS:
        rules.append(rule)
        size += len(rule)
    begun = time.process_time()
    pack = loaded(HEAD + "".join(rules))
    captures, _ = engine.read_captures([Artifact("input", forge(healthy(), idp_keys).xml)])
    engine.inspect(captures, replace(question(idp_keys), extra_packs=(pack,)))
    assert len(pack.rules) > 2000
    assert time.process_time() - begun < 20


TEMPLATES = ("{0}", "{actual.__class__}", "{a!r}", "{sp.acs_urls:>9999999999}", "{{x}}", "%s", "${x}", "{" * 500, "{os.environ}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda text: text[:20])
def test_a_template_is_a_name_in_braces_and_nothing_more(idp_keys: Keys, template: str) -> None:
    text = HEAD + RULE.format(1, "x").replace("message: M", f"message: 'M {template}'")
    try:
        pack = loaded(text)
    except PackError as refused:
        assert refused.where.startswith("hostile.yaml:")  # noqa: PT017 - either is right, and each is checked
        return
    captures, _ = engine.read_captures([Artifact("input", forge(healthy(), idp_keys).xml)])
    report = engine.inspect(captures, replace(question(idp_keys), extra_packs=(pack,))).logins[0]
    said = [item.message.plain() for cause in report.diagnosis.causes for item in (cause.finding,) if item.rule == "hostile/r1"]
    assert said == [f"M {template}".replace("{{", "{").replace("}}", "}")]
