"""A forged login as the context of a check, and readings made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.case import Case, Clock, ClockKind, Told
from samlcheck.checks.context import Context, ParameterValue
from samlcheck.facts import FactTable, Reading, Readings
from samlcheck.forge import Keys, Recipe, edit, forge, healthy, make_keys
from samlcheck.login import Login, LoginMessage
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact, NodeRef
from samlcheck.trust.facts import Anchors, SignatureFact, TrustFacts, TrustVerdict
from samlcheck.xmldoc.parse import parse

AT = datetime(2026, 5, 4, 10, 0, 0, tzinfo=UTC)
NOTHING_TOLD = Told()
PLACE = NodeRef("login", "/samlp:Response", None)


def readings(*values: str, place: NodeRef | None = PLACE, sensitive: bool = False) -> Readings:
    """Return readings with these texts."""
    return Readings(tuple(Reading(value, value, place, sensitive=sensitive) for value in values), PLACE)


@cache
def _keys() -> Keys:
    return make_keys("idp.example")


@cache
def _messages(recipe: Recipe) -> tuple[LoginMessage, LoginMessage | None]:
    made = forge(recipe, _keys())
    return _message(made.xml, "response"), _message(made.request_xml, "request") if made.request_xml else None


def _message(xml: bytes, role: str) -> LoginMessage:
    artifact = Artifact("login" if role == "response" else "request", xml)
    return LoginMessage(CapturedMessage(artifact, (), role), dissect(parse(artifact)))  # type: ignore[arg-type]


def context(
    edits: Mapping[str, str | tuple[str, ...] | None] | None = None,
    *,
    recipe: Recipe | None = None,
    parameters: Mapping[str, str | tuple[str, ...]] | None = None,
    patterns: Mapping[str, str] | None = None,
    told: Told = NOTHING_TOLD,
    at: datetime = AT,
    clock: ClockKind = "given",
    skew: int = 0,
    with_request: bool = False,
    verdict: TrustVerdict = "unverified",
    covered: bool = False,
    signature: SignatureFact | None = None,
) -> Context:
    """Return the context of a login forged without signature; ``covered`` pretends that the assertion was verified."""
    response, request = _messages(replace(edit(recipe or healthy(), edits or {}), sign="none"))
    request = request if with_request else None
    anatomy: Anatomy = response.anatomy
    trust = TrustFacts(
        anatomy,
        anatomy,
        verdict,
        "unsigned",
        (signature,) if signature else (),
        tuple(anatomy.assertions) if covered else (),
    )
    login = Login(response, request, Capture(response.captured.artifact, "xml", (response.captured,)), "login")
    case = Case(login, trust, None, Anchors(), (), told, Clock(at, clock), skew)
    values = {
        name: ParameterValue((given,) if isinstance(given, str) else given, "given") for name, given in (parameters or {}).items()
    }
    return Context(FactTable(case), values, patterns or {})
