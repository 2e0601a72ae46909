"""From files to messages: what each input holds, and why the others hold nothing that can be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from samlcheck.capture import read
from samlcheck.capture.model import Capture
from samlcheck.errors import InputError, SamlcheckError
from samlcheck.login import LoginMessage
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.xmldoc.parse import parse

if TYPE_CHECKING:
    from samlcheck.packs.catalogue import Catalogue

_WITHOUT_MESSAGE = ("no-saml", "json", "html", "capture-without-saml", "url-without-saml")
METADATA = ("idp-metadata", "sp-metadata", "metadata", "metadata-aggregate")


def read_captures(
    artifacts: Sequence[Artifact], catalogue: Catalogue | None = None
) -> tuple[tuple[Capture, ...], tuple[SamlcheckError, ...]]:
    """Return what each input holds, and why the others hold nothing: one bad input never hides the rest.

    catalogue: with it an input that holds no message, but words of an error page or log that are known, is told so.
    """
    captures: list[Capture] = []
    problems: list[SamlcheckError] = []
    for artifact in artifacts:
        try:
            captures.append(read(artifact))
        except InputError as error:
            error.where = error.where or artifact.name
            if catalogue is not None and error.code in _WITHOUT_MESSAGE and (known := _known_words(artifact, catalogue)):
                error.tip = f"{known} {error.tip}"
            problems.append(error)
    return tuple(captures), tuple(problems)


def _known_words(artifact: Artifact, catalogue: Catalogue) -> str:
    """Return what a text without any message says all the same: a line of a log, the words of an error page."""
    from samlcheck.packs.causes import fix_of
    from samlcheck.packs.symptoms import MOST_TEXT, match

    said = [item.symptom for item in match(catalogue, artifact.data[:MOST_TEXT].decode("utf-8", "replace")) if item.sure]
    if not said:
        return ""
    return f"Its words are those of {said[0].system}: {said[0].meaning}. {fix_of(said[0])[0]} (More: samlcheck explain.)"


def parsed(captures: Sequence[Capture], problems: list[SamlcheckError]) -> list[LoginMessage]:
    """Return the messages of captures; what is no XML that may be read is added to the problems."""
    found = []
    for capture in captures:
        for message in capture.messages:
            try:
                found.append(LoginMessage(message, dissect(parse(message.artifact))))
            except SamlcheckError as error:
                problems.append(error)
    return found


def read_sp(artifacts: Sequence[Artifact]) -> tuple[Anatomy, ...]:
    """Return the anatomies of SP metadata files; raises InputError naming what a file is when it is something else."""
    found = []
    for artifact in artifacts:
        anatomy = dissect(parse(artifact))
        if anatomy.kind not in METADATA:
            raise InputError(
                f"--sp wants SP metadata, but this is {_KIND_WORDS.get(anatomy.kind, 'another kind of XML document')}",
                where=artifact.name,
                tip="Give the metadata of the service (EntityDescriptor with SPSSODescriptor), or --acs and --audience.",
                code="not-sp-metadata",
            )
        if anatomy.kind == "idp-metadata":
            raise InputError(
                "--sp wants SP metadata, but this file describes an IdP",
                where=artifact.name,
                tip=f"Did you mean --idp {artifact.name}?",
                code="not-sp-metadata",
            )
        found.append(anatomy)
    return tuple(found)


_KIND_WORDS: Mapping[str, str] = {
    "response": "a SAML response",
    "assertion": "a SAML assertion",
    "authnrequest": "an AuthnRequest",
    "logoutrequest": "a LogoutRequest",
    "logoutresponse": "a LogoutResponse",
    "idp-metadata": "IdP metadata",
    "sp-metadata": "SP metadata",
    "metadata": "metadata",
    "metadata-aggregate": "a metadata aggregate",
    "saml1": "a SAML 1.1 message",
    "ws-federation": "a WS-Federation message",
}


def not_a_login(message: LoginMessage) -> SamlcheckError:
    """Return what a document is that is no message of a login, and where it belongs."""
    kind, name = message.anatomy.kind, message.captured.artifact.name
    words = _KIND_WORDS.get(kind, "XML, but not a SAML 2.0 protocol message")
    tips = {
        "idp-metadata": f"Give it beside a response (--idp {name}), or lint it: samlcheck metadata {name}",
        "sp-metadata": f"Give it beside a response (--sp {name}), or lint it: samlcheck metadata {name}",
        "saml1": "samlcheck reads SAML 2.0. The IdP application speaks SAML 1.1: switch it to SAML 2.0 if the service wants that.",
        "ws-federation": "samlcheck reads SAML 2.0. The service is configured for WS-Federation (wa, wresult), another protocol.",
    }
    usual = f"Lint it: samlcheck metadata {name}" if kind in METADATA else "Paste the value of the form field SAMLResponse."
    tip = tips.get(kind, usual)
    return InputError(f"This is {words}, not a login", where=name, tip=tip, code=f"not-a-login-{kind}")
