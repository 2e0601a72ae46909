"""Causes that no single rule sees: a response for another address, and what a symptom alone suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from samlcheck.diagnosis.topics import TOPICS
from samlcheck.finding import CONFIDENCES, Citation, Evidence, Finding, Slot, Text

if TYPE_CHECKING:
    from samlcheck.packs.symptoms import Sighting

_PROFILES = "https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf"


def _host(slot: Slot | None) -> str:
    if slot is None:
        return ""
    try:
        return urlsplit(slot.value).hostname or ""
    except ValueError:
        return ""


def foreign_address(findings: list[Finding], stage: dict[str, int]) -> list[Finding]:
    """Return the findings with a pattern put before them: the whole response is for another address.

    Audience and at least one of Destination and Recipient name one host, and what was expected names another.
    """
    topics = {
        "audience": TOPICS.index("audience"),
        "recipient": TOPICS.index("recipient"),
        "destination": TOPICS.index("destination"),
    }
    about = [
        (finding, finding.primary)
        for finding in findings
        if stage.get(finding.rule) in topics.values() and finding.severity == "error" and finding.confidence != "guess"
    ]
    pairs = {(_host(item.actual), _host(item.expected)) for _, item in about if item is not None}
    stages = {stage[finding.rule] for finding, _ in about}
    if len(pairs) != 1 or topics["audience"] not in stages or len(stages) < 2:
        return findings
    ((actual, expected),) = pairs
    if not actual or not expected or actual == expected:
        return findings
    first = about[0][0]
    evidence = tuple(
        replace(item, role="primary" if index == 0 else "related")
        for index, item in enumerate(item for _, item in about if item is not None)
    )
    whole = Finding(
        rule="diagnosis/response-for-another-address",
        title="The whole response is meant for another address",
        severity="error",
        confidence=min((finding.confidence for finding, _ in about), key=CONFIDENCES.index),
        concern="login",
        message=Text.of(
            "Audience and address of the response name ", Slot(actual), ", but this service is ", Slot(expected),
            ": the IdP answered for another environment or another application.",
        ),
        evidence=evidence,
        fix=Text.of(
            "Use the IdP application made for ", Slot(expected),
            ", or set both its ACS URL and its audience to the values expected below.",
        ),
        fix_steps=first.fix_steps,
        fix_by="idp",
        citations=(
            Citation("SAML profiles, section 4.1.4.3", _PROFILES, "2026-11-25", "spec"),
        ),
        explains=tuple(finding.rule for finding, _ in about),
    )  # fmt: skip
    stage[whole.rule] = min(stages)
    return [whole, *findings]


def confirming(finding: Finding, symptoms: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the symptoms that point at a finding; a warning or note is too little to be what the service stumbled over."""
    if finding.severity != "error" or not symptoms:
        return ()
    from samlcheck.packs.causes import suspects_of

    return tuple(item.symptom.id for item in symptoms if any(fnmatchcase(finding.rule, rule) for rule in suspects_of(item.symptom)))


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
