"""Property: a copy of a recording is written and diagnosed as the original is, whatever recorded it."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck.forge import Keys, healthy, idp_metadata
from tests.browser.record import FIXTURES
from tests.capture.samples import for_cmd
from tests.flow.dialects import DIALECTS, entries
from tests.flow.recorded import ACS, SP, Edits, recording
from tests.redact.copies import Options, copied

TOLD: Options = {"acs": (ACS,), "audience": (SP,)}
FAULTS: dict[str, Edits] = {
    "nothing": {},
    "cookie": {"flow.set_cookie": "sessionid=4f; Path=/; HttpOnly; SameSite=Lax", "flow.cookie": None, "flow.status": "500"},
    "session": {"flow.session_cookie": "sid=1; Path=/; Secure; SameSite=Strict", "flow.home_status": "401"},
}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(FIXTURES.glob("*.har"))])
def test_every_recording_of_a_real_browser(path: Path) -> None:
    copy = copied(path.read_bytes(), (FIXTURES / "idp-metadata.xml").read_bytes(), TOLD)
    assert copy.differences == ()
    assert "lindqvist" not in copy.text


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_recorder(dialect: str, fault: str, idp_keys: Keys) -> None:
    data = DIALECTS[dialect](recording(idp_keys, FAULTS[fault]))
    copy = copied(data, idp_metadata(healthy(), (idp_keys,)), TOLD)
    assert copy.differences == ()
    assert "lindqvist" not in copy.text


@pytest.mark.parametrize(
    ("dialect", "note"),
    [
        ("saz", "an archive of Fiddler was copied as a HAR"),
        ("burp", "items of Burp Suite were copied as a HAR"),
        ("gzip", "a compressed file was copied without its compression"),
        ("zhar", "a compressed file was copied without its compression"),
    ],
)
def test_what_is_no_text_becomes_a_har(dialect: str, note: str, idp_keys: Keys) -> None:
    copy = copied(DIALECTS[dialect](recording(idp_keys, {})))
    assert json.loads(copy.text)["log"]["version"] == "1.2"
    assert {"what": note, "places": 1} in copy.redaction.manifest["notes"]


@pytest.mark.parametrize("several", [True, False], ids=["all", "one"])
@pytest.mark.parametrize("quoted", [lambda text: f"'{text}'", for_cmd], ids=["bash", "cmd"])
def test_what_was_copied_as_curl(quoted: Callable[[str], str], several: bool, idp_keys: Keys) -> None:
    sent = [entry["request"] for entry in entries(recording(idp_keys, {"assertion.audience": "https://sp.example/other"}))]
    bodies = [f" --data-raw {quoted(post['text'])}" if (post := item.get("postData")) else "" for item in sent]
    commands = [f"curl --url {quoted(item['url'])}{body}" for item, body in zip(sent, bodies, strict=True)]
    text = " ;\n".join(commands) if several else commands[3]
    copy = copied(text.encode(), idp_metadata(healthy(), (idp_keys,)), TOLD)
    assert copy.differences == ()
    assert copy.after.logins[0].diagnosis.causes[0].finding.rule == "web-sso-profile/audience-mismatch"
    assert copy.text.startswith("{" if several else "curl ")


def test_a_file_that_is_mapped_and_not_read(idp_keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "large.har").write_text(json.dumps(recording(idp_keys, {})))
    with (tmp_path / "large.har").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        assert copied(octets).differences == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("_ga_7Q2XKCD=1", r"_ga_\w{7}"),
        ("contoso_csrf=1", r"(?!contoso)\w{7}_csrf"),
        ("lang=de", "lang"),
        ("JSESSIONID=1", "JSESSIONID"),
        ("contoso_session=1", r"(?!contoso)\w{7}_\w+"),
    ],
)
def test_a_cookie_keeps_what_its_name_says(cookie: str, expected: str) -> None:
    entry = {"request": {"url": "https://contoso.example/", "headers": [{"name": "Cookie", "value": cookie}]}}
    copy = json.loads(copied(json.dumps({"log": {"entries": [entry]}}).encode()).text)
    (header,) = copy["log"]["entries"][0]["request"]["headers"]
    assert re.fullmatch(expected, header["value"].partition("=")[0])
