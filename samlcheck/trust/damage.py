"""What-if repairs: harmless-looking changes that break a signature, each as the edit that would undo it.

If the digest matches again after an edit, that is what happened on the way. Only changes that can be undone without
guessing what was there are listed; whatever canonicalisation already levels out (quotes, attribute order, the spelling of
entities, comments, the XML declaration) is not, for it breaks nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.trust.respelling import Undo, Value
from samlcheck.xmldoc.names import DS, PREFIXES, SAML, SAMLP, XSD, XSI

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{24,}")
_KNOWN = {
    **{prefix: uri for uri, prefix in PREFIXES.items()},
    "xs": XSD,
    "xsd": XSD,
    "xsi": XSI,
    "saml2": SAML,
    "saml2p": SAMLP,
    "dsig": DS,
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of change on the way, and how to undo it."""

    reason: str
    """Code of ``docs/architecture.md``."""
    words: str
    """What happened, a clause."""
    undo: Undo


def _without_indentation(value: Value) -> str:
    return value.text if value.is_attribute or value.is_leaf or value.text.strip() else ""


def _without_indentation_and_padding(value: Value) -> str:
    return value.text.strip() if value.is_leaf else _without_indentation(value)


def _reflowed(value: Value) -> str:
    """Undo a pretty-printer that also wraps base64."""
    stripped = _without_indentation_and_padding(value)
    return "".join(stripped.split()) if _BASE64.fullmatch(stripped) else stripped


def _line_feeds_between(value: Value) -> str:
    """Undo a pretty-printer where the signer had put each element on a line of its own."""
    between = not (value.is_attribute or value.is_leaf or value.text.strip())
    return "\n" if between else value.text


def _indented(was: str, now: str) -> Undo:
    """Undo a change of the unit of indentation."""

    def undo(value: Value) -> str:
        if value.is_attribute or value.is_leaf or value.text.strip():
            return value.text
        lines, _, last = value.text.rpartition("\n")
        return value.text if last.strip(now) else f"{lines}\n{was * (len(last) // len(now))}"

    return undo


def _line_feeds_only(value: Value) -> str:
    return value.text if value.is_attribute else value.text.replace("\r\n", "\n").replace("\r", "")


def _with_carriage_returns(value: Value) -> str:
    return value.text if value.is_attribute else value.text.replace("\r", "").replace("\n", "\r\n")


def _with_carriage_returns_in_base64(value: Value) -> str:
    return _with_carriage_returns(value) if value.in_signature else value.text


def _plus_for_blank(value: Value) -> str:
    damaged = value.is_leaf and _BASE64.fullmatch(value.text) and "\n" not in value.text
    return value.text.replace(" ", "+") if damaged else value.text


def _unwrapped(value: Value) -> str:
    return "".join(value.text.split()) if value.is_leaf and _BASE64.fullmatch(value.text) else value.text


def _wrapped(width: int, line_break: str = "\n") -> Undo:
    def undo(value: Value) -> str:
        if not (value.in_signature and value.is_leaf and _BASE64.fullmatch(value.text)):
            return value.text
        flat = "".join(value.text.split())
        return line_break.join(flat[at : at + width] for at in range(0, len(flat), width))

    return undo


def _trimmed(value: Value) -> str:
    return value.text.strip() if value.is_leaf else value.text


def _read_as(encoding: str) -> Undo:
    """Undo UTF-8 that was read in another encoding and written anew: ``Ã¼`` for ``ü``."""

    def undo(value: Value) -> str:
        try:
            return value.text.encode(encoding).decode()
        except UnicodeError:
            return value.text

    return undo


def _normalized(form: str) -> Undo:
    return lambda value: value.text if value.text.isascii() else unicodedata.normalize(form, value.text)  # type: ignore[arg-type]


_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&amp;": "&"}


def _unescaped(value: Value) -> str:
    return re.sub("|".join(_REFERENCES), lambda found: _REFERENCES[found[0]], value.text) if "&" in value.text else value.text


