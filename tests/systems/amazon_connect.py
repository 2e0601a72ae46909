"""Amazon Connect: AWS sign-in, a role, a session named like the Connect user, and RelayState that opens the instance."""

# ruff: noqa: E501 - tables read best with one row a line
from __future__ import annotations

from tests.systems.row import Row, System

ROLE_NAME = "https://aws.amazon.com/SAML/Attributes/Role"
SESSION_NAME = "https://aws.amazon.com/SAML/Attributes/RoleSessionName"
DURATION_NAME = "https://aws.amazon.com/SAML/Attributes/SessionDuration"
ROLE, SESSION, DURATION = (f"attribute:{name}" for name in (ROLE_NAME, SESSION_NAME, DURATION_NAME))
SIGN_IN = "https://signin.aws.amazon.com/saml"
AUDIENCE = "urn:amazon:webservices"
INSTANCE = "7d1c9e02-5b1f-4c0e-9a3d-2f6b8e4a1c57"
FEDERATE = f"https://eu-west-2.console.aws.amazon.com/connect/federate/{INSTANCE}"
ROLE_ARN = "arn:aws:iam::210987654321:role/CallCentre"
PROVIDER_ARN = "arn:aws:iam::210987654321:saml-provider/Workforce"
PAIR = f"{ROLE_ARN},{PROVIDER_ARN}"
USER = "mia.lindqvist@example.com"
USERS = f"olu.adeyemi@example.com,{USER},kim.sato@example.com"
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_NO_START_URL = "start URL"

CONNECT = System(
    "amazon-connect",
    ("aws-identity-center", "okta", "entra-id", "adfs", "google", "keycloak"),
    {
        "idp_initiated": "true",
        "acs": SIGN_IN,
        "assertion.audience": AUDIENCE,
        "assertion.nameid": USER,
        "assertion.nameid_format": EMAIL_FORMAT,
        ROLE: PAIR,
        SESSION: USER,
        "relay_state": FEDERATE,
        "assertion.session_not_on_or_after": "2026-05-04T22:00:00Z",
        **dict.fromkeys(("attribute:email", "attribute:firstName", "attribute:lastName")),
    },
    {
        "account_id": "210987654321",
        "role_arn": ROLE_ARN,
        "provider_arn": PROVIDER_ARN,
        "region": "eu-west-2",
        "instance_id": INSTANCE,
        "users": USERS,
    },
)  # fmt: skip

CONNECT_HEALTHY = (
    Row("connect"),
    Row("connect, agent workspace", edits={"relay_state": FEDERATE + "?destination=%2Fagent-app-v2"}, given={"relay_state": ""}),
    Row("connect, new domain", edits={"relay_state": FEDERATE + "?destination=%2Fccp-v2%2Fchat&new_domain=true"}, given={"relay_state": ""}),
    Row("connect, virtual desktop", edits={"relay_state": FEDERATE + "?destination=%2Fagent-app-v2?VDIPlatform=CITRIX_413"}, given={"relay_state": ""}),
    Row("connect, regional endpoint", edits={"acs": "https://eu-west-2.signin.aws.amazon.com/saml"}, given={"--acs": ""}),
    Row("connect, url as audience", edits={"assertion.audience": SIGN_IN}, given={"--audience": ""}),
    Row("connect, twelve hours", edits={DURATION: "43200"}),
    Row("connect, user told", given={"users": "", "--user": USER}),
    Row("connect, provider first", edits={ROLE: f"{PROVIDER_ARN},{ROLE_ARN}"}),
    Row("connect, role with a path", edits={ROLE: "arn:aws:iam::210987654321:role/sso/desk,b@c," + PROVIDER_ARN}, given={"role_arn": ""}),
    Row("connect, two roles", edits={ROLE: (PAIR, PAIR.replace("CallCentre", "Supervisors"))}),
)  # fmt: skip


def _relay(name: str, value: str | None, rule: str, fix: str = "/connect/federate/", **more: object) -> Row:
    return Row(f"connect, {name}", rule, fix, edits={"relay_state": value}, **more)  # type: ignore[arg-type]


