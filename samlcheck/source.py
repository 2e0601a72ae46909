"""Where things come from: named octets, places in them, and references to XML nodes.

Everything a finding points at is one of these values. They hold no behaviour beyond naming a place and never
open a file: octets enter the program in ``cli/`` and travel on inside an ``Artifact``.
"""

from __future__ import annotations

from functools import cached_property

from samlcheck.frozen import dataclass


@dataclass(frozen=True)
class Artifact:
    """Octets handed to the program, with the name to show for them."""

    name: str
    """A path, ``argument``, ``standard input``, ``clipboard``, or the name of the step that produced the octets."""
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the octets in lower-case hex."""
        import hashlib

        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of octets in one document, and the line and column at which it begins."""

    start: int
    end: int
    line: int
    """1-based, as editors count."""
    column: int
    """1-based, in characters (not octets)."""


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A place in an XML document: an element, one of its attributes, or the text inside it."""

    document: str
    """Name of the document (``Artifact.name``) the place is in."""
    path: str
    """Absolute XPath with the usual prefixes, e.g. ``/samlp:Response/saml:Assertion/saml:Issuer`` or ``…/@ID``."""
    span: Span | None
    """Octets of the start tag, the attribute or the text; None where the place has no octets of its own."""
    absent: bool = False
    """True when the node named is missing and ``span`` is that of the element it should be in."""
