"""Small HARs: a request, pages and a response, as browsers record them."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any
from urllib.parse import quote

ACS = "https://app.example/saml/acs"
REQUEST = (
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    'ID="_r{number}" Version="2.0" IssueInstant="2026-05-04T10:00:00Z" Destination="https://login.microsoftonline.com/t/saml2" '
    f'AssertionConsumerServiceURL="{ACS}"><saml:Issuer>https://app.example/meta</saml:Issuer></samlp:AuthnRequest>'
)


def har(*entries: dict[str, Any]) -> str:
    """Return the file."""
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": list(entries)}})


def entry(url: str, page: str = "", *, status: int = 200, location: str = "", form: str = "") -> dict[str, Any]:
    """Return one exchange; with ``form`` a POST."""
    headers = [{"name": "Location", "value": location}] if location else []
    made: dict[str, Any] = {
        "startedDateTime": "2026-05-04T10:00:05.000Z",
        "time": 1,
        "request": {"method": "POST" if form else "GET", "url": url, "headers": [], "queryString": [], "cookies": []},
        "response": {
            "status": status,
            "headers": headers,
            "cookies": [],
            "redirectURL": location,
            "content": {"size": len(page), "mimeType": "text/html", "text": f"<html><body>{page}</body></html>" if page else ""},
        },
    }
    if form:
        made["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "text": form}
    return made


def asked(page: str = "", *, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return the exchange in which the request reaches Entra, and what Entra's page says."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(REQUEST.format(number=number).encode()) + packer.flush()
    url = f"https://login.microsoftonline.com/t/saml2?SAMLRequest={quote(base64.b64encode(packed).decode(), safe='')}"
    return entry(url, page, **more)
