"""What happens to messages between the signer and the reader, by the reason that verification should then give.

Accidents: a gateway that re-indents, an editor that changes line ends; what is done on purpose is in ``attacks``. Each
takes the signed text and gives another. Nothing here knows keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from samlcheck.forge.attacks import ATTACKS


def _content_changed(xml: str) -> str:
    """Change one character of the NameID, or of the status of a response without one."""
    found = re.search(r"(<(?:\w+:)?NameID\b[^>]*>)(.)", xml) or re.search(r"(StatusCode Value=\")(.)", xml)
    if found is None:
        return xml
    other = "n" if found[2] != "n" else "m"
    return xml[: found.start(2)] + other + xml[found.end(2) :]


def _reindented(xml: str) -> str:
    """Put every element on a line of its own, as pretty-printers do; text stays on one line."""
    depth, lines = 0, []
    for token in re.findall(r"<[^>]+>[^<]*</[^>]+>|<[^>]+>", xml):
        closing = token.startswith("</")
        depth -= closing
        lines.append("  " * depth + token)
        if not closing and not token.endswith(("/>", "?>")) and not re.fullmatch(r"<[^>]+>[^<]*</[^>]+>", token):
            depth += 1
    return "\n".join(lines) + "\n"


def _line_endings(xml: str) -> str:
    """Turn each line break into CR LF, the CR written as a reference so that parsers keep it (XML 1.0, 2.11)."""
    return re.sub(r"(?<!\?>)\n", "&#xD;\n", xml)


def _whitespace_trimmed(xml: str) -> str:
    """Put blanks around the NameID, as templates do that break lines around values."""
    return re.sub(r"(<(?:\w+:)?NameID\b[^>]*>)([^<]*)(?=<)", "\\1\n  \\2\n", xml, count=1)


def _signed_info_altered(xml: str) -> str:
    """Give the first SignedInfo an Id: harmless to readers, but it is SignedInfo that was signed."""
    return re.sub(r"(<(?:\w+:)?SignedInfo)>", '\\1 Id="signed">', xml, count=1)


def _signature_value_malformed(xml: str) -> str:
    """Cut the first SignatureValue short, so that it is not base64 any more."""
    return re.sub(r"(SignatureValue>)[^<]{3}", "\\1", xml, count=1)


def _base64_damaged(xml: str) -> str:
    """Turn each + inside signatures into a blank, as decoding a form once too often does.

    One signature in four hundred holds none itself; ``sign: both`` makes it one in a hundred thousand.
    """
    return re.sub(r"((?:DigestValue|SignatureValue|X509Certificate)>)([^<]+)<", lambda found: found[0].replace("+", " "), xml)


def _characters_changed(xml: str) -> str:
    """Put a zero-width space behind the NameID, as copying from web pages does."""
    return re.sub(r"(<(?:\w+:)?NameID\b[^>]*>[^<]*)", "\\1\u200b", xml, count=1)


def _namespaces_changed(xml: str) -> str:
    """Lose the lists of InclusiveNamespaces, as rewriting for schema validation does."""
    return re.sub(r"<(\w+:)?InclusiveNamespaces\b[^>]*/>", "", xml)


DAMAGES: dict[str, Callable[[str], str]] = {
    "content-changed": _content_changed,
    "reindented": _reindented,
    "line-endings": _line_endings,
    "whitespace-trimmed": _whitespace_trimmed,
    "characters-changed": _characters_changed,
    "namespaces-changed": _namespaces_changed,
    "signed-info-altered": _signed_info_altered,
    "signature-value-malformed": _signature_value_malformed,
    "base64-damaged": _base64_damaged,
    "attribute-added": lambda xml: re.sub(r"(<(?:\w+:)?Status)>", '\\1 Note="checked">', xml, count=1),
    **ATTACKS,
}
"""Named like the reasons of ``docs/architecture.md``; ``attribute-added`` breaks a signature around it, and the schema."""


def damaged(xml: str, damage: str) -> str:
    """Return the message after the damage named. Raises ValueError where it has no place that could be damaged so."""
    result = DAMAGES[damage](xml)
    if result == xml:
        raise ValueError(f"damage {damage} finds nothing to damage in this message (layout: lines gives it line breaks)")
    return result
