"""Causes that no single rule sees: several findings that are one mistake of somebody.

Each pattern looks at the findings of one login and puts one before them that explains them (or lets one of them explain
others). Nothing is dropped: what a pattern explains hangs under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from samlcheck.diagnosis.topics import TOPICS
from samlcheck.finding import CONFIDENCES, Citation, Evidence, Finding, FixBy, Slot, Text

_PROFILES = "https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf"
_AUDIENCE = TOPICS.index("audience")
_ADDRESS = (TOPICS.index("recipient"), TOPICS.index("destination"))
_KEYS = ("signatures/key-rotated", "signatures/other-key", "aws-iam/signed-by-key-outside-provider")
"""The message is intact, but signed by a key that the service does not know."""
_ISSUERS = ("web-sso-profile/issuer-mismatch", "web-sso-profile/response-issuer-mismatch", "aws-iam/issuer-not-of-provider")
_SPELLINGS = ("trailing-slash", "scheme", "case", "whitespace", "port")
"""Differences of two entityIDs that are still those of one IdP."""
_EXPIRED = ("web-sso-profile/expired", "web-sso-profile/confirmation-expired")
_OTHER_REQUEST = ("web-sso-profile/in-response-to-mismatch", "web-sso-profile/in-response-to-other-request")
_ALSO_OLD = ("web-sso-profile/confirmation-in-response-to", "web-sso-profile/session-expired", "sp-policy/replayed")
_CLOCKS = ("flow/clocks-apart", "flow/issued-after-it-was-sent", "flow/expired-at-the-service")
_LONG_AGO = timedelta(hours=6)
"""No clock of a service goes wrong by so much unseen: what ended then is an old page, whatever request it answers."""


_BETWEEN_WORDS = re.compile(r"[^0-9A-Za-z_-]+")


def combined(findings: list[Finding], stage: dict[str, int]) -> list[Finding]:
    """Return the findings with every pattern that is in them; ``stage`` learns where the new ones belong."""
    for pattern in (swapped_values, foreign_address, foreign_idp, old_response):
        findings = pattern(findings, stage)
    return findings


def _host(slot: Slot | None) -> str:
    if slot is None:
        return ""
    try:
        return urlsplit(slot.value).hostname or ""
    except ValueError:
        return ""


def _addressed(findings: Iterable[Finding], stage: dict[str, int]) -> list[Finding]:
    """Return what is wrong with audience and address, as far as two values were compared."""
    return [
        finding
        for finding in findings
        if stage.get(finding.rule) in (_AUDIENCE, *_ADDRESS) and finding.severity == "error" and finding.confidence != "guess"
    ]


def _with_those_above(about: Sequence[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings and those that explain one of them: a service's own words for the same."""
    rules = {finding.rule for finding in about}
    above = [
        finding
        for finding in findings
        if finding.rule not in rules and any(fnmatchcase(rule, name) for rule in rules for name in finding.explains)
    ]
    return [*about, *above]


def _together(
    about: Sequence[Finding], rule: str, title: str, message: Text, fix: Text, fix_by: FixBy, steps: Sequence[Text], section: str
) -> Finding:
    """Return one finding that explains all of ``about`` and shows their places."""
    shown = dict.fromkeys(item for finding in about if (item := finding.primary) is not None and item.actual is not None)
    evidence: list[Evidence] = []
    places: set[object] = set()
    for item in shown:
        if (item.node or item.label) not in places:
            places.add(item.node or item.label)
            evidence.append(replace(item, role="related" if evidence else "primary"))
    return Finding(
        rule=rule,
        title=title,
        severity="error",
        confidence=min((finding.confidence for finding in about), key=CONFIDENCES.index),
        concern="login",
        message=message,
        evidence=tuple(evidence),
        fix=fix,
        fix_steps=tuple({step.plain(): step for step in steps}.values()),
        fix_by=fix_by,
        citations=(Citation(f"SAML profiles, section {section}", _PROFILES, "2026-11-25", "spec"),),
        explains=tuple(dict.fromkeys(finding.rule for finding in about)),
    )


