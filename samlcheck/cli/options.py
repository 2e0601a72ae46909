"""Options that several commands share, grouped as the help shows them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

TRUST = "What is trusted and expected"
JUDGE = "How it is judged"
SHOW = "What is shown"


class Format(StrEnum):
    """Output formats of ``check`` and ``metadata``."""

    text = "text"
    json = "json"
    ndjson = "ndjson"
    sarif = "sarif"
    junit = "junit"
    github = "github"
    markdown = "markdown"
    html = "html"


class FailOn(StrEnum):
    """From which severity on the exit code is 1."""

    error = "error"
    warning = "warning"
    never = "never"


class Concern(StrEnum):
    """Which findings are shown."""

    login = "login"
    security = "security"
    hygiene = "hygiene"
    all = "all"


Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[INPUT]...", help="A file, the pasted text itself, or - for standard input.", show_default=False),
]
Clipboard = Annotated[bool, typer.Option("--clipboard", help="Read the clipboard.")]
Idp = Annotated[
    list[str] | None,
    typer.Option(
        "--idp",
        metavar="FILE",
        help="Metadata or certificate of the IdP (PEM, DER, bare base64); repeatable.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
Sp = Annotated[
    list[str] | None,
    typer.Option("--sp", metavar="FILE", help="Metadata of the service.", rich_help_panel=TRUST, show_default=False),
]
Acs = Annotated[
    list[str] | None,
    typer.Option("--acs", metavar="URL", help="Where the service listens (ACS URL).", rich_help_panel=TRUST, show_default=False),
]
Audience = Annotated[
    list[str] | None,
    typer.Option(
        "--audience", metavar="URI", help="entityID of the service (audience).", rich_help_panel=TRUST, show_default=False
    ),
]
Issuer = Annotated[
    str, typer.Option("--issuer", metavar="URI", help="entityID of the IdP.", rich_help_panel=TRUST, show_default=False)
]
Service = Annotated[
    str,
    typer.Option(
        "--service",
        metavar="NAME",
        help="Rule pack of the service; otherwise recognised. 'generic' for none.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A parameter of the packs, e.g. region=us-west-2, request_id=…, users=@file; repeatable.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
ProfileName = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Take what is not given here from this profile of samlcheck.toml.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The samlcheck.toml to use; otherwise it is looked for in this folder and those above.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
Request = Annotated[
    str,
    typer.Option("--request", metavar="INPUT", help="The AuthnRequest of this login.", rich_help_panel=TRUST, show_default=False),
]
SignedBy = Annotated[
    list[str] | None,
    typer.Option(
        "--signed-by",
        metavar="FILE",
        help="Certificate of the service, if it signs its requests and is not in --sp; repeatable.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
RelayState = Annotated[
    str | None,
    typer.Option("--relay-state", metavar="TEXT", help="RelayState of this login.", rich_help_panel=TRUST, show_default=False),
]
User = Annotated[
    str,
    typer.Option("--user", metavar="NAME", help="Login name the service knows.", rich_help_panel=TRUST, show_default=False),
]
IamRole = Annotated[
    list[str] | None,
    typer.Option(
        "--iam-role",
        metavar="FILE",
        help="Trust policy of the IAM role (JSON, e.g. from aws iam get-role); repeatable.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
IamPolicy = Annotated[
    list[str] | None,
    typer.Option(
        "--iam-policy",
        metavar="FILE",
        help="Permission policy of the IAM role (JSON); repeatable.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
Key = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Private key of the service, to decrypt; repeatable.",
        rich_help_panel=TRUST,
        show_default=False,
    ),
]
KeyEnv = Annotated[
    str,
    typer.Option(
        "--key-env", metavar="VAR", help="Environment variable that holds the key (PEM).", rich_help_panel=TRUST, show_default=False
    ),
]
Packs = Annotated[
    list[str] | None,
    typer.Option("--pack", metavar="FILE", help="A rule pack of your own; repeatable.", rich_help_panel=TRUST, show_default=False),
]
At = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="TIME",
        help="Judge at this instant, e.g. 2026-05-04T10:00:00Z. Default: when the capture was made, else now.",
        rich_help_panel=JUDGE,
        show_default=False,
    ),
]
Skew = Annotated[
    int | None,
    typer.Option(
        "--skew",
        metavar="SECONDS",
        min=0,
        max=86400,
        help="Clock difference to allow (60 unless said).",
        rich_help_panel=JUDGE,
        show_default=False,
    ),
]
Error = Annotated[
    str,
    typer.Option("--error", metavar="TEXT", help="What the error page said.", rich_help_panel=JUDGE, show_default=False),
]
SecondOpinion = Annotated[
    bool,
    typer.Option("--second-opinion", help="Ask python3-saml too, with the same settings.", rich_help_panel=JUDGE),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="RULES", help="Only these rules or packs; repeatable.", rich_help_panel=JUDGE, show_default=False
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="RULES", help="Leave these rules or packs out; repeatable.", rich_help_panel=JUDGE, show_default=False
    ),
]
Fail = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on", help="From which severity on to exit with 1 (error unless said).", rich_help_panel=JUDGE, show_default=False
    ),
]
Concerns = Annotated[list[Concern] | None, typer.Option("--concern", help="Show only these; repeatable.", rich_help_panel=SHOW)]
Formats = Annotated[Format, typer.Option("--format", help="Form of the report.", rich_help_panel=SHOW)]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.", rich_help_panel=SHOW)]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write the report to a file.", rich_help_panel=SHOW, show_default=False),
]
Timeline = Annotated[
    bool, typer.Option("--timeline", help="Show the steps of a recording first, as `har` does.", rich_help_panel=SHOW)
]
All = Annotated[
    bool,
    typer.Option("--all", help="Show notes, passed rules, SignedInfo and digests as well.", rich_help_panel=SHOW),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        max=64,
        help="Processes to judge many inputs with (--format ndjson).",
        rich_help_panel=SHOW,
        show_default=False,
    ),
]
NoRedact = Annotated[
    bool,
    typer.Option(
        "--no-redact",
        help="Show personal values. They are masked when the report goes to a pipe or a file.",
        rich_help_panel=SHOW,
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours.", rich_help_panel=SHOW)]
