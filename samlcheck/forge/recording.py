"""A forged login as a browser records it: the HAR of a healthy login, and the ways in which it can be another one.

The story: the service's page sends the browser away with a request and a cookie; the user signs in; the IdP's page posts
the response; the service takes it and shows its home page. ``Recording`` states what happens otherwise.
"""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from samlcheck.forge.forged import Forged, forge
from samlcheck.forge.recipe import AT
from samlcheck.frozen import dataclass

Entry = dict[str, Any]
Headers = tuple[tuple[str, str], ...]
ROUND = 4
"""Seconds from one round of a loop to the next."""
_CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Recording:
    """What the browser recorded; the defaults are those of a healthy login. All values are text, as examples write them."""

    recorder: str = "WebInspector"
    """``log.creator.name``."""
    agent: str = _CHROME
    service_url: str = ""
    """Page of the service that starts the login; the root of the ACS URL's host if empty."""
    set_cookie: str = "sp_session=7Q2; Path=/; HttpOnly; Secure; SameSite=None"
    """Set-Cookie of that page; several on a line each; empty for none."""
    cookie: str = "sp_session=7Q2"
    """Cookie of the delivery; empty for none."""
    acs_url: str = ""
    """Where the response is delivered; Destination of the response if empty."""
    method: str = "POST"
    body: str = "kept"
    """``missing``: the recorder lost what was posted, on the page as well; ``masked``: a sanitiser did; ``cut``: only the
    beginning was kept; ``elsewhere``: it was posted in another window."""
    fetch_site: str = "cross-site"
    fetch_dest: str = "document"
    status: str = "302"
    """Of the service's answer to the delivery; ``0`` where there was none."""
    location: str = "/home"
    page: str = ""
    """What the service answered with."""
    session_cookie: str = ""
    """Set-Cookie of that answer; empty for none."""
    session_sent: str = ""
    """Cookie of the request that follows; empty for none."""
    home_status: str = "200"
    home: str = "Welcome"
    error: str = ""
    """The recorder's word for a delivery that failed."""
    idp_ahead: str = "0"
    """Seconds by which the IdP's clock is ahead of the browser's."""
    sp_ahead: str = "0"
    idp_page: str = ""
    """What the IdP says instead of issuing a response."""
    idp_status: str = "200"
    seconds: str = "29"
    """From the service's page to the response."""
    idle: str = "0"
    """Seconds between the page with the response and its delivery."""
    relay_state: str = ""
    """RelayState that the service sent; that of the response if empty, ``none`` for none."""
    starts: str = "service"
    """``response``: the recorder was switched on late."""
    ends: str = "home"
    """``idp``: before the response; ``form``: before its delivery; ``delivery``: right after it."""
    rounds: str = "1"
    """How often all of it happens."""
    circle: str = ""
    """How often the page after the delivery redirects to itself; empty for not at all."""
    repeated: str = ""
    """Status of a second delivery of the same response; empty for none."""
    sso_status: str = "200"
    """Of the IdP's answer to the request."""
    cut: str = ""
    """So many octets are missing from the end of the file."""
    frame: str = ""
    """X-Frame-Options of the sign-in page."""


FLOW = "flow."
"""Beginning of the names of these edits in examples: ``flow.cookie``."""


def deviation(edits: Mapping[str, str | tuple[str, ...] | None]) -> Recording:
    """Return a recording with the edits of an example; raises KeyError for a name there is none of."""
    known = {field.name for field in fields(Recording)}
    values: dict[str, str] = {}
    for name, value in edits.items():
        field = name.removeprefix(FLOW)
        if field not in known:
            raise KeyError(f"cannot edit {name}; known are {', '.join(FLOW + one for one in sorted(known))}")
        values[field] = "\n".join(value) if isinstance(value, tuple) else value or ""
    return Recording(**values)


