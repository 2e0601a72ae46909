"""Namespaces and the prefixes in which samlcheck names nodes to people.

Prefixes of the message are the sender's choice; in paths, messages and packs we always use these.
"""

from __future__ import annotations

from functools import cache, lru_cache

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EC = "http://www.w3.org/2001/10/xml-exc-c14n#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
XSD = "http://www.w3.org/2001/XMLSchema"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SAML1 = "urn:oasis:names:tc:SAML:1.0:assertion"
SAMLP1 = "urn:oasis:names:tc:SAML:1.0:protocol"
WST = "http://schemas.xmlsoap.org/ws/2005/02/trust"
WST13 = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
MDUI = "urn:oasis:names:tc:SAML:metadata:ui"
MDATTR = "urn:oasis:names:tc:SAML:metadata:attribute"
MDRPI = "urn:oasis:names:tc:SAML:metadata:rpi"
SHIBMD = "urn:mace:shibboleth:metadata:1.0"
IDPDISC = "urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol"
ALG = "urn:oasis:names:tc:SAML:metadata:algsupport"
INIT = "urn:oasis:names:tc:SAML:profiles:SSO:request-init"
REMD = "http://refeds.org/metadata"

PREFIXES: dict[str, str] = {
    SAMLP: "samlp",
    SAML: "saml",
    MD: "md",
    DS: "ds",
    XENC: "xenc",
    XENC11: "xenc11",
    EC: "ec",
    XSI: "xsi",
    XML: "xml",
    XSD: "xsd",
    SOAP: "soap",
    SAML1: "saml1",
    SAMLP1: "samlp1",
    WST: "wst",
    WST13: "wst13",
    MDUI: "mdui",
    MDATTR: "mdattr",
    MDRPI: "mdrpi",
    SHIBMD: "shibmd",
    IDPDISC: "idpdisc",
    ALG: "alg",
    INIT: "init",
    REMD: "remd",
}
NAMESPACES: dict[str, str] = {prefix: uri for uri, prefix in PREFIXES.items()}


@cache
def q(name: str) -> str:
    """Return ``prefix:Local`` in Clark notation (``{uri}Local``); a bare name stays as it is."""
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else name


@lru_cache(maxsize=4096)
def local(tag: object) -> str:
    """Return the local part of an lxml tag (empty for comments and processing instructions)."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
