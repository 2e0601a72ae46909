"""Small packs as text, and what the loader says of them."""

from __future__ import annotations

import pytest

from samlcheck.errors import PackError
from samlcheck.packs.load import Library, load
from samlcheck.packs.model import Pack
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
