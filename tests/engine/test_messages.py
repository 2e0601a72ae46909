"""Messages other than a login's, from what a user pastes to the verdict: who signed them, who takes them, what they lack."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from functools import cache
from urllib.parse import quote, quote_plus, urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from samlcheck import engine
from samlcheck.capture import read
from samlcheck.case import Told
from samlcheck.forge import Keys, edit, forge, healthy, idp_metadata, sp_metadata
from samlcheck.inspection import LoginReport
from samlcheck.packs.catalogue import shipped
from samlcheck.report import decoded
from samlcheck.report.text import View, render
from samlcheck.saml.values import instant
from samlcheck.source import Artifact
from samlcheck.trust import anchors

Edits = dict[str, str | tuple[str, ...] | None]
AT = instant("2026-05-04T10:00:05Z")
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@cache
def _catalogue() -> object:
    return shipped(None)


def question(idp: Keys, sp: Keys | None = None, *, sp_given: bool = True) -> engine.Question:
    """Return a question by somebody who has both sides' metadata; ``sp``: with what the service signs."""
    known = edit(healthy(), {"message": "logoutrequest"})
    assert AT is not None
    described = sp_metadata(known, signing=(sp,) if sp else ())
    return engine.Question(
        catalogue=_catalogue(),  # type: ignore[arg-type]
        now=AT,
        at=AT,
        told=Told(),
        anchors=anchors.load([Artifact("idp.xml", idp_metadata(known, (idp,)))]),
        sp=engine.read_sp([Artifact("sp.xml", described)]) if sp_given else (),
    )


def message(keys: Keys, edits: Edits) -> bytes:
    return forge(edit(healthy(), edits), keys).xml


def inspected(data: bytes | str, asked: engine.Question) -> LoginReport:
    octets = data.encode() if isinstance(data, str) else data
    captures, unread = engine.read_captures([Artifact("pasted", octets)])
    inspection = engine.inspect(captures, asked, unread)
    assert not inspection.problems
    render(inspection, View(everything=True)).plain()
    return inspection.logins[0]


def rules(report: LoginReport) -> set[str]:
    return {
        item.rule for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences) if item.severity != "note"
    }


def headline(report: LoginReport) -> str:
    return report.diagnosis.headline.plain()


LOGOUTS: dict[str, tuple[Edits, str]] = {
    "request-by-idp": ({"message": "logoutrequest"}, "LogoutRequest"),
    "request-by-sp": ({"message": "logoutrequest", "message_sender": "sp"}, "LogoutRequest"),
    "response-by-idp": ({"message": "logoutresponse"}, "LogoutResponse"),
    "response-by-sp": ({"message": "logoutresponse", "message_sender": "sp"}, "LogoutResponse"),
}


@pytest.mark.parametrize("name", LOGOUTS)
def test_a_healthy_logout_is_accepted_and_nothing_is_said_against_it(idp_keys: Keys, sp_keys: Keys, name: str) -> None:
    edits, element = LOGOUTS[name]
    signer = sp_keys if name.endswith("sp") else idp_keys
    report = inspected(base64.b64encode(message(signer, edits)), question(idp_keys, sp_keys))
    assert rules(report) == set()
    assert report.diagnosis.verdict == "accepted", report.diagnosis.missing
    assert headline(report) == f"Everything that was checked holds; the receiver should accept this {element}"


@pytest.mark.parametrize("name", LOGOUTS)
def test_a_logout_signed_by_the_other_side_is_rejected(idp_keys: Keys, sp_keys: Keys, name: str) -> None:
    edits, _ = LOGOUTS[name]
    wrong = idp_keys if name.endswith("sp") else sp_keys
    report = inspected(message(wrong, edits), question(idp_keys, sp_keys))
    assert report.diagnosis.verdict == "rejected"
    assert report.diagnosis.causes[0].finding.rule == "logout/signature-does-not-hold"


