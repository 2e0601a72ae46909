"""``samlcheck rules new``: a first pack for a service of your own, proven before it is written."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import terminal
from samlcheck.cli.catalogue import catalogue
from samlcheck.errors import Exit, SamlcheckError, UsageError

if TYPE_CHECKING:
    from samlcheck.packs.catalogue import Catalogue
    from samlcheck.packs.draft import Draft, Signed

_FORMATS = ("any", "emailAddress", "persistent", "transient", "unspecified")
_SIGNED = ("any", "response", "assertion", "both")


def new(
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What the service is called.", show_default=False)] = "",
    acs: Annotated[
        list[str] | None, typer.Option("--acs", metavar="URL", help="Where it listens; repeatable.", show_default=False)
    ] = None,
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", metavar="URI", help="What it calls itself (SP entity ID); repeatable.", show_default=False),
    ] = None,
    nameid_format: Annotated[
        str,
        typer.Option("--nameid-format", metavar="FORMAT", help="any, emailAddress, persistent … or a URI.", show_default=False),
    ] = "",
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            "--attribute",
            metavar="NAME[=VALUE|…]",
            help="An attribute it needs, and the values it takes; repeatable.",
            show_default=False,
        ),
    ] = None,
    optional_attribute: Annotated[
        list[str] | None,
        typer.Option("--optional-attribute", metavar="NAME[=VALUE|…]", help="One it can do without.", show_default=False),
    ] = None,
    signed: Annotated[
        str, typer.Option("--signed", metavar="WHAT", help="any, response, assertion or both.", show_default=False)
    ] = "",
    relay_state: Annotated[
        str, typer.Option("--relay-state", metavar="TEXT", help="The RelayState it needs.", show_default=False)
    ] = "",
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help="The document that says so.", show_default=False)] = "",
    metadata: Annotated[
        str, typer.Option("--from-metadata", metavar="FILE", help="Take the values from this SP metadata.", show_default=False)
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Default: NAME.yaml in this folder.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take defaults for what is not given.")] = False,
) -> int:
    """Write a rule pack for a service: asks for its values, or takes them from options or its SP metadata.

    The pack is proven by forged logins before it is written; an existing file is never touched.
    """
    from samlcheck.packs.draft import Draft, text
    from samlcheck.packs.draft import attribute as wanted

    draft = _described(metadata) if metadata else Draft("")
    attributes = (*(wanted(item) for item in attribute or ()), *(wanted(item, required=False) for item in optional_attribute or ()))
    draft = replace(
        draft,
        title=name or draft.title,
        acs=tuple(acs or draft.acs),
        audience=tuple(audience or draft.audience),
        nameid_format=_format(nameid_format) if nameid_format else draft.nameid_format,
        attributes=attributes or draft.attributes,
        signed=_signed(signed) if signed else draft.signed,
        relay_state=relay_state or draft.relay_state,
        source=source or draft.source,
    )
    if not yes and not metadata and sys.stdin is not None and sys.stdin.isatty():
        draft = _asked(draft, nameid_format, signed)
    packs = catalogue()
    _complete(draft, packs)
    target = output or Path(f"{draft.pack}.yaml")
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is already there", tip="Give another --name, or --output FILE.", code="file-exists")
    written = text(draft, datetime.now(UTC).date().isoformat())
    count = _proven(written, str(target), packs)
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(written)
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise UsageError(f"{target}: {reason}", tip="Choose a folder that exists.", code="output") from None
    terminal.write(
        f"Wrote {target}.\n"
        f"samlcheck rules test {target}: {count} rules, and every example holds.\n\n"
        f"Check a login:   samlcheck check RESPONSE --idp IDP-METADATA --pack {target}\n"
        f"Set up the IdP:  samlcheck rules show {target} --idp IDP   (samlcheck rules list names the IdPs)\n"
    )
    return Exit.ACCEPTED


def _described(name: str) -> Draft:
    from samlcheck.packs.draft import from_metadata
    from samlcheck.saml.anatomy import dissect
    from samlcheck.xmldoc.parse import parse

    return from_metadata(dissect(parse(reading.read_file(name, "--from-metadata"))))


def _asked(draft: Draft, nameid_format: str, signed: str) -> Draft:
    """Return the draft with what was not given asked for."""
    from samlcheck.packs.draft import attribute as wanted

    sys.stderr.write("A pack for a service of your own. Enter takes what stands in brackets.\n")
    title = draft.title or _ask("What is the service called?", needed=True)
    acs = draft.acs or (_ask("Where does it listen (ACS URL)?", needed=True),)
    audience = draft.audience or (_ask("What does it call itself (audience, SP entity ID)?", needed=True),)
    form = nameid_format or _ask(f"NameID format ({', '.join(_FORMATS)} or a URI)", "any")
    named = draft.attributes
    if not named:
        said = _ask("Attributes it needs, with commas between, e.g. email, roles=agent|admin", "none")
        named = tuple(wanted(item) for item in said.split(",") if item.strip() and item.strip() != "none")
    part = signed or _ask(f"What must be signed ({', '.join(_SIGNED)})?", "any")
    state = draft.relay_state or _ask("RelayState it needs", "none")
    source = draft.source or _ask("Which document says so?", "the values configured at the service")
    return replace(
        draft,
        title=title,
        acs=acs,
        audience=audience,
        nameid_format=_format(form),
        attributes=named,
        signed=_signed(part),
        relay_state="" if state == "none" else state,
        source=source,
    )


def _ask(question: str, default: str = "", *, needed: bool = False) -> str:
    while True:
        sys.stderr.write(f"{question}{f' [{default}]' if default else ''} ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise typer.Abort
        answer = line.strip() or default
        if answer or not needed:
            return answer


def _format(text: str) -> str:
    from difflib import get_close_matches

    from samlcheck.packs.expand import NAMEID_FORMATS

    if text == "any":
        return ""
    if ":" in text or text in NAMEID_FORMATS:
        return text
    known = {item.lower(): item for item in ("any", *NAMEID_FORMATS)}
    near = [item for item in known if item.startswith(text.lower())] or get_close_matches(text.lower(), known, 1)
    hint = f" (did you mean {known[near[0]]}?)" if near else ""
    raise UsageError(
        f"--nameid-format {text}: there is no such format{hint}", tip=f"Known are {', '.join(known.values())}; or give a URI."
    )


def _signed(text: str) -> Signed:
    from samlcheck.packs.draft import Signed

    for item in get_args(Signed):
        if text.lower() == item:
            return item  # type: ignore[no-any-return]
    raise UsageError(f"--signed {text}: it is one of {', '.join(_SIGNED)}", code="bad-signed")


def _complete(draft: Draft, packs: Catalogue) -> None:
    """Raise UsageError for what is missing or cannot be."""
    missing = [
        option for option, value in (("--name", draft.title), ("--acs", draft.acs), ("--audience", draft.audience)) if not value
    ]
    if missing:
        raise UsageError(
            f"{', '.join(missing)} not given",
            tip="Give them, or --from-metadata, or run this in a terminal to be asked.",
            code="incomplete",
        )
    if draft.pack in packs.index:
        raise UsageError(
            f"there is already a pack called {draft.pack}",
            tip=f"samlcheck rules show {draft.pack} shows it; give another --name for a pack of your own.",
            code="pack-exists",
        )
    for url in draft.acs:
        if not url.lower().startswith(("https://", "http://")) or " " in url:
            raise UsageError(f"--acs {url}: this is no absolute URL", tip="It begins with https://.", code="bad-acs")


def _proven(written: str, name: str, packs: Catalogue) -> int:
    """Return how many rules a pack has. Raises UsageError if it does not load or an example does not hold."""
    from samlcheck.packs.load import load
    from samlcheck.packs.model import Pack
    from samlcheck.packs.proving import prove
    from samlcheck.source import Artifact

    try:
        pack = load(Artifact(name, written.encode()), packs.library())
    except SamlcheckError as error:
        raise UsageError(f"these values make no pack: {error.message}", tip=error.tip, code="no-pack") from None
    failures = prove(pack, packs) if isinstance(pack, Pack) else ()
    if failures:
        raise UsageError(
            f"nothing was written: {failures[0]}",
            tip="Two of the values contradict each other, such as an attribute that is named twice.",
            code="not-proven",
        )
    return len(getattr(pack, "rules", ()))
