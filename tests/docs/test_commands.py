"""Every command shown in the README and the docs is run, and what is shown is what comes out.

In a ``console`` block a line ``$ samlcheck …`` is a command; the lines after it are its output, ``…`` standing for any
lines left out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands import Ran

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def shown() -> Iterator[tuple[str, str, list[str]]]:
    for page in PAGES:
        for block in re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *output = part.rstrip("\n").split("\n")
                yield page.name, command, output


COMMANDS = list(shown())


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 2


@pytest.mark.parametrize(("page", "command", "output"), COMMANDS, ids=[f"{page}-{i}" for i, (page, _, _) in enumerate(COMMANDS)])
def test_what_is_shown_is_what_comes_out(
    page: str, command: str, output: list[str], samlcheck: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    name, *arguments = shlex.split(command)
    assert name == "samlcheck"
    ran = samlcheck(*arguments)
    assert ran.code in (0, 1, 3), ran.err
    lines = iter(ran.out.splitlines())
    skipping = False
    for wanted in output:
        if wanted == "…":
            skipping = True
            continue
        if skipping:
            assert wanted in list_until(lines, wanted), f"{page}: not printed any more: {wanted}"
        else:
            assert next(lines, None) == wanted
        skipping = False


def list_until(lines: Iterator[str], wanted: str) -> list[str]:
    seen = []
    for line in lines:
        seen.append(line)
        if line == wanted:
            break
    return seen


def test_every_local_link_of_the_docs_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_readme_names_every_exit_code() -> None:
    from samlcheck.errors import Exit

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [f"| {int(code)} |" in text for code in Exit] == [True] * len(Exit)


def test_the_table_of_python3_saml_codes_is_that_of_the_code() -> None:
    from onelogin.saml2.errors import OneLogin_Saml2_ValidationError

    from samlcheck.secondopinion import CODES

    theirs = {value: key for key, value in vars(OneLogin_Saml2_ValidationError).items() if isinstance(value, int)}
    assert {code: name for code, (name, _) in CODES.items()} == theirs
    text = (ROOT / "docs" / "second-opinion.md").read_text(encoding="utf-8")
    for code, (name, rules) in CODES.items():
        assert f"| {code} | {name} | {', '.join(f'`{rule}`' for rule in rules)} |" in text
