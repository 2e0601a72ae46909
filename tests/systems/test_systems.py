"""Every system of the guides: a healthy login for each identity provider, and every fault that people make there.

The first cause must be the fault itself, with what to change and who changes it, however little the user gives.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samlcheck.forge import Keys, make_keys
from tests.systems.amazon_connect import CONNECT, CONNECT_FAULTS, CONNECT_HEALTHY, PAIR, ROLE
from tests.systems.aws_console import CONSOLE, CONSOLE_FAULTS, CONSOLE_HEALTHY
from tests.systems.generic import SERVICE, SERVICE_FAULTS, SERVICE_HEALTHY
from tests.systems.identity_center import (
    APPLICATION,
    APPLICATION_FAULTS,
    APPLICATION_HEALTHY,
    PORTAL,
    PORTAL_FAULTS,
    PORTAL_HEALTHY,
)
from tests.systems.row import WAYS, Row, System, Way, advice, complaints, errors, judged, listed
from tests.systems.twilio import (
    CONSOLE_SSO_FAULTS,
    CONSOLE_SSO_HEALTHY,
    FLEX,
    FLEX_FAULTS,
    FLEX_HEALTHY,
    FLEX_LEGACY,
    FRONTLINE,
    FRONTLINE_FAULTS,
    FRONTLINE_HEALTHY,
    LEGACY_FAULTS,
    LEGACY_HEALTHY,
    TWILIO_CONSOLE,
)

TABLES: tuple[tuple[System, tuple[Row, ...], tuple[Row, ...]], ...] = (
    (CONNECT, CONNECT_HEALTHY, CONNECT_FAULTS),
    (CONSOLE, CONSOLE_HEALTHY, CONSOLE_FAULTS),
    (PORTAL, PORTAL_HEALTHY, PORTAL_FAULTS),
    (APPLICATION, APPLICATION_HEALTHY, APPLICATION_FAULTS),
    (FLEX, FLEX_HEALTHY, FLEX_FAULTS),
    (FLEX_LEGACY, LEGACY_HEALTHY, LEGACY_FAULTS),
    (FRONTLINE, FRONTLINE_HEALTHY, FRONTLINE_FAULTS),
    (TWILIO_CONSOLE, CONSOLE_SSO_HEALTHY, CONSOLE_SSO_FAULTS),
    (SERVICE, SERVICE_HEALTHY, SERVICE_FAULTS),
)

# What is seen in the paste alone is seen with the metadata too: that way is tried where it makes a difference.
_HEALTHY = [
    pytest.param(system, replace(row, style=style), way, id=f"{row.id}, {style}, {way}")
    for system, healthy, _ in TABLES
    for row in healthy
    for number, style in enumerate((row.style,) if row.style else system.styles)
    for way in (WAYS if number == 0 else WAYS[:1])
]
_FAULTS = [
    pytest.param(system, row, way, id=f"{row.id}, {way}")
    for system, _, faults in TABLES
    for row in faults
    for way in (("all", "paste") if row.seen == "paste" else WAYS)
]


@pytest.mark.parametrize(("system", "row", "way"), _HEALTHY)
def test_healthy_logins_are_left_alone(system: System, row: Row, way: Way, idp_keys: Keys) -> None:
    report = judged(system, row, way, idp_keys)
    assert complaints(report) == []
    assert report.diagnosis.verdict == ("accepted" if way == "all" else report.diagnosis.verdict)
    assert report.diagnosis.verdict != "rejected"
    assert way != "paste" or report.diagnosis.verdict == "cannot-tell"


@pytest.mark.parametrize(("system", "row", "way"), _FAULTS)
def test_the_fault_is_the_first_cause(system: System, row: Row, way: Way, idp_keys: Keys) -> None:
    report = judged(system, row, way, idp_keys)
    if WAYS.index(way) > WAYS.index(row.seen):
        assert errors(report) == []
        assert report.diagnosis.verdict != "rejected"
        assert way != "paste" or report.diagnosis.verdict == "cannot-tell"
        return
    causes = report.diagnosis.causes
    wanted = row.alone if way != "all" and row.alone else row.rule
    assert [cause.finding.rule for cause in causes][:1] == [wanted], errors(report)
    found = causes[0].finding
    assert found.severity == row.severity
    assert (report.diagnosis.verdict == "rejected") == (found.severity == "error" and found.confidence != "guess")
    assert found.fix_by == row.by
    for word in listed(row.fix):
        assert word in advice(found)
    for word in listed(row.words):
        assert word in found.message.plain()


@pytest.mark.parametrize(
    ("system", "row"),
    [
        pytest.param(system, row, id=row.id)
        for system, _, faults in TABLES
        for row in faults
        if row.severity == "error" and "response.issue_instant" not in row.edits
    ],
)
def test_one_fault_is_one_cause(system: System, row: Row, idp_keys: Keys) -> None:
    """Whoever knows everything, the list of users included, is told one thing to change."""
    causes = judged(system, row, "all", idp_keys).diagnosis.causes
    assert [cause.finding.rule for cause in causes if cause.finding.severity == "error"] == [row.rule]


_NO_RELAY_STATE = "amazon-connect/relay-state-missing"


def test_relay_state_is_not_missed_where_only_the_message_was_pasted(idp_keys: Keys) -> None:
    pasted = Row("connect", edits={"relay_state": None}, form=False, given={"relay_state": ""})
    report = judged(CONNECT, pasted, "all", idp_keys)
    assert complaints(report) == []
    assert report.diagnosis.verdict == "cannot-tell"
    assert {item.rule: item.needs for item in report.diagnosis.not_checked}[
        _NO_RELAY_STATE
    ] == "--relay-state, or the whole form body"


def test_the_relay_state_that_is_known_counts_where_only_the_message_was_pasted(idp_keys: Keys) -> None:
    assert judged(CONNECT, Row("connect", form=False), "all", idp_keys).diagnosis.verdict == "accepted"


def test_relay_state_is_missed_where_the_form_lacks_it(idp_keys: Keys) -> None:
    report = judged(CONNECT, Row("connect", edits={"relay_state": None}, given={"relay_state": ""}), "all", idp_keys)
    assert report.diagnosis.causes[0].finding.rule == _NO_RELAY_STATE


def test_a_connect_login_without_relay_state_is_remarked_on_by_its_role(idp_keys: Keys) -> None:
    """Nothing but the role's name says that it is for Connect: that is too little for more than a note."""
    sent = {"relay_state": None, ROLE: PAIR.replace("CallCentre", "AmazonConnectAgents")}
    report = judged(CONNECT, Row("connect", edits=sent), "paste", idp_keys)
    assert report.service[0] == "aws-iam"
    notes = {cause.finding.rule: cause.finding.severity for cause in report.diagnosis.causes}
    assert notes["aws-iam/perhaps-for-connect"] == "note"


