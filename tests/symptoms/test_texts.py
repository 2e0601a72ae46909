"""Texts as people paste them, and what is made of them first."""

from __future__ import annotations

import html
from urllib.parse import quote, quote_plus

import pytest

from samlcheck.explain import Explanation, explain
from samlcheck.packs.catalogue import CHECKOUT, Catalogue, compile_folder
from samlcheck.packs.symptoms import match

AWS = "(Service: AWSSecurityTokenService; Status Code: 400; Error Code: InvalidIdentityToken; Request ID: 5a1c0c3e; Proxy: null)"
TEXTS = [
    ("Your request included an invalid SAML response. To logout, click here.", "aws-sign-in-sts-invalidsamlresponse"),
    (f"RoleSessionName is required in AuthnResponse {AWS}", "aws-sign-in-sts-invalididentitytoken-rolesessionname-missing"),
    (
        f"RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{{2,64}} {AWS}. Please try again.",
        "aws-sign-in-sts-invalididentitytoken-rolesessionname-pattern",
    ),
    (
        "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with aws:",
        "aws-sign-in-sts-invalididentitytoken-sourceidentity-pattern",
    ),
    (
        "Not authorized to perform sts:AssumeRoleWithSAML (Service: AWSSecurityTokenService; Error Code: AccessDenied)",
        "aws-sign-in-sts-accessdenied",
    ),
    (
        '{"errorCode": "AccessDenied", "message": "User: a is not authorized to perform: sts:AssumeRoleWithSAML on resource: x"}',
        "aws-sign-in-sts-accessdenied",
    ),
    (
        "Encountered error during federation passive request.\nException details: MSIS7007: The requested trust 'urn:a' is "
        "unspecified or unsupported.",
        "ad-fs-msis7007",
    ),
    ('type="LOGIN_ERROR", realmId="corp", clientId="urn:a", error="client_not_found"', "keycloak-kc-log-clientnotfound"),
    ("detected a problem with assertion: Unable to establish security of incoming assertion.", "shibboleth-sp-shib-unestablished"),
    (f"Response signature invalid {AWS}", "aws-sign-in-sts-invalididentitytoken-signature"),
    (
        "Issuer not present in specified provider (Error Code: AuthSamlInvalidSamlResponseException)",
        "aws-sign-in-sts-authsamlinvalidsamlresponseexception",
    ),
    ("Specified provider doesn’t exist", "aws-sign-in-sts-nosuchprovider"),
    ("Requested DurationSeconds exceeds MaxSessionDuration set for this role", "aws-sign-in-sts-durationseconds"),
    ("Could not parse metadata", "aws-sign-in-sts-metadataparse"),
    ("An unexpected error has occurred", "aws-iam-identity-center-idc-unexpected"),
    ("It's not you, it's us", "aws-iam-identity-center-idc-its-not-you"),
    ("An error occurred when we tried to process your request.", "aws-iam-identity-center-idc-acs-seed"),
    (
        "Access denied Your account has been authenticated, but has not been onboarded to this application.",
        "amazon-connect-connect-not-onboarded",
    ),
    ("Your user account has not been added to Amazon Connect. Contact your admin", "amazon-connect-connect-not-added"),
    ("The request was not valid and could not be processed", "amazon-connect-connect-bad-request"),
    ("Please contact your AWS account administrator for assistance.", "amazon-connect-connect-getfederationtoken"),
    ("Authentication Failed. The Message of SAML response is not signed", "twilio-console-sso-twilio-unsigned-msg"),
    ("Having trouble enforcing SSO on the user mia@example.com", "twilio-console-sso-twilio-enforce"),
    ("Twilio error 45050", "twilio-45050"),
    (
        "AADSTS50105: Your administrator has configured the application Payroll ('20f81811') to block users",
        "microsoft-entra-id-aadsts50105",
    ),
    ("AADSTS75011: Authentication method 'X509' by which the user authenticated …", "microsoft-entra-id-aadsts75011"),
    ("MSIS7042: The same client browser session has made '6' requests in the last '12' seconds.", "ad-fs-msis7042"),
    ("Error: app_not_configured_for_user", "google-workspace-idp-403-app-not-configured-for-user"),
    ("Sorry, you are not assigned this app in Okta.", "okta-idp-403-app-not-assigned"),
    (
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode '
        'Value="urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"/>',
        "saml-2-0-statuscode-urn-oasis-names-tc-saml-2-0-status-noauthncontext",
    ),
    ("SAML_RESPONSE_INVALID_AUDIENCE", "snowflake-390169"),
    ("Signature validation failed. SAML Response rejected", "python3-saml-invalid-signature"),
    ("https://sp.example/saml/metadata/ is not a valid audience for this Response", "python3-saml-wrong-audience"),
    (
        "The response was received at http://sp.example/acs instead of https://sp.example/acs",
        "python3-saml-wrong-destination-scheme",
    ),
    ("Doesn't match the issuer, expected: <https://a.example>, but was: <https://b.example>", "ruby-saml-rs-issuer"),
    ("SAML assertion audience mismatch. Expected: a Received: b", "node-saml-passport-saml-ns-aud"),
    ("InResponseTo is not valid", "node-saml-passport-saml-ns-irt"),
    ("State information lost", "simplesamlphp-nostate"),
    ("Cookie not found. Please make sure cookies are enabled in your browser.", "keycloak-kc-cookie"),
    ("opensaml::FatalProfileException at (https://sp.example/Shibboleth.sso/SAML2/POST)", "shibboleth-sp-shib-fatal"),
    ("/auth/failure?message=invalid_ticket&strategy=saml", "gitlab-omniauth-fail"),
    ("saml2.response.UnsolicitedResponse: Unsolicited response: id-1", "pysaml2-unsolicited-response"),
    ("failed to find registered serviceprovider", "zitadel-z-sp"),
    ("Default App for IdP-Initiated is not configured. Make sure to configure that", "auth0-a0-idpinit"),
]
PARTS = [
    ("has not been onboarded", "amazon-connect-connect-not-onboarded"),
    ("the same client browser session has made requests", "ad-fs-msis7042"),
    ("not authorized to perform AssumeRoleWithSAML", "aws-sign-in-sts-accessdenied"),
    ("RoleSessionName must match", "aws-sign-in-sts-invalididentitytoken-rolesessionname-pattern"),
    ("received unencrypted assertion but encryption", "simplesamlphp-ssp-unenc"),
]
CODES = [
    ("AADSTS50105", "microsoft-entra-id-aadsts50105"),
    ("aadsts50105", "microsoft-entra-id-aadsts50105"),
    ("50105", "microsoft-entra-id-aadsts50105"),
    ("MSIS7042", "ad-fs-msis7042"),
    ("45050", "twilio-45050"),
    ("390165", "snowflake-390165"),
    ("SAML_ERR_004", "manageengine-adselfservice-plus-saml-err-004"),
    ("urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext", "saml-2-0-statuscode-urn-oasis-names-tc-saml-2-0-status-noauthncontext"),
    ("NoAuthnContext", "saml-2-0-statuscode-urn-oasis-names-tc-saml-2-0-status-noauthncontext"),
    ("invalid_destination", "spring-security-saml2-invalid-destination"),
    ("symptom/snowflake-390165", "snowflake-390165"),
]


