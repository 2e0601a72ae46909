"""``samlcheck diff`` of two logins: what differs and matters, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from samlcheck import forge
from samlcheck.forge.recording import deviation, har
from tests.commands import Ran

Run = Callable[..., Ran]
ANOTHER = {
    "response.id": "_another", "assertion.id": "_other", "request.id": "_asked", "assertion.session_index": "_s2",
    "assertion.nameid": "noah.berg@example.com",
}  # fmt: skip
"""What is unlike in any two logins."""


@pytest.fixture
def pair(samlcheck: Run, tmp_path: Path, idp_keys: forge.Keys) -> Callable[..., Ran]:
    """Return a function that compares a healthy login with an edited one, in text or as JSON."""

    def compare(edits: Mapping[str, Any], *options: str, base: Mapping[str, Any] | None = None, full: bool = True) -> Ran:
        healthy = forge.edit(forge.healthy(), dict(base or {}))
        for name, changed in (("good", {}), ("bad", {**ANOTHER, **edits})):
            made = forge.forge(forge.edit(healthy, changed), idp_keys)
            (tmp_path / f"{name}.txt").write_text(made.form)
        (tmp_path / "idp.pem").write_bytes(idp_keys.certificate_pem)
        known = forge.healthy()
        told = (
            "--idp",
            tmp_path / "idp.pem",
            "--acs",
            known.destination,
            "--audience",
            known.audiences[0][0],
            "--service",
            "generic",
        )
        return samlcheck("diff", tmp_path / "good.txt", tmp_path / "bad.txt", *(told if full else ()), *options)

    return compare


def test_two_healthy_logins_do_not_differ(pair: Callable[..., Ran]) -> None:
    ran = pair({})
    assert ran.code == 0, ran.out
    assert "Nothing differs that matters: what is unlike are identifiers, times" in ran.out
    assert "things are the same in both." in ran.out


@pytest.mark.parametrize(
    ("edits", "what", "words", "rule"),
    [
        (
            {"assertion.audience": "https://sp.example/saml/metadata/"},
            "Audience",
            "in the second, it has a slash at the end",
            "web-sso-profile/audience-mismatch",
        ),
        (
            {"assertion.recipient": "http://sp.example/saml/acs"},
            "Recipient",
            "in the second, it begins with http:// instead of https://",
            "web-sso-profile/recipient-mismatch",
        ),
        ({"assertion.nameid": "CORP\\noah"}, "NameID", "a mail address in the first, a Windows user name in the second", ""),
        (
            {"assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
            "NameID Format",
            "in the second, it is another value",
            "",
        ),
        ({"attribute:email": None}, "attribute email", "only the first has it", ""),
        ({"response.status": "urn:oasis:names:tc:SAML:2.0:status:Requester"}, "StatusCode", "", "saml-status/"),
        (
            {"key": "other"},
            "reason of the verdict on the signature of the Assertion",
            "ok in the first, key-rotated in the second",
            "signatures/key-rotated",
        ),
        (
            {"signature.algorithm": "sha1"},
            "signature algorithm",
            "rsa-sha256 in the first, rsa-sha1 in the second",
            "algorithms/sha1",
        ),
        ({"sign": "assertion"}, "verdict on the signature of the Response", "valid in the first, absent in the second", ""),
    ],
    ids=["audience", "recipient", "nameid-form", "nameid-format", "attribute", "status", "key", "algorithm", "signed"],
)
def test_what_matters_is_told_with_the_check_that_it_failed(
    pair: Callable[..., Ran], edits: Mapping[str, Any], what: str, words: str, rule: str
) -> None:
    ran = pair(edits, "--json")
    assert ran.code == 1, ran.out
    told = {item["what"]: item for item in ran.json["differences"]}
    assert what in told, told.keys()
    assert words in told[what]["words"]
    assert any(name.startswith(rule) for name in told[what]["rules"]) if rule else True
    assert {item["verdict"] for item in ran.json["logins"]} <= {"accepted", "rejected", "cannot-tell"}


def test_subjects_of_failed_checks_come_first(pair: Callable[..., Ran]) -> None:
    ran = pair({"assertion.audience": "https://sp.example/saml/metadata/", "attribute:email": None})
    assert ran.code == 1
    assert "first   ACCEPTED" in ran.out
    assert "second  REJECTED" in ran.out
    assert "2 differences matter; one of them" not in ran.out
    assert "2 differences matter; 1 of them is what a failed check is about." in ran.out
    assert ran.out.index("* Audience: in the second, it has a slash at the end") < ran.out.index(
        "- attribute email: only the first has it"
    )
    assert "failed check: web-sso-profile/audience-mismatch" in ran.out


def test_a_renamed_attribute_is_recognised(pair: Callable[..., Ran]) -> None:
    ran = pair({"attribute:email": None, "attribute:Email": "noah.berg@example.com"}, "--json")
    told = {item["what"]: item["words"] for item in ran.json["differences"]}
    assert told["attribute email"].startswith(
        "only the first has it; the second has Email (it differs only in upper and lower case"
    )


def test_windows_are_compared_by_length(pair: Callable[..., Ran]) -> None:
    ran = pair({"assertion.not_on_or_after": "2026-05-04T11:00:00Z"}, "--json", full=False)
    told = {item["what"]: item["words"] for item in ran.json["differences"]}
    assert told["time from issue to the end of Conditions"].endswith("longer in the second")


def test_personal_values_are_masked_in_a_pipe(pair: Callable[..., Ran]) -> None:
    ran = pair({"assertion.nameid": "CORP\\noahberg"})
    assert "noahberg" not in ran.out
    assert "C***\\n*******" in ran.out


def test_recordings_are_aligned_by_step(samlcheck: Run, tmp_path: Path, idp_keys: forge.Keys) -> None:
    made = forge.forge(forge.healthy(), idp_keys)
    (tmp_path / "good.har").write_bytes(har(made))
    (tmp_path / "bad.har").write_bytes(har(made, deviation({"flow.status": "403", "flow.cookie": None})))
    ran = samlcheck("diff", tmp_path / "good.har", tmp_path / "bad.har", "--json")
    assert ran.code == 1
    steps = {item["what"]: (item["first"], item["second"]) for item in ran.json["steps"]}
    assert steps["status of delivery POST sp.example/saml/acs"] == (["302"], ["403"])
    assert steps["cookies sent of delivery POST sp.example/saml/acs"] == (["sp_session"], [])
    same = samlcheck("diff", tmp_path / "good.har", tmp_path / "good.har")
    assert same.code == 0, same.out


def test_what_a_page_says_points_at_the_difference(samlcheck: Run) -> None:
    """Nobody said what the audience should be, so no rule failed; the service's page says that it is the Audience."""
    folder = Path(__file__).parents[2] / "fixtures" / "browser"
    ran = samlcheck("diff", folder / "healthy.har", folder / "wrong-audience.har", "--json")
    first, second = ran.json["differences"][:2]
    assert (first["fact"], first["rules"]) == ("assertion.audience", ["symptom/python3-saml-wrong-audience"])
    assert (second["fact"], second["rules"]) == ("http.acs.answer", ["answers/error"])


