"""References that lead elsewhere: to other elements, to several, to nothing, or outside the document.

SAML allows one Reference, ``#`` with the ID of the element that holds the signature (core 5.4.2). xmlsec follows all others
too, files included (SECURITY 3b), so these signatures are genuine wherever it can make them.
"""

from __future__ import annotations

from tests.trust.signing import placed, sign, template
from tests.vectors.making import (
    ADMIN,
    ASSERTION,
    RESPONSE,
    USER,
    assertion_of,
    genuine,
    idp,
    in_extensions,
    posted,
    replaced,
    signature_of,
    signed_by_hand,
    unsigned,
)
from tests.vectors.vector import Sent, combined, refused

REFUSED, ELSEWHERE = "structure/reference-refused", "structure/reference-elsewhere"
ON = {"on-the-response": "Response", "on-the-assertion": "Assertion"}
MODERN = {"algorithms": "modern"}


def _uri(xml: str, uri: str | None) -> str:
    signature = signature_of(xml)
    start = signature.index(' URI="')
    end = signature.index('"', start + 6) + 1
    written = "" if uri is None else f' URI="{uri}"'
    return xml.replace(signature, signature[:start] + written + signature[end:])


OUTSIDE = {
    "http": "http://127.0.0.1:9/x.xml",
    "https-same-host": "https://idp.example/x.xml#id",
    "file": "file:///etc/hostname",
    "relative-path": "ref.txt",
    "parent-path": "../ref.txt",
    "bare-id": ASSERTION,
    "data": "data:text/xml,%3Cx/%3E",
    "ftp": "ftp://127.0.0.1/x",
    "urn": "urn:example:x",
    "fragment-behind": f"message.xml#{ASSERTION}",
}


@refused(REFUSED, signature="refused", cases=combined(OUTSIDE, {"of-the-response": "response", "of-the-assertion": "assertion"}))
def outside(uri: str, signed: str) -> Sent:
    """A reference outside the document. Nothing is opened."""
    return posted(_uri(genuine(signed), uri))


POINTERS = {
    "root": "#xpointer(/)",
    "by-id": f"#xpointer(id('{ASSERTION}'))",
    "by-name": "#xpointer(//*[local-name()='Status'])",
    "element-scheme": "#element(/1)",
}


@refused(REFUSED, signature="refused", cases=combined(POINTERS, {"of-the-response": "response", "of-the-assertion": "assertion"}))
def pointer(uri: str, signed: str) -> Sent:
    """An XPointer expression as reference."""
    return posted(_uri(genuine(signed), uri))


@refused(REFUSED, signature="refused", cases=combined({name: POINTERS[name] for name in ("root", "by-id", "by-name")}, ON))
def genuine_pointer(uri: str, on: str) -> Sent:
    """The same, signed by the provider: xmlsec alone verifies it."""
    return posted(signed_by_hand(template(uri), on=on))


@refused(REFUSED, signature="refused")
def pointer_to_the_status_and_a_forged_subject() -> Sent:
    """The provider's signature over the Status alone, and another user in the assertion."""
    xml = signed_by_hand(template(POINTERS["by-name"])).decode()
    return posted(xml.replace(USER, ADMIN))


NOWHERE = {
    "unknown-id": "#_nobody",
    "hash-alone": "#",
    "blank-behind": f"#{ASSERTION} ",
    "percent-encoded": f"#%5F{ASSERTION[1:]}",
    "upper-case": f"#{ASSERTION.upper()}",
    "two-hashes": f"##{ASSERTION}",
}


@refused(REFUSED, signature="refused", cases=NOWHERE)
def nowhere(uri: str) -> Sent:
    """A reference to an ID that nothing in the document has, however nearly."""
    return posted(_uri(genuine("assertion"), uri))


@refused(REFUSED, signature="refused", cases=combined({"empty": "", "left-out": None}, ON))
def whole_document(uri: str | None, on: str) -> Sent:
    """No ID at all: the whole document is meant, which SAML does not allow and the policy *modern* refuses."""
    return posted(_uri(genuine(on.lower()), uri), parameters=MODERN)


@refused(REFUSED, signature="refused", cases=ON)
def genuine_without_uri(on: str) -> Sent:
    """A reference without URI: only an agreement outside the message says what is signed."""
    return posted(_uri(genuine(on.lower()), None))


@refused("signatures/content-changed", signature="invalid")
def whole_document_and_something_added() -> Sent:
    """The whole document is signed (taken by the policy *legacy*), and something was added to it."""
    xml = signed_by_hand(template(""), on="Assertion").decode()
    return posted(in_extensions(xml, '<x xmlns="urn:example:x"/>'))


