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