def redirected(xml: bytes, keys: Keys, *, parameter: str, encode=quote_plus) -> str:  # type: ignore[no-untyped-def]
    """Return the URL of the redirect binding with its detached signature."""
    deflater = zlib.compressobj(wbits=-15)
    value = base64.b64encode(deflater.compress(xml) + deflater.flush()).decode()
    query = f"{parameter}={encode(value)}&RelayState={encode('a b')}&SigAlg={encode(RSA_SHA256)}"
    signature = keys.private.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())  # type: ignore[call-arg,arg-type]
    return f"https://sp.example/saml/slo?{query}&Signature={encode(base64.b64encode(signature).decode())}"


@pytest.mark.parametrize("encode", [quote_plus, lambda text: quote(text, safe="")], ids=["form", "percent"])
@pytest.mark.parametrize(("kind", "parameter"), [("logoutrequest", "SAMLRequest"), ("logoutresponse", "SAMLResponse")])
def test_a_logout_signed_in_the_query_is_accepted(idp_keys: Keys, kind: str, parameter: str, encode: object) -> None:
    xml = message(idp_keys, {"message": kind, "sign": "none"})
    report = inspected(redirected(xml, idp_keys, parameter=parameter, encode=encode), question(idp_keys))
    assert (report.diagnosis.verdict, rules(report)) == ("accepted", set())


def test_a_logout_whose_query_was_changed_is_rejected_with_the_reason(idp_keys: Keys) -> None:
    url = redirected(message(idp_keys, {"message": "logoutrequest", "sign": "none"}), idp_keys, parameter="SAMLRequest")
    report = inspected(url.replace("RelayState=a+b", "RelayState=a%20b"), question(idp_keys))
    (cause,) = [item for item in report.diagnosis.causes if item.finding.rule == "logout/signature-does-not-hold"]
    assert cause.finding.message.plain().startswith("The query was changed after signing: blanks were changed from + to %20.")


