"""Reads the JSON that the SAML-tracer extension exports.

It has no bodies and no time per request, but the decoded message beside each request (``saml``). The values of forms
are hashed or overwritten in most exports, because that choice is preselected; ``saml`` stays readable then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from samlcheck.capture import escapes, find, form, jsontext, recording, remains
from samlcheck.capture.document import Found, Origin
from samlcheck.capture.entry import Entry, instant, served
from samlcheck.capture.model import Capture, CapturedMessage, Layer, Note
from samlcheck.errors import InputError
from samlcheck.source import Artifact

_MASKED_NOTE = Note(
    "masked-form",
    "The form values of this export are masked, but the decoded messages in it are not: it is not safe to share.",
)
_CUT_NOTE = Note("cut-off", "The export breaks off; the requests before the break were read.")


def read(text: str, loaded: Any, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture | None:
    """Return the capture in a SAML-tracer export, or None if this is none.

    ``loaded`` is the JSON value, None where the text breaks off. Raises InputError (``capture-without-saml``).
    """
    notes: tuple[Note, ...] = ()
    if loaded is None:
        if '"requests"' not in text[:4096]:
            return None
        requests = jsontext.whole_items(text, "requests")
        notes = (_CUT_NOTE,)
    else:
        if not isinstance(loaded, dict) or not isinstance(loaded.get("requests"), list):
            return None
        requests = jsontext.objects_of(loaded, "requests")
    trail = (*layers, Layer("saml-tracer", len(artifact.data), sum(len(jsontext.text_of(item, "saml")) for item in requests)))
    entries = [_entry(item, Origin(artifact.name, trail)) for item in requests]
    if any(remains.is_masked(field.raw) for entry in entries for field in entry.fields if field.name in form.MESSAGE_PARAMETERS):
        notes += (_MASKED_NOTE,)
    capture = recording.assemble(
        entries, artifact, "saml-tracer", trail, notes, instant(jsontext.text_of(loaded, "timestamp")), "SAML-tracer"
    )
    if capture is None:
        raise InputError(
            f"This SAML-tracer export of {len(entries)} requests holds no SAML message.",
            tip="Open the tracer window before the sign-in, and export after the error shows.",
            code="capture-without-saml",
        )
    return capture


def _entry(item: jsontext.Object, origin: Origin) -> Entry:
    response_headers = jsontext.pairs_of(item, "responseHeaders")
    url = escapes.printable(jsontext.text_of(item, "url"))
    fields = tuple(form.Parameter(name, value) for name, value in jsontext.pairs_of(item, "post"))
    location = next((value for name, value in response_headers if name.lower() == "location"), None)
    return Entry(
        jsontext.text_of(item, "method").upper()[:16],
        url,
        jsontext.integer_of(item, "responseStatus"),
        served(response_headers),
        jsontext.pairs_of(item, "requestHeaders"),
        response_headers,
        None,
        fields,
        content_type=next((value.lower() for name, value in response_headers if name.lower() == "content-type"), ""),
        location=location,
        decoded=_decoded(item, url, fields, origin),
        by_server=True,  # an export has no other time for each request
    )


def _decoded(item: jsontext.Object, url: str, fields: tuple[form.Parameter, ...], origin: Origin) -> tuple[Found, ...]:
    """Return the message that the tracer decoded; its octets are the text's, in UTF-8."""
    message = jsontext.text_of(item, "saml")
    if not message:
        return ()
    names = [field.name for field in fields] + [name for name, _ in jsontext.pairs_of(item, "get")]
    parameter = next((name for name in form.MESSAGE_PARAMETERS if name in names), None)
    relay_state = form.relay_state(fields, encoded=False)
    if relay_state is not None and remains.is_masked(relay_state):
        relay_state = None
    found = find.explore(escapes.as_octets(message), origin).found
    posted = jsontext.text_of(item, "method").upper() == "POST"
    return tuple(
        replace(one, parameter=parameter, relay_state=relay_state, target=url, binding="post" if posted else "redirect")
        if isinstance(one, CapturedMessage)
        else one
        for one in found
    )
