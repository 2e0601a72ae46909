"""Checks on protection: is a value inside a verified signature, which algorithms were used, why a signature failed."""

from __future__ import annotations

from collections.abc import Mapping

from samlcheck.checks.algorithms import families, short_name
from samlcheck.checks.context import Context, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.judging import OK, Judge, Judgement, broken
from samlcheck.checks.model import Check
from samlcheck.checks.template import listed
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Slot, Text


def signed(check: Check, context: Context, kind: str) -> Judge | Unknown:
    """``signed``: the value lies inside a signature that a key given by the user verifies."""
    case = context.table.case
    trust = case.trust or case.request_trust
    if trust is None or trust.verdict == "unverified":
        return Unknown("no signature was verified", "--idp")
    wanted = check.signed is not False

    def judge(reading: Reading) -> Judgement:
        if bool(reading.covered) == wanted:
            return OK
        return broken(reading, "it lies outside every verified signature" if wanted else "it lies inside a verified signature")

    return Judge(judge)


def algorithm_in(check: Check, context: Context, kind: str) -> Judge:
    """``algorithm_in``: the algorithm is one of those named, or belongs to a family named (``sha256``, ``ecdsa``)."""
    allowed = frozenset(check.algorithm_in)
    expected = Slot(" or ".join(check.algorithm_in))

    def judge(reading: Reading) -> Judgement:
        if families(reading.raw) & allowed:
            return OK
        return Violation(reading, expected=expected, detail=Text.of("it is ", Slot(short_name(reading.raw))))

    return Judge(judge, expected)


_NEVER_TRIED = {
    "no-key-given": "no certificate or metadata of the IdP was given, so the signature was not verified",
    "engine-missing": "the signature engine does not work here; see samlcheck doctor",
    "engines-disagree": "the two ways of verification disagree, which is a fault of samlcheck",
    "key-type-unsupported": "the key given is of a type that cannot be used here",
}
_NEED_A_KEY = frozenset((
    "other-key", "key-rotated", "content-changed", "reindented", "line-endings", "whitespace-trimmed", "base64-damaged",
    "characters-changed", "namespaces-changed",
    "signed-info-altered", "signature-value-malformed", "digest-and-signature-changed",
))  # fmt: skip
"""Reasons that only an attempt to verify can find: without one they are not known to be absent."""


def signature_reason(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge the reason of a signature's verdict: it is not among ``none_of``.

    Options: none_of (codes of docs/architecture.md, comma-separated); scope: ``signature`` (the one relied upon, the
    default), ``signature.response``, ``signature.assertion`` or ``signature.request``.
    """
    found = context.table.read(f"{options.get('scope', 'signature')}.reason") if readings is None else readings
    if found.unavailable:
        return Unknown(found.unavailable, found.needs)
    if not found.items:
        return Nothing("there is no signature to judge")
    refused = listed(options["none_of"])
    case = context.table.case
    trust = case.request_trust if options.get("scope") == "signature.request" else case.trust or case.request_trust
    wrong = [item for item in found.items if item.raw in refused]
    if wrong:
        told = {item.reason: item.explanation for item in trust.signatures} if trust is not None else {}
        # the explanation of the autopsy says which keys and where
        return Violated(tuple(Violation(item, detail=told.get(item.raw, Text())) for item in wrong))
    open_ones = [item.raw for item in found.items if item.raw in _NEVER_TRIED]
    if open_ones and _NEED_A_KEY.intersection(refused):
        needs = "--sp with a signing key, or --signed-by" if options.get("scope") == "signature.request" else "--idp"
        return Unknown(_NEVER_TRIED[open_ones[0]], needs if open_ones[0] == "no-key-given" else "")
    return OK
