"""JSON read defensively: absurd numbers, depth and types end in a clear error or in nothing, never in a crash.

The standard reader raises RecursionError on deep nesting and ValueError on integers of thousands of digits; both come
from hostile or broken files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from samlcheck.capture import escapes
from samlcheck.errors import HostileInput

Object = dict[str, Any]
_MAX_DIGITS = 18
_MAX_STRINGS = 10_000


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


_DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=lambda _: None, strict=False)


def load(text: str) -> Any:
    """Return the value of a JSON text, or None if it is none (``null`` is of no use to anybody here).

    Integers that do not fit 60 bits, NaN and Infinity become None. Raises HostileInput (``json-too-deep``).
    """
    try:
        return _DECODER.decode(text.lstrip("\ufeff"))
    except ValueError:
        return None
    except RecursionError:
        raise too_deep() from None


def whole_items(text: str, key: str) -> list[Object]:
    """Return the complete objects of the array ``key`` in a JSON text that breaks off somewhere behind.

    Raises HostileInput (``json-too-deep``).
    """
    at = text.find(f'"{key}"')
    at = text.find("[", at) + 1 if at >= 0 else 0
    found: list[Object] = []
    while at > 0:
        start = text.find("{", at)
        if start < 0 or text[at:start].strip(" \t\r\n,"):
            break
        try:
            item, at = _DECODER.raw_decode(text, start)
        except ValueError:
            break
        except RecursionError:
            raise too_deep() from None
        found.append(item)
    return found


def too_deep() -> HostileInput:
    """Return the refusal of JSON whose nesting is meant to exhaust a reader."""
    return HostileInput(
        "The JSON was refused: it is nested far deeper than any capture.", tip="Export the capture again.", code="json-too-deep"
    )


def text_of(item: Any, *path: str) -> str:
    """Return the text at a path of keys, empty if there is none."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item if isinstance(item, str) else ""


def integer_of(item: Any, *path: str) -> int | None:
    """Return the whole number at a path of keys, also where it was written as text or as a float."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    if isinstance(item, bool):
        return None
    if isinstance(item, str) and item.isascii() and item.isdigit() and len(item) <= _MAX_DIGITS:
        return int(item)
    if isinstance(item, float) and abs(item) < 1e15:
        return int(item)
    return item if isinstance(item, int) else None


def objects_of(item: Any, *path: str) -> list[Object]:
    """Return the objects in the array at a path of keys; anything else in it is left out."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return [entry for entry in item if isinstance(entry, dict)] if isinstance(item, list) else []


def pairs_of(item: Any, *path: str) -> tuple[tuple[str, str], ...]:
    """Return name and value pairs at a path, written as ``{"name":, "value":}`` or as two-element arrays."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    found = []
    for entry in item if isinstance(item, list) else []:
        if isinstance(entry, dict):
            name, value = entry.get("name"), entry.get("value")
        elif isinstance(entry, list) and len(entry) == 2:
            name, value = entry
        else:
            continue
        if isinstance(name, str) and isinstance(value, str):
            found.append((escapes.printable(name), escapes.printable(value)))
    return tuple(found)


def strings(item: Any) -> Iterator[tuple[str, str, Object]]:
    """Yield every string in a JSON value with its key and the object it stands in, in order, at most ten thousand."""
    stack: list[tuple[str, Any, Object]] = [("", item, {})]
    seen = 0
    while stack and seen < _MAX_STRINGS:
        key, value, holder = stack.pop()
        if isinstance(value, str):
            seen += 1
            yield key, value, holder
        elif isinstance(value, dict):
            stack.extend((name, child, value) for name, child in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((key, child, holder) for child in reversed(value))
