"""Which packs have something to say about a login, why, and with which parameters.

Standards and security packs say themselves when they apply. The service is named by the user or recognised, and brings
the packs it extends. The identity provider is recognised by weighted signs and lends its console's words to fixes.
"""

from __future__ import annotations

from collections.abc import Iterable

from samlcheck.case import Told
from samlcheck.checks import template
from samlcheck.checks.context import Context, ParameterValue
from samlcheck.errors import UsageError
from samlcheck.facts import FactTable, Readings
from samlcheck.frozen import dataclass
from samlcheck.packs import parameters
from samlcheck.packs.catalogue import Catalogue, Entry
from samlcheck.packs.model import AnyPack, IdpPack, Pack

ENOUGH = 50
"""Sum of weights from which an identity provider counts as recognised."""
GENERIC = "generic"


@dataclass(frozen=True)
class Selection:
    """The packs to run on one login, and everything they need."""

    packs: tuple[tuple[Pack, str], ...]
    """Each pack and why it was selected: standards, security, then the service from the general to the special."""
    service: str
    """Name of the service pack; empty when there is none."""
    service_because: str
    idp: IdpPack | None
    """The identity provider's pack; the generic one when it was not recognised."""
    idp_because: str
    """Empty when it was not recognised."""
    context: Context
    fallback: IdpPack | None = None
    """The generic identity provider, for actions that ``idp`` has no words for."""


def select(catalogue: Catalogue, table: FactTable, told: Told, extra: Iterable[AnyPack] = ()) -> Selection:
    """Return the packs for a login.

    told: service name and parameters as typed. extra: packs given by the user; one of the name of a shipped pack takes
    its place. Raises UsageError for an unknown service or parameter, with the near miss.
    """
    own = tuple(extra)
    given_packs = frozenset(pack.pack for pack in own)
    catalogue = catalogue.plus(own)
    context = Context(
        table, {name: ParameterValue((value,), told.sources.get(name, "given")) for name, value in told.parameters.items()}
    )
    chosen: dict[str, str] = {}
    for kind in ("standard", "security"):
        for entry in catalogue.entries(kind):
            truth = entry.applies(context)
            if truth.holds:
                chosen[entry.name] = truth.why
    service, because = _service(catalogue, context, told.service, given_packs)
    for name in reversed(_closure(catalogue, service) if service else ()):
        if name == service:
            chosen[name] = because
        elif catalogue.index[name].kind == "service":
            chosen.setdefault(name, f"{service} extends it")
    packs = tuple((catalogue.rules_pack(name), why) for name, why in chosen.items())
    declared = parameters.declared(pack for pack, _ in packs)
    others = (entry for entry in catalogue.entries("service") if entry.name not in chosen)
    owner = {name: entry.name for entry in others for name in entry.parameters} if told.parameters.keys() - declared else {}
    values = parameters.values(declared, told.parameters, table, owner, told.sources)
    context = Context(table, values, {name: parameter.pattern for name, parameter in declared.items()})
    idp, idp_because = _idp(catalogue, table)
    fallback = catalogue.idp(GENERIC)
    return Selection(packs, service, because, idp or fallback, idp_because, context, fallback)


def _service(catalogue: Catalogue, context: Context, asked: str, given: frozenset[str]) -> tuple[str, str]:
    """Return the name of the service pack and why it is that one; empty names mean none."""
    if asked == GENERIC:
        return "", ""
    entries = {entry.name: entry for entry in catalogue.entries("service")}
    if asked:
        return _asked(entries, asked), f"--service {asked}"
    found: dict[str, str] = {}
    for name in sorted(catalogue.hosts.possible(context.table)):
        entry = entries[name]
        if entry.applies_when is None:
            if name in given:
                found[name] = "given with --pack"
            continue
        truth = entry.applies(context)
        if truth.holds:
            found[name] = f"recognised: {truth.why}" if name not in given else f"given with --pack, and {truth.why}"
    extended = {base for name in found for base in _closure(catalogue, name) if base != name}
    special = [name for name in found if name not in extended]
    # Packs given by the user first; then the most special pack, which is the one that builds on most others.
    special.sort(key=lambda name: (name not in given, -len(_closure(catalogue, name)), name))
    return (special[0], found[special[0]]) if special else ("", "")


def _asked(entries: dict[str, Entry], asked: str) -> str:
    names = {name: name for name in entries} | {alias: entry.name for entry in entries.values() for alias in entry.aliases}
    wanted = asked.lower().replace("_", "-").replace(" ", "-")
    if wanted in names:
        return names[wanted]
    from difflib import get_close_matches

    close = get_close_matches(wanted, names, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    known = ", ".join(sorted(entries))
    raise UsageError(
        f"--service {asked}: there is no such service pack{hint}",
        tip=f"known are {known}, and generic for none",
        code="unknown-service",
    )


def _closure(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Return a pack and what it extends, directly or through others, nearest first.

    Raises UsageError if it extends a pack that is not at hand (a pack given by the user may).
    """
    found: list[str] = []
    ahead = [name]
    while ahead:
        current = ahead.pop(0)
        if current in found:
            continue
        if current not in catalogue.index:
            catalogue.get(current)  # raises, with the near miss
        found.append(current)
        ahead.extend(catalogue.index[current].extends)
    return tuple(found)


def _idp(catalogue: Catalogue, table: FactTable) -> tuple[IdpPack | None, str]:
    """Return the identity provider whose signs weigh most, and the facts that gave it away."""
    best: tuple[int, str, str] = (0, "", "")
    telling = {fact for fact, any_sign in catalogue.signs.items() if _is_seen(any_sign, table.read(fact))}
    for entry in catalogue.entries("idp") if telling else ():
        weight, seen = 0, []
        for signal in entry.recognise:
            if signal.fact in telling and _is_seen(signal.match, table.read(signal.fact)):
                weight += signal.weight
                seen.append(table.title(signal.fact))
        if weight > best[0]:
            best = (weight, entry.name, _listed(list(dict.fromkeys(seen))))
    weight, name, seen_in = best
    return (catalogue.idp(name), f"recognised by {seen_in}") if weight >= ENOUGH else (None, "")


def _is_seen(pattern: str, readings: Readings) -> bool:
    return any(template.occurs(pattern, item.raw) for item in readings.items)


def _listed(words: list[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
