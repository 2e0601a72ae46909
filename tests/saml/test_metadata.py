"""What is read from metadata, whatever is missing from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samlcheck.saml.metadata import Entity, entities
from samlcheck.xmldoc.names import SAMLP

from .test_anatomy import anatomy

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def only(xml: str) -> Entity:
    (entity,) = entities(anatomy(xml))
    return entity


def test_an_identity_provider() -> None:
    entity = only(
        f"""<md:EntityDescriptor entityID="https://idp.example" validUntil="2026-05-04T10:00:00Z">
        <md:IDPSSODescriptor WantAuthnRequestsSigned="1" protocolSupportEnumeration="{SAMLP}">
        <md:KeyDescriptor use="signing">
            <ds:KeyInfo><ds:X509Data><ds:X509Certificate>AA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
        </md:KeyDescriptor>
        <md:KeyDescriptor use="encryption"/>
        <md:KeyDescriptor>
            <ds:KeyInfo><ds:KeyValue/><ds:X509Data><ds:X509Certificate/><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>
        </md:KeyDescriptor>
        <md:NameIDFormat> urn:a<!-- c -->b </md:NameIDFormat>
        <md:SingleSignOnService Binding="{POST}" Location="https://idp.example/sso"/>
        <md:SingleLogoutService Binding="{POST}" Location="https://idp.example/slo"/>
        <Other Location="https://evil.example"/>
        </md:IDPSSODescriptor></md:EntityDescriptor>"""
    )
    assert (entity.entity_id, entity.document, entity.is_idp, entity.is_sp) == ("https://idp.example", "in.xml", True, False)
    assert entity.node.path == "/md:EntityDescriptor/@entityID"
    assert entity.valid_until == datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert [(key.use, key.signs, len(key.certificates), len(key.key_values), key.number) for key in entity.keys] == [
        ("signing", True, 1, 0, 1),
        ("encryption", False, 0, 0, 2),
        (None, True, 2, 1, 3),
    ]
    assert entity.keys[2].node.path == "/md:EntityDescriptor/md:IDPSSODescriptor/md:KeyDescriptor[3]"
    assert {key.role for key in entity.keys} == {"IDPSSODescriptor"}
    assert entity.nameid_formats == ("urn:ab",)
    assert [(end.service, end.location) for end in entity.endpoints] == [
        ("SingleSignOnService", "https://idp.example/sso"),
        ("SingleLogoutService", "https://idp.example/slo"),
    ]
    assert [end.location for end in entity.single_sign_on] == ["https://idp.example/sso"]
    assert entity.want_authn_requests_signed
    assert not entity.want_assertions_signed


def test_a_service_provider() -> None:
    entity = only(
        f"""<md:EntityDescriptor entityID="sp"><md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="TRUE">
        <md:AssertionConsumerService Binding="{POST}" Location="https://sp.example/acs" index="0" isDefault="true"/>
        <md:AssertionConsumerService Binding="{POST}" Location="" index="1" isDefault="false"/>
        <md:AssertionConsumerService Binding="{POST}" index="2"/>
        </md:SPSSODescriptor></md:EntityDescriptor>"""
    )
    assert (entity.is_idp, entity.is_sp) == (False, True)
    assert [(end.location, end.binding, end.index, end.is_default) for end in entity.assertion_consumer] == [
        ("https://sp.example/acs", POST, "0", True),
        ("", POST, "1", False),
    ]
    assert entity.authn_requests_signed
    assert not entity.want_assertions_signed, "TRUE is no xs:boolean"


def test_roles_of_other_protocols_do_not_speak_for_saml2() -> None:
    entity = only(
        f"""<md:EntityDescriptor entityID="e">
        <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol">
            <md:KeyDescriptor/>
        </md:IDPSSODescriptor>
        <md:IDPSSODescriptor protocolSupportEnumeration="urn:x {SAMLP}"><md:KeyDescriptor use="signing"/></md:IDPSSODescriptor>
        <md:SPSSODescriptor protocolSupportEnumeration="urn:x"/><IDPSSODescriptor/></md:EntityDescriptor>"""
    )
    assert [(key.use, key.number) for key in entity.keys] == [("signing", 1)]
    assert (entity.is_idp, entity.is_sp) == (True, False)


@pytest.mark.parametrize(
    ("own", "inner", "outer", "expected"),
    [
        ("2026-05-03T00:00:00Z", "2026-05-02T00:00:00Z", "2026-05-01T00:00:00Z", 1),
        ("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", "", 1),
        ("", "2026-05-02T00:00:00Z", "nonsense", 2),
        ("", "", "", None),
    ],
)
def test_the_earliest_end_of_validity_counts(own: str, inner: str, outer: str, expected: int | None) -> None:
    (entity,) = entities(
        anatomy(
            f'<md:EntitiesDescriptor validUntil="{outer}"><md:EntitiesDescriptor validUntil="{inner}">'
            f'<md:EntityDescriptor validUntil="{own}"/></md:EntitiesDescriptor></md:EntitiesDescriptor>'
        )
    )
    assert entity.valid_until == (datetime(2026, 5, expected, tzinfo=UTC) if expected else None)
    assert entity.entity_id == ""
    assert entity.node.path == "/md:EntitiesDescriptor/md:EntitiesDescriptor/md:EntityDescriptor"


def test_entities_of_an_aggregate_keep_their_order() -> None:
    names = [f"e{number}" for number in range(30)]
    descriptors = "".join(f'<md:EntityDescriptor entityID="{name}"/>' for name in names)
    assert [item.entity_id for item in entities(anatomy(f"<md:EntitiesDescriptor>{descriptors}</md:EntitiesDescriptor>"))] == names


def test_a_message_holds_no_entities_even_if_metadata_is_inside() -> None:
    assert entities(anatomy("<samlp:Response><samlp:Extensions><md:EntityDescriptor/></samlp:Extensions></samlp:Response>")) == ()
