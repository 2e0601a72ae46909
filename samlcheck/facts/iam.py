"""Facts of the IAM side: what the policies say that the user gave (``--iam-role``, ``--iam-policy``).

Every word of a policy is a reading with its place in the policy file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from samlcheck.case import Case
from samlcheck.facts.table import Fact, Reading, Readings, add
from samlcheck.finding import Sensitive

if TYPE_CHECKING:
    from samlcheck.iam.policy import Policy, Statement, Test, Word

    _Read = Callable[[Policy], Iterable[Reading]]

NO_TRUST = Readings(unavailable="the trust policy of the role was not given", needs="--iam-role")
NO_PERMISSION = Readings(unavailable="the permission policy of the role was not given", needs="--iam-policy")
PERSONAL_KEYS = frozenset(
    ("saml:sub", "saml:mail", "saml:uid", "saml:name", "saml:cn", "saml:commonname", "saml:edupersonprincipalname")
)
"""Condition keys whose values say who somebody is."""


def reading_of(word: Word, label: str = "", group: int = 0, *, sensitive: Sensitive = False) -> Reading:
    """Return a word of a policy as a reading; what only a deployment fills in is shown by the name of its function."""
    raw = f"({word.unresolved})" if word.unresolved and not word.text else word.text
    return Reading(None if word.unresolved else word.text, raw, word.place, label=label, group=group, sensitive=sensitive)


_USER = re.compile(r"(?P<before>arn:.*/user/)(?P<user>[^*$/]*@[^*/]*|[^*$/]+)")


def resource_of(word: Word, group: int = 0) -> Reading:
    """Return a Resource as a reading; where a user stands in it, the user alone is the value and masked as personal."""
    found = _USER.fullmatch(word.text)
    if found is None:
        return reading_of(word, group=group)
    return Reading(word.text, found["user"], word.place, group=group, sensitive=True, snippet=(found["before"], ""))


def _statements(policy: Policy) -> Iterator[Reading]:
    for group, item in enumerate(policy.statements):
        yield Reading(item.effect, item.effect, item.place, label=f"statement {group + 1}", group=group)


def _of_statements(words: Callable[[Statement], Iterable[tuple[Word, str]]]) -> _Read:
    def read(policy: Policy) -> Iterator[Reading]:
        for group, item in enumerate(policy.statements):
            for word, label in words(item):
                yield reading_of(word, label, group, sensitive=label.lower() in PERSONAL_KEYS)

    return read


def _role_arn(policy: Policy) -> Iterator[Reading]:
    if policy.role_arn is not None:
        yield reading_of(policy.role_arn)


def _version(policy: Policy) -> Iterator[Reading]:
    if policy.version is not None:
        yield reading_of(policy.version)


def _of_key(key: str) -> _Read:
    return _of_statements(
        lambda item: ((word, test.operator) for test in item.tests if test.key.lower() == key for word in test.values)
    )


_principals = _of_statements(lambda item: ((one.word, one.kind) for one in item.principals))
_providers = _of_statements(lambda item: ((one.word, "") for one in item.principals if one.kind == "Federated"))
_actions = _of_statements(lambda item: ((word, "") for word in item.actions))


def _resources(policy: Policy) -> Iterator[Reading]:
    for group, item in enumerate(policy.statements):
        yield from (resource_of(word, group) for word in item.resources)


def _key(test: Test) -> Word:
    from samlcheck.iam.policy import Word

    return Word(test.key, test.place)


_keys = _of_statements(lambda item: ((_key(test), test.operator) for test in item.tests))


def _add(side: str, name: str, title: str, doc: str, read: _Read) -> None:
    def reader(case: Case) -> Readings:
        given = case.told.iam_role if side == "trust" else case.told.iam_policy
        if not given:
            return NO_TRUST if side == "trust" else NO_PERMISSION
        return Readings(tuple(item for policy in given for item in read(policy)), given[0].place)

    add(Fact(f"iam.{side}.{name}", title, "text", reader, doc, many=True))


for _side, _whose in (("trust", "trust policy"), ("permission", "permission policy")):
    _add(_side, "statements", f"statements of the {_whose}", f"Effect of each statement of the {_whose}", _statements)
    _add(_side, "version", f"Version of the {_whose}", "2012-10-17 or 2008-10-17", _version)
    _add(_side, "actions", f"Action of the {_whose}", f"Every Action or NotAction of the {_whose}", _actions)
    _add(_side, "condition_keys", f"condition keys of the {_whose}", f"Every key of a Condition in the {_whose}", _keys)
_add("trust", "principals", "Principal of the trust policy", "Every principal, labelled with its kind", _principals)
_add("trust", "providers", "Principal.Federated", "Every Federated principal of the trust policy", _providers)
_add("trust", "audiences", "SAML:aud of the trust policy", "Every value of a condition on saml:aud", _of_key("saml:aud"))
_add("trust", "role_arn", "ARN of the role", "ARN of the role that the trust policy belongs to, where the file says so", _role_arn)
_add("permission", "resources", "Resource of the permission policy", "Every Resource or NotResource", _resources)
_add(
    "permission",
    "instance_ids",
    "connect:InstanceId of the permission policy",
    "Every value of a condition on connect:InstanceId",
    _of_key("connect:instanceid"),
)
