"""What-if repairs: harmless-looking changes that break a signature, each as the edit that would undo it.

If the digest matches again after an edit, that is what happened on the way. Only changes that can be undone without
guessing what was there are listed; whatever canonicalisation already levels out (quotes, entities, attribute order) is not.
"""

from __future__ import annotations

import re

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.trust.canonical import Edit
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
    undo: Edit


def _is_leaf(element: etree._Element) -> bool:
    return len(element) == 0


def _without_indentation(parent: etree._Element, text: str) -> str:
    return text if _is_leaf(parent) or text.strip() else ""


def _without_indentation_and_padding(parent: etree._Element, text: str) -> str:
    return text.strip() if _is_leaf(parent) else _without_indentation(parent, text)


def _reflowed(parent: etree._Element, text: str) -> str:
    """Undo a pretty-printer that also wraps base64."""
    stripped = _without_indentation_and_padding(parent, text)
    return "".join(stripped.split()) if _BASE64.fullmatch(stripped) else stripped


def _line_feeds_only(parent: etree._Element, text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "")


def _with_carriage_returns(parent: etree._Element, text: str) -> str:
    return text.replace("\r", "").replace("\n", "\r\n")


def _with_carriage_returns_in_base64(parent: etree._Element, text: str) -> str:
    return _with_carriage_returns(parent, text) if _in_signature(parent) else text


def _plus_for_blank(parent: etree._Element, text: str) -> str:
    return text.replace(" ", "+") if _is_leaf(parent) and _BASE64.fullmatch(text) and "\n" not in text else text


def _unwrapped(parent: etree._Element, text: str) -> str:
    return "".join(text.split()) if _is_leaf(parent) and _BASE64.fullmatch(text) else text


def _wrapped(width: int) -> Edit:
    def edit(parent: etree._Element, text: str) -> str:
        if not (_in_signature(parent) and _is_leaf(parent) and _BASE64.fullmatch(text)):
            return text
        flat = "".join(text.split())
        return "\n".join(flat[at : at + width] for at in range(0, len(flat), width))

    return edit


def _trimmed(parent: etree._Element, text: str) -> str:
    return text.strip() if _is_leaf(parent) else text


def _in_signature(element: etree._Element) -> bool:
    return str(element.tag).startswith(f"{{{DS}}}")


DAMAGES: tuple[Damage, ...] = (
    Damage("reindented", "line breaks and indentation were added between the elements", _without_indentation),
    Damage("line-endings", "line ends were changed from LF to CR LF", _line_feeds_only),
    Damage("line-endings", "line ends were changed from CR LF to LF", _with_carriage_returns),
    Damage("line-endings", "carriage returns (&#13;) were dropped from base64 values", _with_carriage_returns_in_base64),
    Damage("base64-damaged", "plus signs were turned into blanks", _plus_for_blank),
    Damage("base64-damaged", "line breaks were put into base64 values", _unwrapped),
    Damage("base64-damaged", "line breaks were taken out of base64 values", _wrapped(76)),
    Damage("base64-damaged", "line breaks were taken out of base64 values", _wrapped(64)),
    Damage("whitespace-trimmed", "white space was added around values", _trimmed),
    Damage("reindented", "the XML was pretty-printed and its values padded", _without_indentation_and_padding),
    Damage("reindented", "the XML was pretty-printed and its base64 values wrapped", _reflowed),
)


def lost_namespaces(target: etree._Element, prefixes: frozenset[str]) -> dict[str, str]:
    """Return likely declarations for InclusiveNamespaces prefixes that are no longer in scope.

    Parsers that drop "unused" declarations break signatures this way: the prefix occurs in xsi:type values only.
    """
    return {prefix: _KNOWN[prefix] for prefix in sorted(prefixes) if prefix not in target.nsmap and prefix in _KNOWN}
