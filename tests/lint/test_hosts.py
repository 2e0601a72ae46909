"""The hook of pre-commit and the action of GitHub, each run in the way its host runs it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lint.files import NAMES, entity

ROOT = Path(__file__).parents[2]
HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
GOOD = entity("good", names=NAMES)
BAD = entity("bad", names=NAMES).replace(' index="0"', "")


def environment(folder: Path, **more: str) -> dict[str, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {"PATH": path, "HOME": str(folder), "SAMLCHECK_CACHE": os.environ.get("SAMLCHECK_CACHE", str(folder / "cache")), **more}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "good metadata.xml").write_text(GOOD)
    (tmp_path / "bad-metadata.xml").write_text(BAD)
    return tmp_path


@pytest.mark.parametrize(("names", "code"), [(["good metadata.xml"], 0), (["good metadata.xml", "bad-metadata.xml"], 1)])
def test_pre_commit_gives_the_entry_the_files_that_match(repository: Path, names: list[str], code: int) -> None:
    assert all(re.search(HOOK["files"], name) for name in names)
    assert not re.search(HOOK["files"], "pom.xml")
    command = [*shlex.split(HOOK["entry"]), *HOOK.get("args", []), *names]
    ran = subprocess.run(command, cwd=repository, env=environment(repository), capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert ("metadata-schema/attribute-missing" in ran.stdout) == bool(code)
    assert HOOK["language"] == "python"


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the last step as the runner does: inputs put into ``env``, the script given to bash as GitHub gives it."""
    step: dict[str, Any] = ACTION["runs"]["steps"][-1]
    values = {name: given.get("default", "") for name, given in ACTION["inputs"].items()} | inputs

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)

    variables = {name: filled(value) for name, value in step["env"].items()}
    assert "${{" not in step["run"], "inputs never stand in the script itself: they would be run"
    script = folder / "step.sh"
    script.write_text(step["run"])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=folder,
        env=environment(folder, GITHUB_STEP_SUMMARY=str(folder / "summary.md"), **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_annotates_and_fails(repository: Path) -> None:
    ran = run_action(repository, paths="good metadata.xml\nbad-metadata.xml\n", sarif="out.sarif")
    assert ran.returncode == 1, ran.stderr
    assert re.search(
        r"^::error file=bad-metadata\.xml,line=1,col=\d+,title=A required attribute is missing", ran.stdout, re.MULTILINE
    )
    assert "attribute-missing" in (repository / "summary.md").read_text()
    assert '"ruleId": "metadata-schema/attribute-missing"' in (repository / "out.sarif").read_text()


def test_the_action_passes_where_nothing_is_wrong(repository: Path) -> None:
    ran = run_action(repository, paths="good metadata.xml")
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert run_action(repository, paths="*bad*.xml", **{"fail-on": "never"}).returncode == 0


@pytest.mark.parametrize("paths", ["$(touch pwned)", "`touch pwned`", "x; touch pwned", "--output=pwned"])
def test_inputs_of_the_action_are_data(repository: Path, paths: str) -> None:
    assert run_action(repository, paths=paths).returncode == 2
    assert not (repository / "pwned").exists()
