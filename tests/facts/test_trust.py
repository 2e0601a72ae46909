"""Facts of verification and of what the user gave: what is known, what is not, and what would make it known."""

# ruff: noqa: E501 (tables keep one case to a line)

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samlcheck.case import Told
from samlcheck.facts import FACTS, FactTable, Readings
from samlcheck.facts.table import Fact, add
from samlcheck.facts.trust import relied_upon
from samlcheck.finding import Slot, Text
from samlcheck.source import NodeRef
from samlcheck.trust.facts import Anchors, CertificateFact, EncryptionFact, PinnedKey, SignatureFact, TrustFacts

from .logins import anatomy, case, message, trust

PLACE = NodeRef("response", "/samlp:Response/ds:Signature", None)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
RSA = CertificateFact("idp.xml, KeyDescriptor 1", "ab12", "", "", "CN=idp", "CN=idp", START, END, "RSA 2048", 2048, "sha256")
EC = replace(RSA, origin="KeyInfo", sha256="cd34", subject="", key_type="EC secp256r1", key_bits=256, not_after=None, node=PLACE)
VALID = SignatureFact("Response", "valid", "ok", Text(), PLACE, "rsa-sha256", "sha256", key=RSA, embedded=EC)
BROKEN = SignatureFact("Assertion", "invalid", "content-changed", Text(), PLACE, "rsa-sha1", "")
ABSENT = SignatureFact("Response", "absent", "no-signature", Text(), PLACE)


def table(*signatures: SignatureFact, **more: object) -> FactTable:
    given = message("<samlp:Response/>")
    return FactTable(case(given, trusted=trust(given.anatomy, signatures=signatures, **more)))  # type: ignore[arg-type]


def values(readings: Readings) -> list[object]:
    return [item.value for item in readings.items]


@pytest.mark.parametrize(
    ("signatures", "verdict", "expected"),
    [
        pytest.param((VALID,), "trusted", VALID, id="one valid"),
        pytest.param((ABSENT,), "untrusted", ABSENT, id="none"),
        pytest.param((ABSENT, BROKEN), "untrusted", BROKEN, id="a broken one rather than the absent"),
        pytest.param((VALID, BROKEN), "untrusted", BROKEN, id="a valid one excuses no broken one"),
        pytest.param((BROKEN, VALID), "trusted", VALID, id="broken inside signed content"),
        pytest.param((), "untrusted", None, id="nothing looked at"),
    ],
)
def test_the_signature_relied_upon(signatures: tuple[SignatureFact, ...], verdict: str, expected: SignatureFact | None) -> None:
    facts: TrustFacts = trust(message("<samlp:Response/>").anatomy, signatures=signatures, verdict=verdict)  # type: ignore[arg-type]
    assert relied_upon(facts) is expected


@pytest.mark.parametrize(
    ("name", "expected", "labels"),
    [
        ("signature.verdict", ["invalid"], ["signature of the Assertion"]),
        ("signature.reason", ["content-changed"], ["signature of the Assertion"]),
        ("signature.element", ["Assertion"], ["signature of the Assertion"]),
        ("signature.response.verdict", ["valid"], ["signature of the Response"]),
        ("signature.response.reason", ["ok"], ["signature of the Response"]),
        ("signature.assertion.verdict", ["invalid"], ["signature of the Assertion"]),
        ("signature.assertion.reason", ["content-changed"], ["signature of the Assertion"]),
        ("signature.algorithm", ["rsa-sha256", "rsa-sha1"], ["signature of the Response", "signature of the Assertion"]),
        ("signature.digest_algorithm", ["sha256"], ["signature of the Response"]),
        ("signature.verdicts", ["valid", "invalid"], ["signature of the Response", "signature of the Assertion"]),
        ("certificate.used.sha256", ["ab12"], ["idp.xml, KeyDescriptor 1"]),
        ("certificate.used.subject", ["CN=idp"], ["idp.xml, KeyDescriptor 1"]),
        ("certificate.used.not_before", [START], ["idp.xml, KeyDescriptor 1"]),
        ("certificate.used.not_after", [END], ["idp.xml, KeyDescriptor 1"]),
        ("certificate.used.key_bits", [2048], ["idp.xml, KeyDescriptor 1"]),
        ("certificate.embedded.sha256", ["cd34"], ["KeyInfo"]),
        ("certificate.embedded.subject", [], []),
        ("certificate.embedded.not_before", [START], ["KeyInfo"]),
        ("certificate.embedded.not_after", [], []),
        ("certificate.embedded.key_bits", [], []),
        ("trust.verdict", ["untrusted"], [""]),
        ("trust.reason", ["unsigned"], [""]),
    ],
)
def test_what_verification_found(name: str, expected: list[object], labels: list[str]) -> None:
    readings = table(VALID, BROKEN).read(name)
    assert values(readings) == expected
    assert [item.label for item in readings.items] == labels
    assert FactTable(case()).read(name) == Readings(unavailable="there is no message in what was given", needs="a SAML message")


