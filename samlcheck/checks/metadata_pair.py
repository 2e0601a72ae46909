"""The named check ``metadata_pair``: whether an identity provider and a service, as their metadata says, can log in together.

Profiles 4.1 needs a binding each way, a NameID format that both know, and keys; the rest is what products insist on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.facts import Reading, Readings
from samlcheck.facts.pair import PairTable
from samlcheck.finding import Evidence, Slot, Text
from samlcheck.frozen import dataclass

BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
REQUEST_BINDINGS = tuple(BINDINGS + name for name in ("HTTP-Redirect", "HTTP-POST", "HTTP-POST-SimpleSign", "HTTP-Artifact"))
POST, ARTIFACT = BINDINGS + "HTTP-POST", BINDINGS + "HTTP-Artifact"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_SAML2 = "urn:oasis:names:tc:SAML:2.0:protocol"
NOT_A_PAIR = Unknown("this compares two metadata files", "samlcheck metadata --idp FILE --sp FILE")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that stands between the two."""

    reading: Reading | None
    detail: Text
    beside: Readings = Readings()
    """What it is compared with."""


def metadata_pair(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge one aspect of the two entities that the table is about; ``aspect`` is a word of ``ASPECTS``."""
    if not isinstance(context.table, PairTable):
        return NOT_A_PAIR
    found = _ASPECTS[options["aspect"]](context.table)
    if isinstance(found, Nothing):
        return found
    doubts = tuple(found)
    return Violated(tuple(map(_violation, doubts))) if doubts else Held()


def _violation(doubt: Doubt) -> Violation:
    related = tuple(
        Evidence("related", item.node, item.label, Text.of(Slot(item.raw)), Slot(item.raw))
        for item in doubt.beside.items[:4]
        if item is not doubt.reading
    )
    subject = doubt.reading.raw if doubt.reading else ""
    anchor = None if doubt.reading else doubt.beside.anchor
    return Violation(doubt.reading, anchor, detail=doubt.detail, related=related, subject=subject)


def values(readings: Readings) -> tuple[str, ...]:
    """Return the values of a fact without the blanks around them, each once, empty ones left out."""
    return tuple(dict.fromkeys(text for item in readings.items if (text := item.raw.strip())))


Found = Iterator[Doubt] | Nothing


def _roles(pair: PairTable) -> Iterator[Doubt]:
    for table, role, other, option in (
        (pair.first, "metadata.idp", "metadata.sp", "--idp"),
        (pair.second, "metadata.sp", "metadata.idp", "--sp"),
    ):
        title = table.title(role)
        if not table.read(role).items:
            swapped = "; it has the other role, so the files may have been swapped" if table.read(other).items else ""
            yield Doubt(None, Text.of(f"the file given as {option} has no {title}{swapped}"), table.read(role))
        elif not any(_SAML2 in item.raw.split() for item in table.read(f"{role}.protocols").items):
            yield Doubt(None, Text.of(f"the {title} given as {option} does not speak SAML 2.0"), table.read(f"{role}.protocols"))


def _entity_ids(pair: PairTable) -> Iterator[Doubt]:
    idp, sp = pair.both("metadata.entity_id")
    if idp.text and idp.text == sp.text and sp.first:
        yield Doubt(sp.first, Text.of("both have the same entityID"), idp)


def _request_binding(pair: PairTable) -> Iterator[Doubt]:
    offered = pair.first.read("metadata.sso.binding")
    if offered.items and not set(values(offered)) & set(REQUEST_BINDINGS):
        yield Doubt(offered.first, Text.of("it takes requests by ", Slot(", ".join(map(short, values(offered)))), " only"), offered)


def _response_binding(pair: PairTable) -> Iterator[Doubt]:
    taken = pair.second.read("metadata.acs.binding")
    if not taken.items or POST in values(taken) or BINDINGS + "HTTP-POST-SimpleSign" in values(taken):
        return
    if ARTIFACT not in values(taken):
        yield Doubt(taken.first, Text.of("the service takes ", Slot(", ".join(map(short, values(taken)))), " only"), taken)
    elif not pair.first.read("metadata.ars").items:
        why = "the service wants artifacts, and the identity provider has no ArtifactResolutionService"
        yield Doubt(taken.first, Text.of(why), taken)


def _nameid(pair: PairTable) -> Found:
    idp, sp = pair.first.read("metadata.idp.nameid_formats"), pair.second.read("metadata.sp.nameid_formats")
    issued, wanted = set(values(idp)), set(values(sp))
    if not issued or not wanted:
        return Nothing("one of the two names no NameID format, so any will do")
    if issued & wanted or UNSPECIFIED in issued | wanted:
        return iter(())
    words = Text.of("the service wants ", Slot(_list(wanted)), ", the identity provider issues ", Slot(_list(issued)))
    return iter((Doubt(sp.first, words, idp),))


def _signing_key(pair: PairTable) -> Iterator[Doubt]:
    keys = pair.first.read("metadata.idp.signing_keys")
    if not keys.items and pair.first.read("metadata.idp").items:
        yield Doubt(None, Text.of("the identity provider publishes no key for signing"), keys)


_KEYCLOAK = re.compile(r"https?://[^/]+(?:/[^/?#]+)*/realms/[^/?#]+/protocol/saml")


def _wants_signed(pair: PairTable) -> Reading | Nothing:
    """Return where the identity provider says that it wants signed requests, and means it.

    Keycloak writes it for every realm, whatever it asks of the service in question (keycloak/keycloak, issue 15022).
    """
    wants = pair.first.read("metadata.want_authn_requests_signed").first
    if wants is None or wants.value is not True:
        return Nothing("the identity provider does not ask for signed requests")
    return Nothing("Keycloak says the same of every realm") if _is_keycloak(pair) else wants


def _is_keycloak(pair: PairTable) -> bool:
    return any(_KEYCLOAK.fullmatch(item) for item in values(pair.first.read("metadata.sso.location")))


def _client_signature(pair: PairTable) -> Iterator[Doubt]:
    wants = pair.first.read("metadata.want_authn_requests_signed").first
    signs = pair.second.read("metadata.authn_requests_signed").first
    keys = pair.second.read("metadata.sp.signing_keys").items
    if wants is not None and wants.value is True and _is_keycloak(pair) and not (signs and signs.value is True and keys):
        yield Doubt(
            wants, Text.of("the service does not sign its requests" if keys else "the service publishes no key for requests")
        )


def _requests_signed(pair: PairTable) -> Found:
    wants = _wants_signed(pair)
    if isinstance(wants, Nothing):
        return wants
    signs = pair.second.read("metadata.authn_requests_signed")
    if signs.first is not None and signs.first.value is True:
        return iter(())
    said = "says that it does not sign them" if signs.items else "does not say that it signs them"
    return iter((Doubt(signs.first or wants, Text.of(f"the identity provider wants signed requests, and the service {said}")),))


def _request_key(pair: PairTable) -> Found:
    wants = _wants_signed(pair)
    if isinstance(wants, Nothing):
        return wants
    keys = pair.second.read("metadata.sp.signing_keys")
    if keys.items:
        return iter(())
    return iter((Doubt(None, Text.of("the identity provider wants signed requests, and the service publishes no key"), keys),))


def _algorithms(pair: PairTable) -> Found:
    found = []
    compared = False
    for fact, what in (("metadata.algorithms.signing", "signature method"), ("metadata.algorithms.digest", "digest")):
        idp, sp = pair.both(fact)
        if idp.items and sp.items:
            compared = True
            if not set(values(idp)) & set(values(sp)):
                found.append(Doubt(sp.first, Text.of(f"there is no {what} that both list"), idp))
    return iter(found) if compared else Nothing("one of the two lists no algorithms")


def _encryption_key(pair: PairTable) -> Found:
    if not pair.second.read("metadata.sp.encryption_keys").items:
        return Nothing("the service publishes no key for encryption")
    types = pair.second.read("metadata.keys.type")
    others = [item for item in types.items if item.raw != "RSA" and "encryption" in item.label]
    if not others or any(item.raw == "RSA" and "encryption" in item.label for item in types.items):
        return iter(())
    return iter((Doubt(others[0], Text.of("the only key for encryption is of type ", Slot(others[0].raw))),))


def _requested(pair: PairTable) -> Found:
    offered = pair.first.read("metadata.attributes.name")
    if not offered.items:
        return Nothing("the identity provider does not list the attributes that it offers")
    names = set(values(offered))
    wanted = zip(pair.second.read("metadata.requested_attributes.name").items, _required(pair), strict=False)
    return (
        Doubt(item, Text.of("it is not among the attributes offered"), offered)
        for item, must in wanted
        if must and item.raw not in names
    )


def _required(pair: PairTable) -> Iterator[bool]:
    entity = pair.second.entity
    for node in entity.at("md:SPSSODescriptor/md:AttributeConsumingService/md:RequestedAttribute"):
        yield entity.flag(node, "isRequired") is True


def _logout(pair: PairTable) -> Found:
    idp, sp = pair.first.read("metadata.idp.slo.binding"), pair.second.read("metadata.sp.slo.binding")
    if not idp.items or not sp.items:
        return Nothing("one of the two has no SingleLogoutService")
    if set(values(idp)) & set(values(sp)):
        return iter(())
    return iter((Doubt(sp.first, Text.of("there is no binding that both SingleLogoutServices have"), idp),))


def _same_key(pair: PairTable) -> Iterator[Doubt]:
    idp, sp = pair.both("metadata.keys.spki_sha256")
    shared = set(values(idp)) & set(values(sp))
    for item in sp.items:
        if item.raw in shared:
            yield Doubt(item, Text.of("both publish it"), idp)
            return


def _acs_at_idp(pair: PairTable) -> Iterator[Doubt]:
    sign_on = pair.first.read("metadata.sso.location")
    for item in pair.second.read("metadata.acs.location").items:
        if item.raw.strip() in values(sign_on):
            yield Doubt(item, Text.of("it is the sign-on URL of the identity provider"), sign_on)


_ASPECTS: dict[str, Callable[[PairTable], Found]] = {
    "roles": _roles,
    "entity_ids": _entity_ids,
    "request_binding": _request_binding,
    "response_binding": _response_binding,
    "nameid": _nameid,
    "signing_key": _signing_key,
    "requests_signed": _requests_signed,
    "request_key": _request_key,
    "client_signature": _client_signature,
    "algorithms": _algorithms,
    "encryption_key": _encryption_key,
    "requested": _requested,
    "logout": _logout,
    "same_key": _same_key,
    "acs_at_idp": _acs_at_idp,
}
ASPECTS = tuple(_ASPECTS)


def short(uri: str) -> str:
    """Return the last part of a URN as people call it: ``HTTP-POST``, ``persistent``."""
    return uri.rpartition(":")[2] if uri.startswith("urn:oasis:") else uri


def _list(formats: set[str]) -> str:
    return ", ".join(sorted(map(short, formats)))