def test_the_years_in_which_a_connect_user_was_bound_to_one_role(idp_keys: Keys) -> None:
    given = {"role_arn": "arn:aws:iam::210987654321:role/Frontline"}

    def said(instant: str) -> set[str]:
        row = Row("connect", edits={"response.issue_instant": instant}, given=given)
        found = judged(CONNECT, row, "all", idp_keys).diagnosis.causes
        return {item.rule for cause in found for item in (cause.finding, *cause.consequences)}

    assert "amazon-connect/user-bound-to-another-role" in said("2022-11-04T10:00:00Z")
    assert "amazon-connect/user-bound-to-another-role" not in said("2026-05-04T10:00:00Z")
    assert "aws-iam/role-not-as-given" in said("2026-05-04T10:00:00Z")


def test_a_certificate_that_was_replaced_is_found_though_the_metadata_is_new(idp_keys: Keys) -> None:
    """Metadata as it is now and the certificate as the service still has it: the login fails there."""
    row = next(item for item in SERVICE_HEALTHY if item.id == "service")
    old = make_keys(not_before=datetime(2023, 1, 1, tzinfo=UTC), not_after=datetime(2026, 12, 1, tzinfo=UTC))
    report = judged(SERVICE, replace(row, style="entra-id"), "all", idp_keys, beside=old.certificate_pem)
    found = report.diagnosis.causes[0].finding
    assert (found.rule, found.fix_by) == ("signatures/certificate-replaced", "sp")
    assert "which begins at 2023-01-01T00:00:00Z" in found.message.plain()
    assert report.diagnosis.verdict == "rejected"


def test_the_same_certificate_beside_the_metadata_is_nothing_to_remark_on(idp_keys: Keys) -> None:
    row = next(item for item in SERVICE_HEALTHY if item.id == "service")
    assert complaints(judged(SERVICE, row, "all", idp_keys, beside=idp_keys.certificate_pem)) == []


def test_metadata_whose_key_cannot_be_used_is_the_cause(idp_keys: Keys) -> None:
    row = next(item for item in SERVICE_HEALTHY if item.id == "service")
    report = judged(SERVICE, row, "all", idp_keys, metadata=lambda xml: xml.replace(b'use="signing"', b'use="encryption"'))
    found = report.diagnosis.causes[0].finding
    assert (found.rule, found.fix_by, report.diagnosis.verdict) == ("signatures/idp-metadata-without-key", "sp", "rejected")
    assert "KeyDescriptor 1 is for encryption" in found.message.plain()
