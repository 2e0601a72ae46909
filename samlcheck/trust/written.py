"""What a signature says of itself (XML Signature 4): read leniently, so that refused ones can be shown and explained too."""

from __future__ import annotations

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.trust.certificates import decode_base64
from samlcheck.xmldoc.names import q


@dataclass(frozen=True, slots=True)
class Written:
    """The algorithms, the reference and the values that a signature names."""

    signature_algorithm: str
    digest_algorithm: str
    canonicalization: str
    transforms: tuple[str, ...]
    uri: str | None
    digest_value: str
    signature_value: str


def read(signature: etree._Element) -> Written:
    """Return what the first SignedInfo, Reference and so on say; empty where something is missing."""

    def algorithm(path: str) -> str:
        found = signature.find(path)
        return (found.get("Algorithm") or "") if found is not None else ""

    info = q("ds:SignedInfo")
    reference = signature.find(f"{info}/{q('ds:Reference')}")
    transforms = () if reference is None else tuple(t.get("Algorithm") or "" for t in reference.iter(q("ds:Transform")))
    return Written(
        algorithm(f"{info}/{q('ds:SignatureMethod')}"),
        algorithm(f"{info}/{q('ds:Reference')}/{q('ds:DigestMethod')}"),
        algorithm(f"{info}/{q('ds:CanonicalizationMethod')}"),
        transforms,
        None if reference is None else reference.get("URI"),
        signature.findtext(f"{info}/{q('ds:Reference')}/{q('ds:DigestValue')}") or "",
        signature.findtext(q("ds:SignatureValue")) or "",
    )


def octets_of(value: str) -> bytes | None:
    """Return the octets of a base64 value, or None if it is not base64."""
    try:
        return decode_base64(value)
    except ValueError:
        return None


def prefixes_of(method: etree._Element | None) -> frozenset[str]:
    """Return the InclusiveNamespaces PrefixList (Exclusive C14N section 4), ``#default`` as an empty string."""
    found = method.find(q("ec:InclusiveNamespaces")) if method is not None else None
    listed = (found.get("PrefixList") or "").split() if found is not None else []
    return frozenset("" if prefix == "#default" else prefix for prefix in listed)
