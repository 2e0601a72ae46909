"""SECURITY T10, T17, T18: keys come from files and variables, and neither they nor personal values get into reports or errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from samlcheck.cli.app import COMMANDS, application
from samlcheck.forge import Keys, edit, forge, healthy
from tests.commands import Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]
PERSONAL = {
    "assertion.nameid": "SECRET-nameid", "attribute:email": "SECRET-email", "attribute:firstName": "SECRET-first",
    "attribute:http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "SECRET-upn", "request.subject": "SECRET-subject",
    "assertion.confirmation_address": "SECRET-address",
}  # fmt: skip
CANARY = re.compile(r"SECRET-\w+")


def _parameters(command: object) -> Iterator[object]:
    yield from command.params  # type: ignore[attr-defined]
    for inner in getattr(command, "commands", {}).values():
        yield from _parameters(inner)


def test_no_option_takes_a_secret_itself() -> None:
    """Arguments are seen by everybody on the machine and stay in the shell's history."""
    whole = typer.main.get_command(application(*COMMANDS))
    seen = {name for one in _parameters(whole) for name in one.opts}  # type: ignore[attr-defined]
    assert {"--key", "--key-env"} <= seen
    assert not [name for name in seen if re.search(r"pass|secret|token|private|pin\b", name)]
    spelt = {one.opts[0]: one.metavar for one in _parameters(whole)}  # type: ignore[attr-defined]
    assert (spelt["--key"], spelt["--key-env"]) == ("FILE", "VAR")


FORMS = (
    (), ("--all",), ("--json",), ("--json", "--all"), ("--format", "ndjson"), ("--format", "sarif"), ("--format", "junit"),
    ("--format", "github"), ("--format", "markdown"), ("--format", "html"), ("--second-opinion",),
)  # fmt: skip


@pytest.mark.parametrize("extra", FORMS, ids=str)
@pytest.mark.parametrize(
    "fault", [{}, {"assertion.audience": "urn:other"}, {"damage": "content-changed"}, {"sign": "none"}], ids=str
)
def test_personal_values_leave_no_report_unmasked(
    samlcheck: Run, login: Login, extra: tuple[str, ...], fault: dict[str, str]
) -> None:
    given = login({**PERSONAL, **fault})
    ran = samlcheck("check", given.response, *given.options, "--user", "SECRET-user", *extra)
    assert ran.code in (0, 1, 3), ran.err
    assert CANARY.findall(ran.out + ran.err) == []


@pytest.mark.parametrize("command", [("decode",), ("decode", "--json"), ("decode", "--all")], ids=str)
def test_decode_masks_them_too(samlcheck: Run, login: Login, command: tuple[str, ...]) -> None:
    given = login({**PERSONAL})
    ran = samlcheck(*command, given.response)
    assert ran.code == 0
    assert CANARY.findall(ran.out + ran.err) == []


