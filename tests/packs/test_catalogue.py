"""Compiled packs: the same values, read quickly, made anew when a source changes, and without YAML or pydantic."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from samlcheck.errors import PackError, UsageError
from samlcheck.packs import catalogue as module
from samlcheck.packs import compiled
from samlcheck.packs.catalogue import COMPILED, Catalogue, compile_folder, shipped
from samlcheck.packs.model import Pack
from tests.packs.writing import HEAD, RULE, catalogue_of, pack_of

RICH = HEAD + RULE + (
    "    when: {all: [{not: {fact: relay_state, absent: true}}, {parameter: tenant, known: true}]}\n"
    "    examples: {passes: {set: {tenant: eu0001}}, fails: [{attribute:role: [a, b]}, {relay_state: null, name: none}]}\n"
    "base: {response.destination: 'https://acme.example/eu0042'}\n"
    "expects: {attributes: [{name: email, is: email}], nameid: {format: emailAddress}}\n"
)  # fmt: skip
IDP = "format: 1\npack: my-idp\ntitle: My IdP\nrecognise: {fact: assertion.issuer, match: x, weight: 60}\nactions: {set_acs: a}\n"
SYMPTOMS = (
    "format: 1\npack: pages\ntitle: Pages\nsymptoms: [{id: gone, system: web, meaning: Gone, pattern: 'not found', status: 404}]\n"
)


def test_a_pack_is_rebuilt_as_it_was() -> None:
    before = catalogue_of(RICH, IDP, SYMPTOMS)
    after = Catalogue.read(compiled.write([before.get(name) for name in before.names()], "", ""))
    assert after.index == before.index
    for name in before.names():
        pack = after.get(name)
        assert (after.with_examples(pack) if isinstance(pack, Pack) else pack) == before.get(name)


def test_examples_are_decoded_only_when_asked_for() -> None:
    after = Catalogue.read(compiled.write([pack_of(RICH)], "", ""))
    pack = after.rules_pack("acme")
    assert all(rule.examples.fails == () for rule in pack.rules)
    assert all(rule.examples.fails for rule in after.with_examples(pack).rules)


def test_only_the_pack_asked_for_is_decoded() -> None:
    lines = compiled.write([pack_of(RICH), pack_of(RICH.replace("pack: acme", "pack: broken"))], "", "").split(b"\n")
    lines[3] = b"!" * len(lines[3])
    after = Catalogue.read(b"\n".join(lines))
    assert after.get("acme").title == "Acme"
    with pytest.raises(ValueError):
        after.get("broken")


def test_every_field_of_the_format_survives() -> None:
    """A field that the builder has no idea of would come back as plain data."""
    pack = Catalogue.read(compiled.write([pack_of(RICH)], "", "")).rules_pack("acme")
    seen: list[object] = [pack]
    for value in seen:
        assert not isinstance(value, list)
        if dataclasses.is_dataclass(value):
            seen.extend(getattr(value, field.name) for field in dataclasses.fields(value))
        elif isinstance(value, tuple):
            seen.extend(value)
    assert len(seen) > 200


def test_names_are_sorted_and_told_apart_by_kind() -> None:
    packs = catalogue_of(RICH, IDP, SYMPTOMS)
    assert packs.names() == ("acme", "my-idp", "pages")
    assert packs.names("service", "idp") == ("acme", "my-idp")
    with pytest.raises(UsageError, match=r"there is no pack acmee \(did you mean `acme`\?\)"):
        packs.get("acmee")
    with pytest.raises(UsageError, match="my-idp is a pack of kind idp and holds no rules"):
        packs.rules_pack("my-idp")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, with one pack."""
    (tmp_path / "rules" / "services").mkdir(parents=True)
    (tmp_path / "rules" / "services" / "acme.yaml").write_text(HEAD + RULE)
    monkeypatch.setattr(module, "CHECKOUT", tmp_path / "rules")
    monkeypatch.setattr(module, "INSTALLED", tmp_path / "_rules")
    return tmp_path


def test_a_checkout_is_compiled_once_and_again_when_a_pack_changes(checkout: Path) -> None:
    cache = checkout / "cache" / "samlcheck"
    assert shipped(cache).get("acme").title == "Acme"
    first = (cache / COMPILED).read_bytes()
    assert shipped(cache).get("acme").title == "Acme"
    assert (cache / COMPILED).read_bytes() == first
    source = checkout / "rules" / "services" / "acme.yaml"
    source.write_text((HEAD + RULE).replace("title: Acme", "title: Bcme"))
    os.utime(source, ns=(1, 1))
    assert shipped(cache).get("acme").title == "Bcme"
    assert [path.name for path in cache.iterdir()] == [COMPILED]


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"{}\n", b'{"format": 1}\n', b'{"format": 99, "digest": ""}\n'])
def test_a_damaged_cache_is_made_anew(checkout: Path, content: bytes) -> None:
    cache = checkout / "cache"
    cache.mkdir()
    (cache / COMPILED).write_bytes(content)
    assert shipped(cache).names() == ("acme",)


def test_a_cache_that_cannot_be_written_only_costs_time(checkout: Path) -> None:
    blocked = checkout / "file"
    blocked.write_text("in the way")
    assert shipped(blocked / "cache").names() == ("acme",)
    assert shipped(None).names() == ("acme",)


def test_an_installed_wheel_reads_the_file_made_when_it_was_built(checkout: Path) -> None:
    (checkout / "_rules").mkdir()
    (checkout / "_rules" / COMPILED).write_bytes(compile_folder(checkout / "rules"))
    (checkout / "rules" / "services" / "acme.yaml").unlink()
    assert shipped(None).names() == ("acme",)


def test_missing_packs_and_wrong_packs_are_said(checkout: Path) -> None:
    source = checkout / "rules" / "services" / "acme.yaml"
    source.write_text(HEAD + RULE.replace("severity: error", "severity: grave"))
    with pytest.raises(PackError) as caught:
        shipped(None)
    assert caught.value.where == "rules/services/acme.yaml:10:15"
    source.unlink()
    with pytest.raises(UsageError, match="the rule packs that come with samlcheck are missing"):
        shipped(None)


_RUN = """
import json, sys
from pathlib import Path
from samlcheck.packs.catalogue import shipped
import samlcheck.packs.run, samlcheck.packs.select, samlcheck.packs.symptoms
catalogue = shipped(Path(sys.argv[1]))
for name in catalogue.names():
    catalogue.get(name)
print(json.dumps([name for name in ("yaml", "pydantic", "xmlsec", "cryptography", "onelogin", "rich", "typer") if name in sys.modules]))
"""  # noqa: E501


def test_a_run_of_shipped_packs_needs_neither_yaml_nor_pydantic(tmp_path: Path) -> None:
    shipped(tmp_path)
    done = subprocess.run([sys.executable, "-c", _RUN, str(tmp_path)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
