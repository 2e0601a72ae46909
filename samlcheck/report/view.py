"""How a report is to look: what every renderer is told."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.finding import Slot
from samlcheck.frozen import dataclass
from samlcheck.report.visible import shower

CONCERNS = ("login", "security", "hygiene")


@dataclass(frozen=True, slots=True)
class View:
    """How a report is to look."""

    width: int = 80
    masking: bool = True
    concerns: tuple[str, ...] = CONCERNS
    everything: bool = False
    """``--all``: notes, passed rules, SignedInfo, digests."""
    timeline: bool = False
    """Whether the steps of recordings are shown first."""

    @property
    def longest(self) -> int:
        """Characters from which on the middle of a value is left out."""
        return 1 << 20 if self.everything else 400

    @property
    def show(self) -> Callable[[Slot], str]:
        """The function that turns slots into text."""
        return shower(masking=self.masking)
