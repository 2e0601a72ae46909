"""Running the command line in process, with its output, and logins to run it on."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from samlcheck import forge
from samlcheck.cli.app import run
from tests import schemas

SCHEMA = json.loads((Path(__file__).parents[1] / "schema" / "inspection-1.json").read_text())
AT = "2026-05-04T10:00:05Z"


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON, checked against the published schema where it is an inspection."""
        value = json.loads(self.out)
        if isinstance(value, dict) and value.get("schema") == "samlcheck/inspection-1":
            jsonschema.validate(value, SCHEMA)
        return value


class _Stream(io.TextIOWrapper):
    def __init__(self, data: bytes = b"", *, tty: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", errors="surrogateescape", write_through=True)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    @property
    def text(self) -> str:
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


@pytest.fixture
def samlcheck(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Return a function that runs one command line: arguments, standard input, whether stdout is a terminal.

    Whatever SARIF a command writes is held against the schema.
    """
    monkeypatch.setenv("SAMLCHECK_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: object, stdin: bytes | str | None = None, tty: bool = False) -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        out, err = _Stream(tty=tty), _Stream()
        monkeypatch.setattr(sys, "stdin", _Stream(data or b"", tty=data is None))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        words = [str(item) for item in arguments]
        code = run(words)
        if "sarif" in words and out.text:
            schemas.sarif(out.text)
        return Ran(int(code), out.text, err.text)

    return call


@dataclass(frozen=True)
class Given:
    """A forged login on disk, and the options that make it complete."""

    folder: Path
    forged: forge.Forged
    options: tuple[str, ...]

    @property
    def response(self) -> str:
        """Path of the pasted form."""
        return str(self.folder / "response.txt")


@pytest.fixture
def login(tmp_path: Path, idp_keys: forge.Keys) -> Callable[..., Given]:
    """Return a function that forges a login with edits and writes it down beside the IdP's certificate."""

    def make(edits: dict[str, Any] | None = None, *, style: str = "generic") -> Given:
        recipe = forge.edit(forge.healthy(style), edits or {})
        made = forge.forge(recipe, idp_keys)
        (tmp_path / "response.txt").write_text(made.form)
        (tmp_path / "idp.pem").write_bytes(idp_keys.certificate_pem)
        known = forge.healthy()
        options = (
            "--idp", str(tmp_path / "idp.pem"), "--acs", str(known.destination), "--audience", known.audiences[0][0],
            "--at", AT, "--service", "generic",
        )  # fmt: skip
        return Given(tmp_path, made, options)

    return make
