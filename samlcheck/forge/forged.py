"""From a recipe and keys to a message as it travels."""

from __future__ import annotations

import base64
from functools import cached_property
from urllib.parse import urlencode

from samlcheck.forge.damage import damaged
from samlcheck.forge.keys import Keys, keys_for_this_run
from samlcheck.forge.messages import ELEMENTS, message
from samlcheck.forge.metadata import idp_metadata, sp_metadata
from samlcheck.forge.products import STYLES
from samlcheck.forge.recipe import Recipe
from samlcheck.forge.seal import seal
from samlcheck.forge.sign import Signing, sign
from samlcheck.forge.write import (
    ASSERTION_END,
    ASSERTION_SIGNATURE,
    ASSERTION_START,
    RESPONSE_SIGNATURE,
    Writer,
    element,
    on_lines,
    request,
)
from samlcheck.forge.write_message import write_message
from samlcheck.frozen import dataclass


@dataclass(frozen=True)
class Forged:
    """A forged login: the response and, where it answers one, the request."""

    recipe: Recipe
    keys: Keys
    """The keys that a careful user would pin: those given, or the special ones of the recipe; never those of
    ``key: other``."""
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
        """The AuthnRequest (or ArtifactResolve), or None where the login starts at the identity provider."""
        if self.recipe.message is not None:
            if self.recipe.message.kind != "artifactresponse":
                return None
            resolve = write_message(message("artifactresolve"), (), "")
            return resolve.replace(RESPONSE_SIGNATURE, "").encode()
        asked = self.recipe.request
        if asked is None:
            return None
        xml = request(asked)
        if asked.sign != "none":
            signer = self.keys if asked.sign == "service" else keys_for_this_run("other")
            signing = Signing(signer, "sha256", "sha256", self.recipe.canonicalization, signer)
            xml = sign(xml, RESPONSE_SIGNATURE, "AuthnRequest", STYLES["generic"], signing)
        return xml.replace(RESPONSE_SIGNATURE, "").encode()

    def idp_metadata(self, *keys: Keys) -> bytes:
        """Return the identity provider's metadata with these keys, or the pinned ones."""
        return idp_metadata(self.recipe, keys or (self.keys,))

    def sp_metadata(self, *keys: Keys, signing: tuple[Keys, ...] = ()) -> bytes:
        """Return the service provider's metadata; keys are for encryption."""
        return sp_metadata(self.recipe, keys, signing=signing)


def forge(recipe: Recipe, keys: Keys, *, encryption_for: Keys | None = None, other: Keys | None = None) -> Forged:
    """Return the login of a recipe, signed with ``keys``.

    encryption_for: recipient of what the recipe encrypts; without it a key that nobody has. other: the keys meant by
    ``key: other`` and ``embed: other``; without them keys made for this process.
    Raises ValueError for an algorithm that cannot be forged, and for damage that the message has no place for.
    """
    pinned = keys if recipe.key in ("trusted", "other") else keys_for_this_run(recipe.key)
    stranger = other or keys_for_this_run("other")
    signer = stranger if recipe.key == "other" else pinned
    embedded = {"signer": signer, "trusted": pinned, "other": stranger}.get(recipe.embed)
    recipient = (encryption_for or keys_for_this_run("recipient")) if recipe.encrypt else None

    def sealed(xml: str) -> str:
        assert recipient is not None
        return seal(xml, recipient, recipe.data_algorithm, recipe.key_algorithm)

    style = STYLES[recipe.style]
    writer = Writer(recipe, lambda _, xml: sealed(xml))
    signing = Signing(signer, recipe.signature_algorithm, recipe.digest_algorithm, recipe.canonicalization, embedded)
    xml = writer.response()
    if recipe.layout == "lines":
        xml = on_lines(xml)
    if recipe.sign in ("assertion", "both") and recipe.assertions:
        xml = sign(xml, ASSERTION_SIGNATURE, "Assertion", style, signing)
    if recipe.inner_damage:
        xml = damaged(xml, recipe.inner_damage)
    if "assertion" in recipe.encrypt and recipe.assertions:
        before, _, rest = xml.partition(ASSERTION_START)
        assertion, _, after = rest.partition(ASSERTION_END)
        declared = None if style.declared_at_root else writer.own_declaration
        xml = before + element(
            writer.saml("EncryptedAssertion"), [declared] if declared else [], sealed(assertion.replace(ASSERTION_SIGNATURE, ""))
        ) + after  # fmt: skip
    if recipe.sign in ("response", "both"):
        xml = sign(xml, RESPONSE_SIGNATURE, "Response", style, signing)
    if recipe.message is not None:
        xml = write_message(recipe.message, recipe.status, xml)
        if recipe.sign != "none":
            xml = sign(xml, RESPONSE_SIGNATURE, ELEMENTS[recipe.message.kind], style, signing)
    xml = xml.translate(dict.fromkeys(map(ord, (RESPONSE_SIGNATURE, ASSERTION_SIGNATURE, ASSERTION_START, ASSERTION_END))))
    if recipe.damage:
        xml = damaged(xml, recipe.damage)
    return Forged(recipe, pinned, xml.encode())
