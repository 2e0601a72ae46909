"""Two logins side by side, one that works and one that does not: which of their differences matter.

Identifiers, instants and signature values differ between any two logins and say nothing, so facts are compared as what they
mean: windows by their length, names of people by their form, keys by their certificate. A difference that a failed rule of
one login is about is marked with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from samlcheck.checks.algorithms import short_name
from samlcheck.checks.difference import difference
from samlcheck.checks.nearmiss import near_miss
from samlcheck.contrast.forms import by_form
from samlcheck.contrast.marks import Marking
from samlcheck.contrast.model import Contrast, Differing
from samlcheck.contrast.steps import steps
from samlcheck.facts import FACTS, FactTable, Reading
from samlcheck.facts.assertion import is_personal
from samlcheck.finding import Slot, Text
from samlcheck.inspection import LoginReport
from samlcheck.packs.catalogue import Catalogue
from samlcheck.saml.values import spell

_AS_WRITTEN = (
    "message.kind", "message.binding", "message.structure", "message.target", "response.destination", "response.issuer",
    "response.status", "response.status_detail_code", "response.version", "response.assertions",
    "request.destination", "request.acs_url", "request.acs_index", "request.protocol_binding", "request.force_authn",
    "request.is_passive", "request.issuer", "request.nameid_policy_format", "request.allow_create", "request.authn_context",
    "request.authn_context_comparison", "assertion.issuer", "assertion.nameid_format", "assertion.nameid_name_qualifier",
    "assertion.nameid_sp_name_qualifier", "assertion.confirmation_method", "assertion.recipient", "assertion.audience",
    "assertion.audience_restriction_count", "assertion.other_conditions", "assertion.authn_context", "signature.element",
    "signature.algorithm", "signature.digest_algorithm", "signature.response.verdict", "signature.response.reason",
    "signature.assertion.verdict", "signature.assertion.reason", "certificate.embedded.subject", "certificate.embedded.sha256",
    "encryption.algorithms", "encryption.reasons", "encryption.elements", "http.acs.method", "http.acs.url", "http.acs.status",
    "http.acs.redirected", "http.acs.answer", "http.acs.answer_status", "http.acs.answer_host", "http.idp.refused",
    "http.request.status", "http.service_url", "http.blocked", "http.form_delivered", "http.frame_refused", "http.frame_policy",
    "http.acs.cookie_sent", "http.circle.url",
    "http.cookies.set", "http.cookies.lost", "http.cookies.lost_because", "http.clock.ahead", "capture.quality",
)  # fmt: skip
"""Facts whose values should be the same in two logins of one user at one service."""
_PRESENCE = (
    "response.in_response_to", "response.id", "request.id", "assertion.subject", "assertion.nameid", "assertion.authn_statement",
    "assertion.session_index", "assertion.confirmation_in_response_to", "assertion.confirmation_address", "http.loop.count",
    "http.replayed", "http.circle.count", "http.acs.url_cut",
)  # fmt: skip
"""Facts of which it matters only whether there is one."""
_OF_MESSAGES = (
    "message.binding", "message.structure", "message.target", "response.", "assertion.", "signature.", "certificate.",
    "encryption.",
)  # fmt: skip
"""Beginnings of facts that a login without response has of its request, or not at all: they are not compared then."""
_SPANS = (
    ("how long before it was issued the assertion begins", "assertion.not_before", "assertion.issue_instant"),
    ("time from issue to the end of Conditions", "assertion.issue_instant", "assertion.not_on_or_after"),
    ("time from issue to the end of SubjectConfirmationData", "assertion.issue_instant", "assertion.confirmation_not_on_or_after"),
    ("time from sign-in to the end of the session", "assertion.authn_instant", "assertion.session_not_on_or_after"),
    ("time from sign-in to the assertion", "assertion.authn_instant", "assertion.issue_instant"),
)
_CLOCKS = ("http.clock.idp_skew", "http.clock.sp_skew", "http.clock.apart")
_SLACK = timedelta(seconds=2)
"""Lengths of time are equal up to this: products round to seconds, and clock estimates have that grain."""
_STALE = timedelta(minutes=10)
"""Two sign-ins may be older or younger; below this their age does not matter."""


def contrast(first: LoginReport, second: LoginReport, catalogue: Catalogue) -> Contrast:
    """Return which differences of two logins matter. catalogue: the packs whose rules judged them."""
    tables = FactTable(first.case), FactTable(second.case)
    found = _once(_facts(*tables))
    if all(table.text("assertion.id") for table in tables):  # else the status says why there is none
        found += [*_nameid(*tables), *_attributes(*tables), *_spans(*tables)]
    compared = (*_AS_WRITTEN, *_PRESENCE, *(name for _, *both in _SPANS for name in both))
    marking = Marking((first, second), tables, catalogue, compared)
    alike = sum(_alike(name, tables) for name in (*_AS_WRITTEN, *_PRESENCE))
    return Contrast(
        (first.case.login.name, second.case.login.name),
        (first.diagnosis.verdict, second.diagnosis.verdict),
        marking.ordered(found),
        steps(first, second),
        alike,
        marking.unexplained(found),
    )


def _once(found: Iterable[Differing]) -> list[Differing]:
    """Return the differences without those of the response that the assertion has in the same way (Issuer)."""
    items = list(found)
    said = {(item.fact.removeprefix("assertion."), item.first, item.second) for item in items if item.fact.startswith("assertion.")}
    return [item for item in items if (item.fact.removeprefix("response."), item.first, item.second) not in said]


def _alike(name: str, tables: tuple[FactTable, FactTable]) -> bool:
    left, right = (_raws(table, name) for table in tables)
    return bool(left) and (left == right or (name in _PRESENCE and bool(right)))


def _raws(table: FactTable, name: str) -> tuple[str, ...]:
    return tuple(item.raw for item in table.read(name).items)


def _slots(table: FactTable, name: str) -> tuple[Slot, ...]:
    return tuple(Slot(item.raw, item.sensitive) for item in table.read(name).items)


def _facts(first: FactTable, second: FactTable) -> Iterator[Differing]:
    alone = (first.case.login.response is None) != (second.case.login.response is None)
    for name in _AS_WRITTEN:
        if alone and name.startswith(_OF_MESSAGES):
            continue
        left, right = _raws(first, name), _raws(second, name)
        if sorted(left) == sorted(right) or _unknowable(name, first, second):
            continue
        left, right = tuple(dict.fromkeys(left)), tuple(dict.fromkeys(right))
        how = _how(left, right, FACTS[name].kind)
        yield Differing(first.title(name), name, _slots(first, name), _slots(second, name), Text.of(how))
    for name in _PRESENCE:
        left, right = _raws(first, name), _raws(second, name)
        if alone and name.startswith(_OF_MESSAGES):
            continue
        if bool(left) != bool(right) and not _unknowable(name, first, second):
            yield Differing(first.title(name), name, _slots(first, name), _slots(second, name), Text.of(_how(left, right)))
    for name in ("relay_state",):
        left, right = _raws(first, name), _raws(second, name)
        if left != right and not _unknowable(name, first, second) and not (_is_opaque(left) and _is_opaque(right)):
            yield Differing(first.title(name), name, _slots(first, name), _slots(second, name), Text.of(_how(left, right)))
    for name in _CLOCKS:
        a, b = first.read(name).first, second.read(name).first
        if a and b and isinstance(a.value, int) and isinstance(b.value, int) and abs(a.value - b.value) > _SLACK.total_seconds():
            words = f"{abs(a.value - b.value)} seconds apart"
            yield Differing(first.title(name), name, _slots(first, name), _slots(second, name), Text.of(words))


def _unknowable(name: str, first: FactTable, second: FactTable) -> bool:
    """Return whether one of the two cannot know the fact: then a difference says nothing about the login."""
    return any(table.read(name).unavailable or table.text(name) == "unknown" for table in (first, second))


def _is_opaque(values: Sequence[str]) -> bool:
    """Return whether a RelayState is a token of the service's own, another for each login."""
    return bool(values) and not re.search(r"://|^/|%2[fF]|%3[aA]", values[0])


