"""``samlcheck diff``: what a new version of metadata breaks for partners who hold the old one, and who must act first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.errors import Exit

Old = Annotated[str, typer.Argument(metavar="OLD", help="The file as it was.", show_default=False)]
New = Annotated[str, typer.Argument(metavar="NEW", help="The file as it is to be.", show_default=False)]


def diff(
    old: Old,
    new: New,
    at: o.At = "",
    fail_on: o.Fail = None,
    concern: o.Concerns = None,
    format_: o.Formats = o.Format.text,
    json_: o.Json = False,
    output: o.Output = None,
    everything: o.All = False,
    no_redact: o.NoRedact = False,
    no_color: o.NoColor = False,
) -> int:
    """Say what a change of metadata will break, and who must act before it.

    Exit codes: 0 nothing at or above --fail-on, 1 the change breaks logins unless partners act, 2 wrong command line, 4 a file
    cannot be read, 70 a bug of ours.
    """
    from samlcheck.case import Clock
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.cli.files import metadata_files
    from samlcheck.cli.metadata import Tally, present
    from samlcheck.lint.changes import changes
    from samlcheck.report.events import Looks
    from samlcheck.report.view import CONCERNS

    before, after = (metadata_files([name])[0] for name in (old, new))
    instant = reading.read_at(at)
    clock = Clock(instant or datetime.now(UTC), "given" if instant else "now")
    concerns = tuple(str(item) for item in concern or () if item != o.Concern.all) or CONCERNS
    masking = not no_redact and (output is not None or not terminal.is_terminal())
    looks = Looks(masking, concerns, everything, False, str(fail_on or "error"))
    tally = Tally(looks)
    events = tally.count(changes(before, after, catalogue(), clock), rows=False)
    present(events, looks, o.Format.json if json_ else format_, clock, output, (old, new), no_color=no_color)
    if tally.problems:
        return Exit.UNREADABLE
    return Exit.REJECTED if tally.failing else Exit.ACCEPTED
