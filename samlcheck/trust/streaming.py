"""The signature over the root of a large document, verified in pieces: no tree of the whole is ever made.

What canonical XML writes for a node depends on the node and on the elements around it alone, never on its neighbours
(Canonical XML 1.0, 2.3; Exclusive XML Canonicalization 1.0, 3). So the root's start tag with some of its children, canonicalised
by libxml2, is the canonical start tag, those children exactly as they stand in the canonical whole, and the end tag. Pieces
that together are all octets between the root's tags give all of it, and the digest is fed with them one after the other.

The gate is the same as for any signature. Whatever it looks for in the whole document (a second bearer of the ID, a relative
namespace) is looked for in every piece. Where anything is unusual there is no verdict here, and the document has to be read whole;
only *valid* is ever said.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml import etree

from samlcheck.errors import InputError
from samlcheck.trust import identifiers, references, verdict
from samlcheck.trust.facts import AlgorithmPolicy, PinnedKey, SignatureFact
from samlcheck.trust.references import Admitted
from samlcheck.trust.written import octets_of
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.limits import METADATA
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.part import Slice, parse_part, parse_together

_SIGNATURE = q("ds:Signature")
_TOGETHER = 16
"""Pieces that are parsed and canonicalised at once, which is sooner done than one by one."""
_DECLARATION = b"xmlns"
_NAME = re.compile(r"#[A-Za-z_][A-Za-z0-9_.-]*")
"""References to IDs that are written in one way only, unless with character references."""


def verify(
    name: str, frame: Slice, pieces: Iterable[Slice], given: Sequence[PinnedKey], policy: AlgorithmPolicy = "legacy"
) -> tuple[Document, SignatureFact] | None:
    """Return the verdict *valid* with the part of the document that holds the signature; None if that cannot be said here.

    frame: the root's start tag and end tag. pieces: the same tags around what stands between them in the file, which they are to
    hold whole and in order, cut anywhere between two children of the root (the last place of a slice is that of what it holds).
    The first is to hold the signature.
    """
    try:
        return _verify(name, frame, iter(pieces), given, policy)
    except (InputError, etree.C14NError):
        return None


def _verify(
    name: str, frame: Slice, pieces: Iterator[Slice], given: Sequence[PinnedKey], policy: AlgorithmPolicy
) -> tuple[Document, SignatureFact] | None:
    first = next(pieces, None)
    if first is None:
        return None
    document = parse_part(name, first, METADATA)
    found = document.root.findall(_SIGNATURE)
    admitted = references.admit(found[0], document, policy) if len(found) == 1 else None
    if not isinstance(admitted, Admitted) or not _is_usual(admitted, document):
        return None
    uri = (admitted.written.uri or "")[1:]
    start, end = _tags(name, frame, admitted)
    hashed = hashlib.new(admitted.digest, start, usedforsecurity=False)
    root = parse_part(name, first, METADATA).root  # a tree of its own: the signature is taken out of it
    _take_out(root)
    while True:
        written = _canonical(root, admitted)
        if not written.startswith(start) or not written.endswith(end):
            return None
        hashed.update(memoryview(written)[len(start) : len(written) - len(end)])
        some = list(islice(pieces, _TOGETHER))
        if not some:
            break
        part = parse_together(name, frame, some, METADATA)
        root = part.root
        if root.find(_SIGNATURE) is not None or not _is_harmless(part, frame, uri):
            return None
    hashed.update(end)
    expected = octets_of(admitted.written.digest_value)
    if expected is None or not hmac.compare_digest(hashed.digest(), expected):
        return None
    fact = verdict.judge(document.root, document, given, policy, known_digest=hashed.digest())
    return (document, fact) if fact.verdict == "valid" else None


def _is_usual(admitted: Admitted, document: Document) -> bool:
    """Return whether a signature is over the root by its ID, with a canonicalisation that lxml can do as xmlsec does it."""
    return (
        admitted.target is document.root
        and admitted.signature.getparent() is document.root
        and _NAME.fullmatch(admitted.written.uri or "") is not None
        and admitted.method.version == "1.0"
        and not admitted.method.comments
    )


def _is_harmless(part: Document, frame: Slice, identifier: str) -> bool:
    """Return whether the gate would find nothing in some pieces: no other bearer of the ID, no relative namespace.

    Octets are looked at first: hardly a piece has the ID or a character reference in it, or declares a namespace.
    The root's own ID and namespaces are there too.
    """
    data = part.data
    if (data.count(identifier.encode()) > 1 or b"&#" in data) and len(identifiers.bearers(part, identifier)) > 1:
        return False
    return data.count(_DECLARATION) == frame.data.count(_DECLARATION) or part.once(references.relative_namespace) is None


def _tags(name: str, frame: Slice, admitted: Admitted) -> tuple[bytes, bytes]:
    """Return the canonical start tag and end tag of the root."""
    written = _canonical(parse_part(name, frame, METADATA).root, admitted)
    at = written.rindex(b"</")
    return written[:at], written[at:]


def _canonical(root: etree._Element, admitted: Admitted) -> bytes:
    method = admitted.method
    prefixes = sorted(prefix or "#default" for prefix in admitted.prefixes) if method.exclusive else None
    return etree.tostring(root, method="c14n", exclusive=method.exclusive, with_comments=False, inclusive_ns_prefixes=prefixes)


def _take_out(root: etree._Element) -> None:
    """Take the signature out of the root, as the enveloped-signature transform does; what stands behind it stays."""
    signature = root.find(_SIGNATURE)
    if signature is None:
        return
    tail, before = signature.tail or "", signature.getprevious()
    if before is None:
        root.text = (root.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    root.remove(signature)
