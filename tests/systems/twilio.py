"""Twilio Flex in both configurations, Twilio Frontline, and single sign-on to the Twilio Console."""

# ruff: noqa: E501 - tables read best with one row a line
from __future__ import annotations

from datetime import timedelta

from tests.systems.amazon_connect import EMAIL_FORMAT, USER
from tests.systems.row import A_MOMENT, Row, System

CONNECTION = "JQ7f3a9c1e5b2d4f6081a3c5e7092b4d6f"
ACCOUNT = "AC2b4d6f8091a3c5e7f0b2d4a6c8e01357"
REALM = "JB9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b"
CALLBACK = f"https://login.flex.us1.twilio.com/login/callback?connection={CONNECTION}"
ENTITY = f"urn:flex:{CONNECTION}"
OTHER = "JQ0000000000000000000000000000000f"
OLD_ACS = f"https://iam.twilio.com/v1/Accounts/{ACCOUNT}/saml2"
OLD_ENTITY = OLD_ACS + "/metadata"
REALM_ACS = f"https://iam.twilio.com/v2/saml2/authenticate/{REALM}"
REALM_ENTITY = f"https://iam.twilio.com/v2/saml2/metadata/{REALM}"
EMAIL, NAME, ROLES = "attribute:email", "attribute:full_name", "attribute:roles"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_OWN = dict.fromkeys(("attribute:firstName", "attribute:lastName"))
_FLEX = {
    "assertion.nameid": USER,
    EMAIL: USER,
    NAME: "Mia Lindqvist",
    ROLES: "agent",
    "sign": "both",
    "assertion.session_not_on_or_after": None,
    **_OWN,
}

FLEX = System(
    "twilio-flex",
    ("aws-identity-center", "okta", "entra-id", "auth0", "google", "adfs", "keycloak"),
    {"acs": CALLBACK, "assertion.audience": ENTITY, "request.issuer": ENTITY, "relay_state": "0d5a615dc4a26845", **_FLEX},
    {
        "connection_sid": CONNECTION,
        "request_id": "_5e1f0c2a9b7d4e3f8a6c1d0b9e8f7a6c5d4e3f2a",
        "want_response_signed": "true",
        "want_assertions_signed": "true",
    },
)  # fmt: skip
FLEX_LEGACY = System(
    "twilio-flex",
    ("okta", "entra-id", "adfs"),
    {
        "acs": OLD_ACS, "assertion.audience": OLD_ENTITY, "request.issuer": OLD_ENTITY, **_FLEX, "relay_state": "https://flex.twilio.com/acme",
        "shift_seconds": "-7776000",
    },
    {"account_sid": ACCOUNT},
)  # fmt: skip
FRONTLINE = System(
    "twilio-frontline",
    ("aws-identity-center", "okta", "entra-id"),
    {
        "acs": REALM_ACS,
        "assertion.audience": REALM_ENTITY,
        "request.issuer": REALM_ENTITY,
        "assertion.nameid": USER,
        "assertion.nameid_format": EMAIL_FORMAT,
        EMAIL: USER,
        ROLES: "agent",
        "sign": "both",
        **_OWN,
    },
    {"realm_sid": REALM},
)  # fmt: skip
TWILIO_CONSOLE = System(
    "twilio-console",
    ("okta", "entra-id", "google", "onelogin"),
    {
        "acs": "https://www.twilio.com/console/sso/ZZ1a2b3c/acs", "assertion.audience": "https://www.twilio.com/console/sso/ZZ1a2b3c",
        "request.issuer": "https://www.twilio.com/console/sso/ZZ1a2b3c", "assertion.nameid": USER, "assertion.nameid_format": EMAIL_FORMAT, "sign": "both",
    },
    {"users": f"{USER},olu.adeyemi@example.com"},
    recognised=False,
)  # fmt: skip
_WINTER = timedelta(days=-90) + A_MOMENT

