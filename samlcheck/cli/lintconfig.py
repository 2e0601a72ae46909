"""The table ``[metadata]`` of ``samlcheck.toml``: settings of the metadata linter (docs/metadata.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samlcheck.cli.profile import Document, Kind, found
from samlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What the table says; what the command line says takes its place."""

    ruleset: str = "web-sso"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    concern: tuple[str, ...] = ()
    fail_on: str = "error"
    days: int = 30
    baseline: str = ""
    signed_by: tuple[str, ...] = ()
    jobs: int = 1


def lint_settings(config: Path | None, here: Path | None = None) -> LintSettings:
    """Return the settings of the file named, else of the one found from ``here`` upward, else the defaults.

    Raises UsageError, with file and line, for a file that is not there or is wrong.
    """
    path = config or found(here)
    if path is None:
        return LintSettings()
    document = Document(path)
    table = document.data.get("metadata", {})
    if not isinstance(table, dict):
        raise document.wrong(("metadata",), "metadata is a table", tip="Write [metadata] above its settings.")
    return LintSettings(**document.table(("metadata",), table, _KINDS))


def _number(low: int, high: int) -> Kind:
    def read(document: Document, at: tuple[str, ...], value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise document.wrong(at, f"{at[-1]} is a whole number from {low} to {high}")
        return value

    return read


_KINDS: dict[str, Kind] = {
    "ruleset": Document.text_of,
    "select": Document.texts,
    "ignore": Document.texts,
    "concern": lambda document, at, value: tuple(
        document.one_of(at, item, ("login", "security", "hygiene", "all")) for item in document.texts(at, value)
    ),
    "fail_on": lambda document, at, value: document.one_of(at, value, ("error", "warning", "never")),
    "days": _number(0, 3650),
    "baseline": lambda document, at, value: document.files(at, document.text_of(at, value))[0],
    "signed_by": Document.files,
    "jobs": _number(1, 64),
}
