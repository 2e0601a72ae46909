"""The named check ``aws_role``: values of AWS's Role attribute are pairs of a role ARN and a SAML provider ARN.

Shape and rules: IAM User Guide, "Configuring SAML assertions for the authentication response" (Role attribute), and
"IAM identifiers" (ARNs, ``arns``). Each aspect speaks of its own mistake alone, so that one mistake is told once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice

from samlcheck.checks import template
from samlcheck.checks.arns import NAME, PARTITIONS, Pair, pair_of
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference, placeholder
from samlcheck.checks.judging import OK, contrast, missing, nearest
from samlcheck.facts import Readings
from samlcheck.finding import Difference, Slot, Text

ASPECTS = (
    "shape", "blank", "order", "account", "partition", "placeholder", "case", "provider_kind", "split_across_values",
    "known_role", "known_provider", "known_account",
)  # fmt: skip
_ROLE_NAME = re.compile(r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)
_PROVIDER_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)

_JUDGED = 2000
"""Values looked at: a message with more is far beyond the length that AWS takes (rule aws-sign-in/response-too-long)."""
_MOST = 50
"""Wrong values that one rule speaks of; AWS takes no message with room for more than a few hundred."""


def aws_role(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge one aspect of the Role attribute's values.

    Options: ``aspect`` (one of ``ASPECTS``); ``account``, ``role``, ``provider``: templates for the ``known_…``
    aspects, by default the parameters account_id, role_arn and provider_arn.
    """
    found = context.table.read(f"attribute:{NAME}") if readings is None else readings
    if found.unavailable:
        return Unknown(found.unavailable, found.needs)
    if not found.items:
        return missing(found)
    items = found.items[:_JUDGED]
    pairs = context.once((aws_role, items[0], len(items)), lambda: tuple(pair_of(item) for item in items))
    aspect = options["aspect"]
    if aspect.startswith("known_"):
        return _known(aspect.removeprefix("known_"), pairs, options, context)
    if aspect == "split_across_values":
        violations = _split(pairs)
    else:
        judge = _ONE[aspect]
        split = aspect == "shape" and bool(_split(pairs))
        wrong_ones = (wrong for pair in pairs if (wrong := judge(pair)) is not None)
        violations = () if split else tuple(islice(wrong_ones, _MOST))
    return Violated(tuple(replace(wrong, repaired=_repaired(wrong, aspect, context)) for wrong in violations)) if violations else OK


def _repaired(wrong: Violation, aspect: str, context: Context) -> Slot:
    """Return the pair to enter: the ARNs that were given, else those that the value holds, put right where they can be."""
    text = wrong.expected.value if aspect in ("blank", "split_across_values") and wrong.expected else ""
    text = text or (wrong.reading.raw if wrong.reading is not None else "")
    account = _only("account_id", context)
    parts = []
    for name, kind in (("role_arn", "role"), ("provider_arn", "saml-provider")):
        found = _found(text, kind)
        if aspect in ("account", "partition", "known_account") and found is not None:
            found = re.sub(r"::\d+:", f"::{account}:", found) if account and aspect != "partition" else None
        parts.append(_only(name, context) or found or f"<{name}>")
    return Slot(",".join(parts))


def _only(name: str, context: Context) -> str:
    parameter = context.parameters.get(name)
    return parameter.values[0] if parameter is not None and len(parameter.values) == 1 else ""


def _found(text: str, kind: str) -> str | None:
    """Return the ARN of an IAM thing in a text, as it should be written; None where a part of it would be guessed."""
    found = re.search(
        rf"([\w-]+):iam:{{1,2}}([\d-]+):{kind}/([\w+=,.@/-]+?)(?=[\"'\]]*(?:$|[;|\s,]+[\"'\[]*(?:arn:|[\w-]+:iam:)|[;|\s]))",
        text.strip().strip("\"'[]"),
        re.ASCII | re.IGNORECASE,
    )
    if found is None or found[1].lower() not in PARTITIONS or not _digits(found[2].replace("-", "")):
        return None
    return f"arn:{found[1].lower()}:iam::{found[2].replace('-', '')}:{kind}/{found[3]}"


