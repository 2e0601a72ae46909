"""The detached signature of the HTTP-POST-SimpleSign binding (SimpleSign 1.0, section 2.5): fields of the form, decoded.

The signed octets are ``SAMLResponse=`` (or ``SAMLRequest=``) and the message itself, ``&RelayState=`` and its value where there
is one, ``&SigAlg=`` and its value; neither base64 nor percent-encoding is part of them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from samlcheck.capture.model import CapturedMessage
from samlcheck.finding import Text
from samlcheck.trust import detached
from samlcheck.trust.detached import Detached, WhatIf, said
from samlcheck.trust.facts import AlgorithmPolicy, PinnedKey, SignatureFact

ELEMENT = "SimpleSign form"


def judge(message: CapturedMessage, given: Sequence[PinnedKey], policy: AlgorithmPolicy) -> SignatureFact | None:
    """Return the verdict on the form's signature; None if the message came another way."""
    signed = message.simple_sign
    if signed is None:
        return None
    fact = SignatureFact(ELEMENT, "absent", "no-signature", Text.of("The form is not signed."), None)
    if signed.duplicated:
        text = Text.of("The form holds a field twice: verifier and reader may take different ones.")
        return said(fact, "refused", "query-ambiguous", text)
    octets = _octets(message, message.artifact.data, message.relay_state, signed.sig_alg)
    found = Detached("form", octets, signed.sig_alg, signed.signature)
    return detached.judge(fact, found, given, policy, _what_ifs(message, signed.sig_alg))


def _octets(message: CapturedMessage, xml: bytes, relay_state: str | None, algorithm: str) -> bytes:
    state = "" if relay_state is None else f"&RelayState={relay_state}"
    return f"{message.parameter or 'SAMLResponse'}=".encode() + xml + f"{state}&SigAlg={algorithm}".encode()


def _what_ifs(message: CapturedMessage, algorithm: str) -> Iterator[WhatIf]:
    """Yield what could have been signed instead, with what happened."""
    xml, state = message.artifact.data, message.relay_state
    if state is not None:
        yield WhatIf("RelayState was added", _octets(message, xml, None, algorithm))
    else:
        yield WhatIf("an empty RelayState was dropped", _octets(message, xml, "", algorithm))
    yield WhatIf("line ends of the message were changed", _octets(message, xml.replace(b"\r\n", b"\n"), state, algorithm))
    yield WhatIf("line ends of the message were changed", _octets(message, xml.replace(b"\n", b"\r\n"), state, algorithm))
    words = "it is the base64 of the message that is signed, not the message"
    yield WhatIf(words, _octets(message, base64.b64encode(xml), state, algorithm), at_signing=True)
