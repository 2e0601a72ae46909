"""From many outcomes to few causes, and the verdict (DESIGN 6).

1. Gates: where an earlier stage failed, outcomes of later stages that cannot be meant are *not checked*.
2. Patterns: several addressing faults that name one foreign host become one cause.
3. Edges: a finding is a consequence when an at least as confident failed rule explains it and they share a subject.
4. Order: confirmed by a symptom, blocks the login, severity, confidence, stage of the login, number of consequences,
   document order, id. The stage stands before the count (DESIGN has only the count): with two independent faults the
   earlier one is what the service stumbles over.
5. Verdict. Nothing is dropped: causes and consequences together are all findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from samlcheck.finding import (
    CONFIDENCES,
    SEVERITIES,
    Broken,
    Cause,
    Citation,
    Evidence,
    Failed,
    Finding,
    NotApplicable,
    NotChecked,
    Outcome,
    Passed,
    Slot,
    Text,
    joined,
)
from samlcheck.frozen import dataclass
from samlcheck.inspection import Diagnosis, Owner, Verdict

if TYPE_CHECKING:
    from samlcheck.packs.symptoms import Sighting

TOPICS = ("status", "signature", "window", "audience", "recipient", "destination")
"""What must be settled before a login may be called accepted (DESIGN 6.5), in the order a service looks at it."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What acceptance of one kind of message means."""

    topics: tuple[str, ...]
    """Each must be settled."""
    accepted: str
    """The headline when everything holds."""
    lacking: str = ""
    """Not empty: a message of this kind alone is nothing that could be accepted; this would have to be given."""


_LOGIN = Acceptance(TOPICS, "Everything that was checked holds; the service should accept this login")
_ACCEPTANCE: dict[str, Acceptance] = {
    "logoutrequest": Acceptance(
        ("signature", "window", "destination"), "Everything that was checked holds; the receiver should accept this LogoutRequest"
    ),
    "logoutresponse": Acceptance(
        ("status", "signature", "window", "destination"),
        "Everything that was checked holds; the receiver should accept this LogoutResponse",
    ),
    "artifactresolve": Acceptance((), "", "the ArtifactResponse that answers this ArtifactResolve"),
    "authnrequest": Acceptance((), "", "the SAMLResponse that answers this request"),
    "attributequery": Acceptance((), "", "the Response that answers this query"),
}
"""By kind of message; any other is a login. The side that a logout comes from decides who receives it (profiles 4.4)."""

_PROFILES = "https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf"


@dataclass(frozen=True, slots=True)
class Gate:
    """A topic whose failure leaves others without meaning."""

    topic: str
    closes: tuple[str, ...]
    why: str


GATES = (
    Gate(
        "status",
        ("signature", "window", "audience", "recipient"),
        "the IdP refused the login, so its answer carries nothing else to check",
    ),
)


def diagnose(outcomes: Sequence[Outcome], *, symptoms: Sequence[Sighting] = (), trusted: bool, kind: str = "response") -> Diagnosis:
    """Return causes, verdict and headline for the outcomes of one login.

    symptoms: what the service answered. trusted: the trust verdict; without it nothing is ever accepted.
    kind: of the message that is judged, as ``Anatomy.kind``.
    """
    acceptance = _ACCEPTANCE.get(kind, _LOGIN)
    gated = _gate(outcomes)
    findings = [finding for outcome in gated if isinstance(outcome, Failed) for finding in outcome.findings]
    stage = {outcome.rule: _stage(outcome.settles) for outcome in gated if isinstance(outcome, Failed)}
    merged = _foreign_address(findings, stage)
    confirmed = {finding: _confirming(finding, symptoms) for finding in merged}
    seen = {name for names in confirmed.values() for name in names}
    hypotheses = [_hypothesis(item) for item in symptoms if item.symptom.id not in seen and not _is_notice(item)]
    causes = _causes([*merged, *hypotheses], confirmed, stage)
    verdict, missing = _verdict(gated, causes, acceptance, trusted=trusted)
    return Diagnosis(
        verdict=verdict,
        headline=_headline(verdict, causes, missing, acceptance),
        causes=causes,
        not_checked=tuple(outcome for outcome in gated if isinstance(outcome, NotChecked)),
        broken=tuple(outcome for outcome in gated if isinstance(outcome, Broken)),
        missing=missing,
        symptoms=tuple(item.symptom for item in symptoms),
        owner=_owner(causes),
    )


_OWNERS: dict[str, Owner] = {
    "flow/request-blocked": "browser",
    "flow/cookie-blocked": "browser",
    "flow/form-not-delivered": "browser",
    "flow/network-failed": "network",
}
"""Whose the break is where that is not who mends it."""


