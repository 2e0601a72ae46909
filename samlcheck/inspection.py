"""The result of a run, as values that every renderer works from (DESIGN 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from samlcheck.capture.model import Capture
from samlcheck.case import Case, Clock
from samlcheck.checks.context import ParameterValue
from samlcheck.errors import SamlcheckError
from samlcheck.finding import Broken, Cause, NotChecked, Outcome, Text
from samlcheck.packs.model import Symptom

Verdict = Literal["accepted", "rejected", "cannot-tell"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Few causes out of many findings, and what follows for the login."""

    verdict: Verdict
    headline: Text
    """One sentence: the root cause, or why acceptance cannot be told."""
    causes: tuple[Cause, ...]
    """The root cause first. Causes and consequences together are all findings."""
    not_checked: tuple[NotChecked, ...]
    broken: tuple[Broken, ...]
    missing: tuple[str, ...] = ()
    """What would have to be given for a verdict: ``--idp``, ``--audience`` …"""
    symptoms: tuple[Symptom, ...] = ()
    """Symptoms seen, whether or not a failed rule confirms them."""


@dataclass(frozen=True, slots=True)
class PackUse:
    """A pack that was selected, and why."""

    pack: str
    title: str
    because: str
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


@dataclass(frozen=True)
class LoginReport:
    """Everything about one login."""

    case: Case
    diagnosis: Diagnosis
    outcomes: tuple[Outcome, ...]
    packs: tuple[PackUse, ...]
    idp: tuple[str, str] = ("", "")
    """IdP pack name and the reason it was recognised; empty when unknown."""
    service: tuple[str, str] = ("", "")
    second_opinion: object | None = None
    """``secondopinion.SecondOpinion`` when asked for."""


@dataclass(frozen=True)
class Inspection:
    """The result of one run of ``check``."""

    captures: tuple[Capture, ...]
    clock: Clock
    logins: tuple[LoginReport, ...]
    problems: tuple[SamlcheckError, ...] = ()
    """Inputs that could not be read, each with its reason."""
