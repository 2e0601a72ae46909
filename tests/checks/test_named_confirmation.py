"""Bearer confirmations and audiences of forged logins: which rule speaks, of what, in which words."""

# ruff: noqa: E501 - tables read best with one case a line
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from samlcheck.case import Told
from samlcheck.checks.audiences import audience_restrictions
from samlcheck.checks.confirmation import CONDITIONS, bearer_confirmation
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated
from samlcheck.forge import healthy
from samlcheck.forge.recipe import ACS, BEARER, REQUEST_ID, Confirmation

from .logins import AT, context

SENDER_VOUCHES = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
TOLD = Told(acs=(ACS,))


def login(*confirmations: Confirmation, at: timedelta = timedelta(0), known_request: bool = True, **more: object) -> Context:
    recipe = replace(healthy(), confirmations=confirmations)
    return context(recipe=recipe, at=AT + at, told=TOLD, with_request=known_request, **more)  # type: ignore[arg-type]


def told(result: Result) -> tuple[str, ...]:
    assert isinstance(result, Violated), result
    return tuple(item.detail.plain() or (item.difference.words if item.difference else "") for item in result.violations)


def speaking(given: Context) -> dict[str, tuple[str, ...]]:
    """Return which conditions are violated, each judged by a rule of its own."""
    judged = {name: bearer_confirmation(None, {"conditions": name}, given) for name in CONDITIONS}
    return {name: told(result) for name, result in judged.items() if isinstance(result, Violated)}


def test_a_healthy_one() -> None:
    assert bearer_confirmation(None, {}, login(Confirmation())) == Held()


ALONE = [
    ("method", Confirmation(method=SENDER_VOUCHES), {"method": ("its Method is not bearer",)}),
    ("recipient elsewhere", Confirmation(recipient=ACS + "/"), {"recipient": ("it has a slash at the end",)}),
    ("no recipient", Confirmation(recipient=None), {"recipient": ("Recipient is missing",)}),
    ("no end", Confirmation(not_on_or_after=None), {"not_on_or_after": ("NotOnOrAfter is missing",)}),
    ("ended", Confirmation(not_on_or_after="2026-05-04T09:59:15Z"), {"not_on_or_after": ("it ended 45 seconds earlier",)}),
    ("end is no instant", Confirmation(not_on_or_after="soon"), {"not_on_or_after": ("it is not an xs:dateTime",)}),
    ("not begun", Confirmation(not_before="2026-05-04T10:00:45Z"), {"not_before": ("it begins 45 seconds later, and profiles 4.1.4.2 allows no NotBefore here",)}),
    ("begun", Confirmation(not_before="2026-05-04T10:00:00Z"), {}),
    ("another request", Confirmation(in_response_to="_another"), {"in_response_to": ("it is another value",)}),
    ("no request", Confirmation(in_response_to=None), {"in_response_to": ("InResponseTo is missing although there was a request",)}),
]  # fmt: skip


@pytest.mark.parametrize(("confirmation", "wanted"), [case[1:] for case in ALONE], ids=[case[0] for case in ALONE])
def test_one_rule_speaks(confirmation: Confirmation, wanted: Mapping[str, tuple[str, ...]]) -> None:
    assert speaking(login(confirmation)) == wanted


@pytest.mark.parametrize("broken", [case[1] for case in ALONE if case[2]], ids=[case[0] for case in ALONE if case[2]])
def test_another_one_that_is_fine_is_enough(broken: Confirmation) -> None:
    assert speaking(login(broken, Confirmation())) == {}
    assert speaking(login(Confirmation(), broken)) == {}


def test_each_one_fails_by_its_own() -> None:
    given = login(Confirmation(recipient="https://other.test/acs"), Confirmation(in_response_to="_another"))
    assert speaking(given) == {"recipient": ("another host",), "in_response_to": ("it is another value",)} or set(
        speaking(given)
    ) == {
        "recipient",
        "in_response_to",
    }
    result = bearer_confirmation(None, {"conditions": "in_response_to"}, given)
    assert isinstance(result, Violated)
    assert [item.reading.label for item in result.violations if item.reading] == ["SubjectConfirmation 2"]


def test_no_confirmation_at_all() -> None:
    given = login()
    assert speaking(given) == {"method": ("there is no SubjectConfirmation",)}
    assert bearer_confirmation(None, {"conditions": "recipient"}, given) == Nothing(
        "there is no SubjectConfirmation of the bearer method"
    )
    result = bearer_confirmation(None, {}, given)
    assert isinstance(result, Violated)
    assert result.violations[0].anchor is not None
    assert result.violations[0].expected is not None
    assert result.violations[0].expected.value == BEARER


