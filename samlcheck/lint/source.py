"""What a metadata file is: an entity, an aggregate of entities, or something else that its code names."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn, Protocol

from samlcheck.errors import HostileInput, InputError
from samlcheck.facts.entity import MetadataSource
from samlcheck.frozen import dataclass
from samlcheck.lint.aggregate import Cutter, EntitySlice, Skeleton
from samlcheck.lint.recode import Recoded, blanked, written
from samlcheck.lint.tags import CHUNK, fill
from samlcheck.source import Artifact
from samlcheck.xmldoc.limits import METADATA

_ROOT = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+<([^\s/>!?]++)", re.DOTALL)
_BLANK = b" \t\r\n"


class Input(Protocol):
    """A metadata file that can be read more than once."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def octets(self) -> int | None:
        """Its size, if known."""

    def open(self) -> BinaryIO:
        """Return a stream at its beginning. Raises InputError if it cannot be read."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file that is read whole: a single entity."""

    artifact: Artifact


Cut = EntitySlice | Skeleton | Whole


def open_source(name: str, stream: BinaryIO, octets: int | None) -> tuple[MetadataSource, Iterator[Cut]]:
    """Return what a file is and its entities as they are read.

    Raises InputError and HostileInput for what is no metadata (the code names what it is instead) and, while the entities
    are read, for a file that ends too early (``truncated``), one that is not well-formed, or a tag or entity that is too large.
    """
    head = fill(stream, CHUNK)
    if not head.strip(_BLANK + b"\xef\xbb\xbf"):
        raise InputError("The file is empty.", tip="Download the metadata again.", where=name, code="empty")
    how = written(name, head)
    recoded = None if how.as_it_is else Recoded(name, how, head, stream)
    text = blanked(recoded.read(CHUNK)) if recoded else head[how.mark :]
    root = _ROOT.match(text)
    if root is None:
        _no_xml(name, text)
    kind = root[1].rpartition(b":")[2]
    if kind.lower() in (b"html", b"body"):
        _html(name)
    source = MetadataSource(name, octets, how.mark > 0, how.declared, kind == b"EntitiesDescriptor")
    if kind != b"EntitiesDescriptor":
        return source, iter((Whole(Artifact(name, _whole(name, head, stream))),))
    return source, Cutter(name, text, recoded or stream, how.mark, how.width).cuts()


def _whole(name: str, head: bytes, stream: BinaryIO) -> bytes:
    if len(head) < CHUNK:
        return head
    rest = fill(stream, METADATA.octets - len(head) + 1)
    if len(head) + len(rest) > METADATA.octets:
        raise HostileInput(
            f"The file is larger than {METADATA.octets >> 20} MiB and no aggregate.",
            tip="A single entity is never so large. Check where it comes from.",
            where=name,
            code="limit-octets",
        )
    return head + rest


def _no_xml(name: str, text: bytes) -> NoReturn:
    start = text.lstrip(_BLANK)[:4096]
    lower = start.lower()
    if b"<!doctype html" in lower or b"<html" in lower:
        _html(name)
    if start.startswith(b"<!DOCTYPE") or re.match(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE", start, re.DOTALL):
        raise HostileInput(
            "The XML has a document type declaration (<!DOCTYPE …>), which SAML metadata never has and attacks are made with.",
            tip="Check where the file comes from.",
            where=name,
            code="dtd",
        )
    if not start.strip(b"\x00"):
        raise InputError(
            "The file holds nothing but zeros: it was not written to its end.", tip="Download it again.", where=name, code="zeros"
        )
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"BZh")):
        raise InputError(
            "This is a compressed file, not metadata.", tip="Unpack it, and give the XML inside.", where=name, code="compressed"
        )
    if b"&lt;" in start and b"EntityDescriptor" in start:
        raise InputError(
            "The XML is written as text of a web page: < as &lt;.",
            tip="Download the metadata to a file instead of copying it from the page's source.",
            where=name,
            code="escaped",
        )
    if b"EntityDescriptor" in text[:1_000_000]:
        raise InputError(
            "Something stands before the XML. A browser's view of the metadata was probably copied, with the note above it.",
            tip="Save what the link delivers to a file (Ctrl+S), or remove all that stands before the first <.",
            where=name,
            code="text-before",
        )
    if re.match(rb"[A-Za-z0-9+/\s]{100,}", start) and b"EntityDescriptor" in _decoded(text):
        raise InputError(
            "This is metadata in base64.", tip="Decode it first: base64 -d FILE > metadata.xml", where=name, code="base64"
        )
    if b"-----BEGIN" in start:
        raise InputError(
            "This is a key or certificate in PEM, not metadata.",
            tip="Ask for the metadata XML; a certificate alone goes to --signed-by.",
            where=name,
            code="pem",
        )
    if start.startswith((b"{", b"[")):
        raise InputError(
            "This is JSON, not metadata.", tip="SAML metadata is XML. Download the federation metadata.", where=name, code="json"
        )
    if start.startswith((b"http://", b"https://")):
        raise InputError(
            "This is a link, not metadata; samlcheck connects to nothing.",
            tip="Download what the link delivers and give that file.",
            where=name,
            code="link",
        )
    raise InputError(
        "This is not XML.", tip="SAML metadata begins with <EntityDescriptor or <EntitiesDescriptor.", where=name, code="not-xml"
    )


def _decoded(text: bytes) -> bytes:
    """Return the beginning of text as base64 decodes it."""
    digits = re.sub(rb"\s", b"", text[:8192])
    return binascii.a2b_base64(digits[: len(digits) // 4 * 4])


def _html(name: str) -> NoReturn:
    raise InputError(
        "This is a web page, not metadata.",
        tip="Open the metadata link in a browser, sign in if asked, and save what it delivers, not the page around it.",
        where=name,
        code="html",
    )
