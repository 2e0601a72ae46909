"""The fields of the pack dataclasses and their types, looked up once per class.

The loader's short forms, the JSON Schema and the runtime builder are all driven by these, so that the dataclasses of
``model`` stay the only definition of the format.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from samlcheck.packs import model


@cache
def fields_of(cls: type) -> dict[str, Any]:
    """Return the fields of a pack dataclass with their types."""
    hints = get_type_hints(cls)
    return {item.name: hints[item.name] for item in dataclasses.fields(cls)}


def yaml_name(field: str) -> str:
    """Return how a field is written in YAML (``with_`` as ``with``)."""
    return model.Pack.yaml_names.get(field, field)


def required_of(cls: type) -> frozenset[str]:
    """Return the fields that have no default."""
    missing = dataclasses.MISSING
    return frozenset(f.name for f in dataclasses.fields(cls) if f.default is missing and f.default_factory is missing)


def without_none(kind: Any) -> Any:
    """Return ``X`` for ``X | None``, and any other type as it is."""
    if get_origin(kind) in (Union, UnionType):
        rest = [item for item in get_args(kind) if item is not NoneType]
        if len(rest) == 1:
            return rest[0]
    return kind


def item_of(kind: Any) -> Any:
    """Return ``X`` for ``tuple[X, ...]``, else None."""
    arguments = get_args(kind)
    return arguments[0] if get_origin(kind) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis else None


def value_of(kind: Any) -> Any:
    """Return ``X`` for ``dict[str, X]``, else None."""
    return get_args(kind)[1] if get_origin(kind) is dict else None
