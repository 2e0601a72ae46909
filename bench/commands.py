"""Whole commands: the time that passes, that of processors, and peak memory, each taken in a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping
from typing import NamedTuple

from bench.measure import environment

_ROUNDS = 3
_LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
took = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000]))
"""
"""A small process that starts the command: the kernel counts the memory of whoever does to the command's own."""


class Taken(NamedTuple):
    """What one command took."""

    passed: float
    """Seconds."""
    processor: float
    """Seconds of processors: those that pass where nothing else runs and one process does all."""
    peak: float
    """MB."""


def compared(rows: Mapping[str, list[str]]) -> dict[str, Taken]:
    """Return the medians of each row, the rows taken in turn, and print them. Raises RuntimeError for a command that fails."""
    taken: dict[str, list[Taken]] = {name: [] for name in rows}
    for _ in range(_ROUNDS):
        for name, command in rows.items():
            taken[name].append(_measured(command))
    found = {name: Taken(*map(statistics.median, zip(*runs, strict=True))) for name, runs in taken.items()}
    for name, row in found.items():
        print(f"       {name:<14} {row.passed:6.2f} s, {row.processor:5.2f} s of processors, {row.peak:4.0f} MB")
    return found


def _measured(command: list[str]) -> Taken:
    launched = [sys.executable, "-c", _LAUNCHER, *command]
    done = subprocess.run(launched, capture_output=True, text=True, check=True, env=environment())
    code, passed, processor, peak = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{command[-1]} ended with {code}: {done.stderr[:200]}")
    return Taken(passed, processor, peak)
