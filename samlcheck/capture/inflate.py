"""DEFLATE, zlib and gzip with a bound on what comes out.

The size of the output is measured while inflating, never taken from the input: a few hundred octets of DEFLATE can
stand for gigabytes (the class of CVE-2023-28119 and CVE-2025-25293).
"""

from __future__ import annotations

import zlib

from samlcheck.errors import HostileInput
from samlcheck.frozen import dataclass

MESSAGE_CAP = 1 << 20
"""Octets that one SAML message may inflate to."""
_FREE = 64 << 10
"""Octets up to which the ratio is not looked at."""
_RATIO = 100

_WINDOW = {"deflate": -zlib.MAX_WBITS, "zlib": zlib.MAX_WBITS, "gzip": zlib.MAX_WBITS | 16}


@dataclass(frozen=True, slots=True)
class Inflated:
    """What came out."""

    name: str
    """``deflate``, ``zlib`` or ``gzip``."""
    octets: bytes
    complete: bool
    """Whether the stream reached its end."""
    trailing: int
    """Octets after the end of the stream."""


def inflate(octets: bytes, name: str, cap: int = MESSAGE_CAP) -> Inflated | None:
    """Return the inflated octets, or None if the octets are no such stream.

    Raises HostileInput (``inflate-bomb``) when more than ``cap`` octets would come out, or more than a hundred times
    what went in.
    """
    stream = zlib.decompressobj(_WINDOW[name])
    try:
        out = stream.decompress(octets, cap + 1)
    except zlib.error:
        return None
    if len(out) > cap or (len(out) > _FREE and len(out) > _RATIO * len(octets)):
        raise HostileInput(
            "The compressed data was refused: it inflates to far more than a SAML message can be.",
            tip=f"At most {cap} octets, and above {_FREE} octets at most {_RATIO} times the compressed size, are accepted.",
            code="inflate-bomb",
        )
    return Inflated(name, out, stream.eof, len(stream.unused_data))


def kinds(octets: bytes) -> tuple[str, ...]:
    """Return which streams the octets could be, by their first octets, the likeliest first.

    The redirect binding uses raw DEFLATE (bindings 3.4.4.1); zlib and gzip come from senders that took the wrong call.
    """
    if octets.startswith(b"\x1f\x8b"):
        return ("gzip",)
    if len(octets) > 2 and octets[0] & 0x0F == 8 and int.from_bytes(octets[:2], "big") % 31 == 0:
        return ("zlib", "deflate")
    return ("deflate",)
