"""``samlcheck explain``: what a rule id, an error code or the text of an error page means. Offline."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.cli.catalogue import catalogue
from samlcheck.errors import Exit, UsageError

MOST_OCTETS = 1 << 20


def explain(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT...",
            help="A rule id, an error code, the text of an error page (all or part of it), or - for standard input.",
        ),
    ],
    json_: o.Json = False,
    no_color: o.NoColor = False,
) -> int:
    """Explain a rule id, an error code or an error text: what it means, who must change what, what to look at next.

    Exit code 0 if something is known, 1 if nothing is.
    """
    from samlcheck.explain import explain as explained
    from samlcheck.report.explained import as_object, render

    words = " ".join(_standard_input() if item == "-" else item for item in what)
    if not words.strip():
        raise UsageError("nothing to explain", tip="Paste the error text in quotes, or pipe it in.", code="no-input")
    explanation = explained(words, catalogue())
    if json_:
        terminal.write(json.dumps(as_object(explanation), indent=2, ensure_ascii=False) + "\n")
    else:
        terminal.show(render(explanation, terminal.width()), colour=terminal.wants_colour(no_color))
    return Exit.ACCEPTED if explanation.found else Exit.REJECTED


def _standard_input() -> str:
    return sys.stdin.buffer.read(MOST_OCTETS).decode("utf-8", "replace")
