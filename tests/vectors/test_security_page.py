"""docs/security.md says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectors import table
from tests.vectors.comparison import accepts
from tests.vectors.themes import ALL
from tests.vectors.vector import VECTORS

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.mark.parametrize("name", ["vectors", "guards"])
def test_the_tables_are_current(name: str) -> None:
    written = {"vectors": table.vectors, "guards": table.guards}[name]()
    assert table.between(PAGE.read_text(encoding="utf-8"), name) == written, "run make vectors-table"


def test_every_vector_is_in_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [vector.family for vector in ALL if f"| `{vector.family}` |" not in page] == []


@pytest.mark.parametrize(
    ("identifier", "verdict"),
    [
        ("wrapping/xsw3-new-id", False),
        ("legal/layout-lines-both-signed", True),
        ("profile/recipient-inside-another", True),
        ("transforms/constant-stylesheet-response", True),
        ("redirect/state-added", None),
        ("trusted_keys/none-pinned-both-signed", None),
    ],
)
def test_what_the_page_says_of_python3_saml(identifier: str, verdict: bool | None) -> None:
    assert accepts(VECTORS[identifier]) is verdict
