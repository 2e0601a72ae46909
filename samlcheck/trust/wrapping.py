"""What a genuine signature really signed, when that is not what would be read: the other half of a wrapping attack.

Only for showing beside what would be read; nothing is ever trusted or read because of what is found here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lxml import etree

from samlcheck.saml.anatomy import Anatomy
from samlcheck.trust import algorithms, identifiers
from samlcheck.trust.algorithms import Canonicalization
from samlcheck.trust.canonical import CanonicalizationError, canonical
from samlcheck.trust.digests import digest
from samlcheck.trust.facts import PinnedKey
from samlcheck.trust.verdict import signers
from samlcheck.trust.written import Written, octets_of, prefixes_of, read
from samlcheck.xmldoc.names import q

_COPIES = 2
"""Copies of one signature looked at: an attacker may move one and leave one in its place."""
_MOST = 16
"""Signatures looked at in one message."""
_BEARERS = 4
"""Elements looked at that carry one ID: each costs a canonicalisation."""


def really_signed(anatomy: Anatomy, given: Sequence[PinnedKey]) -> tuple[etree._Element, ...]:
    """Return the elements whose digest stands in a signature made by a key given, wherever both stand.

    An element counts if it carries the ID that is referred to and its canonical form, less its own signature, has the
    digest written down: a copy with other content does not.
    """
    found: dict[etree._Element, None] = {}
    seen: Counter[str] = Counter()
    for signature in anatomy.signatures[:_MOST]:
        written = read(signature)
        seen[written.signature_value] += 1
        if seen[written.signature_value] > _COPIES:
            continue
        if not (written.uri or "").startswith("#") or not any(one.verifies for one in signers(signature, written, given)):
            continue
        bearers = identifiers.bearers(anatomy.document, (written.uri or "")[1:])
        found.update((element, None) for element in bearers[:_BEARERS] if _has_digest(element, signature, written))
    return tuple(found)


def _has_digest(element: etree._Element, signature: etree._Element, written: Written) -> bool:
    """Return whether the element has the digest that the signature carries."""
    hashed, expected = algorithms.DIGEST_METHODS.get(written.digest_algorithm), octets_of(written.digest_value)
    named = [transform for transform in signature.iter(q("ds:Transform")) if transform.get("Algorithm") != algorithms.ENVELOPED]
    method = algorithms.CANONICALIZATIONS.get(named[0].get("Algorithm") or "") if named else Canonicalization(exclusive=False)
    if hashed is None or method is None or expected is None or len(named) > 1:
        return False
    own = signature if any(ancestor is element for ancestor in signature.iterancestors()) else None
    prefixes = prefixes_of(named[0]) if named else frozenset()
    try:
        octets = canonical(element, Canonicalization(method.exclusive, False, method.version), prefixes=prefixes, without=own)
    except CanonicalizationError:
        return False
    return digest(octets, hashed) == expected
