"""Small packs as text, what the loader says of them, and logins to try them on."""

from __future__ import annotations

import pytest

from samlcheck.case import Told
from samlcheck.errors import PackError
from samlcheck.facts import FactTable
from samlcheck.forge import Keys, edit, healthy
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.load import Library, load
from samlcheck.packs.model import Pack
from samlcheck.packs.proving import case_of
from samlcheck.source import Artifact

HEAD = """\
format: 1
pack: acme
title: Acme
cite: {source: The guide, basis: vendor}
parameters:
  tenant: {title: Tenant, pattern: '[a-z]{2}[0-9]{4}', example: eu0042}
"""
RULE = """\
rules:
  - id: wrong-place
    title: The response goes elsewhere
    severity: error
    select: response.destination
    must: {equal: 'https://acme.example/{tenant}'}
    message: '{actual} is not {expected}.'
"""


def pack_of(text: str, library: Library | None = None) -> Pack:
    """Return the rule pack that a text holds."""
    pack = load(Artifact("acme.yaml", text.encode()), library)
    assert isinstance(pack, Pack)
    return pack


def complaints(text: str, library: Library | None = None) -> list[str]:
    """Return all that is wrong with a pack, each as ``line:column: words``."""
    with pytest.raises(PackError) as caught:
        load(Artifact("acme.yaml", text.encode()), library)
    error = caught.value
    lines = [f"{error.where}: {error.message}", *(line.removeprefix("also ") for line in error.tip.splitlines())]
    return [line.removeprefix("acme.yaml:") for line in lines]


def catalogue_of(*texts: str) -> Catalogue:
    """Return a catalogue of the packs that these texts hold."""
    return Catalogue.of([load(Artifact("acme.yaml", text.encode())) for text in texts])


def table_of(keys: Keys, told: Told | None = None, **edits: str | None) -> FactTable:
    """Return the facts of a healthy login with these edits; ``__`` stands for the dot in their names."""
    recipe = healthy()
    changed = edit(recipe, {name.replace("__", "."): value for name, value in edits.items()})
    return FactTable(case_of(recipe, changed, keys, told or Told()))
