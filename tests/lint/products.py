"""Metadata as products publish it, with keys made for the run: shapes seen in vendors' documents and exports, names invented."""

from __future__ import annotations

from collections.abc import Callable

from samlcheck.forge.certificates import certificate_text
from samlcheck.forge.keys import keys_for_this_run
from samlcheck.forge.products import STYLES
from samlcheck.forge.sign import EXCLUSIVE, Signing, sign
from samlcheck.forge.write import RESPONSE_SIGNATURE

MD = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
SAML2 = "urn:oasis:names:tc:SAML:2.0:protocol"
TENANT = "3f1c0c5e-7d0b-4a55-9a5e-5f0d2b7a9c11"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
PERSISTENT, TRANSIENT = (f"urn:oasis:names:tc:SAML:2.0:nameid-format:{one}" for one in ("persistent", "transient"))
FED = 'xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"'


def _key(use: str = "signing", prefix: str = "md:", name: str = "") -> str:
    shown = f' use="{use}"' if use else ""
    named = f"<ds:KeyName>{name}</ds:KeyName>" if name else ""
    return (
        f'<{prefix}KeyDescriptor{shown}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{named}<ds:X509Data>'
        f"<ds:X509Certificate>{certificate_text('trusted')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></{prefix}KeyDescriptor>"
    )


def _at(service: str, binding: str, location: str, more: str = "", prefix: str = "md:") -> str:
    return f'<{prefix}{service} Binding="{binding if ":" in binding else BINDINGS + binding}" Location="{location}"{more}/>'


def _formats(*formats: str, prefix: str = "md:") -> str:
    return "".join(f"<{prefix}NameIDFormat>{one}</{prefix}NameIDFormat>" for one in formats)


def _idp(content: str, more: str = ' WantAuthnRequestsSigned="false"') -> str:
    return f'<md:IDPSSODescriptor{more} protocolSupportEnumeration="{SAML2}">{content}</md:IDPSSODescriptor>'


def _entity(entity_id: str, content: str, more: str = "") -> str:
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<md:EntityDescriptor {MD}{more} entityID="{entity_id}">'
    return f"{start}{content}</md:EntityDescriptor>\n"


def identity_center() -> str:
    """AWS IAM Identity Center: an empty NameIDFormat, and the entityID as every location."""
    url = "https://portal.sso.us-west-2.amazonaws.com/saml/assertion/MTExMTIyMjIzMzMzX2lucy0xYTJiM2M0ZDVlNmY3MDgx"
    out = url.replace("assertion", "logout")
    logout = _at("SingleLogoutService", "HTTP-POST", out) + _at("SingleLogoutService", "HTTP-Redirect", out)
    sign_on = _at("SingleSignOnService", "HTTP-POST", url) + _at("SingleSignOnService", "HTTP-Redirect", url)
    return _entity(url, _idp(_key() + logout + "<md:NameIDFormat/>" + sign_on))


def okta() -> str:
    """Okta: the entityID has http, one key."""
    url = "https://acme.okta.com/app/acme_payroll_1/exk1a2b3c4d5e6f7g8h9/sso/saml"
    sign_on = _at("SingleSignOnService", "HTTP-POST", url) + _at("SingleSignOnService", "HTTP-Redirect", url)
    return _entity("http://www.okta.com/exk1a2b3c4d5e6f7g8h9", _idp(_key() + _formats(UNSPECIFIED, EMAIL) + sign_on))


_CLAIMS = (
    '<fed:ClaimTypesOffered><auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706"'
    ' Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"><auth:DisplayName>Name</auth:DisplayName>'
    "</auth:ClaimType></fed:ClaimTypesOffered>"
)
_REFERENCE = (
    '<wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>{}</wsa:Address></wsa:EndpointReference>'
)


def _wsfed(prefix: str, kind: str, content: str) -> str:
    return (
        f'<{prefix}RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {FED} xsi:type="fed:{kind}"'
        f' protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706">{content}</{prefix}RoleDescriptor>'
    )


def entra_id() -> str:
    """Microsoft Entra ID: a signed root, roles of WS-Federation, the default namespace throughout."""
    url = f"https://login.microsoftonline.com/{TENANT}"
    key = _key(prefix="")
    address = _REFERENCE.format(url + "/wsfed")
    endpoint = f"<fed:SecurityTokenServiceEndpoint>{address}</fed:SecurityTokenServiceEndpoint>"
    passive = f"<fed:PassiveRequestorEndpoint>{address}</fed:PassiveRequestorEndpoint>"
    scopes = f"<fed:TargetScopes>{_REFERENCE.format(f'https://sts.windows.net/{TENANT}/')}</fed:TargetScopes>"
    sign_on = "".join(_at("SingleSignOnService", one, url + "/saml2", prefix="") for one in ("HTTP-Redirect", "HTTP-POST"))
    idp = (
        f'<IDPSSODescriptor protocolSupportEnumeration="{SAML2}">{key}'
        + _at("SingleLogoutService", "HTTP-Redirect", url + "/saml2", prefix="")
        + sign_on
        + "</IDPSSODescriptor>"
    )
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_6f2a1b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"'
        f' entityID="https://sts.windows.net/{TENANT}/" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{RESPONSE_SIGNATURE}'
        + _wsfed("", "SecurityTokenServiceType", key + _CLAIMS + endpoint + passive)
        + _wsfed(
            "", "ApplicationServiceType", key + scopes + endpoint.replace("SecurityTokenService", "ApplicationService") + passive
        )
        + idp
        + "</EntityDescriptor>"
    )
    keys = keys_for_this_run("trusted")
    return sign(
        text, RESPONSE_SIGNATURE, "EntityDescriptor", STYLES["entra-id"], Signing(keys, "sha256", "sha256", EXCLUSIVE, keys)
    )


