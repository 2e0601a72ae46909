"""IDs twice, missing, or in attributes that only some software takes for IDs (attribute pollution, PortSwigger 2025)."""

from __future__ import annotations

from collections.abc import Callable

from tests.vectors.making import (
    ACS,
    ASSERTION,
    RESPONSE,
    assertion_of,
    genuine,
    in_extensions,
    in_status_detail,
    posted,
    replaced,
)
from tests.vectors.vector import Sent, accepted, combined, refused

WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
ATTRIBUTES = {
    "ID": "",
    "Id": "",
    "id": "",
    "iD": "",
    "xml:id": "",
    "wsu:Id": f' xmlns:wsu="{WSU}"',
    "x:ID": ' xmlns:x="urn:example:x"',
    "AssertionID": "",
    "ResponseID": "",
}
NAMES = {name.replace(":", "-") + ("" if name not in ("Id", "iD") else "-mixed"): name for name in ATTRIBUTES}
CASES = {
    "upper-ID": "ID",
    "mixed-Id": "Id",
    "lower-id": "id",
    "odd-iD": "iD",
    "xml-id": "xml:id",
    "wsu-Id": "wsu:Id",
    "prefixed-ID": "x:ID",
    "AssertionID": "AssertionID",
    "ResponseID": "ResponseID",
}
PLACES: dict[str, Callable[[str, str], str]] = {
    "before": in_extensions,
    "after": lambda xml, content: xml.replace("</samlp:Response>", f"{content}</samlp:Response>"),
    "in-the-status": in_status_detail,
}


def decoy(attribute: str, value: str) -> str:
    """Return an element of no meaning that carries an ID."""
    return f'<d:decoy xmlns:d="urn:example:decoy"{ATTRIBUTES[attribute]} {attribute}="{value}"/>'


@refused("structure/duplicate-id", signature="refused", cases=combined(CASES, PLACES))
def same_as_the_signed_assertion(attribute: str, place: Callable[[str, str], str]) -> Sent:
    """A decoy with the ID of the signed assertion: verifiers differ in which attributes they resolve, and which comes first."""
    return posted(place(genuine("assertion"), decoy(attribute, ASSERTION)))


@refused("structure/duplicate-id", signature="refused", cases={"blank-before": f" {ASSERTION}", "blank-after": f"{ASSERTION} "})
def same_but_for_a_blank(value: str) -> Sent:
    """The same ID with a blank, which schema validation takes away."""
    return posted(in_extensions(genuine("assertion"), decoy("ID", value)))


@refused("structure/duplicate-id", signature="valid")
def two_decoys_alike() -> Sent:
    """Two decoys with one ID that nobody refers to."""
    return posted(in_extensions(genuine("assertion"), decoy("ID", "_d") * 2))


@refused("structure/duplicate-id", signature="refused", cases={"of-the-response": "ID"})
def response_called_like_the_assertion(attribute: str) -> Sent:
    """The unsigned response takes the ID of the signed assertion."""
    return posted(genuine("assertion").replace(f'{attribute}="{RESPONSE}"', f'{attribute}="{ASSERTION}"', 1))


@refused("structure/reference-elsewhere", "structure/signature-wrapping", signature="not-covering")
def id_moved_to_a_decoy() -> Sent:
    """The assertion loses its ID to a decoy."""
    xml = genuine("assertion")
    bare = assertion_of(xml).replace(f' ID="{ASSERTION}"', "", 1)
    return posted(in_extensions(replaced(xml, bare), decoy("ID", ASSERTION)))


@refused(
    "structure/reference-refused",
    signature="refused",
    cases={
        "removed": "",
        "emptied": ' ID=""',
        "in-lower-case": f' id="{ASSERTION}"',
        "mixed-case": f' Id="{ASSERTION}"',
        "xml-id": f' xml:id="{ASSERTION}"',
    },
)
def id_of_the_signed_assertion(instead: str) -> Sent:
    """The signed assertion without its own ID attribute."""
    xml = genuine("assertion")
    return posted(replaced(xml, assertion_of(xml).replace(f' ID="{ASSERTION}"', instead, 1)))


@refused("structure/reference-refused", signature="refused")
def id_changed() -> Sent:
    """The signed assertion under another ID, so that the reference leads nowhere."""
    xml = genuine("assertion")
    return posted(replaced(xml, assertion_of(xml).replace(ASSERTION, "_other", 1)))


@refused("saml-core/assertion-id", cases={"digit-first": "7f3a91", "colon": "a:b", "blank": "a b"})
def no_xml_id(value: str) -> Sent:
    """An ID that is no xs:ID, as the provider signed it: schema-valid readers refuse it."""
    return posted(genuine("response", assertion__id=value))


@accepted("structure/foreign-id", cases={"xml-id": "xml:id", "wsu-id": "wsu:Id", "prefixed-id": "x:ID"})
def foreign_but_unique(attribute: str) -> Sent:
    """An ID attribute of another namespace, unique, outside what is signed: odd, told, and harmless."""
    assert ACS
    return posted(in_extensions(genuine("assertion"), decoy(attribute, "_d")))


@accepted(
    cases=combined(
        {"upper": "ID", "mixed": "Id", "lower": "id"}, {"in-extensions": in_extensions, "in-status-detail": in_status_detail}
    )
)
def foreign_elements_with_ids(attribute: str, place: Callable[[str, str], str]) -> Sent:
    """Elements of other namespaces with IDs of their own, where the schema lets any element stand."""
    return posted(place(genuine("assertion"), decoy(attribute, "_d")))
