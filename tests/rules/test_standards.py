"""The standards and security packs: what people read, what is never said of a healthy login, and what is left open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from samlcheck.finding import Failed, NotChecked, Passed
from samlcheck.forge import STYLES, Keys
from samlcheck.packs.proving import prove
from tests.rules.standards import RULES, Edits, catalogue, findings, knowing_nothing, login, outcomes, packs

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
SECOND_CODES = (
    "AuthnFailed", "InvalidAttrNameOrValue", "InvalidNameIDPolicy", "NoAuthnContext", "NoAvailableIDP", "NoPassive",
    "NoSupportedIDP", "PartialLogout", "ProxyCountExceeded", "RequestDenied", "RequestUnsupported", "RequestVersionDeprecated",
    "RequestVersionTooHigh", "RequestVersionTooLow", "ResourceNotRecognized", "TooManyResponses", "UnknownAttrProfile",
    "UnknownPrincipal", "UnsupportedBinding",
)  # fmt: skip
"""Core 3.2.2.2."""
ALL = [f"{pack.pack}/{rule.id}" for pack in packs() for rule in pack.rules]


@pytest.mark.parametrize("name", [pack.pack for pack in packs()])
def test_every_example_behaves_as_it_says(name: str, idp_keys: Keys) -> None:
    pack = next(pack for pack in packs() if pack.pack == name)
    assert [str(proof) for proof in prove(pack, catalogue(), idp_keys)] == []


# What healthy logins are spared.

CIRCUMSTANCES: dict[str, tuple[Edits, dict[str, str]]] = {
    "sp-initiated": ({}, {}),
    "idp-initiated": ({"idp_initiated": "true"}, {}),
    "idp-initiated-allowed": ({"idp_initiated": "true"}, {"allow_unsolicited": "true"}),
    "request-known": ({}, {"request_id": "_5e1f0c2a9b7d4e3f8a6c1d0b9e8f7a6c5d4e3f2a", "allow_unsolicited": "false"}),
    "encrypted-and-opened": ({"encrypt": "assertion", "decrypt": "right"}, {}),
    "response-signed": ({"sign": "response"}, {"want_response_signed": "true"}),
    "assertion-signed": ({"sign": "assertion"}, {"want_assertions_signed": "true", "algorithms": "modern"}),
    "elliptic-curve": ({"key": "ec"}, {}),
    "session-of-twelve-hours": ({"assertion.session_not_on_or_after": "2026-05-04T22:00:00Z"}, {"max_session_duration": "43200"}),
    "relay-state-expected": ({}, {"relay_state": "https://sp.example/start"}),
}


@pytest.mark.parametrize("circumstances", CIRCUMSTANCES)
@pytest.mark.parametrize("style", STYLES)
def test_a_healthy_login_has_neither_error_nor_warning(style: str, circumstances: str, idp_keys: Keys) -> None:
    edits, parameters = CIRCUMSTANCES[circumstances]
    found = findings(login(idp_keys, edits, style=style, **parameters))
    assert {rule: item.message.plain() for rule, item in found.items() if item.severity != "note"} == {}


@pytest.mark.parametrize("style", STYLES)
def test_a_healthy_login_settles_every_topic(style: str, idp_keys: Keys) -> None:
    found = outcomes(login(idp_keys, {}, style=style))
    settled = {topic for item in found.values() if isinstance(item, Passed) for topic in item.settles}
    assert settled == {"status", "signature", "window", "audience", "recipient", "destination"}


# What people read. Edits, parameters, the rule, its message, who changes what.

TEXTS: dict[str, tuple[Edits, dict[str, str], str, str, str]] = {
    "audience-slash": (
        {"assertion.audience": "https://sp.example/saml/metadata/"}, {}, "web-sso-profile/audience-mismatch",
        "Audience is https://sp.example/saml/metadata/; this service is https://sp.example/saml/metadata "
        "(it has a slash at the end).",
        "idp: In the identity provider, set the audience (SP entity ID) to https://sp.example/saml/metadata.",
    ),
    "audience-is-the-acs": (
        {"assertion.audience": "https://sp.example/saml/acs"}, {}, "web-sso-profile/audience-mismatch",
        "Audience is https://sp.example/saml/acs; this service is https://sp.example/saml/metadata (this is the ACS URL).",
        "idp: In the identity provider, set the audience (SP entity ID) to https://sp.example/saml/metadata.",
    ),
    "destination-scheme": (
        {"response.destination": "http://sp.example/saml/acs"}, {}, "web-sso-profile/destination-mismatch",
        "Destination is http://sp.example/saml/acs; the service listens at https://sp.example/saml/acs "
        "(it begins with http:// instead of https://).",
        "idp: In the identity provider, set the ACS URL to https://sp.example/saml/acs.",
    ),
    "recipient-missing": (
        {"assertion.recipient": None}, {}, "web-sso-profile/recipient-mismatch",
        "Recipient is missing; the service listens at https://sp.example/saml/acs (it is not there).",
        "idp: In the identity provider, set the ACS URL to https://sp.example/saml/acs.",
    ),
    "issuer-slash": (
        {"issuer": "https://idp.example/saml/metadata/"}, {}, "web-sso-profile/issuer-mismatch",
        "Issuer is https://idp.example/saml/metadata/; the service knows https://idp.example/saml/metadata "
        "(it has a slash at the end).",
        "sp: At the service, load the metadata of the identity provider that really answers, or correct the entityID there: "
        "the two must be equal character by character.",
    ),
    "clock-ahead": (
        {"assertion.not_before": "2026-05-04T10:00:45Z"}, {}, "web-sso-profile/not-yet-valid",
        "NotBefore is 2026-05-04T10:00:45Z; the login is judged at 2026-05-04T10:00:00Z: it begins 45 seconds later. "
        "The clock of the identity provider is ahead of that of the service.",
        "idp: Synchronise the clocks of identity provider and service by NTP, and let the service tolerate a small difference "
        "(one or two minutes).",
    ),
    "expired": (
        {"assertion.not_on_or_after": "2026-05-04T09:59:30Z"}, {}, "web-sso-profile/expired",
        "NotOnOrAfter is 2026-05-04T09:59:30Z; the login is judged at 2026-05-04T10:00:00Z: it ended 30 seconds earlier.",
        "idp: Sign in again. If it happens every time, synchronise the clocks of identity provider and service by NTP; a service "
        "may tolerate a difference of a minute or two.",
    ),
    "other-request": (
        {}, {"request_id": "_other"}, "web-sso-profile/in-response-to-mismatch",
        "InResponseTo is _5e1f0c2a9b7d4e3f8a6c1d0b9e8f7a6c5d4e3f2a; the service waits for an answer to _other.",
        "sp: Start the login afresh in one tab. If it persists, the service loses the request it sent: a session cookie that is "
        "not sent along with the POST, or several nodes without a shared session store.",
    ),
    "unsolicited": (
        {"idp_initiated": "true"}, {"allow_unsolicited": "false"}, "web-sso-profile/unsolicited-not-allowed",
        "The response has no InResponseTo, so it is unsolicited (started at the identity provider), and this service refuses "
        "such responses.",
        "idp: Start the login at the service: put the service's own login URL on the identity provider's tile.",
    ),
    "attribute-by-another-name": (
        {"rename:email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"}, {"required_attributes": "email"},
        "web-sso-profile/required-attribute-missing",
        "The service looks for the attribute email by exactly this Name and does not find it: there is "
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress instead, another name for the mail address.",
        "idp: Have the identity provider send it under exactly the Name email, or let the service read the Name that is sent.",
    ),
    "request-for-another-acs": (
        {"request.acs_url": "https://sp.example:443/saml/acs"}, {}, "requests/acs-mismatch",
        "AssertionConsumerServiceURL is https://sp.example:443/saml/acs; registered is https://sp.example/saml/acs "
        "(the default port 443 is spelt out). An identity provider must not answer to a URL that is not registered.",
        "sp: Set the public URL of the service right (scheme, host, port: behind a proxy it often guesses wrong), or register "
        "the URL at the identity provider.",
    ),
    "no-authn-context": (
        {"response.status": f"{STATUS}Responder", "response.status_detail_code": f"{STATUS}NoAuthnContext",
         "request.authn_context": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"},
        {}, "requests/authn-context-refused",
        "The request demands urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport (Comparison: (none); none means "
        "exact), and the identity provider answered NoAuthnContext: this user signed in in another way.",
        'sp: Have the service leave RequestedAuthnContext out, or ask with Comparison="minimum".',
    ),
    "request-denied": (
        {"response.status": f"{STATUS}Responder", "response.status_detail_code": f"{STATUS}RequestDenied",
         "response.status_message": "Not assigned to the application"},
        {}, "saml-status/request-denied",
        "StatusMessage: “Not assigned to the application”. RequestDenied: the request was understood and refused. Usual reasons "
        "are a user who is not assigned to the application and a policy that does not let this sign-in through.",
        "idp: Assign the user to the application, and look up the refusal in the identity provider's log.",
    ),
    "unsigned": (
        {"sign": "none"}, {}, "signatures/unsigned",
        "There is no signature at all. Over the POST binding the assertion must be signed, by itself or with the whole response.",
        "idp: In the identity provider, sign the assertion.",
    ),
    "sha1": (
        {"signature.algorithm": "sha1"}, {}, "algorithms/sha1",
        "The message is signed with http://www.w3.org/2000/09/xmldsig#rsa-sha1. Collisions of SHA-1 can be made; services drop "
        "it one after another.",
        "idp: In the identity provider, sign with SHA-256.",
    ),
    "certificate-expired": (
        {"key": "expired"}, {}, "signatures/certificate-expired",
        "The certificate that verified the signature ended at 2026-01-01T00:00:00Z (it ended 123 days earlier). That alone is no "
        "reason to reject a login, but some services do.",
        "idp: Renew the signing certificate at the identity provider and load the new one at the service before the change.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_what_people_read(case: str, idp_keys: Keys) -> None:
    edits, parameters, rule, message, fix = TEXTS[case]
    found = findings(login(idp_keys, edits, **parameters))[rule]
    assert found.message.plain() == message
    assert f"{found.fix_by}: {found.fix.plain()}" == fix


@pytest.mark.parametrize(
    ("edits", "rule", "start", "by"),
    [
        ({"key": "other"}, "key-rotated", "The Assertion is intact, but signed by another key", "sp"),
        ({"key": "other", "embed": "none"}, "other-key", "The Assertion is intact, but the key given did not make", "sp"),
        ({"damage": "content-changed"}, "content-changed", "The content of the Assertion was changed after signing", "capture"),
        ({"damage": "reindented"}, "reindented", "The identity provider signed correctly; your copy was re-formatted", "capture"),
        ({"damage": "line-endings", "layout": "lines"}, "line-endings", "The identity provider signed correctly", "capture"),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else "",
)
def test_what_happened_to_a_signature(edits: Edits, rule: str, start: str, by: str, idp_keys: Keys) -> None:
    found = findings(login(idp_keys, {"sign": "assertion", **edits}))
    assert set(found) == {f"signatures/{rule}", "signatures/untrusted"}
    cause = found[f"signatures/{rule}"]
    assert cause.message.plain().startswith(start)
    assert cause.fix_by == by
    assert "signatures/untrusted" in cause.explains


@pytest.mark.parametrize("code", SECOND_CODES)
def test_every_status_code_has_a_rule_that_shows_the_message_first(code: str, idp_keys: Keys) -> None:
    edits: Edits = {
        "response.status": f"{STATUS}Responder",
        "response.status_detail_code": STATUS + code,
        "response.status_message": "What the log says",
    }
    found = findings(login(idp_keys, edits))
    (rule,) = (rule for rule in found if rule.startswith("saml-status/"))
    assert found[rule].message.plain().startswith(f"StatusMessage: “What the log says”. {code}: ")
    assert "saml-core/status-not-success" in found[rule].explains


def test_a_status_code_of_its_own_is_named(idp_keys: Keys) -> None:
    edits: Edits = {"response.status": f"{STATUS}Responder", "response.status_detail_code": "urn:example:LicenceExpired"}
    found = findings(login(idp_keys, edits))["saml-status/second-code-unknown"]
    assert "urn:example:LicenceExpired" in found.message.plain()
    assert found.confidence == "likely"


# Time: the first instant counts, the last one does not, and the clock difference helps the sender at both ends.


@pytest.mark.parametrize(
    ("edits", "fails"),
    [
        ({"assertion.not_before": "2026-05-04T10:00:00Z"}, ()),
        ({"assertion.not_before": "2026-05-04T10:00:01Z"}, ("web-sso-profile/not-yet-valid",)),
        ({"assertion.not_before": "2026-05-04T12:00:00+02:00"}, ()),
        ({"assertion.not_on_or_after": "2026-05-04T10:00:01Z"}, ()),
        ({"assertion.not_on_or_after": "2026-05-04T10:00:00Z"}, ("saml-core/issued-after-its-end", "web-sso-profile/expired")),
        ({"assertion.confirmation_not_on_or_after": "2026-05-04T10:00:00Z"}, ("web-sso-profile/confirmation-expired",)),
        ({"assertion.not_before": None, "assertion.not_on_or_after": None}, ()),
    ],
    ids=["at-start", "before-start", "offset", "before-end", "at-end", "confirmation-at-end", "no-window"],
)  # fmt: skip
def test_the_edges_of_the_window(edits: Edits, fails: tuple[str, ...], idp_keys: Keys) -> None:
    assert tuple(sorted(findings(login(idp_keys, edits)))) == fails


# What is not known is never passed.


def test_without_a_key_no_signature_is_called_good(idp_keys: Keys) -> None:
    found = outcomes(knowing_nothing(login(idp_keys, {})))
    assert found["signatures/untrusted"] == NotChecked(
        "signatures/untrusted", "no certificate or metadata of the IdP was given", "--idp", ("signature",)
    )
    assert isinstance(found["signatures/key-rotated"], NotChecked)
    assert isinstance(found["signatures/content-changed"], NotChecked)


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        ("audience-mismatch", "--audience or --sp"),
        ("recipient-mismatch", "--acs or --sp"),
        ("destination-mismatch", "--acs or --sp"),
        ("issuer-mismatch", "--issuer, or --idp with metadata"),
    ],
)
def test_expected_values_that_were_not_given_are_asked_for(rule: str, needs: str, idp_keys: Keys) -> None:
    found = outcomes(knowing_nothing(login(idp_keys, {})))[f"web-sso-profile/{rule}"]
    assert isinstance(found, NotChecked)
    assert found.needs == needs


def test_an_encrypted_assertion_without_a_key_is_not_judged(idp_keys: Keys) -> None:
    found = outcomes(login(idp_keys, {"encrypt": "assertion"}))
    assert [rule for rule, item in found.items() if isinstance(item, Failed)] == ["signatures/encrypted-without-key"]
    unread = found["web-sso-profile/audience-mismatch"]
    assert isinstance(unread, NotChecked)
    assert unread.needs == "--key"


# The packs as documents.


def test_every_reason_of_a_failed_signature_has_a_rule() -> None:
    table = (RULES.parent / "docs" / "architecture.md").read_text(encoding="utf-8").split("## Signature reasons")[1]
    rows = re.findall(r"^\| (absent|invalid|refused|not-covering) \| (.*) \|$", table, re.M)
    reasons = {code for _, cell in rows for code in re.findall(r"`([a-z0-9-]+)`", re.sub(r"\([^)]*\)", "", cell))}
    checks = [rule.must for pack in packs() for rule in pack.rules if rule.must.use == "signature_reason"]
    named = {code.strip() for check in checks for code in check.with_["none_of"].split(",")}
    assert len(reasons) > 30
    assert reasons - named == set()


def test_every_oddity_of_structure_has_a_rule() -> None:
    text = (RULES.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"`([a-z-]+)`", text.split("`TrustFacts.structure` codes:")[1].split("##")[0]))
    checks = [rule.must for pack in packs() for rule in pack.rules if rule.must.use == "structure"]
    named = {code for check in checks for code in check.with_["none_of"].split(",")}
    assert codes - named == set()


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.pack)
def test_certainty_rests_on_a_clause(pack) -> None:
    for rule in pack.rules:
        assert all(cite.url.startswith("https://") and cite.seen for cite in rule.cite), rule.id
        if rule.confidence == "certain" and rule.severity == "error":
            assert {cite.basis for cite in rule.cite} <= {"spec", "vendor"}, rule.id
        assert rule.fix is not None, rule.id


def test_explanations_name_rules_that_exist_and_do_not_run_in_circles() -> None:
    edges = {f"{pack.pack}/{rule.id}": rule.explains for pack in packs() for rule in pack.rules}
    for rule, named in edges.items():
        for item in named:
            assert item in edges or (item.endswith("/*") and item[:-2] in {pack.pack for pack in packs()}), (
                f"{rule} explains {item}"
            )

    def reached(rule: str, seen: frozenset[str]) -> set[str]:
        below = {
            other
            for item in edges[rule]
            for other in edges
            if other == item or (item.endswith("/*") and other.startswith(item[:-1]))
        }
        return below | {far for other in below - seen for far in reached(other, seen | below)}

    assert [rule for rule in edges if rule in reached(rule, frozenset())] == []


def test_the_ledger_holds_every_rule() -> None:
    ledger = (Path(RULES) / "ledger.txt").read_text(encoding="utf-8").split()
    assert ledger == sorted(set(ledger))
    assert set(ALL) - set(ledger) == set()
