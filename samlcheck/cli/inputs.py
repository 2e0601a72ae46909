"""Reading what the command line names: files, pasted text, standard input, the clipboard.

The only place that opens files for reading. Every failure says which input, what is wrong and what to do.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from samlcheck.cli.terminal import note
from samlcheck.errors import InputError, UsageError
from samlcheck.saml.values import typed_instant
from samlcheck.source import Artifact

if TYPE_CHECKING:
    from samlcheck.iam import Policy
    from samlcheck.iam.documents import Purpose

MAX_OCTETS = 64 * 1024 * 1024
_EXTENSIONS = (
    ".xml", ".txt", ".har", ".zhar", ".saz", ".json", ".pem", ".crt", ".cer", ".der", ".key", ".b64", ".base64", ".html", ".log",
)  # fmt: skip


def read_inputs(inputs: list[str], *, clipboard: bool) -> list[Artifact]:
    """Return the artifacts that the arguments name; standard input where nothing is named and something is piped in."""
    artifacts = [_read_input(item) for item in inputs]
    if clipboard:
        artifacts.append(_read_clipboard())
    if not artifacts:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError(
                "nothing to read",
                tip="Name a file, paste the SAMLResponse in quotes, pipe it in, or use --clipboard.",
                code="no-input",
            )
        artifacts.append(_read_stdin())
    return artifacts


def read_file(name: str, option: str) -> Artifact:
    """Return the file given by an option."""
    if name == "-":
        return _read_stdin()
    path = Path(name).expanduser()
    if not _exists(path):
        raise UsageError(f"{option} {name}: no such file", tip="Check the path.", code="no-such-file")
    return _read_path(path, name)


def read_key(name: str) -> bytes:
    """Return a private key file; says so when others on this machine can read it."""
    artifact = read_file(name, "--key")
    if os.name == "posix" and name != "-":
        mode = Path(name).expanduser().stat().st_mode
        if mode & (stat.S_IRGRP | stat.S_IROTH):
            note(f"--key {name} can be read by other users of this machine (chmod 600 would stop that)")
    return artifact.data


def read_policies(names: list[str], purpose: Purpose) -> tuple[Policy, ...]:
    """Return the policies in the files of ``--iam-role`` (``trust``) or ``--iam-policy`` (``permission``)."""
    if not names:
        return ()
    from samlcheck.iam import read
    from samlcheck.iam.documents import COMMANDS, OPTIONS

    option = OPTIONS[purpose]
    found: list[Policy] = []
    for name in names:
        if name.startswith("arn:"):
            raise UsageError(
                f"{option} {name}: this is an ARN, and samlcheck connects to nothing",
                tip=f"Save the policy and name the file: {COMMANDS[purpose]}",
                code="arn-instead-of-file",
            )
        text = name.lstrip()
        pasted = text.startswith(("{", "[")) and not _exists(Path(name))
        found.extend(read(Artifact(option, name.encode()) if pasted else read_file(name, option), purpose))
    return tuple(found)


def read_at(text: str) -> datetime | None:
    """Return the instant of ``--at``; None for an empty text."""
    if not text:
        return None
    if text == "now":
        return datetime.now(UTC)
    value = typed_instant(text)
    if value is None:
        raise UsageError(f"--at {text} is not an instant", tip="Write it like 2026-05-04T10:00:00Z.", code="bad-instant")
    return value


def read_settings(pairs: list[str]) -> dict[str, str]:
    """Return ``--set key=value`` pairs; ``key=@file`` reads one value a line."""
    settings: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"--set {pair}: expected key=value", tip="For example --set region=us-west-2.", code="bad-set")
        if value.startswith("@") and len(value) > 1:
            value = read_lines(value[1:], f"--set {key}")
        settings[key.strip().replace("-", "_")] = value
    return settings


def read_lines(name: str, option: str) -> str:
    """Return the lines of a file with commas between, without empty ones and those that begin with ``#``."""
    lines = read_file(name, option).data.decode("utf-8-sig", "replace").splitlines()
    return ",".join(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _read_input(text: str) -> Artifact:
    if text == "-":
        return _read_stdin()
    path = Path(text).expanduser() if text.strip() and len(text) < 4096 else None
    if path is not None and _exists(path):
        return _read_large(path, text) or _read_path(path, text)
    if _looks_like_a_path(text):
        raise UsageError(
            f"{text}: no such file", tip="Check the path, or paste the text of the message itself.", code="no-such-file"
        )
    return Artifact("argument", text.encode("utf-8", "surrogateescape"))


def _looks_like_a_path(text: str) -> bool:
    if len(text) > 300 or "\n" in text or "<" in text or "SAML" in text.partition("=")[0]:
        return False
    if "://" in text or text.startswith(("PD", "PH", "77u/")):  # URL; base64 of "<…" with and without BOM
        return False
    return text.lower().endswith(_EXTENSIONS) or text.startswith(("./", "../", "~/", "/")) or (len(text) < 40 and "." in text)


def _exists(path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):  # too long, or a NUL inside: then it is no path
        return path.exists()
    return False


def _read_large(path: Path, name: str) -> Artifact | None:
    """Return a large recording without reading it; None for any other file, and where mapping is not possible."""
    with contextlib.suppress(OSError, ValueError):
        if path.stat().st_size > 8 << 20:
            from samlcheck.cli.mapped import mapped

            return mapped(path, name)
    return None


def _read_path(path: Path, name: str) -> Artifact:
    try:
        if path.is_dir():
            raise UsageError(f"{name} is a folder", tip="Name the file with the response in it.", code="is-folder")
        with path.open("rb") as file:
            return Artifact(name, _bounded(file.read(MAX_OCTETS + 1), name))
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise InputError(f"{name} cannot be read: {reason}", tip="Check who may read it.", code="cannot-read") from None


def _read_stdin() -> Artifact:
    return Artifact("standard input", _bounded(sys.stdin.buffer.read(MAX_OCTETS + 1), "standard input"))


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_OCTETS:
        raise InputError(
            f"{name} is larger than {MAX_OCTETS // 1024 // 1024} MiB",
            tip="Cut the capture down to the login that failed.",
            code="too-large",
        )
    return data


def _read_clipboard() -> Artifact:
    import pyperclip

    try:
        text = pyperclip.paste()
    except pyperclip.PyperclipException:
        raise InputError(
            "the clipboard cannot be read on this machine",
            tip="On Linux install xclip, xsel or wl-clipboard; or save the text to a file and name that.",
            code="no-clipboard",
        ) from None
    note("read from the clipboard; what you copied is still in there")
    return Artifact("clipboard", text.encode("utf-8", "surrogatepass"))
