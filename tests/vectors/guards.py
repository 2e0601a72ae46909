"""The mutation check: each guard switched off in turn; at least one vector must then come out otherwise.

A guard is a name in the program and what to put in its place. A flip is a vector whose acceptance, trust, signature verdict,
reason or first rule changes, or that crashes; a guard without a flip is untested, or of no use.
"""

from __future__ import annotations

import importlib
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from samlcheck.capture.inflate import Inflated
from samlcheck.checks.context import Held
from samlcheck.checks.judging import OK
from samlcheck.packs.prepared import Prepared
from samlcheck.trust import structure
from tests.vectors import judging
from tests.vectors.vector import Sent, Vector


@dataclass(frozen=True)
class Guard:
    """One thing that keeps forgeries out."""

    name: str
    where: str
    """``module:attribute``, below ``samlcheck``."""
    off: Any
    """What stands there when it is switched off."""
    look: tuple[str, ...]
    """Vectors (patterns of ids) that should notice, the likeliest first."""


def _nothing(*_given: object, **_options: object) -> None:
    """A step that finds nothing wrong."""


def _none(*_given: object, **_options: object) -> Iterator[Any]:
    """A search that finds nothing."""
    return iter(())


def _no(*_given: object, **_options: object) -> bool:
    return False


def _yes(*_given: object, **_options: object) -> bool:
    return True


def _held(*_given: object, **_options: object) -> Held:
    return Held()


def _fine(*_given: object, **_options: object) -> Any:
    return OK


def _every_key(_root: object, _signature: object, keys: Sequence[Any]) -> list[Any]:
    return list(keys)


def _unbounded(octets: bytes, name: str, _cap: int = 0) -> Inflated:
    return Inflated(name, zlib.decompress(octets, -15), complete=True, trailing=0)


def _check(name: str, *look: str) -> Guard:
    """Return the guard that is a named check: every rule that uses it holds."""
    usual = Prepared.__dict__["judge"].func
    judge = property(lambda prepared: _held if prepared.rule.must.use == name else usual(prepared))
    return Guard(f"named check {name}", "packs.prepared:Prepared.judge", judge, look)


def _attack(code: str, *look: str) -> Guard:
    """Return the guard that withholds trust for one oddity of structure."""
    return Guard(f"no trust for {code}", "trust.structure:ATTACKS", structure.ATTACKS - {code}, look)


GUARDS: tuple[Guard, ...] = (
    # Before a tree exists.
    Guard("document type declarations are refused", "xmldoc.gate:_doctype", _nothing, ("dtd/*",)),
    Guard("limits are enforced", "xmldoc.gate:_exceeded", _nothing, ("limits/*",)),
    Guard("small documents alone are not counted", "xmldoc.gate:_surely_within", _yes, ("limits/*",)),
    Guard(
        "declared encodings must be the real one", "xmldoc.encoding:_DECLARATION", re.compile(rb"(?!)"), ("encodings/declared-*",)
    ),
    Guard("inflating is bounded", "capture.inflate:inflate", _unbounded, ("redirect/bomb",)),
    # The shape of the whole document.
    Guard("assertions and responses are counted", "trust.structure:_counts", _none, ("multiplicity/*", "wrapping/xsw7-*")),
    Guard("IDs are compared", "trust.structure:_identifiers", _none, ("ids/*",)),
    Guard("values are looked into", "trust.structure:_values", _none, ("content/comment-*", "content/instruction-*")),
    Guard(
        "stray signatures are found", "trust.structure:stray_signatures", lambda _anatomy: (), ("stripping/moved-*", "wrapping/*")
    ),
    Guard("ID attributes of other spellings count", "trust.identifiers:_ID_LIKE", frozenset({"id"}), ("ids/same-as-*",)),
    Guard("relative namespaces are found", "trust.references:relative_namespace", _nothing, ("canonicalisation/*",)),
    _attack("several-assertions", "multiplicity/*"),
    _attack("assertion-elsewhere", "multiplicity/forged-elsewhere-*", "wrapping/xsw7-*"),
    _attack("statement-elsewhere", "multiplicity/statements-*"),
    _attack("duplicate-id", "ids/*"),
    _attack("processing-instruction", "content/instruction-*"),
    _attack("child-element-in-value", "content/element-*"),
    _attack("encrypted-beside-plain", "multiplicity/encrypted-*"),
    _attack("several-responses", "multiplicity/*response-in-response*"),
    _attack("signature-look-alike", "stripping/outer-signature-in-*"),
    _attack("relative-namespace", "redirect/relative-*"),
    # The gate in front of the engines.
    Guard("gate: whole document", "trust.references:_whole_document", _nothing, ("canonicalisation/*",)),
    Guard("gate: one of each part, in order", "trust.references:_shape", _nothing, ("stripping/*", "references/several-*")),
    Guard("gate: signature about another element", "trust.references:_elsewhere", _nothing, ("wrapping/*", "references/other-*")),
    Guard("gate: # and the ID of the parent", "trust.references:_reference", _nothing, ("references/*",)),
    Guard("gate: enveloped and one canonicalisation", "trust.references:_transforms", _nothing, ("transforms/*",)),
    Guard("gate: listed algorithms", "trust.references:_algorithms", _nothing, ("algorithms/*",)),
    Guard(
        "nothing beside a signed whole document",
        "trust.references:names_whole_document",
        lambda uri, _parent: not uri,
        ("references/whole-document-beside-*",),
    ),
    Guard("keyed hashes are refused", "trust.algorithms:is_hmac", _no, ("trusted_keys/hmac-*",)),
    Guard("policy modern refuses SHA-1", "trust.algorithms:refused_by", _no, ("algorithms/sha1-*",)),
    # Both engines, the keys, coverage.
    Guard("the first engine is asked", "trust.signatures:confirming", _every_key, ("content/changed-*",)),
    Guard("the second engine is asked", "trust.autopsy:Examination.signed_by", _yes, ("trusted_keys/signed-by-*",)),
    Guard("short keys prove nothing", "trust.verdict:weak_key", _no, ("trusted_keys/short-key-under-modern-*",)),
    Guard(
        "keys speak for their Issuer",
        "trust.establish:for_issuer",
        lambda anchors, _issuer: anchors.keys,
        ("trusted_keys/*entity*",),
    ),
    Guard("keys for encryption verify nothing", "saml.metadata:KeyDescriptor.signs", True, ("trusted_keys/key-for-*",)),
    Guard("what is read must be covered", "trust.establish:_is_covered", _yes, ("stripping/*", "wrapping/*")),
    Guard("a bad signature is not excused by a good one", "trust.establish:_inside", _yes, ("stripping/*", "content/*")),
    # Decryption and the redirect binding.
    Guard("encryption from outside is refused", "trust.ciphers:refuse", _nothing, ("encryption/*",)),
    Guard("names of parameters are written plainly", "trust.redirect:_SIGNED", (), ("redirect/name-in-escapes-*",)),
    # What rules ask.
    _check("signed_is_read", "wrapping/*"),
    _check("inner_signatures", "content/inner-*"),
    _check("signature_reason", "stripping/*"),
    _check("audience_restrictions", "profile/audience-*"),
    _check("bearer_confirmation", "profile/recipient-*"),
    Guard("confirmation: Recipient", "checks.confirmation:_Confirmation._recipient", _fine, ("profile/recipient-*",)),
    Guard(
        "confirmation: NotOnOrAfter", "checks.confirmation:_Confirmation._not_on_or_after", _fine, ("profile/confirmation-end-*",)
    ),
    Guard("confirmation: InResponseTo", "checks.confirmation:_Confirmation._in_response_to", _fine, ("profile/confirmation-in-*",)),
    Guard("errors block acceptance", "diagnosis.verdict:blocks", _no, ("profile/*",)),
)


