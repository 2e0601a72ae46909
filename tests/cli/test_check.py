"""``samlcheck check`` as people run it: what is printed, where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]


def test_a_healthy_login_is_accepted_calmly(samlcheck: Run, login: Login) -> None:
    given = login()
    ran = samlcheck("check", given.response, *given.options)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ACCEPTED  Everything that was checked holds; the service should accept this\n")
    assert "Response: valid; rsa-sha256, key " in ran.out
    for word in ("error", "warning", "Fix ("):
        assert word not in ran.out


def test_a_wrong_audience_is_shown_beside_the_right_one(samlcheck: Run, login: Login) -> None:
    given = login({"assertion.audience": "https://sp.example/saml/metadata/"})
    ran = samlcheck("check", given.response, *given.options)
    assert ran.code == 1
    assert ran.out.startswith("REJECTED")
    assert (
        "       expected: https://sp.example/saml/metadata\n"
        "       actual:   https://sp.example/saml/metadata/\n"
        "                                                 ^ "
    ) in ran.out
    assert "web-sso-profile/audience-mismatch" in ran.out
    assert "Fix (IdP admin): " in ran.out


@pytest.mark.parametrize(
    ("drop", "needs"),
    [("--idp", "--idp"), ("--acs", "--acs or --sp"), ("--audience", "--audience or --sp")],
)
def test_what_is_missing_is_named_and_nothing_is_accepted(samlcheck: Run, login: Login, drop: str, needs: str) -> None:
    given = login()
    options = list(given.options)
    del options[options.index(drop) : options.index(drop) + 2]
    ran = samlcheck("check", given.response, *options)
    assert ran.code == 3
    assert ran.out.startswith("CANNOT TELL")
    assert f"needs {needs}: " in ran.out


def test_json_follows_the_contract_and_says_the_same(samlcheck: Run, login: Login) -> None:
    given = login({"assertion.audience": "urn:other"})
    ran = samlcheck("check", given.response, *given.options, "--json")
    (one,) = ran.json["logins"]
    assert (ran.code, one["verdict"]) == (1, "rejected")
    cause = one["causes"][0]
    assert cause["rule"] == "web-sso-profile/audience-mismatch"
    primary = cause["evidence"][0]
    assert (primary["role"], primary["actual"], primary["expected"]) == ("primary", "urn:other", "https://sp.example/saml/metadata")
    assert primary["xpath"] == "/samlp:Response/saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience"
    assert (primary["line"], primary["column"] > 1) == (1, True)
    assert one["trust"] == {"verdict": "trusted", "covered": ["response", "assertion"], "reason": "ok"}
    assert ran.json["clock"] == "given"


def test_ndjson_is_one_object_a_line(samlcheck: Run, login: Login) -> None:
    given = login()
    ran = samlcheck("check", given.response, given.response, *given.options, "--format", "ndjson")
    lines = ran.out.splitlines()
    assert [json.loads(line)["logins"][0]["verdict"] for line in lines] == ["accepted", "accepted"]


@pytest.fixture
def several(login: Login, tmp_path: Path) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Return a good login, a bad one and an empty file, and the options for all of them."""
    files = {name: tmp_path / f"{name}.txt" for name in ("good", "bad", "empty")}
    for name, edits in (("good", {}), ("bad", {"assertion.audience": "urn:other"})):
        given = login(edits)
        files[name].write_bytes(Path(given.response).read_bytes())
    files["empty"].touch()
    return files, given.options


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_many_inputs_are_told_in_their_order_and_none_hides_another(
    samlcheck: Run, several: tuple[dict[str, Path], tuple[str, ...]], jobs: str
) -> None:
    files, options = several
    names = list(files.values()) * 20
    ran = samlcheck("check", *names, *options, "--format", "ndjson", "--jobs", jobs)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    told = [(row["logins"][0]["verdict"] if row["logins"] else row["problems"][0]["code"]) for row in rows]
    assert told == ["accepted", "rejected", "empty"] * 20
    assert [row["inputs"][0]["name"] for row in rows[:2]] == [str(name) for name in names[:2]]
    assert (ran.code, ran.err) == (1, "")


