"""Property: secrets planted in every place of a capture never survive, in any encoding."""

from __future__ import annotations

import base64
import html
import json
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samlcheck.errors import InputError
from samlcheck.forge import Keys, edit, forge, healthy
from samlcheck.redact import recordings
from samlcheck.redact.copyist import Copyist
from samlcheck.redact.leaks import remains
from samlcheck.redact.ledger import Ledger
from samlcheck.redact.run import redact
from samlcheck.source import Artifact
from tests.redact.copies import KEY, catalogue, copied, public
from tests.redact.planted import SECRETS, deflated, planted

SPELT = "Grace <O'Neil> & sons/öäü"


def _spellings(secret: str) -> set[str]:
    plain = secret.encode()
    found = {secret, secret.lower(), quote(secret, safe=""), secret.replace("-", "%2D"), json.dumps(secret)[1:-1]}
    for offset in range(3):
        found.add(base64.b64encode(b"x" * offset + plain).decode()[4 if offset else 0 : -4])
    return found


def _everything(copy: bytes) -> str:
    """Return the copy with its encodings taken off as well."""
    text = copy.decode()
    loaded = json.loads(text)
    inner = []
    for entry in loaded["log"]["entries"]:
        for value in (entry["request"]["url"], entry["response"].get("redirectURL", "")):
            if "SAMLRequest=" in value:
                encoded = unquote(value.partition("SAMLRequest=")[2].partition("&")[0])
                inner.append(zlib.decompress(base64.b64decode(encoded), -15).decode())
    return text + "\n".join(inner)


def test_every_secret_of_a_recording_is_gone(idp_keys: Keys) -> None:
    copy = copied(planted(idp_keys), idp_keys.certificate_pem)
    text = _everything(copy.redaction.copies[0])
    left = {place for place, secret in SECRETS.items() for spelling in _spellings(secret) if spelling in text}
    assert left == set()
    assert copy.differences == ()
    assert not any(secret in json.dumps(copy.redaction.manifest) for secret in SECRETS.values())


_FORMS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda xml: base64.b64encode(xml).decode(),
    "wrapped": lambda xml: base64.encodebytes(xml).decode(),
    "url-safe": lambda xml: base64.urlsafe_b64encode(xml).decode(),
    "percent": lambda xml: quote(base64.b64encode(xml).decode(), safe=""),
    "form": lambda xml: f"SAMLResponse={quote_plus(base64.b64encode(xml))}&RelayState=https%3A%2F%2Fzork.example%2Fzorkmid",
    "json": lambda xml: json.dumps({"SAMLResponse": base64.b64encode(xml).decode(), "user": "zorkmid"}),
    "log": lambda xml: f'INFO zorkmid signed in, SAMLResponse="{base64.b64encode(xml).decode()}" from 10.1.2.3',
    "xml": lambda xml: xml.decode(),
    "escaped": lambda xml: html.escape(xml.decode()),
    "curl": lambda xml: f"curl 'https://sp.example/a' -H 'Cookie: s=zorkmid' -d 'SAMLResponse={quote_plus(base64.b64encode(xml))}'",
}


@pytest.mark.parametrize("form", _FORMS)
def test_every_form_of_a_paste_is_copied_in_that_form(idp_keys: Keys, form: str) -> None:
    made = forge(edit(healthy(), {"assertion.nameid": "zorkmid@zork.example"}), idp_keys)
    copy = copied(_FORMS[form](made.xml).encode(), idp_keys.certificate_pem)
    assert "zork" not in copy.text.lower()
    assert base64.b64encode(b"zorkmid").decode()[:8] not in copy.text
    assert copy.differences == ()
    assert copy.after.captures[0].kind == copy.before.captures[0].kind
    layers = [[layer.name for layer in item.captures[0].messages[0].layers] for item in (copy.before, copy.after)]
    assert layers[0] == layers[1]


@settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=4, max_size=40))
def test_any_value_is_gone_or_public(secret: str) -> None:
    said = f"<Status><StatusMessage>{html.escape(secret)}</StatusMessage></Status>"
    text = f'<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol">{said}</Response>'
    copy = redact([Artifact("x", text.encode())], catalogue(), KEY, public=public()).copies[0].decode()
    words = {word for word in secret.replace("_", " ").split() if word.isalnum() and len(word) > 3 and word.isascii()}
    assert not {word for word in words if word.lower() not in public() and word in copy}


@pytest.mark.parametrize(
    "spelt",
    [
        lambda text: text,
        lambda text: quote(text, safe=""),
        lambda text: html.escape(text),
        lambda text: json.dumps(text),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(b"a" + text.encode()).decode(),
        lambda text: base64.b64encode(b"ab" + text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
        lambda text: deflated(f"<Response>{text}</Response>"),
        lambda text: base64.encodebytes(b"filler " * 20 + text.encode()).decode(),
    ],
    ids=["raw", "percent", "html", "json", "base64", "base64+1", "base64+2", "base64url", "percent base64", "deflated", "wrapped"],
)
def test_the_second_pass_finds_what_the_first_forgot(spelt: Callable[[str], str]) -> None:
    ledger = Ledger()
    ledger.replaced("person", SPELT)
    ledger.words["Grace"] = None
    assert remains(f'{{"x": "{spelt(SPELT)}"}}'.encode(), ledger, frozenset()) > 0
    assert remains(f'{{"x": "{spelt("Somebody else & others")}"}}'.encode(), ledger, frozenset()) == 0


@pytest.mark.parametrize("between", ["%2F", "%252F", "/"])
def test_an_escape_before_a_public_word_makes_no_private_word(between: str) -> None:
    kept = f"RelayState={between}sp{between}Signature{between}acs"
    ledger = Ledger(kept={"relaystate", "sp", "signature", "acs"})
    ledger.replaced("text", kept)
    assert remains(kept.encode(), ledger, frozenset()) == 0
    ledger.replaced("text", f"RelayState={between}sp{between}Grace{between}acs")
    assert remains(f"RelayState={between}sp{between}Grace{between}acs".encode(), ledger, frozenset()) == 1


def test_nothing_is_returned_where_something_private_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samlcheck.redact.run.remains", lambda *_: 3)
    with pytest.raises(InputError, match="3 of the values that were to be replaced are still in it") as raised:
        redact([Artifact("x", b"mia.keller@contoso.example")], catalogue(), KEY, public=public())
    assert raised.value.code == "redaction-incomplete"


BODIES = {
    "picture": ("image/png", base64.b64encode(bytes(range(256)) * 4).decode(), "base64"),
    "script": ("text/javascript", "const tokenOfGrace = fetchGraceHopperProfile();" * 9, ""),
    "page": ("text/html", "<html><body><p>Welcome back, Grace Hopper of Harvard</p></body></html>", ""),
    "answer": ("application/json", '{"displayName": "Grace Hopper", "office": "Arlington"}', ""),
}


@pytest.mark.parametrize("kind", BODIES)
def test_the_second_pass_finds_a_body_that_the_first_left_as_it_was(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """What is left out is gone through in the first of two passes only; forgotten in the copy, it is found all the same."""
    mime, text, encoding = BODIES[kind]
    content = {"mimeType": mime, "text": text, **({"encoding": encoding} if encoding else {})}
    entry = {"request": {"url": "https://sp.example/"}, "response": {"status": 200, "content": content}}
    data = json.dumps({"log": {"entries": [entry]}}).encode()
    assert text not in redact([Artifact("x", data)], catalogue(), KEY, public=public()).copies[0].decode()
    real = recordings._content

    def forgetful(found: dict[str, Any], copyist: Copyist) -> dict[str, Any]:
        new = real(found, copyist)
        return new if copyist.values.words is None else {**new, "text": found["text"]}

    monkeypatch.setattr(recordings, "_content", forgetful)
    with pytest.raises(InputError, match="are still in it"):
        redact([Artifact("x", data)], catalogue(), KEY, public=public())
