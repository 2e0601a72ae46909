"""What each command imports: heavy libraries only where they are needed (docs/performance.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from samlcheck import forge

HEAVY = frozenset(("cryptography", "onelogin", "pydantic", "re2", "rich", "xmlsec", "yaml"))
REPORT = (
    "import sys\n"
    "from samlcheck.cli.app import run\n"
    "code = run(sys.argv[1:])\n"
    "sys.stderr.write(f'{code} ' + ' '.join(sorted(sys.modules)))"
)


@pytest.fixture(scope="module")
def login(tmp_path_factory: pytest.TempPathFactory, idp_keys: forge.Keys) -> dict[str, str]:
    """Return the paths of a healthy response and of the certificate it is signed with."""
    folder = tmp_path_factory.mktemp("login")
    made = forge.forge(forge.healthy(), idp_keys)
    (folder / "response.txt").write_text(made.base64)
    (folder / "idp.pem").write_bytes(idp_keys.certificate_pem)
    return {"response": str(folder / "response.txt"), "idp": str(folder / "idp.pem")}


def imported(folder: Path, *arguments: str) -> tuple[int, set[str]]:
    """Return the exit code of a command line and all modules that it left behind."""
    environment = {**os.environ, "SAMLCHECK_CACHE": str(folder)}
    done = subprocess.run([sys.executable, "-c", REPORT, *arguments], capture_output=True, text=True, env=environment, check=True)
    code, *modules = done.stderr.splitlines()[-1].split()
    return int(code), set(modules)


def test_the_version_needs_nothing_at_all(tmp_path: Path) -> None:
    code, modules = imported(tmp_path, "--version")
    assert code == 0
    assert not modules & {*HEAVY, "typer", "lxml", "re2", "samlcheck.cli.check", "samlcheck.cli.terminal"}


def test_decode_reads_and_judges_nothing(tmp_path: Path, login: dict[str, str]) -> None:
    code, modules = imported(tmp_path, "decode", login["response"])
    assert code == 0
    assert "lxml.etree" in modules
    assert not modules & {*HEAVY, "samlcheck.packs", "samlcheck.checks", "samlcheck.diagnosis", "samlcheck.capture.har"}
    assert not {name for name in modules if name.startswith("samlcheck.cli.")} - {
        "samlcheck.cli.app", "samlcheck.cli.decode", "samlcheck.cli.inputs", "samlcheck.cli.options", "samlcheck.cli.terminal",
    }  # fmt: skip


def test_the_web_page_is_loaded_for_serve_alone(tmp_path: Path, login: dict[str, str]) -> None:
    _, modules = imported(tmp_path, "check", login["response"], "--idp", login["idp"])
    assert not {name for name in modules if name.startswith(("samlcheck.web", "http.server", "email.parser"))}


def test_help_imports_no_engine(tmp_path: Path) -> None:
    code, modules = imported(tmp_path, "--help")
    assert code == 0
    assert not modules & (HEAVY - {"rich"})
    assert "samlcheck.engine" not in modules


def test_check_with_shipped_packs_parses_no_yaml(tmp_path: Path, login: dict[str, str]) -> None:
    asked = ["--idp", login["idp"], "--acs", "https://sp.example/saml/acs", "--audience", "https://sp.example/saml/metadata"]
    arguments = ["check", login["response"], *asked, "--at", "2026-05-04T10:00:05Z"]
    assert imported(tmp_path, *arguments)[0] == 0  # compiles the packs of a checkout into the cache
    code, modules = imported(tmp_path, *arguments)
    assert code == 0
    assert {"xmlsec", "cryptography"} <= modules
    assert not modules & {"yaml", "pydantic", "onelogin", "rich"}
    assert not modules & {
        "samlcheck.comparison", "samlcheck.packs.causes", "samlcheck.packs.load", "samlcheck.facts.metadata",
        "samlcheck.checks.iam_trust", "samlcheck.iam.documents", "samlcheck.trust.ciphers", "samlcheck.capture.har",
    }  # fmt: skip
