"""``samlcheck rules``: which packs there are, whether their examples hold, and the schema for editors."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.cli.catalogue import catalogue
from samlcheck.cli.rules_new import new
from samlcheck.cli.rules_show import show
from samlcheck.errors import Exit

if TYPE_CHECKING:
    from samlcheck.packs.model import AnyPack

rules = typer.Typer(no_args_is_help=True, help="The rule packs: list, show, new, test, schema.")
rules.command()(show)
rules.command()(new)


@rules.command("list")
def list_(json_: o.Json = False) -> int:
    """List the packs that are installed, by kind."""
    packs = catalogue()
    rows = [
        {"pack": name, "kind": entry.kind, "title": entry.title, "rules": len(getattr(packs.get(name), "rules", ()))}
        for name, entry in sorted(packs.index.items(), key=lambda item: (item[1].kind, item[0]))
    ]
    if json_:
        terminal.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return Exit.ACCEPTED
    from samlcheck.report.layout import Page

    page = Page(terminal.width())
    kind = ""
    for row in rows:
        if row["kind"] != kind:
            kind = str(row["kind"])
            page.blank()
            page.line(("strong", kind))
        count = f" ({row['rules']} rules)" if row["rules"] else ""
        page.text(f"{row['title']}{count}", indent=2, lead=f"{row['pack']:<24} ")
    terminal.show(page, colour=terminal.wants_colour(False))
    return Exit.ACCEPTED


@rules.command("test")
def prove_(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PACK|FILE]...", help="Packs or pack files; all shipped packs by default.", show_default=False),
    ] = None,
) -> int:
    """Prove the examples of packs: each rule passes its good login and fails its bad one."""
    from samlcheck.packs.load import load
    from samlcheck.packs.model import Pack
    from samlcheck.packs.proving import prove

    packs = catalogue()
    wanted: list[AnyPack] = []
    own: list[AnyPack] = []
    for name in names or packs.names("standard", "security", "service"):
        if name in packs.index:
            wanted.append(packs.get(name))
        else:
            pack = load(reading.read_file(name, "rules test"), packs.library())
            wanted.append(pack)
            own.append(pack)
    library = packs.plus(own)
    bad = 0
    for pack in wanted:
        if not isinstance(pack, Pack):
            continue
        failures = prove(pack, library)
        bad += len(failures)
        sys.stdout.write(f"{'ok  ' if not failures else 'FAIL'} {pack.pack} ({len(pack.rules)} rules)\n")
        for failure in failures:
            sys.stdout.write(f"     {failure}\n")
    return Exit.REJECTED if bad else Exit.ACCEPTED


@rules.command()
def schema() -> int:
    """Print the JSON Schema of pack files, for editors."""
    from samlcheck.packs.schema import schema as made

    terminal.write(json.dumps(made(), indent=2, ensure_ascii=False) + "\n")
    return Exit.ACCEPTED
