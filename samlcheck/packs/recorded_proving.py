"""Examples of rules about recordings: a forged login is written down as a HAR and read like a user's (edits ``flow.…``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from samlcheck.case import Case
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact

if TYPE_CHECKING:
    from samlcheck.forge import Keys, Recipe

FLOW = "flow."


def recorded(case: Case, sent: Recipe, keys: Keys, edits: Mapping[str, str | tuple[str, ...] | None]) -> Case:
    """Return the case as a browser recorded it.

    case: what is known of IdP and service. sent: the login. edits: what was otherwise than in a healthy recording.
    Raises KeyError for an edit that there is none of, ValueError where nothing of the login is left in the recording.
    """
    from samlcheck import capture
    from samlcheck.errors import InputError
    from samlcheck.forge import forge
    from samlcheck.forge.recording import deviation, har
    from samlcheck.login import LoginMessage, pair
    from samlcheck.trust.establish import establish
    from samlcheck.trust.facts import Anchors
    from samlcheck.xmldoc.parse import parse

    octets = har(forge(sent, keys), deviation(edits))
    try:
        taken = capture.read(Artifact("example.har", octets))
    except InputError as error:
        raise ValueError(error.message) from None
    login = pair(taken, [LoginMessage(item, dissect(parse(item.artifact))) for item in taken.messages], ())[-1]
    response, request = login.response, login.request
    return replace(
        case,
        login=login,
        trust=establish(response.anatomy, case.anchors) if response is not None else None,
        request_trust=establish(request.anatomy, Anchors()) if request is not None else None,
    )
