"""What python3-saml says of the same response, with the same clock and settings: a mirror, never the verdict.

The library reads the system clock and a constant drift; both are set for the length of one call and put back. Its
numbered errors are mapped to our rule ids (the table in docs/second-opinion.md is checked against ``CODES``).
"""

from __future__ import annotations

import base64
import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from samlcheck.case import Case
from samlcheck.facts import FactTable
from samlcheck.inspection import Diagnosis, SecondOpinion

CODES: dict[int, tuple[str, tuple[str, ...]]] = {
    0: ("UNSUPPORTED_SAML_VERSION", ("saml-core/response-version",)),
    1: ("MISSING_ID", ("saml-core/response-id",)),
    2: ("WRONG_NUMBER_OF_ASSERTIONS", ("web-sso-profile/no-assertion", "web-sso-profile/several-assertions", "structure/*")),
    3: ("MISSING_STATUS", ("saml-core/status-missing",)),
    4: ("MISSING_STATUS_CODE", ("saml-core/status-missing",)),
    5: ("STATUS_CODE_IS_NOT_SUCCESS", ("saml-core/status-not-success", "saml-status/*")),
    6: ("WRONG_SIGNED_ELEMENT", ("structure/*",)),
    7: ("ID_NOT_FOUND_IN_SIGNED_ELEMENT", ("structure/*",)),
    8: ("DUPLICATED_ID_IN_SIGNED_ELEMENTS", ("structure/*",)),
    9: ("INVALID_SIGNED_ELEMENT", ("structure/*", "signatures/*")),
    10: ("DUPLICATED_REFERENCE_IN_SIGNED_ELEMENTS", ("structure/*",)),
    11: ("UNEXPECTED_SIGNED_ELEMENTS", ("structure/*",)),
    12: ("WRONG_NUMBER_OF_SIGNATURES_IN_RESPONSE", ("structure/*",)),
    13: ("WRONG_NUMBER_OF_SIGNATURES_IN_ASSERTION", ("structure/*",)),
    14: ("INVALID_XML_FORMAT", ("saml-core/*", "web-sso-profile/*", "structure/*", "signatures/*")),
    15: ("WRONG_INRESPONSETO", ("web-sso-profile/in-response-to-mismatch",)),
    16: ("NO_ENCRYPTED_ASSERTION", ("sp-policy/assertion-not-encrypted",)),
    17: ("NO_ENCRYPTED_NAMEID", ("sp-policy/assertion-not-encrypted",)),
    18: ("MISSING_CONDITIONS", ("web-sso-profile/audience-missing",)),
    19: ("ASSERTION_TOO_EARLY", ("web-sso-profile/not-yet-valid",)),
    20: ("ASSERTION_EXPIRED", ("web-sso-profile/expired",)),
    21: ("WRONG_NUMBER_OF_AUTHSTATEMENTS", ("web-sso-profile/authn-statement-missing",)),
    22: ("NO_ATTRIBUTESTATEMENT", ("web-sso-profile/required-attribute-missing",)),
    23: ("ENCRYPTED_ATTRIBUTES", ("structure/*",)),
    24: ("WRONG_DESTINATION", ("web-sso-profile/destination-mismatch",)),
    25: ("EMPTY_DESTINATION", ("web-sso-profile/destination-missing", "web-sso-profile/destination-mismatch")),
    26: ("WRONG_AUDIENCE", ("web-sso-profile/audience-mismatch",)),
    27: ("ISSUER_MULTIPLE_IN_RESPONSE", ("saml-core/issuer-missing", "web-sso-profile/response-issuer-mismatch")),
    28: ("ISSUER_NOT_FOUND_IN_ASSERTION", ("saml-core/issuer-missing",)),
    29: ("WRONG_ISSUER", ("web-sso-profile/issuer-mismatch", "web-sso-profile/response-issuer-mismatch")),
    30: ("SESSION_EXPIRED", ("web-sso-profile/session-expired",)),
    31: (
        "WRONG_SUBJECTCONFIRMATION",
        ("web-sso-profile/confirmation-*", "web-sso-profile/recipient-*", "web-sso-profile/subject-missing"),
    ),
    32: ("NO_SIGNED_MESSAGE", ("web-sso-profile/response-not-signed",)),
    33: ("NO_SIGNED_ASSERTION", ("web-sso-profile/assertion-not-signed",)),
    34: ("NO_SIGNATURE_FOUND", ("signatures/*",)),
    35: ("KEYINFO_NOT_FOUND_IN_ENCRYPTED_DATA", ("signatures/*", "structure/*")),
    36: ("CHILDREN_NODE_NOT_FOUND_IN_KEYINFO", ("signatures/*", "structure/*")),
    37: ("UNSUPPORTED_RETRIEVAL_METHOD", ("signatures/*", "structure/*")),
    38: ("NO_NAMEID", ("saml-core/nameid-missing", "web-sso-profile/subject-missing")),
    39: ("EMPTY_NAMEID", ("saml-core/nameid-blank",)),
    40: ("SP_NAME_QUALIFIER_NAME_MISMATCH", ("saml-core/nameid-missing",)),
    41: ("DUPLICATED_ATTRIBUTE_NAME_FOUND", ("saml-core/attribute-duplicated",)),
    42: ("INVALID_SIGNATURE", ("signatures/*", "structure/*")),
    43: ("WRONG_NUMBER_OF_SIGNATURES", ("structure/*",)),
    44: ("RESPONSE_EXPIRED", ("web-sso-profile/expired", "web-sso-profile/confirmation-expired")),
    45: ("AUTHN_CONTEXT_MISMATCH", ("sp-policy/authn-context-*",)),
    46: ("DEPRECATED_SIGNATURE_METHOD", ("algorithms/*", "signatures/*")),
    47: ("DEPRECATED_DIGEST_METHOD", ("algorithms/*", "signatures/*")),
}
"""Every validation code of python3-saml 1.16, its name and the rules of ours that say the same."""

