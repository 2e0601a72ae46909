"""Which Identity Center application an issuer stands for."""

from __future__ import annotations

import base64

import pytest

from samlcheck.facts.identity_center import application

PORTAL = "https://portal.sso.eu-west-1.amazonaws.com/saml/assertion/"


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "issuer",
    [
        pytest.param(PORTAL + coded("111122223333_ins-0a1b2c3d4e5f6071"), id="sign-in URL"),
        pytest.param(PORTAL.replace("assertion", "metadata") + coded("111122223333_ins-0a1b2c3d4e5f6071"), id="metadata URL"),
        pytest.param(PORTAL + coded("111122223333_ins-0a1b2c3d4e5f6071").rstrip("="), id="without padding"),
        pytest.param(f" {PORTAL}{coded('111122223333_ins-0a1b2c3d4e5f6071')}\n", id="white space around"),
    ],
)
def test_an_issuer_names_instance_account_and_region(issuer: str) -> None:
    assert application(issuer) == "ins-0a1b2c3d4e5f6071 of account 111122223333 in eu-west-1"


@pytest.mark.parametrize(
    "issuer",
    [
        pytest.param("", id="empty"),
        pytest.param("http://www.okta.com/exk1", id="another product"),
        pytest.param(PORTAL + coded("d-99672a1b3c"), id="identity source"),
        pytest.param(PORTAL + "abcde", id="no base64"),
        pytest.param(PORTAL + coded("11112222333_ins-0a1b2c3d4e5f6071"), id="eleven digits"),
        pytest.param(
            PORTAL.replace("amazonaws.com", "amazonaws.com.example.org") + coded("111122223333_ins-0a1b2c3d4e5f6071"),
            id="another host",
        ),
    ],
)
def test_other_issuers_name_nothing(issuer: str) -> None:
    assert application(issuer) == ""
