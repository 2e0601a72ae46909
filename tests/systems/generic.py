"""Any service: what goes wrong between an identity provider and a service that has no pack of its own."""

# ruff: noqa: E501 - tables read best with one row a line
from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from tests.systems.amazon_connect import EMAIL_FORMAT
from tests.systems.row import Row, System

ACS = "https://app.example.com/saml/acs"
ENTITY = "https://app.example.com/saml/metadata"
REQUEST = "_5e1f0c2a9b7d4e3f8a6c1d0b9e8f7a6c5d4e3f2a"
PERSISTENT, TRANSIENT = (f"urn:oasis:names:tc:SAML:2.0:nameid-format:{name}" for name in ("persistent", "transient"))
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"

SERVICE = System(
    "generic",
    ("okta", "entra-id", "adfs", "google", "keycloak", "aws-identity-center", "onelogin", "shibboleth", "auth0", "pingfederate", "simplesamlphp", "generic"),
    {"acs": ACS, "assertion.audience": ENTITY, "request.issuer": ENTITY, "assertion.nameid_sp_name_qualifier": None},
    {"request_id": REQUEST},
    recognised=False,
)  # fmt: skip

SERVICE_HEALTHY = (
    Row("service"),
    Row("service, started at the IdP", edits={"idp_initiated": "true"}, given={"request_id": ""}),
    Row("service, two audiences", edits={"assertion.audience": (ENTITY, "https://other.example.com")}),
    Row("service, response signed", edits={"sign": "response"}),
    Row("service, assertion signed", edits={"sign": "assertion"}),
    Row("service, a clock forty seconds behind", later=timedelta(seconds=-40)),
    Row("service, required attribute", edits={"attribute:mail": "mia.lindqvist@example.com"}, given={"required_attributes": "mail"}),
)  # fmt: skip


def _audience(name: str, value: str | None, style: str = "", words: str = "") -> Row:
    return Row(
        f"service, audience {name}",
        "web-sso-profile/audience-mismatch",
        ENTITY,
        edits={"assertion.audience": value},
        style=style,
        seen="all",
        words=words,
    )


def _acs(name: str, url: str | None, style: str = "", words: str = "") -> Row:
    return Row(
        f"service, acs {name}",
        "web-sso-profile/destination-mismatch",
        ACS,
        edits={"acs": url},
        style=style,
        seen="all",
        words=words,
    )


def _issuer(name: str, system_style: str, issuer: str, words: str = "") -> Row:
    """The service has another issuer on file than the IdP sends."""
    return Row(
        f"service, issuer {name}",
        "web-sso-profile/issuer-mismatch",
        "",
        "sp",
        {"issuer": issuer},
        system_style,
        seen="idp",
        words=words,
    )


def _attribute(name: str, wanted: str, sent: Mapping[str, str | None], style: str, words: str = "") -> Row:
    return Row(
        f"service, attribute {name}",
        "web-sso-profile/required-attribute-missing",
        wanted,
        edits=sent,
        style=style,
        given={"required_attributes": wanted},
        seen="all",
        words=words,
    )


def _status(
    name: str, top: str, inner: str | None, rule: str, fix: str, by: str, style: str = "", message: str | None = None
) -> Row:
    edits = {
        "response.status": STATUS + top,
        "response.status_detail_code": inner and STATUS + inner,
        "response.status_message": message,
    }
    return Row(f"service, status {name}", rule, fix, by, edits, style, words=message or "")


