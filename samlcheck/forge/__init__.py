"""Healthy and broken SAML logins from a recipe: for rule examples, fixtures, tests and redaction.

State only the deviation: ``healthy`` has good defaults, ``edit`` changes them by fact name *before* signing, and keys
are made when they are needed; no private key is ever stored.
"""

from samlcheck.forge.edits import edit
from samlcheck.forge.forged import Forged, forge
from samlcheck.forge.keys import Keys, make_keys
from samlcheck.forge.metadata import idp_metadata, metadata, sp_metadata
from samlcheck.forge.products import STYLES
from samlcheck.forge.recipe import AT, Attribute, Confirmation, Recipe, Request, healthy
from samlcheck.forge.styles import Style

__all__ = [
    "AT", "STYLES", "Attribute", "Confirmation", "Forged", "Keys", "Recipe", "Request", "Style",
    "edit", "forge", "healthy", "idp_metadata", "make_keys", "metadata", "sp_metadata",
]  # fmt: skip