FLEX_HEALTHY = (
    Row("flex"),
    Row("flex, supervisor", edits={ROLES: ("supervisor", "wfo.full_access")}),
    Row("flex, list of roles", edits={ROLES: "agent,supervisor"}),
    Row("flex, all roles", edits={ROLES: ("admin", "supervisor", "agent", "wfo.team_leader")}),
    Row("flex, optional attributes", edits={"attribute:department": "Support", "attribute:team_id": "T1", "attribute:channel.voice.availability": "true", "attribute:channel.chat.capacity": "3", "attribute:skills.stringarray": "de,en"}),
    Row("flex, started at the IdP", edits={"idp_initiated": "true", "relay_state": None}, given={"request_id": "", "relay_state": ""}, style="okta"),
    Row("flex, persistent subject", edits={"assertion.nameid": "00u1abcd", "assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}),
    Row("flex, ten hours", edits={"assertion.session_not_on_or_after": "2026-05-04T20:00:00Z"}),
)  # fmt: skip


def _missing(what: str, name: str, source: str, **sent: str) -> tuple[Row, ...]:
    rule = f"twilio-worker/{name.replace('_', '-')}-missing"
    return (
        Row(f"flex, no {name}", rule, name, edits={f"attribute:{name}": None}),
        Row(f"flex, {name} empty", rule, name, edits={f"attribute:{name}": ""}, words="empty"),
        *(
            Row(f"flex, {name} {how.replace('_', ' ')}", rule, name, edits={f"rename:{name}": other}, words=other)
            for how, other in sent.items()
        ),
    )


FLEX_FAULTS = (
    # Addresses
    Row("flex, acs and audience swapped", "diagnosis/acs-and-audience-swapped", (CALLBACK, ENTITY), edits={"acs": ENTITY, "assertion.audience": CALLBACK}),
    Row("flex, template in both", "twilio-flex/sid-is-placeholder", "Single sign-on", edits={"acs": CALLBACK.replace(CONNECTION, "JQ" + "x" * 32), "assertion.audience": ENTITY.replace(CONNECTION, "JQ" + "x" * 32)}),
    Row("flex, started in the launcher of Google", "twilio-flex/started-at-google", "flex.twilio.com", "user", {"idp_initiated": "true", "relay_state": None}, "google", given={"request_id": "", "relay_state": ""}),
    Row("flex, expression sent as text", "saml-core/value-is-template", "field of the user", edits={NAME: "user.firstName + user.lastName"}, style="okta"),
    Row("flex, no attributes", "twilio-worker/no-attributes", ("email", "full_name", "roles"), edits={EMAIL: None, NAME: None, ROLES: None}),
    Row("flex, namespace before all names", "twilio-worker/names-with-namespace", "namespace", edits={f"rename:{name}": CLAIMS + name for name in ("email", "full_name", "roles")}, style="entra-id"),
    Row("flex, legacy acs", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": OLD_ACS}),
    Row("flex, audience as acs", "twilio-flex/acs-is-audience", CALLBACK, edits={"acs": ENTITY}, words="audience"),
    Row("flex, acs as audience", "twilio-flex/audience-is-acs", ENTITY, edits={"assertion.audience": CALLBACK}, words="ACS URL"),
    Row("flex, acs without connection", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": "https://login.flex.us1.twilio.com/login/callback"}, style="okta"),
    Row("flex, acs http", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": CALLBACK.replace("https", "http")}, style="entra-id"),
    Row("flex, acs slash", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": CALLBACK + "/"}, style="adfs"),
    Row("flex, acs of another connection", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": CALLBACK.replace(CONNECTION, OTHER)}, style="okta"),
    Row("flex, account sid as connection", "twilio-flex/acs-with-other-sid", CALLBACK, edits={"acs": CALLBACK.replace(CONNECTION, ACCOUNT)}, style="keycloak"),
    Row("flex, sid in capitals", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": CALLBACK.replace(CONNECTION, CONNECTION.upper())}, style="google"),
    Row("flex, host of the interface", "twilio-flex/destination-mismatch", CALLBACK, edits={"acs": "https://flex.twilio.com/acme"}, style="okta"),
    Row("flex, preview host", "twilio-flex/preview-host", CALLBACK, edits={"acs": f"https://preview.twilio.com/iam/Accounts/{ACCOUNT}/saml2"}),
    Row("flex, recipient alone", "twilio-flex/recipient-mismatch", CALLBACK, edits={"assertion.recipient": OLD_ACS}, style="auth0"),
    Row("flex, another audience", "twilio-flex/audience-mismatch", "JQ", edits={"assertion.audience": ENTITY.replace(CONNECTION, OTHER)}, style="okta", alone="twilio-flex/destination-mismatch", words=OTHER),
    Row("flex, audience of the account", "twilio-flex/audience-with-other-sid", ENTITY, edits={"assertion.audience": ENTITY.replace(CONNECTION, ACCOUNT)}, words="Account SID"),
    Row("flex, audience of a realm", "twilio-flex/audience-with-other-sid", ENTITY, edits={"assertion.audience": ENTITY.replace(CONNECTION, REALM)}, style="okta", words="Realm SID"),
    Row("flex, audience capitals", "twilio-flex/audience-mismatch", ENTITY, edits={"assertion.audience": ENTITY.replace("urn:flex", "URN:FLEX")}, style="entra-id"),
    Row("flex, audience without urn", "twilio-flex/audience-mismatch", ENTITY, edits={"assertion.audience": CONNECTION}, style="okta"),
    Row("flex, audience slash", "twilio-flex/audience-mismatch", ENTITY, edits={"assertion.audience": ENTITY + "/"}, style="keycloak"),
    Row("flex, legacy audience", "twilio-flex/audience-mismatch", ENTITY, edits={"assertion.audience": OLD_ENTITY}, style="okta"),
    Row("flex, no audience", "twilio-flex/audience-mismatch", ENTITY, edits={"assertion.audience": None}, style="adfs"),
    Row("flex, other connection altogether", "twilio-flex/other-connection", OTHER, given={"connection_sid": OTHER, "--acs": "", "--audience": ""}, style="okta", seen="all"),
    # Attributes
    *_missing("the address", "email", "mail", in_capitals="Email", as_E_mail="e-mail", as_mail="mail", as_a_claim=CLAIMS + "emailaddress", as_OID="urn:oid:0.9.2342.19200300.100.1.3", as_address="emailAddress", with_blank="email "),
    *_missing("the name", "full_name", "name", without_underscore="fullname", in_camels="fullName", with_capitals="Full_Name", with_hyphen="full-name", with_blank="full name", as_name="name", as_display_name="displayName", as_a_claim=CLAIMS + "full_name"),
    *_missing("roles", "roles", "roles", singular="role", in_capitals="Roles", as_flex_role="flex_role", as_a_claim="http://schemas.microsoft.com/ws/2008/06/identity/claims/role"),
    *(
        Row(f"flex, roles {value}", "twilio-worker/role-spelt-otherwise", "roles", edits={ROLES: value}, style=style, words=value)
        for value, style in (("administrator", ""), ("Agent", "okta"), ("ADMIN", "entra-id"), ("agents", "keycloak"), ("flex_agent", "google"), ("flex.admin", "okta"), ("agent,Supervisor", "adfs"), ("Administrators", "okta"))
    ),
    *(
        Row(f"flex, roles {name}", "twilio-worker/" + rule, "roles", edits={ROLES: value}, style=style)
        for name, rule, value, style in (
            ("of insights alone", "no-flex-role", "wfo.full_access", "okta"),
            ("as object id", "no-flex-role", "2f1c9a4e-77d0-4b0e-9a55-1c2d3e4f5a6b", "entra-id"),
            ("as group", "no-flex-role", ("Everyone", "Support"), "okta"),
            ("of template", "no-flex-role", "${user:groups}", ""),
            ("list of none", "no-flex-role-in-list", "wfo.full_access,wfo.team_leader", "keycloak"),
            ("with semicolons", "no-flex-role", "agent;supervisor", "adfs"),
            ("user", "no-flex-role", "user", "okta"),
        )
    ),
    Row("flex, unknown role besides", "twilio-worker/role-unknown", "roles", edits={ROLES: ("supervisor", "wfo.everything")}, severity="warning", style="okta"),
    Row("flex, email is a login name", "twilio-worker/email-malformed", "email", edits={EMAIL: "mlindqvist"}, style="adfs"),
    Row("flex, capacity in words", "twilio-worker/number-malformed", "whole number", edits={"attribute:channel.chat.capacity": "three"}, style="okta"),
    Row("flex, availability yes", "twilio-worker/truth-value-malformed", "true or false", edits={"attribute:channel.voice.availability": "yes"}, style="okta"),
    Row("flex, type misspelt", "twilio-worker/attribute-type-misspelt", "stringarray", edits={"attribute:skills.StringArray": "de,en"}, severity="warning", style="auth0"),
    # Signing and the rest
    Row("flex, another subject at each login", "twilio-worker/nameid-changes", EMAIL_FORMAT, edits={"assertion.nameid": "_a1b2c3", "assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, severity="warning", style="keycloak"),
    Row("flex, assertion signed alone", "web-sso-profile/response-not-signed", "sign the response", edits={"sign": "assertion"}, style="entra-id", alone="twilio-flex/response-unsigned"),
    Row("flex, encrypted", "twilio-flex/assertion-encrypted", "without XML encryption", edits={"encrypt": "assertion"}, severity="warning", style="adfs"),
    Row("flex, half an hour", "twilio-flex/session-under-an-hour", "36000", edits={"assertion.session_not_on_or_after": "2026-05-04T10:30:00Z"}, severity="warning"),
    Row("flex, subject differs by policy", "saml-status/invalid-nameid-policy", "format", "idp", {"response.status": "urn:oasis:names:tc:SAML:2.0:status:Requester", "response.status_detail_code": "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"}, style="okta"),
)  # fmt: skip

LEGACY_HEALTHY = (Row("flex, legacy", later=_WINTER),)
LEGACY_FAULTS = (
    Row("flex, legacy, acs as audience", "twilio-flex/legacy-audience-is-acs", OLD_ENTITY, edits={"assertion.audience": OLD_ACS}, later=_WINTER),
    Row("flex, legacy, metadata as acs", "twilio-flex/legacy-acs-is-audience", OLD_ACS, edits={"acs": OLD_ENTITY}, later=_WINTER),
    Row("flex, legacy, another account", "twilio-flex/legacy-destination-mismatch", OLD_ACS, edits={"acs": OLD_ACS.replace(ACCOUNT, "AC" + "0" * 32)}, later=_WINTER),
    Row("flex, legacy, connection sid", "twilio-flex/legacy-acs-with-other-sid", ACCOUNT, edits={"acs": OLD_ACS.replace(ACCOUNT, CONNECTION)}, later=_WINTER, words="Connection SID"),
    Row("flex, legacy, slash", "twilio-flex/legacy-destination-mismatch", OLD_ACS, edits={"acs": OLD_ACS + "/"}, later=_WINTER),
    Row("flex, legacy, no metadata", "twilio-flex/legacy-audience-is-acs", OLD_ENTITY, edits={"assertion.audience": OLD_ACS + "/"}, later=_WINTER),
    Row("flex, legacy, version 2", "twilio-flex/legacy-destination-mismatch", OLD_ACS, edits={"acs": OLD_ACS.replace("/v1/", "/v2/")}, later=_WINTER),
    Row("flex, legacy after its end", "twilio-flex/legacy-configuration-ended", "Migrate", "sp", edits={"shift_seconds": "17280000"}, severity="warning", later=timedelta(days=110)),
)  # fmt: skip

FRONTLINE_HEALTHY = (Row("frontline"),)
FRONTLINE_FAULTS = (
    Row("frontline, metadata as acs", "twilio-frontline/acs-is-audience", REALM_ACS, edits={"acs": REALM_ENTITY}),
    Row("frontline, acs as audience", "twilio-frontline/audience-is-acs", REALM_ENTITY, edits={"assertion.audience": REALM_ACS}),
    Row("frontline, account sid", "twilio-frontline/acs-with-other-sid", REALM, edits={"acs": REALM_ACS.replace(REALM, ACCOUNT)}, words="Account SID"),
    Row("frontline, connection sid in both", "twilio-frontline/audience-with-other-sid", "metadata/", edits={"acs": REALM_ACS.replace(REALM, CONNECTION), "assertion.audience": REALM_ENTITY.replace(REALM, CONNECTION)}, style="okta", words="Connection SID"),
    Row("frontline, another realm", "web-sso-profile/destination-mismatch", REALM_ACS, edits={"acs": REALM_ACS[:-1] + "0"}, style="okta", alone="twilio-frontline/destination-mismatch"),
    Row("frontline, address of flex", "web-sso-profile/destination-mismatch", REALM_ACS, edits={"acs": OLD_ACS}, alone="twilio-frontline/destination-mismatch"),
    Row("frontline, acs and audience swapped", "diagnosis/acs-and-audience-swapped", (REALM_ACS, REALM_ENTITY), edits={"acs": REALM_ENTITY, "assertion.audience": REALM_ACS}),
    Row("frontline, template in both", "twilio-frontline/realm-is-placeholder", "Realm SID", edits={"acs": REALM_ACS.replace(REALM, "JBxxxx"), "assertion.audience": REALM_ENTITY.replace(REALM, "JBxxxx")}),
    Row("frontline, another realm in both", "diagnosis/response-for-another-address", REALM_ACS, edits={"acs": REALM_ACS[:-1] + "0", "assertion.audience": REALM_ENTITY[:-1] + "0"}, seen="all"),
    Row("frontline, no attributes", "twilio-frontline/no-attributes", ("email", "roles"), edits={EMAIL: None, ROLES: None}),
    Row("frontline, no email", "twilio-frontline/email-missing", "email", edits={EMAIL: None}),
    Row("frontline, Email", "twilio-frontline/email-missing", "email", edits={"rename:email": "Email"}, style="okta", words="Email"),
    Row("frontline, email as claim", "twilio-frontline/email-missing", "email", edits={"rename:email": CLAIMS + "emailaddress"}, style="entra-id"),
    Row("frontline, no roles", "twilio-frontline/roles-missing", "roles", edits={ROLES: None}),
    Row("frontline, Roles", "twilio-frontline/roles-missing", "roles", edits={"rename:roles": "Roles"}, style="okta"),
    Row("frontline, role admin", "twilio-frontline/role-is-not-agent", "agent", edits={ROLES: "admin"}, style="okta"),
    Row("frontline, Agent", "twilio-frontline/role-is-not-agent", "agent", edits={ROLES: "Agent"}),
    Row("frontline, subject without domain", "twilio-frontline/nameid-is-no-address", "NameID", edits={"assertion.nameid": "mlindqvist"}, style="okta"),
)  # fmt: skip

CONSOLE_SSO_HEALTHY = (Row("twilio console"),)
CONSOLE_SSO_FAULTS = (
    Row("twilio console, assertion signed alone", "twilio-console/response-unsigned", "sign the response and the assertion", edits={"sign": "assertion"}, style="entra-id", seen="all"),
    Row("twilio console, response signed alone", "twilio-console/assertion-unsigned", "sign the response and the assertion", edits={"sign": "response"}, style="google", seen="all"),
    Row("twilio console, encrypted", "twilio-console/assertion-encrypted", "without XML encryption", edits={"encrypt": "assertion"}, seen="all"),
    Row("twilio console, unspecified", "twilio-console/nameid-format-wrong", EMAIL_FORMAT, edits={"assertion.nameid_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"}, seen="all"),
    Row("twilio console, login name", "twilio-console/nameid-is-no-address", "NameID", edits={"assertion.nameid": "mlindqvist"}, seen="all"),
    Row("twilio console, other address", "twilio-console/user-unknown", USER, "sp", {"assertion.nameid": "mia.lindqvist@corp.example.net"}, seen="all"),
    Row("twilio console, audience", "web-sso-profile/audience-mismatch", "ZZ1a2b3c", edits={"assertion.audience": "https://www.twilio.com/console/sso/ZZ1a2b3c/"}, seen="all", words="slash"),
    Row("twilio console, acs", "web-sso-profile/destination-mismatch", "ZZ1a2b3c/acs", edits={"acs": "https://www.twilio.com/console/sso/ZZ9/acs"}, seen="all"),
)  # fmt: skip