def test_a_logout_posted_with_simplesign_is_accepted(idp_keys: Keys) -> None:
    xml = message(idp_keys, {"message": "logoutrequest", "sign": "none"})
    octets = b"SAMLRequest=" + xml + f"&SigAlg={RSA_SHA256}".encode()
    value = idp_keys.private.sign(octets, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[call-arg,arg-type]
    fields = {"SAMLRequest": base64.b64encode(xml), "SigAlg": RSA_SHA256, "Signature": base64.b64encode(value)}
    assert inspected(urlencode(fields), question(idp_keys)).diagnosis.verdict == "accepted"


FAULTS: dict[str, tuple[Edits, str, str]] = {
    "unsigned": ({"sign": "none"}, "logout/unsigned", "otherwise anybody could sign users out."),
    "expired": (
        {"logout.not_on_or_after": "2026-05-04T09:58:00Z"},
        "logout/expired",
        "NotOnOrAfter is 2026-05-04T09:58:00Z; it is judged at 2026-05-04T10:00:05Z",
    ),
    "nobody": ({"logout.nameid": None}, "logout/principal-missing", "A LogoutRequest holds exactly one of NameID, BaseID and"),
    "elsewhere": (
        {"logout.destination": "https://sp.example/saml/acs"},
        "logout/destination-mismatch-at-sp",
        "Destination is https://sp.example/saml/acs; the service's metadata says https://sp.example/saml/slo",
    ),
    "stranger": (
        {"logout.issuer": "https://idp.example/"},
        "logout/issuer-unknown",
        "Issuer is https://idp.example/; known are https://idp.example/saml/metadata",
    ),
    "ahead": (
        {"logout.issue_instant": "2026-05-04T10:20:00Z", "logout.not_on_or_after": "2026-05-04T10:25:00Z"},
        "logout/issued-in-the-future",
        "IssueInstant is 2026-05-04T10:20:00Z, more than five minutes ahead.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_logout_is_rejected_and_the_fault_named(idp_keys: Keys, name: str) -> None:
    edits, rule, words = FAULTS[name]
    posted = urlencode({"SAMLRequest": base64.b64encode(message(idp_keys, {"message": "logoutrequest", **edits}))})
    report = inspected(posted, question(idp_keys))
    assert report.diagnosis.verdict == "rejected"
    found = {cause.finding.rule: cause.finding.message.plain() for cause in report.diagnosis.causes}
    assert words in found[rule], found


@pytest.mark.parametrize("code", ["Requester", "Responder"])
def test_a_logout_that_was_not_done_is_no_login_that_failed(idp_keys: Keys, code: str) -> None:
    edits: Edits = {"message": "logoutresponse", "response.status": f"urn:oasis:names:tc:SAML:2.0:status:{code}"}
    report = inspected(base64.b64encode(message(idp_keys, edits)), question(idp_keys))
    assert headline(report) == "The other side did not end the session"
    assert rules(report) == {"logout/not-success"}


@pytest.mark.parametrize("packed", [False, True], ids=["bare xml", "deflated without its url"])
def test_a_logout_whose_signature_may_stand_in_the_url_is_not_called_unsigned(idp_keys: Keys, packed: bool) -> None:
    xml = message(idp_keys, {"message": "logoutrequest", "sign": "none"})
    deflater = zlib.compressobj(wbits=-15)
    given = base64.b64encode(deflater.compress(xml) + deflater.flush()) if packed else xml
    report = inspected(given, question(idp_keys))
    assert (report.diagnosis.verdict, rules(report)) == ("cannot-tell", set())
    assert report.diagnosis.missing == ("the whole URL or form body",)


def test_a_logout_is_not_accepted_while_the_receiver_is_unknown(idp_keys: Keys) -> None:
    report = inspected(message(idp_keys, {"message": "logoutrequest"}), question(idp_keys, sp_given=False))
    assert report.diagnosis.verdict == "cannot-tell"
    assert report.diagnosis.missing == ("--sp",)


@pytest.mark.parametrize("issuer", ["https://sp.example/saml/metadata", None], ids=["named by nothing that was given", "not there"])
def test_a_logout_of_nobody_known_may_be_signed_by_either_side(idp_keys: Keys, sp_keys: Keys, issuer: str | None) -> None:
    xml = message(sp_keys, {"message": "logoutrequest", "message_sender": "sp", "logout.issuer": issuer})
    asked = replace(
        question(idp_keys, sp_given=False),
        anchors=anchors.load([Artifact("idp.pem", idp_keys.certificate_pem)]),
        signers=anchors.load([Artifact("sp.pem", sp_keys.certificate_pem)]),
    )
    report = inspected(xml, asked)
    assert report.case.request_trust is not None
    assert [(item.verdict, item.key and item.key.origin) for item in report.case.request_trust.signatures] == [("valid", "sp.pem")]
    assert report.diagnosis.verdict != "accepted"
    assert "logout/signature-does-not-hold" in rules(inspected(xml, replace(asked, signers=anchors.load([]))))


def test_an_encrypted_assertion_needs_the_key_of_either_side(idp_keys: Keys, sp_keys: Keys) -> None:
    xml = forge(edit(healthy(), {"encrypt": "assertion"}), idp_keys, encryption_for=sp_keys).xml
    alone = replace(question(idp_keys), anchors=anchors.load([]))
    assert {"--idp", "--key"} <= set(inspected(xml, alone).diagnosis.missing)
    assert not any("a check of" in need for need in inspected(xml, alone).diagnosis.missing)
    assert "--idp" not in inspected(xml, question(idp_keys)).diagnosis.missing


def test_a_logout_over_soap_may_be_unsigned_but_is_not_called_trusted(idp_keys: Keys) -> None:
    body = message(idp_keys, {"message": "logoutrequest", "sign": "none"}).decode()
    envelope = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body></s:Envelope>'
    report = inspected(envelope, question(idp_keys))
    assert "logout/unsigned" not in rules(report)
    assert report.diagnosis.verdict == "cannot-tell"


@pytest.mark.parametrize("kind", ["logoutresponse"])
def test_a_refused_logout_says_what_the_sender_said(idp_keys: Keys, kind: str) -> None:
    status = "urn:oasis:names:tc:SAML:2.0:status:"
    edits: Edits = {
        "message": kind, "response.status": f"{status}Responder", "response.status_detail_code": f"{status}PartialLogout",
    }  # fmt: skip
    report = inspected(message(idp_keys, edits), question(idp_keys))
    assert report.diagnosis.verdict == "rejected"
    assert "saml-status/partial-logout" in rules(report)


# Artifacts.


def test_an_artifact_response_is_judged_by_the_response_inside(idp_keys: Keys) -> None:
    xml = forge(edit(healthy(), {"message": "artifactresponse", "sign": "both"}), idp_keys)
    asked = replace(question(idp_keys), request=read(Artifact("resolve.xml", xml.request_xml or b"")))
    report = inspected(xml.xml, asked)
    assert (report.diagnosis.verdict, rules(report)) == ("accepted", set()), report.diagnosis.missing


def test_an_empty_artifact_response_is_explained(idp_keys: Keys) -> None:
    report = inspected(message(idp_keys, {"message": "artifactresponse", "artifact.content": None}), question(idp_keys))
    assert report.diagnosis.causes[0].finding.rule == "artifact/empty"
    assert "the artifact was already used, has expired" in report.diagnosis.causes[0].finding.message.plain()


@pytest.mark.parametrize(
    ("edits", "rules_"),
    [
        ({}, set()),
        ({"artifact.value": "AAQAAMFbLinlXaCM+FIxiDwGOLAy2T71gbpO7ZhNzAgEANlB90ECfpNEVLg="}, {"artifact/source-of-another-idp"}),
        ({"artifact.value": "AAEAAMFbLinlXaCM"}, {"artifact/malformed"}),
    ],
    ids=["healthy", "another-idp", "malformed"],
)
def test_artifact_resolve(idp_keys: Keys, sp_keys: Keys, edits: Edits, rules_: set[str]) -> None:
    report = inspected(message(sp_keys, {"message": "artifactresolve", **edits}), question(idp_keys, sp_keys))
    assert rules(report) == rules_
    if not rules_:
        assert report.diagnosis.missing == ("the ArtifactResponse that answers this ArtifactResolve",)


# AuthnRequests.


def authn_request(keys: Keys, edits: Edits) -> bytes:
    xml = forge(edit(healthy(), edits), keys).request_xml
    assert xml is not None
    return xml


@pytest.mark.parametrize("edits", [{}, {"request_sign": "service"}], ids=["unsigned", "signed"])
def test_a_healthy_authn_request_has_neither_error_nor_warning(idp_keys: Keys, sp_keys: Keys, edits: Edits) -> None:
    report = inspected(authn_request(sp_keys, edits), question(idp_keys, sp_keys))
    assert rules(report) == set()
    assert report.diagnosis.missing == ("the SAMLResponse that answers this request",)


@pytest.mark.parametrize("encode", [quote_plus, quote], ids=["form", "percent"])
def test_an_authn_request_signed_in_the_query_is_verified_by_the_services_key(
    idp_keys: Keys, sp_keys: Keys, encode: object
) -> None:
    url = redirected(authn_request(sp_keys, {}), sp_keys, parameter="SAMLRequest", encode=encode)
    report = inspected(url, question(idp_keys, sp_keys))
    assert report.case.request_trust is not None
    assert report.case.request_trust.verdict == "trusted"
    stranger = inspected(url, question(idp_keys, idp_keys))
    assert rules(stranger) == {"requests/signature-does-not-hold"}


def test_the_key_of_the_idp_does_not_vouch_for_a_request(idp_keys: Keys) -> None:
    report = inspected(authn_request(idp_keys, {"request_sign": "service"}), question(idp_keys))
    assert report.case.request_trust is not None
    assert (report.case.request_trust.verdict, report.case.request_trust.reason) == ("unverified", "no-key-given")
    words = report.case.request_trust.signatures[0].explanation.plain()
    assert words.startswith("No key was given to verify the AuthnRequest signature with.")
    assert words.endswith("Give the service's metadata (--sp) or its signing certificate (--signed-by).")


def test_a_certificate_given_for_the_requests_is_enough(idp_keys: Keys, sp_keys: Keys) -> None:
    signer = anchors.load([Artifact("sp.pem", sp_keys.certificate_pem)], role="any")
    asked = replace(question(idp_keys), signers=signer)
    report = inspected(authn_request(sp_keys, {"request_sign": "service"}), asked)
    assert report.case.request_trust is not None
    assert report.case.request_trust.verdict == "trusted"
    logout = inspected(message(sp_keys, {"message": "logoutrequest", "message_sender": "sp"}), asked)
    assert logout.diagnosis.verdict == "accepted"


# Pairs: --request beside the response.


def paired(idp: Keys, edits: Edits) -> LoginReport:
    made = forge(edit(healthy(), edits), idp)
    assert made.request_xml is not None
    return inspected(made.form, replace(question(idp), request=read(Artifact("request.xml", made.request_xml))))


X509 = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
PAIRS: dict[str, tuple[Edits, str, str]] = {
    "in-response-to": (
        {"in_response_to": "_other"},
        "web-sso-profile/in-response-to-other-request",
        "InResponseTo is _other",
    ),
    "acs-url": (
        {"request.acs_url": "https://sp.example/saml/acs2"},
        "requests/acs-mismatch",
        "AssertionConsumerServiceURL is https://sp.example/saml/acs2; registered is https://sp.example/saml/acs",
    ),
    "acs-index": (
        {"request.acs_url": None, "request.acs_index": "3"},
        "requests/acs-index-unknown",
        "AssertionConsumerServiceIndex is 3; the metadata of the service has 0.",
    ),
    "nameid-format": (
        {"assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        "requests/nameid-format-not-as-asked",
        "A service that insists on its format refuses it.",
    ),
    "exact-password": (
        {"request.authn_context": PASSWORD, "assertion.authn_context": X509},
        "requests/authn-context-not-as-asked",
        f"The request demanded exactly {PASSWORD}; the assertion says {X509}. Entra ID refuses in such a case (AADSTS75011) and "
        "AD FS answers NoAuthnContext",
    ),
    "force-authn": (
        {"request.force_authn": "true", "assertion.authn_instant": "2026-05-04T08:00:00Z"},
        "requests/force-authn-not-honoured",
        "ForceAuthn demands a sign-in after the request (2026-05-04T09:59:30Z); AuthnInstant is 2026-05-04T08:00:00Z",
    ),
    "destination": (
        {"request.destination": "https://idp.example/saml/sso?x=1"},
        "requests/destination-mismatch",
        "Destination of the request is https://idp.example/saml/sso?x=1",
    ),
    "order": (
        {"request.issue_instant": "2026-05-04T10:20:00Z"},
        "requests/answered-before-asked",
        "The response was issued at 2026-05-04T10:00:00Z, more than five minutes before the request at 2026-05-04T10:20:00Z",
    ),
    "binding": (
        {"request.protocol_binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"},
        "requests/binding-other-than-post",
        "a response does not fit a redirect",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_a_request_is_held_against_its_response(idp_keys: Keys, name: str) -> None:
    edits, rule, words = PAIRS[name]
    report = paired(idp_keys, edits)
    found = {item.rule: item.message.plain() for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)}
    assert words in found.get(rule, ""), found


def test_a_healthy_pair_is_accepted(idp_keys: Keys) -> None:
    report = paired(idp_keys, {})
    assert (report.diagnosis.verdict, rules(report)) == ("accepted", set())


@pytest.mark.parametrize("index", [None, "0"])
def test_an_index_is_resolved_through_the_metadata(idp_keys: Keys, index: str | None) -> None:
    report = paired(idp_keys, {"request.acs_url": None, "request.acs_index": index})
    assert rules(report) == set()


@pytest.mark.parametrize("kind", ["logoutrequest", "logoutresponse", "artifactresolve", "artifactresponse"])
def test_decode_shows_every_kind(idp_keys: Keys, kind: str) -> None:
    captures = (read(Artifact("pasted", message(idp_keys, {"message": kind}))),)
    assert AT is not None
    text = decoded.render(captures, engine.decode(captures, AT), View(width=400, everything=True)).plain()
    assert {"logoutrequest": "LogoutRequest", "logoutresponse": "LogoutResponse", "artifactresolve": "ArtifactResolve",
            "artifactresponse": "ArtifactResponse"}[kind] in text  # fmt: skip
    wanted = {"logoutrequest": "logout.not_on_or_after", "logoutresponse": "logout.in_response_to",
              "artifactresolve": "artifact.source", "artifactresponse": "artifact.in_response_to"}  # fmt: skip
    assert wanted[kind] in text
