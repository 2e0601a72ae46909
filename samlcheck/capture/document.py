"""The message that XML is, by the name of its root; and what is known of a value before that can be told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from samlcheck.capture import xmllook
from samlcheck.capture.model import Binding, CapturedMessage, Layer, MessageRole, RedirectQuery, SimpleSign
from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.source import Artifact

Found = CapturedMessage | InputError
_ROLES: dict[str, MessageRole] = {
    **dict.fromkeys(("Response", "LogoutResponse", "ArtifactResponse", "ManageNameIDResponse", "NameIDMappingResponse"),
                    "response"),
    **dict.fromkeys(("AuthnRequest", "LogoutRequest", "ArtifactResolve", "AttributeQuery", "AuthnQuery", "AuthzDecisionQuery",
                     "AssertionIDRequest", "ManageNameIDRequest", "NameIDMappingRequest"), "request"),
    **dict.fromkeys(("EntityDescriptor", "EntitiesDescriptor"), "metadata"),
    **dict.fromkeys(("Assertion", "EncryptedAssertion"), "assertion"),
}  # fmt: skip
_INNER = re.compile(rb"<(?:[\w.\-]{1,60}:)?(" + b"|".join(name.encode() for name in _ROLES) + rb")[\s>/]")


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a value before it is decoded."""

    name: str
    """Name for the artifact of a message."""
    layers: tuple[Layer, ...] = ()
    parameter: str | None = None
    binding: Binding = "unknown"
    relay_state: str | None = None
    redirect: RedirectQuery | None = None
    simple_sign: SimpleSign | None = None
    target: str | None = None
    exchange: int | None = None
    at: datetime | None = None
    depth: int = 0

    def inside(self, layer: str, size_in: int, size_out: int, note: str = "") -> Origin:
        """Return the origin of a value found inside one more layer."""
        return replace(self, layers=(*self.layers, Layer(layer, size_in, size_out, note)), depth=self.depth + 1)


def message(octets: bytes, origin: Origin, *, complete: bool = True) -> tuple[Found, ...]:
    """Return the message that XML octets are; nothing for XML that is something else."""
    looked = xmllook.as_utf8(octets)
    element = xmllook.root(looked)
    if element is None:
        return ()
    role = _role(element, looked)
    if role is None or isinstance(role, InputError):
        return (role,) if role else ()
    extent = xmllook.ends(looked, element)
    if extent.open or not complete:
        from samlcheck.capture import remains

        return (remains.truncated(origin.layers, len(octets), extent.open),)
    if origin.parameter:
        role = "response" if origin.parameter == "SAMLResponse" else "request"
    return (
        CapturedMessage(
            Artifact(origin.name, octets), origin.layers or (Layer("xml", len(octets), len(octets)),), role, origin.binding,
            origin.parameter, origin.relay_state, origin.redirect, origin.simple_sign, origin.target, origin.exchange, origin.at,
        ),
    )  # fmt: skip


def _role(element: xmllook.Root, octets: bytes) -> MessageRole | InputError | None:
    """Return the role of a root element, the error that names another protocol, or None for XML of any other kind."""
    namespace = element.namespace or ""
    if element.local in _ROLES and namespace.startswith("urn:oasis:names:tc:SAML:2.0:"):
        return _ROLES[element.local]
    from samlcheck.capture import explain

    if namespace.startswith("urn:oasis:names:tc:SAML:1."):
        return explain.saml1()
    if element.local.startswith("RequestSecurityToken"):
        return explain.ws_federation()
    if element.local == "Envelope":
        inner = _INNER.search(octets)
        if inner is None:
            return None
        return _ROLES[inner[1].decode()] if b"SAML:2.0" in octets else explain.saml1()
    if element.local in _ROLES:
        return _ROLES[element.local]
    return "other" if namespace in (xmllook.SAMLP, xmllook.SAML, xmllook.MD) else None


def only(octets: bytes, origin: Origin) -> tuple[Found, ...]:
    """Return the message that octets are if they are one XML document; several below each other are left to the scan.

    Only a blank line or an XML declaration makes a second document: otherwise it is one document with two roots, which a
    service would have refused, and so does the parser.
    """
    looked = xmllook.as_utf8(octets)
    element = xmllook.root(looked)
    if element is None:
        return ()
    end = xmllook.ends(looked, element).end
    rest = looked[end:] if end is not None else b""
    if re.match(rb"[ \t\r]*\n[ \t\r]*\n\s*<|\s*<\?xml\s", rest) and _INNER.search(rest):
        return ()
    return message(octets, origin)