def adfs() -> str:
    """AD FS: an http entityID, both roles, attributes offered."""
    url = "https://adfs.acme.example/adfs/ls/"
    both = _key("encryption") + _key()
    logout = _at("SingleLogoutService", "HTTP-Redirect", url) + _at("SingleLogoutService", "HTTP-POST", url)
    formats = _formats(EMAIL, PERSISTENT, TRANSIENT)
    offered = (
        '<saml:Attribute xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" FriendlyName="E-Mail Address"'
        ' Name="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"'
        ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/>'
    )
    sp = (
        f'<md:SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="{SAML2}">{both}{logout}{formats}'
        + _at("AssertionConsumerService", "HTTP-POST", url, ' index="0" isDefault="true"')
        + _at("AssertionConsumerService", "HTTP-Artifact", url, ' index="1"')
        + _at("AssertionConsumerService", "HTTP-Redirect", url, ' index="2"')
        + "</md:SPSSODescriptor>"
    )
    sign_on = _at("SingleSignOnService", "HTTP-Redirect", url) + _at("SingleSignOnService", "HTTP-POST", url)
    role = _wsfed("md:", "ApplicationServiceType", _key("encryption") + _CLAIMS.replace("Offered", "Requested"))
    content = role + sp + _idp(both + logout + formats + sign_on + offered, "")
    return _entity("http://adfs.acme.example/adfs/services/trust", content, ' ID="_0d1e2f3a-4b5c-4d6e-8f70-8192a3b4c5d6"')


def google() -> str:
    """Google Workspace: validUntil on the root, five years ahead."""
    sign_on = "".join(
        _at("SingleSignOnService", one, "https://accounts.google.com/o/saml2/idp?idpid=C01abc23d")
        for one in ("HTTP-Redirect", "HTTP-POST")
    )
    valid = ' validUntil="2030-11-02T08:15:42.000Z"'
    return _entity("https://accounts.google.com/o/saml2?idpid=C01abc23d", _idp(_key() + _formats(EMAIL) + sign_on), valid)


def keycloak() -> str:
    """Keycloak: KeyName beside the certificate, artifact resolution, four bindings."""
    url = "https://login.acme.example/realms/acme"
    saml = url + "/protocol/saml"
    bindings = ("HTTP-POST", "HTTP-Redirect", "SOAP", "HTTP-Artifact")
    content = (
        _key(name="kR3p9TqkzYH0Zs0v7Qw2XyB1a5c8d4e6f7g0h1i2j3k")
        + _at("ArtifactResolutionService", "SOAP", saml + "/resolve", ' index="0"')
        + "".join(_at("SingleLogoutService", one, saml) for one in bindings)
        + _formats(PERSISTENT, TRANSIENT, UNSPECIFIED, EMAIL)
        + "".join(_at("SingleSignOnService", one, saml) for one in bindings)
    )
    return _entity(url, _idp(content, ' WantAuthnRequestsSigned="true"'))


def shibboleth() -> str:
    """Shibboleth IdP: SAML 1 beside 2, scopes, MDUI, three keys, an attribute authority."""
    url = "https://idp.acme.example/idp"
    scope = (
        '<md:Extensions><shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="false">acme.example</shibmd:Scope>'
    )
    info = (
        '<mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"><mdui:DisplayName xml:lang="en">Acme</mdui:DisplayName>'
        '<mdui:Description xml:lang="en">Sign-in of Acme</mdui:Description>'
        f'<mdui:Logo height="80" width="80">{url}/images/logo.png</mdui:Logo></mdui:UIInfo>'
    )
    protocols = f'"{SAML2} urn:oasis:names:tc:SAML:1.1:protocol urn:mace:shibboleth:1.0"'
    soap = "urn:oasis:names:tc:SAML:1.0:bindings:SOAP-binding"
    idp = (
        f"<md:IDPSSODescriptor protocolSupportEnumeration={protocols}>{scope}{info}</md:Extensions>"
        + _key()
        + _key("encryption")
        + _at("ArtifactResolutionService", soap, url + "/profile/SAML1/SOAP/ArtifactResolution", ' index="1"')
        + _at("ArtifactResolutionService", "SOAP", url + "/profile/SAML2/SOAP/ArtifactResolution", ' index="2"')
        + "".join(
            _at("SingleLogoutService", one, f"{url}/profile/SAML2/{one}/SLO")
            for one in ("HTTP-Redirect", "HTTP-POST", "HTTP-POST-SimpleSign", "SOAP")
        )
        + _formats(TRANSIENT, PERSISTENT)
        + _at("SingleSignOnService", "urn:mace:shibboleth:1.0:profiles:AuthnRequest", url + "/profile/Shibboleth/SSO")
        + "".join(
            _at("SingleSignOnService", one, f"{url}/profile/SAML2/{one}/SSO")
            for one in ("HTTP-POST", "HTTP-POST-SimpleSign", "HTTP-Redirect")
        )
        + "</md:IDPSSODescriptor>"
    )
    authority = (
        '<md:AttributeAuthorityDescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol">'
        + scope
        + "</md:Extensions>"
        + _key()
        + _at("AttributeService", soap, url + "/profile/SAML1/SOAP/AttributeQuery")
        + "</md:AttributeAuthorityDescriptor>"
    )
    return _entity(url + "/shibboleth", idp + authority)


