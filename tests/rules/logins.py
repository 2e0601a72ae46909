"""Forged logins at the services that shipped packs describe, and what the rules say of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from samlcheck.case import Case, Clock, Told
from samlcheck.facts import FactTable
from samlcheck.finding import Broken, Failed, Finding, Outcome
from samlcheck.forge import Keys, Recipe, edit, healthy
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.packs.proving import case_of
from samlcheck.packs.run import run
from samlcheck.packs.select import Selection, select

Edits = dict[str, str | tuple[str, ...] | None]


@cache
def catalogue() -> Catalogue:
    """Return the shipped packs, compiled once for the module."""
    return shipped()


def base_of(service: str) -> Edits:
    """Return the edits that make the healthy login of a service."""
    return dict(catalogue().with_examples(catalogue().rules_pack(service)).base.edits)


def login(
    keys: Keys,
    service: str,
    edits: Edits | None = None,
    given: dict[str, str] | None = None,
    *,
    named: str = "",
    later: timedelta = timedelta(),
) -> Case:
    """Return the case of a login at a service: the pack's healthy one with edits made before signing.

    given: parameters as by ``--set``. named: the service as by ``--service``. later: moves the login and the clock.
    """
    known = asked_by(edit(healthy(), base_of(service)))
    sent = edit(known, {**(edits or {}), "shift_seconds": str(int(later.total_seconds()))})
    case = case_of(known, sent, keys, Told(service=named, parameters=given or {}))
    return replace(case, clock=Clock(case.clock.at + later, "given"))


def asked_by(service: Recipe) -> Recipe:
    """Return the login with a request that names the service by what the assertion calls it."""
    return service if service.request is None else edit(service, {"request.issuer": service.audiences[0][0]})


def judged(case: Case) -> tuple[Selection, dict[str, Outcome]]:
    """Return what was selected, and each outcome by the rule's id."""
    table = FactTable(case)
    selection = select(catalogue(), table, case.told)
    return selection, {outcome.rule: outcome for outcome in run(selection, table)}


def finding(outcomes: dict[str, Outcome], rule: str) -> Finding:
    """Return the one finding of a rule that must have failed."""
    outcome = outcomes[rule]
    assert isinstance(outcome, Failed), f"{rule} did not fail: {outcome}"
    assert len(outcome.findings) == 1
    return outcome.findings[0]


def complaints(outcomes: dict[str, Outcome]) -> list[str]:
    """Return the ids of rules that ended in an error or a warning, or broke."""
    found = [rule for rule, outcome in outcomes.items() if isinstance(outcome, Broken)]
    for rule, outcome in outcomes.items():
        if isinstance(outcome, Failed) and any(item.severity != "note" for item in outcome.findings):
            found.append(rule)
    return found
