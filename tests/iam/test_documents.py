"""Policies out of everything that AWS's tools print, and files that hold none or the wrong kind."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from samlcheck.errors import InputError
from samlcheck.iam import read
from samlcheck.source import Artifact
from tests.iam.policies import FIRST, ROLE, permission, read_permission, read_trust, trust

TRUST = trust(FIRST)
WRAPPED: dict[str, Any] = {
    "the console": TRUST,
    "one statement as an object": {**TRUST, "Statement": TRUST["Statement"][0]},
    "get-role": {"Role": {"RoleName": "ConnectAgents", "Arn": ROLE, "AssumeRolePolicyDocument": TRUST}},
    "get-role, as the API returns it": {"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": quote(json.dumps(TRUST), safe="")}},
    "percent-encoded": quote(json.dumps(TRUST), safe=""),
    "JSON in a string": json.dumps(json.dumps(TRUST)),
    "with a byte order mark": "\ufeff" + json.dumps(TRUST),
    "list-roles": {"Roles": [{"Arn": ROLE, "AssumeRolePolicyDocument": TRUST}]},
    "account authorization details": {"RoleDetailList": [{"Arn": ROLE, "RolePolicyList": [], "AssumeRolePolicyDocument": TRUST}]},
    "CloudFormation": {"Resources": {"Agents": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}}},
    "Terraform state": {
        "resources": [
            {"type": "aws_iam_role", "instances": [{"attributes": {"arn": ROLE, "assume_role_policy": json.dumps(TRUST)}}]}
        ]
    },
    "Terraform plan": {
        "planned_values": {
            "root_module": {"resources": [{"values": {"name": "ConnectAgents", "assume_role_policy": json.dumps(TRUST)}}]}
        }
    },
    "a Terraform policy document": {"values": {"json": json.dumps(TRUST)}},
}


@pytest.mark.parametrize("document", WRAPPED.values(), ids=WRAPPED)
def test_trust_policies_are_found_in_every_wrapping(document: Any) -> None:
    (policy,) = read_trust(document)
    (statement,) = policy.statements
    assert [(one.kind, one.word.text) for one in statement.principals] == [("Federated", FIRST)]
    assert policy.flaws == ()


def test_utf_16_as_powershell_writes_it() -> None:
    (policy,) = read(Artifact("role.json", json.dumps(TRUST).encode("utf-16")), "trust")
    assert policy.statements[0].actions[0].text == "sts:AssumeRoleWithSAML"


def test_places_are_those_of_the_file() -> None:
    (policy,) = read_trust(TRUST)
    place = policy.statements[0].principals[0].word.place
    assert place.span is not None
    assert (place.document, place.path, place.span.line, place.span.column) == (
        "role.json",
        "Statement[0].Principal.Federated",
        7,
        22,
    )


def test_whose_a_policy_is() -> None:
    (policy,) = read_trust({"Role": {"RoleName": "ConnectAgents", "Arn": ROLE, "AssumeRolePolicyDocument": TRUST}})
    assert policy.role_arn is not None
    assert (policy.role_arn.text, policy.role_name) == (ROLE, "ConnectAgents")


PERMISSIONS: dict[str, Any] = {
    "the console": permission(),
    "get-role-policy": {"RoleName": "ConnectAgents", "PolicyName": "connect", "PolicyDocument": permission()},
    "get-policy-version": {"PolicyVersion": {"Document": permission(), "VersionId": "v1", "IsDefaultVersion": True}},
    "CloudFormation": {
        "Resources": {"Agents": {"Properties": {"Policies": [{"PolicyName": "x", "PolicyDocument": permission()}]}}}
    },
    "Terraform": {"values": {"policy": json.dumps(permission())}},
}


@pytest.mark.parametrize("document", PERMISSIONS.values(), ids=PERMISSIONS)
def test_permission_policies_are_found_in_every_wrapping(document: Any) -> None:
    (policy,) = read_permission(document)
    assert policy.statements[0].actions[0].text == "connect:GetFederationToken"
    assert policy.flaws == ()


def test_a_template_with_role_and_permission_gives_each_to_its_option() -> None:
    both = {"Resources": {"R": {"Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": [{"PolicyDocument": permission()}]}}}}
    assert [policy.statements[0].actions[0].text for policy in read_trust(both)] == ["sts:AssumeRoleWithSAML"]
    assert [policy.statements[0].actions[0].text for policy in read_permission(both)] == ["connect:GetFederationToken"]


def test_what_only_a_deployment_fills_in_is_kept_as_unresolved() -> None:
    (policy,) = read_trust(trust({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:saml-provider/Okta"}))  # type: ignore[arg-type]
    assert policy.statements[0].principals[0].word.unresolved == "Fn::Sub"
    (policy,) = read_trust(trust("${aws_iam_saml_provider.okta.arn}"))
    assert policy.statements[0].principals[0].word.unresolved == "a Terraform reference"


WANTED = "--iam-role wants a trust policy of IAM as JSON, but this file "
REFUSED = {
    "YAML": ("Version: '2012-10-17'\nStatement:\n- Effect: Allow\n", WANTED + "is YAML and not JSON", "not-json"),
    "a YAML template": ("AWSTemplateFormatVersion: 2010-09-09\nResources:\n", WANTED + "is YAML and not JSON", "not-json"),
    "HCL": ('resource "aws_iam_role" "agents" {\n', WANTED + "is Terraform's own language (HCL) and not JSON", "not-json"),
    "metadata": ("<EntityDescriptor/>", WANTED + "is XML or HTML and not JSON", "not-json"),
    "an ARN": (ROLE, WANTED + "holds an ARN and not the policy itself", "not-json"),
    "nothing": ("", WANTED + "is empty", "not-json"),
    "prose": ("see attached", WANTED + "is not JSON", "not-json"),
    "a HAR": ('{"log": {"entries": []}}', WANTED + "is a HAR", "no-iam-policy"),
    "a SAML provider": (
        '{"SAMLMetadataDocument": "<xml/>"}',
        WANTED + "is what IAM knows of a SAML provider and not of a role",
        "no-iam-policy",
    ),
    "a template without roles": ('{"Resources": {}}', WANTED + "is a CloudFormation template without one", "no-iam-policy"),
    "other JSON": ("{}", WANTED + "holds no policy (there is no Statement in it)", "no-iam-policy"),
    "a permission policy": (
        json.dumps(permission()),
        "--iam-role wants a trust policy, but this is a permission policy",
        "iam-policy-kind",
    ),
    "a bucket policy": (
        json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}),
        "--iam-role wants a trust policy, but this is the policy of a resource (a bucket, a key, a queue …), neither of the two "
        "policies of a role",
        "iam-policy-kind",
    ),
    "a service control policy": (
        json.dumps({"Policy": {"PolicySummary": {"Type": "SERVICE_CONTROL_POLICY"}, "Content": json.dumps(permission())}}),
        "This is a service control policy of AWS Organizations, which only limits what policies of a role can allow",
        "iam-policy-kind",
    ),
}


@pytest.mark.parametrize(("text", "message", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_trust_policy_is_named_as_what_it_is(text: str, message: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_trust(text)
    assert (caught.value.message, caught.value.code) == (message, code)
    assert caught.value.tip


def test_the_wrong_option_is_answered_with_the_right_one() -> None:
    with pytest.raises(InputError) as caught:
        read_permission(TRUST)
    assert caught.value.message == "--iam-policy wants a permission policy, but this is a trust policy"
    assert (caught.value.tip, caught.value.where) == ("Did you mean --iam-role policy.json?", "policy.json:1:1")


FLAWS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Effect in lower case": (trust(FIRST, Effect="allow"), ["Effect is neither Allow nor Deny"]),
    "an element misspelt": (trust(FIRST, condition={}), ["IAM knows no such element of a statement; it is spelt Condition"]),
    "a Resource": (trust(FIRST, Resource="*"), ["a trust policy has no Resource; the role itself is the resource"]),
    "a principal without its kind": (
        trust(FIRST, Principal=FIRST),
        ['Principal is neither "*" nor an object such as {"Federated": "arn:…"}'],
    ),
    "a kind of principal misspelt": (
        trust(FIRST, Principal={"federated": FIRST}),
        ["a principal is one of Federated, AWS, Service, CanonicalUser"],
    ),
    "a version that does not exist": ({**TRUST, "Version": "2026-11-25"}, ["Version is neither 2012-10-17 nor 2008-10-17"]),
    "no statement": ({**TRUST, "Statement": []}, ["it has no statement"]),
}


@pytest.mark.parametrize(("document", "flaws"), FLAWS.values(), ids=FLAWS)
def test_what_iam_would_refuse_is_a_flaw(document: dict[str, Any], flaws: list[str]) -> None:
    (policy,) = read_trust(document)
    assert [flaw.what for flaw in policy.flaws] == flaws
