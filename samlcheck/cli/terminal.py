"""How pages reach a terminal, a pipe or a file: colour only where a person can see it, one atomic write elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from samlcheck.errors import SamlcheckError, UsageError
from samlcheck.report.layout import Page
from samlcheck.report.visible import visible

_STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "note": "cyan",
    "good": "green",
    "strong": "bold",
    "dim": "dim",
    "code": "",
    "tag": "blue",
    "attribute": "cyan",
}


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout.isatty()


def width() -> int:
    """Return the width for text: that of the terminal between 40 and 100 cells; 80 in a pipe."""
    if not is_terminal():
        return 80
    return min(max(shutil.get_terminal_size((80, 24)).columns, 40), 100)


def wants_colour(no_color: bool) -> bool:
    """Return whether to paint: a terminal that can, and nobody said no (``--no-color``, NO_COLOR, TERM=dumb)."""
    return is_terminal() and not no_color and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def show(page: Page, *, colour: bool) -> None:
    """Write a page to standard output."""
    if not colour:
        write(page.plain())
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(markup=False, emoji=False, highlight=False, soft_wrap=True)
    for line in page.lines:
        text = Text()
        for style, piece in line:
            text.append(piece, _STYLES.get(style, ""))
        text.rstrip()
        console.print(text, soft_wrap=True)


def write(text: str) -> None:
    """Write text to standard output as UTF-8, whatever the locale says. Raises UsageError where there is no room for it."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise UsageError(f"standard output: {reason}", tip="Write the report elsewhere.", code="output") from None


def save(text: str, target: Path, inputs: tuple[Path, ...] = ()) -> None:
    """Write text to a file: whole or not at all, never over an input, never through a link."""
    save_pieces((text,), target, inputs)


def save_pieces(pieces: Iterable[str], target: Path, inputs: tuple[Path, ...] = ()) -> None:
    """Write a text that comes in pieces as ``save`` does."""
    if target.is_symlink():
        raise UsageError(f"--output {target} is a link", tip="Name the file itself.", code="output-is-link")
    if target.is_dir():
        raise UsageError(f"--output {target} is a folder", tip="Name a file.", code="output-is-folder")
    if any(target.exists() and item.exists() and target.samefile(item) for item in inputs):
        raise UsageError(f"--output {target} is also an input", tip="Name another file.", code="output-is-input")
    import tempfile

    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise UsageError(f"--output {target}: {reason.lower()}", tip="Choose a folder that exists.", code="output") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(pieces)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def note(message: str) -> None:
    """Write one line for the person at the keyboard to standard error."""
    sys.stderr.write(f"samlcheck: {message}\n")


def report_error(error: SamlcheckError) -> None:
    """Write an error to standard error: what, where, what to do next."""
    where = f"{visible(error.where)}: " if error.where else ""
    note(f"{where}{visible(error.message)}")
    for line in error.tip.split("\n") if error.tip else ():
        sys.stderr.write(f"  {visible(line)}\n")
