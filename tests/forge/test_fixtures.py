"""The fixtures in the repository are what their READMEs say; ``fixtures/make.py`` writes them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from lxml import etree

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(folder.name for folder in FIXTURES.iterdir() if (folder / "case.json").exists())
ROLE = "https://aws.amazon.com/SAML/Attributes/Role"


def _response(name: str) -> etree._Element:
    form = parse_qs((FIXTURES / name / "response.txt").read_text().strip())
    return etree.fromstring(base64.b64decode(form["SAMLResponse"][0], validate=True))


def _pinned(name: str) -> str:
    return etree.parse(FIXTURES / name / "idp-metadata.xml").findtext(".//{*}X509Certificate")


@pytest.mark.parametrize("name", NAMES)
def test_each_says_whence_it_is_and_holds_no_private_key(name: str) -> None:
    readme = (FIXTURES / name / "README.md").read_text()
    assert "forged by samlcheck" in readme
    assert "Apache-2.0" in readme
    assert all("PRIVATE" not in path.read_text() for path in (FIXTURES / name).iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_the_case_names_files_that_are_there(name: str) -> None:
    case = json.loads((FIXTURES / name / "case.json").read_text())
    assert (FIXTURES / name / case["options"]["idp"]).is_file()
    assert case["exit"] in (0, 1)


@pytest.mark.parametrize(
    ("name", "known"), [("amazon-connect-healthy", True), ("amazon-connect-role-broken", True), ("okta-rotated-key", False)]
)
def test_the_embedded_certificate_is_the_pinned_one_unless_rotated(name: str, known: bool) -> None:
    embedded = {node.text for node in _response(name).iter("{*}X509Certificate")}
    assert (embedded == {_pinned(name)}) is known


def test_the_broken_role_differs_from_the_healthy_one_by_a_blank() -> None:
    roles = [
        _response(name).findtext(f".//{{*}}Attribute[@Name='{ROLE}']/{{*}}AttributeValue")
        for name in ("amazon-connect-healthy", "amazon-connect-role-broken")
    ]
    assert roles[0] == roles[1].replace(", ", ",")
    assert roles[0] != roles[1]
