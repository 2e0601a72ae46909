"""Which element of a document would be consumed, and which only claim to be."""

# ruff: noqa: E501 (tables keep one case to a line)

from __future__ import annotations

import pytest

from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.xmldoc.names import NAMESPACES
from samlcheck.xmldoc.parse import parse

_DECLARATIONS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def anatomy(xml: str) -> Anatomy:
    """Return the anatomy of XML in which all usual prefixes may be used."""
    name = xml.partition("<")[2].split(" ")[0].split("/")[0].split(">")[0]
    return dissect(parse(Artifact("in.xml", xml.replace(f"<{name}", f"<{name} {_DECLARATIONS}", 1).encode())))


def paths(found: Anatomy, part: str) -> list[str]:
    return [found.document.path(node) for node in getattr(found, part)]


@pytest.mark.parametrize(
    ("xml", "kind", "message"),
    [
        ("<samlp:Response/>", "response", "/samlp:Response"),
        ("<samlp:AuthnRequest/>", "authnrequest", "/samlp:AuthnRequest"),
        ("<samlp:LogoutRequest/>", "logoutrequest", "/samlp:LogoutRequest"),
        ("<samlp:LogoutResponse/>", "logoutresponse", "/samlp:LogoutResponse"),
        ("<samlp:ArtifactResolve/>", "artifactresolve", "/samlp:ArtifactResolve"),
        ("<samlp:ArtifactResponse/>", "artifactresponse", "/samlp:ArtifactResponse"),
        ("<samlp:ArtifactResponse><samlp:LogoutResponse/></samlp:ArtifactResponse>", "artifactresponse", "/samlp:ArtifactResponse"),
        ("<samlp:ArtifactResponse><samlp:Status/><samlp:Response/></samlp:ArtifactResponse>", "artifactresponse", "/samlp:ArtifactResponse/samlp:Response"),
        ("<samlp:AttributeQuery/>", "attributequery", "/samlp:AttributeQuery"),
        ("<saml:Assertion/>", "assertion", "/saml:Assertion"),
        ("<saml:EncryptedAssertion/>", "encrypted-assertion", "/saml:EncryptedAssertion"),
        ("<md:EntityDescriptor><md:IDPSSODescriptor/><md:SPSSODescriptor/></md:EntityDescriptor>", "idp-metadata", "/md:EntityDescriptor"),
        ("<md:EntityDescriptor><md:SPSSODescriptor/></md:EntityDescriptor>", "sp-metadata", "/md:EntityDescriptor"),
        ("<md:EntityDescriptor><md:PDPDescriptor/></md:EntityDescriptor>", "metadata", "/md:EntityDescriptor"),
        ("<md:EntityDescriptor><IDPSSODescriptor/></md:EntityDescriptor>", "metadata", "/md:EntityDescriptor"),
        ("<md:EntitiesDescriptor/>", "metadata-aggregate", "/md:EntitiesDescriptor"),
        ("<samlp1:Response/>", "saml1", "/samlp1:Response"),
        ("<saml1:Assertion/>", "saml1", "/saml1:Assertion"),
        ("<wst:RequestSecurityTokenResponse/>", "ws-federation", "/wst:RequestSecurityTokenResponse"),
        ("<wst13:RequestSecurityTokenResponseCollection/>", "ws-federation", "/wst13:RequestSecurityTokenResponseCollection"),
        ("<Response/>", "other", "/Response"),
        ("<x xmlns='urn:x'><samlp:Response/></x>", "other", "/*[local-name()='x']"),
        ("<soap:Envelope><soap:Header><samlp:AuthnRequest/></soap:Header><soap:Body><!-- c --><samlp:Response/></soap:Body></soap:Envelope>", "response", "/soap:Envelope/soap:Body/samlp:Response"),
        ("<soap:Envelope><soap:Body><samlp:ArtifactResponse><samlp:Response/></samlp:ArtifactResponse></soap:Body></soap:Envelope>", "artifactresponse", "/soap:Envelope/soap:Body/samlp:ArtifactResponse/samlp:Response"),
        ("<soap:Envelope><soap:Body><soap:Fault/></soap:Body></soap:Envelope>", "other", "/soap:Envelope"),
        ("<soap:Envelope><soap:Body/></soap:Envelope>", "other", "/soap:Envelope"),
        ("<soap:Envelope/>", "other", "/soap:Envelope"),
    ],
)  # fmt: skip
def test_kind_and_message(xml: str, kind: str, message: str) -> None:
    found = anatomy(xml)
    assert found.kind == kind
    assert found.document.path(found.message) == message


def test_only_children_of_the_message_are_consumed_and_rivals_are_seen() -> None:
    found = anatomy(
        "<samlp:Response><samlp:Extensions><saml:Assertion/><Assertion/></samlp:Extensions>"
        "<saml:EncryptedAssertion/><saml:Assertion><saml:Advice><saml:Assertion/><saml:EncryptedAssertion/></saml:Advice></saml:Assertion>"
        "<saml:Assertion/><saml1:Assertion/></samlp:Response>"
    )
    assert paths(found, "assertions") == ["/samlp:Response/saml:Assertion[1]", "/samlp:Response/saml:Assertion[2]"]
    assert found.assertion is found.assertions[0]
    assert paths(found, "encrypted_assertions") == ["/samlp:Response/saml:EncryptedAssertion"]
    assert paths(found, "assertions_anywhere") == [
        "/samlp:Response/samlp:Extensions/saml:Assertion",
        "/samlp:Response/samlp:Extensions/Assertion",
        "/samlp:Response/saml:Assertion[1]",
        "/samlp:Response/saml:Assertion[1]/saml:Advice/saml:Assertion",
        "/samlp:Response/saml:Assertion[2]",
        "/samlp:Response/saml1:Assertion",
    ]


def test_an_assertion_by_itself_is_the_assertion() -> None:
    found = anatomy("<saml:Assertion><saml:Advice><saml:Assertion/></saml:Advice></saml:Assertion>")
    assert found.assertions == (found.message,)
    sealed = anatomy("<saml:EncryptedAssertion/>")
    assert sealed.encrypted_assertions == (sealed.message,)
    assert sealed.assertion is None


def test_assertions_inside_an_artifact_response_are_those_of_the_inner_response() -> None:
    found = anatomy(
        "<samlp:ArtifactResponse><saml:Assertion/><samlp:Response><saml:Assertion ID='in'/></samlp:Response></samlp:ArtifactResponse>"
    )
    assert [node.get("ID") for node in found.assertions] == ["in"]


def test_every_signature_is_found_in_document_order() -> None:
    found = anatomy(
        "<samlp:Response><ds:Signature Id='1'/><saml:Assertion><ds:Signature Id='2'><ds:Object><ds:Signature Id='3'/></ds:Object>"
        "</ds:Signature></saml:Assertion><Signature Id='x'/></samlp:Response>"
    )
    assert [node.get("Id") for node in found.signatures] == ["1", "2", "3"]
