"""Profiles: what is known of one service and its identity providers, kept in ``samlcheck.toml`` (docs/profiles.md).

The file is found upward from the working directory, or named by ``--config``. What the command line says takes the
place of what the profile says. A file that was merely found must belong to the user (or to root): it says which keys
are trusted. Read with ``tomllib`` only.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from samlcheck.cli import inputs as reading
from samlcheck.cli.terminal import note
from samlcheck.errors import UsageError
from samlcheck.frozen import dataclass

NAME = "samlcheck.toml"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings of one profile; empty where it says nothing. Files are named relative to the working directory."""

    name: str = ""
    service: str = ""
    pack: tuple[str, ...] = ()
    idp: tuple[str, ...] = ()
    sp: tuple[str, ...] = ()
    acs: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    issuer: str = ""
    skew: int = 60
    key: tuple[str, ...] = ()
    iam_role: tuple[str, ...] = ()
    iam_policy: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    concern: tuple[str, ...] = ()
    fail_on: str = "error"
    set: Mapping[str, str] = field(default_factory=dict)
    """Parameters of packs, ``users`` among them."""

    def parameters(self, typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return all parameters with those of ``--set`` in front, and for each from here where it comes from."""
        return {**self.set, **typed}, {name: f"profile {self.name}" for name in self.set if name not in typed}


def chosen(name: str, config: Path | None, here: Path | None = None) -> Profile:
    """Return the profile to use: the one named, else ``default`` if there is one, else an empty one.

    here: the working directory. Raises UsageError, with file and line, for a file that is not there or is wrong and
    for a profile that it does not hold.
    """
    path = config or found(here)
    if path is None:
        if name:
            raise UsageError(
                f"--profile {name}: there is no {NAME} in this folder or one above",
                tip=f"Write [profile.{name}] into a file {NAME}, or name the file with --config.",
                code="no-config",
            )
        return Profile()
    document = Document(path)
    if name or DEFAULT in document.profiles:
        return document.profile(name or DEFAULT)
    if document.profiles:
        known = ", ".join(document.profiles)
        note(f"{path} has {'the profile' if len(document.profiles) == 1 else 'profiles'} {known}; --profile NAME uses one")
    return Profile()


def found(here: Path | None = None) -> Path | None:
    """Return the settings file in a folder (the working directory) or above, if it may be used."""
    try:
        here = here or Path.cwd()
    except FileNotFoundError:  # the folder was removed meanwhile
        return None
    for folder in (here, *here.parents):
        path = folder / NAME
        with contextlib.suppress(OSError):
            if path.is_file():
                if _is_ours(path):
                    return path
                note(f"{path} belongs to another user and is left alone; --config {path} uses it all the same")
                return None
    return None


def _is_ours(path: Path) -> bool:
    return os.name != "posix" or path.stat().st_uid in (0, os.getuid())


class Document:
    """One file, and where in it what stands."""

    def __init__(self, path: Path) -> None:
        import tomllib  # hardly a run has a profile

        self.path = path
        self.text = reading.read_file(str(path), "--config").data.decode("utf-8-sig", "replace")
        try:
            self.data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
            where = f"{path}:{place[1]}:{place[2]}" if place else str(path)
            words = str(error)[: place.start()] if place else str(error)
            raise UsageError(
                f"this is not TOML: {words[:1].lower()}{words[1:]}",
                where=where,
                tip='Texts stand in quotes: key = "value".',
                code="config",
            ) from None
        for key in self.data:
            if key not in ("profile", "metadata"):
                raise self.wrong((key,), f"unknown table {key}", tip="Settings stand in tables such as [profile.default].")
        profiles = self.data.get("profile", {})
        if not isinstance(profiles, dict) or not all(isinstance(item, dict) for item in profiles.values()):
            raise self.wrong(("profile",), "a profile is a table with a name", tip="Write [profile.default] above the settings.")
        self.profiles: dict[str, dict[str, Any]] = profiles

    def profile(self, name: str) -> Profile:
        """Return one profile. Raises UsageError for what no profile has or what has another form."""
        if name not in self.profiles:
            raise UsageError(
                f"--profile {name}: {self.path} has no such profile{_meant(name, self.profiles)}",
                tip=f"It has {', '.join(self.profiles)}." if self.profiles else f"Write [profile.{name}] into it.",
                code="unknown-profile",
            )
        values = self.table(("profile", name), self.profiles[name], _KINDS)
        users = values.pop("users", None)
        if users is not None:
            values["set"] = {"users": users, **values.get("set", {})}
        return Profile(name, **values)

    def table(self, at: tuple[str, ...], table: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
        """Return the settings of a table. Raises UsageError for what is none of ``kinds`` or has another form."""
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in kinds:
                hint = _meant(key.replace("-", "_"), kinds)
                what = "a profile" if at[0] == "profile" else f"[{at[0]}]"
                raise self.wrong((*at, key), f"{what} has no {key}{hint}", tip=f"It may have {', '.join(sorted(kinds))}.")
            values[key] = kinds[key](self, (*at, key), value)
        return values

    def wrong(self, at: tuple[str, ...], message: str, *, tip: str = "") -> UsageError:
        """Return the error for what stands at a path of keys."""
        return UsageError(message, where=f"{self.path}:{self._line(at)}", tip=tip, code="config")

    def _line(self, at: tuple[str, ...]) -> int:
        """Return the line of a key, or of the nearest table around it; tomllib tells no places."""
        table: tuple[str, ...] = ()
        best, depth = 1, 0
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[([^\[\]]+)\]", line)
            if header:
                found = table = _keys(header[1])
            elif key := re.match(r"""\s*((?:[\w.\s-]|"[^"]*"|'[^']*')+?)\s*=""", line):
                found = (*table, *_keys(key[1]))
            else:
                continue
            if found == at[: len(found)] and len(found) > depth:
                best, depth = number, len(found)
        return best

    def text_of(self, at: tuple[str, ...], value: Any) -> str:
        """Return a text."""
        if not isinstance(value, str):
            raise self.wrong(at, f"{at[-1]} is a text, not {_words(value)}", tip=f'Put it in quotes: {at[-1]} = "…".')
        return value

    def texts(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        """Return texts; one may stand without a list."""
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            raise self.wrong(at, f"{at[-1]} is a text or a list of texts", tip=f'Write {at[-1]} = ["…", "…"].')
        return tuple(items)

    def files(self, at: tuple[str, ...], value: Any) -> tuple[str, ...]:
        """Return file names, which are relative to the folder of this file."""
        return tuple(self._beside(item) for item in self.texts(at, value))

    def _beside(self, name: str) -> str:
        path = Path(name).expanduser()
        path = path if path.is_absolute() else self.path.parent / path
        with contextlib.suppress(ValueError, FileNotFoundError):
            return str(path.relative_to(Path.cwd()))
        return str(path)

    def number(self, at: tuple[str, ...], value: Any) -> int:
        """Return a number of seconds."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 86400:
            raise self.wrong(at, f"{at[-1]} is a whole number of seconds from 0 to 86400", tip=f"Write {at[-1]} = 60.")
        return value

    def one_of(self, at: tuple[str, ...], value: Any, choices: tuple[str, ...]) -> str:
        """Return one of a few words."""
        if value not in choices:
            hint = _meant(value, choices) if isinstance(value, str) else ""
            raise self.wrong(at, f"{at[-1]} is one of {', '.join(choices)}{hint}")
        return str(value)

    def settings(self, at: tuple[str, ...], value: Any) -> dict[str, str]:
        """Return the parameters of packs as text."""
        if not isinstance(value, dict):
            raise self.wrong(at, "set is a table of parameters", tip='Write set = {region = "us-west-2"}.')
        return {key: self.setting((*at, key), item) for key, item in value.items()}

    def setting(self, at: tuple[str, ...], value: Any) -> str:
        """Return one parameter as text: a list with commas, ``@file`` as the lines of that file."""
        if isinstance(value, list):
            return ",".join(self.texts(at, value))
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        text = self.text_of(at, value)
        return reading.read_lines(self._beside(text[1:]), f"{self.path}: {at[-1]}") if len(text) > 1 and text[0] == "@" else text


def _meant(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1)
    return f" (did you mean {near[0]}?)" if near else ""


def _words(value: Any) -> str:
    kinds = ((bool, "true or false"), (int, "a number"), (list, "a list"), (dict, "a table"))
    return next((words for kind, words in kinds if isinstance(value, kind)), "a date or number")


def _keys(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, quotes taken off."""
    return tuple(part.strip().strip("\"'") for part in re.findall(r"""\s*("[^"]*"|'[^']*'|[^.]+)""", dotted))


Kind = Callable[[Document, tuple[str, ...], Any], Any]
_KINDS: dict[str, Kind] = {
    "service": Document.text_of,
    "issuer": Document.text_of,
    "skew": Document.number,
    "users": Document.setting,
    "set": Document.settings,
    "fail_on": lambda document, at, value: document.one_of(at, value, ("error", "warning", "never")),
    "concern": lambda document, at, value: tuple(
        document.one_of(at, item, ("login", "security", "hygiene", "all")) for item in document.texts(at, value)
    ),
    **dict.fromkeys(("pack", "idp", "sp", "key", "iam_role", "iam_policy"), Document.files),
    **dict.fromkeys(("acs", "audience", "select", "ignore"), Document.texts),
}
"""How the value of each key is read."""
