"""``samlcheck redact``: what it writes, what it says, and when it writes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samlcheck import forge
from tests.commands import AT, Given, Ran

Run = Callable[..., Ran]
WHO = {"assertion.nameid": "mia.keller@contoso.example"}


def test_the_copy_is_checked_against_the_original(samlcheck: Run, login: Callable[..., Given]) -> None:
    given = login(WHO)
    out = given.folder / "copy.txt"
    ran = samlcheck("redact", given.response, "-o", out, *given.options)
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "Written: copy.txt, copy.idp.pem" in ran.out
    assert "The copy is diagnosed as the original is, and nothing that was replaced is found in it in any encoding." in ran.out
    assert "keller" not in out.read_text() + ran.out
    command = ran.out.rpartition("Check the copy: samlcheck ")[2].split()
    assert samlcheck(*command).code == samlcheck("check", given.response, *given.options).code == 0
    assert oct(out.stat().st_mode & 0o777) == "0o600"


def test_the_manifest_counts_and_holds_no_value(samlcheck: Run, login: Callable[..., Given]) -> None:
    given = login(WHO)
    ran = samlcheck("redact", given.response, "-o", given.folder / "copy.txt", *given.options, "--json")
    manifest = json.loads(ran.out)
    assert manifest == json.loads((given.folder / "copy.manifest.json").read_text())
    assert manifest["schema"] == "samlcheck/redaction-1"
    assert manifest["files"] == ["copy.txt", "copy.idp.pem"]
    assert manifest["same_findings"] is True
    assert manifest["replaced"]["person"]["values"] >= 1
    assert "keller" not in ran.out


def test_files_beside_it_get_the_same_names(samlcheck: Run, login: Callable[..., Given]) -> None:
    role, provider = "arn:aws:iam::123456789012:role/Payroll", "arn:aws:iam::123456789012:saml-provider/Contoso"
    given = login({"attribute:https://aws.amazon.com/SAML/Attributes/Role": f"{role},{provider}"})
    policy = given.folder / "policy.json"
    statement = {"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": provider}}
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    ran = samlcheck("redact", given.response, "-o", given.folder / "copy.txt", "--also", policy)
    assert ran.code == 0, ran.err
    copy = json.loads((given.folder / "copy.also.json").read_text())
    renamed = copy["Statement"][0]["Principal"]["Federated"]
    assert renamed.startswith("arn:aws:iam::")
    assert "123456789012" not in renamed
    assert copy["Statement"][0]["Action"] == "sts:AssumeRoleWithSAML"
    shown = samlcheck("decode", given.folder / "copy.txt", "--no-redact").out
    assert renamed in shown.replace("\n", "").replace(" ", "")


def test_metadata_is_linted_alike(samlcheck: Run, tmp_path: Path, idp_keys: forge.Keys) -> None:
    path = tmp_path / "idp.xml"
    path.write_bytes(
        forge.idp_metadata(forge.edit(forge.healthy(), {"response.issuer": "https://idp.contoso.example"}), (idp_keys,))
    )
    ran = samlcheck("redact", path, "-o", tmp_path / "copy.xml")
    assert ran.code == 0, ran.err
    assert "contoso" not in (tmp_path / "copy.xml").read_text()
    assert "The copy is diagnosed as the original is" in ran.out


def test_a_copy_that_is_diagnosed_otherwise_says_so(
    samlcheck: Run, login: Callable[..., Given], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = login(WHO)
    monkeypatch.setattr("samlcheck.redact.faithful.differences", lambda *_: ("lost: login rejected",))
    ran = samlcheck("redact", given.response, "-o", given.folder / "copy.txt")
    assert ran.code == 1
    assert "samlcheck: the copy is diagnosed otherwise than the original (lost: login rejected)" in ran.err
    assert json.loads((given.folder / "copy.manifest.json").read_text())["differing"] == ["lost: login rejected"]


def _link(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "elsewhere")
    return folder / "link"


@pytest.mark.parametrize(
    ("target", "words", "code"),
    [
        (lambda folder: folder / "response.txt", "is also an input", 2),
        (lambda folder: folder, "is a folder", 2),
        (_link, "is a link", 2),
        (lambda folder: folder / "missing" / "copy.txt", "the copy cannot be written: no such file or directory", 2),
    ],
    ids=["input", "folder", "link", "missing"],
)
def test_what_must_not_be_written_over_is_refused(
    samlcheck: Run, login: Callable[..., Given], target: Callable[[Path], Path], words: str, code: int
) -> None:
    given = login(WHO)
    before = {path.name: path.read_bytes() for path in given.folder.iterdir()}
    ran = samlcheck("redact", given.response, "-o", target(given.folder), "--idp", given.folder / "idp.pem")
    assert ran.code == code
    assert words in ran.err
    after = {path.name: path.read_bytes() for path in given.folder.iterdir() if not path.is_symlink()}
    assert after == before


@pytest.mark.parametrize("failing", [0, 1, 2], ids=["copy", "certificate", "manifest"])
def test_all_files_are_written_or_none(
    samlcheck: Run, login: Callable[..., Given], monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    given = login(WHO)
    real, calls = os.fdopen, iter(range(10))

    def broken(handle: int, *rest: Any, **named: Any) -> Any:
        if next(calls) == failing:
            os.close(handle)
            raise OSError(28, "No space left on device")
        return real(handle, *rest, **named)

    monkeypatch.setattr("samlcheck.cli.redact.os.fdopen", broken)
    ran = samlcheck("redact", given.response, "-o", given.folder / "copy.txt", "--idp", given.folder / "idp.pem")
    assert ran.code == 2
    assert "no space left on device" in ran.err
    assert {path.name for path in given.folder.iterdir()} == {"response.txt", "idp.pem"}


def test_what_would_leak_is_not_written(samlcheck: Run, login: Callable[..., Given], monkeypatch: pytest.MonkeyPatch) -> None:
    given = login(WHO)
    monkeypatch.setattr("samlcheck.redact.run.remains", lambda *_: 1)
    ran = samlcheck("redact", given.response, "-o", given.folder / "copy.txt")
    assert ran.code == 4
    assert "The copy was not written: 1 of the values that were to be replaced are still in it." in ran.err
    assert not (given.folder / "copy.txt").exists()


def test_a_damaged_archive_is_refused(samlcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "login.saz").write_bytes(b"PK\x03\x04 whatever")
    ran = samlcheck("redact", tmp_path / "login.saz", "-o", tmp_path / "copy.saz")
    assert ran.code == 4
    assert "This ZIP archive is damaged." in ran.err
    assert not (tmp_path / "copy.saz").exists()


def test_the_clock_is_that_of_the_user(samlcheck: Run, login: Callable[..., Given]) -> None:
    given = login(WHO)
    ran = samlcheck("redact", given.response, "-o", given.folder / "copy.txt", "--at", AT)
    assert ran.code == 0
    assert ran.out.rstrip().endswith(f"--at {AT}")
