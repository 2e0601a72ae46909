"""Detached signatures of the SimpleSign binding: from the form as a browser posts it to the verdict."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from samlcheck.capture import read as capture
from samlcheck.capture.model import CapturedMessage
from samlcheck.forge import Keys
from samlcheck.source import Artifact
from samlcheck.trust import simplesign
from samlcheck.trust.facts import SignatureFact
from tests.trust.signing import establish, pinned, read, unsigned

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
STATE = "https://sp.example/start?a=1&b=ü"


def fields(
    keys: Keys, *, state: str | None = STATE, signed: Callable[[str], bytes] = str.encode, signed_state: str | None = STATE
) -> dict[str, str]:
    """Return the fields of a form, signed over the message that ``signed`` makes of the XML and over ``signed_state``."""
    xml = unsigned()
    octets = b"SAMLResponse=" + signed(xml)
    octets += (b"" if signed_state is None else f"&RelayState={signed_state}".encode()) + f"&SigAlg={RSA_SHA256}".encode()
    value = keys.private.sign(octets, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[call-arg,arg-type]
    return {
        "SAMLResponse": base64.b64encode(xml.encode()).decode(),
        **({} if state is None else {"RelayState": state}),
        "SigAlg": RSA_SHA256,
        "Signature": base64.b64encode(value).decode(),
    }


def message(body: str) -> CapturedMessage:
    (found,) = capture(Artifact("form", body.encode())).messages
    return found


def judged(form: dict[str, str], *keys: Keys) -> SignatureFact:
    found = message(urlencode(form))
    assert found.binding == "simplesign"
    fact = simplesign.judge(found, pinned(*keys).keys, "legacy")
    assert fact is not None
    assert fact.element == "SimpleSign form"
    return fact


def page(form: dict[str, str]) -> str:
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value.replace("&", "&amp;")}"/>' for name, value in form.items())
    return f'<html><body><form method="post" action="https://sp.example/saml/acs">{inputs}</form></body></html>'


@pytest.mark.parametrize("state", [None, "", STATE], ids=["without RelayState", "empty RelayState", "RelayState"])
def test_a_signed_form_verifies_and_makes_the_message_trusted(idp_keys: Keys, other_keys: Keys, state: str | None) -> None:
    form = fields(idp_keys, state=state, signed_state=state)
    fact = judged(form, idp_keys)
    assert (fact.verdict, fact.reason) == ("valid", "ok"), fact.explanation.plain()
    assert fact.explanation.plain().startswith('The form is signed by "CN=idp.example"')
    found = message(urlencode(form))
    anatomy = read(found.artifact.data)
    assert establish(anatomy, pinned(idp_keys), captured=found).verdict == "trusted"
    assert establish(anatomy, pinned(other_keys), captured=found).reason == "signature-invalid"
    assert establish(anatomy, pinned(idp_keys)).reason == "unsigned"


def test_the_page_that_posts_the_form_is_read_alike(idp_keys: Keys) -> None:
    found = message(page(fields(idp_keys)))
    assert (found.binding, found.target) == ("simplesign", "https://sp.example/saml/acs")
    fact = simplesign.judge(found, pinned(idp_keys).keys, "legacy")
    assert fact is not None
    assert fact.verdict == "valid"


def test_a_form_without_signature_is_an_ordinary_post(idp_keys: Keys) -> None:
    found = message(urlencode({"SAMLResponse": fields(idp_keys)["SAMLResponse"]}))
    assert found.binding == "post"
    assert simplesign.judge(found, (), "legacy") is None


CHANGED: dict[str, tuple[dict[str, object], str]] = {
    "relay-state-added": (
        {"signed_state": None}, "The form was changed after signing: RelayState was added. Undone, it is as signed by the key given"
    ),
    "relay-state-dropped": ({"state": None, "signed_state": ""}, "changed after signing: an empty RelayState was dropped."),
    "base64-signed": (
        {"signed": lambda xml: base64.b64encode(xml.encode())},
        "The sender did not sign the form as the binding says: it is the base64 of the message that is signed, not the message.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_what_was_done_to_the_form_is_named(idp_keys: Keys, name: str) -> None:
    options, words = CHANGED[name]
    fact = judged(fields(idp_keys, **options), idp_keys)  # type: ignore[arg-type]
    assert (fact.verdict, fact.reason) == ("invalid", "content-changed")
    assert words in fact.explanation.plain()


def test_changed_content_is_not_trusted(idp_keys: Keys) -> None:
    form = fields(idp_keys)
    form["SAMLResponse"] = base64.b64encode(unsigned().replace("Mia", "Max").encode()).decode()
    fact = judged(form, idp_keys)
    assert (fact.verdict, fact.reason) == ("invalid", "other-key")
    assert fact.explanation.plain().startswith("None of the keys given made the form's signature, or the form was changed: ")


def test_a_field_that_stands_twice_is_refused(idp_keys: Keys) -> None:
    body = urlencode(fields(idp_keys)) + "&RelayState=x"
    fact = simplesign.judge(message(body), pinned(idp_keys).keys, "legacy")
    assert fact is not None
    assert (fact.verdict, fact.reason) == ("refused", "query-ambiguous")
