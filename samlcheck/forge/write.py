"""Recipes as XML text. Octets are exactly what the style says; nothing is re-serialised later.

The text holds marks (control characters, which XML 1.0 cannot contain) where signatures belong and around the first
assertion; ``sign`` and ``seal`` replace them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from samlcheck.forge.products import STYLES
from samlcheck.forge.recipe import Attribute, Confirmation, Recipe, Request
from samlcheck.forge.styles import Style
from samlcheck.xmldoc.names import NAMESPACES, SAML, SAMLP, XSD, XSI

RESPONSE_SIGNATURE = "\x01"
ASSERTION_SIGNATURE = "\x02"
ASSERTION_START = "\x03"
ASSERTION_END = "\x04"

Pairs = Iterable[tuple[str, str | None]]


def text(value: str) -> str:
    """Return character data as XML text."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def quoted(value: str) -> str:
    """Return an attribute value with its quotes."""
    escaped = text(value).replace('"', "&quot;").replace("\t", "&#x9;").replace("\n", "&#xA;")
    return f'"{escaped}"'


def element(name: str, attributes: Pairs, content: str | None) -> str:
    """Return one element; attributes that are None are left out, no content gives an empty-element tag."""
    start = "".join([f"<{name}", *(f" {key}={quoted(value)}" for key, value in attributes if value is not None)])
    return f"{start}/>" if content is None else f"{start}>{content}</{name}>"


def on_lines(xml: str) -> str:
    """Return the text with each element that stands behind a tag on a line of its own; values stay as they are."""
    return re.sub(r">(?=[\x01-\x04]*<[^/])", ">\n", xml)


Seal = Callable[[str, str], str]
"""Given what (``nameid``, ``attributes``) and the standalone XML of an element, return what to write in its place."""