def simplesamlphp() -> str:
    """SimpleSAMLphp IdP: one certificate for both uses, a contact that nobody filled in."""
    url = "https://login.acme.example/simplesaml/saml2/idp"
    contact = (
        '<md:ContactPerson contactType="technical"><md:GivenName>Administrator</md:GivenName>'
        "<md:EmailAddress>mailto:na@example.org</md:EmailAddress></md:ContactPerson>"
    )
    logout = _at("SingleLogoutService", "HTTP-Redirect", url + "/SingleLogoutService.php")
    sign_on = _at("SingleSignOnService", "HTTP-Redirect", url + "/SSOService.php")
    return _entity(url + "/metadata.php", _idp(_key() + _key("encryption") + logout + _formats(TRANSIENT) + sign_on, "") + contact)


def pingfederate() -> str:
    """PingFederate: an entityID that is no URI, an ID, cacheDuration, a key without use."""
    url = "https://sso.acme.example:9031/idp"
    content = (
        _key()
        + _at("ArtifactResolutionService", "SOAP", url + "/ARS.ssaml2", ' index="0" isDefault="true"')
        + _at("SingleLogoutService", "HTTP-POST", url + "/SLO.saml2")
        + _formats(UNSPECIFIED)
        + _at("SingleSignOnService", "HTTP-POST", url + "/SSO.saml2")
        + _at("SingleSignOnService", "HTTP-Redirect", url + "/SSO.saml2")
    )
    contact = '<md:ContactPerson contactType="administrative"/>'
    return _entity("PF-ACME", _idp(content) + contact, ' ID="Y5x1c2v3b4n5m6a7s8d9f0g1h2j" cacheDuration="PT1440M"')


def onelogin() -> str:
    """OneLogin: SOAP among the bindings for sign-on."""
    url = "https://acme.onelogin.com/trust/saml2"
    content = (
        _key()
        + _at("SingleLogoutService", "HTTP-Redirect", url + "/http-redirect/slo/1234567")
        + _formats(EMAIL)
        + _at("SingleSignOnService", "HTTP-Redirect", url + "/http-post/sso/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d")
        + _at("SingleSignOnService", "HTTP-POST", url + "/http-post/sso/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d")
        + _at("SingleSignOnService", "SOAP", url + "/soap/sso/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d")
    )
    return _entity("https://app.onelogin.com/saml/metadata/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", _idp(content, ""))


def native_client() -> str:
    """A service on the device: loopback and a scheme of its own are where responses go (RFC 8252 7.1, 7.3)."""
    consumers = "".join(
        _at("AssertionConsumerService", "HTTP-POST", location, f' index="{index}"')
        for index, location in enumerate(("http://127.0.0.1:35001/", "http://localhost:35001/saml", "com.acme.app://saml/callback"))
    )
    return _entity(
        "urn:acme:vpn-client",
        f'<md:SPSSODescriptor protocolSupportEnumeration="{SAML2}">{_formats(EMAIL)}{consumers}</md:SPSSODescriptor>',
    )


def python_toolkit() -> str:
    """A service as python3-saml writes it: two days of validity, query strings in its addresses."""
    url = "https://portal.acme.example/saml/?"
    sp = (
        f'<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="{SAML2}">'
        + _at("SingleLogoutService", "HTTP-Redirect", url + "sls")
        + _formats(UNSPECIFIED)
        + _at("AssertionConsumerService", "HTTP-POST", url + "acs&amp;tenant=a%20b", ' index="1"')
        + "</md:SPSSODescriptor>"
    )
    return _entity("https://portal.acme.example/metadata/", sp, ' validUntil="2026-05-06T10:00:00Z" cacheDuration="PT604800S"')


PRODUCTS: dict[str, Callable[[], str]] = {
    "aws-identity-center": identity_center,
    "okta": okta,
    "entra-id": entra_id,
    "adfs": adfs,
    "google": google,
    "keycloak": keycloak,
    "shibboleth": shibboleth,
    "simplesamlphp": simplesamlphp,
    "pingfederate": pingfederate,
    "onelogin": onelogin,
    "native-client": native_client,
    "python3-saml": python_toolkit,
}
