"""Takes the encodings off one value until XML appears, and keeps the trail.

One step takes off one layer; the first step that applies is taken, cheapest first. A value that ends neither in XML
nor in something that carries a message further inside is given back as None.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from samlcheck.capture import base64text, escapes, inflate, xmllook
from samlcheck.capture.model import Layer
from samlcheck.frozen import dataclass

_MAX_LAYERS = 10
_QUOTES = "\"'`“”‘’"
_CARRIER = re.compile(r"SAML(?:Request|Response|art)\b|<(?:form|input)\b|\"requests\"|\"entries\"")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Peeled:
    """What is left when nothing more comes off."""

    octets: bytes
    layers: tuple[Layer, ...]
    is_xml: bool
    """False: text that carries a message further inside (a form body, a URL, a page)."""
    complete: bool = True
    """False: the compressed stream has no end."""


@dataclass(frozen=True, slots=True)
class _Step:
    octets: bytes
    name: str
    note: str = ""
    complete: bool = True


def peel(octets: bytes) -> Peeled | None:
    """Return the XML (or the carrier of a message) inside a value with the layers taken off, or None.

    Raises HostileInput where a compressed layer is refused.
    """
    layers: list[Layer] = []
    complete = True
    for _ in range(_MAX_LAYERS):
        if xmllook.root(xmllook.as_utf8(octets)) is not None:
            return Peeled(octets, tuple(layers), True, complete)
        text = _text(octets)
        if text is not None and layers and _CARRIER.search(text):
            return Peeled(octets, tuple(layers), False, complete)
        if text is None:
            step = _decompressed(octets)
        else:
            bare = text.strip()
            octets, step = escapes.as_octets(bare), _first(_ON_TEXT, bare)
        if step is None:
            return None
        layers.append(Layer(step.name, len(octets), len(step.octets), step.note))
        octets, complete = step.octets, complete and step.complete
    return None


def _text(octets: bytes) -> str | None:
    """Return the octets as text, or None if they are binary."""
    text, encoding = escapes.as_text(octets)
    if text.isascii() and text.isprintable():
        return text
    head = text[:4096]
    if "\ufffd" in head or _CONTROL.search(head) or (encoding == "utf-8" and _is_undecodable(text)):
        return None
    return text


def _is_undecodable(text: str) -> bool:
    """Tell whether octets that are no UTF-8 stand in the text, as surrogates (``escapes.as_text``)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _first(steps: tuple[Callable[[str], _Step | None], ...], text: str) -> _Step | None:
    return next((step for take in steps if (step := take(text)) is not None), None)


def _unquoted(text: str) -> _Step | None:
    bare = text.rstrip(",; ")
    if len(bare) > 1 and bare[0] in _QUOTES:
        inner = bare.strip(_QUOTES)
        return _Step(escapes.as_octets(inner), "quotes")
    return None


def _json_string(text: str) -> _Step | None:
    if not escapes.has_json_escapes(text):
        return None
    return _Step(escapes.as_octets(escapes.from_json_escapes(text)), "json string")


def _references(text: str) -> _Step | None:
    if not escapes.has_references(text):
        return None
    return _Step(escapes.as_octets(escapes.from_references(text)), "entities")


def _percent(text: str) -> _Step | None:
    if not escapes.is_percent_encoded(text):
        return None
    return _Step(escapes.as_octets(escapes.from_percent(text)), "percent")


def _base64(text: str) -> _Step | None:
    """Return the first reading that leads to complete XML, else the first that leads anywhere at all."""
    found = list(base64text.readings(text))
    ranked = sorted(found, key=lambda reading: -_promise(reading.octets)) if len(found) > 1 else found
    return _Step(ranked[0].octets, ranked[0].name, ranked[0].note) if ranked else None


def _promise(octets: bytes) -> int:
    element = xmllook.root(xmllook.as_utf8(octets))
    if element is not None:
        return 3 if xmllook.ends(octets, element).end is not None else 1
    inflated = _decompressed(octets)
    return 0 if inflated is None else 2 + inflated.complete


def _decompressed(octets: bytes) -> _Step | None:
    for name in inflate.kinds(octets):
        inflated = inflate.inflate(octets, name)
        if inflated is None or xmllook.root(xmllook.as_utf8(inflated.octets)) is None:
            continue
        note = f"{inflated.trailing} octets follow the end of the stream" if inflated.trailing else ""
        return _Step(inflated.octets, name, note, inflated.complete)
    return None


_ON_TEXT: tuple[Callable[[str], _Step | None], ...] = (_unquoted, _json_string, _references, _percent, _base64)