_RELAY_STATE = (
    _relay("no RelayState", None, "amazon-connect/relay-state-missing", FEDERATE, seen="all"),
    _relay("empty RelayState", "", "amazon-connect/relay-state-not-federation-url", FEDERATE, seen="all", words="RelayState is empty"),
    _relay("RelayState opens the console", "https://eu-west-2.console.aws.amazon.com/connect/home?region=eu-west-2", "amazon-connect/relay-state-not-federation-url"),
    _relay("RelayState opens the instance", "https://acme.my.connect.aws/ccp-v2", "amazon-connect/relay-state-not-federation-url"),
    _relay("RelayState opens the old domain", "https://acme.awsapps.com/connect/ccp", "amazon-connect/relay-state-not-federation-url"),
    _relay("RelayState is any page", "https://console.aws.amazon.com/", "amazon-connect/relay-state-not-federation-url", seen="all"),
    _relay("RelayState is the instance id", INSTANCE, "amazon-connect/relay-state-not-federation-url", seen="all"),
    _relay("RelayState encoded twice", "https%3A%2F%2Feu-west-2.console.aws.amazon.com%2Fconnect%2Ffederate%2F" + INSTANCE, "amazon-connect/relay-state-percent-encoded"),
    _relay("federation", FEDERATE.replace("federate", "federation"), "amazon-connect/relay-state-not-federation-url"),
    _relay("no https", FEDERATE.removeprefix("https://"), "amazon-connect/relay-state-not-https"),
    _relay("http", FEDERATE.replace("https:", "http:"), "amazon-connect/relay-state-not-https"),
    _relay("no region", FEDERATE.replace("eu-west-2.", ""), "amazon-connect/relay-state-host-wrong"),
    _relay("region left to fill in", FEDERATE.replace("eu-west-2", "region-id"), "amazon-connect/relay-state-has-placeholder"),
    _relay("as in the instructions", "https://region-id.console.aws.amazon.com/connect/federate/instance-id", "amazon-connect/relay-state-has-placeholder"),
    _relay("in typographic quotation marks", f"“{FEDERATE}”", "amazon-connect/relay-state-in-quotes"),
    _relay("region without hyphens", FEDERATE.replace("eu-west-2", "euwest2"), "amazon-connect/relay-state-host-wrong"),
    _relay("china host", FEDERATE.replace("aws.amazon.com", "amazonaws.cn"), "amazon-connect/relay-state-host-wrong"),
    _relay("other region", FEDERATE.replace("eu-west-2", "us-east-1"), "amazon-connect/relay-state-of-another-region", FEDERATE, seen="all"),
    _relay("near region", FEDERATE.replace("eu-west-2", "eu-west-1"), "amazon-connect/relay-state-of-another-region", FEDERATE, seen="all"),
    _relay("other instance", FEDERATE.replace("7d1c9e02", "1b2c3d4e"), "amazon-connect/relay-state-of-another-instance", FEDERATE, seen="all"),
    _relay("one digit of the instance", FEDERATE[:-1] + "8", "amazon-connect/relay-state-of-another-instance", FEDERATE, seen="all"),
    _relay("instance cut", FEDERATE[:-1], "amazon-connect/relay-state-instance-malformed"),
    _relay("instance alias", FEDERATE.replace(INSTANCE, "acme"), "amazon-connect/relay-state-instance-malformed"),
    _relay("instance-id", FEDERATE.replace(INSTANCE, "instance-id"), "amazon-connect/relay-state-has-placeholder"),
    _relay("no instance", FEDERATE.replace(INSTANCE, ""), "amazon-connect/relay-state-instance-malformed"),
    _relay("slash behind the instance", FEDERATE + "/", "amazon-connect/relay-state-instance-malformed"),
    _relay("blank behind the instance", FEDERATE + " ", "amazon-connect/relay-state-has-blank"),
    _relay("instance/ before the id", FEDERATE.replace(INSTANCE, f"instance/{INSTANCE}"), "amazon-connect/relay-state-instance-malformed"),
    _relay("console of GovCloud", f"https://console.amazonaws-us-gov.com/connect/federate/{INSTANCE}", "amazon-connect/relay-state-in-govcloud"),
    _relay("instance arn", FEDERATE.replace(INSTANCE, f"arn:aws:connect:eu-west-2:210987654321:instance/{INSTANCE}"), "amazon-connect/relay-state-instance-malformed"),
    _relay("page not encoded", FEDERATE + "?destination=/ccp-v2/chat", "amazon-connect/relay-state-destination-not-encoded", "%2F", severity="warning", given={"relay_state": ""}),
    _relay("outside page not encoded", FEDERATE + "?destination=https://crm.example.com/desk", "amazon-connect/relay-state-destination-not-encoded", "%2F", severity="warning", given={"relay_state": ""}),
)  # fmt: skip

