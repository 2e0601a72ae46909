"""``--iam-role`` and ``--iam-policy`` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Ran
from tests.iam.logins import form, metadata
from tests.iam.policies import FIRST, SECOND, permission, trust

Check = Callable[..., Ran]


@pytest.fixture
def check(samlcheck: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that checks the healthy Connect login with more options, in a folder with policies."""
    monkeypatch.chdir(tmp_path)
    for artifact in (form(), metadata()):
        Path(artifact.name).write_bytes(artifact.data)
    for name, document in {"first": trust(FIRST), "both": trust(FIRST, SECOND), "permission": permission()}.items():
        Path(f"{name}.json").write_text(json.dumps(document, indent=2))
    login = ("aws-identity-center.txt", "--idp", "aws-identity-center.xml", "--at", "2026-05-04T10:00:05Z")
    return lambda *options: samlcheck("check", *login, *options)


def test_a_role_that_trusts_the_provider(check: Check) -> None:
    ran = check("--iam-role", "both.json", "--iam-policy", "permission.json")
    assert (ran.code, ran.err) == (0, "")
    assert "aws-iam" not in ran.out.partition("Service:")[0]


def test_a_role_that_does_not(check: Check) -> None:
    ran = check("--iam-role", "first.json")
    assert ran.code == 1
    assert ran.out.startswith("REJECTED  The role does not trust the provider of this login\n")
    assert "--> Principal.Federated: first.json:7:22 Statement[0].Principal.Federated\n" in ran.out
    assert "Fix (service (SP) admin): Add" in ran.out


def test_in_json_evidence_names_file_line_and_column(check: Check) -> None:
    (cause,) = (
        item for item in check("--iam-role", "first.json", "--json").json["logins"][0]["causes"] if item["severity"] == "error"
    )
    assert cause["rule"] == "aws-iam-trust/provider-not-trusted"
    evidence = cause["evidence"][0]
    assert (evidence["input"], evidence["line"], evidence["column"]) == ("first.json", 7, 22)
    assert evidence["xpath"] == "Statement[0].Principal.Federated"
    assert (evidence["actual"], evidence["expected"]) == (FIRST, SECOND)


def test_the_policy_itself_may_be_pasted(check: Check) -> None:
    ran = check("--iam-role", json.dumps(trust(FIRST)))
    assert ran.code == 1
    assert "--> Principal.Federated: --iam-role:1:" in ran.out


def test_an_arn_is_no_file(check: Check) -> None:
    ran = check("--iam-role", "arn:aws:iam::111122223333:role/ConnectAgents")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "samlcheck: --iam-role arn:aws:iam::111122223333:role/ConnectAgents: this is an ARN, and samlcheck connects to nothing\n"
        "  Save the policy and name the file: aws iam get-role --role-name NAME > role.json\n"
    )


def test_a_damaged_policy_is_said_with_its_place(check: Check) -> None:
    Path("guide.json").write_text('{   "Version": "2012-10-17",\n    "Statement": [\n            "Effect": "Allow",\n')
    ran = check("--iam-role", "guide.json")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(
        "samlcheck: guide.json:3:21: The JSON is damaged: a list holds values, but here is a name with a colon: the brace { before "
        "it in line 3, column 13 is missing\n"
    )


def test_policies_in_the_wrong_options_are_sent_to_the_right_ones(check: Check) -> None:
    ran = check("--iam-role", "permission.json")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        "samlcheck: permission.json:1:1: --iam-role wants a trust policy, but this is a permission policy\n"
        "  Did you mean --iam-policy permission.json?\n"
    )


def test_a_missing_file(check: Check) -> None:
    ran = check("--iam-policy", "nowhere.json")
    assert (ran.code, ran.err) == (2, "samlcheck: --iam-policy nowhere.json: no such file\n  Check the path.\n")
