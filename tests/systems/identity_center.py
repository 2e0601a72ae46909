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
    Row("portal, audience of the console", "aws-identity-center-sp/audience-mismatch", "platform/saml/", edits={"assertion.audience": "urn:amazon:webservices"}, style="entra-id"),
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
