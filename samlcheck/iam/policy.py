"""What an IAM policy says, every word with its place (IAM User Guide, "Grammar of the IAM JSON policy language").

What IAM would refuse does not stop the reading: it is kept as a flaw, so that the rest can still be judged. Values that
only CloudFormation can fill in (``Ref``, ``Fn::Sub``, ``Fn::GetAtt`` …) are kept as unresolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from samlcheck.frozen import dataclass
from samlcheck.iam.located import Json
from samlcheck.source import NodeRef

LATEST = "2012-10-17"
_VERSIONS = (LATEST, "2008-10-17")
_ELEMENTS = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_KINDS = ("Federated", "AWS", "Service", "CanonicalUser")
_REFERENCE = re.compile(r"\$\{(?:var|local|data|module|each|aws_\w+)\.")
_INTRINSIC = re.compile(r"Ref|Condition|Fn::\w+")


@dataclass(frozen=True, slots=True)
class Word:
    """One text of a policy."""

    text: str
    place: NodeRef
    unresolved: str = ""
    """What stands in place of the text and only a deployment fills in: ``Fn::Sub``, ``Ref`` …"""


@dataclass(frozen=True, slots=True)
class Principal:
    """One principal: ``{"Federated": "arn:…"}``, or ``"*"``, which is everyone."""

    kind: str
    word: Word


@dataclass(frozen=True, slots=True)
class Test:
    """One key of a Condition: an operator, a key and the values it is compared with."""

    operator: str
    key: str
    """As written; keys are compared without regard to case (IAM User Guide, Condition)."""
    place: NodeRef
    """Of the key."""
    values: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement."""

    place: NodeRef
    effect: str
    """``Allow`` or ``Deny``; whatever else is written there has no effect and is a flaw."""
    principals: tuple[Principal, ...]
    all_principals_but: bool
    """``NotPrincipal``: everyone except those named."""
    actions: tuple[Word, ...]
    all_actions_but: bool
    resources: tuple[Word, ...]
    all_resources_but: bool
    tests: tuple[Test, ...]

    @property
    def allows(self) -> bool:
        """Whether it is one that allows."""
        return self.effect == "Allow"

    @property
    def denies(self) -> bool:
        """Whether it is one that denies."""
        return self.effect == "Deny"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something for which IAM refuses to save a policy."""

    word: Word
    what: str
    """A clause: ``Effect is neither Allow nor Deny``."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy document."""

    place: NodeRef
    version: Word | None
    statements: tuple[Statement, ...]
    flaws: tuple[Flaw, ...] = ()
    role_arn: Word | None = None
    """Of the role that it belongs to, where the file says so (``aws iam get-role``)."""
    role_name: str = ""

    @property
    def document(self) -> str:
        """Name of the file."""
        return self.place.document

    @property
    def variables(self) -> bool:
        """Whether ``${aws:userid}`` is a variable: policies of the older version take it literally."""
        return self.version is not None and self.version.text == LATEST

    def allowing(self) -> tuple[Statement, ...]:
        """Return the statements that allow."""
        return tuple(item for item in self.statements if item.allows)

    def denying(self) -> tuple[Statement, ...]:
        """Return the statements that deny."""
        return tuple(item for item in self.statements if item.denies)


def read_policy(value: Json, *, trust: bool, role_arn: Word | None = None, role_name: str = "") -> Policy:
    """Return the policy that a JSON object with ``Statement`` describes; ``trust`` says which kind it should be."""
    flaws: list[Flaw] = []
    version = value.get("Version")
    word = _word(version) if version is not None else None
    if word is not None and word.text not in _VERSIONS and not word.unresolved:
        flaws.append(Flaw(word, f"Version is neither {_VERSIONS[0]} nor {_VERSIONS[1]}"))
    written = value.get("Statement")
    items = () if written is None else written.items if written.kind == "array" else (written,)
    statements = tuple(_statement(item, trust, flaws) for item in items if item.kind == "object")
    if not statements:
        flaws.append(Flaw(Word("", (written or value).place), "it has no statement"))
    return Policy(value.place, word, statements, tuple(flaws), role_arn, role_name)


def _statement(value: Json, trust: bool, flaws: list[Flaw]) -> Statement:
    seen: set[str] = set()
    for member in value.members:
        if member.name not in _ELEMENTS:
            meant = next((name for name in _ELEMENTS if name.lower() == member.name.lower().rstrip("s")), "")
            hint = f"; it is spelt {meant}" if meant else ""
            flaws.append(Flaw(Word(member.name, member.place), f"IAM knows no such element of a statement{hint}"))
        if member.name in seen:
            flaws.append(Flaw(Word(member.name, member.place), "the element stands there twice"))
        seen.add(member.name)
    effect = value.get("Effect")
    effect_word = _word(effect) if effect is not None else Word("", value.place)
    if effect_word.text not in ("Allow", "Deny"):
        flaws.append(Flaw(effect_word, "Effect is neither Allow nor Deny"))
    principals = value.get("Principal") or value.get("NotPrincipal")
    actions = value.get("Action") or value.get("NotAction")
    resources = value.get("Resource") or value.get("NotResource")
    if actions is None:
        flaws.append(Flaw(Word("", value.place), "a statement has no Action"))
    if trust and principals is None:
        flaws.append(Flaw(Word("", value.place), "a statement of a trust policy has no Principal"))
    if trust and resources is not None:
        flaws.append(Flaw(Word("Resource", resources.place), "a trust policy has no Resource; the role itself is the resource"))
    if not trust and resources is None:
        flaws.append(Flaw(Word("", value.place), "a statement has no Resource"))
    return Statement(
        value.place,
        effect_word.text,
        tuple(_principals(principals, flaws)) if principals is not None else (),
        value.get("Principal") is None and value.get("NotPrincipal") is not None,
        _words(actions),
        value.get("Action") is None and value.get("NotAction") is not None,
        _words(resources),
        value.get("Resource") is None and value.get("NotResource") is not None,
        tuple(_tests(value.get("Condition"))),
    )


def _principals(value: Json, flaws: list[Flaw]) -> Iterator[Principal]:
    if value.kind != "object" or _intrinsic(value):
        for word in _words(value):
            if word.text != "*" and not word.unresolved:
                flaws.append(Flaw(word, 'Principal is neither "*" nor an object such as {"Federated": "arn:…"}'))
            yield Principal("*" if word.text == "*" else "", word)
        return
    for member in value.members:
        if member.name not in _KINDS:
            flaws.append(Flaw(Word(member.name, member.place), f"a principal is one of {', '.join(_KINDS)}"))
        for word in _words(member.value):
            yield Principal("*" if member.name == "AWS" and word.text == "*" else member.name, word)


def _tests(value: Json | None) -> Iterator[Test]:
    for operator in value.members if value is not None else ():
        for key in operator.value.members:
            yield Test(operator.name, key.name, key.place, _words(key.value))


def _words(value: Json | None) -> tuple[Word, ...]:
    if value is None:
        return ()
    items: Iterable[Json] = value.items if value.kind == "array" else (value,)
    return tuple(_word(item) for item in items)


def _word(value: Json) -> Word:
    unresolved = _intrinsic(value) or ("" if value.kind in ("string", "number", "boolean") else value.kind)
    return Word(value.text, value.place, unresolved or ("a Terraform reference" if _REFERENCE.search(value.text) else ""))


def _intrinsic(value: Json) -> str:
    if value.kind == "object" and len(value.members) == 1 and _INTRINSIC.fullmatch(value.members[0].name):
        return value.members[0].name
    return ""
