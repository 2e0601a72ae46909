"""What the OASIS schemas do not allow in metadata and messages: in plain words, at exact places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

from samlcheck.facts.schemas import schema
from samlcheck.frozen import dataclass
from samlcheck.xmldoc.names import MD, NAMESPACES, PREFIXES, local, q

KINDS: dict[str, tuple[str, str]] = {
    "element_not_expected": ("element", "An element stands where the schema has no place for it: wrong order, name or namespace"),
    "element_missing": ("element", "An element lacks a child that the schema requires"),
    "attribute_missing": ("element", "An element lacks an attribute that the schema requires"),
    "attribute_not_allowed": ("attribute", "An attribute that the schema does not know"),
    "value_invalid": ("value", "A value has not the form that its type asks for"),
    "text_not_allowed": ("element", "Text stands between elements"),
    "other": ("element", "Any other violation of the schema"),
}
"""Kinds of violations: title of what is wrong, and what it means."""


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One thing that the schema does not allow."""

    kind: str
    words: str
    """A sentence without final stop."""
    node: etree._Element
    attribute: str | None = None
    meant: bool = False
    """The attribute is a known one, misspelt."""
    label: str = ""


_ORDER = {
    "IDPSSODescriptor": (
        "ds:Signature", "Extensions", "KeyDescriptor", "Organization", "ContactPerson", "ArtifactResolutionService",
        "SingleLogoutService", "ManageNameIDService", "NameIDFormat", "SingleSignOnService", "NameIDMappingService",
        "AssertionIDRequestService", "AttributeProfile", "saml:Attribute",
    ),
    "SPSSODescriptor": (
        "ds:Signature", "Extensions", "KeyDescriptor", "Organization", "ContactPerson", "ArtifactResolutionService",
        "SingleLogoutService", "ManageNameIDService", "NameIDFormat", "AssertionConsumerService", "AttributeConsumingService",
    ),
    "EntitiesDescriptor": ("ds:Signature", "Extensions", "(entities and groups)"),
    "EntityDescriptor": (
        "ds:Signature", "Extensions", "(roles)", "Organization", "ContactPerson", "AdditionalMetadataLocation",
    ),
    "KeyDescriptor": ("ds:KeyInfo", "EncryptionMethod"),
    "Organization": ("Extensions", "OrganizationName", "OrganizationDisplayName", "OrganizationURL"),
    "ContactPerson": ("Extensions", "Company", "GivenName", "SurName", "EmailAddress", "TelephoneNumber"),
    "AttributeConsumingService": ("ServiceName", "ServiceDescription", "RequestedAttribute"),
    "saml:Assertion": ("saml:Issuer", "ds:Signature", "saml:Subject", "saml:Conditions", "saml:Advice", "(statements)"),
    "saml:Subject": ("saml:NameID", "saml:SubjectConfirmation"),
    "saml:AuthnStatement": ("saml:SubjectLocality", "saml:AuthnContext"),
    "samlp:Response": ("saml:Issuer", "ds:Signature", "samlp:Extensions", "samlp:Status", "(assertions)"),
    "samlp:Status": ("samlp:StatusCode", "samlp:StatusMessage", "samlp:StatusDetail"),
    "samlp:AuthnRequest": (
        "saml:Issuer", "ds:Signature", "samlp:Extensions", "saml:Subject", "samlp:NameIDPolicy", "saml:Conditions",
        "samlp:RequestedAuthnContext", "samlp:Scoping",
    ),
    "samlp:LogoutRequest": ("saml:Issuer", "ds:Signature", "samlp:Extensions", "saml:NameID", "samlp:SessionIndex"),
    "samlp:LogoutResponse": ("saml:Issuer", "ds:Signature", "samlp:Extensions", "samlp:Status"),
}  # fmt: skip
"""Order of children where people get it wrong (metadata 2.3.2 to 2.4.4; core 2.3.3, 2.4.1, 2.7.2, 3.2.2, 3.4.1, 3.7.1)."""
_MISSING = re.compile(r"The attribute '([^']+)' is required")
_ATTRIBUTE = re.compile(r"attribute '([^']+)':")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*) \)\.?\s*$", re.DOTALL)
_TYPE = re.compile(r"type '([^']+)'\.?\s*$")
_SET = re.compile(r"element of the set \{(.*)\}")
_STEP = re.compile(r"(?:([^:\[\]]+):)?([^:\[\]]+)(?:\[(\d+)\])?")
_FORMS = {
    "dateTime": "a date and time such as 2030-01-31T00:00:00Z",
    "duration": "a duration such as PT6H or P7D",
    "boolean": "true or false",
    "unsignedShort": "a whole number from 0 to 65535",
    "positiveInteger": "a whole number from 1 on",
    "integer": "a whole number",
    "ID": "an XML name: it begins with a letter or underscore and holds no colon or blank",
    "NCName": "an XML name without colon",
    "anyURI": "a URI",
    "entityIDType": "a URI of at most 1024 characters",
    "anyURIListType": "URIs with blanks between them",
    "base64Binary": "base64",
    "language": "a language tag such as en or de",
}


