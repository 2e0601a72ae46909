"""What a rule ends in, and what its finding says: message, evidence, fix in the console's words, confidence."""

from __future__ import annotations

import pytest

from samlcheck.case import Told
from samlcheck.finding import Broken, Evidence, Failed, Finding, NotApplicable, NotChecked, Outcome, Passed, Slot
from samlcheck.forge import Keys
from samlcheck.packs.run import run
from samlcheck.packs.select import select
from tests.packs.writing import HEAD, catalogue_of, table_of

IDP = """\
format: 1
pack: my-idp
title: My IdP
recognise: {fact: assertion.issuer, match: '^https://idp\\.example/', weight: 100}
sources: {user.email: '${mail}'}
actions:
  set_acs: ['Open the application.', 'Paste {value} into "ACS".']
  map_attribute: {steps: 'Add {name} = {value}.', verified: false}
"""
GENERIC = "format: 1\npack: generic\ntitle: Any\nkind: idp\nactions: {set_audience: 'Set the audience to {value}.'}\n"


def _outcome(keys: Keys, rule: str, told: Told | None = None, head: str = HEAD, **edits: str | None) -> Outcome:
    message = "" if "    message:" in rule else "    message: '{actual} / {expected} / {difference}'\n"
    text = f"{head}rules:\n  - id: it\n    title: It\n    severity: error\n{message}{rule}"
    table = table_of(keys, told, **edits)
    selection = select(catalogue_of(text, IDP, GENERIC), table, Told(service="acme", parameters=table.case.told.parameters))
    return run(selection, table)[0]


def _finding(keys: Keys, rule: str, told: Told | None = None, head: str = HEAD, **edits: str | None) -> Finding:
    outcome = _outcome(keys, rule, told, head, **edits)
    assert isinstance(outcome, Failed), outcome
    assert len(outcome.findings) == 1
    return outcome.findings[0]


DESTINATION = "    select: response.destination\n"


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        (DESTINATION + "    must: present\n    settles: destination\n    required: true\n", Passed("acme/it", ("destination",), True)),  # noqa: E501
        (DESTINATION + "    must: present\n    when: {fact: response.consent, present: true}\n", NotApplicable("acme/it", "Consent is not there")),  # noqa: E501
        (DESTINATION + "    must: present\n    when: {fact: told.user, present: true}\n", NotChecked("acme/it", "the login name at the service was not given", "--user")),  # noqa: E501
        (DESTINATION + "    must: present\n    when: {parameter: tenant, known: true}\n", NotApplicable("acme/it", "tenant is not known")),  # noqa: E501
        ("    select: told.user\n    must: {equal: x}\n", NotChecked("acme/it", "the login name at the service was not given", "--user")),  # noqa: E501
        ("    select: response.consent\n    must: {equal: x}\n    optional: true\n", NotApplicable("acme/it", "there is none")),
        (DESTINATION + "    must: present\n    from: 2026-05-05\n", NotApplicable("acme/it", "it holds for messages issued from 2026-05-05 on")),  # noqa: E501
        (DESTINATION + "    must: present\n    until: 2026-05-04\n", NotApplicable("acme/it", "it held for messages issued before 2026-05-04")),  # noqa: E501
        (DESTINATION + "    must: present\n    from: 2026-05-04\n    until: 2026-05-05\n", Passed("acme/it")),
    ],
    ids=["passed", "when", "when-not-known", "parameter", "not-known", "optional", "not-yet", "no-longer", "in-force"],
)  # fmt: skip
def test_every_rule_ends_in_an_outcome(idp_keys: Keys, rule: str, outcome: Outcome) -> None:
    assert _outcome(idp_keys, rule) == outcome


def test_a_rule_that_raises_is_broken_and_says_no_value(idp_keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object, **__: object) -> None:
        raise ValueError("a secret value")

    monkeypatch.setattr("samlcheck.packs.run._selected", raises)
    assert _outcome(idp_keys, DESTINATION + "    must: present\n    required: true\n") == Broken("acme/it", "ValueError", (), True)


def test_a_finding_says_what_where_and_how_to_mend_it(idp_keys: Keys) -> None:
    rule = DESTINATION + "    must: {equal: 'https://sp.example/saml/acs/'}\n    fix: {do: set_acs, value: '{expected}'}\n"
    finding = _finding(idp_keys, rule + "    explains: [core/*]\n    why: Because.\n    label: the address\n")
    assert finding.message.plain().startswith("https://sp.example/saml/acs / https://sp.example/saml/acs/ / ")
    assert (finding.rule, finding.confidence, finding.fix_by, finding.explains) == ("acme/it", "certain", "idp", ("core/*",))
    assert finding.fix.plain() == "In My IdP, set the ACS URL to https://sp.example/saml/acs/."
    assert [step.plain() for step in finding.fix_steps] == [
        "Open the application.",
        'Paste https://sp.example/saml/acs/ into "ACS".',
    ]
    assert [(cite.source, cite.basis) for cite in finding.citations] == [("The guide", "vendor")]
    primary = finding.primary
    assert primary is not None
    assert primary.node is not None
    assert (primary.label, primary.node.path, primary.covered) == ("the address", "/samlp:Response/@Destination", True)
    assert (primary.actual, primary.expected) == (Slot("https://sp.example/saml/acs"), Slot("https://sp.example/saml/acs/"))
    assert primary.snippet.plain().endswith('Destination="https://sp.example/saml/acs"')


