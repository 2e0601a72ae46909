"""SECURITY T1, T3, T4, T5: whatever is within the limits ends in under two seconds and 300 MB; what is not is refused by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.documents import DOCUMENTS, MIB, PASTES

ROOT = Path(__file__).parents[2]
SECONDS = 2.0
PEAK_MIB = 300


@pytest.fixture(scope="module")
def costs() -> dict[str, dict[str, Any]]:
    """What each costs, measured in one process of its own, whose memory is not that of the test run."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.hostile.documents", *DOCUMENTS, *PASTES],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return {row["name"]: row for row in map(json.loads, found.stdout.splitlines())}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_largest_documents_cost_little(costs: dict[str, dict[str, Any]], name: str) -> None:
    row = costs[name]
    assert row["seconds"] < SECONDS
    assert row["peak_mib"] < PEAK_MIB
    assert row["shown"] < 4 * MIB
    assert row["verdicts"] in (["rejected"], ["cannot-tell"])
    assert row["problems"] == []


@pytest.mark.parametrize("name", PASTES)
def test_a_hostile_paste_costs_little_and_holds_nothing(costs: dict[str, dict[str, Any]], name: str) -> None:
    row = costs[name]
    assert row["seconds"] < SECONDS
    assert row["peak_mib"] < PEAK_MIB
    assert row["verdicts"] == []
    assert len(row["problems"]) == 1