@pytest.mark.parametrize(
    ("names", "code"), [("good", 0), ("good empty", 4), ("good empty bad", 1)], ids=["good", "unread", "rejected"]
)
def test_the_exit_code_of_many_is_that_of_the_worst(
    samlcheck: Run, several: tuple[dict[str, Path], tuple[str, ...]], names: str, code: int
) -> None:
    files, options = several
    assert samlcheck("check", *(files[name] for name in names.split()), *options, "--format", "ndjson").code == code


def test_jobs_for_another_report_are_not_passed_over_in_silence(samlcheck: Run, login: Login) -> None:
    given = login()
    ran = samlcheck("check", given.response, *given.options, "--jobs", "2")
    assert ran.code == 0
    assert "--jobs is for --format ndjson" in ran.err


PERSON = "mia.lindqvist@example.com"


def test_personal_values_are_masked_in_a_pipe_and_shown_on_request(samlcheck: Run, login: Login) -> None:
    given = login({"assertion.nameid": "mia.lindqvist@example.com "})
    piped = samlcheck("check", given.response, *given.options, "--all")
    shown = samlcheck("check", given.response, *given.options, "--all", "--no-redact")
    on_terminal = samlcheck("check", given.response, *given.options, "--all", tty=True)
    assert PERSON not in piped.out
    assert "m**.l********@example.com" in piped.out
    assert PERSON in shown.out
    assert PERSON in on_terminal.out


def test_output_is_written_whole_and_masked(samlcheck: Run, login: Login, tmp_path: Path) -> None:
    given = login({"assertion.nameid": "mia.lindqvist@example.com "})
    target = tmp_path / "report.json"
    ran = samlcheck("check", given.response, *given.options, "--json", "--output", target)
    assert ran.out == ""
    assert PERSON not in target.read_text()
    assert json.loads(target.read_text())["schema"] == "samlcheck/inspection-1"
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []


