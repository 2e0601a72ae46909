"""Each damage gives the reason it is named for, judged by the verification that users get."""

from __future__ import annotations

import pytest

from samlcheck.errors import HostileInput
from samlcheck.forge import STYLES, Keys, edit, forge, healthy
from samlcheck.forge.damage import DAMAGES
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from samlcheck.trust.establish import establish
from samlcheck.xmldoc.parse import parse

NEEDS_LINES = {"line-endings"}
NOT_NAMED = {"dtd", "attribute-added"}
"""What does not pass the gate, and what only the schema knows."""


def reasons(style: str, edits: dict[str, str], keys: Keys) -> set[str]:
    """Return the reasons and structure codes that verification gives with the keys a careful user would pin."""
    forged = forge(edit(healthy(style), edits), keys)
    anatomy = dissect(parse(Artifact("response", forged.xml)))
    trust = establish(anatomy, load((Artifact("idp.xml", forged.idp_metadata()),)))
    return {signature.reason for signature in trust.signatures} | {code for code, _, _ in trust.structure}


@pytest.mark.parametrize(
    ("damage", "style"),
    [
        (damage, style)
        for damage in sorted(set(DAMAGES) - NOT_NAMED)
        for style, habits in STYLES.items()
        if damage != "namespaces-changed" or habits.inclusive_prefixes
    ],
)
def test_verification_names_the_damage(damage: str, style: str, idp_keys: Keys) -> None:
    edits = {"damage": damage, **({"layout": "lines"} if damage in NEEDS_LINES else {})}
    assert damage in reasons(style, edits, idp_keys)


@pytest.mark.parametrize("style", STYLES)
def test_without_damage_there_is_nothing_to_name(style: str, idp_keys: Keys) -> None:
    assert reasons(style, {"layout": "lines"}, idp_keys) <= {"ok", "no-signature"}


def test_a_document_type_does_not_pass_the_gate(idp_keys: Keys) -> None:
    with pytest.raises(HostileInput) as caught:
        parse(Artifact("response", forge(edit(healthy(), {"damage": "dtd"}), idp_keys).xml))
    assert caught.value.code == "dtd"


KEYS = {
    "rotated": ({"key": "other"}, "key-rotated"),
    "no certificate inside": ({"key": "other", "embed": "none"}, "other-key"),
    "the trusted certificate inside, another key": ({"key": "other", "embed": "trusted"}, "signed-info-altered"),
    "unsigned": ({"sign": "none"}, "no-signature"),
    "shared secret": ({"signature.algorithm": "hmac-sha256"}, "hmac"),
    "MD5": ({"signature.algorithm": "md5"}, "algorithm-refused"),
    "no ID": ({"response.id": None}, "missing-id"),
}


@pytest.mark.parametrize(("edits", "reason"), KEYS.values(), ids=KEYS)
def test_verification_names_what_is_wrong_with_key_and_algorithm(edits: dict[str, str], reason: str, idp_keys: Keys) -> None:
    assert reason in reasons("generic", edits, idp_keys)
