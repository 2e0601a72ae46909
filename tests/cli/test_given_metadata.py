"""What metadata given on the command line says of the two sides is what the login is held against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck.forge import Keys, edit, forge, healthy, idp_metadata, sp_metadata
from tests.commands import Ran


@pytest.mark.parametrize(
    ("wanted", "sign", "more", "rule"),
    [
        pytest.param(True, "response", (), "web-sso-profile/assertion-not-signed", id="wanted and missing"),
        pytest.param(True, "both", (), "", id="wanted and there"),
        pytest.param(False, "response", (), "", id="not wanted"),
        pytest.param(True, "response", ("--set", "want_assertions_signed=false"), "", id="told otherwise"),
    ],
)
def test_want_assertions_signed(
    samlcheck: Callable[..., Ran], tmp_path: Path, idp_keys: Keys, wanted: bool, sign: str, more: tuple[str, ...], rule: str
) -> None:
    """A signature of the response around it does not do (SAML metadata 2.4.4, with errata)."""
    login = edit(healthy("okta"), {"sign": sign})
    files = {
        "response.txt": forge(login, idp_keys).base64.encode(),
        "idp.xml": idp_metadata(login, [idp_keys]),
        "sp.xml": sp_metadata(login, wants_signed=wanted),
    }
    for name, octets in files.items():
        (tmp_path / name).write_bytes(octets)
    given = ("--idp", str(tmp_path / "idp.xml"), "--sp", str(tmp_path / "sp.xml"), "--at", "2026-05-04T10:00:05Z", *more)
    ran = samlcheck("check", str(tmp_path / "response.txt"), *given, "--json")
    errors = [item["rule"] for item in ran.json["logins"][0]["causes"] if item["severity"] == "error"]
    assert (errors, ran.code) == (([rule], 1) if rule else ([], 0))


def test_an_unsigned_request_that_was_answered_is_no_fault(samlcheck: Callable[..., Ran], tmp_path: Path, idp_keys: Keys) -> None:
    """Metadata of Keycloak says WantAuthnRequestsSigned whatever is set: an IdP that signed the user in has taken the request."""
    login = healthy("keycloak")
    made = forge(login, idp_keys)
    assert made.request_xml is not None
    files = {
        "response.txt": made.base64.encode(),
        "request.xml": made.request_xml,
        "idp.xml": idp_metadata(login, [idp_keys], wants_signed=True),
        "sp.xml": sp_metadata(login),
    }
    for name, octets in files.items():
        (tmp_path / name).write_bytes(octets)
    given = ("--idp", str(tmp_path / "idp.xml"), "--sp", str(tmp_path / "sp.xml"), "--at", "2026-05-04T10:00:05Z", "--json")
    answered = samlcheck("check", str(tmp_path / "response.txt"), "--request", str(tmp_path / "request.xml"), *given)
    assert ([item for item in answered.json["logins"][0]["causes"] if item["severity"] == "error"], answered.code) == ([], 0)
    alone = samlcheck("check", str(tmp_path / "request.xml"), *given)
    assert "requests/unsigned-though-wanted" in [item["rule"] for item in alone.json["logins"][0]["causes"]]
