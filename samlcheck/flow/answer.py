"""What the service did with the response: let the user in, refuse, or send the user to sign in again."""

from __future__ import annotations

import re
from typing import Literal

from samlcheck.capture.entry import join
from samlcheck.capture.model import Exchange
from samlcheck.flow import loops
from samlcheck.flow.sites import hostname, path, without_query
from samlcheck.flow.trail import Trail
from samlcheck.frozen import dataclass

Kind = Literal["accepted", "error", "error-page", "sign-in-again", "none", "unknown"]
_ERROR_ADDRESS = re.compile(
    r"(?i)[/?&_.\-](?:saml_?)?(?:error|err|failure|failed|denied|unauthori[sz]ed|forbidden)(?:[/?&=_.\-]|$)"
)
_ERROR_WORDS = re.compile(
    r"(?i)\b(?:errors?|fehler\w*|erreur|failed|failure|fehlgeschlagen|échec|invalid|ungültig\w*|denied|forbidden|unauthori[sz]ed|"
    r"not (?:allowed|authori[sz]ed|permitted|found|assigned)|something went wrong|couldn.t|could not|unable to|exception|rejected|"
    r"expired|problem|sorry|aadsts\d{4,9}|msis\d{4})\b"
)
_LEFT = re.compile(r"(?i)ERR_ABORTED|BINDING_ABORTED|cancell?ed")
_LONGEST_ERROR_PAGE = 1500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of the delivery."""

    kind: Kind
    last: Exchange | None = None
    """The answer that decided it."""

    @property
    def refused(self) -> bool:
        """Whether the service turned the user away."""
        return self.kind in ("error", "error-page", "sign-in-again")


def answer(trail: Trail) -> Answer:
    """Return what the service answered to the delivery of a response."""
    posting = trail.posting
    if posting is None:
        return Answer("unknown")
    if failed(posting):
        return Answer("none", posting)
    for step in trail.answers:
        if step.status is not None and step.status >= 400:
            return Answer("error", step)
        if "SAMLRequest=" in (step.location or ""):
            return Answer("sign-in-again", step)
        if step.location and _ERROR_ADDRESS.search(_address(join(step.url, step.location))):
            return Answer("error", trail.answers[-1])
    last = trail.answers[-1]
    if loops.circle(trail.answers[1:]) is not None:
        return Answer("error", last)
    if last.status is None:
        return Answer("unknown", last)
    if last is posting:
        if is_redirect(last):
            return Answer("accepted", last)
        said = last.page_text or ""
        is_error = bool(said) and len(said) < _LONGEST_ERROR_PAGE and _ERROR_WORDS.search(said) is not None
        return Answer("error-page" if is_error else "unknown" if not said else "accepted", last)
    return Answer("accepted", last)


def _address(url: str) -> str:
    """Return path and query of a URL, without the values of the query."""
    query = url.partition("?")[2].partition("#")[0]
    return path(url) + "".join(f"?{pair.partition('=')[0]}=" for pair in query.split("&") if pair)


def is_redirect(step: Exchange) -> bool:
    """Tell whether an answer sends the browser elsewhere (RFC 9110 15.4)."""
    return step.status is not None and 300 <= step.status < 400 and step.status != 304


def failed(step: Exchange) -> bool:
    """Tell whether a request got no answer at all: blocked, or the network failed.

    A page that was left before it was loaded is not that; Safari records some redirects without a status.
    """
    if step.error:
        return _LEFT.search(step.error) is None
    return step.status is not None and step.status <= 0 and not step.location and not step.response_headers


def lost_in_redirect(trail: Trail) -> Exchange | None:
    """Return the answer to the delivery that made the browser go to the ACS URL once more without the response.

    301, 302 and 303 turn a POST into a GET (RFC 9110 15.4); harmless after a login, fatal on the way to one: to https, to
    another host, to the same path with a slash.
    """
    posting = trail.posting
    if posting is None or posting.method != "POST" or posting.status not in (301, 302, 303) or not posting.location:
        return None
    goal = join(posting.url, posting.location)
    here, there = path(posting.url).rstrip("/"), path(goal).rstrip("/")
    same = here == there and here != "" and without_query(goal) != without_query(posting.url)
    related = hostname(goal).removeprefix("www.") == hostname(posting.url).removeprefix("www.")
    return posting if same and related else None


def idp_refusal(trail: Trail) -> Exchange | None:
    """Return the page on which the IdP turned the user away, where no response was ever delivered."""
    host = trail.idp_host
    if trail.posting is not None or trail.form is not None or not host:
        return None
    pages = [step for step in trail.steps if hostname(step.url) == host and not is_redirect(step)]
    last = next((step for step in reversed(pages) if step.page_text or (step.status or 0) >= 400), None)
    if last is None:
        return None
    said = last.page_text or ""
    wrong = (last.status or 0) >= 400 or (len(said) < _LONGEST_ERROR_PAGE and _ERROR_WORDS.search(said) is not None)
    return last if wrong else None


def unanswered(trail: Trail) -> tuple[Exchange, ...]:
    """Return the steps that a login cannot do without and that got no answer."""
    own = (trail.issuing, trail.asking, trail.form, trail.posting, trail.last, *trail.answers)
    return tuple({step.index: step for step in own if step is not None and failed(step)}.values())
