"""``samlcheck diff``: two logins, or two versions of metadata.

Of logins: which differences matter. Of metadata: what the new version breaks for partners who hold the old one, and who must
act first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.errors import Exit, UsageError

_HEAD = 64 << 10
_MESSAGES = ("Response", "Assertion", "AuthnRequest", "LogoutRequest", "LogoutResponse")

Old = Annotated[
    str, typer.Argument(metavar="A", help="A login that works (response, HAR …), or metadata as it was.", show_default=False)
]
New = Annotated[str, typer.Argument(metavar="B", help="The login that fails, or metadata as it is to be.", show_default=False)]


def diff(
    old: Old,
    new: New,
    idp: o.Idp = None,
    sp: o.Sp = None,
    acs: o.Acs = None,
    audience: o.Audience = None,
    issuer: o.Issuer = "",
    service: o.Service = "",
    settings: o.Settings = None,
    skew: o.Skew = None,
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
    """Say in what two logins differ that matters, or what a change of metadata will break and who must act before it.

    Logins are judged with the options of check, each at the time it was captured or issued; what a failed check is about comes
    first.

    Exit codes: 0 no difference that matters (metadata: nothing at or above --fail-on), 1 there are some (metadata: the change
    breaks logins unless partners act), 2 wrong command line, 4 a file cannot be read, 70 a bug of ours.
    """
    if not _is_metadata(old, new):
        from samlcheck.cli.difflogins import Asked, diff_logins

        asked = Asked(
            idp=tuple(idp or ()),
            sp=tuple(sp or ()),
            acs=tuple(acs or ()),
            audience=tuple(audience or ()),
            issuer=issuer,
            service=service,
            settings=tuple(settings or ()),
            skew=skew,
            at=at,
        )
        shown = o.Format.json if json_ else format_
        return diff_logins(old, new, asked, shown, output, everything=everything, no_redact=no_redact, no_color=no_color)
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


def _is_metadata(old: str, new: str) -> bool:
    """Return whether metadata is to be compared. Raises UsageError where one argument is metadata and the other a login."""
    heads = [_head(name) for name in (old, new)]
    metadata = [_root(head) in ("EntityDescriptor", "EntitiesDescriptor") for head in heads]
    for head, name, other in zip(heads, (old, new), (new, old), strict=True):
        if any(metadata) and (_root(head) in _MESSAGES or b"SAMLRe" in head or head.lstrip().startswith(b"{")):
            raise UsageError(
                f"{other} is metadata, and {name} is a login",
                tip="Give two logins, or two versions of metadata; metadata beside logins goes to --idp or --sp.",
                code="diff-of-different-kinds",
            )
    return any(metadata)


def _head(name: str) -> bytes:
    """Return how a file begins; nothing for pasted text."""
    try:
        with Path(name).expanduser().open("rb") as file:
            return file.read(_HEAD)
    except (OSError, ValueError):  # no such file, or too long for a path
        return b""


def _root(head: bytes) -> str:
    from samlcheck.capture import xmllook

    root = xmllook.root(xmllook.as_utf8(head))
    return root.local if root is not None else ""
