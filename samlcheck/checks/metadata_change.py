"""The named check ``metadata_change``: what is different between an entity as it was and as it is to be.

Partners work from a copy of the old metadata until they load the new one, so every difference is a question of who must
act, and before what. One finding for each key, endpoint or value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from samlcheck.checks.context import Context, Held, Result, Unknown, Violated, Violation
from samlcheck.checks.metadata_pair import short
from samlcheck.facts import Reading
from samlcheck.facts.certificates import Examined, examine
from samlcheck.facts.entity import EntityCase
from samlcheck.facts.metadata_endpoints import SERVICES
from samlcheck.facts.metadata_keys import usable
from samlcheck.facts.metadata_table import EntityTable
from samlcheck.facts.pair import PairTable
from samlcheck.finding import Evidence, Slot, Text
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import q

NOT_A_CHANGE = Unknown("this compares metadata with what it was before", "samlcheck diff OLD NEW")
KEY_ASPECTS = ("keys_replaced", "key_removed", "key_added", "certificate_renewed")
ENDPOINT_ASPECTS = ("endpoint_moved", "endpoint_removed", "endpoint_added")
CHOICE_ASPECTS = ("default_changed", "index_changed")
VALUE_ASPECTS = ("value_changed", "value_removed", "value_added", "turned_on", "turned_off", "earlier")
ASPECTS = (*KEY_ASPECTS, *ENDPOINT_ASPECTS, *CHOICE_ASPECTS, *VALUE_ASPECTS)


def metadata_change(readings: object, options: Mapping[str, str], context: Context) -> Result:
    """Tell of one kind of difference between the two entities that the table is about.

    ``aspect``: what happened. ``of``: to the keys of a role and use (``idp signing``), the endpoints of a service (``acs``),
    or the values of a fact (``metadata.nameid_formats``).
    """
    if not isinstance(context.table, PairTable):
        return NOT_A_CHANGE
    aspect, of = options["aspect"], options["of"]
    told = _KINDS[aspect](context.table, of, aspect)
    found = tuple(told)
    return Violated(found) if found else Held()


def _beside(reading: Reading | None) -> tuple[Evidence, ...]:
    if reading is None:
        return ()
    value = Slot(reading.raw, reading.sensitive)
    return (Evidence("contrast", reading.node, "as it was", Text.of(value), value),)


_Key = tuple[Reading, Examined]


def keys_of(table: EntityTable, of: str) -> dict[str, _Key]:
    """Return the keys of a role that serve a use, by the SHA-256 of the public key."""
    role, use = of.split()
    entity = table.entity
    found: dict[str, _Key] = {}
    for node in entity.node.iterchildren(q({"idp": "md:IDPSSODescriptor", "sp": "md:SPSSODescriptor"}[role])):
        for descriptor in usable(node, use):
            for certificate in descriptor.iter(q("ds:X509Certificate")):
                facts = examine(text_of(certificate))
                if facts.spki_sha256:
                    found.setdefault(facts.spki_sha256, (_reading(entity, certificate, facts), facts))
    return found


def _reading(entity: EntityCase, node: etree._Element, facts: Examined) -> Reading:
    name = f"SHA-256 {facts.sha256[:16]}"
    return Reading(name, name, entity.document.ref(node))


def _dates(facts: Examined) -> str:
    begins, ends = facts.not_before, facts.not_after
    return f"{facts.subject}, valid {begins:%Y-%m-%d} to {ends:%Y-%m-%d}" if begins and ends else facts.subject


def _names(keys: Mapping[str, _Key]) -> Slot:
    return Slot(", ".join(reading.raw for reading, _ in keys.values()))


def _of_keys(pair: PairTable, of: str, aspect: str) -> Iterator[Violation]:
    old, new = keys_of(pair.first, of), keys_of(pair.second, of)
    kept = {key: value for key, value in new.items() if key in old}
    if aspect == "keys_replaced":
        if old and new and not kept:
            first = next(iter(new.values()))[0]
            detail = Text.of("it was ", _names(old), " and is ", _names(new))
            yield Violation(first, detail=detail, related=_beside(next(iter(old.values()))[0]), subject=of)
        return
    if aspect in ("key_removed", "key_added"):
        if old and new and not kept:
            return
        before, after = (old, new) if aspect == "key_removed" else (new, old)
        for key, (reading, facts) in before.items():
            if key not in after:
                left = Text.of(", and ", _names(kept), " stays") if kept else Text.of(", and there is no other")
                yield Violation(reading, detail=Text.of(Slot(_dates(facts)), left), subject=f"{of} {reading.raw}")
        return
    for key, (reading, facts) in kept.items():
        was, then = old[key]
        if then.sha256 != facts.sha256:
            detail = Text.of("it was ", Slot(was.raw), " (", Slot(_dates(then)), ") and is now ", Slot(_dates(facts)))
            yield Violation(reading, detail=detail, related=_beside(was), subject=f"{of} {reading.raw}")


_Endpoint = tuple[str, str]


def _endpoints(table: EntityTable, service: str) -> dict[_Endpoint, Reading]:
    entity = table.entity
    found: dict[_Endpoint, Reading] = {}
    for node in entity.at(SERVICES[service]):
        reading = entity.reader.attribute(node, "Location", "uri")
        if reading is not None:
            found.setdefault((node.get("Binding") or "", reading.raw.strip()), reading)
    return found


def _of_endpoints(pair: PairTable, of: str, aspect: str) -> Iterator[Violation]:
    old, new = _endpoints(pair.first, of), _endpoints(pair.second, of)
    gone, come = [at for at in old if at not in new], [at for at in new if at not in old]
    moved = [(one, other) for one in gone for other in come if one[0] == other[0]]
    told = {at for both in moved for at in both}
    if aspect == "endpoint_moved":
        seen: set[_Endpoint] = set()
        for one, other in moved:
            if one not in seen and other not in seen:
                seen |= {one, other}
                detail = Text.of(f"by {short(one[0])}, it was ", Slot(one[1]))
                yield Violation(new[other], detail=detail, related=_beside(old[one]), subject=f"{of} {other[1]} {one[0]}")
    elif aspect == "endpoint_removed":
        for at in gone:
            if at not in told:
                yield Violation(old[at], detail=Text.of(short(at[0])), subject=f"{of} {at[1]} {at[0]}")
    else:
        for at in come:
            if at not in told:
                yield Violation(new[at], detail=Text.of(short(at[0])), subject=f"{of} {at[1]} {at[0]}")


def _of_choices(pair: PairTable, of: str, aspect: str) -> Iterator[Violation]:
    """Tell which endpoint is meant where a request names none (``default_changed``), or names one by its number."""
    old, new = _endpoints(pair.first, of), _endpoints(pair.second, of)
    if aspect == "default_changed":
        was, now = _default(pair.first, of), _default(pair.second, of)
        if was and now and was != now and was in new and now in old:
            yield Violation(new[now], detail=Text.of(Slot(was[1])), related=_beside(old[was]), subject=of)
        return
    before, after = _indexes(pair.first, of), _indexes(pair.second, of)
    for at, reading in after.items():
        then = before.get(at)
        if then is not None and then.raw.strip() != reading.raw.strip():
            detail = Text.of(Slot(at[1]), f" ({short(at[0])}) was ", Slot(then.raw))
            yield Violation(reading, detail=detail, related=_beside(then), subject=f"{of} {at[1]} {at[0]}")


def _default(table: EntityTable, service: str) -> _Endpoint | None:
    """Return the default endpoint: the first marked so, else the first that is not marked otherwise, else the first (2.2.3)."""
    entity = table.entity
    nodes = entity.at(SERVICES[service])
    ranked = sorted(nodes, key=lambda node: {True: 0, None: 1, False: 2}[entity.flag(node, "isDefault")])
    return ((ranked[0].get("Binding") or "", (ranked[0].get("Location") or "").strip())) if ranked else None


def _indexes(table: EntityTable, service: str) -> dict[_Endpoint, Reading]:
    entity = table.entity
    found: dict[_Endpoint, Reading] = {}
    for node in entity.at(SERVICES[service]):
        reading = entity.reader.attribute(node, "index")
        if reading is not None:
            found.setdefault((node.get("Binding") or "", (node.get("Location") or "").strip()), reading)
    return found


def _of_values(pair: PairTable, of: str, aspect: str) -> Iterator[Violation]:
    before, after = pair.both(of)
    old = {item.raw.strip(): item for item in before.items}
    new = {item.raw.strip(): item for item in after.items}
    if aspect == "value_changed":
        if old and new and set(old) != set(new):
            was, now = next(iter(old.values())), next(iter(new.values()))
            yield Violation(now, detail=Text.of(Slot(was.raw)), related=_beside(was), subject=of)
    elif aspect == "value_removed":
        yield from (Violation(item, after.anchor, subject=raw) for raw, item in old.items() if raw not in new)
    elif aspect == "value_added":
        yield from (Violation(item, subject=raw) for raw, item in new.items() if raw not in old)


def _of_flags(pair: PairTable, of: str, aspect: str) -> Iterator[Violation]:
    before, after = pair.both(of)
    was, now = (readings.first is not None and readings.first.value is True for readings in (before, after))
    if was != now and now == (aspect == "turned_on"):
        yield Violation(
            after.first, after.anchor, detail=Text.of(before.text or "missing"), related=_beside(before.first), subject=of
        )


def _of_instants(pair: PairTable, of: str, aspect: str) -> Iterator[Violation]:
    before, after = (readings.first for readings in pair.both(of))
    if after is None or after.value is None:
        return
    if before is None or (before.value is not None and str(after.value) < str(before.value)):
        yield Violation(after, detail=Text.of(Slot(before.raw) if before else "without end"), related=_beside(before), subject=of)


_Kind = Callable[[PairTable, str, str], Iterator[Violation]]
_KINDS: dict[str, _Kind] = {
    **dict.fromkeys(KEY_ASPECTS, _of_keys),
    **dict.fromkeys(ENDPOINT_ASPECTS, _of_endpoints),
    **dict.fromkeys(CHOICE_ASPECTS, _of_choices),
    **dict.fromkeys(("value_changed", "value_removed", "value_added"), _of_values),
    **dict.fromkeys(("turned_on", "turned_off"), _of_flags),
    "earlier": _of_instants,
}
