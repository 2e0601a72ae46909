"""The JSON Schema of pack files, so that editors complete and check them while they are written (``rules schema``).

Made from the dataclasses of ``model`` and their docstrings, with every short form that ``sugar`` takes: draft 7, the
dialect that editors' YAML plugins understand. What a schema cannot say (patterns compile, names exist) ``load`` checks.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

from samlcheck.checks.model import Check, Instant
from samlcheck.checks.named import NAMED
from samlcheck.facts.every import FACTS
from samlcheck.packs import model, sugar
from samlcheck.packs.shape import fields_of, item_of, required_of, value_of, without_none, yaml_name
from samlcheck.packs.terms import ACTIONS, SOURCES, TOPICS

Schema = dict[str, Any]

# Editors type scalars as YAML 1.2 does; to samlcheck all of them are text.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_NUMBER: Schema = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^-?[0-9]+$"}]}
_SWITCH: Schema = {"enum": [True, False, "true", "false"]}
_ATTRIBUTE: Schema = {"type": "string", "pattern": "^attribute:.+"}
_FACT: Schema = {"$ref": "#/definitions/fact"}
_EDIT: Schema = {"anyOf": [_TEXT, {"type": "null"}, {"type": "array", "items": _TEXT}]}


def schema() -> Schema:
    """Return the schema of a pack file of any kind."""
    maker = _Maker()
    kinds = {"idp": maker.ref(model.IdpPack), "symptoms": maker.ref(model.SymptomPack), "ruleset": maker.ref(model.Ruleset)}
    other = maker.ref(model.Pack)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://samlcheck.invalid/schema/pack-1.json",
        "title": "samlcheck rule pack, format 1",
        "type": "object",
        "required": ["format", "pack", "title"],
        "if": _is("idp", "recognise", "actions"),
        "then": kinds["idp"],
        "else": {
            "if": _is("symptoms", "symptoms"),
            "then": kinds["symptoms"],
            "else": {"if": _is("ruleset"), "then": kinds["ruleset"], "else": other},
        },
        "definitions": {
            "fact": {"anyOf": [{"enum": sorted(FACTS)}, _ATTRIBUTE], "description": "A fact, or attribute:NAME"},
            **dict(sorted(maker.definitions.items())),
        },
    }


def _is(kind: str, *keys: str) -> Schema:
    """Return when a file is of a kind: it says so, or has a key that only this kind has (as ``load.kind_of`` does)."""
    said = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return {"anyOf": [said, *({"required": [key]} for key in keys)]}


class _Maker:
    """Collects one definition for each dataclass it meets."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def ref(self, kind: type) -> Schema:
        name = kind.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # a condition may hold conditions
            self.definitions[name] = self._record(kind)
        return {"$ref": f"#/definitions/{name}"}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a field's type."""
        kind = without_none(kind)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self.ref(kind)
        item, inner = item_of(kind), value_of(kind)
        if item is not None:
            one = self.of(item)
            return {"anyOf": [one, {"type": "array", "items": one}]}
        if inner is not None:
            members = _EDIT if any(item_of(choice) for choice in get_args(inner)) else self.of(inner)
            return {"type": "object", "additionalProperties": members}
        if get_origin(kind) is Literal:
            return {"enum": list(get_args(kind))}
        return {int: _NUMBER, bool: _SWITCH}.get(kind, _TEXT)

    def _record(self, kind: type) -> Schema:
        docs = _field_docs(kind)
        properties: dict[str, Schema] = {}
        for name, hint in fields_of(kind).items():
            said = _SPECIAL.get((kind, name)) or _SPECIAL.get((None, name)) or self.of(hint)
            properties[yaml_name(name)] = {**said, "description": docs[name]} if name in docs and "$ref" not in said else said
        long: Schema = {
            "type": "object",
            "description": inspect.cleandoc(kind.__doc__ or ""),
            "properties": properties,
            "required": sorted(yaml_name(name) for name in required_of(kind)),
            "additionalProperties": False,
        }
        return self._with_short_forms(kind, long)

    def _with_short_forms(self, kind: type, long: Schema) -> Schema:
        """Return the schema of a record with the forms that ``sugar`` writes out."""
        properties = long["properties"]
        match kind:
            case model.Condition:
                del properties["check"]
                checks = self.definitions.get("Check") or self._record(Check)
                properties.update(next(one for one in checks["anyOf"] if "properties" in one)["properties"], attribute=_TEXT)
                return {"anyOf": [long, {"type": "array", "items": {"$ref": "#/definitions/Condition"}}]}
            case model.Rule:
                long["required"].remove("cite")
                properties["attribute"] = _TEXT
                pick = {"fact": _FACT, "attribute": _TEXT, "xpath": _TEXT, "label": _TEXT}
                properties["select"] = {"anyOf": [_FACT, {"type": "object", "properties": pick, "additionalProperties": False}]}
                return long
            case model.Fix | model.Step:
                long["additionalProperties"] = _TEXT
                return {"anyOf": [_TEXT, long]}
            case model.Example:
                long["additionalProperties"] = _EDIT
                return long
        short = _SHORT.get(kind)
        return {"anyOf": [short, long]} if short else long


def _enum(words: Iterable[str]) -> Schema:
    return {"enum": sorted(words)}


def _one_or_more(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one}]}


_SPECIAL: dict[tuple[type | None, str], Schema] = {
    (None, "fact"): _FACT,
    (None, "same_as"): _FACT,
    (model.Fix, "do"): _enum(ACTIONS),
    (model.Step, "do"): _enum(ACTIONS),
    (Check, "use"): _enum(NAMED),
    (model.Rule, "settles"): _one_or_more(_enum(TOPICS)),
    (model.IdpPack, "sources"): {"type": "object", "additionalProperties": _TEXT, "propertyNames": _enum(SOURCES)},
    (Check, "with_"): {"type": "object", "additionalProperties": _one_or_more(_TEXT)},
}
_SHORT: dict[type, Schema] = {
    Check: _enum(sugar.FLAGS),
    Instant: {"anyOf": [{"const": "now"}, _FACT]},
    **dict.fromkeys((model.Cite, model.Parameter, model.ExpectedAttribute), _TEXT),
    **dict.fromkeys((model.Action, model.ExpectedNameID), _one_or_more(_TEXT)),
}


def _field_docs(kind: type) -> dict[str, str]:
    """Return the docstrings that stand below the fields of a dataclass."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    found = {}
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for field, after in pairwise(statements):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            found[field.target.id] = inspect.cleandoc(after.value.value)  # type: ignore[attr-defined]
    return found
