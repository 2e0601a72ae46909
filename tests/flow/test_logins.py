"""Several logins in one recording: legs of a chain, retries, loops, repetitions; and what was told is told of one leg only."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from samlcheck.forge import AT, Keys, edit, forge, healthy
from samlcheck.forge.recording import deviation, har
from samlcheck.inspection import LoginReport
from tests.flow.recorded import ACS, SP, findings, inspect, worrying

BROKER_ACS = "https://broker.example/saml/acs"
BROKER = "https://broker.example/saml/metadata"


def steps(keys: Keys, edits: dict[str, Any], flow: dict[str, Any], *, seed: str, seconds: int) -> list[dict[str, Any]]:
    """Entries of one login, so many seconds after the usual time."""
    sent = edit(healthy(at=AT + timedelta(seconds=seconds), seed=seed), edits)
    entries: list[dict[str, Any]] = json.loads(har(forge(sent, keys), deviation(flow)))["log"]["entries"]
    for entry in entries:
        entry["startedDateTime"] = moved(entry["startedDateTime"], seconds)
        for header in entry["response"]["headers"]:
            if header["name"] == "Date":
                header["value"] = ""
    return entries


def moved(text: str, seconds: int) -> str:
    from datetime import datetime

    return (datetime.fromisoformat(text) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def recording(*logins: list[dict[str, Any]]) -> bytes:
    entries = sorted((entry for login in logins for entry in login), key=lambda entry: str(entry["startedDateTime"]))
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": entries}}).encode()


def upstream(keys: Keys, **edits: Any) -> list[dict[str, Any]]:
    """The leg from the company's own IdP to the broker."""
    audience = {"assertion.audience": BROKER, "acs": BROKER_ACS, "request.issuer": BROKER, "issuer": "https://upstream.example/idp"}
    return steps(
        keys,
        {**audience, "request.destination": "https://upstream.example/sso", **edits},
        {"flow.service_url": "https://broker.example/start", "flow.seconds": "10", "flow.location": "https://broker.example/next"},
        seed="up",
        seconds=0,
    )


def downstream(keys: Keys, **edits: Any) -> list[dict[str, Any]]:
    """The leg from the broker to the service."""
    return steps(keys, edits, {"flow.seconds": "2"}, seed="down", seconds=8)


@pytest.fixture
def chain(idp_keys: Keys, other_keys: Keys) -> tuple[LoginReport, LoginReport]:
    octets = recording(upstream(other_keys), downstream(idp_keys))
    first, second = inspect(octets, idp_keys).logins
    return first, second


def test_each_leg_of_a_chain_is_a_login_with_a_name(chain: tuple[LoginReport, LoginReport]) -> None:
    assert [report.case.login.leg for report in chain] == ["upstream.example to broker.example", "idp.example to sp.example"]
    assert [report.case.login.name for report in chain] == ["login.har (login 1)", "login.har (login 2)"]


def test_what_was_told_is_told_of_the_leg_of_the_service(chain: tuple[LoginReport, LoginReport]) -> None:
    first, second = chain
    assert (first.case.told.acs, first.case.told.audience, first.case.anchors.keys) == ((), (), ())
    assert (second.case.told.acs, second.case.told.audience) == ((ACS,), (SP,))
    assert [worrying(report) for report in chain] == [{}, {}]
    assert [report.diagnosis.verdict for report in chain] == ["cannot-tell", "accepted"]


def test_each_leg_is_judged_by_its_own_fault(idp_keys: Keys, other_keys: Keys) -> None:
    octets = recording(upstream(other_keys), downstream(idp_keys, **{"assertion.audience": "https://sp.example/other"}))
    first, second = inspect(octets, idp_keys).logins
    assert worrying(first) == {}
    assert second.diagnosis.causes[0].finding.rule == "web-sso-profile/audience-mismatch"


def test_requests_go_with_the_responses_that_answer_them(chain: tuple[LoginReport, LoginReport]) -> None:
    for report in chain:
        assert report.case.login.answered


def test_the_steps_of_a_leg_are_its_own(chain: tuple[LoginReport, LoginReport]) -> None:
    first, second = ({step.host for step in report.timeline} for report in chain)
    assert first == {"broker.example", "upstream.example"}
    assert second >= {"sp.example", "idp.example"}


def test_without_any_address_the_last_leg_is_the_one_meant(idp_keys: Keys, other_keys: Keys) -> None:
    octets = recording(upstream(other_keys), downstream(idp_keys))
    first, second = inspect(octets, idp_keys, acs=(), audience=(SP,)).logins
    assert (first.case.told.audience, second.case.told.audience) == ((), (SP,))


