"""Messages beside a login's as XML text (SAML core 3.5 and 3.7), with the mark of their signature."""

from __future__ import annotations

from collections.abc import Iterable

from samlcheck.forge.messages import ELEMENTS, Message
from samlcheck.forge.write import RESPONSE_SIGNATURE, Pairs, element, text
from samlcheck.xmldoc.names import NAMESPACES


def write_message(sent: Message, status: tuple[str, ...], response: str) -> str:
    """Return the message with the mark of its signature.

    status: StatusCodes of a LogoutResponse, outermost first. response: what an ArtifactResponse holds, signed already.
    """
    content = ("" if sent.issuer is None else element("saml:Issuer", [], text(sent.issuer))) + RESPONSE_SIGNATURE
    if sent.kind == "logoutresponse":
        content += _status(status)
    elif sent.kind == "artifactresponse":
        content += _status(() if sent.status is None else (sent.status,)) + (response if sent.content else "")
    if sent.nameid is not None:
        content += element("saml:NameID", [("Format", sent.nameid_format)], text(sent.nameid))
    content += "".join(element("samlp:SessionIndex", [], text(index)) for index in sent.session_index)
    if sent.artifact is not None:
        content += element("samlp:Artifact", [], text(sent.artifact))
    attributes: Pairs = (
        ("xmlns:samlp", NAMESPACES["samlp"]),
        ("xmlns:saml", NAMESPACES["saml"]),
        ("ID", sent.id),
        ("Version", sent.version),
        ("IssueInstant", sent.issue_instant),
        ("Destination", sent.destination),
        ("InResponseTo", sent.in_response_to),
        ("NotOnOrAfter", sent.not_on_or_after),
        ("Reason", sent.reason),
    )
    return element(f"samlp:{ELEMENTS[sent.kind]}", attributes, content)


def _status(codes: Iterable[str]) -> str:
    nested: str | None = None
    for code in reversed(tuple(codes)):
        nested = element("samlp:StatusCode", [("Value", code)], nested)
    return element("samlp:Status", [], nested or "")
