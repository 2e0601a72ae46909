"""What a root cause is: one reason for which logins fail."""

from __future__ import annotations

from samlcheck.finding import FixBy
from samlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class RootCause:
    """One reason for which logins fail."""

    title: str
    """The fact, as a clause: begins small so that it can follow a colon."""
    fix: str = ""
    """The change, as a sentence; empty where nothing is wrong."""
    by: FixBy = "idp"
    suspects: tuple[str, ...] = ()
    """Rules that fail if this is the cause; ``*`` as in file names."""
    do: str = ""
    """The action of ``terms.ACTIONS`` whose steps an IdP pack knows."""
