"""Texts that patterns of symptom packs match, made from the patterns themselves."""

from __future__ import annotations

import re

_PIECE = re.compile(r"\\[bB]|\\W\{0,\d\}|\\.|\[[^\]]*\]|\.\{0,\d+\}|\.\*|\(\?:|\(\?i\)|.")
_FOR = {"\\d": "7", "\\w": "w", "\\s": " "}


def sample(pattern: str) -> str:
    """Return a text that a pattern matches: the first of all alternatives, something where anything may stand."""
    text, _ = _sequence(_PIECE.findall(pattern), 0)
    return text


def _sequence(pieces: list[str], at: int) -> tuple[str, int]:
    made: list[str] = []
    first: str | None = None
    while at < len(pieces) and pieces[at] != ")":
        piece = pieces[at]
        if piece == "|":
            first = first if first is not None else "".join(made)
            made = []
        elif piece == "(?:":
            inner, at = _sequence(pieces, at + 1)
            made.append(inner)
        else:
            made.append(_one(piece))
        at += 1
    return (first if first is not None else "".join(made)), at


def _one(piece: str) -> str:
    if piece in ("\\b", "\\B", "^", "$", "?", "(?i)"):
        return ""
    if piece.startswith((".*", ".{")):
        return " some 'thing' "
    if piece.startswith("\\W"):
        return " "
    if piece.startswith("["):
        return "x" if piece[1] == "^" else piece[1]
    return _FOR.get(piece, piece[-1])