_ADDRESSES = (
    tuple(
        Row(f"connect, acs {name}", "amazon-connect/acs-not-aws-sign-in", SIGN_IN, edits={"acs": url})
        for name, url in {
            "console": "https://console.aws.amazon.com/saml",
            "instance": "https://acme.my.connect.aws/saml",
            "relay state": FEDERATE,
            "portal": "https://portal.sso.eu-west-2.amazonaws.com/saml/assertion/MTExMTIyMjIzMzMzX2lucy0xYTJiM2M0ZDVlNmY3MDgx",
            "sts": "https://sts.amazonaws.com/saml",
            "misspelt": "https://sigin.aws.amazon.com/saml",
        }.items()
    )
    + tuple(
        Row(f"connect, acs {name}", "aws-sign-in/destination-mismatch", SIGN_IN, edits={"acs": url})
        for name, url in {
            "slash": SIGN_IN + "/",
            "http": "http://signin.aws.amazon.com/saml",
            "capitals": "https://signin.aws.amazon.com/SAML",
            "port": "https://signin.aws.amazon.com:8443/saml",
            "metadata": "https://signin.aws.amazon.com/static/saml-metadata.xml",
            "host alone": "https://signin.aws.amazon.com/",
            "console page": "https://signin.aws.amazon.com/console",
        }.items()
    )
    + (
        Row("connect, acs with number", "aws-sign-in/reply-url-with-number", SIGN_IN, edits={"acs": SIGN_IN + "#1"}, style="entra-id"),
        Row("connect, acs with a blank behind it", "aws-sign-in/destination-mismatch", SIGN_IN, edits={"acs": SIGN_IN + " "}),
        Row("connect, audience as acs", "aws-sign-in/acs-is-audience", SIGN_IN, edits={"acs": AUDIENCE}),
        Row("connect, acs and audience swapped", "diagnosis/acs-and-audience-swapped", SIGN_IN, edits={"acs": AUDIENCE, "assertion.audience": SIGN_IN}, alone="aws-sign-in/acs-is-audience"),
        Row("connect, recipient alone", "aws-sign-in/recipient-mismatch", SIGN_IN, edits={"assertion.recipient": "https://signin.aws.amazon.com/saml/"}, style="okta"),
    )
)  # fmt: skip

_AUDIENCES = tuple(
    Row(f"connect, audience {name}", "aws-sign-in/audience-mismatch", AUDIENCE, edits={"assertion.audience": value}, style=style)
    for name, value, style in (
        ("slash", "https://signin.aws.amazon.com/saml/", "okta"),
        ("number", "https://signin.aws.amazon.com/saml#1", "entra-id"),
        ("singular", "urn:amazon:webservice", ""),
        ("capitals", "URN:Amazon:WebServices", "adfs"),
        ("colon", "urn:amazon:webservices:", "google"),
        ("blank", "urn:amazon:webservices ", "keycloak"),
        ("of govcloud", "urn:amazon:webservices:govcloud", ""),
        ("http", "http://signin.aws.amazon.com/saml", "okta"),
        ("instance", "https://acme.my.connect.aws", "okta"),
        ("metadata url", "https://signin.aws.amazon.com/static/saml-metadata.xml", ""),
        ("missing", None, "adfs"),
    )
)  # fmt: skip