ADDRESS_FAULTS = (
    _audience("slash", ENTITY + "/", "okta", "slash"),
    _audience("http", ENTITY.replace("https", "http"), "entra-id", "http"),
    _audience("capitals", ENTITY.replace("saml", "SAML"), "adfs", "case"),
    _audience("port", ENTITY.replace(".com/", ".com:443/"), "google", "port"),
    _audience("www", ENTITY.replace("//app", "//www.app"), "keycloak", "host"),
    _audience("staging", ENTITY.replace("//app", "//app-staging"), "okta", "host"),
    _audience("acs", ACS, "entra-id", "ACS URL"),
    _audience("host alone", "https://app.example.com", "onelogin"),
    _audience("blank", ENTITY + " ", "shibboleth", "blank"),
    _audience("spn", "spn:7d1c9e02-5b1f-4c0e-9a3d-2f6b8e4a1c57", "entra-id"),
    _audience("template", "https://YOUR_DOMAIN/saml/metadata", "auth0"),
    _audience("look-alike", ENTITY.replace("a", "\u0430", 1), "pingfederate"),
    Row("service, audience missing", "web-sso-profile/audience-missing", "audience", edits={"assertion.audience": None}, style="simplesamlphp"),
    Row("service, audience in a second restriction", "web-sso-profile/audience-mismatch", "", edits={"audience_restrictions": (ENTITY, "https://other.example.com")}, style="shibboleth", seen="all"),
    _acs("slash", ACS + "/", "okta", "slash"),
    _acs("http", ACS.replace("https", "http"), "adfs", "http"),
    _acs("port", ACS.replace(".com/", ".com:443/"), "google", "port"),
    _acs("capitals", ACS.replace("acs", "ACS"), "keycloak", "case"),
    _acs("staging", ACS.replace("//app", "//staging"), "entra-id", "host"),
    _acs("audience", ENTITY, "okta", ""),
    _acs("query", ACS + "?tenant=1", "onelogin"),
    _acs("template", "https://<your-domain>/saml/acs", "auth0"),
    Row("service, acs and audience swapped", "diagnosis/acs-and-audience-swapped", (ACS, ENTITY), edits={"acs": ENTITY, "assertion.audience": ACS}, style="okta", seen="all"),
    Row("service, no recipient", "web-sso-profile/recipient-missing", "ACS URL", edits={"assertion.recipient": None}, style="okta"),
    Row("service, recipient alone", "web-sso-profile/recipient-mismatch", ACS, edits={"assertion.recipient": ACS + "/"}, style="auth0", seen="all", words="slash"),
    Row("service, destination alone", "web-sso-profile/destination-mismatch", ACS, edits={"response.destination": ACS.replace("https", "http")}, style="pingfederate", seen="all", words="http"),
    Row("service, other environment", "diagnosis/response-for-another-address", "app.example.com", edits={"acs": ACS.replace("app.", "staging."), "assertion.audience": ENTITY.replace("app.", "staging.")}, style="entra-id", seen="all", words="staging.example.com"),
    _issuer("without slash", "entra-id", "https://sts.windows.net/3f1c0c5e-7d0b-4a55-9a5e-5f0d2b7a9c11", "slash"),
    _issuer("https", "okta", "https://www.okta.com/exk1fcia6d6EMsf331d8", "http"),
    _issuer("of another application", "okta", "http://www.okta.com/exk9zzzz9d9EMsf999d9"),
    _issuer("of another tenant", "entra-id", "https://sts.windows.net/00000000-7d0b-4a55-9a5e-5f0d2b7a9c11/"),
    _issuer("endpoint instead", "adfs", "https://fs.example.com/adfs/ls/"),
    _issuer("https at AD FS", "adfs", "https://fs.example.com/adfs/services/trust", "http"),
    _issuer("capitals", "keycloak", "https://sso.example.com/realms/Corp", "case"),
    _issuer("sign-in URL", "google", "https://accounts.google.com/o/saml2/idp?idpid=C01abcd2e"),
    _issuer("other realm", "keycloak", "https://sso.example.com/realms/master"),
)  # fmt: skip

