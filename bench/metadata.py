"""Metadata lint of an aggregate of 10,000 entities beside a bare lxml parse (goals 7 and 8 of docs/performance.md).

Every row is a process of its own, so that time and peak memory are those of the whole command. Interpreter start is in both.
What one process does is compared by processor time, which another load of the machine changes least; two processes by the
time that passes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from bench.aggregate import path, signed
from bench.measure import Goal

_ROUNDS = 3
_DOM = "import sys; from lxml import etree; etree.parse(sys.argv[1], etree.XMLParser(huge_tree=True))"
_AT = "2026-05-04T10:00:00Z"


def metadata() -> list[Goal]:
    """Measure the linter on one core and on two against the tree, with and without verification, and its memory."""
    file, (signed_file, certificate) = path(), signed()
    rows = {
        "lxml tree": [sys.executable, "-c", _DOM, str(file)],
        "one process": _lint(file),
        "two processes": [*_lint(file), "--jobs", "2"],
        "verified": [*_lint(signed_file), "--signed-by", str(certificate)],
    }
    taken: dict[str, list[_Taken]] = {name: [] for name in rows}
    for _ in range(_ROUNDS):
        for name, command in rows.items():
            taken[name].append(_measured(command))
    passed, processor, peak = (
        {name: statistics.median(getattr(run, what) for run in runs) for name, runs in taken.items()} for what in _Taken._fields
    )
    for name in rows:
        print(f"       {name:<14} {passed[name]:6.2f} s, {processor[name]:5.2f} s of processors, {peak[name]:4.0f} MB")
    tree = "lxml tree"
    return [
        Goal("lint 10,000 entities, one process", tree, processor["one process"] / processor[tree], 2.2),
        Goal("lint 10,000 entities, two processes", tree, passed["two processes"] / passed[tree], 1.4),
        Goal("peak memory of it, one process", "40 MB", peak["one process"] / 40, 1.0),
        Goal("verify its signature and lint", tree, processor["verified"] / processor[tree], 3.3),
        Goal("peak memory of that", "50 MB", peak["verified"] / 50, 1.0),
    ]


def _lint(file: Path) -> list[str]:
    return [sys.executable, "-m", "samlcheck", "metadata", str(file), "--at", _AT, "--fail-on", "never"]


def run(command: list[str]) -> tuple[float, float]:
    """Return seconds and peak MB of a command; raises RuntimeError if it fails."""
    taken = _measured(command)
    return taken.passed, taken.peak


class _Taken(NamedTuple):
    passed: float
    """Seconds."""
    processor: float
    """Seconds of processors: those that pass where nothing else runs and one process does all."""
    peak: float
    """MB."""


def _measured(command: list[str]) -> _Taken:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[-1]} ended with {process.returncode}")
    return _Taken(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)
