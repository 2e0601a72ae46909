"""``samlcheck metadata`` on the command line: which files, which exit code, what is printed where."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from samlcheck.forge import Keys
from tests import schemas
from tests.commands import SCHEMA, Ran
from tests.lint.files import NAMES, aggregate, entity

GOOD = entity("good", names=NAMES)
BAD = entity("bad", names=NAMES).replace(' index="0"', "")
RULE = "metadata-schema/attribute-missing"
AT = ("--at", "2026-05-04T10:00:00Z")
Run = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.xml").write_text(GOOD)
    (tmp_path / "bad.xml").write_text(BAD)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "many.XML").write_text(aggregate(entity("a"), entity("b")))
    (tmp_path / "below" / "notes.txt").write_text("no metadata")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "names"),
    [
        (["good.xml"], 0, ["good.xml"]),
        (["bad.xml"], 1, ["bad.xml"]),
        (["good.xml", "bad.xml"], 1, ["good.xml", "bad.xml"]),
        (["."], 1, ["bad.xml", "good.xml", "below/many.XML"]),
        (["*.xml"], 1, ["bad.xml", "good.xml"]),
        (["**/*.XML"], 0, ["below/many.XML"]),
        (["below"], 0, ["below/many.XML"]),
        (["bad.xml", "--fail-on", "never"], 0, ["bad.xml"]),
        (["bad.xml", "--ignore", RULE], 0, ["bad.xml"]),
        (["bad.xml", "--select", "metadata-keys"], 0, ["bad.xml"]),
        (["bad.xml", "--concern", "security"], 0, ["bad.xml"]),
        (["good.xml", "--fail-on", "warning"], 0, ["good.xml"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_files_named_are_linted(samlcheck: Run, folder: Path, arguments: list[str], code: int, names: list[str]) -> None:
    ran = samlcheck("metadata", *arguments, "--json", *AT)
    assert ran.code == code, ran.out
    assert [item["name"] for item in ran.json["documents"]] == names
    assert ran.err == ""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "nothing to lint"),
        (["gone.xml"], 2, "gone.xml: no such file"),
        (["*.gone"], 2, "*.gone matches no file"),
        (["empty"], 2, "the folder empty holds no *.xml"),
        (["good.xml", "--ruleset", "web-ss"], 2, "did you mean"),
        (["good.xml", "--select", "metadata-schema/attribute-mising"], 2, "did you mean"),
        (["good.xml", "--update-baseline"], 2, "--update-baseline needs --baseline FILE"),
        (["good.xml", "--entity", "https://x"], 2, "--entity https://x: no file holds this entity"),
        (["good.xml", "--signed-by", "good.xml"], 2, "no key"),
        (["good.xml", "--baseline", "bad.xml"], 2, "no baseline"),
        (["good.xml", "--output", "good.xml"], 2, "is also an input"),
        (["good.xml", "--jobs", "0"], 2, "jobs"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line_is_explained(samlcheck: Run, folder: Path, arguments: list[str], code: int, words: str) -> None:
    (folder / "empty").mkdir()
    ran = samlcheck("metadata", *arguments)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_that_may_not_be_read_is_named(samlcheck: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(top: Path, onerror: Callable[[OSError], None]) -> list[object]:
        onerror(PermissionError(13, "Permission denied", str(top / "secret")))
        return []

    monkeypatch.setattr(os, "walk", walk)
    ran = samlcheck("metadata", "below")
    assert (ran.code, ran.out) == (4, "")
    assert "secret cannot be read: permission denied" in ran.err


@pytest.mark.parametrize(
    ("namespace", "name"),
    [("urn:liberty:metadata:2003-08", "Liberty ID-FF"), ("urn:oasis:names:tc:SAML:1.0:metadata", "SAML 1.x")],
)
def test_metadata_of_older_protocols_is_named(samlcheck: Run, tmp_path: Path, namespace: str, name: str) -> None:
    (tmp_path / "old.xml").write_text(f'<EntityDescriptor xmlns="{namespace}" providerID="https://x.example"/>')
    ran = samlcheck("metadata", tmp_path / "old.xml", *AT)
    assert ran.code == 4
    assert f"This is metadata of {name} and not of SAML 2.0." in ran.out


def test_a_subfolder_that_may_not_be_read_does_not_stop_the_others(
    samlcheck: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = os.walk

    def half(top: Path, onerror: Callable[[OSError], None] | None = None) -> list[object]:
        if onerror is not None:
            onerror(PermissionError(13, "Permission denied", str(top / "secret")))
        return list(walk(top))

    monkeypatch.setattr(os, "walk", half)
    ran = samlcheck("metadata", "below", "--json", *AT)
    assert ran.code == 4
    assert [item["summary"]["complete"] for item in ran.json["documents"]].count(False) == 1
    assert len(ran.json["documents"]) > 1
    assert "secret cannot be read: permission denied" in ran.json["problems"][0]["message"]


def test_a_file_that_may_not_be_read_does_not_stop_the_others(
    samlcheck: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refuse(self: Path, *arguments: object, **options: object) -> object:
        if self.name == "bad.xml" and "rb" in arguments:
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    ran = samlcheck("metadata", "bad.xml", "good.xml", "--json", *AT)
    assert ran.code == 4
    assert [item["summary"]["complete"] for item in ran.json["documents"]] == [False, True]
    assert ran.json["problems"][0]["code"] == "cannot-read"


def test_a_cut_is_told_after_the_findings_before_it(samlcheck: Run, folder: Path) -> None:
    whole = aggregate(BAD, entity("next"), entity("last"))
    (folder / "cut.xml").write_text(whole[: whole.index("last.example/acs")])
    ran = samlcheck("metadata", "cut.xml", *AT)
    assert ran.code == 4
    assert ran.out.index("attribute-missing") < ran.out.index("UNREADABLE  The file ends too early: at byte")
    assert "inside entity 3" in ran.out.replace("\n            ", " ")
    assert "2 entities; 1 error" in ran.out


def test_standard_input(samlcheck: Run, folder: Path) -> None:
    ran = samlcheck("metadata", "-", "--json", *AT, stdin=BAD)
    assert ran.code == 1
    assert ran.json["documents"][0]["name"] == "standard input"
    assert samlcheck("metadata", "-", *AT, stdin="").code == 4


def test_the_report_for_people(samlcheck: Run, folder: Path) -> None:
    ran = samlcheck("metadata", "bad.xml", *AT)
    assert ran.code == 1
    assert ran.out.startswith(
        "https://bad.example/sp\nservice provider, bad.xml:1:1\n\n1. A required attribute is missing\n"
        "   error · metadata-schema/attribute-missing\n"
        "   AssertionConsumerService has no attribute index, which it must have.\n"
    )
    assert "bad.xml: 1 entity; 1 error" in ran.out
    assert ran.err == ""


def test_what_was_not_checked_is_said_with_what_it_needs(samlcheck: Run, folder: Path, idp_keys: Keys) -> None:
    from tests.lint.test_survey import single

    (folder / "signed.xml").write_text(single(idp_keys))
    (folder / "key.pem").write_bytes(idp_keys.certificate_pem)
    ran = samlcheck("metadata", "signed.xml", *AT)
    assert "not checked: signed, not verified: needs --signed-by" in ran.out
    assert "not checked" not in samlcheck("metadata", "signed.xml", "--signed-by", "key.pem", *AT).out


def test_all_formats_say_the_same_rules_and_json_fits_the_schema(samlcheck: Run, folder: Path) -> None:
    for form in ("text", "json", "ndjson", "sarif", "junit", "github", "markdown"):
        ran = samlcheck("metadata", "bad.xml", "good.xml", "--format", form, *AT)
        assert ran.code == 1
        assert RULE in ran.out, form
        assert samlcheck("metadata", "bad.xml", "--format", form, "--output", f"out.{form}", *AT).out == ""
        assert RULE in (folder / f"out.{form}").read_text()
    schemas.sarif((folder / "out.sarif").read_text())
    lines = [json.loads(line) for line in samlcheck("metadata", ".", "--format", "ndjson", *AT).out.splitlines()]
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    assert sum(line["documents"][0]["summary"] is not None for line in lines) == 3
    assert sum(len(line["documents"][0]["entities"]) for line in lines) == 5


def test_a_baseline_keeps_known_findings_out(samlcheck: Run, folder: Path) -> None:
    made = samlcheck("metadata", "bad.xml", "--baseline", "known.json", "--update-baseline", *AT)
    assert made.code == 0
    assert "findings are now known in known.json" in made.err
    again = samlcheck("metadata", "bad.xml", "--baseline", "known.json", *AT)
    assert again.code == 0
    assert "known to the baseline" in again.out
    (folder / "bad.xml").write_text(BAD.replace(' Location="https://bad.example/acs"', ""))
    assert samlcheck("metadata", "bad.xml", "--baseline", "known.json", "--json", *AT).json["documents"][0]["entities"][0]["known"]


def test_settings_are_taken_from_samlcheck_toml(samlcheck: Run, folder: Path) -> None:
    (folder / "samlcheck.toml").write_text(f'[metadata]\nignore = ["{RULE}"]\nfail_on = "warning"\n')
    assert samlcheck("metadata", "bad.xml", *AT).code == 0
    assert samlcheck("metadata", "bad.xml", "--ignore", "metadata-keys", *AT).code == 1
    (folder / "samlcheck.toml").write_text('[metadata]\nrulset = "edugain"\n')
    ran = samlcheck("metadata", "bad.xml", *AT)
    assert ran.code == 2
    assert "samlcheck.toml:2: [metadata] has no rulset (did you mean ruleset?)" in ran.err


@pytest.mark.parametrize("value", ['days = "x"', "jobs = 0", 'fail_on = "x"', "ruleset = 3", "select = 1"])
def test_a_wrong_setting_is_told_with_its_line(samlcheck: Run, folder: Path, value: str) -> None:
    (folder / "samlcheck.toml").write_text(f"[metadata]\n{value}\n")
    ran = samlcheck("metadata", "good.xml")
    assert ran.code == 2
    assert "samlcheck.toml:2" in ran.err


def test_one_entity_only_errors_and_several_processes(samlcheck: Run, folder: Path) -> None:
    (folder / "all.xml").write_text(aggregate(entity("a"), BAD, entity("c")))
    one = samlcheck("metadata", "all.xml", "--entity", "https://bad.example/sp", "--json", *AT)
    assert [item["name"] for item in one.json["documents"][0]["entities"]] == ["https://bad.example/sp"]
    alone = samlcheck("metadata", "all.xml", "--json", "--all", *AT).json
    assert samlcheck("metadata", "all.xml", "--jobs", "2", "--json", "--all", *AT).json == alone
    errors = samlcheck("metadata", "all.xml", "--only-errors", "--all", "--json", *AT).json
    severities = {item["severity"] for one in errors["documents"][0]["entities"] for item in one["findings"]}
    assert severities == {"error"}


def test_check_writes_the_shared_formats_too(samlcheck: Run, login: Callable[..., object]) -> None:
    given = login({"assertion.audience": "https://other.example/"})
    for form in ("sarif", "junit", "github", "markdown"):
        ran = samlcheck("check", given.response, *given.options, "--format", form)  # type: ignore[attr-defined]
        assert ran.code == 1
        assert "web-sso-profile/audience-mismatch" in ran.out, form
    log = json.loads(samlcheck("check", given.response, *given.options, "--format", "sarif").out)  # type: ignore[attr-defined]
    location = log["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("response.txt")
    assert "region" not in location["physicalLocation"], "the decoded XML is not the file"
    assert location["logicalLocations"][0]["fullyQualifiedName"].endswith("saml:Audience")


def test_check_keeps_the_region_where_the_input_is_the_xml(samlcheck: Run, login: Callable[..., object], tmp_path: Path) -> None:
    given = login({"assertion.audience": "https://other.example/"})
    (tmp_path / "response.xml").write_bytes(given.forged.xml)  # type: ignore[attr-defined]
    ran = samlcheck("check", tmp_path / "response.xml", *given.options, "--format", "sarif")  # type: ignore[attr-defined]
    region = json.loads(ran.out)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    data = given.forged.xml  # type: ignore[attr-defined]
    assert data[region["byteOffset"] :][: region["byteLength"]] == b"https://other.example/"
