"""What a change of metadata breaks, who must act before what, and which keys stay valid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.case import Clock
from samlcheck.facts.certificates import examine
from samlcheck.forge import AT
from samlcheck.forge.certificates import certificate_text
from samlcheck.forge.metadata_edits import forge_metadata
from samlcheck.forge.metadata_recipe import Edits, MetadataRecipe
from samlcheck.lint.changes import changes
from samlcheck.lintreport import Closed, EntityReport
from samlcheck.packs.catalogue import shipped
from tests.corpus.metadata import Held

CATALOGUE = shipped()
CLOCK = Clock(AT, "given")
_DATA = "<ds:X509Data><ds:X509Certificate>{certificate:other}</ds:X509Certificate></ds:X509Data>"
NEW_KEY: Edits = {
    "first:md:IDPSSODescriptor": f'<md:KeyDescriptor use="signing"><ds:KeyInfo>{_DATA}</ds:KeyInfo></md:KeyDescriptor>'
}


def compared(old: Edits, new: Edits) -> list[EntityReport]:
    """Return the reports on a change of forged metadata with both roles."""
    before, after = (
        Held(name, forge_metadata(MetadataRecipe("both", edits))) for name, edits in (("old.xml", old), ("new.xml", new))
    )
    return [item for item in changes(before, after, CATALOGUE, CLOCK) if isinstance(item, EntityReport)]


def fingerprint(word: str) -> str:
    """Return how a certificate is called in reports."""
    return f"SHA-256 {examine(certificate_text(word)).sha256[:16]}"


def test_a_key_that_is_added_must_be_loaded_by_services_before_it_signs() -> None:
    (found,) = compared({}, NEW_KEY)
    (finding,) = found.findings
    assert finding.rule == "metadata-key-change/idp-signing-key-added"
    assert finding.severity == "warning"
    assert finding.fix_by == "sp"
    assert f"The signing key {fingerprint('other')} is new" in finding.message.plain()
    assert f"and {fingerprint('trusted')} stays" in finding.message.plain()
    assert found.headline.plain().startswith("Nothing breaks by itself, but one change calls for action.")
    assert f"Still valid as signing key of the identity provider: {fingerprint('trusted')}." in found.headline.plain()


def test_the_end_of_a_rollover_names_the_key_that_goes_and_the_one_that_stays() -> None:
    (found,) = compared(NEW_KEY, {})
    (finding,) = found.findings
    assert finding.rule == "metadata-key-change/idp-signing-key-removed"
    assert fingerprint("other") in finding.message.plain()
    assert finding.evidence[0].node is not None
    assert finding.evidence[0].node.document == "old.xml"


def test_replacing_the_only_key_breaks_every_login() -> None:
    at = "at:md:IDPSSODescriptor/md:KeyDescriptor/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
    (found,) = compared({}, {at: "{certificate:other}"})
    (finding,) = found.findings
    assert finding.rule == "metadata-key-change/idp-signing-keys-replaced"
    assert finding.severity == "error"
    assert f"it was {fingerprint('trusted')} and is {fingerprint('other')}" in finding.message.plain()
    assert found.headline.plain().startswith("One change breaks logins unless partners act first.")
    assert "signing key of the identity provider" not in found.headline.plain()


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ({}, {}, set()),
        ({}, {"metadata.entity_id": "https://new.example"}, {"metadata-change/entity-id"}),
        ({}, {"at:md:SPSSODescriptor": None}, {"metadata-change/role-removed"}),
        ({}, {"metadata.acs.location": "https://sp.example/new"}, {"metadata-change/acs-moved"}),
        ({}, {"at:md:IDPSSODescriptor/md:SingleSignOnService[2]": None}, {"metadata-change/sso-removed"}),
        ({}, {"at:md:IDPSSODescriptor/@WantAuthnRequestsSigned": "true"}, {"metadata-change/requests-must-be-signed"}),
        ({}, {"metadata.valid_until": "2026-05-20T10:00:00Z"}, set()),
        ({}, {"metadata.valid_until": "2026-05-05T10:00:00Z"}, {"metadata-change/ends-earlier"}),
        ({}, {"metadata.cache_duration": "P1D"}, set()),
        ({}, {"at:md:ContactPerson": None}, set()),
        ({}, {"at:md:IDPSSODescriptor/md:SingleSignOnService/@Location": " https://idp.example/saml/sso "}, set()),
    ],
    ids=[
        "nothing", "entity-id", "role", "acs", "sso", "signed-requests", "longer", "shorter", "cache", "contacts", "blanks",
    ],
)  # fmt: skip
def test_what_a_change_means(old: Edits, new: Edits, rules: set[str]) -> None:
    (found,) = compared(old, new)
    assert {item.rule for item in found.findings} == rules
    assert found.broken == ()


def test_no_change_is_told_as_that() -> None:
    (found,) = compared({}, {})
    assert found.headline.plain().startswith("Nothing that partners rely on has changed. Still valid as signing key")


def test_entities_of_aggregates_are_matched_by_name() -> None:
    def aggregate(*entities: bytes) -> bytes:
        inner = b"".join(entity.partition(b"?>")[2].strip() for entity in entities)
        return b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">' + inner + b"</md:EntitiesDescriptor>"

    def entity(name: str, edits: Edits | None = None) -> bytes:
        edits = {"metadata.entity_id": f"https://{name}.example", "metadata.id": None, **(edits or {})}
        return forge_metadata(MetadataRecipe("idp", edits))

    old = Held("old.xml", aggregate(entity("a"), entity("b"), entity("c")))
    new = Held("new.xml", aggregate(entity("c"), entity("b", {"metadata.sso.location": "https://b.example/new"}), entity("d")))
    events = list(changes(old, new, CATALOGUE, CLOCK))
    reports = [item for item in events if isinstance(item, EntityReport)]
    told = {(item.name, one.rule, one.subject) for item in reports for one in item.findings if "sso" not in one.rule}
    assert told == {
        ("", "metadata-change/entity-removed", "https://a.example"),
        ("", "metadata-change/entity-added", "https://d.example"),
    }
    assert [item.name for item in reports if any("sso-moved" in finding.rule for finding in item.findings)] == ["https://b.example"]
    closed = events[-1]
    assert isinstance(closed, Closed)
    assert closed.entities == 2


EDITS: list[Edits] = [
    {},
    NEW_KEY,
    {"certificate": "other"},
    {"metadata.entity_id": "https://new.example"},
    {"at:md:SPSSODescriptor": None},
    {"at:md:IDPSSODescriptor": None},
    {"metadata.acs.location": "https://sp.example/new"},
    {"metadata.sso.location": None},
    {"at:md:IDPSSODescriptor/md:KeyDescriptor": None},
    {"metadata.valid_until": "never"},
    {"certificate": "text"},
    {"aggregate": "1"},
    {"aggregate": "2", "metadata.id": None},
]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from(range(len(EDITS))), st.sampled_from(range(len(EDITS))))
def test_no_comparison_breaks_a_rule_and_only_equal_files_are_without_change(old: int, new: int) -> None:
    reports = compared(EDITS[old], EDITS[new])
    assert [item.broken for item in reports if item.broken] == []
    if old == new:
        assert [finding.rule for item in reports for finding in item.findings] == []
