"""A wrong account in the Role value fails both policies too: it is told once, and the policies stay as they are."""

from __future__ import annotations

import pytest

from tests.iam.logins import ATTRIBUTES, inspect, report, troubles
from tests.iam.logins import form as form_of
from tests.iam.policies import ACCOUNT, RESOURCE, ROLE, SECOND, permission, trust

_OTHER = "210987654321"
_ROLE = f"attribute:{ATTRIBUTES}Role"


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        pytest.param(f"{ROLE.replace(ACCOUNT, _OTHER)},{SECOND}", "aws-iam/role-of-another-account", id="account of the role"),
        pytest.param(f"{ROLE},{SECOND}".replace(ACCOUNT, _OTHER), "aws-iam/account-not-as-given", id="account of both"),
        pytest.param(f"{ROLE.replace(':role/', ':user/')},{SECOND}", "aws-iam/provider-kind-wrong", id="a user"),
    ],
)
def test_a_wrong_arn_is_one_cause_whatever_the_policies_say(value: str, rule: str) -> None:
    found = report({_ROLE: value}, role=trust(SECOND), policy=permission(), account_id=ACCOUNT, role_arn=ROLE, provider_arn=SECOND)
    assert [cause.finding.rule for cause in found.diagnosis.causes if cause.finding.severity == "error"] == [rule]


def test_the_healthy_login_has_no_cause() -> None:
    (found,) = inspect(form_of(), role=trust(SECOND), policy=permission(), account_id=ACCOUNT).logins
    assert [cause.finding.rule for cause in found.diagnosis.causes if cause.finding.severity != "note"] == []


def test_a_second_factor_that_the_trust_policy_asks_for_never_comes() -> None:
    """Nobody has temporary credentials yet when AssumeRoleWithSAML is called, so the key is absent."""
    policy = trust(SECOND)
    statement = policy["Statement"][0] if isinstance(policy["Statement"], list) else policy["Statement"]
    statement["Condition"]["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    found = report(role=policy)
    assert found.diagnosis.causes[0].finding.rule == "aws-iam-conditions/condition-does-not-hold"
    assert found.diagnosis.verdict == "rejected"


@pytest.mark.parametrize("key", ["saml:audience", "cognito-identity.amazonaws.com:aud", "accounts.google.com:sub"])
def test_a_key_that_no_login_by_saml_has_is_absent(key: str) -> None:
    found = report(role=trust(SECOND, Condition={"StringEquals": {key: "x"}}))
    assert found.diagnosis.causes[0].finding.rule == "aws-iam-conditions/condition-does-not-hold"
    assert "the login has no such value" in found.diagnosis.causes[0].finding.message.plain()


@pytest.mark.parametrize("key", ["saml:uid", "aws:SourceIp"])
def test_of_other_keys_nothing_is_known(key: str) -> None:
    found = report(role=trust(SECOND, Condition={"StringEquals": {key: "x"}}))
    assert troubles(found) == []
    assert found.diagnosis.verdict == "cannot-tell"


def test_names_of_policy_variables_have_no_letter_case() -> None:
    found = report(policy=permission(RESOURCE.replace("aws:userid", "aws:UserId")))
    assert troubles(found) == []
