"""Facts of messages and of the capture around them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samlcheck.capture.model import Layer
from samlcheck.case import Told
from samlcheck.facts import FACTS, FactTable, Readings

from .logins import case, message, read, trust

R = "/samlp:Response"
FULL = """<samlp:Response ID="r" Version="2.0" IssueInstant="2026-05-04T10:00:00Z" Destination="https://sp.example/acs"
InResponseTo="q" Consent="urn:c"><saml:Issuer Format="urn:entity"> https://idp.example </saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:top"><samlp:StatusCode Value="urn:middle"><samlp:StatusCode Value="urn:inner"/>
</samlp:StatusCode></samlp:StatusCode><samlp:StatusMessage>No<!-- c --> access</samlp:StatusMessage></samlp:Status>
<saml:Assertion/></samlp:Response>"""
REQUEST = """<samlp:AuthnRequest ID="q" Version="2.0" IssueInstant="2026-05-04T09:59:00Z" Destination="https://idp.example/sso"
AssertionConsumerServiceURL="https://sp.example/acs" AssertionConsumerServiceIndex=" 3 " ProtocolBinding="urn:post" ForceAuthn="1"
IsPassive="no" ProviderName="Shop"><saml:Issuer>urn:sp</saml:Issuer><saml:Subject><saml:NameID>jane</saml:NameID></saml:Subject>
<samlp:NameIDPolicy Format="urn:f" AllowCreate="true"/><samlp:RequestedAuthnContext Comparison="exact">
<saml:AuthnContextClassRef>urn:a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b</saml:AuthnContextClassRef>
</samlp:RequestedAuthnContext></samlp:AuthnRequest>"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("response.id", [("r", f"{R}/@ID")]),
        ("response.version", [("2.0", f"{R}/@Version")]),
        ("response.issue_instant", [(datetime(2026, 5, 4, 10, tzinfo=UTC), f"{R}/@IssueInstant")]),
        ("response.destination", [("https://sp.example/acs", f"{R}/@Destination")]),
        ("response.in_response_to", [("q", f"{R}/@InResponseTo")]),
        ("response.consent", [("urn:c", f"{R}/@Consent")]),
        ("response.issuer", [(" https://idp.example ", f"{R}/saml:Issuer")]),
        ("response.issuer_format", [("urn:entity", f"{R}/saml:Issuer/@Format")]),
        ("response.status", [("urn:top", f"{R}/samlp:Status/samlp:StatusCode/@Value")]),
        (
            "response.status_detail_code",
            [("urn:inner", f"{R}/samlp:Status/samlp:StatusCode/samlp:StatusCode/samlp:StatusCode/@Value")],
        ),
        ("response.status_message", [("No access", f"{R}/samlp:Status/samlp:StatusMessage")]),
        ("response.assertions", [(1, R)]),
    ],
)
def test_what_is_read_of_a_response(name: str, expected: list[tuple[object, str]]) -> None:
    readings = read(name, FULL)
    assert [(item.value, item.node and item.node.path) for item in readings.items] == expected
    assert {item.covered for item in readings.items} <= {False, None}
    assert FactTable(case()).read(name) == Readings(unavailable="there is no response in what was given", needs="a SAMLResponse")


@pytest.mark.parametrize(
    ("nested", "expected"),
    [
        (("NoPassive",), "NoPassive"),
        (("AuthnFailed", "urn:example:cancelled"), "AuthnFailed"),
        (("urn:example:locked", "RequestDenied"), "RequestDenied"),
        (("AuthnFailed", "VersionMismatch"), "AuthnFailed"),
        (("urn:example:a", "urn:example:b"), "urn:example:b"),
        (("Responder",), "Responder"),
    ],
)
def test_of_nested_codes_the_one_that_saml_defines_is_read(nested: tuple[str, ...], expected: str) -> None:
    def spelt(code: str) -> str:
        return code if code.startswith("urn:") else f"urn:oasis:names:tc:SAML:2.0:status:{code}"

    codes = "".join(f'<samlp:StatusCode Value="{spelt(code)}">' for code in ("Responder", *nested))
    status = f"<samlp:Status>{codes}{'</samlp:StatusCode>' * (len(nested) + 1)}</samlp:Status>"
    assert read("response.status_detail_code", f"<samlp:Response>{status}</samlp:Response>").text == spelt(expected)