def test_something_missing_points_at_where_it_should_stand(idp_keys: Keys) -> None:
    finding = _finding(idp_keys, "    select: assertion.audience\n    must: present\n", assertion__audience=None)
    assert finding.message.plain() == "missing / another value / it is not there"
    assert finding.primary is not None
    assert finding.primary.node is not None
    assert finding.primary.node.absent
    assert finding.primary.actual is None


@pytest.mark.parametrize("select", ["assertion.issue_instant", "assertion.session_index"])
def test_a_pattern_is_nothing_to_lay_beside_a_value(idp_keys: Keys, select: str) -> None:
    finding = _finding(idp_keys, f"    select: {select}\n    must: {{match: '[0-9]{{4}}'}}\n")
    assert finding.evidence[0].expected is None


def test_personal_values_are_marked_wherever_they_stand(idp_keys: Keys) -> None:
    rule = "    select: assertion.nameid\n    must: {equal: x}\n    fix: 'Send {actual} no more.'\n"
    finding = _finding(idp_keys, rule)
    for text in (finding.message, finding.fix, finding.evidence[0].snippet):
        slots = [part for part in text.parts if isinstance(part, Slot) and "mia" in part.value]
        assert slots
        assert all(slot.sensitive for slot in slots)


def test_an_unknown_parameter_lowers_the_confidence(idp_keys: Keys) -> None:
    rule = DESTINATION + "    must: {equal: 'https://sp.example/{tenant}'}\n"
    there = {"response__destination": "https://sp.example/eu0001"}
    assert _outcome(idp_keys, rule, **there) == Passed("acme/it", (), False, ("tenant",))
    assert _finding(idp_keys, rule + "    quantifier: none\n", **there).confidence == "likely"
    told = Told(parameters={"tenant": "eu0001"})
    assert _outcome(idp_keys, rule, told, **there) == Passed("acme/it")
    assert _finding(idp_keys, rule + "    quantifier: none\n", told, **there).confidence == "certain"


@pytest.mark.parametrize(
    ("fix", "sentence", "steps", "by"),
    [
        ("{do: map_attribute, name: mail, value: user.email}", "In My IdP, map the attribute mail to ${mail}.", ["Probably: Add mail = ${mail}."], "idp"),  # noqa: E501
        ("{do: map_attribute, name: mail}", "In My IdP, add the attribute mail.", ["Probably: Add mail = the value the service gives."], "idp"),  # noqa: E501
        ("{do: map_attribute, name: mail, value: user.roles}", "In My IdP, map the attribute mail to the user's roles.", ["Probably: Add mail = the user's roles."], "idp"),  # noqa: E501
        ("{do: set_audience, value: 'urn:x'}", "In My IdP, set the audience (SP entity ID) to urn:x.", ["Set the audience to urn:x."], "idp"),  # noqa: E501
        ("{do: rotate_certificate}", "At the service, load the certificate or metadata that My IdP signs with now.", [], "sp"),
        ("{do: set_audience, value: 'urn:x', say: 'Call it {expected}.'}", "Call it x.", ["Set the audience to urn:x."], "idp"),
        ("{say: 'Ask {actual}.', by: user}", "Ask https://sp.example/saml/acs.", [], "user"),
    ],
    ids=["source", "no-value", "logical-source", "generic-steps", "at-the-service", "own-words", "say"],
)  # fmt: skip
def test_fixes_speak_the_words_of_the_idp(idp_keys: Keys, fix: str, sentence: str, steps: list[str], by: str) -> None:
    finding = _finding(idp_keys, DESTINATION + f"    must: {{equal: x}}\n    fix: {fix}\n")
    assert (finding.fix.plain(), [step.plain() for step in finding.fix_steps], finding.fix_by) == (sentence, steps, by)


def test_several_bad_values_make_one_finding_with_further_places(idp_keys: Keys) -> None:
    finding = _finding(idp_keys, "    select: assertion.attribute_names\n    must: {match: 'urn:.*'}\n")
    assert [(item.role, item.actual.value if item.actual else "") for item in finding.evidence] == [
        ("primary", "email"),
        ("related", "firstName"),
        ("related", "lastName"),
    ]


def test_each_subject_makes_a_finding_of_its_own(idp_keys: Keys) -> None:
    rule = "    must: {use: required_attributes, with: {names: [e-mail, phone]}}\n"
    outcome = _outcome(idp_keys, rule)
    assert isinstance(outcome, Failed)
    assert [finding.subject for finding in outcome.findings] == ["e-mail", "phone"]
    contrasts = [item for item in outcome.findings[0].evidence if item.role == "contrast"]
    assert [item.actual for item in contrasts if isinstance(item, Evidence)] == [Slot("email")]


def test_xpath_selects_what_no_fact_names(idp_keys: Keys) -> None:
    rule = "    select: {xpath: '//saml:Conditions/@NotBefore[. != $tenant]', label: start}\n    must: {equal: x}\n"
    finding = _finding(idp_keys, rule)
    assert finding.primary is not None
    assert finding.primary.node is not None
    assert (finding.primary.label, finding.primary.node.path) == (
        "start",
        "/samlp:Response/saml:Assertion/saml:Conditions/@NotBefore",
    )


def test_what_is_the_message_itself_is_not_said_again_beside_it(idp_keys: Keys) -> None:
    body = "    select: assertion.audience\n    must: {equal: urn:other}\n"
    assert _finding(idp_keys, body).evidence[0].actual is not None
    assert _finding(idp_keys, body + "    message: '{detail}.'\n").evidence[0].actual is None
