"""Every theme, in the order in which attacks go from the structure to the profile, and every vector in them."""

from __future__ import annotations

from types import ModuleType

from tests.vectors import (
    algorithms,
    canonicalisation,
    content,
    dtd,
    encodings,
    encryption,
    ids,
    legal,
    limits,
    multiplicity,
    profile,
    redirect,
    references,
    stripping,
    transforms,
    trusted_keys,
    wrapping,
)
from tests.vectors.vector import VECTORS, Vector

THEMES: tuple[ModuleType, ...] = (
    wrapping,
    multiplicity,
    stripping,
    content,
    ids,
    dtd,
    limits,
    encodings,
    canonicalisation,
    transforms,
    references,
    trusted_keys,
    algorithms,
    encryption,
    redirect,
    profile,
    legal,
)
ALL: tuple[Vector, ...] = tuple(
    vector for theme in THEMES for vector in VECTORS.values() if vector.theme == theme.__name__.rpartition(".")[2]
)


def about(theme: ModuleType) -> str:
    """Return the first sentence of a theme's docstring."""
    return (theme.__doc__ or "").strip().partition("\n\n")[0].replace("\n", " ")
