"""Rules made ready to be run: what is the same for every login is worked out when a rule is first run, and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from samlcheck.checks import vocabulary
from samlcheck.checks.context import Context
from samlcheck.facts import FACTS
from samlcheck.finding import Passed
from samlcheck.frozen import dataclass
from samlcheck.packs import conditions
from samlcheck.packs.conditions import Truth
from samlcheck.packs.model import Pack, Rule

_MOST = 10_000
"""Rules, and packs, that are kept; the shipped ones are some hundred."""


@dataclass(frozen=True)
class Prepared:
    """One rule. The properties raise what a rule raises that loading would have refused."""

    rule: Rule
    name: str
    """``pack/rule``."""

    @cached_property
    def applies(self) -> Callable[[Context], Truth] | None:
        """Whether the rule applies; None: always."""
        return conditions.ready(self.rule.when) if self.rule.when is not None else None

    @cached_property
    def judge(self) -> vocabulary.Ready:
        """What the rule wants of what it selects."""
        rule = self.rule
        fact = FACTS.get(rule.select) if rule.select is not None and rule.xpath is None else None
        kind = fact.kind if fact is not None else "text"
        return vocabulary.ready(rule.must, quantifier=rule.quantifier, optional=rule.optional, kind=kind)

    @cached_property
    def passed(self) -> Passed:
        """The outcome of most rules on most logins."""
        return Passed(self.name, self.rule.settles, self.rule.required)


_kept: dict[tuple[int, str], Prepared] = {}
_packs: dict[int, tuple[Pack, tuple[Prepared, ...]]] = {}


def prepared(pack: Pack, rule: Rule) -> Prepared:
    """Return a rule made ready; the same value for the same rule."""
    key = (id(rule), pack.pack)
    known = _kept.get(key)
    if known is None or known.rule is not rule:
        if len(_kept) >= _MOST:
            _kept.clear()
        known = _kept[key] = Prepared(rule, f"{pack.pack}/{rule.id}")
    return known


def rules_of(pack: Pack) -> tuple[Prepared, ...]:
    """Return the rules of a pack made ready, in their order."""
    known = _packs.get(id(pack))
    if known is None or known[0] is not pack:
        if len(_packs) >= _MOST:
            _packs.clear()
        known = _packs[id(pack)] = (pack, tuple(prepared(pack, rule) for rule in pack.rules))
    return known[1]
