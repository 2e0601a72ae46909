"""Amazon Connect logins with policies, inspected as ``check`` does."""

from __future__ import annotations

from functools import cache
from typing import Any

from samlcheck import engine
from samlcheck.case import Told
from samlcheck.cli.catalogue import catalogue
from samlcheck.finding import Finding, NotChecked, Outcome
from samlcheck.forge import AT, Keys, edit, forge, healthy, make_keys
from samlcheck.inspection import Inspection, LoginReport
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from tests.iam.policies import INSTANCE, ROLE, SECOND, SIGN_IN, read_permission, read_trust

ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
RELAY_STATE = f"https://us-west-2.console.aws.amazon.com/connect/federate/{INSTANCE}"
Edits = dict[str, str | tuple[str, ...] | None]


@cache
def keys() -> Keys:
    return make_keys("idp.example")


def form(edits: Edits | None = None, *, style: str = "aws-identity-center", provider: str = SECOND, role: str = ROLE) -> Artifact:
    """Return the form that the browser posts for a healthy login with edits."""
    recipe = edit(
        healthy(style),
        {
            "idp_initiated": "true",
            "acs": SIGN_IN,
            "assertion.audience": "urn:amazon:webservices",
            "attribute:email": None,
            "attribute:firstName": None,
            "attribute:lastName": None,
            f"attribute:{ATTRIBUTES}Role": f"{role},{provider}",
            f"attribute:{ATTRIBUTES}RoleSessionName": "mia.lindqvist@example.com",
            f"attribute:{ATTRIBUTES}SessionDuration": "43200",
            "assertion.session_not_on_or_after": "2026-05-04T22:00:00Z",
            "relay_state": RELAY_STATE,
            **(edits or {}),
        },
    )
    return Artifact(f"{style}.txt", forge(recipe, keys()).form.encode())


def metadata(style: str = "aws-identity-center") -> Artifact:
    """Return the IdP's metadata."""
    return Artifact(f"{style}.xml", forge(healthy(style), keys()).idp_metadata(keys()))


def inspect(
    *forms: Artifact, role: Any = None, policy: Any = None, styles: tuple[str, ...] = ("aws-identity-center",), **parameters: str
) -> Inspection:
    """Return the inspection of logins with a trust policy and a permission policy (plain data or text)."""
    captures, unread = engine.read_captures(forms)
    told = Told(
        parameters=parameters,
        iam_role=read_trust(role) if role is not None else (),
        iam_policy=read_permission(policy) if policy is not None else (),
    )
    question = engine.Question(catalogue(), AT, AT, told, load([metadata(style) for style in styles]))
    return engine.inspect(captures, question, unread)


def report(edits: Edits | None = None, *, role: Any = None, policy: Any = None, **parameters: str) -> LoginReport:
    """Return the report of one login."""
    return inspect(form(edits), role=role, policy=policy, **parameters).logins[0]


def troubles(found: LoginReport) -> list[Finding]:
    """Return all findings but notes, causes first."""
    return [item for cause in found.diagnosis.causes for item in (cause.finding, *cause.consequences) if item.severity != "note"]


def outcome(found: LoginReport, rule: str) -> Outcome:
    """Return the outcome of one rule."""
    return next(item for item in found.outcomes if item.rule == rule)


def why_not_checked(found: LoginReport, rule: str) -> tuple[str, str]:
    """Return why a rule was not checked, and what it needs."""
    item = outcome(found, rule)
    assert isinstance(item, NotChecked), item
    return item.why, item.needs
