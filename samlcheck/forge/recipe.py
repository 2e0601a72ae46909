"""A recipe: everything one forged login says, with the defaults of a healthy one.

``healthy(style)`` gives a login as that identity provider would send it; state only the deviation with ``edit``.
Instants are text as written, so that a recipe can hold a malformed one. None always means "not in the message".
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from samlcheck.forge.messages import Message
from samlcheck.forge.products import BASIC_ATTRIBUTE, STYLES
from samlcheck.forge.styles import EMAIL_ADDRESS, Signed
from samlcheck.frozen import dataclass

AT = datetime(2026, 5, 4, 10, 0, 0, tzinfo=UTC)
"""The instant of every forged login unless another is given."""
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
ANY_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
UNSPECIFIED_CONSENT = "urn:oasis:names:tc:SAML:2.0:consent:unspecified"

SP = "https://sp.example/saml/metadata"
ACS = "https://sp.example/saml/acs"
REQUEST_ID = "_5e1f0c2a9b7d4e3f8a6c1d0b9e8f7a6c5d4e3f2a"
PERSON = {"email": "mia.lindqvist@example.com", "given": "Mia", "family": "Lindqvist", "name": "Mia Lindqvist"}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One saml:SubjectConfirmation (core 2.4.1.1)."""

    method: str = BEARER
    recipient: str | None = ACS
    not_on_or_after: str | None = "2026-05-04T10:05:00Z"
    not_before: str | None = None
    in_response_to: str | None = REQUEST_ID
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """One saml:Attribute (core 2.7.3.1)."""

    name: str
    values: tuple[str, ...]
    name_format: str | None = None
    friendly_name: str | None = None
    value_type: str | None = None
    """xsi:type of its values."""


@dataclass(frozen=True, slots=True)
class Request:
    """The samlp:AuthnRequest that the response answers (core 3.4.1)."""

    id: str | None = REQUEST_ID
    version: str | None = "2.0"
    issue_instant: str | None = "2026-05-04T09:59:30Z"
    destination: str | None = "https://idp.example/saml/sso"
    issuer: str | None = SP
    acs_url: str | None = ACS
    acs_index: str | None = None
    protocol_binding: str | None = POST
    force_authn: str | None = None
    is_passive: str | None = None
    provider_name: str | None = None
    nameid_policy_format: str | None = EMAIL_ADDRESS
    allow_create: str | None = "true"
    authn_context: tuple[str, ...] = ()
    authn_context_comparison: str | None = None
    subject: str | None = None
    sign: str = "none"
    """``service``: by the keys given to ``forge``; ``other``: by keys that nobody pinned; or ``none``."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One login, in the words of the fact table. The defaults are those of the style ``generic``."""

    style: str = "generic"
    """How it is written down; use ``healthy`` to get the values that go with another style."""
    relay_state: str | None = "https://sp.example/start"

    response_id: str | None = "_cd36055ee03658cbd5018393d7266302993b2e14"
    response_version: str | None = "2.0"
    response_issue_instant: str | None = "2026-05-04T10:00:00Z"
    destination: str | None = ACS
    in_response_to: str | None = REQUEST_ID
    consent: str | None = None
    response_issuer: str | None = "https://idp.example/saml/metadata"
    response_issuer_format: str | None = None
    status: tuple[str, ...] = (SUCCESS,)
    """StatusCodes, the top-level one first, each inside the one before."""
    status_message: str | None = None

    assertions: int = 1
    """0: none; 2: a second one with an ID of its own."""
    assertion_id: str | None = "_127273f18a35226a9d02290cebf90b3e9a5c58d2"
    assertion_version: str | None = "2.0"
    assertion_issue_instant: str | None = "2026-05-04T10:00:00Z"
    assertion_issuer: str | None = "https://idp.example/saml/metadata"
    assertion_issuer_format: str | None = None
    subject: bool = True
    nameid: str | None = PERSON["email"]
    nameid_format: str | None = EMAIL_ADDRESS
    nameid_name_qualifier: str | None = None
    nameid_sp_name_qualifier: str | None = None
    confirmations: tuple[Confirmation, ...] = (Confirmation(),)
    not_before: str | None = "2026-05-04T09:59:00Z"
    not_on_or_after: str | None = "2026-05-04T10:05:00Z"
    audiences: tuple[tuple[str, ...], ...] = ((SP,),)
    """One tuple for each AudienceRestriction."""
    other_conditions: tuple[str, ...] = ()
    """``OneTimeUse``, ``ProxyRestriction``."""
    authn_statement: bool = True
    authn_instant: str | None = "2026-05-04T09:59:58Z"
    session_index: str | None = "_66c3f1eb48fa77c779b6dfde8b2a4093"
    session_not_on_or_after: str | None = None
    authn_context: str | None = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
    attributes: tuple[Attribute, ...] = (
        Attribute("email", ("mia.lindqvist@example.com",), BASIC_ATTRIBUTE, None, "xs:string"),
        Attribute("firstName", ("Mia",), BASIC_ATTRIBUTE, None, "xs:string"),
        Attribute("lastName", ("Lindqvist",), BASIC_ATTRIBUTE, None, "xs:string"),
    )

    sign: Signed = "both"
    signature_algorithm: str = "sha256"
    """A hash, a method or its URI: ``sha1``, ``rsa-sha256``, ``hmac-sha256``, ``http://…#rsa-sha512``."""
    digest_algorithm: str = "sha256"
    canonicalization: str = "http://www.w3.org/2001/10/xml-exc-c14n#"
    key: str = "trusted"
    """``trusted``: the keys given to ``forge``; ``other``: keys that nobody pinned; ``weak``, ``expired``, ``ec``: pinned
    keys of that kind, made for this process."""
    embed: str = "signer"
    """Certificate in KeyInfo: ``signer``, ``trusted``, ``other`` or ``none`` (no KeyInfo at all)."""
    encrypt: tuple[str, ...] = ()
    """``assertion``, ``nameid``, ``attributes``."""
    data_algorithm: str = "aes256-gcm"
    key_algorithm: str = "rsa-oaep-mgf1p"
    layout: str = "compact"
    """``lines``: the signer puts elements on lines of their own, so the signature covers the line breaks."""
    damage: str = ""
    """What happens to the message after signing; see ``damage``."""
    inner_damage: str = ""
    """What happens to it between the signature of the assertion and that of the response."""

    request: Request | None = Request()
    message: Message | None = None
    """Sent instead of the response, or around it."""


