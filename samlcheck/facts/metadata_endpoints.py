"""Facts of the endpoints of an entity (SAML metadata 2.2.2, 2.2.3, 2.4.2 to 2.4.7; idpdisc; request-init).

Every service has the same five facts; ``metadata.endpoints.*`` are those of all services together, with the service's name.
"""

from __future__ import annotations

from samlcheck.facts.metadata_table import pick

SERVICES = {
    "sso": "md:IDPSSODescriptor/md:SingleSignOnService",
    "slo": "{role}/md:SingleLogoutService",
    "idp.slo": "md:IDPSSODescriptor/md:SingleLogoutService",
    "sp.slo": "md:SPSSODescriptor/md:SingleLogoutService",
    "acs": "md:SPSSODescriptor/md:AssertionConsumerService",
    "ars": "{role}/md:ArtifactResolutionService",
    "manage_nameid": "{role}/md:ManageNameIDService",
    "nameid_mapping": "md:IDPSSODescriptor/md:NameIDMappingService",
    "assertion_id_request": "{role}/md:AssertionIDRequestService",
    "attribute_service": "md:AttributeAuthorityDescriptor/md:AttributeService",
    "discovery": "md:SPSSODescriptor/md:Extensions/idpdisc:DiscoveryResponse",
    "request_initiator": "md:SPSSODescriptor/md:Extensions/init:RequestInitiator",
}
"""Path of each service's elements by the name that its facts have: ``metadata.acs.location``."""
ALL = " | ".join(
    f"{{role}}/md:{name}"
    for name in (
        "SingleSignOnService", "SingleLogoutService", "AssertionConsumerService", "ArtifactResolutionService",
        "ManageNameIDService", "NameIDMappingService", "AssertionIDRequestService", "AttributeService",
        "AuthnQueryService", "AuthzService",
    )
) + f" | {SERVICES['discovery']} | {SERVICES['request_initiator']}"  # fmt: skip
_INDEXED = ("acs", "ars", "discovery")

for _name, _at in {"endpoints": ALL, **SERVICES}.items():
    _title = "endpoint" if _name == "endpoints" else _at.rpartition(":")[2]
    pick(f"metadata.{_name}", _title, _at, "tag", "Each endpoint, by the local name of its element")
    pick(f"metadata.{_name}.binding", f"Binding of {_title}", _at, "@Binding", "Binding of each endpoint", kind="uri")
    pick(f"metadata.{_name}.location", f"Location of {_title}", _at, "@Location", "Location of each endpoint", kind="uri")
    pick(
        f"metadata.{_name}.response_location", f"ResponseLocation of {_title}", _at, "@ResponseLocation",
        "Where responses go, if elsewhere (2.2.2)", kind="uri",
    )  # fmt: skip
    if _name in _INDEXED:
        pick(f"metadata.{_name}.index", f"index of {_title}", _at, "@index", "index of each endpoint (2.2.3)", kind="integer")
        pick(
            f"metadata.{_name}.is_default", f"isDefault of {_title}", _at, "@isDefault", "isDefault of each endpoint (2.2.3)",
            kind="boolean",
        )  # fmt: skip
