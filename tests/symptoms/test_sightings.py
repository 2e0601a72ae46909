"""What pages of a recording, StatusMessage and ``--error`` add to the diagnosis of a login."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samlcheck.engine import Question, inspect, read_captures
from samlcheck.packs.catalogue import CHECKOUT, Catalogue, compile_folder
from samlcheck.saml.values import instant
from samlcheck.source import Artifact
from tests.commands import AT, Given, Ran
from tests.symptoms.recordings import ACS, asked, entry, har

Run = Callable[..., Ran]
Login = Callable[..., Given]
NOT_ASSIGNED = "AADSTS50105: Your administrator has configured the application to block users. The user mia@example.com is blocked."


@pytest.fixture
def check(samlcheck: Run, tmp_path: Path) -> Callable[..., Any]:
    def run(*entries: dict[str, Any], options: tuple[str, ...] = ()) -> Any:
        (tmp_path / "login.har").write_text(har(*entries))
        return samlcheck("check", tmp_path / "login.har", *options, "--json").json["logins"]

    return run


def causes(login: Any) -> list[tuple[str, str]]:
    return [(cause["rule"], cause["confidence"]) for cause in login["causes"]]


def test_a_page_of_the_idp_alone_is_the_cause_with_the_place_to_click(check: Callable[..., Any]) -> None:
    (login,) = check(entry("https://app.example/"), asked(NOT_ASSIGNED))
    assert login["verdict"] == "rejected"
    assert login["headline"] == "The user is not assigned to the application at Entra"
    (cause,) = login["causes"]
    assert (cause["rule"], cause["confidence"], cause["fix_by"]) == ("symptom/microsoft-entra-id-aadsts50105", "likely", "idp")
    assert cause["fix"] == "In Entra, assign the user, or a group the user is a direct member of, to the enterprise application."
    assert any("Users and groups" in step for step in cause["fix_steps"])


def test_what_the_request_asked_for_is_the_value_to_enter(check: Callable[..., Any]) -> None:
    (login,) = check(asked("AADSTS50011: The reply URL does not match the reply URLs configured for the application."))
    (cause,) = login["causes"]
    assert cause["rule"] == "symptom/microsoft-entra-id-aadsts50011"
    assert any(ACS in step for step in cause["fix_steps"])


def test_pages_before_the_response_are_over_and_done(check: Callable[..., Any], login: Login) -> None:
    form = Path(login().response).read_text()
    (found,) = check(asked(), entry("https://login.microsoftonline.com/login", NOT_ASSIGNED), entry(ACS, "Welcome", form=form))
    assert not [rule for rule, _ in causes(found) if rule.startswith("symptom/")]


def test_what_the_service_answers_to_the_response_counts(check: Callable[..., Any], login: Login) -> None:
    form = Path(login().response).read_text()
    (found,) = check(asked(), entry(ACS, "Signature validation failed. SAML Response rejected", status=401, form=form))
    assert ("symptom/python3-saml-invalid-signature", "likely") in causes(found)


def test_a_symptom_confirms_the_rule_that_failed(check: Callable[..., Any], login: Login) -> None:
    given = login({"assertion.audience": "https://sp.example/saml/metadata/"})
    page = "https://sp.example/saml/metadata is not a valid audience for this Response"
    (found,) = check(entry(ACS, page, status=500, form=Path(given.response).read_text()), options=given.options)
    assert causes(found)[0] == ("web-sso-profile/audience-mismatch", "certain")
    assert found["causes"][0]["confirmed_by"] == ["python3-saml-wrong-audience"]
    assert found["symptoms"] == ["python3-saml-wrong-audience"]


def test_words_in_the_query_of_a_redirect_count(check: Callable[..., Any], login: Login) -> None:
    form = Path(login().response).read_text()
    error = "https://gitlab.example/users/auth/failure?message=invalid_ticket&strategy=saml"
    (found,) = check(entry("https://gitlab.example/users/auth/saml/callback", form=form, status=302, location=error))
    assert "gitlab-omniauth-fail" in found["symptoms"]


def test_pages_of_the_next_login_are_not_of_this_one(check: Callable[..., Any]) -> None:
    first, second = check(asked("Please wait"), asked(NOT_ASSIGNED, number=2))
    assert first["symptoms"] == []
    assert second["symptoms"] == ["microsoft-entra-id-aadsts50105"]


@pytest.mark.parametrize(
    "page",
    [
        "Invalid Request",
        "invalid_signature",
        "Method not allowed",
        "Welcome back. Signature invalid? Page not found",
        "RelayState 404",
    ],
)
def test_weak_words_on_a_page_of_another_system_are_nothing(check: Callable[..., Any], page: str) -> None:
    (login,) = check(asked(), entry("https://app.example/news", page))
    assert login["symptoms"] == []
    assert not [rule for rule, _ in causes(login) if rule.startswith("symptom/")]


def test_a_weak_text_on_the_systems_own_page_is_telling(check: Callable[..., Any], login: Login) -> None:
    form = Path(login().response).read_text()
    (found,) = check(entry("https://app.example/login/saml2/sso/one", "invalid_issuer", status=401, form=form))
    assert ("symptom/spring-security-saml2-invalid-issuer", "likely") in causes(found)


def test_a_notice_is_no_cause(check: Callable[..., Any]) -> None:
    (login,) = check(asked("AADSTS50140: keep me signed in?"))
    assert login["symptoms"] == ["microsoft-entra-id-aadsts50140"]
    assert not [rule for rule, _ in causes(login) if rule.startswith("symptom/")]


def test_what_an_idp_passes_on_in_its_status_message_counts(samlcheck: Run, login: Login) -> None:
    given = login({"response.status": "urn:oasis:names:tc:SAML:2.0:status:Responder", "response.status_message": "AADSTS53003: no"})
    (found,) = samlcheck("check", given.response, *given.options, "--json").json["logins"]
    assert "symptom/microsoft-entra-id-aadsts53003" in dict(causes(found))


def test_the_error_that_was_typed_confirms_what_failed(samlcheck: Run, login: Login) -> None:
    given = login({"assertion.audience": "urn:other"})
    error = "AudienceRestrictions conditions not satisfied!"
    (found,) = samlcheck("check", given.response, *given.options, "--error", error, "--json").json["logins"]
    assert found["causes"][0]["confirmed_by"] == ["pysaml2-not-for-me"]


def test_the_error_that_was_typed_is_likely_the_cause_where_nothing_failed(samlcheck: Run, login: Login) -> None:
    given = login()
    ran = samlcheck(
        "check",
        given.response,
        *given.options,
        "--error",
        "Your+account+has+been+authenticated%2C+but+has+not+been+onboarded+to+this+application",
    )
    assert ran.code == 1
    assert ran.out.startswith(
        "REJECTED  AWS accepted the login, but Connect has no user of the name that\n          RoleSessionName gives\n"
    )
    assert "Fix (service (SP) admin): In Connect, give the user the login name that" in ran.out


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ((), (0, "accepted", "warning", [])),
        (
            ("--error", "Invalid SAML Response. Not match the saml-schema-protocol-2.0.xsd"),
            (1, "rejected", "error", ["ruby-saml-rs-schema"]),
        ),
    ],
    ids=["nobody complains", "the service complains"],
)
def test_what_only_some_services_refuse_is_an_error_where_this_one_says_so(
    samlcheck: Run, login: Login, error: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    given = login({"assertion.authn_instant": None})
    ran = samlcheck("check", given.response, *given.options, *error, "--json")
    (found,) = ran.json["logins"]
    (cause,) = found["causes"]
    assert cause["rule"] == "saml-schema/message"
    assert (ran.code, found["verdict"], cause["severity"], cause["confirmed_by"]) == expected


def test_words_alone_are_told_what_they_mean(samlcheck: Run) -> None:
    ran = samlcheck("check", 'WARN type="LOGIN_ERROR" realmId="corp" clientId="urn:app" error="client_not_found"')
    assert ran.code == 4
    assert "make a client whose" in ran.out


def test_a_library_of_services_is_not_who_speaks_in_a_status_message(samlcheck: Run, login: Login) -> None:
    given = login(
        {"response.status": "urn:oasis:names:tc:SAML:2.0:status:Requester", "response.status_message": "Invalid signature"}
    )
    (found,) = samlcheck("check", given.response, *given.options, "--json").json["logins"]
    assert causes(found)[0][0] == "saml-status/requester"


def test_a_weak_error_leaves_the_verdict_open(samlcheck: Run, login: Login) -> None:
    given = login()
    ran = samlcheck("check", given.response, *given.options, "--error", "An unexpected error has occurred", "--json")
    (found,) = ran.json["logins"]
    assert causes(found) == [("symptom/aws-iam-identity-center-idc-unexpected", "guess")]
    assert found["verdict"] != "rejected"


def test_symptom_packs_are_not_decoded_for_a_login_without_words(login: Login) -> None:
    packs = Catalogue.read(compile_folder(CHECKOUT))
    captures, _ = read_captures([Artifact("response.txt", Path(login().response).read_bytes())])
    now = instant(AT)
    assert now is not None
    assert inspect(captures, Question(packs, now)).logins
    assert [name for name in packs.decoded if name.endswith("-symptoms")] == []
