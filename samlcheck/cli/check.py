"""``samlcheck check``: the main job."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import profile as profiles
from samlcheck.cli import terminal
from samlcheck.cli.renderers import SHARED, renderer
from samlcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from samlcheck.engine import Question
    from samlcheck.inspection import Inspection
    from samlcheck.packs.model import Pack
    from samlcheck.report.view import View


def check(
    inputs: o.Inputs = None,
    clipboard: o.Clipboard = False,
    idp: o.Idp = None,
    sp: o.Sp = None,
    acs: o.Acs = None,
    audience: o.Audience = None,
    issuer: o.Issuer = "",
    service: o.Service = "",
    settings: o.Settings = None,
    request: o.Request = "",
    signed_by: o.SignedBy = None,
    relay_state: o.RelayState = None,
    user: o.User = "",
    iam_role: o.IamRole = None,
    iam_policy: o.IamPolicy = None,
    key: o.Key = None,
    key_env: o.KeyEnv = "",
    pack: o.Packs = None,
    profile: o.ProfileName = "",
    config: o.Config = None,
    at: o.At = "",
    skew: o.Skew = None,
    error: o.Error = "",
    second_opinion: o.SecondOpinion = False,
    select: o.Select = None,
    ignore: o.Ignore = None,
    fail_on: o.Fail = None,
    concern: o.Concerns = None,
    format_: o.Formats = o.Format.text,
    json_: o.Json = False,
    output: o.Output = None,
    timeline: o.Timeline = False,
    everything: o.All = False,
    jobs: o.Jobs = 1,
    no_redact: o.NoRedact = False,
    no_color: o.NoColor = False,
) -> int:
    """Say why a login failed, where, and who must change what.

    Exit codes: 0 would be accepted, 1 would be rejected, 2 wrong command line, 3 cannot tell (something is missing and
    the report says what), 4 unreadable input, 70 a bug of ours.
    """
    from samlcheck import capture, engine
    from samlcheck.case import Told
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.report.view import CONCERNS, View
    from samlcheck.trust import anchors

    known = profiles.chosen(profile, config)
    parameters, sources = known.parameters(reading.read_settings(settings or []))
    told = Told(
        acs=tuple(acs or known.acs),
        audience=tuple(audience or known.audience),
        issuer=issuer or known.issuer,
        relay_state=relay_state,
        user=user,
        error=error,
        service=service or known.service,
        parameters=parameters,
        sources=sources,
        iam_role=reading.read_policies(iam_role or list(known.iam_role), "trust"),
        iam_policy=reading.read_policies(iam_policy or list(known.iam_policy), "permission"),
    )
    keys = tuple(reading.read_key(name) for name in key or known.key)
    if key_env:
        if key_env not in os.environ:
            raise UsageError(f"--key-env {key_env}: no such environment variable", tip="Export it first.", code="no-such-variable")
        keys += (os.environ[key_env].encode(),)
    question = engine.Question(
        catalogue=catalogue(),
        now=datetime.now(UTC),
        at=reading.read_at(at),
        told=told,
        anchors=anchors.load(tuple(reading.read_file(name, "--idp") for name in idp or known.idp)),
        sp=engine.read_sp(tuple(reading.read_file(name, "--sp") for name in sp or known.sp)),
        signers=anchors.load(tuple(reading.read_file(name, "--signed-by") for name in signed_by or ()), role="any"),
        request=capture.read(reading.read_inputs([request], clipboard=False)[0]) if request else None,
        skew=known.skew if skew is None else skew,
        private_keys=keys,
        extra_packs=_own_packs(pack or known.pack),
        select=_split(select or known.select),
        ignore=_split(ignore or known.ignore),
        second_opinion=second_opinion,
    )
    concerns = tuple(item for item in concern or known.concern if item != o.Concern.all) or CONCERNS
    view = View(
        width=80 if output else terminal.width(),
        masking=not no_redact and (output is not None or not terminal.is_terminal()),
        concerns=tuple(str(item) for item in concerns),
        everything=everything,
        timeline=timeline,
    )
    fails = fail_on or o.FailOn(known.fail_on)
    form = o.Format.json if json_ else format_
    paths = tuple(Path(item) for item in inputs or ())
    if form is o.Format.ndjson:
        return _each(inputs or [], clipboard, question, view, fails, jobs, output, paths)
    if jobs > 1:
        terminal.note("--jobs is for --format ndjson: other reports look at all logins together")
    captures, unread = engine.read_captures(reading.read_inputs(inputs or [], clipboard=clipboard), question.catalogue)
    inspection = engine.inspect(captures, question, unread)
    if timeline and captures and not any(capture.exchanges for capture in captures):
        terminal.note("what was given is no recording, so there is no timeline")
    _emit(inspection, view, form, fails, output, no_color, paths)
    return _exit_code(inspection, fails)


def _each(
    inputs: list[str],
    clipboard: bool,
    question: Question,
    view: View,
    fail_on: o.FailOn,
    jobs: int,
    output: Path | None,
    sources: tuple[Path, ...],
) -> int:
    """Write the lines of each input as soon as they are known, and return the exit code of all."""
    from samlcheck.cli import batch

    if jobs > 1 and not batch.can_fork():
        terminal.note("--jobs: this system makes no processes that know the question already; one judges all")
    codes: set[Exit] = set()

    def pieces() -> Iterator[str]:
        judged = batch.lines(inputs, question, view, lambda found: _exit_code(found, fail_on), clipboard=clipboard, jobs=jobs)
        for text, code in judged:
            codes.add(code)
            yield text

    if output is None:
        for piece in pieces():
            terminal.write(piece)
    else:
        terminal.save_pieces(pieces(), output, sources)
    return batch.worst(codes)


def _own_packs(names: Sequence[str]) -> tuple[Pack, ...]:
    if not names:
        return ()
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.packs.load import load
    from samlcheck.packs.model import Pack

    library = catalogue().library()
    packs = [(name, load(reading.read_file(name, "--pack"), library)) for name in names]
    for name, pack in packs:
        if not isinstance(pack, Pack):
            raise UsageError(f"--pack {name} is a pack of kind {pack.kind}", tip="--pack wants a service pack.", code="pack-kind")
    return tuple(pack for _, pack in packs if isinstance(pack, Pack))


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _emit(
    inspection: Inspection,
    view: View,
    form: o.Format,
    fail_on: o.FailOn,
    output: Path | None,
    no_color: bool,
    sources: tuple[Path, ...],
) -> None:
    if form is o.Format.text:
        from samlcheck.report.text import render

        page = render(inspection, view)
        if output is None:
            terminal.show(page, colour=terminal.wants_colour(no_color))
            return
        text = page.plain()
    else:
        text = _text(inspection, view, form, fail_on)
    if output is None:
        terminal.write(text)
    else:
        terminal.save(text, output, sources)


def _text(inspection: Inspection, view: View, form: o.Format, fail_on: o.FailOn) -> str:
    """Return the report for other programs."""
    if form in SHARED:
        from samlcheck.report.events import Looks, of_inspection

        looks = Looks(view.masking, view.concerns, view.everything, fail_on=fail_on)
        return "".join(renderer(form)(of_inspection(inspection), looks))
    if form is o.Format.html:
        from samlcheck.report import html

        return html.render(inspection, view)
    from samlcheck.report import jsonout

    return jsonout.render(inspection, view)


def _exit_code(inspection: Inspection, fail_on: o.FailOn) -> Exit:
    verdicts = [report.diagnosis.verdict for report in inspection.logins]
    findings = [
        item for report in inspection.logins for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)
    ]
    if fail_on is not o.FailOn.never and "rejected" in verdicts:
        return Exit.REJECTED
    if fail_on is o.FailOn.warning and any(item.severity in ("error", "warning") for item in findings):
        return Exit.REJECTED
    if inspection.problems:
        return Exit.UNREADABLE
    if "cannot-tell" in verdicts:
        return Exit.CANNOT_TELL
    return Exit.ACCEPTED