@refused(REFUSED, "structure/value-split", signature="refused", cases={"before": True, "after": False})
def whole_document_beside_an_instruction(before: bool) -> Sent:
    """An instruction beside the root is part of the whole document, and readers never see it."""
    xml = signed_by_hand(template("")).decode()
    return posted("<?p q?>" + xml if before else xml + "<?p q?>")


OTHERS = {
    "the-status": ("<samlp:Status>", '<samlp:Status ID="_part">'),
    "the-issuer": ("<saml:Issuer>", '<saml:Issuer ID="_part">'),
    "the-subject": ("<saml:Subject>", '<saml:Subject ID="_part">'),
    "the-conditions": ("<saml:Conditions ", '<saml:Conditions ID="_part" '),
}


@refused(ELSEWHERE, "structure/signature-wrapping", signature="not-covering", cases=combined(OTHERS, ON))
def other_element(where: tuple[str, str], on: str) -> Sent:
    """A genuine signature over a part of the message, in the place of one over the whole."""
    marked = unsigned().replace(*where, 1)
    return posted(sign(placed(marked, template("#_part"), on=on), idp()))


@refused(ELSEWHERE, signature="not-covering")
def response_signature_over_the_assertion() -> Sent:
    """A signature in the response that refers to the assertion: position and reference disagree (Keycloak, CVE-2024-8698)."""
    return posted(sign(placed(unsigned(), template(f"#{ASSERTION}")), idp()))


@refused(ELSEWHERE, signature="not-covering")
def assertion_signature_over_the_response() -> Sent:
    """A signature in the assertion that refers to the response around it."""
    return posted(sign(placed(unsigned(), template(f"#{RESPONSE}"), on="Assertion"), idp()))


@refused(ELSEWHERE, signature="not-covering")
def references_crossed() -> Sent:
    """Two signatures, each referring to the element that the other stands in."""
    both = placed(placed(unsigned(), template(f"#{RESPONSE}"), on="Assertion"), template(f"#{ASSERTION}"))
    return posted(sign(both, idp()))


@refused(REFUSED, signature="refused", cases=combined({"same": 2, "three": 3}, ON))
def several(count: int, on: str) -> Sent:
    """Several references to the signed element, all genuine."""
    identifier = RESPONSE if on == "Response" else ASSERTION
    return posted(signed_by_hand(template(f"#{identifier}", references=count), on=on))


@refused(REFUSED, signature="refused", cases={"genuine-first": True, "other-first": False})
def two_of_which_one_is_elsewhere(first: bool) -> Sent:
    """A reference to the assertion and one to an element set aside: which counts (goxmldsig, CVE-2026-33487)?"""
    mine, other = template(f"#{ASSERTION}"), template("#_aside")
    start, end = other.index("<ds:Reference"), other.index("</ds:Reference>") + len("</ds:Reference>")
    reference = other[start:end]
    both = (
        mine.replace("<ds:Reference", reference + "<ds:Reference", 1)
        if not first
        else mine.replace("</ds:Reference>", "</ds:Reference>" + reference, 1)
    )
    xml = in_extensions(unsigned(), '<x:aside xmlns:x="urn:example:x" ID="_aside"/>')
    return posted(sign(placed(xml, both, on="Assertion"), idp()))


@refused(ELSEWHERE, signature="not-covering", cases={"manifest": "Manifest", "signature-properties": "SignatureProperties"})
def through_an_object(kind: str) -> Sent:
    """A reference to a Manifest in an Object of the signature: its own references need not be checked (XML Signature 5.1)."""
    xml = genuine("assertion")
    signature = (
        signature_of(xml)
        .replace(f"#{ASSERTION}", "#_object")
        .replace("</ds:Signature>", f'<ds:Object><ds:{kind} ID="_object"/></ds:Object></ds:Signature>')
    )
    return posted(replaced(xml, assertion_of(xml).replace(signature_of(xml), signature)))


@refused(
    "structure/signature-malformed",
    signature="refused",
    cases=combined(
        {"empty": "", "text": "x", "a-manifest": "<ds:Manifest/>"}, {"of-the-response": "response", "of-the-assertion": "assertion"}
    ),
)
def object_added(content: str, signed: str) -> Sent:
    """An Object added to a genuine signature: it is not signed and can hold anything."""
    xml = genuine(signed)
    return posted(xml.replace("</ds:Signature>", f"<ds:Object>{content}</ds:Object></ds:Signature>", 1))
