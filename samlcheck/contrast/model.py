"""What a comparison of two logins comes to, as values that renderers work from."""

from __future__ import annotations

from samlcheck.finding import Finding, Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.inspection import Verdict


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing in which the logins differ."""

    what: str
    """``Audience``, ``attribute email`` …"""
    fact: str
    first: tuple[Slot, ...]
    """Values in the first login; none where it has none."""
    second: tuple[Slot, ...]
    words: Text
    """How they differ, a clause."""
    rules: tuple[str, ...] = ()
    """Failed rules, of either login, that are about this."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two logins, compared."""

    names: tuple[str, str]
    verdicts: tuple[Verdict, Verdict]
    differing: tuple[Differing, ...]
    """Those that failed rules are about first, else in the order of a login."""
    steps: tuple[Differing, ...]
    """What differs in the steps of the two recordings."""
    alike: int
    """Facts that both have and that are the same."""
    unexplained: tuple[Finding, ...]
    """Errors of one login alone that no difference above stands for."""

    @property
    def any(self) -> bool:
        """Whether anything differs that matters."""
        return bool(self.differing or self.steps or self.unexplained)
