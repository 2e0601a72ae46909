"""Two metadata files side by side: whether they fit, in words, and why not."""

from __future__ import annotations

import pytest

from samlcheck.case import Clock
from samlcheck.errors import UsageError
from samlcheck.forge import AT
from samlcheck.forge.certificates import certificate_text
from samlcheck.forge.metadata_edits import forge_metadata
from samlcheck.forge.metadata_recipe import Edits, MetadataRecipe, MetadataRole
from samlcheck.lint.pairs import pair
from samlcheck.lintreport import Closed, EntityReport, Event
from samlcheck.packs.catalogue import shipped
from tests.corpus.metadata import Held
from tests.lint.products import PRODUCTS

CATALOGUE = shipped()
CLOCK = Clock(AT, "given")
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"


def forged(role: MetadataRole, edits: Edits | None = None) -> Held:
    """Return forged metadata as a file."""
    return Held(f"{role}.xml", forge_metadata(MetadataRecipe(role, edits or {})))


def together(idp: Held, sp: Held, entity: str = "") -> list[Event]:
    """Return the events on a pair."""
    return list(pair(idp, sp, CATALOGUE, CLOCK, entity))


def report(idp: Edits | None = None, sp: Edits | None = None) -> EntityReport:
    """Return the report on a forged pair."""
    return next(item for item in together(forged("idp", idp), forged("sp", sp)) if isinstance(item, EntityReport))


def test_two_that_fit_are_told_how_a_login_goes() -> None:
    found = report()
    assert found.findings == ()
    assert found.name == "https://idp.example/saml/metadata and https://sp.example/saml/metadata"
    assert found.headline.plain().startswith(
        "These two can log in together. The request goes by HTTP-Redirect to https://idp.example/saml/sso; the response by"
        " HTTP-POST to https://sp.example/saml/acs, with a NameID of the format persistent, transient, emailAddress, signed with"
        " the key SHA-256"
    )
    assert found.headline.plain().endswith(" Assertions may be encrypted.")


@pytest.mark.parametrize(
    ("idp", "sp", "start", "rules"),
    [
        ({}, {"metadata.acs.binding": BINDINGS + "PAOS"}, "These two cannot log in together.", {"no-binding-for-responses"}),
        ({"metadata.sso.binding": BINDINGS + "SOAP"}, {}, "These two cannot log in together.", {"no-binding-for-requests"}),
        (
            {"at:md:IDPSSODescriptor/md:NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"}, {},
            "These two will probably not log in together.", {"no-nameid-format-in-common"},
        ),
        (
            {"at:md:IDPSSODescriptor/@WantAuthnRequestsSigned": "true"}, {"at:md:SPSSODescriptor/@AuthnRequestsSigned": None},
            "These two will probably not log in together.", {"requests-not-signed"},
        ),
        (
            {"at:md:IDPSSODescriptor/@WantAuthnRequestsSigned": "true"},
            {"at:md:SPSSODescriptor/@AuthnRequestsSigned": None, "at:md:SPSSODescriptor/md:KeyDescriptor": None},
            "These two cannot log in together.", {"requests-not-signed", "no-key-for-requests"},
        ),
        (
            {"at:md:IDPSSODescriptor/@WantAuthnRequestsSigned": "true", "metadata.sso.location": "https://s.example/realms/a/protocol/saml"},
            {"at:md:SPSSODescriptor/@AuthnRequestsSigned": None, "at:md:SPSSODescriptor/md:KeyDescriptor": None},
            "These two can log in together, with a doubt. ", {"keycloak-client-signature"},
        ),
        ({}, {"certificate": "trusted"}, "These two can log in together, with a doubt. ", {"same-key"}),
        (
            {}, {"metadata.acs.location": "https://idp.example/saml/sso"},
            "These two cannot log in together.", {"acs-at-identity-provider"},
        ),
        ({}, {"metadata.entity_id": "https://idp.example/saml/metadata"}, "These two cannot log in together.", {"same-entity-id"}),
        (
            {"at:md:IDPSSODescriptor/md:NameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"}, {},
            "These two can log in together. ", set(),
        ),
        ({}, {"at:md:SPSSODescriptor/md:KeyDescriptor[2]": None}, "These two can log in together. ", set()),
    ],
    ids=[
        "acs-by-paos", "sso-by-soap", "no-format-in-common", "request-not-signed", "request-key-missing", "keycloak", "same-key",
        "acs-at-idp",
        "same-entity-id", "any-format-will-do", "no-encryption",
    ],
)  # fmt: skip
def test_what_stands_between_two(idp: Edits, sp: Edits, start: str, rules: set[str]) -> None:
    found = report(idp, sp)
    assert {item.rule.removeprefix("metadata-pair/") for item in found.findings} == rules
    assert found.headline.plain().startswith(start)


def test_files_given_the_wrong_way_round_are_told_as_that_and_nothing_else() -> None:
    events = together(forged("sp"), forged("idp"))
    found = next(item for item in events if isinstance(item, EntityReport))
    assert {item.rule for item in found.findings} == {"metadata-pair/role-missing"}
    assert found.findings[0].message.plain() == (
        "Of the two, the file given as --idp has no IDPSSODescriptor; it has the other role, so the files may have been swapped."
    )


def test_a_required_attribute_that_is_not_offered_is_named_with_where_it_is_mapped() -> None:
    offered = '<saml:Attribute Name="urn:oid:2.5.4.42" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/>'
    found = report({"add:md:IDPSSODescriptor": offered})
    assert [item.message.plain() for item in found.findings] == [
        "The service requires the attribute urn:oid:0.9.2342.19200300.100.1.3; it is not among the attributes offered by the"
        " identity provider."
    ]
    assert found.headline.plain().startswith("These two can log in together, with a doubt.")


@pytest.mark.parametrize("product", [name for name in PRODUCTS if name not in ("native-client", "python3-saml")])
def test_healthy_products_fit_a_service_that_signs_and_takes_any_format(product: str) -> None:
    sp = forged("sp", {"at:md:SPSSODescriptor/md:NameIDFormat": None})
    events = together(Held("idp.xml", PRODUCTS[product]().encode()), sp)
    found = next(item for item in events if isinstance(item, EntityReport))
    assert [item.rule for item in found.findings if item.severity != "note"] == (
        ["metadata-pair/required-attribute-not-offered"] if product == "adfs" else []
    )
    assert found.headline.plain().startswith("These two can log in together")


def test_an_aggregate_needs_the_name_of_the_identity_provider() -> None:
    several = forged("idp", {"aggregate": "2", "metadata.id": None})
    with pytest.raises(UsageError) as caught:
        together(several, forged("sp"))
    assert caught.value.message == "--idp: idp.xml holds 2 entities of this role"
    with pytest.raises(UsageError):
        together(several, forged("sp"), "https://elsewhere.example")
    single = forged("idp", {"aggregate": "1"})
    assert any(isinstance(item, EntityReport) for item in together(single, forged("sp"), "https://idp.example/saml/metadata"))


def test_a_file_that_cannot_be_read_ends_the_comparison_with_its_reason() -> None:
    events = together(forged("idp"), Held("sp.xml", b"<a/>"))
    assert not any(isinstance(item, EntityReport) for item in events)
    closed = events[-1]
    assert isinstance(closed, Closed)
    assert closed.problem is not None
    assert closed.problem.code == "not-metadata"


def test_the_key_in_the_headline_is_the_one_of_the_file() -> None:
    from samlcheck.facts.certificates import examine

    assert examine(certificate_text("trusted")).sha256[:16] in report().headline.plain()
