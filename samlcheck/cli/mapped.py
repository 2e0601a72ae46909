"""Large recordings are mapped instead of read: a HAR of hundreds of megabytes costs no memory of its own.

On a terminal a bar shows how far the file has come from the disk; what is done with it afterwards is quicker than that.
"""

from __future__ import annotations

import mmap
import sys
from pathlib import Path
from typing import cast

from samlcheck.errors import InputError
from samlcheck.source import Artifact

FROM = 8 << 20
"""Octets from which a file is mapped; below, reading costs less."""
MOST = 1 << 30
_BAR_FROM = 20 << 20
_STEP = 4 << 20
_PAGE = 4096


def mapped(path: Path, name: str) -> Artifact | None:
    """Return a large JSON file as an artifact whose octets stay in the file; None for any other file.

    Raises InputError (``too-large``) above 1 GiB, and OSError.
    """
    if not path.is_file() or path.stat().st_size <= FROM:
        return None
    with path.open("rb") as file:
        if not file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return None
        size = path.stat().st_size
        if size > MOST:
            raise InputError(
                f"{name} is larger than {MOST >> 30} GiB",
                tip="Record only the sign-in, from the start page to the error.",
                code="too-large",
            )
        octets = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if size > _BAR_FROM and sys.stderr.isatty():
        _load(octets, name)
    return Artifact(name, cast(bytes, octets))  # a map is sliced, measured and decoded like bytes


def _load(octets: mmap.mmap, name: str) -> None:
    """Touch every page of a map, and show how far that is."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn("reading {task.fields[name]}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True, markup=False, emoji=False), transient=True) as progress:
        task = progress.add_task("", total=len(octets), name=name.rpartition("/")[2][:40])
        for at in range(0, len(octets), _STEP):
            octets[at : at + _STEP : _PAGE]
            progress.update(task, completed=min(at + _STEP, len(octets)))
