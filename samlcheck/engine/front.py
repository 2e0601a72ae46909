"""Captures in, inspection out; or captures in, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from samlcheck.capture.model import Capture
from samlcheck.case import Case, Clock, Told
from samlcheck.engine.inputs import not_a_login, parsed
from samlcheck.engine.question import Question
from samlcheck.errors import SamlcheckError
from samlcheck.facts import FactTable
from samlcheck.login import REQUESTS, RESPONSES, Login, LoginMessage, pair
from samlcheck.saml.anatomy import dissect
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.parse import parse

# Whatever not every command needs is imported where it is used (docs/performance.md).
if TYPE_CHECKING:
    from samlcheck.inspection import Comparison, Inspection, LoginReport
    from samlcheck.report.decoded import Decoded


def inspect(captures: Sequence[Capture], question: Question, unread: Sequence[SamlcheckError] = ()) -> Inspection:
    """Return the inspection of everything captured; ``unread`` is carried along as problems.

    Raises UsageError when a parameter or service named by the user does not exist.
    """
    from samlcheck.engine.judge import clock_of, judge
    from samlcheck.inspection import Inspection

    problems: list[SamlcheckError] = list(unread)
    given = parsed([question.request], problems) if question.request else []
    logins: list[Login] = []
    for capture in captures:
        messages = parsed([capture], problems)
        logins.extend(pair(capture, messages, [item for item in given if item.anatomy.kind in REQUESTS]))
        problems.extend(not_a_login(item) for item in messages if item.anatomy.kind not in (*RESPONSES, *REQUESTS))
    reports = tuple(judge(login, _asked_of(login, logins, question)) for login in logins)
    clock = reports[0].case.clock if reports else clock_of(None, None, question)
    return Inspection(tuple(captures), clock, reports, tuple(problems), _comparison(reports))


def _asked_of(login: Login, logins: Sequence[Login], question: Question) -> Question:
    if not login.leg:
        return question
    from samlcheck.engine.legs import of_leg

    return of_leg(login, logins, question)


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
