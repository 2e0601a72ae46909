"""The named check ``iam_permission``: whether the role may open Amazon Connect, one aspect at a time.

After AWS sign-in the browser asks Connect for a federation token, for which the role needs ``connect:GetFederationToken``
on the instance (Amazon Connect Administrator Guide, "Configure SAML with IAM for Amazon Connect"). Connect itself
answers only "Access denied, Please contact your AWS account administrator for assistance."
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from samlcheck.checks import iam_resource
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference, distance
from samlcheck.checks.iam_conditions import not_judged, violation
from samlcheck.checks.iam_resource import INSTANCE_KEY, USER, Target, covers, faults, target
from samlcheck.checks.iam_words import UNRESOLVED, as_list, grammar, guid_flaw, nearest_word, template_text
from samlcheck.checks.judging import OK
from samlcheck.facts import Readings
from samlcheck.facts.iam import NO_PERMISSION, reading_of, resource_of
from samlcheck.finding import Difference, Slot, Text
from samlcheck.iam.evaluation import Request, action_matches, all_of, any_of, test_holds
from samlcheck.iam.policy import Policy, Statement, Test, Word

ACTION = "connect:GetFederationToken"
ASPECTS = (
    "grammar", "placeholder", "version", "action", "action_near", *iam_resource.ASPECTS, "condition_instance", "condition",
    "denied", "allowed",
)  # fmt: skip
Granting = list[tuple[Policy, Statement]]
"""Statements that allow the action, each with its policy."""


def iam_permission(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge one aspect of the permission policies given, taken together. Option ``aspect``: one of ``ASPECTS``."""
    given, aspect = context.table.case.told.iam_policy, options["aspect"]
    if not given:
        return Unknown(NO_PERMISSION.unavailable, NO_PERMISSION.needs)
    if aspect in _OF_POLICY:
        violations = tuple(found for policy in given for found in _OF_POLICY[aspect](policy))
        return Violated(violations) if violations else OK
    if aspect in ("action", "action_near"):
        return _action(given, near=aspect == "action_near")
    granting = [(policy, item) for policy in given for item in policy.allowing() if action_matches(item, ACTION)]
    wanted = target(context)
    if aspect == "denied":
        return _denied(given, wanted)
    if not granting:
        return Nothing(f"no statement allows {ACTION}")
    if aspect in ("condition_instance", "condition"):
        return _conditions(granting, wanted, about_instance=aspect == "condition_instance")
    if aspect == "allowed":
        return _allowed(granting, wanted)
    return _resources(aspect, granting, wanted)


# --- the policy by itself


def _placeholder(policy: Policy) -> Iterable[Violation]:
    for item in policy.statements:
        for word in (*item.resources, *(word for test in item.tests for word in test.values)):
            left = "" if word.unresolved else template_text(word.text) or _placeholder_id(word.text)
            if left:
                how = Difference("placeholder", "text of a template was left in")
                yield Violation(reading_of(word, sensitive=resource_of(word).sensitive), difference=how, detail=Text.of(Slot(left)))


def _placeholder_id(text: str) -> str:
    found = next((part for part in text.split("/") if guid_flaw(part) == "it is the example of a guide"), "")
    return found or next(
        (part for part in text.split("/") if part.lower() in ("instance-id", "instanceid", "your-instance-id")), ""
    )


def _version(policy: Policy) -> Iterable[Violation]:
    for item in policy.allowing():
        for word in item.resources:
            if USER in word.text and not policy.variables:
                place = policy.version or Word("", policy.place)
                yield Violation(reading_of(place), expected=Slot("2012-10-17"), detail=Text.of("the older version"))


# --- the policies and the login