@pytest.mark.parametrize(
    ("reason", "why", "needs"),
    [
        ("no-key-given", "no certificate or metadata of the IdP was given", "--idp"),
        ("encrypted-no-key", "no certificate or metadata of the IdP was given", "--idp"),
        ("engine-missing", "the signature engine cannot be loaded", "what samlcheck doctor says"),
    ],
)
def test_trust_that_was_not_established_is_unknown(reason: str, why: str, needs: str) -> None:
    assert table(verdict="unverified", reason=reason).read("trust.verdict") == Readings(unavailable=why, needs=needs)


def test_with_a_key_to_verify_with_an_encrypted_assertion_needs_the_other_one() -> None:
    given = message("<samlp:Response/>")
    established = trust(given.anatomy, verdict="unverified", reason="encrypted-no-key")
    known = FactTable(case(given, trusted=established, anchors=Anchors((PinnedKey(RSA, b""),))))
    assert known.read("trust.verdict") == Readings(unavailable="the assertion is encrypted", needs="--key")


def test_a_missing_signature_is_anchored_where_it_should_be() -> None:
    assert table(ABSENT).read("signature.response.verdict").anchor == PLACE
    assert table(ABSENT).read("signature.assertion.verdict") == Readings()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sha256", ["ab12", "cd34"]),
        ("subject", ["CN=idp"]),
        ("not_before", [START, START]),
        ("not_after", [END]),
        ("key_bits", [2048]),
    ],
)
def test_given_certificates(name: str, expected: list[object]) -> None:
    keys = tuple(PinnedKey(certificate, b"") for certificate in (RSA, EC))
    assert values(FactTable(case(anchors=Anchors(keys))).read(f"certificate.pinned.{name}")) == expected
    nothing = FactTable(case()).read(f"certificate.pinned.{name}")
    assert nothing == Readings(unavailable="no certificate or metadata of the IdP was given", needs="--idp")


def test_encryption() -> None:
    sealed = EncryptionFact("EncryptedAssertion", PLACE, "aes128-gcm", "rsa-oaep", True, "ok")
    bare = EncryptionFact("EncryptedID", PLACE, "aes256-cbc", "", False, "no-key")
    found = table(encryption=(sealed, bare))
    assert values(found.read("encryption.algorithms")) == ["aes128-gcm", "rsa-oaep", "aes256-cbc"]
    assert values(found.read("encryption.reasons")) == ["ok", "no-key"]
    assert values(found.read("encryption.elements")) == ["EncryptedAssertion", "EncryptedID"]
    assert {item.label for item in found.read("encryption.reasons").items} == {"EncryptedAssertion", "EncryptedID"}


def test_structure_is_regular_or_named_by_codes() -> None:
    given = message("<samlp:Response/>")
    odd = (
        ("duplicate-id", Text.of("two elements have the ID ", Slot("x", sensitive=True)), (PLACE,)),
        ("several-responses", Text(), ()),
    )
    found = FactTable(case(given, trusted=replace(trust(given.anatomy), structure=odd))).read("message.structure")
    assert [(item.value, item.raw, item.node) for item in found.items] == [
        ("duplicate-id", "duplicate-id", PLACE),
        ("several-responses", "several-responses", None),
    ]
    assert values(table().read("message.structure")) == ["regular"]


# --- what the user gave

IDP = (
    "<md:EntitiesDescriptor><md:EntityDescriptor entityID='urn:idp' validUntil='2026-06-01T00:00:00Z'><md:IDPSSODescriptor>"
    "<md:SingleSignOnService Binding='urn:post' Location='https://idp.example/sso'/></md:IDPSSODescriptor></md:EntityDescriptor>"
    "<md:EntityDescriptor entityID='urn:both'><md:SPSSODescriptor/></md:EntityDescriptor></md:EntitiesDescriptor>"
)
SP = (
    "<md:EntityDescriptor entityID='urn:sp'><md:SPSSODescriptor>"
    "<md:AssertionConsumerService Binding='urn:post' Location='https://sp.example/acs'/></md:SPSSODescriptor></md:EntityDescriptor>"
)


