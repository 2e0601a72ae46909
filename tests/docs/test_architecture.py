"""The page on the architecture names what there is: modules, named checks, actions and sources, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import samlcheck
from samlcheck.checks.named import NAMED
from samlcheck.packs.terms import ACTIONS, SOURCES

PACKAGE = Path(samlcheck.__file__).parent
PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text under a heading."""
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """Return what stands in backquotes in the first cell of each row."""
    return [name for row in re.findall(r"^\| (`[^|]*) \|", text, re.M) for name in re.findall(r"`([^`]+)`", row)]


def test_every_module_has_its_row() -> None:
    modules = {f"{path.name}/" if path.is_dir() else path.name for path in PACKAGE.iterdir() if not path.name.startswith("_")}
    assert set(first_cells(section("The pipeline"))) == modules - {"py.typed"}


@pytest.mark.parametrize(("title", "known"), [("Named checks", NAMED), ("Actions and sources", ACTIONS)], ids=["checks", "actions"])
def test_every_word_of_packs_has_its_row(title: str, known: dict[str, object]) -> None:
    assert sorted(first_cells(section(title))) == sorted(known)


def test_every_source_is_listed() -> None:
    assert set(re.findall(r"`(user\.\w+)`", section("Actions and sources"))) == set(SOURCES)
