"""What people read when the IAM side keeps a login out: the first cause, its words, its fix, who makes it and where."""

from __future__ import annotations

from typing import Any

import pytest

from samlcheck.finding import NotApplicable, Passed
from tests.iam.logins import ATTRIBUTES, report, troubles, why_not_checked
from tests.iam.policies import ACCOUNT, FIRST, INSTANCE, RESOURCE, ROLE, SECOND, SIGN_IN, permission, trust

OPENID = {
    "Effect": "Allow",
    "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/idp.example"},
    "Action": "sts:AssumeRoleWithWebIdentity",
}
HEALTHY: dict[str, Any] = {
    "one provider": trust(SECOND),
    "two providers": trust(FIRST, SECOND),
    "a statement for each provider": {**trust(FIRST), "Statement": [*trust(FIRST)["Statement"], *trust(SECOND)["Statement"]]},
    "global and regional endpoint": trust(SECOND, aud=["https://us-west-2.signin.aws.amazon.com/saml", SIGN_IN]),
    "a provider for OpenID Connect beside it": {**trust(SECOND), "Statement": [OPENID, *trust(SECOND)["Statement"]]},
    "all roles of the account": {
        "Roles": [
            {"Arn": ROLE + "Old", "AssumeRolePolicyDocument": trust("arn:aws:iam::ACCOUNTID:saml-provider/X", Effect="allow")},
            {"Arn": ROLE, "AssumeRolePolicyDocument": trust(SECOND)},
        ]
    },
    "without condition": trust(SECOND, Condition={}),
    "get-role": {"Role": {"Arn": ROLE, "RoleName": "ConnectAgents", "AssumeRolePolicyDocument": trust(SECOND)}},
}


@pytest.mark.parametrize("role", HEALTHY.values(), ids=HEALTHY)
def test_a_healthy_role_leaves_a_healthy_login_alone(role: Any) -> None:
    found = report(role=role, policy=permission(), users="mia.lindqvist@example.com")
    assert troubles(found) == []
    assert found.diagnosis.verdict == "accepted"
    judged = [item for item in found.outcomes if item.rule.startswith("aws-iam-")]
    assert len(judged) == 36
    assert all(isinstance(item, Passed | NotApplicable) for item in judged), judged


HEALTHY_PERMISSIONS: dict[str, Any] = {
    "the instance": permission(),
    "everything of the instance": permission(RESOURCE.replace("/user/${aws:userid}", "/*")),
    "all with a condition": permission("*", Condition={"StringEquals": {"connect:InstanceId": INSTANCE}}),
    "the key as an older guide has it": permission("*", Condition={"StringEquals": {"connect:InstanceID": [INSTANCE]}}),
    "all of Connect": permission("*", "connect:*"),
    "one of two instances": permission([RESOURCE.replace(INSTANCE, "11111111-2222-4333-8444-555555555555"), RESOURCE]),
}


@pytest.mark.parametrize("policy", HEALTHY_PERMISSIONS.values(), ids=HEALTHY_PERMISSIONS)
def test_every_documented_variant_of_the_permission_is_healthy(policy: Any) -> None:
    assert troubles(report(policy=policy)) == []


