"""Facts that a request has only beside something else: metadata that resolves its index, keys that verify its signature."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.case import Case
from samlcheck.facts.message import NO_REQUEST, request_anatomy
from samlcheck.facts.reading import Reader
from samlcheck.facts.table import Fact, Reading, Readings, add, fact
from samlcheck.facts.trust import relied_upon
from samlcheck.saml.metadata import Endpoint, entities
from samlcheck.trust.facts import SignatureFact


def _consumers(case: Case) -> list[Endpoint]:
    return [end for anatomy in case.sp for item in entities(anatomy) for end in item.assertion_consumer]


@fact("sp.acs_indexes", "indexes of the AssertionConsumerServices", "text", "index attributes in the SP metadata given", many=True)
def _indexes(case: Case) -> Readings:
    if not case.sp:
        return Readings(unavailable="the SP's metadata was not given", needs="--sp")
    return Readings(tuple(Reading(end.index, end.index, end.node, label=end.location) for end in _consumers(case) if end.index))


@fact(
    "request.acs",
    "ACS URL that the request asks for",
    "uri",
    "AssertionConsumerServiceURL, else Location of the index or of the default in SP metadata (core 3.4.1, metadata 2.4.4.1)",
)
def _acs(case: Case) -> Readings:
    anatomy = request_anatomy(case)
    if anatomy is None or anatomy.kind != "authnrequest":
        return NO_REQUEST
    reader = Reader(anatomy.document, case.request_trust)
    url = reader.read(anatomy.message, "@AssertionConsumerServiceURL", "uri")
    if url.items:
        return url
    consumers, index = _consumers(case), anatomy.message.get("AssertionConsumerServiceIndex")
    if not consumers:
        return Readings(
            unavailable="the endpoint that the request means stands in the SP's metadata, which was not given", needs="--sp"
        )
    meant = next((end for end in consumers if end.index == index), None) if index is not None else _default(consumers)
    if meant is None:
        return Readings((), url.anchor)
    words = f"index {index}" if index is not None else "default"
    return Readings((Reading(meant.location, meant.location, meant.node, label=words),))


def _default(consumers: list[Endpoint]) -> Endpoint:
    """Return the endpoint marked as default, else the first (metadata 2.4.4.1)."""
    return next((end for end in consumers if end.is_default), consumers[0])


def _signature(name: str, title: str, doc: str, read: Callable[[SignatureFact], str]) -> None:
    def reader(case: Case) -> Readings:
        trust = case.request_trust
        found = relied_upon(trust) if trust is not None else None
        if found is None:
            return NO_REQUEST
        raw = read(found)
        return Readings((Reading(raw, raw, found.node, label=f"signature of the {found.element}"),), found.node)

    add(Fact(f"signature.request.{name}", title, "verdict", reader, doc))


_signature("verdict", "verdict on the signature of the request", "Verdict on the request's signature", lambda s: s.verdict)
_signature("reason", "reason of the verdict on the request's signature", "Reason code (docs/architecture.md)", lambda s: s.reason)
