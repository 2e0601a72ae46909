"""Named checks on the keys of a metadata entity and on what else hangs together in it (metadata 2.4.1.1, SIRTFI 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from lxml import etree

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held, Result, Violated, Violation
from samlcheck.checks.metadata import NOT_METADATA, entity_of, place_of, result, roles
from samlcheck.facts import Reading, Readings
from samlcheck.facts.certificates import CERTIFICATE, Examined, examine
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.metadata_keys import is_further
from samlcheck.finding import Slot, Text
from samlcheck.saml.values import iso, spell
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local, q

DATE_ASPECTS = ("expired", "left-over", "not-yet", "next", "ending")
_DEFAULT_DAYS = 30


def certificate_dates(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge where certificates stand in their time, for each role and use.

    Option ``aspect``. ``expired``: it has ended, and no other key of that use is in date; ``left-over``: it has ended beside
    one in date;
    ``not-yet``: it has not begun, and no other is in date; ``next``: it has not begun, beside one that is;
    ``ending``: it ends within ``days`` (a number, or a parameter; 30 if that has no value) and there is no later one.
    """
    entity = entity_of(context)
    if entity is None:
        return NOT_METADATA
    return result(_dates(entity, options["aspect"], days(options.get("days", ""), context)))


def days(text: str, context: Context) -> int:
    """Return the number of days that the option ``days`` means."""
    wanted = template.pattern(text, context) if text else None
    given = wanted.literals[0] if wanted and wanted.literals else ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else _DEFAULT_DAYS


def _dates(entity: EntityCase, aspect: str, within: int) -> Iterator[Violation]:
    now = entity.clock.at
    soon = now + timedelta(days=within)
    if all(lasts(facts, now, soon) for _, facts in entity.certificates):
        return
    told: set[etree._Element] = set()
    for role in roles(entity):
        for use in ("signing", "encryption"):
            found = [(node, facts) for node, facts in _certificates(role, use) if facts.not_after and facts.not_before]
            live = any(_live(facts, entity) for _, facts in found)
            lasting = any(facts.not_after is not None and facts.not_after > soon for _, facts in found)
            for node, facts in found:
                begins, ends = facts.not_before, facts.not_after
                if begins is None or ends is None or node in told:
                    continue
                where = f"{local(role.tag)}, {use}"
                if ends <= now and aspect == ("left-over" if live else "expired"):
                    detail = f"it ended {spell(now - ends)} before, on {iso(ends)}"
                elif begins > now and aspect == ("next" if live else "not-yet"):
                    detail = f"it begins {spell(begins - now)} later, on {iso(begins)}"
                elif aspect == "ending" and now < ends <= soon and not lasting:
                    detail = f"it ends in {spell(ends - now)}, on {iso(ends)}"
                else:
                    continue
                told.add(node)
                yield _certificate(entity, node, facts, where, detail)


def lasts(facts: Examined, now: datetime, soon: datetime) -> bool:
    """Return whether there is nothing to tell of a certificate; one without dates has none."""
    begins, ends = facts.not_before, facts.not_after
    return begins is None or ends is None or (begins <= now and soon < ends)


def _certificate(entity: EntityCase, node: etree._Element, facts: Examined, where: str, detail: str) -> Violation:
    name = facts.subject or facts.sha256[:16]
    reading = Reading(name, name, entity.document.ref(node), label=where)
    return Violation(reading, detail=Text.of(detail), subject=place_of(reading))


def _certificates(role: etree._Element, use: str) -> Iterator[tuple[etree._Element, Examined]]:
    for descriptor in role.iterchildren(q("md:KeyDescriptor")):
        if (descriptor.get("use") or use) == use:
            for node in descriptor.iter(q("ds:X509Certificate")):
                yield node, examine(text_of(node))


def _live(facts: Examined, entity: EntityCase) -> bool:
    begins, ends = facts.not_before, facts.not_after
    return begins is not None and ends is not None and begins <= entity.clock.at < ends