STAGES = (
    "samlcheck.capture.peel.peel", "samlcheck.engine.inputs.parse", "samlcheck.engine.inputs.dissect",
    "samlcheck.trust.establish.establish",
    "samlcheck.trust.verdict.judge", "samlcheck.packs.select.select", "samlcheck.packs.run.run", "samlcheck.diagnosis.diagnose",
    "samlcheck.report.text.render", "samlcheck.engine.front.pair",
)  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_a_crash_says_where_and_never_what(samlcheck: Run, login: Login, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    def crash(*arguments: object, **_: object) -> None:
        raise RuntimeError(f"SECRET-in-message {arguments!r}")

    given = login({**PERSONAL})
    monkeypatch.setattr(stage, crash)
    ran = samlcheck("check", given.response, *given.options)
    assert (ran.code, ran.out) == (70, "")
    assert "a bug of ours: RuntimeError at" in ran.err
    assert "There is no verdict." in ran.err
    assert CANARY.findall(ran.err) == []
    assert "Traceback" not in ran.err


def _pem(kind: bytes) -> bytes:
    """Return what looks like a key and is none; put together here so that no file of ours looks like one."""
    return b"-----BEGIN %s KEY-----\nU0VDUkVULWtleQ==\n-----END %s KEY-----\n" % (kind, kind)


NOT_A_KEY = {
    "text": b"SECRET-key", "pem": _pem(b"PRIVATE"),
    "encrypted": _pem(b"ENCRYPTED PRIVATE"),
    "binary": b"\x30\x82SECRET-key\x00\xff", "empty": b"",
}  # fmt: skip


WAYS = [(kind, way) for kind in NOT_A_KEY for way in ("file", "environment") if (kind, way) != ("binary", "environment")]
"""A variable holds no NUL."""


@pytest.mark.parametrize(("kind", "way"), WAYS)
def test_a_key_that_cannot_be_read_is_not_quoted(
    samlcheck: Run, login: Login, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, way: str
) -> None:
    given = login({"encrypt": "assertion"})
    if way == "file":
        key = tmp_path / "sp.key"
        key.write_bytes(NOT_A_KEY[kind])
        key.chmod(0o600)
        option = ("--key", str(key))
    else:
        monkeypatch.setenv("SP_KEY", NOT_A_KEY[kind].decode("latin-1"))
        option = ("--key-env", "SP_KEY")
    ran = samlcheck("check", given.response, *given.options, *option)
    assert ran.code in (2, 3, 4), ran.err
    assert "SECRET" not in ran.out + ran.err
    assert "U0VDUkVULWtleQ" not in ran.out + ran.err


def test_a_private_key_given_as_certificate_is_called_one_and_not_quoted(
    samlcheck: Run, login: Login, tmp_path: Path, idp_keys: Keys
) -> None:
    given = login()
    (tmp_path / "wrong.pem").write_bytes(idp_keys.private_pem)
    ran = samlcheck("check", given.response, "--idp", tmp_path / "wrong.pem")
    assert ran.code == 2
    assert "private key" in ran.err.lower()
    body = "".join(idp_keys.private_pem.decode().splitlines()[1:-1])
    assert not any(body[at : at + 16] in ran.out + ran.err for at in range(0, 160, 16))


def test_a_key_that_others_can_read_is_remarked_upon(samlcheck: Run, login: Login, tmp_path: Path, sp_keys: Keys) -> None:
    given, key = login(), tmp_path / "sp.key"
    key.write_bytes(sp_keys.private_pem)
    for mode, remarked in ((0o600, False), (0o640, True), (0o604, True)):
        key.chmod(mode)
        ran = samlcheck("check", given.response, *given.options, "--key", key)
        assert ("can be read by other users" in ran.err) is remarked


def test_every_fault_of_decryption_reads_the_same(
    samlcheck: Run, tmp_path: Path, idp_keys: Keys, sp_keys: Keys, other_keys: Keys
) -> None:
    """A report that told padding from key faults would be an oracle (T18)."""
    (tmp_path / "idp.pem").write_bytes(idp_keys.certificate_pem)
    key = tmp_path / "sp.key"
    key.write_bytes(sp_keys.private_pem)
    key.chmod(0o600)
    sealed = forge(
        edit(healthy(), {"encrypt": "assertion", "sign": "assertion", "data_algorithm": "aes256-cbc"}),
        idp_keys,
        encryption_for=sp_keys,
    ).xml
    last = sealed.rindex(b"</xenc:CipherValue>")
    faults = {
        "another recipient": forge(
            edit(healthy(), {"encrypt": "assertion", "sign": "assertion", "data_algorithm": "aes256-cbc"}),
            idp_keys,
            encryption_for=other_keys,
        ).xml,
        "padding": sealed[: last - 6] + (b"AAAA" if sealed[last - 6 : last - 2] != b"AAAA" else b"BBBB") + sealed[last - 2 :],
        "cut": sealed[: last - 24] + sealed[last:],
    }
    said = set()
    for xml in faults.values():
        (tmp_path / "message").write_bytes(xml)
        ran = samlcheck("check", tmp_path / "message", "--idp", tmp_path / "idp.pem", "--key", key, "--at", "2026-05-04T10:00:05Z",
                        "--json")  # fmt: skip
        (login,) = ran.json["logins"]
        causes = [
            (one["rule"], one["message"], one["fix"]) for one in login["causes"] if "encr" in one["rule"] or "decr" in one["rule"]
        ]
        assert causes
        said.add(
            (login["trust"]["reason"], login["headline"], str(causes), str([one["explanation"] for one in login["signatures"]]))
        )
    assert len(said) == 1
