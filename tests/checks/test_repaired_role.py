"""The Role value to enter instead of a wrong one: what was given, completed by what the wrong one holds."""

from __future__ import annotations

import pytest

from samlcheck.checks.context import Violated
from samlcheck.checks.roles import aws_role
from tests.checks.logins import context, readings

R = "arn:aws:iam::111122223333:role/ConnectAgents"
P = "arn:aws:iam::111122223333:saml-provider/IdentityCenter"
PAIR = f"{R},{P}"


@pytest.mark.parametrize(
    ("aspect", "value", "repaired"),
    [
        pytest.param("shape", f"{R};{P}", PAIR, id="semicolon"),
        pytest.param("shape", f"{R} {P}", PAIR, id="blank instead of the comma"),
        pytest.param("shape", f'["{R}","{P}"]', PAIR, id="JSON"),
        pytest.param("shape", f'"{PAIR}"', PAIR, id="quotes"),
        pytest.param("shape", PAIR.removeprefix("arn:"), PAIR, id="the first arn: is missing"),
        pytest.param("shape", PAIR.replace("iam::", "iam:"), PAIR, id="one colon"),
        pytest.param("shape", PAIR.replace("111122223333", "1111-2222-3333"), PAIR, id="account with hyphens"),
        pytest.param("shape", f"{PAIR},{P}", PAIR, id="provider twice"),
        pytest.param("shape", R, f"{R},<provider_arn>", id="role alone"),
        pytest.param("shape", P, f"<role_arn>,{P}", id="provider alone"),
        pytest.param("shape", "ConnectAgents", "<role_arn>,<provider_arn>", id="name alone"),
        pytest.param("shape", PAIR.replace("111122223333", "11112222333"), "<role_arn>,<provider_arn>", id="a digit is missing"),
        pytest.param("case", PAIR.replace(":role/", ":Role/"), PAIR, id="capitals"),
        pytest.param("order", f"{P},{R}", PAIR, id="provider first"),
        pytest.param("blank", f" {R}, {P}", PAIR, id="blanks"),
        pytest.param("blank", f"{R}/a,b,\n{P}", f"{R}/a,b,{P}", id="comma in the name"),
        pytest.param("partition", PAIR.replace("arn:aws:", "arn:asw:"), "<role_arn>,<provider_arn>", id="partition misspelt"),
        pytest.param("account", f"{R},{P.replace('1111', '4444')}", "<role_arn>,<provider_arn>", id="nobody knows which account"),
    ],
)
def test_by_what_the_value_holds(aspect: str, value: str, repaired: str) -> None:
    assert _repaired(aspect, value) == [repaired]


@pytest.mark.parametrize(
    ("aspect", "value", "given", "repaired"),
    [
        pytest.param("shape", "ConnectAgents", {"role_arn": R, "provider_arn": P}, PAIR, id="both"),
        pytest.param("shape", R, {"provider_arn": P}, PAIR, id="the missing one"),
        pytest.param("account", f"{R},{P.replace('1111', '4444')}", {"account_id": "111122223333"}, PAIR, id="the account"),
        pytest.param("known_account", PAIR, {"account_id": "444455556666"}, PAIR.replace("111122223333", "444455556666"), id="all"),
        pytest.param("known_role", PAIR, {"role_arn": R + "2"}, f"{R}2,{P}", id="the role"),
        pytest.param("known_provider", PAIR, {"provider_arn": P + "2"}, f"{PAIR}2", id="the provider"),
    ],
)
def test_by_what_was_given(aspect: str, value: str, given: dict[str, str], repaired: str) -> None:
    assert _repaired(aspect, value, given) == [repaired]


def test_two_values_become_one() -> None:
    result = aws_role(readings(R, P), {"aspect": "split_across_values"}, context())
    assert isinstance(result, Violated)
    assert [item.repaired.value for item in result.violations if item.repaired] == [PAIR]


def _repaired(aspect: str, value: str, given: dict[str, str] | None = None) -> list[str]:
    result = aws_role(readings(value), {"aspect": aspect}, context(parameters=given or {}))
    assert isinstance(result, Violated)
    return [item.repaired.value for item in result.violations if item.repaired is not None]
