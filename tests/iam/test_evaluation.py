"""What policies answer: IAM's rules for actions, principals, resources and conditions."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.iam.evaluation import Request, action_matches, allowed, fits, principal_matches
from tests.iam.policies import FIRST, SECOND, SIGN_IN, permission, read_permission, read_trust, trust

KEYS: dict[str, tuple[str, ...]] = {
    "saml:aud": (SIGN_IN,),
    "saml:iss": ("https://idp.example",),
    "saml:sub": ("mia",),
    "saml:sub_type": ("persistent",),
    "saml:edupersonaffiliation": ("staff", "member"),
    "saml:edupersonnickname": (),
}
LOGIN = Request(FIRST, "sts:AssumeRoleWithSAML", "", KEYS)


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=10))
def test_a_pattern_fits_as_the_regular_expression_does(pattern: str, text: str) -> None:
    regex = "".join({"*": ".*", "?": "."}.get(character, character) for character in pattern)
    assert fits(pattern, text) == (re.fullmatch(regex, text) is not None)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not fits("*a" * 200 + "b", "a" * 5000)


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("sts:AssumeRoleWithSAML", True),
        ("STS:assumerolewithsaml", True),
        ("sts:*", True),
        ("sts:AssumeRoleWith*", True),
        ("*", True),
        ("sts:AssumeRole", False),
        ("sts:AssumeRoleWithWebIdentity", False),
        (["sts:TagSession", "sts:AssumeRoleWithSAML"], True),
        ([], False),
        ({"Ref": "Action"}, None),
    ],
)
def test_actions(action: Any, answer: bool | None) -> None:
    (policy,) = read_trust(trust(FIRST, action=action))
    assert action_matches(policy.statements[0], LOGIN.action) is answer


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        ({"Principal": {"Federated": FIRST}}, True),
        ({"Principal": {"Federated": [SECOND, FIRST]}}, True),
        ({"Principal": {"Federated": SECOND}}, False),
        ({"Principal": {"Federated": FIRST.lower()}}, False),
        ({"Principal": {"Federated": FIRST[:-3] + "*"}}, False),
        ({"Principal": {"AWS": FIRST}}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Federated": {"Fn::GetAtt": ["Provider", "Arn"]}}}, None),
    ],
)
def test_principals(elements: dict[str, Any], answer: bool | None) -> None:
    (policy,) = read_trust(trust(FIRST, **elements))
    assert principal_matches(policy.statements[0], FIRST) is answer


CONDITIONS: dict[str, tuple[dict[str, Any], bool | None]] = {
    "equal": ({"StringEquals": {"SAML:aud": SIGN_IN}}, True),
    "the key in lower case": ({"StringEquals": {"saml:aud": SIGN_IN}}, True),
    "the value in another case": ({"StringEquals": {"SAML:aud": SIGN_IN.upper()}}, False),
    "without regard to case": ({"StringEqualsIgnoreCase": {"SAML:aud": SIGN_IN.upper()}}, True),
    "one of several": ({"StringEquals": {"SAML:aud": ["https://x.example", SIGN_IN]}}, True),
    "none of several": ({"StringNotEquals": {"SAML:aud": ["https://x.example", SIGN_IN]}}, False),
    "like": ({"StringLike": {"SAML:aud": "https://*.aws.amazon.com/saml"}}, True),
    "a star means itself where texts are equal": ({"StringEquals": {"SAML:aud": "https://*"}}, False),
    "not like": ({"StringNotLike": {"SAML:iss": "https://other.*"}}, True),
    "every operator counts": ({"StringEquals": {"SAML:aud": SIGN_IN}, "StringLike": {"saml:sub": "x*"}}, False),
    "every key counts": ({"StringEquals": {"SAML:aud": SIGN_IN, "saml:sub": "tom"}}, False),
    "an absent key": ({"StringEquals": {"saml:edupersonnickname": "x"}}, False),
    "an absent key that may be absent": ({"StringEqualsIfExists": {"saml:edupersonnickname": "x"}}, True),
    "an absent key is not equal": ({"StringNotEquals": {"saml:edupersonnickname": "x"}}, True),
    "an absent key of an operator that is not judged": ({"Bool": {"saml:edupersonnickname": "true"}}, False),
    "the same where it may be absent": ({"BoolIfExists": {"saml:edupersonnickname": "true"}}, True),
    "an absent key in no range": ({"NotIpAddress": {"saml:edupersonnickname": "192.0.2.0/24"}}, True),
    "null": ({"Null": {"saml:edupersonnickname": "true"}}, True),
    "not null": ({"Null": {"saml:edupersonnickname": "false"}}, False),
    "any value": ({"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}}, True),
    "any value of none": ({"ForAnyValue:StringEquals": {"saml:edupersonnickname": "x"}}, False),
    "all values": ({"ForAllValues:StringEquals": {"saml:edupersonaffiliation": ["staff"]}}, False),
    "all values of none": ({"ForAllValues:StringEquals": {"saml:edupersonnickname": "x"}}, True),
    "several values without a set operator": ({"StringEquals": {"saml:edupersonaffiliation": "staff"}}, None),
    "a key that no login shows": ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, None),
    "a false condition beside an unknown one": ({"StringEquals": {"aws:SourceVpc": "vpc-1", "saml:sub": "tom"}}, False),
    "an operator that is not judged": ({"DateLessThan": {"saml:sub": "2026-01-01"}}, None),
    "a variable": ({"StringEquals": {"saml:sub": "${saml:sub}"}}, True),
    "a variable that no login shows": ({"StringEquals": {"saml:sub": "${aws:username}"}}, None),
}


@pytest.mark.parametrize(("condition", "answer"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(condition: dict[str, Any], answer: bool | None) -> None:
    assert allowed(read_trust(trust(FIRST, Condition=condition)), LOGIN) is answer


def test_variables_are_text_in_the_older_version() -> None:
    document = {**trust(FIRST, Condition={"StringEquals": {"saml:sub": "${saml:sub}"}}), "Version": "2008-10-17"}
    assert allowed(read_trust(document), LOGIN) is False


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        ({"Principal": {"Federated": FIRST}, "Action": "sts:*"}, False),
        ({"Principal": {"Federated": SECOND}, "Action": "sts:*"}, True),
        ({"NotPrincipal": {"Federated": SECOND}, "Action": "sts:*"}, False),
        ({"NotPrincipal": {"Federated": FIRST}, "Action": "sts:*"}, True),
        ({"Principal": "*", "NotAction": "sts:AssumeRoleWithSAML"}, True),
        ({"Principal": "*", "NotAction": "sts:TagSession"}, False),
        ({"Principal": "*", "Action": "*", "Condition": {"StringNotEquals": {"SAML:aud": SIGN_IN}}}, True),
        ({"Principal": "*", "Action": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, None),
    ],
)
def test_an_explicit_deny_wins(elements: dict[str, Any], answer: bool | None) -> None:
    document = trust(FIRST)
    document["Statement"].append({"Effect": "Deny", **elements})
    assert allowed(read_trust(document), LOGIN) is answer


def test_policies_count_together() -> None:
    request = Request("", "connect:GetFederationToken", "arn:aws:connect:us-west-2:111122223333:instance/i/user/u")
    other, mine = read_permission(permission("*", "s3:*")), read_permission(permission("*"))
    deny = read_permission(permission("*", "connect:*", Effect="Deny"))
    assert allowed(other, request) is False
    assert allowed((*other, *mine), request) is True
    assert allowed((*other, *mine, *deny), request) is False
    not_here = read_permission({"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:connect:*"}})
    assert allowed(not_here, request) is False
