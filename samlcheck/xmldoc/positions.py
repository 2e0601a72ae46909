"""Octet offset, line and column of every tag, attribute and text, from a second pass over the same octets."""

from __future__ import annotations


class Positions:
    """Stub, replaced by the xmldoc work package."""
