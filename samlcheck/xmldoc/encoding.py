"""Which octets are taken as XML text: UTF-8, or UTF-16 with a byte order mark; nothing else.

XML parsers know dozens of encodings (UTF-7, ISO-2022-JP, GB18030 …) in which the same octets read differently to
different programs. Processors need to know only these two (XML 1.0, 4.3.3), SAML products send UTF-8, and so the
question is settled by looking at the octets before any parser does.
"""

from __future__ import annotations

import re

from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.source import Artifact

_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{0,40})[\"']")
_ENCODING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")  # EncName, XML 1.0 production 81
_OTHERS = (
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\x00<", "UTF-32"),
    (b"<\x00\x00\x00", "UTF-32"),
    (b"\x00<\x00", "UTF-16 without a byte order mark"),
    (b"<\x00", "UTF-16 without a byte order mark"),
    (b"\x4c\x6f\xa7\x94", "EBCDIC"),
    (b"+/v", "UTF-7"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """One of the encodings taken, and how the text of a document is laid out in octets."""

    name: str
    """``UTF-8`` or ``UTF-16``."""
    codec: str
    """Python's name for it, byte order included."""
    mark: int
    """Octets of the byte order mark at the beginning."""
    width: int
    """Octets of one code unit."""

    def units(self, data: bytes) -> bytes:
        """Return one octet for each code unit of ``data``: its value, or 0xFF for those above.

        All markup is ASCII, so tags can be searched in the result whatever the encoding; offset times ``width`` is
        the offset in ``data``.
        """
        if self.width == 1:
            return data
        high, low = self._halves(data)
        return bytes(0xFF if above else unit for above, unit in zip(high, low, strict=False))

    def leads(self, data: bytes) -> tuple[bytes, bytes]:
        """Return one octet for each code unit, and those octets that do not begin a character.

        These are the continuation octets of UTF-8 and the low surrogates of UTF-16.
        """
        if self.width == 1:
            return data, bytes(range(0x80, 0xC0))
        return self._halves(data)[0], bytes(range(0xDC, 0xE0))

    def _halves(self, data: bytes) -> tuple[bytes, bytes]:
        little = self.codec == "utf-16le"
        return data[little::2], data[not little :: 2]


_UTF_8 = Encoding("UTF-8", "utf-8", 0, 1)
_MARKED = (
    (b"\xef\xbb\xbf", Encoding("UTF-8", "utf-8", 3, 1)),
    (b"\xff\xfe", Encoding("UTF-16", "utf-16le", 2, 2)),
    (b"\xfe\xff", Encoding("UTF-16", "utf-16be", 2, 2)),
)


def encoding_of(artifact: Artifact) -> Encoding:
    """Return the encoding of a document by its first octets.

    Raises InputError (code ``encoding``) for any other encoding, seen or declared. Whether all octets are valid in
    the encoding is left to the parser.
    """
    data = artifact.data
    for beginning, other in _OTHERS:
        if data.startswith(beginning):
            raise _refusal(artifact, f"is encoded in {other}")
    found = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), _UTF_8)
    declaration = _DECLARATION.match(found.units(data[: 300 * found.width])[found.mark // found.width :])
    if declaration is not None:
        declared = declaration[1].decode("latin-1")
        if declared.upper() != found.name:
            shown = declared if _ENCODING_NAME.fullmatch(declared) else "another encoding"
            raise _refusal(artifact, f"declares {shown} but its octets are to be read as {found.name}")
    return found


def _refusal(artifact: Artifact, what: str) -> InputError:
    return InputError(
        f"The XML {what}; only UTF-8, and UTF-16 with a byte order mark, are read.",
        tip="Save or send it as UTF-8 and let the XML declaration say so. Changing the octets breaks a signature over them.",
        where=f"{artifact.name}:1:1",
        code="encoding",
    )
