"""SECURITY T24: what is installed beside us has floors, and the library with an old release is loaded for one option alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECLARED: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


@pytest.mark.parametrize("requirement", DECLARED)
def test_every_dependency_has_a_floor(requirement: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+>=[\d.]+(?:,<[\d.]+)?", requirement)


def test_lxml_is_not_one_with_a_known_hole() -> None:
    """CVE-2026-41066: below 6.1.0."""
    assert any(requirement.startswith("lxml>=6.1") for requirement in DECLARED)


@pytest.mark.parametrize(("option", "loaded"), [((), False), (("--second-opinion",), True)], ids=["without", "with"])
def test_the_second_opinion_alone_loads_the_other_library(tmp_path: Path, option: tuple[str, ...], loaded: bool) -> None:
    program = (
        "import sys; from samlcheck.cli.app import run; from tests.hostile.asking import idp_keys;"
        "from samlcheck.forge import forge, healthy;"
        "open('m', 'wb').write(forge(healthy(), idp_keys()).xml); open('c', 'wb').write(idp_keys().certificate_pem);"
        f"run(['check', 'm', '--idp', 'c', '--acs', 'https://sp.example/saml/acs', *{option!r}]);"
        "sys.stderr.write('loaded' if 'onelogin' in sys.modules else 'not loaded')"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SAMLCHECK_CACHE": str(tmp_path)},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert found.stderr.endswith("loaded" if loaded else "not loaded")
    assert found.stderr.endswith("not loaded") is not loaded
