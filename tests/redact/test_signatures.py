"""A signature is diagnosed in the copy as in the original: it holds, or fails for the same reason."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from samlcheck.forge import STYLES, Forged, Keys, edit, forge, healthy, idp_metadata
from samlcheck.forge.damage import DAMAGES
from tests.redact.copies import Copied, copied

WHO = {"assertion.nameid": "mia.keller@contoso.example", "attribute:email": "mia.keller@contoso.example"}
TOLD = {"acs": ("https://sp.example/saml/acs",), "audience": ("https://sp.example/saml/metadata",)}


def _copy(
    edits: Mapping[str, Any], keys: Keys, *, style: str = "generic", other: Keys | None = None, pinned: bytes = b""
) -> Copied:
    recipe = edit(healthy(style), {**WHO, **edits})
    made: Forged = forge(recipe, keys, other=other)
    return copied(base64.b64encode(made.xml), pinned or idp_metadata(recipe, (made.keys,)), TOLD)


def _signatures(copy: Copied) -> list[tuple[str, str, str]]:
    trust = copy.after.logins[0].case.trust
    assert trust is not None
    return [(item.element, item.verdict, item.reason) for item in trust.signatures]


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_healthy_login_of_every_product_is_trusted_in_the_copy(idp_keys: Keys, style: str) -> None:
    copy = _copy({"sign": "both"}, idp_keys, style=style)
    assert copy.differences == ()
    trust = copy.after.logins[0].case.trust
    assert trust is not None
    assert trust.verdict == "trusted"
    assert "keller" not in base64.b64decode(copy.text).decode().lower()


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_damage_on_the_way_is_found_in_the_copy(idp_keys: Keys, damage: str) -> None:
    layout = "lines" if damage == "line-endings" else "compact"
    style = "aws-identity-center" if damage == "namespaces-changed" else "generic"
    copy = _copy({"damage": damage, "sign": "assertion", "layout": layout}, idp_keys, style=style)
    assert copy.differences == ()


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ({"key": "other"}, "key-rotated"),
        ({"key": "other", "embed": "none"}, "other-key"),
        ({"key": "other", "embed": "trusted"}, "signed-info-altered"),
        ({"key": "ec"}, "ok"),
        ({"key": "weak"}, "ok"),
        ({"key": "expired"}, "ok"),
        ({"signature.algorithm": "sha1", "signature.digest_algorithm": "sha1"}, "ok"),
        ({"signature.algorithm": "sha512"}, "ok"),
        ({"signature.algorithm": "hmac-sha256"}, "hmac"),
        ({"canonicalization": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}, "ok"),
        ({"sign": "none"}, "no-signature"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(f"{k}={v}" for k, v in value.items())[:40],
)
def test_keys_and_algorithms_keep_their_part(idp_keys: Keys, other_keys: Keys, edits: Mapping[str, Any], reason: str) -> None:
    copy = _copy(edits, idp_keys, other=other_keys)
    assert copy.differences == ()
    assert reason in {found for _, _, found in _signatures(copy)}


def test_nothing_of_the_keys_is_left(idp_keys: Keys) -> None:
    copy = _copy({}, idp_keys)
    old = idp_keys.certificate_base64
    new = base64.b64decode(copy.text).decode() + copy.redaction.copies[1].decode()
    assert old not in new
    assert not any(old[at : at + 40] in new for at in range(300, len(old) - 40, 20))


def test_an_encrypted_assertion_is_replaced_and_said_to_be(idp_keys: Keys) -> None:
    copy = _copy({"encrypt": "assertion"}, idp_keys)
    assert copy.differences == ()
    assert "key" in copy.redaction.manifest["replaced"]


@pytest.mark.parametrize("form", ["pem", "der", "base64"])
def test_a_certificate_keeps_its_form(idp_keys: Keys, form: str) -> None:
    der = idp_keys.certificate_der
    pinned = {"pem": idp_keys.certificate_pem, "der": der, "base64": base64.b64encode(der)}[form]
    copy = _copy({}, idp_keys, pinned=pinned)
    assert copy.differences == ()
    assert copy.redaction.copies[1] != pinned
    assert copy.redaction.copies[1][:6] == pinned[:6]
