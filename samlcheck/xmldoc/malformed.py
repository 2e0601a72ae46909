"""Why octets are no well-formed XML, in words for people who did not write them: what, where, and what to do.

The parser's own message names a symptom ("invalid token"); here the octets around the place are looked at. Names of
elements are shown, since they are the standards' own words; values never are.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers.expat import errors

from samlcheck.errors import InputError
from samlcheck.source import Artifact
from samlcheck.xmldoc.encoding import Encoding
from samlcheck.xmldoc.positions import Positions

_SHOWN_NAME = re.compile(r"[A-Za-z_][\w.-]{0,40}(?::[\w.-]{1,60})?", re.ASCII)
_OPEN_ENTITY = re.compile(rb"&[^;<&\s]{0,40}\Z")
_CODES: dict[str, int] = errors.codes
_RECAPTURE = "Capture the message again and give it whole."
_WHOLE = (
    "Copy it again, from the first < to the last >: terminals, log lines and form fields often keep only the first "
    "1024, 2048, 4096 … characters."
)


class _Fault(NamedTuple):
    what: str
    tip: str
    offset: int


class _Scene(NamedTuple):
    """Everything there is to look at."""

    units: bytes
    """The document, one octet for each code unit."""
    unit: int
    """Where the parser stopped, in code units."""
    encoding: Encoding
    positions: Positions
    """Of what stands before that place."""
    data: bytes
    offset: int

    def tag(self, element: int) -> str:
        """Return an element's tag if its name is fit to be shown."""
        name = self.positions.name(element)
        return f"<{name}>" if _SHOWN_NAME.fullmatch(name) else "an element"


