"""One fault is one finding: what follows from it by itself is not told beside it, and the place is that of the fault."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from samlcheck.forge.metadata_edits import forge_metadata
from samlcheck.forge.metadata_recipe import MetadataRecipe
from samlcheck.lint.roots import roots
from tests.lint.files import aggregate, entity, lint

IDP, SP = (forge_metadata(MetadataRecipe(role)).decode() for role in ("idp", "sp"))  # type: ignore[arg-type]
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ACS = "https://sp.example/saml/acs"
KEY = re.search(r"<ds:X509Data>.*?</ds:X509Data>", IDP, re.DOTALL)
assert KEY is not None
FAULTS: dict[str, tuple[str, str, str, str, str]] = {
    "javascript": (SP, ACS, "javascript:alert(1)", "metadata-endpoints/location-dangerous", "Location="),
    "javascript with tab": (SP, ACS, " JaVa&#9;Script:alert(1)", "metadata-endpoints/location-dangerous", "Location="),
    "relative": (SP, ACS, "/saml/acs", "metadata-endpoints/location-not-absolute", 'Location="/saml'),
    "invisible": (SP, ACS, f"{ACS}\u200b", "metadata-endpoints/location-white-space", "Location="),
    "entityID invisible": (SP, "saml/metadata", "saml/\u00admetadata", "metadata-entity/entity-id-whitespace", "entityID="),
    "entityID empty": (IDP, "https://idp.example/saml/metadata", "", "metadata-entity/entity-id-blank", 'entityID=""'),
    "entityID missing": (
        IDP, ' entityID="https://idp.example/saml/metadata"', "", "metadata-entity/entity-id-blank", "<md:EntityDescriptor",
    ),
    "entityID long": (IDP, "idp.example/saml/metadata", "i" * 1025, "metadata-entity/entity-id-too-long", "entityID="),
    "tenant left open": (
        IDP, "https://idp.example/saml/metadata",
        "https://sts.windows.net/common/", "metadata-entity/tenant-left-open", "entityID=",
    ),
    "same ID": (IDP, "<md:IDPSSODescriptor", '<md:IDPSSODescriptor ID="_e1"', "metadata-schema/id-repeated", 'ID="_e1" Want'),
    "validUntil no date": (IDP, "2026-05-11T10:00:00Z", "2026-05-11", "metadata-schema/value-invalid", "validUntil="),
    "use misspelt": (IDP, 'use="signing"', 'use="sign"', "metadata-schema/value-invalid", 'use="sign"'),
    "KeyInfo in no namespace of ours": (
        IDP, "http://www.w3.org/2000/09/xmldsig#", "https://www.w3.org/2000/09/xmldsig#", "metadata-schema/element-not-expected",
        "<ds:KeyInfo>",
    ),
    "KeyName alone": (IDP, KEY[0], "<ds:KeyName>k</ds:KeyName>", "metadata-keys/idp-key-not-given", "<md:KeyDescriptor"),
    "empty KeyInfo": (IDP, KEY[0], "", "metadata-schema/element-missing", "<ds:KeyInfo>"),
    "binding without s": (IDP, POST, POST.replace("bindings", "binding"), "metadata-endpoints/binding-misspelt", "Binding="),
    "binding by its end": (IDP, POST, "HTTP-POST", "metadata-endpoints/binding-misspelt", "Binding="),
    "errorURL javascript": (
        IDP, "<md:IDPSSODescriptor", '<md:IDPSSODescriptor errorURL="javascript:x"',
        "metadata-endpoints/link-dangerous", "errorURL=",
    ),
    "InformationURL javascript": (
        IDP, "https://idp.example/about", "java\nscript:x", "metadata-endpoints/link-dangerous", "java\nscript",
    ),
    "DiscoveryResponse without index": (
        SP, ' index="1"/></md:Extensions>', "/></md:Extensions>", "metadata-schema/extension-incomplete", "<idpdisc:",
    ),
    "DiscoveryResponse relative": (
        SP, "https://sp.example/saml/discovery", "/discovery", "metadata-endpoints/location-not-absolute", 'Location="/disc',
    ),
    "no registrar": (
        IDP, ' registrationAuthority="https://federation.example"', "", "metadata-schema/extension-incomplete", "<mdrpi:Reg",
    ),
    "security contact": (
        IDP, 'contactType="other"', 'contactType="support"', "metadata-federation/security-contact-not-other", "contactType=",
    ),
    "SIRTFI by http": (
        IDP, "https://refeds.org/sirtfi", "http://refeds.org/sirtfi", "metadata-federation/assurance-misspelt", "http:",
    ),
    "mailto twice": (
        IDP, "mailto:identity", "mailto:mailto:identity", "metadata-contacts/email-repeated-mailto", "mailto:mailto:",
    ),
    "NameIDFormat": (
        SP, "1.1:nameid-format:email", "2.0:nameid-format:email", "metadata-formats/nameid-format-misspelt", "urn:",
    ),
    "no language": (
        IDP, '<md:OrganizationName xml:lang="en"', "<md:OrganizationName",
        "metadata-schema/attribute-missing", "<md:OrganizationName>",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "old", "new", "rule", "place"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_once_at_its_place(data: str, old: str, new: str, rule: str, place: str) -> None:
    assert old in data
    faulty = data.replace(old, new) if old.startswith("http://www.w3") else data.replace(old, new, 1)
    found = lint(faulty).findings
    assert [item.rule for item in found] == [rule]
    assert found[0].primary is not None
    assert found[0].primary.node is not None
    span = found[0].primary.node.span
    assert span is not None
    assert faulty.encode()[span.start :].decode().startswith(place)


@pytest.mark.parametrize("data", [IDP, SP], ids=["idp", "sp"])
def test_what_is_sound_has_nothing(data: str) -> None:
    assert lint(data).findings == []


def test_what_a_note_explains_stays_where_it_is_an_error() -> None:
    run = lint(IDP.replace("https://idp.example/about", "about us"))
    note = next(item for item in run.findings if item.rule == "metadata-ui/link-not-a-url")
    error = lint(IDP.replace(POST, "HTTP-POST")).findings[0]
    loud = replace(error, severity="error", evidence=note.evidence)
    assert roots([replace(note, explains=("metadata-*/*",)), loud])[-1] is loud
    assert roots([loud, replace(note, explains=("metadata-*/*",))])[0] is loud


def test_an_aggregate_that_has_expired_says_so_once() -> None:
    data = aggregate(entity("a"), entity("b"), more=' validUntil="2026-05-01T00:00:00Z"')
    run = lint(data)
    assert [report.kind for report in run.reports for item in report.findings if item.rule == "metadata-validity/expired"] == [
        "group"
    ]
    alone = lint(data, entity="https://a.example/sp")
    assert "metadata-validity/expired" in alone.ids


def test_what_is_true_of_the_file_is_told_once_at_its_beginning() -> None:
    data = "\ufeff<?xml version='1.0' encoding='UTF8'?>" + aggregate(entity("a"), entity("b"))
    run = lint(data)
    told = [item for item in run.findings if item.rule.startswith("metadata-content/")]
    assert [item.rule for item in told] == ["metadata-content/not-utf-8"]
    assert told[0].primary is not None
    assert told[0].primary.node is not None
    assert told[0].primary.node.path == "/md:EntitiesDescriptor"


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        ("This XML file does not appear to have any style information.\n" + IDP, "text-before", "Something stands before the XML"),
        (IDP.replace("<", "&lt;"), "escaped", "&lt;"),
        ("PK\x03\x04rest", "compressed", "compressed"),
        ("\x00" * 4000, "zeros", "nothing but zeros"),
    ],
    ids=["browser's view", "page source", "zip", "zeros"],
)
def test_what_was_saved_wrongly_is_named(data: str, code: str, words: str) -> None:
    run = lint(data)
    assert run.code == code
    assert words in str(run.closed.problem)


def test_base64_is_named() -> None:
    assert lint(base64.encodebytes(IDP.encode())).code == "base64"