def _compared(finding: Finding) -> tuple[Slot, Slot] | None:
    """Return what was found and what was expected, where there is both."""
    primary = finding.primary
    if primary is None or primary.actual is None or primary.expected is None:
        return None
    return (primary.actual, primary.expected) if primary.actual.value and primary.expected.value else None


def swapped_values(findings: list[Finding], stage: dict[str, int]) -> list[Finding]:
    """See the two fields mixed up: the audience is what the address should be, and the address what the audience should be."""
    about = _addressed(findings, stage)
    pairs = [(stage[finding.rule], pair) for finding in about if (pair := _compared(finding)) is not None]
    addresses = {(wanted.value, found.value) for topic, (found, wanted) in pairs if topic in _ADDRESS}
    mixed = [pair for topic, pair in pairs if topic == _AUDIENCE and (pair[0].value, pair[1].value) in addresses]
    if not mixed:
        return findings
    acs, entity = mixed[0]
    about = _with_those_above(about, findings)
    whole = _together(
        about,
        "diagnosis/acs-and-audience-swapped",
        "ACS URL and audience are swapped",
        Text.of(
            "The response is addressed to ", entity, ", which is the entityID of the service, and its audience is ",
            acs, ", which is the URL where the service listens: each was entered in the field of the other.",
        ),
        Text.of(
            "In the application at the IdP set the ACS URL (Reply URL, Recipient, Destination) to ", acs,
            " and the audience (Entity ID, Identifier) to ", entity, ".",
        ),
        "idp",
        [step for finding in about for step in finding.fix_steps],
        "4.1.4.3",
    )  # fmt: skip
    stage[whole.rule] = min(stage[rule] for rule in whole.explains if rule in stage)
    return [whole, *findings]


def foreign_address(findings: list[Finding], stage: dict[str, int]) -> list[Finding]:
    """See a response for another environment or tenant: audience and address have the same other host or name in them.

    The other environment may have an application of its own at the IdP, with an issuer and a key of its own. Where a
    service's own rule sees that both are another's, it says so in better words and stays the cause.
    """
    about = _addressed(findings, stage)
    other = _other_name(about, stage)
    if other is None:
        return findings
    actual, expected = other
    own = [finding for finding in findings if finding.rule in _KEYS or (finding.rule in _ISSUERS and not _same_idp(finding))]
    sees_both = next((finding for finding in findings if _covers(finding, findings, stage)), None)
    if sees_both is not None:
        more = replace(sees_both, explains=(*sees_both.explains, *(finding.rule for finding in own)))
        return [more if finding is sees_both else finding for finding in findings]
    apart = "" if not own else " It is signed by another key, too, as an application of its own has it."
    if any(finding.rule in _ISSUERS for finding in own):
        apart = " It comes from another issuer, too: from the application that belongs there."
    firsts = [next(finding for finding in about if (stage[finding.rule] == _AUDIENCE) is audience) for audience in (False, True)]
    whole = _together(
        [*about, *own],
        "diagnosis/response-for-another-address",
        "The whole response is meant for another service or environment",
        Text.of(
            "Audience and address of the response name ", actual, ", but this service is ", expected,
            ": the IdP answered for another environment or another application.", apart,
        ),
        Text.of(
            "Use the IdP application made for ", expected,
            ", or set both its ACS URL and its audience to the values expected here.",
        ),
        "idp",
        [step for finding in firsts for step in finding.fix_steps],
        "4.1.4.3",
    )  # fmt: skip
    stage[whole.rule] = min(stage[finding.rule] for finding in about)
    return [whole, *findings]


def _covers(finding: Finding, findings: Sequence[Finding], stage: dict[str, int]) -> bool:
    """Return whether a rule explains, if by way of others, what is wrong with the audience and with the address."""
    reached, new = {finding.rule}, [finding]
    while new:
        named = [name for one in new for name in one.explains]
        new = [one for one in findings if one.rule not in reached and any(fnmatchcase(one.rule, name) for name in named)]
        reached.update(one.rule for one in new)
    topics = {stage.get(rule) for rule in reached - {finding.rule}}
    return finding.severity == "error" and _AUDIENCE in topics and bool(topics.intersection(_ADDRESS))


