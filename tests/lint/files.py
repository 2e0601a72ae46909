"""Metadata made for tests, and the linter run on it in this process."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, BinaryIO

from samlcheck.case import Clock
from samlcheck.finding import Finding
from samlcheck.lint.entities import Question
from samlcheck.lint.rulebook import Rulebook, rulebook
from samlcheck.lint.survey import survey
from samlcheck.lintreport import Closed, EntityReport
from samlcheck.packs.catalogue import CHECKOUT, Catalogue, sources
from samlcheck.packs.load import load
from samlcheck.source import Artifact

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
NAMES = (
    f'xmlns:md="{MD}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
    ' xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@dataclass(frozen=True)
class Held:
    """Octets as an input; counts how often and how much is read of them."""

    name: str
    data: bytes
    log: list[int]

    @property
    def octets(self) -> int:
        return len(self.data)

    def open(self) -> BinaryIO:
        return _Logged(self.data, self.log)


class _Logged(io.BytesIO):
    def __init__(self, data: bytes, log: list[int]) -> None:
        super().__init__(data)
        self._log = log

    def read(self, size: int | None = -1, /) -> bytes:
        self._log.append(size if size is not None else -1)
        return super().read(size)


@cache
def catalogue() -> Catalogue:
    """Return the packs for metadata alone: that is quick, and other packs do not matter here."""
    return Catalogue.of([load(Artifact(path.name, path.read_bytes())) for path in sources(CHECKOUT / "metadata")])


@cache
def rules(ruleset: str = "web-sso", **chosen: tuple[str, ...]) -> Rulebook:
    return rulebook(catalogue(), ruleset, **chosen)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Run:
    """What one run gave."""

    reports: tuple[EntityReport, ...]
    closed: Closed

    @property
    def findings(self) -> list[Finding]:
        return [finding for report in self.reports for finding in report.findings]

    @property
    def ids(self) -> set[str]:
        return {finding.rule for finding in self.findings}

    @property
    def code(self) -> str:
        return self.closed.problem.code if self.closed.problem else ""


def lint(data: bytes | str, *, name: str = "file.xml", book: Rulebook | None = None, **question: Any) -> Run:
    """Lint one file."""
    octets = data.encode() if isinstance(data, str) else data
    asked = Question(book or rules(), Clock(AT, "given"), **question)
    events = list(survey([Held(name, octets, [])], asked))
    assert isinstance(events[-1], Closed)
    return Run(tuple(event for event in events if isinstance(event, EntityReport)), events[-1])


def entity(name: str, inside: str = "", *, names: str = "", more: str = "") -> str:
    """Return an SP entity without keys: legal, and short."""
    location = f"https://{name}.example/acs"
    return (
        f'<md:EntityDescriptor {names} entityID="https://{name}.example/sp"{more}>{inside}'
        '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{location}" index="0"/>'
        "</md:SPSSODescriptor></md:EntityDescriptor>"
    )


def aggregate(*parts: str, more: str = ' validUntil="2026-06-01T00:00:00Z"') -> str:
    """Return an EntitiesDescriptor around parts."""
    return f"<md:EntitiesDescriptor {NAMES}{more}>{''.join(parts)}</md:EntitiesDescriptor>"


def lines_of(data: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines."""
    yield from enumerate(data.split("\n"), 1)
