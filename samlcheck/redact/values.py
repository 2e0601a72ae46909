"""Values with their private words replaced: URLs, mail addresses, ARNs, identifiers, sentences.

Only words change. Punctuation, blanks, escapes, length and letter case stay, so that whatever was wrong with the form of
a value still is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from urllib.parse import quote, unquote

from samlcheck.frozen import dataclass
from samlcheck.redact.ledger import Ledger
from samlcheck.redact.words import Words, listing

_INSTANT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
_GUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_NAMESPACE = (
    r"urn:oid:[0-9.]+|urn:(?:oasis|mace|ietf|amazon):[\w:./-]*"
    r"|https?://(?:schemas\.(?:xmlsoap\.org|microsoft\.com)|www\.w3\.org|docs\.oasis-open\.org|aws\.amazon\.com/SAML|refeds\.org)/[\w:./#-]*"
)
_SLASHES = r"://|%(?:25)*3[Aa]%(?:25)*2[Ff]%(?:25)*2[Ff]"
_INVISIBLE = "\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069"
_ATOM = r"[^\W_]"
_TOKENS = re.compile(
    rf"(?P<instant>(?<!\d){_INSTANT}(?!\d))|(?P<namespace>(?<![\w:]){_NAMESPACE})|(?P<guid>{_GUID}(?!{_ATOM}))|(?P<before_guid>pfx(?={_GUID}))"
    rf"|(?<={_ATOM})(?P<slashes>{_SLASHES})(?P<authority>(?:[^/\s?#\"'<>\\%]|%(?:25)*40)+)"
    r"|(?P<ip>(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]))"
    r"|(?P<escape>%(?:25)*[0-9A-Fa-f]{2})|(?P<masked>(?:[A-Z]{2}[xX]{4,}|[xX]{6,})(?![^\W_]))"
    rf"|(?P<base64>(?:(?<![\w+=-])|(?<=%2[Ff])|(?<=%3[DdAa]))[A-Za-z0-9][A-Za-z0-9_-]{{15,}}={{0,2}}(?![\w+=-]))"
    rf"|(?P<word>{_ATOM}(?:{_ATOM}|[\u0300-\u036f{_INVISIBLE}](?={_ATOM}|[\u0300-\u036f]))*[\u0300-\u036f]*)"
)
_LETTER = r"%(?:25)*(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|3[0-9]|[89A-Fa-f][0-9A-Fa-f])"
_BESIDE = rf"(?:[\w.@+-]|%(?:25)*2[0DdEeBb]|%(?:25)*5[Ff]|{_LETTER})*"
_ESCAPED_PART = re.compile(_BESIDE + _LETTER + _BESIDE)
"""What stands between separators in a percent-encoded value, where letters or digits are encoded too."""
_PRIVATE_NETWORKS = re.compile(r"127\.|0\.0\.0\.0$|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.")
_WORD = re.compile(r"[^\W_]+")
_LONG = re.compile(r"[A-Za-z0-9+/=_%&#;-]{150,}+")
"""Encoded messages: their words mean nothing."""
_TOP = listing(
    """
    com net org edu gov mil int info biz io dev app cloud aws ai co uk local test example invalid localhost
    """
)
_MAX_DEPTH = 3
_LONGEST_ESCAPED = 8192
"""Characters of a value in which encoded letters are looked for: more are no value that people typed."""


@dataclass(frozen=True)
class Values:
    """Replaces words in values; ``words`` is None while words are only collected, and nothing changes then."""

    public: frozenset[str]
    words: Words | None
    ledger: Ledger
    entities: frozenset[str] = frozenset()
    """Names of entities, known once the words are."""

    def text(self, value: str, kind: str, depth: int = 0) -> str:
        """Return a value with its private words replaced. kind: what it is, for the manifest (``host``, ``person`` …)."""
        new, at = "", 0
        for found in _ESCAPED_PART.finditer(value) if "%" in value and len(value) < _LONGEST_ESCAPED else ():
            new += self._scanned(value[at : found.start()], kind, depth) + self._escaped(found[0], kind, depth)
            at = found.end()
        return self._counted(value, new + self._scanned(value[at:], kind, depth), kind)

    def technical(self, value: str) -> str:
        """Return a value of a standard's own vocabulary (a format, an algorithm, the Name of an attribute).

        It stays as it is but for the host of a URL that belongs to nobody known.
        """
        found = re.match(r"(\w+://)([^/?#\s]+)", value)
        if found is None or len(value) > 300:
            return self.text(value, "text") if len(value) > 300 else self.kept(value)
        host = self.host(found[2])
        self.kept(value[found.end() :])
        return self._counted(value, found[1] + host + value[found.end() :], "host") if host != found[2] else self.kept(value)

    def number(self, value: str) -> str:
        """Return a value that may be a number (seconds, an index): as it is if it is one."""
        return (
            self.kept(value)
            if re.fullmatch(r"\s*[+-]?\d{1,10}\s*", value)
            else self.text(value, "text" if ":" in value else "role")
        )

    def kept(self, value: str) -> str:
        """Return a value that stays as it is, and remember that its words may be found in the copy."""
        self.ledger.kept.update(word.lower() for word in re.findall(r"[^\W_]+", value))
        return value

    def host(self, authority: str) -> str:
        """Return the authority of a URL (``user:password@host:port``) with what is private in it replaced."""
        user, at, place = authority.rpartition("@")
        host, colon, port = place.partition(":") if not place.startswith("[") else (place, "", "")
        if re.fullmatch(r"[0-9.]+", host) and host.count(".") == 3:
            new = self._ip(host)
        else:
            labels = host.split(".")
            last = labels[-1]
            top = len(labels) > 1 and (last.lower() in _TOP or (len(last) == 2 and last.isalpha()))
            kept = labels[-1:] if top else []
            new = ".".join([self._scanned(label, "host", _MAX_DEPTH) for label in labels[: len(labels) - len(kept)]] + kept)
            if top:
                self.kept(last)
        secret = self.text(user, "secret") if user else ""
        return f"{secret}{at}{self._counted(host, new, 'host')}{colon}{port if port.isdigit() else self.text(port, 'text')}"

    def opaque(self, value: str, kind: str = "secret") -> str:
        """Return something for a secret whose form says nothing: a word of at most twelve characters, equal for equal ones."""
        self.ledger.replaced(kind, value)
        self.ledger.may_not_be_found(self._private_words(_LONG.split(value)), ())
        if self.words is None or not value:
            return value
        return "x" + hmac.digest(self.words.key, value.encode("utf-8", "surrogatepass"), "sha256").hex()[:11]

    def artifact(self, value: str) -> str:
        """Return an artifact of the same type by the same sender, with another handle (SAML bindings 3.6.4)."""
        self.ledger.replaced("secret", value)
        try:
            octets = base64.b64decode("".join(value.split()), validate=True)
        except ValueError:
            return self.text(value, "secret")
        if self.words is None or len(octets) != 44:
            return self.text(value, "secret")
        source = next((name for name in self.entities if _source(name) == octets[4:24]), None)
        fresh = hmac.digest(self.words.key, octets, "sha512")
        new = octets[:4] + (fresh[20:40] if source is None else _source(self.text(source, "host"))) + fresh[:20]
        return base64.b64encode(new).decode()

    def drop(self, value: str, kind: str) -> None:
        """Note a value that is left out of the copy."""
        if self.ledger.left_out(kind, value):
            parts = _LONG.split(value)
            self.ledger.may_not_be_found(self._private_words(parts), parts)

    def _private_words(self, parts: Sequence[str]) -> set[str]:
        found = {word.lower() for word in set().union(*map(_WORD.findall, parts)) if len(word) > 2}
        return found - self.public

    def _counted(self, value: str, new: str, kind: str) -> str:
        if self.words is not None and new != value:
            self.ledger.replaced(kind, value)
        return new

    def _escaped(self, part: str, kind: str, depth: int) -> str:
        """Return a part in which letters are percent-encoded: decoded, replaced, and encoded as it was."""
        plain = unquote(part, errors="surrogateescape")
        if depth >= _MAX_DEPTH or any(0xDC80 <= ord(letter) <= 0xDCFF for letter in plain):
            return self._scanned(part, kind, depth)
        new = self.text(plain, kind, depth + 1)
        if new == plain:
            return part
        literal = "".join(sorted(set(re.sub("%[0-9A-Fa-f]{2}", "", part)) - set("%")))
        encoded = quote(new, safe=re.sub(r"[^\x21-\x7e]", "", literal))
        if "%25" in part:
            encoded = encoded.replace("%", "%25")
        if re.search("%[0-9]*[a-f]", part):
            encoded = re.sub("%..", lambda found: found[0].lower(), encoded)
        return encoded

    def _scanned(self, value: str, kind: str, depth: int) -> str:
        def replace(found: re.Match[str]) -> str:
            return self._token(found, kind, depth)

        return _TOKENS.sub(replace, value)

    def _token(self, found: re.Match[str], kind: str, depth: int) -> str:
        text = found[0]
        match found.lastgroup:
            case "instant" | "escape" | "masked" | "before_guid":
                return self.kept(text)
            case "namespace":
                return self.kept(text) if text.startswith("urn:oid:") else self._words(text)
            case "authority":
                return found["slashes"] + self.host(found["authority"])
            case "ip":
                return self._ip(text)
            case "guid":
                return self._word(text, kind)
            case "base64":
                return self._base64(text, kind, depth)
        return self._word(text, kind)

    def _words(self, text: str) -> str:
        """Return a name in a public namespace: numbers stay, and words that are public."""
        return re.sub(r"[^\W_]+", lambda word: self.kept(word[0]) if word[0].isdigit() else self._word(word[0], "role"), text)

    def _word(self, word: str, kind: str) -> str:
        if len(word) == 1 or word.lower() in self.public or (word.isdigit() and len(word) < 3):
            return self.kept(word)
        self.ledger.words.setdefault(word, None)
        if kind == "role":  # roles, and names in public namespaces
            self.ledger.misspelt.add(word)
        return word if self.words is None else self.words.other(word)

    def _ip(self, text: str) -> str:
        """Return an address of the networks for documentation (RFC 5737); one of a private network stays in it."""
        self.ledger.words.setdefault(text, None)
        if self.words is None or re.match(r"127\.|0\.0\.0\.0$", text):
            return self.kept(text) if self.words is not None else text
        draw = hmac.digest(self.words.key, f"ip {text}".encode(), "sha256")
        private = _PRIVATE_NETWORKS.match(text)
        start = ".".join(text.split(".")[:2]) if private else "203.0.113"
        rest = draw[: 4 - start.count(".") - 1]
        new = ".".join([start, *(str(1 + octet % 254) for octet in rest)])
        return self._counted(text, new, "address")

    def _base64(self, text: str, kind: str, depth: int) -> str:
        """Return base64 of readable text with the words of that text replaced, or else the words that it looks like."""
        inner = _readable(text) if depth < _MAX_DEPTH else None
        if inner is None:
            return re.sub(r"[^\W_]+", lambda word: self._word(word[0], kind), text)
        new = base64.b64encode(self.text(inner, kind, depth + 1).encode()).decode()
        if "-" in text or "_" in text:
            new = new.replace("+", "-").replace("/", "_")
        return new if text.endswith("=") or len(text) % 4 == 0 else new.rstrip("=")


def _source(entity_id: str) -> bytes:
    return hashlib.sha1(entity_id.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()


def _readable(text: str) -> str | None:
    """Return what base64 stands for, if that is text a person could read."""
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        plain = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return plain if plain.isprintable() and re.search(r"[A-Za-z0-9]{3}", plain) else None
