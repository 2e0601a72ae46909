"""Canonicalisation that fails, that is undefined, or that makes one text of two."""

from __future__ import annotations

import base64
import hashlib
import re

from tests.trust.signing import ENVELOPED, EXCLUSIVE, INCLUSIVE, template
from tests.vectors.making import (
    ASSERTION,
    RESPONSE,
    SIGNED,
    genuine,
    posted,
    signature_of,
    signed_by_hand,
)
from tests.vectors.vector import Sent, accepted, combined, refused

NAMESPACES = "structure/namespaces"
RELATIVE = {"one-segment": "relative", "path": "../up", "fragment": "#x", "query": "?x"}


@refused(NAMESPACES, signature="refused", cases=combined(RELATIVE, SIGNED))
def relative_namespace(uri: str, signed: str) -> Sent:
    """A relative namespace on an element outside or inside what is signed; libxml2 has no canonical form for it."""
    return posted(genuine(signed).replace("<samlp:Status>", f'<samlp:Status xmlns:r="{uri}">', 1))


@refused(NAMESPACES, signature="refused", cases={"used": "r:x", "unused": "x"})
def relative_namespace_in_extensions(name: str) -> Sent:
    """The same on an element that nothing else looks at."""
    xml = genuine("assertion")
    return posted(
        xml.replace(
            "<samlp:Status>", f'<samlp:Extensions><{name} xmlns:r="rel" xmlns="urn:x"/></samlp:Extensions><samlp:Status>', 1
        )
    )


@refused(NAMESPACES, signature="refused", cases={"of-the-response": "response", "of-the-assertion": "assertion"})
def void(signed: str) -> Sent:
    """Void canonicalisation: a canonical form that cannot be made, and the digest of the empty string (CVE-2025-66475)."""
    nothing = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    xml = genuine(signed)
    broken = re.sub(r"(<ds:DigestValue>)[^<]*", rf"\g<1>{nothing}", signature_of(xml))
    return posted(xml.replace(signature_of(xml), broken).replace("<saml:Subject>", '<saml:Subject xmlns:r="1">', 1))


REFUSED_METHODS = {
    "unknown": "http://www.w3.org/2001/10/xml-exc-c14n-none#",
    "empty": "",
    "c14n2": "http://www.w3.org/2010/xml-c14n2",
    "identity": "http://www.w3.org/2000/09/xmldsig#base64",
    "minimal": "http://www.w3.org/2000/09/xmldsig#minimal",
    "xslt": "http://www.w3.org/TR/1999/REC-xslt-19991116",
}


@refused(
    "structure/transform-refused",
    signature="refused",
    cases=combined(REFUSED_METHODS, {"of-the-response": "response", "of-the-assertion": "assertion"}),
)
def method_of_signed_info(uri: str, signed: str) -> Sent:
    """SignedInfo canonicalised by something that is no listed method."""
    xml = genuine(signed)
    other = signature_of(xml).replace(
        f'CanonicalizationMethod Algorithm="{EXCLUSIVE}"', f'CanonicalizationMethod Algorithm="{uri}"'
    )
    return posted(xml.replace(signature_of(xml), other))


@refused("signatures/content-changed", signature="invalid")
def prefix_rebound_to_another_namespace() -> Sent:
    """The prefix of a signed element bound anew inside what is signed, so that it means something else."""
    return posted(genuine("assertion").replace("<saml:Subject>", '<saml:Subject xmlns:saml="urn:example:other">', 1))


@refused("signatures/content-changed", "saml-core/nameid-missing", signature="invalid")
def default_namespace_slipped_in() -> Sent:
    """A default namespace added where the signer had none, under inclusive canonicalisation."""
    xml = signed_by_hand(template(f"#{RESPONSE}", transforms=(ENVELOPED, INCLUSIVE), canonicalization=INCLUSIVE)).decode()
    return posted(xml.replace("<samlp:Status>", '<samlp:Status xmlns="urn:example:x">', 1))


METHODS = {
    "exclusive": EXCLUSIVE,
    "exclusive-with-comments": f"{EXCLUSIVE}WithComments",
    "inclusive": INCLUSIVE,
    "inclusive-with-comments": f"{INCLUSIVE}#WithComments",
    "inclusive-1.1": "http://www.w3.org/2006/12/xml-c14n11",
    "inclusive-1.1-with-comments": "http://www.w3.org/2006/12/xml-c14n11#WithComments",
}
ON = {"on-the-response": ("Response", RESPONSE), "on-the-assertion": ("Assertion", ASSERTION)}


@accepted(cases=combined(METHODS, ON))
def transform(method: str, on: tuple[str, str]) -> Sent:
    """Each canonicalisation that core 5.4.4 and XML Signature know, as the transform."""
    return posted(signed_by_hand(template(f"#{on[1]}", transforms=(ENVELOPED, method)), on=on[0]))


@accepted(cases=combined(METHODS, ON))
def of_signed_info(method: str, on: tuple[str, str]) -> Sent:
    """Each of them for SignedInfo."""
    return posted(signed_by_hand(template(f"#{on[1]}", canonicalization=method), on=on[0]))


@accepted(cases=ON)
def enveloped_alone(on: str, identifier: str) -> Sent:
    """No canonicalisation among the transforms: Canonical XML 1.0 is meant (XML Signature 4.4.3.2)."""
    return posted(signed_by_hand(template(f"#{identifier}", transforms=(ENVELOPED,)), on=on))


PREFIX_LISTS = {
    "none": "",
    "one": "xs",
    "several": "xs saml samlp",
    "unbound": "nothing",
    "default": "#default",
    "default-and-more": "#default xs",
}


@accepted(cases=combined(PREFIX_LISTS, ON))
def inclusive_prefixes(prefixes: str, on: tuple[str, str]) -> Sent:
    """A PrefixList of exclusive canonicalisation, whatever stands in it."""
    listed = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{prefixes}"/>'
    step = f'<ds:Transform Algorithm="{EXCLUSIVE}">{listed}</ds:Transform>'
    return posted(signed_by_hand(template(f"#{on[1]}", transforms=(ENVELOPED, step)), on=on[0]))


@accepted(cases={"unused": ' xmlns:u="urn:example:u"', "absolute-odd": ' xmlns:u="a:b"', "urn": ' xmlns:u="urn:x:%20"'})
def namespaces_of_no_use(declaration: str) -> Sent:
    """A declaration that exclusive canonicalisation does not see, added on the way by a gateway."""
    return posted(genuine("assertion").replace("<samlp:Status>", f"<samlp:Status{declaration}>", 1))