RECORDED = Path(__file__).parents[2] / "fixtures" / "browser"


def test_the_recorder_makes_no_difference(samlcheck: Run) -> None:
    ran = samlcheck("diff", RECORDED / "healthy.har", RECORDED / "healthy.devtools.har")
    assert ran.code == 0, ran.out
    assert "Nothing differs that matters" in ran.out


def test_cookies_that_one_recording_leaves_out_are_not_compared(samlcheck: Run) -> None:
    ran = samlcheck("diff", RECORDED / "healthy.har", RECORDED / "healthy.devtools-sanitised.har", "--json")
    assert ran.json["steps"] == []
    assert [item["fact"] for item in ran.json["differences"]] == ["capture.quality"]


def test_steps_that_go_round_are_told_once(samlcheck: Run) -> None:
    ran = samlcheck("diff", RECORDED / "healthy.har", RECORDED / "redirect-circle.devtools.har")
    assert ran.out.count("only the second has this step, 9 times") == 2
    assert "failed check: flow/redirect-circle" in ran.out


def test_a_login_without_response_is_not_compared_by_what_its_request_is_like(samlcheck: Run) -> None:
    ran = samlcheck("diff", RECORDED / "frame.har", RECORDED / "frame-forbidden.har", "--json")
    facts = {item["fact"] for item in ran.json["differences"]}
    assert {"message.kind", "http.frame_refused", "http.form_delivered"} <= facts
    assert not any(fact.startswith(("signature.", "certificate.", "assertion.", "message.binding")) for fact in facts)


@pytest.mark.parametrize(
    ("options", "words", "code"),
    [
        (("--format", "sarif"), "two logins are compared as text or json", 2),
        (("--idp", "missing.pem"), "--idp missing.pem: no such file", 2),
    ],
    ids=["format", "idp"],
)
def test_wrong_command_lines(pair: Callable[..., Ran], options: tuple[str, ...], words: str, code: int) -> None:
    ran = pair({}, *options, full=False)
    assert ran.code == code
    assert words in ran.err


def test_metadata_is_not_compared_with_a_login(samlcheck: Run, tmp_path: Path, idp_keys: forge.Keys) -> None:
    (tmp_path / "idp.xml").write_bytes(forge.idp_metadata(forge.healthy(), (idp_keys,)))
    (tmp_path / "response.txt").write_text(forge.forge(forge.healthy(), idp_keys).form)
    ran = samlcheck("diff", tmp_path / "idp.xml", tmp_path / "response.txt")
    assert ran.code == 2
    assert "idp.xml is metadata, and " in ran.err


def test_an_input_without_a_login(samlcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body>Sign in</body></html>")
    ran = samlcheck("diff", tmp_path / "page.html", tmp_path / "page.html")
    assert ran.code == 4
    assert "This is an HTML page without a SAML message" in ran.err
