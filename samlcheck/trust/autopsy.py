"""Why a signature does not hold: hypotheses, cheapest first, until one fits (DESIGN 4).

xmlsec says "invalid" to another key, changed content, a changed SignedInfo and re-indented XML alike. Digest and signature
value, taken apart and tried again, tell them apart.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import cached_property

from samlcheck.finding import Text, joined
from samlcheck.frozen import dataclass
from samlcheck.trust import damage
from samlcheck.trust.canonical import Edit, canonical
from samlcheck.trust.certificates import in_words
from samlcheck.trust.digests import digest, made_by, verifies
from samlcheck.trust.facts import PinnedKey, SignatureVerdict
from samlcheck.trust.references import Admitted, octets_of
from samlcheck.xmldoc.names import local

LARGEST = 256 * 1024
"""Octets of canonical content up to which repairs are tried: each costs one more canonicalisation."""
_LISTED = 4
"""Keys named in one explanation."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The hypothesis that holds."""

    reason: str
    explanation: Text
    verdict: SignatureVerdict = "invalid"


@dataclass(frozen=True)
class Examination:
    """One admitted signature, taken apart."""

    admitted: Admitted

    @cached_property
    def content(self) -> bytes:
        """Canonical octets of the signed element. Raises CanonicalizationError."""
        return self._content(None)

    @cached_property
    def info(self) -> bytes:
        """Canonical octets of SignedInfo. Raises CanonicalizationError."""
        return self._info(None)

    @cached_property
    def digest_computed(self) -> bytes:
        """Digest of the content as it is."""
        return digest(self.content, self.admitted.digest)

    @cached_property
    def digest_expected(self) -> bytes | None:
        """DigestValue; None if it is not base64."""
        return octets_of(self.admitted.written.digest_value)

    @cached_property
    def value(self) -> bytes | None:
        """SignatureValue; None if it is not base64."""
        return octets_of(self.admitted.written.signature_value)

    @property
    def digest_holds(self) -> bool:
        """Whether the content is what was signed."""
        return self._is_expected(self.digest_computed)

    def signed_by(self, key: PinnedKey) -> bool:
        """Return whether the key signed SignedInfo as it is."""
        return self._verifies(key, self.info, self.value)

    def repaired(self, repair: damage.Damage) -> bool:
        """Return whether the digest holds once the repair is made."""
        content = self._content(repair.undo)
        expected = self.digest_expected
        if repair.reason == "base64-damaged" and (expected is None or len(expected) != len(self.digest_computed)):
            expected = octets_of(self.admitted.written.digest_value.replace(" ", "+"))
        return expected is not None and hmac.compare_digest(digest(content, self.admitted.digest), expected)

    def repaired_by_namespaces(self) -> bool:
        """Return whether the digest holds once lost namespace declarations are put back."""
        lost = damage.lost_namespaces(self.admitted.target, self.admitted.prefixes)
        if not lost:
            return False
        a = self.admitted
        content = canonical(a.target, a.method, prefixes=a.prefixes, without=a.signature, also_in_scope=lost)
        return self._is_expected(digest(content, a.digest))

    def signed_after(self, repair: damage.Damage, key: PinnedKey) -> bool:
        """Return whether the key signed SignedInfo, as it is or with the repair made."""
        value = self.value
        if repair.reason == "base64-damaged":
            value = octets_of(self.admitted.written.signature_value.strip().replace(" ", "+")) or value
        return self.signed_by(key) or self._verifies(key, self._info(repair.undo), value)

    def made_by(self, key: PinnedKey) -> bool:
        """Return whether the key made the signature value, over whatever SignedInfo."""
        return self.value is not None and made_by(key.public_der, self.admitted.signature_method, self.value)

    def _verifies(self, key: PinnedKey, info: bytes, value: bytes | None) -> bool:
        return value is not None and verifies(key.public_der, self.admitted.signature_method, info, value)

    def _content(self, edit: Edit | None) -> bytes:
        a = self.admitted
        return canonical(a.target, a.method, prefixes=a.prefixes, without=a.signature, edit=edit)

    def _info(self, edit: Edit | None) -> bytes:
        a = self.admitted
        return canonical(a.signed_info, a.info_method, prefixes=a.info_prefixes, edit=edit)

    def _is_expected(self, computed: bytes) -> bool:
        return self.digest_expected is not None and hmac.compare_digest(computed, self.digest_expected)