def _wrong(pair: Pair, *words: str | Slot, expected: str = "", how: Difference | None = None) -> Violation:
    return Violation(pair.reading, expected=Slot(expected) if expected else None, difference=how, detail=Text.of(*words))


_SHAPE = "arn:aws:iam::ACCOUNT:role/NAME,arn:aws:iam::ACCOUNT:saml-provider/NAME"


def _shape(pair: Pair) -> Violation | None:
    text = pair.reading.raw.strip()
    if placeholder(text) or _kind(pair) is not None or _case(pair) is not None:
        return None
    if not text:
        return _wrong(pair, "it is blank", expected=_SHAPE)
    if len(pair.arns) != 2:
        count = len(re.findall(r"arn:", text, re.IGNORECASE))
        if count == 2:
            return _wrong(pair, "the two ARNs are not separated by a comma", expected=_SHAPE)
        words = (
            "it holds no ARN"
            if not count
            else "it holds only one ARN"
            if count == 1
            else f"it holds {count} ARNs, and a pair has 2"
        )
        return _wrong(pair, words, expected=_SHAPE)
    if pair.role is None or pair.provider is None:
        return _wrong(pair, "it holds two ARNs of the same kind", expected=_SHAPE)
    for item, pattern in ((pair.role, _ROLE_NAME), (pair.provider, _PROVIDER_NAME)):
        what = "role" if item is pair.role else "SAML provider"
        if item.service != "iam" or item.region:
            return _wrong(
                pair, f"the ARN of the {what} does not begin with arn:{item.partition}:iam:: and the account", expected=_SHAPE
            )
        if re.fullmatch(r"\d{12}", item.account, re.ASCII) is None:
            return _wrong(pair, f"the account id in the ARN of the {what} has not 12 digits", expected=_SHAPE)
        if pattern.fullmatch(item.name) is None:
            return _wrong(
                pair, f"the name of the {what} is empty, too long or has characters that IAM does not allow", expected=_SHAPE
            )
    return None


def _blank(pair: Pair) -> Violation | None:
    text = pair.reading.raw
    if not text.strip() or not re.search(r"\s", text):
        return None
    how = difference("".join(text.split()), text)
    where = (
        "at its beginning or end"
        if text != text.strip()
        else "beside the comma"
        if re.search(r",\s|\s,", text)
        else "inside an ARN"
    )
    return _wrong(pair, f"there is a blank or line break {where}", expected="".join(text.split()), how=how)


def _order(pair: Pair) -> Violation | None:
    if pair.role is None or pair.provider is None or pair.arns[0] is pair.role:
        return None
    return _wrong(pair, "the provider stands before the role", expected=f"{pair.role.text},{pair.provider.text}")


def _digits(text: str) -> bool:
    return re.fullmatch(r"\d{12}", text, re.ASCII) is not None


def _account(pair: Pair) -> Violation | None:
    role, provider = pair.role, pair.provider
    if (
        role is None
        or provider is None
        or role.account == provider.account
        or not (_digits(role.account) and _digits(provider.account))
    ):
        return None
    how = difference(role.account, provider.account)
    words: list[str | Slot] = ["the role is in account ", Slot(role.account), ", the provider in account ", Slot(provider.account)]
    if how is not None and how.kind == "one-character":
        words.append(", which looks like a typing mistake")
    return _wrong(pair, *words, how=how)


def _partition(pair: Pair) -> Violation | None:
    role, provider = pair.role, pair.provider
    if role is None or provider is None or placeholder(role.partition + provider.partition):
        return None
    if role.partition.lower() != provider.partition.lower():
        words = ("the role is in partition ", Slot(role.partition), ", the provider in partition ", Slot(provider.partition))
        return _wrong(pair, *words)
    if role.partition.lower() not in PARTITIONS:
        return _wrong(pair, "there is no partition ", Slot(role.partition), expected="aws, aws-cn or aws-us-gov")
    return None