def _owner(causes: tuple[Cause, ...]) -> Owner:
    """Return who broke the login: whoever has to change something about the first cause, or what stopped it on the way."""
    first = next((cause.finding for cause in causes if blocks(cause.finding)), None)
    if first is None or any(prevents_judgement(cause.finding) for cause in causes) or first.fix_by == "capture":
        return ""
    return _OWNERS.get(first.rule, first.fix_by)


def gated_outcomes(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes after the gates: what ``diagnose`` counts."""
    return tuple(_gate(outcomes))


def _gate(outcomes: Sequence[Outcome]) -> list[Outcome]:
    failed = {topic for outcome in outcomes if isinstance(outcome, Failed) and _is_error(outcome) for topic in outcome.settles}
    closed = {topic: gate.why for gate in GATES if gate.topic in failed for topic in gate.closes}
    if not closed:
        return list(outcomes)
    result: list[Outcome] = []
    for outcome in outcomes:
        why = next((closed[topic] for topic in outcome.settles if topic in closed), "")
        if why and isinstance(outcome, Failed):
            result.append(NotChecked(outcome.rule, why, "", outcome.settles, outcome.required))
        else:
            result.append(outcome)
    return result


def _is_error(outcome: Failed) -> bool:
    return any(finding.severity == "error" for finding in outcome.findings)


def _stage(settles: tuple[str, ...]) -> int:
    return min((TOPICS.index(topic) for topic in settles if topic in TOPICS), default=len(TOPICS))


def blocks(finding: Finding) -> bool:
    """Return whether the finding alone makes a consumer reject the login; a fault of the recording does not."""
    return (
        finding.severity == "error"
        and finding.confidence != "guess"
        and finding.concern != "hygiene"
        and not prevents_judgement(finding)
    )


def prevents_judgement(finding: Finding) -> bool:
    """Return whether a finding says that the recording is too little to judge by: it is told before anything else."""
    return finding.severity == "error" and finding.rule.startswith("capture-quality/")


def _rank(finding: Finding, confirmed: bool, consequences: int, stage: int) -> tuple[object, ...]:
    primary = finding.primary
    span = primary.node.span if primary and primary.node else None
    return (
        not prevents_judgement(finding),
        not confirmed,
        not blocks(finding),
        SEVERITIES.index(finding.severity),
        CONFIDENCES.index(finding.confidence),
        stage,
        -consequences,
        span.start if span else 1 << 40,
        finding.rule,
        finding.subject,
        repr(finding),  # makes the order total
    )


def explains(cause: Finding, effect: Finding) -> bool:
    """Return whether ``cause`` explains ``effect``: named by it, at least as confident, about the same subject.

    What the other side answered, and that the recording ends with its refusal, follow from every fault that was found.
    """
    if _is_outcome(effect) and not _is_outcome(cause):
        return blocks(cause) or prevents_judgement(cause)
    if cause.rule == effect.rule or not any(fnmatchcase(effect.rule, pattern) for pattern in cause.explains):
        return False
    if cause.subject and effect.subject and cause.subject != effect.subject:
        return False
    if SEVERITIES.index(cause.severity) > SEVERITIES.index(effect.severity):
        return False  # a note never hides an error
    return CONFIDENCES.index(cause.confidence) <= CONFIDENCES.index(effect.confidence)


def _is_outcome(finding: Finding) -> bool:
    return finding.rule.startswith("answers/") or finding.rule == "capture-quality/no-response-recorded"


def _causes(findings: Sequence[Finding], confirmed: dict[Finding, tuple[str, ...]], stage: dict[str, int]) -> tuple[Cause, ...]:
    count = len(findings)
    above = [[j for j in range(count) if j != i and explains(findings[j], findings[i])] for i in range(count)]
    roots = [i for i in range(count) if not above[i]]

    def roots_of(index: int, seen: frozenset[int]) -> set[int]:
        if not above[index]:
            return {index}
        found: set[int] = set()
        for parent in above[index]:
            if parent not in seen:
                found |= roots_of(parent, seen | {parent})
        return found

    hanging: dict[int, list[int]] = {root: [] for root in roots}
    reach = {i: roots_of(i, frozenset((i,))) for i in range(count) if above[i]}

    def rank(index: int) -> tuple[object, ...]:
        finding = findings[index]
        effects = sum(1 for found in reach.values() if index in found)
        confirms = bool(confirmed.get(finding)) or any(confirmed.get(findings[i]) for i, found in reach.items() if index in found)
        return _rank(finding, confirms, effects, stage.get(finding.rule, len(TOPICS)))

    stray: list[int] = []
    for index, found in reach.items():
        if found:
            hanging[min(found, key=rank)].append(index)
        else:  # a circle, which loading refuses; kept all the same so that nothing is dropped
            stray.append(index)
    for index in stray:
        hanging[index] = []
    ordered = sorted(hanging, key=rank)
    return tuple(
        Cause(
            findings[root],
            tuple(findings[i] for i in sorted(hanging[root], key=rank)),
            tuple(dict.fromkeys(name for i in (root, *hanging[root]) for name in confirmed.get(findings[i], ()))),
        )
        for root in ordered
    )


def _host(slot: Slot | None) -> str:
    if slot is None:
        return ""
    try:
        return urlsplit(slot.value).hostname or ""
    except ValueError:
        return ""


def _foreign_address(findings: list[Finding], stage: dict[str, int]) -> list[Finding]:
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


def _confirming(finding: Finding, symptoms: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the symptoms that point at a finding; a warning or note is too little to be what the service stumbled over."""
    if finding.severity != "error" or not symptoms:
        return ()
    from samlcheck.packs.causes import suspects_of

    return tuple(item.symptom.id for item in symptoms if any(fnmatchcase(finding.rule, rule) for rule in suspects_of(item.symptom)))


def _is_notice(sighting: Sighting) -> bool:
    return sighting.symptom.causes[:1] == ("informational",)


def _hypothesis(sighting: Sighting) -> Finding:
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
    return Finding(
        rule=f"symptom/{symptom.id}",
        title=symptom.meaning,
        severity="error",
        confidence="likely" if sighting.sure else "guess",
        concern="login",
        message=Text.of(
            " ".join((f"{symptom.system} says so.", behind, *(("To be sure:", *looks_of(symptom)) if symptom.next else ())))
        ),
        evidence=(
            Evidence(
                "primary",
                None,
                label="what the page said",
                actual=Slot(sighting.said or symptom.code or symptom.id, sensitive=sighting.private),
            ),
        ),
        fix=Text.of(fix or "Capture the whole login (HAR) to see what led to it."),
        fix_steps=sighting.steps,
        fix_by=fix_by,
        citations=tuple(Citation(c.source, c.url, c.seen, c.basis) for c in symptom.cite),
    )


def _verdict(
    outcomes: Sequence[Outcome], causes: Iterable[Cause], acceptance: Acceptance, *, trusted: bool
) -> tuple[Verdict, tuple[str, ...]]:
    if any(blocks(finding) for cause in causes for finding in (cause.finding, *cause.consequences)):
        return "rejected", ()
    needs: list[str] = [acceptance.lacking] if acceptance.lacking else []
    for topic in acceptance.topics:
        about = [outcome for outcome in outcomes if topic in outcome.settles]
        passed = any(isinstance(outcome, Passed) and not outcome.unverified for outcome in about)
        open_ones = [outcome for outcome in about if isinstance(outcome, NotChecked | Broken)]
        if topic == "destination" and about and all(isinstance(outcome, NotApplicable) for outcome in about):
            continue  # an unsigned message may leave Destination out (core 3.2.2, bindings 3.5.5.2): nothing to settle
        if not passed or (topic == "signature" and not trusted):
            named = [outcome.needs for outcome in open_ones if isinstance(outcome, NotChecked) and outcome.needs]
            needs.extend(named or [f"a check of {topic}"])
    for outcome in outcomes:
        if outcome.required and isinstance(outcome, NotChecked | Broken):
            needs.append((outcome.needs if isinstance(outcome, NotChecked) else "") or f"a check by {outcome.rule}")
    if not needs and not trusted:
        needs.append("--idp")
    return ("cannot-tell", tuple(dict.fromkeys(needs))) if needs else ("accepted", ())


def _headline(verdict: Verdict, causes: tuple[Cause, ...], missing: tuple[str, ...], acceptance: Acceptance) -> Text:
    if verdict == "rejected":
        return Text.of(causes[0].finding.title)
    if verdict == "accepted":
        return Text.of(acceptance.accepted)
    if causes and prevents_judgement(causes[0].finding):
        return Text.of(causes[0].finding.title)
    wanted = joined((Text.of(need) for need in missing), ", ")
    if causes and causes[0].finding.severity == "error":
        return Text.of("Perhaps: ", causes[0].finding.title, " (to be sure, give ", wanted, ")")
    return Text.of("Nothing wrong was found, but that is not enough to say that it would be accepted; still needed: ", wanted)