def _how(left: Sequence[str], right: Sequence[str], kind: str = "text") -> str:
    if not left or not right:
        return "only the first has it" if left else "only the second has it"
    if kind in ("algorithm", "verdict"):
        sides = [" and ".join(map(short_name, values)) for values in (left, right)]
        return f"{sides[0]} in the first, {sides[1]} in the second"
    if len(left) == len(right) == 1:
        how = difference(left[0], right[0])
        return f"in the second, {how.words}" if how is not None else "the same"
    gone, new = len(set(left) - set(right)), len(set(right) - set(left))
    parts = [f"{count} {words}" for count, words in ((gone, "only in the first"), (new, "only in the second")) if count]
    return ", ".join(parts) or "the same values, but not as often"


def _nameid(first: FactTable, second: FactTable) -> Iterator[Differing]:
    """NameIDs are compared by form: two users differ, and that is no fault."""
    yield from by_form("NameID", "assertion.nameid", first.read("assertion.nameid").items, second.read("assertion.nameid").items)


def _attributes(first: FactTable, second: FactTable) -> Iterator[Differing]:
    left, right = (_by_name(table) for table in (first, second))
    for name in dict.fromkeys((*left, *right)):
        fact, what = f"attribute:{name}", f"attribute {name}"
        if name in left and name in right:
            if is_personal(name):
                yield from by_form(what, fact, left[name], right[name])
            elif sorted(item.raw for item in left[name]) != sorted(item.raw for item in right[name]):
                sides = [tuple(Slot(item.raw) for item in items) for items in (left[name], right[name])]
                how = _how([slot.value for slot in sides[0]], [slot.value for slot in sides[1]])
                yield Differing(what, fact, sides[0], sides[1], Text.of(how))
            continue
        has, lacks, others = ("first", "second", second) if name in left else ("second", "first", first)
        near = near_miss(
            name, others.read("assertion.attribute_names").items, others.read("assertion.attribute_friendly_names").items
        )
        words: list[str | Slot] = [f"only the {has} has it"]
        if near is not None and near.reading.raw not in (left if name in left else right):
            words += [f"; the {lacks} has ", Slot(near.reading.raw), f" ({near.difference.words})"]
        values = tuple(Slot(item.raw, item.sensitive) for item in (left.get(name) or right.get(name) or ()))
        yield Differing(what, fact, values if name in left else (), values if name in right else (), Text.of(*words))


def _by_name(table: FactTable) -> dict[str, tuple[Reading, ...]]:
    names = [item.raw for item in table.read("assertion.attribute_names").items]
    return {name: table.read(f"attribute:{name}").items for name in names}


def _spans(first: FactTable, second: FactTable) -> Iterator[Differing]:
    """Windows are compared by their length."""
    for what, start, end in _SPANS:
        left, right = (_span(table, start, end) for table in (first, second))
        if left is None or right is None:
            continue
        slack = _STALE if what.startswith("time from sign-in to the assertion") else max(_SLACK, left / 20)
        if abs(left - right) > slack:
            sides = (Slot(spell(left)), Slot(spell(right)))
            words = f"{spell(right - left)} {'longer' if right > left else 'shorter'} in the second"
            yield Differing(
                what, end if start.endswith(("issue_instant", "authn_instant")) else start, sides[:1], sides[1:], Text.of(words)
            )


def _span(table: FactTable, start: str, end: str) -> timedelta | None:
    from datetime import datetime

    begin, stop = (item.value if (item := table.read(name).first) is not None else None for name in (start, end))
    return stop - begin if isinstance(begin, datetime) and isinstance(stop, datetime) else None
