"""The AWS console and STS behind IAM federation: role, session and endpoints of each partition."""

# ruff: noqa: E501 - tables read best with one row a line
from __future__ import annotations

from datetime import timedelta

from tests.systems.amazon_connect import AUDIENCE, DURATION, EMAIL_FORMAT, ROLE, ROLE_NAME, SESSION, SESSION_NAME, SIGN_IN, USER
from tests.systems.row import Row, System

ROLE_ARN = "arn:aws:iam::135791357913:role/Auditors"
PROVIDER_ARN = "arn:aws:iam::135791357913:saml-provider/CorpLogin"
PAIR = f"{ROLE_ARN},{PROVIDER_ARN}"
IDENTITY = "attribute:https://aws.amazon.com/SAML/Attributes/SourceIdentity"
TAG = "attribute:https://aws.amazon.com/SAML/Attributes/PrincipalTag"
GOV_SIGN_IN = "https://signin.amazonaws-us-gov.com/saml"
GOV_AUDIENCE = "urn:amazon:webservices:govcloud"
CHINA_SIGN_IN = "https://signin.amazonaws.cn/saml"

CONSOLE = System(
    "aws-iam",
    ("entra-id", "adfs", "okta", "keycloak", "google", "shibboleth", "aws-identity-center"),
    {
        "idp_initiated": "true",
        "acs": SIGN_IN,
        "assertion.audience": AUDIENCE,
        "assertion.nameid": USER,
        "assertion.nameid_format": EMAIL_FORMAT,
        ROLE: PAIR,
        SESSION: USER,
        DURATION: "3600",
        "relay_state": None,
    },
    {"account_id": "135791357913", "role_arn": ROLE_ARN, "provider_arn": PROVIDER_ARN},
)  # fmt: skip

_ELSEWHERE = {"--acs": "", "--audience": "", "account_id": "", "role_arn": "", "provider_arn": ""}
_GOV_PAIR = PAIR.replace("arn:aws:", "arn:aws-us-gov:")
_CHINA_PAIR = PAIR.replace("arn:aws:", "arn:aws-cn:")

