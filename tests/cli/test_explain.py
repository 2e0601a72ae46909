"""``samlcheck explain`` as people use it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.commands import Ran

Run = Callable[..., Ran]


def test_an_error_code(samlcheck: Run) -> None:
    ran = samlcheck("explain", "AADSTS50105")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "The user is not assigned to the application at Entra\n"
        "Microsoft Entra ID · symptom/microsoft-entra-id-aadsts50105\n"
        "It says: AADSTS50105\n"
        "\n"
        "What may be behind it, most likely first\n"
        "  1. The user is not assigned to the application at the IdP.\n"
        "     IdP admin: In Entra, assign the user, or a group the user is a direct\n"
        "     member of, to the enterprise application.\n"
        "     Microsoft Entra ID: Entra ID > Enterprise apps > the app > Users and groups\n"
        "       > Add user/group: the user or a group.\n"
        "\n"
        "To be sure\n"
        "  - See in the IdP console whether the user or a group of the user is assigned\n"
        "    to the application.\n"
        "\n"
        "Source: Microsoft Entra authentication and authorization error codes\n"
        "        https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes\n"
    )


def test_words_need_no_quotes(samlcheck: Run) -> None:
    ran = samlcheck("explain", "has", "not", "been", "onboarded")
    assert ran.code == 0
    assert "symptom/amazon-connect-connect-not-onboarded · found by its words" in " ".join(ran.out.split())


def test_a_page_from_standard_input(samlcheck: Run) -> None:
    ran = samlcheck("explain", "-", stdin="<p>Response signature invalid (Service: AWSSecurityTokenService)</p>")
    assert ran.code == 0
    assert ran.out.startswith("The signature does not fit the certificates of the SAML provider in IAM\n")
    assert "service (SP) admin: In the IAM console, replace the metadata of the SAML\n" in ran.out


def test_a_rule(samlcheck: Run) -> None:
    ran = samlcheck("explain", "web-sso-profile/audience-mismatch")
    assert ran.code == 0
    assert ran.out.startswith("The assertion is meant for another service\nerror · web-sso-profile/audience-mismatch\nDemands: ")
    for part in ("Says: ", "Fix: ", "Okta: ", "Microsoft Entra ID: ", "Passes:", "Fails:", "Source: "):
        assert part in ran.out


@pytest.mark.parametrize(
    ("pack", "part"), [("twilio-flex", "--set connection_sid=…"), ("okta", "set_acs: "), ("connect", "amazon-connect: ")]
)
def test_a_pack(samlcheck: Run, pack: str, part: str) -> None:
    ran = samlcheck("explain", pack)
    assert ran.code == 0
    assert part in ran.out


def test_nothing_known_says_what_may_have_been_meant(samlcheck: Run) -> None:
    ran = samlcheck("explain", "aws-iam/role-malformd")
    assert ran.code == 1
    assert ran.out.startswith(
        "Nothing is known of that.\n\nDid you mean\n  aws-iam/role-malformed: The Role value is not a pair of ARNs\n"
    )


def test_nothing_known_and_nothing_near(samlcheck: Run) -> None:
    ran = samlcheck("explain", "flarb wibble")
    assert ran.code == 1
    assert ran.out.startswith("Nothing is known of that.\n\nGive a rule id, an error code, or more of the error's text, in English")


def test_nothing_to_explain_is_a_wrong_command_line(samlcheck: Run) -> None:
    ran = samlcheck("explain", "-", stdin="  \n")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "samlcheck: nothing to explain\n  Paste the error text in quotes, or pipe it in.\n"


def test_json_says_the_same(samlcheck: Run) -> None:
    ran = samlcheck("explain", "Not authorized to perform sts:AssumeRoleWithSAML", "--json")
    assert ran.code == 0
    value = ran.json
    assert value["schema"] == "samlcheck/explanation-1"
    (symptom,) = value["symptoms"]
    assert symptom["id"] == "symptom/aws-sign-in-sts-accessdenied"
    assert symptom["causes"][0]["fix_by"] == "sp"
    assert "aws-iam/role-of-another-account" in symptom["suspects"]
    assert symptom["citations"][0]["url"].startswith("https://docs.aws.amazon.com/")
    rule = samlcheck("explain", "aws-iam/role-malformed", "--json").json["rules"][0]
    assert rule["id"] == "aws-iam/role-malformed"
    assert {"Okta", "Google Workspace"} <= {item["idp"] for item in rule["consoles"]}


def test_hostile_text_is_shown_harmlessly(samlcheck: Run) -> None:
    hostile = "The signed in user 'a\x1b]0;owned\x07\u202e' is not assigned to a role for the application"
    ran = samlcheck("explain", "-", stdin=hostile)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert r"\u{001B}" in ran.out
    assert "\x1b" not in json.dumps(samlcheck("explain", "-", "--json", stdin=hostile).json, ensure_ascii=False)


def test_no_heavy_module_is_loaded() -> None:
    code = (
        "import sys; from samlcheck.cli.app import run; run(['explain', 'AADSTS50105']); "
        "sys.exit(','.join(sorted({'xmlsec', 'onelogin', 'cryptography'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
