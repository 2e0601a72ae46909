"""Metadata lint of an aggregate of 10,000 entities beside a bare lxml parse (goals 7 and 8 of docs/performance.md).

Every row is a process of its own, so that time and peak memory are those of the whole command. Interpreter start is in both.
What one process does is compared by processor time, which another load of the machine changes least; two processes by the
time that passes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.aggregate import path, signed
from bench.commands import compared
from bench.measure import Goal

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
    took = compared(rows)
    tree = "lxml tree"
    return [
        Goal("lint 10,000 entities, one process", tree, took["one process"].processor / took[tree].processor, 2.2),
        Goal("lint 10,000 entities, two processes", tree, took["two processes"].passed / took[tree].passed, 1.4),
        Goal("peak memory of it, one process", "40 MB", took["one process"].peak / 40, 1.0),
        Goal("verify its signature and lint", tree, took["verified"].processor / took[tree].processor, 3.3),
        Goal("peak memory of that", "50 MB", took["verified"].peak / 50, 1.0),
    ]


def _lint(file: Path) -> list[str]:
    return [sys.executable, "-m", "samlcheck", "metadata", str(file), "--at", _AT, "--fail-on", "never"]
