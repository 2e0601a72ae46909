"""Conditions of a trust policy against a login: ``SAML:aud`` first, then the others.

``saml:aud`` is the Recipient of SubjectConfirmationData and not the Audience (IAM User Guide, "Configuring SAML
assertions for the authentication response"), which is what people get wrong most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from samlcheck.checks.context import Context, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.iam_login import Asked
from samlcheck.checks.iam_words import UNRESOLVED, as_list, nearest_word, slots, template_text
from samlcheck.checks.judging import OK, contrast
from samlcheck.facts import Reading
from samlcheck.facts.iam import PERSONAL_KEYS, reading_of
from samlcheck.finding import Evidence, Slot, Text
from samlcheck.iam.evaluation import all_of, test_holds
from samlcheck.iam.policy import Policy, Statement, Test, Word

ASPECTS = ("audience", "audience_uri", "audience_empty", "audience_region", "condition")
AUDIENCE = "saml:aud"
Keys = Mapping[str, tuple[str, ...]]
_SIGN_IN = re.compile(
    r"https://(?:[a-z0-9-]+\.)?signin\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)/saml(?:/acs/\w+)?"
)
_NEGATIONS = {"stringnotequals": "must not be", "stringnotlike": "must not be like", "stringlike": "must be like"}


def judge(aspect: str, pair: Asked, policy: Policy, statements: tuple[Statement, ...], context: Context) -> Result:
    """Judge one aspect of the conditions of the statements that would otherwise allow the login; one that holds is enough."""
    about: Callable[[Test], bool] = lambda test: (test.key.lower() == AUDIENCE) != (aspect == "condition")  # noqa: E731
    if not any(about(test) for item in statements for test in item.tests):
        return Nothing("the trust policy has no such condition")
    request = pair.request()
    unknown: Test | None = None
    failing: list[Test] = []
    for item in statements:
        answers = [(test, test_holds(test, policy, request)) for test in item.tests if about(test)]
        whole = all_of(answer for _, answer in answers)
        if whole:
            return OK
        if whole is None:
            unknown = unknown or next(test for test, answer in answers if answer is None)
        failing.extend(test for test, answer in answers if answer is False)
    if unknown is not None:
        return not_judged(unknown, pair.keys)
    if aspect == "condition":
        return Violated(tuple(violation(test, pair.keys) for test in failing))
    wrong = tuple(_audience(test, pair, context) for test in failing if _kind(test, pair, context) == aspect)
    return Violated(wrong) if wrong else OK


def not_judged(test: Test, keys: Keys) -> Unknown:
    """Return why it is not known whether a condition holds."""
    if any(word.unresolved for word in test.values):
        return UNRESOLVED
    look = "a look at the conditions of the policy"
    if test.key.lower() not in keys:
        return Unknown("a condition of the policy is about something that no login shows", look)
    return Unknown("a condition of the policy uses an operator that samlcheck does not judge", look)


def _kind(test: Test, pair: Asked, context: Context) -> str:
    """Return in which way a condition on saml:aud misses the Recipient."""
    texts = [word.text.strip() for word in test.values]
    if not any(texts):
        return "audience_empty"
    if any(template_text(text) for text in texts):
        return ""  # told by the aspect ``placeholder``
    audiences = {item.raw for item in context.table.read("assertion.audience").items}
    if any(text.startswith("urn:") or (text in audiences and _SIGN_IN.fullmatch(text) is None) for text in texts):
        return "audience_uri"
    recipients = pair.keys.get(AUDIENCE, ())
    if all(map(_SIGN_IN.fullmatch, (*texts, *recipients))) and not test.operator.lower().startswith("stringnot"):
        return "audience_region"
    return "audience"


def _audience(test: Test, pair: Asked, context: Context) -> Violation:
    recipients = pair.keys.get(AUDIENCE, ())
    wanted = recipients[0] if recipients else ""
    word = nearest_word(test.values, wanted) if test.values else Word("", test.place)
    kept = [one.text for one in test.values if _SIGN_IN.fullmatch(one.text)]
    found = context.table.read("assertion.recipient")
    return Violation(
        reading_of(word, test.operator),
        expected=Slot(wanted) if wanted else None,
        difference=difference(wanted, word.text) if wanted else None,
        detail=_words(test, recipients),
        related=tuple(contrast(item, "Recipient of the response") for item in found.items[:1]),
        repaired=as_list(test.key, [*kept, wanted]),
    )


def violation(test: Test, keys: Keys) -> Violation:
    """Return the violation for a condition that does not hold."""
    key = test.key.lower()
    sensitive = key in PERSONAL_KEYS
    place = Reading(test.key, test.key, test.place, label=test.operator)
    values = keys.get(key, ())
    related = tuple(Evidence("related", word.place, "wanted value", actual=Slot(word.text, sensitive)) for word in test.values[:3])
    return Violation(place, detail=_words(test, values), related=related, subject=f"{test.operator} {test.key}")


def _words(test: Test, values: tuple[str, ...]) -> Text:
    """Return a condition and what the login has in its place."""
    sensitive = test.key.lower() in PERSONAL_KEYS
    operator = test.operator.lower().rpartition(":")[2].removesuffix("ifexists")
    actual = slots(values, sensitive=sensitive) if values else Text.of("no such value")
    if operator == "null":
        there = any(word.text.lower() == "false" for word in test.values)
        return Text.of(Slot(test.key), " must be there" if there else " must not be there", ", and the login has ", actual)
    wanted = slots((word.text for word in test.values), sensitive=sensitive)
    return Text.of(Slot(test.key), f" {_NEGATIONS.get(operator, 'must be')} ", wanted, ", and the login has ", actual)
