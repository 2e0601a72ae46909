"""Says what an input is when it holds no SAML message, in one sentence each.

``RECOGNISERS`` is a table, cheapest first; the first that knows the input answers. No answer holds a captured value.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from samlcheck.capture import base64text, escapes, form, page, remains, xmllook
from samlcheck.errors import HostileInput, InputError
from samlcheck.frozen import dataclass

_MAGIC = (
    (b"%PDF", "a PDF", "Copy the message as text."),
    (b"\x89PNG", "a picture", "Copy the message as text; a screenshot cannot be decoded."),
    (b"\xff\xd8\xff", "a picture", "Copy the message as text; a screenshot cannot be decoded."),
    (b"GIF8", "a picture", "Copy the message as text; a screenshot cannot be decoded."),
    (b"\xd0\xcf\x11\xe0", "an Office document", "Copy the message as text."),
    (b"\x0a\x0d\x0d\x0a", "a network trace", "TLS hides the message in it; record a HAR in the browser instead."),
    (b"\xd4\xc3\xb2\xa1", "a network trace", "TLS hides the message in it; record a HAR in the browser instead."),
)
_JWT = re.compile(r"\s*+(?:Bearer )?\"?eyJ[\w\-]{10,}+\.[\w\-]{10,}+\.[\w\-]*+\"?\s*+")
_JWT_PARAMETER = re.compile(r"\b(?:id_token|access_token)\b[\"'\s:=]{1,8}eyJ")
_OAUTH = re.compile(r"[?&]code=[^&\s]++|[?&]error=[a-z_]++&|\bgrant_type=|\bcode_challenge=|[?&]response_type=")
_WSFED = re.compile(r"\bwresult\b|\bwa=wsignin1\.0|\bwtrealm=")
_ARTIFACT = re.compile(r"\bSAMLart\b")
_SAML1 = re.compile(r"urn:oasis:names:tc:SAML:1\.[01]:|\bSAML:1\.1\b")
_MASKED_FIELD = re.compile(
    r"SAML(?:Response|Request)[\"']?\s{0,5}[=:]\s{0,5}[\"']?(?:\[[^\]]{0,60}redacted\]|REDACTED|\*{3,})", re.IGNORECASE
)
_FILE_NAME = re.compile(r"[\w.~:/\\ \-()]{1,260}\.(?:xml|txt|har|zhar|json|b64|base64|log|html?|pem|cer|crt|saz|gz|zip)")
_URL = re.compile(r"\s*+https?://\S++\s*+")


@dataclass(frozen=True, slots=True)
class Unread:
    """An input in which no message was found."""

    octets: bytes
    text: str


def explain(unread: Unread) -> InputError:
    """Return what the input is instead, and the next step."""
    return next(error for recognise in RECOGNISERS if (error := recognise(unread)) is not None)


def _empty(unread: Unread) -> InputError | None:
    """Nothing but white space."""
    if unread.text.strip("\ufeff \t\r\n\0"):
        return None
    return InputError("There is nothing in the input.", tip="Paste the SAMLResponse, or give a file.", code="empty")


def _binary(unread: Unread) -> InputError | None:
    """Files known by their first octets."""
    for magic, what, tip in _MAGIC:
        if unread.octets.startswith(magic):
            return InputError(f"This is {what}, not a SAML message.", tip=tip, code="binary")
    if unread.octets[:1] == b"\x30" and unread.octets[1:2] in (b"\x82", b"\x81"):
        return _certificate_error()
    return None


def _private_key(unread: Unread) -> InputError | None:
    """A private key in PEM (RFC 7468)."""
    if "-----BEGIN " not in unread.text or "PRIVATE KEY-----" not in unread.text:
        return None
    return InputError(
        "This is a private key. Keep it to yourself; it is not a SAML message.",
        tip="If it was shared by mistake, make a new key. To decrypt an assertion, give it with --key.",
        code="private-key",
    )


def _certificate(unread: Unread) -> InputError | None:
    """A certificate or public key in PEM, or the bare base64 of one."""
    if "-----BEGIN " in unread.text:
        return _certificate_error()
    compact = "".join(unread.text[:65536].split())
    return _certificate_error() if compact.startswith("MII") and base64text.is_base64(compact) else None


def _certificate_error() -> InputError:
    return InputError(
        "This is a certificate or key, not a SAML message.",
        tip="Give the IdP's certificate with --idp, beside the response.",
        code="certificate",
    )


def _masked(unread: Unread) -> InputError | None:
    """A value replaced by a sanitiser."""
    if remains.is_masked(unread.text.strip()):
        return remains.masked("the message")
    return remains.masked("the SAML parameter") if _MASKED_FIELD.search(unread.text) else None


def _jwt(unread: Unread) -> InputError | None:
    """A JSON Web Token (RFC 7519)."""
    if _JWT.fullmatch(unread.text) is None and _JWT_PARAMETER.search(unread.text) is None:
        return None
    return InputError(
        "This is a JWT: it belongs to OpenID Connect or OAuth, not to SAML.",
        tip="This login does not use SAML at this point; look for a request with SAMLResponse in the same recording.",
        code="jwt",
    )


def _saml1(unread: Unread) -> InputError | None:
    """SAML 1.0 or 1.1."""
    return saml1() if _SAML1.search(unread.text) and "<" in unread.text and xmllook.SAMLP not in unread.text else None


def saml1() -> InputError:
    """Return the error for a message of SAML 1.x."""
    return InputError(
        "This is SAML 1.x; samlcheck judges SAML 2.0.",
        tip="Set the IdP's application to SAML 2.0 if the service expects that.",
        code="saml1",
    )


def _ws_federation(unread: Unread) -> InputError | None:
    """A WS-Federation sign-in (wresult, wtrealm)."""
    return ws_federation() if _WSFED.search(unread.text) else None


def ws_federation() -> InputError:
    """Return the error for a message of WS-Federation."""
    return InputError(
        "This is WS-Federation (wresult with a WS-Trust token), another protocol than SAML 2.0 single sign-on.",
        tip="The IdP's application is set up for WS-Federation; set it to SAML 2.0 if the service expects SAML.",
        code="ws-federation",
    )


def _artifact(unread: Unread) -> InputError | None:
    """The artifact binding (SAML bindings 3.6)."""
    return artifact() if _ARTIFACT.search(unread.text) else None


def artifact() -> InputError:
    """Return the error for a SAMLart."""
    return InputError(
        "This is a SAML artifact (SAMLart): the response itself goes from server to server and is not in a browser's capture.",
        tip="Get the response from the service's log, or set the IdP to the POST binding for the test.",
        code="artifact",
    )


def _oauth(unread: Unread) -> InputError | None:
    """An OAuth or OpenID Connect URL or form."""
    if "SAMLRe" in unread.text or _OAUTH.search(unread.text) is None:
        return None
    return InputError(
        "This is an OAuth or OpenID Connect exchange; there is no SAML message in it.",
        tip="Look for the request with SAMLRequest or SAMLResponse in the same recording.",
        code="oauth",
    )


def _html(unread: Unread) -> InputError | None:
    """An HTML page without a message, or with one that cannot be read."""
    if not page.is_page(unread.text):
        return None
    fields = (field for found in page.forms(unread.text) for field in found.fields)
    unreadable = next((name for name, value in fields if name in form.MESSAGE_PARAMETERS and value), "")
    if unreadable:
        return remains.undecodable(unreadable)
    return InputError(
        "This is an HTML page without a SAML message (probably an error or sign-in page).",
        tip="To have its text explained, give it with --error or to `samlcheck explain`; for the message, record a HAR.",
        code="html",
    )


def _json(unread: Unread) -> InputError | None:
    """JSON that is no capture, or a capture without SAML."""
    if unread.text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return None
    if '"entries"' in unread.text or '"requests"' in unread.text:
        return InputError(
            "This recording holds no SAML message.",
            tip="Record again with `Preserve log` on, from before the sign-in until the error shows.",
            code="capture-without-saml",
        )
    return InputError(
        "This is JSON, but neither a HAR nor a SAML-tracer export, and no SAML message is in it.",
        tip="Export a HAR from the browser.",
        code="json",
    )


def _entities(unread: Unread) -> InputError | None:
    """XML with entity declarations (XML 1.0, 4.2): never read, whatever it is."""
    if "<!ENTITY" not in unread.text:
        return None
    return HostileInput(
        "The XML was refused: it declares entities, which SAML never needs and attacks use.",
        tip="Ask whoever sent it; an IdP does not write a document type declaration.",
        code="dtd",
    )


def _other_xml(unread: Unread) -> InputError | None:
    """XML that is something else."""
    if xmllook.root(xmllook.as_utf8(unread.octets)) is None and not unread.text.lstrip("\ufeff \r\n\t").startswith("<"):
        return None
    return InputError(
        "This is XML, but not a SAML 2.0 message or metadata.", tip="Give the SAMLResponse or the metadata.", code="not-saml"
    )


def _url(unread: Unread) -> InputError | None:
    """A URL without SAML parameters."""
    if _URL.fullmatch(unread.text) is None:
        return None
    return InputError(
        "This URL holds neither SAMLRequest nor SAMLResponse.",
        tip="A SAMLResponse usually travels in the body of a POST: copy it from the network panel, or give a HAR.",
        code="url-without-saml",
    )


def _file_name(unread: Unread) -> InputError | None:
    """The name of a file instead of its content."""
    if _FILE_NAME.fullmatch(unread.text.strip()) is None:
        return None
    return InputError(
        "This looks like the name of a file, but there is no such file.",
        tip="Check the path and the folder you are in.",
        code="no-such-file",
    )


def _headless(unread: Unread) -> InputError | None:
    """Base64 of the middle of a message: the beginning was not copied."""
    compact = "".join(escapes.from_percent(unread.text[:262144]).split())
    if len(compact) < 40 or not base64text.is_base64(compact):
        return None
    for shift in range(4):
        for reading in base64text.readings(compact[shift:]):
            if b"</" in reading.octets or b"urn:oasis:names:tc:SAML" in reading.octets:
                return InputError(
                    "This is base64 of XML, but its beginning is missing.",
                    tip="Copy the whole value, from its first character on.",
                    code="truncated-start",
                )
    return InputError(
        "This is base64, but what it decodes to is neither XML nor compressed XML.",
        tip="If the beginning or the end is missing, copy the whole value again.",
        code="not-saml",
    )


def _anything(unread: Unread) -> InputError:
    """Whatever is left."""
    if "SAMLResponse" in unread.text or "SAMLRequest" in unread.text:
        return InputError(
            "SAMLResponse or SAMLRequest is named here, but no value that can be decoded follows.",
            tip="Copy the value as well, or give a HAR.",
            code="undecodable",
        )
    return InputError(
        "There is no SAML message in this input.",
        tip="Give a SAMLResponse (base64, form body, URL or XML), a HAR, a SAML-tracer export, or metadata.",
        code="no-saml",
    )


RECOGNISERS: tuple[Callable[[Unread], InputError | None], ...] = (
    _empty, _binary, _private_key, _certificate, _file_name, _masked, _jwt, _saml1, _ws_federation, _artifact, _json, _html, _oauth,
    _entities, _other_xml, _url, _headless, _anything,
)  # fmt: skip
