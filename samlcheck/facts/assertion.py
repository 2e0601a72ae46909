"""Facts of the consumed assertion: subject, confirmations, conditions, statements, attributes (SAML core 2)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from samlcheck.case import Case
from samlcheck.facts.reading import Reader, text_of
from samlcheck.facts.table import Fact, Reading, Readings, add
from samlcheck.xmldoc.names import local, q

# Attribute Names (their last part, lower case) whose values say what somebody may do, not who somebody is.
_IMPERSONAL = frozenset(
    ("role", "roles", "sessionduration", "transitivetagkeys", "memberof", "groups", "group", "department", "location")
)


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


def _attributes_of(
    parents: Callable[[etree._Element], list[etree._Element]], attribute: str, kind: str, label: str, anchor: str
) -> Callable[[Reader, etree._Element], Readings]:
    def read(reader: Reader, assertion: etree._Element) -> Readings:
        nodes = parents(assertion)
        several = len(nodes) > 1
        found = []
        for index, node in enumerate(nodes):
            reading = reader.attribute(node, attribute, kind, label=f"{label} {index + 1}" if several else "", group=index)
            if reading:
                found.append(reading)
        where = reader.document.absent(nodes[0], "@" + attribute) if nodes else reader.document.absent(assertion, anchor)
        return Readings(tuple(found), where)

    return read


def _children(path: str) -> Callable[[etree._Element], list[etree._Element]]:
    steps = [q(step) for step in path.split("/")]

    def find(assertion: etree._Element) -> list[etree._Element]:
        nodes = [assertion]
        for step in steps:
            nodes = [child for node in nodes for child in node.iterchildren(step)]
        return nodes

    return find


confirmations = _children("saml:Subject/saml:SubjectConfirmation")
_confirmation_data = _children("saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData")
_conditions = _children("saml:Conditions")
_authn = _children("saml:AuthnStatement")
_CONFIRMATION = "saml:Subject/saml:SubjectConfirmation"

for _name, _title, _kind, _attr in (
    ("assertion.id", "ID of the assertion", "text", "ID"),
    ("assertion.version", "Version of the assertion", "text", "Version"),
    ("assertion.issue_instant", "IssueInstant of the assertion", "instant", "IssueInstant"),
):
    _on(_name, _title, _kind, f"saml:Assertion/@{_attr}", lambda r, a, _x=_attr, _k=_kind: r.one_attribute(a, _x, _k))  # type: ignore[misc]

_on("assertion.issuer", "Issuer", "uri", "saml:Assertion/saml:Issuer", lambda r, a: r.child_text(a, "saml:Issuer"))
_on("assertion.nameid", "NameID", "text", "saml:Subject/saml:NameID", lambda r, a: r.child_text(a, "saml:Subject/saml:NameID", sensitive=True), sensitive=True)
for _name, _title, _attr in (
    ("assertion.nameid_format", "NameID Format", "Format"),
    ("assertion.nameid_name_qualifier", "NameQualifier", "NameQualifier"),
    ("assertion.nameid_sp_name_qualifier", "SPNameQualifier", "SPNameQualifier"),
):
    _on(_name, _title, "uri", f"saml:NameID/@{_attr}", _attributes_of(_children("saml:Subject/saml:NameID"), _attr, "uri", "NameID", "saml:Subject"))

_on("assertion.subject", "Subject", "text", "saml:Subject, present or not",
    lambda r, a: Readings(tuple(Reading("present", "present", r.document.ref(n), r.covered(n)) for n in _children("saml:Subject")(a)), r.document.absent(a, "saml:Subject")))  # fmt: skip
_on("assertion.confirmation_method", "SubjectConfirmation Method", "uri", "saml:SubjectConfirmation/@Method",
    _attributes_of(confirmations, "Method", "uri", "SubjectConfirmation", _CONFIRMATION), many=True)  # fmt: skip
for _name, _title, _kind, _attr in (
    ("assertion.recipient", "Recipient", "uri", "Recipient"),
    ("assertion.confirmation_not_on_or_after", "NotOnOrAfter of SubjectConfirmationData", "instant", "NotOnOrAfter"),
    ("assertion.confirmation_not_before", "NotBefore of SubjectConfirmationData", "instant", "NotBefore"),
    ("assertion.confirmation_in_response_to", "InResponseTo of SubjectConfirmationData", "text", "InResponseTo"),
    ("assertion.confirmation_address", "Address", "text", "Address"),
):
    _on(_name, _title, _kind, f"saml:SubjectConfirmationData/@{_attr}",
        _attributes_of(_confirmation_data, _attr, _kind, "SubjectConfirmation", _CONFIRMATION), many=True)  # fmt: skip

_on("assertion.not_before", "NotBefore", "instant", "saml:Conditions/@NotBefore", _attributes_of(_conditions, "NotBefore", "instant", "Conditions", "saml:Conditions"))
_on("assertion.not_on_or_after", "NotOnOrAfter", "instant", "saml:Conditions/@NotOnOrAfter", _attributes_of(_conditions, "NotOnOrAfter", "instant", "Conditions", "saml:Conditions"))


def _audiences(reader: Reader, assertion: etree._Element) -> Readings:
    found: list[Reading] = []
    restrictions = _children("saml:Conditions/saml:AudienceRestriction")(assertion)
    for index, restriction in enumerate(restrictions):
        label = f"AudienceRestriction {index + 1}" if len(restrictions) > 1 else ""
        found.extend(reader.element(node, label=label, group=index) for node in restriction.iterchildren(q("saml:Audience")))
    conditions = _conditions(assertion)
    anchor = restrictions[0] if restrictions else conditions[0] if conditions else assertion
    return Readings(tuple(found), reader.document.absent(anchor, "saml:Audience"))


_on("assertion.audience", "Audience", "uri", "Every saml:Audience, with the index of its AudienceRestriction as group", _audiences, many=True)
_on("assertion.audience_restriction_count", "number of AudienceRestrictions", "integer", "How many saml:AudienceRestriction there are",
    lambda r, a: Readings((Reading(n := len(_children("saml:Conditions/saml:AudienceRestriction")(a)), str(n)),)))  # fmt: skip


def _other_conditions(reader: Reader, assertion: etree._Element) -> Readings:
    known = {q("saml:AudienceRestriction")}
    nodes = [n for c in _conditions(assertion) for n in c.iterchildren() if isinstance(n.tag, str) and n.tag not in known]
    return Readings(tuple(Reading(local(n.tag), local(n.tag), reader.document.ref(n), reader.covered(n)) for n in nodes))


_on("assertion.other_conditions", "other conditions", "text", "Local names of conditions besides AudienceRestriction (OneTimeUse, ProxyRestriction, unknown ones)", _other_conditions, many=True)
_on("assertion.authn_instant", "AuthnInstant", "instant", "saml:AuthnStatement/@AuthnInstant", _attributes_of(_authn, "AuthnInstant", "instant", "AuthnStatement", "saml:AuthnStatement"), many=True)
_on("assertion.session_index", "SessionIndex", "text", "saml:AuthnStatement/@SessionIndex", _attributes_of(_authn, "SessionIndex", "text", "AuthnStatement", "saml:AuthnStatement"), many=True)
_on("assertion.session_not_on_or_after", "SessionNotOnOrAfter", "instant", "saml:AuthnStatement/@SessionNotOnOrAfter", _attributes_of(_authn, "SessionNotOnOrAfter", "instant", "AuthnStatement", "saml:AuthnStatement"), many=True)
_on("assertion.authn_context", "AuthnContextClassRef", "uri", "saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef",
    lambda r, a: r.child_text(a, "saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef"), many=True)  # fmt: skip
_on("assertion.authn_statement", "AuthnStatement", "text", "saml:AuthnStatement, present or not",
    lambda r, a: Readings(tuple(Reading("present", "present", r.document.ref(n), r.covered(n)) for n in _authn(a)), r.document.absent(a, "saml:AuthnStatement")), many=True)  # fmt: skip

attributes = _children("saml:AttributeStatement/saml:Attribute")


def attribute_values(reader: Reader, attribute: etree._Element, group: int) -> list[Reading]:
    """Return the values of one saml:Attribute; an empty AttributeValue is a reading with an empty text."""
    name = attribute.get("Name", "")
    found = []
    for node in attribute.iterchildren(q("saml:AttributeValue")):
        children = [child for child in node if isinstance(child.tag, str)]
        reading = reader.element(node, label=name, group=group, sensitive=is_personal(name))
        if children:  # a NameID or other XML as value (core 2.7.3.1.1): its text is the value
            text = "".join(text_of(child) for child in children).strip() or reading.raw.strip()
            reading = Reading(text, text, reading.node, reading.covered, name, group, reading.sensitive, reading.snippet)
        found.append(reading)
    return found


def read_attribute(case: Case, name: str) -> Readings:
    """Return all values of the attributes with exactly this Name."""
    found = consumed(case)
    if found is None:
        return missing(case)
    reader, assertion = found
    values: list[Reading] = []
    anchor = None
    for index, attribute in enumerate(attributes(assertion)):
        if attribute.get("Name") == name:
            values.extend(attribute_values(reader, attribute, index))
            anchor = anchor or reader.document.absent(attribute, "saml:AttributeValue")
    if anchor is None:
        statements = _children("saml:AttributeStatement")(assertion)
        anchor = reader.document.absent(statements[0] if statements else assertion, "saml:Attribute" if statements else "saml:AttributeStatement")
    return Readings(tuple(values), anchor)


def _attribute_field(field: str) -> Callable[[Reader, etree._Element], Readings]:
    def read(reader: Reader, assertion: etree._Element) -> Readings:
        found = [reader.attribute(node, field, group=i, label=node.get("Name", "")) for i, node in enumerate(attributes(assertion))]
        statements = _children("saml:AttributeStatement")(assertion)
        anchor = reader.document.absent(statements[0] if statements else assertion, "saml:Attribute")
        return Readings(tuple(item for item in found if item), anchor)

    return read


_on("assertion.attribute_names", "attribute Names", "uri", "Name of every saml:Attribute", _attribute_field("Name"), many=True)
_on("assertion.attribute_name_formats", "attribute NameFormats", "uri", "NameFormat of every saml:Attribute that has one", _attribute_field("NameFormat"), many=True)
_on("assertion.attribute_friendly_names", "attribute FriendlyNames", "text", "FriendlyName of every saml:Attribute that has one", _attribute_field("FriendlyName"), many=True)
_on(
    "assertion.attribute_values", "attribute values", "text", "Every AttributeValue, labelled with its attribute's Name",
    lambda r, a: Readings(tuple(v for i, n in enumerate(attributes(a)) for v in attribute_values(r, n, i))), sensitive=True, many=True,
)  # fmt: skip
