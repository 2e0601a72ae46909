"""Facts of what the schema and the signature say of a metadata entity.

``metadata.schema.*``: one fact for each kind of violation of the OASIS schemas, worded for people (``schema``).
``metadata.signature.*``: the verdict on the signature over the entity, once there is a key to verify it with.
"""

from __future__ import annotations

from samlcheck.facts.entity import SIGNATURE, VIOLATIONS, EntityCase
from samlcheck.facts.metadata_table import Derive, Quick, derived
from samlcheck.facts.reading import constant
from samlcheck.facts.schema import KINDS
from samlcheck.facts.table import Reading, Readings
from samlcheck.trust.facts import SignatureFact


def _schema(kind: str) -> Derive:
    def read(entity: EntityCase) -> Readings:
        found = [item for item in entity.violations if item.kind == kind]
        return Readings(
            tuple(
                Reading(item.words, item.words, entity.document.ref(item.node, item.attribute), label=item.label, group=index)
                for index, item in enumerate(found)
            )
        )

    return read


def _quick(kind: str) -> Quick:
    return lambda entity: [item.words for item in entity.violations if item.kind == kind]


for _kind, (_title, _doc) in KINDS.items():
    derived(f"metadata.schema.{_kind}", _title, _doc, at=VIOLATIONS, quick=_quick(_kind), row=True)(_schema(_kind))


def _signature(entity: EntityCase) -> SignatureFact | Readings:
    """Return the verdict on the entity's own signature; else the readings that say why there is none."""
    if not entity.at(SIGNATURE):
        return Readings((), entity.document.absent(entity.node, "ds:Signature"))
    own = next((fact for fact in entity.trust.signatures if fact.verdict != "absent"), None) if entity.trust else None
    return own or Readings(unavailable=entity.unverified, needs=entity.needs)


@derived("metadata.signature.verdict", "signature", "Verdict on the signature: `valid`, `invalid` …", kind="verdict", at=SIGNATURE)
def _verdict(entity: EntityCase) -> Readings:
    fact = _signature(entity)
    return fact if isinstance(fact, Readings) else Readings((Reading(fact.verdict, fact.verdict, fact.node),))


@derived("metadata.signature.reason", "reason of the verdict", "Reason of the verdict (docs/architecture.md)", at=SIGNATURE)
def _reason(entity: EntityCase) -> Readings:
    fact = _signature(entity)
    return fact if isinstance(fact, Readings) else Readings((Reading(fact.reason, fact.reason, fact.node),))


@derived("metadata.signature.explanation", "what happened to the signature", "One or two sentences", at=SIGNATURE)
def _explanation(entity: EntityCase) -> Readings:
    fact = _signature(entity)
    return fact if isinstance(fact, Readings) else constant(fact.explanation.plain())


@derived(
    "metadata.signature.algorithm", "SignatureMethod", "Algorithm of the signature, as written", kind="algorithm", at=SIGNATURE
)
def _algorithm(entity: EntityCase) -> Readings:
    return _of_signature(entity, "ds:SignedInfo/ds:SignatureMethod")


@derived(
    "metadata.signature.digest_algorithm", "DigestMethod", "Digest of the signature, as written", kind="algorithm", at=SIGNATURE
)
def _digest(entity: EntityCase) -> Readings:
    return _of_signature(entity, "ds:SignedInfo/ds:Reference/ds:DigestMethod")


def _of_signature(entity: EntityCase, at: str) -> Readings:
    return entity.reader.read(entity.node, f"{at}/@Algorithm", "algorithm", of="ds:Signature")
