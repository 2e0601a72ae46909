"""Facts of what the user gave: metadata of the IdP and of the service, options, the login name, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from samlcheck.case import Case
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Fact, Reading, Readings, add, fact
from samlcheck.saml.anatomy import Anatomy
from samlcheck.saml.metadata import Endpoint, Entity, entities
from samlcheck.saml.values import iso

NO_METADATA = Readings(unavailable="no metadata of the IdP was given", needs="--idp with metadata")


def _entities(given: Iterable[Anatomy]) -> tuple[Entity, ...]:
    return tuple(chain.from_iterable(map(entities, given)))


def _options(values: Iterable[str], option: str) -> Readings:
    return Readings(tuple(Reading(value, value, label=option) for value in values))


def _entity_ids(found: Iterable[Entity]) -> Readings:
    return Readings(tuple(Reading(item.entity_id, item.entity_id, item.node, label=item.document) for item in found))


def _locations(found: Iterable[Entity], endpoints: Callable[[Entity], Iterable[Endpoint]]) -> Readings:
    each = chain.from_iterable(map(endpoints, found))
    return Readings(tuple(Reading(item.location, item.location, item.node, label=item.binding) for item in each))


@fact("idp.entity_id", "entityID of the IdP", "uri", "From --issuer or the metadata given by --idp", many=True)
def _idp_entity_id(case: Case) -> Readings:
    if case.told.issuer:
        return _options((case.told.issuer,), "--issuer")
    found = _entity_ids(item for item in _entities(case.anchors.metadata) if item.is_idp)
    return (
        found if found.items else Readings(unavailable="the IdP's entityID was not given", needs="--issuer, or --idp with metadata")
    )


@fact(
    "idp.valid_until",
    "validUntil of the IdP metadata",
    "instant",
    "The earliest validUntil of each entity given by --idp",
    many=True,
)
def _idp_valid_until(case: Case) -> Readings:
    if not case.anchors.metadata:
        return NO_METADATA
    ends = ((item, item.valid_until) for item in _entities(case.anchors.metadata))
    return Readings(tuple(Reading(end, iso(end), item.node, label=item.document) for item, end in ends if end is not None))


@fact(
    "idp.key_problems",
    "keys in the IdP metadata",
    "text",
    "Why the metadata given by --idp yields no key to verify signatures with; nothing where there is one",
    many=True,
)
def _idp_key_problems(case: Case) -> Readings:
    if not case.anchors.metadata:
        return NO_METADATA
    if case.anchors.keys:
        return Readings()
    why = tuple(text.plain().rstrip(".") for text in case.anchors.problems) or ("it has no KeyDescriptor",)
    return Readings(tuple(Reading(text, text, label="--idp") for text in why))


@fact("idp.sso_urls", "SingleSignOnService of the IdP", "uri", "Locations in the IdP metadata given", many=True)
def _idp_sso(case: Case) -> Readings:
    found = _locations(_entities(case.anchors.metadata), lambda item: item.single_sign_on)
    return found if found.items else Readings(unavailable="the IdP's endpoints were not given", needs="--idp with metadata")


@fact("sp.entity_id", "entityID of the SP", "uri", "From --audience or the metadata given by --sp", many=True)
def _sp_entity_id(case: Case) -> Readings:
    if case.told.audience:
        return _options(case.told.audience, "--audience")
    found = _entity_ids(item for item in _entities(case.sp) if item.is_sp)
    if found.items:
        return found
    return Readings(unavailable="the audience (entityID of the service) was not given", needs="--audience or --sp")


@fact("sp.acs_urls", "AssertionConsumerService URLs", "uri", "From --acs or the metadata given by --sp", many=True)
def _sp_acs(case: Case) -> Readings:
    if case.told.acs:
        return _options(case.told.acs, "--acs")
    found = _locations(_entities(case.sp), lambda item: item.assertion_consumer)
    return found if found.items else Readings(unavailable="the endpoints were not given", needs="--acs or --sp")


@fact("sp.wants_signed_assertions", "WantAssertionsSigned", "boolean", "Of the SP metadata given")
def _sp_wants(case: Case) -> Readings:
    found = next((item for item in _entities(case.sp) if item.is_sp), None)
    if found is None:
        return Readings(unavailable="no metadata of the service was given", needs="--sp")
    return Readings((Reading(found.want_assertions_signed, str(found.want_assertions_signed).lower(), found.node),))


@fact("idp.wants_signed_requests", "WantAuthnRequestsSigned", "boolean", "Of the IdP metadata given")
def _idp_wants(case: Case) -> Readings:
    if not case.anchors.metadata:
        return NO_METADATA
    found = next((item for item in _entities(case.anchors.metadata) if item.is_idp), None)
    wanted = found is not None and found.want_authn_requests_signed
    return Readings((Reading(wanted, str(wanted).lower(), found.node if found else None),))


def _logout_locations(name: str, whose: str, given: Callable[[Case], Iterable[Anatomy]], needs: str) -> None:
    """Add where logout messages may be sent: requests to the Location, answers to the ResponseLocation where there is one."""

    def read(case: Case) -> Readings:
        if not given(case):
            return Readings(unavailable=f"the endpoints of the {whose} were not given", needs=needs)
        ends = [end for item in _entities(given(case)) for end in item.single_logout]
        places = dict.fromkeys((place, end) for end in ends for place in (end.location, end.response_location) if place)
        return Readings(tuple(Reading(place, place, end.node, label=end.binding) for place, end in places))

    add(Fact(name, f"SingleLogoutService of the {whose}", "uri", read, f"Locations in the {whose} metadata given", many=True))


_logout_locations("idp.slo_urls", "IdP", lambda case: case.anchors.metadata, "--idp with metadata")
_logout_locations("sp.slo_urls", "SP", lambda case: case.sp, "--sp")


@fact("told.user", "login name", "text", "The login name the service knows (--user)", sensitive=True)
def _user(case: Case) -> Readings:
    if not case.told.user:
        return Readings(unavailable="the login name at the service was not given", needs="--user")
    return constant(case.told.user, label="--user", sensitive=True)


@fact("login.at", "time of the login", "instant", "When the login was tried: from the capture or --at, never merely now")
def _login_at(case: Case) -> Readings:
    if case.clock.kind == "now":
        return Readings(unavailable="when the login was tried is not known", needs="--at")
    return constant(iso(case.clock.at), case.clock.at, label="the capture" if case.clock.kind == "capture" else "--at")
