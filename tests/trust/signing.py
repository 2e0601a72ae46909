"""Messages for these tests: forged ones, and ones signed by xmlsec from any template, so that a refused signature is genuine.

A gate that is switched off must let something through: hence real signatures even over what the gate refuses.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import xmlsec
from lxml import etree

from samlcheck.forge import Keys, Recipe, forge, healthy
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import Anchors, SignatureFact, TrustFacts
from samlcheck.xmldoc.names import DS, XENC
from samlcheck.xmldoc.parse import parse

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
SHA256 = f"{XENC}sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RESPONSE, ASSERTION = healthy().response_id, healthy().assertion_id


def read(xml: bytes, name: str = "message") -> Anatomy:
    """Return the anatomy of a message."""
    return dissect(parse(Artifact(name, xml)))


def pinned(*keys: Keys) -> Anchors:
    """Return anchors for the certificates of some keys."""
    return load([Artifact(f"idp-{number}.pem", one.certificate_pem) for number, one in enumerate(keys, 1)])


def trust(xml: bytes, *keys: Keys, **options: object) -> TrustFacts:
    """Return what is established about a message when these keys are given."""
    return establish(read(xml), pinned(*keys), **options)  # type: ignore[arg-type]


def fact(facts: TrustFacts, element: str) -> SignatureFact:
    """Return the (first) verdict on an element's signature."""
    return next(item for item in facts.signatures if item.element == element)


@functools.cache
def message(keys: Keys, recipe: Recipe | None = None) -> bytes:
    """Return the forged response of a recipe, healthy and signed at both places by default."""
    return forge(recipe or healthy(), keys).xml


def template(
    uri: str | None,
    *,
    transforms: Sequence[str] = (ENVELOPED, EXCLUSIVE),
    method: str = RSA_SHA256,
    digest: str = SHA256,
    canonicalization: str = EXCLUSIVE,
    references: int = 1,
    after: str = "",
) -> str:
    """Return a signature template. Transforms are identifiers or whole elements; ``after`` goes behind SignatureValue."""
    steps = "".join(one if one.startswith("<") else f'<ds:Transform Algorithm="{one}"/>' for one in transforms)
    where = "" if uri is None else f' URI="{uri}"'
    reference = (
        f"<ds:Reference{where}>"
        + (f"<ds:Transforms>{steps}</ds:Transforms>" if steps else "")
        + f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>'
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{canonicalization}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/>{reference * references}</ds:SignedInfo>'
        f"<ds:SignatureValue/>{after}</ds:Signature>"
    )


def sign(xml: str, keys: Keys) -> bytes:
    """Return the message with every template in it signed by xmlsec, innermost (last) first."""
    root = etree.fromstring(xml.encode())
    xmlsec.tree.add_ids(root, ["ID"])
    for node in reversed(list(root.iter(f"{{{DS}}}Signature"))):
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(keys.private_pem, xmlsec.KeyFormat.PEM)
        context.sign(node)
    return etree.tostring(root)


def with_signature(keys: Keys, signature: str, *, on: str = "Response") -> bytes:
    """Return an otherwise unsigned healthy message with this template in the Response or Assertion, signed."""
    return sign(placed(unsigned(), signature, on=on), keys)


@functools.cache
def unsigned() -> str:
    """Return a healthy message without signatures."""
    from samlcheck.forge import edit, make_keys

    return forge(edit(healthy(), {"sign": "none"}), make_keys(curve="secp256r1")).xml.decode()


def placed(xml: str, signature: str, *, on: str = "Response") -> str:
    """Return the message with a signature behind the Issuer of an element, where the schema wants it."""
    end = xml.index("</saml:Issuer>", xml.index(f":{on} ")) + len("</saml:Issuer>")
    return xml[:end] + signature + xml[end:]


def resign_first(xml: str, keys: Keys) -> bytes:
    """Return the message with its first signature template signed and other signatures as they are."""
    root = etree.fromstring(xml.encode())
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(keys.private_pem, xmlsec.KeyFormat.PEM)
    context.sign(next(root.iter(f"{{{DS}}}Signature")))
    return etree.tostring(root)
