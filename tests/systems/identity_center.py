"""AWS IAM Identity Center as the service: an external IdP signs people in to the access portal."""

# ruff: noqa: E501 - tables read best with one row a line
from __future__ import annotations

from tests.systems.amazon_connect import EMAIL_FORMAT, ROLE, USER
from tests.systems.row import Row, System

ACS = "https://eu-central-1.signin.aws.amazon.com/platform/saml/acs/5b0c7d2e-9f41-4a6d-8e37-1c2d3e4f5a6b"
ENTITY = "https://eu-central-1.signin.aws.amazon.com/platform/saml/d-99672a1b3c"
COST = "attribute:https://aws.amazon.com/SAML/Attributes/AccessControl:CostCenter"

PORTAL = System(
    "aws-identity-center-sp",
    ("entra-id", "okta", "google", "adfs", "keycloak", "pingfederate", "onelogin", "auth0"),
    {
        "acs": ACS,
        "assertion.audience": ENTITY,
        "request.issuer": ENTITY,
        "assertion.nameid": USER,
        "assertion.nameid_format": EMAIL_FORMAT,
    },
    {"region": "eu-central-1", "users": f"{USER},olu.adeyemi@example.com"},
)  # fmt: skip

PORTAL_HEALTHY = (
    Row("portal"),
    Row("portal, started at the IdP", edits={"idp_initiated": "true"}),
    Row("portal, access control", edits={COST: "4711"}),
)  # fmt: skip

_FORMAT = "2.0:nameid-format:"

PORTAL_FAULTS = (
    Row("portal, acs of the console", "aws-identity-center-sp/destination-mismatch", "platform/saml/acs/", edits={"acs": "https://eu-central-1.signin.aws.amazon.com/saml"}, words="/saml"),
    Row("portal, entity id as acs", "aws-identity-center-sp/acs-is-issuer-url", "platform/saml/acs/", edits={"acs": ENTITY}, words="issuer URL"),
    Row("portal, acs cut", "aws-identity-center-sp/destination-mismatch", "platform/saml/acs/", edits={"acs": ACS[:-1]}, style="okta"),
    Row("portal, acs with slash", "aws-identity-center-sp/destination-mismatch", "platform/saml/acs/", edits={"acs": ACS + "/"}, style="google"),
    Row("portal, acs http", "aws-identity-center-sp/destination-mismatch", "platform/saml/acs/", edits={"acs": ACS.replace("https", "http")}, style="adfs"),
    Row("portal, start page as acs", "aws-identity-center-sp/destination-mismatch", "platform/saml/acs/", edits={"acs": "https://d-99672a1b3c.awsapps.com/start"}, style="okta"),
    Row("portal, other region", "aws-identity-center-sp/regions-differ", "issuer URL", edits={"acs": ACS.replace("eu-central-1", "us-east-1")}, words="eu-central-1"),
    Row("portal, acs as audience", "aws-identity-center-sp/audience-is-acs-url", "platform/saml/", edits={"assertion.audience": ACS}, words="ACS URL"),
    Row("portal, audience of the console", "aws-identity-center-sp/made-for-aws-accounts", "Identity Center", edits={"assertion.audience": "urn:amazon:webservices"}, style="entra-id"),
    Row("portal, audience http", "aws-identity-center-sp/audience-mismatch", "platform/saml/", edits={"assertion.audience": ENTITY.replace("https", "http")}, style="keycloak"),
    Row("portal, audience with slash", "aws-identity-center-sp/audience-mismatch", "platform/saml/", edits={"assertion.audience": ENTITY + "/"}, style="okta"),
    Row("portal, audience of another instance", "web-sso-profile/audience-mismatch", ENTITY, edits={"assertion.audience": ENTITY[:-3] + "fff"}, seen="all"),
    *(
        Row(f"portal, NameID {name}", "aws-identity-center-sp/nameid-format-wrong", EMAIL_FORMAT, edits={"assertion.nameid_format": value}, style=style)
        for name, value, style in (
            ("persistent", f"urn:oasis:names:tc:SAML:{_FORMAT}persistent", "entra-id"),
            ("transient", f"urn:oasis:names:tc:SAML:{_FORMAT}transient", "keycloak"),
            ("unspecified", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "okta"),
            ("without format", None, "adfs"),
            ("of SAML 2.0", f"urn:oasis:names:tc:SAML:{_FORMAT}emailAddress", "google"),
        )
    ),
    Row("portal, user name without domain", "aws-identity-center-sp/nameid-is-no-address", "NameID", edits={"assertion.nameid": "mlindqvist"}, style="adfs"),
    Row("portal, windows name", "aws-identity-center-sp/nameid-is-no-address", "NameID", edits={"assertion.nameid": "CORP\\mlindqvist"}, style="adfs"),
    Row("portal, no subject", "aws-identity-center-sp/nameid-missing", "NameID", edits={"assertion.nameid": None, "assertion.nameid_format": None}, style="adfs"),
    Row("portal, NameID is the UPN", "aws-identity-center-sp/user-unknown", USER, "sp", {"assertion.nameid": "mia.lindqvist@acme.onmicrosoft.com"}, seen="all"),
    Row("portal, capitals", "aws-identity-center-sp/user-unknown", USER, "sp", {"assertion.nameid": "Mia.Lindqvist@Example.com"}, style="okta", seen="all"),
    Row("portal, nobody", "aws-identity-center-sp/user-unknown", "provision", "sp", {"assertion.nameid": "ada.nowak@example.com"}, seen="all"),
    Row("portal, encrypted", "aws-identity-center-sp/encrypted", "without XML encryption", edits={"encrypt": "assertion"}, style="okta"),
    Row("portal, two assertions", "structure/several-assertions", "one assertion", edits={"assertions": "2", "sign": "response"}, style="okta"),
    Row("portal, app for accounts", "aws-identity-center-sp/federation-attributes-sent", "template", edits={ROLE: "arn:aws:iam::135791357913:role/A,arn:aws:iam::135791357913:saml-provider/B"}, severity="warning"),
    Row("portal, access control with slash", "aws-identity-center-sp/access-control-name-malformed", "AccessControl:", edits={COST.replace("Control:", "Control/"): "4711"}, severity="warning"),
    Row("portal, several values for access control", "aws-identity-center-sp/access-control-several-values", "one value", edits={COST: ("4711", "4712")}, style="okta"),
    Row("portal, twice the same", "aws-identity-center-sp/attribute-duplicated", "one Attribute", edits={COST: "4711", COST.replace("attribute:", "another:"): "4712"}, style="keycloak"),
)  # fmt: skip


