"""``samlcheck metadata``: lint IdP and SP metadata, files, folders and aggregates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.cli.renderers import renderer
from samlcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from samlcheck.case import Clock
    from samlcheck.cli.lintconfig import LintSettings
    from samlcheck.lint.entities import Question
    from samlcheck.lint.source import Input
    from samlcheck.lintreport import Event
    from samlcheck.report.events import Looks
    from samlcheck.report.layout import Page

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH...", help="Files, folders (all *.xml in them), patterns, or - for standard input.", show_default=False
    ),
]
RulesetName = Annotated[
    str, typer.Option("--ruleset", metavar="NAME", help="For which consumer: web-sso (the default), saml2int, edugain, …",
                      rich_help_panel=o.JUDGE, show_default=False)
]  # fmt: skip
SignedBy = Annotated[
    list[str] | None,
    typer.Option(
        "--signed-by",
        metavar="CERT",
        help="Certificate (or metadata) that the files must be signed with; repeatable.",
        rich_help_panel=o.TRUST,
        show_default=False,
    ),
]
Days = Annotated[
    int | None,
    typer.Option("--days", metavar="N", min=0, max=3650, help="Tell of certificates that end within N days. Default: 30.",
                 rich_help_panel=o.JUDGE, show_default=False),
]  # fmt: skip
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="FILE", help="Findings in this file are known and not shown.", rich_help_panel=o.JUDGE,
        show_default=False,
    ),
]  # fmt: skip
UpdateBaseline = Annotated[
    bool, typer.Option("--update-baseline", help="Write all present findings to the baseline file.", rich_help_panel=o.JUDGE)
]
PairIdp = Annotated[
    str,
    typer.Option(
        "--idp",
        metavar="FILE",
        help="With --sp: can this identity provider and that service log in together?",
        rich_help_panel=o.JUDGE,
        show_default=False,
    ),
]
PairSp = Annotated[str, typer.Option("--sp", metavar="FILE", help="See --idp.", rich_help_panel=o.JUDGE, show_default=False)]
OneEntity = Annotated[
    str,
    typer.Option("--entity", metavar="ID", help="Only the entity of this entityID.", rich_help_panel=o.JUDGE, show_default=False),
]
OnlyErrors = Annotated[bool, typer.Option("--only-errors", help="Show findings of severity error alone.", rich_help_panel=o.SHOW)]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, max=64, help="Processes for large files. Default: 1.", rich_help_panel=o.JUDGE,
                 show_default=False),
]  # fmt: skip


def _nothing() -> None:
    pass


def metadata(
    paths: Paths = None,
    ruleset: RulesetName = "",
    idp: PairIdp = "",
    sp: PairSp = "",
    signed_by: SignedBy = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    at: o.At = "",
    days: Days = None,
    entity: OneEntity = "",
    baseline: Baseline = None,
    update_baseline: UpdateBaseline = False,
    jobs: Jobs = None,
    config: o.Config = None,
    fail_on: o.Fail = None,
    concern: o.Concerns = None,
    only_errors: OnlyErrors = False,
    format_: o.Formats = o.Format.text,
    json_: o.Json = False,
    output: o.Output = None,
    everything: o.All = False,
    no_redact: o.NoRedact = False,
    no_color: o.NoColor = False,
) -> int:
    """Find every fault of IdP and SP metadata, alone or side by side (--idp with --sp).

    Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong command line, 4 a file cannot be read (to its end),
    70 a bug of ours.
    """
    from samlcheck.cli.files import metadata_files
    from samlcheck.cli.lintconfig import lint_settings
    from samlcheck.cli.progress import progress
    from samlcheck.report.events import Looks
    from samlcheck.report.view import CONCERNS

    if bool(idp) != bool(sp):
        raise UsageError(
            "--idp and --sp go together here", tip="Give both; files to lint alone need no option.", code="half-a-pair"
        )
    paths = [*(paths or ()), *((idp, sp) if idp else ())]
    known = lint_settings(config)
    if not paths:
        raise UsageError("nothing to lint", tip="Name metadata files, a folder, or - for standard input.", code="no-input")
    files = metadata_files(paths)
    kept = baseline or (Path(known.baseline) if known.baseline else None)
    if update_baseline and kept is None:
        raise UsageError("--update-baseline needs --baseline FILE", tip="Name the file to write.", code="no-baseline-file")
    question = _question(
        known,
        ruleset=ruleset or known.ruleset,
        signed_by=signed_by or known.signed_by,
        select=_split(select or known.select),
        ignore=_split(ignore or known.ignore),
        days=known.days if days is None else days,
        at=at,
        entity=entity,
        baseline=None if update_baseline else kept,
        jobs=jobs or known.jobs,
    )
    concerns = tuple(str(item) for item in concern or known.concern if item != o.Concern.all) or CONCERNS
    fails = str(fail_on or known.fail_on)
    masking = not no_redact and (output is not None or not terminal.is_terminal())
    looks = Looks(masking, concerns, everything, only_errors, fails)
    form = o.Format.json if json_ else format_
    tally = Tally(looks)
    with progress(files) as (inputs, pause, resume):
        events = tally.count(_events(inputs, question, pair=bool(idp)), rows=update_baseline)
        present(events, looks, form, question.clock, output, paths, (pause, resume), no_color=no_color)
    if entity and not tally.entities and not tally.problems:
        raise UsageError(
            f"--entity {entity}: no file holds this entity", tip="entityIDs are compared exactly.", code="no-such-entity"
        )
    if update_baseline and kept is not None:
        from samlcheck.lint import baseline as baselines

        terminal.save(baselines.write(tally.rows), kept)
        terminal.note(f"{len(tally.rows)} findings are now known in {kept}")
        return Exit.UNREADABLE if tally.problems else Exit.ACCEPTED
    if tally.problems:
        return Exit.UNREADABLE
    return Exit.REJECTED if tally.failing else Exit.ACCEPTED


def _events(inputs: Sequence[Input], question: Question, *, pair: bool) -> Iterator[Event]:
    """Yield what is found in the files and, of a pair (the last two), what stands between them."""
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.lint.pairs import pair as side_by_side
    from samlcheck.lint.survey import survey
    from samlcheck.lintreport import EntityReport

    if not pair:
        yield from survey(inputs, question)
        return
    yield from survey(inputs[:-2], question)
    faulty = False
    for event in chain(survey(inputs[-2:-1], question), survey(inputs[-1:], replace(question, entity=""))):
        faulty = faulty or (isinstance(event, EntityReport) and any(item.severity == "error" for item in event.findings))
        yield event
    yield from side_by_side(inputs[-2], inputs[-1], catalogue(), question.clock, question.entity, faulty=faulty)


def present(
    events: Iterable[Event],
    looks: Looks,
    form: o.Format,
    clock: Clock,
    output: Path | None,
    inputs: Sequence[str],
    around: tuple[Callable[[], None], Callable[[], None]] = (_nothing, _nothing),
    *,
    no_color: bool,
) -> None:
    """Write a report on metadata as it is found. inputs: never to be written over. around: called before and after a piece."""
    pause, resume = around
    if output is not None:
        terminal.save_pieces(_texts(form, events, looks, clock), output, tuple(Path(name) for name in inputs))
    elif form is o.Format.text:
        colour = terminal.wants_colour(no_color)
        for page in _pages(events, looks, terminal.width()):
            pause()
            terminal.show(page, colour=colour)
            resume()
    else:
        for piece in _texts(form, events, looks, clock):
            pause()
            terminal.write(piece)
            resume()


def _question(
    known: LintSettings,
    *,
    ruleset: str,
    signed_by: Sequence[str],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    days: int,
    at: str,
    entity: str,
    baseline: Path | None,
    jobs: int,
) -> Question:
    from samlcheck.case import Clock
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.lint import baseline as baselines
    from samlcheck.lint.entities import Question
    from samlcheck.lint.rulebook import rulebook

    rules = rulebook(catalogue(), ruleset, select=select, ignore=ignore, given={"days": str(days)})
    anchors = None
    if signed_by:
        from samlcheck.trust.anchors import load

        anchors = load(tuple(reading.read_file(name, "--signed-by") for name in signed_by), role="any")
    fingerprints = baselines.read(reading.read_file(str(baseline), "--baseline")) if baseline else frozenset()
    instant = reading.read_at(at)
    clock = Clock(instant or datetime.now(UTC), "given" if instant else "now")
    return Question(rules, clock, anchors, entity, fingerprints, jobs)


def _split(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _pages(events: Iterable[Event], looks: Looks, width: int) -> Iterator[Page]:
    from samlcheck.report.linted import render
    from samlcheck.report.view import View

    return render(events, View(width, looks.masking, looks.concerns, looks.notes), looks)


def _texts(form: o.Format, events: Iterable[Event], looks: Looks, clock: Clock) -> Iterator[str]:
    """Yield the report in pieces, as it goes to a pipe or a file."""
    from samlcheck.report import lintjson

    if form is o.Format.text:
        return (page.plain() for page in _pages(events, looks, 80))
    if form is o.Format.json:
        return lintjson.render(events, looks, clock)
    if form is o.Format.ndjson:
        return lintjson.render_lines(events, looks, clock)
    if form is o.Format.html:
        from samlcheck.report import htmllint

        return htmllint.render(events, looks)
    return renderer(form)(events, looks)


class Tally:
    """What decides about the exit code, counted while events pass by."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self.entities = self.problems = self.failing = 0
        self.rows: list[dict[str, str]] = []

    def count(self, events: Iterator[Event], *, rows: bool) -> Iterator[Event]:
        """Yield the events. rows: keep the findings for a baseline file."""
        from samlcheck.lint import baseline as baselines
        from samlcheck.lintreport import Closed, EntityReport

        for event in events:
            if isinstance(event, EntityReport):
                self.entities += event.kind == "entity"
                self.failing += sum(
                    1 for item in event.findings if item.concern in self._looks.concerns and self._looks.fails(item.severity)
                )
                self.failing += len(event.broken)
                if rows:
                    self.rows.extend(baselines.rows(event))
            elif isinstance(event, Closed):
                self.problems += event.problem is not None
            yield event
