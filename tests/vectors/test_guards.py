"""Every guard is there for something: without it at least one vector comes out otherwise."""

from __future__ import annotations

import pytest

from tests.vectors.guards import GUARDS, Guard, flips, looked_at, prepared, switched_off
from tests.vectors.themes import ALL


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_the_guard_a_vector_flips(guard: Guard) -> None:
    vectors = looked_at(guard, ALL)
    assert vectors
    assert any(flips(guard, prepared(vectors[at : at + 12]), enough=1) for at in range(0, len(vectors), 12))


def test_a_guard_that_does_not_exist_is_a_mistake_of_the_table() -> None:
    with pytest.raises(AttributeError), switched_off(Guard("none", "trust.references:_no_such_step", None, ("*",))):
        pass


def test_guards_are_back_on_afterwards() -> None:
    from samlcheck.trust import references

    before = references._shape
    with switched_off(next(guard for guard in GUARDS if guard.where == "trust.references:_shape")):
        assert references._shape is not before
    assert references._shape is before
