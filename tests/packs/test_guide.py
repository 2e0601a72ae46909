"""Guides: whoever follows one ends with a login that the same pack accepts, whatever the identity provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from samlcheck.checks import template
from samlcheck.errors import UsageError
from samlcheck.finding import Failed
from samlcheck.forge import Keys
from samlcheck.packs.catalogue import shipped
from samlcheck.packs.expand import NAMEID_FORMATS
from samlcheck.packs.guide import Guide, configurations_of, guide, placeholder, steps_of
from samlcheck.packs.load import load
from samlcheck.packs.model import Example, Pack, Step
from samlcheck.packs.proving import outcomes_of
from samlcheck.packs.select import GENERIC
from samlcheck.packs.soundness import ancestry
from samlcheck.packs.terms import SOURCES
from samlcheck.source import Artifact
from tests.packs.writing import pack_of

CATALOGUE = shipped()
LIBRARY = {name: CATALOGUE.with_examples(pack) for name, pack in CATALOGUE.library().items()}
SERVICES = [name for name, pack in LIBRARY.items() if pack.setup]
CASES = [(name, kind) for name in SERVICES for kind in configurations_of(LIBRARY[name].setup) or ("",)]
FALLBACK = CATALOGUE.idp(GENERIC)
assert FALLBACK is not None

ROLE = "attribute:https://aws.amazon.com/SAML/Attributes/Role"
PERSON = {
    "user.email": "mia.lindqvist@example.com",
    "user.display_name": "Mia Lindqvist",
}
BY_HAND = {
    "https://{region}.signin.aws.amazon.com/platform/saml/acs/<id>": "https://us-west-2.signin.aws.amazon.com/platform/saml/acs/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "https://{region}.signin.aws.amazon.com/platform/saml/<id>": "https://us-west-2.signin.aws.amazon.com/platform/saml/d-0123456789",
    "<ACS URL of the SSO profile>": "https://iam.twilio.com/v2/saml2/authenticate/example",
    "<Entity ID of the SSO profile>": "https://iam.twilio.com/v2/saml2/metadata/example",
}
"""Values that a person copies, as someone might find them."""


def of(service: str, idp: str = GENERIC, configuration: str = "", **settings: str) -> Guide:
    """Return the guide of a shipped service."""
    pack = CATALOGUE.idp(idp)
    assert pack is not None
    assert FALLBACK is not None
    return guide(LIBRARY[service], LIBRARY, pack, FALLBACK, settings, configuration)


def test_every_service_of_the_first_guides_has_one() -> None:
    assert {
        "amazon-connect", "aws-iam", "aws-identity-center-sp", "twilio-flex", "twilio-frontline", "twilio-console",
    } <= set(SERVICES)  # fmt: skip
    assert configurations_of(LIBRARY["twilio-flex"].setup) == ("enhanced", "legacy")


def example(pack: Pack, text: str) -> str:
    """Return a value of a step with the examples of the parameters in it."""
    if text in PERSON:
        return PERSON[text]
    known = {name: item.example for owner in (*LIBRARY.values(), pack) for name, item in owner.parameters.items()}
    text = BY_HAND.get(text, text)
    return "".join(piece if isinstance(piece, str) else known[piece.name] for piece in template.parse(text))


def edits_of(pack: Pack, steps: Iterator[Step]) -> dict[str, str | tuple[str, ...] | None]:
    """Return the login of an IdP that is set up as the steps say, and in nothing else than they say."""
    edits: dict[str, str | tuple[str, ...] | None] = {
        "attribute:email": None, "attribute:firstName": None, "attribute:lastName": None, "sign": "assertion", "relay_state": None,
    }  # fmt: skip
    for step in steps:
        value = example(pack, step.args.get("value", ""))
        match step.do:
            case "set_acs":
                edits["acs"] = value
            case "set_audience":
                edits["assertion.audience"] = value
            case "set_relay_state":
                edits["relay_state"] = value
            case "clear_start_url":
                edits["idp_initiated"] = "true"
            case "set_nameid":
                edits |= {"assertion.nameid": value, "assertion.nameid_format": step.args["format"]}
            case "map_attribute":
                edits[f"attribute:{step.args['name']}"] = value
            case "sign":
                edits["sign"] = step.args["what"]
    return edits


@pytest.mark.parametrize(("service", "configuration"), CASES, ids=[" ".join(case).strip() for case in CASES])
def test_who_follows_the_steps_has_a_healthy_login(service: str, configuration: str, idp_keys: Keys) -> None:
    pack = LIBRARY[service]
    steps = (step for step in pack.setup if step.configuration in ("", configuration))
    edits = edits_of(pack, steps)
    if configuration == "govcloud":
        edits[ROLE] = str(edits[ROLE]).replace("arn:aws:", "arn:aws-us-gov:")
    if pack.pack == "twilio-frontline":
        del edits["idp_initiated"]  # an empty start URL leaves logins to the application
    alone = replace(pack, base=Example(edits=edits))
    if configuration == "legacy":
        edits["response.issue_instant"] = "2026-03-01T10:00:00Z"
    outcomes = outcomes_of(alone, Example(), CATALOGUE.plus([alone]), idp_keys)
    assert outcomes
    complaints = [o.rule for o in outcomes if isinstance(o, Failed) and any(f.severity != "note" for f in o.findings)]
    assert complaints == []


@pytest.mark.parametrize("service", SERVICES)
def test_steps_and_fixes_do_not_contradict_each_other(service: str) -> None:
    """What a rule has people change is what the guide had them set up."""
    pack = LIBRARY[service]
    fixes: dict[tuple[str, str], set[tuple[tuple[str, str], ...]]] = {}
    for owner in (pack, *(LIBRARY[name] for name in ancestry(pack, LIBRARY))):
        for rule in owner.rules if owner.kind == "service" else ():
            if rule.fix is not None and rule.fix.do is not None:
                key = (rule.fix.do, rule.fix.args.get("name", ""))
                fixes.setdefault(key, set()).add(tuple(sorted(rule.fix.args.items())))
    compared = 0
    for step in pack.setup:
        key = (step.do or "", step.args.get("name", ""))
        if key in fixes and not (step.optional or step.configuration == "govcloud"):
            assert tuple(sorted(step.args.items())) in fixes[key], f"{key}: {step.args} is none of {sorted(fixes[key])}"
            compared += 1
    assert compared >= 2


@pytest.mark.parametrize("idp", CATALOGUE.names("idp"))
def test_fields_bear_the_names_that_the_steps_mention(idp: str) -> None:
    pack = CATALOGUE.idp(idp)
    assert pack is not None
    for name, action in pack.actions.items():
        said = " ".join(action.steps)
        for label in action.fields:
            assert idp == GENERIC or label.removesuffix(" in seconds") in said or label.startswith("Assigned"), (
                f"{name}: {label} is not in {said}"
            )


@pytest.mark.parametrize("idp", CATALOGUE.names("idp"))
@pytest.mark.parametrize("service", SERVICES)
def test_every_identity_provider_has_words_for_every_step(service: str, idp: str) -> None:
    made = of(service, idp)
    for item in made.instructions:
        text = " ".join((*item.where, *(f"{entry.label} {entry.value}" for entry in item.entries), *item.after, *item.text))
        assert item.where or item.entries
        assert "{name}" not in text
        assert "{value}" not in text
        assert not any(source in text for source in SOURCES if source not in set(CATALOGUE.idp(idp).sources.values()))  # type: ignore[union-attr]


def test_identity_center_and_flex_give_the_fields_of_that_console() -> None:
    sid = "JQ0123456789abcdef0123456789abcdef"
    made = of("twilio-flex", "aws-identity-center", connection_sid=sid)
    entries = [(entry.label, entry.value) for item in made.instructions for entry in item.entries]
    assert entries[:13] == [
        ("Application ACS URL", f"https://login.flex.us1.twilio.com/login/callback?connection={sid}"),
        ("Application SAML audience", f"urn:flex:{sid}"),
        ("Subject", "${user:email}"),
        ("Format", "unspecified"),
        ("User attribute in the application", "email"),
        ("Maps to this string value or user attribute", "${user:email}"),
        ("Format", "unspecified"),
        ("User attribute in the application", "full_name"),
        ("Maps to this string value or user attribute", "${user:name}"),
        ("Format", "unspecified"),
        ("User attribute in the application", "roles"),
        ("Maps to this string value or user attribute", "agent"),
        ("Format", "unspecified"),
    ]
    assert made.instructions[0].where == (
        "IAM Identity Center console > Applications > Customer managed > the application > Actions > Edit configuration.",
    )
    assert made.instructions[5].allowed == ("agent", "supervisor", "admin")
    assert [(item.name, item.value) for item in made.needed] == [("connection_sid", sid)]


def test_what_is_not_known_is_shown_with_the_place_where_it_is_found() -> None:
    made = of("amazon-connect", region="eu-west-2")
    state = next(item for item in made.instructions if item.action == "set_relay_state")
    assert state.entries[0].value == "https://eu-west-2.console.aws.amazon.com/connect/federate/<instance ID>"
    needed = {item.name: item for item in made.needed}
    assert (needed["region"].value, needed["instance_id"].value) == ("eu-west-2", "")
    assert needed["instance_id"].placeholder == "<instance ID>"
    assert needed["instance_id"].find_it.startswith("Amazon Connect console > ")


@pytest.mark.parametrize(
    ("settings", "configuration"),
    [
        ({}, "enhanced"),
        ({"connection_sid": "JQ0123456789abcdef0123456789abcdef"}, "enhanced"),
        ({"account_sid": "AC0123456789abcdef0123456789abcdef"}, "legacy"),
    ],
    ids=["nothing given", "connection", "account"],
)
def test_the_values_given_tell_the_configuration(settings: dict[str, str], configuration: str) -> None:
    assert of("twilio-flex", **settings).configuration == configuration


@pytest.mark.parametrize(
    ("settings", "configuration", "says"),
    [
        (
            {"conection_sid": "JQ"},
            "",
            "--set conection_sid: no selected pack has such a parameter (did you mean `connection_sid`?)",
        ),
        ({"connection_sid": "AC0"}, "", "--set connection_sid: this is no SID of the SSO connection"),
        ({}, "enhanct", "--configuration enhanct: Twilio Flex has no such configuration (did you mean `enhanced`?)"),
    ],
    ids=["unknown parameter", "another SID", "unknown configuration"],
)
def test_mistakes_are_named(settings: dict[str, str], configuration: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        of("twilio-flex", configuration=configuration, **settings)
    assert caught.value.message.startswith(says)


SHORT = """\
format: 1
pack: acme
title: Acme
cite: {source: The guide, basis: vendor}
parameters:
  tenant: {title: tenant, example: eu1}
