"""Facts of what the OASIS schemas do not allow in the message and in the request (SAML core, appendices; SAML errata)."""

from __future__ import annotations

from samlcheck.case import Case
from samlcheck.facts.message import NO_REQUEST, request_anatomy
from samlcheck.facts.reading import NO_MESSAGE
from samlcheck.facts.schema import message_violations
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.saml.anatomy import Anatomy


def _read(anatomy: Anatomy) -> Readings:
    """Return a reading for each violation: its words, at the element or attribute."""
    found = message_violations(anatomy.message)
    return Readings(
        tuple(Reading(item.words, item.words, anatomy.document.ref(item.node, item.attribute)) for item in found),
        anatomy.document.ref(anatomy.message),
    )


@fact("message.schema", "element", "text", "What the schema does not allow in the response or other main message", many=True)
def _message(case: Case) -> Readings:
    return NO_MESSAGE if case.anatomy is None else _read(case.anatomy)


@fact("request.schema", "element", "text", "What the schema does not allow in the request", many=True)
def _request(case: Case) -> Readings:
    anatomy = request_anatomy(case)
    return NO_REQUEST if anatomy is None else _read(anatomy)
