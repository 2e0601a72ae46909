"""Other words for private words: each gets one of the same form, and words that resemble each other get ones that do.

A rule often turns on how two values differ: a letter in the wrong case, a digit that was mistyped, a name cut short. So
pseudonyms are made word by word, with a key that is made for one run and kept nowhere: letters become letters of the same
case, digits digits, accents stay where they are. A word that is nearly another one is derived from the other's pseudonym
by the same change; apart from that, nothing can be concluded from a pseudonym but length and form.
"""

from __future__ import annotations

import hmac
import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from operator import eq

from samlcheck.checks.lookalike import skeleton
from samlcheck.frozen import dataclass

_HEX = re.compile(r"(?=[0-9a-f-]*[0-9])[0-9a-f-]{8,}|[0-9a-f]{16,}")
_STEM = re.compile(
    r"(?:[A-Z]{2}(?=[0-9a-f]{32}$)"  # SIDs of Twilio
    r"|(?:exk|0oa|00u|00g)(?=[0-9A-Za-z]{15,20}$)"  # ids of Okta
    r"|SAMLSP(?=[A-Z0-9]{8,}$)|id(?=[0-9]{10,}$)|pfx(?=[0-9a-f-]{30,}$)|ins(?=[0-9a-f]{10,}$)"
    r"|A(?:KI|RO|ID|SI|G)A?(?=[A-Z0-9]{12,}$))"  # ids of IAM
)
_VERSION_AND_VARIANT = (14, 19)  # RFC 9562, 4.1 and 4.2
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
_INSIDE = ("connect",)
"""Names of products that rules look for inside the names that people give (a role ``ConnectAgents``)."""
_ENDS = 2
"""Letters at either end that words which resemble each other have in common."""
_ALIKE = 0.6
"""Part of two words that must be the same for one to be derived from the other."""
_CANDIDATES = 24
_LOWER, _DIGITS, _HEX_LETTERS = string.ascii_lowercase, string.digits, "abcdef"
_VOWELS = "aeiou"


