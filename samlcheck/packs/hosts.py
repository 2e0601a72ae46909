"""Which service packs can apply to a login at all, by the hosts that it names: hundreds installed cost no more than five.

Most packs apply where one address has one host. Whether the whole condition holds is asked of those alone whose host is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from samlcheck.facts import FactTable
from samlcheck.flow.sites import hostname
from samlcheck.packs.model import Condition

Place = tuple[str, str]
"""A fact that is a URL, and its host."""


class Hosts:
    """Names by the hosts without which their conditions cannot hold."""

    def __init__(self, conditions: Iterable[tuple[str, Condition | None]]) -> None:
        """conditions: names, each with the condition under which it applies; None: it is to be asked always."""
        self._anywhere: set[str] = set()
        self._at: dict[Place, set[str]] = {}
        for name, condition in conditions:
            places = needed(condition)
            if places is None:
                self._anywhere.add(name)
            for place in places or ():
                self._at.setdefault(place, set()).add(name)
        self._facts = tuple(dict.fromkeys(fact for fact, _ in self._at))

    def possible(self, table: FactTable) -> frozenset[str]:
        """Return the names whose conditions may hold for a login."""
        there = {(fact, hostname(item.raw)) for fact in self._facts for item in table.read(fact).items}
        return frozenset(self._anywhere.union(*(self._at.get(place, ()) for place in there)))


def needed(condition: Condition | None) -> frozenset[Place] | None:
    """Return places of which one must be there for a condition to hold; None if it may hold without any."""
    if condition is None:
        return None
    if condition.any:
        branches = [needed(item) for item in condition.any]
        return None if None in branches else reduce(frozenset.union, (item for item in branches if item is not None))
    if condition.all:
        return next((places for item in condition.all if (places := needed(item)) is not None), None)
    shape = condition.check.url if condition.check is not None else None
    if condition.fact is None or shape is None or not shape.host or any("{" in host for host in shape.host):
        return None
    return frozenset((condition.fact, host.lower()) for host in shape.host)
