"""``make fuzz``: coverage-guided fuzzing with atheris, for a while: ``python -m tests.fuzz messages|packs SECONDS``.

Octets that break a promise are written to ``tests/fuzz/regressions`` as base64; the suite replays them from then on.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import atheris  # the dependency group ``fuzz``

with atheris.instrument_imports(include=["samlcheck"]):
    from tests.fuzz import harness, mutations

REGRESSIONS = Path(__file__).with_name("regressions")
TARGETS: dict[str, tuple[Callable[[bytes], object], Callable[[], list[bytes]]]] = {
    "messages": (harness.message, harness.seeds),
    "packs": (harness.pack, harness.pack_seeds),
}


def main(what: str, seconds: int) -> None:
    """Fuzz one target for so many seconds; ends with another code than 0 when a promise was broken."""
    target, seeds = TARGETS[what]
    begin = seeds()
    for seed in begin[:3]:  # whatever is loaded and compiled on first use is no slow input
        target(seed)

    def one(data: bytes) -> None:
        try:
            target(data)
        except Exception:
            name = f"{what}-{hashlib.sha256(data).hexdigest()[:12]}.txt"
            (REGRESSIONS / name).write_bytes(base64.encodebytes(data))
            sys.stderr.write(f"kept as tests/fuzz/regressions/{name}\n")
            raise

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        chance = Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, size))
        return mutations.mutated(data, chance, begin, wrapped=what == "messages")[:size]

    with TemporaryDirectory() as corpus:
        for number, seed in enumerate(begin):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        options: list[Any] = [
            sys.argv[0], corpus, f"-max_total_time={seconds}", f"-max_len={mutations.MAX_OCTETS}", "-timeout=20",
            "-rss_limit_mb=2048", "-artifact_prefix=/tmp/samlcheck-fuzz-", "-print_final_stats=1",
        ]  # fmt: skip
        atheris.Setup(options, one, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
