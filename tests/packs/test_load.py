"""Loading packs: short forms mean what the long ones mean, and every mistake is named with its place."""

from __future__ import annotations

import pytest

from samlcheck.checks.model import Check, Instant
from samlcheck.packs.load import load
from samlcheck.packs.model import Condition, Example, Fix, IdpPack, SymptomPack
from samlcheck.source import Artifact
from tests.packs.writing import HEAD, RULE, complaints, pack_of


def _must(text: str) -> Check:
    return pack_of(HEAD + RULE.replace("must: {equal: 'https://acme.example/{tenant}'}", f"must: {text}")).rules[0].must


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("present", Check(present=True)),
        ("{absent: true}", Check(absent=True)),
        ("{one_of: a}", Check(one_of=("a",))),
        ("{one_of: [a, b]}", Check(one_of=("a", "b"))),
        ("{before: now}", Check(before=Instant(clock=True, skew=True))),
        ("{after: assertion.not_before}", Check(after=Instant(fact="assertion.not_before"))),
        ("{after: {clock: true, plus_seconds: -300}}", Check(after=Instant(clock=True, plus_seconds=-300))),
        ("{number: {min: 900, max: 43200}}", Check(number={"min": 900, "max": 43200})),
        (
            "{use: required_attributes, with: {names: [email, name]}}",
            Check(use="required_attributes", with_={"names": "email,name"}),
        ),
        ("{match: '[a-z]{2,3}'}", Check(match="[a-z]{2,3}")),
    ],
)
def test_short_forms_of_checks(written: str, meant: Check) -> None:
    assert _must(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{fact: message.kind, equal: response}", Condition(fact="message.kind", check=Check(equal="response"))),
        ("{attribute: email, present: true}", Condition(fact="attribute:email", check=Check(present=True))),
        ("{parameter: tenant, known: true}", Condition(parameter="tenant", known=True)),
        ("{not: {fact: relay_state, absent: true}}", Condition(not_=Condition(fact="relay_state", check=Check(absent=True)))),
        (
            "[{parameter: tenant, known: true}, {fact: relay_state, present: true}]",
            Condition(all=(Condition(parameter="tenant", known=True), Condition(fact="relay_state", check=Check(present=True)))),
        ),
    ],
)
def test_short_forms_of_conditions(written: str, meant: Condition) -> None:
    assert pack_of(HEAD + RULE + f"    when: {written}\n").rules[0].when == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ask the vendor.", Fix(say="Ask the vendor.")),
        ("{do: set_acs, value: '{expected}'}", Fix(do="set_acs", args={"value": "{expected}"})),
        ("{do: rotate_certificate, by: sp}", Fix(do="rotate_certificate", by="sp")),
    ],
)
def test_short_forms_of_fixes(written: str, meant: Fix) -> None:
    assert pack_of(HEAD + RULE + f"    fix: {written}\n").rules[0].fix == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{response.destination: null}", (Example({"response.destination": None}),)),
        ("{attribute:role: [a, b]}", (Example({"attribute:role": ("a", "b")}),)),
        ("{set: {tenant: eu0001}}", (Example({}, {"tenant": "eu0001"}),)),
        ("{name: other tenant, set: {tenant: eu0001}, relay_state: x}", (Example({"relay_state": "x"}, {"tenant": "eu0001"}, "other tenant"),)),  # noqa: E501
        ("[{relay_state: a}, {edits: {relay_state: b}}]", (Example({"relay_state": "a"}), Example({"relay_state": "b"}))),
    ],
)  # fmt: skip
def test_short_forms_of_examples(written: str, meant: tuple[Example, ...]) -> None:
    assert pack_of(HEAD + RULE + f"    examples: {{fails: {written}}}\n").rules[0].examples.fails == meant


def test_a_rule_inherits_the_citation_and_short_ids_are_of_its_own_pack() -> None:
    rule = pack_of(HEAD + RULE + "    explains: [another-rule, web-sso-profile/*]\n").rules[0]
    assert [cite.source for cite in rule.cite] == ["The guide"]
    assert rule.explains == ("acme/another-rule", "web-sso-profile/*")


