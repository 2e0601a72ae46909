"""Facts of the extensions that federations use: MDUI, entity attributes, scopes, registration, algorithm support.

Documents: sstc-saml-metadata-ui-v1.0, sstc-metadata-attr-cs-01, saml-metadata-rpi-v1.0, sstc-saml-metadata-algsupport-v1.0,
and Shibboleth's shibmd:Scope.
"""

from __future__ import annotations

from lxml import etree

from samlcheck.facts.entity import ATTRIBUTE, ATTRIBUTE_VALUE, EntityCase
from samlcheck.facts.metadata_table import Derive, Quick, derived, pick
from samlcheck.facts.paths import path
from samlcheck.facts.table import Readings
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import q

_UI = "{role}/md:Extensions/mdui:UIInfo"
pick("metadata.mdui", "mdui:UIInfo", _UI, "here", "User interface information of a role (MDUI 2.1)", of="{role}")
for _tag, _name, _kind in (
    ("DisplayName", "display_name", "text"), ("Description", "description", "text"), ("Keywords", "keywords", "text"),
    ("Logo", "logo", "uri"), ("InformationURL", "information_url", "uri"), ("PrivacyStatementURL", "privacy_url", "uri"),
):  # fmt: skip
    pick(f"metadata.mdui.{_name}", f"mdui:{_tag}", f"{_UI}/mdui:{_tag}", "text", "As written", kind=_kind, of="{role}")
    pick(f"metadata.mdui.{_name}_lang", f"xml:lang of mdui:{_tag}", f"{_UI}/mdui:{_tag}", "@xml:lang", "Its language", of="{role}")
_IDP_UI, _SP_UI = (f"md:{role}/md:Extensions/mdui:UIInfo" for role in ("IDPSSODescriptor", "SPSSODescriptor"))
pick("metadata.idp.mdui", "mdui:UIInfo of the IdP", _IDP_UI, "here", "The IdP role has UIInfo")
pick("metadata.idp.mdui.display_name", "mdui:DisplayName of the IdP", f"{_IDP_UI}/mdui:DisplayName", "text", "Of the IdP role")
pick("metadata.sp.mdui", "mdui:UIInfo of the SP", _SP_UI, "here", "The SP role has UIInfo")
pick("metadata.sp.mdui.display_name", "mdui:DisplayName of the SP", f"{_SP_UI}/mdui:DisplayName", "text", "Of the SP role")
pick(
    "metadata.sp.mdui.privacy_url", "mdui:PrivacyStatementURL of the SP", f"{_SP_UI}/mdui:PrivacyStatementURL", "text",
    "Of the SP role", kind="uri",
)  # fmt: skip
pick("metadata.mdui.logo_width", "width of mdui:Logo", f"{_UI}/mdui:Logo", "@width", "Pixels", kind="integer", of="{role}")
pick("metadata.mdui.logo_height", "height of mdui:Logo", f"{_UI}/mdui:Logo", "@height", "Pixels", kind="integer", of="{role}")
_HINTS = "{role}/md:Extensions/mdui:DiscoHints"
pick("metadata.mdui.ip_hint", "mdui:IPHint", f"{_HINTS}/mdui:IPHint", "text", "Networks of the users (MDUI 2.2.2)", of="{role}")
pick("metadata.mdui.domain_hint", "mdui:DomainHint", f"{_HINTS}/mdui:DomainHint", "text", "DNS domains (MDUI 2.2.3)", of="{role}")
pick(
    "metadata.mdui.geolocation_hint", "mdui:GeolocationHint", f"{_HINTS}/mdui:GeolocationHint", "text", "geo: URIs (MDUI 2.2.4)",
    kind="uri", of="{role}",
)  # fmt: skip

pick("metadata.entity_attributes.name", "Name of an entity attribute", ATTRIBUTE, "@Name", "Names (mdattr 2.2)", kind="uri")
pick("metadata.entity_attributes.value", "value of an entity attribute", ATTRIBUTE_VALUE, "text", "All values", of=ATTRIBUTE)


def _values(name: str) -> Derive:
    def read(entity: EntityCase) -> Readings:
        nodes = entity.claims.get(name, ())
        return Readings(tuple(entity.reader.element(node, "uri") for node in nodes), entity.document.absent(entity.node, ATTRIBUTE))

    return read


def _quick_values(name: str) -> Quick:
    return lambda entity: [text_of(node) for node in entity.claims.get(name, ())]


for _fact, _title, _attribute in (
    ("metadata.categories", "entity category", "http://macedir.org/entity-category"),
    ("metadata.category_support", "supported entity category", "http://macedir.org/entity-category-support"),
    ("metadata.assurance", "assurance certification", "urn:oasis:names:tc:SAML:attribute:assurance-certification"),
    ("metadata.subject_id_requirement", "subject-id requirement", "urn:oasis:names:tc:SAML:profiles:subject-id:req"),
):
    derived(
        _fact, _title, f"Values of the entity attribute {_attribute}", kind="uri", at=ATTRIBUTE_VALUE,
        quick=_quick_values(_attribute), row=True,
    )(_values(_attribute))  # fmt: skip

_SCOPE = path("md:Extensions/shibmd:Scope | {role}/md:Extensions/shibmd:Scope")


def _scopes(*, regexp: bool) -> Derive:
    def read(entity: EntityCase) -> Readings:
        nodes = [node for node in entity.at(_SCOPE) if (entity.flag(node, "regexp") is True) == regexp]
        return Readings(tuple(entity.reader.element(node) for node in nodes), entity.document.absent(entity.node, "md:Extensions"))

    return read