TIME_FAULTS = (
    Row("service, ahead by two minutes", "web-sso-profile/not-yet-valid", "NTP", "idp", {"shift_seconds": "125", "in_response_to": REQUEST}, "adfs", words="seconds"),
    Row("service, ahead by ten minutes", "web-sso-profile/not-yet-valid", "NTP", "idp", {"shift_seconds": "600"}, "entra-id"),
    Row("service, ahead by ten minutes, with tolerance", "web-sso-profile/not-yet-valid", "NTP", "idp", {"shift_seconds": "700"}, "okta"),
    Row("service, page of the day before", "diagnosis/old-response", "afresh", "user", {}, "okta", later=timedelta(hours=26), words="25 hours", seen="all"),
    Row("service, expired two minutes ago", "web-sso-profile/expired", "Sign in again", "idp", {}, "okta", later=timedelta(minutes=7, seconds=5)),
    Row("service, confirmation expired", "web-sso-profile/confirmation-expired", "Sign in again", "idp", {}, "adfs", later=timedelta(minutes=7)),
    Row("service, behind by a quarter", "web-sso-profile/expired", "NTP", "idp", {"shift_seconds": "-840"}, "keycloak"),
    Row("service, session over", "web-sso-profile/session-expired", "session", "idp", {"assertion.session_not_on_or_after": "2026-05-04T09:00:00Z"}, "keycloak", seen="all"),
    Row("service, no confirmation end", "web-sso-profile/confirmation-end-missing", "NotOnOrAfter", "idp", {"assertion.confirmation_not_on_or_after": None}, "simplesamlphp"),
    Row("service, window inverted", "saml-core/window-inverted", "lifetime", "idp", {"assertion.not_before": "2026-05-04T10:05:00Z", "assertion.not_on_or_after": "2026-05-04T09:55:00Z"}, "pingfederate"),
    Row("service, signed in long ago", "sp-policy/authentication-too-old", "ForceAuthn", "sp", {"assertion.authn_instant": "2026-05-04T01:00:00Z"}, "entra-id", given={"max_authentication_age": "7200"}, seen="all"),
    Row("service, session too long", "sp-policy/session-too-long", "3600", "idp", {"assertion.session_not_on_or_after": "2026-05-05T10:00:00Z"}, "onelogin", given={"max_session_duration": "3600"}, seen="all", severity="warning"),
    Row("service, other request", "web-sso-profile/in-response-to-mismatch", "cookie", "sp", {"in_response_to": "_0000000000000000000000000000000000000000"}, "okta", seen="all"),
    Row("service, started at the IdP but asked", "web-sso-profile/in-response-to-missing", "Start the login at the service", "idp", {"idp_initiated": "true"}, "google", seen="all"),
    Row("service, unsolicited refused", "web-sso-profile/unsolicited-not-allowed", "Start the login at the service", "idp", {"idp_initiated": "true"}, "okta", given={"allow_unsolicited": "false", "request_id": ""}, seen="all"),
    Row("service, confirmation answers another", "web-sso-profile/confirmation-in-response-to", "Start the login afresh", "sp", {"assertion.confirmation_in_response_to": "_0000"}, "shibboleth", seen="paste"),
    Row("service, used before", "sp-policy/replayed", "Start the login afresh", "user", {"assertion.id": "_a1"}, "keycloak", given={"seen_ids": "_a0,_a1"}, seen="all"),
)  # fmt: skip

