"""A real login now: pysaml2, python3-saml and headless Chromium on loopback, recorded by Playwright and by DevTools, and diagnosed.

Three scenarios stand for the three ways a login ends: accepted, refused for what the response says, refused for what the
browser did. They need chromium, xmlsec1 and the dependency group ``browser``; README, Browser tests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck.forge import Keys
from tests.browser.driving import idp_metadata, lacking, record
from tests.browser.scenarios import ACS, AUDIENCE, SCENARIOS, Scenario
from tests.browser.test_recordings import diagnosed
from tests.commands import Ran

LIVE = ("healthy", "wrong-audience", "lost-cookie")


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:CFB has been moved")  # in pysaml2, which encrypts nothing here
@pytest.mark.skipif(bool(lacking()), reason=f"no real browser login here: {lacking()} missing (README, Browser tests)")
@pytest.mark.parametrize("scenario", [pytest.param(item, id=item.name) for item in SCENARIOS if item.name in LIVE])
def test_live_login(scenario: Scenario, idp_keys: Keys, tmp_path: Path, samlcheck: Callable[..., Ran]) -> None:
    words = record(scenario, idp_keys, idp_keys, tmp_path)
    assert scenario.last_words in words
    (tmp_path / "idp.xml").write_text(idp_metadata(idp_keys))
    known = ("--idp", tmp_path / "idp.xml", "--acs", ACS, "--audience", AUDIENCE)
    for name, _, expected in scenario.recordings:
        assert diagnosed(samlcheck("check", tmp_path / f"{name}.har", *known, "--json").json) == expected, name
