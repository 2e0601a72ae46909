"""A progress bar on standard error while large files are read: for people at a terminal, and for nobody else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from samlcheck.cli.files import Named
from samlcheck.frozen import dataclass

_WORTH_IT = 4 << 20
"""Octets from which on one waits."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A file whose reading is counted."""

    file: Named
    advance: Callable[[int], None]

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.file.name

    @property
    def octets(self) -> int | None:
        """Its size, if known."""
        return self.file.octets

    def open(self) -> BinaryIO:
        """Return a stream at its beginning."""
        return cast("BinaryIO", _Counting(self.file.open(), self.advance))


class _Counting:
    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream, self._advance = stream, advance

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._advance(len(data))
        return data

    def __enter__(self) -> _Counting:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.__exit__(None, None, None)


@contextmanager
def progress(files: list[Named]) -> Iterator[tuple[list[Named | Watched], Callable[[], None], Callable[[], None]]]:
    """Give the files to read, and what is to be called before and after something is written to the terminal."""
    total = sum(file.octets or 0 for file in files)
    if total < _WORTH_IT or not sys.stderr.isatty():
        yield list(files), _nothing, _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    bar = Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=total)
    with bar:
        yield [Watched(file, lambda octets: bar.advance(task, octets)) for file in files], bar.stop, bar.start


def _nothing() -> None:
    pass
