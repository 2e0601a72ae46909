"""Many messages in one run of ``check --format ndjson``: one process and two, and memory from few to many (goal 9).

Every row is a process of its own, so that time and peak memory are those of the whole command.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.commands import compared
from bench.login import ACS, AUDIENCE, samples
from bench.measure import Goal

_FEW, _MANY = 100, 3_000
_AT = "2026-05-04T10:00:05Z"


def batch() -> list[Goal]:
    """Measure the same 3,000 messages by one process and by two, and the memory of 100 and of 3,000."""
    message, certificate, _, _ = samples()["one signature"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "idp.pem").write_bytes(certificate)
        (folder / "response.txt").write_bytes(message)
        rows = {
            "few": _check(folder, _FEW),
            "one process": _check(folder, _MANY),
            "two processes": _check(folder, _MANY, "--jobs", "2"),
        }
        took = compared(rows)
    one, two = took["one process"], took["two processes"]
    return [
        Goal("batch of 3,000 messages, two processes", "one process", two.passed / one.passed, 0.56),
        Goal("peak memory of 3,000 messages", "100 messages", one.peak / took["few"].peak, 1.0),
    ]


def _check(folder: Path, number: int, *more: str) -> list[str]:
    known = ("--idp", str(folder / "idp.pem"), "--acs", ACS, "--audience", AUDIENCE, "--at", _AT, "--format", "ndjson")
    return [sys.executable, "-m", "samlcheck", "check", *[str(folder / "response.txt")] * number, *known, *more]
