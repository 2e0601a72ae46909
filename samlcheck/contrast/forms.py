"""Personal values are compared by their form: two users differ, and that is no fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from samlcheck.checks.difference import difference
from samlcheck.checks.values import address_flaw
from samlcheck.contrast.model import Differing
from samlcheck.facts import Reading
from samlcheck.finding import Slot, Text

_INNER = re.compile(r"(?i)@.*\.(?:local|internal|corp|lan|ad)$")


def by_form(what: str, fact: str, left: Sequence[Reading], right: Sequence[Reading]) -> Iterator[Differing]:
    """Yield how two personal values differ, if it is in form, or by so little that the same person is meant."""
    if not left or not right:
        return
    sides = tuple(tuple(Slot(item.raw, item.sensitive) for item in items) for items in (left, right))
    forms = [sorted({_form(item.raw) for item in items}) for items in (left, right)]
    if forms[0] != forms[1]:
        yield Differing(
            what,
            fact,
            sides[0],
            sides[1],
            Text.of(f"{' and '.join(forms[0])} in the first, {' and '.join(forms[1])} in the second"),
        )
    elif len(left) == len(right) == 1:
        how = difference(left[0].raw, right[0].raw)
        if how is not None and how.kind in ("case", "whitespace", "look-alike", "encoding", "one-character"):
            yield Differing(what, fact, sides[0], sides[1], Text.of(f"in the second, {how.words}"))
    elif len(left) != len(right):
        yield Differing(what, fact, sides[0], sides[1], Text.of(f"{len(left)} values in the first, {len(right)} in the second"))


_FORMS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("a blank value", lambda text: not text.strip()),
    ("a value with blanks around it", lambda text: text != text.strip()),
    ("a Windows user name", lambda text: "\\" in text),
    ("a name of a directory's inner domain", lambda text: _INNER.search(text) is not None),
    ("a name of an onmicrosoft.com domain", lambda text: text.lower().endswith(".onmicrosoft.com")),
    ("a mail address", lambda text: not address_flaw(text)),
    ("a malformed mail address", lambda text: "@" in text),
    ("a GUID", lambda text: re.fullmatch(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None),
    ("a distinguished name", lambda text: re.match(r"(?i)\s*(?:cn|uid|ou|o)=", text) is not None),
    ("a URI", lambda text: "://" in text or text.startswith("urn:")),
    ("a number", lambda text: re.fullmatch(r"[+-]?[0-9.]+", text) is not None),
    ("template text", lambda text: re.search(r"\$?\{[^{}]+\}|<[^<>]+>", text) is not None),
    ("words", lambda text: " " in text),
    ("one long word of letters and digits", lambda text: len(text) > 20),
)  # fmt: skip


def _form(text: str) -> str:
    return next((name for name, fits in _FORMS if fits(text)), "one word")
