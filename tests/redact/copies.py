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
    data: bytes,
    idp: bytes = b"",
    told: Options | None = None,
    *,
    service: str = "generic",
    signed_by: bytes = b"",
    also: Sequence[bytes] = (),
) -> Copied:
    """Return the copy of one input beside IdP metadata or a certificate, both judged by the same clock.

    signed_by: certificate with which the service signs its requests.
    """
    told = told or {}
    named = [Artifact(name, item) for name, item in (("idp", idp), ("signed-by", signed_by)) if item]
    inputs = [Artifact("input", data), *named, *(Artifact("also", item) for item in also)]
    given = tuple(key for item in named for key in load((item,), role="any").keys)
    done = redact(inputs, catalogue(), KEY, given=given, told=told, public=public())
    copies = {item.name: copy for item, copy in zip(inputs, done.copies, strict=True)}
    before = _judged(data, idp, signed_by, told, service)
    return Copied(done, before, _judged(copies["input"], copies.get("idp", b""), copies.get("signed-by", b""), done.told, service))


def _judged(data: bytes, idp: bytes, signed_by: bytes, told: Options, service: str) -> Inspection:
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
        signers=load((Artifact("signed-by", signed_by),), role="any") if signed_by else load(()),
    )
    return inspect(captures, question, unread)
