"""Take headless Chromium through a scenario by Playwright, and record what it sent and got as a HAR."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from samlcheck.forge import Keys
from tests.browser import devtools
from tests.browser.scenarios import GREETING, IDP_ENTITY, SSO, USER, Scenario

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

CHROMIUM, XMLSEC1 = shutil.which("chromium"), shutil.which("xmlsec1")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 10_000


def lacking() -> str:
    """Return what this machine lacks for a real browser login, or nothing."""
    programs = {"chromium": CHROMIUM, "xmlsec1": XMLSEC1, "playwright": find_spec("playwright"), "pysaml2": find_spec("saml2")}
    return ", ".join(name for name, found in programs.items() if not found)


def record(scenario: Scenario, pinned: Keys, signing: Keys, folder: Path) -> str:
    """Go through the login, write its recordings into a folder, and return the text of the page at which the user ends.

    pinned: keys whose certificate the service trusts. signing: keys that the identity provider signs with.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.front import serving
    from tests.browser.idp import IdentityProvider
    from tests.browser.sp import ServiceProvider, portal

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright, ExitStack() as opened:
        sites = {
            "idp.example": IdentityProvider(scenario, signing, Path(name)),
            "portal.example": portal,
            **dict.fromkeys(("sp.example", "www.sp.example"), ServiceProvider(scenario, pinned)),
        }
        port = opened.enter_context(serving(sites, Path(name), tells_scheme=scenario.proxy_tells_scheme))
        debugging = devtools.free_port()
        found_here = f"--host-resolver-rules=MAP *.example 127.0.0.1:{port}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *devtools.flags(debugging), found_here])
        har = folder / f"{scenario.name}.har"
        context = browser.new_context(
            ignore_https_errors=True, record_har_path=har, record_har_content="embed", record_har_mode="full"
        )
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()
        beside = {
            (name, recorder): opened.enter_context(
                devtools.attached(browser, debugging, page, preserve_log=recorder != "devtools-cleared")
            )
            for name, recorder, _ in scenario.recordings
            if recorder != "playwright"
        }
        words = _log_in(scenario, page)
        for (name, recorder), tools in beside.items():
            (folder / f"{name}.har").write_text(tools.export(sanitised=recorder == "devtools-sanitised"))
        context.close()
        browser.close()
    return words


def _log_in(scenario: Scenario, page: Page) -> str:
    """Do what the user does, up to the page with the last words; return its text."""
    page.goto(scenario.start)
    window: Page | FrameLocator = page
    if scenario.window == "pop-up":
        with page.expect_popup() as opened:
            page.click("button")
        window = opened.value
    elif scenario.window == "frame":
        window = page.frame_locator("iframe")
    if scenario.idp_forbids_frames:
        window.get_by_text("refused to connect").first.wait_for(state="attached")
        return ""
    window.locator("input[name=user]").fill(USER)
    window.locator("input[name=word]").fill("not a real word")
    window.locator("button").click()
    if scenario.reload_at_the_end:
        page.get_by_text(GREETING).wait_for()
        page.reload()
    if scenario.last_words == GREETING and scenario.window == "pop-up":
        window = page  # the pop-up has told its opener and is gone
    window.get_by_text(scenario.last_words).first.wait_for()
    return window.locator("p").first.inner_text()


def idp_metadata(keys: Keys) -> str:
    """Return the identity provider's metadata as the service has it: what ``--idp`` is given."""
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP_ENTITY}">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">'
        '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>'
        f"{keys.certificate_base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{SSO}"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>\n"
    )
