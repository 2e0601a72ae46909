"""Facts of the consumed assertion: subject, confirmations, conditions, statements, attributes (SAML core 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from samlcheck.case import Case
from samlcheck.facts.reading import Reader
from samlcheck.facts.table import Fact, Reading, Readings, add
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local, q

# Attribute Names (their last part, lower case) whose values say what somebody may do, not who somebody is.
_IMPERSONAL = frozenset(
    ("role", "roles", "sessionduration", "transitivetagkeys", "memberof", "groups", "group", "department", "location")
)
_CONFIRMATION = "saml:Subject/saml:SubjectConfirmation"
_RESTRICTION = "saml:Conditions/saml:AudienceRestriction"
_ATTRIBUTE = "saml:AttributeStatement/saml:Attribute"


def is_personal(name: str) -> bool:
    """Return whether values of the attribute are to be masked: all but roles, groups and durations."""
    return name.rstrip("/").replace(":", "/").rpartition("/")[2].lower() not in _IMPERSONAL


def missing(case: Case) -> Readings:
    """Return why there is no assertion to read."""
    trust = case.trust
    if trust is None:
        return Readings(unavailable="there is no response in what was given", needs="a SAMLResponse")
    if trust.anatomy.encrypted_assertions:
        reasons = {fact.reason for fact in trust.encryption}
        if reasons - {"ok", "no-key"}:
            return Readings(unavailable="the assertion could not be decrypted", needs="--key")
        return Readings(unavailable="the assertion is encrypted", needs="--key")
    return Readings(unavailable="the response carries no assertion")


def consumed(case: Case) -> tuple[Reader, etree._Element] | None:
    """Return a reader and the assertion that a consumer would read."""
    anatomy = case.anatomy
    if anatomy is None or anatomy.assertion is None:
        return None
    return Reader(anatomy.document, case.trust), anatomy.assertion


def confirmations(assertion: etree._Element) -> list[etree._Element]:
    """Return the SubjectConfirmations of an assertion (core 2.4.1.1)."""
    subjects = assertion.iterchildren(q("saml:Subject"))
    return [child for subject in subjects for child in subject.iterchildren(q("saml:SubjectConfirmation"))]


def _attributes(reader: Reader, assertion: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """Return the Attributes of all AttributeStatements, numbered (core 2.7.3.1); encrypted ones are not among them."""
    return enumerate(reader.document.children(assertion, _ATTRIBUTE))


def attribute_values(reader: Reader, attribute: etree._Element, group: int) -> list[Reading]:
    """Return the values of one saml:Attribute; an empty AttributeValue is a reading with an empty text."""
    name = attribute.get("Name", "")
    personal = is_personal(name)
    found = []
    for node in attribute.iterchildren(q("saml:AttributeValue")):
        reading = reader.element(node, label=name, group=group, sensitive=personal)
        inner = list(node.iterchildren("*")) if len(node) else []
        if inner:  # a NameID as value (core 2.7.3.1.1), as eduPersonTargetedID has it: its text is the value
            text = "".join(map(text_of, inner)).strip() or reading.raw.strip()
            reading = replace(reading, value=text, raw=text)
        found.append(reading)
    return found


def read_attribute(case: Case, name: str) -> Readings:
    """Return all values of the attributes with exactly this Name."""
    found = consumed(case)
    if found is None:
        return missing(case)
    reader, assertion = found
    named = [(group, node) for group, node in _attributes(reader, assertion) if node.get("Name") == name]
    if not named:
        return Readings((), reader.document.absent(assertion, _ATTRIBUTE))
    values = tuple(value for group, node in named for value in attribute_values(reader, node, group))
    return Readings(values, reader.document.absent(named[0][1], "saml:AttributeValue"))


def _on(
    name: str,
    title: str,
    kind: str,
    doc: str,
    read: Callable[[Reader, etree._Element], Readings],
    *,
    sensitive: bool = False,
    many: bool = False,
) -> None:
    def reader(case: Case) -> Readings:
        found = consumed(case)
        return read(*found) if found else missing(case)

    add(Fact(name, title, kind, reader, doc, sensitive, many))


def _at(name: str, title: str, kind: str, at: str, *, of: str = "", sensitive: bool = False, many: bool = False) -> None:
    """Add the fact that is read at a path; see ``Reader.read``."""
    doc = "/".join(filter(None, ("saml:Assertion", of, at)))
    _on(name, title, kind, doc, lambda r, a: r.read(a, at, kind, of=of, sensitive=sensitive), sensitive=sensitive, many=many)


def _presence(name: str, title: str, path: str, *, many: bool = False) -> None:
    def read(reader: Reader, assertion: etree._Element) -> Readings:
        nodes = reader.document.children(assertion, path)
        return Readings(tuple(reader.present(node) for node in nodes), reader.document.absent(assertion, path))

    _on(name, title, "text", f"{path}, present or not", read, many=many)


def _restriction_count(reader: Reader, assertion: etree._Element) -> Readings:
    nodes = reader.document.children(assertion, _RESTRICTION)
    place = reader.document.ref(nodes[0]) if nodes else reader.document.absent(assertion, _RESTRICTION)
    return Readings((Reading(len(nodes), str(len(nodes)), place),), reader.document.absent(assertion, _RESTRICTION))


def _other_conditions(reader: Reader, assertion: etree._Element) -> Readings:
    nodes = [node for node in reader.document.children(assertion, "saml:Conditions/*") if node.tag != q("saml:AudienceRestriction")]
    return Readings(
        tuple(Reading(local(n.tag), local(n.tag), reader.document.ref(n), reader.covered(n)) for n in nodes),
        reader.document.absent(assertion, "saml:Conditions"),
    )


def _attribute_field(field: str) -> Callable[[Reader, etree._Element], Readings]:
    def read(reader: Reader, assertion: etree._Element) -> Readings:
        nodes = _attributes(reader, assertion)
        found = (reader.attribute(node, field, group=group, label=node.get("Name", "")) for group, node in nodes)
        return Readings(tuple(item for item in found if item), reader.document.absent(assertion, _ATTRIBUTE))

    return read


def _attribute_values(reader: Reader, assertion: etree._Element) -> Readings:
    nodes = _attributes(reader, assertion)
    values = tuple(value for group, node in nodes for value in attribute_values(reader, node, group))
    return Readings(values, reader.document.absent(assertion, _ATTRIBUTE))


_at("assertion.id", "ID of the assertion", "text", "@ID")
_at("assertion.version", "Version of the assertion", "text", "@Version")
_at("assertion.issue_instant", "IssueInstant of the assertion", "instant", "@IssueInstant")
_at("assertion.issuer", "Issuer", "uri", "saml:Issuer")

_at("assertion.nameid", "NameID", "text", "saml:Subject/saml:NameID", sensitive=True)
_at("assertion.nameid_format", "NameID Format", "uri", "saml:Subject/saml:NameID/@Format")
_at("assertion.nameid_name_qualifier", "NameQualifier", "uri", "saml:Subject/saml:NameID/@NameQualifier")
_at("assertion.nameid_sp_name_qualifier", "SPNameQualifier", "uri", "saml:Subject/saml:NameID/@SPNameQualifier")
_presence("assertion.subject", "Subject", "saml:Subject")

_at("assertion.confirmation_method", "SubjectConfirmation Method", "uri", "@Method", of=_CONFIRMATION, many=True)
for _name, _title, _kind, _attribute_name in (
    ("recipient", "Recipient", "uri", "Recipient"),
    ("confirmation_not_on_or_after", "NotOnOrAfter of SubjectConfirmationData", "instant", "NotOnOrAfter"),
    ("confirmation_not_before", "NotBefore of SubjectConfirmationData", "instant", "NotBefore"),
    ("confirmation_in_response_to", "InResponseTo of SubjectConfirmationData", "text", "InResponseTo"),
    ("confirmation_address", "Address", "text", "Address"),
):
    _path = f"saml:SubjectConfirmationData/@{_attribute_name}"
    _personal = _attribute_name == "Address"  # the user's IP address
    _at(f"assertion.{_name}", _title, _kind, _path, of=_CONFIRMATION, sensitive=_personal, many=True)

_at("assertion.not_before", "NotBefore", "instant", "@NotBefore", of="saml:Conditions")
_at("assertion.not_on_or_after", "NotOnOrAfter", "instant", "@NotOnOrAfter", of="saml:Conditions")
_at("assertion.audience", "Audience", "uri", "saml:Audience", of=_RESTRICTION, many=True)
_on(
    "assertion.audience_restriction_count",
    "number of AudienceRestrictions",
    "integer",
    "How many saml:AudienceRestriction there are",
    _restriction_count,
)
_on(
    "assertion.other_conditions",
    "other conditions",
    "text",
    "Local names of conditions besides AudienceRestriction (OneTimeUse, ProxyRestriction, unknown ones)",
    _other_conditions,
    many=True,
)

_AUTHN = "saml:AuthnStatement"
_CLASS = "saml:AuthnContext/saml:AuthnContextClassRef"
_presence("assertion.authn_statement", "AuthnStatement", _AUTHN, many=True)
_at("assertion.authn_instant", "AuthnInstant", "instant", "@AuthnInstant", of=_AUTHN, many=True)
_at("assertion.session_index", "SessionIndex", "text", "@SessionIndex", of=_AUTHN, many=True)
_at("assertion.session_not_on_or_after", "SessionNotOnOrAfter", "instant", "@SessionNotOnOrAfter", of=_AUTHN, many=True)
_at("assertion.authn_context", "AuthnContextClassRef", "uri", _CLASS, of=_AUTHN, many=True)

for _name, _title, _kind, _attribute_name in (
    ("attribute_names", "attribute Names", "uri", "Name"),
    ("attribute_name_formats", "attribute NameFormats", "uri", "NameFormat"),
    ("attribute_friendly_names", "attribute FriendlyNames", "text", "FriendlyName"),
):
    _doc = f"{_attribute_name} of every saml:Attribute that has one"
    _on(f"assertion.{_name}", _title, _kind, _doc, _attribute_field(_attribute_name), many=True)
_on(
    "assertion.attribute_values",
    "attribute values",
    "text",
    "Every AttributeValue, labelled with its attribute's Name",
    _attribute_values,
    sensitive=True,
    many=True,
)
