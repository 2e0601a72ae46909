"""The one gate for foreign strings: every captured value passes here before it reaches a terminal, a file or JSON text.

``visible`` makes control, bidirectional and invisible characters readable (SECURITY T6, T21); ``mask`` hides personal
values but keeps their form, so that a masked report still shows what is wrong (T10).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from samlcheck.characters import UNSAFE, visible
from samlcheck.finding import Slot
from samlcheck.report.prose import masked_prose

__all__ = ["LONGEST", "is_safe", "mask", "shower", "visible"]


def is_safe(text: str) -> bool:
    """Return whether ``visible`` would leave the text as it is."""
    return UNSAFE.search(text) is None


_WORD = re.compile(r"[^\W_]+")
_EMAIL = re.compile(r"([^@\s]+)@([^@\s]+\.[^@\s]+)")


def mask(value: str) -> str:
    """Return a personal value with letters and digits after the first of each run as ``*``.

    Punctuation, blanks, length and the domain of an e-mail address stay: ``mia.lindqvist@example.com`` becomes
    ``m**.l********@example.com``, ``Mia Lindqvist`` becomes ``M** L********``.
    """

    def stars(text: str) -> str:
        return _WORD.sub(lambda match: match[0][0] + "*" * (len(match[0]) - 1), text)

    email = _EMAIL.fullmatch(value.strip())
    if email:
        start = value.index(email[1])
        return value[:start] + stars(email[1]) + "@" + value[start + len(email[1]) + 1 :]
    return stars(value)


LONGEST = 1 << 17
"""Characters of one value in any report; messages may hold values of millions, which nobody reads."""


def shower(*, masking: bool) -> Callable[[Slot], str]:
    """Return the function that turns slots into printable text; with ``masking``, sensitive ones are masked."""

    def show(slot: Slot) -> str:
        value, left = slot.value[:LONGEST], len(slot.value) - LONGEST
        if masking and slot.sensitive:
            value = masked_prose(value) if slot.sensitive == "prose" else mask(value)
        shown = visible(value)
        return f"{shown} … ({left} characters more)" if left > 0 else shown

    return show
