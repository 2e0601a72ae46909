"""ARNs, and the pairs of them in AWS's Role attribute (IAM User Guide, "IAM identifiers" and "Configuring SAML assertions").

Role names may hold commas, so a pair is split before ``arn:`` only.
"""

from __future__ import annotations

import re

from samlcheck.facts import Reading
from samlcheck.frozen import dataclass

NAME = "https://aws.amazon.com/SAML/Attributes/Role"
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")

_BETWEEN = re.compile(r"\s*,\s*(?=arn:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arn:
    """``arn:partition:service:region:account:kind/name``."""

    text: str
    partition: str
    service: str
    region: str
    account: str
    kind: str
    name: str


def arn(text: str) -> Arn | None:
    """Return the parts of an ARN, or None if the text is none; letters may be of either case."""
    parts = text.strip().split(":", 5)
    if len(parts) < 6 or parts[0].lower() != "arn":
        return None
    kind, _, name = parts[5].partition("/")
    return Arn(text.strip(), parts[1], parts[2], parts[3], parts[4], kind, name)


@dataclass(frozen=True, slots=True)
class Pair:
    """One value of the Role attribute and the ARNs in it."""

    reading: Reading
    arns: tuple[Arn, ...]

    @property
    def role(self) -> Arn | None:
        """The role, if one is named."""
        return next((item for item in self.arns if item.kind.lower() == "role"), None)

    @property
    def provider(self) -> Arn | None:
        """The SAML provider, if one is named."""
        return next((item for item in self.arns if item.kind.lower() == "saml-provider"), None)


def pair_of(reading: Reading) -> Pair:
    """Return the ARNs in one value of the Role attribute, in either order."""
    return Pair(reading, tuple(found for part in _BETWEEN.split(reading.raw) if (found := arn(part)) is not None))
