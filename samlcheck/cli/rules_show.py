"""``samlcheck rules show``: what has to be set up for a service, in the words of an IdP's console; or one rule in full."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from samlcheck.cli import inputs as reading
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.cli.catalogue import catalogue
from samlcheck.errors import Exit, UsageError

if TYPE_CHECKING:
    from samlcheck.packs.catalogue import Catalogue
    from samlcheck.packs.guide import Guide, Instruction
    from samlcheck.packs.model import AnyPack, IdpPack, Pack, Rule
    from samlcheck.report.layout import Page

_BY = {"idp": "At the identity provider", "sp": "At the service", "user": "The user", "proxy": "At the proxy", "capture": ""}
_WIDEST_LABEL = 44


def show(
    name: Annotated[
        str, typer.Argument(metavar="PACK|FILE|RULE", help="A pack, a pack file, or a rule id like aws-iam/role-malformed.")
    ],
    idp: Annotated[
        str, typer.Option("--idp", metavar="IDP", help="In the words of this identity provider's console.", show_default=False)
    ] = "",
    settings: o.Settings = None,
    configuration: Annotated[
        str, typer.Option("--configuration", metavar="NAME", help="Which of several kinds of set-up.", show_default=False)
    ] = "",
    rules: Annotated[bool, typer.Option("--rules", help="List the rules of the pack.")] = False,
    json_: o.Json = False,
) -> int:
    """Show what has to be set up for a service, field by field; with --idp in the words of that console.

    For packs that are no service, and with --rules, the rules are listed; for a rule id everything about that rule.
    """
    packs = catalogue()
    pack_name, slash, rule_name = name.partition("/")
    if slash and pack_name in packs.index:
        pack = packs.get(pack_name)
        rule = _rule(pack, rule_name)
        return _out({"rule": f"{pack_name}/{rule.id}", **_plain(rule)} if json_ else _rule_page(pack_name, rule))
    pack = _pack(name, packs)
    guide = None if rules else _guide(pack, packs, idp, reading.read_settings(settings or []), configuration)
    if guide is None:
        if idp or configuration:
            raise UsageError(
                f"{pack.pack} has nothing to be set up", tip="--idp and --configuration go with service packs.", code="no-guide"
            )
        return _out(_plain(pack) if json_ else _pack_page(pack))
    return _out({"schema": "samlcheck/guide-1", **asdict(guide)} if json_ else _guide_page(guide, getattr(pack, "rules", ())))


def _pack(name: str, packs: Catalogue) -> AnyPack:
    """Return a shipped pack, found by name or alias, or the one that a file holds."""
    if name not in packs.index and Path(name).suffix in (".yaml", ".yml"):
        from samlcheck.packs.load import load

        return load(reading.read_file(name, "rules show"), packs.library())
    aliases = {alias: entry.name for entry in packs.index.values() for alias in entry.aliases}
    return packs.get(aliases.get(name, name))


def _guide(pack: AnyPack, packs: Catalogue, idp: str, settings: Mapping[str, str], configuration: str) -> Guide | None:
    from samlcheck.packs.guide import guide, steps_of
    from samlcheck.packs.model import Pack
    from samlcheck.packs.select import GENERIC

    if not isinstance(pack, Pack):
        return None
    library = {name: packs.with_examples(item) for name, item in packs.library().items()}
    pack = packs.with_examples(pack)
    fallback = packs.idp(GENERIC)
    if fallback is None or not steps_of(pack, library):
        return None
    return guide(pack, library, _idp(packs, idp) if idp else fallback, fallback, settings, configuration)


def _idp(packs: Catalogue, name: str) -> IdpPack:
    from difflib import get_close_matches

    found = packs.idp(name.lower().replace("_", "-").replace(" ", "-"))
    if found is None:
        known = packs.names("idp")
        near = get_close_matches(name.lower(), known, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UsageError(f"--idp {name}: no such identity provider{hint}", tip=f"Known are {', '.join(known)}.", code="unknown-idp")
    return found


def _plain(value: object) -> Any:
    from samlcheck.packs.compiled import plain

    return plain(value)


def _out(what: Any) -> int:
    """Write a page as text, anything else as JSON."""
    from samlcheck.report.layout import Page

    if isinstance(what, Page):
        terminal.show(what, colour=terminal.wants_colour(False))
    else:
        terminal.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")
    return Exit.ACCEPTED


def _guide_page(guide: Guide, rules: tuple[Rule, ...]) -> Page:
    from samlcheck.packs.select import GENERIC
    from samlcheck.report.layout import Page

    page = Page(terminal.width())
    through = "" if guide.idp == GENERIC else f" with {guide.idp_title}"
    page.text(f"What to set up for {guide.title}{through}", style="strong")
    if guide.configurations:
        others = " or ".join(name for name in guide.configurations if name != guide.configuration)
        page.text(f"Configuration: {guide.configuration}; for the other give --configuration {others}.", style="dim")
    if guide.needed:
        page.blank()
        page.line(("strong", "Values of your own"))
        for item in guide.needed:
            known = item.value or item.placeholder
            page.text(known, indent=2, lead=f"{item.name:<16} ", lead_style="dim")
            if not item.value:
                page.text(f"{item.title}: {item.find_it}" if item.find_it else item.title, indent=19, style="dim")
        missing = next((item for item in guide.needed if not item.value), None)
        if missing is not None:
            page.text(f"Fill them in with --set, e.g. --set {missing.name}={missing.example or '…'}", indent=2, style="dim")
    places = groupby(guide.instructions, key=lambda item: (item.by, item.where, bool(item.entries)))
    for number, ((by, _, _), group) in enumerate(places, 1):
        page.blank()
        _place(page, number, by, list(group))
    if guide.idp != GENERIC and guide.notes:
        page.blank()
        page.line(("strong", f"To know of {guide.idp_title}"))
        for note in guide.notes:
            page.text(note, indent=2, lead="- ")
    page.blank()
    page.text(f"{len(rules)} rules of this pack check it; samlcheck rules show {guide.service} --rules lists them.", style="dim")
    return page


def _place(page: Page, number: int, by: str, group: list[Instruction]) -> None:
    """Write the steps that are made at one place: the way there, then the fields."""
    first = group[0]
    lead = f"{number}. "
    probably = "" if first.verified else "Probably: "
    where = list(first.where) or [_BY.get(by, "")]
    column = min(max((len(entry.label) for item in group for entry in item.entries), default=0), _WIDEST_LABEL) + 2
    for text in where:
        page.text(probably + text, lead=lead, lead_style="strong", style="strong")
        lead, probably = "   ", ""
    for item in group:
        for entry in item.entries:
            label = f"{entry.label}: ".ljust(column)
            if not item.action:
                page.text(entry.value, indent=3, lead=label, lead_style="tag", hang=column)
            elif 3 + len(label) + len(entry.value) <= page.width:
                page.line("   ", ("tag", label), entry.value)
            else:  # a value to be copied is never broken
                page.line("   ", ("tag", label.rstrip()))
                page.line("      ", entry.value)
        if item.allowed:
            page.text(f"One of {', '.join(item.allowed)}.", indent=6)
        for text in item.after:
            page.text(text, indent=3)
        if item.why:
            page.text(f"{'Optional. ' if item.optional else ''}{item.why}", indent=6, style="dim")


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
            tip=f"Did you mean {pack.pack}/{near[0]}?" if near else f"samlcheck rules show {pack.pack} --rules lists them.",
            code="unknown-rule",
        )
    return found[name]


def _pack_page(pack: AnyPack) -> Page:
    from samlcheck.packs.model import IdpPack, Pack, SymptomPack
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
    elif isinstance(pack, SymptomPack):
        for symptom in pack.symptoms:
            page.text(symptom.meaning, indent=2, lead=f"{symptom.id}: ", lead_style="dim")
    else:
        page.text(pack.about)
        for word, names in (("of", pack.extends), ("with", pack.select), ("without", pack.ignore)):
            if names:
                page.text(", ".join(names), indent=2, lead=f"{word}: ", lead_style="dim")
        for name, severity in pack.sharpen.items():
            page.text(severity, indent=2, lead=f"{name}: ", lead_style="dim")
    return page


def _parameters(page: Page, pack: Pack) -> None:
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


def _rule_page(pack: str, rule: Rule) -> Page:
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