def healthy(style: str = "generic", *, at: datetime = AT, seed: str = "1") -> Recipe:
    """Return the recipe of a healthy SP-initiated login as an identity provider of this style sends it.

    at: IssueInstant. seed: another seed gives other identifiers. Raises KeyError for a style that is not in ``STYLES``.
    """
    habits = STYLES[style]

    def moment(seconds: int) -> str:
        when = at.astimezone(UTC) + timedelta(seconds=seconds)
        return when.strftime("%Y-%m-%dT%H:%M:%S") + (f".{when.microsecond // 1000:03d}Z" if habits.fraction else "Z")

    request_id = REQUEST_ID if seed == "1" else "_" + _hex(f"request/{seed}", 40)
    assertion_id = _identifier(habits.assertion_id, f"{style}/assertion/{seed}")
    index = {"assertion": assertion_id, "request": request_id}.get(habits.session_index)
    issuer_format = ENTITY if habits.issuer_format else None
    return Recipe(
        style=style,
        response_id=_identifier(habits.response_id, f"{style}/response/{seed}"),
        response_issue_instant=moment(0),
        in_response_to=request_id,
        consent=UNSPECIFIED_CONSENT if habits.consent else None,
        response_issuer=habits.issuer,
        response_issuer_format=issuer_format,
        assertion_id=assertion_id,
        assertion_issue_instant=moment(0),
        assertion_issuer=habits.issuer,
        assertion_issuer_format=issuer_format,
        nameid=PERSON["email"] if habits.nameid_format == EMAIL_ADDRESS else "_" + _hex(f"{style}/nameid/{seed}", 42),
        nameid_format=habits.nameid_format,
        nameid_sp_name_qualifier=SP if habits.sp_name_qualifier else None,
        confirmations=(Confirmation(not_on_or_after=moment(habits.confirmation_end), in_response_to=request_id),),
        not_before=moment(habits.not_before),
        not_on_or_after=moment(habits.not_on_or_after),
        authn_instant=moment(-2),
        session_index=index or _identifier(habits.session_index, f"{style}/session/{seed}"),
        session_not_on_or_after=None if habits.session_end is None else moment(habits.session_end),
        authn_context=habits.authn_context,
        attributes=tuple(
            Attribute(name, (PERSON.get(holds, holds),), habits.name_format, friendly, habits.value_type)
            for name, friendly, holds in habits.attributes
        ),
        sign=habits.sign,
        request=Request(
            id=request_id,
            issue_instant=moment(-30),
            destination=habits.sso,
            nameid_policy_format=EMAIL_ADDRESS if habits.nameid_format == EMAIL_ADDRESS else ANY_FORMAT,
        ),
    )


def restyle(recipe: Recipe, style: str) -> Recipe:
    """Return the recipe as another identity provider would send it; what was edited before stays as edited."""
    before, after = healthy(recipe.style), healthy(style)
    old, new = STYLES[recipe.style], STYLES[style]
    followed = _follow(recipe, before, after)
    attributes = tuple(
        replace(item, name_format=new.name_format, value_type=new.value_type)
        if (item.name_format, item.value_type) == (old.name_format, old.value_type)
        else item
        for item in recipe.attributes
    )
    return replace(
        followed,
        style=style,
        confirmations=tuple(_follow(item, before.confirmations[0], after.confirmations[0]) for item in recipe.confirmations),
        request=_follow(recipe.request, before.request, after.request) if recipe.request else None,
        attributes=after.attributes if recipe.attributes == before.attributes else attributes,
    )


_T = TypeVar("_T", Recipe, Confirmation, Request)


def _follow(now: _T, before: _T | None, after: _T | None) -> _T:
    """Return ``now`` with each field that is still as ``before`` set as in ``after``."""
    unedited = [name for name in now.__dataclass_fields__ if getattr(now, name) == getattr(before, name)]
    return replace(now, **{name: getattr(after, name) for name in unedited})


def _hex(seed: str, length: int) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()[:length]


def _identifier(template: str, seed: str) -> str:
    """Fill ``{hexN}``, ``{digitsN}``, ``{textN}`` and ``{guid}`` from the seed: the same seed gives the same ID."""
    count = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        digest = hashlib.sha256(f"{seed}/{count}".encode()).hexdigest()
        kind, length = match["kind"], int(match["length"] or 0)
        if kind == "guid":
            return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
        if kind == "digits":
            return str(int(digest, 16))[:length]
        if kind == "text":
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
            return "".join(letters[int(digest[2 * i : 2 * i + 2], 16) % 52] for i in range(length))
        return digest[:length]

    return re.sub(r"\{(?P<kind>guid|digits|text|hex)(?P<length>\d*)\}", fill, template)
