"""What policies answer to a request, as IAM evaluates them (IAM User Guide, "Policy evaluation logic" and the pages on
JSON policy elements). Three answers: yes, no, and not known, where a condition is about something that no login shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from samlcheck.frozen import dataclass
from samlcheck.iam.policy import Policy, Statement, Test, Word

Answer = bool | None
"""None: not known."""


@dataclass(frozen=True)
class Request:
    """What is asked of IAM."""

    principal: str
    """ARN of the SAML provider; empty where the principal is the holder of the policy."""
    action: str
    resource: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Condition keys, in lower case, with their values; none means known to be absent. What is not in here is not known."""
    lacks: Callable[[str], bool] = field(default=lambda _key: False)
    """Tells of other keys whether they are known to be absent."""


def fits(pattern: str, text: str) -> bool:
    """Return whether a text fits a pattern with ``*`` and ``?``, in time proportional to both lengths."""
    here = at = 0  # in the pattern, in the text
    star, after = -1, 0  # the last star seen, and where in the text it ends for now
    while at < len(text):
        if here < len(pattern) and pattern[here] == "*":
            star, after = here, at
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", text[at]):
            here += 1
            at += 1
        elif star >= 0:  # let the star take one character more
            after += 1
            here, at = star + 1, after
        else:
            return False
    return not pattern[here:].strip("*")


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return yes if all answers are yes, no if one is no, else not known."""
    known = tuple(answers)
    return False if False in known else None if None in known else True


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes if one answer is yes, no if all are no, else not known."""
    known = tuple(answers)
    return True if True in known else None if None in known else False


def principal_matches(statement: Statement, principal: str) -> Answer:
    """Return whether a statement is about a SAML provider. ARNs of principals take no wildcards (Principal element)."""
    named = any_of(
        None
        if item.word.unresolved and item.kind == "Federated"
        else item.kind == "*" or _is_named(item.kind, item.word, principal)
        for item in statement.principals
    )
    return (None if named is None else not named) if statement.all_principals_but else named


def _is_named(kind: str, word: Word, principal: str) -> bool:
    return kind == "Federated" and word.text in (principal, "*")


def action_matches(statement: Statement, action: str) -> Answer:
    """Return whether a statement is about an action; letter case does not count (Action element)."""
    named = any_of(None if word.unresolved else fits(word.text.lower(), action.lower()) for word in statement.actions)
    return (None if named is None else not named) if statement.all_actions_but else named


def resource_matches(statement: Statement, policy: Policy, request: Request) -> Answer:
    """Return whether a statement is about the resource of a request; upper and lower case count."""
    named = any_of(_value_fits(word, request.resource, fits, policy, request) for word in statement.resources)
    return (None if named is None else not named) if statement.all_resources_but else named


def condition_holds(statement: Statement, policy: Policy, request: Request) -> Answer:
    """Return whether all conditions of a statement hold."""
    return all_of(test_holds(test, policy, request) for test in statement.tests)


_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_Compare = Callable[[str, str], bool]
_COMPARISONS: dict[str, _Compare] = {
    "stringequals": str.__eq__,
    "stringequalsignorecase": lambda pattern, text: pattern.lower() == text.lower(),
    "stringlike": fits,
    "arnequals": fits,
    "arnlike": fits,
}
_NEGATIVE = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}


_TYPED = re.compile(
    r"bool|binaryequals|(?:not)?ipaddress|(?:numeric|date)(?:not)?equals|(?:numeric|date)(?:less|greater)than(?:equals)?"
)
"""Operators whose values are not compared here. A key that is absent fits none of them, and so every negated one."""


def test_holds(test: Test, policy: Policy, request: Request) -> Answer:
    """Return whether one condition holds (Condition operators; ``…IfExists``, ``Null``, ``ForAnyValue:``, ``ForAllValues:``)."""
    every, name = _set_operator(test.operator)
    key = test.key.lower()
    found = () if key not in request.keys and request.lacks(key) else request.keys.get(key)
    if found is None:
        return None
    if name == "null":
        wanted = {word.text.lower() for word in test.values}
        return ("true" if not found else "false") in wanted
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negative = name in _NEGATIVE
    compare = _COMPARISONS.get(_NEGATIVE.get(name, name))
    if not found and (compare is not None or _TYPED.fullmatch(name)):
        return if_exists or every == "all" or ("not" in name and every != "any")
    if compare is None:
        return None

    def one(text: str) -> Answer:
        equal = any_of(_value_fits(word, text, compare, policy, request) for word in test.values)
        return None if equal is None else equal != negative

    if every == "any":
        return any_of(map(one, found))
    if every == "all" or len(found) == 1:
        return all_of(map(one, found))
    return None  # several values without a set operator: IAM leaves it open


def _set_operator(operator: str) -> tuple[str, str]:
    prefix, colon, name = operator.partition(":")
    words = {"foranyvalue": "any", "forallvalues": "all"}
    return (words.get(prefix.lower(), ""), name.lower()) if colon else ("", operator.lower())


def _value_fits(word: Word, text: str, compare: _Compare, policy: Policy, request: Request) -> Answer:
    if word.unresolved:
        return None
    value = word.text
    if policy.variables and "${" in value:
        unknown = False

        def replaced(match: re.Match[str]) -> str:
            nonlocal unknown
            known = request.keys.get(match[1].strip().lower())
            if match[1] in ("*", "?", "$"):
                return match[1]
            unknown = unknown or known is None or len(known) != 1
            return known[0] if known else ""

        value = _VARIABLE.sub(replaced, value)
        if unknown:
            return None
    return compare(value, text)


def statement_answers(statement: Statement, policy: Policy, request: Request) -> Answer:
    """Return whether a statement is about a request."""
    parts = [action_matches(statement, request.action), condition_holds(statement, policy, request)]
    if request.principal:
        parts.append(principal_matches(statement, request.principal))
    if request.resource:
        parts.append(resource_matches(statement, policy, request))
    return all_of(parts)


def allowed(policies: Iterable[Policy], request: Request) -> Answer:
    """Return whether policies together allow a request: a statement allows it and none denies it (explicit deny wins)."""
    given = tuple(policies)
    denied = any_of(statement_answers(item, policy, request) for policy in given for item in policy.denying())
    granted = any_of(statement_answers(item, policy, request) for policy in given for item in policy.allowing())
    return all_of((granted, None if denied is None else not denied))
