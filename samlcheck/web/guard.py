"""What is let in: requests of the page itself, from this machine, that know the address that was printed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import NamedTuple

LARGEST = 64 << 20
"""Octets of one request. Larger recordings are for the command line, which reads them from the disk."""


class Request(NamedTuple):
    """The head of a request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By their names in lower case."""


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    words: str


def refusal(request: Request, port: int, token: str) -> Refusal | None:
    """Return why a request is refused; None for one that may be answered.

    port: on which the server listens. token: the part of the address that nobody can guess.
    """
    hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
    host = request.headers.get("host", "")
    if host not in hosts:  # another name that leads here: DNS rebinding
        return Refusal(403, "This page answers at the address that samlcheck printed, and at no other name.")
    if not hmac.compare_digest(request.path.encode("utf-8", "replace"), f"/{token}/".encode()):
        return Refusal(404, "There is nothing here. Open the address that samlcheck printed.")
    if request.method not in ("GET", "POST"):
        return Refusal(405, "Only GET and POST are understood.")
    return _foreign(request, host) or (_unreadable(request) if request.method == "POST" else None)


def _foreign(request: Request, host: str) -> Refusal | None:
    """Refuse what another page sends: it may, but a browser says so (Fetch, 3.2; Fetch Metadata, 2)."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    allowed = ("same-origin", "none") if request.method == "GET" else ("same-origin",)
    if (origin is not None and origin != f"http://{host}") or (site is not None and site not in allowed):
        return Refusal(403, "Another page sent this request.")
    return None


def _unreadable(request: Request) -> Refusal | None:
    if "transfer-encoding" in request.headers:
        return Refusal(400, "The request has to say how long it is.")
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 12):
        return Refusal(411, "The request has to say how long it is.")
    if int(length) > LARGEST:
        return Refusal(413, f"More than {LARGEST >> 20} MiB: use the command line (samlcheck har FILE), which reads from the disk.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        return Refusal(415, "The page sends multipart/form-data.")
    return None