def listing(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Words:
    """Pseudonyms of one run."""

    renamed: Mapping[str, str]
    """Folded word to folded pseudonym."""
    key: bytes

    def other(self, word: str) -> str:
        """Return the pseudonym of a word, written as the word is written."""
        stem, rest = _parted(word)
        folded = _folded(rest)
        new = self.renamed.get(folded) or _fresh(folded, self.key, 0, frozenset())
        return stem + _written(new, rest)


def rename(
    words: Iterable[str], key: bytes, taken: Container[str] = (), misspelt: Iterable[str] = (), public: frozenset[str] = frozenset()
) -> Words:
    """Return pseudonyms for words; no two words get the same, none gets one of the words, of ``taken`` or of ``public``.

    key: random octets. The same words in the same order with the same key get the same pseudonyms. taken: folded words.
    misspelt: those of the words that may be meant to be a word of ``public``; where they resemble one, the pseudonym
    resembles it as well.
    """
    known: dict[str, tuple[int, ...]] = {}
    for word in words:
        _, rest = _parted(word)
        folded = _folded(rest)
        known[folded] = tuple(sorted({*known.get(folded, ()), *_fixed(rest)}))
    used = set(known)
    renamed: dict[str, str] = {}
    meant = {_folded(word) for word in misspelt}
    models = _index(public) if meant else {}
    by_end: defaultdict[str, list[str]] = defaultdict(list)
    for folded, kept in known.items():
        ends = _ends(folded)
        parent = _nearest(folded, by_end, ends) if len(folded) > 3 else None
        if parent is None and folded in meant:
            parent = _nearest(folded, models, ends)
            renamed.update({} if parent is None else {parent: parent})
        new = next(
            candidate
            for number in range(10_000)
            if not (
                (candidate := _drawn(folded, parent, renamed, key, number, kept)) in used
                or candidate in taken
                or candidate in public
            )
            or number > 9_000
        )
        renamed[folded] = new
        used.add(new)
        for end in ends:
            if len(by_end[end]) < _CANDIDATES:
                by_end[end].append(folded)
    return Words(renamed, key)


def _drawn(folded: str, parent: str | None, renamed: Mapping[str, str], key: bytes, number: int, kept: tuple[int, ...]) -> str:
    if parent is None or number > 100:
        return _fresh(folded, key, number, frozenset(kept))
    return _derived(folded, parent, renamed[parent], _fresh(folded, key, number, frozenset(kept)))


def _folded(word: str) -> str:
    """Return a word as it is compared: composed, in lower case, without characters that nobody sees."""
    if word.isascii():
        return word.lower()
    plain = _UNSEEN.sub("", unicodedata.normalize("NFC", word))
    seen = "".join(skeleton(letter) if len(skeleton(letter)) == 1 else letter for letter in plain)
    folded = seen.lower()
    return folded if len(folded) == len(plain) else seen


def _fixed(word: str) -> Iterator[int]:
    """Yield the places where the letter itself has to stay.

    Those of letters of other alphabets that look like Latin ones, and of a product's name inside a longer word.
    """
    for product in _INSIDE:
        at = word.lower().find(product)
        yield from range(at, at + len(product)) if at >= 0 else ()
    if word.isascii():
        return
    for place, letter in enumerate(_UNSEEN.sub("", unicodedata.normalize("NFC", word))):
        if not letter.isascii() and skeleton(letter).isascii():
            yield place


def _written(new: str, form: str) -> str:
    """Return a folded pseudonym in the case, the composition and with the odd characters of the word it stands for."""
    letters = iter(new)
    composed = unicodedata.normalize("NFC", form)
    out = []
    for written in composed:
        if _UNSEEN.fullmatch(written):
            out.append(written)
            continue
        letter = next(letters, "")
        if not written.isascii() and skeleton(written).isascii():
            letter = written
        out.append(letter.upper() if written.isupper() else letter)
    text = "".join(out)
    return text if composed == form else unicodedata.normalize("NFD", text)


def _parted(word: str) -> tuple[str, str]:
    """Return the beginning of an identifier that says what kind it is, and the rest."""
    found = _STEM.match(word)
    stem = found[0] if found else ""
    return stem, word[len(stem) :]


def _fresh(folded: str, key: bytes, number: int, kept: frozenset[int]) -> str:
    """Return a word of the same form, drawn by the key."""
    stream = _stream(key, f"{number} {folded}")
    hexadecimal = _HEX.fullmatch(folded) is not None
    fixed = kept | (frozenset(_VERSION_AND_VARIANT) if _GUID.fullmatch(folded) else frozenset())
    out = []
    for place, letter in enumerate(folded):
        draw = next(stream)
        out.append(letter if place in fixed else _letter(letter, draw, hexadecimal, first=place == 0))
    return "".join(out)


def _letter(letter: str, draw: int, hexadecimal: bool, *, first: bool) -> str:
    if letter in _DIGITS:
        if first:  # leading zeros matter, and numbers that had none get none
            return letter if letter == "0" else _DIGITS[1 + draw % 9]
        return _DIGITS[draw % 10]
    if letter in _LOWER:
        alphabet = _HEX_LETTERS if hexadecimal else _LOWER
        return alphabet[draw % len(alphabet)]
    if not letter.isalpha():
        return letter
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if marks and base in _LOWER:
        made = unicodedata.normalize("NFC", _VOWELS[draw % 5] + "".join(marks))
        return made if len(made) == 1 else letter
    return _same_script(letter, draw)


def _same_script(letter: str, draw: int) -> str:
    """Return another letter of the same stretch of Unicode."""
    start = ord(letter) & ~0x1F
    near = [chr(code) for code in range(start, start + 32) if _like(chr(code), letter)]
    return near[draw % len(near)] if near else letter


def _like(other: str, letter: str) -> bool:
    same = unicodedata.category(other) == unicodedata.category(letter) and other.lower() == other
    return same and unicodedata.normalize("NFKC", other) == other


def _stream(key: bytes, text: str) -> Iterator[int]:
    block = 0
    while True:
        yield from (value for value in hmac.digest(key, f"{block} {text}".encode("utf-8", "surrogatepass"), "sha256"))
        block += 1


def _ends(folded: str) -> tuple[str, str]:
    return f"{folded[:_ENDS]}…", f"…{folded[-_ENDS:]}"


def _index(words: Iterable[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        for end in _ends(word):
            found[end].append(word)
    return found


def _nearest(folded: str, by_end: Mapping[str, list[str]], ends: tuple[str, str]) -> str | None:
    """Return the word before that this one most resembles, if it resembles any."""
    best, most, length = None, _ALIKE, len(folded)
    furthest = max(2, length // 3)
    for other in (candidate for end in ends for candidate in by_end.get(end, ())):
        if len(other) == length:  # the usual case, of words by the thousand
            score = sum(map(eq, folded, other)) / length
        elif abs(len(other) - length) <= furthest:
            score = sum(_shared(folded, other)) / max(length, len(other))
        else:
            continue
        if score >= most:
            best, most = other, score
    return best


def _shared(one: str, other: str) -> tuple[int, int]:
    """Return how many letters two words have in common at the beginning, and how many of the others at the end."""
    shorter = min(len(one), len(other))
    start = _same(one, other)
    return start, min(_same(reversed(one), reversed(other)), shorter - start)


def _same(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many letters are the same from the beginning on."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _derived(folded: str, parent: str, pseudonym: str, fresh: str) -> str:
    """Return the parent's pseudonym, changed as the parent would have to be changed to become the word."""
    if len(folded) == len(parent):
        changed = [at for at in range(len(folded)) if folded[at] != parent[at]]
        if len(changed) == 2 and folded[changed[0]] == parent[changed[1]] and folded[changed[1]] == parent[changed[0]]:
            swapped = list(pseudonym)
            swapped[changed[0]], swapped[changed[1]] = pseudonym[changed[1]], pseudonym[changed[0]]
            return "".join(swapped)
        return "".join(fresh[at] if at in changed else pseudonym[at] for at in range(len(folded)))
    start, end = _shared(folded, parent)
    return pseudonym[:start] + fresh[start : len(folded) - end] + pseudonym[len(pseudonym) - end :]
