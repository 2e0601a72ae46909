"""Names of algorithms and of the families they belong to, read from their identifiers."""

from __future__ import annotations

from functools import lru_cache

from samlcheck.trust.algorithms import short


def short_name(uri: str) -> str:
    """Return what people call an algorithm: ``rsa-sha256``, ``aes256-gcm``."""
    return short(uri)


@lru_cache(maxsize=256)
def families(uri: str) -> frozenset[str]:
    """Return the names under which a pack may allow an algorithm.

    The short name and its parts (``rsa-sha256``: ``rsa`` and ``sha256``); ``rsa-pss`` for the MGF1 signature methods
    (RFC 9231 2.3.9), ``rsa-oaep`` for both spellings of OAEP (XML Encryption 1.1 5.5.2), ``3des`` for Triple DES.
    """
    name = short(uri).lower()
    found = {uri, short(uri), name, *name.split("-")}
    if name.endswith("-rsa-mgf1"):
        found.add("rsa-pss")
        found.add(f"rsa-pss-{name.partition('-')[0]}")
    if name.startswith("rsa-oaep"):
        found.add("rsa-oaep")
    if "tripledes" in name:
        found.add("3des")
    return frozenset(found)
