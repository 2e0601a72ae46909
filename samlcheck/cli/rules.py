"""``samlcheck rules``: what the packs demand, whether their examples hold, and the schema for editors."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.cli.catalogue import catalogue
from samlcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from samlcheck.packs.model import AnyPack, Pack, Rule

rules = typer.Typer(no_args_is_help=True, help="The rule packs: list, show, test, schema.")


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


@rules.command()
def show(
    name: Annotated[str, typer.Argument(metavar="PACK|RULE", help="A pack, or a rule id like aws-iam/role-shape.")],
    json_: o.Json = False,
) -> int:
    """Show what a pack demands, or everything about one rule."""
    packs = catalogue()
    pack_name, slash, rule_name = name.partition("/")
    pack = packs.get(pack_name)
    if slash:
        rule = _rule(pack, rule_name)
        if json_:
            return _dump({"rule": f"{pack_name}/{rule.id}", **_plain(rule)})
        page = _rule_page(pack_name, rule)
    else:
        if json_:
            return _dump(_plain(pack))
        page = _pack_page(pack)
    terminal.show(page, colour=terminal.wants_colour(False))
    return Exit.ACCEPTED


def _plain(value: object) -> Any:
    from samlcheck.packs.compiled import plain

    return plain(value)


def _dump(value: object) -> int:
    terminal.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    return Exit.ACCEPTED


def _rule(pack: AnyPack, name: str) -> Rule:
    from difflib import get_close_matches

    found: dict[str, Rule] = {}
    for rule in getattr(pack, "rules", ()):
        found[rule.id] = rule
        found.update((alias, rule) for alias in rule.aliases)
    if name not in found:
        near = get_close_matches(name, found, 1)
        raise UsageError(
            f"pack {pack.pack} has no rule {name}",
            tip=f"Did you mean {pack.pack}/{near[0]}?" if near else f"samlcheck rules show {pack.pack} lists them.",
            code="unknown-rule",
        )
    return found[name]


def _pack_page(pack: AnyPack) -> Any:
    from samlcheck.packs.model import IdpPack, Pack
    from samlcheck.report.layout import Page

    page = Page(terminal.width())
    page.text(pack.title, lead=f"{pack.pack}  ", lead_style="strong")
    if isinstance(pack, Pack):
        _parameters(page, pack)
        page.blank()
        page.line(("strong", "Rules"))
        for rule in pack.rules:
            page.text(rule.title, indent=2, lead=f"{rule.severity:<8}{rule.id}: ", lead_style="dim")
    elif isinstance(pack, IdpPack):
        page.blank()
        page.line(("strong", "Values"))
        for source, expression in pack.sources.items():
            page.text(expression, indent=2, lead=f"{source:<20} ", lead_style="dim")
        page.blank()
        page.line(("strong", "Where to click"))
        for action, words in pack.actions.items():
            for index, step in enumerate(words.steps):
                page.text(step, indent=2, lead=f"{action if index == 0 else '':<20} {index + 1}. ", lead_style="dim")
    else:
        for symptom in pack.symptoms:
            page.text(symptom.meaning, indent=2, lead=f"{symptom.id}: ", lead_style="dim")
    return page


def _parameters(page: Any, pack: Pack) -> None:
    if pack.about:
        page.text(pack.about)
    if pack.extends:
        page.text(", ".join(pack.extends), lead="extends ", lead_style="dim")
    if pack.parameters:
        page.blank()
        page.line(("strong", "Parameters (--set name=value)"))
        for name, parameter in pack.parameters.items():
            words = parameter.title + (f"; {parameter.find_it}" if parameter.find_it else "")
            words += f"; e.g. {parameter.example}" if parameter.example else ""
            page.text(words, indent=2, lead=f"{name:<24} ", lead_style="dim")


def _rule_page(pack: str, rule: Rule) -> Any:
    from samlcheck.report.layout import Page

    page = Page(terminal.width())
    page.text(rule.title, lead=f"{pack}/{rule.id}  ", lead_style="strong")
    page.text(f"{rule.severity}, {rule.confidence}, {rule.concern}", style="dim")
    page.text(rule.message, lead="Says: ", lead_style="dim")
    if rule.fix is not None:
        words = rule.fix.say or f"{rule.fix.do} {', '.join(f'{k}={v}' for k, v in rule.fix.args.items())}"
        page.text(words, lead="Fix: ", lead_style="good")
    if rule.why:
        page.text(rule.why, lead="Why: ", lead_style="dim")
    if rule.explains:
        page.text(", ".join(rule.explains), lead="Explains: ", lead_style="dim")
    for cite in rule.cite:
        seen = f", seen {cite.seen}" if cite.seen else ""
        page.text(f"{cite.source} <{cite.url}> ({cite.basis}{seen})", lead="Source: ", lead_style="dim")
    return page


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
