"""``samlcheck rules show``: what an administrator reads while filling in a console."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.commands import Ran

Run = Callable[..., Ran]
SID = "JQ0123456789abcdef0123456789abcdef"


def test_flex_with_identity_center_is_a_table_to_follow(samlcheck: Run) -> None:
    ran = samlcheck("rules", "show", "twilio-flex", "--idp", "aws-identity-center", "--set", f"connection_sid={SID}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "What to set up for Twilio Flex with AWS IAM Identity Center\n"
        "Configuration: enhanced; for the other give --configuration legacy.\n"
        "\n"
        "Values of your own\n"
        f"  connection_sid   {SID}\n"
        "\n"
        "1. IAM Identity Center console > Applications > Customer managed > the\n"
        "   application > Actions > Edit configuration.\n"
        "   Application ACS URL:\n"
        f"      https://login.flex.us1.twilio.com/login/callback?connection={SID}\n"
        "      Copied whole, query included; the SID is the same as in the audience.\n"
        f"   Application SAML audience: urn:flex:{SID}\n"
    )
    assert (
        "   User attribute in the application:           full_name\n"
        "   Maps to this string value or user attribute: ${user:name}\n"
        "   Format:                                      unspecified\n"
    ) in ran.out
    assert "      One of agent, supervisor, admin.\n" in ran.out
    assert "<connection" not in ran.out


def test_without_an_identity_provider_the_words_are_neutral(samlcheck: Run) -> None:
    ran = samlcheck("rules", "show", "frontline")
    assert ran.out.startswith("What to set up for Twilio Frontline\n")
    assert "   ACS URL:\n      https://iam.twilio.com/v2/saml2/authenticate/<realm SID>\n" in ran.out
    assert (
        "  realm_sid        <realm SID>\n"
        "                   SID of the Frontline realm: Twilio Console > Frontline > SSO\n"
        "                   configuration, field Realm SID\n"
    ) in ran.out
    assert "Fill them in with --set, e.g. --set realm_sid=JB0123456789abcdef0123456789abcdef" in " ".join(ran.out.split())
    assert "Identity Center" not in ran.out


def test_json_says_the_same(samlcheck: Run) -> None:
    ran = samlcheck("rules", "show", "amazon-connect", "--idp", "okta", "--configuration", "govcloud", "--json")
    made = json.loads(ran.out)
    assert (made["schema"], made["service"], made["idp"], made["configuration"]) == (
        "samlcheck/guide-1", "amazon-connect", "okta", "govcloud",
    )  # fmt: skip
    first = made["instructions"][0]
    assert (first["action"], first["by"]) == ("set_acs", "idp")
    assert first["entries"][0] == {"label": "Single sign-on URL", "value": "https://signin.amazonaws-us-gov.com/saml"}
    assert {item["name"] for item in made["needed"]} == {"region", "instance_id", "role_arn", "provider_arn", "account_id"}


def test_rules_are_listed_on_request(samlcheck: Run) -> None:
    ran = samlcheck("rules", "show", "twilio-frontline", "--rules")
    assert "error   role-is-not-agent: The role is not agent\n" in ran.out
    plain = json.loads(samlcheck("rules", "show", "twilio-frontline", "--rules", "--json").out)
    assert "role-is-not-agent" in [rule["id"] for rule in plain["rules"]]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("signatures", "Rules\n"),
        ("okta", "Where to click\n"),
        ("twilio-symptoms", "  twilio-45050: Twilio Flex did not find what it needs"),
        ("aws-iam/role-has-blank", "There is a blank in the Role value\n"),
    ],
    ids=["standard", "idp", "symptoms", "rule"],
)
def test_packs_without_set_up_are_shown_as_they_are(samlcheck: Run, name: str, says: str) -> None:
    ran = samlcheck("rules", "show", name)
    assert (ran.code, ran.err) == (0, "")
    assert says in ran.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["twilio-flexx"], "there is no pack twilio-flexx (did you mean `twilio-flex`?)"),
        (["twilio-flex", "--idp", "oktta"], "--idp oktta: no such identity provider (did you mean okta?)"),
        (["twilio-flex", "--set", "realm_sid=JB0"], "--set realm_sid: Twilio Flex has no such value"),
        (["twilio-flex", "--configuration", "old"], "--configuration old: Twilio Flex has no such configuration"),
        (["signatures", "--idp", "okta"], "signatures has nothing to be set up"),
        (["aws-iam/role-blank"], "pack aws-iam has no rule role-blank"),
        (["acme.yaml"], "rules show acme.yaml: no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistakes_are_named(samlcheck: Run, arguments: list[str], says: str) -> None:
    ran = samlcheck("rules", "show", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