@pytest.mark.parametrize(
    ("name", "expected", "label", "path"),
    [
        ("idp.entity_id", ["urn:idp"], "metadata.xml", "/md:EntitiesDescriptor/md:EntityDescriptor[1]/@entityID"),
        ("idp.valid_until", [datetime(2026, 6, 1, tzinfo=UTC)], "metadata.xml", "/md:EntitiesDescriptor/md:EntityDescriptor[1]/@entityID"),
        ("idp.sso_urls", ["https://idp.example/sso"], "urn:post", "/md:EntitiesDescriptor/md:EntityDescriptor[1]/md:IDPSSODescriptor/md:SingleSignOnService"),
        ("sp.entity_id", ["urn:sp"], "metadata.xml", "/md:EntityDescriptor/@entityID"),
        ("sp.acs_urls", ["https://sp.example/acs"], "urn:post", "/md:EntityDescriptor/md:SPSSODescriptor/md:AssertionConsumerService"),
    ],
)  # fmt: skip
def test_metadata_given(name: str, expected: list[object], label: str, path: str) -> None:
    found = FactTable(case(anchors=Anchors(metadata=(anatomy(IDP),)), sp=(anatomy(SP),))).read(name)
    assert values(found) == expected
    assert [(item.label, item.node and item.node.path) for item in found.items] == [(label, path)]


@pytest.mark.parametrize(
    ("name", "told", "expected", "label"),
    [
        ("idp.entity_id", Told(issuer="urn:i"), ["urn:i"], "--issuer"),
        ("sp.entity_id", Told(audience=("urn:a", "urn:b")), ["urn:a", "urn:b"], "--audience"),
        ("sp.acs_urls", Told(acs=("https://x.example",)), ["https://x.example"], "--acs"),
        ("told.user", Told(user="jane"), ["jane"], "--user"),
    ],
)
def test_options_come_before_metadata(name: str, told: Told, expected: list[object], label: str) -> None:
    found = FactTable(case(told=told, anchors=Anchors(metadata=(anatomy(IDP),)), sp=(anatomy(SP),))).read(name)
    assert values(found) == expected
    assert {(item.label, item.node) for item in found.items} == {(label, None)}
    assert {item.sensitive for item in found.items} == {name == "told.user"} == {FACTS[name].sensitive}


@pytest.mark.parametrize(
    ("name", "why", "needs"),
    [
        ("idp.entity_id", "the IdP's entityID was not given", "--issuer, or --idp with metadata"),
        ("idp.valid_until", "no metadata of the IdP was given", "--idp with metadata"),
        ("idp.key_problems", "no metadata of the IdP was given", "--idp with metadata"),
        ("idp.sso_urls", "the IdP's endpoints were not given", "--idp with metadata"),
        ("sp.wants_signed_assertions", "no metadata of the service was given", "--sp"),
        ("sp.entity_id", "the audience (entityID of the service) was not given", "--audience or --sp"),
        ("sp.acs_urls", "the endpoints were not given", "--acs or --sp"),
        ("told.user", "the login name at the service was not given", "--user"),
    ],
)
def test_what_was_not_given_says_what_would_help(name: str, why: str, needs: str) -> None:
    assert FactTable(case()).read(name) == Readings(unavailable=why, needs=needs)


def test_metadata_without_an_end_of_validity_is_known_to_have_none() -> None:
    assert FactTable(case(anchors=Anchors(metadata=(anatomy(SP),)))).read("idp.valid_until") == Readings()


def test_the_time_of_the_login_is_never_merely_now() -> None:
    assert FactTable(case(clock="now")).read("login.at") == Readings(
        unavailable="when the login was tried is not known", needs="--at"
    )
    assert [item.label for clock in ("given", "capture") for item in FactTable(case(clock=clock)).read("login.at").items] == [  # type: ignore[arg-type]
        "--at",
        "the capture",
    ]


# --- the table itself


def test_a_fact_is_read_once() -> None:
    reads = []

    def count(_case: object) -> Readings:
        reads.append(1)
        return Readings()

    name = "test.counted"
    add(Fact(name, "counted", "text", count, "For this test"))  # type: ignore[arg-type]
    try:
        found = FactTable(case())
        assert found.read(name) is found.read(name)
        assert (found.text(name), found.title(name), found.title("attribute:Role")) == ("", "counted", "attribute Role")
        assert len(reads) == 1
        with pytest.raises(ValueError, match="defined twice"):
            add(Fact(name, "counted", "text", count, "Again"))  # type: ignore[arg-type]
    finally:
        del FACTS[name]


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        FactTable(case()).read("assertion.nonsense")


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_can_be_read_of_nothing_at_all_and_of_an_empty_response(name: str) -> None:
    nothing = FactTable(case(clock="now")).read(name)
    assert nothing.items == ()
    assert nothing.unavailable, "what is not known must not look like what is not there"
    assert nothing.needs
    assert isinstance(FactTable(case(message("<samlp:Response/>"))).read(name), Readings)
    entry = FACTS[name]
    assert entry.title
    assert entry.doc
    assert entry.kind in ("text", "uri", "instant", "integer", "boolean", "verdict", "algorithm")
