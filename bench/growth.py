"""How ``check`` grows with the packs installed: 5, 50 and 300 services beside the shipped ones (goal: flat within 20 %)."""

from __future__ import annotations

from collections.abc import Callable

from bench.login import question, samples
from bench.measure import Goal, interleaved
from samlcheck import engine
from samlcheck.capture import read
from samlcheck.packs import compiled
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.packs.load import load
from samlcheck.source import Artifact

_PACK = """format: 1
pack: service-{number}
title: Service {number}
applies_when: {{fact: response.destination, url: {{host: sp{number}.example.net}}}}
expects:
  audience: 'https://sp{number}.example.net/saml'
  acs: 'https://sp{number}.example.net/acs'
  signed: any
cite: {{source: 'made for the benchmark', url: 'https://example.net/', seen: 2026-11-02, basis: vendor}}
"""


def installed(number: int) -> Catalogue:
    """Return the shipped packs with so many services more, compiled and read as an installation does."""
    known = shipped(None)
    packs = [known.get(name) for name in known.names()]
    packs += [load(Artifact(f"service-{i}.yaml", _PACK.format(number=i).encode()), known.library()) for i in range(number)]
    return Catalogue.read(compiled.write(sorted(packs, key=lambda pack: pack.pack), "benchmark", "0"))


def growth() -> list[Goal]:
    """Measure the inspection of a login whose service is none of them, recognised anew each time."""
    message, certificate, _, recipe = samples()["one signature"]

    def inspecting(number: int) -> Callable[[], object]:
        asked = question(certificate, recipe, installed(number))
        return lambda: engine.inspect([read(Artifact("bench", message))], asked)

    took = interleaved({str(number): inspecting(number) for number in (5, 50, 300)}, rounds=25, cpu=True)
    return [
        Goal(f"inspect with {number} more packs installed", "with 5 more", took[str(number)] / took["5"], 1.2)
        for number in (50, 300)
    ]
