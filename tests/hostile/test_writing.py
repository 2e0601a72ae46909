"""SECURITY T19: what is written is written whole, where the user said, and nowhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samlcheck.cli import terminal
from tests.commands import Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]


def test_a_failing_write_leaves_the_old_file_and_no_remains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.txt"
    target.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        terminal.save("after", target)
    assert target.read_text() == "before"
    assert [item.name for item in tmp_path.iterdir()] == ["report.txt"]


def test_an_output_is_readable_by_nobody_else(samlcheck: Run, login: Login, tmp_path: Path) -> None:
    given = login()
    target = tmp_path / "report.json"
    samlcheck("check", given.response, *given.options, "--json", "--no-redact", "--output", target)
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["link", "dangling-link", "folder", "input"])
def test_an_output_is_never_written_through_or_over(samlcheck: Run, login: Login, tmp_path: Path, kind: str) -> None:
    given = login()
    victim, target = tmp_path / "victim", tmp_path / "target"
    victim.write_text("precious")
    if kind == "folder":
        target.mkdir()
    elif kind == "input":
        target = Path(given.response)
    else:
        target.symlink_to(victim if kind == "link" else tmp_path / "nowhere")
    before = Path(given.response).read_bytes()
    ran = samlcheck("check", given.response, *given.options, "--output", target)
    assert ran.code == 2
    assert (victim.read_text(), Path(given.response).read_bytes()) == ("precious", before)
    assert not (tmp_path / "nowhere").exists()


COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "{response}"), "json": ("check", "{response}", "--json"), "decode": ("decode", "{response}"),
    "explain": ("explain", "AADSTS50105"), "second-opinion": ("check", "{response}", "--second-opinion"),
}  # fmt: skip
_watching: list[list[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.symlink", "os.link"):
            _watching[0].append(f"{event} {arguments[0]}")


sys.addaudithook(_hook)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_writes_a_file_unasked(samlcheck: Run, login: Login, name: str) -> None:
    given = login()
    arguments = [word.format(response=given.response) for word in COMMANDS[name]]
    options = given.options if arguments[0] == "check" else ()
    samlcheck(*arguments, *options)  # the cache of compiled packs is written once
    written: list[str] = []
    _watching.append(written)
    try:
        samlcheck(*arguments, *options)
    finally:
        _watching.clear()
    assert [item for item in written if "__pycache__" not in item] == []


def test_the_clipboard_is_read_on_request_alone_and_never_written(
    samlcheck: Run, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyperclip

    given, read = login(), []

    def paste() -> str:
        read.append(1)
        return given.forged.form

    def copy(*_: object) -> None:
        raise AssertionError("the clipboard was written")

    monkeypatch.setattr(pyperclip, "paste", paste)
    monkeypatch.setattr(pyperclip, "copy", copy)
    assert samlcheck("check", given.response, *given.options).code == 0
    assert read == []
    ran = samlcheck("check", "--clipboard", *given.options)
    assert (ran.code, len(read)) == (0, 1)
    assert "what you copied is still in there" in ran.err
