"""HTTP requests in the forms people copy them: raw requests and ``curl`` commands.

Only what a login needs is read: method, URL, headers and body.
"""

from __future__ import annotations

import re
import shlex

from samlcheck.capture import escapes
from samlcheck.frozen import dataclass

_REQUEST = re.compile(r"\s*+(GET|POST|PUT) (\S{1,65536}+) HTTP/[\d.]{1,3}\r?\n")
_HOST = re.compile(r"^host:[ \t]*([^\s]+)", re.IGNORECASE | re.MULTILINE)
_CURL = re.compile(r"\s*+[$>]?\s*+curl(?:\.exe)?\s")
_BODY_OPTIONS = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--form", "-F")
_VALUE_OPTIONS = ("-H", "--header", "-X", "--request", "-b", "--cookie", "-A", "--user-agent", "-e", "--referer", "-o", "-u")
_HEADER_OPTIONS = {"-b": "Cookie", "--cookie": "Cookie", "-A": "User-Agent", "--user-agent": "User-Agent", "-e": "Referer",
                   "--referer": "Referer"}  # fmt: skip
_BETWEEN = re.compile(r"[ \t]*[;&]?[ \t]*\r?\n(?=\s*curl(?:\.exe)?\s)")
_MOST_COMMANDS = 2000
_CAP = 1 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """A request as far as it was copied."""

    kind: str
    """``http request`` or ``curl``."""
    method: str
    url: str
    body: str
    headers: tuple[tuple[str, str], ...] = ()
    """Of ``curl`` commands only."""


def commands(text: str) -> tuple[Request, ...]:
    """Return the requests of several ``curl`` commands one below the other, as *Copy all as cURL* writes them."""
    if _CURL.match(text) is None:
        return ()
    found = (_curl(command) for command in _BETWEEN.split(text, _MOST_COMMANDS)[:_MOST_COMMANDS])
    return tuple(item for item in found if item is not None)


def request(text: str) -> Request | None:
    """Return the request that text is, or None."""
    return _raw(text) or _curl(text)


def _raw(text: str) -> Request | None:
    line = _REQUEST.match(text)
    if line is None:
        return None
    head, _, body = ("\n" + text[line.end() :]).replace("\r\n", "\n").partition("\n\n")
    host = _HOST.search(head)
    url = line[2]
    if url.startswith("/") and host:
        url = f"https://{host[1]}{url}"  # a copied request names no scheme; SAML endpoints are https in practice
    return Request("http request", line[1], url, body)


def _curl(text: str) -> Request | None:
    if _CURL.match(text) is None or len(text) > _CAP:
        return None
    text = from_cmd(text) if is_for_cmd(text) else text.replace("\\\r\n", " ")
    try:
        words = shlex.split(text.lstrip(" \t\r\n$>"))
    except ValueError:
        return None
    method, url, bodies = "", "", []
    headers: list[tuple[str, str]] = []
    position = 1
    while position < len(words):
        word = words[position]
        option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if option in _BODY_OPTIONS or option in _VALUE_OPTIONS:
            if not equals:
                position += 1
                value = words[position] if position < len(words) else ""
            if option in _BODY_OPTIONS:
                bodies.append(_ansi_c(value))
            elif option in _HEADER_OPTIONS:
                headers.append((_HEADER_OPTIONS[option], escapes.printable(_ansi_c(value))))
            elif option in ("-H", "--header"):
                name, _, said = escapes.printable(_ansi_c(value)).partition(":")
                headers.append((name.strip(), said.strip()))
            elif option in ("-X", "--request"):
                method = value.upper()
        elif word.startswith(("http://", "https://")):
            url = word
        position += 1
    if not url and not bodies:
        return None
    return Request("curl", method or ("POST" if bodies else "GET"), url, "&".join(bodies), tuple(headers))


def is_for_cmd(text: str) -> bool:
    """Tell whether a curl command was written for the Windows prompt."""
    return _CURL.match(text) is not None and ('^"' in text or "^\n" in text or "^\r" in text)


def from_cmd(text: str) -> str:
    """Return a command as a shell reads it that was written for ``cmd``: a caret before what means something there."""
    return re.sub(r"\^(.)", r"\1", re.sub(r"[ \t]*\^\r?\n(?!\r?\n)", " ", re.sub(r"\^\r?\n\r?\n", "\n", text)))


def _ansi_c(value: str) -> str:
    r"""Return a value that a browser quoted as ``$'…\u0021'`` without that quoting."""
    return escapes.from_json_escapes(value[1:]) if value.startswith("$") else value
