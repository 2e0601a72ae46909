"""Signature wrapping in the eight classic shapes and their kin: none is trusted, and each is named for what it is.

XSW 1 to 8 as numbered by SAML Raider after Somorovsky et al. (USENIX Security 2012), each with the forged element under a
new, the same, and no ID.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from samlcheck.forge import Keys, edit, healthy
from tests.trust.signing import RESPONSE, message, placed, sign, template, trust, unsigned

SIGNATURE = re.compile(r"<ds:Signature\b.*?</ds:Signature>", re.DOTALL)
ASSERTION = re.compile(r"<saml:Assertion\b.*</saml:Assertion>", re.DOTALL)
NEW_ID = {"new": 'ID="_forged"', "same": None, "none": ""}


def _forged(element: str, identifier: str) -> str:
    """Return an attacker's copy: no signature, another user, and an ID of the kind asked for."""
    copy = re.sub(r"(<saml:NameID[^>]*>)[^<]*", r"\1admin@example.com", SIGNATURE.sub("", element))
    replacement = NEW_ID[identifier]
    return copy if replacement is None else re.sub(r'\bID="[^"]*"', replacement, copy, count=1)


def _inside_signature(signature: str, content: str, *, in_object: bool = False) -> str:
    body = f"<ds:Object>{content}</ds:Object>" if in_object else content
    return signature.replace("</ds:Signature>", body + "</ds:Signature>")


def xsw1(xml: str, identifier: str) -> str:
    """The original Response, without its signature, inside the signature of the forged Response."""
    signature = SIGNATURE.search(xml)
    assert signature is not None
    original = xml.replace(signature[0], "", 1)
    return _after_issuer(_forged(xml, identifier), _inside_signature(signature[0], original))


def xsw2(xml: str, identifier: str) -> str:
    """The original Response before the signature, both inside the forged Response."""
    signature = SIGNATURE.search(xml)
    assert signature is not None
    original = xml.replace(signature[0], "", 1)
    return _after_issuer(_forged(xml, identifier), original + signature[0])


def xsw3(xml: str, identifier: str) -> str:
    """The forged assertion before the original."""
    return ASSERTION.sub(lambda found: _forged(found[0], identifier) + found[0], xml)


def xsw4(xml: str, identifier: str) -> str:
    """The original assertion inside the forged one."""
    return ASSERTION.sub(
        lambda found: _forged(found[0], identifier).replace("</saml:Assertion>", found[0] + "</saml:Assertion>"), xml
    )


def xsw5(xml: str, identifier: str) -> str:
    """The signature moved into the forged assertion, the original behind it."""
    found = ASSERTION.search(xml)
    assert found is not None
    signature = SIGNATURE.search(found[0])
    assert signature is not None
    original = found[0].replace(signature[0], "")
    return xml.replace(found[0], _after_issuer(_forged(found[0], identifier), signature[0]) + original)


def xsw6(xml: str, identifier: str) -> str:
    """The signature in the forged assertion, the original inside the signature."""
    found = ASSERTION.search(xml)
    assert found is not None
    signature = SIGNATURE.search(found[0])
    assert signature is not None
    original = found[0].replace(signature[0], "")
    return xml.replace(found[0], _after_issuer(_forged(found[0], identifier), _inside_signature(signature[0], original)))


def xsw7(xml: str, identifier: str) -> str:
    """The forged assertion in Extensions, before the original."""
    found = ASSERTION.search(xml)
    assert found is not None
    return xml.replace("<samlp:Status>", f"<samlp:Extensions>{_forged(found[0], identifier)}</samlp:Extensions><samlp:Status>", 1)


def xsw8(xml: str, identifier: str) -> str:
    """The original assertion in an Object inside the signature, which stands in the forged assertion."""
    found = ASSERTION.search(xml)
    assert found is not None
    signature = SIGNATURE.search(found[0])
    assert signature is not None
    original = found[0].replace(signature[0], "")
    return xml.replace(
        found[0], _after_issuer(_forged(found[0], identifier), _inside_signature(signature[0], original, in_object=True))
    )


def _after_issuer(xml: str, insertion: str) -> str:
    return xml.replace("</saml:Issuer>", "</saml:Issuer>" + insertion, 1)


SHAPES: dict[str, tuple[Callable[[str, str], str], str]] = {
    "xsw1": (xsw1, "response"),
    "xsw2": (xsw2, "response"),
    "xsw3": (xsw3, "assertion"),
    "xsw4": (xsw4, "assertion"),
    "xsw5": (xsw5, "assertion"),
    "xsw6": (xsw6, "assertion"),
    "xsw7": (xsw7, "assertion"),
    "xsw8": (xsw8, "assertion"),
}
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


@pytest.mark.parametrize("identifier", NEW_ID)
@pytest.mark.parametrize("shape", SHAPES)
def test_wrapping_is_never_trusted_and_is_named(idp_keys: Keys, shape: str, identifier: str) -> None:
    wrap, signed = SHAPES[shape]
    xml = wrap(message(idp_keys, edit(healthy(), {"sign": signed})).decode(), identifier)
    facts = trust(xml.encode(), idp_keys)
    codes = {code for code, _, _ in facts.structure}
    assert facts.verdict == "untrusted"
    assert facts.reason in ("structure", "several-assertions")
    assert codes >= NAMED[shape]
    assert all(places for code, _, places in facts.structure)
    assert (identifier == "same") <= ("duplicate-id" in codes)
    forged = facts.anatomy.assertion
    if shape != "xsw7":
        assert forged is not None
        assert not facts.covers(forged)


@pytest.mark.parametrize("shape", ["xsw1", "xsw2", "xsw5", "xsw6", "xsw8"])
def test_a_moved_signature_is_called_not_covering(idp_keys: Keys, shape: str) -> None:
    """The structure scan says it too; this is the gate by itself, with the genuine signer named."""
    wrap, signed = SHAPES[shape]
    facts = trust(wrap(message(idp_keys, edit(healthy(), {"sign": signed})).decode(), "new").encode(), idp_keys)
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
