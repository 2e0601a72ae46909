"""Two entities side by side: the rules of one pack over both, as a report like that on a single entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from samlcheck.case import Clock
from samlcheck.checks.context import Context
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.pair import PairTable
from samlcheck.finding import Broken, Failed, Finding, NotChecked, Text
from samlcheck.lint.entities import is_metadata
from samlcheck.lint.judge import OUTCOME_NAMES, plain, plain_finding
from samlcheck.lint.recode import document as whole
from samlcheck.lint.roots import roots
from samlcheck.lint.source import Input, open_source
from samlcheck.lintreport import EntityReport
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.run import outcome
from samlcheck.packs.select import GENERIC, Selection
from samlcheck.source import Artifact
from samlcheck.xmldoc.names import local, q
from samlcheck.xmldoc.parse import METADATA


def read(item: Input, clock: Clock) -> EntityCase:
    """Return the root of a metadata file as a case: an entity, or a group of them. Raises InputError for what is no metadata."""
    with item.open() as stream:
        source, _ = open_source(item.name, stream, item.octets)
    with item.open() as stream:
        document = whole(Artifact(item.name, stream.read(METADATA.octets + 1)))
    is_metadata(document)
    return EntityCase(document, document.root, source, clock)


def entities(case: EntityCase) -> Iterator[EntityCase]:
    """Yield the entities of a file, which may be a single one."""
    for node in case.node.iter(q("md:EntityDescriptor")):
        yield replace(case, node=node)


def judge(pair: PairTable, catalogue: Catalogue, packs: Sequence[str], kind: Literal["pair", "change"]) -> EntityReport:
    """Return what the rules of some packs say of two entities; the report has no headline yet."""
    generic = catalogue.idp(GENERIC)
    selection = Selection((), "", "", generic, "", Context(pair), generic)
    found: list[Finding] = []
    not_checked: list[NotChecked] = []
    broken: list[Broken] = []
    counts: dict[str, int] = dict.fromkeys(OUTCOME_NAMES.values(), 0)
    every = [(pack, rule) for pack in map(catalogue.rules_pack, packs) for rule in pack.rules]
    for pack, rule in every:
        item = outcome(pack, rule, selection, pair)
        counts[OUTCOME_NAMES[type(item)]] += 1
        if isinstance(item, Failed):
            found.extend(item.findings)
        elif isinstance(item, NotChecked):
            not_checked.append(item)
        elif isinstance(item, Broken):
            broken.append(item)
    entity = pair.entity
    return EntityReport(
        entity.source.name,
        entity.entity_id,
        kind,
        tuple(local(node.tag) for node in entity.at("{role}")),
        plain(entity.document.ref(entity.node)),
        tuple(map(plain_finding, roots(found, anywhere=True))),
        not_checked=tuple(not_checked),
        broken=tuple(broken),
        outcomes=counts,
    )


def counted(findings: tuple[Finding, ...]) -> Mapping[str, int]:
    """Return how many findings there are of each severity."""
    return {name: number for name in ("error", "warning", "note") if (number := sum(item.severity == name for item in findings))}


def worst(findings: tuple[Finding, ...], severity: str) -> Text:
    """Return the message of the first finding of a severity."""
    return next((item.message for item in findings if item.severity == severity), Text())