SUBJECT_FAULTS = (
    Row("service, NameID blank", "saml-core/nameid-blank", "field", "idp", {"assertion.nameid": " "}, "entra-id"),
    Row("service, NameID padded", "saml-core/nameid-whitespace", "white space", "idp", {"assertion.nameid": "mia.lindqvist@example.com "}, "okta", severity="warning"),
    Row("service, no subject", "web-sso-profile/subject-missing", "NameID", edits={"assertion.subject": None}, style="okta"),
    Row("service, NameID missing", "saml-core/nameid-missing", "NameID", "idp", {"assertion.nameid": None}, "adfs"),
    Row("service, no such user", "sp-policy/user-unknown", "the login name that the service knows", "sp", given={"users": "olu.adeyemi@example.com,kim.sato@example.com"}, seen="all", style="entra-id"),
    Row("service, end is no instant", "saml-core/not-on-or-after-malformed", "UTC", edits={"assertion.not_on_or_after": "2026-05-04T12:05:00+0200"}, words="xs:dateTime"),
    Row("service, refused for want of an assignment", "symptom/microsoft-entra-id-aadsts50105", "Users and groups", edits={"response.status": "urn:oasis:names:tc:SAML:2.0:status:Responder", "response.status_detail_code": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", "response.status_message": "AADSTS50105: the user is not assigned"}, style="entra-id"),
    Row("service, more groups than are sent", "entra-id-idp/groups-replaced-by-link", "Groups assigned", edits={"attribute:http://schemas.microsoft.com/claims/groups.link": "https://graph.microsoft.com/v1.0/users/0/getMemberObjects"}, given={"required_attributes": "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"}, style="entra-id", seen="all"),
    Row("service, NameID transient", "web-sso-profile/nameid-format-mismatch", "emailAddress", "idp", {"assertion.nameid_format": TRANSIENT, "assertion.nameid": "_a1b2"}, "shibboleth", given={"nameid_format": EMAIL_FORMAT}, seen="all"),
    Row("service, NameID unspecified", "web-sso-profile/nameid-format-mismatch", "persistent", "idp", {"assertion.nameid_format": UNSPECIFIED}, "okta", given={"nameid_format": "persistent"}, seen="all"),
    Row("service, NameID without format", "web-sso-profile/nameid-format-mismatch", "emailAddress", "idp", {"assertion.nameid_format": None}, "adfs", given={"nameid_format": "emailAddress"}, seen="all"),
    Row("service, NameID is no address", "sp-policy/nameid-shape", "NameID", "idp", {"assertion.nameid_format": EMAIL_FORMAT, "assertion.nameid": "mlindqvist"}, "okta", severity="warning"),
    _attribute("as claim", "email", {f"attribute:{CLAIMS}emailaddress": "mia@example.com", "attribute:email": None}, "entra-id", CLAIMS + "emailaddress"),
    _attribute("short instead of claim", CLAIMS + "emailaddress", {"attribute:email": "mia@example.com", f"attribute:{CLAIMS}emailaddress": None}, "okta", "email"),
    _attribute("as OID", "mail", {"attribute:urn:oid:0.9.2342.19200300.100.1.3": "mia@example.com", "friendly:urn:oid:0.9.2342.19200300.100.1.3": "mail", "attribute:email": None}, "shibboleth", "FriendlyName"),
    _attribute("in capitals", "email", {"rename:email": "Email"}, "keycloak", "Email"),
    _attribute("empty", "department", {"attribute:department": ""}, "okta", "empty"),
    _attribute("missing", "department", {}, "google"),
    _attribute("plural", "groups", {"attribute:group": "staff"}, "adfs", "group"),
    _attribute("of AD FS", "groups", {"attribute:http://schemas.xmlsoap.org/claims/Group": "staff"}, "adfs", "Group"),
)  # fmt: skip

SIGNATURE_FAULTS = (
    Row("service, nothing signed", "signatures/unsigned", "sign the assertion", "idp", {"sign": "none"}, "okta"),
    Row("service, response unsigned", "web-sso-profile/response-not-signed", "sign the response", "idp", {"sign": "assertion"}, "entra-id", given={"want_response_signed": "true"}, seen="all"),
    Row("service, assertion unsigned", "web-sso-profile/assertion-not-signed", "sign the assertion", "idp", {"sign": "response"}, "google", given={"want_assertions_signed": "true"}, seen="all"),
    *(
        Row(f"service, {name}", f"signatures/{name}", "", by, {"damage": name, **more}, style, seen=seen)  # type: ignore[arg-type]
        for name, by, more, style, seen in (
            ("content-changed", "capture", {}, "okta", "paste"),
            ("reindented", "capture", {}, "entra-id", "paste"),
            ("line-endings", "capture", {"layout": "lines"}, "generic", "paste"),
            ("whitespace-trimmed", "capture", {"layout": "lines"}, "generic", "paste"),
            ("base64-damaged", "capture", {"sign": "both"}, "onelogin", "paste"),
            ("signed-info-altered", "capture", {}, "keycloak", "idp"),
            ("signature-value-malformed", "capture", {}, "google", "paste"),
        )
    ),
    *(Row(f"service, certificate rolled at {style}", "signatures/key-rotated", fix, "sp", {"key": "other"}, style, seen="idp") for style, fix in (("entra-id", "Active"), ("adfs", "service"), ("aws-identity-center", "SAML metadata file"), ("okta", "certificate"), ("google", "certificate"))),
    Row("service, key of nobody", "signatures/other-key", "", "sp", {"key": "other", "embed": "none"}, "keycloak", seen="idp"),
    Row("service, sha1 refused", "algorithms/refused", "SHA-256", "idp", {"signature.algorithm": "sha1", "signature.digest_algorithm": "sha1"}, "adfs", given={"algorithms": "modern"}, seen="all"),
    Row("service, not encrypted", "sp-policy/assertion-not-encrypted", "encrypt", "idp", {}, "adfs", given={"want_encrypted": "true"}, seen="all"),
    Row("service, other sign-in", "sp-policy/authn-context-not-accepted", "", "idp", {}, "entra-id", given={"requested_authn_context": "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"}, seen="all"),
)  # fmt: skip

STATUS_FAULTS = (
    _status("denied", "Responder", "RequestDenied", "saml-status/request-denied", "Assign the user", "idp", "okta", "User is not assigned to the client application."),
    _status("no context", "Responder", "NoAuthnContext", "saml-status/no-authn-context", "RequestedAuthnContext", "sp", "adfs"),
    _status("authn failed", "Responder", "AuthnFailed", "saml-status/authn-failed", "sign in again", "user", "entra-id", "No session"),
    _status("name policy", "Requester", "InvalidNameIDPolicy", "saml-status/invalid-nameid-policy", "NameID format", "idp", "shibboleth"),
    _status("passive", "Responder", "NoPassive", "saml-status/no-passive", "", "sp", "keycloak"),
    _status("requester", "Requester", None, "saml-status/requester", "Compare the request", "sp", "google"),
    _status("responder", "Responder", None, "saml-status/responder", "log", "idp", "adfs"),
    _status("version", "VersionMismatch", None, "saml-status/version-mismatch", 'Version="2.0"', "sp", "pingfederate"),
    _status("unsupported", "Requester", "RequestUnsupported", "saml-status/request-unsupported", "", "sp", "simplesamlphp"),
    _status("binding", "Requester", "UnsupportedBinding", "saml-status/unsupported-binding", "", "sp", "keycloak"),
    _status("nobody", "Responder", "UnknownPrincipal", "saml-status/unknown-principal", "", "idp", "simplesamlphp"),
    Row("service, success without assertion", "web-sso-profile/no-assertion", "", "idp", {"assertions": "0"}, "okta"),
    Row("service, two assertions", "structure/several-assertions", "one assertion", "idp", {"assertions": "2", "sign": "response"}, "pingfederate"),
    Row("service, not the browser profile", "web-sso-profile/confirmation-not-bearer", "bearer", "idp", {"assertion.confirmation_method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"}, "shibboleth"),
    Row("service, attribute answer", "web-sso-profile/authn-statement-missing", "authentication", "idp", {"assertion.authn_statement": None}, "adfs"),
)  # fmt: skip

SERVICE_FAULTS = (*ADDRESS_FAULTS, *TIME_FAULTS, *SUBJECT_FAULTS, *SIGNATURE_FAULTS, *STATUS_FAULTS)