def explain(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey]) -> Cause:
    """Return why the signature does not hold with the keys given (or cannot be judged, when none was given).

    embedded: the keys in KeyInfo, for the explanation alone.
    """
    element = local(exam.admitted.target.tag)
    if not exam.value and not octets_of(exam.admitted.written.signature_value.strip().replace(" ", "+")):
        return Cause(
            "signature-value-malformed",
            Text.of("SignatureValue is empty or not base64: it was cut or changed. Capture the message again."),
        )
    if exam.digest_holds:
        return _content_intact(exam, given, embedded, element)
    return _repairable(exam, given, embedded, element) or _content_changed(exam, given, embedded, element)


def _content_intact(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], element: str) -> Cause:
    """The digest holds, so it is about the key, SignedInfo or SignatureValue."""
    signer = next((key for key in embedded if exam.signed_by(key)), None)
    if not given:
        fits = Text()
        if signer is not None:
            fits = Text.of(
                "It fits the certificate inside the message, ",
                in_words(signer.certificate),
                ", but a message cannot vouch for its own key. ",
            )
        text = Text.of(
            f"No key was given to verify the {element} signature with. ", fits, "Give the IdP's certificate or metadata."
        )
        return Cause("no-key-given", text, "unverifiable")
    if signer is not None:
        return Cause(
            "key-rotated",
            Text.of(
                f"The {element} is intact, but signed by another key: the certificate inside the message, ",
                in_words(signer.certificate),
                f", verifies, but is not the {_count(given)} given: ",
                _listed(given),
                _relation(signer, given),
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
    hint = "the certificate inside the message does not fit either" if embedded else "the message carries no certificate to compare"
    return Cause(
        "other-key",
        Text.of(
            f"The {element} is intact, but the {_count(given)} given did not make this signature ({hint}). Tried: ",
            _listed(given),
            ". Load the IdP's present certificate or metadata.",
        ),
    )


def _repairable(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], element: str) -> Cause | None:
    """The digest does not hold; try what would have made it hold."""
    if len(exam.content) > LARGEST:
        return None
    for repair in damage.DAMAGES:
        if exam.repaired(repair):
            key = next((key for key in (*given, *embedded) if exam.signed_after(repair, key)), None)
            return Cause(repair.reason, _damaged(element, repair.words, exam, key, given, of="content"))
    if exam.repaired_by_namespaces():
        key = next((key for key in (*given, *embedded) if exam.signed_by(key)), None)
        words = "namespace declarations named by InclusiveNamespaces were dropped when the XML was written anew"
        return Cause("content-changed", _damaged(element, words, exam, key, given, of="content"))
    return None


def _content_changed(exam: Examination, given: Sequence[PinnedKey], embedded: Sequence[PinnedKey], element: str) -> Cause:
    """The digest does not hold and nothing known mends it."""
    start = f"The content of the {element} was changed after signing: its digest is not the one that was signed. "
    mine = next((key for key in given if exam.signed_by(key)), None)
    if mine is not None:
        end = Text.of("SignedInfo is intact and signed by the key given, ", in_words(mine.certificate), ".")
        return Cause("content-changed", Text.of(start, end, " Find what edits the message on its way."))
    theirs = next((key for key in embedded if exam.signed_by(key)), None)
    if theirs is not None:
        given_words = Text.of(", which is not among the keys given: ", _listed(given), ".") if given else Text.of(".")
        return Cause(
            "content-changed",
            Text.of(
                start, "SignedInfo is signed by the certificate inside the message, ", in_words(theirs.certificate), given_words
            ),
        )
    if not given and not embedded:
        return Cause("content-changed", Text.of(start, "Who signed SignedInfo cannot be told without a key."))
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


def _relation(signer: PinnedKey, given: Sequence[PinnedKey]) -> Text:
    """Say whether it looks like a new certificate of the same IdP or like another IdP or tenant."""
    if any(key.certificate.subject and key.certificate.subject == signer.certificate.subject for key in given):
        return Text.of(". The subject is the same: the IdP has changed its certificate. Load the present one at the service.")
    return Text.of(
        ". If the IdP changed its certificate, load the present one at the service; otherwise this is another IdP or tenant."
    )


def _listed(keys: Sequence[PinnedKey]) -> Text:
    shown = joined((in_words(key.certificate) for key in keys[:_LISTED]), "; ")
    return Text.of(shown, f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else "")


def _count(keys: Sequence[PinnedKey]) -> str:
    return "key" if len(keys) == 1 else f"{len(keys)} keys"
