"""Which element is the message, which the assertion, and what else claims to be one.

This is the only place that finds elements; facts, trust and rules take them from here, so there is one answer to
"which assertion". Only absolute child steps are used for what is consumed; ``*_anywhere`` exists to name rivals.
"""

from __future__ import annotations

from typing import Literal

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import SAML1, SAMLP1, WST, WST13, q

Kind = Literal[
    "response", "assertion", "authnrequest", "logoutrequest", "logoutresponse", "artifactresponse", "artifactresolve",
    "attributequery", "idp-metadata", "sp-metadata", "metadata", "metadata-aggregate", "saml1", "ws-federation",
    "encrypted-assertion", "other",
]  # fmt: skip

_KINDS: dict[str, Kind] = {
    q("samlp:Response"): "response",
    q("samlp:AuthnRequest"): "authnrequest",
    q("samlp:LogoutRequest"): "logoutrequest",
    q("samlp:LogoutResponse"): "logoutresponse",
    q("samlp:ArtifactResponse"): "artifactresponse",
    q("samlp:ArtifactResolve"): "artifactresolve",
    q("samlp:AttributeQuery"): "attributequery",
    q("saml:Assertion"): "assertion",
    q("saml:EncryptedAssertion"): "encrypted-assertion",
    q("md:EntitiesDescriptor"): "metadata-aggregate",
}
_KINDS_BY_NAMESPACE: dict[str | None, Kind] = {
    SAML1: "saml1",
    SAMLP1: "saml1",
    WST: "ws-federation",
    WST13: "ws-federation",
}


@dataclass(frozen=True)
class Anatomy:
    """The parts of one document that matter."""

    document: Document
    kind: Kind
    message: etree._Element
    """The protocol message, assertion or descriptor that would be consumed (inside SOAP or ArtifactResponse too)."""
    assertions: tuple[etree._Element, ...]
    """``saml:Assertion`` children of the message (or the message itself when it is one), document order."""
    encrypted_assertions: tuple[etree._Element, ...]
    assertions_anywhere: tuple[etree._Element, ...]
    """Every element named Assertion in any namespace and position, document order."""
    signatures: tuple[etree._Element, ...]
    """Every ds:Signature in the document, document order."""

    @property
    def assertion(self) -> etree._Element | None:
        """The assertion a consumer would read: the first child assertion."""
        return self.assertions[0] if self.assertions else None


def dissect(document: Document) -> Anatomy:
    """Return the anatomy of a document; anything unknown has kind ``other`` and the root as message.

    A message in the Body of a SOAP envelope (bindings 3.2) stands for the envelope. An ArtifactResponse (core 3.5.2)
    stays one by kind, but where it holds a Response that is the message: it is what the service provider reads.
    """
    root = document.root
    message = _in_soap(root)
    kind = _kind(message)
    if kind == "other":
        message = root
    elif kind == "artifactresponse":
        inner = message.find(q("samlp:Response"))
        message = message if inner is None else inner
    return Anatomy(
        document,
        kind,
        message,
        (message,) if kind == "assertion" else tuple(message.iterchildren(q("saml:Assertion"))),
        (message,) if kind == "encrypted-assertion" else tuple(message.iterchildren(q("saml:EncryptedAssertion"))),
        tuple(root.iter("{*}Assertion")),
        tuple(root.iter(q("ds:Signature"))),
    )


def _in_soap(root: etree._Element) -> etree._Element:
    """Return the first element in the Body of a SOAP envelope; the root itself where there is none."""
    if root.tag != q("soap:Envelope"):
        return root
    body = root.find(q("soap:Body"))
    inner = next(body.iterchildren("*"), None) if body is not None else None
    return root if inner is None else inner


def _kind(message: etree._Element) -> Kind:
    if message.tag == q("md:EntityDescriptor"):
        if message.find(q("md:IDPSSODescriptor")) is not None:
            return "idp-metadata"
        return "sp-metadata" if message.find(q("md:SPSSODescriptor")) is not None else "metadata"
    namespace = etree.QName(message).namespace
    return _KINDS.get(message.tag) or _KINDS_BY_NAMESPACE.get(namespace, "other")
