"""Which metadata files the arguments name, and how they are read: files, folders, globs, standard input.

Aggregates may be larger than memory, so files are opened and not read here; a pipe is spooled to a temporary file, because a
signature needs a second reading.
"""

from __future__ import annotations

import errno
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

from samlcheck.errors import InputError, UsageError
from samlcheck.frozen import dataclass

_IN_MEMORY = 8 << 20


@dataclass(frozen=True, slots=True)
class MetadataFile:
    """A file on disk."""

    name: str
    path: Path
    octets: int | None

    def open(self) -> BinaryIO:
        """Return a stream at its beginning. Raises InputError if it cannot be read."""
        try:
            return self.path.open("rb")
        except OSError as error:
            raise _unreadable(self.name, error) from None


@dataclass(frozen=True, slots=True)
class Piped:
    """What comes from a pipe, kept for a second reading."""

    name: str
    kept: BinaryIO
    octets: int | None

    def open(self) -> BinaryIO:
        """Return a stream at its beginning, which may be closed without harm."""
        self.kept.seek(0)
        return cast("BinaryIO", _Shared(self.kept))


@dataclass(frozen=True, slots=True)
class Closed:
    """What cannot be read among what can: the linter says so in its place, and goes on."""

    name: str
    error: InputError
    octets: int | None = None

    def open(self) -> BinaryIO:
        """Raise why it cannot be read."""
        raise self.error


class _Shared:
    """A stream whose closing leaves the one behind it open."""

    def __init__(self, stream: BinaryIO) -> None:
        self.read = stream.read

    def __enter__(self) -> _Shared:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


Named = MetadataFile | Piped | Closed


def metadata_files(names: Sequence[str]) -> list[Named]:
    """Return the files that arguments name, in their order; those of a folder (all ``*.xml`` below it) and a glob sorted.

    What cannot be read inside a folder is among them and says so when it is opened. Raises UsageError for what is not there, an
    empty glob and a folder without XML files, InputError for what cannot be read.
    """
    found: list[Named] = []
    for name in names:
        if name == "-":
            found.append(_keep("standard input", sys.stdin.buffer))
            continue
        path = Path(name).expanduser()
        kind = _kind(name, path)
        if kind == "folder":
            found.extend(_folder(name, path))
        elif kind:
            found.append(_file(name, path))
        elif glob.has_magic(name):
            matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - a pattern may begin anywhere
            files = [match for match in matches if not Path(match).is_dir()]
            if not files:
                raise UsageError(f"{name} matches no file", tip="Check the pattern; ** goes into folders.", code="empty-glob")
            found.extend(_file(match, Path(match)) for match in files)
        else:
            raise UsageError(f"{name}: no such file", tip="Check the path.", code="no-such-file")
    return found


def _kind(name: str, path: Path) -> str:
    """Return ``folder``, ``file``, or an empty string for what is not there."""
    try:
        return "folder" if path.is_dir() else "file" if path.exists() else ""
    except ValueError:  # a NUL inside
        return ""
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return ""
        raise _unreadable(name, error) from None


def _file(name: str, path: Path) -> Named:
    try:
        if path.is_file():
            return MetadataFile(name, path, path.stat().st_size)
        with path.open("rb") as stream:
            return _keep(name, stream)
    except OSError as error:
        raise _unreadable(name, error) from None


def _folder(name: str, path: Path) -> list[Named]:
    errors: list[OSError] = []
    found: list[Named] = []
    for folder, folders, files in os.walk(path, onerror=errors.append):
        folders.sort()
        for item in (Path(folder) / file for file in sorted(files) if file.lower().endswith(".xml")):
            try:
                found.append(_file(str(item), item))
            except InputError as error:
                found.append(Closed(str(item), error))
    if errors and not found:
        raise _unreadable(str(errors[0].filename or name), errors[0])
    if not found:
        raise UsageError(f"the folder {name} holds no *.xml", tip="Name the files, or another folder.", code="empty-folder")
    shut = ((str(error.filename or name), error) for error in errors)
    return [*found, *(Closed(name, _unreadable(name, error)) for name, error in shut)]


def _keep(name: str, stream: BinaryIO) -> Piped:
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - open as long as the run
    shutil.copyfileobj(stream, kept)
    return Piped(name, cast("BinaryIO", kept), kept.tell())


def _unreadable(name: str, error: OSError) -> InputError:
    reason = (error.strerror or "it cannot be read").lower()
    return InputError(f"{name} cannot be read: {reason}", tip="Check who may read it.", where=name, code="cannot-read")
