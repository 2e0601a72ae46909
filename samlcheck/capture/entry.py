"""One request of a recording with its answer, as the reader of a format hands it on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from samlcheck.capture import form, page
from samlcheck.capture.document import Found
from samlcheck.frozen import dataclass

Headers = tuple[tuple[str, str], ...]
_HTTP_DATE = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4}) (\d{1,2}):(\d\d):(\d\d)(?: GMT| UTC| \+0000|$)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STATIC = re.compile(r"image/|font/|text/css|javascript|video/|audio/|wasm")
_STATIC_PATH = re.compile(r"\.(?:js|css|png|gif|jpe?g|svg|ico|woff2?|ttf|map)(?:$|[?#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request with its answer."""

    method: str
    url: str
    status: int | None = None
    started: datetime | None = None
    request_headers: Headers = ()
    response_headers: Headers = ()
    body: str | None = None
    """Request body as text; None where the recording has none."""
    fields: tuple[form.Parameter, ...] = ()
    """Form fields, where only those were recorded."""
    read: Callable[[], str] = str
    """Gives the response body as text; it is decoded each time, so that nothing but the file holds it."""
    content_type: str = ""
    location: str | None = None
    decoded: tuple[Found, ...] = ()
    """Messages that the recording holds in decoded form."""
    took: int | None = None
    """Milliseconds."""
    error: str = ""
    """Why there is no answer, in the recorder's words."""
    by_server: bool = False
    """Whether ``started`` is the Date of the answer, for want of a time by the browser's clock."""

    @property
    def host(self) -> str:
        """Host and port of the URL, empty if there is none."""
        return host(self.url)

    @property
    def is_page(self) -> bool:
        """Whether the answer is an HTML page."""
        return "html" in self.content_type or (not self.content_type and page.is_page(self.read()))

    @property
    def is_redirect(self) -> bool:
        """Whether the answer sends the browser elsewhere (RFC 9110 15.4)."""
        return self.status is not None and 300 <= self.status < 400 and self.status != 304

    @property
    def is_static(self) -> bool:
        """Whether the answer is a part of a page: an image, a script, a style."""
        return is_static(self.content_type, self.url)

    @property
    def is_bodiless_post(self) -> bool:
        """Whether a body was sent that the recording lacks."""
        return self.method == "POST" and not self.body and not self.fields


def is_static(content_type: str, url: str) -> bool:
    """Tell whether an answer is a part of a page by its type or, failing that, by the end of its path."""
    return _STATIC.search(content_type) is not None or _STATIC_PATH.search(url[:2048]) is not None


def host(url: str) -> str:
    """Return host and port of a URL in lower case, empty if it has none or is malformed."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def path(url: str) -> str:
    """Return the path of a URL, empty if it is malformed."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def join(base: str, reference: str | None) -> str:
    """Return a reference resolved against the URL it stands at (RFC 3986 5)."""
    try:
        return urljoin(base, reference or "")
    except ValueError:
        return reference or base


def instant(text: str) -> datetime | None:
    """Return an ISO 8601 time as UTC, or None if it is none; a time without zone is read as UTC."""
    try:
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def http_date(text: str) -> datetime | None:
    """Return the time of a ``Date`` or ``Expires`` header, as RFC 9110 5.6.7 writes it or with hyphens, else None."""
    found = _HTTP_DATE.search(text[:64])
    if found is None:
        return None
    try:
        month = _MONTHS.index(found[2].capitalize()) + 1
        return datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), min(int(found[6]), 59), tzinfo=UTC)
    except ValueError:
        return None


def served(response_headers: Headers) -> datetime | None:
    """Return when an answer was made, by the clock of whoever made it (``Date``, RFC 9110 6.6.1)."""
    return http_date(header(response_headers, "date"))


def header(headers: Headers, name: str) -> str:
    """Return the first header of a name (lower case), empty if there is none."""
    return next((value for known, value in headers if known.lower() == name), "")
