"""Our decorator makes what that of the standard library makes (``samlcheck/frozen.py``)."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from collections.abc import Callable
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import pytest

from samlcheck import frozen


def define(decorate: Callable[[type], type]) -> Any:
    class Point:
        """A value with every kind of field."""

        x: int
        y: tuple[int, ...] = ()
        tags: dict[str, int] = field(default_factory=dict)
        secret: str = field(default="", repr=False)
        note: str = field(default="", compare=False)
        origin: ClassVar[int] = 0

        @property
        def double(self) -> int:
            return self.x * 2

    return decorate(Point)


KINDS = {"dict": {}, "slots": {"slots": True}}


@pytest.fixture(params=KINDS)
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    options = KINDS[request.param]
    ours: Any = frozen.dataclass
    return define(ours(frozen=True, **options)), define(dataclasses.dataclass(frozen=True, **options))


ARGUMENTS = [
    ((1,), {}),
    ((1, (2, 3)), {"secret": "s", "note": "n"}),
    ((), {"x": 1, "tags": {"a": 1}}),
]


@pytest.mark.parametrize(("given", "named"), ARGUMENTS)
def test_same_values_and_same_words(pair: tuple[Any, Any], given: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, theirs = (kind(*given, **named) for kind in pair)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs)
    assert ours.double == theirs.double == 2
    assert ours == type(ours)(*given, **named)
    assert ours != theirs


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, 3, 4, 5, 6), {}), ((1,), {"z": 1}), ((1,), {"x": 1})])
def test_wrong_arguments(pair: tuple[Any, Any], given: tuple[Any, ...], named: dict[str, Any]) -> None:
    for kind in pair:
        with pytest.raises(TypeError):
            kind(*given, **named)


def test_what_is_compared_and_hashed(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        assert kind(1, note="a") == kind(1, note="b")
        assert kind(1) != kind(2)
        assert kind(1) != 1
        with pytest.raises(TypeError, match="unhashable"):  # a dict inside
            hash(kind(1))


def test_defaults_are_made_anew(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        assert kind(1).tags is not kind(1).tags


def test_nothing_can_be_changed(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        value = kind(1)
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
            value.x = 2
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'x'"):
            del value.x
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            value.other = 2


def test_described_alike(pair: tuple[Any, Any]) -> None:
    def described(kind: Any) -> list[tuple[object, ...]]:
        return [(item.name, item.type, item.repr, item.compare, item.default) for item in dataclasses.fields(kind)]

    ours, theirs = pair
    assert described(ours) == described(theirs)
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__dataclass_params__.frozen
    assert hasattr(ours, "__slots__") == hasattr(theirs, "__slots__")


def test_replace_copy_and_deepcopy(pair: tuple[Any, Any]) -> None:
    for kind in pair:
        value = kind(1, tags={"a": 1})
        assert dataclasses.replace(value, x=2) == kind(2, tags={"a": 1})
        assert copy.copy(value) == value
        assert copy.deepcopy(value) == value
        assert copy.deepcopy(value).tags is not value.tags


@frozen.dataclass(frozen=True, slots=True)
class One:
    """Pickle finds it by its name; it has but one field, and looks at it."""

    name: str

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")


def test_pickle_hash_and_post_init() -> None:
    assert pickle.loads(pickle.dumps(One("a"))) == One("a")
    assert len({One("a"), One("a"), One("b")}) == 2
    with pytest.raises(ValueError, match="no name"):
        One("")
    with pytest.raises(ValueError, match="no name"):
        dataclasses.replace(One("a"), name="")


@frozen.dataclass(frozen=True)
class Lazy:
    """Has methods of its own, which stay, and a value that is worked out once."""

    name: str

    def __repr__(self) -> str:
        return "mine"

    @cached_property
    def shout(self) -> str:
        return self.name.upper()


def test_own_methods_stay() -> None:
    value = Lazy("a")
    assert repr(value) == "mine"
    assert value.shout == "A"
    assert value == Lazy("a")


def test_frozen_only() -> None:
    with pytest.raises(TypeError, match="frozen"):
        frozen.dataclass(frozen=False)


def test_all_our_values_are_made_by_it() -> None:
    """The standard library's own decorator is for classes that are ordered or that change: ``packs/complain.py`` alone."""
    package = Path(frozen.__file__).parent
    imports = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    found = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if imports.search(path.read_text())}
    assert found == {"packs/complain.py"}
