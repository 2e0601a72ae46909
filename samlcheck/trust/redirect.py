"""The detached signature of the HTTP-Redirect binding (bindings 3.4.4.1), over the query exactly as received.

The signed octets are the parameters ``SAMLRequest`` or ``SAMLResponse``, ``RelayState`` where present, and ``SigAlg``, in this
order and in the sender's own percent-encoding: a verifier that encodes anew refuses the senders that write ``%2b``.
"""

from __future__ import annotations

import base64
import itertools
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from samlcheck.capture.model import CapturedMessage
from samlcheck.finding import Text
from samlcheck.trust import algorithms, detached
from samlcheck.trust.detached import Detached, WhatIf, said
from samlcheck.trust.facts import AlgorithmPolicy, PinnedKey, SignatureFact

ELEMENT = "redirect query"
_SIGNED = ("SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_LARGEST = 256 * 1024
"""Octets of a message up to which other compressions are tried."""


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
        return said(fact, "refused", "query-ambiguous", text)
    if not {"Signature", "SigAlg"} <= named.keys():
        text = Text.of("The query holds only one of Signature and SigAlg: the other was taken out, or never written.")
        return said(fact, "refused", "query-incomplete", text)
    parameters = dict(pairs)
    octets = signed_octets(query.saml_parameter, parameters)
    found = Detached("query", octets, unquote(parameters["SigAlg"]), unquote(parameters["Signature"]))
    return detached.judge(fact, found, given, policy, what_ifs(query.saml_parameter, parameters, message.artifact.data))


def signed_octets(message: str, parameters: Mapping[str, str], order: Sequence[str] = ()) -> bytes:
    """Return the octets that are signed: the parameters as received, in the order of the binding.

    message: which parameter holds it, ``SAMLRequest`` or ``SAMLResponse``. parameters: as received, by name.
    """
    names = order or (message, "RelayState", "SigAlg")
    return "&".join(f"{name}={parameters[name]}" for name in names if name in parameters).encode("latin-1", "replace")


def _upper(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[0].upper(), text)


def _lower(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[0].lower(), text)


_ESCAPINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("escapes were changed to lower case", _upper),
    ("escapes were changed to upper case", _lower),
    ("blanks were changed from + to %20", lambda text: text.replace("%20", "+")),
    ("blanks were changed from %20 to +", lambda text: text.replace("+", "%20")),
    ("its parameters were escaped anew", lambda text: quote_plus(unquote_plus(text))),
    ("its parameters were escaped anew", lambda text: quote(unquote_plus(text), safe="")),
    ("its parameters were escaped anew", lambda text: quote(unquote_plus(text), safe="~()*!.'-_")),
    ("its parameters were escaped anew", lambda text: quote(unquote_plus(text), safe="/:?")),
    ("escapes were changed to upper case", lambda text: _lower(quote_plus(unquote_plus(text)))),
    ("escapes were changed to upper case", lambda text: _lower(quote(unquote_plus(text), safe=""))),
)
"""What was done to the escapes, and how to undo it."""
_RSA = ("rsa-sha256", "rsa-sha1", "rsa-sha512", "rsa-sha384")


def what_ifs(message: str, parameters: Mapping[str, str], xml: bytes) -> Iterator[WhatIf]:
    """Yield what could have been signed instead, with what happened. xml: the message; the others as of ``signed_octets``."""
    names = [name for name in (message, "RelayState", "SigAlg") if name in parameters]
    for words, change in _ESCAPINGS:
        yield WhatIf(words, signed_octets(message, {name: change(value) for name, value in parameters.items()}))
    if "RelayState" in parameters:
        without = [name for name in names if name != "RelayState"]
        yield WhatIf("RelayState was added", signed_octets(message, parameters, without))
        yield WhatIf("RelayState was emptied or changed", signed_octets(message, {**parameters, "RelayState": ""}))
    else:
        yield WhatIf("an empty RelayState was dropped", signed_octets(message, {**parameters, "RelayState": ""}))
    yield from _other_base64(message, parameters)
    if len(xml) <= _LARGEST:
        yield from _other_deflate(message, parameters, xml)
    for order in itertools.permutations(names):
        if list(order) != names:
            words = "its parameters were signed in another order than the binding says"
            yield WhatIf(words, signed_octets(message, parameters, order), at_signing=True)
    plain = {name: unquote_plus(value) for name, value in parameters.items()}
    octets = "&".join(f"{name}={plain[name]}" for name in names).encode("utf-8", "surrogateescape")
    yield WhatIf("its parameters were signed before they were escaped", octets, at_signing=True)
    yield WhatIf("SigAlg is not part of what was signed", signed_octets(message, parameters, names[:-1]), at_signing=True)
    for uri, method in algorithms.SIGNATURE_METHODS.items():
        short = algorithms.short(uri)
        if short in _RSA and uri != plain["SigAlg"]:
            yield WhatIf(
                f"it is signed with {short}, which is not what SigAlg says", signed_octets(message, parameters), method, True
            )


def _other_base64(message: str, parameters: Mapping[str, str]) -> Iterator[WhatIf]:
    """Yield the message's base64 as senders may have written it before somebody tidied it."""
    flat = "".join(unquote_plus(parameters[message]).replace(" ", "+").split())
    padded = flat.rstrip("=") + "=" * (-len(flat.rstrip("=")) % 4)
    for words, text in (
        ("the padding of the base64 was dropped", padded),
        ("the base64 was padded", flat.rstrip("=")),
        ("line breaks were taken out of the base64", "\n".join(re.findall(".{1,76}", padded))),
        ("line breaks were taken out of the base64", "\r\n".join(re.findall(".{1,76}", padded))),
        ("line breaks were taken out of the base64", "".join(f"{line}\n" for line in re.findall(".{1,76}", padded))),
        ("the base64 was rewritten in the alphabet for URLs", padded.replace("-", "+").replace("_", "/")),
    ):
        for escape in (quote_plus, quote):
            yield WhatIf(words, signed_octets(message, {**parameters, message: escape(text)}))


def _other_deflate(message: str, parameters: Mapping[str, str], xml: bytes) -> Iterator[WhatIf]:
    """Yield the message compressed by other levels of the usual library: somebody inflated it and compressed it anew."""
    for level in (6, 9, 1, 8):
        deflater = zlib.compressobj(level, wbits=-15)
        text = base64.b64encode(deflater.compress(xml) + deflater.flush()).decode()
        for escaped in (quote_plus(text), _lower(quote_plus(text))):
            yield WhatIf("the message was compressed anew", signed_octets(message, {**parameters, message: escaped}))