EDIT_TRUST = "IAM console > Roles > the role > Trust relationships > Edit trust policy"
TRUST: dict[str, tuple[Any, dict[str, Any], str, str, str]] = {
    "the second IdP is not listed": (
        trust(FIRST),
        {},
        "provider-not-trusted",
        f"The response comes with the provider {SECOND}, but the role trusts {FIRST}. Each IdP has a provider of its own in "
        "IAM, and a role must list every one that may sign in to it.",
        f'Add {SECOND} to the principals of the role, so that it reads "Federated": ["{FIRST}", "{SECOND}"].',
    ),
    "the provider misspelt": (
        trust(FIRST, SECOND.replace("Center", "Centre")),
        {},
        "provider-not-trusted",
        f"The response comes with the provider {SECOND}, but the role trusts {FIRST} and {SECOND.replace('Center', 'Centre')}. "
        "Each IdP has a provider of its own in IAM, and a role must list every one that may sign in to it.",
        f'Add {SECOND} to the principals of the role, so that it reads "Federated": ["{FIRST}", "{SECOND}"].',
    ),
    "another account": (
        trust(SECOND.replace(ACCOUNT, "444455556666")),
        {},
        "provider-of-another-account",
        f"The trust policy names {SECOND.replace(ACCOUNT, '444455556666')}, but a role can only trust "
        "providers of its own account: "
        f"the role is in account {ACCOUNT}, the provider in 444455556666.",
        f"Correct the account in the ARN of the provider to {ACCOUNT}.",
    ),
    "principals of AWS": (
        trust(SECOND, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        {},
        "principal-kind-wrong",
        f"The trust policy names no Federated principal: it trusts principals of the kind AWS. A login by SAML needs the provider "
        f"{SECOND} there.",
        f'Write "Principal": {{"Federated": "{SECOND}"}} in the statement that allows sts:AssumeRoleWithSAML.',
    ),
    "template text": (
        trust("arn:aws:iam::<AWS Account ID>:saml-provider/IdentityCenter"),
        {},
        "placeholder-left-in",
        "The trust policy holds arn:aws:iam::<AWS Account ID>:saml-provider/IdentityCenter: “<AWS Account "
        "ID>” was never replaced by "
        "a value of yours.",
        "Replace “<AWS Account ID>” by your own value.",
    ),
    "an entityID in place of the provider": (
        trust("https://idp.example/saml"),
        {},
        "principal-not-a-provider",
        "The role trusts https://idp.example/saml, and it is an address or entityID; it must be the ARN of the provider in IAM: "
        f"{SECOND}.",
        f"Write {SECOND} as Federated principal.",
    ),
    "the action of OpenID Connect": (
        trust(SECOND, action="sts:AssumeRoleWithWebIdentity"),
        {},
        "assume-role-not-allowed",
        "A login by SAML needs the action sts:AssumeRoleWithSAML; it allows sts:AssumeRoleWithWebIdentity. sts:AssumeRole is for "
        "principals of AWS, sts:AssumeRoleWithWebIdentity for OpenID Connect.",
        'Write "Action": "sts:AssumeRoleWithSAML" in the statement of the provider.',
    ),
    "tags without permission": (
        trust(SECOND),
        {f"attribute:{ATTRIBUTES}PrincipalTag:Team": "red"},
        "tag-session-not-allowed",
        "The response sends session tags (PrincipalTag attributes), for which the trust policy must allow "
        "sts:TagSession as well; it "
        "allows sts:AssumeRoleWithSAML.",
        'Write "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"] in the statement of the provider.',
    ),
    "source identity without permission": (
        trust(SECOND),
        {f"attribute:{ATTRIBUTES}SourceIdentity": "mia.lindqvist@example.com"},
        "source-identity-not-allowed",
        "The response sends SourceIdentity, for which the trust policy must allow sts:SetSourceIdentity as well; it allows "
        "sts:AssumeRoleWithSAML.",
        'Write "Action": ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"] in the statement of the provider.',
    ),
    "a Deny": (
        {**trust(SECOND), "Statement": [*trust(SECOND)["Statement"], {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}]},
        {},
        "denied",
        "A statement with Effect Deny is about this login. An explicit Deny wins over every Allow.",
        "Narrow the statement with Deny, so that it leaves out the provider of this login.",
    ),
}


@pytest.mark.parametrize(("role", "edits", "rule", "message", "fix"), TRUST.values(), ids=TRUST)
def test_trust_policies(role: Any, edits: dict[str, Any], rule: str, message: str, fix: str) -> None:
    found = report(edits, role=role)
    first = found.diagnosis.causes[0].finding
    assert (first.rule, found.diagnosis.verdict) == (f"aws-iam-trust/{rule}", "rejected")
    assert first.message.plain() == message
    assert (first.fix.plain(), first.fix_by) == (fix, "sp")
    assert EDIT_TRUST in [step.plain() for step in first.fix_steps]
    assert first.primary is not None
    assert first.primary.node is not None
    assert first.primary.node.span is not None
    assert first.primary.node.document == "role.json"
    assert {item.rule for item in troubles(found)} - {first.rule} <= {
        "aws-iam-trust/login-not-allowed",
        "aws-iam-trust/provider-not-trusted",
    }


AUDIENCE: dict[str, tuple[Any, dict[str, Any], str, str, str]] = {
    "the audience": (
        "urn:amazon:webservices",
        {},
        "audience-is-entity-id",
        "The condition asks for urn:amazon:webservices, which is the audience. AWS compares SAML:aud with the Recipient of the "
        f"response, {SIGN_IN}; so this condition never holds.",
        f'Write "SAML:aud": "{SIGN_IN}" in the condition.',
    ),
    "nothing, as in a damaged guide": (
        "",
        {},
        "audience-empty",
        "The condition on SAML:aud is empty, so that it never holds. Some copies of set-up guides have lost the value.",
        f'Write "SAML:aud": "{SIGN_IN}" in the condition.',
    ),
    "only the global endpoint": (
        SIGN_IN,
        {"acs": "https://eu-west-2.signin.aws.amazon.com/saml"},
        "audience-of-another-endpoint",
        f"The role takes logins for {SIGN_IN}; the response goes to "
        "https://eu-west-2.signin.aws.amazon.com/saml: another host. The "
        "global and each regional endpoint are different values.",
        f'List both endpoints, "SAML:aud": ["{SIGN_IN}", "https://eu-west-2.signin.aws.amazon.com/saml"]; or '
        "let the IdP send to the "
        "one that is listed.",
    ),
    "a slash too many": (
        SIGN_IN + "/",
        {},
        "audience-mismatch",
        f"The trust policy asks that SAML:aud must be {SIGN_IN}/, and the login has {SIGN_IN}. SAML:aud is the Recipient of the "
        "response.",
        f'Write "SAML:aud": "{SIGN_IN}" in the condition.',
    ),
}


@pytest.mark.parametrize(("aud", "edits", "rule", "message", "fix"), AUDIENCE.values(), ids=AUDIENCE)
def test_saml_aud_is_the_recipient(aud: Any, edits: dict[str, Any], rule: str, message: str, fix: str) -> None:
    first = report(edits, role=trust(SECOND, aud=aud)).diagnosis.causes[0].finding
    assert first.rule == f"aws-iam-conditions/{rule}"
    assert first.message.plain() == message
    assert (first.fix.plain(), first.fix_by) == (fix, "sp")


def test_another_condition_names_key_wanted_and_actual_value_and_masks_people() -> None:
    first = report(role=trust(SECOND, Condition={"StringEquals": {"saml:sub": "tom@example.com"}})).diagnosis.causes[0].finding
    assert first.rule == "aws-iam-conditions/condition-does-not-hold"
    assert first.message.plain() == (
        "The trust policy asks that saml:sub must be tom@example.com, and the login has mia.lindqvist@example.com."
    )
    assert "tom" not in first.message.render(lambda slot: "…" if slot.sensitive else slot.value)
    assert "mia" not in first.message.render(lambda slot: "…" if slot.sensitive else slot.value)


def test_what_no_login_shows_is_not_checked() -> None:
    found = report(role=trust(SECOND, Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    why = ("a condition of the policy is about something that no login shows", "a look at the conditions of the policy")
    assert why_not_checked(found, "aws-iam-conditions/condition-does-not-hold") == why
    assert found.diagnosis.verdict == "cannot-tell"


def test_what_a_deployment_fills_in_is_not_checked() -> None:
    found = report(role=trust({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:saml-provider/IdentityCenter"}))  # type: ignore[arg-type]
    why, needs = why_not_checked(found, "aws-iam-trust/provider-not-trusted")
    assert why == "the policy leaves it to a deployment to fill this in"
    assert needs == "--iam-role or --iam-policy with the policy as IAM holds it"
    assert troubles(found) == []


@pytest.mark.parametrize(
    ("arn", "rule", "severity"),
    [
        (ROLE.replace("ConnectAgents", "connectagents"), "role-misspelt", "error"),
        (ROLE.replace("ConnectAgents", "Administrators"), "policy-of-another-role", "warning"),
    ],
)
def test_the_policy_of_another_role(arn: str, rule: str, severity: str) -> None:
    found = report(role={"Role": {"Arn": arn, "AssumeRolePolicyDocument": trust(SECOND)}})
    first = found.diagnosis.causes[0].finding
    assert (first.rule, first.severity) == (f"aws-iam-trust/{rule}", severity)
    assert why_not_checked(found, "aws-iam-trust/provider-not-trusted")[0] == "the trust policy given is that of another role"


def test_a_fault_of_the_role_attribute_comes_before_its_consequences() -> None:
    typo = SECOND.replace(ACCOUNT, "111122233333")
    found = report({f"attribute:{ATTRIBUTES}Role": f"{ROLE},{typo}"}, role=trust(SECOND))
    (cause,) = [item for item in found.diagnosis.causes if item.finding.severity == "error"]
    assert cause.finding.rule == "aws-iam/role-of-another-account"
    assert {item.rule for item in cause.consequences} >= {"aws-iam-trust/provider-not-trusted", "aws-iam-trust/login-not-allowed"}


OTHER = "11111111-2222-4333-8444-555555555555"
PERMISSION: dict[str, tuple[Any, str, str, str]] = {
    "no such action": (
        permission("*", "connect:DescribeInstance"),
        "federation-not-allowed",
        "None of the policies given allows connect:GetFederationToken, which Connect asks for when a user comes from AWS sign-in. "
        "(If the role has further policies, give them as well: --iam-policy is repeatable.)",
        f"Add a statement that allows connect:GetFederationToken on arn:aws:connect:us-west-2:ACCOUNT:instance/{INSTANCE}/user/"
        "${aws:userid}.",
    ),
    "an action misspelt": (
        permission(action="connect:GetFederationTokens"),
        "action-misspelt",
        "The policy allows connect:GetFederationTokens. That is not the action that Connect needs, connect:GetFederationToken: it "
        "has “s” too many at position 27.",
        "Write connect:GetFederationToken.",
    ),
    "another instance": (
        permission(RESOURCE.replace(INSTANCE, OTHER)),
        "resource-of-another-instance",
        f"connect:GetFederationToken is allowed on {RESOURCE.replace(INSTANCE, OTHER)}; the instance {OTHER} "
        "is not the one of this "
        "login.",
        f'Write "Resource": "{RESOURCE}", or add it to the list.',
    ),
    "another Region": (
        permission(RESOURCE.replace("us-west-2", "us-east-1")),
        "resource-of-another-region",
        f"connect:GetFederationToken is allowed on {RESOURCE.replace('us-west-2', 'us-east-1')}; the region "
        "us-east-1 is not the one "
        "of this login.",
        f'Write "Resource": "{RESOURCE}".',
    ),
    "without the user": (
        permission(RESOURCE.removesuffix("/user/${aws:userid}")),
        "resource-lacks-user",
        f"connect:GetFederationToken is allowed on {RESOURCE.removesuffix('/user/${aws:userid}')}; nothing "
        "follows the instance. The "
        "action is about a user of the instance: /user/${aws:userid} belongs at the end.",
        f'Write "Resource": "{RESOURCE}".',
    ),
    "an address in place of the variable": (
        permission(RESOURCE.replace("${aws:userid}", "mia.lindqvist@example.com")),
        "user-variable-replaced",
        "connect:GetFederationToken is allowed only for the user mia.lindqvist@example.com of the instance. "
        "${aws:userid} must stand "
        "there literally: IAM fills it in for each user, and never with an e-mail address.",
        f'Write "Resource": "{RESOURCE}".',
    ),
    "a condition for another instance": (
        permission("*", Condition={"StringEquals": {"connect:InstanceId": OTHER}}),
        "condition-of-another-instance",
        f"The permission holds for the instance {OTHER} only, which is another instance. This login leads to {INSTANCE}.",
        f'Write "connect:InstanceId": ["{OTHER}", "{INSTANCE}"] in the condition.',
    ),
    "the malformed id of a guide": (
        permission("*", Condition={"StringEquals": {"connect:InstanceID": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeeee"}}),
        "condition-of-another-instance",
        "The permission holds for the instance aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeeee only, which is no "
        "instance id: its groups have "
        f"not 8, 4, 4, 4 and 12 digits. This login leads to {INSTANCE}.",
        f'Write "connect:InstanceID": "{INSTANCE}" in the condition.',
    ),
}


@pytest.mark.parametrize(("policy", "rule", "message", "fix"), PERMISSION.values(), ids=PERMISSION)
def test_permission_policies(policy: Any, rule: str, message: str, fix: str) -> None:
    found = report(policy=policy)
    first = found.diagnosis.causes[0].finding
    assert (first.rule, found.diagnosis.verdict) == (f"aws-iam-permission/{rule}", "rejected")
    assert first.message.plain() == message
    assert (first.fix.plain(), first.fix_by) == (fix, "sp")
    assert first.fix_steps[0].plain() == "IAM console > Roles > the role > Permissions > the policy > Edit"


def test_a_user_in_a_resource_is_masked_wherever_it_is_shown() -> None:
    found = report(policy=permission(RESOURCE.replace("${aws:userid}", "mia@example.com").replace("us-west-2", "us-east-1")))
    assert {item.rule.rpartition("/")[2] for item in troubles(found)} == {
        "resource-of-another-region",
        "user-variable-replaced",
        "access-not-allowed",
    }
    for item in troubles(found):
        shown = item.message.render(lambda slot: "…" if slot.sensitive else slot.value)
        values = [slot.value for one in item.evidence for slot in (one.actual, one.expected) if slot and not slot.sensitive]
        assert not any("mia@" in text for text in (shown, *values))


def test_without_relay_state_the_trust_is_judged_all_the_same() -> None:
    found = report({"relay_state": None}, role=trust(FIRST))
    assert found.diagnosis.verdict == "rejected"
    assert "aws-iam-trust/provider-not-trusted" in {item.rule for item in troubles(found)}


def test_policies_that_were_not_given_are_not_asked_for() -> None:
    assert not any(
        item.rule.startswith(("aws-iam-trust", "aws-iam-conditions", "aws-iam-permission")) for item in report().outcomes
    )
