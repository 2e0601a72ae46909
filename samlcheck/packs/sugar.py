"""The short forms of the pack format, written out: from what people type to the fields of ``model``.

The walk is led by the types of the dataclasses: where a tuple is wanted one value will do, where a field is called
``with_`` people write ``with``. Keys that no field has are complained about here, with the near miss. Values keep
their places (``yamldoc``), whatever they are moved into.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from samlcheck.checks.model import Check, Instant, UrlShape
from samlcheck.packs import model
from samlcheck.packs.complain import Complaints, Place, meant
from samlcheck.packs.shape import fields_of, item_of, value_of, without_none, yaml_name
from samlcheck.packs.yamldoc import Mapping, Sequence

_CHECK_KEYS = frozenset(yaml_name(name) for name in fields_of(Check))
FLAGS = ("present", "absent", "email", "distinct", "signed")
_EXAMPLE_KEYS = frozenset(("edits", "set", "name"))


class Desugar:
    """Writes one file out in full; mistakes go to ``complaints``."""

    def __init__(self, complaints: Complaints) -> None:
        """complaints: collects unknown keys."""
        self.complaints = complaints

    def full(self, value: Any, kind: Any, place: Place) -> Any:
        """Return ``value`` in the long form that a field of type ``kind`` takes."""
        kind = without_none(kind)
        if value is None:
            return None
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._record(value, kind, place)
        item = item_of(kind)
        if item is not None:
            several = value if isinstance(value, Sequence) else _sequence(value, place)
            full = Sequence(several.place)
            for entry, at in zip(several, several.items_at, strict=True):
                full.put(self.full(entry, item, at), at)
            return full
        inner = value_of(kind)
        if inner is not None and isinstance(value, Mapping):
            for key in value:
                at = value.values_at[key]
                entry = value[key]
                value[key] = _commas(entry) if inner is str else self.full(entry, inner, at)
        return value

    def _record(self, value: Any, kind: type, place: Place) -> Any:
        long = _LONG_FORMS.get(kind)
        if long is not None:
            value = long(value, place)
        if not isinstance(value, Mapping):
            return value
        fields = fields_of(kind)
        written = {yaml_name(name): name for name in fields}
        full = Mapping(value.place)
        for key in list(value):
            if key not in written:
                hint = meant(key, written)
                known = "" if hint else f"; known are {', '.join(sorted(written))}"
                self.complaints.add(value.keys_at[key], f"unknown key `{key}` in {_WHAT.get(kind, 'this mapping')}{hint}{known}")
                continue
            name = written[key]
            at = value.values_at[key]
            full.put(name, self.full(value[key], fields[name], at), value.keys_at[key], at)
        return full


def _sequence(value: object, place: Place) -> Sequence:
    single = Sequence(place)
    single.put(value, place)
    return single


def _mapping(place: Place, **entries: object) -> Mapping:
    made = Mapping(place)
    for key, value in entries.items():
        made.put(key, value, place, place)
    return made


def _commas(value: Any) -> Any:
    """Return a list of texts as options of checks take them: with commas between."""
    return ",".join(str(item) for item in value) if isinstance(value, Sequence) else value


def _condition(value: Any, place: Place) -> Any:
    if isinstance(value, Sequence):
        return _mapping(place, all=value)
    if not isinstance(value, Mapping):
        return value
    if "attribute" in value:
        value.put("fact", f"attribute:{value['attribute']}", value.keys_at["attribute"], value.values_at["attribute"])
        del value["attribute"]
    keys = [key for key in value if key in _CHECK_KEYS]
    if keys:
        check = Mapping(value.keys_at[keys[0]])
        for key in keys:
            value.move(key, check)
        value.put("check", check, check.place, check.place)
    return value


def _check(value: Any, place: Place) -> Any:
    return _mapping(place, **{value: "true"}) if isinstance(value, str) and value in FLAGS else value


def _instant(value: Any, place: Place) -> Any:
    if value == "now":
        return _mapping(place, clock="true", skew="true")
    return _mapping(place, fact=value) if isinstance(value, str) else value


def _url(value: Any, place: Place) -> Any:
    return _mapping(place, absolute=value) if isinstance(value, str) else value


def _fix(value: Any, place: Place) -> Any:
    return _mapping(place, say=value) if isinstance(value, str) else _with_args(value, model.Fix)


def _step(value: Any, place: Place) -> Any:
    return _mapping(place, say=value) if isinstance(value, str) else _with_args(value, model.Step)


def _with_args(value: Any, kind: type) -> Any:
    """Return a record in which all keys that are not its own are arguments of its action."""
    if isinstance(value, Mapping):
        extra = [key for key in value if key not in fields_of(kind)]
        if extra:
            given = value.get("args")
            args = given if isinstance(given, Mapping) else Mapping(value.keys_at[extra[0]])
            for key in extra:
                value.move(key, args)
            value.put("args", args, args.place, args.place)
    return value


def _example(value: Any, place: Place) -> Any:
    if isinstance(value, Mapping) and not (value and _EXAMPLE_KEYS.issuperset(value)):
        edits = Mapping(value.place)
        for key in [key for key in value if key not in _EXAMPLE_KEYS]:
            value.move(key, edits)
        for key in list(value.get("edits") or {}):
            value["edits"].move(key, edits)
        value.put("edits", edits, value.place, value.place)
    return value


def _rule(value: Any, place: Place) -> Any:
    if isinstance(value, Mapping):
        if "cite" not in value:  # the pack's own citation stands in (``soundness.finish``)
            value.put("cite", Sequence(place), place, place)
        if isinstance(value.get("select"), Mapping):
            select: Mapping = value.pop("select")
            at = value.keys_at["select"]
            for key in list(select):
                select.move(key, value)
            if "fact" in value:
                value.move("fact", value, "select")
            if "attribute" in value:
                value.put("select", f"attribute:{value.pop('attribute')}", at, at)
        elif "attribute" in value and "select" not in value:
            value.put("select", f"attribute:{value['attribute']}", value.keys_at["attribute"], value.values_at["attribute"])
            del value["attribute"]
    return value


def _named(field: str) -> Callable[[Any, Place], Any]:
    """Return the long form of records that may be written as the text of their one important field."""
    return lambda value, place: value if isinstance(value, Mapping) else _mapping(place, **{field: value})


_LONG_FORMS: dict[type, Callable[[Any, Place], Any]] = {
    model.Condition: _condition,
    Check: _check,
    Instant: _instant,
    UrlShape: _url,
    model.Fix: _fix,
    model.Step: _step,
    model.Example: _example,
    model.Rule: _rule,
    model.Cite: _named("source"),
    model.Action: _named("steps"),
    model.Parameter: _named("title"),
    model.ExpectedAttribute: _named("name"),
    model.ExpectedNameID: _named("format"),
}

_WHAT: dict[type, str] = {
    model.Pack: "a pack",
    model.IdpPack: "an IdP pack",
    model.Ruleset: "a ruleset",
    model.SymptomPack: "a symptom pack",
    model.Rule: "a rule",
    Check: "a check",
    model.Condition: "a condition",
    model.Parameter: "a parameter",
    model.Expects: "`expects`",
    model.Cite: "a citation",
    model.Examples: "`examples`",
    model.Step: "a step of `setup`",
    model.Symptom: "a symptom",
    model.Signal: "a signal",
    model.Action: "an action",
    UrlShape: "`url`",
    Instant: "an instant",
}
