"""One response and one request, and the transports they travel in."""

from __future__ import annotations

import base64
import re
import zlib
from urllib.parse import quote

from samlcheck.capture import read
from samlcheck.capture.model import Capture
from samlcheck.source import Artifact

RESPONSE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
    ' ID="_r1" Version="2.0" Destination="https://sp.example/acs"><saml:Issuer>https://idp.example/?tenant=1&amp;x=ü</saml:Issuer>'
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
    '<saml:Assertion ID="_a1"><saml:Subject><saml:NameID>~~~>>>???ada@corp.example</saml:NameID></saml:Subject></saml:Assertion>'
    "</samlp:Response>"
).encode()
REQUEST = (
    b'<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1" Version="2.0"'
    b' AssertionConsumerServiceURL="https://sp.example/acs?a=1&amp;b=2"/>'
)
SECOND = RESPONSE.replace(b"_r1", b"_r2")


def b64(octets: bytes) -> str:
    """Base64 on one line."""
    return base64.b64encode(octets).decode()


def deflated(octets: bytes) -> bytes:
    """Raw DEFLATE, as the redirect binding wants it."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(octets) + stream.flush()


def wrapped(text: str, width: int = 76, end: str = "\n") -> str:
    """Text in lines of a fixed width."""
    return end.join(text[at : at + width] for at in range(0, len(text), width))


def percent(text: str) -> str:
    """Text percent-encoded, slashes too."""
    return quote(text, safe="")


RESPONSE_B64 = b64(RESPONSE)
REQUEST_URL = f"https://idp.example/sso?idpid=7&SAMLRequest={percent(b64(deflated(REQUEST)))}&RelayState=state%201"
POSTED = f"SAMLResponse={percent(RESPONSE_B64)}&RelayState=https%3A%2F%2Fsp.example%2Fhome%3Fa%3Db+c"


def capture(data: bytes | str, name: str = "paste") -> Capture:
    """Read octets or text as the program would."""
    return read(Artifact(name, data.encode() if isinstance(data, str) else data))


def for_cmd(text: str) -> str:
    """Quote an argument as Chromium does for the Windows prompt: carets before what it would read, new lines doubled."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    text = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.,?;()*`]", r"^\g<0>", text)
    text = re.sub(r"%(?=[a-zA-Z0-9_])", "%^", text)
    return '^"' + re.sub(r"\r?\n", "^\n\n", text) + '^"'