class Writer:
    """Writes the parts of one recipe in its style."""

    def __init__(self, recipe: Recipe, seal: Seal | None = None) -> None:
        """seal: encrypts NameID and attributes where the recipe says so."""
        self.recipe = recipe
        self.style: Style = STYLES[recipe.style]
        self.seal = seal

    def saml(self, name: str) -> str:
        """Return a name of the assertion namespace as the style writes it."""
        return f"{self.style.assertion_prefix}:{name}" if self.style.assertion_prefix else name

    def samlp(self, name: str) -> str:
        """Return a name of the protocol namespace as the style writes it."""
        return f"{self.style.protocol_prefix}:{name}"

    @property
    def own_declaration(self) -> tuple[str, str]:
        """The declaration of the assertion namespace."""
        prefix = self.style.assertion_prefix
        return (f"xmlns:{prefix}" if prefix else "xmlns", SAML)

    def _declaration_here(self) -> list[tuple[str, str]]:
        """The assertion namespace where it is not declared on the root; always in what will be encrypted."""
        standalone = not self.style.declared_at_root or bool(self.recipe.encrypt)
        return [self.own_declaration] if standalone else []

    def _ordered(self, order: tuple[str, ...], declarations: list[tuple[str, str]], attributes: dict[str, str | None]) -> Pairs:
        for name in order:
            if name == "xmlns":
                yield from declarations
            else:
                yield name, attributes.get(name)

    def response(self) -> str:
        """Return the samlp:Response with its marks."""
        recipe, style = self.recipe, self.style
        declarations = [(f"xmlns:{style.protocol_prefix}", SAMLP)]
        if style.declared_at_root:
            declarations.append(self.own_declaration)
        attributes = {
            "ID": recipe.response_id,
            "Version": recipe.response_version,
            "IssueInstant": recipe.response_issue_instant,
            "Destination": recipe.destination,
            "InResponseTo": recipe.in_response_to,
            "Consent": recipe.consent,
        }
        order = style.response_order if "Consent" in style.response_order else (*style.response_order, "Consent")
        issuer = self._issuer(
            recipe.response_issuer, recipe.response_issuer_format, [] if style.declared_at_root else [self.own_declaration]
        )
        assertions = "".join(self.assertion(number) for number in range(recipe.assertions))
        content = issuer + RESPONSE_SIGNATURE + self._status() + assertions
        return style.declaration + element(self.samlp("Response"), self._ordered(order, declarations, attributes), content)

    def _issuer(self, value: str | None, issuer_format: str | None, declarations: list[tuple[str, str]]) -> str:
        if value is None:
            return ""
        return element(self.saml("Issuer"), [*declarations, ("Format", issuer_format)], text(value))

    def _status(self) -> str:
        nested: str | None = None
        for code in reversed(self.recipe.status):
            nested = element(self.samlp("StatusCode"), [("Value", code)], nested)
        message = self.recipe.status_message
        said = "" if message is None else element(self.samlp("StatusMessage"), [], text(message))
        return element(self.samlp("Status"), [], (nested or "") + said)

    def assertion(self, number: int = 0) -> str:
        """Return a saml:Assertion; the first one carries the marks, others are unsigned and have another ID."""
        recipe, style = self.recipe, self.style
        declarations = self._declaration_here()
        if style.types_at == "assertion" or style.inclusive_prefixes:
            prefixes = {style.inclusive_prefixes} if style.types_at == "value" else self._type_prefixes(recipe.attributes)
            declarations += self._type_declarations(prefixes)
        attributes = {
            "ID": recipe.assertion_id if number == 0 else f"{recipe.assertion_id or '_'}{number + 1}",
            "Version": recipe.assertion_version,
            "IssueInstant": recipe.assertion_issue_instant,
        }
        authn, released = self._authn_statement(), self._attribute_statement()
        content = "".join(
            [
                self._issuer(recipe.assertion_issuer, recipe.assertion_issuer_format, []),
                ASSERTION_SIGNATURE if number == 0 else "",
                self._subject(),
                self._conditions(),
                released + authn if style.attributes_first else authn + released,
            ]
        )
        written = element(self.saml("Assertion"), self._ordered(style.assertion_order, declarations, attributes), content)
        return f"{ASSERTION_START}{written}{ASSERTION_END}" if number == 0 else written

    def _subject(self) -> str:
        recipe = self.recipe
        if not recipe.subject:
            return ""
        nameid = ""
        if recipe.nameid is not None:
            sealed = "nameid" in recipe.encrypt
            attributes = [
                *([self.own_declaration] if sealed else []),
                ("NameQualifier", recipe.nameid_name_qualifier),
                ("Format", recipe.nameid_format),
                ("SPNameQualifier", recipe.nameid_sp_name_qualifier),
            ]
            nameid = element(self.saml("NameID"), attributes, text(recipe.nameid))
            if sealed and self.seal:
                nameid = element(self.saml("EncryptedID"), [], self.seal("nameid", nameid))
        return element(self.saml("Subject"), [], nameid + "".join(map(self._confirmation, recipe.confirmations)))

    def _confirmation(self, item: Confirmation) -> str:
        data = [
            ("Address", item.address),
            ("InResponseTo", item.in_response_to),
            ("NotBefore", item.not_before),
            ("NotOnOrAfter", item.not_on_or_after),
            ("Recipient", item.recipient),
        ]
        present = any(value is not None for _, value in data)
        inner = element(self.saml("SubjectConfirmationData"), data, None) if present else None
        return element(self.saml("SubjectConfirmation"), [("Method", item.method)], inner)

    def _conditions(self) -> str:
        recipe = self.recipe
        if recipe.not_before is None and recipe.not_on_or_after is None and not recipe.audiences and not recipe.other_conditions:
            return ""
        restrictions = "".join(
            element(
                self.saml("AudienceRestriction"), [], "".join(element(self.saml("Audience"), [], text(one)) for one in restriction)
            )
            for restriction in recipe.audiences
        )
        others = "".join(element(self.saml(name), [], None) for name in recipe.other_conditions)
        window = [("NotBefore", recipe.not_before), ("NotOnOrAfter", recipe.not_on_or_after)]
        return element(self.saml("Conditions"), window, (restrictions + others) or None)

    def _authn_statement(self) -> str:
        recipe = self.recipe
        if not recipe.authn_statement:
            return ""
        context = recipe.authn_context
        reference = None if context is None else element(self.saml("AuthnContextClassRef"), [], text(context))
        attributes = [
            ("AuthnInstant", recipe.authn_instant),
            ("SessionIndex", recipe.session_index),
            ("SessionNotOnOrAfter", recipe.session_not_on_or_after),
        ]
        return element(self.saml("AuthnStatement"), attributes, element(self.saml("AuthnContext"), [], reference))

    def _attribute_statement(self) -> str:
        released = "".join(map(self._attribute, self.recipe.attributes))
        return element(self.saml("AttributeStatement"), [], released) if released else ""

    def _attribute(self, item: Attribute) -> str:
        sealed = "attributes" in self.recipe.encrypt
        typed: list[tuple[str, str | None]] = []
        if item.value_type is not None:
            if self.style.types_at == "value" or sealed:
                typed += self._type_declarations(self._type_prefixes((item,)))
            typed.append(("xsi:type", item.value_type))
        values = "".join(element(self.saml("AttributeValue"), typed, text(value) if value else None) for value in item.values)
        attributes = [
            *([self.own_declaration] if sealed else []),
            ("Name", item.name),
            ("NameFormat", item.name_format),
            ("FriendlyName", item.friendly_name),
        ]
        written = element(self.saml("Attribute"), attributes, values or None)
        if sealed and self.seal:
            return element(self.saml("EncryptedAttribute"), [], self.seal("attributes", written))
        return written

    @staticmethod
    def _type_prefixes(attributes: tuple[Attribute, ...]) -> set[str]:
        found = {item.value_type.partition(":")[0] for item in attributes if item.value_type}
        return found | {"xsi"} if found else set()

    @staticmethod
    def _type_declarations(prefixes: set[str]) -> list[tuple[str, str]]:
        return [(f"xmlns:{prefix}", XSI if prefix == "xsi" else XSD) for prefix in sorted(prefixes)]


