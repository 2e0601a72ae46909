"""What is refused before a tree is built: a document type declaration, and whatever exceeds a limit.

Nothing downstream ever sees an entity, and canonicalisation cannot be made to explode. Counting exactly takes a pass
with expat; most messages are so small that counting two characters proves them to be within all limits.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from samlcheck.errors import HostileInput
from samlcheck.source import Artifact
from samlcheck.xmldoc.encoding import Encoding
from samlcheck.xmldoc.limits import Limits

# Misc* of XML 1.0 production 22, where a document type declaration may stand behind it.
_PROLOG = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DOCTYPE = b"<!DOCTYPE"
# Joins namespace name and local name inside expat; a form feed is no XML character, so no name can hold one.
_SEPARATOR = "\f"


def admit(artifact: Artifact, encoding: Encoding, limits: Limits) -> None:
    """Let pass what may be parsed.

    Raises HostileInput (``dtd``, ``limit-octets``, ``limit-nodes`` …) for what is refused; may already raise InputError
    (``not-well-formed``) for what is no XML.
    """
    if len(artifact.data) > limits.octets:
        _exceeded(artifact, "octets", f"more than {limits.octets:,} octets")
    units = encoding.units(artifact.data)
    if (b"!" not in units or _DOCTYPE not in units) and _surely_within(units, limits):
        return
    prolog = _PROLOG.match(units, encoding.mark // encoding.width)
    if prolog is not None and units.startswith(_DOCTYPE, prolog.end()):
        _doctype(artifact)
    count(artifact, encoding, limits)


def _surely_within(units: bytes, limits: Limits) -> bool:
    """Return whether a document cannot exceed the limits, by what can be counted without a parser.

    Every node begins with ``<``, and an element that holds another has two tags; every attribute and every namespace
    declaration has a ``=``.
    """
    tags, equals, declarations = units.count(b"<"), units.count(b"="), units.count(b"xmlns")
    if tags > limits.nodes or declarations > limits.namespaces:
        return False
    if tags < 2 * limits.depth and equals <= limits.attributes and declarations <= limits.namespaces_in_scope:
        return tags * equals**2 <= limits.cost
    return _surely_flat(units, limits)


def _surely_flat(units: bytes, limits: Limits) -> bool:
    """Return the same of a document with many elements, by what its tags hold, where there is nothing but tags and text.

    In a comment, a CDATA section or an instruction, what looks like an end tag is none. Elements without content count as
    never closed, and the declarations in scope as if those of the tags with most of them were.
    """
    if b"<!" in units or units.count(b"<?") > units.startswith(b"<?"):
        return False
    pieces = units.split(b"<")[1:]
    depth = deepest = 0
    for tag in pieces:
        if tag[:1] == b"/":
            depth -= 1
        else:
            depth += 1
            if depth > deepest:
                deepest = depth
    opened = [tag for tag in pieces if tag[:1] != b"/"]
    most = max((tag.count(b"=") for tag in opened), default=0)
    in_scope = sum(sorted((tag.count(b"xmlns") for tag in opened), reverse=True)[:deepest])
    return (
        deepest <= limits.depth
        and most <= limits.attributes
        and in_scope <= limits.namespaces_in_scope
        and len(opened) * (most + in_scope) ** 2 <= limits.cost
    )


def count(artifact: Artifact, encoding: Encoding, limits: Limits) -> None:
    """Count all that is limited, and check that the document is well-formed.

    Raises HostileInput and InputError as ``admit`` does.
    """
    parser = expat.ParserCreate("utf-8" if encoding.width == 1 else "utf-16", _SEPARATOR)
    _Count(artifact, limits).listen(parser)
    try:
        parser.Parse(artifact.data, True)
    except expat.ExpatError as error:
        from samlcheck.xmldoc.malformed import explain

        raise explain(artifact, encoding, error.code, parser.ErrorByteIndex) from None


class _Count:
    """What has been read so far."""

    def __init__(self, artifact: Artifact, limits: Limits) -> None:
        self.artifact = artifact
        self.limits = limits
        self.nodes = 0
        self.depth = 0
        self.namespaces = 0
        self.in_scope = 0
        self.cost = 0

    def listen(self, parser: expat.XMLParserType) -> None:
        """Have expat report what is counted."""
        parser.ordered_attributes = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartNamespaceDeclHandler = self.declaration
        parser.EndNamespaceDeclHandler = self.end_of_scope
        parser.CommentHandler = lambda _text: self.node()
        parser.ProcessingInstructionHandler = lambda _target, _text: self.node()
        parser.StartCdataSectionHandler = self.node
        parser.StartDoctypeDeclHandler = lambda *_names: _doctype(self.artifact)

    def node(self) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            _exceeded(self.artifact, "nodes", f"more than {self.limits.nodes:,} elements, comments and the like")

    def start(self, _name: str, attributes: list[str]) -> None:
        self.node()
        self.depth += 1
        if self.depth > self.limits.depth:
            _exceeded(self.artifact, "depth", f"elements nested more than {self.limits.depth} deep")
        number = len(attributes) // 2
        if number > self.limits.attributes:
            _exceeded(self.artifact, "attributes", f"an element with more than {self.limits.attributes} attributes")
        self.cost += (number + self.in_scope) ** 2
        if self.cost > self.limits.cost:
            _exceeded(self.artifact, "cost", "so many attributes and namespaces that canonicalising it would take too long")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def declaration(self, _prefix: str | None, _uri: str | None) -> None:
        self.namespaces += 1
        if self.namespaces > self.limits.namespaces:
            _exceeded(self.artifact, "namespaces", f"more than {self.limits.namespaces:,} namespace declarations")
        self.in_scope += 1
        if self.in_scope > self.limits.namespaces_in_scope:
            bound = self.limits.namespaces_in_scope
            _exceeded(self.artifact, "namespaces-in-scope", f"more than {bound} namespace declarations in scope")

    def end_of_scope(self, _prefix: str | None) -> None:
        self.in_scope -= 1


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
