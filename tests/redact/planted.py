"""A recording with a secret of its own in every place where one can stand."""

from __future__ import annotations

import base64
import html
import json
import zlib
from urllib.parse import quote_plus

from samlcheck.forge import Keys, edit, forge, healthy

PLACES = (
    "path query fragment userinfo header cookie set-cookie authorization content-type status-text form json body "
    "page title script input redirect nameid attribute deflated comment relay-state initiator timing creator "
    "user-agent mime params error "
)
SECRETS = {place: f"SECRET-{place}-{number * 7919 + 40961:x}" for number, place in enumerate(PLACES.split())}


def deflated(xml: str) -> str:
    """Return a message as the redirect binding writes it."""
    deflater = zlib.compressobj(wbits=-15)
    return quote_plus(base64.b64encode(deflater.compress(xml.encode()) + deflater.flush()).decode())


def planted(keys: Keys) -> bytes:
    s = SECRETS
    made = forge(edit(healthy(), {"assertion.nameid": s["nameid"], "attribute:email": f"{s['attribute']}@corp.example"}), keys)
    request = (
        '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
        f'ID="_1" Version="2.0" IssueInstant="2026-05-04T10:00:00Z"><!-- {s["comment"]} --><saml:Issuer>https://{s["deflated"]}.example'
        "</saml:Issuer></samlp:AuthnRequest>"
    )
    redirect = f"https://idp.example/sso?SAMLRequest={deflated(request)}&RelayState={s['relay-state']}"
    page = (
        f"<html><head><title>{s['title']}</title><script>var token='{s['script']}';</script></head><body>Hello {s['page']}"
        f'<form method="post" action="https://sp.example/saml/acs"><input name="SAMLResponse" value="{html.escape(made.base64)}">'
        f'<input name="x" value="{s["input"]}"></form></body></html>'
    )
    entries = [
        {
            "startedDateTime": "2026-05-04T10:00:00Z",
            "time": 5,
            "timings": {"wait": 1, "comment": s["timing"]},
            "_initiator": {"stack": s["initiator"]},
            "comment": s["initiator"],
            "_error": s["error"],
            "request": {
                "method": "GET",
                "url": f"https://u:{s['userinfo']}@sp.example/{s['path']}?q={s['query']}#{s['fragment']}",
                "headers": [
                    {"name": "X-Contoso", "value": s["header"]},
                    {"name": "Cookie", "value": f"sp={s['cookie']}"},
                    {"name": "Authorization", "value": f"Bearer {s['authorization']}"},
                    {"name": "Content-Type", "value": f"text/{s['content-type']}"},
                    {"name": "User-Agent", "value": s["user-agent"]},
                ],
                "cookies": [{"name": "sp", "value": s["cookie"]}],
                "queryString": [{"name": "q", "value": s["query"]}],
            },
            "response": {
                "status": 302,
                "statusText": s["status-text"],
                "redirectURL": redirect,
                "headers": [
                    {"name": "Location", "value": redirect},
                    {"name": "Set-Cookie", "value": f"sp={s['set-cookie']}; Path=/{s['path']}"},
                ],
                "content": {
                    "mimeType": s["mime"],
                    "encoding": "base64",
                    "text": base64.b64encode(s["body"].encode()).decode(),
                },
            },
        },
        {
            "startedDateTime": "2026-05-04T10:00:01Z",
            "request": {"method": "GET", "url": redirect, "headers": []},
            "response": {"status": 200, "content": {"mimeType": "text/html", "text": page}, "headers": []},
        },
        {
            "startedDateTime": "2026-05-04T10:00:02Z",
            "request": {
                "method": "POST",
                "url": "https://sp.example/saml/acs",
                "headers": [],
                "postData": {
                    "mimeType": "application/x-www-form-urlencoded",
                    "text": f"{made.form}&code={s['form']}",
                    "params": [{"name": "code", "value": s["params"]}],
                },
            },
            "response": {
                "status": 200,
                "headers": [],
                "content": {"mimeType": "application/json", "text": json.dumps({"user": s["json"], "redirect": s["redirect"]})},
            },
        },
    ]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": s["creator"]}, "entries": entries}}).encode()
