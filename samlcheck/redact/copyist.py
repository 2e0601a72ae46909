"""One text of any kind to its copy: messages, forms, URLs, pages, log lines, policies, certificates.

The order in which kinds are tried is that of ``capture.find``; what is of no known kind is a text whose words are
replaced, one by one.
"""

from __future__ import annotations

import json
import re
from dataclasses import field, replace
from typing import Any

from samlcheck.capture import escapes, form, page, scan, xmllook
from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.symptoms import Sighting, match
from samlcheck.redact import layers, pages, queries, recordings, xml
from samlcheck.redact.ledger import digest
from samlcheck.redact.resign import resigned
from samlcheck.redact.standins import StandIns
from samlcheck.redact.values import Values
from samlcheck.redact.words import listing
from samlcheck.source import Artifact
from samlcheck.trust.certificates import decode_base64
from samlcheck.trust.facts import PinnedKey
from samlcheck.xmldoc.parse import METADATA, parse

_PEM = re.compile(r"-----BEGIN [^-\n]{1,60}-----(?:[^-]++|-(?!----))*+-----END [^-\n]{1,60}-----")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,20}://\S+")
_UNDO = ("json string", "entities", "quoted-printable", "percent")
_MAX_DEPTH = 6
_TAGS_OF_PAGES = ("html", "head", "body", "form", "input")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_GRAMMAR = listing("Action NotAction Version Effect")
"""Keys of IAM policies whose values are words of AWS."""


