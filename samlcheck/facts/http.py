"""Facts of the delivery of a response and of what the service or the IdP answered (recordings only)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samlcheck.capture.model import Exchange
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.facts.trails import at, host, of_delivery, of_flow, place, quoted, said, status

if TYPE_CHECKING:
    from samlcheck.flow.flow import Flow


@fact("http.exchanges", "requests in the recording", "integer", "How many requests of the login the recording holds")
@of_flow
def _exchanges(flow: Flow) -> Readings:
    return constant(str(len(flow.trail.steps)), len(flow.trail.steps))


@fact("http.acs.method", "method of the delivery", "text", "HTTP method by which the response went to the service")
@of_delivery
def _method(flow: Flow, step: Exchange) -> Readings:
    return at(step, step.method)


@fact("http.acs.url", "URL the response was delivered to", "uri", "The URL the browser delivered the response to")
@of_delivery
def _url(flow: Flow, step: Exchange) -> Readings:
    return at(step, flow.delivered_to)


@fact("http.acs.status", "status of the service's answer", "integer", "HTTP status with which the ACS answered the delivery")
@of_delivery
def _status(flow: Flow, step: Exchange) -> Readings:
    return status(step)


@fact("http.acs.body_captured", "body of the delivery recorded", "boolean", "Whether the recording holds what was posted")
@of_delivery
def _body_captured(flow: Flow, step: Exchange) -> Readings:
    return at(step, flow.login.response is not None)


@fact("http.acs.url_cut", "length of the URL that was cut", "integer", "Characters of the URL with the response, if it breaks off")
@of_flow
def _url_cut(flow: Flow) -> Readings:
    return at(flow.url_cut, len(flow.url_cut.url)) if flow.url_cut is not None else Readings()


@fact("http.acs.redirected", "where the delivery was redirected", "uri", "A redirect at the ACS that loses what was posted")
@of_flow
def _redirected(flow: Flow) -> Readings:
    step = flow.lost_in_redirect
    return at(step, step.location or "") if step is not None else Readings()


@fact("http.acs.answer", "answer of the service", "text", "accepted, error, error-page, sign-in-again, none or unknown")
@of_flow
def _answer(flow: Flow) -> Readings:
    return at(flow.answer.last, flow.answer.kind) if flow.answer.last is not None else Readings()


@fact("http.acs.said", "what the service's page said", "text", "Text of the page that the delivery led to", sensitive=True)
@of_flow
def _said(flow: Flow) -> Readings:
    return said(flow.answer.last)


@fact("http.acs.quote", "what the service's page said, quoted", "text", "The text in quotes, or that none was recorded")
@of_flow
def _quote(flow: Flow) -> Readings:
    return quoted(flow.answer.last)


@fact("http.acs.answer_status", "status of the page the delivery led to", "integer", "HTTP status after all redirects")
@of_flow
def _answer_status(flow: Flow) -> Readings:
    return status(flow.answer.last)


@fact("http.acs.answer_host", "host of the page the delivery led to", "text", "Host after all redirects")
@of_flow
def _answer_host(flow: Flow) -> Readings:
    return host(flow.answer.last)


@fact("http.idp.refused", "page on which the IdP refused", "text", "Host of the page on which the IdP turned the user away")
@of_flow
def _idp_refused(flow: Flow) -> Readings:
    return host(flow.idp_refusal)


@fact("http.idp.said", "what the IdP's page said", "text", "Text of the page on which the IdP turned the user away", sensitive=True)
@of_flow
def _idp_said(flow: Flow) -> Readings:
    return said(flow.idp_refusal)


@fact("http.idp.quote", "what the IdP's page said, quoted", "text", "The text in quotes, or that none was recorded")
@of_flow
def _idp_quote(flow: Flow) -> Readings:
    return quoted(flow.idp_refusal)


@fact("http.request.url_length", "length of the URL with the request", "integer", "Characters of the URL that went to the IdP")
@of_flow
def _url_length(flow: Flow) -> Readings:
    return at(flow.trail.asking, len(flow.trail.asking.url)) if flow.trail.asking is not None else Readings()


@fact("http.request.status", "status of the IdP's answer to the request", "integer", "HTTP status of the IdP's first answer")
@of_flow
def _request_status(flow: Flow) -> Readings:
    return status(flow.trail.asking)


@fact("http.service_url", "URL of the service in the browser", "uri", "Where the browser was when the service sent it to the IdP")
@of_flow
def _service_url(flow: Flow) -> Readings:
    if flow.trail.issuing is None:
        return Readings(unavailable="the step in which the service made the request is not in the recording", needs="a HAR")
    return at(flow.trail.issuing, flow.service_url)


@fact("http.blocked", "requests without answer", "text", "Requests that were blocked or failed: why, one each", many=True)
@of_flow
def _blocked(flow: Flow) -> Readings:
    return Readings(
        tuple(
            Reading(why := step.error or "no answer", why, label=f"{place(step)}: {step.method} {host(step).text}")
            for step in flow.unanswered
        )
    )


@fact("http.form_delivered", "response delivered", "boolean", "Whether the page with the response was followed by its delivery")
@of_flow
def _form_delivered(flow: Flow) -> Readings:
    return at(flow.trail.form, flow.trail.posting is not None) if flow.trail.form is not None else Readings()


@fact("http.frame_refused", "page that refuses to be framed", "text", "Host of a sign-in page in a frame that forbids frames")
@of_flow
def _frame_refused(flow: Flow) -> Readings:
    return host(flow.frame_refusal.page if flow.frame_refusal is not None else None)


@fact("http.frame_policy", "header that forbids frames", "text", "X-Frame-Options or frame-ancestors of that page, as written")
@of_flow
def _frame_policy(flow: Flow) -> Readings:
    return at(flow.frame_refusal.page, flow.frame_refusal.by) if flow.frame_refusal is not None else Readings()
