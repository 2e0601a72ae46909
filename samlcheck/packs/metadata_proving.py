"""The examples of metadata rules: forged metadata, read as facts and judged for real (``proving`` says what must come of it)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from samlcheck.case import Clock
from samlcheck.checks.context import Context
from samlcheck.facts import Reading
from samlcheck.facts.certificates import examine
from samlcheck.facts.entity import EntityCase, MetadataSource, Repeated
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.facts.pair import PairTable
from samlcheck.finding import Outcome
from samlcheck.packs import parameters
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.model import Example, Pack
from samlcheck.packs.run import run
from samlcheck.packs.select import GENERIC, Selection
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import q

if TYPE_CHECKING:
    from samlcheck.forge.metadata_recipe import Edits, MetadataRole

    Side = tuple[str, MetadataRole]


def outcomes_of(pack: Pack, example: Example, catalogue: Catalogue) -> tuple[Outcome, ...]:
    """Return what the rules of a metadata pack say of the metadata that an example describes.

    Raises KeyError and ValueError for edits that cannot be made.
    """
    edits = {**pack.base.edits, **example.edits}
    sides = SIDES.get(pack.pack)
    table = EntityTable(_forged("idp", edits)) if sides is None else _pair(sides, edits)
    declared = parameters.declared([pack])
    values = parameters.values(declared, {**pack.base.set, **example.set}, table, {})
    context = Context(table, values, {name: item.pattern for name, item in declared.items()})
    generic = catalogue.idp(GENERIC)
    return run(Selection(((pack, "its example"),), "", "", generic, "", context, generic), table)


SIDES: dict[str, tuple[Side, Side]] = {
    "metadata-pair": (("idp", "idp"), ("sp", "sp")),
    "metadata-change": (("old", "both"), ("new", "both")),
    "metadata-key-change": (("old", "both"), ("new", "both")),
}
"""Packs that compare two entities: how edits of each begin (``sp:metadata.acs.binding``), and the role it has."""


def _pair(sides: tuple[Side, Side], edits: Edits) -> PairTable:
    """Return two forged entities; edits without the beginning of a side are of the second."""
    (first, its_role), (second, other_role) = sides
    before = {name.removeprefix(f"{first}:"): value for name, value in edits.items() if name.startswith(f"{first}:")}
    after = {name.removeprefix(f"{second}:"): value for name, value in edits.items() if not name.startswith(f"{first}:")}
    return PairTable(_forged(its_role, before), _forged(other_role, after))


def _forged(role: MetadataRole, edits: Edits) -> EntityCase:
    from samlcheck.forge.metadata_edits import forge_metadata
    from samlcheck.forge.metadata_recipe import MetadataRecipe

    return entity_case(forge_metadata(MetadataRecipe(role, edits)))


def entity_case(octets: bytes) -> EntityCase:
    """Return the root of a metadata file as the case of its facts, judged when forged logins take place."""
    from samlcheck.forge import AT
    from samlcheck.xmldoc.parse import METADATA, parse

    document = parse(Artifact("example.xml", octets), METADATA)
    declared = document.root.getroottree().docinfo.encoding or ""
    mark = octets.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    aggregate = document.root.tag == q("md:EntitiesDescriptor")
    source = MetadataSource("example.xml", len(octets), mark, declared, aggregate)
    case = EntityCase(document, document.root, source, Clock(AT, "given"))
    return replace(case, repeated=_repeated(case) if aggregate else None, trust=_trust(case))


def _trust(case: EntityCase) -> TrustFacts | None:
    """Return the verification of the entity's signature with the key that forged metadata is signed with."""
    from samlcheck.forge.keys import keys_for_this_run
    from samlcheck.trust.anchors import load
    from samlcheck.trust.establish import establish

    if case.node.find(q("ds:Signature")) is None:
        return None
    return establish(dissect(case.document), load((Artifact("signer.pem", keys_for_this_run("trusted").certificate_pem),)))


def _repeated(case: EntityCase) -> Repeated:
    entities = list(case.node.iter(q("md:EntityDescriptor")))
    ids = [node for node in case.node.iter("*") if node.get("ID") is not None]
    keys = (facts.spki_sha256 for node in case.node.iter(q("ds:X509Certificate")) if (facts := examine(text_of(node))))
    return Repeated(
        len(entities),
        _again(case, "entityID", entities),
        _again(case, "ID", ids),
        tuple(Reading(key, key, case.document.ref(case.node)) for key, count in Counter(keys).items() if count > 1),
    )


def _again(case: EntityCase, attribute: str, nodes: list[etree._Element]) -> tuple[Reading, ...]:
    count = Counter(node.get(attribute) for node in nodes)
    read = {node.get(attribute): case.reader.attribute(node, attribute) for node in nodes}
    return tuple(item for value, item in read.items() if item is not None and count[value] > 1)
