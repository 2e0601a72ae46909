"""What the service packs say: every example proved, healthy logins left alone, causes above their consequences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from samlcheck.case import Clock, Told
from samlcheck.finding import Failed, NotApplicable, NotChecked, Passed
from samlcheck.forge import STYLES, Keys, edit, healthy
from samlcheck.packs.proving import case_of, proofs
from tests.rules.logins import Edits, asked_by, base_of, catalogue, complaints, finding, judged, login

SERVICES = (
    "aws-sign-in", "aws-session", "aws-iam", "amazon-connect", "twilio-flex", "twilio-worker", "twilio-frontline", "twilio-console",
    "aws-identity-center-sp",
)  # fmt: skip
ROLE = "attribute:https://aws.amazon.com/SAML/Attributes/Role"
NAME = "attribute:https://aws.amazon.com/SAML/Attributes/RoleSessionName"
FEDERATE = "https://us-west-2.console.aws.amazon.com/connect/federate/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
FLEX = "https://login.flex.us1.twilio.com/login/callback?connection=JQ0123456789abcdef0123456789abcdef"
ACCOUNT = "https://iam.twilio.com/v1/Accounts/AC0123456789abcdef0123456789abcdef/saml2"
LEGACY = {"acs": ACCOUNT, "assertion.audience": ACCOUNT + "/metadata"}
WINTER = timedelta(days=-90)
"""From May 2026 back to when Flex still had its legacy configuration."""


@pytest.mark.parametrize("name", SERVICES)
def test_every_example_proves_its_rule(name: str, idp_keys: Keys) -> None:
    pack = catalogue().rules_pack(name)
    found = proofs(pack, catalogue(), idp_keys)
    assert {proof.rule for proof in found} == {f"{name}/{rule.id}" for rule in pack.rules}
    assert [str(proof) for proof in found if proof.problem] == []


HEALTHY: dict[str, tuple[str, Edits]] = {
    "aws-iam": ("aws-iam", {}),
    "aws-iam at a regional endpoint": ("aws-iam", {"acs": "https://eu-west-1.signin.aws.amazon.com/saml"}),
    "aws-iam with the URL as audience": ("aws-iam", {"assertion.audience": "https://signin.aws.amazon.com/saml"}),
    "amazon-connect": ("amazon-connect", {}),
    "amazon-connect with a page": ("amazon-connect", {"relay_state": FEDERATE + "?destination=%2Fccp-v2%2Fchat&new_domain=true"}),
    "amazon-connect in a virtual desktop": (
        "amazon-connect",
        {"relay_state": FEDERATE + "?destination=%2Fagent-app-v2?VDIPlatform=X"},
    ),
    "twilio-flex": ("twilio-flex", {}),
    "twilio-flex for a supervisor": ("twilio-flex", {"attribute:roles": ("supervisor", "wfo.full_access")}),
    "twilio-flex legacy": ("twilio-flex", LEGACY),
    "twilio-frontline": ("twilio-frontline", {}),
    "aws-identity-center-sp": ("aws-identity-center-sp", {}),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", HEALTHY)
def test_healthy_logins_of_every_identity_provider_are_left_alone(case: str, style: str, idp_keys: Keys) -> None:
    service, edits = HEALTHY[case]
    later = WINTER if "legacy" in case else timedelta()
    a_shift: Edits = {} if later else {"assertion.session_not_on_or_after": "2026-05-04T20:00:00Z"}
    known = asked_by(edit(healthy(style), {**base_of(service), **edits, "style": style, "sign": "both", **a_shift}))
    made = case_of(known, edit(known, {"shift_seconds": str(int(later.total_seconds()))}), idp_keys, Told())
    selection, outcomes = judged(replace(made, clock=Clock(made.clock.at + later, "given")))
    assert selection.service == service
    assert complaints(outcomes) == []


def test_console_sso_is_never_recognised_but_can_be_named(idp_keys: Keys) -> None:
    assert judged(login(idp_keys, "twilio-console"))[0].service == ""
    selection, outcomes = judged(login(idp_keys, "twilio-console", named="twilio-console"))
    assert selection.service_because == "--service twilio-console"
    assert complaints(outcomes) == []


@pytest.mark.parametrize(
    ("edits", "given", "cause", "consequences"),
    [
        pytest.param(
            {NAME: "Mia Lindqvist"}, {}, "aws-session/session-name-has-blank", {"aws-session/session-name-malformed"}, id="blank"
        ),
        pytest.param(
            {"acs": "https://console.aws.amazon.com/saml"},
            {},
            "amazon-connect/acs-not-aws-sign-in",
            {"aws-sign-in/destination-mismatch", "aws-sign-in/recipient-mismatch"},
            id="acs",
        ),
        pytest.param(
            {NAME: "mia.lindqvist@corp.example.local"},
            {"users": "mia.lindqvist@example.com"},
            "amazon-connect/user-is-upn",
            {"amazon-connect/user-unknown"},
            id="upn",
        ),
    ],
)
def test_consequences_are_explained_by_their_cause(
    edits: Edits, given: dict[str, str], cause: str, consequences: set[str], idp_keys: Keys
) -> None:
    _, outcomes = judged(login(idp_keys, "amazon-connect", edits, given))
    assert consequences <= set(finding(outcomes, cause).explains)
    assert all(isinstance(outcomes[rule], Failed) for rule in consequences)
    ranks = ("certain", "likely", "guess")
    head = ranks.index(finding(outcomes, cause).confidence)
    assert all(head <= ranks.index(finding(outcomes, rule).confidence) for rule in consequences)


def test_parameters_are_read_from_relay_state(idp_keys: Keys) -> None:
    selection, _ = judged(login(idp_keys, "amazon-connect"))
    assert selection.service_because == "recognised: RelayState contains /connect/federate/"
    values = selection.context.parameters
    assert (values["region"].values, values["region"].source) == (("us-west-2",), "relay_state")
    assert values["instance_id"].values == ("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",)


def test_the_connection_is_read_from_the_audience(idp_keys: Keys) -> None:
    values = judged(login(idp_keys, "twilio-flex"))[0].context.parameters
    assert values["connection_sid"].values == ("JQ0123456789abcdef0123456789abcdef",)
    assert values["connection_sid"].source == "assertion.audience"


def test_a_known_user_with_an_inner_domain_is_no_fault(idp_keys: Keys) -> None:
    name = "mia.lindqvist@corp.example.local"
    _, outcomes = judged(login(idp_keys, "amazon-connect", {NAME: name}, {"users": name}))
    assert isinstance(outcomes["amazon-connect/user-is-upn"], NotApplicable)
    assert isinstance(outcomes["amazon-connect/user-unknown"], Passed)


def test_a_plain_login_name_is_no_upn(idp_keys: Keys) -> None:
    _, outcomes = judged(login(idp_keys, "amazon-connect", {NAME: "mlindqvist"}))
    assert isinstance(outcomes["amazon-connect/user-is-upn"], NotApplicable)
    unknown = outcomes["amazon-connect/user-unknown"]
    assert isinstance(unknown, NotChecked)
    assert unknown.needs == "--user, or --set users=…"


def test_relay_state_known_to_be_missing_is_an_error(idp_keys: Keys) -> None:
    _, outcomes = judged(login(idp_keys, "amazon-connect", {"relay_state": None}, named="amazon-connect"))
    found = finding(outcomes, "amazon-connect/relay-state-missing")
    assert found.message.plain() == (
        "The response came without RelayState, so AWS sign-in opens the AWS console instead of the Connect instance. "
        "It must be the federation URL of the instance."
    )
    wanted = "https://<region>.console.aws.amazon.com/connect/federate/<instance_id>"
    assert found.fix.plain() == f"In AWS IAM Identity Center, set the default RelayState to {wanted}."
    assert [step.plain() for step in found.fix_steps] == [
        "IAM Identity Center console > Applications > the application > Actions > Edit configuration.",
        f"Application properties › Relay state: {wanted}. Save with Submit.",
    ]


def test_an_old_capture_is_not_called_redeemed_too_late(idp_keys: Keys) -> None:
    made = login(idp_keys, "aws-iam", {"response.issue_instant": "2026-05-04T09:50:00Z"})
    rule = "aws-sign-in/redeemed-too-late"
    assert finding(judged(made)[1], rule).confidence == "likely"
    outcome = judged(replace(made, clock=Clock(made.clock.at, "now")))[1][rule]
    assert isinstance(outcome, NotChecked)
    assert outcome.needs == "--at"


def test_the_end_of_legacy_flex_depends_on_the_date(idp_keys: Keys) -> None:
    ended = judged(login(idp_keys, "twilio-flex", LEGACY, later=timedelta(days=80)))[1]
    assert finding(ended, "twilio-flex/legacy-configuration-ended").severity == "warning"
    assert isinstance(ended["twilio-flex/legacy-configuration-ends"], NotApplicable)
    before = judged(login(idp_keys, "twilio-flex", LEGACY, later=WINTER))[1]
    assert finding(before, "twilio-flex/legacy-configuration-ends").severity == "note"
    assert isinstance(before["twilio-flex/legacy-configuration-ended"], NotApplicable)


@pytest.mark.parametrize("name", SERVICES)
def test_what_nobody_published_is_never_certain(name: str) -> None:
    for rule in catalogue().rules_pack(name).rules:
        assert rule.cite, rule.id
        if all(cite.basis == "observed" for cite in rule.cite):
            assert rule.confidence != "certain", rule.id
