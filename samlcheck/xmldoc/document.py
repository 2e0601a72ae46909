"""A parsed XML document that knows where each of its nodes stands.

One ``Document`` is one reading of one byte string: the tree is never mutated, nothing is re-serialised, and whoever
needs to change something (``trust``) works on a copy of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from samlcheck.source import NodeRef
from samlcheck.xmldoc.positions import Positions


@dataclass(frozen=True)
class Document:
    """Octets and the tree read from them."""

    name: str
    data: bytes
    """UTF-8 or UTF-16 octets exactly as decoded from the transport."""
    root: etree._Element
    positions: Positions = field(repr=False)

    def ref(self, node: etree._Element, attribute: str | None = None, *, text: bool = False) -> NodeRef:
        """Return the place of ``node``, of its attribute (Clark notation) or of its text."""
        raise NotImplementedError

    def absent(self, anchor: etree._Element, missing: str) -> NodeRef:
        """Return the place where ``missing`` (``saml:Audience``, ``@Recipient``) should be: the anchor's start tag."""
        raise NotImplementedError

    def path(self, node: etree._Element) -> str:
        """Return the absolute XPath of ``node`` with the prefixes of ``names``; indexes only where needed."""
        raise NotImplementedError

    def tag_as_written(self, node: etree._Element) -> str:
        """Return the element's name with the prefix the sender used."""
        raise NotImplementedError
