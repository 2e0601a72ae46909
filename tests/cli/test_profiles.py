"""Profiles of ``samlcheck.toml``: what they give, what the command line takes from them, and what is said of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from samlcheck.cli import profile as profiles
from tests.commands import AT, Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]

PROFILE = """\
[profile.acme]
service = "generic"
idp = "idp.pem"
acs = "https://sp.example/saml/acs"
audience = ["https://sp.example/saml/metadata"]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a function that writes samlcheck.toml into the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = tmp_path / "samlcheck.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


Config = Callable[[str], Path]


def test_a_profile_gives_what_the_verdict_needs(samlcheck: Run, login: Login, config: Config) -> None:
    given = login()
    config(PROFILE)
    ran = samlcheck("check", given.response, "--profile", "acme", "--at", AT)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("ACCEPTED")


def test_the_command_line_takes_the_place_of_the_profile(samlcheck: Run, login: Login, config: Config) -> None:
    given = login()
    config(PROFILE)
    ran = samlcheck("check", given.response, "--profile", "acme", "--at", AT, "--audience", "urn:other", "--json")
    cause = ran.json["logins"][0]["causes"][0]
    assert (ran.code, cause["rule"], cause["evidence"][0]["expected"]) == (1, "web-sso-profile/audience-mismatch", "urn:other")


def test_parameters_say_that_they_come_from_the_profile(samlcheck: Run, login: Login, config: Config) -> None:
    given = login()
    config(
        PROFILE
        + 'set = {nameid_format = "urn:a", max_session_duration = 3600, allow_unsolicited = true, seen_ids = ["_1", "_2"]}\n'
    )
    ran = samlcheck("check", given.response, "--profile", "acme", "--at", AT, "--set", "nameid_format=urn:b", "--json")
    values = {name: value for pack in ran.json["packs"] for name, value in pack["parameters"].items()}
    assert values["nameid_format"] == {"value": "urn:b", "from": "given"}
    assert values["max_session_duration"] == {"value": "3600", "from": "profile acme"}
    assert values["allow_unsolicited"] == {"value": "true", "from": "profile acme"}
    text = samlcheck("check", given.response, "--profile", "acme", "--at", AT).out
    assert "Parameters: allow_unsolicited=true (profile acme);" in text


