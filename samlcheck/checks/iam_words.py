"""What the checks on IAM policies share: template text left in, the nearest of several words, lists as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from samlcheck.checks.context import Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference, distance, placeholder
from samlcheck.facts.iam import reading_of
from samlcheck.finding import Slot, Text
from samlcheck.iam.policy import Policy, Word

UNRESOLVED = Unknown(
    "the policy leaves it to a deployment to fill this in", "--iam-role or --iam-policy with the policy as IAM holds it"
)
_VARIABLE = re.compile(r"\$\{(?:[A-Za-z0-9-]+:[^{}]+|[*?$])\}")
_ARN_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(?P<account>[^:]*):")
_GUID = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+){4}")
_PADDING = re.compile(r"(.)\1*(?:-\1+)*|[a-e]+(?:-[a-e]+){4}|x[x-]+", re.IGNORECASE)


def template_text(text: str) -> str:
    """Return the text of a template that was left in a word of a policy, or an empty string.

    Policy variables such as ``${aws:userid}`` are none; an account that is not twelve digits is.
    """
    bare = _VARIABLE.sub("", text)
    left = placeholder(bare)
    if left:
        return left
    found = _ARN_ACCOUNT.match(bare)
    account = found["account"] if found else ""
    return account if account and re.search(r"[^0-9*?]", account) and account != "aws" else ""


def guid_flaw(text: str) -> str:
    """Return why a text is no instance id, or an empty string; samples in documentation have malformed ones."""
    groups = [len(part) for part in text.split("-")]
    if groups != [8, 4, 4, 4, 12]:
        return "its groups have not 8, 4, 4, 4 and 12 digits" if _GUID.fullmatch(text) else "it is not five groups of digits"
    if re.fullmatch(r"[0-9a-f-]+", text) is None:
        return "it has other characters than the digits 0 to 9 and a to f in lower case"
    return "it is the example of a guide" if text == "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee" else ""


def grammar(policy: Policy) -> Iterable[Violation]:
    """Yield a violation for everything for which IAM refuses to save a policy."""
    for flaw in policy.flaws:
        yield Violation(reading_of(flaw.word), detail=Text.of(flaw.what))


def nearest_word(words: Iterable[Word], wanted: str) -> Word:
    """Return the word that is nearest to a wanted text (at least one word is given)."""

    def far(word: Word) -> tuple[int, int]:
        how = difference(wanted, word.text)
        rank = {"case": 0, "whitespace": 0, "look-alike": 0, "one-character": 1}.get(how.kind if how else "", 2)
        return rank, distance(wanted, word.text, 12)

    return min(words, key=far)


def as_list(name: str, values: Iterable[str]) -> Slot:
    """Return a member of a policy as it should be written: ``"Action": "…"`` or ``"Action": ["…", "…"]``."""
    known = list(dict.fromkeys(value for value in values if value))
    return Slot(f"{json.dumps(name)}: {json.dumps(known[0] if len(known) == 1 else known, ensure_ascii=False)}")


def slots(values: Iterable[str], *, sensitive: bool = False) -> Text:
    """Return values as one text: ``a, b and c``; ``nothing`` for none."""
    known = tuple(dict.fromkeys(values))
    parts: list[str | Slot] = []
    for index, value in enumerate(known[:6]):
        if index:
            parts.append(" and " if index == len(known) - 1 else ", ")
        parts.append(Slot(value, sensitive) if value else "an empty text")
    if len(known) > 6:
        parts.append(f" and {len(known) - 6} more")
    return Text.of(*parts) if parts else Text.of("nothing")


def best(results: Iterable[Result]) -> Result:
    """Return the most favourable of several results (at least one): one way that works is enough."""
    known = tuple(results)
    for kind in (Held, Nothing, Unknown):
        for item in known:
            if isinstance(item, kind):
                return item
    return Violated(tuple(violation for item in known if isinstance(item, Violated) for violation in item.violations))
