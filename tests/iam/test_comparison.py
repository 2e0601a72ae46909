"""Several identity providers for one Amazon Connect instance, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from samlcheck.inspection import Comparison, Inspection
from samlcheck.report import jsonout
from samlcheck.report.text import render
from samlcheck.report.view import View
from tests.iam.logins import ATTRIBUTES, form, inspect
from tests.iam.policies import FIRST, ROLE, SECOND, trust

STYLES = ("okta", "aws-identity-center")
SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "inspection-1.json").read_text())


def compared(found: Inspection) -> Comparison:
    assert found.comparison is not None
    return found.comparison


def remarks(found: Inspection) -> list[str]:
    return [remark.plain() for remark in compared(found).remarks]


def rows(found: Inspection) -> dict[str, list[str]]:
    return {row.what: [slot.value for slot in row.values] for row in compared(found).rows}


def test_two_idps_of_which_the_role_trusts_one() -> None:
    found = inspect(form(style="okta", provider=FIRST), form(), role=trust(FIRST), styles=STYLES)
    assert rows(found)["provider in IAM"] == [FIRST, SECOND]
    assert rows(found)["role"] == [ROLE, ROLE]
    assert rows(found)["metadata given by --idp"] == ["okta.xml", "aws-identity-center.xml"]
    assert rows(found)["trusted by role.json"] == ["yes", "no"]
    assert remarks(found) == [f"All logins ask for one role, and the trust policy given lacks {SECOND}."]
    assert [report.diagnosis.verdict for report in found.logins] == ["accepted", "rejected"]


def test_two_idps_that_the_role_trusts() -> None:
    found = inspect(form(style="okta", provider=FIRST), form(), role=trust(FIRST, SECOND), styles=STYLES)
    assert rows(found)["trusted by role.json"] == ["yes", "yes"]
    assert remarks(found) == ["All logins ask for one role, and it trusts every provider that they come through."]
    assert {report.diagnosis.verdict for report in found.logins} == {"accepted"}


def test_the_second_idp_still_sends_the_provider_of_the_first() -> None:
    found = inspect(form(style="okta", provider=FIRST), form(provider=FIRST), role=trust(FIRST, SECOND), styles=STYLES)
    assert remarks(found) == [
        f"Different identity providers come through one provider in IAM, {FIRST}. Each needs a provider of its own: AWS answers "
        "“Issuer not present in specified provider”."
    ]


def test_what_else_differs() -> None:
    other = form(
        {
            f"attribute:{ATTRIBUTES}RoleSessionName": "Mia.Lindqvist@example.com",
            "relay_state": "https://us-west-2.console.aws.amazon.com/connect/federate/11111111-2222-4333-8444-555555555555",
        },
        role=ROLE + "Backup",
    )
    found = inspect(form(style="okta", provider=FIRST), other, styles=STYLES)
    assert remarks(found) == [
        "The logins ask for different roles. That works: since March 2023 a Connect user may come through several.",
        "RelayState differs: the logins do not lead to the same Connect instance.",
        "RoleSessionName differs in letter case only: to Connect these are two users.",
    ]
    assert [slot.sensitive for row in compared(found).rows if row.what == "RoleSessionName" for slot in row.values] == [True, True]


def test_different_accounts() -> None:
    role, provider = (text.replace("111122223333", "444455556666") for text in (ROLE, SECOND))
    found = inspect(form(style="okta", provider=FIRST), form(role=role, provider=provider), styles=STYLES)
    assert (
        remarks(found)[0] == "The logins go to different AWS accounts, 111122223333 and 444455556666: not to one Connect instance."
    )


def test_without_policy_it_is_asked_for() -> None:
    found = inspect(form(style="okta", provider=FIRST), form(), styles=STYLES)
    assert remarks(found) == [
        "All logins ask for one role: it must trust every one of the providers (give its policy with --iam-role)."
    ]


def test_one_login_with_the_metadata_of_two_idps() -> None:
    found = inspect(form(), role=trust(FIRST, SECOND), styles=STYLES)
    assert rows(found)["metadata given by --idp"] == ["aws-identity-center.xml"]
    (remark,) = remarks(found)
    assert remark.startswith("No login given comes from ")
    assert remark.endswith(" (okta.xml).")


def test_one_of_everything_is_not_compared() -> None:
    assert inspect(form(), role=trust(SECOND)).comparison is None


def test_logins_without_aws_are_not_compared() -> None:
    plain = {f"attribute:{ATTRIBUTES}{name}": None for name in ("Role", "RoleSessionName", "SessionDuration")}
    assert inspect(form(plain), form(plain)).comparison is None


def test_the_reports_show_it() -> None:
    found = inspect(form(style="okta", provider=FIRST), form(), role=trust(FIRST), styles=STYLES)
    text = render(found, View(width=100)).plain()
    assert ("Compared\n  login 1: okta.txt\n  login 2: aws-identity-center.txt\n  identity provider (Issuer) differs:\n") in text
    assert f"  provider in IAM differs:\n    login 1: {FIRST}\n    login 2: {SECOND}\n  role: {ROLE}\n" in text
    assert "  trusted by role.json differs:\n    login 1: yes\n    login 2: no\n" in text
    report = jsonout.as_object(found, View())
    jsonschema.validate(report, SCHEMA)
    assert report["comparison"]["logins"] == ["okta.txt", "aws-identity-center.txt"]
    assert {"what": "role", "values": [ROLE, ROLE], "same": True} in report["comparison"]["rows"]
    assert "mia" not in json.dumps(report["comparison"])
    assert "comparison" not in jsonout.as_object(inspect(form()), View())
