"""The tables of docs/security.md, written from the code: a test keeps them current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from tests.vectors.guards import GUARDS
from tests.vectors.themes import ALL, THEMES, about
from tests.vectors.vector import Vector

BEGIN, END = "<!-- {} begin: written by make vectors-table -->", "<!-- {} end -->"


def vectors() -> str:
    """Return a table of all vectors for each theme, one row for each family and expectation."""
    parts = []
    for theme in THEMES:
        name = theme.__name__.rpartition(".")[2]
        rows = "\n".join(_rows([vector for vector in ALL if vector.theme == name]))
        head = "| vectors | | must be | signature | first named by | what it is |\n|---|---|---|---|---|---|"
        parts.append(f"### {name}\n\n{about(theme)}\n\n{head}\n{rows}")
    return "\n\n".join(parts)


def _rows(theme: list[Vector]) -> Iterator[str]:
    for (family, expected), members in groupby(theme, lambda vector: (vector.family, vector.expected)):
        group = list(members)
        rules = ", ".join(f"`{rule}`" for rule in expected.rules)
        what = re.sub(r"\s+", " ", group[0].description).replace("|", "\\|")
        yield f"| `{family}` | {len(group)} | {expected.acceptance} | {expected.signature} | {rules} | {what} |"


def guards() -> str:
    """Return the table of guards."""
    rows = "\n".join(f"| {guard.name} | `samlcheck.{guard.where}` |" for guard in GUARDS)
    return f"| guard | where |\n|---|---|\n{rows}"


def between(page: str, name: str) -> str:
    """Return what stands between the marks of a table. Raises ValueError if they are not there."""
    begin, end = BEGIN.format(name), END.format(name)
    start = page.index(begin) + len(begin)
    return page[start : page.index(end)].strip()


def put(page: str, name: str, table: str) -> str:
    """Return the page with a table between its marks. Raises ValueError if they are not there."""
    begin, end = BEGIN.format(name), END.format(name)
    start = page.index(begin) + len(begin)
    return f"{page[:start]}\n\n{table}\n\n{page[page.index(end) :]}"
