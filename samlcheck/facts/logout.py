"""Facts of LogoutRequest and LogoutResponse, whichever of them was given (SAML core 3.7, profiles 4.4)."""

from __future__ import annotations

from lxml import etree

from samlcheck.case import Case
from samlcheck.facts.message import request_anatomy
from samlcheck.facts.reading import Reader, constant
from samlcheck.facts.table import FACTS, Fact, Readings, add, fact
from samlcheck.xmldoc.names import q

NO_LOGOUT = Readings(unavailable="there is no LogoutRequest or LogoutResponse in what was given", needs="a logout message")


def _logout(case: Case) -> tuple[Reader, etree._Element] | None:
    answer = case.anatomy
    if answer is not None:
        return (Reader(answer.document, case.trust), answer.message) if answer.kind == "logoutresponse" else None
    asked = request_anatomy(case)
    if asked is None or asked.kind != "logoutrequest":
        return None
    return Reader(asked.document, case.request_trust), asked.message


def _on_logout(name: str, title: str, kind: str, at: str, *, sensitive: bool = False, many: bool = False) -> None:
    def read(case: Case) -> Readings:
        found = _logout(case)
        return found[0].read(found[1], at, kind, sensitive=sensitive) if found else NO_LOGOUT

    add(Fact(f"logout.{name}", title, kind, read, f"{at} of the LogoutRequest or LogoutResponse", sensitive, many))


_on_logout("id", "ID of the logout message", "text", "@ID")
_on_logout("version", "Version of the logout message", "text", "@Version")
_on_logout("issue_instant", "IssueInstant of the logout message", "instant", "@IssueInstant")
_on_logout("destination", "Destination of the logout message", "uri", "@Destination")
_on_logout("issuer", "Issuer of the logout message", "uri", "saml:Issuer")
_on_logout("in_response_to", "InResponseTo of the LogoutResponse", "text", "@InResponseTo")
_on_logout("not_on_or_after", "NotOnOrAfter of the LogoutRequest", "instant", "@NotOnOrAfter")
_on_logout("reason", "Reason of the LogoutRequest", "uri", "@Reason")
_on_logout("nameid", "NameID of the LogoutRequest", "text", "saml:NameID", sensitive=True)
_on_logout("nameid_format", "Format of the LogoutRequest's NameID", "uri", "saml:NameID/@Format")
_on_logout("session_index", "SessionIndex of the LogoutRequest", "text", "samlp:SessionIndex", many=True)


@fact("logout.principal", "identifier in the LogoutRequest", "text", "BaseID, NameID or EncryptedID: which of them names the user")
def _principal(case: Case) -> Readings:
    found = _logout(case)
    if found is None:
        return NO_LOGOUT
    reader, message = found
    named = message.iterchildren(q("saml:BaseID"), q("saml:NameID"), q("saml:EncryptedID"))
    return Readings(tuple(map(reader.present, named)), reader.document.absent(message, "saml:NameID"))


def _known(case: Case, side: str) -> Readings:
    return FACTS[f"{side}.entity_id"].read(case)


@fact("logout.sender", "sender of the logout message", "text", "idp or sp: whose entityID Issuer is, by what was given")
def _sender(case: Case) -> Readings:
    found = _logout(case)
    if found is None:
        return NO_LOGOUT
    issuer = found[0].read(found[1], "saml:Issuer", "uri").text
    for side in ("idp", "sp"):
        if any(item.raw == issuer for item in _known(case, side).items):
            return constant(side)
    return Readings(unavailable="which side sent the logout message is not known", needs="--idp with metadata, and --sp")


@fact("logout.known_senders", "entities that may send it", "uri", "entityIDs of the IdP and the SP, as given", many=True)
def _known_senders(case: Case) -> Readings:
    found = _logout(case)
    if found is None:
        return NO_LOGOUT
    issuer = found[0].read(found[1], "saml:Issuer", "uri").text
    idp, sp = _known(case, "idp"), _known(case, "sp")
    known = Readings((*idp.items, *sp.items))
    if (idp.items and sp.items) or any(item.raw == issuer for item in known.items):
        return known
    return sp if idp.items else idp  # the other side is not known, and the message may be from there
