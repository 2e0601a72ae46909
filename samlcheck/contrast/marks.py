"""Which differences a failed check of one login is about: they come first and say so, the cause before what it entails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from samlcheck.contrast.model import Differing
from samlcheck.facts import FactTable
from samlcheck.finding import Finding
from samlcheck.inspection import LoginReport
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.causes import suspects_of
from samlcheck.packs.model import Pack, Rule

_OF_TOPIC = {
    "status": ("response.status", "response.status_detail_code"),
    "window": ("assertion.not_before", "assertion.not_on_or_after", "assertion.confirmation_not_on_or_after"),
    "audience": ("assertion.audience",),
    "recipient": ("assertion.recipient",),
    "destination": ("response.destination",),
}
"""The facts that decide about a topic of acceptance, for rules whose check selects for itself."""


class Marking:
    """The errors and warnings that one login has and the other has not, and the facts that each is about."""

    def __init__(
        self,
        reports: tuple[LoginReport, LoginReport],
        tables: tuple[FactTable, FactTable],
        catalogue: Catalogue,
        names: Sequence[str],
    ) -> None:
        """names: the facts that are compared."""
        self._tables, self._names = tables, names
        self._selects = _selects(reports, catalogue)
        self._suspects = {f"symptom/{item.id}": suspects_of(item) for pack in catalogue.symptoms() for item in pack.symptoms}
        one, other = (_errors(report) for report in reports)
        rules = {item.rule for item in one}, {item.rule for item in other}
        self._apart = [item for item in (*one, *other) if (item.rule in rules[0]) != (item.rule in rules[1])]
        self._about = {item.rule: self._facts(item) for item in self._apart}

    def ordered(self, found: Iterable[Differing]) -> tuple[Differing, ...]:
        """Return the differences with the rules that are about them, those of root causes first."""
        last = len(self._about)  # that the service refused is what everything else led to
        rank = {rule: last if rule.startswith("answers/") else at for at, rule in enumerate(self._about)}
        return tuple(sorted(map(self._marked, found), key=lambda item: min((rank[rule] for rule in item.rules), default=last + 1)))

    def unexplained(self, found: Iterable[Differing]) -> tuple[Finding, ...]:
        """Return what was found in one login alone and is about none of the differences."""
        told = {rule for item in map(self._marked, found) for rule in item.rules}
        return tuple(item for item in self._apart if item.rule not in told)

    def _marked(self, item: Differing) -> Differing:
        rules = tuple(rule for rule, facts in self._about.items() if item.fact in facts)
        return Differing(item.what, item.fact, item.first, item.second, item.words, rules)

    def _facts(self, finding: Finding) -> frozenset[str]:
        """Return the facts that a finding is about: by its rule, by the rules it is a symptom of, by the places it points at."""
        patterns = (finding.rule, *self._suspects.get(finding.rule, ()))
        named = {
            fact for rule, facts in self._selects.items() if any(fnmatchcase(rule, item) for item in patterns) for fact in facts
        }
        if finding.subject:
            named.add(f"attribute:{finding.subject}")
        if finding.rule.startswith(("signatures/", "algorithms/")):
            named |= {name for name in self._names if name.startswith(("signature.", "certificate."))}
        if finding.rule.startswith("flow/cookie"):
            named |= {name for name in self._names if "cookie" in name}
        return frozenset(named | self._at({item.node.path for item in finding.evidence if item.node is not None}))

    def _at(self, paths: set[str]) -> set[str]:
        """Return the facts that are read at places of the documents."""
        found = set()
        for table in self._tables:
            for name in self._names:
                if any(item.node is not None and item.node.path in paths for item in table.read(name).items):
                    found.add(name)
            for item in table.read("assertion.attribute_values").items:
                if item.node is not None and item.node.path in paths:
                    found.add(f"attribute:{item.label}")
        return found


def _errors(report: LoginReport) -> list[Finding]:
    found = [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]
    return [item for item in found if item.severity != "note"]


def _selects(reports: Iterable[LoginReport], catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Return the facts that each rule of the packs used is about."""
    names = dict.fromkeys(use.pack for report in reports for use in report.packs if use.pack in catalogue.index)
    packs = [pack for name in names if isinstance(pack := catalogue.get(name), Pack)]
    return {f"{pack.pack}/{rule.id}": _of(rule) for pack in packs for rule in pack.rules}


def _of(rule: Rule) -> frozenset[str]:
    selected = rule.select or rule.must.with_.get("select", "")
    return frozenset((selected,) if selected else (fact for topic in rule.settles for fact in _OF_TOPIC.get(topic, ())))
