"""From a recipe and keys to a message as it travels."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlencode

from samlcheck.forge.damage import DAMAGES
from samlcheck.forge.keys import Keys, make_keys
from samlcheck.forge.metadata import idp_metadata, sp_metadata
from samlcheck.forge.recipe import Recipe
from samlcheck.forge.seal import seal
from samlcheck.forge.sign import Signing, hash_named, sign
from samlcheck.forge.styles import STYLES
from samlcheck.forge.write import (
    ASSERTION_END,
    ASSERTION_SIGNATURE,
    ASSERTION_START,
    RESPONSE_SIGNATURE,
    Writer,
    element,
    request,
)


@dataclass(frozen=True)
class Forged:
    """A forged login: the response and, where it answers one, the request."""

    recipe: Recipe
    keys: Keys
    """The keys that a careful user would pin; with ``key: other`` not those that signed."""
    xml: bytes
    """The response, signed, encrypted and damaged as the recipe says."""

    @cached_property
    def base64(self) -> str:
        """The response as the browser posts it, before percent-encoding."""
        return base64.b64encode(self.xml).decode()

    @cached_property
    def form(self) -> str:
        """The body of the POST (bindings 3.5.4)."""
        state = self.recipe.relay_state
        return urlencode({"SAMLResponse": self.base64, **({} if state is None else {"RelayState": state})})

    @cached_property
    def request_xml(self) -> bytes | None:
        """The AuthnRequest, or None where the login starts at the identity provider."""
        return None if self.recipe.request is None else request(self.recipe.request).encode()

    def idp_metadata(self, *keys: Keys) -> bytes:
        """Return the identity provider's metadata with these keys, or the pinned ones."""
        return idp_metadata(self.recipe, keys or (self.keys,))

    def sp_metadata(self, *keys: Keys) -> bytes:
        """Return the service provider's metadata; keys are for encryption."""
        return sp_metadata(self.recipe, keys)


def forge(recipe: Recipe, keys: Keys, *, encryption_for: Keys | None = None, other: Keys | None = None) -> Forged:
    """Return the login of a recipe, signed with ``keys``.

    encryption_for: recipient of what the recipe encrypts; without it a key that nobody has. other: the keys meant by
    ``key: other`` and ``embed: other``; without them keys made for this process.
    Raises ValueError for an algorithm that cannot be forged.
    """

    def named(which: str) -> Keys:
        return keys if which == "trusted" else other or _passing_keys("other.example")

    signer = named(recipe.key)
    recipient = (encryption_for or _passing_keys("sp.example")) if recipe.encrypt else None

    def sealed(xml: str) -> str:
        assert recipient is not None
        return seal(xml, recipient, recipe.data_algorithm, recipe.key_algorithm)

    style = STYLES[recipe.style]
    writer = Writer(recipe, lambda _, xml: sealed(xml))
    signing = Signing(
        signer,
        hash_named(recipe.signature_algorithm),
        hash_named(recipe.digest_algorithm),
        recipe.canonicalization,
        signer if recipe.embed == "signer" else None if recipe.embed == "none" else named(recipe.embed),
    )
    xml = writer.response()
    if recipe.sign in ("assertion", "both") and recipe.assertions:
        xml = sign(xml, ASSERTION_SIGNATURE, "Assertion", style, signing)
    if "assertion" in recipe.encrypt and recipe.assertions:
        before, _, rest = xml.partition(ASSERTION_START)
        assertion, _, after = rest.partition(ASSERTION_END)
        declared = None if style.declared_at_root else writer.own_declaration
        xml = before + element(
            writer.saml("EncryptedAssertion"), [declared] if declared else [], sealed(assertion.replace(ASSERTION_SIGNATURE, ""))
        ) + after  # fmt: skip
    if recipe.sign in ("response", "both"):
        xml = sign(xml, RESPONSE_SIGNATURE, "Response", style, signing)
    xml = xml.translate(dict.fromkeys(map(ord, (RESPONSE_SIGNATURE, ASSERTION_SIGNATURE, ASSERTION_START, ASSERTION_END))))
    if recipe.damage:
        xml = DAMAGES[recipe.damage](xml)
    return Forged(recipe, keys, xml.encode())


@cache
def _passing_keys(common_name: str) -> Keys:
    """Keys for the life of this process, for a signer or recipient that is nobody's."""
    return make_keys(common_name)
