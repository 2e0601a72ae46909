"""Which element is the message, which the assertion, and what else claims to be one.

This is the only place that finds elements; facts, trust and rules take them from here, so there is one answer to
"which assertion". Only absolute child steps are used for what is consumed; ``*_anywhere`` exists to name rivals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lxml import etree

from samlcheck.xmldoc.document import Document

Kind = Literal[
    "response", "assertion", "authnrequest", "logoutrequest", "logoutresponse", "artifactresponse", "artifactresolve",
    "attributequery", "idp-metadata", "sp-metadata", "metadata", "metadata-aggregate", "saml1", "ws-federation",
    "encrypted-assertion", "other",
]  # fmt: skip


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
    """Return the anatomy of a document; anything unknown has kind ``other`` and the root as message."""
    raise NotImplementedError