def _quick_scopes(*, regexp: bool) -> Quick:
    return lambda entity: [text_of(node) for node in entity.some(_SCOPE) if (entity.flag(node, "regexp") is True) == regexp]


derived("metadata.scopes", "shibmd:Scope", "Scopes that are literal names", at=_SCOPE, quick=_quick_scopes(regexp=False), row=True)(
    _scopes(regexp=False)
)
derived(
    "metadata.scopes.regexp", "shibmd:Scope with regexp", "Scopes that are patterns", at=_SCOPE,
    quick=_quick_scopes(regexp=True), row=True,
)(_scopes(regexp=True))  # fmt: skip
pick("metadata.scopes.flag", "regexp of shibmd:Scope", _SCOPE, "@regexp", "Whether a scope is a pattern", kind="boolean")

_REGISTRATION = "md:Extensions/mdrpi:RegistrationInfo"
_POLICY = f"{_REGISTRATION}/mdrpi:RegistrationPolicy"
pick("metadata.registration", "mdrpi:RegistrationInfo", _REGISTRATION, "here", "Who registered the entity (RPI 2.1)")
pick(
    "metadata.registration.authority", "registrationAuthority", _REGISTRATION, "@registrationAuthority", "URI of the registrar",
    kind="uri",
)  # fmt: skip
pick(
    "metadata.registration.instant", "registrationInstant", _REGISTRATION, "@registrationInstant", "When it was registered",
    kind="instant",
)  # fmt: skip
pick("metadata.registration.policy", "mdrpi:RegistrationPolicy", _POLICY, "text", "URLs of the policy", kind="uri")
pick("metadata.registration.policy_lang", "xml:lang of mdrpi:RegistrationPolicy", _POLICY, "@xml:lang", "Their languages")
_PUBLICATION = "md:Extensions/mdrpi:PublicationInfo"
pick("metadata.publication.publisher", "publisher", _PUBLICATION, "@publisher", "Who published the file (RPI 2.2)", kind="uri")
pick("metadata.publication.instant", "creationInstant", _PUBLICATION, "@creationInstant", "When it was published", kind="instant")

_DIGEST = "md:Extensions/alg:DigestMethod | {role}/md:Extensions/alg:DigestMethod"
_SIGNING = "md:Extensions/alg:SigningMethod | {role}/md:Extensions/alg:SigningMethod"
pick("metadata.algorithms.digest", "alg:DigestMethod", _DIGEST, "@Algorithm", "Digests supported", kind="algorithm")
pick("metadata.algorithms.signing", "alg:SigningMethod", _SIGNING, "@Algorithm", "Signature methods supported", kind="algorithm")
pick("metadata.algorithms.min_key", "MinKeySize of alg:SigningMethod", _SIGNING, "@MinKeySize", "Bits", kind="integer")
pick("metadata.algorithms.max_key", "MaxKeySize of alg:SigningMethod", _SIGNING, "@MaxKeySize", "Bits", kind="integer")
pick(
    "metadata.algorithms.encryption", "md:EncryptionMethod", "{role}/md:KeyDescriptor/md:EncryptionMethod", "@Algorithm",
    "Encryption methods supported (2.4.1.1)", kind="algorithm", of="{role}/md:KeyDescriptor",
)  # fmt: skip


def _quick_text(entity: EntityCase) -> list[str]:
    return [text for node in entity.some(_SHOWN) if (text := text_of(node) if len(node) else node.text)]


_SHOWN = path(
    f"md:Organization/md:OrganizationName | md:Organization/md:OrganizationDisplayName | md:Organization/md:OrganizationURL"
    f" | {_UI}/mdui:DisplayName | {_UI}/mdui:Description | {_UI}/mdui:InformationURL | {_UI}/mdui:PrivacyStatementURL"
    f" | {_UI}/mdui:Logo | md:SPSSODescriptor/md:AttributeConsumingService/md:ServiceName"
)


@derived(
    "metadata.text", "text for people", "Names, descriptions and URLs that people are shown, together", at=_SHOWN,
    quick=_quick_text, row=True,
)  # fmt: skip
def _text(entity: EntityCase) -> Readings:
    found = tuple(entity.reader.element(node) for node in entity.at(_SHOWN) if text_of(node))
    return Readings(found, entity.document.ref(entity.node))


_ROLE_EXTENSION = path(
    "{role}/md:Extensions/mdattr:EntityAttributes | {role}/md:Extensions/mdrpi:RegistrationInfo"
    " | {role}/md:Extensions/mdrpi:PublicationInfo"
)
pick(
    "metadata.extensions.misplaced", "extension in a role", _ROLE_EXTENSION, "tag",
    "EntityAttributes, RegistrationInfo and PublicationInfo in the Extensions of a role (mdattr 2.1, RPI 2.1, 2.2)",
)  # fmt: skip


def _are_empty(entity: EntityCase) -> list[etree._Element]:
    return [node for node in entity.node.iter(q("md:Extensions")) if next(node.iterchildren("*"), None) is None]


@derived(
    "metadata.extensions.empty", "empty Extensions", "Extensions elements with nothing in them (2.4.1: at least one)",
    quick=lambda entity: ["present"] * len(_are_empty(entity)),
)  # fmt: skip
def _empty(entity: EntityCase) -> Readings:
    return Readings(tuple(entity.reader.present(node) for node in _are_empty(entity)))
