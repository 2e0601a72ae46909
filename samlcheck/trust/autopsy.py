"""Why a signature does not hold: hypotheses, cheapest first, until one fits (DESIGN 4).

xmlsec says "invalid" to another key, changed content, a changed SignedInfo and re-indented XML alike. Digest and signature
value, taken apart and tried again, tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from samlcheck.finding import Slot, Text, joined
from samlcheck.frozen import dataclass
from samlcheck.trust import damage
from samlcheck.trust.certificates import in_words
from samlcheck.trust.examination import Examination
from samlcheck.trust.facts import PinnedKey, SignatureVerdict
from samlcheck.trust.written import octets_of
from samlcheck.xmldoc.names import local, q

LARGEST = 256 * 1024
"""Octets of a document up to which repairs are tried: each costs at least a digest of what is signed."""
_LISTED = 4
"""Keys named in one explanation."""
_LOST_PLUS = re.compile(r"[A-Za-z0-9+/] [A-Za-z0-9+/]")
"""A blank within a line of base64; nobody wraps base64 by blanks."""
_BY_SERVICES = ("AuthnRequest", "ArtifactResolve", "AttributeQuery")
"""Messages that services send."""
_TRIED = (
    " Undoing changes of indentation, line ends, base64, white space, characters or namespaces does not mend it; quotes, the "
    "order of attributes, the spelling of entities and comments play no part in a signature."
)


@dataclass(frozen=True, slots=True)
class Cause:
    """The hypothesis that holds."""

    reason: str
    explanation: Text
    verdict: SignatureVerdict = "invalid"


def explain(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], *, size: int) -> Cause:
    """Return why the signature does not hold with the keys given (or cannot be judged, when none was given).

    embedded: the keys in KeyInfo, for the explanation alone. size: octets of the whole document (``LARGEST``).
    """
    element = local(exam.admitted.target.tag)
    if not exam.value and not octets_of(exam.admitted.written.signature_value.strip().replace(" ", "+")):
        return Cause(
            "signature-value-malformed",
            Text.of("SignatureValue is empty or not base64: it was cut or changed. Capture the message again."),
        )
    if exam.digest_holds:
        return _content_intact(exam, given, embedded, element)
    if exam.stood_alone:
        words = (
            'What is signed was a document of its own when it was signed, with the Reference URI="", and was then put into the '
            f"{element}: there that means the whole {element}. SAML requires # and the ID of the signed element (core 5.4.2)."
        )
        return Cause("reference-empty", Text.of(words), "refused")
    mended = _repairable(exam, given, embedded, element) if size <= LARGEST else None
    if mended is not None:
        return mended
    changed = _content_changed(exam, given, embedded, element)
    return Cause(changed.reason, Text.of(changed.explanation, _TRIED)) if size <= LARGEST else changed


def _content_intact(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], element: str) -> Cause:
    """The digest holds, so it is about the key, SignedInfo or SignatureValue."""
    signer = next((key for key in embedded if exam.signed_by(key)), None)
    if not given and signer is None and _LOST_PLUS.search(exam.admitted.written.signature_value.strip()):
        return Cause(
            "base64-damaged",
            Text.of(
                f"SignatureValue of the {element} holds blanks where base64 has plus signs: they were turned into blanks, and "
                "no key verifies it so. Whether all else is as signed cannot be told without a key."
            ),
        )
    if not given:
        fits = Text()
        if signer is not None:
            fits = Text.of(
                f"It fits the {_kind(signer)} inside the message, ",
                in_words(signer.certificate),
                ", but a message cannot vouch for its own key. ",
            )
        text = Text.of(
            f"No key was given to verify the {element} signature with. ",
            fits,
            "Give the service's metadata (--sp) or its signing certificate (--signed-by)."
            if element in _BY_SERVICES
            else "Give the IdP's certificate or metadata.",
        )
        return Cause("no-key-given", text, "unverifiable")
    if signer is not None:
        return Cause(
            "key-rotated",
            Text.of(
                f"The {element} is intact, but signed by another key: the {_kind(signer)} inside the message, ",
                in_words(signer.certificate),
                f", verifies, but is not the {_count(given)} given: ",
                _listed(given),
                _relation(exam, signer, given),
            ),
        )
    for repair in damage.DAMAGES:
        key = next((key for key in (*given, *embedded) if exam.signed_after(repair, key)), None)
        if key is not None:
            return Cause(repair.reason, _damaged(element, repair.words, exam, key, given, of="SignedInfo or SignatureValue"))
    maker = next((key for key in (*given, *embedded) if exam.made_by(key)), None)
    pins = {key.certificate.spki_sha256 for key in given}
    if maker is None:
        maker = next((key for key in embedded if key.certificate.spki_sha256 in pins), None)
    if maker is not None:
        return Cause(
            "signed-info-altered",
            Text.of(
                f"The content of the {element} is intact, but SignedInfo or SignatureValue was changed after signing by ",
                in_words(maker.certificate),
                ". Find what rewrites the message on its way.",
            ),
        )
    hint = (
        f"the {_kind(embedded[0])} inside the message does not fit either"
        if embedded
        else "the message carries no certificate to compare"
    )
    return Cause(
        "other-key",
        Text.of(
            f"The {element} is intact, but the {_count(given)} given did not make this signature ({hint}). Tried: ",
            _listed(given),
            ". Load the IdP's present certificate or metadata.",
        ),
    )


def _kind(key: PinnedKey) -> str:
    return "certificate" if key.certificate_der else "key"


def _repairable(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], element: str) -> Cause | None:
    """The digest does not hold; try what would have made it hold."""

    def found(reason: str, words: str, key: PinnedKey | None) -> Cause:
        return Cause(reason, _damaged(element, words, exam, key, given, of="content"))

    keys = (*given, *embedded)
    for repair in damage.DAMAGES:
        if exam.repaired(repair):
            return found(repair.reason, repair.words, next((key for key in keys if exam.signed_after(repair, key)), None))
    # SignedInfo can have changed with the content; RSA still tells who made the signature value.
    signer = next((key for key in keys if exam.signed_by(key)), None) or next((key for key in keys if exam.made_by(key)), None)
    trimmed = exam.trimmed()
    if trimmed is not None:
        name, words = trimmed
        return found("whitespace-trimmed", f"white space of {name} was trimmed, which was signed with {words}", signer)
    redeclared = exam.redeclared()
    return found("namespaces-changed", redeclared, signer) if redeclared else None


def _content_changed(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], element: str) -> Cause:
    """The digest does not hold and nothing known mends it."""
    start = f"The content of the {element} was changed after signing: its digest is not the one that was signed. "
    mine = next((key for key in given if exam.signed_by(key)), None)
    if mine is not None:
        end = Text.of("SignedInfo is intact and signed by the key given, ", in_words(mine.certificate), ".")
        return Cause("content-changed", Text.of(start, end, _redacted(exam) or " Find what edits the message on its way."))
    theirs = next((key for key in embedded if exam.signed_by(key)), None)
    if theirs is not None:
        given_words = Text.of(", which is not among the keys given: ", _listed(given), ".") if given else Text.of(".")
        return Cause(
            "content-changed",
            Text.of(
                start,
                "SignedInfo is signed by the certificate inside the message, ",
                in_words(theirs.certificate),
                given_words,
                _redacted(exam),
            ),
        )
    if not given and not embedded:
        return Cause("content-changed", Text.of(start, "Who signed SignedInfo cannot be told without a key.", _redacted(exam)))
    return Cause(
        "digest-and-signature-changed",
        Text.of(
            start, "SignedInfo does not verify either, with the keys given or the one inside: ", _listed((*given, *embedded)), "."
        ),
    )


def _damaged(element: str, words: str, exam: Examination, key: PinnedKey | None, given: Sequence[PinnedKey], *, of: str) -> Text:
    start = Text.of(f"The {of} of the {element} signature was altered on its way: {words}. Undone, it is as signed")
    if key is None:
        who = Text.of(", by a key that was not given.")
    elif key in given:
        who = Text.of(" by the key given, ", in_words(key.certificate), ".")
    else:
        who = Text.of(" by the certificate inside the message, ", in_words(key.certificate), ", which was not given.")
    return Text.of(start, who, " Whatever stands between IdP and service must pass the message on octet for octet.")


_SHARED_SUBJECTS = ("Microsoft Azure Federated SSO Certificate", "accounts.accesscontrol.windows.net")
"""Names in certificates that every tenant of a product has."""


def _relation(exam: Examination, signer: PinnedKey, given: Sequence[PinnedKey]) -> Text:
    """Say whether it looks like a new certificate of the same IdP or like another IdP or tenant."""
    load = " Load the present one at the service, taken from the IdP itself and never from a message."
    entities = tuple(dict.fromkeys(key.entity_id for key in given if key.entity_id))
    issuer, subject = _issuer(exam), signer.certificate.subject
    same_name = any(key.certificate.subject == subject for key in given) if subject else False
    if issuer and issuer in entities:
        return Text.of(
            f". The IdP is the one whose metadata was given{_since(signer, given)}: it has changed its certificate, or "
            "somebody else signs in its name.",
            load,
        )
    if issuer and entities:
        return Text.of(
            ". Issuer is ", Slot(issuer), ", but the metadata given is of ", Slot(entities[0]), ": this is another IdP or tenant."
        )
    if same_name and any(name in subject for name in _SHARED_SUBJECTS):
        return Text.of(
            f". All tenants have certificates of this name{_since(signer, given)}: either the tenant changed its certificate, or "
            "this is another tenant. Compare Issuer, then load the certificate of the right one at the service."
        )
    if same_name:
        return Text.of(
            f". The subject is the same{_since(signer, given)}: the IdP has changed its certificate, or somebody else made one "
            "of that name.",
            load,
        )
    return Text.of(
        ". If the IdP changed its certificate, load the present one at the service; otherwise this is another IdP or tenant."
    )


def _since(signer: PinnedKey, given: Sequence[PinnedKey]) -> str:
    """Say whether the signer's certificate is newer or older than those given."""
    dates = [key.certificate.not_before for key in given if key.certificate.not_before]
    begun = signer.certificate.not_before
    if begun is None or not dates:
        return ""
    if begun > max(dates):
        return f", and its certificate is newer ({begun:%Y-%m-%d})"
    return f", and its certificate is older ({begun:%Y-%m-%d}): the message is from before the change" if begun < min(dates) else ""


def _issuer(exam: Examination) -> str:
    found = exam.admitted.target.find(q("saml:Issuer"))
    return (found.text or "").strip() if found is not None else ""


_REDACTED = re.compile(
    r"(?i)\W*(redacted|removed|masked|hidden|anonymi[sz]ed)\W*|x{4,}|[*\u2022\u2588]{3,}|[^@]*(?:\*{3}|xxx)[^@]*@.*|\[[^\]]+\]|<[^>]+>"
)


def _redacted(exam: Examination) -> str:
    """Say so where values look as if somebody had masked them before showing the message to others."""
    leaves = (value for value in exam.spelt_content.values if value.is_leaf and not value.in_signature)
    name = next((value.name for value in leaves if len(value.text) < 200 and _REDACTED.fullmatch(value.text.strip())), "")
    return f" The value of {name} looks masked: a copy with values replaced cannot verify." if name else ""


def _listed(keys: Sequence[PinnedKey]) -> Text:
    shown = joined((in_words(key.certificate) for key in keys[:_LISTED]), "; ")
    return Text.of(shown, f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else "")


def _count(keys: Sequence[PinnedKey]) -> str:
    return "key" if len(keys) == 1 else f"{len(keys)} keys"
