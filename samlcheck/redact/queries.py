"""Query strings, form bodies and URLs: names of parameters stay, values are replaced, signatures are made again."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

from samlcheck.capture import escapes, form
from samlcheck.redact import layers
from samlcheck.redact.signing import raw_signature, strangers_key
from samlcheck.trust import algorithms
from samlcheck.trust.algorithms import SignatureMethod
from samlcheck.trust.digests import verifies
from samlcheck.trust.facts import PinnedKey
from samlcheck.trust.redirect import signed_octets, what_ifs
from samlcheck.trust.written import octets_of

if TYPE_CHECKING:
    from samlcheck.redact.copyist import Copyist
from samlcheck.redact.words import listing

_NAME = re.compile(r"[A-Za-z_$][\w.$\-]{0,40}(?:\[\w*\])*", re.ASCII)
SECRETS = listing(
    """
    password passwd pass pwd passcode pin otp code state nonce token id_token access_token refresh_token client_secret
    secret code_verifier code_challenge assertion authenticity_token csrf csrf_token csrftoken csrfmiddlewaretoken xsrf
    _csrf sessiontoken statetoken flowtoken ctx canary sft hpgrequestid signintoken ticket sid jsessionid execution
    session_code client_data tab_id
    """
)
"""Parameters whose values say nothing and may let somebody in."""


def url(text: str, copyist: Copyist) -> str:
    """Return a URL with its host, path, query and fragment replaced where they are private."""
    address, mark, rest = text.partition("?")
    query_text, hash_, fragment = rest.partition("#")
    if not mark:
        address, hash_, fragment = text.partition("#")
    new = copyist.values.text(address, "host")
    if mark:
        new += "?" + query(query_text, copyist)
    return new + hash_ + (query(fragment, copyist) if "=" in fragment else copyist.values.text(fragment, "text"))


def query(text: str, copyist: Copyist) -> str:
    """Return a query string or form body; parameters are split as ``capture.form`` splits them."""
    tokens = text.split("&")
    pairs = [token.partition("=") for token in tokens]
    copied = [f"{_name(name, copyist)}{equals}{_value(name, raw, copyist)}" for name, equals, raw in pairs]
    names = [unquote_plus(name.strip().lstrip("?")) for name, _, _ in pairs]
    if "Signature" in names and "SigAlg" in names and copyist.values.words is not None:
        at = names.index("Signature")
        name, equals, raw = pairs[at]
        copied[at] = f"{name}{equals}{_signature(tokens, copied, names, raw, copyist)}"
    return "&".join(copied)


def field(name: str, value: str, copyist: Copyist) -> str:
    """Return the value of a field that is not percent-encoded: a hidden input, a recorded parameter."""
    if name in form.MESSAGE_PARAMETERS:
        return _message(value, copyist)
    if name == "SAMLart":
        return copyist.values.artifact(value)
    if name.lower() in SECRETS:
        return copyist.values.opaque(value)
    return copyist.said(value) if " " in value else copyist.values.text(value, "text")


def _name(name: str, copyist: Copyist) -> str:
    return copyist.values.kept(name) if _NAME.fullmatch(name.strip().lstrip("?")) else copyist.values.text(name, "parameter name")


def _value(name: str, raw: str, copyist: Copyist) -> str:
    plain = unquote_plus(name.strip().lstrip("?"))
    if plain in form.MESSAGE_PARAMETERS:
        return _message(raw, copyist)
    if plain in ("SigAlg", "SAMLEncoding"):
        return copyist.values.kept(raw)
    if plain == "Signature":
        return raw if copyist.values.words is None else copyist.stand_ins.scrambled(raw)
    if plain == "SAMLart":
        new = copyist.values.artifact(unquote_plus(raw))
        return layers.percent_escaper(raw)(new.encode()).decode()
    if plain.lower() in SECRETS:
        return copyist.values.opaque(raw)
    if re.search(r"\+|%20", raw):
        value = unquote_plus(raw, errors="surrogateescape")
        encoded = layers.percent_escaper(raw.replace("+", ""))(escapes.as_octets(copyist.said(value))).decode()
        return encoded.replace("%20", "+") if "+" in raw else encoded
    return copyist.values.text(raw, "text")


def _message(raw: str, copyist: Copyist) -> str:
    copied = copyist.value(raw)
    return copied if copied is not None else copyist.values.text(raw, "message")


def _signature(tokens: list[str], copied: list[str], names: list[str], raw: str, copyist: Copyist) -> str:
    """Return the detached signature of a redirect (bindings 3.4.4.1): one that holds if the original's did."""
    method = algorithms.SIGNATURE_METHODS.get(unquote(tokens[names.index("SigAlg")].partition("=")[2]))
    value = octets_of(unquote(raw))
    if method is None or not value:
        return copyist.stand_ins.scrambled(raw)
    message = next((name for name in form.MESSAGE_PARAMETERS if name in names), "")
    before, after = _parameters(tokens, names), _parameters(copied, names)
    signer = next((key for key in copyist.given if verifies(key.public_der, method, signed_octets(message, before), value)), None)
    octets: bytes | None = signed_octets(message, after)
    if signer is None:
        signer, octets, method = _otherwise(message, before, after, value, method, copyist)
    private = copyist.stand_ins.private(signer.public_der) if signer is not None else strangers_key(method, copyist.stand_ins)
    made = raw_signature(private, method, octets or secrets.token_bytes(32))
    if made is None:
        return copyist.stand_ins.scrambled(raw)
    return layers.percent_escaper(re.sub(r"%2[bB]|%2[fF]|%3[dD]", "", raw) + _usual(raw))(base64.b64encode(made)).decode()


def _usual(raw: str) -> str:
    """Return an escape in the case that the original uses, so that it is seen how escapes are written."""
    return "%2b" if re.search("%[0-9]?[a-f]|%[0-9][a-f]", raw) else "%2B"


def _parameters(tokens: list[str], names: list[str]) -> dict[str, str]:
    return {name: token.partition("=")[2] for name, token in zip(reversed(names), reversed(tokens), strict=True)}


def _otherwise(
    message: str, before: Mapping[str, str], after: Mapping[str, str], value: bytes, method: SignatureMethod, copyist: Copyist
) -> tuple[PinnedKey | None, bytes | None, SignatureMethod]:
    """Return who signed other octets than those that stand there, and what must be signed in the copy to be wrong likewise."""
    for guess in what_ifs(message, before, _xml(before.get(message, ""))):
        for key in copyist.given:
            if verifies(key.public_der, guess.method or method, guess.octets, value):
                as_it_stands = signed_octets(message, after)
                alike = (item for item in what_ifs(message, after, _xml(after.get(message, ""))) if item.words == guess.words)
                found = next((item for item in alike if item.method is not None or item.octets != as_it_stands), None)
                return (key, found.octets, found.method or method) if found is not None else (None, None, method)
    return None, None, method


def _xml(raw: str) -> bytes:
    opened = layers.opened(raw)
    return opened.octets if opened is not None and opened.is_xml else b""
