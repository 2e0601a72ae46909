"""What must be settled before a message may be accepted, and which failures leave later outcomes without meaning."""

from __future__ import annotations

from collections.abc import Sequence

from samlcheck.finding import Failed, NotChecked, Outcome
from samlcheck.frozen import dataclass

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


LOGIN = Acceptance(TOPICS, "Everything that was checked holds; the service should accept this login")
ACCEPTANCE: dict[str, Acceptance] = {
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


def gated_outcomes(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes after the gates: what ``diagnose`` counts."""
    return tuple(gate(outcomes))


def gate(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes with those that cannot be meant as *not checked*."""
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


def stage_of(settles: tuple[str, ...]) -> int:
    """Return how early a service looks at what a rule settles; the last place for all else."""
    return min((TOPICS.index(topic) for topic in settles if topic in TOPICS), default=len(TOPICS))
