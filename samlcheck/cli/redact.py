"""``samlcheck redact``: a copy that is safe to share and yields the same findings."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.errors import Exit, UsageError
from samlcheck.source import Artifact

if TYPE_CHECKING:
    from samlcheck.inspection import Inspection
    from samlcheck.trust.facts import PinnedKey

One = Annotated[
    str, typer.Argument(metavar="INPUT", help="A file, the pasted text itself, or - for standard input.", show_default=False)
]
Copy = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="OUT", help="Where to write the copy. Others are named after it.", show_default=False),
]
Also = Annotated[
    list[str] | None,
    typer.Option(
        "--also",
        metavar="FILE",
        help="Another file that belongs to it (an IAM policy, a log): the same names are replaced by the same; repeatable.",
        show_default=False,
    ),
]
Named = tuple[str, Artifact]


def redact(
    input_: One,
    output: Copy,
    also: Also = None,
    idp: o.Idp = None,
    sp: o.Sp = None,
    signed_by: o.SignedBy = None,
    acs: o.Acs = None,
    audience: o.Audience = None,
    issuer: o.Issuer = "",
    service: o.Service = "",
    settings: o.Settings = None,
    relay_state: o.RelayState = None,
    user: o.User = "",
    iam_role: o.IamRole = None,
    iam_policy: o.IamPolicy = None,
    at: o.At = "",
    json_: o.Json = False,
) -> int:
    """Write a copy that is safe to share: people, hosts, ids and secrets get other names, and the findings stay.

    Messages inside are signed again by keys made for this run and thrown away. Give the options that you give to check: their
    files are copied too, and the copy is checked against the original.

    Exit codes: 0 written, 1 written but diagnosed otherwise than the original (what differs is said), 2 wrong command line,
    4 unreadable input, or something private would be left in the copy (nothing is written then), 70 a bug of ours.
    """
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.redact.run import redact as redacted

    artifact = reading.read_inputs([input_], clipboard=False)[0]
    files: list[Named] = [
        (kind, reading.read_file(name, f"--{kind}"))
        for kind, names in (
            ("idp", idp),
            ("sp", sp),
            ("signed-by", signed_by),
            ("iam-role", iam_role),
            ("iam-policy", iam_policy),
            ("also", also),
        )
        for name in names or ()
    ]
    parameters = reading.read_settings(settings or [])
    told: dict[str, Sequence[str]] = {
        "acs": acs or (),
        "audience": audience or (),
        "issuer": (issuer,) if issuer else (),
        "relay-state": () if relay_state is None else (relay_state,),
        "user": (user,) if user else (),
        **{f"set {name}": (value,) for name, value in parameters.items()},
    }
    given = _keys(files)
    targets = _targets(output, files)
    _refuse(targets, [input_, *(item.name for _, item in files)])
    inputs = [artifact, *(item for _, item in files)]
    done = redacted(inputs, catalogue(), secrets.token_bytes(32), given=given, told=told)
    instant = reading.read_at(at)
    kinds = ("", *(kind for kind, _ in files))
    copies = [(kind, Artifact(target.name, copy)) for kind, target, copy in zip(kinds, targets, done.copies, strict=False)]
    differing = _differences((("", artifact), *files), copies, told, done.told, service, instant or datetime.now(UTC), instant)
    manifest = {**done.manifest, "files": [target.name for target in targets[:-1]], "same_findings": not differing}
    if differing:
        manifest["differing"] = list(differing)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    _write(dict(zip(targets, (*done.copies, text.encode()), strict=True)))
    terminal.write(text if json_ else _summary(manifest, _command(copies, targets, done.told, service, at)))
    for line in differing:
        terminal.note(f"the copy is diagnosed otherwise than the original ({line})")
    return Exit.REJECTED if differing else Exit.ACCEPTED


def _keys(files: Sequence[Named]) -> tuple[PinnedKey, ...]:
    """Return the keys that the user trusts: the IdP's, and those with which the service signs its requests."""
    from samlcheck.engine import read_sp
    from samlcheck.trust import anchors

    def of(kind: str) -> tuple[Artifact, ...]:
        return tuple(item for name, item in files if name == kind)

    services = anchors.of_services(read_sp(of("sp")))
    return (*anchors.load(of("idp")).keys, *services.keys, *anchors.load(of("signed-by"), role="any").keys)


def _targets(output: Path, files: Sequence[Named]) -> list[Path]:
    """Return where the copies go: the one asked for, the others beside it by what they are, the manifest last."""
    found = [output]
    for kind, item in files:
        suffix = Path(item.name).suffix or ".txt"
        number = sum(path.name.startswith(f"{output.stem}.{kind}") for path in found)
        found.append(output.with_name(f"{output.stem}.{kind}{f'-{number + 1}' if number else ''}{suffix}"))
    return [*found, output.with_name(f"{output.stem}.manifest.json")]


