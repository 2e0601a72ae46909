"""One admitted signature, taken apart.

Its digest and its value apart from each other, and what they would be had something been written otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from samlcheck.frozen import dataclass
from samlcheck.trust.canonical import canonical, escaped
from samlcheck.trust.digests import digest, made_by, verifies
from samlcheck.trust.facts import PinnedKey
from samlcheck.trust.references import Admitted
from samlcheck.trust.written import octets_of

if TYPE_CHECKING:
    from samlcheck.trust.damage import Damage
    from samlcheck.trust.respelling import Respelling

_WALKING = 50_000
"""Elements to canonicalise in search of lost namespace declarations: a third of a second."""
_GUESSING = 32 << 20
"""Octets to digest in search of a trimmed value: about a tenth of a second."""


@dataclass(frozen=True)
class Examination:
    """A signature that the gate has admitted. Canonical octets raise CanonicalizationError where there are none."""

    admitted: Admitted
    known_digest: bytes | None = None
    """Digest of the signed content, where that was read piece by piece and the document here is but one of them."""

    @cached_property
    def content(self) -> bytes:
        """Canonical octets of the signed element."""
        a = self.admitted
        return canonical(a.target, a.method, prefixes=a.prefixes, without=a.signature)

    @cached_property
    def info(self) -> bytes:
        """Canonical octets of SignedInfo."""
        a = self.admitted
        return canonical(a.signed_info, a.info_method, prefixes=a.info_prefixes)

    @cached_property
    def digest_computed(self) -> bytes:
        """Digest of the content as it is."""
        return self.known_digest if self.known_digest is not None else digest(self.content, self.admitted.digest)

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
        known = self._signers.get(key.public_der)
        if known is None:
            known = self._signers[key.public_der] = self._verifies(key, self.info, self.value)
        return known

    @cached_property
    def _signers(self) -> dict[bytes, bool]:
        """Keys tried on SignedInfo as it is: every hypothesis asks again."""
        return {}

    def made_by(self, key: PinnedKey) -> bool:
        """Return whether the key made the signature value, over whatever SignedInfo."""
        return self.value is not None and made_by(key.public_der, self.admitted.signature_method, self.value)

    # What if?

    @property
    def stood_alone(self) -> bool:
        """Whether the digest is that of the signature's parent as a document of its own, as ``URI=""`` meant when it was signed."""
        a, parent = self.admitted, self.admitted.signature.getparent()
        if parent is None or parent is a.target:
            return False
        alone = canonical(parent, a.method, prefixes=a.prefixes, without=a.signature, alone=True)
        return self._is_expected(self._digest(alone))

    @cached_property
    def spelt_content(self) -> Respelling:
        """The content with its values left open."""
        from samlcheck.trust.respelling import respelling

        a = self.admitted
        return respelling(
            lambda text, value: canonical(a.target, a.method, prefixes=a.prefixes, without=a.signature, edit=text, edit_value=value)
        )

    @cached_property
    def spelt_info(self) -> Respelling:
        """SignedInfo with its values left open."""
        from samlcheck.trust.respelling import respelling

        a = self.admitted
        return respelling(
            lambda text, value: canonical(a.signed_info, a.info_method, prefixes=a.info_prefixes, edit=text, edit_value=value)
        )

    def repaired(self, repair: Damage) -> bool:
        """Return whether the digest holds once the repair is made."""
        content, expected = self.spelt_content.octets(repair.undo), self.digest_expected
        if repair.reason == "base64-damaged" and (expected is None or len(expected) != len(self.digest_computed)):
            content, expected = content or self.content, octets_of(self.admitted.written.digest_value.replace(" ", "+"))
        return content is not None and expected is not None and hmac.compare_digest(self._digest(content), expected)

    def redeclared(self) -> str:
        """Return what happened to namespace declarations if the digest holds once that is undone, else an empty text."""
        from samlcheck.trust.damage import namespaces

        a = self.admitted
        tried: set[bytes] = {self.content}
        guesses = namespaces(a.target, a.prefixes, exclusive=a.method.exclusive)
        for guess in islice(guesses, _WALKING // sum(1 for _ in a.target.iter())):
            prefixes = a.prefixes if guess.prefixes is None else guess.prefixes
            content = canonical(
                a.target, a.method, prefixes=prefixes, without=a.signature, also_in_scope=guess.in_scope, alone=guess.alone
            )
            if content not in tried and self._is_expected(self._digest(content)):
                return guess.words
            tried.add(content)
        return ""

    def trimmed(self) -> tuple[str, str] | None:
        """Return which single value had white space around it, and what: ``NameID``, ``a blank after it``."""
        from samlcheck.trust.damage import ADDED_WHITE_SPACE

        spelt = self.spelt_content
        leaves = [index for index, value in enumerate(spelt.values) if value.is_leaf and not value.in_signature]
        if len(leaves) * spelt.size * len(ADDED_WHITE_SPACE) > _GUESSING:
            return None
        for index in leaves:
            value = spelt.values[index]
            before, after = spelt.around(index)
            started = hashlib.new(self.admitted.digest, before, usedforsecurity=False)
            for words, text in _untrimmed(value.text):
                attempt = started.copy()
                attempt.update(escaped(text, attribute=False).encode() + after)
                if self._is_expected(attempt.digest()):
                    return value.name, words
        return None

    def signed_after(self, repair: Damage, key: PinnedKey) -> bool:
        """Return whether the key signed SignedInfo, as it is or with the repair made."""
        info, value = self.spelt_info.octets(repair.undo), self.value
        if repair.reason == "base64-damaged":
            value = octets_of(self.admitted.written.signature_value.strip().replace(" ", "+")) or value
        if self.signed_by(key):
            return True
        return (info is not None or value != self.value) and self._verifies(key, info or self.info, value)

    def _digest(self, octets: bytes) -> bytes:
        return digest(octets, self.admitted.digest)

    def _verifies(self, key: PinnedKey, info: bytes, value: bytes | None) -> bool:
        return value is not None and verifies(key.public_der, self.admitted.signature_method, info, value)

    def _is_expected(self, computed: bytes) -> bool:
        return self.digest_expected is not None and hmac.compare_digest(computed, self.digest_expected)


def _untrimmed(text: str) -> Iterator[tuple[str, str]]:
    from samlcheck.trust.damage import ADDED_WHITE_SPACE

    for before, after, words in ADDED_WHITE_SPACE:
        yield words, f"{before}{text}{after}"
