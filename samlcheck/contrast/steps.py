"""The steps of two recorded logins, aligned by the part that each plays and by what is asked of whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from samlcheck.contrast.model import Differing
from samlcheck.finding import Slot, Text
from samlcheck.inspection import LoginReport

if TYPE_CHECKING:
    from samlcheck.flow.timeline import Step

_MOST = 40
"""Differences of steps that are told; two recordings of other services differ in everything."""


def steps(first: LoginReport, second: LoginReport) -> tuple[Differing, ...]:
    """Return in what the steps differ; nothing where either login was not recorded."""
    flows = first.case.flow, second.case.flow
    if flows[0] is None or flows[1] is None:
        return ()
    from samlcheck.flow.timeline import timeline

    left, right = timeline(flows[0]), timeline(flows[1])
    return tuple(_compared(left, right))[:_MOST]


def _compared(left: Sequence[Step], right: Sequence[Step]) -> Iterator[Differing]:
    matcher = SequenceMatcher(None, [_key(step) for step in left], [_key(step) for step in right], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for one, other in zip(left[a:b], right[c:d], strict=True):
                yield from _same_step(one, other)
            continue
        for step, times in _once(left[a:b]):
            yield Differing(_name(step), "step", (_told(step),), (), Text.of(f"only the first has this step{times}"))
        for step, times in _once(right[c:d]):
            yield Differing(_name(step), "step", (), (_told(step),), Text.of(f"only the second has this step{times}"))


def _once(extra: Sequence[Step]) -> Iterator[tuple[Step, str]]:
    """Yield the steps that only one login has and that matter, each once and with how often it stands there."""
    counts = Counter((_name(step), _told(step)) for step in extra if _matters(step))
    for step in extra:
        if times := counts.pop((_name(step), _told(step)), 0):
            yield step, f", {times} times" if times > 1 else ""


def _key(step: Step) -> tuple[str, ...]:
    return ("delivery",) if step.delivers else (step.method, step.host, step.path)


def _matters(step: Step) -> bool:
    """Return whether a step that only one login has belongs to the login: it carries a message, leads on, or failed."""
    return bool(step.carried or step.delivers or step.leads_to or step.set_cookies or (step.status or 0) >= 400 or step.said)


def _same_step(one: Step, other: Step) -> Iterator[Differing]:
    name = _name(one)

    def differs(what: str, left: str, right: str, words: str) -> Iterator[Differing]:
        if left != right:
            sides = [(Slot(text),) if text else () for text in (left, right)]
            yield Differing(f"{what} of {name}", "step", sides[0], sides[1], Text.of(words))

    yield from differs("status", _number(one.status), _number(other.status), "another status")
    yield from differs("redirect", one.leads_to, other.leads_to, "it leads elsewhere")
    if one.delivers:
        yield from differs("address", one.host + one.path, other.host + other.path, "delivered elsewhere")
        yield from differs("method", one.method, other.method, "another method")
    yield from differs("message", ", ".join(sorted(one.carried)), ", ".join(sorted(other.carried)), "it carries something else")
    if one.sent_cookies is not None and other.sent_cookies is not None:  # else the recording does not show any
        yield from differs("cookies set", _flags(one), _flags(other), "other cookies, or other flags")
        sent = [", ".join(sorted(step.sent_cookies or ())) for step in (one, other)]
        yield from differs("cookies sent", sent[0], sent[1], "other cookies came with it")
    yield from differs("frame", "in a frame" if one.framed else "", "in a frame" if other.framed else "", "one is in a frame")


def _flags(step: Step) -> str:
    return "; ".join(sorted(step.set_cookies))


def _number(status: int | None) -> str:
    return "" if status is None else str(status)


def _name(step: Step) -> str:
    return f"{'delivery ' if step.delivers else ''}{step.method} {step.host}{step.path}"


def _told(step: Step) -> Slot:
    return Slot(
        " ".join(part for part in (_number(step.status), f"to {step.leads_to}" if step.leads_to else "", *step.carried) if part)
    )