# Identity Center as the IdP of any application: an issuer and a certificate for each, expressions, windowsUPN.
_OTHER_APPLICATION = "https://portal.sso.us-west-2.amazonaws.com/saml/assertion/NDQ0NDU1NTU2NjY2X2lucy1hYWJiY2NkZGVlZmYwMDEx"

APPLICATION = System(
    "generic",
    ("aws-identity-center",),
    {"acs": "https://app.example.com/saml/acs", "assertion.audience": "https://app.example.com/saml", "request.issuer": "https://app.example.com/saml"},
    recognised=False,
)  # fmt: skip

APPLICATION_HEALTHY = (
    Row("application"),
    Row("application, a session of twelve hours", edits={"assertion.not_on_or_after": "2026-05-04T22:00:00Z", "assertion.confirmation_not_on_or_after": "2026-05-04T22:00:00Z", "assertion.session_not_on_or_after": "2026-05-04T22:00:00Z"}),
)  # fmt: skip
APPLICATION_FAULTS = (
    Row("application, metadata of another one", "aws-identity-center-idp/other-application", "SAML metadata file", "sp", {"issuer": _OTHER_APPLICATION, "key": "other"}, seen="idp", words=("ins-aabbccddeeff0011 of account 444455556666", "ins-1a2b3c4d5e6f7081 of account 111122223333")),
    Row("application, issuer of another one", "aws-identity-center-idp/other-application", "SAML metadata file", "sp", {"issuer": _OTHER_APPLICATION}, seen="idp"),
    Row("application, metadata address as issuer", "web-sso-profile/issuer-mismatch", "metadata", "sp", given={"--issuer": "https://portal.sso.us-west-2.amazonaws.com/saml/metadata/MTExMTIyMjIzMzMzX2lucy0xYTJiM2M0ZDVlNmY3MDgx"}, seen="all"),
    Row("application, certificate rotated", "signatures/key-rotated", ("SAML metadata file", "Load it at the service"), "sp", {"key": "other"}, seen="idp"),
    Row("application, misspelt expression in the subject", "aws-identity-center-idp/subject-is-template", "${user:email}", edits={"assertion.nameid": "${user:mail}"}),
    Row("application, attribute of the directory", "aws-identity-center-idp/value-is-template", "constant", edits={"attribute:department": "${dir:department}"}, words="${dir:department}"),
    Row("application, custom attribute", "aws-identity-center-idp/value-is-template", "constant", edits={"attribute:role": "${user:role}"}),
    Row("application, windowsUPN as e-mail", "aws-identity-center-idp/upn-as-email", ("${dir:email}", "${user:email}"), edits={"attribute:email": "mia.lindqvist@corp.acme.local"}, severity="warning", words="windowsUPN"),
    Row("application, empty attribute", "web-sso-profile/required-attribute-missing", "department", edits={"attribute:department": ""}, given={"required_attributes": "department"}, seen="all", words="empty"),
)  # fmt: skip
