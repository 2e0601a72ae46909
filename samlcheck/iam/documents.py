"""Policy documents out of the files that people have: what the console, the CLI, CloudFormation and Terraform print.

A file that holds no policy, or one of another kind than asked for, is recognised as what it is and refused with the
way to the right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

from samlcheck.errors import InputError
from samlcheck.frozen import dataclass
from samlcheck.iam.located import Json, parse
from samlcheck.iam.policy import Policy, Word, read_policy
from samlcheck.source import Artifact

Purpose = Literal["trust", "permission"]
OPTIONS: dict[Purpose, str] = {"trust": "--iam-role", "permission": "--iam-policy"}
COMMANDS: dict[Purpose, str] = {
    "trust": "aws iam get-role --role-name NAME > role.json",
    "permission": "aws iam get-role-policy --role-name NAME --policy-name POLICY > policy.json",
}
_KIND_WORDS: dict[Purpose, str] = {"trust": "a trust policy", "permission": "a permission policy"}
_DOCUMENTS = (
    "AssumeRolePolicyDocument", "assume_role_policy", "PolicyDocument", "Document", "policy", "json", "Content", "inline_policy",
)  # fmt: skip
"""Names under which tools keep a policy, as an object or as JSON in a string."""
_YAML = re.compile(
    r"(?m)^\s*(?:- )?['\"]?(?:AWSTemplateFormatVersion|Resources|Role|AssumeRolePolicyDocument|PolicyDocument|Version|Statement)"
    r"['\"]?:(?:\s|$)"
)
_HCL = re.compile(
    r'(?m)^\s*(?:resource|data|module|provider|locals)\s+(?:"[^"\n]+"\s*){0,2}\{|\bjsonencode\s*\(|^\s*assume_role_policy\s*='
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A policy document and the object that says whose it is."""

    value: Json
    owner: Json | None
    key: str


def read(artifact: Artifact, purpose: Purpose) -> tuple[Policy, ...]:
    """Return the policies of one kind in a file; several where the file describes several roles.

    purpose: ``trust`` for who may assume a role, ``permission`` for what it may do then. Raises InputError naming what
    the file is when it holds none of that kind, and where its JSON is damaged.
    """
    root = parse(_text(artifact, purpose), artifact.name)
    if root.kind == "string" and root.text.lstrip().startswith("{"):
        root = parse(root.text, artifact.name, inside=root.place)
    _refuse_organizations(root, artifact.name)
    found = tuple(_documents(root))
    wanted = tuple(_policy(item, purpose) for item in found if not _statements(item.value) or _purpose(item) == purpose)
    if wanted:
        return wanted
    if found:
        raise _another_kind(found[0], artifact.name, purpose)
    raise _not_wanted(_kind_of(root), artifact.name, purpose, "no-iam-policy")


def _text(artifact: Artifact, purpose: Purpose) -> str:
    text = artifact.data.decode("utf-8-sig", "replace")
    if artifact.data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what PowerShell's > writes
        text = artifact.data.decode("utf-16", "replace")
    start = text.lstrip()
    if start[:3].lower() in ("%7b", "%5b", "%20"):  # as the API returns documents (RFC 3986)
        return unquote(text)
    if not start.startswith(("{", "[", '"')):
        raise _not_wanted(_not_json(start), artifact.name, purpose, "not-json")
    return text


def _not_json(text: str) -> str:
    if not text:
        return "is empty"
    if text.startswith("arn:"):
        return "holds an ARN and not the policy itself"
    if _HCL.search(text):
        return "is Terraform's own language (HCL) and not JSON"
    if _YAML.search(text):
        return "is YAML and not JSON"
    if text.startswith("<"):
        return "is XML or HTML and not JSON"
    if text.startswith("-----BEGIN"):
        return "is a certificate or key and not JSON"
    return "is not JSON"


def _not_wanted(what: str, name: str, purpose: Purpose, code: str) -> InputError:
    return InputError(
        f"{OPTIONS[purpose]} wants {_KIND_WORDS[purpose]} of IAM as JSON, but this file {what}",
        where=name,
        tip=f"Export it: {COMMANDS[purpose]}",
        code=code,
    )


