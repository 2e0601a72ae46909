"""How identity providers write: prefixes, identifiers, order of attributes, timing, what they sign.

A style is what tells one product's messages from another's on the wire. Where an administrator may choose, the style
has the product's default. Observed in messages published by vendors and in their documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Signed = Literal["response", "assertion", "both", "none"]

_UNSPECIFIED_ATTRIBUTE = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
BASIC_ATTRIBUTE = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_URI_ATTRIBUTE = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
_CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
EMAIL_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_WS_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_TENANT = "3f1c0c5e-7d0b-4a55-9a5e-5f0d2b7a9c11"

# (Name, FriendlyName, what it holds: a field of the person)
AttributeNames = tuple[tuple[str, str | None, str], ...]
_PLAIN: AttributeNames = (("email", None, "email"), ("firstName", None, "given"), ("lastName", None, "family"))
_CLAIMS: AttributeNames = (
    (_WS_CLAIMS + "emailaddress", None, "email"),
    (_WS_CLAIMS + "givenname", None, "given"),
    (_WS_CLAIMS + "surname", None, "family"),
    (_WS_CLAIMS + "name", None, "email"),
)
_OIDS: AttributeNames = (
    ("urn:oid:0.9.2342.19200300.100.1.3", "mail", "email"),
    ("urn:oid:2.5.4.42", "givenName", "given"),
    ("urn:oid:2.5.4.4", "sn", "family"),
)


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
    attributes: AttributeNames = _PLAIN
    nameid_format: str = EMAIL_ADDRESS
    sp_name_qualifier: bool = False
    authn_context: str = _CLASSES + "PasswordProtectedTransport"


_OPENSAML_ORDER = ("xmlns", "Consent", "Destination", "ID", "InResponseTo", "IssueInstant", "Version")
_OPENSAML_ASSERTION = ("xmlns", "ID", "IssueInstant", "Version")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_MICROSOFT_ORDER = ("ID", "Version", "IssueInstant", "Destination", "Consent", "InResponseTo", "xmlns")

STYLES: dict[str, Style] = {
    "generic": Style(
        issuer="https://idp.example/saml/metadata",
        sso="https://idp.example/saml/sso",
        certificate_subject="CN=idp.example",
        not_before=-60,
        not_on_or_after=300,
        sign="both",
        fraction=False,
        name_format=BASIC_ATTRIBUTE,
        value_type="xs:string",
        types_at="assertion",
    ),
    "aws-identity-center": Style(
        issuer="https://portal.sso.us-west-2.amazonaws.com/saml/assertion/MTExMTIyMjIzMzMzX2lucy0xYTJiM2M0ZDVlNmY3MDgx",
        sso="https://portal.sso.us-west-2.amazonaws.com/saml/assertion/MTExMTIyMjIzMzMzX2lucy0xYTJiM2M0ZDVlNmY3MDgx",
        certificate_subject="CN=amazonaws.com, OU=IDAS, O=Amazon, C=US",
        response_id="_{guid}",
        assertion_id="_{guid}",
        declaration=_DECLARATION,
        protocol_prefix="saml2p",
        assertion_prefix="saml2",
        declared_at_root=False,
        response_order=_OPENSAML_ORDER,
        assertion_order=_OPENSAML_ASSERTION,
        issuer_format=True,
        not_before=-300,
        confirmation_end=3600,
        session_end=3600,
        sign="both",
        inclusive_prefixes="xsd",
        name_format=_UNSPECIFIED_ATTRIBUTE,
        value_type="xsd:string",
        authn_context=_CLASSES + "Password",
    ),
    "okta": Style(
        issuer="http://www.okta.com/exk1fcia6d6EMsf331d8",
        sso="https://example.okta.com/app/example_sp_1/exk1fcia6d6EMsf331d8/sso/saml",
        certificate_subject="C=US, ST=California, L=San Francisco, O=Okta, OU=SSOProvider, CN=example, emailAddress=info@okta.com",
        response_id="id{digits23}",
        assertion_id="id{digits23}",
        session_index="request",
        declaration=_DECLARATION,
        protocol_prefix="saml2p",
        assertion_prefix="saml2",
        declared_at_root=False,
        response_order=_OPENSAML_ORDER,
        assertion_order=_OPENSAML_ASSERTION,
        issuer_format=True,
        not_before=-300,
        not_on_or_after=300,
        sign="both",
        inclusive_prefixes="xs",
        name_format=_UNSPECIFIED_ATTRIBUTE,
        value_type="xs:string",
    ),
    "entra-id": Style(
        issuer=f"https://sts.windows.net/{_TENANT}/",
        sso=f"https://login.microsoftonline.com/{_TENANT}/saml2",
        certificate_subject="CN=Microsoft Azure Federated SSO Certificate",
        response_id="_{guid}",
        assertion_id="_{guid}",
        session_index="assertion",
        assertion_prefix="",
        declared_at_root=False,
        signature_prefix="",
        response_order=_MICROSOFT_ORDER,
        assertion_order=("ID", "IssueInstant", "Version", "xmlns"),
        attributes_first=True,
        not_before=-300,
        confirmation_end=3600,
        attributes=(
            ("http://schemas.microsoft.com/identity/claims/tenantid", None, _TENANT),
            ("http://schemas.microsoft.com/identity/claims/objectidentifier", None, "8c6a1f8e-2f3b-4f58-8f0e-6a1f0c9b7d22"),
            ("http://schemas.microsoft.com/identity/claims/displayname", None, "name"),
            ("http://schemas.microsoft.com/identity/claims/identityprovider", None, f"https://sts.windows.net/{_TENANT}/"),
            *_CLAIMS,
        ),
        authn_context=_CLASSES + "Password",
    ),
    "adfs": Style(
        issuer="http://fs.example.com/adfs/services/trust",
        sso="https://fs.example.com/adfs/ls/",
        certificate_subject="CN=ADFS Signing - fs.example.com",
        response_id="_{guid}",
        assertion_id="_{guid}",
        session_index="assertion",
        assertion_prefix="",
        declared_at_root=False,
        response_order=_MICROSOFT_ORDER,
        assertion_order=("ID", "IssueInstant", "Version", "xmlns"),
        attributes_first=True,
        consent=True,
        attributes=_CLAIMS,
    ),
    "google": Style(
        issuer="https://accounts.google.com/o/saml2?idpid=C01abcd2e",
        sso="https://accounts.google.com/o/saml2/idp?idpid=C01abcd2e",
        certificate_subject="O=Google Inc., L=Mountain View, CN=Google, OU=Google For Work, C=US, ST=California",
        response_id="_{hex32}",
        assertion_id="_{hex32}",
        session_index="assertion",
        declaration='<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        protocol_prefix="saml2p",
        assertion_prefix="saml2",
        declared_at_root=False,
        response_order=_OPENSAML_ORDER,
        assertion_order=_OPENSAML_ASSERTION,
        not_before=-300,
        not_on_or_after=300,
        sign="response",
        value_type="xs:anyType",
        authn_context=_CLASSES + "unspecified",
    ),
    "keycloak": Style(
        issuer="https://sso.example.com/realms/corp",
        sso="https://sso.example.com/realms/corp/protocol/saml",
        certificate_subject="CN=corp",
        response_id="ID_{guid}",
        assertion_id="ID_{guid}",
        session_index="{guid}::{guid}",
        signature_prefix="dsig",
        response_order=("xmlns", "Destination", "ID", "InResponseTo", "IssueInstant", "Version"),
        assertion_order=("xmlns", "ID", "IssueInstant", "Version"),
        not_before=-2,
        not_on_or_after=58,
        session_end=36000,
        sign="both",
        key_name=True,
        name_format=BASIC_ATTRIBUTE,
        value_type="xs:string",
        authn_context=_CLASSES + "unspecified",
    ),
    "onelogin": Style(
        issuer="https://app.onelogin.com/saml/metadata/4f0c9a52-6a5e-4a26-8f0b-2f2c54b9d0aa",
        sso="https://example.onelogin.com/trust/saml2/http-post/sso/4f0c9a52-6a5e-4a26-8f0b-2f2c54b9d0aa",
        certificate_subject="O=Example, OU=OneLogin IdP, CN=OneLogin Account 123456",
        response_id="R{hex40}",
        assertion_id="pfx{guid}",
        session_index="_{guid}",
        fraction=False,
        not_before=-180,
        not_on_or_after=180,
        confirmation_end=180,
        session_end=86400,
        name_format=BASIC_ATTRIBUTE,
        value_type="xs:string",
    ),
    "shibboleth": Style(
        issuer="https://idp.example.edu/idp/shibboleth",
        sso="https://idp.example.edu/idp/profile/SAML2/Redirect/SSO",
        certificate_subject="CN=idp.example.edu",
        response_id="_{hex32}",
        assertion_id="_{hex32}",
        declaration=_DECLARATION,
        protocol_prefix="saml2p",
        assertion_prefix="saml2",
        declared_at_root=False,
        response_order=_OPENSAML_ORDER,
        assertion_order=_OPENSAML_ASSERTION,
        not_on_or_after=300,
        sign="response",
        inclusive_prefixes="xsd",
        name_format=_URI_ATTRIBUTE,
        attributes=_OIDS,
        nameid_format=_TRANSIENT,
        sp_name_qualifier=True,
    ),
    "auth0": Style(
        issuer="urn:example.eu.auth0.com",
        sso="https://example.eu.auth0.com/samlp/Zk3dYtq0sW8",
        certificate_subject="CN=example.eu.auth0.com",
        response_id="_{hex20}",
        assertion_id="_{text32}",
        session_index="_{text32}",
        declared_at_root=False,
        signature_prefix="",
        response_order=("xmlns", "Destination", "ID", "InResponseTo", "IssueInstant", "Version"),
        assertion_order=("xmlns", "Version", "ID", "IssueInstant"),
        confirmation_end=3600,
        name_format=_URI_ATTRIBUTE,
        value_type="xs:string",
        attributes=_CLAIMS,
        authn_context=_CLASSES + "unspecified",
    ),
    "pingfederate": Style(
        issuer="https://sso.example.com:9031",
        sso="https://sso.example.com:9031/idp/SSO.saml2",
        certificate_subject="CN=sso.example.com, O=Example, C=US",
        response_id="{text27}",
        assertion_id="{text27}",
        session_index="assertion",
        response_order=("Version", "ID", "IssueInstant", "InResponseTo", "Destination", "xmlns"),
        assertion_order=("ID", "IssueInstant", "Version", "xmlns"),
        declared_at_root=False,
        not_before=-300,
        not_on_or_after=300,
        sign="response",
        name_format=BASIC_ATTRIBUTE,
        value_type="xs:string",
    ),
    "simplesamlphp": Style(
        issuer="https://login.example.org/simplesaml/saml2/idp/metadata.php",
        sso="https://login.example.org/simplesaml/saml2/idp/SSOService.php",
        certificate_subject="CN=login.example.org",
        response_id="_{hex42}",
        assertion_id="_{hex42}",
        session_index="_{hex42}",
        fraction=False,
        not_before=-30,
        not_on_or_after=300,
        session_end=28800,
        sign="both",
        name_format=BASIC_ATTRIBUTE,
        value_type="xs:string",
        types_at="assertion",
        nameid_format=_TRANSIENT,
        sp_name_qualifier=True,
        authn_context=_CLASSES + "Password",
    ),
}
