"""What a check is given and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, TypeVar

from samlcheck.facts import FactTable, Reading
from samlcheck.finding import Difference, Evidence, Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A pack parameter that has a value."""

    values: tuple[str, ...]
    source: str
    """``given``, ``profile``, ``default``, or the name of the fact it was inferred from."""
    sensitive: bool = False


@dataclass(frozen=True)
class Context:
    """The facts and parameters that a check may look at."""

    table: FactTable
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    """RE2 pattern of every parameter declared by the selected packs: an unset one matches by its pattern."""

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what several checks need, worked out for the first of them: facts and parameters stay as they are."""
        if what not in self._found:
            self._found[what] = make()
        found: T = self._found[what]
        return found

    @cached_property
    def _found(self) -> dict[Hashable, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class Violation:
    """One value (or absence) that breaks a requirement."""

    reading: Reading | None
    """None: something is missing."""
    anchor: NodeRef | None = None
    """Where the missing thing should stand."""
    expected: Slot | None = None
    difference: Difference | None = None
    detail: Text = Text()
    """What exactly is wrong, a clause without final stop: ``it ended 45 seconds before``. May be empty."""
    related: tuple[Evidence, ...] = ()
    """Contrast and related evidence (the near miss, the other member of a pair)."""
    subject: str = ""
    """What it is about when one check looks at several things (an attribute name)."""
    repaired: Slot | None = None
    """The whole thing as it should be written, ready to be copied: a list with the missing member added."""
    misnamed: Slot | None = None
    """The name under which the missing thing was sent, where it is the same name but for its spelling or namespace."""


@dataclass(frozen=True, slots=True)
class Held:
    """The requirement is met."""

    unverified: tuple[str, ...] = ()
    """Parameters without a value: only the shape was checked."""


@dataclass(frozen=True, slots=True)
class Violated:
    """The requirement is not met."""

    violations: tuple[Violation, ...]
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to check, and that is allowed (``optional``)."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The check could not be made."""

    why: str
    needs: str = ""


Result = Held | Violated | Nothing | Unknown
