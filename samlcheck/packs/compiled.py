"""Shipped packs as one plain-data file: written once, read quickly, without YAML, pydantic or type checks.

The first line is the index: what recognition needs to know of every pack, and where its lines stand. Two more lines
belong to each pack: the pack without its examples, and examples and set-up steps, which only ``rules`` wants. Both are JSON with
the fields at their default left out, decoded when they are asked for; so a run costs the same with 5 packs or 300.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial
from typing import Any, TypeVar

from samlcheck.packs import model

FORMAT = 2
KINDS: dict[str, type] = {"idp": model.IdpPack, "symptoms": model.SymptomPack, "ruleset": model.Ruleset}
"""The class of each kind of pack; every other kind is a ``Pack``."""

T = TypeVar("T")


def plain(value: Any) -> Any:
    """Return a pack value as what JSON can hold, without the fields that are at their default."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(found)
            for field in dataclasses.fields(value)
            if (found := getattr(value, field.name)) != _default(field)
        }
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def rebuild(kind: type[T], data: Any) -> T:
    """Return the record that ``plain`` was given."""
    built: T = _record(kind.__name__)(data)
    return built


Build = Callable[[Any], Any]


@cache
def _builder(annotation: str) -> Build | None:
    """Return how a field is rebuilt from plain data; None: it is plain data.

    Annotations are read as the text they are: evaluating them would cost as much as decoding all packs of a run.
    """
    annotation = annotation.removesuffix(" | None")
    if annotation.startswith("tuple["):
        entry = _builder(annotation.removeprefix("tuple[").removesuffix(", ...]"))
        return tuple if entry is None else partial(_each, entry)
    if annotation.startswith("dict[str, "):
        entry = _one_or_several if "tuple[" in annotation else _builder(annotation.removeprefix("dict[str, ").removesuffix("]"))
        return None if entry is None else partial(_each_value, entry)
    return _record(annotation) if dataclasses.is_dataclass(getattr(model, annotation, None)) else None


def _each(build: Build, data: Any) -> Any:
    return tuple(map(build, data))


def _each_value(build: Build, data: Any) -> Any:
    return {key: build(value) for key, value in data.items()}


def _one_or_several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def _record(name: str) -> Build:
    record: Any = getattr(model, name)
    builders: dict[str, Build | None] = {}

    def build(data: Any) -> Any:
        if not builders:  # later than the definition: conditions hold conditions
            builders.update((field.name, _builder(str(field.type))) for field in dataclasses.fields(record))
        values = {}
        for key, value in data.items():
            convert = builders[key]
            values[key] = value if convert is None or value is None else convert(value)
        return record(**values)

    return build


def index_entry(pack: model.AnyPack) -> dict[str, Any]:
    """Return what the index says of a pack."""
    entry: dict[str, Any] = {"name": pack.pack, "kind": pack.kind, "title": pack.title}
    if isinstance(pack, model.Pack):
        entry.update(aliases=list(pack.aliases), extends=list(pack.extends), parameters=sorted(pack.parameters))
        if pack.applies_when is not None:
            entry["applies_when"] = plain(pack.applies_when)
    elif isinstance(pack, model.IdpPack):
        entry["recognise"] = [[item.fact, item.match, item.weight] for item in pack.recognise]
    return entry


def write(packs: Iterable[model.AnyPack], digest: str, version: str) -> bytes:
    """Return the compiled file. digest: of the sources, to know when it is stale; version: of the program."""
    entries, lines = [], []
    position = 0
    for pack in packs:
        body = _line(plain(_without_examples(pack)))
        examples = _line(_examples(pack))
        entries.append({**index_entry(pack), "at": [position, len(body), len(examples)]})
        lines += [body, examples]
        position += len(body) + len(examples)
    header = {"format": FORMAT, "version": version, "digest": digest, "packs": entries}
    return _line(header) + b"".join(lines)


def _line(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _without_examples(pack: model.AnyPack) -> model.AnyPack:
    if not isinstance(pack, model.Pack):
        return pack
    rules = tuple(replace(rule, examples=model.Examples()) for rule in pack.rules)
    return replace(pack, base=model.Example(), rules=rules, setup=())


def _examples(pack: model.AnyPack) -> Any:
    if not isinstance(pack, model.Pack):
        return None
    return {"base": plain(pack.base), "setup": plain(pack.setup), "rules": [plain(rule.examples) for rule in pack.rules]}


def read_index(data: bytes) -> tuple[dict[str, Any], int]:
    """Return the first line and where the packs begin. Raises ValueError if this is no compiled file of ours."""
    end = data.index(b"\n") + 1
    header = json.loads(data[:end])
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ValueError("not a compiled pack file of this format")
    return header, end


def read_pack(line: bytes, kind: str) -> model.AnyPack:
    """Return the pack of one line, without its examples."""
    built: model.AnyPack = rebuild(KINDS.get(kind, model.Pack), json.loads(line))
    return built


def read_examples(pack: model.Pack, line: bytes) -> model.Pack:
    """Return a pack with the base login, set-up steps and examples that its second line holds."""
    data = json.loads(line)
    found = [rebuild(model.Examples, item) for item in data["rules"]]
    rules = tuple(replace(rule, examples=examples) for rule, examples in zip(pack.rules, found, strict=True))
    setup = tuple(rebuild(model.Step, item) for item in data["setup"])
    return replace(pack, base=rebuild(model.Example, data["base"]), setup=setup, rules=rules)
