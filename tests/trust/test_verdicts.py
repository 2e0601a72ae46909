"""Each verdict with each of its reasons, at least once, and the words a reader gets."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samlcheck.forge import Keys, edit, forge, healthy, make_keys
from samlcheck.forge.damage import damaged
from samlcheck.trust.algorithms import weak_key
from samlcheck.trust.certificates import fingerprint
from samlcheck.trust.facts import Anchors
from tests.trust.signing import (
    ENVELOPED,
    EXCLUSIVE,
    INCLUSIVE,
    RESPONSE,
    establish,
    fact,
    message,
    pinned,
    placed,
    read,
    resign_first,
    sign,
    template,
    trust,
    unsigned,
    with_signature,
)


def test_a_healthy_message_is_trusted_and_names_the_key(idp_keys: Keys) -> None:
    facts = trust(message(idp_keys), idp_keys)
    assert (facts.verdict, facts.reason, facts.engine) == ("trusted", "ok", "xmlsec")
    assert [(item.element, item.verdict, item.reason) for item in facts.signatures] == [
        ("Response", "valid", "ok"),
        ("Assertion", "valid", "ok"),
    ]
    used = facts.signatures[0].key
    assert used is not None
    assert facts.signatures[0].explanation.plain() == (
        f'The Response is signed by "CN=idp.example" (SHA-256 {fingerprint(used)}, valid 2025-01-01 to 2035-01-01), from idp-1.pem.'
    )
    assert facts.signatures[0].digest_computed == facts.signatures[0].digest_expected
    assert facts.signatures[0].signed_info.startswith("<ds:SignedInfo")


@pytest.mark.parametrize("where", ["response", "assertion"])
def test_one_signature_is_enough_if_it_covers_the_assertion(idp_keys: Keys, where: str) -> None:
    facts = trust(message(idp_keys, edit(healthy(), {"sign": where})), idp_keys)
    assert facts.verdict == "trusted"
    assert facts.anatomy.assertion is not None
    assert facts.covers(facts.anatomy.assertion)
    assert facts.covers(facts.anatomy.message) is (where == "response")


def test_nothing_signed(idp_keys: Keys) -> None:
    facts = trust(unsigned().encode(), idp_keys)
    assert (facts.verdict, facts.reason, facts.covered) == ("untrusted", "unsigned", ())
    assert [item.verdict for item in facts.signatures] == ["absent", "absent"]
    assert fact(facts, "Assertion").explanation.plain() == "The Assertion is not signed."
    assert fact(facts, "Assertion").node is not None


def test_an_error_response_without_assertion(idp_keys: Keys) -> None:
    failed = {"response.status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}
    bare = trust(message(idp_keys, edit(healthy(), {**failed, "sign": "none"})), idp_keys)
    signed = trust(message(idp_keys, edit(healthy(), {**failed, "sign": "response"})), idp_keys)
    assert (bare.verdict, bare.reason) == ("untrusted", "no-assertion")
    assert (signed.verdict, signed.reason) == ("trusted", "ok")


def test_no_key_given_is_not_a_failure_and_not_a_pass(idp_keys: Keys) -> None:
    facts = establish(read(message(idp_keys)), Anchors())
    assert (facts.verdict, facts.reason) == ("unverified", "no-key-given")
    found = fact(facts, "Response")
    assert (found.verdict, found.reason, found.embedded_verifies) == ("unverifiable", "no-key-given", True)
    assert "a message cannot vouch for its own key" in found.explanation.plain()
    assert facts.covered == ()


def test_changed_content_is_seen_even_without_a_key(idp_keys: Keys) -> None:
    facts = establish(read(damaged(message(idp_keys).decode(), "content-changed").encode()), Anchors())
    assert fact(facts, "Assertion").reason == "content-changed"
    assert facts.verdict == "untrusted"


def test_a_certificate_out_of_date_is_reported_and_rejects_nothing() -> None:
    old = make_keys(not_before=datetime(2001, 1, 1, tzinfo=UTC), not_after=datetime(2002, 1, 1, tzinfo=UTC))
    facts = trust(message(old), old)
    assert facts.verdict == "trusted"
    assert "valid 2001-01-01 to 2002-01-01" in facts.signatures[0].explanation.plain()


@pytest.mark.parametrize(
    ("curve", "algorithm"),
    [("secp256r1", "sha256"), ("secp384r1", "sha384"), ("secp521r1", "sha512")],
    ids=lambda value: str(value),
)
def test_elliptic_curve_keys(curve: str, algorithm: str) -> None:
    keys = make_keys(curve=curve)
    facts = trust(message(keys, edit(healthy(), {"signature.algorithm": algorithm})), keys)
    assert facts.verdict == "trusted", facts.signatures


@pytest.mark.parametrize(
    "canonicalization", [EXCLUSIVE, f"{EXCLUSIVE}WithComments", INCLUSIVE, "http://www.w3.org/2006/12/xml-c14n11"]
)
@pytest.mark.parametrize("on", ["Response", "Assertion"])
def test_every_canonicalization_of_the_family(idp_keys: Keys, canonicalization: str, on: str) -> None:
    assert healthy().assertion_id is not None
    identifier = RESPONSE if on == "Response" else healthy().assertion_id
    signature = template(f"#{identifier}", transforms=(ENVELOPED, canonicalization), canonicalization=canonicalization)
    facts = trust(with_signature(idp_keys, signature, on=on), idp_keys)
    assert (facts.verdict, fact(facts, on).verdict) == ("trusted", "valid")


def test_pss(idp_keys: Keys) -> None:
    signature = template(f"#{RESPONSE}", method="http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1")
    assert trust(with_signature(idp_keys, signature), idp_keys).verdict == "trusted"


def test_enveloped_alone_means_inclusive_canonical_xml(idp_keys: Keys) -> None:
    """XML Signature 4.4.3.2: octets from a node-set by Canonical XML 1.0 unless said otherwise."""
    assert trust(with_signature(idp_keys, template(f"#{RESPONSE}", transforms=(ENVELOPED,))), idp_keys).verdict == "trusted"


def test_the_right_one_of_several_keys_is_named(idp_keys: Keys, other_keys: Keys) -> None:
    facts = trust(message(idp_keys), other_keys, idp_keys)
    found = fact(facts, "Response")
    assert [item.verifies for item in found.tried] == [False, True]
    assert found.key is not None
    assert found.key.origin == "idp-2.pem"


def test_key_rotated(idp_keys: Keys, other_keys: Keys) -> None:
    found = fact(trust(message(other_keys), idp_keys), "Response")
    assert (found.verdict, found.reason, found.embedded_verifies) == ("invalid", "key-rotated", True)
    assert found.embedded is not None
    given = pinned(idp_keys).keys[0].certificate
    dates = "valid 2025-01-01 to 2035-01-01"
    assert found.explanation.plain() == (
        "The Response is intact, but signed by another key: the certificate inside the message, "
        f'"CN=idp.example" (SHA-256 {fingerprint(found.embedded)}, {dates}), verifies, but is not the key given: '
        f'"CN=idp.example" (SHA-256 {fingerprint(given)}, {dates}). '
        "The subject is the same: the IdP has changed its certificate, or somebody else made one of that name. "
        "Load the present one at the service, taken from the IdP itself and never from a message."
    )


def test_another_tenant_is_not_called_a_renewal(idp_keys: Keys) -> None:
    stranger = make_keys("another-tenant.example")
    words = fact(trust(message(stranger), idp_keys), "Response").explanation.plain()
    assert words.endswith("otherwise this is another IdP or tenant.")


@pytest.mark.parametrize("embed", ["none", "other"])
def test_other_key(idp_keys: Keys, other_keys: Keys, embed: str) -> None:
    third = make_keys("third.example")
    found = fact(trust(forge(edit(healthy(), {"embed": embed}), other_keys, other=third).xml, idp_keys), "Response")
    assert (found.verdict, found.reason) == ("invalid", "other-key")
    assert "the key given did not make this signature" in found.explanation.plain()
    assert fingerprint(pinned(idp_keys).keys[0].certificate) in found.explanation.plain()


def test_content_changed_says_that_signedinfo_is_ours(idp_keys: Keys) -> None:
    found = fact(trust(damaged(message(idp_keys).decode(), "content-changed").encode(), idp_keys), "Assertion")
    assert found.reason == "content-changed"
    assert found.explanation.plain().startswith(
        "The content of the Assertion was changed after signing: its digest is not the one that was signed. "
        'SignedInfo is intact and signed by the key given, "CN=idp.example"'
    )
    assert found.digest_computed != found.digest_expected


def test_content_changed_and_signed_by_a_stranger(idp_keys: Keys, other_keys: Keys) -> None:
    found = fact(trust(damaged(message(other_keys).decode(), "content-changed").encode(), idp_keys), "Assertion")
    assert found.reason == "content-changed"
    assert "SignedInfo is signed by the certificate inside the message" in found.explanation.plain()
    assert "which is not among the keys given" in found.explanation.plain()


@pytest.mark.parametrize(
    ("damage", "recipe", "words"),
    [
        ("reindented", {}, "line breaks and indentation were added between the elements"),
        ("line-endings", {"layout": "lines"}, "line ends were changed from LF to CR LF"),
        ("whitespace-trimmed", {}, "white space was added around values"),
        ("base64-damaged", {"sign": "both"}, "plus signs were turned into blanks"),
    ],
    ids=["reindented", "line-endings", "whitespace-trimmed", "base64-damaged"],
)
def test_damage_that_can_be_undone_is_named(idp_keys: Keys, damage: str, recipe: dict[str, str], words: str) -> None:
    xml = damaged(message(idp_keys, edit(healthy(), recipe)).decode(), damage)
    facts = trust(xml.encode(), idp_keys)
    found = fact(facts, "Assertion")
    assert (found.verdict, found.reason, facts.verdict) == ("invalid", damage, "untrusted")
    text = found.explanation.plain()
    assert words in text
    assert "Undone, it is as signed by the key given" in text
    assert text.endswith("Whatever stands between IdP and service must pass the message on octet for octet.")


def test_line_ends_lost_from_base64_are_named(idp_keys: Keys) -> None:
    """Signers on Windows write &#13; into certificates; a proxy that normalises line ends drops them."""
    inner = message(idp_keys, edit(healthy(), {"sign": "assertion", "layout": "lines"})).decode()
    wrapped = re.sub(r"(<ds:X509Certificate>.{64})", "\\1&#13;\n", inner)
    signed = resign_first(placed(wrapped, template(f"#{RESPONSE}")), idp_keys).decode()
    assert trust(signed.encode(), idp_keys).verdict == "trusted"
    found = fact(trust(signed.replace("&#13;", "").encode(), idp_keys), "Response")
    assert found.reason == "line-endings"
    assert "carriage returns (&#13;) were dropped from base64 values" in found.explanation.plain()


