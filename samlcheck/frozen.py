"""``dataclass(frozen=True)`` for our values, at a fifth of the price of defining one.

The decorator of the standard library writes and compiles up to seven functions for every class. The values of one run are
more than a hundred classes, and defining them took longer than everything else that ``samlcheck check`` did. This one leaves
fields, defaults, ``replace``, ``fields`` and slots to the standard library, compiles ``__init__`` alone, when the first value
is made, and shares the rest.
Type checkers see the original. Docs: docs/performance.md; equivalence with the original: tests/test_frozen.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool = False) -> Callable[[type], type]:
        """Return the decorator that makes a frozen dataclass. Raises TypeError for one that is not to be frozen."""
        if not frozen:
            raise TypeError("this decorator makes frozen classes only")
        return lambda cls: _frozen(cls, slots)


def _frozen(cls: type, slots: bool) -> type:
    defined = frozenset(cls.__dict__)
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    made.__dataclass_params__.frozen = made.__dataclass_params__.eq = True
    found = dataclasses.fields(made)
    methods = {
        "__init__": _first_init(made, found, slots),
        "__repr__": _repr(tuple(field.name for field in found if field.repr)),
        **_comparisons(tuple(field.name for field in found if field.compare)),
        "__setattr__": _no_setting,
        "__delattr__": _no_deleting,
    }
    if slots:  # what copy and pickle do by default is to set attributes
        methods |= _state(tuple(field.name for field in found))
    for name, method in methods.items():
        if name not in defined:
            setattr(made, name, method)
    result: type = made
    return result


def _first_init(cls: Any, fields: tuple[dataclasses.Field[Any], ...], slots: bool) -> Callable[..., None]:
    """Return the ``__init__`` that puts the real one in its place."""

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807
        if cls.__init__ is __init__:
            cls.__init__ = _init(cls, fields, slots)
        cls.__init__(self, *given, **named)

    return __init__


def _init(cls: Any, fields: tuple[dataclasses.Field[Any], ...], slots: bool) -> Callable[..., None]:
    """Return ``__init__``; slots are filled through their own descriptors, for ``__setattr__`` refuses."""
    names: dict[str, Any] = {"_missing": dataclasses.MISSING}
    parameters, body = ["self"], []
    for field in fields:
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            names[f"_new_{name}"] = field.default_factory
            parameters.append(f"{name}=_missing")
            value = f"_new_{name}() if {name} is _missing else {name}"
        elif field.default is not dataclasses.MISSING:
            names[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        if slots:
            names[f"_set_{name}"] = getattr(cls, name).__set__
            body.append(f" _set_{name}(self, {value})")
        else:
            body.append(f" _own[{name!r}] = {value}")
    if not slots:
        body.insert(0, " _own = self.__dict__")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or [" pass"])
    exec(source, names)  # noqa: S102 - made of the names of our own fields alone, as the standard library does it
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def represent(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return represent


def _comparisons(names: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    pick: Callable[[Any], Any] = attrgetter(*names) if names else lambda _: ()

    def equal(self: Any, other: object) -> bool:
        return bool(pick(self) == pick(other)) if type(other) is type(self) else NotImplemented

    def hashed(self: Any) -> int:
        return hash(pick(self))

    return {"__eq__": equal, "__hash__": hashed}


def _state(names: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    def get_state(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def set_state(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": get_state, "__setstate__": set_state}


def _no_setting(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deleting(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
