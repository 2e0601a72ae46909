"""Whether two URLs are one address to a browser: what it writes otherwise than it was asked tells nothing."""

from __future__ import annotations

import pytest

from samlcheck.checks.context import Held, Nothing, Violated
from samlcheck.checks.urls import browser_address

from .logins import context, readings

ASKED = {"fact": "request.acs_url"}


@pytest.mark.parametrize(
    ("asked", "went"),
    [
        ("https://sp.example", "https://sp.example/"),
        ("https://SP.Example/acs", "https://sp.example/acs"),
        ("https://sp.example:443/acs", "https://sp.example/acs"),
        ("http://sp.example:80", "http://sp.example/"),
        ("https://sp.example/acs?tenant=1", "https://sp.example/acs?tenant=1"),
        ("https://[2001:db8::1]:443/acs", "https://[2001:db8::1]/acs"),
    ],
)
def test_the_same(asked: str, went: str) -> None:
    given = context({"request.acs_url": asked}, with_request=True)
    assert browser_address(readings(went), ASKED, given) == Held()


@pytest.mark.parametrize(
    ("asked", "went", "kind"),
    [
        ("https://sp.example/acs", "https://sp.example/acs/", "trailing-slash"),
        ("http://sp.example/acs", "https://sp.example/acs", "scheme"),
        ("https://sp.example:8443/acs", "https://sp.example/acs", "port"),
        ("http://sp.example:443/acs", "http://sp.example/acs", "port"),
        ("https://sp.example/ACS", "https://sp.example/acs", "case"),
    ],
)
def test_another(asked: str, went: str, kind: str) -> None:
    result = browser_address(readings(went), ASKED, context({"request.acs_url": asked}, with_request=True))
    assert isinstance(result, Violated)
    (found,) = result.violations
    assert found.difference is not None
    assert (found.difference.kind, found.expected and found.expected.value) == (kind, asked)


def test_nothing_to_compare() -> None:
    assert isinstance(browser_address(readings(), ASKED, context(with_request=True)), Nothing)
    assert isinstance(browser_address(readings("https://sp.example/acs"), ASKED, context()), Nothing)
