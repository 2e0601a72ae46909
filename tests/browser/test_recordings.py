"""What headless Chromium recorded at real servers (``make record``) gives the diagnosis that each scenario was built for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.browser.record import FIXTURES, expected
from tests.browser.scenarios import ACS, AUDIENCE, Expected
from tests.commands import Ran

EXPECTED = json.loads((FIXTURES / "expected.json").read_text())
RECORDED = [pytest.param(name, id=name) for name in sorted(EXPECTED) if EXPECTED[name]["verdict"] != "unreadable"]
HOSTS = {"sp.example", "www.sp.example", "idp.example", "portal.example"}
KNOWN = ("--idp", FIXTURES / "idp-metadata.xml", "--acs", ACS, "--audience", AUDIENCE)


def diagnosed(report: dict) -> Expected:
    """Return the verdict of the recording's one login and what its first error says; warnings don't decide a login."""
    (login,) = report["logins"]
    first = next((cause for cause in login["causes"] if cause["severity"] == "error"), {})
    return Expected(login["verdict"], first.get("rule"), first.get("fix_by"))


@pytest.mark.parametrize("name", RECORDED)
def test_recording_gives_its_diagnosis(name: str, samlcheck: Callable[..., Ran]) -> None:
    ran = samlcheck("check", FIXTURES / f"{name}.har", *KNOWN, "--json")
    wanted = EXPECTED[name]
    assert diagnosed(ran.json) == Expected(wanted["verdict"], wanted["rule"], wanted["fix_by"])
    assert ran.code == (0 if wanted["verdict"] == "accepted" else 1)
    assert ran.json["clock"] == "capture"


@pytest.mark.parametrize("name", ["healthy", "healthy.devtools", "healthy.devtools-sanitised", "pop-up", "frame", "frame.devtools"])
def test_healthy_recording_has_nothing_to_say(name: str, samlcheck: Callable[..., Ran]) -> None:
    (login,) = samlcheck("check", FIXTURES / f"{name}.har", *KNOWN, "--json").json["logins"]
    assert [cause["rule"] for cause in login["causes"] if cause["severity"] != "note"] == []
    assert (login["trust"]["verdict"], login["outcomes"]["broken"]) == ("trusted", 0)


def test_lost_cookie_is_named_in_the_text(samlcheck: Callable[..., Ran]) -> None:
    out = " ".join(samlcheck("check", FIXTURES / "lost-cookie.har", *KNOWN).out.split())
    assert "REJECTED The service's session cookie is not sent along with the response (SameSite)" in out
    assert "saml_request" in out


def test_tools_of_the_window_that_opened_the_pop_up_saw_nothing_of_the_login(samlcheck: Callable[..., Ran]) -> None:
    ran = samlcheck("check", FIXTURES / "pop-up.devtools.har", *KNOWN)
    said = " ".join((ran.out + ran.err).split())
    assert ran.code == 4
    assert "holds no SAML message" in said
    assert "Did the sign-in run in a pop-up or another tab?" in said


@pytest.mark.parametrize("name", ["lost-cookie.devtools-sanitised", "healthy.devtools-sanitised"])
def test_nothing_is_said_of_cookies_that_devtools_left_out(name: str, samlcheck: Callable[..., Ran]) -> None:
    out = " ".join(samlcheck("har", FIXTURES / f"{name}.har", *KNOWN).out.split())
    assert "recorded by Chrome" in out
    assert "sends cookies that the recording does not show, if any" in out
    assert "Chrome left all cookies out of this HAR" in out
    assert "sends no cookies" not in out


def test_a_frame_is_told_with_the_page_around_it_and_the_header_that_forbids_it(samlcheck: Callable[..., Ran]) -> None:
    out = " ".join(samlcheck("har", FIXTURES / "frame-forbidden.devtools.har", *KNOWN).out.split())
    assert "200 GET portal.example/" in out
    assert "was opened inside a frame of another page and forbids that (X-Frame-Options: DENY)" in out


def test_a_session_cookie_that_a_frame_keeps_back_is_named(samlcheck: Callable[..., Ran]) -> None:
    out = " ".join(samlcheck("check", FIXTURES / "frame-session-cookie.har", *KNOWN).out.split())
    assert "session: SameSite=Lax keeps it out of a frame of another site, where it also needs Partitioned" in out


def test_every_scenario_is_recorded_and_nothing_else() -> None:
    assert {path.stem for path in FIXTURES.glob("*.har")} == EXPECTED.keys()
    assert expected() == EXPECTED


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted(FIXTURES.iterdir())])
def test_no_private_key_and_no_other_host_is_stored(path) -> None:
    text = path.read_text()
    assert "PRIVATE KEY" not in text
    if path.suffix == ".har":
        urls = [entry["request"]["url"] for entry in json.loads(text)["log"]["entries"]]
        assert {re.match(r"https?://([^/]+)/", url)[1] for url in urls} <= HOSTS
