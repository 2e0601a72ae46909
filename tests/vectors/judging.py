"""A vector through the front door, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from samlcheck import engine
from samlcheck.case import Told
from samlcheck.diagnosis import blocks
from samlcheck.errors import UsageError
from samlcheck.facts.trust import relied_upon
from samlcheck.finding import Finding
from samlcheck.forge import AT
from samlcheck.inspection import Inspection, LoginReport
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from samlcheck.trust.facts import Anchors, TrustFacts
from tests.vectors.making import ACS, IDP, REQUEST_ID, SP
from tests.vectors.vector import Sent, Vector

_LOGINS = ("response", "assertion", "artifactresponse", "encrypted-assertion")


@dataclass(frozen=True)
class Observed:
    """What samlcheck said of a vector."""

    acceptance: str
    signature: str
    reason: str
    """Of that verdict."""
    trust: str
    """``trusted``, ``untrusted``, ``unverified``; ``unread`` where nothing was read."""
    named: str
    """The rule of the first blocking finding, ``input/CODE`` where nothing was read, else empty."""
    rules: tuple[str, ...]
    """Every rule that failed."""
    broken: tuple[str, ...]
    """Rules that raised; none ever should."""
    seconds: float
    inspection: Inspection | None

    @property
    def report(self) -> LoginReport | None:
        """The login that was judged; None where nothing was read."""
        return self.inspection.logins[0] if self.inspection and self.inspection.logins else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those that come first in the report first."""
        causes = self.report.diagnosis.causes if self.report else ()
        return tuple(item for cause in causes for item in (cause.finding, *cause.consequences))


def judge(vector: Vector) -> Observed:
    """Return what samlcheck says of a vector."""
    return judge_sent(vector.make())


def judge_sent(sent: Sent) -> Observed:
    """Return what samlcheck says of a message, told what a careful operator knows."""
    catalogue = _catalogue()
    begin = time.perf_counter()
    captures, unread = engine.read_captures([Artifact("vector", sent.octets)])
    try:
        keys = anchors(sent.pinned)
    except UsageError as error:  # the operator's own files are refused before any message is looked at
        return Observed(
            "unreadable", "unread", "unread", "unread", f"input/{error.code}", (), (), time.perf_counter() - begin, None
        )
    inspection = engine.inspect(captures, question(sent, catalogue, keys), unread)
    seconds = time.perf_counter() - begin
    if not inspection.logins:
        code = inspection.problems[0].code if inspection.problems else "nothing"
        return Observed("unreadable", "unread", "unread", "unread", f"input/{code}", (), (), seconds, inspection)
    report = inspection.logins[0]
    trust = report.case.trust or report.case.request_trust
    assert trust is not None
    relied = relied_upon(trust)
    first = next((cause.finding.rule for cause in report.diagnosis.causes if blocks(cause.finding)), "")
    return Observed(
        acceptance(report, trust, worst=inspection),
        relied.verdict if relied else "absent",
        relied.reason if relied else "no-signature",
        trust.verdict,
        first,
        tuple(item.rule for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)),
        tuple(item.rule for item in report.diagnosis.broken),
        seconds,
        inspection,
    )


def acceptance(report: LoginReport, trust: TrustFacts, worst: Inspection) -> str:
    """Return the verdict on a login; a request or a logout message is accepted if it is trusted and nothing blocks it.

    Several logins in one capture count as accepted if any of them is.
    """
    verdicts = {item.diagnosis.verdict for item in worst.logins}
    if report.case.login.response is not None and trust.original.kind in _LOGINS:
        return "accepted" if "accepted" in verdicts else report.diagnosis.verdict
    if "rejected" in verdicts:
        return "rejected"
    return "accepted" if trust.verdict == "trusted" else "cannot-tell"


def question(sent: Sent, catalogue: Catalogue, keys: Anchors) -> engine.Question:
    """Return the question a careful operator asks: ACS, audience, issuer, request and keys are all known."""
    return engine.Question(
        catalogue,
        now=AT,
        at=sent.at,
        told=Told(acs=(ACS,), audience=(SP,), issuer=IDP, parameters={"request_id": REQUEST_ID, **sent.parameters}),
        anchors=keys,
        private_keys=sent.private_keys,
    )


def forget() -> None:
    """Forget what was read of key files, for runs in which reading itself is changed."""
    anchors.cache_clear()


@cache
def _catalogue() -> Catalogue:
    return shipped()


@cache
def anchors(files: tuple[bytes, ...]) -> Anchors:
    """Return the keys in files given as ``--idp``. Raises UsageError where there are none."""
    return load([Artifact(f"idp-{number}.pem", octets) for number, octets in enumerate(files, 1)])


def as_expected(vector: Vector, observed: Observed) -> bool:
    """Return whether all that a vector expects has come true."""
    return (observed.acceptance, observed.signature, observed.broken) == (
        vector.expected.acceptance,
        vector.expected.signature,
        (),
    ) and rightly_named(vector, observed)


def rightly_named(vector: Vector, observed: Observed) -> bool:
    """Return whether one of the rules expected comes first; of what is accepted, whether all of them have spoken."""
    if vector.must_accept:
        return set(vector.expected.rules) <= set(observed.rules)
    return observed.named in (vector.expected.rules or ("",))
