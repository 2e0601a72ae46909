"""What headless Chromium recorded at real servers (``make record``) gives the diagnosis that each scenario was built for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict

import pytest

from tests.browser.record import FIXTURES
from tests.browser.scenarios import ACS, AUDIENCE, SCENARIOS, Expected
from tests.commands import Ran

EXPECTED = json.loads((FIXTURES / "expected.json").read_text())
RECORDED = [pytest.param(name, id=name) for name in sorted(EXPECTED)]
KNOWN = ("--idp", FIXTURES / "idp-metadata.xml", "--acs", ACS, "--audience", AUDIENCE)


def diagnosed(report: dict) -> Expected:
    """Return the verdict of the recording's one login and what its first error says; warnings don't decide a login."""
    (login,) = report["logins"]
    first = next((cause for cause in login["causes"] if cause["severity"] == "error"), {})
    return Expected(login["verdict"], first.get("rule"), first.get("fix_by"))


@pytest.mark.parametrize("name", RECORDED)
def test_recording_gives_its_diagnosis(name: str, samlcheck: Callable[..., Ran]) -> None:
    ran = samlcheck("check", FIXTURES / f"{name}.har", *KNOWN, "--json")
    expected = EXPECTED[name]
    assert diagnosed(ran.json) == Expected(expected["verdict"], expected["rule"], expected["fix_by"])
    assert ran.code == (0 if expected["verdict"] == "accepted" else 1)
    assert ran.json["clock"] == "capture"


def test_healthy_recording_has_nothing_to_say(samlcheck: Callable[..., Ran]) -> None:
    (login,) = samlcheck("check", FIXTURES / "healthy.har", *KNOWN, "--json").json["logins"]
    assert [cause["rule"] for cause in login["causes"]] == []
    assert (login["trust"]["verdict"], login["outcomes"]["broken"]) == ("trusted", 0)


def test_lost_cookie_is_named_in_the_text(samlcheck: Callable[..., Ran]) -> None:
    out = " ".join(samlcheck("check", FIXTURES / "lost-cookie.har", *KNOWN).out.split())
    assert "REJECTED The service's session cookie is not sent along with the response (SameSite)" in out
    assert "saml_request" in out


def test_every_scenario_is_recorded_and_nothing_else() -> None:
    assert {path.stem for path in FIXTURES.glob("*.har")} == {scenario.name for scenario in SCENARIOS}
    assert {item.name: {"about": item.about, **asdict(item.expected)} for item in SCENARIOS} == EXPECTED


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted(FIXTURES.iterdir())])
def test_no_private_key_and_no_other_host_is_stored(path) -> None:
    text = path.read_text()
    assert "PRIVATE KEY" not in text
    if path.suffix == ".har":
        urls = [entry["request"]["url"] for entry in json.loads(text)["log"]["entries"]]
        assert {re.match(r"https?://([^/]+)/", url)[1] for url in urls} <= {"sp.example", "www.sp.example", "idp.example"}
