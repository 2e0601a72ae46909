"""Whether the Resource of a permission policy is the Connect instance that a login leads to, and what about it is not.

``arn:PARTITION:connect:REGION:ACCOUNT:instance/ID/user/${aws:userid}`` (Amazon Connect Administrator Guide, "Configure
SAML with IAM for Amazon Connect").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from samlcheck.checks.arns import arn
from samlcheck.checks.context import Context, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.iam_conditions import Keys
from samlcheck.checks.iam_login import LISTED_KEYS, Asked, asked
from samlcheck.checks.iam_words import as_list, guid_flaw, template_text
from samlcheck.facts.iam import resource_of
from samlcheck.finding import Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.iam.evaluation import any_of, fits
from samlcheck.iam.policy import Statement, Word

USER = "${aws:userid}"
INSTANCE_KEY = "connect:instanceid"
ASPECTS = ("form", "partition", "region", "account", "instance", "instance_malformed", "user_part", "user_variable")
_SHAPE = "arn:aws:connect:REGION:ACCOUNT:instance/ID/user/" + USER


@dataclass(frozen=True, slots=True)
class Target:
    """The instance that a login leads to; empty parts are not known."""

    partition: str
    region: str
    account: str
    instance: str
    keys: Keys
    """Condition keys of the requests that are made with the session."""

    @property
    def resource(self) -> str:
        """The resource that the role needs the action on; empty where a part is not known."""
        if self.unverified or not self.account:
            return ""
        return f"arn:{self.partition}:connect:{self.region}:{self.account}:instance/{self.instance}/user/{USER}"

    @property
    def unverified(self) -> tuple[str, ...]:
        """Names of the parameters that are not known."""
        return tuple(name for name, value in (("region", self.region), ("instance_id", self.instance)) if not value)


def target(context: Context) -> Target:
    """Return the instance that a login leads to: region and instance from the parameters, the account from its role."""
    pairs = asked(context)
    pair = pairs[0] if isinstance(pairs, tuple) else None

    def known(name: str) -> str:
        value = context.parameters.get(name)
        return value.values[0] if value is not None and value.values else ""

    instance = known("instance_id")
    keys = _later_keys(pair) | ({INSTANCE_KEY: (instance,)} if instance else {})
    account = pair.role.account if pair else known("account_id")
    return Target(pair.role.partition if pair else "aws", known("region"), account, instance, keys)


def _later_keys(pair: Asked | None) -> dict[str, tuple[str, ...]]:
    """Return what of a login's keys lives on in its session: three of those of SAML (IAM User Guide, saml:* keys)."""
    kept = ("saml:namequalifier", "saml:sub", "saml:sub_type", "aws:federatedprovider")
    keys: dict[str, tuple[str, ...]] = dict.fromkeys((*LISTED_KEYS, "saml:aud", "saml:iss", "saml:doc"), ())
    return keys | {key: pair.keys[key] for key in kept if pair is not None and key in pair.keys}


def covers(statement: Statement, wanted: Target) -> bool | None:
    """Return whether a statement is about the instance, as far as that is known."""
    if statement.all_resources_but:
        return None
    return any_of(None if word.unresolved else not faults(word, wanted) for word in statement.resources)


def faults(word: Word, wanted: Target) -> dict[str, Violation]:
    """Return by aspect why a resource is not that of the instance; nothing where it is, as far as that is known.

    Template text in it is a fault of its own (``placeholder``), and the only one.
    """
    if word.unresolved or word.text == "*":
        return {}
    if template_text(word.text):
        return {"placeholder": Violation(resource_of(word))}
    return {fault.aspect: _violation(word, wanted, fault) for fault in _flaws(word.text, wanted)}


@dataclass(frozen=True, slots=True)
class _Fault:
    aspect: str
    words: tuple[str | Slot, ...]
    expected: str = ""
    """The part as it should be."""
    actual: str = ""


def _violation(word: Word, wanted: Target, fault: _Fault) -> Violation:
    reading = resource_of(word)
    repaired = as_list("Resource", [wanted.resource]) if wanted.resource else Slot(f'"Resource": "{_SHAPE}"')
    if fault.aspect == "user_variable":
        return Violation(reading, None, Slot(USER), detail=Text.of(*fault.words), repaired=repaired)
    if reading.sensitive:  # the user who stands in it is beside the point: it is left out
        reading = replace(reading, raw=reading.snippet[0] + "…", sensitive=False, snippet=("", ""))
    how = difference(fault.expected, fault.actual) if fault.expected and fault.actual else None
    expected = wanted.resource or fault.expected
    return Violation(reading, None, Slot(expected) if expected else None, how, Text.of(*fault.words), repaired=repaired)


def _flaws(text: str, wanted: Target) -> Iterator[_Fault]:
    found = arn(text)
    if found is None or not fits(found.service, "connect"):
        yield _Fault("form", ("it is an ARN of another service" if found else "it is not an ARN",), _SHAPE)
        return
    for part in ("partition", "region", "account"):
        actual, known = getattr(found, part), getattr(wanted, part)
        if known and not fits(actual, known):
            yield _Fault(part, (f"the {part} ", Slot(actual) if actual else "is empty"), known, actual)
    kind, _, rest = text.split(":", 5)[5].partition("/")
    if kind == "instance":
        yield from _of_instance(rest, wanted)
    elif "*" not in kind:
        yield _Fault("form", ("it is not the ARN of an instance",), _SHAPE)


def _of_instance(rest: str, wanted: Target) -> Iterator[_Fault]:
    """Yield what is wrong in ``ID/user/${aws:userid}``."""
    instance, slash, after = rest.partition("/")
    flaw = "" if "*" in instance or "?" in instance else guid_flaw(instance)
    if flaw:
        yield _Fault("instance_malformed", (flaw,), wanted.instance, instance)
    elif wanted.instance and not fits(instance, wanted.instance):
        yield _Fault("instance", ("the instance ", Slot(instance)), wanted.instance, instance)
    user, _, name = after.partition("/")
    if not slash and not instance.endswith("*"):
        yield _Fault("user_part", ("nothing follows the instance",))
    elif slash and user != "user" and "*" not in user:
        yield _Fault("user_part", ("what follows the instance is not /user/",))
    elif user == "user" and name.lower() != USER and "*" not in name:  # names of variables have no case (IAM User Guide)
        yield _Fault("user_variable", ("a value stands in place of the variable",))
