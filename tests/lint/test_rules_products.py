"""What is said of metadata as products publish it: nothing loud of healthy files, the fault of broken ones."""

from __future__ import annotations

import pytest

from samlcheck.finding import Finding
from samlcheck.forge import AT
from samlcheck.forge.metadata_edits import forge_metadata
from samlcheck.forge.metadata_recipe import Edits, MetadataRecipe
from samlcheck.packs.catalogue import shipped
from tests.corpus.metadata import lint
from tests.lint.products import PRODUCTS, TENANT

CATALOGUE = shipped()
NOTES = {
    "aws-identity-center": {"metadata-formats/nameid-format-empty"},
    "entra-id": {"metadata-validity/signed-without-end"},
    "adfs": {"metadata-endpoints/binding-not-for-service"},
    "simplesamlphp": {"metadata-contacts/email-of-nobody"},
    "pingfederate": {"metadata-entity/entity-id-not-a-uri"},
    "native-client": {"metadata-endpoints/location-private", "metadata-keys/sp-encryption-key-missing"},
    "python3-saml": {"metadata-keys/sp-encryption-key-missing"},
}
"""What is worth a note in healthy metadata of each product."""


@pytest.mark.parametrize("product", PRODUCTS)
def test_healthy_metadata_of_a_product_has_neither_error_nor_warning(product: str) -> None:
    findings, refused = lint("metadata.xml", PRODUCTS[product]().encode(), CATALOGUE, at=AT)
    assert refused == ""
    assert [f"{item.rule}: {item.message.plain()}" for item in findings if item.severity != "note"] == []
    assert {item.rule for item in findings} == NOTES.get(product, set())


@pytest.mark.parametrize("role", ["idp", "sp", "both"])
@pytest.mark.parametrize("ruleset", ["web-sso", "saml2int", "edugain"])
def test_careful_metadata_is_fine_for_everybody(role: str, ruleset: str) -> None:
    data = forge_metadata(MetadataRecipe(role))  # type: ignore[arg-type]
    assert [item.rule for item in lint("m.xml", data, CATALOGUE, ruleset=ruleset, at=AT)[0]] == []


@pytest.mark.parametrize(
    ("product", "old", "new", "rule"),
    [
        ("entra-id", f"sts.windows.net/{TENANT}", "sts.windows.net/{tenantid}", "metadata-entity/tenant-left-open"),
        ("google", "o/saml2?idpid", "o/saml2/idp?idpid", "metadata-entity/sign-on-url-as-entity-id"),
        ("google", "2030-11-02", "2026-04-02", "metadata-validity/expired"),
        ("okta", "1.1:nameid-format:unspecified", "2.0:nameid-format:unspecified", "metadata-formats/nameid-format-misspelt"),
        ("keycloak", "ds:KeyName>", "KeyName>", "metadata-schema/element-not-expected"),
        ("keycloak", 'index="0"', "", "metadata-schema/attribute-missing"),
        ("onelogin", "http-redirect/slo", "http-redirect slo", "metadata-endpoints/location-white-space"),
        ("adfs", ' index="2"', ' index="0"', "metadata-endpoints/index-repeated"),
        ("shibboleth", 'regexp="false">acme.example', 'regexp="true">acme.example', "metadata-federation/scope-pattern-unsound"),
        ("python3-saml", "PT604800S", "7 days", "metadata-schema/value-invalid"),
        ("python3-saml", 'AuthnRequestsSigned="false"', 'AuthnRequestsSigned="true"', "metadata-keys/sp-signing-key-missing"),
        ("native-client", "com.acme.app://saml/callback", "javascript:alert(1)", "metadata-endpoints/location-dangerous"),
        ("pingfederate", "<md:SingleSignOnService", "<md:SingleSignonService", "metadata-schema/element-not-expected"),
    ],
)  # fmt: skip
def test_a_fault_in_metadata_of_a_product_is_told_loudly(product: str, old: str, new: str, rule: str) -> None:
    text = PRODUCTS[product]()
    assert old in text
    findings, _ = lint("metadata.xml", text.replace(old, new).encode(), CATALOGUE, at=AT)
    assert rule in {item.rule for item in findings if item.severity != "note"}


def only(rule: str, edits: Edits, ruleset: str = "web-sso") -> Finding:
    """Return the first finding of a rule on forged metadata."""
    findings, _ = lint("m.xml", forge_metadata(MetadataRecipe("idp", edits)), CATALOGUE, ruleset=ruleset, at=AT)
    return next(item for item in findings if item.rule == rule)


