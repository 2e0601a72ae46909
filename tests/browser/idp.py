"""The identity provider: pysaml2, with a sign-in page of its own, signing through the xmlsec1 program.

``IdentityProvider`` is a WSGI application. What goes wrong in a scenario goes wrong here by configuration: another
audience or ACS URL on file, a renewed key, a clock that is ahead, a user who is not assigned.
"""

from __future__ import annotations

import base64
import html
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml, samlp, time_util
from saml2.config import IdPConfig
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from samlcheck.forge import Keys
from tests.browser.scenarios import ACS, AUDIENCE, IDP_ENTITY, SSO, USER, Scenario

_SP_METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{AUDIENCE}">
<SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="{samlp.NAMESPACE}">
<AssertionConsumerService Binding="{BINDING_HTTP_POST}" Location="{ACS}" index="0"/></SPSSODescriptor></EntityDescriptor>"""
_SIGN_IN = """<!doctype html><title>Sign in</title><h1>Sign in</h1><form method="post" action="/signin">
<input type="hidden" name="SAMLRequest" value="{request}"><input type="hidden" name="RelayState" value="{state}">
<label>User <input name="user" autofocus></label> <label>Password <input name="word" type="password"></label>
<button>Sign in</button></form>"""
_DELIVERY = """<!doctype html><title>Signing you in</title><body onload="document.forms[0].submit()">
<form method="post" action="{acs}"><input type="hidden" name="SAMLResponse" value="{response}">
<input type="hidden" name="RelayState" value="{state}"><noscript><button>Continue</button></noscript></form>"""
_REFUSAL = """<!doctype html><title>Error</title><h1>Error</h1>
<p>The assertion consumer URL {acs} is not registered for this application.</p>"""


class IdentityProvider:
    """A pysaml2 server behind two pages: ``/saml/sso`` asks who is there, ``/signin`` answers the service."""

    def __init__(self, scenario: Scenario, keys: Keys, folder: Path) -> None:
        """Write the keys into ``folder`` (xmlsec1 takes files), which the caller deletes."""
        self._scenario = scenario
        (key := folder / "idp.key").write_bytes(keys.private_pem)
        (certificate := folder / "idp.crt").write_bytes(keys.certificate_pem)
        settings = {
            "entityid": IDP_ENTITY,
            "key_file": str(key),
            "cert_file": str(certificate),
            "xmlsec_binary": shutil.which("xmlsec1"),
            "metadata": {"inline": [_SP_METADATA]},
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(SSO, BINDING_HTTP_REDIRECT)]},
                    "sign_assertion": True,
                    "signing_algorithm": SIG_RSA_SHA256,
                    "digest_algorithm": DIGEST_SHA256,
                    "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": saml.NAME_FORMAT_URI}},
                }
            },
        }
        self._server = Server(config=IdPConfig().load(settings))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request of the browser."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(length).decode() if length else environ.get("QUERY_STRING", "")
        fields = {name: values[0] for name, values in parse_qs(sent).items()}
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Date", formatdate(time.time() + self._scenario.idp_clock_ahead, usegmt=True)),
        ]
        if self._scenario.idp_forbids_frames:
            headers.append(("X-Frame-Options", "DENY"))
        signed_in = "idp_session=" in environ.get("HTTP_COOKIE", "")
        if "SAMLRequest" not in fields:
            status, page = "404 Not Found", "<!doctype html><title>Not found</title>Not found"
        elif environ["PATH_INFO"] == "/saml/sso" and not signed_in:
            status, page = "200 OK", _filled(_SIGN_IN, request=fields["SAMLRequest"], state=fields.get("RelayState", ""))
        elif self._scenario.idp_wants_registered_acs and (asked := self._asked(fields["SAMLRequest"])) != ACS:
            status, page = "400 Bad Request", _filled(_REFUSAL, acs=asked)
        else:
            headers.append(("Set-Cookie", "idp_session=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"))
            page = _filled(
                _DELIVERY,
                acs=self._scenario.deliver_to,
                response=self._answer(fields["SAMLRequest"]),
                state=fields.get("RelayState", ""),
            )
            status = "200 OK"
        start_response(status, headers)
        return [page.encode()]

    def _asked(self, message: str) -> str:
        """Return the ACS URL that the request names."""
        return str(self._server.parse_authn_request(message, BINDING_HTTP_REDIRECT).message.assertion_consumer_service_url)

    def _answer(self, message: str) -> str:
        """Return the response to the request as base64."""
        scenario, server = self._scenario, self._server
        request = server.parse_authn_request(message, BINDING_HTTP_REDIRECT).message
        with _clock_ahead(scenario.idp_clock_ahead):
            if not scenario.user_assigned:
                why = (samlp.STATUS_REQUEST_DENIED, "The user is not assigned to this application.")
                response = server.create_error_response(request.id, scenario.deliver_to, why, sign=True)
            else:
                response = server.create_authn_response(
                    {"mail": USER, "givenName": "Mia", "sn": "Lindqvist"},
                    request.id,
                    scenario.deliver_to,
                    scenario.audience,
                    name_id=saml.NameID(format=saml.NAMEID_FORMAT_EMAILADDRESS, text=USER),
                    authn={"class_ref": saml.AUTHN_PASSWORD_PROTECTED},
                    sign_assertion=True,
                    sign_response=False,
                )
        return base64.b64encode(str(response).encode()).decode()


def _filled(page: str, **values: str) -> str:
    return page.format(**{name: html.escape(value) for name, value in values.items()})


@contextmanager
def _clock_ahead(seconds: int) -> Iterator[None]:
    """Let pysaml2 alone see a clock that is ahead: it asks ``time.gmtime`` and, for windows, ``time_in_a_while``."""
    honest = time_util.time_in_a_while

    def gmtime(at: float | None = None) -> time.struct_time:
        return time.gmtime(time.time() + seconds if at is None else at)

    def time_in_a_while(*span: int) -> datetime:
        return honest(*span) + timedelta(seconds=seconds)

    clock = SimpleNamespace(gmtime=gmtime, strftime=time.strftime, mktime=time.mktime)
    with mock.patch.multiple(time_util, time=clock, time_in_a_while=time_in_a_while):
        yield
