"""How two texts that ought to be equal differ, in a word for machines and a phrase for people.

The phrase never repeats the values (reports show them beside it, masked where needed): it names parts, positions and
single characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from samlcheck.checks.lookalike import foreign, skeleton
from samlcheck.finding import Difference

_PORTS = {"http": 80, "https": 443}
# What set-up guides and consoles leave for people to fill in; a GUID in braces is a value.
_TEMPLATE_TEXT = re.compile(
    r"<[^<>]+>|\$?\{(?![0-9a-fA-F-]{36}\})[^{}]+\}|\[[A-Za-z][A-Za-z _-]+\]|%[A-Z_]{3,}%"
    r"|ACCOUNT[-_ ]?(?:ID|NUMBER)|ROLE[-_ ]?NAME|(?:SAML)?[-_]?PROVIDER[-_ ]?NAME|(?:INSTANCE|TENANT|CLIENT|APP)[-_]ID"
    r"|account-number|provider-name|role-name|(?i:REPLACE[-_ ]?ME|CHANGE[-_ ]?ME|X{6,})"
    r"|\b(?i:your[-_ ]?(?:domain|tenant|company|organi[sz]ation|org|account|app|instance|region|idp|sp)"
    r"|my[-_ ]?(?:domain|tenant|company|organi[sz]ation))\b"
)


_LONGEST = 8192
"""Characters from which on a value is not compared letter by letter: no address, name or list of roles is as long."""


def difference(expected: str, actual: str, others: Mapping[str, tuple[str, ...]] | None = None) -> Difference | None:
    """Return how ``actual`` differs from ``expected``; None if and only if they are equal.

    others: values that belong elsewhere, by what they are (``{"ACS URL": (…,)}``): a mix-up is then named as one.
    """
    if expected == actual:
        return None
    for what, values in (others or {}).items():
        if any(actual.strip().rstrip("/") == value.rstrip("/") for value in values if value and value != expected):
            return Difference("swapped", f"this is the {what}")
    if not actual:
        return Difference("other", "it is empty")
    if len(actual) > _LONGEST:
        return _whitespace(expected, actual) or Difference("other", f"it is another value, {len(actual)} characters long")
    return (
        _placeholder(expected, actual)
        or _whitespace(expected, actual)
        or _case(expected, actual)
        or _lookalike(expected, actual)
        or _encoding(expected, actual)
        or _url(expected, actual)
        or _slash(expected, actual)
        or _edited(expected, actual)
        or _affix(expected, actual)
        or Difference("other", "it is another value")
    )


def placeholder(text: str) -> str:
    """Return the piece of template text that was left in a value, or an empty string."""
    found = _TEMPLATE_TEXT.search(text, 0, _LONGEST)
    return found[0] if found else ""


def _placeholder(expected: str, actual: str) -> Difference | None:
    left = placeholder(actual)
    if not left or left in expected:
        return None
    return Difference("placeholder", "text of a template was left in")


_SPACES = re.compile(r"\s+")


def _whitespace(expected: str, actual: str) -> Difference | None:
    if _SPACES.sub("", expected) != _SPACES.sub("", actual):
        return None
    longer, shorter = (actual, expected) if len(actual) >= len(expected) else (expected, actual)
    blank = _blank_name(set(longer) - set(shorter) or set(longer))
    more = "has" if longer is actual else "lacks"
    if actual.strip() == expected.strip():
        leading = actual[: len(actual) - len(actual.lstrip())] != expected[: len(expected) - len(expected.lstrip())]
        trailing = actual[len(actual.rstrip()) :] != expected[len(expected.rstrip()) :]
        where = "at both ends" if leading and trailing else "at the beginning" if leading else "at the end"
    else:
        where = "inside"
    return Difference("whitespace", f"it {more} {blank} {where}")


def _blank_name(characters: set[str]) -> str:
    if characters & {"\n", "\r"}:
        return "a line break"
    if "\u00a0" in characters:
        return "a no-break space"
    return "a tab" if "\t" in characters else "a blank"


def _case(expected: str, actual: str) -> Difference | None:
    if len(expected) != len(actual) or expected.lower() != actual.lower():
        return None
    at = next(index for index, pair in enumerate(zip(expected, actual, strict=True)) if pair[0] != pair[1])
    return Difference(
        "case", f"it differs only in upper and lower case: “{actual[at]}” instead of “{expected[at]}” at position {at + 1}"
    )


def _lookalike(expected: str, actual: str) -> Difference | None:
    if unicodedata.normalize("NFC", expected) == unicodedata.normalize("NFC", actual):
        return Difference("look-alike", "it looks the same, but accented letters are composed differently (NFC and NFD)")
    if skeleton(expected) != skeleton(actual):
        return None
    strange = foreign(actual) or foreign(expected)
    return Difference("look-alike", "it looks the same, but holds " + (strange or "other characters"))


def _encoding(expected: str, actual: str) -> Difference | None:
    if unquote(expected) == unquote(actual):
        which = "is percent-encoded" if len(actual) > len(expected) else "is not percent-encoded"
        if len(actual) == len(expected):
            which = "has its percent-escapes written in another case"
        return Difference("encoding", f"the same value, but it {which}")
    import html

    if html.unescape(expected) == html.unescape(actual):
        return Difference("encoding", "the same value, but characters are escaped as in HTML (&amp;)")
    return None


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme and parts.netloc else None


def _url(expected: str, actual: str) -> Difference | None:
    left, right = _split(expected), _split(actual)
    if left is None or right is None:
        return None
    host_left, host_right = left.hostname or "", right.hostname or ""
    ports = (left.port or _PORTS.get(left.scheme), right.port or _PORTS.get(right.scheme))
    differ = {
        "scheme": left.scheme != right.scheme,
        "host": host_left != host_right,
        "port": ports[0] != ports[1] and (left.port != right.port),
        "path": left.path != right.path,
        "query": left.query != right.query,
        "fragment": left.fragment != right.fragment,
    }
    parts = [name for name, other in differ.items() if other]
    if len(parts) > 1:
        kind = next(name for name in ("host", "port", "scheme", "path", "query", "fragment") if name in parts)
        return Difference(kind if kind != "fragment" else "suffix", f"{', '.join(parts[:-1])} and {parts[-1]} differ")
    if not parts:
        if left.port != right.port:
            spelt = right.port if right.port is not None else left.port
            more = "is spelt out" if right.port is not None else "is not spelt out"
            return Difference("port", f"the default port {spelt} {more}")
        return None
    only = parts[0]
    if only == "scheme":
        return Difference("scheme", f"it begins with {right.scheme}:// instead of {left.scheme}://")
    if only == "port":
        return Difference("port", f"it has {_port(right)} instead of {_port(left)}")
    if only == "host":
        return _host(host_left, host_right)
    if only == "path":
        return (
            _slash(left.path, right.path) or _edited(left.path, right.path) or Difference("path", "another path on the same host")
        )
    if only == "query":
        return Difference("query", _presence("query (the part after ?)", left.query, right.query))
    return Difference("suffix", _presence("fragment (the part after #)", left.fragment, right.fragment))


def _port(parts: SplitResult) -> str:
    return f"port {parts.port}" if parts.port is not None else "no port"


def _presence(what: str, expected: str, actual: str) -> str:
    if not expected:
        return f"it has a {what} that does not belong there"
    return f"it lacks the {what}" if not actual else f"the {what} differs"


def _host(expected: str, actual: str) -> Difference:
    if actual == f"www.{expected}":
        return Difference("host", "it has www. before the host")
    if expected == f"www.{actual}":
        return Difference("host", "it lacks www. before the host")
    typo = _edited(expected, actual)
    return Difference("host", f"another host: {typo.words.removeprefix('it ')}" if typo else "another host")


def _slash(expected: str, actual: str) -> Difference | None:
    if expected.rstrip("/") != actual.rstrip("/"):
        return None
    return Difference("trailing-slash", f"it {'has a' if len(actual) > len(expected) else 'lacks the'} slash at the end")


def _edited(expected: str, actual: str) -> Difference | None:
    """Name one or two characters that were changed, dropped, added or exchanged."""
    if min(len(expected), len(actual)) < 4 or abs(len(expected) - len(actual)) > 2:
        return None
    start = 0
    while start < min(len(expected), len(actual)) and expected[start] == actual[start]:
        start += 1
    end = 0
    while end < min(len(expected), len(actual)) - start and expected[-1 - end] == actual[-1 - end]:
        end += 1
    was, became = expected[start : len(expected) - end], actual[start : len(actual) - end]
    if len(was) > 2 or len(became) > 2:
        if distance(expected, actual, 2) > 2:
            return None
        return Difference("one-character", f"two characters differ, the first at position {start + 1}")
    at = f"at position {start + 1}"
    if not became:
        return Difference("one-character", f"it lacks “{was}” {at}")
    if not was:
        return Difference("one-character", f"it has “{became}” too many {at}")
    if len(was) == 2 and was == became[::-1]:
        return Difference("one-character", f"it has “{became}” instead of “{was}” {at}: two characters changed places")
    return Difference("one-character", f"it has “{became}” instead of “{was}” {at}")


def distance(left: str, right: str, limit: int) -> int:
    """Return the Levenshtein distance of two texts, or ``limit + 1`` as soon as it is known to be more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    previous = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        current = [row]
        for column, b in enumerate(right, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b)))
        if min(current) > limit:
            return limit + 1
        previous = current
    return min(previous[-1], limit + 1)


def _affix(expected: str, actual: str) -> Difference | None:
    if expected and actual.startswith(expected):
        return Difference("suffix", f"it has {_characters(len(actual) - len(expected))} too many at the end")
    if expected and actual.endswith(expected):
        return Difference("prefix", f"it has {_characters(len(actual) - len(expected))} too many at the beginning")
    if expected.startswith(actual):
        return Difference("suffix", f"it lacks the last {_characters(len(expected) - len(actual))}")
    if expected.endswith(actual):
        return Difference("prefix", f"it lacks the first {_characters(len(expected) - len(actual))}")
    return None


def _characters(number: int) -> str:
    return "character" if number == 1 else f"{number} characters"
