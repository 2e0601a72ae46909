"""Encodings taken off a value and put back in the same manner, around whatever is done with the XML inside.

What ``capture.peel`` takes off is remembered with its form: the width of lines, the alphabet, missing padding, blanks for
plus signs, which characters were escaped. So a copy needs the same repairs as the original.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import zlib
from collections.abc import Callable
from urllib.parse import quote

from samlcheck.capture import base64text, escapes, inflate, peel
from samlcheck.capture.model import Layer
from samlcheck.errors import HostileInput
from samlcheck.frozen import dataclass
from samlcheck.redact.standins import like

_QUOTES = "\"'`“”‘’"
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});")
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_WINDOW = {"deflate": -15, "zlib": 15, "gzip": 31}

Encode = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Opened:
    """A value without its layers, and how to put them on again."""

    octets: bytes
    is_xml: bool
    closed: Callable[[bytes], str]


def opened(value: str) -> Opened | None:
    """Return what a value holds inside; None if it holds neither XML nor a carrier of a message, or is refused."""
    octets = escapes.as_octets(value)
    try:
        peeled = peel.peel(octets)
    except HostileInput:
        return None
    if peeled is None:
        return None
    encoders: list[Encode] = []
    current = octets
    for layer in peeled.layers:
        step = _step(layer, current, complete=peeled.complete)
        if step is None:
            return None
        current, encode = step
        encoders.append(encode)
    if current != peeled.octets:
        return None

    def closed(new: bytes) -> str:
        for encode in reversed(encoders):
            new = encode(new)
        return escapes.as_text(new)[0] if not encoders else new.decode("utf-8", "surrogateescape")

    return Opened(peeled.octets, peeled.is_xml, closed)


def undone(text: str, name: str) -> tuple[str, Callable[[str], str]] | None:
    """Return text with one kind of escape undone, and how to escape text in the same manner; None where there is none."""
    step = _step(Layer(name, 0, 0), escapes.as_octets(text), complete=True)
    if step is None or step[0] == escapes.as_octets(text):
        return None
    octets, encode = step
    return octets.decode("utf-8", "surrogateescape"), lambda new: encode(escapes.as_octets(new)).decode("utf-8", "surrogateescape")


def _step(layer: Layer, octets: bytes, *, complete: bool) -> tuple[bytes, Encode] | None:
    if layer.name in _WINDOW:
        return _compressed(layer.name, octets, complete=complete)
    text = escapes.as_text(octets)[0].strip()
    match layer.name:
        case "quotes":
            inner = text.rstrip(",; ").strip(_QUOTES)
            before, _, after = text.partition(inner)
            return escapes.as_octets(inner), lambda new: escapes.as_octets(before) + new + escapes.as_octets(after)
        case "json string":
            return escapes.as_octets(escapes.from_json_escapes(text)), _json_escaper(text)
        case "entities":
            return escapes.as_octets(escapes.from_references(text)), _reference_escaper(text)
        case "percent":
            return escapes.as_octets(escapes.from_percent(text)), percent_escaper(text)
        case "quoted-printable":
            return escapes.as_octets(escapes.from_quoted_printable(text)), binascii.b2a_qp
        case "base64" | "base64url":
            return _base64(layer, text)
    return None


def _base64(layer: Layer, text: str) -> tuple[bytes, Encode] | None:
    for reading in base64text.readings(text):
        if (reading.name, reading.note, len(reading.octets)) == (layer.name, layer.note, layer.size_out):
            break
    else:
        return None

    def encode(new: bytes) -> bytes:
        out = base64.b64encode(new).decode()
        if reading.name == "base64url":
            out = out.replace("+", "-").replace("/", "_")
        bare = text.rstrip("= \r\n")
        if "padding added" in reading.note or (not text.endswith("=") and len("".join(bare.split())) % 4):
            out = out.rstrip("=")
        if "last character dropped" in reading.note:
            out += "A"
        if "padding removed" in reading.note:
            out += "="
        return like(text, out).encode()

    return reading.octets, encode


def _compressed(name: str, octets: bytes, *, complete: bool) -> tuple[bytes, Encode] | None:
    inflated = inflate.inflate(octets, name)
    if inflated is None:
        return None

    def encode(new: bytes) -> bytes:
        deflater = zlib.compressobj(9, zlib.DEFLATED, _WINDOW[name])
        out = deflater.compress(new)
        return out + (deflater.flush() if complete else deflater.flush(zlib.Z_SYNC_FLUSH))

    return inflated.octets, encode


def percent_escaper(text: str) -> Encode:
    """Return how to percent-encode octets as a text was: the same characters, digits in the same case."""
    literal = "".join({letter for letter in re.sub("%[0-9A-Fa-f]{2}", "", text) if letter.isascii() and letter != "%"})
    lower = re.search("%(?:[0-9][a-f]|[a-f][0-9a-f])", text) is not None

    def encode(new: bytes) -> bytes:
        out = quote(new, safe=literal)
        return (re.sub("%..", lambda found: found[0].lower(), out) if lower else out).encode()

    return encode


def _reference_escaper(text: str) -> Encode:
    written = {html.unescape(reference): reference for reference in _REFERENCE.findall(text)}
    written.setdefault("&", "&amp;")
    written.setdefault("<", "&lt;")

    def encode(new: bytes) -> bytes:
        return escapes.as_octets("".join(written.get(letter, letter) for letter in new.decode("utf-8", "surrogateescape")))

    return encode


def _json_escaper(text: str) -> Encode:
    written = {chr(int(code, 16)): rf"\u{code}" for code in _UNICODE.findall(text)}
    if "\\/" in text:
        written["/"] = "\\/"
    if '\\"' not in text and '"' in text:
        written['"'] = '"'

    def encode(new: bytes) -> bytes:
        plain = new.decode("utf-8", "surrogateescape")
        out = "".join(written.get(letter) or json.dumps(letter, ensure_ascii=False)[1:-1] for letter in plain)
        return escapes.as_octets(out)

    return encode