LENIENT: tuple[tuple[str, str], ...] = (
    ("web-sso-profile/recipient-*", "it compares Recipient by substring and lets it be absent"),
    ("web-sso-profile/destination-*", "it compares Destination by prefix and lets it be absent"),
    ("web-sso-profile/audience-*", "it lets the audience be absent and treats several AudienceRestrictions as alternatives"),
    ("web-sso-profile/confirmation-*", "it lets NotOnOrAfter, Recipient and InResponseTo be absent"),
    ("web-sso-profile/in-response-to-*", "it compares InResponseTo only where the response has one"),
    ("web-sso-profile/unsolicited-not-allowed", "it leaves unsolicited responses to the caller"),
    ("web-sso-profile/not-yet-valid", "it allows five minutes of drift on Conditions unless told otherwise"),
    ("web-sso-profile/required-attribute-missing", "it knows no required attributes"),
    ("web-sso-profile/relay-state-mismatch", "it does not look at RelayState"),
    ("sp-policy/*", "it leaves such policies to the caller"),
    ("saml-core/*", "it does not check this point of SAML core"),
    ("structure/*", "it does not refuse this"),
    ("algorithms/*", "it accepts this algorithm or key"),
    ("signatures/*", "it accepts this signature"),
    ("*/*", "it knows nothing of the service's own requirements"),
)
"""Why python3-saml may accept what a rule of ours refuses; the first match counts."""


def ask(case: Case, diagnosis: Diagnosis, private_keys: tuple[bytes, ...] = ()) -> SecondOpinion:
    """Return python3-saml's strict verdict on the response of a case.

    What the user did not tell (ACS, audience, issuer) is taken from the message itself, so that only what both can
    know is compared. Never raises: what cannot be asked has ``accepts`` None and a reason.
    """
    login = case.login.response
    if login is None or login.anatomy.kind != "response":
        return _unavailable("there is no response to show it")
    certificates = [base64.b64encode(key.certificate_der).decode() for key in case.anchors.keys if key.certificate_der]
    if not certificates:
        return _unavailable("it needs the IdP's certificate (--idp)")
    try:
        from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
        from onelogin.saml2.response import OneLogin_Saml2_Response
        from onelogin.saml2.settings import OneLogin_Saml2_Settings
    except ImportError as error:
        return _unavailable(f"python3-saml cannot be imported ({type(error).__name__})")
    table = FactTable(case)
    try:
        settings = OneLogin_Saml2_Settings(_settings(case, table, certificates, private_keys), sp_validation_only=True)
        with _clock(case):
            response = OneLogin_Saml2_Response(settings, base64.b64encode(login.captured.artifact.data))
            response.is_valid(_request(table), request_id=_request_id(case, table), raise_exceptions=True)
    except (OneLogin_Saml2_ValidationError, OneLogin_Saml2_Error) as error:
        named = CODES.get(error.code) if isinstance(error, OneLogin_Saml2_ValidationError) else None
        return _refused(diagnosis, *(named or (f"error {error.code}", ())), str(error))
    except Exception as error:  # noqa: BLE001 - whatever the other library raises is its opinion, not our crash
        return _refused(diagnosis, type(error).__name__, (), "it failed on this message")
    return _accepted(diagnosis)