def _template(pair: Pair) -> Violation | None:
    left = placeholder(pair.reading.raw)
    if not left:
        return None
    how = Difference("placeholder", "text of a template was left in")
    return _wrong(pair, "“", Slot(left), "” was never replaced by a value of yours", expected=_SHAPE, how=how)


def _case(pair: Pair) -> Violation | None:
    for item in pair.arns:
        for word in ("arn", item.partition, item.service, item.kind):
            actual = item.text[: len(word)] if word == "arn" else word
            if actual != actual.lower():
                return _wrong(
                    pair, "ARNs are case-sensitive, and ", Slot(actual), " is written in lower case", expected=actual.lower()
                )
    return None


def _kind(pair: Pair) -> Violation | None:
    if pair.role is not None and pair.provider is not None:
        return None
    for item in pair.arns:
        if item.kind.lower() in ("role", "saml-provider"):
            continue
        if item.kind.lower() == "assumed-role":
            return _wrong(pair, "one ARN names a session (assumed-role) and not the IAM role", expected="role/NAME")
        if item.kind.lower() == "oidc-provider":
            return _wrong(pair, "the provider is one for OpenID Connect and not for SAML", expected="saml-provider/NAME")
        return _wrong(
            pair, "one ARN names a ", Slot(item.kind or "thing without a kind"), expected="role/NAME and saml-provider/NAME"
        )
    return None


def _split(pairs: tuple[Pair, ...]) -> tuple[Violation, ...]:
    roles = [pair for pair in pairs if len(pair.arns) == 1 and pair.role is not None]
    providers = [pair for pair in pairs if len(pair.arns) == 1 and pair.provider is not None]
    if not roles or not providers:
        return ()
    first, other = roles[0], providers[0]
    detail = Text.of("the role stands in one value and the provider in another; they belong into one value with a comma between")
    expected = Slot(f"{first.reading.raw.strip()},{other.reading.raw.strip()}")
    return (Violation(first.reading, expected=expected, detail=detail, related=(contrast(other.reading, "the other value"),)),)


_ONE: dict[str, Callable[[Pair], Violation | None]] = {
    "shape": _shape,
    "blank": _blank,
    "order": _order,
    "account": _account,
    "partition": _partition,
    "placeholder": _template,
    "case": _case,
    "provider_kind": _kind,
}
_PARAMETERS = {"role": "{role_arn}", "provider": "{provider_arn}", "account": "{account_id}"}


def _known(what: str, pairs: tuple[Pair, ...], options: Mapping[str, str], context: Context) -> Result:
    """Judge that one of the pairs names the role, provider or account that was given (several roles give a choice)."""
    wanted = template.one_of(template.listed(options.get(what, _PARAMETERS[what])), context)
    if wanted.missing is not None and not wanted.literals:
        return wanted.missing
    if wanted.unknown:
        return template.not_given(wanted.unknown[0])
    actual: list[tuple[Pair, str]] = []
    for pair in pairs:
        item = pair.provider if what == "provider" else pair.role or pair.provider
        if item is not None and (what == "account" or item.kind.lower() in ("role", "saml-provider")):
            actual.append((pair, item.account if what == "account" else item.text))
    if not actual:
        return Nothing("no value is a pair of role and provider")
    if any(text in wanted.literals for _, text in actual):
        return Held()
    violations = []
    for pair, text in actual[:_MOST]:
        expected, how = nearest(text, wanted, context)
        wrong = _wrong(pair, "it names ", Slot(text), expected=expected, how=how)
        violations.append(replace(wrong, repaired=_repaired(wrong, f"known_{what}", context)))
    return Violated(tuple(violations))
