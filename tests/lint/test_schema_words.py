"""What the OASIS schemas do not allow is said in plain words, at the place where it stands."""

from __future__ import annotations

import pytest

from samlcheck.case import Clock
from samlcheck.facts.entity import EntityCase, MetadataSource
from samlcheck.facts.every import METADATA
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.facts.schema import KINDS
from samlcheck.forge import healthy, idp_metadata, make_keys, sp_metadata
from samlcheck.source import Artifact
from samlcheck.xmldoc.parse import parse
from tests.lint.files import AT, MD, aggregate, entity, lint

KEYS = make_keys("idp.example")
IDP = idp_metadata(healthy(), [KEYS]).decode()
SP = sp_metadata(healthy(), [KEYS]).decode()


def violations(data: str) -> list[tuple[str, str, str]]:
    """Return kind, words, and what stands at the place."""
    document = parse(Artifact("f.xml", data.encode()))
    table = EntityTable(EntityCase(document, document.root, MetadataSource("f.xml"), Clock(AT, "given")))
    found = []
    for kind in KINDS:
        assert f"metadata.schema.{kind}" in METADATA
        for item in table.read(f"metadata.schema.{kind}").items:
            assert item.node is not None
            assert item.node.span is not None
            found.append((kind, item.raw, data.encode()[item.node.span.start : item.node.span.end].decode()))
    return found


@pytest.mark.parametrize(
    ("data", "kind", "words", "place"),
    [
        (
            IDP.replace(" entityID=", " entityId="),
            "attribute_not_allowed",
            "EntityDescriptor has no attribute entityId; it is written entityID",
            'entityId="',
        ),
        (
            IDP.replace(" entityID=", " entityId="),
            "attribute_missing",
            "EntityDescriptor has no attribute entityID, which it must have",
            "<md:EntityDescriptor",
        ),
        (
            IDP.replace('use="signing"', 'use="sign"'),
            "value_invalid",
            "use of KeyDescriptor must be one of encryption, signing",
            'use="sign"',
        ),
        (
            IDP.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="no"'),
            "value_invalid",
            "WantAuthnRequestsSigned of IDPSSODescriptor must be true or false",
            "WantAuthn",
        ),
        (
            IDP.replace("entityID=", 'validUntil="tomorrow" entityID='),
            "value_invalid",
            "validUntil of EntityDescriptor must be a date and time such as 2030-01-31T00:00:00Z",
            'validUntil="tomorrow"',
        ),
        (IDP.replace("entityID=", 'ID="1" entityID='), "value_invalid", "ID of EntityDescriptor must be an XML name", 'ID="1"'),
        (
            IDP.replace('entityID="', 'entityID="' + "a" * 1025),
            "value_invalid",
            "entityID of EntityDescriptor is longer than the 1024 characters allowed",
            "entityID=",
        ),
        (
            IDP.replace("<md:KeyDescriptor", "text<md:KeyDescriptor"),
            "text_not_allowed",
            "IDPSSODescriptor holds text in front of KeyDescriptor, where only elements may stand",
            "<md:KeyDescriptor",
        ),
        (
            IDP.replace("</md:IDPSSODescriptor>", "text</md:IDPSSODescriptor>"),
            "text_not_allowed",
            "IDPSSODescriptor holds text at its end, where only elements may stand",
            "<md:IDPSSO",
        ),
        (
            IDP.replace("<md:KeyDescriptor use=", "<md:KeyDescriptor Use="),
            "attribute_not_allowed",
            "KeyDescriptor has no attribute Use; it is written use",
            'Use="signing"',
        ),
        (
            IDP.replace("<md:NameIDFormat>", "<md:Foo/><md:NameIDFormat>"),
            "element_not_expected",
            "Foo has no place in IDPSSODescriptor; here may stand KeyDescriptor,",
            "<md:Foo/>",
        ),
        (
            IDP.replace("</md:IDPSSODescriptor>", "<md:NameIDFormat>u:x</md:NameIDFormat></md:IDPSSODescriptor>"),
            "element_not_expected",
            "NameIDFormat stands behind SingleSignOnService and belongs in front of it: the order in IDPSSODescriptor is ds:",
            "<md:NameIDFormat>",
        ),
        (
            IDP.replace("<md:IDPSSO", '<md:ContactPerson contactType="support"/><md:IDPSSO'),
            "element_not_expected",
            "ContactPerson stands in front of IDPSSODescriptor and belongs behind it: the order in EntityDescriptor is",
            "<md:ContactPerson",
        ),
        (
            IDP.replace("<md:NameIDFormat>", "<NameIDFormat xmlns='u:x'/><md:NameIDFormat>"),
            "element_not_expected",
            "NameIDFormat stands in a wrong namespace; in IDPSSODescriptor it must be urn:oasis:names:tc:SAML:2.0:metadata",
            "<NameIDFormat",
        ),
        (
            IDP.replace("<md:IDPSSODescriptor", "<md:Extensions/><md:IDPSSODescriptor"),
            "element_missing",
            "Extensions is incomplete: it lacks an element of another namespace",
            "<md:Extensions/>",
        ),
        (
            SP.replace(' index="0"', ""),
            "attribute_missing",
            "AssertionConsumerService has no attribute index",
            "<md:AssertionConsumerService",
        ),
        (
            SP.replace('index="0"', 'index="-1"'),
            "value_invalid",
            "index of AssertionConsumerService must be a whole number from 0 to 65535",
            'index="-1"',
        ),
        (
            IDP.replace("</md:EntityDescriptor>", "<md:RoleDescriptor protocolSupportEnumeration='u:x'/></md:EntityDescriptor>"),
            "other",
            "RoleDescriptor needs an xsi:type",
            "<md:RoleDescriptor",
        ),
        (
            IDP.replace(
                "</md:Entity", "<md:Organization><md:OrganizationName>x</md:OrganizationName></md:Organization></md:Entity"
            ),
            "attribute_missing",
            "OrganizationName has no attribute xml:lang",
            "<md:OrganizationName>",
        ),
    ],
    ids=lambda value: value[:30].replace("<", ""),
)
def test_a_violation_is_worded_and_placed(data: str, kind: str, words: str, place: str) -> None:
    found = violations(data)
    assert any(item[0] == kind and words in item[1] and item[2].startswith(place) for item in found), found


