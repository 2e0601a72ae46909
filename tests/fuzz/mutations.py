"""Mutations that know what SAML looks like: moving elements and attributes about breaks more than flipping bits.

All take octets and a source of chance, and give octets; the same source gives the same mutation.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Sequence
from random import Random
from urllib.parse import quote_plus

Mutation = Callable[[bytes, Random], bytes]

TOKENS = (
    b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x y?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;",
    b"&amp;", b"&#0;", b"&#x1b;", b"&#xD;", b"\r\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xae",
    b"<a\xe2\x80\x8d/>", b"=", b"%", b"%00", b"+", b"xmlns=''", b'xmlns:x="relative"', b'ID="_1"', b'xml:id="_1"', b'URI=""',
    b'URI="#xpointer(/)"', b'URI="file:///etc/passwd"', b"<ds:Object/>", b"<saml:Assertion/>", b"<samlp:Response/>",
    b'Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"', b"2026-05-04T10:00:00Z", b"9999-12-31T23:59:59Z", b"-1", b"1e999",
    b"{sp.acs_urls}", b"[/]", b"::error::", b"SAMLResponse=", b"SAMLRequest=", b"RelayState=", b"SigAlg=", b"Signature=",
    b"(a+)+$", b"!!python/object:os.system", b"*a", b"&a", b"- ", b": ",
)  # fmt: skip
_ELEMENT = re.compile(rb"<(?P<name>[A-Za-z][\w:.-]*)\b[^<>]*?(?:/>|>)")
_ATTRIBUTE = re.compile(rb"\s[\w:.-]+=(?:\"[^\"]*\"|'[^']*')")
_VALUE = re.compile(rb">([^<>]{1,200})<")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
MAX_OCTETS = 60_000


def _flip(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _insert(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(TOKENS) + data[at:]


def _cut(data: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randrange(1, 80) :]


def _repeat(data: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.randrange(1, 400)]
    return data[:start] + piece * chance.choice((1, 2, 2, 3, 50)) + data[start:]


def _whole(data: bytes, chance: Random) -> tuple[int, int] | None:
    """Return where one element begins and ends."""
    found = list(_ELEMENT.finditer(data))
    if not found:
        return None
    opened = chance.choice(found)
    if opened[0].endswith(b"/>"):
        return opened.span()
    close = b"</" + opened["name"] + b">"
    end = data.find(close, opened.end())
    return (opened.start(), end + len(close)) if end >= 0 else None


def _move(data: bytes, chance: Random) -> bytes:
    """Put a copy of an element elsewhere, or move it, or remove it."""
    span = _whole(data, chance)
    if span is None:
        return _insert(data, chance)
    element = data[span[0] : span[1]]
    rest = data[: span[0]] + data[span[1] :] if chance.random() < 0.5 else data
    places = [match.end() for match in _ELEMENT.finditer(rest)]
    if not places or chance.random() < 0.2:
        return rest
    at = chance.choice(places)
    return rest[:at] + element + rest[at:]


def _wrap(data: bytes, chance: Random) -> bytes:
    """Put an element into another one."""
    span = _whole(data, chance)
    if span is None:
        return _insert(data, chance)
    name = chance.choice((b"samlp:Extensions", b"saml:Advice", b"ds:Object", b"x", b"saml:AttributeValue", b"samlp:Response"))
    return data[: span[0]] + b"<" + name + b">" + data[span[0] : span[1]] + b"</" + name + b">" + data[span[1] :]


def _attribute(data: bytes, chance: Random) -> bytes:
    """Copy an attribute to another element, or remove it."""
    attributes = list(_ATTRIBUTE.finditer(data))
    if not attributes:
        return _flip(data, chance)
    chosen = chance.choice(attributes)
    if chance.random() < 0.4:
        return data[: chosen.start()] + data[chosen.end() :]
    elements = [match.start() + 1 + len(match["name"]) for match in _ELEMENT.finditer(data)]
    at = chance.choice(elements) if elements else 0
    return data[:at] + chosen[0] + data[at:]


def _value(data: bytes, chance: Random) -> bytes:
    """Change a value as attackers and accidents do."""
    found = list(_VALUE.finditer(data))
    if not found:
        return _flip(data, chance)
    chosen = chance.choice(found)
    text = chosen[1]
    half = len(text) // 2
    other = chance.choice((
        b"", b" " + text, text + b"\n", text[:half] + b"<!---->" + text[half:], text[:half] + b"<?x?>" + text[half:],
        b"<![CDATA[" + text + b"]]>", text.upper(), text[::-1], text * 300, chance.choice(found)[1], b"<x>" + text + b"</x>",
        text[:half] + b"&#x200b;" + text[half:], b"-" + text, text + b"/",
    ))  # fmt: skip
    return data[: chosen.start(1)] + other + data[chosen.end(1) :]


def _base64(data: bytes, chance: Random) -> bytes:
    """Change what a piece of base64 stands for: a certificate, a digest, a ciphertext, a whole message."""
    found = list(_BASE64.finditer(data))
    if not found:
        return _flip(data, chance)
    chosen = chance.choice(found)
    try:
        inner = base64.b64decode(chosen[0] + b"=" * (-len(chosen[0]) % 4))
    except binascii.Error:
        return _flip(data, chance)
    changed = chance.choice((_flip, _cut, _insert, _repeat))(inner, chance)
    return data[: chosen.start()] + base64.b64encode(changed) + data[chosen.end() :]


def _transport(data: bytes, chance: Random) -> bytes:
    """Put the message into another wrapping."""
    encoded = base64.b64encode(data)
    deflater = zlib.compressobj(wbits=-15)
    deflated = base64.b64encode(deflater.compress(data) + deflater.flush())
    return chance.choice((
        encoded, deflated, b"SAMLResponse=" + quote_plus(encoded).encode(),
        b"https://sp.example/acs?SAMLRequest=" + quote_plus(deflated).encode(),
        b'<form action="https://sp.example/acs" method="post"><input name="SAMLResponse" value="' + encoded + b'"></form>',
        b'{"log":{"entries":[{"request":{"method":"POST","url":"https://sp.example/acs","postData":{"text":"SAMLResponse='
        + quote_plus(encoded).encode() + b'"}}}]}}',
        data.decode("latin-1").encode("utf-16"), b"2026-05-04 10:00:00 DEBUG SAMLResponse=" + encoded + b" done",
    ))  # fmt: skip


def _splice(data: bytes, chance: Random, other: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _insert, _cut, _repeat, _move, _move, _wrap, _attribute, _attribute, _value, _value, _base64,
)  # fmt: skip


def mutated(data: bytes, chance: Random, others: Sequence[bytes] = (), *, wrapped: bool = True) -> bytes:
    """Return the octets after one to six mutations; ``others`` to splice with; ``wrapped``: put into a transport at times."""
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        if others and chance.random() < 0.05:
            data = _splice(data, chance, chance.choice(others))
        else:
            data = chance.choice(MUTATIONS)(data, chance)
        data = data[:MAX_OCTETS]
    return _transport(data, chance)[:MAX_OCTETS] if wrapped and chance.random() < 0.15 else data
