"""``samlcheck har``: ``check`` for recordings, with the timeline first."""

from __future__ import annotations

from functools import wraps
from typing import Any

from samlcheck.cli.check import check


@wraps(check, assigned=("__module__", "__annotations__"))
def har(**options: Any) -> int:
    """Show what happened in a recording, step by step; then say why the login failed and who broke it.

    Takes HARs of browsers and proxies, SAML-tracer exports, SAZ files of Fiddler and items saved by Burp.
    Options and exit codes are those of check.
    """
    return check(**{**options, "timeline": True})
