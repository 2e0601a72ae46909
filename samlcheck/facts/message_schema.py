"""Facts of what the OASIS schemas do not allow in the message and in the request (SAML core, appendices; SAML errata)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from samlcheck.case import Case
from samlcheck.facts.message import NO_REQUEST, request_anatomy
from samlcheck.facts.reading import NO_MESSAGE
from samlcheck.facts.schemas import schema
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.saml.anatomy import Anatomy

if TYPE_CHECKING:
    from samlcheck.facts.schema import SchemaViolation

_MOST = 4_000
"""Tags: libxml2 needs time that grows with the square of what is wrong. Logins have a hundred, with many groups a thousand."""
_TOO_LARGE = Readings(unavailable="the message is too large to be held against the schemas")


def _read(anatomy: Anatomy, *, additions: bool = False) -> Readings:
    """Return a reading for each violation: its words, at the element or attribute.

    additions: those that add something, which no reader looks for, and not those that leave out or misplace what one looks for.
    """
    if anatomy.document.data.count(b"<") > _MOST:
        return _TOO_LARGE
    document, message = anatomy.document, anatomy.message
    every = document.once(_violations) if message is document.root else _violations(message)
    found = [item for item in every if _is_addition(item) == additions]
    places = (document.ref(item.node, item.attribute) for item in found)
    return Readings(
        tuple(Reading(item.words, item.words, place) for item, place in zip(found, places, strict=True)), document.ref(message)
    )


def _violations(message: etree._Element) -> tuple[SchemaViolation, ...]:
    if schema("messages").validate(message):
        return ()
    from samlcheck.facts.schema import message_violations  # the words are for what is wrong

    return message_violations(message)


def _is_addition(violation: SchemaViolation) -> bool:
    """Return whether a violation is an attribute that is no misspelt one, or text beside the elements."""
    return violation.kind == "text_not_allowed" or (violation.kind == "attribute_not_allowed" and not violation.meant)


@fact(
    "message.schema",
    "element",
    "text",
    "What the schema does not allow in the order, number and names of the response or other main message",
    many=True,
)
def _message(case: Case) -> Readings:
    return NO_MESSAGE if case.anatomy is None else _read(case.anatomy)


@fact("message.schema_additions", "element", "text", "Attributes and text in the message that the schema does not know", many=True)
def _additions(case: Case) -> Readings:
    return NO_MESSAGE if case.anatomy is None else _read(case.anatomy, additions=True)


@fact("request.schema", "element", "text", "What the schema does not allow in the request", many=True)
def _request(case: Case) -> Readings:
    anatomy = request_anatomy(case)
    return NO_REQUEST if anatomy is None else _read(anatomy)
