"""SARIF of every command that writes it, in every state a result can have, is what the schema of OASIS allows.

That the schema is asked is the business of the fixture ``samlcheck``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures import demo
from tests import schemas
from tests.commands import AT, Ran
from tests.lint.files import NAMES, aggregate, entity

ROOT = Path(demo.__file__).parent
BAD = entity("bad", names=NAMES).replace(' index="0"', "")
IGNORED = BAD.replace("<md:Assert", "<!-- samlcheck: ignore metadata-schema/* because it is mended on Monday --><md:Assert")
CUT = aggregate(entity("a"), BAD, entity("b"))[:-200]
OKTA = ROOT / "okta-rotated-key"
Sarif = Callable[..., Any]


@pytest.fixture
def sarif(samlcheck: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sarif:
    monkeypatch.chdir(tmp_path)
    for name, text in (("bad.xml", BAD), ("ignored file.xml", IGNORED), ("cut.xml", CUT), ("page.xml", "<html></html>")):
        (tmp_path / name).write_text(text)

    def call(*words: object) -> Any:
        ran = samlcheck(*words, "--at", AT, "--format", "sarif")
        return schemas.sarif(ran.out)["runs"][0]

    return call


def test_metadata_in_every_state(sarif: Sarif, samlcheck: Callable[..., Ran]) -> None:
    run = sarif("metadata", "bad.xml", "ignored file.xml", "cut.xml", "page.xml", "--all")
    assert any("suppressions" in item for item in run["results"])
    assert [item["descriptor"]["id"] for item in run["invocations"][0]["toolExecutionNotifications"]] == ["truncated", "html"]
    samlcheck("metadata", "bad.xml", "--baseline", "known.json", "--update-baseline", "--at", AT)
    known = sarif("metadata", "bad.xml", "--baseline", "known.json")["results"]
    assert [item["baselineState"] for item in known] == ["unchanged"] * len(known) != []


def test_pairs_and_changes(sarif: Sarif) -> None:
    Path("new.xml").write_text(BAD.replace("/acs", "/saml"))
    assert sarif("diff", "bad.xml", "new.xml", "--all")["results"]
    assert sarif("metadata", "--idp", OKTA / "idp-metadata.xml", "--sp", "bad.xml", "--all")["results"]


def test_logins_and_recordings(sarif: Sarif) -> None:
    assert sarif("check", OKTA / "response.txt", "--idp", OKTA / "idp-metadata.xml")["results"]
    browser = ROOT / "browser"
    assert sarif("har", browser / "lost-cookie.har", "--idp", browser / "idp-metadata.xml")["results"]
    assert sarif("check", browser / "redirect-loop.har", "--all")["results"]