def test_what_was_only_observed_is_at_most_likely() -> None:
    observed = HEAD.replace("basis: vendor", "basis: observed") + RULE
    assert pack_of(observed).rules[0].confidence == "likely"
    assert complaints(observed + "    confidence: certain\n") == [
        "14:17: what was only observed is at most `likely`; cite a specification or the vendor for `certain`"
    ]


RULE_MISTAKES = {
    "unknown-key": ("    severty: error\n", "14:5: unknown key `severty` in a rule (did you mean `severity`?)"),
    "bad-literal": ("    concern: hygeine\n", "14:14: `concern` is one of login, security, hygiene, not `hygeine` (did you mean `hygiene`?)"),  # noqa: E501
    "bad-switch": ("    optional: maybe\n", "14:15: `optional` is true or false, not `maybe`"),
    "unknown-fact": ("    when: {fact: response.destinaton, present: true}\n", "14:18: there is no fact `response.destinaton` (did you mean `response.destination`?)"),  # noqa: E501
    "no-check": ("    when: {fact: relay_state}\n", "14:5: `fact` needs a check beside it, such as `present: true`"),
    "unknown-parameter": ("    when: {parameter: tennant, known: true}\n", "14:23: there is no parameter `tennant` (did you mean `tenant`?)"),  # noqa: E501
    "unknown-action": ("    fix: {do: set_asc, value: x}\n", "14:15: there is no action `set_asc` (did you mean `set_acs`?)"),
    "action-needs": ("    fix: {do: set_acs}\n", "14:5: `set_acs` needs `value`"),
    "action-has-not": ("    fix: {do: set_acs, value: x, nmae: y}\n", "14:40: `set_acs` has no `nmae`"),
    "insecure-fix": ("    fix: Disable the signature check.\n", "14:10: a fix names the secure change; it does not advise to switch a check off"),  # noqa: E501
    "fix-template": ("    fix: 'Set {valu}.'\n", "14:10: `{valu}` is neither a parameter nor a fact"),
    "explains": ("    explains: ['a b']\n", "14:16: `acme/a b` is no rule id; write `pack/problem` or `pack/*`"),
    "settles": ("    settles: audiences\n", "14:14: `audiences` is no topic of acceptance (did you mean `audience`?); known are status, signature, window, audience, recipient, destination"),  # noqa: E501
    "date": ("    from: next year\n", "14:11: `from` is a date such as 2026-11-02"),
    "citation-date": ("    cite: {source: x, seen: lately}\n", "14:29: `seen` is the date the source was read, such as 2026-11-02"),
}  # fmt: skip


@pytest.mark.parametrize("name", RULE_MISTAKES)
def test_a_mistake_in_a_rule_is_named_with_its_place(name: str) -> None:
    line, words = RULE_MISTAKES[name]
    assert complaints(HEAD + RULE + line) == [words]


MUST_MISTAKES = {
    "none": ("{}", "12:5: a check has exactly one key, this has none"),
    "two": ("{equal: a, match: b}", "12:5: a check has exactly one key, this has equal, match"),
    "unknown": ("{eqal: a}", "12:12: unknown key `eqal` in a check (did you mean `equal`?)"),
    "template": ("{equal: 'a{'}", "12:19: the brace is not closed; write {{ for a brace (column 2)"),
    "name": ("{equal: '{tenent}'}", "12:19: `{tenent}` is neither a parameter nor a fact (did you mean `tenant`?)"),
    "pattern": ("{match: '(?=x)'}", "12:19: RE2 does not take this pattern: invalid perl operator: (?="),
    "named": ("{use: aws_rol, with: {}}", "12:17: there is no named check `aws_rol` (did you mean `aws_role`?)"),
    "option": ("{use: attribute_present, with: {nam: x}}", "12:48: `attribute_present` has no option `nam` (did you mean `name`?)"),
    "choice": ("{use: aws_role, with: {aspect: blnk}}", "12:42: `aspect` is one of shape, blank, order"),
    "bounds": ("{count: {least: 1}}", "12:27: `count` has `min` and `max`, not `least`"),
    "whole number": ("{count: {min: few}}", "12:25: `min` is a whole number, not `few`"),
    "instant": ("{before: {skew: true}}", "12:12: an instant is `now`, or `{fact: …}`"),
}


