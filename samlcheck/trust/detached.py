"""A signature beside a message, not inside it: over octets that the query or the form spells out.

Shared by the HTTP-Redirect binding (``redirect``) and the HTTP-POST-SimpleSign binding (``simplesign``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from samlcheck.finding import Slot, Text, joined
from samlcheck.frozen import dataclass
from samlcheck.trust import algorithms, signatures
from samlcheck.trust.algorithms import SignatureMethod, weak_key
from samlcheck.trust.certificates import in_words
from samlcheck.trust.digests import verifies
from samlcheck.trust.facts import AlgorithmPolicy, KeyTried, PinnedKey, SignatureFact, SignatureVerdict
from samlcheck.trust.written import octets_of

_LISTED = 4
"""Keys named in one explanation."""


@dataclass(frozen=True, slots=True)
class Detached:
    """What is to be verified."""

    what: str
    """``query`` or ``form``."""
    octets: bytes
    """What the binding says is signed."""
    algorithm: str
    """SigAlg, decoded."""
    value: str
    """Signature, base64."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Other octets or another method that the signature may be over, and what that would mean."""

    words: str
    """A clause: ``escapes were changed to lower case``."""
    octets: bytes
    method: SignatureMethod | None = None
    """Where it is not the one that SigAlg names."""
    at_signing: bool = False
    """Whether the sender did it, and nobody since."""


def judge(
    fact: SignatureFact, found: Detached, given: Sequence[PinnedKey], policy: AlgorithmPolicy, what_ifs: Iterable[WhatIf]
) -> SignatureFact:
    """Return ``fact`` with the verdict: both engines over the octets as received, then the explanation.

    what_ifs: tried in order where no key verifies the octets as they are.
    """
    fact = replace(fact, signature_algorithm=found.algorithm)
    method = algorithms.SIGNATURE_METHODS.get(found.algorithm)
    if algorithms.is_hmac(found.algorithm):
        text = Text.of("The signature is a keyed hash (HMAC): anyone who knows the certificate could have made it.")
        return said(fact, "refused", "hmac", text)
    if method is None or algorithms.refused_by(policy, method.hash):
        named = algorithms.short(found.algorithm)
        text = Text.of("SigAlg ", Slot(named), f" is not accepted (policy {policy}); sign with rsa-sha256.")
        return said(fact, "refused", "algorithm-refused", text)
    value = octets_of(found.value)
    if not value:
        text = Text.of(f"Signature is missing from the {found.what} or is not base64.")
        return said(fact, "invalid", "signature-value-malformed", text)
    own = [key for key in given if verifies(key.public_der, method, found.octets, value)]
    fact = replace(fact, tried=tuple(KeyTried(key.certificate, key in own) for key in given))
    if not given:
        text = Text.of(f"No key was given to verify the {found.what}'s signature with. Give the sender's certificate or metadata.")
        return said(fact, "unverifiable", "no-key-given", text)
    try:
        confirmed = [key for key in given if signatures.confirms_octets(found.octets, found.algorithm, value, key.public_der)]
    except signatures.EngineMissingError as missing:
        text = Text.of("The signature cannot be verified: xmlsec does not load (", Slot(str(missing)), "). Run samlcheck doctor.")
        return said(fact, "unverifiable", "engine-missing", text)
    if own != confirmed:
        text = Text.of(
            f"The two engines disagree about the {found.what}'s signature: it counts for nothing. "
            "Please report this bug of samlcheck."
        )
        return said(fact, "unverifiable", "engines-disagree", text)
    if own:
        return _valid(fact, found.what, own[0], policy)
    return _explained(fact, found.what, method, value, given, what_ifs)


def said(fact: SignatureFact, verdict: SignatureVerdict, reason: str, explanation: Text) -> SignatureFact:
    """Return the fact with its verdict."""
    return replace(fact, verdict=verdict, reason=reason, explanation=explanation)


def _valid(fact: SignatureFact, what: str, pinned: PinnedKey, policy: AlgorithmPolicy) -> SignatureFact:
    key = pinned.certificate
    if weak_key(key, policy):
        start = f"The {what}'s signature verifies, but its key is too short to prove anything ({key.key_type}): "
        return said(fact, "refused", "weak-key", Text.of(start, in_words(key), "."))
    return replace(
        said(fact, "valid", "ok", Text.of(f"The {what} is signed by ", in_words(key), ", from ", Slot(key.origin), ".")), key=key
    )


def _explained(
    fact: SignatureFact, what: str, method: SignatureMethod, value: bytes, given: Sequence[PinnedKey], what_ifs: Iterable[WhatIf]
) -> SignatureFact:
    for guess in what_ifs:
        for pinned in given:
            if not verifies(pinned.public_der, guess.method or method, guess.octets, value):
                continue
            if guess.at_signing:
                start = f"The sender did not sign the {what} as the binding says: {guess.words}. Read so, it is signed"
            else:
                start = f"The {what} was changed after signing: {guess.words}. Undone, it is as signed"
            return said(
                fact, "invalid", "content-changed", Text.of(f"{start} by the key given, ", in_words(pinned.certificate), ".")
            )
    tried = joined((in_words(key.certificate) for key in given[:_LISTED]), "; ")
    return said(
        fact,
        "invalid",
        "other-key",
        Text.of(f"None of the keys given made the {what}'s signature, or the {what} was changed: ", tried, "."),
    )