@pytest.fixture(scope="module")
def packs() -> Catalogue:
    return Catalogue.read(compile_folder(CHECKOUT))


def first(explanation: Explanation) -> str:
    return explanation.symptoms[0].symptom.id if explanation.symptoms else ""


@pytest.mark.parametrize(("text", "symptom"), TEXTS, ids=[name for _, name in TEXTS])
def test_a_text_pasted_whole(packs: Catalogue, text: str, symptom: str) -> None:
    assert first(explain(text, packs)) == symptom


def test_a_weak_text_is_telling_where_its_service_is_at_hand(packs: Catalogue) -> None:
    (typed, *_), (at_connect, *_) = (
        match(packs, "Session Expired", homes=homes) for homes in (frozenset[str](), frozenset({"amazon-connect-symptoms"}))
    )
    assert typed.symptom.id == at_connect.symptom.id == "amazon-connect-connect-session-expired"
    assert (typed.sure, at_connect.sure) == (False, True)


@pytest.mark.parametrize(
    "disguise",
    [
        html.escape,
        quote,
        quote_plus,
        str.upper,
        str.lower,
        lambda text: text.replace(" ", "\r\n   "),
        lambda text: text.replace(" ", "\u00a0").replace("'", "’"),
        lambda text: f"Sign in\n\nSorry!\n{text}\nRequest Id: 7d3e\nTimestamp: 2026-05-04T10:00:00Z",
    ],
    ids=["html", "percent", "form", "upper", "lower", "wrapped", "typeset", "whole page"],
)
def test_a_text_in_disguise(packs: Catalogue, disguise: object) -> None:
    assert callable(disguise)
    assert [(text, first(explain(disguise(text), packs))) for text, _ in TEXTS] == [(text, symptom) for text, symptom in TEXTS]


