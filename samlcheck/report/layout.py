"""Lines of styled pieces, folded to a width: what text reports are made of.

A ``Page`` collects lines; it knows nothing about colours or terminals. Styles are names (``error``, ``dim`` …) that
``cli.terminal`` paints, or leaves out in a pipe. Callers pass text that went through ``visible``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

Piece = tuple[str, str]
"""(style, text); an empty style is plain."""


def width_of(text: str) -> int:
    """Return how many terminal cells a text takes (wide characters take two, combining ones none)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fold(text: str, width: int) -> list[str]:
    """Return the text in lines of at most ``width`` cells, broken at blanks where possible, else anywhere."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            candidate = f"{line} {word}" if line else word
            if width_of(candidate) <= width:
                line = candidate
                continue
            if line:
                lines.append(line)
            while width_of(word) > width:
                head = _head(word, width)
                lines.append(head)
                word = word[len(head) :]
            line = word
        lines.append(line)
    return lines


def _head(word: str, width: int) -> str:
    if word.isascii():
        return word[:width]
    used = end = 0
    for end, character in enumerate(word):  # noqa: B007 - the index after the loop is what is wanted
        used += width_of(character)
        if used > width:
            break
    return word[: max(end, 1)]


@dataclass
class Page:
    """Lines in the making."""

    width: int = 80
    lines: list[tuple[Piece, ...]] = field(default_factory=list)

    def line(self, *pieces: Piece | str) -> None:
        """Add one line as it is."""
        self.lines.append(tuple(("", piece) if isinstance(piece, str) else piece for piece in pieces))

    def blank(self) -> None:
        """Add an empty line, never two in a row and never at the top."""
        if self.lines and self.lines[-1]:
            self.lines.append(())

    def text(self, text: str, *, indent: int = 0, lead: str = "", style: str = "", lead_style: str = "") -> None:
        """Add folded text. ``lead`` stands before the first line; the others are indented to stand under its text."""
        margin = " " * indent
        hang = indent + width_of(lead)
        for index, part in enumerate(fold(text, max(self.width - hang, 20))):
            if index == 0 and lead:
                self.lines.append((("", margin), (lead_style, lead), (style, part)))
            else:
                self.lines.append((("", " " * hang), (style, part)))

    def plain(self) -> str:
        """Return the page without styles, each line ended by a line feed."""
        return "".join("".join(text for _, text in line).rstrip() + "\n" for line in self.lines)
