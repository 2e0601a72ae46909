"""A short run of the fuzzing harness with chance from a seed, and everything that longer runs have found."""

from __future__ import annotations

import base64
from pathlib import Path
from random import Random

import pytest

from tests.fuzz import harness
from tests.fuzz.mutations import mutated

REGRESSIONS = sorted(Path(__file__).with_name("regressions").glob("*.txt"))
ROUNDS = 12
PER_ROUND = 25


def test_the_seeds_themselves_are_judged_as_they_should() -> None:
    verdicts = [harness.message(seed) for seed in harness.seeds()]
    assert verdicts[0] == ["accepted"]
    assert [] in verdicts  # metadata is no login
    assert ["rejected"] in verdicts


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_mutated_messages_break_no_promise(seed: int) -> None:
    chance, begin = Random(seed), harness.seeds()
    for _ in range(PER_ROUND):
        harness.message(mutated(chance.choice(begin), chance, begin))


def test_mutated_packs_break_no_promise() -> None:
    chance, begin = Random(7), harness.pack_seeds()
    said = [harness.pack(mutated(chance.choice(begin), chance, begin, wrapped=False)) for _ in range(15)]
    assert "refused" in said


def test_a_shipped_pack_runs() -> None:
    assert harness.pack(harness.pack_seeds()[0]) == "ran"


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path) -> None:
    data = base64.b64decode(path.read_bytes())
    (harness.pack if path.name.startswith("packs-") else harness.message)(data)