def _escaped_again(value: Value) -> str:
    return value.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_TYPOGRAPHY = str.maketrans(
    {"\xa0": " ", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u200b": "", "\xad": "", "\ufeff": ""}
)


def _plain_typography(value: Value) -> str:
    return value.text if value.text.isascii() else value.text.translate(_TYPOGRAPHY)


DAMAGES: tuple[Damage, ...] = (
    Damage("reindented", "line breaks and indentation were added between the elements", _without_indentation),
    Damage("line-endings", "line ends were changed from LF to CR LF", _line_feeds_only),
    Damage("line-endings", "line ends were changed from CR LF to LF", _with_carriage_returns),
    Damage("line-endings", "carriage returns (&#13;) were dropped from base64 values", _with_carriage_returns_in_base64),
    Damage("base64-damaged", "plus signs were turned into blanks", _plus_for_blank),
    Damage("base64-damaged", "line breaks were put into base64 values", _unwrapped),
    Damage("base64-damaged", "line breaks were taken out of base64 values", _wrapped(76)),
    Damage("base64-damaged", "line breaks were taken out of base64 values", _wrapped(64)),
    Damage("base64-damaged", "line breaks were taken out of base64 values", _wrapped(76, "\r\n")),
    Damage("whitespace-trimmed", "white space was added around values", _trimmed),
    Damage("reindented", "the XML was pretty-printed and its values padded", _without_indentation_and_padding),
    Damage("reindented", "the XML was pretty-printed and its base64 values wrapped", _reflowed),
    Damage("reindented", "lines were indented that the signer had not indented", _line_feeds_between),
    *(
        Damage("reindented", "the indentation was changed", _indented(was, now))
        for was, now in (("    ", "  "), ("  ", "    "), ("\t", "  "), ("\t", "    "), ("  ", "\t"), ("    ", "\t"))
    ),
    Damage("characters-changed", "UTF-8 was read as Windows-1252 and written anew", _read_as("cp1252")),
    Damage("characters-changed", "UTF-8 was read as ISO 8859-1 and written anew", _read_as("latin-1")),
    Damage("characters-changed", "references such as &amp; were escaped once too often", _unescaped),
    Damage("characters-changed", "references such as &amp; were undone once too often", _escaped_again),
    Damage("characters-changed", "letters with accents were decomposed (Unicode NFD)", _normalized("NFC")),
    Damage("characters-changed", "letters with accents were composed (Unicode NFC)", _normalized("NFD")),
    Damage("characters-changed", "quotes, hyphens or blanks were replaced by typographical ones", _plain_typography),
)

ADDED_WHITE_SPACE: tuple[tuple[str, str, str], ...] = (
    ("", " ", "a blank after it"),
    (" ", "", "a blank before it"),
    (" ", " ", "a blank on both sides"),
    ("", "\n", "a line feed after it"),
    ("\n", "", "a line feed before it"),
    ("\n", "\n", "a line feed on both sides"),
    ("", "\t", "a tab after it"),
    ("\t", "", "a tab before it"),
    ("", "\r\n", "a line break (CR LF) after it"),
    ("", "\xa0", "a no-break space after it"),
)
"""What a single value may have had around it before it was trimmed."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """One guess of the namespaces that were in scope, or listed, when the element was signed."""

    words: str
    """What happened since, a clause."""
    in_scope: Mapping[str, str]
    """Declarations that were in scope as well."""
    prefixes: frozenset[str] | None = None
    """The InclusiveNamespaces PrefixList, where it was another one."""
    alone: bool = False
    """Whether nothing was inherited from the elements around it."""


_DROPPED = "namespace declarations named by InclusiveNamespaces were dropped when the XML was written anew"
_LIST_LOST = "the list of InclusiveNamespaces was lost"
_OUT_OF_CONTEXT = "the element was taken out of the message whose namespace declarations are part of what is signed"
_LISTS = (("xs",), ("xsd",), ("xs", "xsi"), ("xsd", "xsi"))
_AROUND: tuple[dict[str, str], ...] = tuple(
    {**protocol, **assertion, **types}
    for protocol in ({"samlp": SAMLP}, {"saml2p": SAMLP}, {})
    for assertion in ({}, {"saml": SAML}, {"saml2": SAML})
    for types in ({}, {"xs": XSD}, {"xsi": XSI}, {"xs": XSD, "xsi": XSI}, {"xsd": XSD, "xsi": XSI}, {"ds": DS})
    if protocol or assertion or types
)


def namespaces(target: etree._Element, prefixes: frozenset[str], *, exclusive: bool) -> Iterator[Declarations]:
    """Yield what may have happened to namespace declarations (Canonical XML 1.0, 2.3; Exclusive C14N, 1.3 and section 4).

    Parsers that drop "unused" declarations break signatures so: a prefix may occur in xsi:type values only. Under inclusive
    canonicalisation all declarations in scope are signed, so that an assertion cannot be moved between messages.
    """
    lost = {prefix: _KNOWN[prefix] for prefix in sorted(prefixes) if prefix not in target.nsmap and prefix in _KNOWN}
    if lost:
        yield Declarations(_DROPPED, lost)
    if exclusive:
        if not prefixes:
            for listed in _LISTS:
                yield Declarations(_LIST_LOST, {}, frozenset(listed))
                yield Declarations(_LIST_LOST, {prefix: _KNOWN[prefix] for prefix in listed}, frozenset(listed))
        return
    if target.getparent() is not None:
        yield Declarations("the element was signed by itself and then put into a message with more namespaces", {}, alone=True)
    for declared in _AROUND:
        missing = {prefix: uri for prefix, uri in declared.items() if prefix not in target.nsmap}
        if missing:
            yield Declarations(_OUT_OF_CONTEXT, missing)
