"""``samlcheck serve``: the local web page."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from samlcheck.cli import terminal
from samlcheck.errors import Exit, UsageError

Port = Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on. Default: one that is free.",
                                   show_default=False)]  # fmt: skip
Open = Annotated[bool, typer.Option("--open", help="Open the page in the browser.")]


def serve(port: Port = 0, open_: Open = False) -> int:
    """Offer the page on this machine alone, until Ctrl-C: paste or drop what was captured, read why it failed.

    Exit codes: 0 ended by Ctrl-C, 2 wrong command line or port in use, 70 a bug of ours.
    """
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.web.server import Server

    try:
        server = Server(port, secrets.token_urlsafe(24), catalogue(), lambda: datetime.now(UTC))
    except OSError as error:
        raise UsageError(
            f"--port {port} cannot be used: {error.strerror}", tip="Leave the option out for one that is free.", code="port-in-use"
        ) from None
    try:
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        terminal.note("open this address in a browser on this machine; nobody else can. Ctrl-C ends it")
        if open_:
            _open(server.address)
        server.serve_forever()
    except KeyboardInterrupt:
        terminal.note("ended; nothing was kept")
    finally:
        server.server_close()
    return Exit.ACCEPTED


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        terminal.note("no browser could be opened; open the address yourself")
