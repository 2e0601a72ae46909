"""What the page lets in."""

from __future__ import annotations

import pytest

from samlcheck.web.guard import LARGEST, Request, refusal

TOKEN, PORT = "sesame", 8080
FORM = {"content-type": "multipart/form-data; boundary=x", "content-length": "10"}


def asked(method: str = "GET", path: str = f"/{TOKEN}/", **headers: str) -> int | None:
    """Return the status of the refusal; underscores in names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = refusal(Request(method, path, {"host": f"127.0.0.1:{PORT}", **named}), PORT, TOKEN)
    return found.status if found else None


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("GET", {"host": f"localhost:{PORT}"}),
        ("GET", {"sec_fetch_site": "none"}),
        ("POST", FORM),
        ("POST", {**FORM, "origin": f"http://127.0.0.1:{PORT}", "sec_fetch_site": "same-origin"}),
        ("POST", {**FORM, "content-length": str(LARGEST)}),
    ],
)
def test_the_page_itself_is_let_in(method: str, headers: dict[str, str]) -> None:
    assert asked(method, **headers) is None


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        pytest.param("GET", f"/{TOKEN}/", {"host": f"evil.example:{PORT}"}, 403, id="a name that was made to lead here"),
        pytest.param("GET", f"/{TOKEN}/", {"host": "127.0.0.1"}, 403, id="another port"),
        pytest.param("GET", f"/{TOKEN}/", {"host": ""}, 403, id="no name"),
        pytest.param("GET", f"/{TOKEN}/", {"host": f"127.0.0.1:{PORT}.evil.example"}, 403, id="a name that begins like ours"),
        pytest.param("GET", "/", {}, 404, id="no token"),
        pytest.param("GET", "/sesamf/", {}, 404, id="another token"),
        pytest.param("GET", f"/{TOKEN}", {}, 404, id="token without slash"),
        pytest.param("GET", f"/{TOKEN}/?x=1", {}, 404, id="a query"),
        pytest.param("GET", f"/{TOKEN}/../{TOKEN}/", {}, 404, id="a way round"),
        pytest.param("GET", "/\udcff/", {}, 404, id="no text"),
        pytest.param("PUT", f"/{TOKEN}/", {}, 405, id="another method"),
        pytest.param("GET", f"/{TOKEN}/", {"sec_fetch_site": "cross-site"}, 403, id="a frame or a link of another site"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "origin": "https://evil.example"}, 403, id="a form of another site"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "origin": "null"}, 403, id="a form of a hidden site"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "origin": f"http://127.0.0.1:{PORT + 1}"}, 403, id="another local page"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "sec_fetch_site": "same-site"}, 403, id="another local page, told otherwise"),
        pytest.param("POST", f"/{TOKEN}/", {"content_type": "multipart/form-data"}, 411, id="no length"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "content-length": "-1"}, 411, id="a length below nothing"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "content-length": "9" * 30}, 411, id="a length beyond numbers"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "content-length": str(LARGEST + 1)}, 413, id="too large"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "transfer-encoding": "chunked"}, 400, id="length told later"),
        pytest.param("POST", f"/{TOKEN}/", {**FORM, "content-type": "text/plain"}, 415, id="no form"),
    ],
)
def test_everything_else_is_refused(method: str, path: str, headers: dict[str, str], status: int) -> None:
    assert asked(method, path, **headers) == status
