"""Pseudonyms keep form and relation: what makes two values differ in the original makes them differ in the copy."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.checks.difference import difference
from samlcheck.redact.ledger import Ledger
from samlcheck.redact.values import Values
from samlcheck.redact.words import rename
from tests.redact.copies import KEY, public


def _renamed(*values: str, key: bytes = KEY) -> list[str]:
    collected = Ledger()
    for value in values:
        Values(public(), None, collected).text(value, "text")
    words = rename(collected.words, key, public())
    return [Values(public(), words, Ledger()).text(value, "text") for value in values]


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        ("mia.keller@contoso.example", "Mia.Keller@contoso.example", "case"),
        ("mia.keller@contoso.example", "mia.keller@contoso.example ", "whitespace"),
        ("mia.keller@contoso.example", "mia.kelller@contoso.example", "one-character"),
        ("mia.keller@contoso.example", "mia.kellre@contoso.example", "one-character"),
        ("mia.keller@contoso.example", "mia.keller@contoso.local", "other"),
        ("https://portal.contoso.example/acs", "https://portal.contoso.example/acs/", "trailing-slash"),
        ("https://portal.contoso.example/acs", "http://portal.contoso.example/acs", "scheme"),
        ("https://portal.contoso.example/acs", "https://portal.contoso.example:8443/acs", "port"),
        ("https://portal.contoso.example/acs", "https://staging.contoso.example/acs", "host"),
        ("https://contoso.example/acs", "https://www.contoso.example/acs", "host"),
        ("https://portal.contoso.example/acs?tenant=4711", "https://portal.contoso.example/acs?tenant=4712", "query"),
        ("arn:aws:iam::123456789012:role/Payroll", "arn:aws:iam::123456789021:role/Payroll", "one-character"),
        ("contosoadmins", "contosoadmins2", "one-character"),
        ("contoso-payroll", "contoso-pаyroll", "look-alike"),
        ("https://contoso.example/a%20b", "https://contoso.example/a b", "encoding"),
        ("https://contoso.example/tenant-9f2c", "https://contoso.example/{tenant}", "placeholder"),
    ],
)
def test_the_kind_of_difference_stays(expected: str, actual: str, kind: str) -> None:
    was = difference(expected, actual)
    assert was is not None
    assert was.kind == kind
    first, second = _renamed(expected, actual)
    now = difference(first, second)
    assert now is not None
    assert (now.kind, _without_letters(now.words)) == (kind, _without_letters(was.words))
    assert "contoso" not in first + second


def _without_letters(words: str) -> str:
    """Return the phrase without the letters it quotes, which are others now."""
    return re.sub("“.*?”", "“”", words)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("mia.keller@contoso.example", r"[a-z]{3}\.[a-z]{6}@[a-z]{7}\.example"),
        ("Mia Keller", r"[A-Z][a-z]{2} [A-Z][a-z]{5}"),
        ("CONTOSO\\mkeller", r"[A-Z]{7}\\[a-z]{7}"),
        ("AC0123456789abcdef0123456789abcdef", r"AC[0-9a-f]{32}"),
        ("JQffffffffffffffffffffffffffffffff", r"JQ[0-9a-f]{32}"),
        ("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"),
        ("http://www.okta.com/exk1fcia6d6EMsf331d8", r"http://www\.okta\.com/exk[0-9A-Za-z]{17}"),
        ("id27493847563829102938475", r"id[1-9][0-9]{22}"),
        ("arn:aws:iam::123456789012:saml-provider/Contoso", r"arn:aws:iam::[1-9][0-9]{11}:saml-provider/[A-Z][a-z]{6}"),
        ("https://sts.windows.net/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/", r"https://sts\.windows\.net/[0-9a-f-]{36}/"),
        ("https://contoso.okta.com/app/payroll/exk1fcia6d6EMsf331d8/sso/saml", r"https://[a-z]{7}\.okta\.com/app/[a-z]{7}/exk\w{17}/sso/saml"),
        ("+4915112345678", r"\+[1-9][0-9]{12}"),
        ("10.20.30.40", r"10\.20\.\d{1,3}\.\d{1,3}"),
        ("81.2.69.142", r"203\.0\.113\.\d{1,3}"),
        ("Müller", r"[A-Z][^\W\d_a-z][a-z]{4}"),
        ("2026-05-04T10:00:00Z", r"2026-05-04T10:00:00Z"),
        ("urn:amazon:webservices", r"urn:amazon:webservices"),
        ("urn:oid:0.9.2342.19200300.100.1.3", r"urn:oid:0\.9\.2342\.19200300\.100\.1\.3"),
        ("https://us-west-2.console.aws.amazon.com/connect/federate/x", r"https://us-west-2\.console\.aws\.amazon\.com/connect/federate/x"),
        ("https%3A%2F%2Fportal.contoso.example%2Fhome", r"https%3A%2F%2Fportal\.[a-z]{7}\.example%2Fhome"),
        ("M%C3%BCller", r"[A-Z]%C3%[0-9A-F]{2}[a-z]{4}"),
    ],
)  # fmt: skip
def test_the_form_of_a_value_stays(value: str, form: str) -> None:
    (new,) = _renamed(value)
    assert re.fullmatch(form, new), new
    assert new != value or value.startswith(("2026", "urn:", "https://us-west-2"))


def test_readable_base64_stays_readable_base64() -> None:
    import base64

    inner = "255250932946_ins-e181f8e40f799ff9"
    (new,) = _renamed(f"https://portal.sso.us-east-1.amazonaws.com/saml/assertion/{base64.b64encode(inner.encode()).decode()}")
    assert re.fullmatch(r"[0-9]{12}_ins-[0-9a-f]{16}", base64.b64decode(new.rpartition("/")[2]).decode())
    assert "255250932946" not in new


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(st.from_regex(r"[a-z]{4,9}[0-9]{0,2}", fullmatch=True), min_size=2, max_size=8, unique=True),
    st.binary(min_size=16, max_size=16),
)
def test_equal_stays_equal_and_different_different(words: list[str], key: bytes) -> None:
    new = _renamed(*words, *words, key=key)
    assert new[: len(words)] == new[len(words) :]
    assert len(set(new)) == len(words)
    private = {word for word in words if word not in public()}
    assert not private & set(new)
    assert [len(word) for word in new[: len(words)]] == [len(word) for word in words]


def test_another_run_gives_other_names() -> None:
    assert _renamed("contoso", key=b"a" * 32) != _renamed("contoso", key=b"b" * 32)
