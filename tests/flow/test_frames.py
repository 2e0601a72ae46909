"""Pages in frames: which headers keep a page out of the frame of which other page."""

from __future__ import annotations

import pytest

from samlcheck.capture.model import Exchange
from samlcheck.flow.frames import is_third_party, refusal

IDP = "https://idp.example/sso"
ONE = "https://portal.example"
CSP = "Content-Security-Policy"
XFO = "X-Frame-Options"


def steps(*headers: tuple[str, str], around: str | None = ONE, error: str = "", dest: str = "iframe") -> tuple[Exchange, ...]:
    """The page around, where there is one, and the page in its frame."""
    outer = Exchange(0, "GET", f"{around}/", 200, request_headers=(("Sec-Fetch-Dest", "document"),))
    inner = Exchange(
        1, "GET", IDP, 200, request_headers=(("Sec-Fetch-Dest", dest),), response_headers=headers, error=error
    )  # fmt: skip
    return (outer, inner) if around else (inner,)


FORBIDDEN = {
    "deny": ((XFO, "DENY"),),
    "deny in small letters": ((XFO, "deny"),),
    "same origin": ((XFO, "SAMEORIGIN"),),
    "none": ((CSP, "default-src 'self'; frame-ancestors 'none'"),),
    "self": ((CSP, "frame-ancestors 'self'"),),
    "an empty list": ((CSP, "frame-ancestors"),),
    "another host": ((CSP, "frame-ancestors https://intranet.example"),),
    "another port": ((CSP, "frame-ancestors https://portal.example:8443"),),
    "the second policy": ((CSP, "frame-ancestors *"), (CSP, "frame-ancestors 'none'")),
    "the second policy of one header": ((CSP, "frame-ancestors *, frame-ancestors 'none'"),),
    "a policy that is stricter than the option": ((XFO, "ALLOW-FROM https://portal.example"), (CSP, "frame-ancestors 'none'")),
}
ADMITTED = {
    "nothing said": (),
    "an option that browsers ignore": ((XFO, "ALLOW-FROM https://portal.example"),),
    "the host": ((CSP, "frame-ancestors https://portal.example"),),
    "the host without scheme": ((CSP, "frame-ancestors portal.example"),),
    "any host below": ((CSP, "frame-ancestors 'self' https://*.example"),),
    "any host": ((CSP, "frame-ancestors *"),),
    "any https": ((CSP, "frame-ancestors https:"),),
    "a policy that goes before the option": ((XFO, "DENY"), (CSP, "frame-ancestors https://portal.example")),
    "a policy about something else": ((CSP, "default-src 'none'"),),
}


@pytest.mark.parametrize("headers", [pytest.param(value, id=name) for name, value in FORBIDDEN.items()])
def test_a_page_that_forbids_frames(headers: tuple[tuple[str, str], ...]) -> None:
    trail = steps(*headers)
    found = refusal(trail[1], trail)
    assert found is not None
    assert found.page is trail[1]


@pytest.mark.parametrize("headers", [pytest.param(value, id=name) for name, value in ADMITTED.items()])
def test_a_page_that_admits_the_page_around(headers: tuple[tuple[str, str], ...]) -> None:
    trail = steps(*headers)
    assert refusal(trail[1], trail) is None


def test_the_header_is_told_as_it_stands() -> None:
    trail = steps((CSP, "script-src 'self'; frame-ancestors 'self' https://intranet.example"))
    found = refusal(trail[1], trail)
    assert found is not None
    assert found.by == "Content-Security-Policy: frame-ancestors 'self' https://intranet.example"


def test_without_the_page_around_only_what_forbids_all_counts() -> None:
    for header, expected in (("DENY", True), ("SAMEORIGIN", False)):
        (page,) = steps((XFO, header), around=None)
        assert (refusal(page, (page,)) is not None) is expected
    (blocked,) = steps((XFO, "SAMEORIGIN"), around=None, error="net::ERR_BLOCKED_BY_RESPONSE")
    assert refusal(blocked, (blocked,)) is not None


def test_a_page_that_fills_the_window_is_in_no_frame() -> None:
    trail = steps((XFO, "DENY"), dest="document")
    assert refusal(trail[1], trail) is None
    assert not is_third_party(trail[1], trail)


@pytest.mark.parametrize(
    ("around", "expected"), [(ONE, True), ("https://login.idp.example", False), ("http://idp.example", True), (None, True)]
)
def test_third_party(around: str | None, expected: bool) -> None:
    trail = steps(around=around)
    assert is_third_party(trail[-1], trail) is expected
