"""One login: cold start of the commands, and the inspection in process (goals 1 to 5 of docs/performance.md)."""

from __future__ import annotations

import base64
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import Goal, interleaved, process, python
from samlcheck import engine, forge
from samlcheck.capture import read
from samlcheck.case import Told
from samlcheck.packs.catalogue import Catalogue, compile_folder, shipped
from samlcheck.saml.values import instant
from samlcheck.source import Artifact
from samlcheck.trust import anchors

AT = instant("2026-05-04T10:00:05Z")
_PEER = """
import base64, calendar, sys
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
OneLogin_Saml2_Utils.now = staticmethod(lambda: {now})
settings = OneLogin_Saml2_Settings({settings!r}, sp_validation_only=True)
print(OneLogin_Saml2_Response(settings, {message!r}).is_valid({request!r}))
"""


def samples() -> dict[str, tuple[bytes, bytes, forge.Keys, forge.Recipe]]:
    """Return healthy logins of 9 KB with one and two signatures: (form, certificate, keys, recipe)."""
    keys = forge.make_keys()
    groups = tuple(f"CN=GG-APP-Team-{n:02}-Members,OU=Application Groups,OU=Groups,OU=EMEA,DC=corp,DC=example" for n in range(32))
    found = {}
    for name, sign in (("one signature", "assertion"), ("two signatures", "both")):
        recipe = forge.edit(forge.healthy(), {"sign": sign, "attribute:groups": groups})
        made = forge.forge(recipe, keys)
        found[name] = (made.base64.encode(), keys.certificate_pem, keys, recipe)
    return found


def question(certificate: bytes, recipe: forge.Recipe, packs: Catalogue) -> engine.Question:
    """Return what a user would ask about such a login."""
    assert AT is not None
    return engine.Question(
        catalogue=packs,
        now=AT,
        at=AT,
        told=Told(acs=(ACS,), audience=(AUDIENCE,)),
        anchors=anchors.load([Artifact("idp.pem", certificate)]),
    )


ACS, AUDIENCE = str(forge.healthy().destination), forge.healthy().audiences[0][0]


def settings(certificate: bytes, issuer: str) -> dict[str, Any]:
    """Return python3-saml's settings for the same question."""
    body = "".join(certificate.decode().splitlines()[1:-1])
    return {
        "strict": True,
        "sp": {"entityId": AUDIENCE, "assertionConsumerService": {"url": ACS}},
        "idp": {"entityId": issuer, "singleSignOnService": {"url": "https://unused.example/"}, "x509cert": body},
        "security": {"wantAttributeStatement": False},
    }


def request() -> dict[str, Any]:
    """Return python3-saml's view of the HTTP request."""
    host, _, path = ACS.removeprefix("https://").partition("/")
    return {"https": "on", "http_host": host, "script_name": "/" + path, "get_data": {}, "post_data": {}}


def floor(message: bytes, keys: forge.Keys) -> Callable[[], object]:
    """Return base P: parse with lxml and verify every signature with xmlsec and a public-key object."""
    import xmlsec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from lxml import etree

    public = keys.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = xmlsec.Key.from_memory(public, xmlsec.constants.KeyDataFormatPem)
    xml = base64.b64decode(message)

    def run() -> None:
        root = etree.fromstring(xml)
        xmlsec.tree.add_ids(root, ["ID"])
        for node in root.iter("{http://www.w3.org/2000/09/xmldsig#}Signature"):
            context = xmlsec.SignatureContext()
            context.key = key
            context.verify(node)

    return run


def peer(message: bytes, certificate: bytes, issuer: str) -> Callable[[], object]:
    """Return python3-saml's strict validation of the same message with the same clock."""
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    assert AT is not None
    at = int(AT.timestamp())
    OneLogin_Saml2_Utils.now = staticmethod(lambda: at)
    known = OneLogin_Saml2_Settings(settings(certificate, issuer), sp_validation_only=True)

    def run() -> None:
        response = OneLogin_Saml2_Response(known, message)
        assert response.is_valid(request()), response.get_error()

    return run


def in_process() -> list[Goal]:
    """Measure the inspection against the floor and the peer."""
    packs = shipped(None)
    goals = []
    for name, (message, certificate, keys, recipe) in samples().items():
        asked = question(certificate, recipe, packs)

        def ours(message: bytes = message, asked: engine.Question = asked) -> None:
            result = engine.inspect([read(Artifact("bench", message))], asked)
            assert result.logins[0].diagnosis.verdict == "accepted", result.logins[0].diagnosis

        other = peer(message, certificate, str(recipe.assertion_issuer))
        took = interleaved({"ours": ours, "floor": floor(message, keys), "peer": other}, rounds=300, cpu=True)
        goals.append(Goal(f"inspect, {name}", "lxml parse + xmlsec verify", took["ours"] / took["floor"], 1.5))
        goal = 5 if name == "one signature" else 3.5
        goals.append(Goal(f"python3-saml is_valid strict, {name}", "inspect", took["peer"] / took["ours"], goal, at_most=False))
    return goals


def cold() -> list[Goal]:
    """Measure whole commands against bare Python and against python3-saml's import-and-validate."""
    message, certificate, _, recipe = samples()["one signature"]
    assert AT is not None
    known = settings(certificate, str(recipe.assertion_issuer))
    script = _PEER.format(now=int(AT.timestamp()), settings=known, message=message, request=request())
    tool = str(Path(sys.executable).with_name("samlcheck"))
    with tempfile.TemporaryDirectory() as folder:
        file, pem = Path(folder, "response.txt"), Path(folder, "idp.pem")
        file.write_bytes(message)
        pem.write_bytes(certificate)
        asked = ["--idp", str(pem), "--acs", ACS, "--audience", AUDIENCE, "--at", "2026-05-04T10:00:05Z"]
        took = interleaved(
            {
                "bare": python("pass"),
                "version": process(tool, "--version"),
                "decode": process(tool, "decode", str(file)),
                "check": process(tool, "check", str(file), *asked),
                "peer": python(script),
            },
            rounds=11,
        )
    bare = took["bare"]
    return [
        Goal("cold samlcheck check", "bare python", took["check"] / bare, 12),
        Goal("cold samlcheck decode", "bare python", took["decode"] / bare, 11),
        Goal("cold samlcheck --version", "bare python", took["version"] / bare, 8),
        Goal("cold samlcheck check", "python3-saml import and validate", took["check"] / took["peer"], 1.0),
    ]


def packs() -> list[Goal]:
    """Measure loading shipped packs against bare Python: the index, and with it the packs that a login runs."""
    from samlcheck.packs import catalogue

    root = catalogue.INSTALLED if catalogue.INSTALLED.is_dir() else catalogue.CHECKOUT
    data = compile_folder(root)

    def load() -> None:
        found = Catalogue.read(data)
        for name in ("saml-core", "signatures", "web-sso-profile", "sp-policy", "algorithms", "structure", "generic"):
            found.get(name)

    took = interleaved({"bare": python("pass"), "index": lambda: Catalogue.read(data), "load": load}, rounds=11)
    return [
        Goal("loading the index of shipped packs", "bare python", took["index"] / took["bare"], 0.2),
        Goal("loading the packs of a generic login", "bare python", took["load"] / took["bare"], 0.2),
    ]
