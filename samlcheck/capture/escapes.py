"""The escapes that text picks up on its way: percent-encoding, HTML character references, JSON strings, mail, encodings.

Octets become text reversibly (``surrogateescape``), so that a message found inside text can be handed on exactly as
it was written. Everything here is linear in its input and never raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"'\\/bfnrt]))")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});")
_QUOTATION = re.compile(r"(?:^|\n)[ \t]{0,4}>[^\n]{20,}+\n[ \t]{0,4}>[^\n]")
_QUOTED_PRINTABLE = re.compile(r"=3[Dd]|=\r?\n")
_PIECE = 1 << 16
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def as_text(octets: bytes) -> tuple[str, str]:
    """Return octets as text and the encoding found: by byte order mark, UTF-16 by its zero octets, else UTF-8."""
    for mark, encoding in _BOMS:
        if octets.startswith(mark):
            return octets[len(mark) :].decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace"), encoding
    if len(octets) >= 4 and not octets[0] and octets[1] and not octets[2]:
        return octets.decode("utf-16-be", "replace"), "utf-16-be"
    if len(octets) >= 4 and octets[0] and not octets[1] and octets[2] and not octets[3]:
        return octets.decode("utf-16-le", "replace"), "utf-16-le"
    return octets.decode("utf-8", "surrogateescape"), "utf-8"


def as_octets(text: str) -> bytes:
    """Return the octets that ``as_text`` read as UTF-8; code points that no octets stand for become ``?``."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def printable(text: str) -> str:
    """Return text without surrogates, for values that are shown or compared (URLs, RelayState, headers)."""
    return as_octets(text).decode("utf-8", "replace")


def is_percent_encoded(text: str) -> bool:
    """Tell whether text holds at least one ``%XX``."""
    return _PERCENT.search(text) is not None


def from_percent(text: str, *, plus: bool = False) -> str:
    """Return text with ``%XX`` decoded once (RFC 3986 2.1); with ``plus``, ``+`` is a space as in forms."""
    octets = as_octets(text.replace("+", " ") if plus else text)
    return b"".join(map(unquote_to_bytes, _pieces(octets))).decode("utf-8", "surrogateescape")


def _pieces(octets: bytes) -> Iterator[bytes]:
    """Yield the octets in pieces that cut no escape: the library makes an object for each escape of what it is given."""
    start = 0
    while start < len(octets):
        end = start + _PIECE
        if b"%" in octets[end - 2 : end]:
            end = octets.index(b"%", end - 2)
        yield octets[start:end]
        start = end


def has_references(text: str) -> bool:
    """Tell whether text holds an HTML character reference."""
    return _REFERENCE.search(text) is not None


def from_references(text: str) -> str:
    """Return text with HTML character references replaced once; only those that end in ``;``."""
    import html

    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text)


def is_quoted_printable(text: str) -> bool:
    """Tell whether text bears the marks of mail's quoted-printable (RFC 2045 6.7): ``=3D`` and soft line breaks."""
    return _QUOTED_PRINTABLE.search(text) is not None


def from_quoted_printable(text: str) -> str:
    """Return text with quoted-printable undone."""
    return binascii.a2b_qp(as_octets(text)).decode("utf-8", "surrogateescape")


def is_quotation(text: str) -> bool:
    """Tell whether lines of text are quoted as answers to mail quote them: each behind a ``>``."""
    return _QUOTATION.search(text) is not None


def from_quotation(text: str) -> str:
    """Return the quoted lines without their marks; lines without a blank go on where the one before was wrapped."""
    lines = [line.lstrip("> \t") for line in text.splitlines() if line.lstrip().startswith(">")]
    return "".join(line if " " not in line.strip() and len(line) > 40 else f"{line}\n" for line in lines)


def has_json_escapes(text: str) -> bool:
    """Tell whether text holds a backslash escape of JSON or JavaScript."""
    return _JSON_ESCAPE.search(text) is not None


def from_json_escapes(text: str) -> str:
    r"""Return text with JSON and JavaScript escapes (RFC 8259 7, and ``\xHH``) replaced once; others stay."""
    return _JSON_ESCAPE.sub(_json_character, text)


def _json_character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return chr(int(code, 16))
    return _CONTROL.get(match[3], match[3])
