"""The guides are what the packs give, and every command in them does what it is there for."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from docs.make import GUIDES, pages, shown
from docs.pages import INSTANCE, PAGES, PROVIDER, ROLE, SID
from samlcheck import forge
from samlcheck.packs.catalogue import shipped
from samlcheck.packs.model import Symptom
from tests.commands import AT, Ran

Run = Callable[..., Ran]

SECOND = "arn:aws:iam::111122223333:saml-provider/SecondIdP"
ROLE_ATTRIBUTE = "attribute:https://aws.amazon.com/SAML/Attributes/Role"
PROFILE = f"""\
[profile.flex]
service = "twilio-flex"
idp = "idp-metadata.xml"
set = {{connection_sid = "{SID}"}}
"""
LOGINS = {"aws-identity-center": "twilio-flex"}
"""Whose login is used on a page that is about no service."""


def test_the_guides_are_those_that_the_packs_give() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in GUIDES.glob("*.md")}
    made = pages()
    assert sorted(written) == sorted(made), "run make docs"
    assert [name for name in made if written[name] != made[name]] == [], "run make docs"


COMMANDS = [
    (path.stem, line)
    for path in sorted(GUIDES.glob("*.md"))
    for block in re.findall(r"^```sh\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def test_every_page_shows_a_command() -> None:
    assert {page for page, _ in COMMANDS} == {page.name for page in PAGES}


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page} {number}" for number, (page, _) in enumerate(COMMANDS)])
def test_the_commands_work(
    page: str,
    line: str,
    samlcheck: Run,
    idp_keys: forge.Keys,
    other_keys: forge.Keys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_captures(page, tmp_path, idp_keys, other_keys)
    if "--profile" in line:
        (tmp_path / "samlcheck.toml").write_text(PROFILE)
    program, *arguments = shlex.split(line)
    assert program == "samlcheck"
    if arguments[0] == "check" and "login.har" not in arguments:
        arguments += ["--at", AT]  # the page says so: a paste does not know its time
    ran = samlcheck(*arguments)
    assert (ran.code, ran.err) == (0, ""), ran.out
    if arguments[0] == "check":
        assert ran.out.startswith("ACCEPTED")
        assert "error ·" not in ran.out
        assert "warning ·" not in ran.out


def write_captures(page: str, folder: Path, keys: forge.Keys, others: forge.Keys) -> None:
    """Write what the commands of a page name: captures of a healthy login, and what goes with them."""
    if page == "amazon-connect-several-idps":
        for name, provider, style, signer in (("first", PROVIDER, "aws-identity-center", keys), ("second", SECOND, "okta", others)):
            made = forged("amazon-connect", signer, {"style": style, ROLE_ATTRIBUTE: f"{ROLE},{provider}"})
            (folder / f"{name}.txt").write_text(made.form)
            (folder / f"{name}-metadata.xml").write_bytes(made.idp_metadata())
    else:
        service = next(item.service for item in PAGES if item.name == page) or LOGINS[page]
        style = {"style": "aws-identity-center"} if page == "aws-identity-center" else {}
        made = forged(service, keys, style)
        (folder / "response.txt").write_text(made.form)
        (folder / "login.har").write_text(json.dumps(recording(made)))
        (folder / "idp-metadata.xml").write_bytes(made.idp_metadata())
        (folder / "sp-metadata.xml").write_bytes(made.sp_metadata())
    given = {"aws-iam": (ROLE.replace("ConnectAgents", "Readers"), PROVIDER.replace("IdentityCenter", "ExampleIdP"))}
    trusted = [given[page][1]] if page in given else [PROVIDER, SECOND]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": trusted},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }
    access = {
        "Effect": "Allow",
        "Action": "connect:GetFederationToken",
        "Resource": f"arn:aws:connect:us-west-2:111122223333:instance/{INSTANCE}/user/${{aws:userid}}",
    }
    for name, statement in (("role", trust), ("policy", access)):
        (folder / f"{name}.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    (folder / "users.txt").write_text("mia.lindqvist@example.com\nolu.adeyemi@example.com\n")


def forged(service: str, keys: forge.Keys, edits: dict[str, str]) -> forge.Forged:
    """Return the healthy login of a service with some edits."""
    catalogue = shipped()
    base = dict(catalogue.with_examples(catalogue.rules_pack(service)).base.edits)
    if service == "amazon-connect":
        base["assertion.session_not_on_or_after"] = "2026-05-04T22:00:00Z"
    recipe = forge.edit(forge.healthy(), {**base, **edits})
    if recipe.request is not None:
        recipe = forge.edit(recipe, {"request.issuer": recipe.audiences[0][0]})
    return forge.forge(recipe, keys)


def recording(made: forge.Forged) -> dict[str, object]:
    """Return a HAR with the POST of a login and the page that answers it."""
    text = f"SAMLResponse={quote_plus(made.base64)}&RelayState={quote_plus(made.recipe.relay_state or '')}"
    entry = {
        "startedDateTime": "2026-05-04T10:00:03.000Z",
        "time": 120,
        "request": {
            "method": "POST",
            "url": made.recipe.destination,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Content-Type", "value": "application/x-www-form-urlencoded"}],
            "queryString": [],
            "cookies": [],
            "postData": {"mimeType": "application/x-www-form-urlencoded", "text": text},
        },
        "response": {
            "status": 302,
            "statusText": "Found",
            "headers": [],
            "cookies": [],
            "content": {"size": 0, "mimeType": "", "text": ""},
        },
    }
    return {"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": [entry]}}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"RoleSessionName is required in AuthnResponse", "RoleSessionName is required in AuthnResponse"),
        (r"error\W{0,3}45050", "error 45050"),
        (r"Access denied, .{0,40} administrator\.", "Access denied, … administrator."),
        (r"Source Identity must match .{0,80}and not begin with", "Source Identity must match …and not begin with"),
        (r"The (?:user|account) is not (?:yet )?known", "The user is not yet known"),
    ],
)
def test_patterns_are_shown_as_people_see_the_text(pattern: str, text: str) -> None:
    assert shown(Symptom("x", pattern=pattern)) == text