CONSOLE_HEALTHY = (
    Row("console"),
    Row("console, regional", edits={"acs": "https://us-east-2.signin.aws.amazon.com/saml"}, given={"--acs": ""}),
    Row("console, endpoint of one provider", edits={"acs": SIGN_IN + "/acs/SAMLSPX7Y8Z9ABCDEF"}, given={"--acs": ""}),
    Row("console, static endpoint", edits={"acs": "https://signin.aws.amazon.com/static/saml"}, given={"--acs": ""}),
    Row("console, govcloud", edits={"acs": GOV_SIGN_IN, "assertion.audience": GOV_AUDIENCE, ROLE: _GOV_PAIR}, given=_ELSEWHERE),
    Row("console, govcloud east", edits={"acs": "https://us-gov-east-1.signin.amazonaws-us-gov.com/saml", "assertion.audience": GOV_AUDIENCE, ROLE: _GOV_PAIR}, given=_ELSEWHERE),
    Row("console, china", edits={"acs": CHINA_SIGN_IN, "assertion.audience": "urn:amazon:webservices:cn-north-1", ROLE: _CHINA_PAIR}, given=_ELSEWHERE),
    Row("console, several roles", edits={ROLE: (PAIR, PAIR.replace("Auditors", "Billing"))}),
    Row("console, persistent subject", edits={"assertion.nameid": "a81f00c2", "assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}),
    Row("console, tags", edits={f"{TAG}:CostCenter": "4711", IDENTITY: USER}),
    Row("console, session name with signs", edits={SESSION: "mia_l+admin=x,y@example.com"}),
    Row("console, twelve hours", edits={DURATION: "43200"}),
)  # fmt: skip

CONSOLE_FAULTS = (
    Row("console, no role", "aws-iam/role-attribute-missing", ROLE_NAME, edits={ROLE: None}, words=ROLE_NAME),
    Row("console, roles of an app instead", "aws-iam/role-attribute-missing", ROLE_NAME, edits={f"rename:{ROLE_NAME}": "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"}),
    Row("console, role names", "aws-iam/role-malformed", ROLE_NAME, edits={ROLE: ("AWS-Auditors", "AWS-Billing")}, style="adfs"),
    Row("console, template of AD FS", "aws-iam/role-has-placeholder", ROLE_NAME, edits={ROLE: "arn:aws:iam::account-number:role/role-name,arn:aws:iam::account-number:saml-provider/provider-name"}, style="adfs"),
    Row("console, display name", "aws-session/session-name-has-blank", ("user.mail", SESSION_NAME), edits={SESSION: "Mia Lindqvist"}, words="Mia Lindqvist"),
    Row("console, windows name", "aws-session/session-name-malformed", SESSION_NAME, edits={SESSION: "CORP\\mlindqvist"}, style="adfs"),
    Row("console, group with umlaut", "aws-session/session-name-malformed", SESSION_NAME, edits={SESSION: "jörg@example.com"}, style="keycloak"),
    Row("console, one letter", "aws-session/session-name-length", SESSION_NAME, edits={SESSION: "m"}, style="okta"),
    Row("console, very long name", "aws-session/session-name-length", SESSION_NAME, edits={SESSION: "mia." + "x" * 60 + "@example.com"}, style="google"),
    Row("console, duration too long", "aws-session/duration-out-of-range", "3600", edits={DURATION: "43201"}, style="keycloak", words="43200"),
    Row("console, duration in minutes", "aws-session/duration-out-of-range", "SessionDuration", edits={DURATION: "60"}, style="okta"),
    Row("console, duration with unit", "aws-session/duration-not-a-number", "SessionDuration", edits={DURATION: "8h"}, style="shibboleth"),
    Row("console, source identity with blank", "aws-session/source-identity-malformed", "SourceIdentity", edits={IDENTITY: "Mia Lindqvist"}),
    Row("console, reserved source identity", "aws-session/source-identity-reserved", "SourceIdentity", edits={IDENTITY: "aws:mia"}, style="okta"),
    Row("console, tag without key", "aws-session/tag-name-malformed", "PrincipalTag:", edits={TAG: "4711"}, severity="warning", style="okta"),
    Row("console, tag with slash", "aws-session/tag-name-malformed", "PrincipalTag:", edits={f"{TAG}/CostCenter": "4711"}, severity="warning"),
    Row("console, keys without tags", "aws-session/transitive-keys-without-tags", "PrincipalTag:", edits={"attribute:https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys": "CostCenter"}, severity="warning", style="okta"),
    Row("console, no subject", "aws-sign-in/nameid-missing", "NameID", edits={"assertion.nameid": None, "assertion.nameid_format": None}, style="adfs"),
    Row(
        "console, format that nobody defined",
        "aws-sign-in/nameid-format-unknown",
        "1.1:nameid-format:emailAddress",
        edits={"assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress"},
        severity="warning",
        style="okta",
    ),
    Row("console, two confirmations", "aws-sign-in/several-confirmations", "one bearer SubjectConfirmation", edits={"assertion.recipient": (SIGN_IN, "https://us-east-2.signin.aws.amazon.com/saml")}, style="shibboleth"),
    Row("console, confirmation without end", "aws-sign-in/confirmation-end-missing", "NotOnOrAfter", edits={"assertion.confirmation_not_on_or_after": None}, style="keycloak"),
    Row("console, no recipient", "aws-sign-in/recipient-mismatch", SIGN_IN, edits={"assertion.recipient": None}, style="adfs"),
    Row("console, audience as recipient", "aws-sign-in/recipient-mismatch", SIGN_IN, edits={"assertion.recipient": AUDIENCE}, style="shibboleth"),
    Row("console, too long", "aws-sign-in/response-too-long", "fewer attribute values", edits={"filler": "90000"}, style="entra-id"),
    Row("console, encrypted", "aws-sign-in/encrypted-for-plain-endpoint", "IAM console", edits={"encrypt": "assertion"}, severity="warning"),
    Row("console, used too late", "aws-sign-in/redeemed-too-late", "Sign in again", "user", later=timedelta(minutes=7), seen="all"),
    Row("console, reply url with number", "aws-sign-in/reply-url-with-number", SIGN_IN, edits={"acs": SIGN_IN + "#2"}),
    Row("console, identifier with number", "aws-sign-in/audience-mismatch", AUDIENCE, edits={"assertion.audience": SIGN_IN + "#2"}),
    Row("console, page of the console", "aws-sign-in/destination-mismatch", SIGN_IN, edits={"acs": "https://135791357913.signin.aws.amazon.com/console"}, style="okta"),
    Row("console, misspelt host", "aws-sign-in/destination-mismatch", SIGN_IN, edits={"acs": "https://signin.aws.amazon.co/saml"}, style="google"),
    Row("console, unknown region", "aws-sign-in/destination-mismatch", SIGN_IN, edits={"acs": "https://uswest2.signin.aws.amazon.com/saml"}, style="okta"),
    Row("console, govcloud role elsewhere", "aws-iam/role-of-govcloud-at-other-endpoint", GOV_SIGN_IN, edits={ROLE: _GOV_PAIR}, given={"account_id": "", "role_arn": "", "provider_arn": ""}),
    Row("console, china role elsewhere", "aws-iam/role-of-china-at-other-endpoint", CHINA_SIGN_IN, edits={ROLE: _CHINA_PAIR}, given={"account_id": "", "role_arn": "", "provider_arn": ""}),
    Row("console, role at the govcloud endpoint", "aws-iam/commercial-role-at-other-endpoint", SIGN_IN, edits={"acs": GOV_SIGN_IN, "assertion.audience": GOV_AUDIENCE}, given={"--acs": "", "--audience": ""}),
    Row("console, govcloud with the common audience", "aws-sign-in/audience-of-govcloud-mismatch", GOV_AUDIENCE, edits={"acs": GOV_SIGN_IN, ROLE: _GOV_PAIR}, given={**_ELSEWHERE}),
    Row(
        "console, china with another audience",
        "aws-sign-in/audience-of-china-mismatch",
        "entityID",
        edits={"acs": CHINA_SIGN_IN, ROLE: _CHINA_PAIR, "assertion.audience": "https://sp.example.com"},
        given=_ELSEWHERE,
        severity="error",
    ),
)  # fmt: skip
