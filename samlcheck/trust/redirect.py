"""The detached signature of the HTTP-Redirect binding (bindings 3.4.4.1), over the query exactly as received.

The signed octets are the parameters ``SAMLRequest`` or ``SAMLResponse``, ``RelayState`` where present, and ``SigAlg``, in this
order and in the sender's own percent-encoding: a verifier that encodes anew refuses the senders that write ``%2b``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from samlcheck.capture.model import CapturedMessage, RedirectQuery
from samlcheck.finding import Slot, Text
from samlcheck.trust import algorithms, signatures
from samlcheck.trust.algorithms import SignatureMethod, weak_key
from samlcheck.trust.certificates import in_words
from samlcheck.trust.digests import verifies
from samlcheck.trust.facts import AlgorithmPolicy, KeyTried, PinnedKey, SignatureFact, SignatureVerdict
from samlcheck.trust.references import octets_of

ELEMENT = "redirect query"
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


def judge(message: CapturedMessage, given: Sequence[PinnedKey], policy: AlgorithmPolicy) -> SignatureFact | None:
    """Return the verdict on the query's signature, ``absent`` where it has none; None if the message came another way."""
    query = message.redirect
    if query is None:
        return None
    fact = SignatureFact(ELEMENT, "absent", "no-signature", Text.of("The redirect query is not signed."), None)
    pairs = [part.partition("=")[::2] for part in query.raw.split("&") if part]
    named = {unquote_plus(name): name for name, _ in pairs}
    if "Signature" not in named and "SigAlg" not in named:
        return fact
    if (
        query.duplicated
        or len(named) != len(pairs)
        or any(decoded != name for decoded, name in named.items() if decoded in _SIGNED)
    ):
        text = Text.of(
            "The query holds a parameter twice or writes its name in escapes: verifier and reader may take different ones."
        )
        return _said(fact, "refused", "query-ambiguous", text)
    if not {"Signature", "SigAlg"} <= named.keys():
        text = Text.of("The query holds only one of Signature and SigAlg: the other was taken out, or never written.")
        return _said(fact, "refused", "query-incomplete", text)
    parameters = dict(pairs)
    algorithm, value = unquote(parameters.get("SigAlg", "")), octets_of(unquote(parameters.get("Signature", "")))
    fact = replace(fact, signature_algorithm=algorithm)
    method = algorithms.SIGNATURE_METHODS.get(algorithm)
    if algorithms.is_hmac(algorithm):
        return _said(
            fact,
            "refused",
            "hmac",
            Text.of("The signature is a keyed hash (HMAC): anyone who knows the certificate could have made it."),
        )
    if method is None or algorithms.refused_by(policy, method.hash):
        text = Text.of("SigAlg ", Slot(algorithms.short(algorithm)), f" is not accepted (policy {policy}); sign with rsa-sha256.")
        return _said(fact, "refused", "algorithm-refused", text)
    if not value:
        return _said(fact, "invalid", "signature-value-malformed", Text.of("Signature is missing from the query or is not base64."))
    octets = _joined(query, parameters)
    return _verdict(fact, query, parameters, octets, method, value, given, policy)


_SIGNED = ("SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature")


def _verdict(
    fact: SignatureFact,
    query: RedirectQuery,
    parameters: dict[str, str],
    octets: bytes,
    method: SignatureMethod,
    value: bytes,
    given: Sequence[PinnedKey],
    policy: AlgorithmPolicy,
) -> SignatureFact:
    """Both engines over the octets as received, then the explanation."""
    own = [key for key in given if verifies(key.public_der, method, octets, value)]
    fact = replace(fact, tried=tuple(KeyTried(key.certificate, key in own) for key in given))
    if not given:
        text = Text.of("No key was given to verify the query's signature with. Give the sender's certificate or metadata.")
        return _said(fact, "unverifiable", "no-key-given", text)
    try:
        confirmed = [key for key in given if signatures.confirms_octets(octets, fact.signature_algorithm, value, key.public_der)]
    except signatures.EngineMissingError as missing:
        text = Text.of("The signature cannot be verified: xmlsec does not load (", Slot(str(missing)), "). Run samlcheck doctor.")
        return _said(fact, "unverifiable", "engine-missing", text)
    if own != confirmed:
        text = Text.of(
            "The two engines disagree about the query's signature: it counts for nothing. Please report this bug of samlcheck."
        )
        return _said(fact, "unverifiable", "engines-disagree", text)
    if own:
        key = own[0].certificate
        if weak_key(key, policy):
            text = Text.of(
                f"The query's signature verifies, but its key is too short to prove anything ({key.key_type}): ", in_words(key), "."
            )
            return _said(fact, "refused", "weak-key", text)
        return replace(
            _said(fact, "valid", "ok", Text.of("The query is signed by ", in_words(key), ", from ", Slot(key.origin), ".")), key=key
        )
    for words, what_if in _hypotheses(query, parameters):
        for pinned in given:
            if verifies(pinned.public_der, method, what_if, value):
                text = Text.of(
                    f"The query was changed after signing: {words}. Undone, it is as signed by the key given, ",
                    in_words(pinned.certificate),
                    ".",
                )
                return _said(fact, "invalid", "content-changed", text)
    tried = Text.of(*(part for key in given[:4] for part in (in_words(key.certificate), "; ")))
    text = Text.of("None of the keys given made the query's signature, or the query was changed: ", Text(tried.parts[:-1]), ".")
    return _said(fact, "invalid", "other-key", text)


def _joined(query: RedirectQuery, parameters: dict[str, str], order: Sequence[str] = ()) -> bytes:
    """Return the octets that are signed: the parameters as received, in the order of the binding."""
    names = order or (query.saml_parameter, "RelayState", "SigAlg")
    return "&".join(f"{name}={parameters[name]}" for name in names if name in parameters).encode("latin-1", "replace")


def _hypotheses(query: RedirectQuery, parameters: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield what could have been signed instead, with the change that happened since."""
    names = [name for name in (query.saml_parameter, "RelayState", "SigAlg") if name in parameters]
    for order in itertools.permutations(names):
        if list(order) != names:
            yield "its parameters were signed in another order than the binding says", _joined(query, parameters, order)
    encodings: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("escapes were changed to lower case", lambda text: _ESCAPE.sub(lambda found: found[0].upper(), text)),
        ("escapes were changed to upper case", lambda text: _ESCAPE.sub(lambda found: found[0].lower(), text)),
        ("its parameters were escaped anew", lambda text: quote(unquote_plus(text), safe="")),
        ("its parameters were escaped anew", lambda text: quote_plus(unquote_plus(text))),
        ("its parameters were escaped anew", lambda text: quote(unquote_plus(text), safe="~()*!.'-_")),
        (
            "escapes were changed to lower case",
            lambda text: _ESCAPE.sub(lambda found: found[0].lower(), quote_plus(unquote_plus(text))),
        ),
    )
    for words, change in encodings:
        yield words, _joined(query, {name: change(value) for name, value in parameters.items()})
    if "RelayState" in parameters:
        yield "RelayState was added", _joined(query, {**parameters}, [name for name in names if name != "RelayState"])
    else:
        yield "an empty RelayState was dropped", _joined(query, {**parameters, "RelayState": ""})


def _said(fact: SignatureFact, verdict: SignatureVerdict, reason: str, explanation: Text) -> SignatureFact:
    return replace(fact, verdict=verdict, reason=reason, explanation=explanation)