def har(forged: Forged, recording: Recording = Recording()) -> bytes:  # noqa: B008 - frozen
    """Return the HAR of a forged login."""
    stories = [_Story(_round(forged, number), recording) for number in range(int(recording.rounds))]
    entries = [entry for number, story in enumerate(stories) for entry in story.told(AT + timedelta(seconds=ROUND * number))]
    first = entries[0]["startedDateTime"] if entries else ""
    log = {
        "version": "1.2",
        "creator": {"name": recording.recorder, "version": "1"},
        "pages": [{"id": "page_1", "title": stories[0].service_url, "startedDateTime": first}],
        "entries": entries,
    }
    octets = json.dumps({"log": log}).encode()
    return octets[: -int(recording.cut)] if recording.cut else octets


def _round(forged: Forged, number: int) -> Forged:
    """Return the login once more with identifiers of its own, as each round of a loop has them."""
    if not number:
        return forged
    recipe, asked = forged.recipe, forged.recipe.request
    request_id = f"_{number:040x}" if asked is not None else None
    again = replace(
        recipe,
        response_id=f"_{number:039x}a",
        assertion_id=f"_{number:039x}b",
        in_response_to=request_id,
        confirmations=tuple(replace(item, in_response_to=request_id) for item in recipe.confirmations),
        request=replace(asked, id=request_id) if asked is not None else None,
    )
    return forge(again, forged.keys)


