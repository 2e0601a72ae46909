"""Facts of the assertion: values, places, groups, labels, what is masked, and where missing things belong."""

# ruff: noqa: E501 (tables keep one case to a line)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samlcheck.facts import FACTS, FactTable, Readings
from samlcheck.facts.assertion import is_personal

from .logins import case, message, read, trust

A = "/samlp:Response/saml:Assertion"
S = f"{A}/saml:Subject"
C = f"{A}/saml:Conditions"
FULL = """<samlp:Response><saml:Assertion ID="a" Version="2.0" IssueInstant="2026-05-04T10:00:00Z">
<saml:Issuer>https://idp.example</saml:Issuer>
<saml:Subject>
  <saml:NameID Format="urn:f" NameQualifier="nq" SPNameQualifier="spnq">jane<!-- c -->@example.com</saml:NameID>
  <saml:SubjectConfirmation Method="urn:holder"/>
  <saml:SubjectConfirmation Method="urn:bearer"><saml:SubjectConfirmationData Recipient="https://sp.example/acs"
    NotBefore="2026-05-04T09:00:00Z" NotOnOrAfter="2026-05-04T10:05:00Z" InResponseTo="r1" Address="192.0.2.7"/></saml:SubjectConfirmation>
</saml:Subject>
<saml:Conditions NotBefore="2026-05-04T09:59:00Z" NotOnOrAfter="later">
  <saml:AudienceRestriction><saml:Audience>urn:one</saml:Audience><saml:Audience> urn:two </saml:Audience></saml:AudienceRestriction>
  <saml:AudienceRestriction><saml:Audience/></saml:AudienceRestriction>
  <saml:OneTimeUse/><!-- c --><saml:Condition/><x xmlns="urn:x"/>
</saml:Conditions>
<saml:AuthnStatement AuthnInstant="2026-05-04T09:58:00Z" SessionIndex="s1">
  <saml:AuthnContext><saml:AuthnContextClassRef>urn:password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AuthnStatement AuthnInstant="2026-05-04T09:57:00Z" SessionNotOnOrAfter="2026-05-04T18:00:00Z">
  <saml:AuthnContext/></saml:AuthnStatement>
<saml:AttributeStatement>
  <saml:Attribute Name="email" NameFormat="urn:basic" FriendlyName="Mail"><saml:AttributeValue>a@b.example</saml:AttributeValue></saml:Attribute>
  <saml:Attribute Name="Role"><saml:AttributeValue>one</saml:AttributeValue><saml:AttributeValue> t<!-- c -->wo
</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement>
<saml:AttributeStatement>
  <saml:Attribute Name="Role"><saml:AttributeValue/></saml:Attribute>
  <saml:Attribute Name="none"/>
  <saml:Attribute Name="id"><saml:AttributeValue>
    <saml:NameID Format="x">pair<?p?>wise</saml:NameID>
  </saml:AttributeValue></saml:Attribute>
  <saml:Attribute><saml:AttributeValue><saml:NameID/></saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement>
</saml:Assertion></samlp:Response>"""


