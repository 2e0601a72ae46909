"""The first reading of every document: counts what it holds and notes where its elements stand.

Runs expat over the octets before libxml2 builds a tree. What exceeds a limit, or has a document type declaration, is
refused here, so nothing downstream ever sees an entity, and canonicalisation cannot be made to explode. Two parsers
must agree that a document is well-formed; only the tree of the second is ever read from.
"""

from __future__ import annotations

import re
from array import array
from typing import NoReturn
from xml.parsers import expat

from samlcheck.errors import HostileInput
from samlcheck.source import Artifact
from samlcheck.xmldoc.encoding import Encoding
from samlcheck.xmldoc.limits import Limits
from samlcheck.xmldoc.malformed import explain
from samlcheck.xmldoc.positions import Positions

# Misc* of XML 1.0 production 22, where a document type declaration may stand behind it.
_PROLOG = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
# Joins namespace name and local name inside expat; a form feed is no XML character, so no name can hold one.
_SEPARATOR = "\f"


def admit(artifact: Artifact, encoding: Encoding, limits: Limits) -> Positions:
    """Return the places of all elements of a document that may be parsed.

    Raises HostileInput (``dtd``, ``limit-…``) for what is refused, InputError (``not-well-formed``) for what is no XML.
    """
    if len(artifact.data) > limits.octets:
        _exceeded(artifact, "octets", f"more than {limits.octets:,} octets")
    units = encoding.units(artifact.data)
    prolog = _PROLOG.match(units, encoding.mark // encoding.width)
    if prolog is not None and units.startswith(b"<!DOCTYPE", prolog.end()):
        _doctype(artifact)
    count = _Count(artifact, limits)
    parser = expat.ParserCreate("utf-8" if encoding.width == 1 else "utf-16", _SEPARATOR)
    count.listen(parser)
    try:
        parser.Parse(artifact.data, True)
    except expat.ExpatError as error:
        offset = parser.ErrorByteIndex
        positions = Positions(artifact.data, encoding, count.starts, count.ends)
        raise explain(artifact, encoding, positions, error.code, offset, count.open) from None
    return Positions(artifact.data, encoding, count.starts, count.ends)


class _Count:
    """What has been read so far."""

    def __init__(self, artifact: Artifact, limits: Limits) -> None:
        self.artifact = artifact
        self.limits = limits
        self.starts = array("q")
        self.ends = array("q")
        self.open: list[int] = []
        self.nodes = 0
        self.cost = 0
        self.namespaces = 0
        self.in_scope = 0

    def listen(self, parser: expat.XMLParserType) -> None:
        """Have expat report what is counted."""
        limits, starts, ends, opened = self.limits, self.starts, self.ends, self.open
        end_of_data = len(self.artifact.data)

        def start(_name: str, attributes: list[str]) -> None:
            self.node()
            opened.append(len(starts))
            starts.append(parser.CurrentByteIndex)
            ends.append(end_of_data)
            if len(opened) > limits.depth:
                _exceeded(self.artifact, "depth", f"elements nested more than {limits.depth} deep")
            number = len(attributes) // 2
            if number > limits.attributes:
                _exceeded(self.artifact, "attributes", f"an element with more than {limits.attributes} attributes")
            self.cost += (number + self.in_scope) ** 2
            if self.cost > limits.cost:
                _exceeded(
                    self.artifact, "cost", "so many attributes and namespace declarations that canonicalising it takes too long"
                )

        def end(_name: str) -> None:
            ends[opened.pop()] = parser.CurrentByteIndex

        def declared(_prefix: str | None, _uri: str | None) -> None:
            self.in_scope += 1
            self.namespaces += 1
            if self.in_scope > limits.namespaces_in_scope:
                _exceeded(
                    self.artifact, "namespaces-in-scope", f"more than {limits.namespaces_in_scope} namespace declarations in scope"
                )
            if self.namespaces > limits.namespaces:
                _exceeded(self.artifact, "namespaces", f"more than {limits.namespaces:,} namespace declarations")

        def out_of_scope(_prefix: str | None) -> None:
            self.in_scope -= 1

        parser.ordered_attributes = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.StartNamespaceDeclHandler = declared
        parser.EndNamespaceDeclHandler = out_of_scope
        parser.CommentHandler = lambda _text: self.node()
        parser.ProcessingInstructionHandler = lambda _target, _text: self.node()
        parser.StartCdataSectionHandler = self.node
        parser.StartDoctypeDeclHandler = lambda *_names: _doctype(self.artifact)

    def node(self) -> None:
        """Count one node."""
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            _exceeded(self.artifact, "nodes", f"more than {self.limits.nodes:,} elements, comments and the like")


def _doctype(artifact: Artifact) -> NoReturn:
    raise HostileInput(
        "The XML has a document type declaration (<!DOCTYPE …>), which SAML forbids and attacks are made with.",
        tip="No SAML product sends one. Take a fresh capture; if it is there again, treat the sender as hostile.",
        where=artifact.name,
        code="dtd",
    )


def _exceeded(artifact: Artifact, limit: str, what: str) -> NoReturn:
    raise HostileInput(
        f"The XML was refused before it was read: it has {what}.",
        tip="No SAML product sends such a document. Check where it comes from.",
        where=artifact.name,
        code=f"limit-{limit}",
    )