@pytest.mark.parametrize("damage", ["signed-info-altered", "signature-value-malformed"])
def test_damage_to_the_signature_itself(idp_keys: Keys, damage: str) -> None:
    found = fact(trust(damaged(message(idp_keys).decode(), damage).encode(), idp_keys), "Response")
    assert (found.verdict, found.reason) == ("invalid", damage)


def test_a_changed_signature_value_with_our_certificate_inside(idp_keys: Keys) -> None:
    xml = re.sub(
        r"(<ds:SignatureValue>)(.)", lambda found: found[1] + ("B" if found[2] == "A" else "A"), message(idp_keys).decode(), count=1
    )
    found = fact(trust(xml.encode(), idp_keys), "Response")
    assert found.reason == "signed-info-altered"
    assert "is intact, but SignedInfo or SignatureValue was changed after signing" in found.explanation.plain()


def test_everything_changed(idp_keys: Keys) -> None:
    xml = damaged(message(idp_keys).decode(), "content-changed")
    xml = re.sub(r"(<ds:SignatureValue>)(.)", lambda found: found[1] + ("B" if found[2] == "A" else "A"), xml)
    assert fact(trust(xml.encode(), idp_keys), "Assertion").reason == "digest-and-signature-changed"


def test_lost_namespace_declarations_are_named(idp_keys: Keys) -> None:
    inclusive = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="xs"/>'
    transform = f'<ds:Transform Algorithm="{EXCLUSIVE}">{inclusive}</ds:Transform>'
    xml = with_signature(idp_keys, template(f"#{RESPONSE}", transforms=(ENVELOPED, transform))).decode()
    declared = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    bare = re.sub(r"(DigestValue|SignatureValue)>[^<]*<", r"\1><", xml)
    signed = sign(bare.replace("<samlp:Response ", f"<samlp:Response {declared} ", 1), idp_keys).decode()
    assert trust(signed.encode(), idp_keys).verdict == "trusted"
    found = fact(trust(signed.replace(f" {declared}", "", 1).encode(), idp_keys), "Response")
    assert found.reason == "namespaces-changed"
    assert "namespace declarations named by InclusiveNamespaces were dropped" in found.explanation.plain()