def instant(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, 4, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("assertion.id", [("a", f"{A}/@ID", "", 0)]),
        ("assertion.version", [("2.0", f"{A}/@Version", "", 0)]),
        ("assertion.issue_instant", [(instant(10), f"{A}/@IssueInstant", "", 0)]),
        ("assertion.issuer", [("https://idp.example", f"{A}/saml:Issuer", "", 0)]),
        ("assertion.nameid", [("jane@example.com", f"{S}/saml:NameID", "", 0)]),
        ("assertion.nameid_format", [("urn:f", f"{S}/saml:NameID/@Format", "", 0)]),
        ("assertion.nameid_name_qualifier", [("nq", f"{S}/saml:NameID/@NameQualifier", "", 0)]),
        ("assertion.nameid_sp_name_qualifier", [("spnq", f"{S}/saml:NameID/@SPNameQualifier", "", 0)]),
        ("assertion.subject", [("present", S, "", 0)]),
        (
            "assertion.confirmation_method",
            [
                ("urn:holder", f"{S}/saml:SubjectConfirmation[1]/@Method", "SubjectConfirmation 1", 0),
                ("urn:bearer", f"{S}/saml:SubjectConfirmation[2]/@Method", "SubjectConfirmation 2", 1),
            ],
        ),
        *(
            (
                f"assertion.{name}",
                [(value, f"{S}/saml:SubjectConfirmation[2]/saml:SubjectConfirmationData/@{attribute}", "SubjectConfirmation 2", 1)],
            )
            for name, attribute, value in (
                ("recipient", "Recipient", "https://sp.example/acs"),
                ("confirmation_not_before", "NotBefore", instant(9)),
                ("confirmation_not_on_or_after", "NotOnOrAfter", instant(10, 5)),
                ("confirmation_in_response_to", "InResponseTo", "r1"),
                ("confirmation_address", "Address", "192.0.2.7"),
            )
        ),
        ("assertion.not_before", [(instant(9, 59), f"{C}/@NotBefore", "", 0)]),
        ("assertion.not_on_or_after", [(None, f"{C}/@NotOnOrAfter", "", 0)]),
        (
            "assertion.audience",
            [
                ("urn:one", f"{C}/saml:AudienceRestriction[1]/saml:Audience[1]", "AudienceRestriction 1", 0),
                (" urn:two ", f"{C}/saml:AudienceRestriction[1]/saml:Audience[2]", "AudienceRestriction 1", 0),
                ("", f"{C}/saml:AudienceRestriction[2]/saml:Audience", "AudienceRestriction 2", 1),
            ],
        ),
        ("assertion.audience_restriction_count", [(2, f"{C}/saml:AudienceRestriction[1]", "", 0)]),
        (
            "assertion.other_conditions",
            [
                ("OneTimeUse", f"{C}/saml:OneTimeUse", "", 0),
                ("Condition", f"{C}/saml:Condition", "", 0),
                ("x", f"{C}/*[local-name()='x']", "", 0),
            ],
        ),
        (
            "assertion.authn_statement",
            [("present", f"{A}/saml:AuthnStatement[1]", "", 0), ("present", f"{A}/saml:AuthnStatement[2]", "", 0)],
        ),
        (
            "assertion.authn_instant",
            [
                (instant(9, 58), f"{A}/saml:AuthnStatement[1]/@AuthnInstant", "AuthnStatement 1", 0),
                (instant(9, 57), f"{A}/saml:AuthnStatement[2]/@AuthnInstant", "AuthnStatement 2", 1),
            ],
        ),
        ("assertion.session_index", [("s1", f"{A}/saml:AuthnStatement[1]/@SessionIndex", "AuthnStatement 1", 0)]),
        (
            "assertion.session_not_on_or_after",
            [(instant(18), f"{A}/saml:AuthnStatement[2]/@SessionNotOnOrAfter", "AuthnStatement 2", 1)],
        ),
        (
            "assertion.authn_context",
            [("urn:password", f"{A}/saml:AuthnStatement[1]/saml:AuthnContext/saml:AuthnContextClassRef", "AuthnStatement 1", 0)],
        ),
        (
            "assertion.attribute_names",
            [
                ("email", f"{A}/saml:AttributeStatement[1]/saml:Attribute[1]/@Name", "email", 0),
                ("Role", f"{A}/saml:AttributeStatement[1]/saml:Attribute[2]/@Name", "Role", 1),
                ("Role", f"{A}/saml:AttributeStatement[2]/saml:Attribute[1]/@Name", "Role", 2),
                ("none", f"{A}/saml:AttributeStatement[2]/saml:Attribute[2]/@Name", "none", 3),
                ("id", f"{A}/saml:AttributeStatement[2]/saml:Attribute[3]/@Name", "id", 4),
            ],
        ),
        (
            "assertion.attribute_name_formats",
            [("urn:basic", f"{A}/saml:AttributeStatement[1]/saml:Attribute[1]/@NameFormat", "email", 0)],
        ),
        (
            "assertion.attribute_friendly_names",
            [("Mail", f"{A}/saml:AttributeStatement[1]/saml:Attribute[1]/@FriendlyName", "email", 0)],
        ),
        ("attribute:email", [("a@b.example", f"{A}/saml:AttributeStatement[1]/saml:Attribute[1]/saml:AttributeValue", "email", 0)]),
        (
            "attribute:Role",
            [
                ("one", f"{A}/saml:AttributeStatement[1]/saml:Attribute[2]/saml:AttributeValue[1]", "Role", 1),
                (" two\n", f"{A}/saml:AttributeStatement[1]/saml:Attribute[2]/saml:AttributeValue[2]", "Role", 1),
                ("", f"{A}/saml:AttributeStatement[2]/saml:Attribute[1]/saml:AttributeValue", "Role", 2),
            ],
        ),
        ("attribute:none", []),
        ("attribute:Email", []),
        ("attribute:id", [("pairwise", f"{A}/saml:AttributeStatement[2]/saml:Attribute[3]/saml:AttributeValue", "id", 4)]),
    ],
)
def test_what_is_read(name: str, expected: list[tuple[object, str, str, int]]) -> None:
    readings = read(name, FULL)
    assert [(item.value, item.node and item.node.path, item.label, item.group) for item in readings.items] == expected
    assert readings.unavailable == ""
    assert readings.anchor is not None
    assert readings.anchor.absent


