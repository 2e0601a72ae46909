"""``samlcheck diff`` of two logins: both judged alike, then laid side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.errors import Exit, InputError, UsageError
from samlcheck.frozen import dataclass

if TYPE_CHECKING:
    from samlcheck.engine import Question
    from samlcheck.inspection import LoginReport

_FORMATS = (o.Format.text, o.Format.json)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of ``check`` that both logins are judged with."""

    idp: tuple[str, ...]
    sp: tuple[str, ...]
    acs: tuple[str, ...]
    audience: tuple[str, ...]
    issuer: str
    service: str
    settings: tuple[str, ...]
    skew: int | None
    at: str


def diff_logins(
    first: str, second: str, asked: Asked, form: o.Format, output: Path | None, *, everything: bool, no_redact: bool, no_color: bool
) -> int:
    """Write in what two logins differ that matters, and return the exit code: 1 where anything does."""
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.contrast.logins import contrast
    from samlcheck.report import contrasted
    from samlcheck.report.view import View

    if form not in _FORMATS:
        raise UsageError(
            f"--format {form}: two logins are compared as text or json", tip="Leave the option out.", code="no-such-format"
        )
    question = _question(asked)
    found = contrast(_judged(first, question), _judged(second, question), catalogue())
    view = View(
        width=80 if output else terminal.width(),
        masking=not no_redact and (output is not None or not terminal.is_terminal()),
        everything=everything,
    )
    page = contrasted.render(found, view)
    if form is o.Format.text and output is None:
        terminal.show(page, colour=terminal.wants_colour(no_color))
        return Exit.REJECTED if found.any else Exit.ACCEPTED
    as_json = form is o.Format.json
    text = json.dumps(contrasted.as_object(found, view), indent=2, ensure_ascii=False) + "\n" if as_json else page.plain()
    if output is None:
        terminal.write(text)
    else:
        terminal.save(text, output, (Path(first), Path(second)))
    return Exit.REJECTED if found.any else Exit.ACCEPTED


def _question(asked: Asked) -> Question:
    from samlcheck import engine
    from samlcheck.case import Told
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.trust import anchors

    return engine.Question(
        catalogue=catalogue(),
        now=datetime.now(UTC),
        at=reading.read_at(asked.at),
        told=Told(
            acs=asked.acs,
            audience=asked.audience,
            issuer=asked.issuer,
            service=asked.service,
            parameters=reading.read_settings(list(asked.settings)),
        ),
        anchors=anchors.load(tuple(reading.read_file(name, "--idp") for name in asked.idp)),
        sp=engine.read_sp(tuple(reading.read_file(name, "--sp") for name in asked.sp)),
        skew=60 if asked.skew is None else asked.skew,
    )


def _judged(name: str, question: Question) -> LoginReport:
    """Return what is said of the last login of an input.

    Without a clock of its own a login is judged a moment after it was issued: that two messages are of different age says
    nothing about them.
    """
    from samlcheck import engine
    from samlcheck.facts import FactTable

    artifact = reading.read_inputs([name], clipboard=False)[0]
    captures, unread = engine.read_captures([artifact])
    inspection = engine.inspect(captures, question, unread)
    if not inspection.logins:
        raise next(iter(inspection.problems), InputError("There is no login in this input.", where=artifact.name, code="no-login"))
    if len(inspection.logins) > 1:
        terminal.note(f"{artifact.name} holds {len(inspection.logins)} logins; the last one is compared")
    report = inspection.logins[-1]
    table = FactTable(report.case)
    issued = table.read("response.issue_instant").first or table.read("assertion.issue_instant").first
    if report.case.clock.kind != "now" or issued is None or not isinstance(issued.value, datetime):
        return report
    return engine.inspect(captures, replace(question, at=issued.value + timedelta(seconds=1))).logins[-1]