@pytest.mark.parametrize(("text", "symptom"), PARTS, ids=[text for text, _ in PARTS])
def test_a_part_of_a_text_is_found_by_its_words(packs: Catalogue, text: str, symptom: str) -> None:
    explanation = explain(text, packs)
    assert first(explanation) == symptom
    assert explanation.symptoms[0].how == "words"


@pytest.mark.parametrize(("code", "symptom"), CODES, ids=[code for code, _ in CODES])
def test_a_code(packs: Catalogue, code: str, symptom: str) -> None:
    assert [item.symptom.id for item in explain(code, packs).symptoms] == [symptom]


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("aws-iam/role-malformd", "aws-iam/role-malformed"),
        ("MSIS7043", "MSIS7042"),
        ("user unknown", "amazon-connect/user-unknown"),
        ("amazon-conect", "amazon-connect"),
    ],
)
def test_near_misses(packs: Catalogue, asked: str, near: str) -> None:
    explanation = explain(asked, packs)
    assert not explanation.found
    assert near in dict(explanation.near)


@pytest.mark.parametrize(
    "asked",
    [
        "flarb wibble",
        "not_a_saml_app",
        "SAMLResponse not found",
        "403",
        "",
        "   ",
        "AADSTS",
        "é\x1b[31m",
        "%%%",
        "{",
        "a" * 300_000,
    ],
)
def test_what_nobody_knows(packs: Catalogue, asked: str) -> None:
    assert not explain(asked, packs).found


def test_a_bare_rule_name_finds_the_rule_in_every_pack_that_has_it(packs: Catalogue) -> None:
    found = explain("response-unsigned", packs)
    assert {item.pack for item in found.rules} >= {"twilio-console", "twilio-flex"}


def test_a_rule_comes_with_the_change_in_each_console(packs: Catalogue) -> None:
    (found,) = explain("aws-iam/role-malformed", packs).rules
    assert found.fix.startswith("In the identity provider, map the attribute https://aws.amazon.com/SAML/Attributes/Role to ")
    assert {"AWS IAM Identity Center", "Microsoft Entra ID", "Okta"} <= {item.idp for item in found.clicks}
    assert found.rule.examples.fails


def test_a_weaker_reading_of_the_same_words_is_left_out(packs: Catalogue) -> None:
    found = explain("Not authorized to perform sts:AssumeRoleWithSAML", packs)
    assert [item.symptom.id for item in found.symptoms] == ["aws-sign-in-sts-accessdenied"]


def test_a_weak_text_stands_beside_what_is_worded_alike(packs: Catalogue) -> None:
    found = explain("audience mismatch", packs)
    assert [item.how for item in found.symptoms][:2] == ["text", "words"]
    assert "web-sso-profile/audience-mismatch" in dict(found.near) or "aws-sign-in/audience-mismatch" in dict(found.near)