def test_every_fact_of_the_assertion_is_in_the_table_above() -> None:
    tested = {mark[0] for mark in test_what_is_read.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert {name for name in FACTS if name.startswith("assertion.")} - tested == {"assertion.attribute_values"}


def test_all_values_are_those_of_all_attributes_in_order() -> None:
    values = read("assertion.attribute_values", FULL)
    assert [(item.raw, item.label, item.group, item.sensitive) for item in values.items] == [
        ("a@b.example", "email", 0, True),
        ("one", "Role", 1, False),
        (" two\n", "Role", 1, False),
        ("", "Role", 2, False),
        ("pairwise", "id", 4, True),
        ("", "", 5, True),
    ]


def test_what_is_not_of_the_form_keeps_its_text() -> None:
    reading = read("assertion.not_on_or_after", FULL).first
    assert reading is not None
    assert (reading.value, reading.raw) == (None, "later")


@pytest.mark.parametrize(
    ("name", "sensitive"),
    [
        ("assertion.nameid", True),
        ("assertion.confirmation_address", True),
        ("attribute:email", True),
        ("attribute:Role", False),
        ("assertion.audience", False),
        ("assertion.recipient", False),
        ("assertion.attribute_names", False),
    ],
)
def test_what_is_masked(name: str, sensitive: bool) -> None:
    assert {item.sensitive for item in read(name, FULL).items} == {sensitive}
    if not name.startswith("attribute:"):
        assert FACTS[name].sensitive == sensitive


@pytest.mark.parametrize(
    ("name", "personal"),
    [
        ("https://aws.amazon.com/SAML/Attributes/Role", False),
        ("https://aws.amazon.com/SAML/Attributes/SessionDuration", False),
        ("https://aws.amazon.com/SAML/Attributes/RoleSessionName", True),
        ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", False),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", True),
        ("urn:example:roles", False),
        ("ROLES", False),
        ("", True),
        ("urn:oid:0.9.2342.19200300.100.1.3", True),
    ],
)
def test_personal_attributes(name: str, personal: bool) -> None:
    assert is_personal(name) == personal


EMPTY = "<samlp:Response><saml:Assertion/></samlp:Response>"


def inside(xml: str) -> str:
    return f"<samlp:Response><saml:Assertion>{xml}</saml:Assertion></samlp:Response>"


@pytest.mark.parametrize(
    ("name", "xml", "place", "begins"),
    [
        ("assertion.id", EMPTY, f"{A}/@ID", "<saml:Assertion"),
        ("assertion.issuer", EMPTY, f"{A}/saml:Issuer", "<saml:Assertion"),
        ("assertion.nameid", EMPTY, f"{A}/saml:Subject/saml:NameID", "<saml:Assertion"),
        ("assertion.nameid", inside("<saml:Subject/>"), f"{S}/saml:NameID", "<saml:Subject"),
        ("assertion.nameid_format", inside("<saml:Subject><saml:NameID/></saml:Subject>"), f"{S}/saml:NameID/@Format", "<saml:NameID"),
        ("assertion.subject", EMPTY, f"{A}/saml:Subject", "<saml:Assertion"),
        ("assertion.recipient", EMPTY, f"{S}/saml:SubjectConfirmation/saml:SubjectConfirmationData/@Recipient", "<saml:Assertion"),
        ("assertion.recipient", inside("<saml:Subject/>"), f"{S}/saml:SubjectConfirmation/saml:SubjectConfirmationData/@Recipient", "<saml:Subject"),
        ("assertion.recipient", inside("<saml:Subject><saml:SubjectConfirmation/></saml:Subject>"), f"{S}/saml:SubjectConfirmation/saml:SubjectConfirmationData/@Recipient", "<saml:SubjectConfirmation"),
        ("assertion.recipient", FULL, f"{S}/saml:SubjectConfirmation[1]/saml:SubjectConfirmationData/@Recipient", "<saml:SubjectConfirmation"),
        ("assertion.audience", EMPTY, f"{C}/saml:AudienceRestriction/saml:Audience", "<saml:Assertion"),
        ("assertion.audience", inside("<saml:Conditions/>"), f"{C}/saml:AudienceRestriction/saml:Audience", "<saml:Conditions"),
        ("assertion.audience", inside("<saml:Conditions><saml:AudienceRestriction/></saml:Conditions>"), f"{C}/saml:AudienceRestriction/saml:Audience", "<saml:AudienceRestriction"),
        ("assertion.not_before", EMPTY, f"{C}/@NotBefore", "<saml:Assertion"),
        ("assertion.not_before", inside("<saml:Conditions/>"), f"{C}/@NotBefore", "<saml:Conditions"),
        ("assertion.session_index", FULL, f"{A}/saml:AuthnStatement[2]/@SessionIndex", "<saml:AuthnStatement"),
        ("assertion.authn_context", FULL, f"{A}/saml:AuthnStatement[2]/saml:AuthnContext/saml:AuthnContextClassRef", "<saml:AuthnContext"),
        ("attribute:x", EMPTY, f"{A}/saml:AttributeStatement/saml:Attribute", "<saml:Assertion"),
        ("attribute:x", inside("<saml:AttributeStatement/>"), f"{A}/saml:AttributeStatement/saml:Attribute", "<saml:AttributeStatement"),
        ("attribute:x", inside("<saml:AttributeStatement><saml:Attribute Name='x'/></saml:AttributeStatement>"), f"{A}/saml:AttributeStatement/saml:Attribute/saml:AttributeValue", "<saml:Attribute "),
        ("assertion.attribute_names", EMPTY, f"{A}/saml:AttributeStatement/saml:Attribute", "<saml:Assertion"),
    ],
)  # fmt: skip
def test_what_is_missing_has_a_place(name: str, xml: str, place: str, begins: str) -> None:
    given = message(xml)
    anchor = FactTable(case(given)).read(name).anchor
    assert anchor is not None
    assert anchor.span is not None
    assert (anchor.path, anchor.absent) == (place, True)
    assert given.anatomy.document.written(anchor.span).startswith(begins)


