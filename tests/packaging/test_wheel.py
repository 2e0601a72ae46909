"""The built wheel, installed in an empty environment: the packs are there, and the main job runs from it."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, unpack it into a new environment, and lend that only the libraries samlcheck depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("samlcheck-*.whl")
    home = folder / "env"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(home)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    # The wheel comes first on the path; the libraries follow, without the editable install of the checkout.
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--no-compile",
            "--target",
            str(site),
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "python"


def run(python: Path, code: str, cwd: Path) -> str:
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_pack_of_the_checkout_is_in_the_wheel(python: Path, tmp_path: Path) -> None:
    code = (
        "import json, sys, samlcheck\n"
        "from samlcheck.packs.catalogue import INSTALLED, shipped\n"
        "found = shipped(None)\n"
        "print(json.dumps([samlcheck.__file__, sorted(found.names()), 'yaml' in sys.modules, 'pydantic' in sys.modules,"
        " sorted(str(p.relative_to(INSTALLED)) for p in INSTALLED.rglob('*.yaml'))]))"
    )
    where, names, yaml, pydantic, files = json.loads(run(python, code, tmp_path))
    assert str(python.parents[1]) in where
    assert files == sorted(str(path.relative_to(ROOT / "rules")) for path in (ROOT / "rules").rglob("*.yaml"))
    from samlcheck.packs.catalogue import shipped

    assert names == sorted(shipped(None).names())
    assert (yaml, pydantic) == (False, False)


def test_the_wheel_does_the_main_job(python: Path, tmp_path: Path) -> None:
    case = ROOT / "fixtures" / "amazon-connect-role-broken"
    line = [
        "-m",
        "samlcheck",
        "check",
        str(case / "response.txt"),
        "--idp",
        str(case / "idp-metadata.xml"),
        "--at",
        "2026-05-04T10:00:05Z",
    ]
    done = subprocess.run([str(python), *line], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("REJECTED  There is a blank in the Role value")


def test_types_and_licence_travel_along(python: Path) -> None:
    site = Path(sysconfig.get_path("purelib", vars={"base": str(python.parents[1]), "platbase": str(python.parents[1])}))
    assert (site / "samlcheck" / "py.typed").exists()
    assert list(site.glob("samlcheck-*.dist-info/licenses/LICENSE"))