def test_output_never_overwrites_an_input(samlcheck: Run, login: Login) -> None:
    given = login()
    before = Path(given.response).read_bytes()
    ran = samlcheck("check", given.response, *given.options, "--output", given.response)
    assert (ran.code, Path(given.response).read_bytes()) == (2, before)
    assert "is also an input" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["check", "no-such-file.xml"], 2, "no-such-file.xml: no such file"),
        (["check", "."], 2, ". is a folder"),
        (["check"], 2, "nothing to read"),
        (["check", "x", "--frobnicate"], 2, "No such option"),
        (["check", "PHNhbWw+", "--at", "yesterday"], 2, "--at yesterday is not an instant"),
        (["check", "PHNhbWw+", "--set", "region"], 2, "expected key=value"),
        (["check", "PHNhbWw+", "--idp", "nothing.pem"], 2, "--idp nothing.pem: no such file"),
        (["check", "PHNhbWw+", "--key-env", "NO_SUCH_VARIABLE_HERE"], 2, "no such environment variable"),
        (["frobnicate"], 2, "No such command"),
    ],
    ids=["missing file", "folder", "nothing", "option", "instant", "set", "idp", "key-env", "command"],
)
def test_a_wrong_command_line_says_what_is_wrong(samlcheck: Run, arguments: list[str], code: int, says: str) -> None:
    ran = samlcheck(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_unknown_service_and_setting_name_the_near_miss(samlcheck: Run, login: Login) -> None:
    given = login()
    options = [item for item in given.options if item not in ("--service", "generic")]
    service = samlcheck("check", given.response, *options, "--service", "amazon-conect")
    setting = samlcheck("check", given.response, *options, "--set", "request_idd=x")
    assert (service.code, setting.code) == (2, 2)
    assert "amazon-connect" in service.err
    assert "request_id" in setting.err


@pytest.mark.parametrize(
    "data",
    [b"", b"   \n", b"hello world", b"\x00\xff\xfe", b"{}", b"<html><body>Bad Gateway</body></html>", b"PHNhbWw+", b"<a/>"],
    ids=["empty", "blank", "words", "octets", "json", "html", "base64 of no XML", "other XML"],
)
def test_what_is_no_saml_is_said_and_ends_with_4(samlcheck: Run, data: bytes) -> None:
    ran = samlcheck("check", stdin=data)
    assert ran.code == 4
    assert ran.out.startswith("UNREADABLE  ")
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize("text", ["", "  "], ids=["empty", "blank"])
def test_an_empty_argument_is_an_empty_paste(samlcheck: Run, text: str) -> None:
    ran = samlcheck("check", text)
    assert (ran.code, ran.out.splitlines()[0]) == (4, "UNREADABLE  There is nothing in the input.")


def test_an_old_response_is_neither_accepted_nor_called_expired(samlcheck: Run, login: Login) -> None:
    given = login({"shift_seconds": "-94608000"})  # three years earlier
    options = [item for item in given.options if item not in ("--at", "2026-05-04T10:00:05Z")]
    ran = samlcheck("check", given.response, *options)
    assert ran.code == 3
    assert "needs --at: " in ran.out
    assert "expired" not in ran.out.split("Not checked")[0]


def test_ignoring_a_rule_is_no_way_to_be_accepted(samlcheck: Run, login: Login) -> None:
    given = login({"assertion.audience": "urn:other"})
    ran = samlcheck("check", given.response, *given.options, "--ignore", "web-sso-profile/audience-mismatch")
    assert ran.code == 3
    assert "left out by --ignore" in ran.out


@pytest.mark.parametrize(("level", "code"), [("error", 1), ("warning", 1), ("never", 0)])
def test_fail_on(samlcheck: Run, login: Login, level: str, code: int) -> None:
    given = login({"assertion.audience": "urn:other"})
    assert samlcheck("check", given.response, *given.options, "--fail-on", level).code == code


def test_a_warning_alone_fails_only_on_request(samlcheck: Run, login: Login) -> None:
    given = login({"signature.algorithm": "sha1"})
    usual = samlcheck("check", given.response, *given.options, "--json")
    strict = samlcheck("check", given.response, *given.options, "--fail-on", "warning")
    assert [c["severity"] for c in usual.json["logins"][0]["causes"]].count("warning") >= 1
    assert (usual.code, strict.code) == (0, 1)


def test_metadata_given_as_a_login_is_named(samlcheck: Run, idp_keys: object) -> None:
    from samlcheck import forge

    metadata = forge.idp_metadata(forge.healthy(), [idp_keys])  # type: ignore[list-item]
    ran = samlcheck("check", stdin=metadata)
    assert ran.code == 4
    assert "This is IdP metadata, not a login" in ran.out


def test_a_request_alone_cannot_be_accepted(samlcheck: Run, login: Login) -> None:
    given = login()
    request = given.forged.request_xml
    assert request is not None
    ran = samlcheck("check", stdin=request)
    assert ran.code == 3
    assert "the SAMLResponse that answers this request" in " ".join(ran.out.split())


def test_second_opinion_stands_beside_ours(samlcheck: Run, login: Login) -> None:
    given = login()
    good = samlcheck("check", given.response, *given.options, "--second-opinion")
    assert "Second opinion (python3-saml): accepts" in good.out
    bad = login({"assertion.audience": "urn:other"})
    ran = samlcheck("check", bad.response, *bad.options, "--second-opinion", "--json")
    opinion = ran.json["logins"][0]["second_opinion"]
    assert (opinion["accepts"], opinion["code"], opinion["rule"], opinion["agrees"]) == (
        False,
        "WRONG_AUDIENCE",
        "web-sso-profile/audience-mismatch",
        True,
    )


def test_head_can_close_the_pipe(login: Login, tmp_path: Path) -> None:
    given = login()
    tool = f"{sys.executable} -m samlcheck check {given.response} --all | head -1"
    env = {**os.environ, "SAMLCHECK_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(["sh", "-c", tool], capture_output=True, text=True, check=False, env=env)
    assert done.stdout.startswith("CANNOT TELL")
    assert done.stderr == ""


def test_a_bug_of_ours_is_said_without_values_and_without_traceback(
    samlcheck: Run, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = login()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SECRET mia.lindqvist@example.com")

    monkeypatch.setattr("samlcheck.engine.inspect", broken)
    ran = samlcheck("check", given.response, *given.options)
    assert ran.code == 70
    assert "a bug of ours: RuntimeError" in ran.err
    assert "There is no verdict" in ran.err
    assert "SECRET" not in ran.err
    assert "Traceback" not in ran.err
