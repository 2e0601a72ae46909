"""Facts of the delivery of a response and of what the service or the IdP answered (recordings only)."""

from __future__ import annotations

from samlcheck.capture.entry import header
from samlcheck.capture.model import Exchange
from samlcheck.case import Case
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.facts.trails import NOT_DELIVERED, at, of_delivery, of_trail, place, said, status
from samlcheck.flow import answer
from samlcheck.flow.sites import hostname, without_query
from samlcheck.flow.trail import Trail


@fact("http.exchanges", "requests in the recording", "integer", "How many requests of the login the recording holds")
@of_trail
def _exchanges(case: Case, trail: Trail) -> Readings:
    return constant(str(len(trail.steps)), len(trail.steps))


@fact("http.acs.method", "method of the delivery", "text", "HTTP method by which the response went to the service")
@of_delivery
def _method(case: Case, step: Exchange) -> Readings:
    return at(step, step.method)


@fact("http.acs.url", "URL the response was delivered to", "uri", "The URL the browser delivered the response to")
@of_delivery
def _url(case: Case, step: Exchange) -> Readings:
    return at(step, without_query(step.url) if "SAMLResponse=" in step.url else step.url)


@fact("http.acs.status", "status of the service's answer", "integer", "HTTP status with which the ACS answered the delivery")
@of_delivery
def _status(case: Case, step: Exchange) -> Readings:
    return status(step)


@fact("http.acs.body_captured", "body of the delivery recorded", "boolean", "Whether the recording holds what was posted")
@of_delivery
def _body_captured(case: Case, step: Exchange) -> Readings:
    return at(step, case.login.response is not None)


@fact("http.acs.redirected", "where the delivery was redirected", "uri", "A redirect at the ACS that loses what was posted")
@of_trail
def _redirected(case: Case, trail: Trail) -> Readings:
    step = answer.lost_in_redirect(trail)
    return at(step, step.location or "") if step is not None else Readings()


@fact("http.acs.answer", "answer of the service", "text", "accepted, error, error-page, sign-in-again, none or unknown")
@of_trail
def _answer(case: Case, trail: Trail) -> Readings:
    found = answer.answer(trail)
    return at(found.last, found.kind) if found.last is not None else NOT_DELIVERED


@fact("http.acs.said", "what the service's page said", "text", "Text of the page that the delivery led to", sensitive=True)
@of_trail
def _said(case: Case, trail: Trail) -> Readings:
    return said(answer.answer(trail).last)


@fact("http.acs.answer_status", "status of the page the delivery led to", "integer", "HTTP status after all redirects")
@of_trail
def _answer_status(case: Case, trail: Trail) -> Readings:
    return status(answer.answer(trail).last)


@fact("http.idp.refused", "page on which the IdP refused", "text", "Host of the page on which the IdP turned the user away")
@of_trail
def _idp_refused(case: Case, trail: Trail) -> Readings:
    step = answer.idp_refusal(trail)
    return at(step, hostname(step.url)) if step is not None else Readings()


@fact("http.idp.said", "what the IdP's page said", "text", "Text of the page on which the IdP turned the user away", sensitive=True)
@of_trail
def _idp_said(case: Case, trail: Trail) -> Readings:
    return said(answer.idp_refusal(trail))


@fact("http.request.url_length", "length of the URL with the request", "integer", "Characters of the URL that went to the IdP")
@of_trail
def _url_length(case: Case, trail: Trail) -> Readings:
    return at(trail.asking, len(trail.asking.url)) if trail.asking is not None else Readings()


@fact("http.request.status", "status of the IdP's answer to the request", "integer", "HTTP status of the IdP's first answer")
@of_trail
def _request_status(case: Case, trail: Trail) -> Readings:
    return status(trail.asking)


@fact("http.service_url", "URL of the service in the browser", "uri", "Where the browser was when the service sent it to the IdP")
@of_trail
def _service_url(case: Case, trail: Trail) -> Readings:
    if trail.issuing is None:
        return Readings(unavailable="the step in which the service made the request is not in the recording", needs="a HAR")
    return at(trail.issuing, without_query(trail.issuing.url))


@fact(
    "http.blocked", "requests without answer", "text", "Requests of the login that were blocked or failed: why, one each", many=True
)
@of_trail
def _blocked(case: Case, trail: Trail) -> Readings:
    own = (trail.issuing, trail.asking, trail.form, trail.posting, trail.last, *trail.answers)
    failed = dict.fromkeys(step for step in own if step is not None and answer.failed(step))
    return Readings(
        tuple(
            Reading(why := step.error or "no answer", why, label=f"{place(step)}: {step.method} {hostname(step.url)}")
            for step in failed
        )
    )


@fact("http.form_delivered", "response delivered", "boolean", "Whether the page with the response was followed by its delivery")
@of_trail
def _form_delivered(case: Case, trail: Trail) -> Readings:
    return at(trail.form, trail.posting is not None) if trail.form is not None else Readings()


@fact("http.frame_refused", "page that refuses to be framed", "text", "Host of a sign-in page in a frame that forbids frames")
@of_trail
def _frame_refused(case: Case, trail: Trail) -> Readings:
    for step in trail.steps:
        policy = header(step.response_headers, "content-security-policy").lower()
        forbids = header(step.response_headers, "x-frame-options") or "frame-ancestors" in policy
        if header(step.request_headers, "sec-fetch-dest") == "iframe" and forbids and hostname(step.url) == trail.idp_host:
            return at(step, hostname(step.url))
    return Readings()