@pytest.mark.parametrize("name", MUST_MISTAKES)
def test_a_mistake_in_a_check_is_named_with_its_place(name: str) -> None:
    written, words = MUST_MISTAKES[name]
    found = complaints(HEAD + RULE.replace("must: {equal: 'https://acme.example/{tenant}'}", f"must: {written}"))
    assert any(line.startswith(words) for line in found), found


def test_all_mistakes_of_a_file_are_named_together_in_their_order() -> None:
    assert complaints(HEAD + RULE.replace("severity: error", "severity: eror") + "    extra: 1\n") == [
        "10:15: `severity` is one of error, warning, note, not `eror` (did you mean `error`?)",
        "14:5: unknown key `extra` in a rule; known are aliases, cite, concern, confidence, examples, explains, fix, "
        "fix_by, from, id, label, message, must, optional, quantifier, required, select, settles, severity, title, until, when, "
        "why, xpath",
    ]


def test_a_rule_without_source_is_refused() -> None:
    assert complaints(HEAD.replace("cite: {source: The guide, basis: vendor}\n", "") + RULE) == [
        "7:5: rule `wrong-place` has no `cite`: name the document the requirement comes from"
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("'[a-z]{2}[0-9]{4}'", "'(('", "6:36: RE2 does not take this pattern: missing ): (("),
        ("eu0042", "nonsense", "6:65: `example` does not match the parameter's own `pattern`"),
        (
            "tenant: {title",
            "Tenant-id: {title",
            "6:3: a parameter's name is lower-case letters, digits and underscores, not `Tenant-id`",
        ),
        ("example: eu0042", "infer: {fact: relay_state, match: '(x)'}", "6:90: the pattern needs the named group (?P<tenant>…)"),
        ("format: 1", "format: 2", "1:9: this program reads packs of format 1, not 2"),
        ("pack: acme", "pack: Acme Payroll", "2:7: a pack's name is lower-case words joined by hyphens"),
    ],
    ids=["pattern", "example", "name", "group", "format", "pack"],
)
def test_a_mistake_above_the_rules_is_named_with_its_place(old: str, new: str, words: str) -> None:
    assert words in complaints((HEAD + RULE).replace(old, new))


def test_names_that_an_extended_pack_might_declare_are_taken_on_trust_until_it_is_at_hand() -> None:
    extending = HEAD + "extends: [base]\n" + RULE.replace("{tenant}", "{realm}")
    base = pack_of(HEAD.replace("pack: acme", "pack: base").replace("tenant:", "realm:"))
    assert pack_of(extending).extends == ("base",)
    assert pack_of(extending, {"base": base}).rules[0].must.equal == "https://acme.example/{realm}"
    assert complaints(extending, {"bases": base})[0] == "7:11: there is no pack `base` to extend (did you mean `bases`?)"


def test_idp_and_symptom_packs_are_known_by_their_keys() -> None:
    idp = load(
        Artifact(
            "i.yaml",
            b"format: 1\npack: i\ntitle: I\nsources: {user.email: 'u.mail'}\nactions: {set_acs: 'Paste {value}.', sign: [a, b]}\n",
        )
    )
    assert isinstance(idp, IdpPack)
    assert idp.actions["set_acs"].steps == ("Paste {value}.",)
    assert isinstance(
        load(Artifact("s.yaml", b"format: 1\npack: s\ntitle: S\nsymptoms: {id: x, system: y, meaning: z, code: E1}\n")), SymptomPack
    )


def test_mistakes_in_idp_and_symptom_packs() -> None:
    assert complaints("format: 1\npack: i\ntitle: I\nsources: {user.mail: x}\nactions: {set_acs: 'Paste {valeu}.'}\n") == [
        "4:22: there is no source `user.mail` (did you mean `user.email`?)",
        "5:20: `set_acs` has no `valeu` (did you mean `value`?); it has value",
    ]
    assert complaints("format: 1\npack: s\ntitle: S\nsymptoms: [{id: x, system: y, meaning: z, suspects: nothing}]\n") == [
        "4:12: a symptom is known by `pattern`, `code`, `url` or `status`",
        "4:53: `nothing` is no rule id; write `pack/problem` or `pack/*`",
    ]