def _action(given: tuple[Policy, ...], *, near: bool) -> Result:
    answers = [action_matches(item, ACTION) for policy in given for item in policy.allowing()]
    if any_of(answers) is not False:
        return OK if any_of(answers) else UNRESOLVED
    words = [word for policy in given for item in policy.allowing() for word in item.actions if not word.unresolved]
    close = [word for word in words if _is_near(word.text)]
    if near != bool(close):
        return OK
    if close:
        word = nearest_word(close, ACTION)
        return Violated((Violation(reading_of(word), None, Slot(ACTION), difference(ACTION, word.text)),))
    place = words[0] if words else Word("", given[0].place)
    return Violated((Violation(reading_of(place), None, Slot(ACTION), repaired=as_list("Action", [ACTION])),))


def _is_near(text: str) -> bool:
    lower, wanted = text.strip().lower(), ACTION.lower()
    bare, name = lower.rpartition(":")[2], wanted.rpartition(":")[2]
    return distance(lower, wanted, 3) <= 3 or (lower.startswith("connect:getfed") and "*" not in lower) or bare.rstrip("s") == name


def _resources(aspect: str, granting: Granting, wanted: Target) -> Result:
    wrong: list[Violation] = []
    for _, item in granting:
        answer = covers(item, wanted)
        if answer:
            return Held(() if any(word.text == "*" for word in item.resources) else wanted.unverified)
        if answer is None:
            return UNRESOLVED
        wrong.extend(found for word in item.resources if (found := faults(word, wanted).get(aspect)) is not None)
    return Violated(tuple(wrong)) if wrong else OK


def _conditions(granting: Granting, wanted: Target, *, about_instance: bool) -> Result:
    failing: list[Test] = []
    unknown: list[Test] = []
    for policy, item in granting:
        tests = [test for test in item.tests if (test.key.lower() == INSTANCE_KEY) == about_instance]
        answers = [(test, _holds(test, policy, wanted)) for test in tests]
        if all_of(answer for _, answer in answers):
            return OK
        failing.extend(test for test, answer in answers if answer is False)
        unknown.extend(test for test, answer in answers if answer is None)
    if not unknown:
        return Violated(tuple(_instance_test(test, wanted) if about_instance else violation(test, wanted.keys) for test in failing))
    if about_instance and not wanted.instance:
        return Unknown("the instance that the login leads to is not known", "--set instance_id=…")
    return not_judged(unknown[0], wanted.keys)


def _holds(test: Test, policy: Policy, wanted: Target) -> bool | None:
    return test_holds(test, policy, Request("", ACTION, "", wanted.keys))


def _instance_test(test: Test, wanted: Target) -> Violation:
    word = nearest_word(test.values, wanted.instance) if test.values else Word("", test.place)
    flaw = guid_flaw(word.text)
    detail = Text.of("which is no instance id: ", flaw) if flaw else Text.of("which is another instance")
    kept = [one.text for one in test.values if not guid_flaw(one.text)]
    how = difference(wanted.instance, word.text)
    repaired = as_list(test.key, [*kept, wanted.instance])
    return Violation(reading_of(word), None, Slot(wanted.instance), how, detail, repaired=repaired)


def _denied(given: tuple[Policy, ...], wanted: Target) -> Result:
    unknown = False
    for policy in given:
        for item in policy.denying():
            about = all_of((action_matches(item, ACTION), covers(item, wanted)))
            answer = all_of((about, all_of(_holds(test, policy, wanted) for test in item.tests)))
            if answer:
                return Violated((Violation(reading_of(Word("Deny", item.place))),))
            unknown = unknown or answer is None
    return (
        Unknown("a statement denies under a condition that no login shows", "a look at the statement with Deny") if unknown else OK
    )


def _allowed(granting: Granting, wanted: Target) -> Result:
    answers = [
        all_of((covers(item, wanted), all_of(_holds(test, policy, wanted) for test in item.tests))) for policy, item in granting
    ]
    answer = any_of(answers)
    if answer is None:
        return Unknown("a condition of the policy is about something that no login shows", "a look at the conditions of the policy")
    if answer:
        return Held(wanted.unverified)
    return Violated((Violation(reading_of(Word("", granting[0][1].place))),))


_OF_POLICY: dict[str, Callable[[Policy], Iterable[Violation]]] = {
    "grammar": grammar,
    "placeholder": _placeholder,
    "version": _version,
}
