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
from tests.commands import Given


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
