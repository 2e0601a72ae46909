"""From hostile octets to a ``Document``, or to an error that says what is wrong with them."""

from __future__ import annotations

from functools import cache

from lxml import etree

from samlcheck.errors import InputError
from samlcheck.source import Artifact
from samlcheck.xmldoc import gate
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.encoding import Encoding, encoding_of
from samlcheck.xmldoc.limits import DEFAULT, METADATA, Limits
from samlcheck.xmldoc.positions import Positions

__all__ = ["DEFAULT", "METADATA", "Limits", "parse"]


def parse(artifact: Artifact, limits: Limits = DEFAULT) -> Document:
    """Return the document that the octets of ``artifact`` hold.

    Raises HostileInput for a document type declaration (code ``dtd``) and for what exceeds ``limits``
    (``limit-octets``, ``limit-nodes`` …), InputError for an encoding that is not read (``encoding``) and for what is
    not well-formed (``not-well-formed``); nothing else, whatever the octets.
    """
    encoding = encoding_of(artifact)
    gate.admit(artifact, encoding, limits)
    return parse_admitted(artifact, encoding, limits)


def parse_admitted(artifact: Artifact, encoding: Encoding, limits: Limits) -> Document:
    """Return the document of octets that ``gate`` has admitted. Raises InputError (``not-well-formed``)."""
    try:
        root = etree.fromstring(artifact.data, _parser(encoding.codec, len(artifact.data) > DEFAULT.octets))
    except etree.XMLSyntaxError as error:
        raise _explained(artifact, encoding, limits, error) from None
    return Document(artifact.name, artifact.data, root, Positions(artifact.data, encoding))


def _explained(artifact: Artifact, encoding: Encoding, limits: Limits, error: etree.XMLSyntaxError) -> InputError:
    """Return what is wrong with a document that libxml2 refused, in the words for what expat finds wrong with it."""
    try:
        gate.count(artifact, encoding, limits)
    except InputError as explained:
        return explained
    line, column = error.position
    message = "The XML is not well-formed here."
    if getattr(error, "code", 0) == etree.ErrorTypes.WAR_NS_URI:
        message = "A namespace is declared here that is no URI: perhaps a blank or a line break has got into it."
    return InputError(
        message,
        tip="Compare the place with what the sender's product writes, and capture the message again.",
        where=f"{artifact.name}:{line}:{column}",
        code="not-well-formed",
    )


@cache
def _parser(codec: str, huge: bool) -> etree.XMLParser:
    """Return a parser with nothing left to defaults; ``gate`` has bounded what it is given.

    huge: lift libxml2's own limits, for documents that were let in by larger ones than ``DEFAULT``.
    """
    return etree.XMLParser(
        encoding=codec,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=huge,
        recover=False,
        remove_comments=False,
        remove_pis=False,
        remove_blank_text=False,
        strip_cdata=False,
        ns_clean=False,
        collect_ids=False,
    )
