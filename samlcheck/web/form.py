"""What a browser sent with the form (RFC 7578), read by the parser of the standard library."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesParser
from pathlib import PurePosixPath, PureWindowsPath
from typing import NamedTuple

from samlcheck.errors import UsageError
from samlcheck.source import Artifact

_MOST = 100
"""Fields of one form; the page has a fifth of that."""
_NAME = 80


class Form(NamedTuple):
    """The fields that were filled in."""

    texts: dict[str, str]
    files: dict[str, tuple[Artifact, ...]]

    def text(self, name: str) -> str:
        """Return what was typed into a field, without blanks around it."""
        return self.texts.get(name, "").strip()


def read(content_type: str, body: bytes) -> Form:
    """Return the fields of a form. Raises UsageError for a body that is none."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("ascii", "replace")
    whole = BytesParser().parsebytes(head + body)
    parts = whole.get_payload()
    if not isinstance(parts, list) or len(parts) > _MOST or whole.defects:
        raise UsageError("the form that arrived is damaged", tip="Load the page again and send it once more.", code="bad-form")
    texts: dict[str, str] = {}
    files: dict[str, tuple[Artifact, ...]] = {}
    for part in parts:
        if not isinstance(part, Message):
            continue
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(data, bytes) or "content-transfer-encoding" in part:
            raise UsageError("the form that arrived is damaged", tip="Load the page again and send it once more.", code="bad-form")
        file = part.get_filename()
        if file is None:
            texts[name] = data.decode("utf-8", "replace").replace("\r\n", "\n")
        elif data:
            files[name] = (*files.get(name, ()), Artifact(_shown(file), data))
    return Form(texts, files)


def _shown(file: str) -> str:
    """Return the last step of a file's name: browsers may send more."""
    return (PureWindowsPath(PurePosixPath(file).name).name or "file")[-_NAME:]
