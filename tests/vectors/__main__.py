"""``make vectors``, ``make vectors-compare``, ``make mutation`` and ``make vectors-table``.

Prints the measures of each and fails where one is missed: every forgery refused, every legal message accepted, at least 97 %
named rightly, no guard without a flip.
"""

from __future__ import annotations

import resource
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from tests.vectors import table
from tests.vectors.comparison import accepts
from tests.vectors.guards import GUARDS, Flip, Forgeries, flips, prepared
from tests.vectors.judging import as_expected, judge, rightly_named
from tests.vectors.themes import ALL
from tests.vectors.vector import Vector

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
NAMED_RIGHTLY = 0.97


def measure() -> int:
    """Run every vector and print the measures."""
    judge(ALL[0])  # packs and libraries are loaded
    observed = [(vector, judge(vector)) for vector in ALL]
    wrong = [(vector, seen) for vector, seen in observed if not as_expected(vector, seen)]
    for vector, seen in wrong:
        print(f"  {vector.id}: {seen.acceptance}, signature {seen.signature}, first {seen.named or 'nothing'}")
    must_refuse = [(vector, seen) for vector, seen in observed if not vector.must_accept]
    must_accept = [(vector, seen) for vector, seen in observed if vector.must_accept]
    refused = sum(seen.acceptance == vector.expected.acceptance for vector, seen in must_refuse)
    taken = sum(seen.acceptance == "accepted" for _, seen in must_accept)
    named = sum(rightly_named(vector, seen) for vector, seen in must_refuse)
    slowest, took = max(((vector.id, seen.seconds) for vector, seen in observed), key=lambda item: item[1])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"must refuse   {refused} of {len(must_refuse)} ({refused / len(must_refuse):.1%})")
    print(f"must accept   {taken} of {len(must_accept)} ({taken / len(must_accept):.1%})")
    print(f"named rightly {named} of {len(must_refuse)} ({named / len(must_refuse):.1%})")
    print(f"slowest       {took * 1000:.0f} ms, {slowest}; all {sum(seen.seconds for _, seen in observed):.1f} s")
    print(f"peak memory   {memory:.0f} MB")
    met = refused == len(must_refuse) and taken == len(must_accept) and named >= NAMED_RIGHTLY * len(must_refuse)
    return 0 if met else 1


def compare() -> int:
    """Ask python3-saml about every vector it can be asked about, and print both verdicts by theme as Markdown."""
    asked = [(vector, judge(vector).acceptance == "accepted", theirs) for vector in ALL if (theirs := accepts(vector)) is not None]
    print("| theme | must refuse | samlcheck does | python3-saml does | must accept | samlcheck does | python3-saml does |")
    print("|---|---|---|---|---|---|---|")
    themes = [*dict.fromkeys(vector.theme for vector, _, _ in asked), "all"]
    for theme in themes:
        mine = [item for item in asked if theme in (item[0].theme, "all")]
        bad, good = [i for i in mine if not i[0].must_accept], [i for i in mine if i[0].must_accept]
        cells = (
            len(bad),
            sum(not i[1] for i in bad),
            sum(not i[2] for i in bad),
            len(good),
            sum(i[1] for i in good),
            sum(i[2] for i in good),
        )
        print(f"| {theme} | {' | '.join(map(str, cells))} |")
    print(
        "\nWrongly accepted by python3-saml:",
        _families([vector for vector, _, theirs in asked if theirs and not vector.must_accept]),
    )
    print(
        "Wrongly refused by python3-saml:", _families([vector for vector, _, theirs in asked if not theirs and vector.must_accept])
    )
    return 0


def _families(vectors: list[Vector]) -> str:
    counted = Counter(vector.family for vector in vectors)
    return "; ".join(f"{family} {count}" for family, count in counted.items()) or "none"


@cache
def _forgeries() -> Forgeries:
    return prepared([vector for vector in ALL if not vector.must_accept])


def _flips_of(number: int) -> list[Flip]:
    return flips(GUARDS[number], _forgeries())


def mutate() -> int:
    """Switch each guard off in turn, run every forgery, and print how many flip."""
    unnoticed = 0
    with ProcessPoolExecutor() as pool:
        for guard, found in zip(GUARDS, pool.map(_flips_of, range(len(GUARDS))), strict=True):
            through = sum(flip.let_through for flip in found)
            unnoticed += not found
            print(
                f"{guard.name}: {len(found)} flip, {through} of them let through" + ("" if found else "  <- NOTHING NOTICES"),
                flush=True,
            )
    return 1 if unnoticed else 0


def write_tables() -> int:
    """Write the tables of docs/security.md anew."""
    page = PAGE.read_text(encoding="utf-8")
    page = table.put(table.put(page, "vectors", table.vectors()), "guards", table.guards())
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    commands = {"measure": measure, "compare": compare, "mutation": mutate, "table": write_tables}
    sys.exit(commands[sys.argv[1] if len(sys.argv) > 1 else "measure"]())
