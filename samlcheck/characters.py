r"""Characters that a reader could not see, or that could act on a terminal: controls, bidirectional and invisible ones.

Renderers write them as ``\u{XXXX}`` (``report.visible``); packs, which may come from strangers, may not hold them at all.
"""

from __future__ import annotations

import re

UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff"  # lone surrogates cannot be encoded
    "\U000e0000-\U000e0fff"  # tags and variation selectors
    "\U0001d173-\U0001d17a"
    "]"
)
"""Matches one of them (SECURITY T6)."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    r"""Return the text with every character that a reader could not see or that could act written as ``\u{XXXX}``."""
    return UNSAFE.sub(lambda match: _SHORT.get(match[0]) or f"\\u{{{ord(match[0]):04X}}}", text)


def inert(text: str) -> str:
    """Return a text of our own, which may have lines, with whatever got into it that is not ours made visible."""
    return text if UNSAFE.search(text) is None else "\n".join(map(visible, text.split("\n")))
