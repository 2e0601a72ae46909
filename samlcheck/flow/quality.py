"""Whether a recording holds what is needed to judge a login, said before anything else; and how to record again."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Literal

from samlcheck.capture.entry import header
from samlcheck.capture.recorders import Recorder, recorder
from samlcheck.flow.answer import answer, failed, idp_refusal
from samlcheck.flow.sites import hostname
from samlcheck.flow.trail import Trail
from samlcheck.frozen import dataclass
from samlcheck.login import Login

Code = Literal[
    "body-missing", "masked", "message-cut", "cut-off", "begun-late", "preserve-log-off", "sanitised", "no-response",
    "response-elsewhere",
]  # fmt: skip
_OF_NOTES: dict[str, Code] = {"masked": "masked", "truncated": "message-cut", "cut-off": "cut-off", "sanitised": "sanitised"}
_BROWSERS = ("chrome", "edge", "firefox", "safari")


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One thing that a recording lacks."""

    code: Code
    words: str


def made_with(trail: Trail, producer: str) -> Recorder:
    """Return what made the recording."""
    agent = next((found for step in trail.steps if (found := header(step.request_headers, "user-agent"))), "")
    return recorder(producer, agent)


def shortcomings(login: Login, trail: Trail) -> tuple[Shortcoming, ...]:
    """Return what the recording of a login lacks. How it began is of no account where the service took the response."""
    told = [note for note in login.capture.notes if note.code in _OF_NOTES]
    if login.response is not None or cut_in_url(trail, {note.code for note in told}):  # it is known, or was sent no better
        told = [note for note in told if note.code not in ("masked", "truncated")]
    found = [Shortcoming(_OF_NOTES[note.code], note.message) for note in told]
    if login.response is None:
        found += _without_response(trail, {item.code for item in found})
    asked = login.response is not None and login.response.anatomy.message.get("InResponseTo") is not None
    if asked and answer(trail).kind != "accepted" and any(note.code == "begun-late" for note in login.capture.notes):
        cleared = trail.posting is not None and trail.posting.index == 0
        if cleared and made_with(trail, login.capture.producer).key in _BROWSERS:
            words = "The recording begins with the delivery of the response: the log was cleared when the page changed."
            found.append(Shortcoming("preserve-log-off", words))
        else:
            words = "The recording begins after the service sent the user away: its request and the cookies it set are not in it."
            found.append(Shortcoming("begun-late", words))
    elif asked and trail.asking is not None and trail.issuing is None and answer(trail).refused:
        words = "The recording begins at the identity provider: the cookies that the service set before it are not in it."
        found.append(Shortcoming("begun-late", words))
    return tuple(dict.fromkeys(found))


def cut_in_url(trail: Trail, codes: AbstractSet[str]) -> bool:
    """Tell whether the response was sent in a URL that broke off: recorders keep URLs whole, senders cut them."""
    posting = trail.posting
    return posting is not None and posting.method == "GET" and "SAMLResponse=" in posting.url and "truncated" in codes


def _without_response(trail: Trail, known: set[Code]) -> list[Shortcoming]:
    if trail.posting is not None:
        if known & {"masked", "message-cut"} or trail.posting.method == "GET":
            return []
        where = f"{hostname(trail.posting.url)} answered with status {trail.posting.status}"
        return [Shortcoming("body-missing", f"The POST to the ACS URL is recorded without its body ({where}).")]
    if idp_refusal(trail) is not None or (trail.last is not None and failed(trail.last)):
        return []
    asked = trail.asking or trail.issuing
    service = hostname(trail.target) or (hostname(trail.issuing.url) if trail.issuing is not None else "")
    back = asked is not None and any(
        step.index > asked.index and hostname(step.url) == service and step.status == 200 and step.page_text is not None
        for step in trail.steps
    )
    if back:
        words = "After the sign-in a page of the service follows, but not the delivery of the response: that ran in another window."
        return [Shortcoming("response-elsewhere", words)]
    return [Shortcoming("no-response", "The recording ends at the identity provider: no response was delivered while it ran.")]
