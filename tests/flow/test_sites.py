"""Which hosts are one site to a browser: by the Public Suffix List, without the network."""

from __future__ import annotations

import pytest

from samlcheck.flow.sites import is_public_suffix, same_site, site

SITES = [
    ("https://login.corp.example/a", "corp.example"),
    ("https://www.shop.co.uk/", "shop.co.uk"),
    ("https://acme.okta.com/", "okta.com"),
    ("https://ada.github.io/", "ada.github.io"),
    ("https://crm.herokuapp.com/", "crm.herokuapp.com"),
    ("https://crm.azurewebsites.net/", "crm.azurewebsites.net"),
    ("https://d-9067.awsapps.com/start", "d-9067.awsapps.com"),
    ("https://acme.my.connect.aws/", "connect.aws"),
    ("https://github.io/", "github.io"),
    ("https://localhost:8443/", "localhost"),
    ("https://10.1.2.3/", "10.1.2.3"),
    ("https://[2001:db8::1]/", "2001:db8::1"),
    ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ("no url", ""),
    (f"https://{'a.' * 5000}example/", f"{'a.' * 5000}example"),
]


@pytest.mark.parametrize(("url", "expected"), [pytest.param(url, found, id=url[:40]) for url, found in SITES])
def test_site(url: str, expected: str) -> None:
    assert site(url) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("https://sp.corp.example/", "https://idp.corp.example/", True, id="one company"),
        pytest.param("https://sp.corp.example/", "http://sp.corp.example/", False, id="another scheme"),
        pytest.param("https://sp.corp.example/", "https://sp.other.example/", False, id="another company"),
        pytest.param("https://sp.herokuapp.com/", "https://idp.herokuapp.com/", False, id="two tenants of one cloud"),
        pytest.param("https://one.co.uk/", "https://other.co.uk/", False, id="a suffix of two labels"),
    ],
)
def test_same_site(one: str, other: str, expected: bool) -> None:
    assert same_site(one, other) is expected


@pytest.mark.parametrize(
    ("domain", "expected"), [("co.uk", True), ("herokuapp.com", True), ("corp.example", False), ("example", True), ("", False)]
)
def test_public_suffix(domain: str, expected: bool) -> None:
    assert is_public_suffix(domain) is expected