@dataclass(frozen=True)
class Copyist:
    """What is needed to copy: the values' pseudonyms, stand-ins for keys, the keys that the user trusts, the symptoms."""

    values: Values
    stand_ins: StandIns
    given: tuple[PinnedKey, ...]
    catalogue: Catalogue
    known: dict[bytes, tuple[Sighting, ...]] = field(default_factory=dict)
    """The symptoms of texts that were looked at."""

    def octets(self, data: bytes) -> bytes:
        """Return the copy of a whole input, in the encoding of the input."""
        if data[:1] == b"\x30":
            return self._certificate(data)
        element = xmllook.root(xmllook.as_utf8(data))
        if element is not None and element.local.lower() not in _TAGS_OF_PAGES:
            return self.xml(data)
        text, encoding = escapes.as_text(data)
        mark = (
            data[: len(data) - len(data.lstrip(b"\xef\xbb\xbf\xff\xfe"))][:3] if encoding != "utf-8" or data[:1] == b"\xef" else b""
        )
        new = self.text(text)
        if encoding == "utf-8":
            return mark + escapes.as_octets(new)
        return mark + new.encode(encoding, "replace")

    def text(self, text: str, depth: int = 0) -> str:
        """Return the copy of text that may be anything."""
        bare = text.strip()
        if depth > _MAX_DEPTH:
            return self.values.text(text, "text")
        if bare[:1] in ("{", "["):
            loaded = _json(bare)
            if recordings.is_recording(loaded):
                return self.recording(loaded)
            if loaded is None and (broken := recordings.broken_off(bare, self)) is not None:
                return broken
            if loaded is not None:
                return json.dumps(self.plain(loaded), indent=2, ensure_ascii=False) + "\n"
        if _PEM.search(text):
            return _PEM.sub(lambda found: self.stand_ins.text(found[0]), text)
        if page.is_page(text) and "SAMLRe" in text and "<" in text:
            return pages.copied(text, self)
        unquoted = bare.strip("\"'<>")
        if _URL.fullmatch(unquoted):
            return text.replace(unquoted, queries.url(unquoted, self), 1)
        if form.is_form(unquoted):
            return text.replace(unquoted, queries.query(unquoted, self), 1)
        if bare and not form.holds_saml(text):
            value = self.value(bare, depth)
            if value is None and bare.startswith("MI"):
                value = self._bare_certificate(bare)
            if value is not None:
                return text.replace(bare, value, 1)
        return self._log(text, depth)

    def recording(self, loaded: Any) -> str:
        """Return the copy of a HAR or an export of SAML-tracer."""
        return json.dumps(recordings.copied(loaded, self), indent=1, ensure_ascii=False) + "\n"

    def value(self, value: str, depth: int = 0) -> str | None:
        """Return the copy of one encoded value; None if it holds no message."""
        opened = layers.opened(value)
        if opened is None:
            return None
        if opened.is_xml:
            return opened.closed(self.xml(opened.octets))
        inner = escapes.as_text(opened.octets)[0]
        return opened.closed(escapes.as_octets(self.text(inner, depth + 1)))

    def xml(self, octets: bytes) -> bytes:
        """Return the copy of a document, with its signatures made again once the pseudonyms are known."""
        text, codec, mark = _decoded(octets)
        said, certificate = self.said, self.stand_ins.text if _is_whole(octets) else self.stand_ins.scrambled
        redactor = xml.Redactor(self.values, said, certificate, self.stand_ins.modulus, self.stand_ins.scrambled)
        new = mark + xml.redact(text, redactor).encode(codec, "surrogateescape" if codec == "utf-8" else "replace")
        return new if self.values.words is None else resigned(octets, new, self.given, self.stand_ins)

    def said(self, text: str) -> str:
        """Return what a product says to people: the words of its own sentences stay, where a symptom knows them."""
        words = frozenset().union(*(own_words(hit) for hit in self._symptoms(text)))
        return replace(self.values, public=self.values.public | words).text(text, "text")

    def sayings(self, text: str) -> tuple[str, ...]:
        """Return the sentences in a page's text that symptoms know, with private words replaced; the rest is left out."""
        found = self._symptoms(text)
        self.values.drop(text, "page text")
        return tuple(
            dict.fromkeys(
                replace(self.values, public=self.values.public | own_words(hit)).text(hit.said, "text") for hit in found if hit.said
            )
        )

    def _symptoms(self, text: str) -> tuple[Sighting, ...]:
        key = digest(text)
        if key not in self.known:
            self.known[key] = match(self.catalogue, text, weak=True)
        return self.known[key]

    def plain(self, value: Any, key: str = "") -> Any:
        """Return a JSON value that is no recording (an IAM policy, the output of a tool) with its texts replaced."""
        if isinstance(value, dict):
            return {self.values.technical(name): self.plain(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item, key) for item in value]
        if isinstance(value, str):
            return self.values.kept(value) if key in _GRAMMAR else self.value(value) or self.values.text(value, "text")
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > 99:
            return type(value)(self.values.text(str(value), "number"))
        return value

    def _log(self, text: str, depth: int) -> str:
        """Return text with messages somewhere inside."""
        pieces = scan.pieces(text)
        new, at, messages = "", 0, 0
        for piece in pieces:
            written = text[piece.start : piece.end]
            copied = self._piece(piece, depth)
            new += self.values.text(text[at : piece.start], "text")
            if copied is None:
                new += self.values.text(written, "text")
            else:
                messages += 1
                new += written.replace(piece.value, copied) if piece.value in written else f"{piece.parameter or ''}={copied}"
            at = piece.end
        if not messages:
            for name in _UNDO:
                undone = layers.undone(text, name)
                if undone is not None and (form.holds_saml(undone[0]) or "<" in undone[0]):
                    return undone[1](self.text(undone[0], depth + 1))
        return new + self.values.text(text[at:], "text")

    def _piece(self, piece: scan.Piece, depth: int) -> str | None:
        if piece.kind == "url":
            return queries.url(piece.value, self)
        if piece.kind == "xml":
            return self.xml(escapes.as_octets(piece.value)).decode("utf-8", "surrogateescape")
        return self.value(piece.value, depth + 1)

    def _certificate(self, der: bytes) -> bytes:
        self.values.ledger.replaced("certificate", der.hex())
        if self.values.words is None:
            import base64

            self.stand_ins.text(base64.b64encode(der).decode())
            return der
        return self.stand_ins.octets(der) or b"\x30\x00"

    def _bare_certificate(self, text: str) -> str:
        try:
            decode_base64(text)
        except ValueError:
            return self.values.text(text, "text")
        return self.stand_ins.text(text)


def own_words(sighting: Sighting) -> frozenset[str]:
    """Return the words that a symptom's own pattern holds: those of the product, not of who saw it."""
    pattern = re.sub(r"\\[bBdDsSwW]|\(\?[a-z]+\)|\{[0-9,]+\}", " ", sighting.symptom.pattern or sighting.symptom.code or "")
    return frozenset(word.lower() for word in re.findall(r"[^\W_]+", pattern))


def _is_whole(octets: bytes) -> bool:
    """Return whether XML can be parsed: in what cannot, nobody reads a certificate."""
    try:
        parse(Artifact("input", octets), METADATA)
    except InputError:
        return False
    return True


def _json(text: str) -> Any | None:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _decoded(octets: bytes) -> tuple[str, str, bytes]:
    """Return the text of a document, its codec and its byte order mark."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if octets.startswith(mark):
            return octets[len(mark) :].decode(codec, "surrogateescape" if codec == "utf-8" else "replace"), codec, mark
    if octets[:2] in (b"<\0", b"\0<"):
        codec = "utf-16-le" if octets[:2] == b"<\0" else "utf-16-be"
        return octets.decode(codec, "replace"), codec, b""
    return octets.decode("utf-8", "surrogateescape"), "utf-8", b""
