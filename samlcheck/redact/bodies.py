"""Bodies of requests and answers in a recording: forms and messages stay, anything else is left out but for its being there."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING

from samlcheck.capture import form, page, xmllook
from samlcheck.redact import pages, queries

if TYPE_CHECKING:
    from samlcheck.redact.copyist import Copyist

_MASKED_BODY = "removed=1"


def sent(text: str, copyist: Copyist) -> str:
    """Return the body of a request: a form stays one, messages stay; anything else is left out, but not that there was one."""
    if form.is_multipart(text):
        return _multipart(text, copyist)
    if form.is_form(text) or re.fullmatch(r"[^&=\s<>{}]{1,80}=[^&\s]*(?:&[^&=\s]{1,80}=[^&\s]*)*", text.strip()):
        return queries.query(text, copyist)
    if xmllook.root(text.encode("utf-8", "replace")) is not None:
        return copyist.text(text)
    copyist.values.drop(text, "request body")
    return "{}" if text.lstrip()[:1] in ("{", "[") else _MASKED_BODY


def _multipart(text: str, copyist: Copyist) -> str:
    found = form.multipart(text)
    copyist.values.drop(text, "request body")
    boundary = "removed"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{copyist.values.kept(field.name)}"\r\n\r\n'
        f"{queries.field(field.name, field.raw, copyist)}\r\n"
        for field in found
    ]
    return "".join(parts) + f"--{boundary}--\r\n"


def shown(text: str, kind: str, copyist: Copyist) -> str:
    """Return the body of an answer: pages by their forms and known sentences, SAML; of anything else, known sentences alone."""
    if re.search("image|font|css|javascript|video|audio|wasm|octet-stream", kind):
        copyist.values.drop(text[:200_000], "static content")
        return ""
    if page.is_page(text) or "html" in kind:
        return pages.copied(text, copyist)
    if xmllook.root(text.encode("utf-8", "replace")) is not None:
        return copyist.text(text)
    said = copyist.sayings(text[:200_000])
    copyist.values.drop(text, "response body")
    if text.lstrip()[:1] in ("{", "["):
        return json.dumps({"message": " ".join(said)}) if said else "{}"
    return "\n".join(said)


def is_binary(kind: str) -> bool:
    """Tell whether a body of a kind is no text: a picture, a font, a film."""
    return re.search("image/(?!svg)|font|video|audio|wasm|octet-stream", kind) is not None


def from_base64(text: str) -> str:
    """Return the text that base64 stands for; what is none as it is."""
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text