def test_no_restriction_at_all_is_counted_as_none() -> None:
    counted = read("assertion.audience_restriction_count", EMPTY)
    assert [(item.value, item.raw) for item in counted.items] == [(0, "0")]


def test_the_snippet_and_the_value_stand_side_by_side_in_the_document() -> None:
    given = message(FULL)
    table = FactTable(case(given))
    audience, recipient = table.read("assertion.audience").first, table.read("assertion.recipient").first
    assert audience is not None
    assert recipient is not None
    assert audience.snippet == ("<saml:Audience>", "</saml:Audience>")
    assert recipient.snippet == ('<saml:SubjectConfirmationData … Recipient="', '"')
    written = given.anatomy.document.written
    assert audience.node is not None
    assert recipient.node is not None
    assert written(audience.node.span) == "urn:one"  # type: ignore[arg-type]
    assert written(recipient.node.span) == 'Recipient="https://sp.example/acs"'  # type: ignore[arg-type]


def test_readings_say_whether_they_are_covered() -> None:
    given = message(FULL)
    table = FactTable(case(given, trusted=trust(given.anatomy, covered=lambda a: [a.assertions[0][1]])))  # the Subject
    assert [item.covered for item in table.read("assertion.nameid").items] == [True]
    assert [item.covered for item in table.read("assertion.recipient").items] == [True]
    assert [item.covered for item in table.read("assertion.issuer").items] == [False]
    assert {item.covered for item in table.read("assertion.audience").items} == {False}


@pytest.mark.parametrize(
    ("xml", "reasons", "why", "needs"),
    [
        ("<samlp:Response/>", (), "the response carries no assertion", ""),
        ("<samlp:Response><saml:EncryptedAssertion/></samlp:Response>", ("no-key",), "the assertion is encrypted", "--key"),
        ("<samlp:Response><saml:EncryptedAssertion/></samlp:Response>", ("decrypt-failed",), "the assertion could not be decrypted", "--key"),
        ("<samlp:Response><Assertion/></samlp:Response>", (), "the response carries no assertion", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["assertion.audience", "attribute:email", "assertion.attribute_values"])
def test_without_an_assertion_nothing_is_known_and_the_reason_is_said(
    xml: str, reasons: tuple[str, ...], why: str, needs: str, name: str
) -> None:
    from samlcheck.trust.facts import EncryptionFact

    given = message(xml)
    place = given.anatomy.document.ref(given.anatomy.message)
    sealed = [EncryptionFact("EncryptedAssertion", place, "", "", False, reason) for reason in reasons]
    found = FactTable(case(given, trusted=trust(given.anatomy, encryption=sealed))).read(name)
    assert found == Readings(unavailable=why, needs=needs)


def test_without_a_response_the_reason_is_said() -> None:
    found = FactTable(case()).read("assertion.audience")
    assert found == Readings(unavailable="there is no response in what was given", needs="a SAMLResponse")


def test_only_the_first_assertion_is_read_and_never_one_in_advice() -> None:
    found = read(
        "assertion.id",
        "<samlp:Response><samlp:Extensions><saml:Assertion ID='0'/></samlp:Extensions>"
        "<saml:Assertion ID='1'><saml:Advice><saml:Assertion ID='2'/></saml:Advice></saml:Assertion><saml:Assertion ID='3'/></samlp:Response>",
    )
    assert found.text == "1"
