"""Named checks on the structure of signed messages: oddities, signature wrapping, and inner signatures that fail."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from samlcheck.checks.context import Context, Held, Nothing, Result, Violated, Violation
from samlcheck.checks.template import listed
from samlcheck.facts import Reading, Readings
from samlcheck.facts.reading import Reader
from samlcheck.finding import Evidence, Slot, Text
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local, q

_NAMEIDS = (("saml:Subject", "saml:NameID"), ("saml:Assertion", "saml:Subject", "saml:NameID"))


def structure(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge the oddities that ``trust.structure`` found: none of the codes in ``none_of`` is among them.

    A violation shows the first place of each, the others beside it, and says what is odd about them.
    """
    trust = _trust(context)
    if trust is None:
        return Nothing("there is no message in what was given")
    refused = listed(options["none_of"])
    found = [item for item in trust.structure if item[0] in refused]
    if not found:
        return Held()
    return Violated(
        tuple(
            Violation(
                None, places[0] if places else None, detail=text, related=tuple(Evidence("contrast", place) for place in places[1:])
            )
            for _, text, places in found
        )
    )


def signed_is_read(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge whether what a key given really signed is what would be read (SAML core 5.4.2; XSW 1 to 8).

    A violation shows what would be read as the place, and what was signed as its contrast.
    """
    trust = _trust(context)
    if trust is not None and trust.verdict == "trusted":
        return Held()
    if trust is None or not trust.signed:
        return Nothing("no key that was given signed anything here")
    read = trust.anatomy.message if trust.anatomy.assertion is None else trust.anatomy.assertion
    if any(element is read or element in read.iterancestors() for element in trust.signed):
        return Held()
    signed = trust.signed[0]
    reader = Reader(trust.anatomy.document, trust)
    detail = Text.of("Signed is ", *_named(signed), ", but what would be read is ", *_named(read), ".")
    return Violated((Violation(_reading(reader, read), detail=detail, related=tuple(_contrast(reader, e) for e in trust.signed)),))


def inner_signatures(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge the signatures inside content that is trusted by an outer signature: services that check all of them refuse."""
    trust = _trust(context)
    if trust is None or trust.verdict != "trusted":
        return Nothing("nothing is trusted as a whole")
    bad = [fact for fact in trust.signatures if fact.verdict not in ("valid", "absent", "unverifiable")]
    if not bad:
        return Held()
    return Violated(
        tuple(
            Violation(
                Reading(fact.reason, fact.reason, fact.node, True, f"signature of the {fact.element}"), detail=fact.explanation
            )
            for fact in bad
        )
    )


def _trust(context: Context) -> TrustFacts | None:
    case = context.table.case
    return case.trust or case.request_trust


def _nameid(element: etree._Element) -> etree._Element | None:
    """Return the NameID of an assertion, or of the assertion in a response."""
    return next((found for path in _NAMEIDS if (found := element.find("/".join(map(q, path)))) is not None), None)


def _reading(reader: Reader, element: etree._Element) -> Reading:
    """Return the reading of who it is about, or of the element itself."""
    nameid = _nameid(element)
    return reader.present(element) if nameid is None else reader.element(nameid, sensitive=True)


def _contrast(reader: Reader, element: etree._Element) -> Evidence:
    nameid = _nameid(element)
    label = f"really signed: the {local(element.tag)}"
    if nameid is None:
        return Evidence("contrast", reader.document.ref(element), label)
    value = Slot(text_of(nameid), sensitive=True)
    name = reader.document.tag_as_written(nameid)
    return Evidence(
        "contrast", reader.document.ref(nameid, text=True), label, snippet=Text.of(f"<{name}>", value, f"</{name}>"), actual=value
    )


def _named(element: etree._Element) -> tuple[str | Slot, ...]:
    identifier = element.get("ID")
    nameid = _nameid(element)
    about: tuple[str | Slot, ...] = () if nameid is None else (" about ", Slot(text_of(nameid), sensitive=True))
    if identifier is None:
        return (f"the {local(element.tag)} without an ID", *about)
    return (f"the {local(element.tag)} ", Slot(identifier), *about)
