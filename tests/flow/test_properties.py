"""Whatever a browser recorded: no rule breaks, nothing is lost, and a fault of the recording alone is no verdict."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samlcheck.diagnosis import blocks
from samlcheck.errors import InputError
from samlcheck.finding import Broken, Failed
from samlcheck.forge import Keys
from samlcheck.inspection import Inspection
from samlcheck.report import jsonout
from samlcheck.report.text import render
from samlcheck.report.view import View
from tests.flow.recorded import Edits, inspect, recording

SECRET = "SECRET-7f"
CHOICES: dict[str, tuple[str | None, ...]] = {
    "flow.recorder": ("WebInspector", "Firefox", "Charles Proxy", ""),
    "flow.set_cookie": (
        None,
        f"a={SECRET}",
        f"a={SECRET}; Domain=.sp.example; Path=/x; Max-Age=0",
        ";;;=",
        f"a={SECRET}; Expires=never",
    ),
    "flow.cookie": (None, f"a={SECRET}", "=;=;", "x"),
    "flow.acs_url": ("", "http://sp.example/saml/acs", "https://www.sp.example:8443/acs?x=1", "https://[::1]/acs", "no url"),
    "flow.service_url": ("", "https://www.sp.example/", "http://sp.example/"),
    "flow.method": ("POST", "GET", "PUT"),
    "flow.body": ("kept", "missing", "masked", "cut", "elsewhere"),
    "flow.status": ("200", "302", "303", "307", "400", "500", "0", "-1"),
    "flow.location": ("/home", "https://sp.example/saml/acs/", "//", "https://[", "/login?error=1", "javascript:0"),
    "flow.page": ("", "Error", "<b>\u202e\x1b[31m"),
    "flow.error": ("", "net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT"),
    "flow.idp_ahead": ("0", "45", "-100000"),
    "flow.sp_ahead": ("0", "-45"),
    "flow.idp_page": ("", "AADSTS50105"),
    "flow.seconds": ("0", "29", "4000"),
    "flow.relay_state": ("", "none", "x" * 200),
    "flow.starts": ("service", "response"),
    "flow.ends": ("home", "idp", "form", "delivery"),
    "flow.rounds": ("1", "3"),
    "flow.circle": ("", "2", "30"),
    "flow.repeated": ("", "200", "400"),
    "flow.frame": ("", "DENY"),
    "flow.fetch_dest": ("document", "iframe"),
    "flow.session_cookie": ("", f"s={SECRET}; Path=/x; SameSite=Strict", "s=1; Domain=co.uk"),
    "flow.session_sent": ("", f"s={SECRET}"),
    "idp_initiated": ("false", "true"),
}
RECORDED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in CHOICES.items()})


def inspected(octets: bytes, keys: Keys) -> Inspection | InputError:
    try:
        return inspect(octets, keys)
    except InputError as error:
        return error


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=RECORDED)
def test_any_recording_is_judged_by_rules_that_hold(edits: Edits, idp_keys: Keys) -> None:
    octets = json.dumps(recording(idp_keys, edits)).encode()
    inspection = inspected(octets, idp_keys)
    if isinstance(inspection, InputError):
        assert inspection.tip
        return
    for report in inspection.logins:
        assert [item for item in report.outcomes if isinstance(item, Broken)] == []
        failed = {item.rule for item in report.outcomes if isinstance(item, Failed)}
        told = [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]
        assert failed <= {item.rule for item in told}
        assert (report.diagnosis.verdict == "rejected") == any(blocks(item) for item in told)
        assert [step.number for step in report.timeline] == sorted({step.number for step in report.timeline})
    shown = jsonout.render(inspection, View()) + render(inspection, View(timeline=True)).plain()
    assert SECRET not in shown
    assert "\x1b" not in shown


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_order_in_which_entries_stand_does_not_matter_where_they_have_times(data: st.DataObject, idp_keys: Keys) -> None:
    made: dict[str, Any] = recording(idp_keys, {"flow.set_cookie": "a=1; SameSite=Lax", "flow.cookie": None, "flow.status": "500"})
    usual = inspect(json.dumps(made).encode(), idp_keys).logins[0]
    made["log"]["entries"] = data.draw(st.permutations(made["log"]["entries"]))
    mixed = inspect(json.dumps(made).encode(), idp_keys).logins[0]
    assert [cause.finding for cause in mixed.diagnosis.causes] == [cause.finding for cause in usual.diagnosis.causes]
    assert mixed.timeline == usual.timeline
