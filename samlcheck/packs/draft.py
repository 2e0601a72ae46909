"""A first pack for a service, made from a handful of values or from its SP metadata (``rules new``).

What comes out is the short form that docs/packs.md describes, for a person to go on with. Nothing is guessed that a
login could be refused for by mistake: only attributes whose meaning is plain from their names get a form and a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.packs.expand import NAMEID_FORMATS, slug

if TYPE_CHECKING:
    from samlcheck.saml.anatomy import Anatomy

Signed = Literal["any", "response", "assertion", "both"]
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

_SOURCES = {
    "user.email": ("email", "mail", "e-mail", "emailaddress", "email-address", "0.9.2342.19200300.100.1.3"),
    "user.first_name": ("givenname", "given-name", "first-name", "firstname", "2.5.4.42"),
    "user.last_name": ("surname", "sn", "last-name", "lastname", "family-name", "2.5.4.4"),
    "user.display_name": ("displayname", "display-name", "full-name", "fullname", "2.16.840.1.113730.3.1.241"),
    "user.groups": ("groups", "group", "memberof", "member-of"),
    "user.roles": ("roles", "role"),
}
"""Logical sources by the last part of an attribute's name; the object identifiers are those of RFC 2798 and RFC 4519."""
_SEVERAL = ("user.groups", "user.roles", "")
"""Sources that may give several values; so may those that nobody knows."""


@dataclass(frozen=True, slots=True)
class WantedAttribute:
    """One attribute that the service reads."""

    name: str
    values: tuple[str, ...] = ()
    """The values it takes; empty for any."""
    required: bool = True

    @property
    def source(self) -> str:
        """The logical source that the name speaks of, or nothing."""
        last = self.name.removeprefix("urn:oid:") if self.name.startswith("urn:oid:") else slug(self.name)
        return next((source for source, names in _SOURCES.items() if last in names), "")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a service."""

    title: str
    acs: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    nameid_format: str = ""
    """Short name or URI; empty for any."""
    attributes: tuple[WantedAttribute, ...] = ()
    signed: Signed = "any"
    relay_state: str = ""
    source: str = ""
    """The document that says so."""

    @property
    def pack(self) -> str:
        """The name of the pack."""
        return slug(self.title.replace("/", " "))


def attribute(text: str, *, required: bool = True) -> WantedAttribute:
    """Return an attribute written as ``NAME`` or ``NAME=VALUE|VALUE``."""
    name, _, values = text.partition("=")
    return WantedAttribute(name.strip(), tuple(item.strip() for item in values.split("|") if item.strip()), required)


def from_metadata(anatomy: Anatomy, title: str = "") -> Draft:
    """Return what SP metadata says (metadata 2.4.4); its NameIDFormats, and attributes as RequestedAttribute.

    title: name of the service; by default its host. Raises InputError for anything but the metadata of one SP.
    """
    from samlcheck.saml.metadata import entities
    from samlcheck.xmldoc.document import text_of
    from samlcheck.xmldoc.names import q

    found = [entity for entity in entities(anatomy) if entity.is_sp]
    if len(found) != 1:
        what = "holds no service provider" if not found else f"holds {len(found)} service providers"
        raise InputError(
            f"--from-metadata: this {what}",
            where=anatomy.document.name,
            tip="Give the metadata of one service: an EntityDescriptor with an SPSSODescriptor.",
            code="not-sp-metadata",
        )
    (entity,) = found
    consumers = sorted(entity.assertion_consumer, key=lambda item: (item.binding != POST, not item.is_default))
    formats = [item for item in entity.nameid_formats if not item.endswith(":unspecified")]
    wanted = [
        WantedAttribute(
            node.get("Name", ""),
            tuple(text_of(value).strip() for value in node.iterchildren(q("saml:AttributeValue"))),
            node.get("isRequired") in ("true", "1"),
        )
        for node in anatomy.message.iter(q("md:RequestedAttribute"))
    ]
    host = re.sub(r"^[a-z]+://([^/:]+).*$", r"\1", consumers[0].location if consumers else entity.entity_id)
    return Draft(
        title or host,
        tuple(dict.fromkeys(item.location for item in consumers if item.binding in (POST, ""))),
        (entity.entity_id,),
        formats[0] if formats else "",
        tuple({item.name: item for item in wanted if item.name}.values()),
        "assertion" if entity.want_assertions_signed else "any",
        source="SP metadata of the service",
    )


def text(draft: Draft, seen: str) -> str:
    """Return the pack as YAML. seen: the date of today, for the citation."""
    short = {uri: name for name, uri in NAMEID_FORMATS.items()}
    cite = f"cite: {{source: {_scalar(draft.source or 'The values configured at the service')}, seen: {seen}, basis: vendor}}"
    lines = [
        f"# {_line(draft.title)}: what it expects of a SAML login. How to go on: samlcheck rules schema, docs/packs.md.",
        "format: 1",
        f"pack: {draft.pack}",
        f"title: {_scalar(draft.title)}",
        "extends: [web-sso-profile]",
        cite,
        "expects:",
        f"  acs: {_several(draft.acs)}",
        f"  audience: {_several(draft.audience)}",
    ]
    if draft.nameid_format:
        name = short.get(draft.nameid_format, draft.nameid_format)
        lines.append(f"  nameid: {{format: {_scalar(name)}{', value: email' if name == 'emailAddress' else ''}}}")
    if draft.attributes:
        lines.append("  attributes:")
        lines += [f"    - {_attribute(item)}" for item in draft.attributes]
    lines.append(f"  signed: {draft.signed}")
    if draft.relay_state:
        lines += [f"  relay_state: {_template(draft.relay_state)}", "  relay_state_required: true"]
    return "\n".join(lines) + "\n"


def _attribute(wanted: WantedAttribute) -> str:
    parts = [f"name: {_scalar(wanted.name)}"]
    if not wanted.required:
        parts.append("required: false")
    if wanted.values:
        parts.append(f"one_of: {_several(wanted.values)}")
    elif wanted.source == "user.email":
        parts.append("is: email")
    if wanted.values or wanted.source in _SEVERAL:
        parts.append("many: true")
    if wanted.source:
        parts.append(f"source: {wanted.source}")
    return "{" + ", ".join(parts) + "}"


def _several(values: Iterable[str]) -> str:
    written = [_template(value) for value in values]
    return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


def _template(value: str) -> str:
    """Return a value that stands for itself, braces and all."""
    return _scalar(value.replace("{", "{{").replace("}", "}}"))


def _scalar(value: str) -> str:
    """Return a text as YAML, in quotes unless it is a plain word."""
    value = _line(value)
    return (
        value
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", value) and value.lower() != "null"
        else "'" + value.replace("'", "''") + "'"
    )


def _line(value: str) -> str:
    """Return a text on one line, without characters that YAML does not take."""
    return "".join(character if character.isprintable() else " " for character in value)
