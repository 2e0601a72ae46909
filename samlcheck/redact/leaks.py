"""The second pass: nothing that was replaced may be found in what is about to be written, in any encoding.

It works on octets alone and knows nothing of how they were made, so that a mistake of the first pass is caught here. Two
searches, because each misses what the other finds: for whole values in all their spellings, and for single words in all
that the octets decode to.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

from samlcheck.capture import escapes, inflate
from samlcheck.errors import HostileInput
from samlcheck.redact.ledger import Ledger

_SHORTEST_VALUE = 8
_SHORTEST_CORE = 16
"""Characters of base64 that belong to a value alone; fewer are found by chance. Words are found in what base64 decodes to."""
_SHORTEST_WORD = 3
_SHORTEST_DROPPED = 6
"""Letters of a word that was left out with the page around it: shorter ones are words of every page."""
_WINDOW = 8
_STRETCH = 1 << 16
"""Octets whose windows are held at once."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}+={0,2}")
_WRAPPED = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{20,}+(?:(?:\s|\\[rn])++[A-Za-z0-9+/=]{20,}+)++")
_BINARY = re.compile(r"[A-Za-z0-9+/%]{30,}+={0,2}")
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[\x20-\x7e]{8,}")
_MAX_DEPTH = 4


def remains(data: bytes, ledger: Ledger, public: frozenset[str]) -> int:
    """Return how many of the values and words that were replaced are still in the octets."""
    free = public | ledger.kept
    texts = tuple(_Reader().texts(escapes.as_text(data)[0]))
    values = {piece for piece in ledger.values if len(piece) >= _SHORTEST_VALUE and not _is_free(piece, free)}
    found = _spelt(texts, values)
    words = {word.lower() for word in ledger.words if _tells(word, _SHORTEST_WORD)} - free
    for text, certain in texts:
        shortest = _SHORTEST_WORD if certain else _WINDOW
        readable = set(map(str.lower, _WORD.findall(_BINARY.sub(_without_binary, text))))
        gone = {word for word in readable & ledger.dropped if _tells(word, _SHORTEST_DROPPED)} - free
        found |= {word for word in (readable & words) | gone if len(word) >= shortest}
    return len(found)


def _tells(word: str, shortest: int) -> bool:
    """Return whether finding a word means that it was left there: short numbers and syllables occur by chance."""
    if word.isdigit():
        return len(word) > 7
    return len(word) >= (shortest if word.isalpha() else max(shortest, 5))


def _without_binary(found: re.Match[str]) -> str:
    """Return nothing for base64 of what is no text (it is decoded and searched by itself), anything else as it is."""
    block = unquote(found[0]).rstrip("=")
    if not (re.search("[0-9]", block) and re.search("[a-z]", block) and re.search("[A-Z]", block)):
        return found[0]
    try:
        base64.b64decode(block[: len(block) // 4 * 4], validate=True).decode()
    except UnicodeDecodeError:
        return " "
    except ValueError:
        pass
    return found[0]


def _is_free(value: str, free: frozenset[str]) -> bool:
    """Return whether a value may be found: all its words may, or only words at its ends, which may be parts of others, may not."""
    plain = unquote(unquote(unquote(value)))  # the digits of an escape are no part of the word that follows
    private = [
        len(word) > 1 and word.lower() not in free and not (word.isdigit() and len(word) < 3) for word in _WORD.findall(plain)
    ]
    return not (any(private[1:-1]) or (len(private) < 3 and bool(private) and all(private)))


class _Reader:
    """Everything that octets can be decoded to, each text once."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def texts(self, text: str, depth: int = 0) -> Iterator[tuple[str, bool]]:
        """Yield a text and whatever it can be decoded to; False: by chance, from octets that are no text."""
        if text in self.seen or depth > _MAX_DEPTH:
            return
        self.seen.add(text)
        yield text, True
        for undo in (unquote, html.unescape, escapes.from_json_escapes):
            undone = "\n".join(new for line in text.split("\n") if (new := undo(line)) != line)
            if undone:
                yield from self.texts(undone, depth + 1)
        for found in (*_BASE64.finditer(text), *_WRAPPED.finditer(text)):
            block = re.sub(r"\\[rn]|\s|=", "", found[0])
            if block not in self.seen:
                self.seen.add(block)
                yield from self._base64(block.replace("-", "+").replace("_", "/"), depth)

    def _base64(self, block: str, depth: int) -> Iterator[tuple[str, bool]]:
        for offset in range(4):
            piece = block[offset : len(block) - (len(block) - offset) % 4 if (len(block) - offset) % 4 == 1 else len(block)]
            yield from self._octets(base64.b64decode(piece + "=" * (-len(piece) % 4)), depth)

    def _octets(self, octets: bytes, depth: int) -> Iterator[tuple[str, bool]]:
        try:
            text = octets.decode()
            if text.isprintable() or "<" in text:
                yield from self.texts(text, depth + 1)
                return
        except UnicodeDecodeError:
            pass
        for name in inflate.kinds(octets):
            try:
                inflated = inflate.inflate(octets, name)
            except HostileInput:
                continue
            if inflated is not None and len(inflated.octets) > 16 and b"<" in inflated.octets:
                yield from self.texts(inflated.octets.decode("utf-8", "replace"), depth + 1)
                return
        yield from ((run, False) for run in _RUN.findall(octets.decode("latin-1")))


def _spelt(texts: tuple[tuple[str, bool], ...], values: set[str]) -> set[str]:
    """Return the values that occur in one of their spellings."""
    needles: dict[bytes, list[tuple[bytes, str]]] = {}
    for value in values:
        for spelling in _spellings(value):
            if len(spelling) >= _SHORTEST_VALUE:
                needles.setdefault(spelling[-_WINDOW:], []).append((spelling, value))
    found: set[str] = set()
    for text in (text for text, certain in texts if certain):
        data = escapes.as_octets(text)
        for start in range(0, len(data), _STRETCH):
            stretch = data[start : start + _STRETCH + _WINDOW - 1]
            for end in needles.keys() & {stretch[at : at + _WINDOW] for at in range(len(stretch) - _WINDOW + 1)}:
                found |= {value for spelling, value in needles[end] if value not in found and spelling in data}
    return found


def _spellings(value: str) -> set[bytes]:
    """Return a value as it is, percent-encoded, escaped as in HTML and JSON, and in base64 at each of three offsets."""
    plain = escapes.as_octets(value)
    texts = {value, quote(plain, safe=""), quote(plain), quote_plus(plain), html.escape(value), json.dumps(value)[1:-1]}
    texts |= {re.sub("%..", lambda escape: escape[0].lower(), text) for text in texts if "%" in text}
    texts.add(unquote(value))
    found = {escapes.as_octets(text) for text in texts}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain)
        core = whole[(0, 2, 3)[offset] : len(whole.rstrip(b"=")) - (1 if (offset + len(plain)) % 3 else 0)]
        if len(core) >= _SHORTEST_CORE:
            found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return found
