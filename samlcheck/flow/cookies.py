"""Cookies of a recording: those an answer sets, those a request carries. Values are never kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from samlcheck.capture.entry import http_date, served
from samlcheck.capture.model import Exchange
from samlcheck.flow.sites import hostname, scheme
from samlcheck.frozen import dataclass

_MASKED = re.compile(r"(?i)[0-9a-f]{32,}|\[?.*redacted.*\]?|[*xX•.]{3,}|obfuscated")


@dataclass(frozen=True, slots=True)
class SetCookie:
    """One ``Set-Cookie`` without its value."""

    name: str
    host: str
    """Host that set it."""
    scheme: str
    domain: str = ""
    path: str = ""
    same_site: str = ""
    """``Lax``, ``Strict``, ``None`` in these spellings; empty where it does not say."""
    secure: bool = False
    http_only: bool = False
    partitioned: bool = False
    ends: datetime | None = None
    at: datetime | None = None
    exchange: int = 0

    @property
    def shown(self) -> str:
        """The header as written, its value left out."""
        parts = [f"{self.name}=…"]
        parts += [f"{word}={value}" for word, value in (("Domain", self.domain), ("Path", self.path)) if value]
        parts += [word for word, there in (("Secure", self.secure), ("HttpOnly", self.http_only)) if there]
        parts += [f"SameSite={self.same_site}"] if self.same_site else []
        return "; ".join([*parts, *(["Partitioned"] if self.partitioned else [])])


def cookie_names(exchange: Exchange) -> tuple[str, ...] | None:
    """Return the names of the cookies that a request carried; None where they were masked."""
    text = "; ".join(value for name, value in exchange.request_headers if name.lower() == "cookie")
    if is_masked(text):
        return None
    return tuple(name for part in text.split(";") if (name := part.partition("=")[0].strip()))


def cookie_headers(exchange: Exchange) -> Iterator[str]:
    """Yield the values of the headers that hold cookies."""
    for name, value in (*exchange.request_headers, *exchange.response_headers):
        if name.lower() in ("cookie", "set-cookie"):
            yield value


def is_masked(text: str) -> bool:
    """Tell whether a sanitiser put something else in the place of cookies."""
    return "=" not in text and _MASKED.fullmatch(text.strip()) is not None


def set_cookies(exchange: Exchange) -> Iterator[SetCookie]:
    """Yield the cookies that an answer sets (RFC 6265 5.2)."""
    for name, value in exchange.response_headers:
        if name.lower() == "set-cookie":
            for line in value.split("\n"):
                cookie = _parsed(line, exchange)
                if cookie is not None:
                    yield cookie


def _parsed(line: str, exchange: Exchange) -> SetCookie | None:
    pair, *attributes = line.split(";")
    name = pair.partition("=")[0].strip()
    if not name or "=" not in pair:
        return None
    found: dict[str, str] = {}
    for attribute in attributes:
        key, _, value = attribute.partition("=")
        found[key.strip().lower()] = value.strip()
    same = found.get("samesite", "").capitalize()
    return SetCookie(
        name[:100],
        hostname(exchange.url),
        scheme(exchange.url),
        found.get("domain", "").lstrip(".").lower(),
        found.get("path", ""),
        same if same in ("Lax", "Strict", "None") else "",
        "secure" in found,
        "httponly" in found,
        "partitioned" in found,
        _ends(found, moment(exchange)),
        moment(exchange),
        exchange.index,
    )


def moment(exchange: Exchange) -> datetime | None:
    """Return when an exchange was: by the browser's clock, else by that of the server, which set its cookies by it."""
    return exchange.started or served(exchange.response_headers)


def _ends(attributes: dict[str, str], at: datetime | None) -> datetime | None:
    seconds = attributes.get("max-age", "")
    if re.fullmatch(r"-?\d{1,9}", seconds) and at is not None:
        return at + timedelta(seconds=int(seconds))
    return http_date(attributes.get("expires", ""))