expects:
  acs: ['https://acme.example/{tenant}/acs', 'https://acme.example/acs']
  audience: 'urn:acme:{tenant}'
  nameid: {format: persistent, value: any}
  attributes:
    - {name: roles, one_of: [agent, admin], many: true}
    - {name: team, required: false, source: user.groups}
  signed: any
  encrypted: never
"""


def test_a_pack_of_ones_own_gets_its_steps_from_the_short_form() -> None:
    pack = pack_of(SHORT)
    steps = steps_of(pack, {})
    assert [(step.do, step.args) for step in steps] == [
        ("set_acs", {"value": "https://acme.example/{tenant}/acs"}),
        ("set_audience", {"value": "urn:acme:{tenant}"}),
        ("set_nameid", {"format": NAMEID_FORMATS["persistent"]}),
        ("map_attribute", {"name": "roles", "value": "agent"}),
        ("map_attribute", {"name": "team", "value": "user.groups"}),
        ("sign", {"what": "response or the assertion"}),
        ("disable_encryption", {}),
    ]
    assert [step.optional for step in steps] == [False, False, False, False, True, False, False]
    assert steps[3].allowed == ("agent", "admin")


def test_a_pack_that_extends_a_service_inherits_its_steps() -> None:
    pack = pack_of("format: 1\npack: ours\ntitle: Ours\nextends: [amazon-connect]\ncite: {source: x, basis: vendor}\n", LIBRARY)
    assert steps_of(pack, LIBRARY) == LIBRARY["amazon-connect"].setup


@pytest.mark.parametrize(
    ("setup", "says"),
    [
        ("{do: set_acz, value: x}", "there is no action `set_acz` (did you mean `set_acs`?)"),
        ("{do: set_acs}", "`set_acs` needs `value`"),
        ("{do: set_acs, value: x, vallue: y}", "`set_acs` has no `vallue` (did you mean `value`?)"),
        ("{do: set_acs, value: 'https://{tennant}'}", "`{tennant}` is neither a parameter nor a fact"),
        ("{by: sp}", "a step has `do` (an action) or `say` (a text)"),
    ],
)
def test_steps_are_judged_when_a_pack_is_loaded(setup: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(Artifact("acme.yaml", (SHORT + f"setup:\n  - {setup}\n").encode()))
    assert caught.value.message.startswith(says)
    assert caught.value.where.startswith("acme.yaml:1")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("role_arn", "<role ARN>"), ("instance_id", "<instance ID>"), ("region", "<region>"), ("realm_sid", "<realm SID>")],
)
def test_placeholders_are_words(name: str, shown: str) -> None:
    assert placeholder(name) == shown