def test_every_fact_of_responses_and_requests_is_in_a_table_here() -> None:
    tables = (test_what_is_read_of_a_response, test_what_is_read_of_a_request)
    tested = {row[0] for table in tables for row in table.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert {name for name in FACTS if name.startswith(("response.", "request."))} - {"request.acs", "request.schema"} == tested


@pytest.mark.parametrize(
    ("name", "xml", "place"),
    [
        ("response.destination", "<samlp:Response/>", f"{R}/@Destination"),
        ("response.issuer", "<samlp:Response/>", f"{R}/saml:Issuer"),
        ("response.issuer_format", "<samlp:Response/>", f"{R}/saml:Issuer/@Format"),
        ("response.issuer_format", "<samlp:Response><saml:Issuer/></samlp:Response>", f"{R}/saml:Issuer/@Format"),
        ("response.status", "<samlp:Response/>", f"{R}/samlp:Status/samlp:StatusCode/@Value"),
        ("response.status", "<samlp:Response><samlp:Status/></samlp:Response>", f"{R}/samlp:Status/samlp:StatusCode/@Value"),
        ("response.status_message", "<samlp:Response><samlp:Status/></samlp:Response>", f"{R}/samlp:Status/samlp:StatusMessage"),
    ],
)
def test_what_is_missing_has_a_place(name: str, xml: str, place: str) -> None:
    readings = read(name, xml)
    assert readings.items == ()
    assert readings.anchor is not None
    assert (readings.anchor.path, readings.anchor.absent) == (place, True)


def test_a_single_status_code_has_no_detail() -> None:
    xml = "<samlp:Response><samlp:Status><samlp:StatusCode Value='urn:top'/></samlp:Status></samlp:Response>"
    assert read("response.status", xml).text == "urn:top"
    assert read("response.status_detail_code", xml).items == ()


def test_the_response_inside_an_artifact_response_is_read() -> None:
    xml = "<samlp:ArtifactResponse ID='outer'><samlp:Response ID='inner'/></samlp:ArtifactResponse>"
    assert read("response.id", xml).text == "inner"
    assert read("message.kind", xml).text == "artifactresponse"


def test_a_logout_response_has_the_facts_of_a_response() -> None:
    assert read("response.in_response_to", "<samlp:LogoutResponse InResponseTo='x'/>").text == "x"


def test_an_assertion_alone_has_no_facts_of_a_response() -> None:
    assert read("response.id", "<saml:Assertion ID='a'/>").unavailable == "there is no response in what was given"


def test_assertions_are_counted_as_received() -> None:
    sealed = message("<samlp:Response><saml:Assertion/><saml:EncryptedAssertion/></samlp:Response>")
    opened = message("<samlp:Response><saml:Assertion/></samlp:Response>").anatomy
    table = FactTable(case(sealed, trusted=trust(opened, original=sealed.anatomy)))
    assert table.read("response.assertions").text == "2"


Q = "/samlp:AuthnRequest"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("request.id", [("q", f"{Q}/@ID")]),
        ("request.version", [("2.0", f"{Q}/@Version")]),
        ("request.issue_instant", [(datetime(2026, 5, 4, 9, 59, tzinfo=UTC), f"{Q}/@IssueInstant")]),
        ("request.destination", [("https://idp.example/sso", f"{Q}/@Destination")]),
        ("request.acs_url", [("https://sp.example/acs", f"{Q}/@AssertionConsumerServiceURL")]),
        ("request.acs_index", [(3, f"{Q}/@AssertionConsumerServiceIndex")]),
        ("request.protocol_binding", [("urn:post", f"{Q}/@ProtocolBinding")]),
        ("request.force_authn", [(True, f"{Q}/@ForceAuthn")]),
        ("request.is_passive", [(None, f"{Q}/@IsPassive")]),
        ("request.provider_name", [("Shop", f"{Q}/@ProviderName")]),
        ("request.issuer", [("urn:sp", f"{Q}/saml:Issuer")]),
        ("request.subject", [("jane", f"{Q}/saml:Subject/saml:NameID")]),
        ("request.nameid_policy_format", [("urn:f", f"{Q}/samlp:NameIDPolicy/@Format")]),
        ("request.allow_create", [(True, f"{Q}/samlp:NameIDPolicy/@AllowCreate")]),
        (
            "request.authn_context",
            [
                ("urn:a", f"{Q}/samlp:RequestedAuthnContext/saml:AuthnContextClassRef[1]"),
                ("urn:b", f"{Q}/samlp:RequestedAuthnContext/saml:AuthnContextClassRef[2]"),
            ],
        ),
        ("request.authn_context_comparison", [("exact", f"{Q}/samlp:RequestedAuthnContext/@Comparison")]),
    ],
)
def test_what_is_read_of_a_request(name: str, expected: list[tuple[object, str]]) -> None:
    given = message(REQUEST, "request")
    readings = FactTable(case(request=given)).read(name)
    assert [(item.value, item.node and item.node.path) for item in readings.items] == expected
    assert {item.sensitive for item in readings.items} == {name == "request.subject"} == {FACTS[name].sensitive}
    assert {item.node and item.node.document for item in readings.items} == {"request"}
    empty = FactTable(case(request=message("<samlp:AuthnRequest/>", "request"))).read(name)
    assert empty.items == ()
    assert empty.anchor is not None
    assert empty.anchor.path.startswith(f"{Q}/")
    assert FactTable(case()).read(name) == Readings(unavailable="the AuthnRequest was not given", needs="--request")


