"""Packs that apply at one host are asked at that host alone; nobody is passed over who might apply."""

from __future__ import annotations

import pytest

from samlcheck.packs.conditions import ready
from samlcheck.packs.hosts import Hosts, needed
from samlcheck.packs.load import load
from samlcheck.packs.model import Condition, Pack
from samlcheck.source import Artifact
from tests.checks.logins import context

D = "response.destination"
CONDITIONS = {
    "one host": (f"{{fact: {D}, url: {{host: sp.example}}}}", {(D, "sp.example")}),
    "letters": (f"{{fact: {D}, url: {{host: SP.Example}}}}", {(D, "sp.example")}),
    "one of two": (f"{{fact: {D}, url: {{host: [a.example, b.example]}}}}", {(D, "a.example"), (D, "b.example")}),
    "either": (
        f"{{any: [{{fact: {D}, url: {{host: a.example}}}}, {{fact: relay_state, url: {{host: b.example}}}}]}}",
        {(D, "a.example"), ("relay_state", "b.example")},
    ),
    "both": (f"{{all: [{{fact: message.kind, equal: response}}, {{fact: {D}, url: {{host: a.example}}}}]}}", {(D, "a.example")}),
    "either, one without": (f"{{any: [{{fact: {D}, url: {{host: a.example}}}}, {{fact: relay_state, present: true}}]}}", None),
    "not": (f"{{not: {{fact: {D}, url: {{host: a.example}}}}}}", None),
    "ending": (f"{{fact: {D}, url: {{host_suffix: .example}}}}", None),
    "path": (f"{{fact: {D}, url: {{path_prefix: /saml}}}}", None),
    "pattern": (f"{{fact: {D}, match: 'https://a.example/.*'}}", None),
}


def condition(text: str) -> Condition:
    """Return a condition as packs write it."""
    pack = load(
        Artifact(
            "p.yaml",
            f"format: 1\npack: p\ntitle: P\napplies_when: {text}\nexpects: {{audience: x}}\n"
            "cite: {source: S, url: 'https://x.example/', seen: 2026-01-01, basis: vendor}\n".encode(),
        )
    )
    assert isinstance(pack, Pack)
    assert pack.applies_when is not None
    return pack.applies_when


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_a_condition_cannot_do_without(name: str) -> None:
    text, places = CONDITIONS[name]
    assert needed(condition(text)) == (None if places is None else frozenset(places))


@pytest.mark.parametrize("destination", ["https://a.example/acs", "https://A.EXAMPLE:443/", "http://b.example", "mailto:x", ""])
def test_nobody_is_passed_over_whose_condition_holds(destination: str) -> None:
    conditions = {name: condition(text) for name, (text, _) in CONDITIONS.items()}
    known = context({D: destination, "relay_state": "https://b.example/x"})
    possible = Hosts(conditions.items()).possible(known.table)
    assert {name for name, item in conditions.items() if ready(item)(known).holds} <= possible
    assert "one host" not in possible