def test_without_data() -> None:
    given = login(Confirmation(recipient=None, not_on_or_after=None, in_response_to=None))
    assert "data" in speaking(given) or set(speaking(given)) == {"recipient", "not_on_or_after", "in_response_to"}


def test_recipient_unknown_is_not_checked() -> None:
    given = context(recipe=healthy(), at=AT)
    assert bearer_confirmation(None, {"conditions": "recipient"}, given) == Unknown("the endpoints were not given", "--acs or --sp")
    assert bearer_confirmation(None, {"conditions": "not_on_or_after"}, given) == Held()


def test_recipient_from_a_pack() -> None:
    given = context(recipe=healthy(), patterns={"tenant": "[a-z]+"})
    options = {"conditions": "recipient", "recipient": "https://other.test/acs, https://sp.example/{tenant}/acs"}
    assert bearer_confirmation(None, options, given) == Held(("tenant",))


def test_skew_is_tolerated() -> None:
    ended = Confirmation(not_on_or_after="2026-05-04T09:59:15Z")
    assert speaking(login(ended, skew=60)) == {}


def test_an_old_capture_is_not_expired() -> None:
    result = bearer_confirmation(None, {"conditions": "not_on_or_after"}, login(Confirmation(), at=timedelta(hours=5), clock="now"))
    assert isinstance(result, Unknown)
    assert result.needs == "--at"


@pytest.mark.parametrize(
    ("confirmation", "parameters", "wanted"),
    [
        (Confirmation(), {}, Unknown("the ID of the request is not known", "--request, or --set request_id=…")),
        (Confirmation(), {"request_id": REQUEST_ID}, Held()),
        (Confirmation(in_response_to=None), {}, Held()),
    ],
    ids=["unknown", "given", "unsolicited"],
)
def test_in_response_to_without_the_request(confirmation: Confirmation, parameters: Mapping[str, str], wanted: Result) -> None:
    given = login(confirmation, known_request=False, parameters=parameters)
    assert bearer_confirmation(None, {"conditions": "in_response_to"}, given) == wanted


def test_in_response_to_contradicts_the_response() -> None:
    given = login(Confirmation(in_response_to="_another"), known_request=False)
    assert told(bearer_confirmation(None, {"conditions": "in_response_to"}, given)) == ("the response names another request",)


SP = "https://sp.example/saml/metadata"
AUDIENCES = [
    ("the one", ((SP,),), Held()),
    ("among others", (("urn:a", SP),), Held()),
    ("in each restriction", ((SP,), ("urn:a", SP)), Held()),
    ("slash", ((SP + "/",),), ("it has a slash at the end",)),
    ("the ACS", ((ACS,),), ("this is the ACS URL",)),
    ("several, none ours", (("urn:a", SP + "/"),), ("nor is the other audience beside it",)),
    ("second restriction", ((SP,), ("urn:a",)), ("each AudienceRestriction must hold an expected audience, and this one does not",)),
    ("none", (), ("",)),
    ("an empty restriction", ((SP,), ()), ("one AudienceRestriction is empty",)),
]  # fmt: skip


@pytest.mark.parametrize(("audiences", "wanted"), [case[1:] for case in AUDIENCES], ids=[case[0] for case in AUDIENCES])
def test_audiences(audiences: tuple[tuple[str, ...], ...], wanted: object) -> None:
    given = context(recipe=replace(healthy(), audiences=audiences), told=Told(acs=(ACS,), audience=(SP,)))
    result = audience_restrictions(None, {}, given)
    assert told(result) == wanted if isinstance(wanted, tuple) else result == wanted


def test_audience_expected_by_a_pack_shows_the_nearest() -> None:
    given = context({"assertion.audience": "urn:amazon:webservices:govclout"})
    result = audience_restrictions(None, {"expected": "https://signin.aws.amazon.com/saml, urn:amazon:webservices:govcloud"}, given)
    assert isinstance(result, Violated)
    assert result.violations[0].expected is not None
    assert result.violations[0].expected.value == "urn:amazon:webservices:govcloud"
    assert result.violations[0].difference is not None
    assert result.violations[0].difference.kind == "one-character"


def test_audience_unknown_is_not_checked_but_a_missing_one_is() -> None:
    assert isinstance(audience_restrictions(None, {}, context()), Unknown)
    assert isinstance(audience_restrictions(None, {}, context({"assertion.audience": None})), Violated)
