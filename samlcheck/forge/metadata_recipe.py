"""Metadata of an identity provider or service as a recipe: a rich healthy entity, changed by fact name before it is written.

``healthy_metadata(role)`` gives what a careful federation member publishes: keys, endpoints, formats, MDUI, organisation,
contacts, registration, categories, scopes (SAML metadata 2.4, MDUI 2, MDRPI 2, REFEDS); state only the deviation with
edits (``metadata_edits``). Keys are made when they are needed; no instant is read from a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from lxml import etree

from samlcheck.forge.keys import keys_for_this_run
from samlcheck.frozen import dataclass
from samlcheck.xmldoc.names import NAMESPACES

MetadataRole = Literal["idp", "sp", "both"]
Edits = Mapping[str, "str | tuple[str, ...] | None"]

REMD = "http://refeds.org/metadata"
DECLARED = {
    **{prefix: NAMESPACES[prefix] for prefix in ("md", "ds", "saml", "mdui", "mdattr", "mdrpi", "shibmd", "idpdisc", "alg")},
    "remd": REMD,
    "xsi": NAMESPACES["xsi"],
}
"""Prefixes that the forged root declares and that edits may use."""


@dataclass(frozen=True, slots=True)
class MetadataRecipe:
    """One forged metadata file."""

    role: MetadataRole = "idp"
    edits: Edits = field(default_factory=dict)
    """By fact name, ``at:PATH`` and the words of ``metadata_edits``."""


def healthy_metadata(role: MetadataRole = "idp") -> etree._Element:
    """Return a fresh tree of a healthy entity with this role, or with both."""
    declarations = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in DECLARED.items())
    identifier = "https://sp.example/saml/metadata" if role == "sp" else "https://idp.example/saml/metadata"
    roles = (_IDP if role in ("idp", "both") else "") + (_SP if role in ("sp", "both") else "")
    written = (
        f'<md:EntityDescriptor {declarations} ID="_e1" entityID="{identifier}" validUntil="2026-05-11T10:00:00Z"'
        f' cacheDuration="PT6H">{_EXTENSIONS}{roles}{_ORGANIZATION}</md:EntityDescriptor>'
    )
    trusted, recipient = keys_for_this_run("trusted"), keys_for_this_run("recipient")
    written = written.replace("TRUSTED", trusted.certificate_base64).replace("RECIPIENT", recipient.certificate_base64)
    return etree.fromstring(written)


def _key(use: str, certificate: str, methods: str = "") -> str:
    return (
        f'<md:KeyDescriptor use="{use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>'
        f"</ds:X509Data></ds:KeyInfo>{methods}</md:KeyDescriptor>"
    )


def _ui(name: str, home: str) -> str:
    return (
        f'<mdui:UIInfo><mdui:DisplayName xml:lang="en">{name}</mdui:DisplayName>'
        f'<mdui:Description xml:lang="en">{name} for people who try things out</mdui:Description>'
        f'<mdui:InformationURL xml:lang="en">https://{home}/about</mdui:InformationURL>'
        f'<mdui:PrivacyStatementURL xml:lang="en">https://{home}/privacy</mdui:PrivacyStatementURL>'
        f'<mdui:Logo height="60" width="80">https://{home}/logo.png</mdui:Logo></mdui:UIInfo>'
    )


_SP_HOST = "https://sp.example"
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
_FORMATS = "".join(
    f"<md:NameIDFormat>urn:oasis:names:tc:SAML:{one}</md:NameIDFormat>"
    for one in ("2.0:nameid-format:persistent", "2.0:nameid-format:transient", "1.1:nameid-format:emailAddress")
)
_URI = 'NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"'
_EXTENSIONS = (
    '<md:Extensions><mdrpi:RegistrationInfo registrationAuthority="https://federation.example"'
    ' registrationInstant="2024-03-01T09:00:00Z">'
    '<mdrpi:RegistrationPolicy xml:lang="en">https://federation.example/policy</mdrpi:RegistrationPolicy></mdrpi:RegistrationInfo>'
    f'<mdattr:EntityAttributes><saml:Attribute Name="urn:oasis:names:tc:SAML:attribute:assurance-certification" {_URI}>'
    "<saml:AttributeValue>https://refeds.org/sirtfi</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes>"
    '<alg:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
    '<alg:SigningMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/></md:Extensions>'
)
_IDP = (
    '<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<md:Extensions><shibmd:Scope regexp="false">example.edu</shibmd:Scope>'
    + _ui("Example Sign-in", "idp.example")
    + "<mdui:DiscoHints><mdui:DomainHint>example.edu</mdui:DomainHint>"
    "<mdui:GeolocationHint>geo:46.948,7.447</mdui:GeolocationHint></mdui:DiscoHints></md:Extensions>"
    + _key("signing", "TRUSTED")
    + f'<md:SingleLogoutService Binding="{_BINDINGS}HTTP-Redirect" Location="https://idp.example/saml/slo"/>'
    + _FORMATS
    + f'<md:SingleSignOnService Binding="{_BINDINGS}HTTP-Redirect" Location="https://idp.example/saml/sso"/>'
    f'<md:SingleSignOnService Binding="{_BINDINGS}HTTP-POST" Location="https://idp.example/saml/sso"/></md:IDPSSODescriptor>'
)
_SP = (
    '<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"'
    ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:Extensions>'
    + _ui("Example Portal", "sp.example")
    + '<idpdisc:DiscoveryResponse Binding="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol"'
    ' Location="https://sp.example/saml/discovery" index="1"/></md:Extensions>'
    + _key("signing", "RECIPIENT")
    + _key("encryption", "RECIPIENT", '<md:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>')
    + f'<md:SingleLogoutService Binding="{_BINDINGS}HTTP-Redirect" Location="https://sp.example/saml/slo"/>'
    + _FORMATS
    + f'<md:AssertionConsumerService Binding="{_BINDINGS}HTTP-POST" Location="{_SP_HOST}/saml/acs" index="0" isDefault="true"/>'
    + f'<md:AssertionConsumerService Binding="{_BINDINGS}HTTP-Artifact" Location="{_SP_HOST}/saml/artifact" index="1"/>'
    + '<md:AttributeConsumingService index="0" isDefault="true"><md:ServiceName xml:lang="en">Example Portal</md:ServiceName>'
    f'<md:RequestedAttribute FriendlyName="mail" Name="urn:oid:0.9.2342.19200300.100.1.3" {_URI} isRequired="true"/>'
    f'<md:RequestedAttribute FriendlyName="givenName" Name="urn:oid:2.5.4.42" {_URI}/></md:AttributeConsumingService>'
    "</md:SPSSODescriptor>"
)
_ORGANIZATION = (
    '<md:Organization><md:OrganizationName xml:lang="en">Example University</md:OrganizationName>'
    '<md:OrganizationDisplayName xml:lang="en">Example University</md:OrganizationDisplayName>'
    '<md:OrganizationURL xml:lang="en">https://www.example.edu/</md:OrganizationURL></md:Organization>'
    '<md:ContactPerson contactType="technical"><md:GivenName>Identity team</md:GivenName>'
    "<md:EmailAddress>mailto:identity@example.edu</md:EmailAddress></md:ContactPerson>"
    '<md:ContactPerson contactType="support"><md:GivenName>Service desk</md:GivenName>'
    "<md:EmailAddress>mailto:help@example.edu</md:EmailAddress></md:ContactPerson>"
    '<md:ContactPerson contactType="other" remd:contactType="http://refeds.org/metadata/contactType/security">'
    "<md:GivenName>Incident response</md:GivenName><md:EmailAddress>mailto:security@example.edu</md:EmailAddress>"
    "</md:ContactPerson>"
)
