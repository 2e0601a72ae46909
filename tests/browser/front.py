"""The front: one TLS listener on loopback that stands before both applications, as a reverse proxy does.

The browser is told to find every ``.example`` host here. The applications see plain http, a Host header, and, where the
scenario's proxy is sound, ``X-Forwarded-Proto``.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from samlcheck.forge import make_keys


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without asking the name service who 127.0.0.1 is."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that the browser opened ahead and dropped."""


class _Handler(WSGIRequestHandler):
    timeout = 10

    def address_string(self) -> str:
        return "127.0.0.1"

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests free of access logs."""


@contextmanager
def serving(sites: dict[str, WSGIApplication], folder: Path, *, tells_scheme: bool) -> Iterator[int]:
    """Serve each host's application by TLS with a certificate made now; yield the port."""

    def front(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        environ.pop("HTTP_X_FORWARDED_PROTO", None)
        if tells_scheme:
            environ["HTTP_X_FORWARDED_PROTO"] = "https"
        return sites[environ["HTTP_HOST"]](environ, start_response)

    keys = make_keys("front.example")
    (pem := folder / "front.pem").write_bytes(keys.private_pem + keys.certificate_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.set_app(front)
    # The handshake is left to the thread of the connection: a connection opened ahead must not hold up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
