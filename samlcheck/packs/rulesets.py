"""Rulesets: which metadata rules are run for a consumer of metadata, with the severity that they have there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from samlcheck.errors import UsageError
from samlcheck.finding import Severity
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.complain import meant
from samlcheck.packs.model import Pack, Ruleset

DEFAULT = "web-sso"
_PREFIX = "ruleset-"


def names(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the names of all rulesets, as ``--ruleset`` takes them."""
    return tuple(name.removeprefix(_PREFIX) for name in catalogue.names("ruleset"))


def ruleset(catalogue: Catalogue, name: str) -> Ruleset:
    """Return a ruleset by its name. Raises UsageError with the near miss."""
    found = catalogue.get(_PREFIX + name) if _PREFIX + name in catalogue.index else None
    if isinstance(found, Ruleset):
        return found
    known = names(catalogue)
    raise UsageError(
        f"--ruleset {name}: there is no such ruleset{meant(name, known)}",
        tip=f"known are {', '.join(known)}",
        code="unknown-ruleset",
    )


def packs_of(catalogue: Catalogue, name: str = DEFAULT) -> tuple[Pack, ...]:
    """Return the metadata packs that a ruleset selects from, each with the selected rules alone and their severity there.

    Packs from which nothing is selected are left out. Raises UsageError for a name that is no ruleset.
    """
    chain = tuple(_chain(catalogue, name, ()))
    packs = (_selected(catalogue.rules_pack(pack), chain) for pack in catalogue.names("metadata"))
    return tuple(pack for pack in packs if pack.rules)


def _chain(catalogue: Catalogue, name: str, seen: tuple[str, ...]) -> Iterator[Ruleset]:
    """Yield what a ruleset extends, the most general first, and itself last."""
    if name in seen:
        return
    found = ruleset(catalogue, name)
    for base in found.extends:
        yield from _chain(catalogue, base, (*seen, name))
    yield found


def _selected(pack: Pack, chain: tuple[Ruleset, ...]) -> Pack:
    chosen = []
    for rule in pack.rules:
        full = f"{pack.pack}/{rule.id}"
        selected, severity = False, rule.severity
        for item in chain:
            selected = (selected or _names(item.select, full)) and not _names(item.ignore, full)
            severity = _sharpened(item, full, severity)
        if selected:
            chosen.append(rule if severity == rule.severity else replace(rule, severity=severity))
    return replace(pack, rules=tuple(chosen))


def _names(patterns: tuple[str, ...], rule: str) -> bool:
    return any(fnmatchcase(rule, pattern) for pattern in patterns)


def _sharpened(item: Ruleset, rule: str, severity: Severity) -> Severity:
    return next((wanted for pattern, wanted in item.sharpen.items() if fnmatchcase(rule, pattern)), severity)
