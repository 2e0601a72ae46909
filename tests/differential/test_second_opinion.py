"""Our verdict beside python3-saml's, strict, with the same clock and settings; every disagreement has its reason here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from samlcheck import engine, forge
from samlcheck.case import Told
from samlcheck.inspection import LoginReport
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.saml.values import instant
from samlcheck.source import Artifact
from samlcheck.trust import anchors

AT = instant("2026-05-04T10:00:05Z")
ACS, SP = "https://sp.example/saml/acs", "https://sp.example/saml/metadata"

LOGINS: Mapping[str, dict[str, Any]] = {
    **{f"healthy {style}": {"style": style, "assertion.audience": SP, "acs": ACS} for style in forge.STYLES},
    "idp-initiated": {"idp_initiated": "true"},
    "only the response signed": {"sign": "response"},
    "only the assertion signed": {"sign": "assertion"},
    "unsigned": {"sign": "none"},
    "another key": {"key": "other"},
    "content changed": {"damage": "content-changed"},
    "re-indented": {"damage": "reindented"},
    "doctype": {"damage": "dtd"},
    "duplicate id": {"damage": "duplicate-id"},
    "sha1": {"signature.algorithm": "sha1"},
    "weak key": {"key": "weak"},
    "audience": {"assertion.audience": "urn:other"},
    "audience with slash": {"assertion.audience": SP + "/"},
    "no audience": {"assertion.audience": None},
    "two restrictions": {"audience_restrictions": (SP, "urn:other")},
    "destination": {"response.destination": "https://other.example/acs"},
    "destination longer": {"response.destination": ACS + "/x"},
    "no destination": {"response.destination": None},
    "recipient": {"assertion.recipient": "https://other.example/acs"},
    "recipient longer": {"assertion.recipient": ACS + ".evil.example"},
    "no recipient": {"assertion.recipient": None},
    "expired": {"assertion.not_on_or_after": "2026-05-04T09:50:00Z"},
    "expires now": {"assertion.not_on_or_after": "2026-05-04T10:00:05Z"},
    "not yet valid": {"assertion.not_before": "2026-05-04T10:10:00Z"},
    "confirmation expired": {"assertion.confirmation_not_on_or_after": "2026-05-04T09:50:00Z"},
    "no confirmation end": {"assertion.confirmation_not_on_or_after": None},
    "session ended": {"assertion.session_not_on_or_after": "2026-05-04T09:50:00Z"},
    "in response to another": {"response.in_response_to": "_other"},
    "confirmation in response to another": {"assertion.confirmation_in_response_to": "_other"},
    "holder of key": {"assertion.confirmation_method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
    "issuer": {"assertion.issuer": "https://other.example/", "response.issuer": "https://other.example/"},
    "status": {"response.status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
    "version": {"response.version": "1.1"},
    "no id": {"response.id": None, "sign": "assertion"},
    "no nameid": {"assertion.nameid": None},
    "blank nameid": {"assertion.nameid": " "},
    "no authn statement": {"assertion.authn_statement": None},
    "no attributes": {"attribute:email": None, "attribute:firstName": None, "attribute:lastName": None},
    "attribute twice": {"another:email": "x@example.com"},
    "one time use": {"assertion.other_conditions": "OneTimeUse"},
}

DISAGREEMENTS: Mapping[str, str] = {
    "weak key": "it accepts RSA keys below 2048 bits",
    "no audience": "it lets the audience be absent; the profile demands one (profiles 4.1.4.2)",
    "two restrictions": "it takes several AudienceRestrictions as alternatives; all of them must hold (core 2.5.1.4)",
    "destination longer": "it compares Destination by prefix",
    "no destination": "it lets a signed message leave Destination out (bindings 3.5.5.2)",
    "recipient longer": "it compares Recipient by substring",
    "no recipient": "it lets Recipient be absent (profiles 4.1.4.2)",
    "no confirmation end": "it lets NotOnOrAfter of the confirmation be absent (profiles 4.1.4.2)",
    "no nameid": "it lets the NameID be absent unless told otherwise (`wantNameId`, which its own default sets)",
    "blank nameid": "it does not look at the NameID unless it is asked for",
}
"""Login → why the two differ: ours rejects, python3-saml accepts."""


@pytest.fixture(scope="module")
def packs() -> Catalogue:
    return shipped(None)


def judged(edits: dict[str, Any], packs: Catalogue, keys: forge.Keys) -> LoginReport | None:
    style = edits.get("style", "generic")
    recipe = forge.edit(forge.healthy(style), {k: v for k, v in edits.items() if k != "style"})
    made = forge.forge(recipe, keys)
    trusted = keys if recipe.key == "other" else made.keys
    known = forge.healthy(style)
    assert AT is not None
    question = engine.Question(
        catalogue=packs,
        now=AT,
        at=AT,
        told=Told(
            acs=(ACS,),
            audience=(SP,),
            issuer=str(known.assertion_issuer),
            service="generic",
            parameters={"request_id": str(known.in_response_to)} if known.in_response_to and not edits.get("idp_initiated") else {},
        ),
        anchors=anchors.load([Artifact("idp.pem", trusted.certificate_pem)]),
        skew=0,
        second_opinion=True,
    )
    captures, _ = engine.read_captures([Artifact("login", made.base64.encode())])
    inspection = engine.inspect(captures, question)
    return inspection.logins[0] if inspection.logins else None


@pytest.mark.parametrize("name", LOGINS)
def test_both_say_the_same_or_the_reason_is_known(name: str, packs: Catalogue, idp_keys: forge.Keys) -> None:
    report = judged(LOGINS[name], packs, idp_keys)
    if report is None:
        assert name == "doctype"  # refused before there is anything to show to anybody
        return
    opinion = report.second_opinion
    assert opinion is not None
    assert opinion.accepts is not None, opinion.reason
    if opinion.agrees is not False:
        assert name not in DISAGREEMENTS, "they agree now: take the line out"
        if opinion.accepts is False:
            assert report.diagnosis.verdict == "rejected", opinion
            assert opinion.rule, f"{opinion.code} has no rule of ours"
    else:
        assert name in DISAGREEMENTS, f"ours {report.diagnosis.verdict}, theirs {opinion}"
        assert opinion.reason


def test_every_disagreement_is_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "second-opinion.md").read_text(encoding="utf-8")
    for name, reason in DISAGREEMENTS.items():
        assert f"| {name} | {reason} |" in text