# --- the capture


def test_sizes_are_those_of_the_octets_captured() -> None:
    given = message("<samlp:Response/>")
    octets = len(given.captured.artifact.data)
    table = FactTable(case(given))
    assert table.read("message.octets").first.value == octets  # type: ignore[union-attr]
    assert table.read("message.base64_length").first.value == (octets + 2) // 3 * 4  # type: ignore[union-attr]
    assert FactTable(case()).read("message.octets").unavailable == "there is no message in what was given"


@pytest.mark.parametrize(
    ("more", "told", "expected", "unavailable"),
    [
        pytest.param({"relay_state": "rs", "layers": (Layer("form", 9, 9),)}, Told(), ["rs"], "", id="in the form"),
        pytest.param({"relay_state": ""}, Told(), [""], "", id="empty"),
        pytest.param({"relay_state": "rs"}, Told(relay_state="other"), ["other"], "", id="told"),
        pytest.param({"layers": (Layer("form", 9, 9),), "parameter": "SAMLResponse"}, Told(), [], "", id="not in the form"),
        pytest.param({"layers": (Layer("saml-tracer", 9, 9),), "exchange": 0}, Told(), [], "", id="not in the recording"),
        pytest.param({}, Told(), [], "only the message was given, so its RelayState is not known", id="message alone"),
    ],
)
def test_relay_state(more: dict[str, object], told: Told, expected: list[str], unavailable: str) -> None:
    found = FactTable(case(message("<samlp:Response/>", **more), told=told)).read("relay_state")
    assert [item.raw for item in found.items] == expected
    assert found.unavailable == unavailable
    assert bool(found.needs) == bool(unavailable)


def test_target_and_binding() -> None:
    given = message("<samlp:Response/>", target="https://sp.example/acs", binding="post")
    table = FactTable(case(given))
    assert table.read("message.target").text == "https://sp.example/acs"
    assert table.read("message.binding").text == "post"
    relative = FactTable(case(message("<samlp:Response/>", target="/saml", binding="post"))).read("message.target")
    assert relative == Readings(unavailable="the form in the page names its target without a host", needs="a HAR")
    unknown = FactTable(case(message("<samlp:Response/>"))).read("message.target")
    assert unknown.unavailable == "the capture does not say where the browser sent the message"
    assert unknown.needs == "a HAR"


def test_kind_is_that_of_the_response_else_of_the_request() -> None:
    request = message("<samlp:AuthnRequest/>", "request")
    assert FactTable(case(message("<saml:Assertion/>"), request=request)).text("message.kind") == "assertion"
    assert FactTable(case(request=request)).text("message.kind") == "authnrequest"
