"""The short way says the same as the long way, whatever the metadata: both are run on all samples, for every rule there is."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable, Iterator

import pytest
from lxml import etree

from bench.aggregate import aggregate as synthetic
from samlcheck.case import Clock
from samlcheck.facts.entity import EntityCase, MetadataSource
from samlcheck.facts.every import METADATA
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.facts.together import together
from samlcheck.finding import NotApplicable, Passed
from samlcheck.forge import healthy, idp_metadata, make_keys, sp_metadata
from samlcheck.lint.rulebook import Rulebook
from samlcheck.lint.values import Values
from samlcheck.packs.conditions import evaluate
from samlcheck.packs.run import outcome
from samlcheck.source import Artifact
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.parse import METADATA as LIMITS
from samlcheck.xmldoc.parse import parse
from tests.lint.files import AT, aggregate, catalogue, entity

ODD = aggregate(
    entity("a", more=' validUntil="yesterday" cacheDuration="P1D"'),
    entity("a").replace("https://a.example/acs", "javascript:alert(1)").replace('index="0"', 'index="x" isDefault="TRUE"'),
    '<md:EntityDescriptor entityID=" "><md:RoleDescriptor xsi:type="fed:X" xmlns:fed="u:f" protocolSupportEnumeration="u:f"/>'
    "</md:EntityDescriptor>",
    "<md:EntityDescriptor/>",
    '<md:EntityDescriptor entityID="x"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    "<md:KeyDescriptor use='signing'><ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA<!-- x -->\n</ds:X509Certificate>"
    "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:KeyDescriptor/>"
    "<md:NameIDFormat> urn:x </md:NameIDFormat><md:NameIDFormat>urn:x"
    "</md:NameIDFormat><md:SingleSignOnService Binding='x' Location=' http://a b '/></md:IDPSSODescriptor>"
    "<md:ContactPerson><md:EmailAddress>x</md:EmailAddress></md:ContactPerson></md:EntityDescriptor>",
)


def samples() -> Iterator[bytes]:
    keys = make_keys("idp.example")
    for style in ("generic", "adfs", "okta"):
        yield idp_metadata(healthy(style), [keys, keys])
        yield sp_metadata(healthy(style), [keys], valid_until="2020-01-01T00:00:00Z")
    yield "".join(synthetic(30, seed=7)).encode()
    yield ODD.encode()


def damaged(dice: random.Random) -> bytes:
    """Return one entity of a federation with a few random faults."""
    whole = etree.fromstring("".join(synthetic(4, seed=dice.randrange(1000))).encode())
    entity = dice.choice(list(whole))
    for other in list(whole):
        if other is not entity:
            whole.remove(other)
    for _ in range(dice.randint(1, 4)):
        damage(entity, dice)
    return etree.tostring(whole)


def damage(entity: etree._Element, dice: random.Random) -> None:
    """Do something wrong to an entity, or odd."""
    node = dice.choice(list(entity.iterdescendants("*")))
    parent = node.getparent()
    assert parent is not None
    kind = dice.randrange(7)
    if kind == 0:
        parent.insert(dice.randint(0, len(parent)), copy.deepcopy(node))
    elif kind == 1:
        parent.remove(node)
    elif kind == 2 and node.attrib:
        del node.attrib[dice.choice(list(node.attrib))]
    elif kind == 3 and node.attrib:
        node.set(dice.choice(list(node.attrib)), dice.choice(("", " ", "x", "1", "TRUE", "http://a b", "signing", "urn:x\ny")))
    elif kind == 4:
        node.text = dice.choice(("", " ", "x", "-----BEGIN " + "PRIVATE KEY-----", "AAAA", "your company", "https://a/#b\n", "é"))
    elif kind == 5:
        node.tag = dice.choice((q("md:Extensions"), "{urn:x}Y", "Z", q("md:SingleLogoutService"), q("mdui:UIInfo")))
    else:
        node.append(dice.choice((etree.Comment("x"), etree.Element("{urn:x}Y", ID="_1"), copy.deepcopy(parent))))


def cases() -> Iterator[EntityCase]:
    yield from cases_of(samples())


def cases_of(files: Iterable[bytes]) -> Iterator[EntityCase]:
    for data in files:
        document = parse(Artifact("f.xml", data), LIMITS)
        for node in document.root.iter(q("md:EntityDescriptor"), q("md:EntitiesDescriptor")):
            yield EntityCase(document, node, MetadataSource("f.xml", len(data)), Clock(AT, "given"))


@pytest.fixture(scope="module")
def all_rules() -> Rulebook:
    packs = tuple(catalogue().rules_pack(name) for name in catalogue().names("metadata"))
    return Rulebook("all", packs, {}, {name: item.pattern for pack in packs for name, item in pack.parameters.items()})


def test_both_ways_say_the_same_of_every_rule(all_rules: Rulebook) -> None:
    assert compared(all_rules, cases()) > 3000


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_say_the_same_of_random_faults(all_rules: Rulebook, seed: int) -> None:
    dice = random.Random(seed)
    assert compared(all_rules, cases_of(damaged(dice) for _ in range(40))) > 3000


def compared(all_rules: Rulebook, entities: Iterable[EntityCase]) -> int:
    """Hold the short way against the long way, and return how many rules were told shortly."""
    short = 0
    for case in entities:
        selection = all_rules.selection(EntityTable(case))
        values = Values(selection.context)
        plans = all_rules.plans(selection.context)
        (told,) = plans.tell([values])
        passed = idle = 0
        for index, (pack, rule) in enumerate(plans.rules):
            if index in told.open:
                continue
            if pack.applies_when is not None and not evaluate(pack.applies_when, selection.context).holds:
                idle += 1  # whether a pack applies is asked by the linter alone
                continue
            long = outcome(pack, rule, all_rules.selection(EntityTable(case)), EntityTable(case))
            assert isinstance(long, Passed | NotApplicable), (pack.pack, rule.id, case.entity_id, long)
            passed += isinstance(long, Passed)
            idle += isinstance(long, NotApplicable)
        assert (told.passed, told.not_applicable) == (passed, idle)
        assert told.passed + told.not_applicable + len(told.open) == len(plans.rules)
        short += passed + idle
    return short


@pytest.mark.parametrize("seed", range(6))
def test_a_crowd_is_told_the_same_as_each_of_it(all_rules: Rulebook, seed: int) -> None:
    dice = random.Random(seed)
    plans, differ = None, 0
    for _ in range(12):
        members = [Values(all_rules.context(EntityTable(case))) for case in crowd(dice)]
        plans = all_rules.plans(members[0].context)
        alone = [plans.tell([values])[0] for values in members]
        again = [Values(values.context) for values in members]
        assert plans.tell(again) == alone
        differ += len(set(map(str, alone))) > 1
    assert differ > 3


def crowd(dice: random.Random) -> list[EntityCase]:
    """Return some entities of one aggregate, a few of them with random faults."""
    whole = etree.fromstring("".join(synthetic(dice.randint(2, 16), seed=dice.randrange(1000))).encode())
    for faulty in dice.sample(list(whole), dice.randint(0, 2)):
        for _ in range(dice.randint(1, 3)):
            damage(faulty, dice)
    return [case for case in cases_of([etree.tostring(whole)]) if case.node.getparent() is not None and case.is_entity]


ROW = sorted(name for name, entry in METADATA.items() if entry.row)


@pytest.mark.parametrize("seed", range(3))
def test_values_in_a_row_are_those_of_each(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(10):
        entities = crowd(dice)
        whole = together(entities)
        for name in ROW:
            entry = METADATA[name]
            assert entry.quick is not None
            each = [entry.quick(entity) for entity in entities]
            row = entry.quick(whole)
            if row is None:
                assert None in each, name
                continue
            assert sorted(row) == sorted(value for values in each if values is not None for value in values), name
            assert not entry.at or len(row) <= len(whole.at(entry.at)), name
            for one, values in zip(entities, each, strict=True):
                assert values or not (entry.some and one.at(entry.some)), name


@pytest.mark.parametrize("name", sorted(name for name, entry in METADATA.items() if entry.quick))
def test_quick_values_are_those_of_the_readings(name: str) -> None:
    for case in cases():
        readings = EntityTable(case).read(name)
        way = METADATA[name].quick
        assert way is not None
        quick = way(case)
        if quick is None:
            assert name in ("metadata.effective_valid_until", "metadata.validity_days", "metadata.cache_seconds")
            continue
        assert sorted(quick) == sorted(item.raw for item in readings.items)


def test_every_fact_can_be_read_of_every_sample_and_points_at_its_place() -> None:
    for case in cases():
        table = EntityTable(case)
        for name in METADATA:
            readings = table.read(name)
            for item in readings.items:
                if item.node is not None:
                    assert item.node.span is not None
                    assert case.document.data[item.node.span.start : item.node.span.end] is not None
            if not readings.items and readings.anchor is not None:
                assert readings.anchor.absent or readings.anchor.span
