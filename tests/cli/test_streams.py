"""What becomes of the two streams: a reader that leaves early, and warnings of libraries that are meant for developers."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck.forge import Keys, healthy, idp_metadata
from tests.commands import Given, Ran


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_report_that_nobody_read_to_its_end_is_no_verdict(login: Callable[..., Given]) -> None:
    given = login({})
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "samlcheck", "check", str(given.response), *map(str, given.options)],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_libraries_warn_nobody(tmp_path: Path, idp_keys: Keys) -> None:
    """A serial number of zero makes cryptography warn, on the stream on which we explain errors."""
    text = idp_metadata(healthy(), (idp_keys,)).decode()
    start = text.index("X509Certificate>") + len("X509Certificate>")
    der = bytearray(base64.b64decode(text[start : text.index("<", start)]))
    serial = der.index(b"\xa0\x03\x02\x01\x02\x02") + 6  # version 3, then the INTEGER
    der[serial + 1 : serial + 1 + der[serial]] = bytes(der[serial])
    file = tmp_path / "idp.xml"
    file.write_text(text[:start] + base64.b64encode(der).decode() + text[text.index("<", start) :])
    ran = subprocess.run([sys.executable, "-m", "samlcheck", "metadata", str(file)], capture_output=True, check=False)
    assert b"Warning" not in ran.stderr
    assert ran.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_no_bug_of_ours(login: Callable[..., Given]) -> None:
    given = login({})
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "samlcheck", "check", str(given.response), *map(str, given.options)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (ran.returncode, ran.stderr.decode()) == (
        2,
        "samlcheck: standard output: no space left on device\n  Write the report elsewhere.\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the folder one stands in cannot be removed there")
def test_a_folder_that_is_gone_has_no_settings(login: Callable[..., Given], samlcheck: Callable[..., Ran], tmp_path: Path) -> None:
    given, before = login({}), Path.cwd()
    gone = tmp_path / "gone"
    gone.mkdir()
    try:
        os.chdir(gone)
        gone.rmdir()
        ran = samlcheck("check", given.response, *given.options)
    finally:
        os.chdir(before)
    assert (ran.code, ran.err) == (0, "")


def test_without_a_command_there_is_the_help_and_no_complaint(samlcheck: Callable[..., Ran]) -> None:
    ran = samlcheck()
    assert (ran.code, ran.err) == (2, "")
    assert "Usage: samlcheck [OPTIONS] COMMAND" in ran.out
