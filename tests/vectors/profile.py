"""Messages that the provider did sign, and that are not for this service, this login or this moment.

Comparison is by code points and nothing else: python3-saml takes Recipient by substring and Destination by prefix (SECURITY 3c).
"""

from __future__ import annotations

import re
from datetime import timedelta

from samlcheck.forge import AT
from tests.trust.signing import placed, sign, template
from tests.vectors.making import ACS, RESPONSE, SIGNED, SP, genuine, idp, posted, unsigned
from tests.vectors.vector import Sent, combined, refused

LOOK_ALIKES = {
    "prefix": "https://sp.example/saml/ac",
    "longer": f"{ACS}/other",
    "query-added": f"{ACS}?x=1",
    "fragment-added": f"{ACS}#x",
    "slash-added": f"{ACS}/",
    "another-host": "https://sp.example.attacker.example/saml/acs",
    "host-in-the-user-part": "https://sp.example@attacker.example/saml/acs",
    "inside-another": f"https://attacker.example/?to={ACS}",
    "another-scheme": "http://sp.example/saml/acs",
    "another-port": "https://sp.example:8443/saml/acs",
    "host-in-capitals": "https://SP.EXAMPLE/saml/acs",
    "path-in-capitals": "https://sp.example/SAML/ACS",
    "default-port": "https://sp.example:443/saml/acs",
    "dot-segment": "https://sp.example/saml/./acs",
    "percent-encoded": "https://sp.example/saml/%61cs",
    "look-alike-letter": "https://sp.ex\u0430mple/saml/acs",
    "trailing-dot": "https://sp.example./saml/acs",
    "another-service": "https://other.example/saml/acs",
    "blank-inside": "https://sp.example/saml/ acs",
    "empty": "",
}


@refused("web-sso-profile/recipient-mismatch", "web-sso-profile/recipient-missing", cases=LOOK_ALIKES)
def recipient(value: str) -> Sent:
    """A Recipient that is nearly, or not at all, the address of this service."""
    return posted(genuine(assertion__recipient=value))


@refused("web-sso-profile/destination-mismatch", "web-sso-profile/destination-missing", cases=LOOK_ALIKES)
def destination(value: str) -> Sent:
    """A Destination that is nearly, or not at all, the address of this service."""
    return posted(genuine(response__destination=value))


AUDIENCES = {
    "prefix": SP[:-1],
    "longer": f"{SP}/x",
    "slash-added": f"{SP}/",
    "in-capitals": SP.upper(),
    "another": "https://other.example/saml",
    "look-alike-letter": SP.replace("a", "\u0430"),
    "inside-another": f"urn:x:{SP}",
    "another-scheme": SP.replace("https", "http"),
}


@refused("web-sso-profile/audience-mismatch", cases=AUDIENCES)
def audience(value: str) -> Sent:
    """An Audience that is nearly, or not at all, this service."""
    return posted(genuine(assertion__audience=value))


@refused(
    "web-sso-profile/audience-missing", "web-sso-profile/audience-mismatch", cases={"left-out": None, "empty": "", "blank": " "}
)
def no_audience(value: str | None) -> Sent:
    """No Audience at all: the assertion is for anybody (samlify GHSA-wxh7-j2vx-w63f)."""
    return posted(genuine(assertion__audience=value))


@refused(
    "web-sso-profile/audience-mismatch",
    cases=combined(
        {
            "other-last": (SP, "https://other.example"),
            "other-first": ("https://other.example", SP),
            "other-twice": (SP, "urn:a", "urn:b"),
        }
    ),
)
def several_restrictions(audiences: tuple[str, ...]) -> Sent:
    """Several AudienceRestrictions of which one is for another service: all of them must hold (core 2.5.1.4)."""
    return posted(genuine(audience_restrictions=audiences))


@refused(
    "saml-core/condition-not-understood", cases={"unknown": "Unknown", "look-alike": "AudienceRestrictions", "case": "onetimeuse"}
)
def condition(name: str) -> Sent:
    """A condition that nobody understands makes the assertion indeterminate (core 2.5.1.1)."""
    return posted(genuine(assertion__other_conditions=name))


@refused("saml-core/condition-not-understood")
def foreign_condition() -> Sent:
    """A condition of another namespace, signed by the provider."""
    inside = '<x:Only xmlns:x="urn:example:conditions"/>'
    xml = unsigned().replace("</saml:AudienceRestriction>", f"</saml:AudienceRestriction>{inside}", 1)
    return posted(sign(placed(xml, template(f"#{RESPONSE}")), idp()))