def rollover(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Say of several keys for one use of a role what they mean."""
    entity = entity_of(context)
    return NOT_METADATA if entity is None else result(_rollover(entity))


def _rollover(entity: EntityCase) -> Iterator[Violation]:
    for role in roles(entity):
        for use in ("signing", "encryption"):
            keys = {
                facts.spki_sha256: (node, facts)
                for node, facts in _certificates(role, use)
                if facts.content == CERTIFICATE and not is_further(node)
            }
            if len(keys) < 2:
                continue
            words = "; ".join(f"SHA-256 {facts.sha256[:16]}, {_span(facts)}" for _, facts in keys.values())
            first = next(iter(keys.values()))[0]
            reading = Reading(str(len(keys)), str(len(keys)), entity.document.ref(first), label=f"{local(role.tag)}, {use}")
            detail = Text.of(f"for {use} the {local(role.tag)} has ", Slot(words))
            yield Violation(reading, detail=detail, subject=f"{local(role.tag)} {use}")


def _span(facts: Examined) -> str:
    begins, ends = facts.not_before, facts.not_after
    return f"{begins:%Y-%m-%d} to {ends:%Y-%m-%d}" if begins and ends else "no dates"


def contents(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """No ds:X509Certificate holds what the option ``are`` lists (words of ``facts.certificates``)."""
    entity = entity_of(context)
    if entity is None:
        return NOT_METADATA
    return result(_contents(entity, frozenset(template.listed(options["are"]))))


CONTENTS = (
    "empty", "not-base64", "not-a-certificate", "private-key", "certificate-request", "public-key", "pkcs7",
    "several-certificates", "pem",
)  # fmt: skip
_SAID = {
    "empty": "there is nothing in it",
    "not-base64": "what stands there is not base64",
    "not-a-certificate": "the octets are no certificate; it is damaged or cut off",
    "private-key": "what stands there is a private key",
    "certificate-request": "what stands there is a certificate signing request",
    "public-key": "what stands there is a bare public key",
    "pkcs7": "what stands there is a PKCS #7 bundle",
    "several-certificates": "several certificates stand in one element",
    "pem": "BEGIN and END lines of PEM stand inside the element",
}


def _contents(entity: EntityCase, wrong: frozenset[str]) -> Iterator[Violation]:
    if not any(facts.content in wrong for _, facts in entity.certificates):
        return
    for role in roles(entity):
        for descriptor in role.iterchildren(q("md:KeyDescriptor")):
            for node in descriptor.iter(q("ds:X509Certificate")):
                content = examine(text_of(node)).content
                if content in wrong:
                    label = f"{local(role.tag)}, {descriptor.get('use') or 'signing and encryption'}"
                    # the text itself may be a private key: it is named, never shown
                    reading = Reading(content, content, entity.document.ref(node), label=label)
                    yield Violation(reading, detail=Text.of(_SAID[content]), subject=place_of(reading))


def security_contact(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """An entity that claims SIRTFI has a REFEDS security contact with a name and an address.

    Option ``aspect``: ``there``, ``complete``.
    """
    entity = entity_of(context)
    if entity is None:
        return NOT_METADATA
    people = [node for node in entity.node.iterchildren(q("md:ContactPerson")) if node.get(q("remd:contactType")) == SECURITY]
    if options["aspect"] == "there":
        return Held() if people else Violated((Violation(None, entity.document.absent(entity.node, "md:ContactPerson")),))
    wanted = ("md:GivenName", "md:EmailAddress")
    return result(
        Violation(None, entity.document.absent(node, name), detail=Text.of(f"{name} is missing"), subject=f"{number} {name}")
        for number, node in enumerate(people)
        for name in wanted
        if not any(text_of(child).strip() for child in node.iterchildren(q(name)))
    )


CONTACT_ASPECTS = ("there", "complete")
SECURITY = "http://refeds.org/metadata/contactType/security"


def encryption_methods(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """A KeyDescriptor for signing alone lists no EncryptionMethod (algsupport 2.3)."""
    entity = entity_of(context)
    return NOT_METADATA if entity is None else result(_encryption_methods(entity))


def _encryption_methods(entity: EntityCase) -> Iterator[Violation]:
    for role in roles(entity):
        for descriptor in role.iterchildren(q("md:KeyDescriptor")):
            for node in descriptor.iterchildren(q("md:EncryptionMethod")) if descriptor.get("use") == "signing" else ():
                reading = entity.reader.attribute(node, "Algorithm")
                if reading is not None:
                    yield Violation(reading, subject=place_of(reading))


def attribute_names(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """A RequestedAttribute whose NameFormat says ``uri`` has a URI for its Name (core 8.2.2)."""
    entity = entity_of(context)
    return NOT_METADATA if entity is None else result(_attribute_names(entity))


def _attribute_names(entity: EntityCase) -> Iterator[Violation]:
    for node in entity.node.iter(q("md:RequestedAttribute"), q("saml:Attribute")):
        if node.get("NameFormat") != URI_FORMAT or ":" in (node.get("Name") or ":"):
            continue
        name = entity.reader.attribute(node, "Name")
        if name:
            yield Violation(name, subject=place_of(name))


URI_FORMAT = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"


def pattern_sound(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Every value is a pattern that compiles, and one that holds both ends of a name fast."""
    found = context.table.read("metadata.scopes.regexp") if readings is None else readings
    return result(_patterns(found))


def _patterns(readings: Readings) -> Iterator[Violation]:
    for item in readings.items:
        text = item.raw.strip()
        flaw = ""
        if _fault(text):
            flaw = "it is no regular expression"
        elif not (text.startswith("^") and text.endswith("$")):
            flaw = "it is not anchored by ^ and $, so it also fits names that only contain what is meant"
        elif any(
            text[at] == "." and text[at - 1] != "\\" and text[at + 1 : at + 2] not in ("*", "+") for at in range(1, len(text))
        ):
            flaw = "a dot in it is not escaped and stands for any character"
        if flaw:
            yield Violation(item, detail=Text.of(flaw), subject=place_of(item))


def _fault(text: str) -> bool:
    import re2

    try:
        template.compiled(text)
    except re2.error:
        return True
    return False
