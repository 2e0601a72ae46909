"""Verification of signatures over metadata with the keys of ``--signed-by``: the same gate, engines and autopsy as for logins.

An entity's own signature is verified in the part that holds the entity, whose canonical form does not depend on its neighbours.
That of an aggregate covers all of it, so the file is read whole; above ``MOST`` octets it says that it was not verified.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from samlcheck.lint.recode import document as whole
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import q

MOST = 128 << 20
"""A tree takes four to five times the octets of its file."""
TOO_LARGE = f"signed, not verified: the file is larger than {MOST >> 20} MiB, and its signature covers all of it"
NOT_ASKED = "signed, not verified"
_SIGNATURE = q("ds:Signature")


def of_entity(document: Document, node: etree._Element, anchors: Anchors | None) -> TrustFacts | None:
    """Return what verification finds of an entity's own signature; None without one, or without keys."""
    if anchors is None or node.find(_SIGNATURE) is None:
        return None
    signatures = tuple(node.iter(_SIGNATURE))
    return establish(Anatomy(document, "metadata", node, (), (), (), signatures), anchors)


def of_aggregate(name: str, stream: BinaryIO, anchors: Anchors) -> TrustFacts:
    """Return what verification finds of all signatures of an aggregate, which is read whole.

    Raises InputError for what cannot be read.
    """
    return establish(dissect(whole(Artifact(name, stream.read(MOST + 1)))), anchors)


def of_group(trust: TrustFacts, path: str) -> TrustFacts:
    """Return what was found of the EntitiesDescriptor at a path, out of what was found of the whole aggregate."""
    own = tuple(fact for fact in trust.signatures if fact.node is not None and fact.node.path == f"{path}/ds:Signature")
    return replace(trust, signatures=own)
