"""One login judged: trust, facts, the rules that apply, the diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.case import Case, Clock
from samlcheck.engine.question import Question
from samlcheck.errors import UsageError
from samlcheck.facts import FactTable
from samlcheck.finding import NotChecked, Outcome
from samlcheck.login import Login, LoginMessage
from samlcheck.saml.anatomy import Anatomy
from samlcheck.saml.metadata import entities
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import q

# Whatever not every command needs is imported where it is used (docs/performance.md).
if TYPE_CHECKING:
    from samlcheck.flow.timeline import Step
    from samlcheck.inspection import LoginReport
    from samlcheck.packs.select import Selection
    from samlcheck.packs.symptoms import Sighting


def judge(login: Login, question: Question) -> LoginReport:
    """Return the report on one login. Raises UsageError for a service, parameter or private key that is none."""
    from samlcheck.diagnosis import diagnose, gated_outcomes
    from samlcheck.inspection import LoginReport, PackUse
    from samlcheck.packs.run import run
    from samlcheck.packs.select import select

    main = login.response or login.request
    trust = _trust(login.response, question) if login.response else None
    request_trust = _trust(login.request, question) if login.request else None
    case = Case(
        login=login,
        trust=trust,
        request_trust=request_trust,
        anchors=question.anchors,
        sp=question.sp,
        told=question.told,
        clock=clock_of(main.captured if main else None, login.capture, question),
        skew=question.skew,
    )
    table = FactTable(case)
    selection = select(question.catalogue, table, question.told, question.extra_packs)
    outcomes = gated_outcomes(_chosen(run(selection, table), question))
    judged = trust or request_trust
    diagnosis = diagnose(
        outcomes,
        symptoms=_sightings(question, table, selection),
        trusted=judged is not None and judged.verdict == "trusted",
        kind=main.anatomy.kind if main else "response",
    )
    opinion = None
    if question.second_opinion and login.response is not None:
        from samlcheck.secondopinion import ask

        opinion = ask(case, diagnosis, question.private_keys)
    service = next(((pack.pack, why) for pack, why in selection.packs if pack.pack == selection.service), ("", ""))
    idp = (selection.idp.pack, selection.idp_because) if selection.idp is not None and selection.idp_because else ("", "")
    uses = tuple(
        PackUse(
            pack.pack,
            pack.title,
            why,
            {name: selection.context.parameters[name] for name in pack.parameters if name in selection.context.parameters},
        )
        for pack, why in selection.packs
    )
    return LoginReport(case, diagnosis, outcomes, uses, idp, service, opinion, _timeline(case))


def _timeline(case: Case) -> tuple[Step, ...]:
    if case.flow is None:
        return ()
    from samlcheck.flow.timeline import timeline

    return timeline(case.flow)


def _sightings(question: Question, table: FactTable, selection: Selection) -> tuple[Sighting, ...]:
    """Return the symptoms in whatever was said about the login."""
    case = table.case
    if not (case.told.error or case.login.capture.exchanges or table.read("response.status_message").items):
        return ()
    from samlcheck.packs.sightings import sightings

    return sightings(question.catalogue, table, selection)


def _trust(message: LoginMessage, question: Question) -> TrustFacts:
    from samlcheck.trust.establish import establish

    anchors = _anchors_of_sender(message.anatomy, question)
    try:
        return establish(
            message.anatomy, anchors, policy=question.policy, private_keys=question.private_keys, captured=message.captured
        )
    except ValueError:
        raise UsageError(
            "the private key given for decryption cannot be read",
            tip="Give the service's RSA private key as unencrypted PEM or DER (--key FILE or --key-env VAR).",
            code="bad-private-key",
        ) from None


_SENT_BY_SERVICES = ("authnrequest", "artifactresolve", "attributequery")
_SENT_BY_EITHER = ("logoutrequest", "logoutresponse")


def _anchors_of_sender(anatomy: Anatomy, question: Question) -> Anchors:
    """Return the keys of whoever sent the message: by its kind, or, for logouts, which either side may send, by its Issuer.

    Where an Issuer is neither side's by what is known, it may be either's, and so may the key (``--signed-by``).
    """
    if anatomy.kind in _SENT_BY_SERVICES:
        return _anchors_of_service(question)
    if anatomy.kind not in _SENT_BY_EITHER:
        return question.anchors
    issuer = anatomy.message.find(q("saml:Issuer"))
    name = text_of(issuer) if issuer is not None else ""
    if name in (*question.told.audience, *(item.entity_id for given in question.sp for item in entities(given) if item.is_sp)):
        return _anchors_of_service(question)
    if name and name in (
        question.told.issuer,
        *(item.entity_id for given in question.anchors.metadata for item in entities(given)),
    ):
        return question.anchors
    return replace(question.anchors, keys=(*question.anchors.keys, *question.signers.keys))


def _anchors_of_service(question: Question) -> Anchors:
    from samlcheck.trust.anchors import of_services

    described = of_services(question.sp)
    return replace(described, keys=(*described.keys, *question.signers.keys))


def clock_of(message: CapturedMessage | None, capture: Capture | None, question: Question) -> Clock:
    """Return the instant to judge at: the one given, else that of the capture, else now."""
    if question.at is not None:
        return Clock(question.at, "given")
    captured = (message.at if message else None) or (capture.captured_at if capture else None)
    return Clock(captured, "capture") if captured else Clock(question.now, "now")


def _chosen(outcomes: Sequence[Outcome], question: Question) -> list[Outcome]:
    """Return the outcomes with rules left out by the user marked *not checked*: leaving out is no way to be accepted."""
    if not (question.select or question.ignore):
        return list(outcomes)

    def left_out(rule: str) -> str:
        if question.select and not any(_names(rule, pattern) for pattern in question.select):
            return "left out by --select"
        return "left out by --ignore" if any(_names(rule, pattern) for pattern in question.ignore) else ""

    return [
        NotChecked(item.rule, why, "the rule itself (it was left out)", item.settles, item.required)
        if (why := left_out(item.rule))
        else item
        for item in outcomes
    ]


def _names(rule: str, pattern: str) -> bool:
    return fnmatchcase(rule, pattern) or rule.partition("/")[0] == pattern
