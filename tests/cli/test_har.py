"""``samlcheck har``: the timeline, the diagnosis and who broke it, in text and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samlcheck.forge import Keys, healthy, idp_metadata
from tests.commands import Ran
from tests.flow.dialects import DIALECTS
from tests.flow.recorded import ACS, SP, Edits, recording

Check = Callable[..., Ran]
LOST: Edits = {
    "flow.set_cookie": "sessionid=4f; Path=/; HttpOnly; SameSite=Lax",
    "flow.cookie": None,
    "flow.status": "500",
    "flow.page": "Unsolicited response for ada@corp.example",
}


@pytest.fixture
def given(samlcheck: Check, tmp_path: Path, idp_keys: Keys) -> Callable[..., Ran]:
    """Return a function that runs a command on the recording of a login."""
    metadata = tmp_path / "idp.xml"
    metadata.write_bytes(idp_metadata(healthy(), (idp_keys,)))

    def call(command: str, edits: Edits, *more: str, dialect: str = "chrome") -> Ran:
        file = tmp_path / "login.har"
        file.write_bytes(DIALECTS[dialect](recording(idp_keys, edits)))
        return samlcheck(command, file, "--idp", metadata, "--acs", ACS, "--audience", SP, *more)

    return call


TIMELINE = """\
recorded by Chrome
   1     +0.0 s  302 GET  sp.example/
         sets sessionid=…; Path=/; HttpOnly; SameSite=Lax
         leads to idp.example/saml/sso
   2     +0.4 s  200 GET  idp.example/saml/sso
         carries SAMLRequest, RelayState
         sends cookie idp_device
   3    +28.7 s  200 POST idp.example/login
         carries form with SAMLResponse
         sends cookie idp_device
   4    +29.2 s  500 POST sp.example/saml/acs
         carries SAMLResponse, RelayState
         sends no cookies
         says Unsolicited response for ada@corp.example

REJECTED  The service's session cookie is not sent along with the response
          (SameSite)
"""


def test_the_timeline_comes_first_then_the_diagnosis(given: Callable[..., Ran]) -> None:
    ran = given("har", LOST, "--no-redact")
    assert ran.code == 1
    assert ran.out.startswith("Timeline of ")
    assert ran.out[ran.out.index("recorded by") :].startswith(TIMELINE)
    assert "          Broken by: the service\n" in ran.out


def test_what_pages_said_is_masked_in_a_pipe(given: Callable[..., Ran]) -> None:
    ran = given("har", LOST)
    assert "ada@corp.example" not in ran.out
    assert "4f" not in [word for line in ran.out.splitlines() for word in line.replace(";", "=").split("=")]


def test_check_shows_the_timeline_only_when_asked(given: Callable[..., Ran]) -> None:
    assert "Timeline" not in given("check", LOST).out
    assert given("check", LOST, "--timeline").out == given("har", LOST).out


def test_json_holds_the_steps_and_the_owner(given: Callable[..., Ran]) -> None:
    (login,) = given("har", LOST, "--json").json["logins"]
    assert (login["owner"], login["leg"], login["rounds"]) == ("sp", "", 1)
    steps = login["timeline"]
    assert [(step["step"], step["offset_ms"], step["method"], step["host"], step["path"], step["status"]) for step in steps] == [
        (1, 0, "GET", "sp.example", "/", 302),
        (2, 400, "GET", "idp.example", "/saml/sso", 200),
        (3, 28700, "POST", "idp.example", "/login", 200),
        (4, 29200, "POST", "sp.example", "/saml/acs", 500),
    ]
    assert steps[0]["cookies_set"] == ["sessionid=…; Path=/; HttpOnly; SameSite=Lax"]
    assert [step["cookies_sent"] for step in steps] == [[], ["idp_device"], ["idp_device"], []]
    assert [step["carried"] for step in steps] == [
        [],
        ["SAMLRequest", "RelayState"],
        ["form with SAMLResponse"],
        ["SAMLResponse", "RelayState"],
    ]
    assert steps[0]["leads_to"] == "idp.example/saml/sso"
    assert steps[0]["at"] == "2026-05-04T09:59:31Z"


def test_an_accepted_login_has_no_owner(given: Callable[..., Ran]) -> None:
    ran = given("har", {}, "--json")
    assert ran.code == 0
    assert ran.json["logins"][0]["owner"] is None
    assert "Broken by" not in given("har", {}).out


def test_a_paste_has_no_timeline_and_that_is_said(samlcheck: Check, tmp_path: Path, idp_keys: Keys) -> None:
    from samlcheck.forge import forge

    ran = samlcheck("har", forge(healthy(), idp_keys).base64, "--at", "2026-05-04T10:00:05Z")
    assert "samlcheck: what was given is no recording, so there is no timeline\n" in ran.err
    assert "Timeline" not in ran.out
    login = samlcheck("check", forge(healthy(), idp_keys).base64, "--json").json["logins"][0]
    assert login["timeline"] == []


def test_what_the_recording_lacks_is_said_first_with_steps(given: Callable[..., Ran]) -> None:
    ran = given("har", {"flow.body": "missing", "flow.status": "400"})
    assert ran.code == 1
    assert "REJECTED  The recording lacks the SAMLResponse that was posted\n" in ran.out
    assert "Fix (whoever made the capture): Record again with Chrome" in ran.out
    assert "1. Open one private window, after closing all others of that kind." in ran.out
    assert "Broken by" not in ran.out


def test_a_recording_without_response_cannot_be_told(given: Callable[..., Ran]) -> None:
    ran = given("har", {"flow.ends": "idp"})
    assert ran.code == 3
    assert "The recording ends before there is a response" in ran.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("<!doctype html><html><body>Not found</body></html>", "", id="html"),
        pytest.param('{"log": {"entries": []}}', "This HAR of 0 requests holds no SAML message.", id="empty"),
        pytest.param('{"anything": [1, 2]}', "", id="other-json"),
        pytest.param(
            '{"log": {"entries": [{"request": {"url": "https://a.exa', "holds no SAML message, and it breaks off.", id="cut"
        ),
    ],
)
def test_bad_files_end_with_four_and_a_reason(samlcheck: Check, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "x.har"
    file.write_text(text)
    ran = samlcheck("har", file)
    assert ran.code == 4
    assert says in " ".join(ran.out.split()) + " ".join(ran.err.split())
    assert "Traceback" not in ran.err


def test_a_large_file_is_mapped(samlcheck: Check, tmp_path: Path, idp_keys: Keys) -> None:
    made: dict[str, Any] = recording(idp_keys, {})
    filler = json.loads(json.dumps(made["log"]["entries"][-1]))
    filler["request"]["url"] = "https://cdn.example/a.js"
    filler["response"]["content"] = {"mimeType": "text/javascript", "text": "x" * (9 << 20)}
    made["log"]["entries"].append(filler)
    file = tmp_path / "large.har"
    file.write_text(json.dumps(made))
    (login,) = samlcheck("har", file, "--json").json["logins"]
    assert len(login["timeline"]) == 5


def test_a_text_that_is_no_recording_is_not_mapped(samlcheck: Check, tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_text("[" + "1," * (5 << 20) + "1]")
    ran = samlcheck("har", file)
    assert ran.code == 4
    assert "larger than 8 MiB" in ran.out + ran.err
