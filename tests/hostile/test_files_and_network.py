"""SECURITY T15, T16, T19: nothing that a message or a pack says makes the program open a file or a connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from samlcheck.errors import HostileInput, SamlcheckError
from samlcheck.forge import Keys, edit, forge, healthy
from samlcheck.source import Artifact
from samlcheck.xmldoc.parse import parse
from tests.trust.signing import ENVELOPED, EXCLUSIVE, RESPONSE, fact, placed, template, trust, unsigned

ROOT = Path(__file__).parents[2]

WATCHED = """
import json, sys
seen = []
def hook(event, arguments):
    if event in ("open", "os.remove", "os.rename", "os.mkdir", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        seen.append([event, str(arguments[0])] + ([str(arguments[1])] if event == "open" else []))
    elif event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
        seen.append([event])
from tests.hostile.asking import idp_keys, question
from samlcheck import engine
from samlcheck.report import jsonout
from samlcheck.report.text import View, render
from samlcheck.source import Artifact
asked = question()
messages = [bytes.fromhex(line) for line in sys.stdin.read().split()]
def run(data):
    captures, unread = engine.read_captures([Artifact("input", data)])
    found = engine.inspect(captures, asked, unread)
    render(found, View()).plain(); jsonout.render(found, View())
    return [login.diagnosis.verdict for login in found.logins]
run(messages[0])  # whatever is loaded on first use
sys.addaudithook(hook)
verdicts = [run(data) for data in messages]
print(json.dumps({"seen": seen, "verdicts": verdicts}))
"""
"""Python's own list of what a process does (PEP 578), kept while messages are inspected."""


def _hostile(secret: Path) -> dict[str, bytes]:
    """Messages that name a file in every way XML and its signatures know."""
    location = secret.as_uri()
    plain = unsigned()
    xenc = "http://www.w3.org/2001/04/xmlenc#"
    references = {
        "file-reference": location, "path-reference": str(secret), "relative-reference": secret.name, "http-reference": "http://127.0.0.1:9/x",
        "xpointer": f"{location}#xpointer(/)",
    }  # fmt: skip
    found = {name: placed(plain, template(uri)) for name, uri in references.items()}
    found["retrieval-method"] = placed(
        plain, template(f"#{RESPONSE}", after=f'<ds:KeyInfo><ds:RetrievalMethod URI="{location}"/></ds:KeyInfo>')
    )
    stylesheet = (
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet version="1.0" '
        f'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><xsl:copy-of select="document(\'{location}\')"/>'
        "</xsl:template></xsl:stylesheet></ds:Transform>"
    )
    found["xslt-document"] = placed(plain, template(f"#{RESPONSE}", transforms=(ENVELOPED, stylesheet, EXCLUSIVE)))
    found["xinclude"] = plain.replace(
        "<samlp:Status>",
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{location}" parse="text"/><samlp:Status>',
        1,
    )
    found["schema-location"] = plain.replace(
        "<samlp:Response ",
        f'<samlp:Response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {location}" ',
        1,
    )
    found["stylesheet-instruction"] = f'<?xml-stylesheet type="text/xsl" href="{location}"?>{plain}'
    found["cipher-reference"] = plain.replace(
        "</samlp:Status>", f'</samlp:Status><saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="{xenc}"><xenc:CipherData>'
        f'<xenc:CipherReference URI="{location}"/></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>', 1,
    )  # fmt: skip
    return {name: xml.encode() for name, xml in found.items()}


def test_no_message_makes_the_program_open_anything(tmp_path: Path, idp_keys: Keys) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-of-this-machine")
    messages = [forge(healthy(), idp_keys).xml, *_hostile(secret).values()]
    found = subprocess.run(
        [sys.executable, "-c", WATCHED],
        input="\n".join(data.hex() for data in messages),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SAMLCHECK_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout)
    # Modules that only odd messages need are imported when one comes; nothing else is touched.
    other = [one for one in said["seen"] if not (one[0] == "open" and one[1].endswith((".py", ".pyc", ".so")))]
    assert other == []
    assert all(verdicts in (["rejected"], ["cannot-tell"]) for verdicts in said["verdicts"][1:])


@pytest.mark.parametrize("name", sorted(_hostile(Path("/x/secret.txt"))))
def test_no_message_has_the_content_of_a_file(tmp_path: Path, idp_keys: Keys, name: str) -> None:
    """libxml2 and libxmlsec open files behind Python's back: what would come of that is nowhere to be seen."""
    secret = tmp_path / "secret.txt"
    secret.write_text("<a>SECRET-of-this-machine</a>")
    data = _hostile(secret)[name]
    facts = trust(data, idp_keys)
    assert facts.verdict != "trusted"
    assert "SECRET-of-this-machine" not in repr(facts.signatures) + repr(facts.structure)


def test_a_signature_over_a_file_is_genuine_and_refused(tmp_path: Path, idp_keys: Keys) -> None:
    """xmlsec verifies a reference to a file (SECURITY 3b): the gate is what stands before it."""
    facts = trust(placed(unsigned(), template((tmp_path / "x").as_uri())).encode(), idp_keys)
    assert (fact(facts, "Response").verdict, fact(facts, "Response").reason) == ("refused", "reference-external")


DOCTYPES = {
    "file": '<!DOCTYPE r SYSTEM "file:///etc/hostname">', "http": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
    "entity": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "parameter-entity": '<!DOCTYPE r [<!ENTITY % e SYSTEM "file:///etc/hostname"> %e;]>',
    "laughs": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
}  # fmt: skip


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_document_type_is_refused_before_it_is_read(idp_keys: Keys, name: str) -> None:
    xml = DOCTYPES[name].encode() + forge(edit(healthy(), {"sign": "none"}), idp_keys).xml
    with pytest.raises(HostileInput) as refused:
        parse(Artifact("input", xml))
    assert refused.value.code == "dtd"


def test_external_things_that_a_pack_names_stay_text(tmp_path: Path) -> None:
    from samlcheck.packs.load import load

    secret = tmp_path / "secret"
    secret.write_text("SECRET-of-this-machine")
    for text in (
        f"format: 1\npack: x\ntitle: !include {secret}\n",
        f"format: 1\npack: x\ntitle: !!python/object/apply:open [{secret}]\n",
    ):
        with pytest.raises(SamlcheckError) as refused:
            load(Artifact("pack.yaml", text.encode()))
        assert "SECRET" not in str(refused.value) + refused.value.tip
