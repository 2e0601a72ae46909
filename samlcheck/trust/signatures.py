"""The first engine: xmlsec's verdict on one signature with one pinned key. It is asked only after the gate has admitted.

The binding cannot be locked down (SECURITY 3b), so it gets as little as possible: a copy of the tree, one registered ID,
the bare public key, and no input/output callbacks at all. KeyInfo is never used: ``ctx.key`` is set.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType

from lxml import etree

from samlcheck.trust.facts import PinnedKey
from samlcheck.trust.identifiers import id_attribute


class EngineMissingError(Exception):
    """xmlsec cannot be imported, typically because lxml and xmlsec were built against different libxml2."""


def engine() -> ModuleType:
    """Return xmlsec without any file or network access. Raises EngineMissingError with the reason."""
    try:
        import xmlsec
    except Exception as error:  # noqa: BLE001 - a library mismatch shows as xmlsec.InternalError, which cannot be named here
        raise EngineMissingError(f"{type(error).__name__}: {error}"[:200]) from None
    # Process-wide and undone by whoever registers callbacks again, hence before every use.
    xmlsec.cleanup_callbacks()
    return xmlsec


def confirming(root: etree._Element, signature: etree._Element, keys: Sequence[PinnedKey]) -> list[PinnedKey]:
    """Return the keys with which xmlsec verifies ``signature`` in the document of ``root``. Raises EngineMissingError.

    Neither ``root`` nor anything below it is changed. Any error of the engine is a no.
    """
    xmlsec = engine()
    twin = _twin(copy.deepcopy(root), signature)
    return [key for key in keys if _confirms(xmlsec, twin, key.public_der)]


def _twin(root: etree._Element, node: etree._Element) -> etree._Element:
    """Return the node of a copied tree that stands where ``node`` stands in the original."""
    steps = []
    while (parent := node.getparent()) is not None:
        steps.append(parent.index(node))
        node = parent
    for step in reversed(steps):
        root = root[step]
    return root


def _confirms(xmlsec: ModuleType, signature: etree._Element, public_der: bytes) -> bool:
    parent = signature.getparent()
    attribute = id_attribute(parent) if parent is not None else None
    try:
        context = xmlsec.SignatureContext()
        if attribute is not None:
            context.register_id(parent, id_attr=attribute)
        context.key = _key(xmlsec, public_der)
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def confirms_octets(octets: bytes, algorithm: str, value: bytes, public_der: bytes) -> bool:
    """Return whether xmlsec verifies a detached signature over octets (bindings 3.4.4.1). Raises EngineMissingError."""
    xmlsec = engine()
    names = [name for name in dir(xmlsec.Transform) if not name.startswith("_")]
    transform = next(
        (t for t in (getattr(xmlsec.Transform, name) for name in names) if getattr(t, "href", None) == algorithm), None
    )
    if transform is None:
        return False
    try:
        context = xmlsec.SignatureContext()
        context.key = _key(xmlsec, public_der)
        context.verify_binary(octets, transform, value)
    except (xmlsec.Error, TypeError, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _key(xmlsec: ModuleType, public_der: bytes) -> object:
    """Return the engine's form of a public key: making one costs as much as verifying with it, and contexts copy it."""
    body = base64.encodebytes(public_der)
    return xmlsec.Key.from_memory(b"-----BEGIN PUBLIC KEY-----\n" + body + b"-----END PUBLIC KEY-----\n", xmlsec.KeyFormat.PEM)
