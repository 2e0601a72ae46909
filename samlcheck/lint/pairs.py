"""Whether an identity provider and a service can log in together, as far as their metadata tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from samlcheck.case import Clock
from samlcheck.checks.metadata_change import keys_of
from samlcheck.checks.metadata_pair import BINDINGS, POST, REQUEST_BINDINGS, short, values
from samlcheck.errors import InputError, UsageError
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.pair import PairTable
from samlcheck.finding import Slot, Text
from samlcheck.lint import sidebyside
from samlcheck.lint.source import Input
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.packs.catalogue import Catalogue

PACKS = ("metadata-pair",)


def pair(idp: Input, sp: Input, catalogue: Catalogue, clock: Clock, entity: str = "", *, faulty: bool = False) -> Iterator[Event]:
    """Yield what stands between an identity provider and a service as the events of a lint run.

    entity: which identity provider of an aggregate is meant. faulty: one of them has errors of its own.
    Raises UsageError where a file holds several and none is named.
    """
    name = f"{idp.name} with {sp.name}"
    yield Opened(name)
    try:
        first, second = (sidebyside.read(item, clock) for item in (idp, sp))
    except InputError as error:
        yield Closed(name, problem=error)
        return
    report = judge(
        _one(first, "md:IDPSSODescriptor", "--idp", entity),
        _one(second, "md:SPSSODescriptor", "--sp", ""),
        catalogue,
        faulty=faulty,
    )
    findings = report.findings
    rules = {item.rule: sum(one.rule == item.rule for one in findings) for item in findings}
    yield report
    yield Closed(name, 2, int(bool(findings)), rules, sidebyside.counted(findings), broken=len(report.broken))


def judge(idp: EntityCase, sp: EntityCase, catalogue: Catalogue, *, faulty: bool = False) -> EntityReport:
    """Return the report on two entities, its headline in words."""
    table = PairTable(idp, sp)
    report = sidebyside.judge(table, catalogue, PACKS, "pair")
    name = f"{idp.entity_id or idp.source.name} and {sp.entity_id or sp.source.name}"
    return replace(report, name=name, headline=_headline(table, report, faulty=faulty))


def _one(case: EntityCase, role: str, option: str, wanted: str) -> EntityCase:
    """Return the entity of a file that has a role; the first if none has it, which a rule then tells."""
    every = [item for item in sidebyside.entities(case) if not wanted or item.entity_id == wanted]
    if not every:
        raise UsageError(f"{option}: no entity {wanted or 'at all'} in {case.source.name}", code="no-such-entity")
    fitting = [item for item in every if item.at(role)] or every[:1]
    if len(fitting) > 1:
        raise UsageError(
            f"{option}: {case.source.name} holds {len(fitting)} entities of this role",
            tip="Name one with --entity." if option == "--idp" else "Give a file with the one that is meant.",
            code="several-entities",
        )
    return fitting[0]


def _headline(pair_: PairTable, report: EntityReport, *, faulty: bool) -> Text:
    errors = [item for item in report.findings if item.severity == "error"]
    if any(item.confidence == "certain" for item in errors):
        return Text.of("These two cannot log in together.")
    if errors:
        return Text.of("These two will probably not log in together.")
    if report.broken:
        return Text.of("Whether these two can log in together cannot be told: a rule is broken.")
    start = "These two can log in together" + (", with a doubt" if any(i.severity == "warning" for i in report.findings) else "")
    if faulty:
        start = "These two fit together, but one of them has errors of its own, which come first"
    return Text.of(f"{start}. ", *_way(pair_))


def _way(pair_: PairTable) -> Iterator[str | Slot]:
    """Yield how a login would go."""
    idp, sp = pair_.first, pair_.second
    binding = next((one for one in REQUEST_BINDINGS if one in values(idp.read("metadata.sso.binding"))), "")
    if binding:
        yield f"The request goes by {short(binding)} to "
        yield Slot(_location(pair_.first.entity, "metadata.sso", binding))
        yield "; "
    taken = values(sp.read("metadata.acs.binding"))
    answer = POST if POST in taken else next(iter(taken), BINDINGS + "HTTP-POST")
    yield f"{'the' if binding else 'The'} response by {short(answer)} to "
    yield Slot(_location(sp.entity, "metadata.acs", answer))
    wanted = values(sp.read("metadata.sp.nameid_formats"))
    issued = values(idp.read("metadata.idp.nameid_formats"))
    common = [one for one in wanted if one in issued] if wanted and issued else [*wanted, *issued]
    if common:
        yield f", with a NameID of the format {', '.join(map(short, common[:3]))}"
    keys = keys_of(idp, "idp signing")
    yield ", signed with the key "
    yield Slot(" or ".join(reading.raw for reading, _ in keys.values()) or "that the metadata gives")
    encrypts = bool(sp.read("metadata.sp.encryption_keys").items)
    yield f". Assertions {'may be' if encrypts else 'cannot be'} encrypted."


def _location(entity: EntityCase, service: str, binding: str) -> str:
    from samlcheck.facts.metadata_table import METADATA

    nodes = entity.at(METADATA[f"{service}.location"].at)
    return next((node.get("Location") or "" for node in nodes if node.get("Binding") == binding), "")