def _other_name(about: Sequence[Finding], stage: dict[str, int]) -> tuple[Slot, Slot] | None:
    """Return what audience and address have in them, and what both should have: a host, or a name within the values."""
    pairs = [(stage[finding.rule] == _AUDIENCE, pair) for finding in about if (pair := _compared(finding)) is not None]
    audiences = [pair for is_audience, pair in pairs if is_audience]
    addresses = [pair for is_audience, pair in pairs if not is_audience]
    if not audiences or not addresses:
        return None
    sensitive = any(bool(slot.sensitive) for _, pair in pairs for slot in pair)
    hosts = {(_host(found), _host(wanted)) for _, (found, wanted) in pairs}
    ((found, wanted),) = hosts if len(hosts) == 1 else (("", ""),)
    if not (found and wanted and found != wanted):
        common = _exchanged(audiences[0]) & set().union(*map(_exchanged, addresses))
        if not common:
            return None
        found, wanted = min(common)
    return Slot(found, sensitive), Slot(wanted, sensitive)


def _exchanged(pair: tuple[Slot, Slot]) -> set[tuple[str, str]]:
    """Return the words of a value that stand where others were expected, where all else is the same."""
    found, wanted = (_BETWEEN_WORDS.split(slot.value) for slot in pair)
    if len(found) != len(wanted):
        return set()
    return {
        (one, other)
        for one, other in zip(found, wanted, strict=True)
        if one.casefold() != other.casefold() and {one, other} != {"http", "https"}
    }


def _same_idp(finding: Finding) -> bool:
    """Return whether an issuer that differs is only written otherwise."""
    difference = finding.primary.difference if finding.primary else None
    return difference is not None and difference.kind in _SPELLINGS


def foreign_idp(findings: list[Finding], _stage: dict[str, int]) -> list[Finding]:
    """Let another issuer explain another key: another IdP, tenant or application signs with a key of its own."""
    return [
        replace(finding, explains=(*finding.explains, *_KEYS))
        if finding.rule in _ISSUERS and finding.severity == "error" and not _same_idp(finding)
        else finding
        for finding in findings
    ]


def _overdue(finding: Finding) -> timedelta | None:
    """Return how long before the login was judged the message ended."""
    pair = _compared(finding)
    try:
        return datetime.fromisoformat(pair[1].value) - datetime.fromisoformat(pair[0].value) if pair else None
    except (ValueError, TypeError):  # no time, or one without a zone
        return None


def old_response(findings: list[Finding], stage: dict[str, int]) -> list[Finding]:
    """See the response of an earlier login sent again: back button, reload, restored tab, a bookmark on the way."""
    rules = {finding.rule for finding in findings}
    expired = [finding for finding in findings if finding.rule in _EXPIRED]
    late = max((overdue for finding in expired if (overdue := _overdue(finding)) is not None), default=timedelta())
    stale = [finding for finding in findings if finding.rule in _OTHER_REQUEST]
    if not expired or rules.intersection(_CLOCKS) or not (stale or late >= _LONG_AGO):
        return findings
    about = [
        *expired,
        *stale,
        *(
            finding
            for finding in findings
            if finding.rule
            in ("web-sso-profile/confirmation-in-response-to", "web-sso-profile/session-expired", "sp-policy/replayed")
        ),
    ]
    whole = _together(
        about,
        "diagnosis/old-response",
        "The response of an earlier login was sent again",
        Text.of(
            "It had ended when it reached the service", *_how_long(late),
            *([" and answers another request than the one that is open"] if stale else []),
            ": this is the page of an earlier login (back button, reload, a tab restored or left open, a copy), ",
            "not the answer to this one.",
        ),
        Text.of(
            "Close the tab and start the login afresh, from the service's own page or from the portal of the IdP; "
            "never from a bookmark of a page in between."
        ),
        "user",
        (),
        "4.1.4.3",
    )  # fmt: skip
    stage[whole.rule] = min((stage[rule] for rule in whole.explains if rule in stage), default=len(TOPICS))
    return [whole, *findings]


def _how_long(late: timedelta) -> list[str]:
    minutes = int(late.total_seconds()) // 60
    if minutes < 1:
        return []
    if minutes < 120:
        return [f" (by {minutes} min)"]
    if minutes < 48 * 60:
        return [f" (by {minutes // 60} hours)"]
    return [f" (by {minutes // 1440} days)"]
