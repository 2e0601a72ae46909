"""How the tests of the forge look at what it made: xmlsec for verdicts, the fact table for values."""

from __future__ import annotations

from datetime import UTC, datetime

import xmlsec
from lxml import etree

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.case import Case, Clock, Told
from samlcheck.facts import FactTable
from samlcheck.forge import Forged, Keys, Recipe
from samlcheck.forge.write import Writer
from samlcheck.login import Login, LoginMessage
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.parse import parse


def verified(xml: bytes, keys: Keys) -> list[str]:
    """Return the local names of the elements whose signatures xmlsec finds valid; raises xmlsec.Error otherwise."""
    root = etree.fromstring(xml)
    xmlsec.tree.add_ids(root, ["ID"])
    names = []
    for signature in root.iter("{*}Signature"):
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(keys.certificate_pem, xmlsec.KeyFormat.CERT_PEM)
        context.verify(signature)
        names.append(etree.QName(signature.getparent()).localname)
    return names


def _message(data: bytes, role: str, relay_state: str | None) -> LoginMessage:
    artifact = Artifact(role, data)
    parameter = "SAMLRequest" if role == "request" else "SAMLResponse"
    captured = CapturedMessage(artifact, (), role, "post", parameter, relay_state)  # type: ignore[arg-type]
    return LoginMessage(captured, dissect(parse(artifact)))


def facts(recipe: Recipe, forged: Forged | None = None) -> FactTable:
    """Return the fact table of a recipe: of the message as forged, or unsigned where none is given."""
    if forged is None:
        forged = Forged(recipe, None, Writer(recipe).response().translate(dict.fromkeys(range(1, 6))).encode())  # type: ignore[arg-type]
    response = _message(forged.xml, "response", recipe.relay_state)
    request = _message(forged.request_xml, "request", None) if forged.request_xml else None
    trust = TrustFacts(response.anatomy, response.anatomy, "unverified", "no-key-given")
    login = Login(response, request, Capture(Artifact("test", b""), "form", (response.captured,)), "test")
    clock = Clock(datetime(2026, 5, 4, 10, 0, 10, tzinfo=UTC), "given")
    return FactTable(Case(login, trust, None, Anchors(), (), Told(), clock, 60))
