"""What a text alone suggests: which findings a symptom confirms, and what it makes one suspect where none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from samlcheck.diagnosis.topics import TOPICS
from samlcheck.finding import Citation, Evidence, Finding, Slot, Text

if TYPE_CHECKING:
    from samlcheck.packs.symptoms import Sighting


def confirming(finding: Finding, symptoms: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the symptoms that point at a finding; a warning or note is too little to be what the service stumbled over."""
    if finding.severity != "error" or not symptoms:
        return ()
    from samlcheck.packs.causes import suspects_of

    return tuple(item.symptom.id for item in symptoms if any(fnmatchcase(finding.rule, rule) for rule in suspects_of(item.symptom)))


_OF_SOME = (
    "saml-schema/*", "structure/signature-out-of-order", "web-sso-profile/sp-name-qualifier-mismatch",
    "web-sso-profile/confirmation-has-not-before",
)  # fmt: skip
"""Warnings and notes of what some services refuse and others take."""


def raised(finding: Finding, symptoms: Sequence[Sighting]) -> Finding:
    """Return a finding as an error where it warns of what some services refuse, and this one says that it does."""
    if not symptoms or finding.severity == "error" or not any(fnmatchcase(finding.rule, rule) for rule in _OF_SOME):
        return finding
    error = replace(finding, severity="error")
    return error if confirming(error, [item for item in symptoms if item.sure]) else finding


def says_refused(rule: str, stage: dict[str, int]) -> bool:
    """Return whether a failed rule says that the IdP refused the login, or for what reason by its StatusCode."""
    return rule.startswith("saml-status/") or stage.get(rule) == TOPICS.index("status")


def is_notice(sighting: Sighting) -> bool:
    """Return whether a text only informs: it is no fault and never becomes a cause."""
    return sighting.symptom.causes[:1] == ("informational",)


def hypothesis(sighting: Sighting, refusals: tuple[str, ...] = ()) -> Finding:
    """Return what a text alone suggests: *likely* where it is clear and verified, else a guess.

    refusals: rules that say that the IdP refused the login. Where the text is what it gives as its reason, it is the cause.
    """
    from samlcheck.packs.causes import cause_of, fix_of
    from samlcheck.packs.looks import looks_of

    symptom = sighting.symptom
    fix, fix_by = fix_of(symptom)
    known = [cause_of(name).title for name in symptom.causes]
    behind = (
        f"What is behind this: {known[0]}."
        if len(known) == 1
        else f"What may be behind this, most likely first: {'; '.join(known)}."
        if known
        else "Its cause is not visible in what was given."
    )
    reason = sighting.in_status is not None and sighting.sure and bool(refusals)
    return Finding(
        rule=f"symptom/{symptom.id}",
        title=symptom.meaning,
        severity="error",
        confidence="certain" if reason else "likely" if sighting.sure else "guess",
        concern="login",
        message=Text.of(
            " ".join((f"{symptom.system} says so.", behind, *(("To be sure:", *looks_of(symptom)) if symptom.next else ())))
        ),
        evidence=(
            Evidence(
                "primary",
                sighting.in_status if reason else None,
                label="StatusMessage" if reason else "what the page said",
                actual=Slot(sighting.said or symptom.code or symptom.id, sensitive=sighting.private),
            ),
        ),
        fix=Text.of(fix or "Capture the whole login (HAR) to see what led to it."),
        fix_steps=sighting.steps,
        fix_by=fix_by,
        citations=tuple(Citation(c.source, c.url, c.seen, c.basis) for c in symptom.cite),
        explains=refusals if reason else (),
    )
