"""Facts of signatures, certificates, encryption and of what the user gave about IdP and SP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samlcheck.case import Case
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Fact, Reading, Readings, Value, add, fact
from samlcheck.saml.metadata import Endpoint, entities
from samlcheck.saml.values import iso
from samlcheck.trust.facts import CertificateFact, SignatureFact, TrustFacts

NO_KEY = Readings(unavailable="no certificate or metadata of the IdP was given", needs="--idp")
_UNVERIFIED = {
    "encrypted-no-key": Readings(unavailable="the assertion is encrypted", needs="--key"),
    "engine-missing": Readings(unavailable="the signature engine cannot be loaded", needs="what samlcheck doctor says"),
}


def trust_of(case: Case) -> TrustFacts | None:
    """Return the trust facts of the message that is judged."""
    return case.trust or case.request_trust


def relied_upon(trust: TrustFacts) -> SignatureFact | None:
    """Return the signature a consumer relies on: the message's if it is there, else the assertion's.

    A message signature that fails is not excused by an assertion signature that holds: every signature present must
    verify (CVE-2021-21238, samlify GHSA-wj54-2vfp-35f2). So the worst present one is returned, unless trust was reached:
    then the failing ones lie inside signed content and are not relied upon (``trust.establish``).
    """
    present = [item for item in trust.signatures if item.verdict != "absent"]
    bad = [item for item in present if item.verdict != "valid"]
    if bad and trust.verdict != "trusted":
        return bad[0]
    if present:
        return next((item for item in present if item.verdict == "valid"), present[0])
    return trust.signatures[0] if trust.signatures else None


def _signature(name: str, title: str, kind: str, doc: str, pick: Callable[[TrustFacts], SignatureFact | None], read: Callable[[SignatureFact], str]) -> None:
    def reader(case: Case) -> Readings:
        trust = trust_of(case)
        found = pick(trust) if trust else None
        if found is None:
            return Readings()
        raw = read(found)
        return Readings((Reading(raw, raw, found.node, label=f"signature of the {found.element}"),) if raw else (), found.node)

    add(Fact(name, title, kind, reader, doc))


def _named(*elements: str) -> Callable[[TrustFacts], SignatureFact | None]:
    return lambda trust: next((item for item in trust.signatures if item.element in elements), None)


for _scope, _pick, _words in (
    ("signature", relied_upon, "relied-upon signature"),
    ("signature.response", _named("Response"), "signature of the Response"),
    ("signature.assertion", _named("Assertion"), "signature of the Assertion"),
):
    _signature(f"{_scope}.verdict", f"verdict on the {_words}", "verdict", f"Verdict on the {_words}", _pick, lambda s: s.verdict)
    _signature(f"{_scope}.reason", f"reason of the verdict on the {_words}", "verdict", f"Reason code of the {_words} (docs/architecture.md)", _pick, lambda s: s.reason)
_signature("signature.element", "signed element", "text", "Element that the relied-upon signature protects", relied_upon, lambda s: s.element)


def _algorithms(read: Callable[[SignatureFact], str]) -> Callable[[Case], Readings]:
    def reader(case: Case) -> Readings:
        trust = trust_of(case)
        found = [(item, read(item)) for item in trust.signatures] if trust else []
        return Readings(tuple(Reading(raw, raw, item.node, label=f"signature of the {item.element}") for item, raw in found if raw))

    return reader


add(Fact("signature.algorithm", "signature algorithm", "algorithm", _algorithms(lambda s: s.signature_algorithm), "SignatureMethod of each signature", many=True))
add(Fact("signature.digest_algorithm", "digest algorithm", "algorithm", _algorithms(lambda s: s.digest_algorithm), "DigestMethod of each signature", many=True))
add(Fact("signature.verdicts", "verdicts", "verdict", _algorithms(lambda s: s.verdict), "Verdict on every signature looked at", many=True))


@fact("trust.verdict", "trust", "verdict", "trusted, untrusted or unverified")
def _trust_verdict(case: Case) -> Readings:
    trust = trust_of(case)
    if trust is None:
        return Readings()
    if trust.verdict == "unverified":  # not known to be trusted is not the same as not to be trusted
        return _UNVERIFIED.get(trust.reason, NO_KEY)
    return constant(trust.verdict)


@fact("trust.reason", "reason of the trust verdict", "verdict", "Reason code of the trust verdict (docs/architecture.md)")
def _trust_reason(case: Case) -> Readings:
    trust = trust_of(case)
    return constant(trust.reason) if trust else Readings()


def _certificates(name: str, title: str, kind: str, doc: str, pick: Callable[[Case], list[CertificateFact]], read: Callable[[CertificateFact], Value | None]) -> None:
    def reader(case: Case) -> Readings:
        found = []
        for item in pick(case):
            value = read(item)
            if value is not None and value != "":
                raw = iso(value) if isinstance(value, datetime) else str(value)
                found.append(Reading(value, raw, item.node, label=item.origin))
        return Readings(tuple(found))

    add(Fact(name, title, kind, reader, doc, many=True))


def _used(case: Case) -> list[CertificateFact]:
    trust = trust_of(case)
    return [item.key for item in trust.signatures if item.key is not None] if trust else []


def _embedded(case: Case) -> list[CertificateFact]:
    trust = trust_of(case)
    return [item.embedded for item in trust.signatures if item.embedded is not None] if trust else []


for _scope, _words, _find in (
    ("certificate.used", "certificate that verified", _used),
    ("certificate.embedded", "certificate in the message", _embedded),
    ("certificate.pinned", "certificate given", lambda case: [key.certificate for key in case.anchors.keys]),
):
    _certificates(f"{_scope}.sha256", f"SHA-256 of the {_words}", "text", f"Fingerprint of the {_words}", _find, lambda c: c.sha256)
    _certificates(f"{_scope}.subject", f"subject of the {_words}", "text", f"Subject of the {_words}", _find, lambda c: c.subject)
    _certificates(f"{_scope}.not_before", f"start of the {_words}", "instant", f"notBefore of the {_words}", _find, lambda c: c.not_before)
    _certificates(f"{_scope}.not_after", f"end of the {_words}", "instant", f"notAfter of the {_words}", _find, lambda c: c.not_after)
    _certificates(f"{_scope}.key_bits", f"key size of the {_words}", "integer", f"Bits of the key of the {_words} (RSA and DSA; 0 otherwise)", _find, lambda c: c.key_bits if c.key_type.startswith(("RSA", "DSA")) else None)


@fact("encryption.algorithms", "encryption algorithms", "algorithm", "Data and key algorithms of everything encrypted", many=True)
def _encryption(case: Case) -> Readings:
    trust = trust_of(case)
    found = []
    for item in trust.encryption if trust else ():
        found.extend(Reading(raw, raw, item.node, label=item.element) for raw in (item.data_algorithm, item.key_algorithm) if raw)
    return Readings(tuple(found))


@fact("encryption.reasons", "decryption", "text", "ok, no-key, decrypt-failed, refused … for everything encrypted", many=True)
def _encryption_reasons(case: Case) -> Readings:
    trust = trust_of(case)
    return Readings(tuple(Reading(item.reason, item.reason, item.node, label=item.element) for item in trust.encryption) if trust else ())


@fact("encryption.elements", "encrypted elements", "text", "EncryptedAssertion, EncryptedID, EncryptedAttribute found", many=True)
def _encryption_elements(case: Case) -> Readings:
    trust = trust_of(case)
    return Readings(tuple(Reading(item.element, item.element, item.node) for item in trust.encryption) if trust else ())


@fact("idp.entity_id", "entityID of the IdP", "uri", "From --issuer or the metadata given by --idp", many=True)
def _idp_entity_id(case: Case) -> Readings:
    if case.told.issuer:
        return constant(case.told.issuer, label="--issuer")
    found = [entity for anatomy in case.anchors.metadata for entity in entities(anatomy) if entity.is_idp]
    if found:
        return Readings(tuple(Reading(e.entity_id, e.entity_id, e.node, label=e.document) for e in found))
    return Readings(unavailable="the IdP's entityID was not given", needs="--issuer, or --idp with metadata")


@fact("idp.valid_until", "validUntil of the IdP metadata", "instant", "md:EntityDescriptor/@validUntil of the metadata given", many=True)
def _idp_valid_until(case: Case) -> Readings:
    found = [e for anatomy in case.anchors.metadata for e in entities(anatomy) if e.valid_until is not None]
    return Readings(tuple(Reading(e.valid_until, iso(e.valid_until), e.node, label=e.document) for e in found if e.valid_until))


@fact("idp.sso_urls", "SingleSignOnService of the IdP", "uri", "Locations in the IdP metadata given", many=True)
def _idp_sso(case: Case) -> Readings:
    return _endpoints([x for a in case.anchors.metadata for e in entities(a) for x in e.single_sign_on], "--idp with metadata")


@fact("sp.entity_id", "entityID of the SP", "uri", "From --audience or the metadata given by --sp", many=True)
def _sp_entity_id(case: Case) -> Readings:
    if case.told.audience:
        return Readings(tuple(Reading(a, a, label="--audience") for a in case.told.audience))
    found = [entity for anatomy in case.sp for entity in entities(anatomy) if entity.is_sp]
    if found:
        return Readings(tuple(Reading(e.entity_id, e.entity_id, e.node, label=e.document) for e in found))
    return Readings(unavailable="the audience (entityID of the service) was not given", needs="--audience or --sp")


@fact("sp.acs_urls", "AssertionConsumerService URLs", "uri", "From --acs or the metadata given by --sp", many=True)
def _sp_acs(case: Case) -> Readings:
    if case.told.acs:
        return Readings(tuple(Reading(a, a, label="--acs") for a in case.told.acs))
    return _endpoints([x for a in case.sp for e in entities(a) for x in e.assertion_consumer], "--acs or --sp")


@fact("told.user", "login name", "text", "The login name the service knows (--user)", sensitive=True)
def _user(case: Case) -> Readings:
    if not case.told.user:
        return Readings(unavailable="the login name at the service was not given", needs="--user")
    return constant(case.told.user, label="--user", sensitive=True)


@fact("login.at", "time of the login", "instant", "When the login was tried: from the capture or --at, never merely now")
def _login_at(case: Case) -> Readings:
    if case.clock.kind == "now":
        return Readings(unavailable="when the login was tried is not known", needs="--at")
    return constant(iso(case.clock.at), case.clock.at, label="the capture" if case.clock.kind == "capture" else "--at")


def _endpoints(found: list[Endpoint], needs: str) -> Readings:
    if not found:
        return Readings(unavailable="the endpoints were not given", needs=needs)
    return Readings(tuple(Reading(item.location, item.location, item.node, label=item.binding) for item in found))