@refused("sp-policy/replayed", cases=SIGNED)
def replayed(signed: str) -> Sent:
    """An assertion that was used before (samly CVE-2026-53424)."""
    return posted(genuine(signed, assertion__id="_used"), parameters={"seen_ids": "_other,_used"})


METHODS = {
    "holder-of-key": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key",
    "sender-vouches": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches",
    "saml1-bearer": "urn:oasis:names:tc:SAML:1.0:cm:bearer",
    "empty": "",
    "in-capitals": "urn:oasis:names:tc:SAML:2.0:cm:BEARER",
    "none": None,
}


@refused("web-sso-profile/confirmation-not-bearer", cases=METHODS)
def confirmation_method(value: str | None) -> Sent:
    """A confirmation of another method than bearer: the browser proves no key (profiles 4.1.4.2)."""
    return posted(genuine(assertion__confirmation_method=value))


@refused("web-sso-profile/confirmation-data-missing")
def no_confirmation_data() -> Sent:
    """A bearer confirmation without any condition."""
    edits = dict.fromkeys(
        ("assertion__recipient", "assertion__confirmation_not_on_or_after", "assertion__confirmation_in_response_to")
    )
    return posted(genuine(**edits))


@refused(
    "web-sso-profile/confirmation-expired",
    "web-sso-profile/confirmation-end-missing",
    "web-sso-profile/expired",
    "saml-core/confirmation-end-malformed",
    cases={"left-out": None, "past": "2026-05-04T09:50:00Z", "no-instant": "soon", "date-alone": "2026-05-05", "empty": ""},
)
def confirmation_end(value: str | None) -> Sent:
    """NotOnOrAfter of the confirmation is missing, past or no instant (Keycloak CVE-2026-1190)."""
    return posted(genuine(assertion__confirmation_not_on_or_after=value))


@refused("web-sso-profile/recipient-missing")
def no_recipient() -> Sent:
    """No Recipient: the assertion may be presented anywhere."""
    return posted(genuine(assertion__recipient=None))


@refused(
    "web-sso-profile/expired",
    "web-sso-profile/confirmation-expired",
    cases=combined({"at-the-very-end": 360, "a-second-later": 361, "an-hour-later": 3600}, SIGNED),
)
def too_late(seconds: int, signed: str) -> Sent:
    """Presented after its end; at the end itself it has ended (core 2.5.1.2), a minute of clock difference included."""
    return posted(genuine(signed), at=AT + timedelta(seconds=seconds))


@refused("web-sso-profile/not-yet-valid", cases={"a-second": 121, "an-hour": 3600})
def too_early(seconds: int) -> Sent:
    """Presented before it begins."""
    return posted(genuine(), at=AT - timedelta(seconds=seconds))


@refused(
    "web-sso-profile/expired",
    "web-sso-profile/confirmation-expired",
    "saml-core/window-inverted",
    "saml-core/not-on-or-after-malformed",
    cases={
        "zone-that-hides-it": "2026-05-04T12:01:00+03:00",
        "far-west": "2026-05-04T00:00:00-01:00",
        "no-instant": "tomorrow",
        "year-five-digits": "12026-05-04T10:05:00Z",
    },
)
def end_in_disguise(value: str) -> Sent:
    """An end that is past once its time zone is counted, or no instant at all."""
    return posted(genuine(assertion__not_on_or_after=value))


@refused(
    "web-sso-profile/in-response-to-mismatch",
    "web-sso-profile/confirmation-in-response-to",
    cases={"other": "_other", "empty": "", "prefix": "_5e1f", "in-capitals": "_5E1F0C2A9B7D4E3F8A6C1D0B9E8F7A6C5D4E3F2A"},
)
def in_response_to(value: str) -> Sent:
    """The answer to another request (samly CVE-2026-53425)."""
    return posted(genuine(in_response_to=value))


@refused("web-sso-profile/confirmation-in-response-to", cases={"other": "_other", "left-out": None, "empty": ""})
def confirmation_in_response_to(value: str | None) -> Sent:
    """Response and confirmation disagree about the request."""
    return posted(genuine(assertion__confirmation_in_response_to=value))


@refused("web-sso-profile/in-response-to-missing", "web-sso-profile/unsolicited-not-allowed", cases=SIGNED)
def unsolicited(signed: str) -> Sent:
    """A response that nobody asked for, where the service asks (login by force)."""
    return posted(genuine(signed, idp_initiated="true"), parameters={"allow_unsolicited": "false"})


ISSUERS = {
    "slash-added": "https://idp.example/saml/metadata/",
    "in-capitals": "HTTPS://IDP.EXAMPLE/SAML/METADATA",
    "another": "https://attacker.example",
    "longer": "https://idp.example/saml/metadata2",
    "look-alike-letter": "https://idp.ex\u0430mple/saml/metadata",
    "blank-behind": "https://idp.example/saml/metadata ",
}