def violations(descriptor: etree._Element) -> tuple[SchemaViolation, ...]:
    """Return what the schemas do not allow in an ``md:EntityDescriptor``, in document order; at most a hundred.

    Of an ``md:EntitiesDescriptor``: what they do not allow in the group itself, without its entities and inner groups.
    """
    group = descriptor.tag == _GROUP
    found = (
        _violation(kind, message, node)
        for kind, message, node in _errors(descriptor, schema("metadata"))
        if not _is_foreign_role(node, kind) and not (group and _owner(node) is not descriptor)
    )
    return tuple(islice(found, _MOST))


def message_violations(message: etree._Element) -> tuple[SchemaViolation, ...]:
    """Return what the schemas do not allow in a protocol message or an assertion, in document order; at most a hundred.

    Left out: what is in signatures and encrypted data, which are judged by themselves; what is in an AttributeValue, which may hold
    anything; and the form of values, which rules judge that know what they are for.
    """
    found = (
        _violation(kind, words, node)
        for kind, words, node in _errors(message, schema("messages"))
        if str(node.tag).startswith(_SAML) and next(node.iterancestors(_ANY_VALUE), None) is None
    )
    judged = (item for item in found if item.kind != "value_invalid" and not _is_odd_value(item))
    return tuple(islice(judged, _MOST))


def _is_odd_value(violation: SchemaViolation) -> bool:
    """Return whether this is about the type or the content of an AttributeValue, which receivers do not look at."""
    return violation.node.tag == _ANY_VALUE and violation.kind != "element_not_expected"


_SAML = (f"{{{NAMESPACES['saml']}}}", f"{{{NAMESPACES['samlp']}}}")
_ANY_VALUE = q("saml:AttributeValue")


