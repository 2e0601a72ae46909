"""Interleaved timing: only ratios of pairs measured in the same run count, medians of nine or more."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One line of the table."""

    what: str
    against: str
    ratio: float
    goal: float
    at_most: bool = True

    @property
    def verdict(self) -> str:
        """``ok``; ``close`` within 25 % of the goal (noise of the machine); else ``MISSED``."""
        worse = self.ratio / self.goal if self.at_most else self.goal / self.ratio
        return "ok" if worse <= 1 else "close" if worse <= 1.25 else "MISSED"

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        return f"{self.verdict:<7}{self.what:<58} {self.ratio:7.2f}x {self.against:<34} goal {sign} {self.goal}x"


def interleaved(rows: Mapping[str, Callable[[], object]], rounds: int = 9, *, cpu: bool = False) -> dict[str, float]:
    """Return the median seconds of each row, the rows taken in turn in every round so that none has the caches to itself.

    cpu: count the time of this process alone, for work inside it on a machine that is not idle.
    """
    clock = time.process_time if cpu else time.perf_counter
    taken: dict[str, list[float]] = {name: [] for name in rows}
    for run in rows.values():
        run()
    for _ in range(rounds):
        for name, run in rows.items():
            start = clock()
            run()
            taken[name].append(clock() - start)
    return {name: statistics.median(values) for name, values in taken.items()}


def process(*arguments: str, stdin: bytes = b"") -> Callable[[], object]:
    """Return a function that runs a command to its end."""
    given = environment()
    return lambda: subprocess.run(arguments, input=stdin, capture_output=True, check=False, env=given)


def environment() -> dict[str, str]:
    """Return what commands are run with: as after an installation, with their bytecode compiled.

    Checkouts and containers often run with PYTHONDONTWRITEBYTECODE, and would be measured compiling.
    """
    found = {**os.environ, "PYTHONPYCACHEPREFIX": _BYTECODE.name, "SAMLCHECK_CACHE": _BYTECODE.name}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def python(code: str) -> Callable[[], object]:
    """Return a function that runs a piece of Python in a process of its own."""
    return process(sys.executable, "-c", code)


_BYTECODE = tempfile.TemporaryDirectory(prefix="samlcheck-bench-")