class _Story:
    """The steps of one login."""

    def __init__(self, forged: Forged, recording: Recording) -> None:
        self.forged, self.recording = forged, recording
        self.acs = recording.acs_url or forged.recipe.destination or "https://sp.example/saml/acs"
        parts = urlsplit(self.acs)
        self.service_url = recording.service_url or f"{parts.scheme}://{parts.netloc}/"
        asked = forged.recipe.request
        self.sso = (asked.destination if asked is not None else None) or "https://idp.example/saml/sso"
        self.idp = "https://" + urlsplit(self.sso).netloc

    def told(self, at: datetime) -> Iterator[Entry]:
        """Yield the entries; at: browser time at which the IdP's page with the response comes."""
        told, begun = self.recording, at - timedelta(seconds=float(self.recording.seconds))
        if told.starts == "service":
            yield from self._asked(begun)
        if told.ends == "idp" or told.idp_page:
            if told.idp_page:
                yield self._idp("POST", self.idp + "/login", at, self._page(told.idp_page), status=int(told.idp_status))
            return
        form = "" if told.body != "kept" else self._form()
        if told.starts == "service":
            yield self._idp("POST", self.idp + "/login", at - timedelta(milliseconds=300), form)
        if told.ends != "form":
            yield from self._delivered(at + timedelta(seconds=float(told.idle), milliseconds=200))

    def _asked(self, at: datetime) -> Iterator[Entry]:
        request = self.forged.request_xml
        if request is None:
            return
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        message = base64.b64encode(packer.compress(request) + packer.flush()).decode()
        state = self.recording.relay_state or self.forged.recipe.relay_state or "none"
        query = urlencode({"SAMLRequest": message, **({} if state == "none" else {"RelayState": state})})
        away = f"{self.sso}?{query}"
        cookies = tuple(("Set-Cookie", line) for line in self.recording.set_cookie.split("\n") if line)
        yield self._sp("GET", self.service_url, at, "", 302, got=(("Location", away), *cookies))
        yield self._idp("GET", away, at + timedelta(milliseconds=400), self._page("Sign in"), int(self.recording.sso_status))

    def _delivered(self, at: datetime) -> Iterator[Entry]:
        told = self.recording
        if told.body == "elsewhere":
            yield self._sp("GET", self._root(self.acs) + "/home", at, self._page(told.home), int(told.home_status))
            return
        origin = (("Origin", self.idp), ("Sec-Fetch-Site", told.fetch_site), ("Sec-Fetch-Dest", told.fetch_dest))
        sent = (*origin, *((("Cookie", told.cookie),) if told.cookie else ()))
        body = None if told.body == "missing" else self.forged.form
        if told.body == "masked":
            body = "SAMLResponse=[SAMLResponse redacted]&RelayState=x"
        if told.body == "cut":
            body = self.forged.form[:2048]
        status, page = int(told.status), self._page(told.page) if told.page else ""
        redirect = 300 <= status < 400
        got: Headers = (("Location", told.location),) if redirect else ()
        got += (("Set-Cookie", told.session_cookie),) if told.session_cookie else ()
        url = self.acs + (f"?{body}" if told.method == "GET" else "")
        yield self._sp(told.method, url, at, page, status, sent=sent, got=got, body=body if told.method == "POST" else None)
        if told.repeated:
            later = at + timedelta(seconds=5)
            yield self._sp("POST", self.acs, later, self._page("Error"), int(told.repeated), sent=sent, body=body)
        elif redirect and told.ends == "home":
            home = told.location if "://" in told.location else self._root(self.acs) + told.location
            if told.circle:
                times = (at + timedelta(milliseconds=300 + 50 * number) for number in range(int(told.circle)))
                yield from (self._sp("GET", home, time, "", 302, got=(("Location", home),)) for time in times)
                return
            back: Headers = (("Sec-Fetch-Site", told.fetch_site), ("Sec-Fetch-Dest", told.fetch_dest))
            back += (("Cookie", told.session_sent),) if told.session_sent else ()
            yield self._sp("GET", home, at + timedelta(milliseconds=300), self._page(told.home), int(told.home_status), sent=back)

    def _sp(
        self,
        method: str,
        url: str,
        at: datetime,
        page: str,
        status: int,
        *,
        sent: Headers = (),
        got: Headers = (),
        body: str | None = None,
    ) -> Entry:
        return self._entry(method, url, at, self.recording.sp_ahead, page, status, sent, got, body)

    def _idp(self, method: str, url: str, at: datetime, page: str, status: int = 200) -> Entry:
        frame = self.recording.frame
        cookies = (("Cookie", "idp_device=3"),) if self.recording.set_cookie else ()
        sent = (*cookies, *((("Sec-Fetch-Dest", "iframe"),) if frame else ()))
        got = (("X-Frame-Options", frame),) if frame else ()
        body = "user=mia&password=secret" if method == "POST" else None
        return self._entry(method, url, at, self.recording.idp_ahead, page, status, sent, got, body)

    def _entry(
        self, method: str, url: str, at: datetime, ahead: str, page: str, status: int, sent: Headers, got: Headers, body: str | None
    ) -> Entry:
        date = format_datetime(at + timedelta(seconds=float(ahead)), usegmt=True)
        got = (("Date", date), ("Content-Type", "text/html"), *got) if status > 0 else ()
        request: Entry = {
            "method": method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "headers": _headers((("User-Agent", self.recording.agent), *sent)),
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": len(body) if body else 0,
        }
        if body is not None:
            request["postData"] = {"mimeType": "application/x-www-form-urlencoded", "text": body}
        response: Entry = {
            "status": status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "headers": _headers(got),
            "cookies": [],
            "content": {"size": len(page), "mimeType": "text/html", **({"text": page} if page else {})},
            "redirectURL": next((value for name, value in got if name == "Location"), ""),
            "headersSize": -1,
            "bodySize": -1,
        }
        if method == "POST" and url == self.acs and self.recording.error:
            response["_error"] = self.recording.error
        return {
            "pageref": "page_1",
            "startedDateTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "time": 100,
            "request": request,
            "response": response,
            "cache": {},
            "timings": {"send": 0, "wait": 99, "receive": 1},
        }

    def _form(self) -> str:
        state = self.forged.recipe.relay_state
        inputs = [("SAMLResponse", self.forged.base64), *([("RelayState", state)] if state is not None else [])]
        hidden = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in inputs)
        return f'<html><body><form method="post" action="{html.escape(self.acs)}">{hidden}</form></body></html>'

    @staticmethod
    def _page(text: str) -> str:
        return f"<html><body><h1>{html.escape(text)}</h1></body></html>"

    @staticmethod
    def _root(url: str) -> str:
        parts = urlsplit(url)
        return f"{parts.scheme}://{quote(parts.netloc, safe=':@[]')}"


def _headers(pairs: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
