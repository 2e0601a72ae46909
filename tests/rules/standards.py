"""What the standards and security packs say of a forged login: shared by the tests of these packs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from samlcheck.case import Case, Told
from samlcheck.facts import FactTable
from samlcheck.finding import Failed, Finding, Outcome
from samlcheck.forge import Keys, Recipe, edit, healthy
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.load import load
from samlcheck.packs.model import Pack
from samlcheck.packs.proving import case_of
from samlcheck.packs.run import run
from samlcheck.packs.select import select
from samlcheck.source import Artifact
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import Anchors

RULES = Path(__file__).parents[2] / "rules"
FILES = sorted([*RULES.glob("standards/*.yaml"), *RULES.glob("security/*.yaml")])
Edits = dict[str, str | tuple[str, ...] | None]


@cache
def packs() -> tuple[Pack, ...]:
    """Return the packs under test."""
    return tuple(pack for path in FILES if isinstance(pack := load(Artifact(path.name, path.read_bytes())), Pack))


@cache
def catalogue() -> Catalogue:
    """Return the packs under test as a catalogue."""
    return Catalogue.of(packs())


def login(keys: Keys, edits: Edits, *, style: str = "generic", **parameters: str) -> Case:
    """Return a healthy login of that style with the edits made, everything about IdP and SP being known.

    The edit ``decrypt`` says which private key the service has at hand, as in examples of packs.
    """
    known: Recipe = healthy(style)
    sent = edit(known, {name: value for name, value in edits.items() if name != "decrypt"})
    return case_of(known, sent, keys, Told(service="generic", parameters=parameters), decrypt=str(edits.get("decrypt", "")))


def knowing_nothing(case: Case) -> Case:
    """Return the case as it is when nothing but the response was given."""
    assert case.login.response is not None
    trust = establish(case.login.response.anatomy, Anchors())
    return replace(case, login=replace(case.login, request=None), trust=trust, anchors=Anchors(), sp=())


def outcomes(case: Case) -> dict[str, Outcome]:
    """Return the outcome of every rule of the selected packs."""
    table = FactTable(case)
    return {item.rule: item for item in run(select(catalogue(), table, case.told), table)}


def findings(case: Case) -> dict[str, Finding]:
    """Return the (first) finding of every rule that failed."""
    return {rule: item.findings[0] for rule, item in outcomes(case).items() if isinstance(item, Failed)}