def _refuse(targets: Sequence[Path], inputs: Sequence[str]) -> None:
    """Raise UsageError for a target that is a link, a folder or an input."""
    for target in targets:
        if target.is_symlink():
            raise UsageError(f"{target} is a link", tip="Name the file itself.", code="output-is-link")
        if target.is_dir():
            raise UsageError(f"{target} is a folder", tip="Name a file.", code="output-is-folder")
        if target.exists() and any(_is(target, name) for name in inputs):
            raise UsageError(f"{target} is also an input", tip="Name another file.", code="output-is-input")


def _is(target: Path, name: str) -> bool:
    try:
        return Path(name).expanduser().exists() and target.samefile(Path(name).expanduser())
    except (OSError, ValueError):  # the pasted text itself, too long for a path
        return False


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all files or none: each beside its target first, readable by nobody else, then all put in place."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for target, octets in files.items():
            handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            waiting.append((Path(name), target))
            with os.fdopen(handle, "wb") as file:
                file.write(octets)
        while waiting:
            waiting[0][0].replace(waiting[0][1])
            del waiting[0]
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise UsageError(f"the copy cannot be written: {reason}", tip="Choose a folder that exists.", code="output") from None
    finally:
        for beside, _ in waiting:
            beside.unlink(missing_ok=True)


def _differences(
    before: Sequence[Named],
    after: Sequence[Named],
    told: Mapping[str, Sequence[str]],
    new_told: Mapping[str, Sequence[str]],
    service: str,
    now: datetime,
    at: datetime | None,
) -> tuple[str, ...]:
    from samlcheck.redact.faithful import differences, differences_of_findings

    first, second = (_inspected(files, values, service, now, at) for files, values in ((before, told), (after, new_told)))
    found = differences(first, second)
    if not found and any((problem.code or "").endswith("metadata") for problem in first.problems):
        found = differences_of_findings(*(_linted(files[0][1], now) for files in (before, after)))
    return found


def _inspected(
    files: Sequence[Named], told: Mapping[str, Sequence[str]], service: str, now: datetime, at: datetime | None
) -> Inspection:
    from samlcheck import engine, iam
    from samlcheck.case import Told
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.trust import anchors

    def of(kind: str) -> tuple[Artifact, ...]:
        return tuple(item for name, item in files if name == kind)

    def first(name: str) -> str | None:
        return next(iter(told.get(name, ())), None)

    captures, unread = engine.read_captures(of(""))
    question = engine.Question(
        catalogue=catalogue(),
        now=now,
        at=at,
        told=Told(
            acs=tuple(told.get("acs", ())),
            audience=tuple(told.get("audience", ())),
            issuer=first("issuer") or "",
            relay_state=first("relay-state"),
            user=first("user") or "",
            service=service,
            parameters={name.removeprefix("set "): values[0] for name, values in told.items() if name.startswith("set ")},
            iam_role=tuple(policy for item in of("iam-role") for policy in iam.read(item, "trust")),
            iam_policy=tuple(policy for item in of("iam-policy") for policy in iam.read(item, "permission")),
        ),
        anchors=anchors.load(of("idp")),
        signers=anchors.load(of("signed-by"), role="any"),
        sp=engine.read_sp(of("sp")),
    )
    return engine.inspect(captures, question, unread)


def _linted(artifact: Artifact, now: datetime) -> list[Any]:
    from samlcheck.case import Clock
    from samlcheck.cli.catalogue import catalogue
    from samlcheck.lint.entities import Question
    from samlcheck.lint.rulebook import rulebook
    from samlcheck.lint.survey import survey
    from samlcheck.lintreport import EntityReport

    question = Question(rulebook(catalogue(), "web-sso"), Clock(now, "now"))
    return [
        finding for event in survey([_Held(artifact)], question) if isinstance(event, EntityReport) for finding in event.findings
    ]


class _Held:
    """A metadata file in memory."""

    def __init__(self, artifact: Artifact) -> None:
        self.name, self.octets, self._data = artifact.name, len(artifact.data), artifact.data

    def open(self) -> Any:
        import io

        return io.BytesIO(self._data)


def _summary(manifest: Mapping[str, Any], command: str) -> str:
    lines = [f"Written: {', '.join(manifest['files'])}"]
    lines += [f"  {kind}: {found['values']} replaced, in {found['places']} places" for kind, found in manifest["replaced"].items()]
    lines += [f"  note: {item['what']}" for item in manifest["notes"]]
    if manifest["same_findings"]:
        lines.append("The copy is diagnosed as the original is, and nothing that was replaced is found in it in any encoding.")
    return "\n".join([*lines, f"Check the copy: {command}"]) + "\n"


def _command(copies: Sequence[Named], targets: Sequence[Path], told: Mapping[str, Sequence[str]], service: str, at: str) -> str:
    """Return the command that checks the copy as the original was checked; its values are those of the copy."""
    words = ["samlcheck", "check", str(targets[0])]
    for (kind, _), target in zip(copies, targets, strict=False):
        words += [f"--{kind}", str(target)] if kind not in ("", "also") else []
    for name, values in told.items():
        option, _, parameter = name.partition(" ")
        for value in values:
            words += [f"--{option}", f"{parameter}={value}" if parameter else value]
    words += ["--service", service] if service else []
    words += ["--at", at] if at else []
    return shlex.join(words)