def test_files_are_beside_the_toml_and_it_is_found_upward(
    samlcheck: Run, login: Login, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = login()
    config(PROFILE)
    below = tmp_path / "captures" / "today"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    ran = samlcheck("check", given.response, "--profile", "acme", "--at", AT)
    assert (ran.code, ran.err) == (0, "")


def test_users_come_from_a_file_beside_the_toml(samlcheck: Run, login: Login, config: Config, tmp_path: Path) -> None:
    login()
    config(PROFILE + 'users = "@users.txt"\n')
    (tmp_path / "users.txt").write_text("# the instance\nmia@example.com\n\nolu@example.com\n")
    chosen = profiles.chosen("acme", None, tmp_path)
    assert chosen.set == {"users": "mia@example.com,olu@example.com"}


def test_every_setting_reaches_the_profile(config: Config, tmp_path: Path) -> None:
    config("""\
[profile.all]
service = "twilio-flex"
pack = "own.yaml"
idp = ["a.xml", "b.xml"]
sp = "sp.xml"
acs = "https://sp.example/acs"
audience = "urn:sp"
issuer = "urn:idp"
skew = 0
key = "key.pem"
iam_role = "role.json"
iam_policy = "policy.json"
select = ["signatures"]
ignore = ["security"]
concern = ["login", "security"]
fail_on = "warning"
users = ["mia", "olu"]
[profile.all.set]
connection_sid = "JQ0123456789abcdef0123456789abcdef"
""")
    assert profiles.chosen("all", None, tmp_path) == profiles.Profile(
        "all", "twilio-flex", ("own.yaml",), ("a.xml", "b.xml"), ("sp.xml",), ("https://sp.example/acs",), ("urn:sp",), "urn:idp",
        0,
        ("key.pem",), ("role.json",), ("policy.json",), ("signatures",), ("security",), ("login", "security"), "warning",
        {"users": "mia,olu", "connection_sid": "JQ0123456789abcdef0123456789abcdef"},
    )  # fmt: skip


def test_the_documented_file_is_one(config: Config, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
    config(page.partition("```toml\n")[2].partition("```")[0])
    (tmp_path / "users.txt").write_text("mia\n")
    connect, payroll = (profiles.chosen(name, None, tmp_path) for name in ("connect", "payroll"))
    assert (connect.iam_role, connect.set["users"], connect.set["region"]) == (("policies/role.json",), "mia", "us-west-2")
    assert (payroll.pack, payroll.skew, payroll.fail_on) == (("acme-payroll.yaml",), 120, "warning")
    for key in profiles._KINDS:
        assert f"`{key}`" in page


def test_what_a_profile_holds_is_what_the_file_may_say() -> None:
    assert {item.name for item in fields(profiles.Profile)} - {"name"} == set(profiles._KINDS) - {"users"}


def test_default_is_used_without_being_asked_for(samlcheck: Run, login: Login, config: Config) -> None:
    given = login()
    config(PROFILE.replace("acme", "default"))
    ran = samlcheck("check", given.response, "--at", AT)
    assert (ran.code, ran.err) == (0, "")


def test_a_single_profile_is_named_but_not_used(samlcheck: Run, login: Login, config: Config) -> None:
    given = login()
    path = config(PROFILE)
    ran = samlcheck("check", given.response, "--at", AT)
    assert ran.code == 3
    assert ran.err == f"samlcheck: {path} has the profile acme; --profile NAME uses one\n"


def test_a_file_of_another_user_is_left_alone(
    samlcheck: Run, login: Login, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which keys are trusted: one that lies in a shared folder must not be taken up unasked."""
    given = login()
    path = config(PROFILE.replace("acme", "default"))
    monkeypatch.setattr(profiles, "_is_ours", lambda _: False)
    ran = samlcheck("check", given.response, "--at", AT)
    assert ran.code == 3
    assert ran.err == f"samlcheck: {path} belongs to another user and is left alone; --config {path} uses it all the same\n"
    assert samlcheck("check", given.response, "--at", AT, "--config", path).code == 0


MISTAKES = {
    "unknown key": (
        PROFILE + 'audiance = "x"\n',
        "samlcheck.toml:6: a profile has no audiance (did you mean audience?)",
    ),
    "key with a hyphen": (
        PROFILE + 'iam-role = "role.json"\n',
        "samlcheck.toml:6: a profile has no iam-role (did you mean iam_role?)",
    ),
    "unknown table": (
        "[profiles.acme]\n",
        "samlcheck.toml:1: unknown table profiles",
    ),
    "setting outside a profile": (
        '\n[profile]\nservice = "generic"\n',
        "samlcheck.toml:2: a profile is a table with a name",
    ),
    "number instead of a text": (
        "[profile.acme]\nissuer = 1\n",
        "samlcheck.toml:2: issuer is a text, not a number",
    ),
    "text instead of a number": (
        '[profile.acme]\n\nskew = "60"\n',
        "samlcheck.toml:3: skew is a whole number of seconds from 0 to 86400",
    ),
    "wrong word": (
        '[profile.acme]\nfail_on = "warnings"\n',
        "samlcheck.toml:2: fail_on is one of error, warning, never (did you mean warning?)",
    ),
    "list of the wrong things": (
        "[profile.acme]\nidp = [1, 2]\n",
        "samlcheck.toml:2: idp is a text or a list of texts",
    ),
    "set is no table": (
        '[profile.acme]\nset = "region=us-west-2"\n',
        "samlcheck.toml:2: set is a table of parameters",
    ),
    "parameter in a table of its own": (
        '[profile.other]\n[profile.acme.set]\nregion = "us-west-2"\nusers = 1.5\n',
        "samlcheck.toml:4: users is a text, not a date or number",
    ),
    "no TOML": (
        "[profile.acme]\nservice = generic\n",
        "samlcheck.toml:2:11: this is not TOML: invalid value",
    ),
    "leading zero": (
        "[profile.acme]\nset = {account_id = 012345678901}\n",
        "samlcheck.toml:2:22: this is not TOML: ",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named_with_their_place(samlcheck: Run, config: Config, name: str) -> None:
    text, says = MISTAKES[name]
    path = config(text)
    ran = samlcheck("check", "PHNhbWw+", "--profile", "acme")
    assert ran.code == 2
    assert f"samlcheck: {path.parent}/{says}" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--profile", "acne"], "has no such profile (did you mean acme?)\n  It has acme."),
        (["--config", "other.toml"], "--config other.toml: no such file"),
        (["--profile", "acme", "--config", "."], ". is a folder"),
    ],
    ids=["unknown profile", "missing file", "folder"],
)
def test_what_is_not_there_is_said(samlcheck: Run, config: Config, arguments: list[str], says: str) -> None:
    config(PROFILE)
    ran = samlcheck("check", "PHNhbWw+", *arguments)
    assert ran.code == 2
    assert says in ran.err


def test_without_a_file_a_profile_cannot_be_asked_for(samlcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = samlcheck("check", "PHNhbWw+", "--profile", "acme")
    assert ran.code == 2
    assert ran.err == (
        "samlcheck: --profile acme: there is no samlcheck.toml in this folder or one above\n"
        "  Write [profile.acme] into a file samlcheck.toml, or name the file with --config.\n"
    )


def test_an_unknown_parameter_is_laid_to_the_profile(samlcheck: Run, login: Login, config: Config) -> None:
    given = login()
    config(PROFILE + 'set = {conection_sid = "JQ0"}\n')
    ran = samlcheck("check", given.response, "--profile", "acme", "--at", AT)
    assert ran.code == 2
    assert (
        "samlcheck: profile acme: conection_sid: no selected pack has such a parameter (did you mean `connection_sid`?)" in ran.err
    )