@pytest.mark.parametrize(
    ("rule", "edits", "message", "fix"),
    [
        (
            "metadata-keys/expired", {"certificate": "expired"},
            "The certificate CN=idp.example has expired: it ended 123 days before, on 2026-01-01T00:00:00Z. There is no other that"
            " is in date; many products refuse what it signed, though SAML itself looks at the key only.",
            "Make a new certificate, publish it beside the old one, let every partner load it, and only then sign with it.",
        ),
        (
            "metadata-keys/private-key-published", {"certificate": "private-key"},
            "Where the certificate belongs, what stands there is a private key. Whoever has this file can sign as you.",
            "Make a new key pair now, publish its certificate, and tell every partner that the old key is compromised.",
        ),
        (
            "metadata-keys/expiring", {"certificate": "ending"},
            "The certificate CN=idp.example ends soon: it ends in 15 days, on 2026-05-20T00:00:00Z. No certificate that lasts"
            " longer is published for this use.",
            "Publish the next certificate beside it now, so that partners can load it in time.",
        ),
        (
            "metadata-validity/expired", {"metadata.valid_until": "2026-05-03T10:00:00Z"},
            "validUntil was 2026-05-03T10:00:00Z: it ended 24 h earlier. Consumers must not use the metadata after that.",
            "Load the metadata anew from where it is published; if that copy has expired too, its publisher must write it again.",
        ),
        (
            "metadata-endpoints/binding-misspelt",
            {"at:md:IDPSSODescriptor/md:SingleSignOnService[1]/@Binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-REDIRECT"},
            "The Binding of SingleSignOnService is urn:oasis:names:tc:SAML:2.0:bindings:HTTP-REDIRECT; it is written"
            " urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect. Consumers compare it character by character and pass over the"
            " endpoint.",
            "Correct the spelling of the Binding.",
        ),
    ],
)  # fmt: skip
def test_what_people_read(rule: str, edits: Edits, message: str, fix: str) -> None:
    finding = only(rule, edits)
    assert finding.message.plain() == message
    assert finding.fix.plain() == fix


def test_a_private_key_is_named_and_never_shown() -> None:
    data = forge_metadata(MetadataRecipe("idp", {"certificate": "private-key"}))
    findings, _ = lint("m.xml", data, CATALOGUE, at=AT)
    told = next(item for item in findings if item.rule == "metadata-keys/private-key-published")
    shown = " ".join(part.plain() for part in (told.message, told.fix, *(piece.snippet for piece in told.evidence))) + " ".join(
        piece.actual.value for piece in told.evidence if piece.actual
    )
    assert "MII" not in shown
    assert told.severity == "error"


def test_several_keys_are_told_as_a_rollover_with_their_dates() -> None:
    data = "<ds:X509Data><ds:X509Certificate>{certificate:other}</ds:X509Certificate></ds:X509Data>"
    next_key = f'<md:KeyDescriptor use="signing"><ds:KeyInfo>{data}</ds:KeyInfo></md:KeyDescriptor>'
    words = only("metadata-keys/rollover", {"first:md:IDPSSODescriptor": next_key}).message.plain()
    assert words.startswith("There are 2 keys: for signing the IDPSSODescriptor has SHA-256 ")
    assert words.count("2025-01-01 to 2035-01-01") == 2
    assert words.endswith("partners must accept all of them.")


@pytest.mark.parametrize(
    ("octets", "refused"),
    [("html", "html"), ("doctype", "dtd"), ("text", "not-xml"), ("error-response", "not-metadata")],
)
def test_what_is_no_metadata_is_named(octets: str, refused: str) -> None:
    findings, code = lint("m.xml", forge_metadata(MetadataRecipe("idp", {"octets": octets})), CATALOGUE, at=AT)
    assert (findings, code) == ([], refused)


@pytest.mark.parametrize(("role", "who"), [("idp", "idp"), ("sp", "sp"), ("both", "idp")])
def test_the_owner_of_the_entity_is_to_mend_it(role: str, who: str) -> None:
    edits: Edits = {"role": role, "metadata.entity_id": "https://<host>/saml"}
    findings, _ = lint("m.xml", forge_metadata(MetadataRecipe("idp", edits)), CATALOGUE, at=AT)
    assert {item.rule: item.fix_by for item in findings if item.severity == "error"} == {
        "metadata-entity/entity-id-placeholder": who
    }


def test_each_place_is_a_finding_of_its_own() -> None:
    edits: Edits = {"certificate": "text", "role": "both"}
    findings, _ = lint("m.xml", forge_metadata(MetadataRecipe("idp", edits)), CATALOGUE, at=AT)
    places = [
        item.primary.node.path
        for item in findings
        if item.rule == "metadata-keys/not-a-certificate" and item.primary and item.primary.node
    ]
    assert len(places) == len(set(places)) == 3