def test_a_keyed_hash_is_refused(idp_keys: Keys) -> None:
    facts = trust(message(idp_keys, edit(healthy(), {"signature.algorithm": "hmac-sha1"})), idp_keys)
    assert fact(facts, "Response").reason == "hmac"
    assert facts.verdict == "untrusted"


@pytest.mark.parametrize(
    ("bits", "policy", "reason"),
    [(1024, "legacy", "ok"), (1024, "modern", "weak-key"), (2048, "modern", "ok")],
)
def test_short_keys(bits: int, policy: str, reason: str) -> None:
    keys = make_keys(bits=bits)
    facts = trust(message(keys), keys, policy=policy)
    found = fact(facts, "Response")
    assert found.reason == reason
    assert found.tried[0].verifies is True
    assert (facts.verdict == "trusted") is (reason == "ok")


@pytest.mark.parametrize(
    ("kind", "bits", "weak"),
    [
        ("RSA 768", 768, True),
        ("DSA 512", 512, True),
        ("EC secp192r1", 192, True),
        ("EC secp256r1", 256, False),
        ("RSA 1024", 1024, False),
    ],
    ids=lambda value: str(value),
)
def test_keys_that_prove_nothing_under_any_policy(idp_keys: Keys, kind: str, bits: int, weak: bool) -> None:
    certificate = replace(pinned(idp_keys).keys[0].certificate, key_type=kind, key_bits=bits)
    assert weak_key(certificate, "legacy") is weak


