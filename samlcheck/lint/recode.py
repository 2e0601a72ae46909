"""Metadata in another encoding than UTF-8, read as UTF-8: a file is told by its first octets and what it declares.

Messages are read as UTF-8 or UTF-16 only (``xmldoc.encoding``). Metadata is written by hand and by old products, and XML parsers
everywhere read the encodings of ``_DECLARED``; each octet means one character in all of them. The declaration is blanked, so that
lines and columns stay what they are; ``Slice.width`` gives byte offsets of the file.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.source import Artifact
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.encoding import encoding_of
from samlcheck.xmldoc.limits import METADATA
from samlcheck.xmldoc.parse import parse
from samlcheck.xmldoc.part import Piece, Slice, parse_part

DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{0,40})[\"']")
_DECLARED = {
    "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1", "iso8859-1": "latin-1", "latin1": "latin-1",
    "iso-8859-15": "iso8859-15", "windows-1252": "cp1252", "cp1252": "cp1252", "utf8": "utf-8",
}  # fmt: skip
"""Names that declarations use (IANA names, and spellings that parsers take), and Python's name of the codec."""
_HEAD = 1024
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Written:
    """How a file is written."""

    codec: str
    """Python's name; ``utf-8`` for a file that is read as it is."""
    mark: int
    """Octets of the byte order mark."""
    width: int
    """As in ``Slice``: 0 for UTF-8, else octets of one code unit."""
    declared: str
    """The encoding that the XML declaration names, as written; empty without one."""

    @property
    def as_it_is(self) -> bool:
        """Whether a parser is given the octets of the file."""
        return not self.width and self.declared.lower() in ("", "utf-8")


def written(name: str, head: bytes) -> Written:
    """Return how a file is written, by its first octets. Raises InputError (``encoding``) for an encoding that is not read."""
    mark = len(_MARK) if head.startswith(_MARK) else 0
    declared = DECLARATION.match(head[mark:])
    codec = _DECLARED.get(declared[1].decode("latin-1").lower()) if declared else None
    if declared is not None and codec is not None and (codec == "utf-8" or not mark):
        return Written(codec, mark, 0 if codec == "utf-8" else 1, declared[1].decode("latin-1"))
    encoding = encoding_of(Artifact(name, head[:_HEAD]))
    declared = DECLARATION.match(encoding.units(head[:_HEAD])[encoding.mark // encoding.width :])
    width = 0 if encoding.width == 1 else encoding.width
    return Written(encoding.codec, encoding.mark, width, declared[1].decode("latin-1") if declared else "")


class Recoded:
    """A stream of UTF-8 octets without byte order mark, from a file in another encoding."""

    def __init__(self, name: str, how: Written, head: bytes, stream: BinaryIO) -> None:
        """head: what was read already."""
        self._name, self._how = name, how
        self._decoder = codecs.getincrementaldecoder(how.codec)()
        self._head, self._stream = head[how.mark :], stream

    def read(self, size: int, /) -> bytes:
        """Return some octets; none at the end. Raises InputError (``encoding``) for octets that are no character."""
        text = ""
        while not text:  # half a character waits for its other half
            octets, self._head = self._head or self._stream.read(size), b""
            if not octets:
                break
            try:
                text = self._decoder.decode(octets)
            except UnicodeDecodeError as error:
                raise _unfit(self._name, self._how, error) from None
        return text.encode()


def document(artifact: Artifact) -> Document:
    """Return the document of a whole file. Raises as ``parse`` does."""
    data = artifact.data
    how = written(artifact.name, data[:_HEAD])
    if how.as_it_is or how.codec.startswith("utf-16"):
        return parse(artifact, METADATA)
    try:
        text = data[how.mark :].decode(how.codec)
    except UnicodeDecodeError as error:
        raise _unfit(artifact.name, how, error) from None
    return parse_part(artifact.name, Slice(blanked(text.encode()), (Piece(0, how.mark, 1, 1),), width=how.width), METADATA)


def blanked(octets: bytes) -> bytes:
    """Return the beginning of a document with blanks for the encoding that it declares."""
    declared = DECLARATION.match(octets)
    if declared is None:
        return octets
    begin, end = octets.rindex(b"encoding", 0, declared.start(1)), declared.end(1) + 1
    return octets[:begin] + b" " * (end - begin) + octets[end:]


def _unfit(name: str, how: Written, error: UnicodeDecodeError) -> InputError:
    return InputError(
        f"The file says that it is {how.declared or 'UTF-16'}, but holds an octet ({error.object[error.start]:02X}) that is no"
        " character there.",
        tip="Find out in which encoding it is, save it as UTF-8, and let its first line say so.",
        where=name,
        code="encoding",
    )
