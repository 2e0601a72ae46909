"""Facts of the capture and of protocol messages: response, status, request (SAML core 3.2, 3.3, 3.4)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from samlcheck.case import Case
from samlcheck.facts.reading import Reader, constant
from samlcheck.facts.table import Fact, Reading, Readings, add, fact
from samlcheck.saml.anatomy import Anatomy
from samlcheck.xmldoc.names import q

NO_RESPONSE = Readings(unavailable="there is no response in what was given", needs="a SAMLResponse")
NO_REQUEST = Readings(unavailable="the AuthnRequest was not given", needs="--request")
_RESPONSES = ("response", "logoutresponse", "artifactresponse")


def response_anatomy(case: Case) -> Anatomy | None:
    """Return the anatomy of the response (decrypted where possible), or None for anything else."""
    anatomy = case.anatomy
    return anatomy if anatomy is not None and anatomy.kind in _RESPONSES else None


def _response(case: Case) -> tuple[Reader, etree._Element] | None:
    anatomy = response_anatomy(case)
    return (Reader(anatomy.document, case.trust), anatomy.message) if anatomy else None


def request_anatomy(case: Case) -> Anatomy | None:
    """Return the anatomy of the request, if one was captured or given."""
    if case.request_trust is not None:
        return case.request_trust.anatomy
    return case.login.request.anatomy if case.login.request else None


def _request(case: Case) -> tuple[Reader, etree._Element] | None:
    anatomy = request_anatomy(case)
    return (Reader(anatomy.document, case.request_trust), anatomy.message) if anatomy else None


@fact("message.kind", "kind of message", "text", "response, assertion, authnrequest, logoutrequest, … of the main message")
def _kind(case: Case) -> Readings:
    anatomy = case.anatomy or request_anatomy(case)
    return constant(anatomy.kind) if anatomy else Readings()


@fact("message.octets", "size of the message", "integer", "Octets of the XML as decoded")
def _octets(case: Case) -> Readings:
    login = case.login.response or case.login.request
    size = len(login.captured.artifact.data) if login else 0
    return constant(str(size), size)


@fact("message.base64_length", "length of the base64 text", "integer", "Characters of the message in base64, as a browser posts it")
def _base64_length(case: Case) -> Readings:
    login = case.login.response or case.login.request
    size = -(-len(login.captured.artifact.data) // 3) * 4 if login else 0
    return constant(str(size), size)


@fact("message.structure", "structure of the message", "text", "regular, or the structural oddities found by trust, one code each", many=True)
def _structure(case: Case) -> Readings:
    trust = case.trust or case.request_trust
    if trust is None:
        return Readings()
    if not trust.structure:
        return constant("regular")
    return Readings(tuple(Reading(code, code, nodes[0] if nodes else None) for code, _, nodes in trust.structure))


@fact("message.binding", "binding", "text", "post, redirect, simplesign, artifact or unknown")
def _binding(case: Case) -> Readings:
    login = case.login.response or case.login.request
    return constant(login.captured.binding) if login else Readings()


@fact("message.target", "URL the browser sent it to", "uri", "From the capture: where the message was posted or redirected to")
def _target(case: Case) -> Readings:
    login = case.login.response or case.login.request
    if login is None or login.captured.target is None:
        return Readings(unavailable="the capture does not say where the browser sent the message", needs="a HAR")
    return constant(login.captured.target, label="target of the browser")


@fact("relay_state", "RelayState", "text", "RelayState beside the message, or as given by --relay-state")
def _relay_state(case: Case) -> Readings:
    if case.told.relay_state is not None:
        return constant(case.told.relay_state, label="--relay-state")
    login = case.login.response or case.login.request
    if login is None:
        return Readings()
    if login.captured.relay_state is not None:
        return constant(login.captured.relay_state, label="RelayState")
    if login.captured.parameter is None or not any(layer.name in ("form", "url", "html", "har") for layer in login.captured.layers):
        return Readings(
            unavailable="only the message was given, so its RelayState is not known",
            needs="--relay-state, or the whole form body",
        )
    return Readings()


def _attribute(name: str, title: str, kind: str, attribute: str, doc: str) -> None:
    def read(case: Case) -> Readings:
        found = _response(case)
        return found[0].one_attribute(found[1], attribute, kind) if found else NO_RESPONSE

    add(Fact(name, title, kind, read, doc))


_attribute("response.id", "ID of the response", "text", "ID", "samlp:Response/@ID")
_attribute("response.version", "Version of the response", "text", "Version", "samlp:Response/@Version")
_attribute("response.issue_instant", "IssueInstant of the response", "instant", "IssueInstant", "samlp:Response/@IssueInstant")
_attribute("response.destination", "Destination", "uri", "Destination", "samlp:Response/@Destination")
_attribute("response.in_response_to", "InResponseTo", "text", "InResponseTo", "samlp:Response/@InResponseTo")
_attribute("response.consent", "Consent", "uri", "Consent", "samlp:Response/@Consent")


@fact("response.assertions", "assertions in the response", "integer", "How many Assertion and EncryptedAssertion the response holds")
def _assertions(case: Case) -> Readings:
    trust = case.trust
    if trust is None or response_anatomy(case) is None:
        return NO_RESPONSE
    received = trust.original
    count = len(received.assertions) + len(received.encrypted_assertions)
    return Readings((Reading(count, str(count), received.document.ref(received.message)),))


@fact("response.issuer", "Issuer of the response", "uri", "samlp:Response/saml:Issuer")
def _issuer(case: Case) -> Readings:
    found = _response(case)
    return found[0].child_text(found[1], "saml:Issuer") if found else NO_RESPONSE


@fact("response.issuer_format", "Format of the response's Issuer", "uri", "samlp:Response/saml:Issuer/@Format")
def _issuer_format(case: Case) -> Readings:
    found = _response(case)
    return found[0].one_attribute(found[1].find(q("saml:Issuer")), "Format") if found else NO_RESPONSE


def _codes(found: tuple[Reader, etree._Element]) -> tuple[list[etree._Element], etree._Element]:
    status = found[1].find(q("samlp:Status"))
    codes: list[etree._Element] = []
    node = status.find(q("samlp:StatusCode")) if status is not None else None
    while node is not None and len(codes) < 10:
        codes.append(node)
        node = node.find(q("samlp:StatusCode"))
    return codes, status if status is not None else found[1]


def _status(case: Case, pick: Callable[[list[etree._Element]], list[etree._Element]]) -> Readings:
    found = _response(case)
    if found is None:
        return NO_RESPONSE
    codes, holder = _codes(found)
    readings = (found[0].attribute(code, "Value") for code in pick(codes))
    return Readings(tuple(item for item in readings if item), found[0].document.absent(holder, "samlp:StatusCode"))


@fact("response.status", "StatusCode", "uri", "The top-level samlp:StatusCode/@Value (core 3.2.2.2)")
def _status_top(case: Case) -> Readings:
    return _status(case, lambda codes: codes[:1])


@fact("response.status_detail_code", "second-level StatusCode", "uri", "The innermost nested samlp:StatusCode/@Value")
def _status_inner(case: Case) -> Readings:
    return _status(case, lambda codes: codes[-1:] if len(codes) > 1 else [])


@fact("response.status_message", "StatusMessage", "text", "samlp:Status/samlp:StatusMessage")
def _status_message(case: Case) -> Readings:
    found = _response(case)
    return found[0].child_text(found[1], "samlp:Status/samlp:StatusMessage") if found else NO_RESPONSE


def _on_request(name: str, title: str, kind: str, doc: str, read: Callable[[Reader, etree._Element], Readings], many: bool = False) -> None:
    def reader(case: Case) -> Readings:
        found = _request(case)
        return read(*found) if found else NO_REQUEST

    add(Fact(name, title, kind, reader, doc, many=many))


def _request_attribute(name: str, title: str, kind: str, attribute: str) -> None:
    _on_request(name, title, kind, f"@{attribute} of the request", lambda r, m: r.one_attribute(m, attribute, kind))


_request_attribute("request.id", "ID of the request", "text", "ID")
_request_attribute("request.version", "Version of the request", "text", "Version")
_request_attribute("request.issue_instant", "IssueInstant of the request", "instant", "IssueInstant")
_request_attribute("request.destination", "Destination of the request", "uri", "Destination")
_request_attribute("request.acs_url", "AssertionConsumerServiceURL", "uri", "AssertionConsumerServiceURL")
_request_attribute("request.acs_index", "AssertionConsumerServiceIndex", "integer", "AssertionConsumerServiceIndex")
_request_attribute("request.protocol_binding", "ProtocolBinding", "uri", "ProtocolBinding")
_request_attribute("request.force_authn", "ForceAuthn", "boolean", "ForceAuthn")
_request_attribute("request.is_passive", "IsPassive", "boolean", "IsPassive")
_request_attribute("request.provider_name", "ProviderName", "text", "ProviderName")
_on_request("request.issuer", "Issuer of the request", "uri", "saml:Issuer of the request", lambda r, m: r.child_text(m, "saml:Issuer"))
_on_request(
    "request.nameid_policy_format", "NameIDPolicy Format", "uri", "samlp:NameIDPolicy/@Format",
    lambda r, m: r.one_attribute(m.find(q("samlp:NameIDPolicy")), "Format"),
)  # fmt: skip
_on_request(
    "request.allow_create", "AllowCreate", "boolean", "samlp:NameIDPolicy/@AllowCreate",
    lambda r, m: r.one_attribute(m.find(q("samlp:NameIDPolicy")), "AllowCreate", "boolean"),
)  # fmt: skip
_on_request(
    "request.authn_context", "RequestedAuthnContext class", "uri", "saml:AuthnContextClassRef asked for",
    lambda r, m: r.child_text(m, "samlp:RequestedAuthnContext/saml:AuthnContextClassRef"), many=True,
)  # fmt: skip
_on_request(
    "request.authn_context_comparison", "Comparison", "text", "samlp:RequestedAuthnContext/@Comparison",
    lambda r, m: r.one_attribute(m.find(q("samlp:RequestedAuthnContext")), "Comparison"),
)  # fmt: skip
_on_request(
    "request.subject", "Subject of the request", "text", "saml:Subject/saml:NameID of the request",
    lambda r, m: r.child_text(m, "saml:Subject/saml:NameID", sensitive=True),
)  # fmt: skip
