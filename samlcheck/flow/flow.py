"""Everything that a recording shows of one login, each part worked out once, when it is asked for."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from samlcheck.capture.entry import served
from samlcheck.capture.model import Exchange
from samlcheck.capture.recorders import Recorder
from samlcheck.flow import answer, clocks, cookies, frames, loops, quality
from samlcheck.flow.ledger import Kept, Ledger, of_session, of_state
from samlcheck.flow.sites import hostname, without_query
from samlcheck.flow.trail import Trail, trail
from samlcheck.frozen import dataclass
from samlcheck.login import Login


@dataclass(frozen=True)
class Flow:
    """One login as its recording shows it."""

    login: Login
    trail: Trail

    @cached_property
    def codes(self) -> frozenset[str]:
        """Codes of the notes on the capture."""
        return frozenset(note.code for note in self.login.capture.notes)

    @cached_property
    def answer(self) -> answer.Answer:
        """What the service did with the response."""
        return answer.answer(self.trail)

    @cached_property
    def idp_refusal(self) -> Exchange | None:
        """The page on which the IdP turned the user away."""
        return answer.idp_refusal(self.trail)

    @cached_property
    def lost_in_redirect(self) -> Exchange | None:
        """The answer to the delivery that threw away what was posted."""
        return answer.lost_in_redirect(self.trail)

    @cached_property
    def frame_refusal(self) -> frames.Refusal | None:
        """The page of the IdP that was opened in a frame and forbids that."""
        at_idp = (step for step in self.trail.steps if hostname(step.url) == self.trail.idp_host)
        return next((found for step in at_idp if (found := frames.refusal(step, self.trail.steps))), None)

    @cached_property
    def unanswered(self) -> tuple[Exchange, ...]:
        """Steps of the login that were blocked or failed."""
        return answer.unanswered(self.trail)

    @cached_property
    def cookies_kept(self) -> Kept:
        """What the recorder did with cookies."""
        if "sanitised" in self.codes:
            return "left out"
        hidden = any(cookies.is_masked(value) for step in self.trail.steps for value in cookies.cookie_headers(step))
        return "masked" if hidden else "recorded"

    @cached_property
    def ledger(self) -> Ledger:
        """The cookies of the service before the redirect, and which of them came back."""
        return of_state(self.trail, self.cookies_kept)

    @cached_property
    def session_ledger(self) -> Ledger:
        """The cookies that the service set with its answer to the response, and which of them came back."""
        return of_session(self.trail, self.cookies_kept)

    @cached_property
    def cookies_sent(self) -> tuple[str, ...] | None:
        """Names of the cookies that the delivery carried; None where that cannot be known."""
        unknown = self.trail.posting is None or "sanitised" in self.codes
        return None if unknown or self.trail.posting is None else cookies.cookie_names(self.trail.posting)

    @cached_property
    def clocks(self) -> clocks.Clocks:
        """The clocks of IdP and service."""
        return clocks.clocks(self.trail)

    @cached_property
    def issued(self) -> datetime | None:
        """``Date`` of the page with the response, by the IdP's clock."""
        page = self.trail.form
        return served(page.response_headers) if page is not None and b"SAMLResponse" in (page.response_body or b"") else None

    @cached_property
    def loop(self) -> loops.Loop | None:
        """The loop that this login is part of."""
        return loops.loop(self.login)

    @cached_property
    def circle(self) -> loops.Loop | None:
        """Redirects of the service that lead in a circle."""
        at_service = [step for step in self.trail.steps if hostname(step.url) != self.trail.idp_host]
        return loops.circle(at_service)

    @cached_property
    def repetitions(self) -> tuple[Exchange, ...]:
        """The deliveries of this response after the first one."""
        if self.login.response is None:
            return ()
        again = loops.sent_again(self.login.capture, self.login.response.captured)
        return tuple(self.login.capture.exchanges[index] for index in again)

    @cached_property
    def url_cut(self) -> Exchange | None:
        """The delivery in a URL that breaks off."""
        return self.trail.posting if quality.cut_in_url(self.trail, self.codes) else None

    @cached_property
    def recorder(self) -> Recorder:
        """What made the recording."""
        return quality.made_with(self.trail, self.login.capture.producer)

    @cached_property
    def shortcomings(self) -> tuple[quality.Shortcoming, ...]:
        """What the recording lacks."""
        return quality.shortcomings(self.login, self.trail)

    @property
    def delivered_to(self) -> str:
        """URL of the delivery; without its query where that is the message itself. Empty where there was none."""
        url = self.trail.posting.url if self.trail.posting is not None else ""
        return without_query(url) if "SAMLResponse=" in url else url

    @property
    def service_url(self) -> str:
        """Where the browser was when the service sent it away; empty where that is not recorded."""
        return without_query(self.trail.issuing.url) if self.trail.issuing is not None else ""


def flow(login: Login) -> Flow | None:
    """Return what the recording of a login shows; None if it does not come from one."""
    found = trail(login)
    return Flow(login, found) if found is not None else None
