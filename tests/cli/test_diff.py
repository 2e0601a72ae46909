"""``samlcheck diff`` and ``samlcheck metadata --idp --sp`` as people run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck.forge.metadata_edits import forge_metadata
from samlcheck.forge.metadata_recipe import Edits, MetadataRecipe, MetadataRole
from tests.commands import Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
AT = ("--at", "2026-05-04T10:00:00Z")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes forged metadata to a file."""

    def call(name: str, role: MetadataRole = "idp", edits: Edits | None = None) -> Path:
        path = tmp_path / name
        path.write_bytes(forge_metadata(MetadataRecipe(role, edits or {})))
        return path

    return call


def test_files_that_say_the_same_end_well(samlcheck: Run, write: Write) -> None:
    ran = samlcheck("diff", write("old.xml"), write("new.xml", edits={"metadata.cache_duration": "P1D"}), *AT)
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing that partners rely on has changed. Still valid as signing key of the" in ran.out
    assert " ".join(ran.out.split()).endswith("1 entity; nothing found")


def test_a_change_that_breaks_logins_ends_with_1_and_says_who_acts(samlcheck: Run, write: Write) -> None:
    ran = samlcheck("diff", write("old.xml"), write("new.xml", edits={"certificate": "other"}), *AT)
    assert ran.code == 1
    assert "One change breaks logins unless partners act first." in ran.out
    assert "1. All keys that the identity provider signs with are other ones" in ran.out
    assert "error · metadata-key-change/idp-signing-keys-replaced" in ran.out
    assert "Fix (service (SP) admin): Publish the old and the new key side by side" in ran.out
    assert ran.out.index("--> signing key of the identity provider:") < ran.out.index("and as it was:")


def test_what_only_calls_for_action_fails_when_asked_to(samlcheck: Run, write: Write) -> None:
    old, new = write("old.xml", "sp"), write("new.xml", "sp", {"at:md:SPSSODescriptor/md:NameIDFormat[3]": None})
    assert samlcheck("diff", old, new, *AT).code == 0
    assert samlcheck("diff", old, new, *AT, "--fail-on", "warning").code == 1
    assert samlcheck("diff", new, old, *AT, "--fail-on", "warning").code == 0


def test_json_of_a_change_follows_the_contract_and_says_the_same(samlcheck: Run, write: Write) -> None:
    old, new = write("old.xml"), write("new.xml", edits={"metadata.sso.location": "https://new.example/sso"})
    ran = samlcheck("diff", old, new, *AT, "--json")
    (document,) = ran.json["documents"]
    (entity,) = document["entities"]
    assert ran.code == 1
    assert entity["kind"] == "change"
    assert entity["headline"].startswith("2 changes break logins unless partners act first.")
    assert {item["rule"] for item in entity["findings"]} == {"metadata-change/sso-moved"}
    first = entity["findings"][0]["evidence"]
    assert [(item["role"], Path(item["input"]).name, item["actual"]) for item in first] == [
        ("primary", "new.xml", "https://new.example/sso"),
        ("contrast", "old.xml", "https://idp.example/saml/sso"),
    ]
    assert document["summary"]["by_severity"] == {"error": 2, "warning": 0, "note": 0}


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", 4, "The file is empty"),
        (b"<html><body>Sign in</body></html>", 4, "This is a web page, not metadata."),
        (b"not xml", 4, "This is not XML."),
        (b'<EntityDescriptor entityID="https://a.example"/>', 4, "not in the namespace of SAML 2.0 metadata"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', 4, ""),
    ],
    ids=["empty", "html", "text", "namespace", "dtd"],
)
def test_what_cannot_be_compared_ends_with_its_reason(
    samlcheck: Run, write: Write, tmp_path: Path, data: bytes, code: int, words: str
) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_bytes(data)
    for pair in ((bad, write("good.xml")), (write("good.xml"), bad)):
        ran = samlcheck("diff", *pair, *AT)
        assert ran.code == code
        assert words in " ".join(ran.out.split())
        assert "Traceback" not in ran.out + ran.err


def test_a_file_that_is_not_there_is_a_wrong_command_line(samlcheck: Run, write: Write) -> None:
    ran = samlcheck("diff", write("old.xml"), "/nowhere/new.xml")
    assert ran.code == 2
    assert ran.err.startswith("samlcheck: /nowhere/new.xml: no such file")


def test_two_that_fit_are_told_how_a_login_goes(samlcheck: Run, write: Write) -> None:
    ran = samlcheck("metadata", "--idp", write("idp.xml"), "--sp", write("sp.xml", "sp"), *AT)
    assert (ran.code, ran.err) == (0, "")
    words = " ".join(ran.out.split())
    assert "These two can log in together. The request goes by HTTP-Redirect to https://idp.example/saml/sso;" in words
    assert "the response by HTTP-POST to https://sp.example/saml/acs" in words


def test_two_that_do_not_fit_are_told_why_beside_their_own_faults(samlcheck: Run, write: Write) -> None:
    idp = write("idp.xml", edits={"at:md:IDPSSODescriptor/@WantAuthnRequestsSigned": "true", "certificate": "expired"})
    sp = write("sp.xml", "sp", {"at:md:SPSSODescriptor/@AuthnRequestsSigned": "false"})
    ran = samlcheck("metadata", "--idp", idp, "--sp", sp, *AT, "--json")
    entities = [entity for document in ran.json["documents"] for entity in document["entities"]]
    assert ran.code == 1
    assert [entity["kind"] for entity in entities] == ["entity", "entity", "pair"]
    assert [item["rule"] for entity in entities for item in entity["findings"]] == [
        "metadata-keys/expired",
        "metadata-pair/requests-not-signed",
    ]
    assert entities[2]["headline"] == "These two will probably not log in together."


def test_two_that_fit_are_not_praised_while_one_is_faulty(samlcheck: Run, write: Write) -> None:
    idp = write("idp.xml", edits={"metadata.valid_until": "2026-01-01T00:00:00Z"})
    ran = samlcheck("metadata", "--idp", idp, "--sp", write("sp.xml", "sp"), *AT)
    assert ran.code == 1
    assert "These two fit together, but one of them has errors of its own, which come first." in " ".join(ran.out.split())


@pytest.mark.parametrize("option", ["--idp", "--sp"])
def test_half_a_pair_is_a_wrong_command_line(samlcheck: Run, write: Write, option: str) -> None:
    ran = samlcheck("metadata", option, write("one.xml"))
    assert ran.code == 2
    assert ran.err.startswith("samlcheck: --idp and --sp go together here")


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "markdown", "ndjson"])
def test_every_format_takes_changes_and_pairs(samlcheck: Run, write: Write, form: str) -> None:
    old, new = write("old.xml"), write("new.xml", edits={"certificate": "other"})
    ran = samlcheck("diff", old, new, *AT, "--format", form)
    assert (ran.code, ran.err) == (1, "")
    assert "idp-signing-keys-replaced" in ran.out
    ran = samlcheck("metadata", "--idp", new, "--sp", write("sp.xml", "sp", {"certificate": "other"}), *AT, "--format", form)
    assert "metadata-pair/same-key" in ran.out
