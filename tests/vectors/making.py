"""Messages to start from, and what attackers do to them. Everything is text: what was signed is never re-serialised.

Keys are made once in a process; identifiers and instants are fixed, so that a vector is the same message in every run but
for the keys.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import Any
from urllib.parse import urlencode

from samlcheck.forge import Keys, Recipe, edit, forge, healthy
from samlcheck.forge.keys import keys_for_this_run
from samlcheck.xmldoc.names import SAML
from tests.trust import signing
from tests.vectors.vector import Sent

ACS, SP, IDP = "https://sp.example/saml/acs", "https://sp.example/saml/metadata", "https://idp.example/saml/metadata"
REQUEST_ID = healthy().in_response_to or ""
RELAY_STATE = "https://sp.example/start"
ADMIN = "admin@example.com"
USER = healthy().nameid or ""
RESPONSE, ASSERTION = healthy().response_id or "", healthy().assertion_id or ""

SIGNED = {"response-signed": "response", "assertion-signed": "assertion", "both-signed": "both"}
IDENTIFIERS = {"new-id": "new", "same-id": "same", "no-id": "none"}
OTHER_ID = {"new-id": "new", "no-id": "none"}
SAME_ID = {"same-id": "same"}
ORDERS = {"before": "before", "after": "after"}

_SIGNATURE = re.compile(r"<ds:Signature\b.*?</ds:Signature>", re.DOTALL)
_ASSERTION = re.compile(r"<saml:Assertion\b.*</saml:Assertion>", re.DOTALL)


def idp() -> Keys:
    """Return the keys of the identity provider, the only ones that are trusted."""
    return keys_for_this_run("trusted")


def stranger() -> Keys:
    """Return the attacker's keys, in a certificate of the same name."""
    return keys_for_this_run("other")


def service() -> Keys:
    """Return the service's encryption keys; everybody knows the public one."""
    return keys_for_this_run("recipient")


def message(recipe: Recipe, keys: Keys | None = None) -> str:
    """Return the login of a recipe as XML."""
    return forge(recipe, keys or idp(), encryption_for=service()).xml.decode()


def genuine(sign: str = "both", **edits: str | tuple[str, ...] | None) -> str:
    """Return a login as the identity provider signs it. Edits are made before signing; ``__`` stands for a dot."""
    return message(edit(healthy(), {"sign": sign, **{name.replace("__", "."): value for name, value in edits.items()}}))


def posted(xml: str | bytes, *keys: Keys, pinned: tuple[bytes, ...] | None = None, **known: Any) -> Sent:
    """Return the message as the browser posts it. keys, or files in pinned: what the service trusts, else the provider's key."""
    octets = xml.encode() if isinstance(xml, str) else xml
    form = urlencode({"SAMLResponse": base64.b64encode(octets).decode(), "RelayState": RELAY_STATE})
    if pinned is None:
        pinned = tuple(one.certificate_pem for one in keys or (idp(),))
    return Sent(form.encode(), pinned, **known)


def decrypted(xml: str | bytes, *keys: Keys, **known: Any) -> Sent:
    """Return the posted message where the service's private key is at hand."""
    return posted(xml, *keys, private_keys=(service().private_pem,), **known)


def signature_of(xml: str) -> str:
    """Return the first signature."""
    found = _SIGNATURE.search(xml)
    assert found is not None
    return found[0]


def unsigned_copy(xml: str) -> str:
    """Return the text without any signature."""
    return _SIGNATURE.sub("", xml)


def assertion_of(xml: str) -> str:
    """Return the assertion."""
    found = _ASSERTION.search(xml)
    assert found is not None
    return found[0]


def replaced(xml: str, new: str) -> str:
    """Return the message with another text in place of its assertion."""
    return xml.replace(assertion_of(xml), new, 1)


def forged(element: str, identifier: str = "new", user: str = ADMIN) -> str:
    """Return the attacker's copy of a response or assertion: unsigned, about another user, its ID new, the same or gone."""
    copy = re.sub(r"(<saml:NameID[^>]*>)[^<]*", rf"\g<1>{user}", unsigned_copy(element))
    if identifier == "same":
        return copy
    return re.sub(r'\s\bID="[^"]*"', ' ID="_forged"' if identifier == "new" else "", copy, count=1)


def after_issuer(xml: str, insertion: str) -> str:
    """Return the element with something behind its Issuer, where a signature belongs."""
    return xml.replace("</saml:Issuer>", "</saml:Issuer>" + insertion, 1)


def in_extensions(xml: str, content: str) -> str:
    """Return the response with something in samlp:Extensions, where any element may stand (core 3.2.2)."""
    return xml.replace("<samlp:Status>", f"<samlp:Extensions>{content}</samlp:Extensions><samlp:Status>", 1)


def in_status_detail(xml: str, content: str) -> str:
    """Return the response with something in samlp:StatusDetail, where any element may stand (core 3.2.2.4)."""
    return xml.replace("</samlp:Status>", f"<samlp:StatusDetail>{content}</samlp:StatusDetail></samlp:Status>", 1)


def in_advice(assertion: str, content: str) -> str:
    """Return the assertion with something in its Advice (core 2.6.1)."""
    return assertion.replace("</saml:Conditions>", f"</saml:Conditions><saml:Advice>{content}</saml:Advice>", 1)


def in_signature(signature: str, content: str) -> str:
    """Return the signature with something at its end."""
    return signature.replace("</ds:Signature>", content + "</ds:Signature>")


def in_object(signature: str, content: str) -> str:
    """Return the signature with something in a ds:Object."""
    return in_signature(signature, f"<ds:Object>{content}</ds:Object>")


@cache
def sealed(xml: str, data_algorithm: str = "aes256-gcm", key_algorithm: str = "rsa-oaep-mgf1p") -> str:
    """Return an assertion encrypted for the service, as anybody can who knows its certificate."""
    from samlcheck.forge.seal import seal

    standalone = xml.replace("<saml:Assertion ", f'<saml:Assertion xmlns:saml="{SAML}" ', 1)
    return f"<saml:EncryptedAssertion>{seal(standalone, service(), data_algorithm, key_algorithm)}</saml:EncryptedAssertion>"


def unsigned() -> str:
    """Return a login that nobody signed."""
    return signing.unsigned()


def signed_by_hand(signature: str, *, on: str = "Response", keys: Keys | None = None) -> bytes:
    """Return a login with a genuine signature made from any template (``tests.trust.signing.template``)."""
    return signing.with_signature(keys or idp(), signature, on=on)
