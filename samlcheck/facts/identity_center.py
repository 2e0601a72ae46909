"""Facts of AWS IAM Identity Center as the IdP: which application of which account an issuer stands for.

Every application there has an issuer of its own, ``https://portal.sso.REGION.amazonaws.com/saml/assertion/ID``. ID is the
base64 of account and application instance, as published issuers show when they are decoded.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import replace

from samlcheck.case import Case
from samlcheck.facts.table import FACTS, Reading, Readings, fact

_ISSUER = re.compile(r"https://portal\.sso\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/saml/[a-z]+/(?P<id>[A-Za-z0-9+/=_-]+)")
_ID = re.compile(rb"(?P<account>\d{12})_(?P<instance>ins-[0-9a-f]{16})")


def application(issuer: str) -> str:
    """Return which application an issuer stands for, in words; empty where it is no such issuer."""
    found = _ISSUER.fullmatch(issuer.strip())
    if found is None:
        return ""
    text = found["id"].translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return ""
    named = _ID.fullmatch(decoded)
    if named is None:
        return ""
    return f"{named['instance'].decode()} of account {named['account'].decode()} in {found['region']}"


def _applications(readings: Readings) -> Readings:
    return replace(readings, items=tuple(_named(readings.items)))


def _named(items: Iterable[Reading]) -> Iterable[Reading]:
    for item in items:
        words = application(item.raw)
        if words:
            yield replace(item, value=words, raw=words, snippet=("", ""))


@fact(
    "identity_center.issuing_application",
    "Identity Center application",
    "text",
    "Instance, account and Region of the AWS IAM Identity Center application that issued the assertion, read from Issuer",
)
def _of_assertion(case: Case) -> Readings:
    return _applications(FACTS["assertion.issuer"].read(case))


@fact(
    "identity_center.known_application",
    "Identity Center application that was given",
    "text",
    "The same, read from the entityID of the IdP that was given",
    many=True,
)
def _of_idp(case: Case) -> Readings:
    return _applications(FACTS["idp.entity_id"].read(case))