def _errors(top: etree._Element, judge: etree.XMLSchema) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield what the schema says: the kind, the message, and the element that it is about."""
    if judge.validate(top):
        return
    errors: Any = judge.error_log
    places = _Places(top)
    for error in islice(errors, _LOOKED_AT):
        yield error.type_name, error.message, places.node(error.path or "")


_MOST, _LOOKED_AT = 100, 1000
_GROUP, _ENTITY = q("md:EntitiesDescriptor"), q("md:EntityDescriptor")


def _owner(node: etree._Element) -> etree._Element | None:
    """Return the entity or group that an element is or belongs to."""
    owner: etree._Element | None = node
    while owner is not None and owner.tag not in (_GROUP, _ENTITY):
        owner = owner.getparent()
    return owner


def _is_foreign_role(node: etree._Element, kind: str) -> bool:
    """Return whether a complaint is about an xsi:type of another specification (WS-Federation): legal (metadata 2.4.1)."""
    typed = node.get(q("xsi:type")) is not None
    return typed and node.tag == q("md:RoleDescriptor") and kind in ("SCHEMAV_CVC_ELT_4_2", "SCHEMAV_CVC_TYPE_2")


def _violation(kind: str, message: str, node: etree._Element) -> SchemaViolation:
    name = _short(str(node.tag))
    written = _ATTRIBUTE.search(message)
    attribute = written[1] if written and node.get(written[1]) is not None else None
    missing = _MISSING.search(message)
    if missing:
        return SchemaViolation("attribute_missing", f"{name} has no attribute {_short(missing[1])}, which it must have", node)
    if kind in ("SCHEMAV_CVC_COMPLEX_TYPE_3_2_1", "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2") and written:
        near = _near(written[1], node)
        words = f"{name} has no attribute {_short(written[1])}{near}"
        return SchemaViolation("attribute_not_allowed", words, node, attribute, bool(near))
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        expected = _EXPECTED.search(message)
        wanted = _listed(expected[1]) if expected else ""
        if "Missing child" in message:
            if node.tag == _GROUP:
                return SchemaViolation("element_missing", f"{name} holds no entity", node)
            return SchemaViolation("element_missing", f"{name} is incomplete: it lacks {wanted or 'a child element'}", node)
        return SchemaViolation("element_not_expected", _misplaced(node, name, wanted), node)
    if kind == "SCHEMAV_CVC_COMPLEX_TYPE_2_3":
        return _stray_text(node, name)
    if kind in ("SCHEMAV_CVC_COMPLEX_TYPE_2_1", "SCHEMAV_CVC_TYPE_3_1_2"):
        return SchemaViolation("text_not_allowed", f"{name} holds text or elements where it may hold none", node)
    if "_VALID" in kind:
        what = f"{_short(written[1])} of {name}" if written else name
        return SchemaViolation("value_invalid", f"{what} {_form(message)}", node, attribute)
    if kind == "SCHEMAV_CVC_TYPE_2":
        return SchemaViolation("other", f"{name} needs an xsi:type: its own type is abstract", node)
    return SchemaViolation("other", f"{name} is not as the schema wants it ({kind.removeprefix('SCHEMAV_').lower()})", node)


def _stray_text(parent: etree._Element, name: str) -> SchemaViolation:
    """Return that text stands where only elements may, at the element behind it; at the parent where there is none."""
    before = (parent.text, *(child.tail for child in parent))
    children = [*parent, parent]
    behind = next((node for text, node in zip(before, children, strict=True) if (text or "").strip(_BLANK)), parent)
    where = f"in front of {_short(str(behind.tag))}" if behind is not parent and isinstance(behind.tag, str) else "at its end"
    return SchemaViolation("text_not_allowed", f"{name} holds text {where}, where only elements may stand", behind)


_BLANK = " \t\r\n"


def _form(message: str) -> str:
    """Return what is wrong with a value as the end of a sentence; the value itself is shown as evidence."""
    members = _SET.search(message)
    if members:
        return "must be one of " + members[1].replace("'", "")
    if "exceeds the allowed maximum length" in message:
        return "is longer than the 1024 characters allowed"
    typed = _TYPE.search(message)
    form = _FORMS.get(_short(typed[1]).rpartition(":")[2], "") if typed else ""
    return f"must be {form}" if form else "has not the form that the schema asks for"


def _misplaced(node: etree._Element, name: str, wanted: str) -> str:
    parent = node.getparent()
    if parent is None:
        return f"{name} is not expected here"
    inside = _short(str(parent.tag))
    order = _ORDER.get(inside, ())
    bare = name.removeprefix("ds:")
    if name in order or bare in order:
        return f"{name} {_wrong_way(node, order)}: the order in {inside} is {', '.join(order)}"
    twin = next((item for item in order if item.rpartition(":")[2] == local(node.tag)), "")
    if twin:
        right = q(twin if ":" in twin else f"md:{twin}")[1:].partition("}")[0]
        return f"{local(node.tag)} stands in a wrong namespace; in {inside} it must be {right}"
    return f"{name} has no place in {inside}" + (f"; here may stand {wanted}" if wanted else "")


def _wrong_way(node: etree._Element, order: tuple[str, ...]) -> str:
    """Return on which side of which sibling an element stands wrongly."""
    rank = _rank(node, order)
    behind = next((item for item in reversed(list(node.itersiblings("*", preceding=True))) if _rank(item, order) > rank), None)
    if behind is not None:
        return f"stands behind {_short(str(behind.tag))} and belongs in front of it"
    before = next((item for item in node.itersiblings("*") if -1 < _rank(item, order) < rank), None)
    if before is not None:
        return f"stands in front of {_short(str(before.tag))} and belongs behind it"
    again = next(node.itersiblings(node.tag, preceding=True), None) is not None
    return "stands there too often" if again else "stands in the wrong place"


def _rank(node: etree._Element, order: tuple[str, ...]) -> int:
    """Return the place of an element in an order; -1 for one that has none. Names in brackets stand for all that have no name."""
    name = _short(str(node.tag))
    if name in order:
        return order.index(name)
    known = (name.endswith("Descriptor") and name != "KeyDescriptor") or name.endswith(("Statement", "Assertion"))
    return next((at for at, item in enumerate(order) if item.startswith("(") and known), -1)


def _near(written: str, node: etree._Element) -> str:
    known = ("entityID", "validUntil", "cacheDuration", "Binding", "Location", "ResponseLocation", "index", "isDefault", "use",
             "protocolSupportEnumeration", "WantAuthnRequestsSigned", "AuthnRequestsSigned", "WantAssertionsSigned", "contactType",
             "Name", "NameFormat", "FriendlyName", "isRequired", "ID", "errorURL", "IssueInstant", "Version", "Destination",
             "InResponseTo", "Recipient", "NotBefore", "NotOnOrAfter", "Address", "Method", "Format", "NameQualifier",
             "SPNameQualifier", "AuthnInstant", "SessionIndex", "SessionNotOnOrAfter", "Value", "AssertionConsumerServiceURL",
             "AssertionConsumerServiceIndex", "ProtocolBinding", "ProviderName", "ForceAuthn", "IsPassive", "AllowCreate",
             "Comparison")  # fmt: skip
    close = next((name for name in known if name.lower() == written.lower() and name != written), "")
    return f"; it is written {close}" if close and node.get(close) is None else ""


def _listed(names: str) -> str:
    written = [item.strip() for item in names.split(",")]
    words = ["an element of another namespace" if item.startswith("##other") else _short(item) for item in written]
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0]


def _short(clark: str) -> str:
    """Return a name as people write it: without prefix in the metadata namespace, with the usual one elsewhere."""
    uri, _, name = clark.removeprefix("{").rpartition("}")
    if not uri or uri == MD:
        return name
    prefix = "xml" if uri.endswith("/XML/1998/namespace") else "xs" if uri.endswith("/XMLSchema") else PREFIXES.get(uri, "")
    return f"{prefix}:{name}" if prefix else f"{name} (of another namespace)"


class _Places:
    """Elements at paths as libxml2 writes them, with the prefixes of the document. Children are looked through once."""

    def __init__(self, top: etree._Element) -> None:
        self._top = top
        self._known: dict[tuple[etree._Element, str], list[etree._Element]] = {}

    def node(self, path: str) -> etree._Element:
        """Return the element at a path, or the deepest one on the way to it."""
        current = self._top
        for step in path.split("/")[2:]:
            match = _STEP.fullmatch(step)
            if match is None:
                return current
            children = self._children(current, match[1], match[2])
            index = int(match[3] or 1) - 1
            if index >= len(children):
                return current
            current = children[index]
        return current

    def _children(self, parent: etree._Element, prefix: str | None, name: str) -> list[etree._Element]:
        known = self._known.get((parent, f"{prefix}:{name}"))
        if known is None:
            known = [
                child for child in parent.iterchildren("*") if name == "*" or (child.prefix == prefix and local(child.tag) == name)
            ]
            self._known[parent, f"{prefix}:{name}"] = known
        return known
