"""The service: python3-saml with a pinned certificate, the request's ID in a cookie, and one use for each assertion.

``ServiceProvider`` is a WSGI application that believes what its proxy tells it of the browser's address. It lets nobody in whom
python3-saml refuses, and prints the reason, as services with debugging on do.
"""

from __future__ import annotations

import html
from http.cookies import SimpleCookie
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from onelogin.saml2.auth import OneLogin_Saml2_Auth

from samlcheck.forge import Keys
from tests.browser.scenarios import AUDIENCE, GREETING, IDP_ENTITY, SP, SSO, Scenario

_MOST_ATTEMPTS = 4
_WELCOME = """<button onclick="open('/', 'login', 'popup')">Sign in</button><script>onmessage = () => location.reload()</script>"""
_TELL_OPENER = "<script>if (opener) { opener.postMessage('signed in', location.origin); close() }</script>"
_Answer = tuple[str, list[tuple[str, str]], str]


def portal(_: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer with a page of somebody else that shows the service in a frame."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [f'<!doctype html><title>Portal</title><h1>Portal</h1><iframe src="{SP}/"></iframe>'.encode()]


class ServiceProvider:
    """``/`` greets or asks for a login, ``/welcome`` greets or offers one in a pop-up, ``/saml/acs`` takes responses."""

    def __init__(self, scenario: Scenario, pinned: Keys) -> None:
        """Trust the certificate of ``pinned``, whatever the identity provider signs with."""
        self._scenario = scenario
        self._certificate = pinned.certificate_base64
        self._taken: set[str] = set()
        self._attempts = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request of the browser."""
        cookies = {name: morsel.value for name, morsel in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
        beside = ""
        if environ["PATH_INFO"] == "/saml/acs":
            status, headers, words = self._acs(environ, cookies)
        elif self._scenario.home_in_a_circle and "session" in cookies:
            other = "/home" if environ["PATH_INFO"] == "/" else "/"
            status, headers, words = "302 Found", [("Location", other)], "Elsewhere"
        elif environ["PATH_INFO"] not in ("/", "/welcome"):
            status, headers, words = "404 Not Found", [], "Not found"
        elif "session" in cookies:
            status, headers, words, beside = "200 OK", [], GREETING, _TELL_OPENER if environ["PATH_INFO"] == "/" else ""
        elif environ["PATH_INFO"] == "/welcome":
            status, headers, words, beside = "200 OK", [], "Welcome", _WELCOME
        else:
            status, headers, words = self._ask(environ)
        start_response(status, [("Content-Type", "text/html; charset=utf-8"), *headers])
        return [f"<!doctype html><title>{html.escape(words)}</title><p>{html.escape(words)}</p>{beside}".encode()]

    def _ask(self, environ: WSGIEnvironment) -> _Answer:
        self._attempts += 1
        if self._attempts > _MOST_ATTEMPTS:
            return "500 Internal Server Error", [], "Error: Too many attempts to sign in"
        auth = self._auth(environ, {})
        target = auth.login(return_to=f"{SP}/")
        cookie = f"saml_request={auth.get_last_request_id()}; Path=/; HttpOnly; {self._scenario.state_cookie}"
        return "302 Found", [("Location", target), ("Set-Cookie", cookie)], "To the identity provider"

    def _acs(self, environ: WSGIEnvironment, cookies: dict[str, str]) -> _Answer:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        auth = self._auth(environ, {name: values[0] for name, values in parse_qs(sent).items()})
        if "saml_request" not in cookies:
            return "400 Bad Request", [], "Error: State information lost"
        auth.process_response(request_id=cookies["saml_request"])
        if auth.get_errors():
            return "403 Forbidden", [], f"Error: {', '.join(auth.get_errors())}: {auth.get_last_error_reason()}"
        if auth.get_last_assertion_id() in self._taken:
            return "403 Forbidden", [], "Error: this assertion was already used"
        self._taken.add(auth.get_last_assertion_id())
        cookie = ("Set-Cookie", f"session=1; {self._scenario.session_cookie}")
        if self._scenario.reload_at_the_end:
            return "200 OK", [cookie], GREETING
        return "303 See Other", [("Location", "/"), cookie], "Signed in"

    def _auth(self, environ: WSGIEnvironment, post: dict[str, str]) -> OneLogin_Saml2_Auth:
        """Return python3-saml for this request; its own URLs follow from what the proxy said, as in most installations."""
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "http")
        own = f"{scheme}://{environ['HTTP_HOST']}"
        request = {
            "https": "on" if scheme == "https" else "off",
            "http_host": environ["HTTP_HOST"],
            "script_name": environ["PATH_INFO"],
            "get_data": {},
            "post_data": post,
        }
        settings = {
            "strict": True,
            "sp": {"entityId": AUDIENCE, "assertionConsumerService": {"url": f"{own.replace('//www.', '//')}/saml/acs"}},
            "idp": {"entityId": IDP_ENTITY, "singleSignOnService": {"url": SSO}, "x509cert": self._certificate},
            "security": {"wantAssertionsSigned": True, "requestedAuthnContext": False},
        }
        return OneLogin_Saml2_Auth(request, settings)