def test_a_retry_is_a_login_of_its_own(idp_keys: Keys) -> None:
    refused = steps(idp_keys, {}, {"flow.status": "403", "flow.seconds": "20"}, seed="1", seconds=0)
    taken = steps(idp_keys, {}, {"flow.seconds": "20"}, seed="2", seconds=200)
    first, second = inspect(recording(refused, taken), idp_keys).logins
    assert [report.case.login.rounds for report in (first, second)] == [1, 1]
    assert first.diagnosis.causes[0].finding.rule == "answers/error"
    assert second.diagnosis.verdict == "accepted"
    assert [step.number for step in first.timeline] == [1, 2, 3, 4]
    assert [step.number for step in second.timeline] == [5, 6, 7, 8, 9]


def test_the_rounds_of_a_loop_are_one_login(idp_keys: Keys) -> None:
    rounds = [steps(idp_keys, {}, {"flow.seconds": "2", "flow.ends": "delivery"}, seed=str(n), seconds=5 * n) for n in range(5)]
    (report,) = inspect(recording(*rounds), idp_keys).logins
    assert report.case.login.rounds == 5
    message = findings(report)["flow/redirect-loop"].message.plain()
    assert message.startswith("The login went round 5 times, once every 5 seconds")


def begun_by_the_user(login: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same entries as of a browser that says who began what: the user typed the address of the service."""
    for entry in login:
        entry["request"]["headers"].append({"name": "Sec-Fetch-Mode", "value": "navigate"})
    login[0]["request"]["headers"].append({"name": "Sec-Fetch-User", "value": "?1"})
    return login


def test_retries_are_no_loop(idp_keys: Keys) -> None:
    flow = {"flow.seconds": "2", "flow.status": "403"}
    tries = [begun_by_the_user(steps(idp_keys, {}, flow, seed=str(n), seconds=5 * n)) for n in range(4)]
    reports = inspect(recording(*tries), idp_keys).logins
    assert [report.case.login.rounds for report in reports] == [1, 1, 1, 1]
    assert all("flow/redirect-loop" not in findings(report) for report in reports)


def test_a_loop_after_a_retry_is_told_apart_from_it(idp_keys: Keys) -> None:
    refused = begun_by_the_user(steps(idp_keys, {}, {"flow.seconds": "2", "flow.status": "403"}, seed="t", seconds=0))
    ends = {"flow.seconds": "2", "flow.ends": "delivery"}
    rounds = [steps(idp_keys, {}, ends, seed=str(n), seconds=20 + 3 * n) for n in range(4)]
    first, second = inspect(recording(refused, begun_by_the_user(rounds[0]), *rounds[1:]), idp_keys).logins
    assert [report.case.login.rounds for report in (first, second)] == [1, 4]
    assert first.diagnosis.causes[0].finding.rule == "answers/error"
    assert findings(second)["flow/redirect-loop"].message.plain().startswith("The login went round 4 times, once every 3 seconds")


def test_each_login_is_told_of_its_own_loop(idp_keys: Keys, other_keys: Keys) -> None:
    ends = {"flow.seconds": "1", "flow.ends": "delivery"}
    rounds = [steps(idp_keys, {}, ends, seed=str(n), seconds=30 + 4 * n) for n in range(3)]
    first, second = inspect(recording(upstream(other_keys), *rounds), idp_keys).logins
    assert "flow/redirect-loop" not in findings(first)
    loop = findings(second)["flow/redirect-loop"]
    assert loop.message.plain().startswith("The login went round 3 times, once every 4 seconds")
    assert loop.evidence[0].label == "rounds of the loop (responses to https://sp.example/saml/acs)"


def test_three_logins_in_an_hour_are_no_loop(idp_keys: Keys) -> None:
    logins = [steps(idp_keys, {}, {"flow.seconds": "2"}, seed=str(n), seconds=600 * n) for n in range(3)]
    reports = inspect(recording(*logins), idp_keys).logins
    assert [report.case.login.rounds for report in reports] == [1, 1, 1]
    assert all("flow/redirect-loop" not in findings(report) for report in reports)


def test_a_request_that_nobody_answered_after_the_last_response_is_a_login_too(idp_keys: Keys) -> None:
    elsewhere = steps(
        idp_keys,
        {"request.destination": "https://second.example/sso"},
        {"flow.ends": "idp", "flow.idp_page": "Access denied", "flow.seconds": "2"},
        seed="2",
        seconds=60,
    )
    taken = steps(idp_keys, {}, {"flow.seconds": "2"}, seed="1", seconds=0)
    first, second = inspect(recording(taken, elsewhere), idp_keys).logins
    assert first.diagnosis.verdict == "accepted"
    assert second.case.login.response is None
    assert second.case.login.leg == "sp.example asks second.example"
    assert second.diagnosis.causes[0].finding.rule == "answers/identity-provider"
