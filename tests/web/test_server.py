"""The page as it is used: over HTTP, and in a real browser."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

import pytest

from samlcheck.cli.catalogue import catalogue
from samlcheck.web import server as serving
from samlcheck.web.guard import LARGEST
from tests.commands import AT, Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]
BOUNDARY = "----x"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[serving.Server]:
    monkeypatch.setenv("SAMLCHECK_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setattr(serving._Handler, "timeout", 0.5)
    server = serving.Server(0, "sesame", catalogue(), lambda: datetime(2026, 11, 26, tzinfo=UTC))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def body_of(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> bytes:
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [f'name="{name}"; filename="{file}"\r\n\r\n'.encode() + data for name, (file, data) in files.items()]
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(head + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def ask(
    server: serving.Server, method: str, path: str = "/sesame/", body: bytes = b"", **headers: str
) -> tuple[int, str, dict[str, str]]:
    """Return status, text and headers of an answer."""
    link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} if method == "POST" else {}
    link.request(method, path, body, {**kind, **{name.replace("_", "-"): value for name, value in headers.items()}})
    answer = link.getresponse()
    return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}


def form(given: Given, **fields: str) -> bytes:
    """Return the form for a login as ``check`` would be called."""
    options = [str(item) for item in given.options]
    named = dict(zip(options[::2], options[1::2], strict=True))
    idp = Path(named["--idp"])
    texts = {"at": named["--at"], "acs": named.get("--acs", ""), "audience": named.get("--audience", ""), **fields}
    files = {"capture": ("response.txt", Path(given.response).read_bytes()), "idp": (idp.name, idp.read_bytes())}
    return body_of(texts, files)


@pytest.mark.browser
@pytest.mark.parametrize("edits", [{}, {"assertion.audience": "urn:other"}, {"key": "other"}], ids=["healthy", "audience", "key"])
def test_the_page_says_what_the_command_says(page: serving.Server, samlcheck: Run, login: Login, edits: dict[str, str]) -> None:
    given = login(edits)
    said = samlcheck("check", given.response, *given.options, "--json").json["logins"][0]
    status, text, headers = ask(page, "POST", body=form(given, **{"as": "json"}))
    found = json.loads(text)["logins"][0]
    assert (status, headers["content-disposition"]) == (200, 'attachment; filename="samlcheck.json"')
    assert (found["verdict"], found["headline"]) == (said["verdict"], said["headline"])
    assert [cause["rule"] for cause in found["causes"]] == [cause["rule"] for cause in said["causes"]]
    assert said["headline"] in ask(page, "POST", body=form(given))[1]
    assert said["headline"] in ask(page, "POST", body=form(given, **{"as": "markdown"}))[1].replace("\\", "")


@pytest.mark.browser
def test_values_are_masked_unless_they_are_asked_for_and_never_become_markup(page: serving.Server, login: Login) -> None:
    given = login({"assertion.nameid": "<script>alert(1)</script>", "assertion.audience": "</pre><script>alert(1)</script>"})
    for fields in ({}, {"show": "on", "all": "on"}, {"as": "decode", "show": "on"}):
        text = ask(page, "POST", body=form(given, **fields))[1]
        assert "<script" not in text
        assert ("&lt;script&gt;" in text) == ("show" in fields or "as" not in fields)
    assert "mia" not in ask(page, "POST", body=form(login({"assertion.nameid": "mia@example.com"}), all="on"))[1]


@pytest.mark.browser
def test_metadata_alone_is_linted(page: serving.Server) -> None:
    xml = b'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><md:Foo/></md:EntityDescriptor>'
    found = json.loads(ask(page, "POST", body=body_of({"as": "json"}, {"capture": ("idp.xml", xml)}))[1])
    assert found["schema"] == "samlcheck/inspection-1"
    assert '"rule": "metadata-schema/element-not-expected"' in json.dumps(found)
    assert "1 entity" in ask(page, "POST", body=body_of({}, {"capture": ("idp.xml", xml)}))[1]
    assert "idp.xml" in ask(page, "POST", body=body_of({"as": "markdown"}, {"capture": ("idp.xml", xml)}))[1]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fields", "files", "words"),
    [
        ({"at": ""}, {}, "there is nothing to look at"),
        ({"capture": "hello"}, {}, "no SAML"),
        ({"capture": "x", "at": "yesterday"}, {}, "yesterday is not an instant"),
        ({"capture": "x", "settings": "region"}, {}, "region: expected key=value"),
        ({"capture": "x", "idp": "hello"}, {}, "Give the IdP's metadata"),
        ({"capture": "x"}, {"iam_role": ("role.json", b"{")}, "role.json"),
    ],
    ids=["nothing", "no SAML", "no instant", "no setting", "no key", "damaged policy"],
)
def test_what_is_wrong_with_the_form_is_said(
    page: serving.Server, fields: dict[str, str], files: dict[str, tuple[str, bytes]], words: str
) -> None:
    _, text, _ = ask(page, "POST", body=body_of(fields, files))
    assert words in text
    assert "Traceback" not in text


@pytest.mark.browser
def test_a_bug_of_ours_is_named_without_anything_of_the_capture(page: serving.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret of the capture")

    monkeypatch.setattr(serving.answers, "answer", broken)
    status, text, _ = ask(page, "POST", body=body_of({"capture": "x"}, {}))
    assert status == 500
    assert "a bug of ours: ValueError at test_server.py:" in text
    assert "secret" not in text


@pytest.mark.browser
@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/sesame/", {}, 200),
        ("GET", "/", {}, 404),
        ("GET", "/favicon.ico", {}, 404),
        ("GET", "/sesame/", {"Host": "evil.example"}, 403),
        ("POST", "/sesame/", {"Origin": "https://evil.example"}, 403),
        ("POST", "/sesame/", {"Content_Length": str(LARGEST + 1)}, 413),
        ("DELETE", "/sesame/", {}, 501),
        ("HEAD", "/sesame/", {}, 501),
    ],
)
def test_nobody_else_is_answered(page: serving.Server, method: str, path: str, headers: dict[str, str], status: int) -> None:
    found, text, said = ask(page, method, path, **headers)
    assert found == status
    assert said["cache-control"] == "no-store"
    assert "default-src 'none'" in said["content-security-policy"]
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert (status == 200) == ("<form" in text)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"", b""),
        (b"POST /sesame/ HTTP/1.0\r\nHost: 127.0.0.1:%d\r\nContent-Type: multipart/form-data\r\nContent-Length: 9\r\n\r\n--x",
         b"408"),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"not understood"),
    ],
    ids=["says nothing", "does not finish", "speaks TLS"],
)  # fmt: skip
def test_a_slow_or_strange_client_is_let_go(page: serving.Server, sent: bytes, answered: bytes) -> None:
    with socket.create_connection(("127.0.0.1", page.server_port), timeout=5) as link:
        link.sendall(sent.replace(b"%d", str(page.server_port).encode()))
        assert answered in link.makefile("rb").read()


@pytest.mark.browser
def test_a_client_that_drips_is_let_go(page: serving.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_UPLOAD", 0.6)
    with socket.create_connection(("127.0.0.1", page.server_port), timeout=5) as link:
        begun = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - begun < 10:
                link.sendall(b"X-Drip: 1\r\n" if time.monotonic() - begun > 0.1 else b"GET /sesame/ HTTP/1.0\r\n")
                link.settimeout(0.2)
                with suppress(TimeoutError):
                    if not link.recv(1):
                        break
                    link.settimeout(5)
        assert time.monotonic() - begun < 5


@pytest.mark.browser
def test_too_many_at_once_have_to_come_again(page: serving.Server) -> None:
    waiting = [socket.create_connection(("127.0.0.1", page.server_port), timeout=5) for _ in range(serving._CONNECTIONS + 3)]
    assert waiting[-1].recv(1) == b""
    for link in waiting:
        link.close()


def test_it_listens_on_this_machine_alone(page: serving.Server) -> None:
    assert page.server_address[0] == "127.0.0.1"
    assert page.address == f"http://127.0.0.1:{page.server_port}/sesame/"


@pytest.mark.browser
def test_nothing_is_written_or_logged(
    page: serving.Server, login: Login, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    given = login()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert ask(page, "POST", body=form(given))[0] == 200
    assert list(Path.cwd().iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
def test_the_command_prints_its_address_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "samlcheck", "serve"]
    environment = {**os.environ, "SAMLCHECK_CACHE": str(tmp_path)}
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert started.stdout is not None
    address = started.stdout.readline()
    assert urlsplit(address.strip()).hostname == "127.0.0.1"
    assert len(urlsplit(address.strip()).path) > 30
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=20)
    assert (started.returncode, err.splitlines()[-1]) == (0, "samlcheck: ended; nothing was kept")


def test_a_port_in_use_is_named(page: serving.Server, samlcheck: Run) -> None:
    ran = samlcheck("serve", "--port", str(page.server_port))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"samlcheck: --port {page.server_port} cannot be used: ")


@pytest.mark.browser
@pytest.mark.skipif(which("chromium") is None, reason="no Chromium on this machine (README, Browser tests)")
def test_a_person_fills_in_the_form_and_reads_the_answer(page: serving.Server, login: Login, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    given = login({"assertion.audience": "urn:other"})
    options = [str(item) for item in given.options]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        here = browser.new_context(viewport={"width": 390, "height": 800})
        said: list[str] = []
        asked: set[str] = set()
        here.on("console", lambda message: said.append(message.text))
        here.on("request", lambda request: asked.add(request.url))
        shown = here.new_page()
        shown.goto(page.address)
        assert shown.evaluate("document.documentElement.scrollWidth") <= 390
        shown.fill("textarea[name=capture]", Path(given.response).read_text())
        shown.set_input_files("input[name=idp]", options[options.index("--idp") + 1])
        shown.fill("input[name=at]", AT)
        for name in ("acs", "audience"):
            if f"--{name}" in options:
                shown.fill(f"input[name={name}]", options[options.index(f"--{name}") + 1])
        with here.expect_page() as opened:
            shown.keyboard.press("Enter")
        answer = opened.value
        answer.wait_for_load_state()
        assert answer.title() == "samlcheck: The assertion is meant for another service"
        assert answer.inner_text(".verdict") == "REJECTED"
        assert shown.input_value("input[name=at]") == AT
        assert (said, asked) == ([], {page.address})
        browser.close()
