"""Redacting a forged login and judging both: what the tests in this folder share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from samlcheck.case import Told
from samlcheck.engine import Question, inspect, read_captures
from samlcheck.forge import AT
from samlcheck.inspection import Inspection
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.redact.faithful import differences
from samlcheck.redact.public import words_of
from samlcheck.redact.run import Redaction, redact
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load

KEY = bytes(range(32))
NOW = AT + timedelta(seconds=5)
Options = Mapping[str, Sequence[str]]


@cache
def catalogue() -> Catalogue:
    return shipped()


@cache
def public() -> frozenset[str]:
    return words_of(catalogue())


@dataclass(frozen=True)
class Copied:
    """A login, its copy, and what is said of each."""

    redaction: Redaction
    before: Inspection
    after: Inspection

    @property
    def text(self) -> str:
        return self.redaction.copies[0].decode("utf-8", "replace")

    @property
    def differences(self) -> tuple[str, ...]:
        return differences(self.before, self.after)


def copied(
    data: bytes, idp: bytes = b"", told: Options | None = None, *, service: str = "generic", also: Sequence[bytes] = ()
) -> Copied:
    """Return the copy of one input beside IdP metadata or a certificate, both judged by the same clock."""
    told = told or {}
    inputs = [Artifact("input", data), *([Artifact("idp", idp)] if idp else []), *(Artifact("also", item) for item in also)]
    given = load((Artifact("idp", idp),)).keys if idp else ()
    done = redact(inputs, catalogue(), KEY, given=given, told=told, public=public())
    new_idp = done.copies[1] if idp else b""
    return Copied(done, _judged(data, idp, told, service), _judged(done.copies[0], new_idp, done.told, service))


def _judged(data: bytes, idp: bytes, told: Options, service: str) -> Inspection:
    captures, unread = read_captures([Artifact("input", data)])
    question = Question(
        catalogue=catalogue(),
        now=NOW,
        at=NOW,
        told=Told(
            acs=tuple(told.get("acs", ())),
            audience=tuple(told.get("audience", ())),
            issuer=next(iter(told.get("issuer", ())), ""),
            user=next(iter(told.get("user", ())), ""),
            service=service,
            parameters={name.removeprefix("set "): values[0] for name, values in told.items() if name.startswith("set ")},
        ),
        anchors=load((Artifact("idp", idp),)) if idp else load(()),
    )
    return inspect(captures, question, unread)
