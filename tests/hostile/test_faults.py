"""SECURITY T22, T23: whatever breaks inside the program, nothing is accepted because of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from samlcheck import engine
from samlcheck.checks import named as registry
from samlcheck.errors import Exit
from samlcheck.facts import FACTS
from samlcheck.forge import Keys, forge, healthy
from samlcheck.inspection import LoginReport
from samlcheck.packs import prepared, run
from samlcheck.source import Artifact
from samlcheck.trust import signatures
from tests.commands import Given, Ran
from tests.hostile.asking import question

Run = Callable[..., Ran]
Login = Callable[..., Given]


class Fault(RuntimeError):
    """Raised where a test puts it; its text must not be seen."""


def raises(*_: object, **__: object) -> None:
    raise Fault("SECRET-of-the-fault")


@pytest.fixture(scope="module")
def healthy_login(idp_keys: Keys) -> Callable[[], LoginReport]:
    captures, _ = engine.read_captures([Artifact("input", forge(healthy(), idp_keys).form.encode())])
    asked = question(idp_keys)
    return lambda: engine.inspect(captures, asked).logins[0]


def test_without_a_fault_it_is_accepted(healthy_login: Callable[[], LoginReport]) -> None:
    assert healthy_login().diagnosis.verdict == "accepted"


SETTLING = ("bearer_confirmation", "audience_restrictions", "signature_reason", "signed_is_read", "inner_signatures")
"""Named checks that a generic login is judged by."""


@pytest.mark.parametrize("name", SETTLING)
def test_a_named_check_that_breaks_is_never_a_pass(
    healthy_login: Callable[[], LoginReport], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(registry.NAMED, name, SimpleNamespace(function=raises))  # type: ignore[arg-type]
    for kept in ("_kept", "_packs"):  # rules that were made ready before
        monkeypatch.setattr(prepared, kept, {})
    report = healthy_login()
    assert report.diagnosis.verdict == "cannot-tell"
    assert report.diagnosis.broken
    assert {item.error for item in report.diagnosis.broken} == {"Fault"}


def test_whichever_rule_breaks_it_is_never_a_pass(
    healthy_login: Callable[[], LoginReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = run._outcome
    for rule in [item.rule for item in healthy_login().outcomes]:

        def broken(ready: prepared.Prepared, *others: object, wanted: str = rule) -> object:
            return raises() if ready.name == wanted else original(ready, *others)  # type: ignore[arg-type]

        monkeypatch.setattr(run, "_outcome", broken)
        report = healthy_login()
        assert (report.diagnosis.verdict, [item.rule for item in report.diagnosis.broken]) == ("cannot-tell", [rule])
        assert f"a check by {rule}" in report.diagnosis.missing


@pytest.mark.parametrize("name", [
    "response.status", "trust.verdict", "trust.reason", "assertion.audience", "response.destination", "assertion.not_on_or_after",
    "assertion.not_before", "sp.acs_urls", "sp.entity_id", "signature.reason",
])  # fmt: skip
def test_a_fact_that_breaks_is_never_a_pass(
    healthy_login: Callable[[], LoginReport], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(FACTS, name, replace(FACTS[name], read=raises))
    try:
        verdict = healthy_login().diagnosis.verdict
    except Fault:
        return  # a crash: exit code 70, see test_secrets
    assert verdict != "accepted"


PIPELINE = (
    "samlcheck.engine.inputs.parse", "samlcheck.engine.inputs.dissect", "samlcheck.engine.front.pair",
    "samlcheck.engine.judge.judge", "samlcheck.trust.establish.establish",
    "samlcheck.trust.structure.scan", "samlcheck.trust.verdict.judge", "samlcheck.trust.references.admit",
    "samlcheck.trust.canonical.canonical", "samlcheck.trust.digests.verifies", "samlcheck.trust.signatures.confirming",
    "samlcheck.trust.decryption.open_all", "samlcheck.packs.select.select", "samlcheck.packs.run.run",
    "samlcheck.packs.run._outcome", "samlcheck.diagnosis.diagnose", "samlcheck.report.text.render",
)  # fmt: skip


HOLDERS = (
    "engine", "trust.establish", "trust.verdict", "trust.autopsy", "trust.examination", "trust.signatures", "trust.references",
    "trust.digests", "trust.canonical", "trust.decryption", "packs.run", "packs.select",
)  # fmt: skip
"""Modules that may have taken a stage's function by name."""


@pytest.mark.parametrize("stage", PIPELINE)
@pytest.mark.parametrize("kind", [Fault, RecursionError, KeyError, UnicodeError])
def test_a_stage_that_breaks_ends_with_70_or_without_acceptance(
    samlcheck: Run, login: Login, monkeypatch: pytest.MonkeyPatch, stage: str, kind: type[Exception]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise kind("SECRET-of-the-fault")

    given = login()
    import importlib

    module, _, name = stage.rpartition(".")
    original = getattr(importlib.import_module(module), name)
    for holder in HOLDERS:
        place = importlib.import_module(f"samlcheck.{holder}")
        for attribute, value in list(vars(place).items()):
            if value is original:
                monkeypatch.setattr(place, attribute, broken)
    monkeypatch.setattr(stage, broken)
    ran = samlcheck("check", given.response, *given.options)
    assert ran.code not in (Exit.ACCEPTED,)
    assert "ACCEPTED" not in ran.out.replace("would be accepted", "")
    assert "SECRET" not in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "error", [ImportError("x"), OSError("x"), RuntimeError("lxml & xmlsec libxml2 library version mismatch")], ids=repr
)
def test_an_engine_that_does_not_load_verifies_nothing(
    samlcheck: Run, login: Login, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """lxml and xmlsec built against different libxml2 (T23): all else goes on, and the report says what to do."""

    def missing() -> None:
        raise signatures.EngineMissingError(f"{type(error).__name__}: {error}")

    given = login()
    monkeypatch.setattr(signatures, "engine", missing)
    ran = samlcheck("check", given.response, *given.options)
    assert ran.code == Exit.CANNOT_TELL
    assert "samlcheck doctor" in ran.out


def test_no_security_check_is_an_assertion() -> None:
    """``python -O`` removes assertions (CVE-2017-1000433: any password passed)."""
    import ast
    from pathlib import Path

    import samlcheck as package

    root = Path(package.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for folder in ("trust", "xmldoc", "capture", "saml", "checks", "diagnosis", "engine")
        for path in sorted((root / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert)
    ]
    assert found == []
