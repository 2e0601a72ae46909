"""What lies behind the texts that people see when a login fails: root causes by name.

Several hundred symptoms share these few causes, so symptom packs name them (``causes: [user-not-assigned]``) and the
words, the change to make, who makes it and the rules that would prove it stand here once. A pack may also write a cause
in words of its own.
"""

from __future__ import annotations

from samlcheck.finding import FixBy
from samlcheck.packs.causes_of_logins import LOGINS
from samlcheck.packs.causes_of_setup import SETUP
from samlcheck.packs.model import Symptom
from samlcheck.packs.rootcause import RootCause

CAUSES: dict[str, RootCause] = SETUP | LOGINS


def cause_of(name: str) -> RootCause:
    """Return a known cause, or the words of a pack's own as one."""
    return CAUSES.get(name) or RootCause(name)


def suspects_of(symptom: Symptom) -> tuple[str, ...]:
    """Return patterns of the rules that a symptom points at: its own, else those of its causes, most likely first."""
    return symptom.suspects or tuple(dict.fromkeys(rule for name in symptom.causes for rule in cause_of(name).suspects))


def fix_of(symptom: Symptom) -> tuple[str, FixBy]:
    """Return the change to make and who makes it: the symptom's own words, else those of its most likely cause."""
    first = cause_of(symptom.causes[0]) if symptom.causes else RootCause("")
    return symptom.fix or first.fix or first.title, symptom.fix_by or first.by
