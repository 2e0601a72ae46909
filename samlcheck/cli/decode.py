"""``samlcheck decode``: what is in there; no judgement."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.errors import Exit, SamlcheckError


def decode(
    inputs: o.Inputs = None,
    clipboard: o.Clipboard = False,
    json_: o.Json = False,
    output: o.Output = None,
    everything: o.All = False,
    no_redact: o.NoRedact = False,
    no_color: o.NoColor = False,
) -> int:
    """Show what was captured: the layers taken off, the XML laid out, the facts. No judgement."""
    from samlcheck import engine
    from samlcheck.report import decoded
    from samlcheck.report.view import View

    captures, unread = engine.read_captures(reading.read_inputs(inputs or [], clipboard=clipboard))
    if not captures:
        raise unread[0]
    messages = engine.decode(captures, datetime.now(UTC))
    view = View(
        width=80 if output else terminal.width(),
        masking=not no_redact and (output is not None or not terminal.is_terminal()),
        everything=everything,
    )
    if json_:
        text = json.dumps(decoded.as_object(captures, messages, view), indent=2, ensure_ascii=False) + "\n"
    else:
        page = decoded.render(captures, messages, view)
        if output is None:
            terminal.show(page, colour=terminal.wants_colour(no_color))
            return _exit(unread, messages)
        text = page.plain()
    if output is None:
        terminal.write(text)
    else:
        terminal.save(text, output)
    return _exit(unread, messages)


def _exit(unread: tuple[SamlcheckError, ...], messages: tuple[object, ...]) -> int:
    for error in unread:
        terminal.report_error(error)
    unreadable = any(getattr(item, "problem", None) is not None for item in messages)
    return Exit.UNREADABLE if unread or unreadable or not messages else Exit.ACCEPTED
