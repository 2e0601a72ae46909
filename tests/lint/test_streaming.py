"""The signature over an aggregate verified in pieces says *valid* only where reading it whole does, and wherever that is usual."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable

import pytest
from lxml import etree

from samlcheck.errors import InputError
from samlcheck.forge import Keys, make_keys
from samlcheck.lint import trust
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact
from samlcheck.trust import streaming
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import Anchors, SignatureFact
from samlcheck.xmldoc.names import DS
from samlcheck.xmldoc.parse import METADATA, parse
from tests.lint.files import NAMES, entity
from tests.trust.signing import ENVELOPED, EXCLUSIVE, INCLUSIVE, pinned, sign, template

EC = 'xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#"'
SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
PREFIXED = f'<ds:Transform Algorithm="{EXCLUSIVE}"><ec:InclusiveNamespaces {EC} PrefixList="xsi saml #default"/></ds:Transform>'


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys("federation.example")


@pytest.fixture(autouse=True, params=[1, 16], ids=["one-by-one", "together"])
def pieces_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_TOGETHER", request.param)


def signed(keys: Keys, *parts: str, root: str = f'<md:EntitiesDescriptor {NAMES} ID="_root">', **how: object) -> bytes:
    """Return an aggregate with a signature over its root in front of the parts, which stay as they are written."""
    name = re.split(r"[ >]", root[1:])[0]
    written = f"{root}\n  {template('#_root', **how)}\n{''.join(parts)}</{name}>"  # type: ignore[arg-type]
    made = etree.fromstring(sign(written, keys))
    for tag in ("DigestValue", "SignatureValue"):
        value = made.findtext(f".//{{{DS}}}{tag}")
        written = written.replace(f"<ds:{tag}/>", f"<ds:{tag}>{value}</ds:{tag}>", 1)
    return written.encode()


def in_pieces(data: bytes, anchors: Anchors) -> SignatureFact | None:
    found = trust._in_pieces("file.xml", io.BytesIO(data), anchors)
    return found.signatures[0] if found else None


def whole(data: bytes, anchors: Anchors) -> SignatureFact | None:
    try:
        document = parse(Artifact("file.xml", data), METADATA)
    except InputError:
        return None
    return establish(dissect(document), anchors).signatures[0]


def both(data: bytes, anchors: Anchors) -> SignatureFact | None:
    """Return what is said in pieces, which must be what is said of the whole if it is anything."""
    found, reference = in_pieces(data, anchors), whole(data, anchors)
    if found is not None:
        assert found.verdict == "valid"
        assert found == reference
    return found


ROOT = f'<md:EntitiesDescriptor {NAMES} ID="_root"'
EVIL = b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_evil">'
END = b"</md:EntitiesDescriptor>"
SIGNATURE = rb"(<ds:Signature .*</ds:Signature>)"
THREE = tuple(f"  {entity(name)}\n" for name in "abc")
OWN = "<!-- a comment -->text &amp; &#x41;<?pi data?> <![CDATA[<b>]]>\r\n\ttail"
DEFAULT = '<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
GROUP = "<md:EntitiesDescriptor>{}</md:EntitiesDescriptor>"
PROLOG = b'<?xml version="1.0"?>\n<!-- <md:EntitiesDescriptor> --><?x y?>'
UNDECLARED = '<md:Extensions><x xmlns=""/></md:Extensions>'
LEGAL: dict[str, Callable[[Keys], bytes]] = {
    "plain": lambda keys: signed(keys, *THREE),
    "no-entity": lambda keys: signed(keys),
    "one-entity": lambda keys: signed(keys, THREE[0]),
    "on-one-line": lambda keys: signed(keys, *(item.strip() for item in THREE)),
    "sha512": lambda keys: signed(keys, *THREE, digest=SHA512),
    "inclusive": lambda keys: signed(keys, *THREE, transforms=(ENVELOPED, INCLUSIVE), canonicalization=INCLUSIVE),
    "inclusive-by-default": lambda keys: signed(keys, *THREE, transforms=(ENVELOPED,)),
    "with-comments": lambda keys: signed(keys, *THREE, OWN, transforms=(ENVELOPED, f"{EXCLUSIVE}WithComments")),
    "prefix-list": lambda keys: signed(keys, *THREE, transforms=(ENVELOPED, PREFIXED)),
    "between": lambda keys: signed(keys, OWN, THREE[0], OWN, THREE[1], OWN, THREE[2], OWN),
    "inside": lambda keys: signed(keys, *(item.replace("<md:SPSSO", f"{OWN}<md:SPSSO") for item in THREE)),
    "crlf": lambda keys: signed(keys, *(item.replace("\n", "\r\n") for item in THREE)),
    "letters": lambda keys: signed(keys, entity("ä-日本"), entity("b").replace("/acs", "/&#228;?a=1&amp;b=&lt;&quot;&#9;")),
    "default-namespace": lambda keys: signed(
        keys, *(item.replace("md:", "") for item in THREE), root=f'{DEFAULT} xmlns:ds="u:x" ID="_root">'
    ),
    "default-in-one": lambda keys: signed(keys, entity("a", names='xmlns="urn:x"', inside="<y/>"), THREE[1]),
    "redeclared": lambda keys: signed(keys, entity("a", names='xmlns:saml="urn:x" xmlns:new="urn:y"', more=' new:z="1"'), THREE[1]),
    "redeclared-inclusive": lambda keys: signed(
        keys, entity("a", names='xmlns:new="urn:y"'), THREE[1], transforms=(ENVELOPED, INCLUSIVE)
    ),
    "undeclared": lambda keys: signed(keys, entity("a", inside=UNDECLARED), root=f'{DEFAULT} ID="_root">'),
    "xml-attributes": lambda keys: signed(keys, entity("a", more=' xml:lang="de"'), THREE[1], root=f'{ROOT} xml:lang="en">'),
    "xml-attributes-inclusive": lambda keys: signed(
        keys, *THREE, root=f'{ROOT} xml:lang="en" xml:space="preserve">', transforms=(ENVELOPED, INCLUSIVE)
    ),
    "groups-inside": lambda keys: signed(keys, THREE[0], GROUP.format(THREE[1] + GROUP.format(THREE[2])), THREE[0]),
    "other-ids": lambda keys: signed(keys, entity("a", more=' ID="_root2"'), entity("b", more=' ID="&#95;other"')),
    "extensions": lambda keys: signed(keys, '<md:Extensions><a xmlns="urn:a"/></md:Extensions>', *THREE),
    "misleading-comment": lambda keys: signed(
        keys, "<!-- </md:EntityDescriptor> <md:EntityDescriptor> -->", THREE[0], "<![CDATA[<md:EntityDescriptor>]]>", THREE[1]
    ),
    "prolog": lambda keys: PROLOG + signed(keys, *THREE) + b"<!-- end -->\n",
    "byte-order-mark": lambda keys: b"\xef\xbb\xbf" + signed(keys, *THREE),
}  # fmt: skip


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_signed_rightly_is_valid_in_pieces_and_as_a_whole(name: str, keys: Keys) -> None:
    found = both(LEGAL[name](keys), pinned(keys))
    assert found is not None
    assert (found.verdict, found.reason, found.element) == ("valid", "ok", "EntitiesDescriptor")


def put(pattern: bytes, instead: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern, instead, data, count=1, flags=re.DOTALL)


FORGED: dict[str, Callable[[bytes], bytes]] = {
    "first-entity": put(rb"a.example/acs", rb"a.example/acz"),
    "middle-entity": put(rb"b.example/acs", rb"b.exbmple/acs"),
    "last-entity": put(rb"c.example/sp", rb"c.example/sq"),
    "text-between": put(rb"</md:EntityDescriptor>\n", rb"</md:EntityDescriptor>\n "),
    "text-in-front": put(rb"</ds:Signature>\n", rb"</ds:Signature>\n\n"),
    "text-behind": put(END, rb" </md:EntitiesDescriptor>"),
    "attribute-of-root": put(rb' ID="_root"', rb' ID="_root" Name="x"'),
    "namespace-of-root": put(rb' ID="_root"', rb' ID="_root" xmlns:new="urn:x"'),
    "instruction": put(rb"</ds:Signature>", rb"</ds:Signature><?x?>"),
    "added": put(END, entity("evil").encode() + END),
    "added-in-front": put(rb"</ds:Signature>", rb"</ds:Signature>" + entity("evil").encode()),
    "removed": put(rb"  <md:EntityDescriptor  entityID=.https://b.example/sp.*?</md:EntityDescriptor>\n", rb""),
    "doubled": put(rb"(  <md:EntityDescriptor.*?</md:EntityDescriptor>\n)", rb"\1\1"),
    "swapped": put(rb"(  <md:EntityD.*?</md:EntityDescriptor>\n)(  <md:EntityD.*?</md:EntityDescriptor>\n)", rb"\2\1"),
    "in-a-group": put(rb"(<md:EntityD.*</md:EntityDescriptor>)", rb"<md:EntitiesDescriptor>\1</md:EntitiesDescriptor>"),
    "digest-value": put(rb"(<ds:DigestValue>)....", rb"\1AAAA"),
    "signature-value": put(rb"(<ds:SignatureValue>)....", rb"\1AAAA"),
    "signed-info": put(rb"rsa-sha256", rb"rsa-sha512"),
    "two-signatures": put(SIGNATURE, rb"\1\1"),
    "second-signature-at-the-end": put(SIGNATURE + rb"(.*)</md:Enti", rb"\1\2\1</md:Enti"),
    "signature-at-the-end": put(SIGNATURE + rb"(.*)</md:Enti", rb"\2\1</md:Enti"),
    "signature-in-an-entity": put(SIGNATURE + rb"(.*?<md:EntityDescriptor[^>]*>)", rb"\2\1"),
    "object-in-signature": put(rb"</ds:Signature>", rb"<ds:Object/></ds:Signature>"),
    "another-id": put(rb'ID="_root"', rb'ID="_other"'),
    "another-reference": put(rb'URI="#_root"', rb'URI="#_other"'),
    "same-id-in-an-entity": put(rb'b.example/sp"', rb'b.example/sp" ID="_root"'),
    "same-id-spelt-out": put(rb'b.example/sp"', rb'b.example/sp" xml:id="&#95;root"'),
    "wrapped": lambda data: EVIL + entity("evil").encode() + data + END,
    "wrapped-behind": lambda data: EVIL + data + entity("evil").encode() + END,
    "cut-off": lambda data: data[:-30],
    "relative-namespace": put(rb'b.example/sp"', rb'b.example/sp" xmlns:x="y"'),
    "utf-16": lambda data: b"\xff\xfe" + data.decode().encode("utf-16le"),
}
ONLY_WHOLE = ("signature-at-the-end", "utf-16")
"""Valid, but that is said by reading the file whole alone."""


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("method", [EXCLUSIVE, INCLUSIVE], ids=["exclusive", "inclusive"])
def test_what_is_not_as_it_was_signed_is_not_valid(name: str, method: str, keys: Keys) -> None:
    genuine = signed(keys, *THREE, transforms=(ENVELOPED, method))
    data = FORGED[name](genuine)
    assert data != genuine
    if name == "namespace-of-root" and method == EXCLUSIVE:
        assert both(data, pinned(keys)) is not None, "a namespace that nothing uses is not signed"
        return
    assert both(data, pinned(keys)) is None
    reference = whole(data, pinned(keys))
    assert (reference is not None and reference.verdict == "valid") == (name in ONLY_WHOLE)


@pytest.mark.parametrize(
    "how",
    [
        {"transforms": (ENVELOPED, C14N11)},
        {"transforms": (EXCLUSIVE,)},
        {"transforms": (ENVELOPED, EXCLUSIVE, EXCLUSIVE)},
        {"references": 2},
        {"method": "http://www.w3.org/2000/09/xmldsig#hmac-sha1"},
    ],
    ids=["version-1.1", "not-enveloped", "three-transforms", "two-references", "hmac"],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_whole(how: dict[str, object], keys: Keys) -> None:
    try:
        data = signed(keys, *THREE, **how)  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - the engine does not sign everything
        data = signed(keys, *THREE).replace(b"rsa-sha256", b"hmac-sha1")
    assert in_pieces(data, pinned(keys)) is None


@pytest.mark.parametrize(
    "second",
    [' ID="_root"', ' xml:id="_root"', ' ID="&#95;root"', ' Id=" _root "', ' xmlns:x="urn:x" x:id="_roo&#x74;"'],
    ids=["same", "xml", "spelt-out", "blanks", "foreign"],
)
def test_a_second_bearer_of_the_id_is_refused_even_if_it_is_signed(second: str, keys: Keys) -> None:
    data = signed(keys, THREE[0], *THREE, entity("d", more=second))
    assert in_pieces(data, pinned(keys)) is None
    reference = whole(data, pinned(keys))
    assert reference is not None
    assert (reference.verdict, reference.reason) == ("refused", "duplicate-id")


def test_another_key_and_no_key_are_left_to_the_whole(keys: Keys) -> None:
    data = signed(keys, *THREE)
    assert in_pieces(data, pinned(make_keys("other.example"))) is None
    assert in_pieces(data, Anchors()) is None
    assert both(data, pinned(make_keys("other.example"), keys)) is not None


@pytest.mark.parametrize("seed", range(6))
def test_no_random_change_is_valid_in_pieces_alone(seed: int, keys: Keys) -> None:
    dice = random.Random(seed)
    data = LEGAL[dice.choice(list(LEGAL))](keys)
    for _ in range(60):
        at, to = sorted(dice.randrange(len(data)) for _ in range(2))
        kind = dice.randrange(5)
        if kind == 0:
            changed = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            changed = data[:at] + data[min(to, at + 40) :]
        elif kind == 2:
            changed = data[:at] + dice.choice((b" ", b"\n", b"<!---->", b"<?x?>", b"&#32;", b"<![CDATA[]]>", b"\r")) + data[at:]
        elif kind == 3:
            changed = data[:to] + data[at:]
        else:
            changed = data[:at] + data[to : to + 50] + data[at:to] + data[to + 50 :]
        both(changed, pinned(keys))
