"""Which of the logins of a chain the user speaks of: service and IdP that are named are those of one leg, not of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samlcheck.engine.question import Question
from samlcheck.flow.sites import hostname
from samlcheck.login import Login
from samlcheck.saml.metadata import entities
from samlcheck.trust.facts import Anchors


def of_leg(login: Login, logins: Sequence[Login], question: Question) -> Question:
    """Return what was told about one leg of a chain: service and IdP that the user names are those of one leg, not of all.

    The leg of the service goes to the host of its ACS URL; where nobody said that, it is the last one.
    """
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
    message = login.response or login.request
    asked = login.request.anatomy.message.get("AssertionConsumerServiceURL") if login.request is not None else None
    return hostname((asked if login.response is None else None) or (message.captured.target if message is not None else "") or "")
