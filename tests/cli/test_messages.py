"""What the command line says of messages other than a login's, and of a signature taken apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck.forge import Keys, edit, forge, healthy, idp_metadata, sp_metadata
from tests.commands import AT, Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]


@pytest.fixture
def known(tmp_path: Path, idp_keys: Keys, sp_keys: Keys) -> tuple[str, ...]:
    """Return the options of somebody who has both sides' metadata."""
    both = edit(healthy(), {"message": "logoutrequest"})
    (tmp_path / "idp.xml").write_bytes(idp_metadata(both, (idp_keys,)))
    (tmp_path / "sp.xml").write_bytes(sp_metadata(both))
    (tmp_path / "sp.pem").write_bytes(sp_keys.certificate_pem)
    return ("--idp", str(tmp_path / "idp.xml"), "--sp", str(tmp_path / "sp.xml"), "--at", AT)


@pytest.mark.parametrize(("kind", "code", "headline"), [
    ("logoutrequest", 0, "ACCEPTED  Everything that was checked holds; the receiver should accept this"),
    ("logoutresponse", 0, "ACCEPTED  Everything that was checked holds; the receiver should accept this"),
    ("artifactresponse", 0, "ACCEPTED  Everything that was checked holds; the service should accept this"),
])  # fmt: skip
def test_a_healthy_message_is_accepted(
    samlcheck: Run, known: tuple[str, ...], idp_keys: Keys, kind: str, code: int, headline: str
) -> None:
    ran = samlcheck("check", "-", *known, stdin=forge(edit(healthy(), {"message": kind}), idp_keys).xml)
    assert (ran.code, ran.out.splitlines()[0]) == (code, headline), ran.out


def test_a_request_of_the_service_is_verified_by_its_certificate(
    samlcheck: Run, known: tuple[str, ...], sp_keys: Keys, tmp_path: Path
) -> None:
    xml = forge(edit(healthy(), {"request_sign": "service"}), sp_keys).request_xml
    without = samlcheck("check", "-", *known, stdin=xml)
    assert without.code == 3
    assert "AuthnRequest: unverifiable (no-key-given)" in without.out
    given = samlcheck("check", "-", *known, "--signed-by", tmp_path / "sp.pem", stdin=xml)
    assert given.code == 3  # nothing answers it yet
    assert "AuthnRequest: valid; rsa-sha256" in given.out
    assert "still needed: the SAMLResponse that answers this request" in " ".join(given.out.split())


def test_signed_info_and_digests_are_shown_with_all(samlcheck: Run, login: Login) -> None:
    given = login({"damage": "content-changed", "sign": "assertion"})
    short, whole = (samlcheck("check", given.response, *given.options, *more) for more in ((), ("--all",)))
    assert "SignedInfo: " not in short.out
    assert "SignedInfo: <ds:SignedInfo" in whole.out
    lines = [line.strip() for line in whole.out.splitlines()]
    written = next(line for line in lines if line.startswith("digest in the message: "))
    computed = next(line for line in lines if line.startswith("digest computed: "))
    (fact,) = [
        one for one in samlcheck("check", given.response, *given.options, "--all", "--json").json["logins"][0]["signatures"]
        if one["verdict"] == "invalid"
    ]  # fmt: skip
    assert written == f"digest in the message: {fact['digest_expected']}"
    assert computed == f"digest computed: {fact['digest_computed']}"
    assert fact["digest_expected"] != fact["digest_computed"]
    assert fact["signed_info"].startswith("<ds:SignedInfo")


def test_a_reformatted_copy_is_called_one_and_the_way_to_the_raw_one_is_told(samlcheck: Run, login: Login) -> None:
    given = login({"damage": "reindented"})
    ran = samlcheck("check", given.response, *given.options)
    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "The identity provider signed correctly; your copy was re-formatted afterwards by a browser extension" in said
    assert "Capture the raw SAMLResponse: in the browser's tools (F12) open Network" in said