def _kind_of(root: Json) -> str:
    if root.get("log") is not None:
        return "is a HAR"
    if root.get("Resources") is not None or root.get("AWSTemplateFormatVersion") is not None:
        return "is a CloudFormation template without one"
    if root.get("resource_changes", "planned_values", "values", "resources") is not None:
        return "is a Terraform plan or state without one"
    if root.get("SAMLMetadataDocument") is not None:
        return "is what IAM knows of a SAML provider and not of a role"
    return "holds no policy (there is no Statement in it)"


def _refuse_organizations(root: Json, name: str) -> None:
    summary = (root.get("Policy") or root).get("PolicySummary")
    kind = summary.get("Type") if summary is not None else None
    if kind is not None and kind.text in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        raise InputError(
            "This is a service control policy of AWS Organizations, which only limits what policies of a role can allow",
            where=name,
            tip=f"Give the policy of the role itself: {COMMANDS['trust']}",
            code="iam-policy-kind",
        )


def _documents(root: Json) -> Iterator[_Found]:
    """Yield every policy document in a JSON value, whichever way it is wrapped."""
    if root.get("Statement") is not None:
        yield _Found(root, None, "")
        return
    for owner in root.walk():
        for member in owner.members:
            if member.name not in _DOCUMENTS:
                continue
            value = member.value
            if value.kind == "string":
                text = unquote(value.text) if value.text.lstrip()[:3].lower() == "%7b" else value.text
                if not text.lstrip().startswith("{"):
                    continue
                value = parse(text, value.place.document, inside=value.place)
            if value.get("Statement") is not None:
                yield _Found(value, owner, member.name)


def _statements(value: Json) -> tuple[Json, ...]:
    written = value.get("Statement")
    return () if written is None else written.items if written.kind == "array" else (written,)


def _purpose(found: _Found) -> Purpose | Literal["resource"]:
    """Return what kind of policy a document is: only those that are attached to something else have a Principal."""
    if found.key in ("AssumeRolePolicyDocument", "assume_role_policy"):
        return "trust"
    statements = _statements(found.value)
    if not any(item.get("Principal", "NotPrincipal") is not None for item in statements):
        mentions = any(_about_sts(item) for item in statements)
        return "trust" if mentions and not any(item.get("Resource", "NotResource") for item in statements) else "permission"
    about_roles = any(_about_sts(item) for item in statements)
    return "trust" if about_roles or not any(item.get("Resource", "NotResource") for item in statements) else "resource"


def _about_sts(statement: Json) -> bool:
    actions = statement.get("Action", "NotAction")
    return actions is not None and any(item.text.lower().startswith("sts:") for item in (actions, *actions.items))


def _another_kind(found: _Found, name: str, purpose: Purpose) -> InputError:
    actual = _purpose(found)
    if actual == "resource":
        what = "this is the policy of a resource (a bucket, a key, a queue …), neither of the two policies of a role"
        tip = f"Export it: {COMMANDS[purpose]}"
    else:
        what = f"this is {_KIND_WORDS[actual]}"
        tip = f"Did you mean {OPTIONS[actual]} {name}?"
    span = found.value.place.span
    return InputError(
        f"{OPTIONS[purpose]} wants {_KIND_WORDS[purpose]}, but {what}",
        where=f"{name}:{span.line}:{span.column}" if span else name,
        tip=tip,
        code="iam-policy-kind",
    )


def _policy(found: _Found, purpose: Purpose) -> Policy:
    owner = found.owner
    arn = name = None
    if owner is not None and found.key in ("AssumeRolePolicyDocument", "assume_role_policy"):
        arn, name = owner.get("Arn", "arn"), owner.get("RoleName", "name")
    role = Word(arn.text, arn.place) if arn is not None and ":role/" in arn.text else None
    return read_policy(found.value, trust=purpose == "trust", role_arn=role, role_name=name.text if name is not None else "")
