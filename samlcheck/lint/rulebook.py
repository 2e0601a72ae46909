"""The rules of one lint run: those of the ruleset, without what the user leaves out, with their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase

from samlcheck.checks.context import Context, ParameterValue
from samlcheck.errors import UsageError
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.frozen import dataclass
from samlcheck.lint.programme import Plans
from samlcheck.packs import parameters
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.complain import meant
from samlcheck.packs.model import Pack, Rule
from samlcheck.packs.rulesets import packs_of
from samlcheck.packs.select import Selection


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What is run on every entity."""

    ruleset: str
    packs: tuple[Pack, ...]
    """With the chosen rules alone."""
    parameters: Mapping[str, ParameterValue]
    patterns: Mapping[str, str]
    planned: list[Plans] = field(default_factory=list)

    def plans(self, context: Context) -> Plans:
        """Return the short ways of the rules, made when the first entity is judged. context: that of any entity."""
        if not self.planned:
            self.planned.append(Plans(self.rules(), context))
        return self.planned[0]

    def rules(self) -> tuple[tuple[Pack, Rule], ...]:
        """Return the rules in the order of packs."""
        return tuple((pack, rule) for pack in self.packs for rule in pack.rules)

    def context(self, table: EntityTable) -> Context:
        """Return the context of one entity."""
        return Context(table, self.parameters, self.patterns)

    def selection(self, table: EntityTable) -> Selection:
        """Return the rulebook in the form in which ``packs.run`` takes it: without service and identity provider."""
        return Selection((), "", "", None, "", self.context(table))


def rulebook(
    catalogue: Catalogue,
    ruleset: str,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
) -> Rulebook:
    """Return the rules of a run.

    select, ignore: rule ids, packs or patterns such as ``*/logo-*``. given: parameters by name; one that no rule has is
    passed over. Raises UsageError for a ruleset, rule or pack that does not exist, with the near miss.
    """
    everything = packs_of(catalogue, ruleset)
    _check_patterns(catalogue, (*select, *ignore))
    packs = []
    for pack in everything:
        rules = tuple(rule for rule in pack.rules if _chosen(f"{pack.pack}/{rule.id}", select, ignore))
        if rules:
            packs.append(replace(pack, rules=rules))
    declared = parameters.declared(packs)
    known = {name: value for name, value in (given or {}).items() if name in declared}
    values = parameters.typed(declared, known)
    for name, parameter in declared.items():
        if name not in values and parameter.default is not None:
            values[name] = ParameterValue((parameter.default,), "default")
    return Rulebook(ruleset, tuple(packs), values, {name: parameter.pattern for name, parameter in declared.items()})


def named(rule: str, pattern: str) -> bool:
    """Return whether a pattern means a rule: its id, its pack's name, or a pattern over ids."""
    return fnmatchcase(rule, pattern) or rule.partition("/")[0] == pattern


def _chosen(rule: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    return (not select or any(named(rule, pattern) for pattern in select)) and not any(named(rule, item) for item in ignore)


def _check_patterns(catalogue: Catalogue, patterns: Sequence[str]) -> None:
    packs = [catalogue.rules_pack(name) for name in catalogue.names("metadata")] if patterns else []
    known = [f"{pack.pack}/{rule.id}" for pack in packs for rule in pack.rules]
    for pattern in patterns:
        if not any(named(rule, pattern) for rule in known):
            raise UsageError(
                f"there is no metadata rule {pattern}{meant(pattern, (*known, *(pack.pack for pack in packs)))}",
                tip="samlcheck rules list shows all rules.",
                code="unknown-rule",
            )
