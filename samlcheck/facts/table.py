"""The fact table: every named thing one can know of a login, read once and remembered.

Evaluation, evidence, editor completion, example edits, docs and redaction all work on these names; there is no second
reading of the document. A fact is a name, a title for people, and a function from ``Case`` to ``Readings``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samlcheck.case import Case
from samlcheck.finding import Sensitive
from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef

Value = str | int | bool | datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a fact and the place it was read from."""

    value: Value | None
    """Typed value; None when the text has not the form the fact's kind asks for."""
    raw: str
    """As written (for values that are not text: as people write them)."""
    node: NodeRef | None = None
    covered: bool | None = None
    """Inside a verified signature; None where the question does not arise."""
    label: str = ""
    """Which one, where a fact has several: ``AudienceRestriction 2``."""
    group: int = 0
    """Index of the parent that values belong to (AudienceRestriction, SubjectConfirmation, Attribute)."""
    sensitive: Sensitive = False
    snippet: tuple[str, str] = ("", "")
    """What stands before and after the value in the document: ``<saml:Audience>`` and ``</saml:Audience>``."""


@dataclass(frozen=True, slots=True)
class Readings:
    """All values of a fact; or none, with the place they are missing from, or the reason why they cannot be known."""

    items: tuple[Reading, ...] = ()
    anchor: NodeRef | None = None
    """Where a missing value should stand."""
    unavailable: str = ""
    """Not empty: the fact cannot be known, because."""
    needs: str = ""
    """What the user could give to make it known."""

    @property
    def first(self) -> Reading | None:
        """The first reading, if any."""
        return self.items[0] if self.items else None

    @property
    def text(self) -> str:
        """The first value as written, or an empty string."""
        return self.items[0].raw if self.items else ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the table."""

    name: str
    title: str
    """What people call it: ``Audience``, ``Recipient``."""
    kind: str
    """``text uri instant integer boolean verdict algorithm``."""
    read: Callable[[Case], Readings]
    doc: str
    sensitive: bool = False
    many: bool = False


FACTS: dict[str, Fact] = {}


def fact(
    name: str, title: str, kind: str, doc: str, *, sensitive: bool = False, many: bool = False
) -> Callable[[Callable[[Case], Readings]], Callable[[Case], Readings]]:
    """Register the decorated function as the reader of a fact."""

    def register(read: Callable[[Case], Readings]) -> Callable[[Case], Readings]:
        add(Fact(name, title, kind, read, doc, sensitive, many))
        return read

    return register


def add(entry: Fact) -> None:
    """Put one entry into the table."""
    if entry.name in FACTS:
        raise ValueError(f"fact {entry.name} is defined twice")
    FACTS[entry.name] = entry


class FactTable:
    """The facts of one case, each read at most once."""

    def __init__(self, case: Case) -> None:
        """Nothing is read yet."""
        self.case = case
        self._memory: dict[str, Readings] = {}

    def read(self, name: str) -> Readings:
        """Return the readings of a fact or of ``attribute:NAME`` (exact Name).

        Raises KeyError for a name that is not in the table: packs are checked for that when they are loaded.
        """
        known = self._memory.get(name)
        if known is None:
            entry = FACTS.get(name)
            if entry is not None:
                known = entry.read(self.case)
            elif name.startswith("attribute:"):
                from samlcheck.facts.assertion import read_attribute

                known = read_attribute(self.case, name.removeprefix("attribute:"))
            else:
                raise KeyError(name)
            self._memory[name] = known
        return known

    def text(self, name: str) -> str:
        """Return the first value of a fact as written, or an empty string."""
        return self.read(name).text

    def title(self, name: str) -> str:
        """Return what people call a fact."""
        return title(name)


def title(name: str) -> str:
    """Return what people call a fact, or ``attribute:NAME``. Raises KeyError for a name that is not in the table."""
    if name.startswith("attribute:"):
        return "attribute " + name.removeprefix("attribute:")
    return FACTS[name].title
