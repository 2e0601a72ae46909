"""Metadata that goes with a recipe (SAML metadata 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from samlcheck.forge.messages import SINGLE_LOGOUT
from samlcheck.forge.products import STYLES
from samlcheck.forge.recipe import POST, Recipe
from samlcheck.forge.write import element, text
from samlcheck.xmldoc.names import DS, MD, SAMLP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from samlcheck.forge.keys import Keys

_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


def metadata(recipe: Recipe, keys: Sequence[Keys], kind: Literal["idp", "sp"] = "idp", *, valid_until: str | None = None) -> bytes:
    """Return the metadata of the recipe's identity provider or service provider with these keys."""
    return (idp_metadata if kind == "idp" else sp_metadata)(recipe, keys, valid_until=valid_until)


def idp_metadata(recipe: Recipe, keys: Sequence[Keys], *, valid_until: str | None = None, wants_signed: bool = False) -> bytes:
    """Return an md:EntityDescriptor with an IDPSSODescriptor: one signing KeyDescriptor for each of the keys."""
    location = STYLES[recipe.style].sso
    services = "".join(
        element("md:SingleSignOnService", [("Binding", binding), ("Location", location)], None) for binding in (_REDIRECT, POST)
    )
    formats = "" if recipe.nameid_format is None else element("md:NameIDFormat", [], text(recipe.nameid_format))
    role = element(
        "md:IDPSSODescriptor",
        [("WantAuthnRequestsSigned", "true" if wants_signed else "false"), ("protocolSupportEnumeration", SAMLP)],
        _descriptors(keys, "signing") + _single_logout(recipe, "idp") + formats + services,
    )
    return _entity(recipe.assertion_issuer or recipe.response_issuer or "", role, valid_until)


def sp_metadata(
    recipe: Recipe,
    keys: Sequence[Keys] = (),
    *,
    signing: Sequence[Keys] = (),
    valid_until: str | None = None,
    wants_signed: bool = False,
) -> bytes:
    """Return an md:EntityDescriptor with an SPSSODescriptor whose keys, if any, are for encryption, those of ``signing`` apart.

    wants_signed: WantAssertionsSigned.

    The entityID is the recipe's first Audience and the AssertionConsumerService its Destination (or first Recipient).
    """
    location = recipe.destination or next((item.recipient for item in recipe.confirmations if item.recipient), "")
    consumer = [("Binding", POST), ("Location", location), ("index", "0"), ("isDefault", "true")]
    formats = "" if recipe.nameid_format is None else element("md:NameIDFormat", [], text(recipe.nameid_format))
    role = element(
        "md:SPSSODescriptor",
        [
            ("AuthnRequestsSigned", "false"),
            ("WantAssertionsSigned", "true" if wants_signed else "false"),
            ("protocolSupportEnumeration", SAMLP),
        ],
        _descriptors(signing, "signing")
        + _descriptors(keys, "encryption")
        + _single_logout(recipe, "sp")
        + formats
        + element("md:AssertionConsumerService", consumer, None),
    )
    return _entity(next((one for group in recipe.audiences for one in group), ""), role, valid_until)


def _single_logout(recipe: Recipe, side: Literal["idp", "sp"]) -> str:
    """Return where a side takes logouts, for recipes that send one."""
    if recipe.message is None:
        return ""
    return element("md:SingleLogoutService", [("Binding", POST), ("Location", SINGLE_LOGOUT[side])], None)


def _descriptors(keys: Sequence[Keys], use: str) -> str:
    return "".join(
        f'<md:KeyDescriptor use="{use}"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{one.certificate_base64}'
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for one in keys
    )


def _entity(entity_id: str, role: str, valid_until: str | None) -> bytes:
    attributes = [("xmlns:md", MD), ("entityID", entity_id), ("validUntil", valid_until)]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + element("md:EntityDescriptor", attributes, role) + "\n").encode()
