"""All rules on one entity: the report, and what the file as a whole must know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samlcheck.facts.entity import EntityCase
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.finding import Broken, Evidence, Failed, Finding, NotApplicable, NotChecked, Passed
from samlcheck.frozen import dataclass
from samlcheck.lint import ignores
from samlcheck.lint.programme import Plans, Told
from samlcheck.lint.roots import roots
from samlcheck.lint.rulebook import Rulebook
from samlcheck.lint.values import Values
from samlcheck.lintreport import EntityReport, Ignored
from samlcheck.packs.run import outcome
from samlcheck.source import NodeRef
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local

OUTCOME_NAMES = {Passed: "passed", Failed: "failed", NotApplicable: "not-applicable", NotChecked: "not-checked", Broken: "broken"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What must not occur twice in a file."""

    entity_id: str
    ids: tuple[str, ...]
    keys: tuple[str, ...]
    """SHA-256 of the public keys."""
    place: NodeRef


def judge(entity: EntityCase, rules: Rulebook) -> tuple[EntityReport, Marks]:
    """Return the report on one entity and its marks. Both hold plain values only, no part of the document."""
    return judge_all([entity], rules)[0]


def judge_all(entities: Sequence[EntityCase], rules: Rulebook) -> list[tuple[EntityReport, Marks]]:
    """Return the same of some entities of one file."""
    if not entities:
        return []
    members = [Values(rules.context(EntityTable(entity))) for entity in entities]
    plans = rules.plans(members[0].context)
    return [_judged(values, plans, short, rules) for values, short in zip(members, plans.tell(members), strict=True)]


def _judged(values: Values, plans: Plans, short: Told, rules: Rulebook) -> tuple[EntityReport, Marks]:
    entity, table = values.entity, values.table
    found: list[Finding] = []
    not_checked: list[NotChecked] = []
    broken: list[Broken] = []
    outcomes = dict.fromkeys(OUTCOME_NAMES.values(), 0)
    outcomes.update({"passed": short.passed, "not-applicable": short.not_applicable})
    selection = rules.selection(table)
    for index in short.open:
        item = outcome(*plans.rules[index], selection, table)
        outcomes[OUTCOME_NAMES[type(item)]] += 1
        if isinstance(item, Failed):
            found.extend(item.findings)
        elif isinstance(item, NotChecked):
            not_checked.append(item)
        elif isinstance(item, Broken):
            broken.append(item)
    place = entity.place
    told = roots([plain_finding(_of_owner(finding, entity)) for finding in found])
    kept, aside = _put_aside(told, entity.document)
    report = EntityReport(
        entity.source.name,
        entity.entity_id,
        "entity" if entity.is_entity else "group",
        tuple(local(node.tag) for node in entity.at("{role}")),
        place,
        kept,
        aside,
        (),
        tuple(not_checked),
        tuple(broken),
        outcomes,
    )
    return report, _marks(entity, place)


def _marks(entity: EntityCase, place: NodeRef) -> Marks:
    if not entity.is_entity:
        return Marks("", (), (), place)
    keys = dict.fromkeys([facts.spki_sha256 for _, facts in entity.certificates if facts.spki_sha256])
    return Marks(entity.entity_id, tuple(filter(None, entity.ids)), tuple(keys), place)


def _put_aside(found: list[Finding], document: Document) -> tuple[tuple[Finding, ...], tuple[Ignored, ...]]:
    """Return the findings that stay, and those that comments set aside."""
    return ignores.apply(found, ignores.read(document)) if found else ((), ())


def _of_owner(finding: Finding, entity: EntityCase) -> Finding:
    """Return a finding with the owner of the entity to mend it: rules that hold for any role say ``idp``."""
    services_only = bool(entity.at("md:SPSSODescriptor")) and not entity.at("md:IDPSSODescriptor")
    return replace(finding, fix_by="sp") if services_only and finding.fix_by == "idp" else finding


def plain_finding(finding: Finding) -> Finding:
    """Return a finding whose places hold on to no document."""
    return replace(finding, evidence=tuple(map(_plain_evidence, finding.evidence)))


def _plain_evidence(evidence: Evidence) -> Evidence:
    return evidence if evidence.node is None else replace(evidence, node=plain(evidence.node))


def plain(node: NodeRef) -> NodeRef:
    """Return a place that is located already, and so holds on to no document."""
    return NodeRef(node.document, node.path, node.span, node.absent)
