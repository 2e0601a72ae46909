"""Rows of the tables in this folder: one login at one system, through one identity provider, with one fault or none.

A table says how the healthy login of a system looks (``System``) and what each row changes before it is signed. ``ways``
brings the login as three users would: with everything they know, with the paste and the IdP's metadata, with the paste alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Literal

from samlcheck.case import Told
from samlcheck.engine import Question, inspect, read_captures
from samlcheck.finding import Finding
from samlcheck.forge import AT, Forged, Keys, Recipe, edit, forge, healthy, idp_metadata
from samlcheck.inspection import LoginReport
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from samlcheck.trust.facts import Anchors

Edits = Mapping[str, str | tuple[str, ...] | None]
Way = Literal["all", "idp", "paste"]
"""What the user gives: everything, the paste and the IdP's metadata, the paste alone."""
WAYS: tuple[Way, ...] = ("all", "idp", "paste")
A_MOMENT = timedelta(seconds=3)
"""Between the IdP's answer and its use."""


@dataclass(frozen=True, slots=True)
class System:
    """A service as one customer has set it up."""

    service: str
    """As by ``--service``."""
    styles: tuple[str, ...]
    """Identity providers that people use with it; the first is the usual one."""
    edits: Edits
    """What makes the healthy login of the forge one at this service."""
    known: Mapping[str, str] = field(default_factory=dict)
    """What the customer knows, as by ``--set``."""
    recognised: bool = True
    """The paste alone tells which service it is for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One login and what should be said of it."""

    id: str
    rule: str = ""
    """The first cause; empty for a healthy login."""
    fix: tuple[str, ...] | str = ()
    """Words in its fix or in the steps."""
    by: str = "idp"
    edits: Edits = field(default_factory=dict)
    style: str = ""
    """Another identity provider than the system's usual one."""
    given: Mapping[str, str] = field(default_factory=dict)
    """What is told besides, or otherwise: ``--set`` names, and ``--acs``, ``--audience``, ``--issuer``, ``--user``."""
    seen: Way = "paste"
    """The least that has to be given for the fault to be seen."""
    alone: str = ""
    """The first cause where less is given, if it is another one: a neighbour that needs less to be seen."""
    form: bool = True
    """The paste is the body of the POST; False: only the base64 of the message, without RelayState."""
    severity: str = "error"
    words: tuple[str, ...] | str = ()
    """Words in its message."""
    later: timedelta = A_MOMENT
    """From IssueInstant to the use."""


@cache
def catalogue() -> Catalogue:
    """Return the shipped packs, compiled once for the run."""
    return shipped()


def forged(system: System, row: Row, keys: Keys) -> tuple[Recipe, Forged]:
    """Return the login as both sides have it on file, and as it was sent."""
    style = row.style or system.styles[0]
    known = edit(healthy(), {**system.edits, "style": style})
    return known, forge(edit(known, row.edits), keys)


def judged(
    system: System, row: Row, way: Way, keys: Keys, *, beside: bytes = b"", metadata: Callable[[bytes], bytes] = bytes
) -> LoginReport:
    """Return what is said of a row's login when it is brought this way.

    beside: a certificate given besides the IdP's metadata. metadata: what became of that before the service got it.
    """
    known, sent = forged(system, row, keys)
    pasted = sent.form if row.form else sent.base64
    captures, unread = read_captures([Artifact("pasted", pasted.encode())])
    assert not unread
    files = [Artifact("idp-metadata.xml", metadata(idp_metadata(known, (sent.keys,))))] + [Artifact("idp.pem", beside)] * bool(
        beside
    )
    anchors = Anchors() if way == "paste" else load(files)
    now = AT + row.later
    question = Question(
        catalogue=catalogue(),
        now=now,
        at=now if way == "all" else None,
        told=_told(system, row, known) if way == "all" else Told(),
        anchors=anchors,
    )
    inspection = inspect(captures, question)
    assert not inspection.problems
    assert len(inspection.logins) == 1
    return inspection.logins[0]


def _told(system: System, row: Row, known: Recipe) -> Told:
    options = {
        "--acs": known.destination or "",
        "--audience": known.audiences[0][0],
        "--issuer": known.assertion_issuer or "",
        "--user": "",
    }
    settings = dict(system.known)
    if known.relay_state is not None and system.service != "generic":
        settings["relay_state"] = known.relay_state
    for name, value in row.given.items():
        (options if name in options else settings)[name] = value
    return Told(
        acs=tuple(filter(None, [options["--acs"]])),
        audience=tuple(filter(None, [options["--audience"]])),
        issuer=options["--issuer"],
        user=options["--user"],
        service=system.service,
        parameters={name: value for name, value in settings.items() if value},
    )


def complaints(report: LoginReport) -> list[str]:
    """Return every error and warning of a report, as text that tells what is wrong with it."""
    findings = [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]
    return [f"{item.rule}: {item.message.plain()}" for item in findings if item.severity != "note"] + [
        f"broken: {item.rule}" for item in report.diagnosis.broken
    ]


def errors(report: LoginReport) -> list[str]:
    """Return the findings that call a login broken."""
    findings = [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]
    return [f"{item.rule}: {item.message.plain()}" for item in findings if item.severity == "error"]


def advice(finding: Finding) -> str:
    """Return everything that is said about what to change."""
    return "\n".join([finding.fix.plain(), *(step.plain() for step in finding.fix_steps)])


def listed(words: tuple[str, ...] | str) -> tuple[str, ...]:
    """Return one or several texts as a tuple."""
    return (words,) if isinstance(words, str) else words