@refused("web-sso-profile/issuer-mismatch", cases=ISSUERS)
def issuer(value: str) -> Sent:
    """An Issuer that is nearly, or not at all, the provider whose key signed."""
    return posted(genuine(issuer=value))


@refused(
    "web-sso-profile/response-issuer-mismatch",
    "web-sso-profile/issuer-mismatch",
    "web-sso-profile/issuers-differ",
    cases={"of-the-response": "response__issuer", "of-the-assertion": "assertion__issuer"},
)
def one_issuer(which: str) -> Sent:
    """Response and assertion name different issuers."""
    return posted(genuine(**{which: "https://attacker.example"}))


@refused("saml-core/issuer-missing", "web-sso-profile/issuer-mismatch", cases={"left-out": None, "empty": "", "blank": " "})
def no_issuer(value: str | None) -> Sent:
    """An assertion that nobody issued."""
    return posted(genuine(assertion__issuer=value))


CODES = {
    "responder": "urn:oasis:names:tc:SAML:2.0:status:Responder",
    "requester": "urn:oasis:names:tc:SAML:2.0:status:Requester",
    "empty": "",
    "saml1": "urn:oasis:names:tc:SAML:1.0:status:Success",
    "in-capitals": "URN:OASIS:NAMES:TC:SAML:2.0:STATUS:SUCCESS",
    "short": "Success",
    "blank-behind": "urn:oasis:names:tc:SAML:2.0:status:Success ",
    "longer": "urn:oasis:names:tc:SAML:2.0:status:SuccessX",
}


@refused("saml-core/status-not-success", "saml-status/responder", "saml-status/requester", cases=CODES)
def status(value: str) -> Sent:
    """Any status but Success, an assertion beside it notwithstanding."""
    return posted(genuine(response__status=value, assertions="1"))


@refused(
    "saml-core/status-missing",
    "saml-core/status-not-success",
    cases={"status": r"<samlp:Status>.*?</samlp:Status>", "code": r"<samlp:StatusCode [^>]*/>"},
)
def no_status(part: str) -> Sent:
    """No Status, or one without a code."""
    return posted(re.sub(part, "", genuine("assertion")))


@refused(
    "saml-core/status-not-success",
    "saml-status/responder",
    "saml-status/requester",
    cases={
        "success-nested-in-failure": ("urn:oasis:names:tc:SAML:2.0:status:Responder", "urn:oasis:names:tc:SAML:2.0:status:Success")
    },
)
def contradicting_status(outer: str, inner: str) -> Sent:
    """Success, but only as the second-level code of a failure."""
    return posted(genuine(response__status=outer, response__status_detail_code=inner, assertions="1"))


@refused(
    "saml-core/response-version",
    "saml-core/assertion-version",
    cases=combined(
        {"of-the-response": "response__version", "of-the-assertion": "assertion__version"},
        {"1.1": "1.1", "left-out": None, "empty": "", "2": "2"},
    ),
)
def version(which: str, value: str | None) -> Sent:
    """Another version of SAML than 2.0."""
    return posted(genuine(**{which: value}))


@refused("web-sso-profile/authn-statement-missing")
def no_authn_statement() -> Sent:
    """An assertion about attributes, not about a sign-in."""
    return posted(genuine(assertion__authn_statement=None))


@refused("saml-core/nameid-blank", "saml-core/nameid-whitespace", cases={"empty": "", "blank": " ", "line-break": "\n"})
def blank_nameid(value: str) -> Sent:
    """A NameID without a name."""
    return posted(genuine(assertion__nameid=value))


@refused("web-sso-profile/no-assertion", signature="valid")
def no_assertion() -> Sent:
    """Success without any assertion."""
    return posted(genuine("response", assertions="0"))


@refused("web-sso-profile/assertion-not-signed", cases={"response-alone": "response"})
def assertion_signature_wanted(signed: str) -> Sent:
    """The service insists on a signed assertion, and only the response is signed."""
    return posted(genuine(signed), parameters={"want_assertions_signed": "true"})


@refused("web-sso-profile/response-not-signed", cases={"assertion-alone": "assertion"})
def response_signature_wanted(signed: str) -> Sent:
    """The service insists on a signed response, and only the assertion is signed."""
    return posted(genuine(signed), parameters={"want_response_signed": "true"})


@refused("web-sso-profile/session-expired")
def session_over() -> Sent:
    """A session that ended before it began."""
    return posted(genuine(assertion__session_not_on_or_after="2026-05-04T09:00:00Z"))
