"""Characters that look like others: letters of other alphabets, typographic dashes and quotes, invisible characters.

A small table of what people really paste out of documents and chats (compare Unicode UTS 39, confusables).
"""

from __future__ import annotations

import unicodedata

_CONFUSABLE = {
    # Cyrillic
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "һ": "h", "ԁ": "d",
    "ԛ": "q", "ԝ": "w", "к": "k", "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C",
    "Т": "T", "Х": "X", "У": "Y", "Ѕ": "S", "І": "I", "Ј": "J",
    # Greek
    "ο": "o", "α": "a", "ν": "v", "ρ": "p", "ι": "i", "κ": "k", "υ": "u", "Α": "A", "Β": "B", "Ε": "E", "Ζ": "Z", "Η": "H",
    "Ι": "I", "Κ": "K", "Μ": "M", "Ν": "N", "Ο": "O", "Ρ": "P", "Τ": "T", "Υ": "Y", "Χ": "X",
    # Latin letters without a dot or with another shape
    "ı": "i", "ɡ": "g", "ⅼ": "l",
    # Dashes, quotes, slashes, colons and full stops that text processors put in
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2044": "/", "\u2215": "/", "\u2236": ":", "\u2024": ".",
}  # fmt: skip
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def skeleton(text: str) -> str:
    """Return the text as the eye reads it: equal for texts that look the same."""
    seen = "".join(_CONFUSABLE.get(character, character) for character in text if character not in _INVISIBLE)
    return unicodedata.normalize("NFKC", seen)


def foreign(text: str) -> str:
    """Return the first deceptive character of a text in words, or an empty string."""
    for index, character in enumerate(text):
        if character in _INVISIBLE or character in _CONFUSABLE or unicodedata.normalize("NFKC", character) != character:
            name = unicodedata.name(character, "a control character").lower().replace("-", " ")
            return f"{name} (U+{ord(character):04X}) at position {index + 1}"
    return ""
