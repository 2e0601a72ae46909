"""What is left of a message that was masked or cut off, and how to say so.

A captured value never enters these errors; of element names only those that the standards define do.
"""

from __future__ import annotations

import re

from samlcheck.capture.model import Layer
from samlcheck.errors import InputError

_MARKED = re.compile(
    r"\[?[\w ]{0,40}(?:redacted|REDACTED|masked|MASKED|removed|obfuscated|scrubbed)\]?|<[^>]{0,40}(?:redacted|removed)[^>]{0,10}>"
    r"|[*xX•.]{3,}|%5B[\w%]{0,60}redacted%5D"
    r"|\{(?:hash:[0-9A-Fa-f]{0,128}|obf:\w{0,40}|overwritten)\}"  # SAML-tracer's own
)
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{64}")
_USUAL_CUTS = frozenset((254, 255, 256, 511, 512, 1000, 1023, 1024, 2000, 2047, 2048, 4000, 4095, 4096, 8000, 8190, 8191, 8192,
                         16383, 16384, 32759, 32766, 32767, 32768, 65535, 65536))  # fmt: skip
_ELEMENTS = re.compile(
    "Response|Assertion|AuthnRequest|Logout(?:Request|Response)|Issuer|Signature|SignedInfo|SignatureValue|Reference|Transforms?|"
    "DigestMethod|DigestValue|CanonicalizationMethod|SignatureMethod|KeyInfo|X509Data|X509Certificate|KeyValue|Status|StatusCode|"
    "StatusMessage|StatusDetail|Subject|NameID|SubjectConfirmation|SubjectConfirmationData|Conditions|AudienceRestriction|Audience|"
    "AuthnStatement|AuthnContext|AuthnContextClassRef|AttributeStatement|Attribute|AttributeValue|EncryptedAssertion|EncryptedData|"
    "EncryptedKey|CipherData|CipherValue|Entit(?:y|ies)Descriptor|(?:IDP|SP)SSODescriptor|KeyDescriptor|SingleSignOnService|"
    "AssertionConsumerService|NameIDPolicy|RequestedAuthnContext|Envelope|Body"
)


def is_masked(value: str) -> bool:
    """Tell whether a value was masked by a sanitiser: ``[SAMLResponse redacted]``, ``{hash:…}``, ``***``, a bare hash."""
    return is_marked(value) or (len(value) < 200 and _HASH.fullmatch(value.strip()) is not None)


def is_marked(value: str) -> bool:
    """Tell whether a value says of itself that it was masked; a bare hash may as well be an opaque value."""
    return len(value) < 200 and _MARKED.fullmatch(value.strip()) is not None


def masked(parameter: str) -> InputError:
    """Return the error for a parameter whose value was masked."""
    return InputError(
        f"The value of {parameter} was masked before the capture was shared: what was sent cannot be recovered from it.",
        tip="Export the capture again without masking form values, or copy the value from the browser's network panel.",
        code="masked",
    )


def undecodable(parameter: str) -> InputError:
    """Return the error for a parameter whose value is neither XML nor any encoding of it."""
    return InputError(
        f"{parameter} holds something that is neither base64 nor XML in any form samlcheck knows.",
        tip="Copy the whole value again, from the first to the last character.",
        code="undecodable",
    )


def truncated(layers: tuple[Layer, ...], octets: int, open_elements: tuple[str, ...]) -> InputError:
    """Return the error for XML that breaks off, with the element it was in the middle of."""
    names = [name.rpartition(":")[2] for name in open_elements]
    inside = next((name for name in reversed(names) if _ELEMENTS.fullmatch(name)), "")
    outermost = names[0] if names and _ELEMENTS.fullmatch(names[0]) and names[0] != inside else ""
    of = f" of {'an' if outermost[0] in 'AE' else 'a'} {outermost}" if outermost else ""
    where = f", inside {inside}{of}" if inside else ""
    base64_layer = next((layer for layer in reversed(layers) if layer.name.startswith("base64")), None)
    if base64_layer is None:
        return InputError(
            f"The XML breaks off at byte {octets}{where}: its end is missing.", tip=_cut_tip(octets), code="truncated"
        )
    characters = base64_layer.size_in
    return InputError(
        f"The base64 text stops after {characters} characters; the XML inside breaks off at byte {octets}{where}.",
        tip=_cut_tip(characters),
        code="truncated",
    )


def _cut_tip(size: int) -> str:
    again = "copy the whole value from the browser's network panel, or give a HAR"
    if size in _USUAL_CUTS:
        return f"{size} is a usual limit of terminals, log fields and forms: {again}."
    return f"It was cut while it was copied: {again}."
