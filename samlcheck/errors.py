"""Errors by whose fault they are. Each can explain itself to a person and carries the exit code of DESIGN 2.2.

Messages name the thing, the place and the next step. They never hold a captured value that could be private:
values belong in findings, where renderers mask them.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import PurePath


class Exit(IntEnum):
    """Exit codes of every command."""

    ACCEPTED = 0
    REJECTED = 1
    USAGE = 2
    CANNOT_TELL = 3
    UNREADABLE = 4
    BUG = 70


def place_of(error: BaseException) -> str:
    """Return ``file:line`` where an error arose: all that may be said of a bug, for values are private."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{PurePath(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else "unknown place"


class SamlcheckError(Exception):
    """An error that a person can act on."""

    exit_code: Exit = Exit.BUG

    def __init__(self, message: str, *, tip: str = "", where: str = "", code: str = "") -> None:
        """Keep the parts apart so that renderers can lay them out.

        message: what is wrong, one sentence. tip: the next step. where: input and place, ``file:line:col`` if known.
        code: short kebab-case name of the error for machines (``truncated-base64``).
        """
        super().__init__(message)
        self.message = message
        self.tip = tip
        self.where = where
        self.code = code


class UsageError(SamlcheckError):
    """The command line, a profile or a pack given by the user is wrong."""

    exit_code = Exit.USAGE


class InputError(SamlcheckError):
    """An input cannot be read, holds no SAML, or is not what it was given as."""

    exit_code = Exit.UNREADABLE


class HostileInput(InputError):  # noqa: N818 - the input is named, not the error
    """An input was refused before it was processed: DTD, entity, bomb, a limit exceeded."""


class PackError(UsageError):
    """A rule pack is wrong; ``where`` is ``file:line:col``."""
