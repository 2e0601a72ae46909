"""Facts of the artifact binding: the artifact itself, and the ArtifactResponse around the message (SAML core 3.5, bindings 3.6)."""

from __future__ import annotations

import base64
import binascii
import hashlib

from lxml import etree

from samlcheck.case import Case
from samlcheck.facts.message import request_anatomy
from samlcheck.facts.reading import Reader
from samlcheck.facts.table import FACTS, Fact, Reading, Readings, add, fact
from samlcheck.frozen import dataclass
from samlcheck.xmldoc.names import q

NO_RESOLVE = Readings(unavailable="the ArtifactResolve was not given", needs="--request")
NO_ANSWER = Readings(unavailable="there is no ArtifactResponse in what was given", needs="an ArtifactResponse")


@dataclass(frozen=True, slots=True)
class Artifact:
    """The parts of an artifact (bindings 3.6.4)."""

    type_code: int
    endpoint_index: int
    source_id: bytes
    """SHA-1 of the issuer's entityID for type 4."""


def parts_of(text: str) -> Artifact | None:
    """Return the parts of an artifact of type 4, 44 octets in base64 (bindings 3.6.4.2), or None if it is none."""
    try:
        octets = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(octets) != 44 or octets[:2] != b"\x00\x04":
        return None
    return Artifact(4, int.from_bytes(octets[2:4], "big"), octets[4:24])


def _resolve(case: Case) -> tuple[Reader, etree._Element] | None:
    anatomy = request_anatomy(case)
    if anatomy is None or anatomy.kind != "artifactresolve":
        return None
    return Reader(anatomy.document, case.request_trust), anatomy.message


def _answer(case: Case) -> tuple[Reader, etree._Element] | None:
    """Return the ArtifactResponse: around the message, or the message itself where it is empty."""
    anatomy = case.anatomy
    if anatomy is None or anatomy.kind != "artifactresponse":
        return None
    outer = next(
        (node for node in (anatomy.message, *anatomy.message.iterancestors()) if node.tag == q("samlp:ArtifactResponse")), None
    )
    return None if outer is None else (Reader(anatomy.document, case.trust), outer)


@fact("artifact.value", "Artifact", "text", "samlp:Artifact of the ArtifactResolve")
def _value(case: Case) -> Readings:
    found = _resolve(case)
    return found[0].read(found[1], "samlp:Artifact") if found else NO_RESOLVE


@fact("artifact.resolve_id", "ID of the ArtifactResolve", "text", "@ID of the ArtifactResolve")
def _resolve_id(case: Case) -> Readings:
    found = _resolve(case)
    return found[0].read(found[1], "@ID") if found else NO_RESOLVE


@fact(
    "artifact.source", "issuer of the artifact", "uri", "entityID of the given IdP whose SHA-1 is the SourceID, else the SourceID"
)
def _source(case: Case) -> Readings:
    found = _value(case)
    first = found.first
    parts = parts_of(first.raw) if first is not None else None
    if first is None or parts is None:
        return found if found.unavailable else Readings((), found.anchor)
    names = (item.raw for item in FACTS["idp.entity_id"].read(case).items)
    known = next((name for name in names if hashlib.sha1(name.encode(), usedforsecurity=False).digest() == parts.source_id), "")
    source = known or parts.source_id.hex()
    return Readings((Reading(source, source, first.node, first.covered),))


def _on_answer(name: str, title: str, kind: str, at: str) -> None:
    def read(case: Case) -> Readings:
        found = _answer(case)
        return found[0].read(found[1], at, kind) if found else NO_ANSWER

    add(Fact(f"artifact.{name}", title, kind, read, f"{at} of the ArtifactResponse"))


_on_answer("id", "ID of the ArtifactResponse", "text", "@ID")
_on_answer("version", "Version of the ArtifactResponse", "text", "@Version")
_on_answer("in_response_to", "InResponseTo of the ArtifactResponse", "text", "@InResponseTo")
_on_answer("issuer", "Issuer of the ArtifactResponse", "uri", "saml:Issuer")
_on_answer("status", "StatusCode of the ArtifactResponse", "uri", "samlp:Status/samlp:StatusCode/@Value")


@fact(
    "artifact.content", "message in the ArtifactResponse", "text", "Local name of the message that was exchanged for the artifact"
)
def _content(case: Case) -> Readings:
    found = _answer(case)
    if found is None:
        return NO_ANSWER
    reader, outer = found
    aside = {q("saml:Issuer"), q("ds:Signature"), q("samlp:Extensions"), q("samlp:Status")}
    inside = [child for child in outer.iterchildren("*") if child.tag not in aside]
    names = (etree.QName(child).localname for child in inside)
    return Readings(
        tuple(Reading(name, name, reader.document.ref(child)) for name, child in zip(names, inside, strict=True)),
        reader.document.absent(outer, "samlp:Response"),
    )
