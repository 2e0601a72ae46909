"""Forged logins as recordings, and what is said of them."""

from __future__ import annotations

import json
from functools import cache

from samlcheck import engine
from samlcheck.capture import read
from samlcheck.case import Told
from samlcheck.finding import Finding
from samlcheck.forge import AT, Keys, Recipe, edit, forge, healthy, idp_metadata
from samlcheck.forge.recording import FLOW, deviation, har
from samlcheck.inspection import Inspection, LoginReport
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from tests.flow.dialects import DIALECTS, Har

SP = "https://sp.example/saml/metadata"
ACS = "https://sp.example/saml/acs"
Edits = dict[str, str | tuple[str, ...] | None]


@cache
def catalogue() -> Catalogue:
    return shipped(None)


def recording(keys: Keys, edits: Edits, *, base: Recipe | None = None) -> Har:
    """Return the HAR of a login with edits of the message (by fact) and of the recording (``flow.…``)."""
    sent = edit(base or healthy(), {name: value for name, value in edits.items() if not name.startswith(FLOW)})
    flow = {name: value for name, value in edits.items() if name.startswith(FLOW)}
    made: Har = json.loads(har(forge(sent, keys), deviation(flow)))
    return made


def inspect(octets: bytes, keys: Keys, *, known: Recipe | None = None, **told: object) -> Inspection:
    """Return what a user sees who knows IdP metadata, ACS URL and audience."""
    question = engine.Question(
        catalogue=catalogue(),
        now=AT,
        told=Told(**{"acs": (ACS,), "audience": (SP,), **told}),  # type: ignore[arg-type]
        anchors=load((Artifact("idp.xml", idp_metadata(known or healthy(), (keys,))),)),
    )
    return engine.inspect([read(Artifact("login.har", octets))], question)


def judged(keys: Keys, edits: Edits, dialect: str = "chrome", **told: object) -> LoginReport:
    """Return the report of the only login in a recording."""
    (report,) = inspect(DIALECTS[dialect](recording(keys, edits)), keys, **told).logins
    return report


def findings(report: LoginReport) -> dict[str, Finding]:
    """Return all findings of a login by rule."""
    return {item.rule: item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)}


def worrying(report: LoginReport) -> dict[str, str]:
    """Return the errors and warnings."""
    return {rule: item.message.plain() for rule, item in findings(report).items() if item.severity != "note"}
