"""Which finding is a cause, which a consequence, and in which order causes are told."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from samlcheck.diagnosis.topics import TOPICS
from samlcheck.finding import CONFIDENCES, SEVERITIES, Cause, Finding


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


def _is_lacking(finding: Finding) -> bool:
    """Return whether a finding says that the recording lacks something that may hold the reason of a refusal."""
    return finding.severity == "warning" and finding.rule.startswith("capture-quality/")


def _rank(finding: Finding, confirmed: bool, consequences: int, stage: int, *, unexplained: bool) -> tuple[object, ...]:
    """Return what causes are sorted by. unexplained: nothing that was found says why the login was refused."""
    primary = finding.primary
    span = primary.node.span if primary and primary.node else None
    return (
        not (prevents_judgement(finding) or (unexplained and _is_lacking(finding))),
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


def explains(cause: Finding, effect: Finding, stage: dict[str, int]) -> bool:
    """Return whether ``cause`` explains ``effect``: named by it, at least as confident, about the same subject.

    What the other side answered, and that the recording ends with its refusal, follow from every fault that was found;
    that the IdP refused is a fact, however sure it is which of the faults it names made it refuse.
    Where the rule of a service names one of the standards on the same topic, but is less sure of it, the two say the same
    and the surer one is the cause. (So confidence never grows from cause to effect, and there are no circles.)
    """
    if _is_outcome(effect) and not _is_outcome(cause):
        return blocks(cause) or prevents_judgement(cause)
    if cause.rule == effect.rule:
        return False
    if _is_refusal(effect) and not _is_refusal(cause) and _names(cause, effect):
        return blocks(cause)
    if not _names(cause, effect):
        topic = stage.get(cause.rule, len(TOPICS))
        less_sure = CONFIDENCES.index(cause.confidence) < CONFIDENCES.index(effect.confidence)
        if not (less_sure and topic < len(TOPICS) and topic == stage.get(effect.rule) and _names(effect, cause)):
            return False
    if cause.subject and effect.subject and cause.subject != effect.subject:
        return False
    if SEVERITIES.index(cause.severity) > SEVERITIES.index(effect.severity):
        return False  # a note never hides an error
    return CONFIDENCES.index(cause.confidence) <= CONFIDENCES.index(effect.confidence)


def _names(cause: Finding, effect: Finding) -> bool:
    return any(fnmatchcase(effect.rule, pattern) for pattern in cause.explains)


def _is_outcome(finding: Finding) -> bool:
    return finding.rule.startswith("answers/") or finding.rule == "capture-quality/no-response-recorded"


def _is_refusal(finding: Finding) -> bool:
    return finding.rule.startswith("saml-status/") or finding.rule == "saml-core/status-not-success"


def causes_of(findings: Sequence[Finding], confirmed: dict[Finding, tuple[str, ...]], stage: dict[str, int]) -> tuple[Cause, ...]:
    """Return the causes in order, consequences below them; together they are all the findings."""
    count = len(findings)
    above = [[j for j in range(count) if j != i and explains(findings[j], findings[i], stage)] for i in range(count)]
    roots = [i for i in range(count) if not above[i]]

    def roots_of(index: int, seen: frozenset[int]) -> set[int]:
        if not above[index]:
            return {index}
        found: set[int] = set()
        for parent in above[index]:
            if parent not in seen:
                found |= roots_of(parent, seen | {parent})
        return found

    unexplained = any(_is_outcome(findings[root]) for root in roots)
    hanging: dict[int, list[int]] = {root: [] for root in roots}
    reach = {i: roots_of(i, frozenset((i,))) for i in range(count) if above[i]}

    def rank(index: int) -> tuple[object, ...]:
        finding = findings[index]
        effects = [i for i, found in reach.items() if index in found]
        confirms = any(confirmed.get(findings[i]) for i in (index, *effects))
        first = min(stage.get(findings[i].rule, len(TOPICS)) for i in (index, *effects))
        return _rank(finding, confirms, len(effects), first, unexplained=unexplained)

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
