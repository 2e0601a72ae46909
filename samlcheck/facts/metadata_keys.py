"""Facts of the keys of an entity (SAML metadata 2.4.1.1; SAML V2.0 Metadata Interoperability Profile 2.5, 2.6).

Each ``metadata.keys.*`` fact has one reading for each ds:X509Certificate (or KeyDescriptor), grouped by KeyDescriptor.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from samlcheck.facts.certificates import CERTIFICATE, Examined, examine
from samlcheck.facts.entity import CERTIFICATES, KEYS, EntityCase
from samlcheck.facts.metadata_table import Derive, Quick, derived, pick
from samlcheck.facts.paths import path
from samlcheck.facts.table import Reading, Readings, Value
from samlcheck.saml.values import iso
from samlcheck.xmldoc.document import text_of
from samlcheck.xmldoc.names import local, q

_IDP, _SP = path("md:IDPSSODescriptor"), path("md:SPSSODescriptor")

pick("metadata.keys", "KeyDescriptor", KEYS, "here", "Every KeyDescriptor", of="{role}")
pick("metadata.keys.use", "use of the KeyDescriptor", KEYS, "@use", "`signing` or `encryption`; left out it is for both")
pick("metadata.keys.certificate", "X509Certificate", CERTIFICATES, "text", "Each certificate as written (base64)", of=KEYS)
pick("metadata.keys.name", "ds:KeyName", f"{KEYS}/ds:KeyInfo/ds:KeyName", "text", "Names of keys", of=KEYS)
pick("metadata.keys.key_value", "ds:KeyValue", f"{KEYS}/ds:KeyInfo/ds:KeyValue", "here", "Keys without certificate", of=KEYS)
pick("metadata.keys.key_info", "ds:KeyInfo", f"{KEYS}/ds:KeyInfo", "here", "The KeyInfo of each KeyDescriptor", of=KEYS)


Take = Callable[[Examined], Value | None]


def _quick(take: Take) -> Quick:
    return lambda entity: [_words(value) for _, facts in entity.certificates if (value := take(facts)) is not None and value != ""]


def _of_each(take: Take) -> Derive:
    """Return a fact with one reading for each certificate that has the value."""

    def read(entity: EntityCase) -> Readings:
        owners = entity.at(KEYS)
        found = []
        for node, facts in entity.certificates:
            value = take(facts)
            if value is None or value == "":
                continue
            group = entity.group(node, KEYS)
            found.append(
                Reading(
                    value,
                    _words(value),
                    entity.document.ref(node),
                    entity.reader.covered(node),
                    _label(owners[group], group) if owners else "",
                    group,
                )
            )
        return Readings(tuple(found), entity.document.absent(entity.node, f"md:IDPSSODescriptor/{CERTIFICATES[7:]}"))

    return read


def _words(value: Value) -> str:
    return str(value) if isinstance(value, str | int) else iso(value)


def _label(descriptor: etree._Element, group: int) -> str:
    role = descriptor.getparent()
    use = descriptor.get("use") or "signing and encryption"
    return f"KeyDescriptor {group + 1} of the {local(role.tag) if role is not None else 'role'}, for {use}"


for _name, _title, _kind, _doc, _take in (
    ("content", "content of X509Certificate", "text", "`certificate`, or what stands there instead (`private-key` …)", "content"),
    ("sha256", "certificate", "text", "SHA-256 of the certificate", "sha256"),
    ("spki_sha256", "public key", "text", "SHA-256 of the public key: the same in certificates of one key", "spki_sha256"),
    ("subject", "subject of the certificate", "text", "RFC 4514 name", "subject"),
    ("issuer", "issuer of the certificate", "text", "RFC 4514 name", "issuer"),
    ("not_before", "beginning of the certificate", "instant", "notBefore", "not_before"),
    ("not_after", "end of the certificate", "instant", "notAfter", "not_after"),
    ("type", "type of the key", "text", "`RSA`, `EC`, `DSA`, `Ed25519` …", "key_type"),
    ("bits", "size of the key", "integer", "Bits of the key, of every type", "bits"),
    ("exponent", "exponent of the RSA key", "integer", "Public exponent", "exponent"),
    ("curve", "curve of the EC key", "text", "Name of the curve, e.g. `secp256r1`", "curve"),
    ("signature_hash", "hash of the certificate's signature", "text", "`sha256`, `sha1`, `md5` …", "signature_hash"),
):  # fmt: skip

    def _take_it(facts: Examined, attribute: str = _take) -> Value | None:
        value: Value | None = getattr(facts, attribute)
        return value

    _add = derived(f"metadata.keys.{_name}", _title, _doc, kind=_kind, at=CERTIFICATES, quick=_quick(_take_it), row=True)
    _add(_of_each(_take_it))


def _rsa_bits(facts: Examined) -> int | None:
    return facts.bits if facts.key_type == "RSA" else None


def _repeated(facts: Examined) -> str | None:
    return "repeated" if facts.repeated_extensions else None


derived(
    "metadata.keys.rsa_bits", "size of the RSA key", "Bits of RSA keys only", kind="integer", at=CERTIFICATES,
    quick=_quick(_rsa_bits), row=True,
)(_of_each(_rsa_bits))  # fmt: skip
derived(
    "metadata.keys.repeated_extensions", "repeated X.509 extension", "Certificates that repeat one", at=CERTIFICATES,
    quick=_quick(_repeated), row=True,
)(_of_each(_repeated))  # fmt: skip


@derived("metadata.keys.days", "days until the certificate ends", "From the instant of judgement to notAfter", kind="integer")
def _days(entity: EntityCase) -> Readings:
    return _of_each(lambda facts: (facts.not_after - entity.clock.at).days if facts.not_after else None)(entity)


Pick = Callable[[EntityCase], list[etree._Element]]


def _elements(name: str, title: str, doc: str, at: str, odd: Pick, show: Callable[[etree._Element], str]) -> None:
    """Add a fact that lists what is odd where not every KeyDescriptor has one certificate. show: what is said of each."""

    def quick(entity: EntityCase) -> list[str]:
        return [] if entity.one_certificate_each else [show(node) for node in odd(entity)]

    def read(entity: EntityCase) -> Readings:
        found = ((node, show(node)) for node in odd(entity))
        return Readings(tuple(Reading(words, words, entity.document.ref(node)) for node, words in found))

    derived(name, title, doc, at=at, quick=quick, row=True)(read)


def _subject(certificate: etree._Element) -> str:
    facts = examine(text_of(certificate))
    return facts.subject or facts.content


def _inside(certificate: etree._Element) -> str:
    return ", ".join("a comment" if not isinstance(node.tag, str) else f"the element {local(node.tag)}" for node in certificate)


def _names_of(descriptor: etree._Element) -> str:
    return ", ".join(f"KeyName {text_of(node).strip()}" for node in descriptor.iter(q("ds:KeyName"))) or "nothing"


def is_further(certificate: etree._Element) -> bool:
    """Return whether a certificate stands behind another one of the same KeyDescriptor: no key of its own (IOP 2.5.1)."""
    owner = next(certificate.iterancestors(_DESCRIPTOR), None)
    return owner is not None and next(owner.iter(_CERTIFICATE), None) is not certificate


_DESCRIPTOR = q("md:KeyDescriptor")
_CERTIFICATE = q("ds:X509Certificate")
_KEYS = (_CERTIFICATE, q("ds:KeyValue"), "{http://www.w3.org/2009/xmldsig11#}DEREncodedKeyValue")
_elements(
    "metadata.keys.markup", "markup in X509Certificate", "Certificates with a comment or an element inside", CERTIFICATES,
    lambda entity: [node for node in entity.at(CERTIFICATES) if len(node)], _inside,
)  # fmt: skip
_elements(
    "metadata.keys.chains", "further X509Certificate", "Certificates after the first of the same KeyDescriptor", CERTIFICATES,
    lambda entity: [node for node in entity.at(CERTIFICATES) if is_further(node)], _subject,
)  # fmt: skip
_elements(
    "metadata.keys.bare", "KeyDescriptor without key", "KeyDescriptors that hold neither a certificate nor a key value", KEYS,
    lambda entity: [node for node in entity.at(KEYS) if next(node.iter(*_KEYS), None) is None], _names_of,
)  # fmt: skip


def _quick_given(entity: EntityCase) -> list[str]:
    return ["present" for role in entity.at(_IDP) for node in usable(role, "signing") if next(node.iter(*_KEYS), None) is not None]


@derived(
    "metadata.idp.signing_keys.given", "signing key that is given", "Those of them that hold a certificate or a key value",
    at=f"{_IDP}/md:KeyDescriptor", quick=_quick_given, row=True,
)  # fmt: skip
def _given(entity: EntityCase) -> Readings:
    nodes = [node for role in entity.at(_IDP) for node in usable(role, "signing") if next(node.iter(*_KEYS), None) is not None]
    anchor = entity.document.ref((entity.at(f"{_IDP}/md:KeyDescriptor") or [entity.node])[0])
    return Readings(tuple(entity.reader.present(node) for node in nodes), anchor)


def usable(role: etree._Element, use: str) -> list[etree._Element]:
    """Return the KeyDescriptors of a role that serve a use: those for it, and those without ``use`` (2.4.1.1)."""
    return [node for node in role.iterchildren(_DESCRIPTOR) if (node.get("use") or use) == use]


def _quick_usable(at: str, use: str, *, live: bool = False) -> Quick:
    return lambda entity: ["present" for role in entity.at(at) for node in usable(role, use) if not live or _lives(entity, node)]


def _usable(at: str, use: str, *, live: bool = False) -> Derive:
    def read(entity: EntityCase) -> Readings:
        roles = entity.at(at)
        nodes = [node for role in roles for node in usable(role, use) if not live or _lives(entity, node)]
        anchor = entity.document.absent(roles[0] if roles else entity.node, "md:KeyDescriptor")
        return Readings(tuple(entity.reader.present(node) for node in nodes), anchor)

    return read


def _lives(entity: EntityCase, descriptor: etree._Element) -> bool:
    """Return whether a KeyDescriptor holds a key that is in date; one without certificate has no dates."""
    found = [examine(text_of(node)) for node in descriptor.iter(q("ds:X509Certificate"))]
    if not found:
        return True
    return any(
        item.content == CERTIFICATE and item.not_before is not None and item.not_after is not None
        and item.not_before <= entity.clock.at < item.not_after
        for item in found
    )  # fmt: skip


for _fact, _where, _use in (
    ("idp.signing_keys", _IDP, "signing"), ("idp.encryption_keys", _IDP, "encryption"),
    ("sp.signing_keys", _SP, "signing"), ("sp.encryption_keys", _SP, "encryption"),
):  # fmt: skip
    _role = _where.removeprefix("md:")
    derived(
        f"metadata.{_fact}",
        f"{_use} key",
        f"KeyDescriptors of the {_role} that serve {_use}",
        at=f"{_where}/md:KeyDescriptor",
        quick=_quick_usable(_where, _use),
        row=True,
    )(_usable(_where, _use))
    derived(
        f"metadata.{_fact}.live", f"{_use} key in date", "Those of them whose certificate is in date",
        at=f"{_where}/md:KeyDescriptor", quick=_quick_usable(_where, _use, live=True), row=True,
    )(_usable(_where, _use, live=True))  # fmt: skip
