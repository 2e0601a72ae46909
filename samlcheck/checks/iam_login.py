"""A login as IAM sees it: which role is asked for through which provider, and the condition keys that go with it.

Keys: IAM User Guide, "IAM and AWS STS condition context keys" (saml:*) and "Configuring SAML assertions for the
authentication response" (which attribute becomes which key).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from samlcheck.checks.arns import NAME, Arn, pair_of
from samlcheck.checks.context import Context, Unknown
from samlcheck.facts import Reading
from samlcheck.frozen import dataclass
from samlcheck.iam.evaluation import Request
from samlcheck.iam.policy import Policy

ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
TAG = ATTRIBUTES + "PrincipalTag:"
ASSUME, TAG_SESSION, SET_SOURCE_IDENTITY = "sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"
_EDU_PERSON = (
    "eduPersonAffiliation", "eduPersonNickname", "eduPersonOrgDN", "eduPersonOrgUnitDN", "eduPersonPrimaryAffiliation",
    "eduPersonPrincipalName", "eduPersonEntitlement", "eduPersonPrimaryOrgUnitDN", "eduPersonScopedAffiliation",
    "eduPersonTargetedID", "eduPersonAssurance",
)  # fmt: skip
_EDU_ORG = ("eduOrgHomePageURI", "eduOrgIdentityAuthNPolicyURI", "eduOrgLegalName", "eduOrgSuperiorURI", "eduOrgWhitePagesURI")
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
LISTED_KEYS: dict[str, str] = {
    **{f"saml:{name.lower()}": f"urn:oid:1.3.6.1.4.1.5923.1.1.1.{i}" for i, name in enumerate(_EDU_PERSON, 1)},
    **{f"saml:{name.lower()}": f"urn:oid:1.3.6.1.4.1.5923.1.2.1.{i}" for i, name in enumerate(_EDU_ORG, 2)},
    "saml:cn": "urn:oid:2.5.4.3",
}
"""The attribute Name that fills each key of eduPerson and eduOrg: without the attribute the key is absent."""
CLAIM_KEYS: dict[str, str] = {
    "saml:name": _CLAIMS + "name",
    "saml:commonname": "http://schemas.xmlsoap.org/claims/CommonName",
    "saml:givenname": _CLAIMS + "givenname",
    "saml:surname": _CLAIMS + "surname",
    "saml:mail": _CLAIMS + "emailaddress",
}
"""Claims of Active Directory. X.500 Names fill these keys too, but their documented spellings are doubtful: a key whose
claim is not there is not known to be absent."""


_OTHER_KEYS = frozenset(
    "saml:" + name
    for name in (
        "aud", "iss", "sub", "sub_type", "doc", "namequalifier",
        "uid", "organizationstatus", "primarygroupsid", "x500uniqueidentifier",
    )
)  # fmt: skip
_DOCUMENTED = frozenset((*LISTED_KEYS, *CLAIM_KEYS, *_OTHER_KEYS))


def is_foreign(key: str) -> bool:
    """Return whether a condition key, in lower case, is in no request of this kind.

    It begins with ``saml:`` but is none that AWS documents, or belongs to web identity federation, whose keys begin with the
    host of the provider (``accounts.google.com:aud``).
    """
    prefix, _, _ = key.partition(":")
    return key not in _DOCUMENTED if prefix == "saml" else "." in prefix


@dataclass(frozen=True, slots=True)
class Asked:
    """One pair of role and provider that the response asks for."""

    reading: Reading
    """The value of the Role attribute."""
    role: Arn
    provider: Arn
    keys: Mapping[str, tuple[str, ...]]

    def request(self, action: str = ASSUME) -> Request:
        """Return the request that AWS sign-in makes for this pair."""
        return Request(self.provider.text, action, "", self.keys, is_foreign)


def asked(context: Context) -> tuple[Asked, ...] | Unknown:
    """Return the pairs that the response asks for, or why none is known."""
    values = context.table.read(f"attribute:{NAME}")
    if values.unavailable:
        return Unknown(values.unavailable, values.needs)
    pairs = [pair_of(item) for item in values.items]
    found = tuple(
        Asked(pair.reading, pair.role, pair.provider, keys_of(context, pair.provider))
        for pair in pairs
        if pair.role is not None and pair.provider is not None
    )
    return found or Unknown("the response names no pair of role and provider", "a response with the Role attribute")


def policies_for(pair: Asked, context: Context) -> tuple[Policy, ...]:
    """Return the trust policies given that may be those of the role: the one of its ARN or name, else those of unknown roles."""
    given = context.table.case.told.iam_role
    own = tuple(item for item in given if names_role(item, pair.role) is True)
    return own or tuple(item for item in given if names_role(item, pair.role) is None)


def names_role(policy: Policy, role: Arn) -> bool | None:
    """Return whether a policy says that it belongs to a role; None where it does not say whose it is."""
    if policy.role_arn is not None:
        return policy.role_arn.text == role.text
    return policy.role_name == role.name.rpartition("/")[2] if policy.role_name else None


def keys_of(context: Context, provider: Arn) -> dict[str, tuple[str, ...]]:
    """Return the condition keys of a login with their values; those that no login shows are left out."""
    table = context.table
    keys: dict[str, tuple[str, ...]] = {}

    def put(key: str, fact: str) -> None:
        found = table.read(fact)
        if not found.unavailable:
            keys[key] = tuple(item.raw for item in found.items)

    put("saml:aud", "assertion.recipient")
    put("saml:iss", "assertion.issuer")
    put("saml:sub", "assertion.nameid")
    put("sts:rolesessionname", f"attribute:{ATTRIBUTES}RoleSessionName")
    put("sts:sourceidentity", f"attribute:{ATTRIBUTES}SourceIdentity")
    put("sts:transitivetagkeys", f"attribute:{ATTRIBUTES}TransitiveTagKeys")
    formats = table.read("assertion.nameid_format")
    if not formats.unavailable:
        keys["saml:sub_type"] = tuple(_sub_type(item.raw) for item in formats.items)
    keys["aws:federatedprovider"] = (provider.text,)
    keys["sts:externalid"] = ()  # a parameter of AssumeRole alone
    # There are no temporary credentials yet when AssumeRoleWithSAML is called (IAM User Guide, AWS global condition context keys).
    keys["aws:multifactorauthpresent"] = keys["aws:multifactorauthage"] = ()
    name = f"{provider.account}/{provider.name}"
    keys["saml:doc"] = (name,)
    if keys.get("saml:iss"):
        keys["saml:namequalifier"] = (name_qualifier(keys["saml:iss"][0], name),)
    _attributes(context, keys)
    return keys


def _attributes(context: Context, keys: dict[str, tuple[str, ...]]) -> None:
    table = context.table
    names = table.read("assertion.attribute_names")
    if names.unavailable:
        return
    sealed = any(item.raw == "EncryptedAttribute" for item in table.read("encryption.elements").items)
    sent = {item.raw for item in names.items}
    for key, source in LISTED_KEYS.items():
        if source in sent or not sealed:
            keys[key] = tuple(item.raw for item in table.read(f"attribute:{source}").items)
    for key, source in CLAIM_KEYS.items():
        if source in sent:
            keys[key] = tuple(item.raw for item in table.read(f"attribute:{source}").items)
    tags = tuple(item.raw for item in names.items if item.raw.startswith(TAG))
    keys["aws:tagkeys"] = tuple(name.removeprefix(TAG) for name in tags)
    for name in tags:
        keys["aws:requesttag/" + name.removeprefix(TAG).lower()] = tuple(item.raw for item in table.read(f"attribute:{name}").items)


def _sub_type(name_format: str) -> str:
    """Return saml:sub_type: two formats go by their last word, the others by their URI."""
    last = name_format.rpartition(":")[2]
    return last if last in ("persistent", "transient") and name_format.startswith("urn:oasis:names:tc:SAML:2.0:") else name_format


def name_qualifier(issuer: str, provider: str) -> str:
    """Return saml:namequalifier; ``provider`` is account and name with a slash between.

    IAM User Guide, "Uniquely identifying users in SAML-based federation".
    """
    digest = hashlib.sha1((issuer + provider).encode(), usedforsecurity=False)
    return base64.b64encode(digest.digest()).decode()
