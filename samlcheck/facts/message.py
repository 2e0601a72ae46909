"""Facts of the capture and of protocol messages: response, status, request (SAML core 3.2, 3.3, 3.4)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from samlcheck.capture.remains import is_marked
from samlcheck.case import Case
from samlcheck.facts.reading import NO_MESSAGE, Reader, constant
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
    if anatomy is None or (anatomy.kind == "artifactresolve" and case.trust is not None):
        return None  # an ArtifactResolve asks for the ArtifactResponse, not for the response inside it
    return Reader(anatomy.document, case.request_trust), anatomy.message


@fact("message.kind", "kind of message", "text", "response, assertion, authnrequest, logoutrequest, … of the main message")
def _kind(case: Case) -> Readings:
    anatomy = case.anatomy or request_anatomy(case)
    return constant(anatomy.kind) if anatomy else NO_MESSAGE


def _size(case: Case, measure: Callable[[int], int]) -> Readings:
    login = case.login.response or case.login.request
    if login is None:
        return NO_MESSAGE
    size = measure(len(login.captured.artifact.data))
    return constant(str(size), size)


@fact("message.octets", "size of the message", "integer", "Octets of the XML as decoded")
def _octets(case: Case) -> Readings:
    return _size(case, lambda octets: octets)


@fact("message.base64_length", "length of the base64 text", "integer", "Characters of the message in base64, as a browser posts it")
def _base64_length(case: Case) -> Readings:
    return _size(case, lambda octets: -(-octets // 3) * 4)


@fact(
    "message.structure",
    "structure of the message",
    "text",
    "regular, or the structural oddities found by trust, one code each",
    many=True,
)
def _structure(case: Case) -> Readings:
    trust = case.trust or case.request_trust
    if trust is None:
        return NO_MESSAGE
    if not trust.structure:
        return constant("regular")
    return Readings(tuple(Reading(code, code, nodes[0] if nodes else None) for code, _, nodes in trust.structure))


@fact("message.binding", "binding", "text", "post, redirect, simplesign, artifact, soap or unknown")
def _binding(case: Case) -> Readings:
    login = case.login.response or case.login.request
    if login is None:
        return NO_MESSAGE
    if login.captured.binding == "unknown" and login.anatomy.document.root.tag == q("soap:Envelope"):
        return constant("soap")
    return constant(login.captured.binding)


@fact("message.target", "URL the browser sent it to", "uri", "From the capture: where the message was posted or redirected to")
def _target(case: Case) -> Readings:
    login = case.login.response or case.login.request
    if login is None or login.captured.target is None:
        return Readings(unavailable="the capture does not say where the browser sent the message", needs="a HAR")
    if "://" not in login.captured.target:
        return Readings(unavailable="the form in the page names its target without a host", needs="a HAR")
    return constant(login.captured.target, label="target of the browser")


@fact(
    "relay_state",
    "RelayState",
    "text",
    "RelayState beside the message, or as given by --relay-state; for a bare message what --set relay_state says",
)
def _relay_state(case: Case) -> Readings:
    if case.told.relay_state is not None:
        return constant(case.told.relay_state, label="--relay-state")
    login = case.login.response or case.login.request
    if login is None:
        return NO_MESSAGE
    state = login.captured.relay_state
    if state is not None and not is_marked(state):
        return constant(state, label="RelayState")
    masked = state is not None or bool({note.code for note in case.login.capture.notes} & {"masked", "masked-form"})
    alone = login.captured.exchange is None and not any(layer.name in ("form", "url", "html") for layer in login.captured.layers)
    if not masked and not alone:
        return Readings()
    if told := case.told.parameters.get("relay_state"):  # what was given cannot say otherwise
        return constant(told, label="--set relay_state")
    if masked:
        return Readings(unavailable="RelayState was masked before the capture was shared", needs="--relay-state")
    return Readings(
        unavailable="only the message was given, so its RelayState is not known", needs="--relay-state, or the whole form body"
    )


def _attribute(name: str, title: str, kind: str, attribute: str, doc: str) -> None:
    def read(case: Case) -> Readings:
        found = _response(case)
        return found[0].read(found[1], f"@{attribute}", kind) if found else NO_RESPONSE

    add(Fact(name, title, kind, read, doc))


_attribute("response.id", "ID of the response", "text", "ID", "samlp:Response/@ID")
_attribute("response.version", "Version of the response", "text", "Version", "samlp:Response/@Version")
_attribute("response.issue_instant", "IssueInstant of the response", "instant", "IssueInstant", "samlp:Response/@IssueInstant")
_attribute("response.destination", "Destination", "uri", "Destination", "samlp:Response/@Destination")
_attribute("response.in_response_to", "InResponseTo", "text", "InResponseTo", "samlp:Response/@InResponseTo")
_attribute("response.consent", "Consent", "uri", "Consent", "samlp:Response/@Consent")


@fact(
    "response.assertions", "assertions in the response", "integer", "How many Assertion and EncryptedAssertion the response holds"
)
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
    return found[0].read(found[1], "saml:Issuer", "uri") if found else NO_RESPONSE


@fact("response.issuer_format", "Format of the response's Issuer", "uri", "samlp:Response/saml:Issuer/@Format")
def _issuer_format(case: Case) -> Readings:
    found = _response(case)
    return found[0].read(found[1], "saml:Issuer/@Format", "uri") if found else NO_RESPONSE


def _codes(reader: Reader, message: etree._Element) -> list[etree._Element]:
    """Return the StatusCode and those nested in it, outermost first (core 3.2.2.2)."""
    codes = list(reader.document.children(message, "samlp:Status/samlp:StatusCode")[:1])
    while codes and (inner := codes[-1].find(q("samlp:StatusCode"))) is not None:
        codes.append(inner)
    return codes


def _status(case: Case, pick: Callable[[list[etree._Element]], list[etree._Element]]) -> Readings:
    found = _response(case)
    if found is None:
        return NO_RESPONSE
    reader, message = found
    readings = (reader.attribute(code, "Value") for code in pick(_codes(reader, message)))
    return Readings(
        tuple(item for item in readings if item), reader.document.absent(message, "samlp:Status/samlp:StatusCode/@Value")
    )


@fact("response.status", "StatusCode", "uri", "The top-level samlp:StatusCode/@Value (core 3.2.2.2)")
def _status_top(case: Case) -> Readings:
    return _status(case, lambda codes: codes[:1])


@fact(
    "response.status_detail_code",
    "second-level StatusCode",
    "uri",
    "The innermost nested samlp:StatusCode/@Value, SAML's own first",
)
def _status_inner(case: Case) -> Readings:
    return _status(case, lambda codes: [code for code in codes[1:] if _is_second(code)][-1:] or codes[1:][-1:])


_SAML_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_TOP_LEVEL = tuple(_SAML_STATUS + name for name in ("Success", "Requester", "Responder", "VersionMismatch"))


def _is_second(code: etree._Element) -> bool:
    """Return whether SAML defines a code for the second level; what products nest deeper makes it no less true."""
    value = code.get("Value", "")
    return value.startswith(_SAML_STATUS) and value not in _TOP_LEVEL


@fact("response.status_message", "StatusMessage", "text", "samlp:Status/samlp:StatusMessage")
def _status_message(case: Case) -> Readings:
    found = _response(case)
    return found[0].read(found[1], "samlp:Status/samlp:StatusMessage") if found else NO_RESPONSE


def _on_request(name: str, title: str, kind: str, at: str, *, sensitive: bool = False, many: bool = False) -> None:
    def read(case: Case) -> Readings:
        found = _request(case)
        return found[0].read(found[1], at, kind, sensitive=sensitive) if found else NO_REQUEST

    add(Fact(name, title, kind, read, f"{at} of the request", sensitive, many))


_on_request("request.id", "ID of the request", "text", "@ID")
_on_request("request.version", "Version of the request", "text", "@Version")
_on_request("request.issue_instant", "IssueInstant of the request", "instant", "@IssueInstant")
_on_request("request.destination", "Destination of the request", "uri", "@Destination")
_on_request("request.acs_url", "AssertionConsumerServiceURL", "uri", "@AssertionConsumerServiceURL")
_on_request("request.acs_index", "AssertionConsumerServiceIndex", "integer", "@AssertionConsumerServiceIndex")
_on_request("request.protocol_binding", "ProtocolBinding", "uri", "@ProtocolBinding")
_on_request("request.force_authn", "ForceAuthn", "boolean", "@ForceAuthn")
_on_request("request.is_passive", "IsPassive", "boolean", "@IsPassive")
_on_request("request.provider_name", "ProviderName", "text", "@ProviderName")
_on_request("request.issuer", "Issuer of the request", "uri", "saml:Issuer")
_on_request("request.nameid_policy_format", "NameIDPolicy Format", "uri", "samlp:NameIDPolicy/@Format")
_on_request("request.allow_create", "AllowCreate", "boolean", "samlp:NameIDPolicy/@AllowCreate")
_on_request("request.subject", "Subject of the request", "text", "saml:Subject/saml:NameID", sensitive=True)
_on_request(
    "request.authn_context",
    "RequestedAuthnContext class",
    "uri",
    "samlp:RequestedAuthnContext/saml:AuthnContextClassRef",
    many=True,
)
_on_request("request.authn_context_comparison", "Comparison", "text", "samlp:RequestedAuthnContext/@Comparison")
