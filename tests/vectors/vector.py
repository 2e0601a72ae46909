"""What a vector is: a message with one deviation, and what must become of it.

A vector is a small function; its docstring is its published description, and its id is ``theme/name`` after the module
and the function it comes from. A function that takes arguments makes a family: each case is a vector of its own.
What is expected is said here; what happened is another type (``judging.Observed``).
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from samlcheck.forge import AT

Acceptance = Literal["accepted", "rejected", "cannot-tell", "unreadable"]
Signature = Literal["valid", "invalid", "absent", "refused", "not-covering", "unverifiable", "unread"]


@dataclass(frozen=True)
class Sent:
    """What arrives at the service, and what its operator knows."""

    octets: bytes
    """As handed to samlcheck: a form body or a URL."""
    pinned: tuple[bytes, ...]
    """Files given as ``--idp``."""
    private_keys: tuple[bytes, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    at: datetime = AT + timedelta(seconds=5)


@dataclass(frozen=True)
class Expected:
    """What must become of a vector."""

    acceptance: Acceptance
    signature: Signature
    """Verdict on the signature relied upon; ``unread`` where the message is refused before that."""
    rules: tuple[str, ...] = ()
    """Refused: one of these must name it first (``input/CODE`` for what is not even read). Accepted: these must be
    among the findings."""


@dataclass(frozen=True)
class Vector:
    """One message, its description and what is expected."""

    id: str
    description: str
    expected: Expected
    make: Callable[[], Sent]
    family: str
    """The part of the id that all cases of one function share."""

    @property
    def theme(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    @property
    def must_accept(self) -> bool:
        """Whether it is legal, if unusual."""
        return self.expected.acceptance == "accepted"


VECTORS: dict[str, Vector] = {}
"""Every vector by its id, in the order of the modules."""

Cases = Mapping[str, tuple[object, ...]]
Maker = Callable[..., Sent]
_ONE: Cases = {"": ()}


def combined(*choices: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
    """Return the cases of a family: every combination, its id made of the words of its parts."""
    return {
        "-".join(word for word, _ in picked): tuple(value for _, value in picked)
        for picked in itertools.product(*(choice.items() for choice in choices))
    }


def refused(
    *rules: str, signature: Signature = "valid", acceptance: Acceptance = "rejected", cases: Cases | Mapping[str, object] = _ONE
) -> Callable[[Maker], Maker]:
    """Register a function (or each of its cases) as a message that must be refused and named by one of ``rules`` first."""
    return _registered(Expected(acceptance, signature, rules), cases)


def accepted(*rules: str, signature: Signature = "valid", cases: Cases | Mapping[str, object] = _ONE) -> Callable[[Maker], Maker]:
    """Register a function (or each of its cases) as a legal message; ``rules`` may still have something to say."""
    return _registered(Expected("accepted", signature, rules), cases)


def _registered(expected: Expected, cases: Mapping[str, object]) -> Callable[[Maker], Maker]:
    def register(function: Maker) -> Maker:
        theme = function.__module__.rpartition(".")[2]
        name = function.__name__.strip("_").replace("_", "-")
        description = inspect.cleandoc(function.__doc__ or "")
        for case, arguments in cases.items():
            family = f"{theme}/{name}"
            identifier = family + (f"-{case}" if case else "")
            if identifier in VECTORS:
                raise ValueError(f"two vectors are called {identifier}")
            values = arguments if isinstance(arguments, tuple) else (arguments,)
            VECTORS[identifier] = Vector(identifier, description, expected, _bound(function, values), family)
        return function

    return register


def _bound(function: Maker, values: tuple[object, ...]) -> Callable[[], Sent]:
    return lambda: function(*values)
