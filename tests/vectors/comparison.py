"""What python3-saml says of the same vectors, told the same and judging at the same instant.

Only whether it accepts is compared: its error texts name causes of its own.
"""

from __future__ import annotations

import base64
import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from tests.vectors.judging import anchors
from tests.vectors.making import ACS, IDP, REQUEST_ID, SP
from tests.vectors.vector import Sent, Vector

SKEW = 60


def accepts(vector: Vector) -> bool | None:
    """Return whether python3-saml accepts a vector; None where it cannot be asked (a request, no key given)."""
    sent = vector.make()
    message = parse_qs(sent.octets.decode("latin-1")).get("SAMLResponse")
    certificates = [base64.b64encode(key.certificate_der).decode() for key in _keys(sent) if key.certificate_der]
    if not message or not certificates:
        return None
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    try:
        settings = OneLogin_Saml2_Settings(_settings(sent, certificates), sp_validation_only=True)
        with _clock(sent):
            response = OneLogin_Saml2_Response(settings, message[0])
            return bool(response.is_valid(_request(), request_id=sent.parameters.get("request_id", REQUEST_ID)))
    except Exception:  # noqa: BLE001 - whatever it raises, it does not accept
        return False


def _keys(sent: Sent) -> tuple[object, ...]:
    from samlcheck.errors import UsageError

    try:
        return tuple(key for key in anchors(sent.pinned).keys if key.entity_id in (None, IDP))
    except UsageError:
        return ()


def _settings(sent: Sent, certificates: list[str]) -> dict[str, object]:
    told = sent.parameters
    return {
        "strict": True,
        "sp": {
            "entityId": SP,
            "assertionConsumerService": {"url": ACS},
            "privateKey": sent.private_keys[0].decode() if sent.private_keys else "",
            "x509cert": "",
        },
        "idp": {
            "entityId": IDP,
            "singleSignOnService": {"url": "https://unused.example/"},
            "x509certMulti": {"signing": certificates, "encryption": certificates[:1]},
        },
        "security": {
            "wantAssertionsSigned": told.get("want_assertions_signed") == "true",
            "wantMessagesSigned": told.get("want_response_signed") == "true",
            "wantNameId": False,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": told.get("algorithms") == "modern",
        },
    }


def _request() -> dict[str, object]:
    parts = urlsplit(ACS)
    return {"https": "on", "http_host": parts.netloc, "script_name": parts.path, "get_data": {}, "post_data": {}}


@contextmanager
def _clock(sent: Sent) -> Iterator[None]:
    """Set the library's clock and drift for the length of a call."""
    from onelogin.saml2.constants import OneLogin_Saml2_Constants
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    now, drift = OneLogin_Saml2_Utils.__dict__["now"], OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT
    OneLogin_Saml2_Utils.now = staticmethod(lambda: calendar.timegm(sent.at.utctimetuple()))
    OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT = SKEW
    try:
        yield
    finally:
        OneLogin_Saml2_Utils.now = now
        OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT = drift
