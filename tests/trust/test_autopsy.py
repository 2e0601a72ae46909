"""What happened to a message on its way: each honest accident is made, and then named; harmless rewriting changes nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from samlcheck.forge import Keys, edit, forge, healthy, idp_metadata, make_keys
from samlcheck.source import Artifact
from samlcheck.trust import autopsy
from samlcheck.trust.anchors import load
from samlcheck.trust.facts import SignatureFact
from tests.trust.signing import (
    ENVELOPED,
    EXCLUSIVE,
    INCLUSIVE,
    RESPONSE,
    establish,
    fact,
    message,
    pinned,
    placed,
    read,
    resign_first,
    sign,
    template,
    trust,
    unsigned,
)

NAME = "Zoë Müller & Söhne"


def signed(keys: Keys, xml: str | None = None, *, value: str = "Mia") -> str:
    """Return a response with one signature, made by xmlsec over exactly this text; ``value`` is its firstName."""
    body = (xml or unsigned()).replace(">Mia<", f">{value}<")
    return _in_letters(sign(placed(body, template(f"#{RESPONSE}")), keys).decode())


def _in_letters(xml: str) -> str:
    """Return the text with letters instead of the references that serialisers write."""
    return re.sub(r"&#(\d{3,});", lambda found: chr(int(found[1])), xml)


def told(xml: str, *keys: Keys) -> SignatureFact:
    return fact(trust(xml.encode(), *keys), "Response")


def lines(xml: str, unit: str) -> str:
    """Return the text with every element on a line of its own, indented by its depth."""
    tree = etree.fromstring(xml.encode())
    etree.indent(tree, space=unit)
    return etree.tostring(tree, encoding="unicode")


def scaled(was: str, now: str) -> Callable[[str], str]:
    """Return a change of every unit of indentation between elements."""
    return lambda xml: re.sub(rf"\n((?:{was})+)(?=<)", lambda found: "\n" + now * (len(found[1]) // len(was)), xml)


def mojibake(encoding: str) -> Callable[[str], str]:
    return lambda xml: xml.encode().decode(encoding, "replace")


def padded(xml: str) -> str:
    """Return the text as some viewers print it: every tag and every value on a line of its own."""
    return re.sub(r">\s*([^<>]+?)\s*<", r">\n    \1\n  <", xml.replace("><", ">\n<"))


def wrapped(width: int) -> Callable[[str], str]:
    """Return a change that wraps the base64 of the assertion's signature, which the response's covers."""

    def wrap(xml: str) -> str:
        return re.sub(
            r"((?:DigestValue|SignatureValue|X509Certificate)>)([^<]{40,})(?=<)",
            lambda found: found[1] + "\n".join(re.findall(f".{{1,{width}}}", found[2])),
            xml,
        )

    return wrap


def one_line(xml: str) -> str:
    return xml.replace("\n", "")


# What is signed, what is done to it, the reason, the words.
Case = tuple[Callable[[Keys], str], Callable[[str], str], str, str]


def compact(keys: Keys) -> str:
    return signed(keys, value=NAME.replace("&", "&amp;"))


def indented(unit: str) -> Callable[[Keys], str]:
    return lambda keys: signed(keys, lines(unsigned(), unit))


def both(keys: Keys) -> str:
    return message(keys).decode()


ACCIDENTS: dict[str, Case] = {
    "pretty-printed": (compact, lambda xml: lines(xml, "  "), "reindented", "line breaks and indentation were added"),
    "pretty-printed-twice-signed": (both, lambda xml: lines(xml, "\t"), "reindented", "line breaks and indentation were added"),
    "values-on-lines": (compact, padded, "reindented", "the XML was pretty-printed and its values padded"),
    "lines-indented": (indented(""), lambda xml: xml.replace("\n<", "\n   <"), "reindented",
                       "lines were indented that the signer had not indented"),
    "two-blanks-to-four": (indented("  "), scaled("  ", "    "), "reindented", "the indentation was changed"),
    "four-blanks-to-two": (indented("    "), scaled("    ", "  "), "reindented", "the indentation was changed"),
    "tabs-to-blanks": (indented("\t"), scaled("\t", "    "), "reindented", "the indentation was changed"),
    "blanks-to-tabs": (indented("    "), scaled("    ", "\t"), "reindented", "the indentation was changed"),
    "crlf": (indented("  "), lambda xml: re.sub(r"(?<!\?>)\n", "&#13;\n", xml), "line-endings", "from LF to CR LF"),
    "latin-1": (compact, mojibake("latin-1"), "characters-changed", "UTF-8 was read as"),
    "windows-1252": (lambda keys: signed(keys, value="Zoë — Ñandú"), mojibake("cp1252"), "characters-changed",
                     "UTF-8 was read as Windows-1252 and written anew"),
    "escaped-twice": (compact, lambda xml: xml.replace("&amp;", "&amp;amp;"), "characters-changed",
                      "references such as &amp; were escaped once too often"),
    "unescaped-twice": (lambda keys: signed(keys, value="a &amp;amp; b"), lambda xml: xml.replace("&amp;amp;", "&amp;"),
                        "characters-changed", "references such as &amp; were undone once too often"),
    "decomposed": (compact, lambda xml: unicodedata.normalize("NFD", xml), "characters-changed", "(Unicode NFD)"),
    "composed": (lambda keys: signed(keys, value=unicodedata.normalize("NFD", "Zoë")),
                 lambda xml: unicodedata.normalize("NFC", xml), "characters-changed", "(Unicode NFC)"),
    "no-break-spaces": (lambda keys: signed(keys, value="Mia L"), lambda xml: xml.replace("Mia L", "Mia\xa0L"),
                        "characters-changed", "typographical"),
    "curly-quotes": (lambda keys: signed(keys, value="O'Hara"), lambda xml: xml.replace("O'Hara", "O’Hara"),
                     "characters-changed", "typographical"),
    "wrapped-base64": (lambda keys: inner_signed(keys), wrapped(64), "base64-damaged", "line breaks were put into base64 values"),
    "unwrapped-base64": (lambda keys: inner_signed(keys, wrapped(76)), lambda xml: re.sub(r"(?<=[\w+/=])\n(?=[\w+/=])", "", xml),
                         "base64-damaged", "line breaks were taken out of base64 values"),
    "blank-behind-trimmed": (lambda keys: signed(keys, value="Mia "), lambda xml: xml.replace(">Mia <", ">Mia<"),
                             "whitespace-trimmed", "white space of the attribute firstName was trimmed, which was signed with a "
                             "blank after it"),
    "line-feeds-around-trimmed": (lambda keys: signed(keys, value="\nMia\n"), lambda xml: xml.replace("\nMia\n", "Mia"),
                                  "whitespace-trimmed", "signed with a line feed on both sides"),
    "tab-before-trimmed": (lambda keys: signed(keys, value="\tMia"), lambda xml: xml.replace("\tMia", "Mia"),
                           "whitespace-trimmed", "signed with a tab before it"),
}  # fmt: skip


def inner_signed(keys: Keys, change: Callable[[str], str] = str) -> str:
    """Return a response signed over an assertion that is signed itself."""
    inner = change(message(keys, edit(healthy(), {"sign": "assertion"})).decode())
    return resign_first(placed(inner, template(f"#{RESPONSE}")), keys).decode()


@pytest.mark.parametrize("name", ACCIDENTS)
def test_each_accident_is_made_and_named(idp_keys: Keys, name: str) -> None:
    make, change, reason, words = ACCIDENTS[name]
    before = make(idp_keys)
    assert told(before, idp_keys).verdict == "valid"
    after = change(before)
    assert after != before
    found = told(after, idp_keys)
    assert (found.verdict, found.reason) == ("invalid", reason), found.explanation.plain()
    assert words in found.explanation.plain()
    assert "Undone, it is as signed by the key given" in found.explanation.plain()
    assert trust(after.encode(), idp_keys).verdict == "untrusted"


def test_lost_plus_signs_are_named_without_a_key(idp_keys: Keys) -> None:
    xml = compact(idp_keys)
    value = re.search(r"SignatureValue>([^<]+)", xml)
    assert value is not None
    damaged = value[1][:20] + " " + value[1][21:]
    found = told(xml.replace(value[1], damaged))
    assert (found.verdict, found.reason) == ("invalid", "base64-damaged")
    assert "holds blanks where base64 has plus signs" in found.explanation.plain()
    assert "cannot be told without a key" in found.explanation.plain()


HARMLESS: dict[str, Callable[[str], str]] = {
    "quotes": lambda xml: re.sub(r'Version="([^"]*)"', r"Version='\1'", xml),
    "order-of-attributes": lambda xml: re.sub(r'(ID="[^"]*") (Version="2.0")', r"\2 \1", xml),
    "spelling-of-references": lambda xml: xml.replace("ü", "&#xFC;").replace("&amp;", "&#38;"),
    "empty-element-tags": lambda xml: re.sub(r"<((?:\w+:)?\w+)([^<>]*)/>", r"<\1\2></\1>", xml),
    "a-comment-between-elements": lambda xml: xml.replace("<samlp:Status>", "<!-- seen --><samlp:Status>"),
    "blanks-inside-tags": lambda xml: xml.replace("<samlp:Status>", "<samlp:Status  >"),
    "an-xml-declaration": lambda xml: f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}\n',
    "line-breaks-between-attributes": lambda xml: xml.replace(' Version="2.0"', '\n   Version="2.0"'),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_canonicalisation_levels_out_breaks_nothing(idp_keys: Keys, name: str) -> None:
    before = compact(idp_keys)
    after = HARMLESS[name](before)
    assert after != before
    assert told(after, idp_keys).verdict == "valid"


def test_a_lost_comment_breaks_nothing(idp_keys: Keys) -> None:
    """Comments are not part of a bare-name reference (XML Signature 4.4.3.3), with comments or without."""
    commented = unsigned().replace("<samlp:Status>", "<!-- node 7 --><samlp:Status>")
    for canonicalization in (EXCLUSIVE, f"{EXCLUSIVE}WithComments"):
        signature = template(f"#{RESPONSE}", transforms=(ENVELOPED, canonicalization))
        xml = sign(placed(commented, signature), idp_keys).decode()
        assert told(xml, idp_keys).verdict == "valid"
        assert told(xml.replace("<!-- node 7 -->", ""), idp_keys).verdict == "valid"


# Namespaces.


def test_a_lost_list_of_inclusive_namespaces_is_named(idp_keys: Keys) -> None:
    inclusive = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="xs"/>'
    transform = f'<ds:Transform Algorithm="{EXCLUSIVE}">{inclusive}</ds:Transform>'
    xml = unsigned().replace("<samlp:Response ", '<samlp:Response xmlns:xs="http://www.w3.org/2001/XMLSchema" ', 1)
    before = sign(placed(xml, template(f"#{RESPONSE}", transforms=(ENVELOPED, transform))), idp_keys).decode()
    found = told(before.replace(inclusive, ""), idp_keys)
    assert (found.verdict, found.reason) == ("invalid", "namespaces-changed")
    assert "the list of InclusiveNamespaces was lost" in found.explanation.plain()


def _assertion_signed_inclusively(
    keys: Keys, *, within: bool, uri: str = f"#{healthy().assertion_id}", transform: str = INCLUSIVE
) -> tuple[str, str]:
    """Return a response whose assertion is signed by inclusive canonicalisation, and the assertion as it was signed."""
    signature = template(uri, transforms=(ENVELOPED, transform))
    whole = placed(unsigned(), signature, on="Assertion")
    start, end = whole.index("<saml:Assertion"), whole.index("</saml:Assertion>") + len("</saml:Assertion>")
    if within:
        response = sign(whole, keys).decode()
        return response, response[response.index("<saml:Assertion") : response.index("</saml:Assertion>") + 17]
    declared = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    alone = sign(whole[start:end].replace("<saml:Assertion ", f"<saml:Assertion {declared}", 1), keys).decode()
    return whole[:start] + alone + whole[end:], alone


def test_an_assertion_taken_out_of_its_message_is_named(idp_keys: Keys) -> None:
    response, assertion = _assertion_signed_inclusively(idp_keys, within=True)
    assert fact(trust(response.encode(), idp_keys), "Assertion").verdict == "valid"
    alone = assertion.replace("<saml:Assertion ", '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ', 1)
    found = fact(trust(alone.encode(), idp_keys), "Assertion")
    assert (found.verdict, found.reason) == ("invalid", "namespaces-changed"), found.explanation.plain()
    assert "taken out of the message whose namespace declarations are part of what is signed" in found.explanation.plain()


def test_an_assertion_put_into_another_message_is_named(idp_keys: Keys) -> None:
    response, alone = _assertion_signed_inclusively(idp_keys, within=False)
    assert fact(trust(alone.encode(), idp_keys), "Assertion").verdict == "valid"
    found = fact(trust(response.encode(), idp_keys), "Assertion")
    assert (found.verdict, found.reason) == ("invalid", "namespaces-changed"), found.explanation.plain()
    assert "signed by itself and then put into a message with more namespaces" in found.explanation.plain()


@pytest.mark.parametrize("transform", [EXCLUSIVE, INCLUSIVE], ids=["exclusive", "inclusive"])
def test_an_assertion_signed_as_the_whole_document_and_put_into_a_message_is_named(idp_keys: Keys, transform: str) -> None:
    response, alone = _assertion_signed_inclusively(idp_keys, within=False, uri="", transform=transform)
    assert fact(trust(alone.encode(), idp_keys), "Assertion").verdict == "valid"
    for keys in ((idp_keys,), ()):
        found = fact(trust(response.encode(), *keys), "Assertion")
        assert (found.verdict, found.reason) == ("refused", "reference-empty"), found.explanation.plain()
        assert "there that means the whole Response." in found.explanation.plain()
    changed = fact(trust(response.replace("Mia", "Pia").encode(), idp_keys), "Assertion")
    assert (changed.verdict, changed.reason) == ("invalid", "content-changed")


# What cannot be undone.


def test_what_was_tried_is_said_where_nothing_fits(idp_keys: Keys) -> None:
    found = told(compact(idp_keys).replace("Müller", "Muller"), idp_keys)
    assert found.reason == "content-changed"
    assert found.explanation.plain().endswith(
        "Undoing changes of indentation, line ends, base64, white space, characters or namespaces does not mend it; quotes, the "
        "order of attributes, the spelling of entities and comments play no part in a signature."
    )


@pytest.mark.parametrize("value", ["REDACTED", "[removed]", "xxxxxx", "*****", "m***@example.com", "&lt;name&gt;", "•••••"])
def test_a_masked_copy_is_called_one(idp_keys: Keys, value: str) -> None:
    found = told(signed(idp_keys).replace(">Mia<", f">{value}<"), idp_keys)
    assert found.reason == "content-changed"
    words = "The value of the attribute firstName looks masked: a copy with values replaced cannot verify."
    assert words in found.explanation.plain()


@pytest.mark.parametrize("value", ["Max", "Mia*", "<3", "X Æ", "max.muster@example.com"])
def test_an_ordinary_value_is_not_called_masked(idp_keys: Keys, value: str) -> None:
    found = told(signed(idp_keys).replace(">Mia<", f">{value.replace('<', '&lt;')}<"), idp_keys)
    assert found.reason == "content-changed"
    assert "masked" not in found.explanation.plain()


def test_large_documents_are_not_puzzled_over(idp_keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autopsy, "LARGEST", 1000)
    found = told(lines(compact(idp_keys), "  "), idp_keys)
    assert found.reason == "digest-and-signature-changed"
    assert "does not mend it" not in found.explanation.plain()


# Which key.


def test_which_of_several_keys_and_from_where(idp_keys: Keys, other_keys: Keys) -> None:
    recipe = healthy()
    anchors = load([Artifact("idp.xml", idp_metadata(recipe, (other_keys, idp_keys)))])
    found = fact(establish(read(message(idp_keys)), anchors), "Response")
    assert found.key is not None
    assert found.key.not_after == datetime(2035, 1, 1, tzinfo=UTC)
    assert found.explanation.plain().endswith(
        "valid 2025-01-01 to 2035-01-01), from idp.xml, KeyDescriptor 2 (signing), number 2 of the 2 keys given."
    )


def _rotated(keys: Keys, given: Keys, *, issuer: str | None, metadata: bool) -> str:
    sent = healthy() if issuer is None else edit(healthy(), {"issuer": issuer})
    anchors = load([Artifact("idp.xml", idp_metadata(healthy(), (given,)))]) if metadata else pinned(given)
    found = fact(establish(read(forge(sent, keys).xml), anchors), "Response")
    assert found.reason == "key-rotated"
    return found.explanation.plain()


OLD, NEW = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begun", "subject", "issuer", "metadata", "words"),
    [
        (NEW, "idp.example", None, True, "The IdP is the one whose metadata was given, and its certificate is newer (2026-01-01): "
         "it has changed its certificate, or somebody else signs in its name. Load the present one at the service, taken from the "
         "IdP itself and never from a message."),
        (OLD, "idp.example", None, True, "and its certificate is older (2020-01-01): the message is from before the change"),
        (NEW, "idp.example", "https://tenant-b.example/", True, "Issuer is https://tenant-b.example/, but the metadata given is "
         "of https://idp.example/saml/metadata: this is another IdP or tenant."),
        (NEW, "idp.example", None, False, "The subject is the same, and its certificate is newer (2026-01-01)"),
        (NEW, "other.example", None, False, "otherwise this is another IdP or tenant."),
    ],
    ids=["rolled-over", "before-the-change", "another-tenant", "renewed", "stranger"],
)  # fmt: skip
def test_a_new_key_of_the_same_provider_is_told_from_another_tenant(
    idp_keys: Keys, begun: datetime, subject: str, issuer: str | None, metadata: bool, words: str
) -> None:
    keys = make_keys(subject, not_before=begun)
    assert words in _rotated(keys, idp_keys, issuer=issuer, metadata=metadata)


def test_a_subject_that_all_tenants_share_proves_nothing() -> None:
    name = "Microsoft Azure Federated SSO Certificate"
    words = _rotated(make_keys(name), make_keys(name), issuer=None, metadata=False)
    assert "All tenants have certificates of this name" in words
    assert "Compare Issuer" in words
