"""The library's front door: captures in, inspection out (DESIGN 1 and 3).

The command line and every other surface use nothing else. Nothing here opens files, reads clocks or prints; what a
message cannot be used for becomes a ``SamlcheckError`` in ``Inspection.problems`` and the other messages go on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from samlcheck.capture import read
from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.case import Case, Clock, Told
from samlcheck.errors import InputError, SamlcheckError, UsageError
from samlcheck.facts import FactTable
from samlcheck.finding import NotChecked, Outcome
from samlcheck.frozen import dataclass
from samlcheck.login import REQUESTS, RESPONSES, Login, LoginMessage, pair
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.saml.metadata import entities
from samlcheck.source import Artifact
from samlcheck.trust.facts import AlgorithmPolicy, Anchors, TrustFacts
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.parse import parse

# Whatever not every command needs is imported where it is used (docs/performance.md).
if TYPE_CHECKING:
    from samlcheck.flow.timeline import Step
    from samlcheck.inspection import Comparison, Inspection, LoginReport
    from samlcheck.packs.catalogue import Catalogue
    from samlcheck.packs.model import Pack
    from samlcheck.packs.select import Selection
    from samlcheck.packs.symptoms import Sighting
    from samlcheck.report.decoded import Decoded

METADATA = ("idp-metadata", "sp-metadata", "metadata", "metadata-aggregate")


@dataclass(frozen=True)
class Question:
    """What is asked about the captures: everything the user told, and the rule packs to apply."""

    catalogue: Catalogue
    now: datetime
    """The clock of the machine; used only where neither ``at`` nor the capture says when."""
    at: datetime | None = None
    told: Told = field(default_factory=Told)
    anchors: Anchors = field(default_factory=Anchors)
    sp: tuple[Anatomy, ...] = ()
    signers: Anchors = field(default_factory=Anchors)
    """Keys by which the service signs its requests, besides those in its metadata (``--signed-by``)."""
    request: Capture | None = None
    """The AuthnRequest given beside the response (``--request``)."""
    skew: int = 60
    private_keys: tuple[bytes, ...] = ()
    """PEM private keys of the SP, for decryption."""
    extra_packs: tuple[Pack, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    second_opinion: bool = False

    @property
    def policy(self) -> AlgorithmPolicy:
        """The algorithm policy chosen by ``--set algorithms=…``."""
        return "modern" if self.told.parameters.get("algorithms") == "modern" else "legacy"


def read_captures(artifacts: Sequence[Artifact]) -> tuple[tuple[Capture, ...], tuple[SamlcheckError, ...]]:
    """Return what each input holds, and why the others hold nothing: one bad input never hides the rest."""
    captures: list[Capture] = []
    problems: list[SamlcheckError] = []
    for artifact in artifacts:
        try:
            captures.append(read(artifact))
        except InputError as error:
            error.where = error.where or artifact.name
            problems.append(error)
    return tuple(captures), tuple(problems)


def inspect(captures: Sequence[Capture], question: Question, unread: Sequence[SamlcheckError] = ()) -> Inspection:
    """Return the inspection of everything captured; ``unread`` is carried along as problems.

    Raises UsageError when a parameter or service named by the user does not exist.
    """
    from samlcheck.inspection import Inspection

    problems: list[SamlcheckError] = list(unread)
    given = _parsed([question.request], problems) if question.request else []
    logins: list[Login] = []
    for capture in captures:
        messages = _parsed([capture], problems)
        logins.extend(pair(capture, messages, [item for item in given if item.anatomy.kind in REQUESTS]))
        problems.extend(_not_a_login(item) for item in messages if item.anatomy.kind not in (*RESPONSES, *REQUESTS))
    reports = tuple(_report(login, _of_leg(login, logins, question)) for login in logins)
    clock = reports[0].case.clock if reports else _clock(None, None, question)
    return Inspection(tuple(captures), clock, reports, tuple(problems), _comparison(reports))


def _comparison(reports: Sequence[LoginReport]) -> Comparison | None:
    """Return the comparison of several logins, IdPs or policies; None where each is alone."""
    if not reports:
        return None
    case = reports[0].case
    several_idps = len(case.anchors.metadata) > 1 or any(item.kind == "metadata-aggregate" for item in case.anchors.metadata)
    if len(reports) < 2 and len(case.told.iam_role) < 2 and not several_idps:
        return None
    from samlcheck.comparison import compare

    return compare(reports)


def decode(captures: Sequence[Capture], now: datetime) -> tuple[Decoded, ...]:
    """Return every message with its document and facts, or with the reason why its XML cannot be read."""
    from samlcheck.report.decoded import Decoded

    found = []
    for capture in captures:
        for captured in capture.messages:
            try:
                anatomy = dissect(parse(captured.artifact))
            except SamlcheckError as error:
                found.append(Decoded(captured, None, None, error))
                continue
            message = LoginMessage(captured, anatomy)
            is_request = anatomy.kind in REQUESTS
            login = Login(None if is_request else message, message if is_request else None, capture, capture.artifact.name)
            seen = TrustFacts(anatomy, anatomy, "unverified", "not-verified")
            of_response, of_request = (None, seen) if is_request else (seen, None)
            case = Case(login, of_response, of_request, Anchors(), (), Told(), Clock(now, "now"), 0)
            found.append(Decoded(captured, FactTable(case), anatomy.document))
    return tuple(found)


def read_sp(artifacts: Sequence[Artifact]) -> tuple[Anatomy, ...]:
    """Return the anatomies of SP metadata files; raises InputError naming what a file is when it is something else."""
    found = []
    for artifact in artifacts:
        anatomy = dissect(parse(artifact))
        if anatomy.kind not in METADATA:
            raise InputError(
                f"--sp wants SP metadata, but this is {_KIND_WORDS.get(anatomy.kind, 'another kind of XML document')}",
                where=artifact.name,
                tip="Give the metadata of the service (EntityDescriptor with SPSSODescriptor), or --acs and --audience.",
                code="not-sp-metadata",
            )
        if anatomy.kind == "idp-metadata":
            raise InputError(
                "--sp wants SP metadata, but this file describes an IdP",
                where=artifact.name,
                tip=f"Did you mean --idp {artifact.name}?",
                code="not-sp-metadata",
            )
        found.append(anatomy)
    return tuple(found)


_KIND_WORDS: Mapping[str, str] = {
    "response": "a SAML response",
    "assertion": "a SAML assertion",
    "authnrequest": "an AuthnRequest",
    "logoutrequest": "a LogoutRequest",
    "logoutresponse": "a LogoutResponse",
    "idp-metadata": "IdP metadata",
    "sp-metadata": "SP metadata",
    "metadata": "metadata",
    "metadata-aggregate": "a metadata aggregate",
    "saml1": "a SAML 1.1 message",
    "ws-federation": "a WS-Federation message",
}


def _parsed(captures: Sequence[Capture], problems: list[SamlcheckError]) -> list[LoginMessage]:
    found = []
    for capture in captures:
        for message in capture.messages:
            try:
                found.append(LoginMessage(message, dissect(parse(message.artifact))))
            except SamlcheckError as error:
                problems.append(error)
    return found


def _not_a_login(message: LoginMessage) -> SamlcheckError:
    kind, name = message.anatomy.kind, message.captured.artifact.name
    words = _KIND_WORDS.get(kind, "XML, but not a SAML 2.0 protocol message")
    tips = {
        "idp-metadata": f"Give it beside a response (--idp {name}), or lint it: samlcheck metadata {name}",
        "sp-metadata": f"Give it beside a response (--sp {name}), or lint it: samlcheck metadata {name}",
        "saml1": "samlcheck reads SAML 2.0. The IdP application speaks SAML 1.1: switch it to SAML 2.0 if the service wants that.",
        "ws-federation": "samlcheck reads SAML 2.0. The service is configured for WS-Federation (wa, wresult), another protocol.",
    }
    usual = f"Lint it: samlcheck metadata {name}" if kind in METADATA else "Paste the value of the form field SAMLResponse."
    tip = tips.get(kind, usual)
    return InputError(f"This is {words}, not a login", where=name, tip=tip, code=f"not-a-login-{kind}")


def _clock(message: CapturedMessage | None, capture: Capture | None, question: Question) -> Clock:
    if question.at is not None:
        return Clock(question.at, "given")
    captured = (message.at if message else None) or (capture.captured_at if capture else None)
    return Clock(captured, "capture") if captured else Clock(question.now, "now")


def _of_leg(login: Login, logins: Sequence[Login], question: Question) -> Question:
    """Return what was told about one leg of a chain: service and IdP that the user names are those of one leg, not of all.

    The leg of the service goes to the host of its ACS URL; where nobody said that, it is the last one.
    """
    if not login.leg:
        return question
    from samlcheck.flow.sites import hostname

    legs = [item for item in logins if item.capture is login.capture]
    described = [entity for given in question.sp for entity in entities(given)]
    hosts = {hostname(url) for url in question.told.acs}
    hosts |= {hostname(point.location) for entity in described for point in entity.assertion_consumer}
    if not any(_service_host(item) in hosts for item in legs):
        hosts = {_service_host(legs[-1])}
    known = {question.told.issuer, *(entity.entity_id for given in question.anchors.metadata for entity in entities(given))} - {""}
    issuers = {item.response.issuer for item in legs if item.response is not None} & known
    of_service = _service_host(login) in hosts
    of_idp = login.response is not None and login.response.issuer in issuers if issuers else of_service
    told = question.told
    if not of_service:
        told = replace(told, acs=(), audience=(), service="", relay_state=None, user="", error="", parameters={}, sources={})
    if not of_idp:
        told = replace(told, issuer="")
    return replace(
        question,
        told=told,
        sp=question.sp if of_service else (),
        anchors=question.anchors if of_idp else Anchors(),
    )


def _service_host(login: Login) -> str:
    from samlcheck.flow.sites import hostname

    message = login.response or login.request
    asked = login.request.anatomy.message.get("AssertionConsumerServiceURL") if login.request is not None else None
    return hostname((asked if login.response is None else None) or (message.captured.target if message is not None else "") or "")


def _report(login: Login, question: Question) -> LoginReport:
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
        clock=_clock(main.captured if main else None, login.capture, question),
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

    anchors = _anchors_of_service(question) if _is_from_service(message.anatomy, question) else question.anchors
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


def _is_from_service(anatomy: Anatomy, question: Question) -> bool:
    """Return whether a service sent the message: by its kind, or, for logouts, which either side may send, by its Issuer."""
    if anatomy.kind not in ("logoutrequest", "logoutresponse"):
        return anatomy.kind in _SENT_BY_SERVICES
    issuer = anatomy.message.find(q("saml:Issuer"))
    name = text_of(issuer) if issuer is not None else ""
    return name in (*question.told.audience, *(item.entity_id for given in question.sp for item in entities(given) if item.is_sp))


def _anchors_of_service(question: Question) -> Anchors:
    from samlcheck.trust.anchors import of_services

    described = of_services(question.sp)
    return replace(described, keys=(*described.keys, *question.signers.keys))


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
