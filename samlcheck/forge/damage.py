"""What happens to messages between the signer and the reader, by the reason that verification should then give.

Accidents (a gateway that re-indents, an editor that changes line ends) and attacks (a second assertion, signature
wrapping) alike; each takes the signed octets and gives others. Nothing here knows keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable


def _content_changed(xml: str) -> str:
    """Change one character of the NameID, or of the status of a response without one."""
    found = re.search(r"(NameID\b[^>]*>|StatusCode Value=\")(.)", xml)
    assert found is not None
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
    """Break lines between elements with CR LF written as a character reference, as some form encoders do."""
    return re.sub(r"(<(?:\w+:)?Conditions)", "&#xD;\n\\1", xml, count=1)


def _signed_info_altered(xml: str) -> str:
    """Change a letter of SignedInfo without touching the digest."""
    return re.sub(r"(<(?:\w+:)?SignedInfo)>", "\\1 >\n", xml)


def _signature_value_malformed(xml: str) -> str:
    """Cut the SignatureValue short."""
    return re.sub(r"(SignatureValue>)[^<]{8}", "\\1", xml)


def _base64_damaged(xml: str) -> str:
    """Turn each + of DigestValue and SignatureValue into a blank, as a form decoder does."""
    return re.sub(
        r"((?:Signature|Digest)Value>)([^<]+)",
        lambda found: found[1] + (found[2].replace("+", " ") if "+" in found[2] else found[2]),
        xml,
    )


def _comment_in_value(xml: str) -> str:
    """Split the NameID by a comment: canonicalization drops it, some readers stop at it (CVE-2017-11428 and kin)."""
    return re.sub(r"(NameID\b[^>]*>[^<@]+)", "\\1<!---->", xml, count=1)


def _doctype(xml: str) -> str:
    """Declare an entity in a document type."""
    declaration, body = re.match(r"(<\?xml[^>]*\?>)?(.*)", xml, re.S).groups("")  # type: ignore[union-attr]
    return f'{declaration}<!DOCTYPE r [<!ENTITY e "e">]>{body}'


def _duplicate_id(xml: str) -> str:
    """Put a second element with the assertion's ID beside it."""
    found = re.search(r"<((?:\w+:)?)Assertion\b[^>]*?\bID=\"([^\"]*)\"", xml)
    assert found is not None
    return re.sub(r"(</(?:\w+:)?Response>)", f'<x:Extra xmlns:x="urn:example:extra" ID="{found[2]}"/>\\1', xml)


def _wrapped(xml: str) -> str:
    """Signature wrapping: a forged assertion first, the signed one kept where a verifier finds it by ID (XSW3)."""
    found = re.search(r"<((?:\w+:)?)Assertion\b.*</\1Assertion>", xml, re.S)
    assert found is not None
    forged = re.sub(r"<((?:\w+:)?)Signature\b.*?</\1Signature>", "", found[0], flags=re.S)
    forged = re.sub(r"\bID=\"[^\"]*\"", 'ID="_forged"', forged, count=1)
    forged = re.sub(r"(NameID\b[^>]*>)[^<]*", "\\1admin@example.com", forged)
    return xml.replace(found[0], forged + found[0])


DAMAGES: dict[str, Callable[[str], str]] = {
    "content-changed": _content_changed,
    "reindented": _reindented,
    "line-endings": _line_endings,
    "signed-info-altered": _signed_info_altered,
    "signature-value-malformed": _signature_value_malformed,
    "base64-damaged": _base64_damaged,
    "comment-in-value": _comment_in_value,
    "dtd": _doctype,
    "duplicate-id": _duplicate_id,
    "several-assertions": _wrapped,
}
"""Named like the reasons of ``docs/architecture.md``."""
