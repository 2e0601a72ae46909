"""HTTP on the loopback interface: one request, one answer, nothing remembered."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from samlcheck.errors import SamlcheckError, place_of
from samlcheck.packs.catalogue import Catalogue
from samlcheck.report.htmlstyle import STYLE, policy
from samlcheck.web import answer as answers
from samlcheck.web import form as forms
from samlcheck.web import pages
from samlcheck.web.guard import Refusal, Request, refusal

_PATIENCE = 20.0
"""Seconds that a client may be silent."""
_UPLOAD = 120.0
"""Seconds in which a request has to have come, however steadily it drips."""
_CONNECTIONS = 4
"""Requests at a time; each may hold a form of the largest size in memory."""
_CHUNK = 1 << 20
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers say Origin: null of our own form (Fetch, 3.2)
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Connection": "close",
}


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and nowhere else."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"
    """On Windows the option would let another program listen on the same port."""
    request_queue_size = _CONNECTIONS

    def __init__(self, port: int, token: str, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        """port: 0 for any that is free. token: the part of the address that nobody can guess. Raises OSError for a port in use."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.token, self.catalogue, self.clock = token, catalogue, clock
        self.page = pages.form_page(catalogue)
        self.judging = threading.Lock()
        """One form is judged at a time: the libraries below are not all made for several."""
        self._free = threading.BoundedSemaphore(_CONNECTIONS)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, unless too many are open: those that come then have to come again."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and let another one in."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that left is no concern, and what went wrong inside was answered."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _PATIENCE
    server_version, sys_version = "samlcheck", ""

    def setup(self) -> None:
        super().setup()
        self._ends = threading.Timer(_UPLOAD, self._end_reading)
        self._ends.daemon = True
        self._ends.start()

    def finish(self) -> None:
        self._ends.cancel()
        super().finish()

    def _end_reading(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        if not self._refused():
            self._send(200, self.server.page, answers.HTML, pages.POLICY)

    def do_POST(self) -> None:
        if self._refused():
            return
        body = self._body()
        if body is None:
            self._say(Refusal(408, "The form did not come to its end."))
            return
        with self.server.judging:
            told = self._answer(body)
        self._send(told.status, told.text, told.kind, policy(STYLE), told.file)

    def _answer(self, body: bytes) -> answers.Answer:
        try:
            form = forms.read(self.headers.get("content-type", ""), body)
            return answers.answer(form, self.server.catalogue, self.server.clock())
        except SamlcheckError as error:
            return answers.refused(error)
        except Exception as error:  # noqa: BLE001 - the last line of defence: a bug is named, and nothing else of it is shown
            bug = SamlcheckError(
                f"a bug of ours: {type(error).__name__} at {place_of(error)}. There is no verdict.",
                tip="Please report it with that line; no captured value is in it.",
                code="bug",
            )
            return answers.refused(bug)._replace(status=500)

    def _refused(self) -> bool:
        headers = {name.lower(): value for name, value in self.headers.items()}
        found = refusal(Request(self.command, self.path, headers), self.server.server_port, self.server.token)
        if found is not None:
            self._say(found)
        return found is not None

    def _body(self) -> bytes | None:
        """Return the body; None for one that does not come to its end in time."""
        left = int(self.headers["content-length"])
        parts = []
        try:
            while left:
                part = self.rfile.read1(min(left, _CHUNK))
                if not part:
                    return None
                parts.append(part)
                left -= len(part)
        except TimeoutError:
            return None
        self._ends.cancel()
        return b"".join(parts)

    def _say(self, found: Refusal) -> None:
        self._send(found.status, found.words + "\n", "text/plain; charset=utf-8", policy(STYLE))

    def _send(self, status: int, text: str, kind: str, security: str, file: str = "") -> None:
        octets = text.encode()
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(octets)),
            "Content-Security-Policy": f"{security}; frame-ancestors 'none'",
            **({"Content-Disposition": f'attachment; filename="{file}"'} if file else {}),
            **_HEADERS,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(octets)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request, or one of a method that is not understood, in the same way."""
        self._say(Refusal(int(code), "This request is not understood."))

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: addresses hold the token, and forms hold logins."""
