"""Base64 as people paste it: wrapped, URL-safe, without padding, with ``+`` turned into spaces.

RFC 4648 says what base64 is; each departure that had to be repaired is named, because a message that needs a repair
here may have needed one at the service too.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from samlcheck.frozen import dataclass

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-" + bytes(range(0x09, 0x0E)) + b" "
_BLANKS = re.compile(r"[\r\n\t\f\v]")
_UNSEEN = dict.fromkeys(map(ord, "\u00a0\u00ad\u200b\u2060\ufeff"))
"""What word processors and web pages put between lines: no-break space, soft hyphen, zero width space, word joiner, BOM."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One reading of base64 text."""

    name: str
    """``base64`` or ``base64url``."""
    octets: bytes
    repairs: tuple[str, ...]

    @property
    def note(self) -> str:
        """The repairs as one phrase."""
        return ", ".join(self.repairs)


def is_base64(text: str) -> bool:
    """Tell whether text consists of base64 characters and white space alone."""
    head, _, tail = text.partition("=")
    return len(head) >= 8 and head.isascii() and not head.encode().translate(None, _ALPHABET) and not tail.replace("=", "").strip()


def readings(text: str) -> Iterator[Decoded]:
    """Yield the readings of base64 text, the likeliest first; none if it is no base64.

    A space inside is a ``+`` that a form decoder took for a space, unless it only wraps lines: both are yielded.
    """
    text = text.strip()
    if not text.isascii():
        text = text.translate(_UNSEEN).strip()
    if not is_base64(text):
        return
    joined = text if text.isprintable() else _BLANKS.sub("", text)
    repairs = ("line breaks removed",) if len(joined) != len(text) else ()
    if " " not in joined:
        yield from _decode(joined, repairs)
        yield from _decode_without_last(joined, repairs)
        return
    indented = "".join(line.strip() for line in text.splitlines())
    if " " in indented:
        restored = indented.replace(" ", "+")
        yield from _decode(restored, (*repairs, "spaces put back to +"))
        yield from _decode_without_last(restored, (*repairs, "spaces put back to +"))
    yield from _decode(joined.replace(" ", ""), (*repairs, "spaces removed"))


def _decode_without_last(text: str, repairs: tuple[str, ...]) -> Iterator[Decoded]:
    """Yield the reading with the ``+`` at the end that was lost as a space: base64 of a third of all XML ends in one."""
    if len(text) % 4 == 3 and "=" not in text and "-" not in text and "_" not in text:
        yield from _decode(text + "+", (*repairs, "the + at the end put back"))


def _decode(text: str, repairs: tuple[str, ...]) -> Iterator[Decoded]:
    body = text.rstrip("=")
    url_safe = "-" in body or "_" in body
    if url_safe:
        body = body.replace("-", "+").replace("_", "/")
    given, needed = len(text) - len(body), -len(body) % 4
    if needed == 3:  # no base64 text has such a length
        repairs = (*repairs, "last character dropped: the text was cut inside a group of four")
        body = body[:-1]
    elif given != needed:
        repairs = (*repairs, "padding added" if given < needed else "padding removed")
    try:
        octets = binascii.a2b_base64(body + "=" * (-len(body) % 4), strict_mode=True)
    except (binascii.Error, ValueError):
        return
    yield Decoded("base64url" if url_safe else "base64", octets, repairs)
