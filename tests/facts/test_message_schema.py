"""What the schemas do not allow in messages: the words that people read, and where they point."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from samlcheck.facts import FactTable
from samlcheck.forge import STYLES, edit, forge, healthy, make_keys
from samlcheck.source import Artifact
from samlcheck.xmldoc.names import SAML, SAMLP
from samlcheck.xmldoc.parse import parse

from .logins import case, message, read

ASSERTION = "/samlp:Response/saml:Assertion"


def response(change: Callable[[str], str] | None = None) -> str:
    """Return a healthy response, with a change, without the declarations that ``read`` adds."""
    xml = forge(edit(healthy(), {"sign": "none"}), make_keys(curve="secp256r1")).xml.decode()
    changed = change(xml) if change else xml
    assert change is None or changed != xml
    return re.sub(rf'^<\?xml[^>]*\?>\s*| xmlns:samlp="{SAMLP}"| xmlns:saml="{SAML}"', "", changed)


def moved(first: str, behind: str) -> Callable[[str], str]:
    """Return the change that puts an element behind its next sibling of a name."""
    pattern = rf"(<{first}\b.*?</{first}>)(\s*)(<{behind}\b.*?</{behind}>)"
    return lambda xml: re.sub(pattern, r"\3\2\1", xml, count=1, flags=re.DOTALL)


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda xml: re.sub(old, new, xml, count=1, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("change", "words", "path"),
    [
        pytest.param(
            moved("saml:Subject", "saml:Conditions"),
            "saml:Subject stands behind saml:Conditions and belongs in front of it: the order in saml:Assertion is saml:Issuer, "
            "ds:Signature, saml:Subject, saml:Conditions, saml:Advice, (statements)",
            f"{ASSERTION}/saml:Subject",
            id="subject behind conditions",
        ),
        pytest.param(
            replaced(
                r"(<saml:Conditions.*?</saml:Conditions>)(.*)(<saml:AttributeStatement>.*?</saml:AttributeStatement>)", r"\3\1\2"
            ),
            "saml:Conditions stands behind saml:AttributeStatement and belongs in front of it: the order in saml:Assertion is "
            "saml:Issuer, ds:Signature, saml:Subject, saml:Conditions, saml:Advice, (statements)",
            f"{ASSERTION}/saml:Conditions",
            id="statement before conditions",
        ),
        pytest.param(
            replaced(r"<saml:Attribute Name=\"[^\"]*\"", "<saml:Attribute"),
            "saml:Attribute has no attribute Name, which it must have",
            f"{ASSERTION}/saml:AttributeStatement/saml:Attribute[1]",
            id="attribute without name",
        ),
        pytest.param(
            replaced(r"<saml:AuthnContext>.*?</saml:AuthnContext>", ""),
            "saml:AuthnStatement is incomplete: it lacks saml:SubjectLocality or saml:AuthnContext",
            f"{ASSERTION}/saml:AuthnStatement",
            id="no authn context",
        ),
        pytest.param(
            replaced(r"<saml:AttributeStatement>.*?</saml:AttributeStatement>", "<saml:AttributeStatement/>"),
            "saml:AttributeStatement is incomplete: it lacks saml:Attribute or saml:EncryptedAttribute",
            f"{ASSERTION}/saml:AttributeStatement",
            id="empty statement",
        ),
        pytest.param(
            replaced(" NotOnOrAfter=", " notOnOrAfter="),
            "saml:SubjectConfirmationData has no attribute notOnOrAfter; it is written NotOnOrAfter",
            f"{ASSERTION}/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData/@notOnOrAfter",
            id="attribute in lower case",
        ),
        pytest.param(
            replaced("<saml:Conditions", "<samlp:Conditions/><saml:Conditions"),
            f"Conditions stands in a wrong namespace; in saml:Assertion it must be {SAML}",
            f"{ASSERTION}/samlp:Conditions",
            id="wrong namespace",
        ),
        pytest.param(
            replaced(r"(<saml:AttributeValue[^>]*>[^<]*</saml:AttributeValue>)(\s*)(</saml:Attribute>)", r"\3\1"),
            "saml:AttributeValue has no place in saml:AttributeStatement",
            f"{ASSERTION}/saml:AttributeStatement/saml:AttributeValue",
            id="value outside its attribute",
        ),
    ],
)
def test_what_is_said_of_a_message(change: Callable[[str], str], words: str, path: str) -> None:
    found = read("message.schema", response(change)).items
    assert (found[0].raw, found[0].node and found[0].node.path) == (words, path)


@pytest.mark.parametrize(
    ("change", "words", "path"),
    [
        pytest.param(
            replaced("<samlp:Status>", "hello<samlp:Status>"),
            "samlp:Response holds text in front of samlp:Status, where only elements may stand",
            "/samlp:Response/samlp:Status",
            id="stray text",
        ),
        pytest.param(
            replaced("<saml:Attribute ", "<saml:Attribute Extra='1' "),
            "saml:Attribute has no attribute Extra",
            f"{ASSERTION}/saml:AttributeStatement/saml:Attribute[1]/@Extra",
            id="another attribute",
        ),
    ],
)
def test_what_is_added_is_told_apart(change: Callable[[str], str], words: str, path: str) -> None:
    found = read("message.schema_additions", response(change)).items
    assert [(item.raw, item.node and item.node.path) for item in found] == [(words, path)]
    assert read("message.schema", response(change)).items == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(None, id="healthy"),
        pytest.param(replaced(r"(<saml:AttributeValue)[^>]*>", r"\1 xmlns:x='u:x' a='b'><x:y/>"), id="anything in a value"),
        pytest.param(
            replaced(r"(<samlp:Response[^>]*?) InResponseTo=\"", r'\1 InResponseTo="8'), id="forms are judged by other rules"
        ),
        pytest.param(
            replaced(r"<samlp:Status>", "<samlp:Extensions><x xmlns='u:x'/></samlp:Extensions><samlp:Status>"), id="extensions"
        ),
        pytest.param(replaced("</saml:Conditions>", "</saml:Conditions><saml:Advice><x xmlns='u:x'/></saml:Advice>"), id="advice"),
        pytest.param(
            replaced("</saml:Issuer>", "</saml:Issuer><ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>"),
            id="signatures are judged by themselves",
        ),
    ],
)
def test_of_what_nothing_is_said(change: Callable[[str], str] | None) -> None:
    assert read("message.schema", response(change)).items == read("message.schema_additions", response(change)).items == ()


@pytest.mark.parametrize("style", sorted(STYLES))
def test_messages_of_every_product_follow_the_schema(style: str) -> None:
    from samlcheck.facts.schema import message_violations

    xml = forge(healthy(style), make_keys(curve="secp256r1")).xml
    assert message_violations(parse(Artifact("m.xml", xml)).root) == ()


REQUEST = "<samlp:AuthnRequest ID='_q' Version='2.0' IssueInstant='2026-05-04T09:59:00Z'>{}</samlp:AuthnRequest>"


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        pytest.param(
            "<saml:Issuer>a</saml:Issuer><saml:Issuer>b</saml:Issuer>",
            ["saml:Issuer stands there too often: the order in samlp:AuthnRequest is saml:Issuer, ds:Signature, samlp:Extensions, "
             "saml:Subject, samlp:NameIDPolicy, saml:Conditions, samlp:RequestedAuthnContext, samlp:Scoping"],
            id="two issuers",
        ),
        pytest.param(
            "<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>a</saml:AuthnContextClassRef>"
            "<saml:AuthnContextDeclRef>b</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>",
            ["saml:AuthnContextDeclRef has no place in samlp:RequestedAuthnContext; here may stand saml:AuthnContextClassRef"],
            id="class and declaration",
        ),
        pytest.param("<saml:Issuer>a</saml:Issuer><samlp:NameIDPolicy AllowCreate='true'/>", [], id="healthy"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_request(inside: str, words: list[str]) -> None:
    given = case(request=message(REQUEST.format(inside), "request"))
    assert [item.raw for item in FactTable(given).read("request.schema").items] == words


def test_a_message_of_thousands_of_elements_is_not_held_against_the_schema() -> None:
    large = response(lambda xml: xml.replace("</samlp:Status>", "</samlp:Status>" + "<saml:Advice/>" * 4_000))
    found = read("message.schema", large)
    assert found.unavailable == "the message is too large to be held against the schemas"
