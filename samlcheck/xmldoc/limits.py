"""How much XML is taken: bounds that are counted before a tree exists, and so before anything costly happens.

The numbers leave every SAML message and metadata file seen in the wild a wide margin and keep the cost of parsing and
canonicalising what is within them below about a second.
"""

from __future__ import annotations

from samlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one document; a document that exceeds any of them is refused whole."""

    octets: int = 4 << 20
    nodes: int = 50_000
    """Elements, comments, processing instructions and CDATA sections together."""
    depth: int = 100
    """Elements open at once."""
    attributes: int = 256
    """Attributes of one element, namespace declarations apart."""
    namespaces_in_scope: int = 64
    """Namespace declarations of an element and its ancestors."""
    namespaces: int = 20_000
    """Namespace declarations in all: products declare two at every AttributeValue, and people are in thousands of groups."""
    cost: int = 40_000_000
    """Sum over all elements of the square of attributes plus namespace declarations in scope.

    Canonical XML sorts attributes and searches all declarations in scope at every element (Canonical XML 1.0, 2.3 and
    4.6); libxml2 does both by insertion, at 3 to 5 ns for each unit of this sum.
    """


DEFAULT = Limits()
"""For messages."""
METADATA = Limits(octets=256 << 20, nodes=8_000_000, namespaces=2_000_000, cost=2_000_000_000)
"""For metadata files that the user names: aggregates of a federation hold thousands of entities."""
