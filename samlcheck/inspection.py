"""The result of a run, as values that every renderer works from (DESIGN 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from samlcheck.finding import Slot, Text
from samlcheck.frozen import dataclass

if TYPE_CHECKING:
    from samlcheck.capture.model import Capture
    from samlcheck.case import Case, Clock
    from samlcheck.checks.context import ParameterValue
    from samlcheck.errors import SamlcheckError
    from samlcheck.finding import Broken, Cause, NotChecked, Outcome
    from samlcheck.flow.timeline import Step
    from samlcheck.packs.model import Symptom

Verdict = Literal["accepted", "rejected", "cannot-tell"]
Owner = Literal["", "browser", "idp", "sp", "proxy", "network", "user"]


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
    owner: Owner = ""
    """Who broke the login; empty where nobody did, or where it cannot be told."""


@dataclass(frozen=True, slots=True)
class PackUse:
    """A pack that was selected, and why."""

    pack: str
    title: str
    because: str
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """python3-saml's verdict beside ours."""

    accepts: bool | None
    """None: it could not be asked."""
    code: str
    """Its error name, empty when it accepts."""
    error: str
    """Its error text; captured values inside."""
    rule: str
    """The first rule of ours that says the same and failed here, else the first that would."""
    agrees: bool | None
    """None: our verdict is *cannot tell*, or it could not be asked."""
    reason: str
    """Why the two differ; empty when they agree."""

    @property
    def words(self) -> Text:
        """The opinion as one sentence."""
        if self.accepts is None:
            return Text.of("not available: ", self.reason)
        if self.accepts:
            said: Text = Text.of("accepts")
        else:
            said = Text.of("rejects (", self.code or "error", "): ", Slot(self.error, sensitive=True))
        if self.rule and not self.accepts:
            said = Text.of(said, " = ", self.rule)
        return Text.of(said, "; differs: ", self.reason) if self.agrees is False else said


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
    second_opinion: SecondOpinion | None = None
    """When asked for."""
    timeline: tuple[Step, ...] = ()
    """The steps of the login, where it comes from a recording."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that several logins say, side by side."""

    what: str
    """``provider``, ``role`` …"""
    values: tuple[Slot, ...]
    """One for each login, in their order; empty where a login does not say it."""

    @property
    def same(self) -> bool:
        """Whether all logins say the same."""
        return len({slot.value for slot in self.values}) == 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """How several identity providers stand to one AWS role and one Amazon Connect instance."""

    logins: tuple[str, ...]
    """Their names, in order."""
    rows: tuple[Compared, ...]
    remarks: tuple[Text, ...]
    """What follows from the rows, one sentence each."""


@dataclass(frozen=True)
class Inspection:
    """The result of one run of ``check``."""

    captures: tuple[Capture, ...]
    clock: Clock
    logins: tuple[LoginReport, ...]
    problems: tuple[SamlcheckError, ...] = ()
    comparison: Comparison | None = None
    """Where several logins, metadata files or policies of one AWS role were given."""
    """Inputs that could not be read, each with its reason."""
