"""The reports for a browser: they say what the others say, and a browser finds nothing to run or load in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import lxml.html
import pytest

from tests.commands import Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]
FIXTURES = Path(__file__).parents[2] / "fixtures"


def page(text: str) -> Any:
    """Return a page as a browser reads it."""
    return lxml.html.document_fromstring(text)


def words(element: Any) -> str:
    """Return the text of an element with single blanks."""
    return " ".join(" ".join(element.itertext()).split())


def test_it_says_what_the_text_says(samlcheck: Run, login: Login) -> None:
    given = login({"assertion.audience": "urn:other"})
    ran = samlcheck("check", given.response, *given.options, "--format", "html")
    root = page(ran.out)
    assert ran.code == 1
    assert words(root.xpath("//h1")[0]) == "REJECTED The assertion is meant for another service"
    [article] = root.xpath("//article")
    assert words(article.xpath("h2")[0]) == "1. The assertion is meant for another service"
    assert [words(row) for row in article.xpath(".//tr")][:2] == ["expected https://sp.example/saml/metadata", "actual urn:other"]
    assert words(article.xpath(".//pre/mark")[0]) == "urn:other"
    assert words(article.xpath("div[@class='fix']/p")[0]).startswith("Fix (IdP admin): In ")
    assert "Response valid key " in words(root.xpath("//h2[.='Signatures']/following-sibling::table")[0])


def test_a_recording_has_its_steps_and_owner(samlcheck: Run) -> None:
    ran = samlcheck("har", FIXTURES / "browser" / "lost-cookie.har", "--format", "html")
    root = page(ran.out)
    assert "Broken by: the service" in [words(item) for item in root.xpath("//section/p")]
    steps = [words(row) for row in root.xpath("//h2[.='Steps']/following-sibling::div[1]//tr")]
    assert len(steps) == 4
    assert steps[3].startswith("4 +")
    assert "400 POST sp.example/saml/acs carries SAMLResponse, RelayState; sends no cookies" in steps[3]


def test_what_cannot_be_read_is_said(samlcheck: Run) -> None:
    ran = samlcheck("check", "-", "--format", "html", stdin=b"hello")
    assert ran.code == 4
    assert words(page(ran.out).xpath("//h1")[0]) == "UNREADABLE There is no SAML message in this input."


def test_several_logins_stand_side_by_side(samlcheck: Run, login: Login) -> None:
    names = [FIXTURES / name / "response.txt" for name in ("amazon-connect-healthy", "amazon-connect-role-broken")]
    ran = samlcheck("check", *names, "--at", "2026-05-04T10:00:05Z", "--format", "html")
    root = page(ran.out)
    assert words(root.xpath("//h1")[-1]) == "Side by side"
    assert [words(item) for item in root.xpath("//section[last()]//tr[1]/th")] == ["", *map(str, names)]


def test_metadata_is_told_entity_by_entity(samlcheck: Run, tmp_path: Path) -> None:
    good = FIXTURES / "okta-rotated-key" / "idp-metadata.xml"
    (tmp_path / "bad.xml").write_text(good.read_text().replace('Location="https://', 'Location="javascript://'))
    ran = samlcheck("metadata", good, tmp_path / "bad.xml", "--format", "html", "--at", "2026-05-04T10:00:00Z")
    root = page(ran.out)
    said = [words(item) for item in root.xpath("//main/p")]
    assert said[0] == "1 entity, nothing found."
    assert root.xpath("//article")


def test_personal_values_are_masked_in_a_file(samlcheck: Run, login: Login, tmp_path: Path) -> None:
    given = login({"assertion.nameid": "mia.lindqvist@example.com "})
    ran = samlcheck("check", given.response, *given.options, "--all", "--format", "html", "--output", tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert ran.out == ""
    assert "mia.lindqvist" not in text
    assert "m**.l********@example.com" in text


@pytest.mark.skipif(which("chromium") is None, reason="no Chromium on this machine (README, Browser tests)")
def test_a_browser_shows_the_page_and_runs_nothing(samlcheck: Run, login: Login, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    smuggled = "</pre></style><script>document.title='run'</script><img src=x onerror=document.title='run'>"
    given = login({"assertion.audience": smuggled})
    samlcheck("check", given.response, *given.options, "--no-redact", "--format", "html", "--output", tmp_path / "report.html")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 400, "height": 800})
        said: list[str] = []
        asked: list[str] = []
        shown.on("console", lambda message: said.append(message.text))
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto((tmp_path / "report.html").as_uri())
        assert shown.title() == "samlcheck: The assertion is meant for another service"
        assert smuggled in shown.inner_text("figure pre")
        assert shown.evaluate("document.documentElement.scrollWidth") <= 400
        assert shown.evaluate("getComputedStyle(document.querySelector('.verdict')).borderTopWidth") == "2px"
        assert (said, asked) == ([], [(tmp_path / "report.html").as_uri()])
        browser.close()
