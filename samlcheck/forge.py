"""Healthy and broken SAML logins from a recipe: for rule examples, fixtures, tests and redaction.

State only the deviation: a recipe has good defaults, edits are made by fact name *before* signing, and keys are made
when they are needed; no private key is ever stored.
"""

from __future__ import annotations