def request(asked: Request) -> str:
    """Return the samlp:AuthnRequest with the usual prefixes and the mark of its signature."""
    policy = [("Format", asked.nameid_policy_format), ("AllowCreate", asked.allow_create)]
    content = "" if asked.issuer is None else element("saml:Issuer", [], text(asked.issuer))
    content += RESPONSE_SIGNATURE
    if asked.subject is not None:
        content += element("saml:Subject", [], element("saml:NameID", [], text(asked.subject)))
    if any(value is not None for _, value in policy):
        content += element("samlp:NameIDPolicy", policy, None)
    if asked.authn_context or asked.authn_context_comparison is not None:
        classes = "".join(element("saml:AuthnContextClassRef", [], text(one)) for one in asked.authn_context)
        content += element("samlp:RequestedAuthnContext", [("Comparison", asked.authn_context_comparison)], classes or None)
    attributes: Pairs = (
        ("xmlns:samlp", NAMESPACES["samlp"]),
        ("xmlns:saml", NAMESPACES["saml"]),
        ("ID", asked.id),
        ("Version", asked.version),
        ("IssueInstant", asked.issue_instant),
        ("Destination", asked.destination),
        ("ForceAuthn", asked.force_authn),
        ("IsPassive", asked.is_passive),
        ("ProtocolBinding", asked.protocol_binding),
        ("AssertionConsumerServiceURL", asked.acs_url),
        ("AssertionConsumerServiceIndex", asked.acs_index),
        ("ProviderName", asked.provider_name),
    )
    return element("samlp:AuthnRequest", attributes, content)
