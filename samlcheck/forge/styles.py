"""What tells one identity provider's messages from another's on the wire.

The table of products is in ``products``.
"""

from __future__ import annotations

from typing import Literal

from samlcheck.frozen import dataclass

Signed = Literal["response", "assertion", "both", "none"]
AttributeNames = tuple[tuple[str, str | None, str], ...]
"""Name, FriendlyName, and what it holds: a field of the person (``email``, ``given``, ``family``, ``name``) or a constant."""

EMAIL_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
PLAIN: AttributeNames = (("email", None, "email"), ("firstName", None, "given"), ("lastName", None, "family"))


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one product. Offsets are seconds from IssueInstant."""

    issuer: str
    sso: str
    """SingleSignOnService location for its metadata."""
    certificate_subject: str
    """As ``make_keys`` takes it."""
    response_id: str = "_{hex40}"
    """Template: ``{hexN}`` N hex digits, ``{digitsN}``, ``{textN}`` letters and digits, ``{guid}``."""
    assertion_id: str = "_{hex40}"
    session_index: str = "_{hex32}"
    """Template as above, or ``assertion`` (the assertion's ID) or ``request`` (the request's)."""
    declaration: str = ""
    """XML declaration as written."""
    protocol_prefix: str = "samlp"
    assertion_prefix: str = "saml"
    """Empty: the assertion namespace is the default namespace."""
    declared_at_root: bool = True
    """The assertion namespace is declared once, on the Response."""
    signature_prefix: str = "ds"
    response_order: tuple[str, ...] = ("xmlns", "ID", "Version", "IssueInstant", "Destination", "Consent", "InResponseTo")
    assertion_order: tuple[str, ...] = ("xmlns", "ID", "Version", "IssueInstant")
    attributes_first: bool = False
    """AttributeStatement stands before AuthnStatement."""
    fraction: bool = True
    """Instants carry milliseconds."""
    issuer_format: bool = False
    """Issuer says Format entity."""
    consent: bool = False
    not_before: int = 0
    not_on_or_after: int = 3600
    confirmation_end: int = 300
    session_end: int | None = None
    sign: Signed = "assertion"
    inclusive_prefixes: str = ""
    """PrefixList of InclusiveNamespaces in the signature's transform."""
    key_name: bool = False
    name_format: str | None = None
    value_type: str | None = None
    """xsi:type of AttributeValue, e.g. ``xs:string``."""
    types_at: Literal["value", "assertion"] = "value"
    """Where the prefixes for xsi:type are declared."""
    attributes: AttributeNames = PLAIN
    nameid_format: str = EMAIL_ADDRESS
    sp_name_qualifier: bool = False
    authn_context: str = CLASSES + "PasswordProtectedTransport"
