"""Lines of styled pieces, folded to a width: what text reports are made of.

A ``Page`` collects lines; it knows nothing about colours or terminals. Styles are names (``error``, ``dim`` …) that
``cli.terminal`` paints, or leaves out in a pipe. Characters that act or hide are made visible here at the latest.
"""

from __future__ import annotations

import unicodedata

from samlcheck.characters import visible

_LONG_LEAD = 16

Piece = tuple[str, str]
"""(style, text); an empty style is plain."""


def width_of(text: str) -> int:
    """Return how many terminal cells a text takes (wide characters take two, combining ones none)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fold(text: str, width: int) -> list[str]:
    """Return the text in lines of at most ``width`` cells, broken at blanks only.

    A longer word (a URL, an ARN) stays whole on a line of its own: the terminal wraps it, and it can still be copied.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            candidate = f"{line} {word}" if line else word
            if not line or width_of(candidate) <= width:
                line = candidate
                continue
            lines.append(line)
            line = word
        lines.append(line)
    return lines


def cut(text: str, limit: int) -> str:
    """Return the text, its middle left out where it is longer than ``limit``, with the number of characters said."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    return f"{text[:head]}…{text[-(limit - head) :]} ({len(text)} characters)"


class Page:
    """Lines in the making."""

    def __init__(self, width: int = 80) -> None:
        """Begin an empty page of so many columns."""
        self.width = width
        self.lines: list[tuple[Piece, ...]] = []

    def line(self, *pieces: Piece | str) -> None:
        """Add one line as it is."""
        self._add(*(("", piece) if isinstance(piece, str) else piece for piece in pieces))

    def _add(self, *pieces: Piece) -> None:
        """Add a line; names of elements are foreign too, and get into what is otherwise our own words."""
        self.lines.append(tuple((style, visible(text)) for style, text in pieces))

    def blank(self) -> None:
        """Add an empty line, never two in a row and never at the top."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def text(
        self, text: str, *, indent: int = 0, lead: str = "", style: str = "", lead_style: str = "", hang: int | None = None
    ) -> None:
        """Add folded text. ``lead`` stands before the first line.

        The other lines stand under its text, or ``hang`` cells to the right of the indent: so do those after a long lead.
        """
        margin = " " * indent
        used = width_of(lead)
        hang = hang if hang is not None else used if used <= _LONG_LEAD else 2
        rest = max(self.width - indent - hang, 20)
        first = fold(text, max(self.width - indent - used, 8))[0] if lead else ""
        if lead and indent + used + width_of(first) > self.width and used > 8 and first:
            self._add(("", margin), (lead_style, lead.rstrip()))
        elif lead:
            self._add(("", margin), (lead_style, lead), (style, first))
            text = text[len(first) :].removeprefix(" ")
            if not text:
                return
        for part in fold(text, rest):
            self._add(("", " " * (indent + hang)), (style, part))

    def plain(self) -> str:
        """Return the page without styles, each line ended by a line feed."""
        return "".join("".join(text for _, text in line).rstrip() + "\n" for line in self.lines)