EXTENSIONS = '<md:Extensions><x:y xmlns:x="u:x"/></md:Extensions>'
SIGNATURE = "<ds:Signature/>"


@pytest.mark.parametrize(
    ("parts", "rule", "words", "place"),
    [
        ([], "element-missing", "EntitiesDescriptor holds no entity.", "<md:EntitiesDescriptor"),
        ([entity("a"), "<md:EntitiesDescriptor/>"], "element-missing", "holds no entity.", "<md:EntitiesDescriptor/>"),
        (
            [entity("a"), EXTENSIONS],
            "element-not-expected",
            "Extensions stands behind EntityDescriptor and belongs in front of it: the order in EntitiesDescriptor is",
            "<md:Extensions>",
        ),
        ([EXTENSIONS, SIGNATURE, entity("a")], "element-not-expected", "ds:Signature stands behind Extensions", "<ds:Signature/>"),
        ([EXTENSIONS, EXTENSIONS, entity("a")], "element-not-expected", "Extensions stands there too often", "<md:Ext"),
        ([entity("a"), "<md:Organization/>", entity("b")], "element-not-expected", "Organization has no place", "<md:Org"),
        (["<md:Extensions/>", entity("a")], "element-missing", "Extensions is incomplete", "<md:Extensions/>"),
        ([entity("a"), "text", entity("b")], "text-not-allowed", "text in front of EntityDescriptor", '<md:EntityDescriptor  entityID="https://b'),
        (
            ["<md:EntitiesDescriptor validuntil='x'>", entity("a"), "</md:EntitiesDescriptor>"],
            "attribute-not-allowed",
            "EntitiesDescriptor has no attribute validuntil; it is written validUntil",
            "validuntil=",
        ),
        (
            ["<md:EntitiesDescriptor ID='1'>", entity("a"), "</md:EntitiesDescriptor>"],
            "value-invalid",
            "ID of EntitiesDescriptor must be an XML name",
            "ID='1'",
        ),
        ([entity("a", more=' ID="_x"'), EXTENSIONS.replace("/>", ' ID="_x"/>'), ""], "id-repeated-in-file", "The ID _x", "<x:y"),
    ],
    ids=lambda value: value[:24].replace("<", "") if isinstance(value, str) else "",
)  # fmt: skip
def test_a_group_is_judged_apart_from_its_entities(parts: list[str], rule: str, words: str, place: str) -> None:
    data = aggregate(*parts)
    groups = [report for report in lint(data).reports if report.kind == "group"]
    found = [item for report in groups for item in report.findings if item.rule == f"metadata-schema/{rule}"]
    assert len(found) == 1, groups
    assert words in found[0].message.plain()
    assert found[0].primary is not None
    assert found[0].primary.node is not None
    span = found[0].primary.node.span
    assert span is not None
    assert data[span.start :].startswith(place)


@pytest.mark.parametrize(
    "parts",
    [
        [entity("a")],
        [EXTENSIONS, entity("a"), "<!-- b -->", entity("b")],
        ["\n", entity("a"), f"<md:EntitiesDescriptor>{EXTENSIONS}", entity("b"), "</md:EntitiesDescriptor>", entity("c"), "\n"],
        [f'<EntityDescriptor xmlns="{MD}"/>', f'<m:EntitiesDescriptor xmlns:m="{MD}">', entity("b"), "</m:EntitiesDescriptor>"],
    ],
    ids=["one", "extensions", "nested", "prefixes"],
)  # fmt: skip
def test_a_sound_group_is_silent_whatever_its_entities_are(parts: list[str]) -> None:
    found = [report for report in lint(aggregate(*parts)).reports if report.kind == "group"]
    assert found
    assert [item.rule for report in found for item in report.findings] == []


@pytest.mark.parametrize(
    "data",
    [
        IDP,
        SP,
        IDP.replace(
            "</md:EntityDescriptor>",
            '<md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/'
            'federation/200706" xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="u:x"><fed:TokenTypesOffered/>'
            "</md:RoleDescriptor></md:EntityDescriptor>",
        ),
        IDP.replace("<md:IDPSSODescriptor", "<md:Extensions><x:y xmlns:x='u:x' z='1'/></md:Extensions><md:IDPSSODescriptor"),
    ],
    ids=["idp", "sp", "WS-Federation role", "unknown extension"],
)
def test_what_the_schema_allows_is_not_told(data: str) -> None:
    assert violations(data) == []


def test_no_value_of_the_document_gets_into_the_words() -> None:
    found = violations(IDP.replace('entityID="', 'validUntil="SECRET-1" cacheDuration="SECRET-2" entityID="[SECRET-3 %'))
    assert len(found) == 3
    assert not any("SECRET" in words for _, words, _ in found)
