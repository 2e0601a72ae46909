"""A question by somebody who knows everything about IdP and service, for tests that throw things at the whole program."""

from __future__ import annotations

from functools import cache

from samlcheck import engine
from samlcheck.case import Told
from samlcheck.forge import AT, Keys, healthy, idp_metadata, make_keys, sp_metadata
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.source import Artifact
from samlcheck.trust import anchors


@cache
def catalogue() -> Catalogue:
    """Return the shipped packs, compiled once for this process."""
    return shipped(None)


@cache
def idp_keys() -> Keys:
    """Return the keys that the question trusts, unless others are given."""
    return make_keys("idp.example")


def question(keys: Keys | None = None, told: Told | None = None) -> engine.Question:
    """Return the question; ``keys`` are those of the identity provider."""
    known = healthy()
    return engine.Question(
        catalogue=catalogue(),
        now=AT,
        at=AT,
        told=told or Told(),
        anchors=anchors.load([Artifact("idp.xml", idp_metadata(known, (keys or idp_keys(),)))]),
        sp=engine.read_sp([Artifact("sp.xml", sp_metadata(known))]),
    )