_SESSION_NAMES = (
    Row("connect, no session name", "aws-session/session-name-missing", SESSION_NAME, edits={SESSION: None}),
    Row("connect, session name empty", "aws-session/session-name-missing", SESSION_NAME, edits={SESSION: ""}, words="empty"),
    *(
        Row(f"connect, session name called {name}", "aws-session/session-name-missing", SESSION_NAME, edits={f"rename:{SESSION_NAME}": name})
        for name in (
            "RoleSessionName",
            "https://aws.amazon.com/SAML/Attributes/rolesessionname",
            "http://aws.amazon.com/SAML/Attributes/RoleSessionName",
            "https://aws.amazon.com/SAML/Attributes/RoleSessionName/",
            "https://aws.amazon.com/SAML/Attributes/SessionName",
        )
    ),
    Row("connect, both names bare", "aws-iam/names-without-namespace", (ROLE_NAME, SESSION_NAME), edits={f"rename:{ROLE_NAME}": "Role", f"rename:{SESSION_NAME}": "RoleSessionName"}, style="entra-id"),
    Row("connect, both names http", "aws-iam/names-without-namespace", (ROLE_NAME, SESSION_NAME), edits={f"rename:{name}": name.replace("https", "http") for name in (ROLE_NAME, SESSION_NAME)}),
    Row("connect, display name", "aws-session/session-name-has-blank", SESSION_NAME, edits={SESSION: "Mia Lindqvist"}, style="entra-id"),
    Row("connect, blank after the name", "aws-session/session-name-padded", SESSION_NAME, edits={SESSION: USER + " "}, style="okta"),
    Row("connect, expression as name", "aws-session/session-name-is-template", SESSION_NAME, edits={SESSION: "user.email"}, style="okta"),
    Row("connect, template as name", "aws-session/session-name-is-template", SESSION_NAME, edits={SESSION: "${user:mail}"}, words="${user:mail}"),
    Row("connect, windows name", "aws-session/session-name-malformed", SESSION_NAME, edits={SESSION: "EXAMPLE\\mlindqvist"}, style="adfs"),
    Row("connect, accent", "aws-session/session-name-malformed", SESSION_NAME, edits={SESSION: "zoë@example.com"}, style="google"),
    Row("connect, two names", "aws-session/several-session-names", SESSION_NAME, edits={SESSION: (USER, "mia@example.com")}, style="okta"),
    Row("connect, plus sign", "amazon-connect/user-name-characters", SESSION_NAME, edits={SESSION: "mia+1@example.com"}, style="okta"),
    Row("connect, windowsUPN in session and subject", "amazon-connect/user-is-upn", ("e-mail address", "${dir:email}"), edits={SESSION: "mia.lindqvist@corp.acme.local", "assertion.nameid": "mia.lindqvist@corp.acme.local"}),
    Row("connect, UPN of the tenant", "amazon-connect/user-is-upn", ("e-mail address", "user.mail"), edits={SESSION: "mia.lindqvist@acme.onmicrosoft.com"}, style="entra-id", seen="all"),
    Row("connect, other domain", "amazon-connect/user-unknown", USER, "sp", {SESSION: "mia.lindqvist@example.org"}, style="okta", seen="all", words="domain"),
    Row("connect, capitals", "amazon-connect/user-unknown", USER, "sp", {SESSION: "Mia.Lindqvist@example.com"}, seen="all", words="upper and lower case"),
    Row("connect, login name", "amazon-connect/user-unknown", USER, "sp", {SESSION: "mia.lindqvist"}, style="adfs", seen="all"),
    Row("connect, typing mistake", "amazon-connect/user-unknown", USER, "sp", {SESSION: "mia.lindqist@example.com"}, seen="all"),
    Row("connect, nobody", "amazon-connect/user-unknown", "create the user", "sp", {SESSION: "ada.nowak@example.com"}, seen="all"),
    Row("connect, another user told", "amazon-connect/user-unknown", "Mia.Lindqvist@example.com", "sp", given={"users": "", "--user": "Mia.Lindqvist@example.com"}, seen="all"),
)  # fmt: skip

