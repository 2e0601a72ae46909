"""AWS's Role attribute: one mistake makes one aspect speak. And the registry, and the reasons of signatures."""

# ruff: noqa: E501 - tables read best with one case a line
from __future__ import annotations

import pytest

from samlcheck.checks.arns import NAME
from samlcheck.checks.context import Held, Nothing, Result, Unknown, Violated
from samlcheck.checks.named import NAMED, named
from samlcheck.checks.roles import ASPECTS, aws_role
from samlcheck.checks.signing import signature_reason
from samlcheck.finding import Slot, Text
from samlcheck.trust.facts import SignatureFact

from .logins import context, readings

R = "arn:aws:iam::111122223333:role/ConnectAgents"
P = "arn:aws:iam::111122223333:saml-provider/IdentityCenter"
OWN = tuple(aspect for aspect in ASPECTS if not aspect.startswith("known_"))
LOGIN = context()


def told(result: Result) -> tuple[str, ...]:
    assert isinstance(result, Violated), result
    return tuple(item.detail.plain() for item in result.violations)


CASES = [
    ("healthy", (f"{R},{P}",), {}),
    ("two roles", (f"{R},{P}", f"{R}2,{P}"), {}),
    ("path and comma in the name", (f"arn:aws:iam::111122223333:role/a/b/x,y,{P}",), {}),
    ("China", (f"{R},{P}".replace("arn:aws:", "arn:aws-cn:"),), {}),
    ("reversed", (f"{P},{R}",), {"order": "the provider stands before the role"}),
    ("blank after the comma", (f"{R}, {P}",), {"blank": "there is a blank or line break beside the comma"}),
    ("line break around", (f"\n{R},{P}\n",), {"blank": "there is a blank or line break at its beginning or end"}),
    ("blank in the name", (f"{R} x,{P}",), {"blank": "there is a blank or line break inside an ARN", "shape": "the name of the role is empty, too long or has characters that IAM does not allow"}),
    ("accounts differ", (f"{R},{P}".replace("3333:saml", "3334:saml"),), {"account": "the role is in account 111122223333, the provider in account 111122223334, which looks like a typing mistake"}),
    ("other account", (f"{R},{P.replace('111122223333', '444455556666')}",), {"account": "the role is in account 111122223333, the provider in account 444455556666"}),
    ("partitions differ", (f"{R},{P.replace('arn:aws:', 'arn:aws-cn:')}",), {"partition": "the role is in partition aws, the provider in partition aws-cn"}),
    ("unknown partition", (f"{R},{P}".replace("arn:aws:", "arn:amazon:"),), {"partition": "there is no partition amazon"}),
    ("template text", ("arn:aws:iam::ACCOUNTID:role/ROLENAME,arn:aws:iam::ACCOUNTID:saml-provider/PROVIDERNAME",), {"placeholder": "“ACCOUNTID” was never replaced by a value of yours"}),
    ("capitals", (f"{R},{P}".replace("saml-provider", "SAML-Provider"),), {"case": "ARNs are case-sensitive, and SAML-Provider is written in lower case"}),
    ("OIDC", (f"{R},{P}".replace("saml-provider", "oidc-provider"),), {"provider_kind": "the provider is one for OpenID Connect and not for SAML"}),
    ("session", (f"arn:aws:sts::111122223333:assumed-role/x/y,{P}",), {"provider_kind": "one ARN names a session (assumed-role) and not the IAM role"}),
    ("user", (f"arn:aws:iam::111122223333:user/mia,{P}",), {"provider_kind": "one ARN names a user"}),
    ("role alone", (R,), {"shape": "it holds only one ARN"}),
    ("no ARN", ("ConnectAgents",), {"shape": "it holds no ARN"}),
    ("blank value", ("",), {"shape": "it is blank"}),
    ("semicolon", (f"{R};{P}",), {"shape": "the two ARNs are not separated by a comma"}),
    ("two roles in one", (f"{R},{R}",), {"shape": "it holds two ARNs of the same kind"}),
    ("three", (f"{R},{P},{P}",), {"shape": "it holds 3 ARNs, and a pair has 2"}),
    ("short account", (f"{R},{P}".replace("111122223333", "11112222333"),), {"shape": "the account id in the ARN of the role has not 12 digits"}),
    ("account with hyphens", (f"{R},{P}".replace("111122223333", "1111-2222-3333"),), {"shape": "the account id in the ARN of the role has not 12 digits"}),
    ("region", (f"{R},{P}".replace("iam::", "iam:us-east-1:"),), {"shape": "the ARN of the role does not begin with arn:aws:iam:: and the account"}),
    ("two values", (R, P), {"split_across_values": "the role stands in one value and the provider in another; they belong into one value with a comma between"}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_aspects(values: tuple[str, ...], wanted: dict[str, str]) -> None:
    results = {aspect: aws_role(readings(*values), {"aspect": aspect}, LOGIN) for aspect in OWN}
    assert {aspect: told(result)[0] for aspect, result in results.items() if isinstance(result, Violated)} == wanted


def test_blank_shows_what_it_should_be() -> None:
    result = aws_role(readings(f"{R}, {P}"), {"aspect": "blank"}, LOGIN)
    assert isinstance(result, Violated)
    assert result.violations[0].expected == Slot(f"{R},{P}")
    assert result.violations[0].difference is not None
    assert result.violations[0].difference.kind == "whitespace"


class TestKnown:
    def test_role(self) -> None:
        given = context(parameters={"role_arn": R, "provider_arn": P, "account_id": "111122223333"})
        for aspect in ("known_role", "known_provider", "known_account"):
            assert aws_role(readings(f"{R},{P}"), {"aspect": aspect}, given) == Held()

    def test_another_role(self) -> None:
        given = context(parameters={"role_arn": R})
        result = aws_role(readings(f"{R.lower()},{P}"), {"aspect": "known_role"}, given)
        assert isinstance(result, Violated)
        assert result.violations[0].expected == Slot(R)
        assert result.violations[0].difference is not None
        assert result.violations[0].difference.kind == "case"

    def test_one_of_several_is_enough(self) -> None:
        given = context(parameters={"account_id": "111122223333"})
        other = f"{R},{P}".replace("111122223333", "444455556666")
        assert aws_role(readings(other, f"{R},{P}"), {"aspect": "known_account"}, given) == Held()
        assert told(aws_role(readings(other), {"aspect": "known_account"}, given)) == ("it names 444455556666",)

    def test_not_given(self) -> None:
        given = context(patterns={"role_arn": "arn:.+"})
        assert aws_role(readings(f"{R},{P}"), {"aspect": "known_role"}, given) == Unknown(
            "role_arn was not given", "--set role_arn=…"
        )

    def test_nothing_to_compare(self) -> None:
        given = context(parameters={"role_arn": R})
        assert aws_role(readings("x"), {"aspect": "known_role"}, given) == Nothing("no value is a pair of role and provider")


def test_reads_the_attribute_by_itself() -> None:
    given = context({f"attribute:{NAME}": f"{R}, {P}"})
    assert isinstance(aws_role(None, {"aspect": "blank"}, given), Violated)
    assert isinstance(aws_role(None, {"aspect": "shape"}, LOGIN), Violated)


def signed(reason: str) -> SignatureFact:
    verdict = "valid" if reason == "ok" else "unverifiable" if reason == "no-key-given" else "invalid"
    return SignatureFact("Response", verdict, reason, Text.of("because of ", Slot("a1b2")), None)  # type: ignore[arg-type]


class TestSignatureReason:
    def test_the_autopsy_speaks(self) -> None:
        result = signature_reason(None, {"none_of": "key-rotated, other-key"}, context(signature=signed("key-rotated")))
        assert told(result) == ("because of a1b2",)

    def test_another_reason(self) -> None:
        assert signature_reason(None, {"none_of": "other-key"}, context(signature=signed("content-changed"))) == Held()
        assert signature_reason(None, {"none_of": "other-key"}, context(signature=signed("ok"))) == Held()

    def test_never_verified_is_not_a_pass(self) -> None:
        given = context(signature=signed("no-key-given"))
        result = signature_reason(None, {"none_of": "content-changed"}, given)
        assert isinstance(result, Unknown)
        assert result.needs == "--idp"
        assert signature_reason(None, {"none_of": "no-signature"}, given) == Held()

    def test_scope(self) -> None:
        given = context(signature=signed("other-key"))
        assert isinstance(signature_reason(None, {"none_of": "other-key", "scope": "signature.response"}, given), Violated)
        assert isinstance(signature_reason(None, {"none_of": "other-key", "scope": "signature.assertion"}, given), Nothing)


def test_registry() -> None:
    assert set(NAMED) >= {
        "bearer_confirmation", "audience_restrictions", "signature_reason", "required_attributes", "attribute_present",
        "duplicate_attributes", "nameid_shape", "aws_role", "known_user", "user_is_email_not_upn", "structure", "signed_is_read", "inner_signatures", "iam_trust",
            "iam_permission",
    }  # fmt: skip
    for name, entry in NAMED.items():
        assert set(entry.required) <= set(entry.options), name
        assert set(entry.choices) <= set(entry.options), name
        assert all(entry.choices.values()), name
        assert callable(entry.function), name
        assert entry.doc.endswith("."), name
    with pytest.raises(KeyError):
        named("unheard_of")