@contextmanager
def switched_off(guard: Guard) -> Iterator[None]:
    """Put the guard's replacement in its place for the length of a block. Raises AttributeError if there is no such place."""
    module, _, path = guard.where.partition(":")
    owner: Any = importlib.import_module(f"samlcheck.{module}")
    *steps, name = path.split(".")
    for step in steps:
        owner = getattr(owner, step)
    kept = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
    setattr(owner, name, guard.off)
    judging.forget()  # what was read of key files with the guard on
    try:
        yield
    finally:
        setattr(owner, name, kept)
        judging.forget()


@dataclass(frozen=True)
class Flip:
    """A vector that came out otherwise."""

    vector: str
    let_through: bool
    """Whether it was accepted or trusted, which it must not be."""
    now: str


Forgeries = Sequence[tuple[Vector, Sent, judging.Observed]]
"""Vectors with their messages, and what is said of them while every guard is on."""


def flips(guard: Guard, forgeries: Forgeries, *, enough: int = 0) -> list[Flip]:
    """Return the vectors that come out otherwise without the guard; ``enough``: stop after so many (0: never)."""
    found: list[Flip] = []
    with switched_off(guard):
        for vector, sent, before in forgeries:
            flip = _flip(vector, sent, before)
            if flip is not None:
                found.append(flip)
                if enough and len(found) >= enough:
                    break
    return found


def _flip(vector: Vector, sent: Sent, before: judging.Observed) -> Flip | None:
    try:
        after = judging.judge_sent(sent)
    except Exception as error:  # noqa: BLE001 - a guard that keeps the program from crashing is one too
        return Flip(vector.id, False, type(error).__name__)
    if _words(after) == _words(before) and not after.broken:
        return None
    through = after.acceptance == "accepted" or (after.trust == "trusted" and before.trust != "trusted")
    return Flip(vector.id, through, ", ".join(_words(after)))


def _words(observed: judging.Observed) -> tuple[str, ...]:
    return observed.acceptance, observed.trust, observed.signature, observed.reason, observed.named


def looked_at(guard: Guard, vectors: Sequence[Vector]) -> list[Vector]:
    """Return the vectors that should notice the guard's absence, in the order in which they are to be tried."""
    refused = [vector for vector in vectors if not vector.must_accept]
    return [vector for pattern in guard.look for vector in refused if fnmatchcase(vector.id, pattern)]


def prepared(vectors: Sequence[Vector]) -> Forgeries:
    """Return the vectors made and judged."""
    made = [(vector, vector.make()) for vector in vectors]
    return [(vector, sent, judging.judge_sent(sent)) for vector, sent in made]
