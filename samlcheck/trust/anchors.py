"""Keys that the user trusts, from whatever file they were given in. What a file is, its content says, not its name.

Accepted: certificates as PEM, DER, bare base64 or PEM that lost its header lines, chains, public keys, and metadata.
Anything else is refused by saying what it is instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from lxml import etree

from samlcheck.errors import InputError, UsageError
from samlcheck.finding import Slot, Text
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.saml.metadata import Entity, KeyDescriptor, entities
from samlcheck.source import Artifact
from samlcheck.trust import keyfiles
from samlcheck.trust.certificates import (
    CertificateError,
    decode_base64,
    in_words,
    load_certificate,
    pin_certificate,
    pin_key_value,
    pin_public_key,
)
from samlcheck.trust.facts import Anchors, PinnedKey
from samlcheck.xmldoc.parse import METADATA, parse

Role = Literal["idp", "any"]
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----((?:[^-]++|-(?!----))*+)-----END \1-----", re.DOTALL)
_MOST = 20_000
"""Keys taken from one file; the largest federations have fewer."""


def load(artifacts: Sequence[Artifact], *, role: Role = "idp") -> Anchors:
    """Return the keys in the files given, each key once, and the metadata documents among them.

    role: ``idp`` takes keys of IDPSSODescriptors only (``--idp``); ``any`` takes those of every role (``--signed-by``).
    Raises UsageError for a file of another kind (``code`` names the kind), InputError for one that cannot be read.
    """
    keys: list[PinnedKey] = []
    metadata: list[Anatomy] = []
    problems: list[Text] = []
    for artifact in artifacts:
        documents = len(metadata)
        found = _load(artifact, role, metadata, problems)
        if not found and (role != "idp" or len(metadata) == documents):  # metadata without a key is a finding of its own
            raise UsageError(
                "This file holds no key that could verify an IdP's signatures.",
                tip="Give the IdP's metadata or its token-signing certificate.",
                where=artifact.name,
                code="no-signing-key",
            )
        keys.extend(found)
    once: dict[tuple[str, str | None], PinnedKey] = {}
    for key in keys:
        once.setdefault((key.certificate.spki_sha256, key.entity_id), key)
    known = {key.certificate.spki_sha256 for key in once.values() if key.entity_id is not None}
    unique = [key for key in once.values() if key.entity_id is not None or key.certificate.spki_sha256 not in known]
    return Anchors(tuple(unique), tuple(metadata), tuple(artifact.name for artifact in artifacts), tuple(problems))


def of_services(metadata: Sequence[Anatomy]) -> Anchors:
    """Return the keys with which the services of SP metadata documents sign what they send (metadata 2.4.1.1).

    Raises InputError for a certificate that cannot be read as part of a chain.
    """
    keys: list[PinnedKey] = []
    problems: list[Text] = []
    for anatomy in metadata:
        artifact = Artifact(anatomy.document.name, anatomy.document.data)
        keys.extend(_of_entities(entities(anatomy), ("SPSSODescriptor",), artifact, problems))
    return Anchors(tuple(keys), tuple(metadata), tuple(anatomy.document.name for anatomy in metadata), tuple(problems))


def for_issuer(anchors: Anchors, issuer: str) -> tuple[PinnedKey, ...]:
    """Return the keys to try on a message of ``issuer``.

    Where metadata of several entities was given, only the issuer's own keys speak for it; keys from bare certificates
    always count. With one entity, all count: another issuer is then a matter for a rule, not for the key.
    """
    if len({key.entity_id for key in anchors.keys if key.entity_id is not None}) < 2:
        return anchors.keys
    return tuple(key for key in anchors.keys if key.entity_id in (None, issuer))


def _load(artifact: Artifact, role: Role, metadata: list[Anatomy], problems: list[Text]) -> list[PinnedKey]:
    data = artifact.data.removeprefix(b"\xef\xbb\xbf").strip() if artifact.data[:1] != b"\x30" else artifact.data
    if not data:
        raise InputError(
            "The file is empty.", tip="Give the IdP's metadata or certificate.", where=artifact.name, code="empty-key-file"
        )
    if keyfiles.is_xml(data):
        return _from_metadata(artifact, role, metadata, problems)
    data = data.replace(b"\\r", b"").replace(b"\\n", b"\n") if b"-----BEGIN" in data or b"\\n" in data else data
    blocks = _PEM.findall(data)
    if blocks:
        return _from_pem(artifact, blocks, problems)
    if data[:1] == b"\x30":
        return [_from_der(artifact, artifact.data, artifact.name)]
    try:
        octets = decode_base64(keyfiles.without_armour(data))
    except ValueError:
        raise keyfiles.refusal(artifact, data) from None
    inner = Artifact(artifact.name, octets)
    if octets[:1] == b"\x30":
        return [_from_der(inner, octets, artifact.name)]
    if octets.startswith(b"-----BEGIN CERTIFICATE"):
        return _load(inner, role, metadata, problems)
    raise keyfiles.refusal(artifact, data, octets)


def _from_pem(artifact: Artifact, blocks: list[tuple[bytes, bytes]], problems: list[Text]) -> list[PinnedKey]:
    ders: list[bytes] = []
    keys: list[PinnedKey] = []
    others: list[str] = []
    for label_octets, body in blocks:
        label = label_octets.decode("ascii")
        try:
            octets = decode_base64(body)
        except ValueError:
            if "PRIVATE KEY" in label:  # an encrypted key of the old kind has headers
                others.append(label)
                continue
            message = f"The PEM block {label.title()} is damaged: it is not base64."
            raise InputError(message, tip="Copy the whole block again.", where=artifact.name, code="damaged-pem") from None
        if label in ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"):
            ders.append(octets)
        elif label in ("PUBLIC KEY", "RSA PUBLIC KEY"):
            keys.append(_public(artifact, octets))
        else:
            others.append(label)
    if not ders and not keys:
        raise keyfiles.refusal_of_pem(artifact, others)
    for label in others:
        problems.append(
            Text.of(Slot(artifact.name), f" also holds a {label.lower()}, which is not needed here. Keep private keys to yourself.")
        )
    return keys + _without_issuers([(der, artifact.name) for der in ders], artifact, problems)


def _without_issuers(
    ders: list[tuple[bytes, str]], artifact: Artifact, problems: list[Text], entity_id: str | None = None
) -> list[PinnedKey]:
    """Return the keys of a set of certificates; of a chain, only that of its end (XML Signature 4.5.4)."""
    found = []
    for number, (der, origin) in enumerate(ders, 1):
        try:
            name = f"{origin}, certificate {number}" if len(ders) > 1 else origin
            found.append((load_certificate(der), pin_certificate(der, name, entity_id=entity_id)))
        except CertificateError as error:
            raise InputError(
                f"Certificate {number} in this file cannot be read: {error}.",
                tip="Download it again from the IdP.",
                where=artifact.name,
                code="bad-certificate",
            ) from None
    keys = []
    for certificate, key in found:
        issued = [other for other, _ in found if other.issuer == certificate.subject and other.subject != certificate.subject]
        if issued and keyfiles.is_authority(certificate):
            problems.append(
                Text.of(
                    in_words(key.certificate),
                    " is the issuer of another certificate in ",
                    Slot(artifact.name),
                    " and is not taken as a signing key.",
                )
            )
        else:
            keys.append(key)
    return keys


def _from_der(artifact: Artifact, octets: bytes, origin: str) -> PinnedKey:
    try:
        return pin_certificate(octets, origin)
    except CertificateError:
        pass
    try:
        return pin_public_key(octets, origin)
    except CertificateError:
        raise keyfiles.refusal_of_der(artifact, octets) from None


def _public(artifact: Artifact, octets: bytes) -> PinnedKey:
    try:
        return pin_public_key(octets, artifact.name)
    except CertificateError:
        raise InputError("The public key in this file cannot be read.", where=artifact.name, code="bad-public-key") from None


def _from_metadata(artifact: Artifact, role: Role, metadata: list[Anatomy], problems: list[Text]) -> list[PinnedKey]:
    if keyfiles.is_html(artifact.data):
        raise UsageError(
            "This is a web page, not metadata.",
            tip="Open the metadata link in a browser, sign in if asked, and save what it delivers.",
            where=artifact.name,
            code="html",
        )
    anatomy = dissect(
        parse(Artifact(artifact.name, artifact.data.lstrip() if artifact.data[:1].isspace() else artifact.data), METADATA)
    )
    wanted = ("IDPSSODescriptor",) if role == "idp" else ("IDPSSODescriptor", "SPSSODescriptor")
    found = entities(anatomy)
    if not found or not any(entity.is_idp or (entity.is_sp and role == "any") for entity in found):
        raise keyfiles.refusal_of_xml(artifact, anatomy)
    metadata.append(anatomy)
    return _of_entities(found, wanted, artifact, problems)


def _of_entities(found: Sequence[Entity], wanted: Sequence[str], artifact: Artifact, problems: list[Text]) -> list[PinnedKey]:
    keys: list[PinnedKey] = []
    for entity in found:
        for descriptor in entity.keys:
            if descriptor.role not in wanted:
                continue
            if not descriptor.signs:
                problems.append(
                    Text.of(Slot(artifact.name), f": KeyDescriptor {descriptor.number} is for encryption and verifies nothing.")
                )
                continue
            keys.extend(_of_descriptor(descriptor, artifact, entity.entity_id, problems))
            if len(keys) > _MOST:
                raise InputError(f"The metadata holds more than {_MOST} keys.", where=artifact.name, code="too-many-keys")
    return keys


def _of_descriptor(descriptor: KeyDescriptor, artifact: Artifact, entity_id: str, problems: list[Text]) -> list[PinnedKey]:
    """Return the keys of one md:KeyDescriptor; what cannot be read is told and skipped."""
    origin = f"{artifact.name}, KeyDescriptor {descriptor.number} ({descriptor.use or 'no use, so also signing'})"
    ders: list[tuple[bytes, str]] = []
    for element in descriptor.certificates:
        try:
            der = decode_base64(_text(element))
            load_certificate(der)
            ders.append((der, origin))
        except ValueError:
            problems.append(Text.of(Slot(origin), f": the X509Certificate {_fault(_text(element))}."))
    keys = _without_issuers(ders, artifact, problems, entity_id)
    keys.extend(_key_values(descriptor, origin, entity_id) if not keys else ())
    return keys


def _fault(text: str) -> str:
    """Return what is wrong with the content of an X509Certificate (XML Signature 4.5.4.1: base64 of DER, nothing else)."""
    if "-----" in text:
        return "has the first and last line of a PEM file in it; only the base64 between them belongs there"
    try:
        decode_base64(text)
    except ValueError:
        return "is no base64"
    return "is damaged or cut off" if text.strip() else "is empty"


def _key_values(descriptor: KeyDescriptor, origin: str, entity_id: str) -> Iterator[PinnedKey]:
    for element in descriptor.key_values:
        try:
            yield pin_key_value(element, origin, node=descriptor.node, entity_id=entity_id)
        except CertificateError:
            continue


def _text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())