def explain(artifact: Artifact, encoding: Encoding, code: int, offset: int) -> InputError:
    """Return the error for a document that expat refused with ``code`` at an octet offset."""
    data = artifact.data
    place = max(offset, 0)
    before = Positions(data[:place], encoding)
    scene = _Scene(encoding.units(data), place // encoding.width, encoding, before, data, place)
    fault = _fault(scene, code)
    line, column = Positions(data, encoding).at(fault.offset)
    return InputError(fault.what, tip=fault.tip, where=f"{artifact.name}:{line}:{column}", code="not-well-formed")


def _fault(scene: _Scene, code: int) -> _Fault:
    here = scene.offset
    match code:
        case _ if not scene.units[scene.encoding.mark // scene.encoding.width :].strip():
            return _Fault("The XML is empty.", _RECAPTURE, 0)
        case _ if code in _BREAKS_OFF:
            return _broken_off(scene)
        case _ if code == _CODES[errors.XML_ERROR_TAG_MISMATCH]:
            inner = scene.positions.open[-1]
            line, _ = scene.positions.at(scene.positions.start_tag(inner).start)
            return _Fault(
                f"This end tag closes another element than the one that is open: {scene.tag(inner)}, begun in line {line}.",
                "Something is missing or doubled between the two; give the message as it was sent, not put together by hand.",
                here,
            )
        case _ if code == _CODES[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]:
            return _behind_the_root(scene)
        case _ if code == _CODES[errors.XML_ERROR_UNDEFINED_ENTITY]:
            return _Fault(
                "An entity is used here that XML does not know.",
                "XML has &amp; &lt; &gt; &quot; &apos; and numbers such as &#160;; the names of HTML, such as &nbsp;, are unknown.",
                here,
            )
        case _ if code in _SENTENCES:
            return _Fault(*_SENTENCES[code], here)
    return _unexpected(scene)


def _broken_off(scene: _Scene) -> _Fault:
    end = len(scene.data)
    if scene.units.startswith(b"<!--", scene.unit):
        return _Fault("A comment begins here and does not end.", "Close it with -->, or leave it out.", scene.offset)
    if scene.positions.open:
        inner = scene.tag(scene.positions.open[-1])
        count = len(scene.positions.open)
        left = "1 element is" if count == 1 else f"{count} elements are"
        return _Fault(f"The XML breaks off inside {inner}: {left} not closed.", _WHOLE, end)
    return _Fault("The XML breaks off before its first element is complete.", _WHOLE, end)


def _behind_the_root(scene: _Scene) -> _Fault:
    if scene.units[scene.unit : scene.unit + 1] == b"<" and scene.units[scene.unit + 1 : scene.unit + 2] not in (b"/", b"!", b"?"):
        return _Fault("A second document begins here.", "Give each message by itself: one root element in each file.", scene.offset)
    return _Fault("The XML has ended, but something follows it.", "Leave out what stands behind the last end tag.", scene.offset)


def _unexpected(scene: _Scene) -> _Fault:
    units, unit, here = scene.units, scene.unit, scene.offset
    mark = scene.encoding.mark // scene.encoding.width
    if not len(scene.positions) and not units[mark:].lstrip().startswith(b"<"):
        return _Fault(
            "Text stands before the first <.",
            "Give the XML alone, from the first < to the last >.",
            (len(units) - len(units[mark:].lstrip())) * scene.encoding.width,
        )
    invalid = _undecodable(scene)
    if invalid is not None:
        return _Fault(
            f"The octets here are not valid {scene.encoding.name}.",
            "The text was saved in another encoding or damaged on the way. " + _RECAPTURE,
            invalid,
        )
    ampersand = _OPEN_ENTITY.search(units, max(unit - 41, 0), unit)
    if ampersand is not None:
        return _Fault(
            "An & stands here that begins no entity.",
            "In XML it is written &amp;. If the sender wrote it so, something on the way has decoded it.",
            ampersand.start() * scene.encoding.width,
        )
    if units[unit : unit + 1] < b" " and units[unit : unit + 1] not in (b"\t", b"\r", b"\n"):
        return _Fault(f"A control character (U+{units[unit]:04X}) stands here, which XML forbids.", _RECAPTURE, here)
    if units.rfind(b"<", 0, unit) > units.rfind(b">", 0, unit):
        if units[unit : unit + 1] == b"<":
            return _Fault("A < stands inside a tag.", "In a value it is written &lt;; or the > before it has been lost.", here)
        return _Fault(
            "A tag is not written as XML wants it.",
            'Each attribute is written name="value" in quotes, with a blank before it.',
            here,
        )
    return _Fault("Something stands here that XML does not allow.", _RECAPTURE, here)


def _undecodable(scene: _Scene) -> int | None:
    try:
        scene.data.decode(scene.encoding.codec)
    except UnicodeDecodeError as error:
        # expat reports the token; a fault far behind it is not what stopped the parser
        return error.start if error.start <= scene.offset + 4 else None
    return None


_BREAKS_OFF = frozenset(
    _CODES[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_NAMESPACE = (
    "A namespace is declared here in a way that XML forbids.",
    "The prefixes xml and xmlns are reserved, and a prefix cannot be declared as nothing.",
)
_SENTENCES: dict[int, tuple[str, str]] = {
    _CODES[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: (
        "This tag has the same attribute twice.",
        "XML allows each attribute once; the sender, or something on the way, is broken.",
    ),
    _CODES[errors.XML_ERROR_BAD_CHAR_REF]: ("A number such as &#1; stands here for a character that XML forbids.", _RECAPTURE),
    _CODES[errors.XML_ERROR_MISPLACED_XML_PI]: (
        "The XML declaration (<?xml …?>) does not stand at the very beginning.",
        "Remove what stands before it, be it only blanks or an empty line.",
    ),
    _CODES[errors.XML_ERROR_UNBOUND_PREFIX]: (
        "This tag uses a namespace prefix that is not declared.",
        "It was probably cut out of a larger document, whose root declares the prefix (xmlns:saml=…): give the whole.",
    ),
    _CODES[errors.XML_ERROR_UNDECLARING_PREFIX]: _NAMESPACE,
    _CODES[errors.XML_ERROR_RESERVED_PREFIX_XML]: _NAMESPACE,
    _CODES[errors.XML_ERROR_RESERVED_PREFIX_XMLNS]: _NAMESPACE,
    _CODES[errors.XML_ERROR_RESERVED_NAMESPACE_URI]: _NAMESPACE,
}