_ROLES = (
    Row("connect, application of the test environment", "amazon-connect/login-of-another-environment", "made for this instance", edits={ROLE: "arn:aws:iam::555566667777:role/CallCentre,arn:aws:iam::555566667777:saml-provider/IdentityCenter", "relay_state": FEDERATE.replace(INSTANCE, "11111111-2222-4333-8444-555555555555")}, seen="all"),
    Row("connect, no attributes of AWS", "aws-iam/no-attributes", (ROLE_NAME, "RoleSessionName"), edits={ROLE: None, SESSION: None}),
    Row("connect, no role", "aws-iam/role-attribute-missing", ROLE_NAME, edits={ROLE: None}),
    Row("connect, role empty", "aws-iam/role-attribute-missing", ROLE_NAME, edits={ROLE: ""}, words="empty"),
    *(
        Row(f"connect, role called {name}", "aws-iam/role-attribute-missing", ROLE_NAME, edits={f"rename:{ROLE_NAME}": name}, words=name)
        for name in (
            "Role",
            "https://aws.amazon.com/SAML/Attributes/role",
            "https://aws.amazon.com/SAML/Attributes/Roles",
            "http://aws.amazon.com/SAML/Attributes/Role",
            "https://aws.amazon.com/SAML/Attributes/Role/",
            "https://aws.amazon.com/saml/attributes/Role",
        )
    ),
    *(
        Row(f"connect, role {name}", f"aws-iam/{rule}", PROVIDER_ARN, edits={ROLE: value}, seen="paste", style=style)
        for name, rule, value, style in (
            ("blank after the comma", "role-has-blank", PAIR.replace(",", ", "), ""),
            ("line break", "role-has-blank", PAIR.replace(",", ",\n"), "adfs"),
            ("blank at the end", "role-has-blank", PAIR + " ", "entra-id"),
            ("in two values", "role-split-across-values", (ROLE_ARN, PROVIDER_ARN), "okta"),
        )
    ),
    *(
        Row(f"connect, role {name}", f"aws-iam/{rule}", ROLE_NAME, edits={ROLE: value}, style=style)
        for name, rule, value, style in (
            ("alone", "role-malformed", ROLE_ARN, ""),
            ("missing, provider alone", "role-malformed", PROVIDER_ARN, "okta"),
            ("name", "role-malformed", "CallCentre", "entra-id"),
            ("with semicolon", "role-malformed", PAIR.replace(",", ";"), "adfs"),
            ("with bar", "role-malformed", PAIR.replace(",", "|"), "google"),
            ("as json", "role-malformed", f'["{ROLE_ARN}","{PROVIDER_ARN}"]', "keycloak"),
            ("in quotes", "role-malformed", f'"{PAIR}"', "okta"),
            ("twice in one value", "role-malformed", f"{PAIR},{PAIR}", "okta"),
            ("without arn:", "role-malformed", PAIR.removeprefix("arn:"), ""),
            ("with eleven digits", "role-malformed", PAIR.replace("210987654321", "21098765432"), ""),
            ("with hyphens", "role-malformed", PAIR.replace("210987654321", "2109-8765-4321"), "entra-id"),
            ("of sts", "role-malformed", PAIR.replace(":iam:", ":sts:"), "okta"),
            ("with one colon", "role-malformed", PAIR.replace("iam::", "iam:"), ""),
            ("without a name", "role-malformed", PAIR.replace("CallCentre", ""), ""),
            ("two providers", "role-malformed", f"{PROVIDER_ARN},{PROVIDER_ARN}", "okta"),
            ("of a session", "provider-kind-wrong", PAIR.replace("role/CallCentre", "assumed-role/CallCentre/mia"), "okta"),
            ("of a user", "provider-kind-wrong", PAIR.replace("role/CallCentre", "user/CallCentre"), "okta"),
            ("with oidc provider", "provider-kind-wrong", PAIR.replace("saml-provider", "oidc-provider"), "okta"),
            ("template", "role-has-placeholder", PAIR.replace("210987654321", "ACCOUNTID"), ""),
            ("whole template", "role-has-placeholder", "arn:aws:iam::ACCOUNTID:role/ROLENAME,arn:aws:iam::ACCOUNTID:saml-provider/SAMLPROVIDERNAME", ""),
            ("template in brackets", "role-has-placeholder", PAIR.replace("210987654321", "<AWS Account ID>"), "okta"),
            ("account typing mistake", "role-of-another-account", f"{ROLE_ARN},{PROVIDER_ARN.replace('210987654321', '210987564321')}", ""),
            ("other account", "role-of-another-account", f"{ROLE_ARN.replace('210987654321', '444455556666')},{PROVIDER_ARN}", "okta"),
            ("other partition", "role-of-another-partition", f"{ROLE_ARN},{PROVIDER_ARN.replace('aws:', 'aws-cn:')}", ""),
            ("partition misspelt", "role-of-another-partition", PAIR.replace("arn:aws:", "arn:asw:"), "adfs"),
            ("capitals in the ARN", "role-letter-case", PAIR.replace(":role/", ":Role/"), "google"),
        )
    ),
    Row("connect, lower-case role name", "aws-iam/role-not-as-given", ROLE_ARN, edits={ROLE: PAIR.replace("CallCentre", "callcentre")}, seen="all"),
    Row("connect, role path left out", "aws-iam/role-not-as-given", "role/sso/CallCentre", given={"role_arn": "arn:aws:iam::210987654321:role/sso/CallCentre"}, seen="all"),
    Row("connect, provider of the first IdP", "aws-iam/provider-not-as-given", "saml-provider/Backup", given={"provider_arn": "arn:aws:iam::210987654321:saml-provider/Backup"}, style="okta", seen="all"),
    Row("connect, both ARNs of another account", "aws-iam/account-not-as-given", "arn:aws:iam::", given={"account_id": "444455556666", "role_arn": "", "provider_arn": ""}, seen="all"),
)  # fmt: skip

