"""The diagnosis of one message: causes, verdict and headline from the outcomes of its rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from samlcheck.diagnosis.causes import blocks, causes_of, prevents_judgement
from samlcheck.diagnosis.patterns import combined
from samlcheck.diagnosis.suspicion import confirming, hypothesis, is_notice, raised, says_refused
from samlcheck.diagnosis.topics import ACCEPTANCE, LOGIN, Acceptance, gate, stage_of
from samlcheck.finding import Broken, Cause, Failed, NotApplicable, NotChecked, Outcome, Passed, Text, joined
from samlcheck.inspection import Diagnosis, Owner, Verdict

if TYPE_CHECKING:
    from samlcheck.packs.symptoms import Sighting


def diagnose(outcomes: Sequence[Outcome], *, symptoms: Sequence[Sighting] = (), trusted: bool, kind: str = "response") -> Diagnosis:
    """Return causes, verdict and headline for the outcomes of one login.

    symptoms: what the service answered. trusted: the trust verdict; without it nothing is ever accepted.
    kind: of the message that is judged, as ``Anatomy.kind``.
    """
    acceptance = ACCEPTANCE.get(kind, LOGIN)
    gated = gate(outcomes)
    findings = [finding for outcome in gated if isinstance(outcome, Failed) for finding in outcome.findings]
    stage = {outcome.rule: stage_of(outcome.settles) for outcome in gated if isinstance(outcome, Failed)}
    merged = [raised(finding, symptoms) for finding in combined(findings, stage)]
    confirmed = {finding: confirming(finding, symptoms) for finding in merged}
    seen = {name for names in confirmed.values() for name in names}
    refusals = tuple(rule for rule in dict.fromkeys(item.rule for item in merged) if says_refused(rule, stage))
    hypotheses = [hypothesis(item, refusals) for item in symptoms if item.symptom.id not in seen and not is_notice(item)]
    causes = causes_of([*merged, *hypotheses], confirmed, stage)
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
        if isinstance(outcome, Broken):  # what it would have said is not known, whatever it settles
            needs.append(f"a check by {outcome.rule}")
        elif outcome.required and isinstance(outcome, NotChecked):
            needs.append(outcome.needs or f"a check by {outcome.rule}")
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
