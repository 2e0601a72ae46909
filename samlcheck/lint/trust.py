"""Verification of signatures over metadata with the keys of ``--signed-by``: the same gate, engines and autopsy as for logins.

An entity's own signature is verified in the part that holds the entity, whose canonical form does not depend on its neighbours.
That of an aggregate covers all of it: the file is read once more in pieces (``trust.streaming``). Where that does not say *valid*,
it is read whole, which alone can tell why not; above ``MOST`` octets it then says that it was not verified.
What verification needs is imported when keys are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from samlcheck.errors import InputError
from samlcheck.lint.contents import Contents
from samlcheck.lint.recode import document as whole
from samlcheck.lint.recode import written
from samlcheck.lint.source import Input
from samlcheck.lint.tags import CHUNK, fill
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.parse import METADATA
from samlcheck.xmldoc.part import parse_part

MOST = 128 << 20
"""A tree takes four to five times the octets of its file."""
TOO_LARGE = (
    f"signed, not verified: its signature does not hold when it is read in pieces, and with more than {MOST >> 20} MiB the file is"
    " too large to find out why"
)
NOT_ASKED = "signed, not verified"
_SIGNATURE = q("ds:Signature")


def of_entity(document: Document, node: etree._Element, anchors: Anchors | None) -> TrustFacts | None:
    """Return what verification finds of an entity's own signature; None without one, or without keys."""
    if anchors is None or node.find(_SIGNATURE) is None:
        return None
    from samlcheck.trust.establish import establish

    signatures = tuple(node.iter(_SIGNATURE))
    return establish(Anatomy(document, "metadata", node, (), (), (), signatures), anchors)


def of_aggregate(item: Input, anchors: Anchors, groups: Sequence[etree._Element]) -> TrustFacts | None:
    """Return what verification finds of the signatures of an aggregate; None where it is too large to be read whole.

    groups: all its EntitiesDescriptors. Raises InputError for what cannot be read.
    """
    signed = [group for group in groups if group.find(_SIGNATURE) is not None]
    if len(signed) == 1 and signed[0].getparent() is None:
        with item.open() as stream:
            found = _in_pieces(item.name, stream, anchors)
        if found is not None:
            return found
    if item.octets is None or item.octets > MOST:
        return None
    from samlcheck.trust.establish import establish

    with item.open() as stream:
        return establish(dissect(whole(Artifact(item.name, stream.read(MOST + 1)))), anchors)


def _in_pieces(name: str, stream: BinaryIO, anchors: Anchors) -> TrustFacts | None:
    """Return that the signature of the outermost group is valid; None if that cannot be said without reading the file whole."""
    from samlcheck.trust import streaming
    from samlcheck.trust.anchors import for_issuer

    try:
        head = fill(stream, CHUNK)
        how = written(name, head)
        if not how.as_it_is:
            return None
        contents = Contents(name, head[how.mark :], stream, how.mark)
        pieces = contents.pieces()
        frame = next(pieces, None)
        found = streaming.verify(name, frame, pieces, for_issuer(anchors, "")) if frame is not None else None
        if found is None:
            return None
        parse_part(name, contents.outside(), METADATA)
    except InputError:
        return None
    document, fact = found
    anatomy = dissect(document)
    return TrustFacts(anatomy, anatomy, "trusted", fact.reason, (fact,))


def of_group(trust: TrustFacts, path: str) -> TrustFacts:
    """Return what was found of the EntitiesDescriptor at a path, out of what was found of the whole aggregate."""
    own = tuple(fact for fact in trust.signatures if fact.node is not None and fact.node.path == f"{path}/ds:Signature")
    return replace(trust, signatures=own)