_REST = (
    Row("connect, metadata of another application", "aws-iam/issuer-not-of-provider", "Replace metadata", "sp", {"issuer": "http://www.okta.com/exk9zzzz9d9EMsf999d9", "key": "other"}, "okta", seen="idp", words="exk9zzzz9d9EMsf999d9"),
    Row("connect, metadata of another Identity Center application", "aws-identity-center-idp/other-application", "SAML metadata file", "sp", {"issuer": "https://portal.sso.us-west-2.amazonaws.com/saml/assertion/NDQ0NDU1NTU2NjY2X2lucy1hYWJiY2NkZGVlZmYwMDEx", "key": "other"}, seen="idp", words="account 444455556666"),
    Row("connect, certificate rolled", "aws-iam/signed-by-key-outside-provider", "Replace metadata", "sp", {"key": "other"}, seen="idp", words="Response signature invalid"),
    Row("connect, certificate rolled at Entra", "aws-iam/signed-by-key-outside-provider", "Replace metadata", "sp", {"key": "other"}, "entra-id", seen="idp"),
    Row("connect, bound to another role in 2022", "aws-iam/role-not-as-given", "role/Frontline", edits={"response.issue_instant": "2022-11-04T10:00:00Z"}, given={"role_arn": "arn:aws:iam::210987654321:role/Frontline"}, style="okta", seen="all"),
    Row("connect, no subject", "aws-sign-in/nameid-missing", "NameID", edits={"assertion.nameid": None, "assertion.nameid_format": None}, style="adfs"),
    Row("connect, started at the service", "amazon-connect/answered-a-request", _NO_START_URL, edits={"in_response_to": "_0f3a5c7e9b1d"}),
    Row("connect, a day", "aws-session/duration-out-of-range", DURATION_NAME, edits={DURATION: "86400"}),
    Row("connect, ten minutes", "aws-session/duration-out-of-range", DURATION_NAME, edits={DURATION: "600"}, style="okta"),
    Row("connect, hours in words", "aws-session/duration-not-a-number", DURATION_NAME, edits={DURATION: "12h"}, style="entra-id"),
    Row("connect, duration with point", "aws-session/duration-not-a-number", DURATION_NAME, edits={DURATION: "43200.0"}, style="google"),
    Row("connect, duration as time", "aws-session/duration-not-a-number", DURATION_NAME, edits={DURATION: "PT12H"}, style="adfs"),
    Row("connect, encrypted for nobody", "aws-sign-in/encrypted-for-plain-endpoint", "IAM", edits={"encrypt": "assertion"}, severity="warning", style="okta"),
)  # fmt: skip

CONNECT_FAULTS = (*_RELAY_STATE, *_ADDRESSES, *_AUDIENCES, *_SESSION_NAMES, *_ROLES, *_REST)
