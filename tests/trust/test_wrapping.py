"""Signature wrapping seen from ``trust``: none of the eight classic shapes is trusted, each is taken apart rightly, and what only
looks like wrapping is told from it. The shapes are those of ``tests/vectors``, which hold what the whole program makes of them.
"""

from __future__ import annotations

import re

import pytest

from samlcheck.capture import read
from samlcheck.forge import Keys, edit, healthy
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact
from samlcheck.trust import anchors
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.parse import parse
from tests.trust.signing import RESPONSE, message, placed, sign, template, trust, unsigned
from tests.vectors.making import IDENTIFIERS
from tests.vectors.themes import ALL

SIGNATURE = re.compile(r"<ds:Signature\b.*?</ds:Signature>", re.DOTALL)
ASSERTION = re.compile(r"<saml:Assertion\b.*</saml:Assertion>", re.DOTALL)


def wrapped(shape: str, identifier: str) -> TrustFacts:
    """Return what is established about a vector of wrapping."""
    sent = next(vector for vector in ALL if vector.id == f"wrapping/{shape}-{identifier}").make()
    [captured] = read(Artifact("message", sent.octets)).messages
    return establish(
        dissect(parse(captured.artifact)), anchors.load([Artifact("idp", octets) for octets in sent.pinned]), captured=captured
    )


NAMED = {
    "xsw1": {"several-responses", "assertion-elsewhere"},
    "xsw2": {"several-responses", "assertion-elsewhere"},
    "xsw3": {"several-assertions"},
    "xsw4": {"assertion-elsewhere", "signature-elsewhere"},
    "xsw5": {"several-assertions"},
    "xsw6": {"assertion-elsewhere"},
    "xsw7": {"assertion-elsewhere"},
    "xsw8": {"assertion-elsewhere"},
}


@pytest.mark.parametrize("identifier", IDENTIFIERS)
@pytest.mark.parametrize("shape", NAMED)
def test_wrapping_is_never_trusted_and_is_named(shape: str, identifier: str) -> None:
    facts = wrapped(shape, identifier)
    codes = {code for code, _, _ in facts.structure}
    assert facts.verdict == "untrusted"
    assert facts.reason in ("structure", "several-assertions")
    assert codes >= NAMED[shape]
    assert all(places for code, _, places in facts.structure)
    assert (identifier == "same-id") <= ("duplicate-id" in codes)
    forged = facts.anatomy.assertion
    if shape != "xsw7":
        assert forged is not None
        assert not facts.covers(forged)


@pytest.mark.parametrize("shape", ["xsw1", "xsw2", "xsw5", "xsw6", "xsw8"])
def test_a_moved_signature_is_called_not_covering(shape: str) -> None:
    """The structure scan says it too; this is the gate by itself, with the genuine signer named."""
    facts = wrapped(shape, "new-id")
    found = next(item for item in facts.signatures if item.verdict == "not-covering")
    assert found.reason == "reference-elsewhere"
    assert any(item.verifies for item in found.tried)
    text = found.explanation.plain()
    assert "what is signed is not what would be read (signature wrapping)" in text
    assert 'The signature as such was made by a key given, "CN=idp.example"' in text
    assert found.related


def test_a_signature_in_an_unsigned_place_protects_nothing(idp_keys: Keys) -> None:
    """ruby-saml CVE-2024-45409: any signed document of the IdP is a carrier."""
    xml = message(idp_keys, edit(healthy(), {"sign": "assertion"})).decode()
    signature = SIGNATURE.search(xml)
    assert signature is not None
    moved = xml.replace(signature[0], "").replace(
        "<samlp:Status>", f"<samlp:Extensions>{signature[0]}</samlp:Extensions><samlp:Status>"
    )
    facts = trust(moved.encode(), idp_keys)
    assert (facts.verdict, facts.reason) == ("untrusted", "not-covered")
    assert ("Extensions", "not-covering", "wrong-position") in [(f.element, f.verdict, f.reason) for f in facts.signatures]


ODD_VALUES = {
    "comment-in-value": ("mia.lindqvist@", "mia.<!---->lindqvist@", "trusted"),
    "processing-instruction": ("mia.lindqvist@", "mia.<?x y?>lindqvist@", "untrusted"),
    "child-element-in-value": (">mia.lindqvist@", '><x xmlns="urn:x"/>mia.lindqvist@', "untrusted"),
    "cdata-in-value": (">mia.lindqvist@example.com<", "><![CDATA[mia.lindqvist@example.com]]><", "trusted"),
}


@pytest.mark.parametrize("code", ODD_VALUES)
def test_values_that_two_readers_read_differently_are_reported(idp_keys: Keys, code: str) -> None:
    """A comment or CDATA leaves the signed text what it was, so trust stays; the others change it."""
    before, after, verdict = ODD_VALUES[code]
    facts = trust(message(idp_keys).decode().replace(before, after, 1).encode(), idp_keys)
    assert code in [found for found, _, _ in facts.structure]
    assert facts.verdict == verdict


def test_an_id_attribute_of_another_namespace_is_mentioned(idp_keys: Keys) -> None:
    xml = message(idp_keys).decode().replace("<samlp:Status>", '<samlp:Status xml:id="_other">', 1)
    facts = trust(xml.encode(), idp_keys)
    assert "foreign-id-attribute" in [code for code, _, _ in facts.structure]


def test_an_assertion_in_advice_is_where_the_standard_puts_it(idp_keys: Keys) -> None:
    """Core 2.6.1. Signed by the response, it was put there by the IdP."""
    xml = unsigned()
    found = ASSERTION.search(xml)
    assert found is not None
    inner = re.sub(r'\bID="[^"]*"', 'ID="_advice"', found[0], count=1)
    xml = xml.replace("</saml:Conditions>", f"</saml:Conditions><saml:Advice>{inner}</saml:Advice>", 1)
    facts = trust(sign(placed(xml, template(f"#{RESPONSE}")), idp_keys), idp_keys)
    assert (facts.verdict, facts.structure) == ("trusted", ())


@pytest.mark.parametrize("on", ["Response", "Assertion"])
@pytest.mark.parametrize("place", ["end", "front", "behind Issuer"])
def test_a_signature_that_the_schema_has_no_place_for_is_named_but_holds(idp_keys: Keys, on: str, place: str) -> None:
    identifier = RESPONSE if on == "Response" else healthy().assertion_id
    signature, body = template(f"#{identifier}"), unsigned()
    if place == "behind Issuer":
        xml = placed(body, signature, on=on)
    elif place == "end":
        xml = body.replace(
            f"</{'samlp' if on == 'Response' else 'saml'}:{on}>", f"{signature}</{'samlp' if on == 'Response' else 'saml'}:{on}>"
        )
    else:
        begin = body.index(">", body.index(f":{on} ")) + 1
        xml = body[:begin] + signature + body[begin:]
    found = trust(sign(xml, idp_keys), idp_keys)
    assert found.verdict == "trusted"
    assert ("signature-out-of-order" in {code for code, *_ in found.structure}) is (place != "behind Issuer")
