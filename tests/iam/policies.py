"""Policies for tests, in the shapes in which AWS's tools print them."""

from __future__ import annotations

import json
from typing import Any

from samlcheck.iam import Policy, read
from samlcheck.source import Artifact

ACCOUNT = "111122223333"
FIRST = f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta-Primary"
SECOND = f"arn:aws:iam::{ACCOUNT}:saml-provider/IdentityCenter"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ConnectAgents"
SIGN_IN = "https://signin.aws.amazon.com/saml"
INSTANCE = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
RESOURCE = f"arn:aws:connect:us-west-2:{ACCOUNT}:instance/{INSTANCE}/user/${{aws:userid}}"


def trust(*providers: str, aud: Any = SIGN_IN, action: Any = "sts:AssumeRoleWithSAML", **more: Any) -> dict[str, Any]:
    """Return a trust policy; ``more`` are further elements of its statement."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": providers[0] if len(providers) == 1 else list(providers)},
        "Action": action,
        "Condition": {"StringEquals": {"SAML:aud": aud}},
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def permission(resource: Any = RESOURCE, action: Any = "connect:GetFederationToken", **more: Any) -> dict[str, Any]:
    """Return a permission policy."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def read_trust(document: Any, name: str = "role.json") -> tuple[Policy, ...]:
    """Return trust policies read from plain data or from text."""
    return read(Artifact(name, _octets(document)), "trust")


def read_permission(document: Any, name: str = "policy.json") -> tuple[Policy, ...]:
    """Return permission policies read from plain data or from text."""
    return read(Artifact(name, _octets(document)), "permission")


def _octets(document: Any) -> bytes:
    return document.encode() if isinstance(document, str) else json.dumps(document, indent=2, ensure_ascii=False).encode()
