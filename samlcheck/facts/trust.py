"""Facts of signatures, certificates and encryption, as verification found them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from samlcheck.case import Case
from samlcheck.facts.reading import NO_MESSAGE, constant
from samlcheck.facts.table import Fact, Reading, Readings, Value, add, fact
from samlcheck.saml.values import iso
from samlcheck.trust.facts import CertificateFact, EncryptionFact, SignatureFact, TrustFacts

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


def _add(name: str, title: str, kind: str, doc: str, read: Callable[[TrustFacts], Readings], *, many: bool = False) -> None:
    def reader(case: Case) -> Readings:
        trust = trust_of(case)
        return read(trust) if trust else NO_MESSAGE

    add(Fact(name, title, kind, reader, doc, many=many))


# --- signatures


def _of_signatures(found: Iterable[SignatureFact], read: Callable[[SignatureFact], str]) -> Iterator[Reading]:
    for item in found:
        raw = read(item)
        if raw:
            yield Reading(raw, raw, item.node, label=f"signature of the {item.element}")


def _one(
    pick: Callable[[TrustFacts], SignatureFact | None], read: Callable[[SignatureFact], str]
) -> Callable[[TrustFacts], Readings]:
    def reader(trust: TrustFacts) -> Readings:
        found = pick(trust)
        return Readings(tuple(_of_signatures([found], read)), found.node) if found else Readings()

    return reader


def _every(read: Callable[[SignatureFact], str]) -> Callable[[TrustFacts], Readings]:
    return lambda trust: Readings(tuple(_of_signatures(trust.signatures, read)))


def _named(element: str) -> Callable[[TrustFacts], SignatureFact | None]:
    return lambda trust: next((item for item in trust.signatures if item.element == element), None)


for _scope, _words, _pick in (
    ("signature", "relied-upon signature", relied_upon),
    ("signature.response", "signature of the Response", _named("Response")),
    ("signature.assertion", "signature of the Assertion", _named("Assertion")),
):
    _verdict, _reason = _one(_pick, lambda s: s.verdict), _one(_pick, lambda s: s.reason)
    _code = f"Reason code of the {_words} (docs/architecture.md)"
    _add(f"{_scope}.verdict", f"verdict on the {_words}", "verdict", f"Verdict on the {_words}", _verdict)
    _add(f"{_scope}.reason", f"reason of the verdict on the {_words}", "verdict", _code, _reason)

for _name, _title, _kind, _doc, _read in (
    (
        "element",
        "signed element",
        "text",
        "Element that the relied-upon signature protects",
        _one(relied_upon, lambda s: s.element),
    ),
    ("algorithm", "signature algorithm", "algorithm", "SignatureMethod of each signature", _every(lambda s: s.signature_algorithm)),
    ("digest_algorithm", "digest algorithm", "algorithm", "DigestMethod of each signature", _every(lambda s: s.digest_algorithm)),
    ("verdicts", "verdicts", "verdict", "Verdict on every signature looked at", _every(lambda s: s.verdict)),
):
    _add(f"signature.{_name}", _title, _kind, _doc, _read, many=_name != "element")


_DETACHED = ("logoutrequest", "logoutresponse", "authnrequest")
"""Messages that usually travel by the Redirect binding, where the signature stands in the query (bindings 3.4.4.1)."""
_WITHOUT_ITS_QUERY = Readings(
    unavailable="only the message was given; over the Redirect binding its signature stands in the URL",
    needs="the whole URL or form body",
)


def _may_be_signed_elsewhere(case: Case, trust: TrustFacts) -> bool:
    """Return whether an unsigned message may have had a signature beside it that was not given."""
    message = case.login.response or case.login.request
    if message is None or trust.reason != "unsigned" or trust.anatomy.kind not in _DETACHED:
        return False
    captured = message.captured
    if captured.redirect is not None or captured.binding not in ("redirect", "unknown"):
        return False
    # Base64 that was not deflated came by POST, where the signature is enveloped (bindings 3.5.4).
    return captured.binding == "redirect" or not any(layer.name.startswith("base64") for layer in captured.layers)


def _with_its_query(read: Callable[[TrustFacts], Readings]) -> Callable[[Case], Readings]:
    def reader(case: Case) -> Readings:
        trust = trust_of(case)
        if trust is None:
            return NO_MESSAGE
        return _WITHOUT_ITS_QUERY if _may_be_signed_elsewhere(case, trust) else read(trust)

    return reader


def _trust_verdict(case: Case) -> Readings:
    trust = trust_of(case)
    if trust is None:
        return NO_MESSAGE
    if _may_be_signed_elsewhere(case, trust):
        return _WITHOUT_ITS_QUERY
    if trust.verdict != "unverified":  # not known to be trusted is not the same as not to be trusted
        return constant(trust.verdict)
    if trust.reason == "encrypted-no-key" and not case.anchors.keys:
        return NO_KEY  # all else that is encrypted asks for --key
    return _UNVERIFIED.get(trust.reason, NO_KEY)


add(Fact("trust.verdict", "trust", "verdict", _trust_verdict, "trusted, untrusted or unverified"))
add(
    Fact(
        "trust.reason",
        "reason of the trust verdict",
        "verdict",
        _with_its_query(lambda trust: constant(trust.reason)),
        "Reason code of the trust verdict (docs/architecture.md)",
    )
)


# --- certificates


def _of_certificates(found: Iterable[CertificateFact | None], read: Callable[[CertificateFact], Value | None]) -> Readings:
    readings = []
    for item in found:
        value = read(item) if item is not None else None
        if item is not None and value not in (None, ""):
            raw = iso(value) if isinstance(value, datetime) else str(value)
            readings.append(Reading(value, raw, item.node, label=item.origin))
    return Readings(tuple(readings))


def _key_bits(certificate: CertificateFact) -> int | None:
    """Return the size of an RSA or DSA key; those of elliptic curves do not compare with it."""
    return certificate.key_bits if certificate.key_type.startswith(("RSA", "DSA")) else None


_FIELDS: tuple[tuple[str, str, str, str, Callable[[CertificateFact], Value | None]], ...] = (
    ("sha256", "SHA-256 of the", "text", "Fingerprint of the", lambda c: c.sha256),
    ("subject", "subject of the", "text", "Subject of the", lambda c: c.subject),
    ("not_before", "start of the", "instant", "notBefore of the", lambda c: c.not_before),
    ("not_after", "end of the", "instant", "notAfter of the", lambda c: c.not_after),
    ("key_bits", "key size of the", "integer", "Bits of the RSA or DSA key of the", _key_bits),
)


def _in_message(
    pick: Callable[[SignatureFact], CertificateFact | None], read: Callable[[CertificateFact], Value | None]
) -> Callable[[TrustFacts], Readings]:
    return lambda trust: _of_certificates(map(pick, trust.signatures), read)


def _pinned(read: Callable[[CertificateFact], Value | None]) -> Callable[[Case], Readings]:
    def reader(case: Case) -> Readings:
        return _of_certificates((key.certificate for key in case.anchors.keys), read) if case.anchors.keys else NO_KEY

    return reader


for _name, _title, _kind, _doc, _field in _FIELDS:
    for _scope, _words, _certificate in (
        ("used", "certificate that verified", lambda s: s.key),
        ("embedded", "certificate in the message", lambda s: s.embedded),
    ):
        _read = _in_message(_certificate, _field)
        _add(f"certificate.{_scope}.{_name}", f"{_title} {_words}", _kind, f"{_doc} {_words}", _read, many=True)
    _title, _doc = f"{_title} certificate given", f"{_doc} certificate given"
    add(Fact(f"certificate.pinned.{_name}", _title, _kind, _pinned(_field), _doc, many=True))


@fact(
    "certificate.apart.not_before",
    "start of the certificate given beside metadata",
    "instant",
    "notBefore of each certificate given as a file of its own whose key is not in the metadata given as well",
    many=True,
)
def _apart(case: Case) -> Readings:
    keys = case.anchors.keys
    if not keys:
        return NO_KEY
    if all(key.entity_id is None for key in keys):
        return Readings()
    return _of_certificates((key.certificate for key in keys if key.entity_id is None), lambda found: found.not_before)


# --- encryption


def _of_encrypted(read: Callable[[EncryptionFact], tuple[str, ...]]) -> Callable[[TrustFacts], Readings]:
    return lambda trust: Readings(
        tuple(Reading(raw, raw, item.node, label=item.element) for item in trust.encryption for raw in read(item) if raw)
    )


for _name, _title, _kind, _doc, _encrypted in (
    ("algorithms", "encryption algorithms", "algorithm", "Data and key algorithms", lambda e: (e.data_algorithm, e.key_algorithm)),
    ("reasons", "decryption", "text", "ok, no-key, decrypt-failed, refused …", lambda e: (e.reason,)),
    ("elements", "encrypted elements", "text", "EncryptedAssertion, EncryptedID or EncryptedAttribute", lambda e: (e.element,)),
):
    _add(f"encryption.{_name}", _title, _kind, f"{_doc}, for everything encrypted", _of_encrypted(_encrypted), many=True)