def _unavailable(reason: str) -> SecondOpinion:
    return SecondOpinion(None, "", "", "", None, reason)


def _failed_rules(diagnosis: Diagnosis) -> list[str]:
    found = [item for cause in diagnosis.causes for item in (cause.finding, *cause.consequences)]
    return [item.rule for item in found if item.severity == "error"]


def _refused(diagnosis: Diagnosis, code: str, rules: tuple[str, ...], message: str) -> SecondOpinion:
    failed = _failed_rules(diagnosis)
    same = next((rule for rule in failed if any(fnmatchcase(rule, pattern) for pattern in rules)), "")
    agrees = None if diagnosis.verdict == "cannot-tell" else diagnosis.verdict == "rejected"
    reason = "" if agrees is not False else "it refuses for a reason that no rule of ours shares"
    return SecondOpinion(False, code, message, same or next((rule for rule in rules if "*" not in rule), ""), agrees, reason)


def _accepted(diagnosis: Diagnosis) -> SecondOpinion:
    if diagnosis.verdict != "rejected":
        return SecondOpinion(True, "", "", "", True if diagnosis.verdict == "accepted" else None, "")
    failed = _failed_rules(diagnosis)
    reasons = [f"{rule}: {next(why for pattern, why in LENIENT if fnmatchcase(rule, pattern))}" for rule in failed[:3]]
    return SecondOpinion(True, "", "", "", False, "; ".join(reasons))


def _settings(case: Case, table: FactTable, certificates: list[str], private_keys: tuple[bytes, ...]) -> dict[str, Any]:
    told = case.told.parameters
    issuer = table.text("idp.entity_id") or table.text("response.issuer") or table.text("assertion.issuer")
    return {
        "strict": True,
        "sp": {
            "entityId": table.text("sp.entity_id") or table.text("assertion.audience") or "urn:unknown",
            "assertionConsumerService": {"url": _acs(table)},
            "privateKey": private_keys[0].decode("ascii", "replace") if private_keys else "",
            "x509cert": "",
        },
        "idp": {
            "entityId": issuer,
            "singleSignOnService": {"url": "https://unused.example/"},
            "x509certMulti": {"signing": certificates, "encryption": certificates[:1]},
        },
        "security": {
            "wantAssertionsSigned": told.get("want_assertions_signed") == "true",
            "wantMessagesSigned": told.get("want_response_signed") == "true",
            "wantNameId": False,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": told.get("algorithms") == "modern",
            "allowRepeatAttributeName": False,
        },
    }


def _acs(table: FactTable) -> str:
    return (
        table.text("sp.acs_urls")
        or table.text("response.destination")
        or table.text("assertion.recipient")
        or "https://unknown.example/"
    )


def _request(table: FactTable) -> dict[str, Any]:
    parts = urlsplit(_acs(table))
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {},
        "post_data": {},
        "query_string": parts.query,
    }


def _request_id(case: Case, table: FactTable) -> str | None:
    return case.told.parameters.get("request_id") or table.text("request.id") or None


@contextmanager
def _clock(case: Case) -> Iterator[None]:
    """Set the library's clock and drift to ours for the length of a call."""
    from onelogin.saml2.constants import OneLogin_Saml2_Constants
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    now, drift = OneLogin_Saml2_Utils.__dict__["now"], OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT
    OneLogin_Saml2_Utils.now = staticmethod(lambda: calendar.timegm(case.clock.at.utctimetuple()))
    OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT = case.skew
    try:
        yield
    finally:
        OneLogin_Saml2_Utils.now = now
        OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT = drift