@pytest.mark.parametrize(("policy", "verdict"), [("legacy", "trusted"), ("modern", "untrusted")])
def test_sha1_is_a_matter_of_policy(idp_keys: Keys, policy: str, verdict: str) -> None:
    facts = trust(message(idp_keys, edit(healthy(), {"signature.algorithm": "sha1"})), idp_keys, policy=policy)
    assert facts.verdict == verdict
    assert fact(facts, "Response").reason == ("ok" if policy == "legacy" else "algorithm-refused")


@pytest.mark.parametrize(("policy", "verdict"), [("legacy", "trusted"), ("modern", "untrusted")])
@pytest.mark.parametrize("on", ["Response", "Assertion"])
def test_a_signed_whole_document_is_taken_by_the_legacy_policy_alone(idp_keys: Keys, policy: str, verdict: str, on: str) -> None:
    facts = trust(with_signature(idp_keys, template(""), on=on), idp_keys, policy=policy)
    assert facts.verdict == verdict
    assert fact(facts, on).reason == ("ok" if policy == "legacy" else "reference-empty")


def test_a_bad_signature_is_not_excused_by_a_good_one(idp_keys: Keys) -> None:
    """Whoever checks the response's signature rejects; that the assertion's holds does not help (GHSA-wj54-2vfp-35f2)."""
    facts = trust(damaged(message(idp_keys).decode(), "signed-info-altered").encode(), idp_keys)
    assert [item.verdict for item in facts.signatures] == ["invalid", "valid"]
    assert (facts.verdict, facts.reason) == ("untrusted", "signature-invalid")


def test_a_bad_signature_inside_signed_content_is_told_and_does_not_withhold_trust(idp_keys: Keys, other_keys: Keys) -> None:
    inner = re.sub(r"(<saml:NameID[^>]*>)", r"\1x", message(other_keys, edit(healthy(), {"sign": "assertion"})).decode())
    facts = trust(resign_first(placed(inner, template(f"#{RESPONSE}")), idp_keys), idp_keys)
    assert [item.verdict for item in facts.signatures] == ["valid", "invalid"]
    assert (facts.verdict, facts.reason) == ("trusted", "ok")
