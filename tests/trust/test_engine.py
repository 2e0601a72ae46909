"""The two engines: one missing, both at odds, and what the first may touch."""

from __future__ import annotations

import builtins
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xmlsec
from lxml import etree

from samlcheck.forge import Keys, edit, forge, healthy
from samlcheck.trust import signatures, verdict
from samlcheck.trust.autopsy import Examination
from tests.trust.signing import (
    ENVELOPED,
    RESPONSE,
    fact,
    message,
    pinned,
    placed,
    read,
    sign,
    template,
    trust,
    unsigned,
    with_signature,
)


def _without_xmlsec(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *args: object, **more: object) -> object:
        if name == "xmlsec":
            raise ImportError("lxml & xmlsec libxml2 library version mismatch")
        return real(name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "xmlsec", raising=False)
    monkeypatch.setattr(builtins, "__import__", importing)


def test_without_xmlsec_nothing_is_valid_and_the_rest_works(idp_keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    xml = message(idp_keys)
    refused = with_signature(idp_keys, template(f"#{RESPONSE}", references=2))
    _without_xmlsec(monkeypatch)
    facts = trust(xml, idp_keys)
    assert (facts.verdict, facts.reason) == ("unverified", "engine-missing")
    assert {(item.verdict, item.reason) for item in facts.signatures} == {("unverifiable", "engine-missing")}
    assert facts.engine.startswith("missing: ")
    assert "version mismatch" in facts.engine
    assert facts.signatures[0].digest_computed == facts.signatures[0].digest_expected
    assert facts.covered == ()
    assert fact(trust(refused, idp_keys), "Response").reason == "several-references"


@pytest.mark.parametrize("yes", ["xmlsec", "ours"])
def test_engines_that_disagree_make_nothing_valid(idp_keys: Keys, monkeypatch: pytest.MonkeyPatch, yes: str) -> None:
    if yes == "xmlsec":
        monkeypatch.setattr(Examination, "signed_by", lambda self, key: False)
    else:
        monkeypatch.setattr(verdict.signatures, "confirming", lambda root, signature, keys: [])
    facts = trust(message(idp_keys), idp_keys)
    assert {(item.verdict, item.reason) for item in facts.signatures} == {("unverifiable", "engines-disagree")}
    assert (facts.verdict, facts.covered) == ("unverified", ())
    assert "report this bug" in facts.signatures[0].explanation.plain()


def test_the_first_engine_alone_would_take_a_file_for_content_and_cannot_here(idp_keys: Keys, tmp_path: Path) -> None:
    """Were the gate ever to let a file reference through, xmlsec has no callbacks left to open it with."""
    (tmp_path / "content.xml").write_bytes(b"<content/>")
    uri = (tmp_path / "content.xml").as_uri()
    xmlsec.register_default_callbacks()
    signed = with_signature(idp_keys, template(uri, transforms=()))
    key = pinned(idp_keys).keys[0]
    root = etree.fromstring(signed)
    signature = next(root.iter("{*}Signature"))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(idp_keys.certificate_pem, xmlsec.KeyFormat.CERT_PEM)
    context.verify(signature)
    assert signatures.confirming(root, signature, [key]) == []
    assert fact(trust(signed, idp_keys), "Response").reason == "reference-external"


def test_key_info_is_never_an_input(idp_keys: Keys, other_keys: Keys) -> None:
    """A stranger's certificate inside a message signed by the pinned key, and the other way round."""
    ours = forge(edit(healthy(), {"embed": "other"}), idp_keys, other=other_keys).xml
    assert trust(ours, idp_keys).verdict == "trusted"
    theirs = forge(edit(healthy(), {"embed": "trusted", "key": "other"}), idp_keys, other=other_keys).xml
    assert trust(theirs, idp_keys).verdict == "untrusted"


def test_nothing_is_imported_before_there_is_something_to_verify() -> None:
    code = "import sys, samlcheck.trust.establish; print([name for name in ('xmlsec', 'cryptography') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def _attribute(value: str) -> str:
    return f'<saml:Attribute Name="a"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'


def _declaring(number: int) -> str:
    return "<x " + " ".join(f'xmlns:n{k}x{number}="urn:{k}"' for k in range(50)) + "><y/><y/></x>"


LARGE = {
    "many attributes": _attribute("v") * 12_000,
    "one long value": _attribute("A" * 3_000_000),
    "deep": _attribute("<x>" * 80 + "</x>" * 80),
    "many namespaces": _attribute("".join(_declaring(number) for number in range(19))),
}


@pytest.mark.parametrize("changed", [False, True], ids=["as signed", "changed"])
@pytest.mark.parametrize("case", LARGE)
def test_the_largest_messages_end_in_two_seconds(idp_keys: Keys, case: str, changed: bool) -> None:
    xml = unsigned().replace("</saml:AttributeStatement>", LARGE[case] + "</saml:AttributeStatement>")
    signed = sign(placed(xml, template(f"#{RESPONSE}", transforms=(ENVELOPED,))), idp_keys)
    if changed:
        signed = signed.replace(b"mia.lindqvist", b"mia.lindquist", 1)
    anatomy = read(signed)
    started = time.process_time()
    facts = trust(signed, idp_keys)
    assert time.process_time() - started < 2
    assert (facts.verdict == "trusted") is not changed
    assert anatomy.document.data == signed
