"""From outcomes to causes and the verdict: the rules of DESIGN 6, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.diagnosis import TOPICS, diagnose, gated_outcomes
from samlcheck.finding import Broken, Difference, Evidence, Failed, Finding, NotApplicable, NotChecked, Outcome, Passed, Slot, Text
from samlcheck.packs.model import Symptom
from samlcheck.packs.symptoms import Sighting
from samlcheck.source import NodeRef


def finding(rule: str, **changes: object) -> Finding:
    base = Finding(rule, f"title of {rule}", "error", "certain", "login", Text.of(f"message of {rule}"))
    return replace(base, **changes)  # type: ignore[arg-type]


def failed(rule: str, *, settles: tuple[str, ...] = (), **changes: object) -> Failed:
    return Failed(rule, (finding(rule, **changes),), settles)


def passed_all(*but: str) -> list[Outcome]:
    return [Passed(f"ok/{topic}", (topic,)) for topic in TOPICS if topic not in but]


def order(*outcomes: Outcome, symptoms: tuple[Sighting, ...] = ()) -> list[str]:
    return [cause.finding.rule for cause in diagnose(outcomes, symptoms=symptoms, trusted=True).causes]


def test_accepted_needs_every_topic_settled() -> None:
    result = diagnose(passed_all(), trusted=True)
    assert result.verdict == "accepted"
    assert result.headline.plain() == "Everything that was checked holds; the service should accept this login"


@pytest.mark.parametrize("topic", TOPICS)
def test_an_open_topic_means_cannot_tell_and_says_what_is_missing(topic: str) -> None:
    open_one = NotChecked("x/y", "not given", f"--{topic}", (topic,))
    result = diagnose([*passed_all(topic), open_one], trusted=True)
    assert result.verdict == "cannot-tell"
    assert result.missing == (f"--{topic}",)
    assert f"still needed: --{topic}" in result.headline.plain()


def test_a_destination_that_need_not_be_there_is_settled_but_no_other_topic() -> None:
    optional = [*passed_all("destination"), NotApplicable("w/destination", "unsigned, none", ("destination",))]
    needed = [*passed_all("audience"), NotApplicable("w/audience", "none", ("audience",))]
    assert diagnose(optional, trusted=True).verdict == "accepted"
    assert diagnose(needed, trusted=True).verdict == "cannot-tell"


def test_a_topic_that_only_matched_by_shape_is_not_settled() -> None:
    result = diagnose([*passed_all("audience"), Passed("x/audience", ("audience",), unverified=("tenant",))], trusted=True)
    assert (result.verdict, result.missing) == ("cannot-tell", ("a check of audience",))


def test_without_trust_nothing_is_accepted_even_if_every_rule_passed() -> None:
    assert diagnose(passed_all(), trusted=False).verdict == "cannot-tell"


@pytest.mark.parametrize(
    ("outcome", "needs"),
    [
        (NotChecked("svc/users", "the users were not given", "--set users=…", required=True), "--set users=…"),
        (Broken("svc/users", "ValueError", required=True), "a check by svc/users"),
    ],
    ids=["not checked", "broken"],
)
def test_a_required_rule_that_did_not_pass_prevents_acceptance(outcome: Outcome, needs: str) -> None:
    result = diagnose([*passed_all(), outcome], trusted=True)
    assert (result.verdict, result.missing) == ("cannot-tell", (needs,))


def test_a_required_rule_that_does_not_apply_prevents_nothing() -> None:
    assert diagnose([*passed_all(), NotApplicable("svc/x", "no tags", required=True)], trusted=True).verdict == "accepted"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "rejected"),
        ({"confidence": "likely"}, "rejected"),
        ({"confidence": "guess"}, "accepted"),
        ({"severity": "warning"}, "accepted"),
        ({"concern": "security"}, "rejected"),
        ({"concern": "hygiene"}, "accepted"),
    ],
    ids=str,
)
def test_what_rejects(changes: dict[str, str], verdict: str) -> None:
    assert diagnose([*passed_all(), failed("a/b", **changes)], trusted=True).verdict == verdict


def test_a_consequence_hangs_under_its_cause() -> None:
    result = diagnose([failed("a/effect"), failed("b/cause", explains=("a/*",))], trusted=True)
    assert [(c.finding.rule, [e.rule for e in c.consequences]) for c in result.causes] == [("b/cause", ["a/effect"])]


def test_chains_end_at_their_root() -> None:
    result = diagnose([failed("a/3"), failed("b/2", explains=("a/3",)), failed("c/1", explains=("b/2",))], trusted=True)
    assert [(c.finding.rule, [e.rule for e in c.consequences]) for c in result.causes] == [("c/1", ["a/3", "b/2"])]


@pytest.mark.parametrize(
    ("topics", "together"), [(("audience", "audience"), True), (("audience", "recipient"), False), (("", ""), False)], ids=str
)
def test_of_two_rules_that_say_the_same_the_surer_one_is_the_cause(topics: tuple[str, str], together: bool) -> None:
    """What a service's rule says of a topic from what was observed, the standard's rule says for certain."""
    surer, service = (tuple(filter(None, (topic,))) for topic in topics)
    outcomes = [
        failed("standard/audience", settles=surer),
        failed("service/audience", settles=service, confidence="likely", explains=("standard/audience",)),
    ]
    causes = diagnose(outcomes, trusted=True).causes
    assert causes[0].finding.rule == "standard/audience"
    assert (len(causes) == 1) == together


@pytest.mark.parametrize(
    ("cause", "effect"),
    [
        ({"confidence": "guess"}, {}),
        ({"severity": "warning"}, {}),
        ({"subject": "email"}, {"subject": "roles"}),
    ],
    ids=["less confident", "less severe", "other subject"],
)
def test_what_explains_nothing(cause: dict[str, str], effect: dict[str, str]) -> None:
    result = diagnose([failed("a/effect", **effect), failed("b/cause", explains=("a/effect",), **cause)], trusted=True)
    assert all(not c.consequences for c in result.causes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (failed("z/error"), failed("a/warning", severity="warning")),
        (failed("z/certain"), failed("a/likely", confidence="likely")),
        (failed("z/signature", settles=("signature",)), failed("a/audience", settles=("audience",))),
        (failed("z/login"), failed("a/hygiene", concern="hygiene")),
        (failed("a/x"), failed("b/x")),
    ],
    ids=["severity", "confidence", "stage", "blocks the login", "id"],
)
def test_order(first: Failed, second: Failed) -> None:
    assert order(second, first) == order(first, second) == [first.rule, second.rule]


def test_more_consequences_come_first() -> None:
    assert order(failed("a/x"), failed("z/x", explains=("e/*",)), failed("e/x")) == ["z/x", "a/x"]


def seen(**changes: object) -> Sighting:
    base = Symptom("page-said-no", "Example service", "The service refused the login", code="E1", specificity="high")
    return Sighting(replace(base, **changes), "E1")  # type: ignore[arg-type]


def test_a_symptom_confirms_the_rule_it_suspects() -> None:
    result = diagnose([failed("a/x"), failed("z/x")], symptoms=(seen(suspects=("z/x",)),), trusted=True)
    assert [c.finding.rule for c in result.causes] == ["z/x", "a/x"]
    assert result.causes[0].confirmed_by == ("page-said-no",)


@pytest.mark.parametrize(
    ("changes", "confidence", "verdict"),
    [({}, "likely", "rejected"), ({"verified": False}, "guess", "cannot-tell"), ({"specificity": "low"}, "guess", "cannot-tell")],
    ids=["clear text", "unverified", "weak pattern"],
)
def test_a_symptom_alone_is_a_hypothesis(changes: dict[str, object], confidence: str, verdict: str) -> None:
    result = diagnose([], symptoms=(seen(**changes),), trusted=True)
    assert [(c.finding.rule, c.finding.confidence) for c in result.causes] == [("symptom/page-said-no", confidence)]
    assert result.verdict == verdict


def test_the_reason_that_the_idp_gives_for_its_refusal_goes_before_the_refusal() -> None:
    refused = [failed("saml-status/authn-failed"), failed("core/status", settles=("status",))]
    given = replace(seen(), in_status=NodeRef("input", "/samlp:Response/samlp:Status/samlp:StatusMessage", None))
    causes = diagnose(refused, symptoms=(given,), trusted=True).causes
    assert [cause.finding.rule for cause in causes] == ["symptom/page-said-no"]
    assert {item.rule for item in causes[0].consequences} == {"saml-status/authn-failed", "core/status"}
    assert causes[0].finding.primary is not None
    assert causes[0].finding.primary.node == given.in_status
    assert order(*refused, symptoms=(seen(),))[0] == "core/status"


def test_a_hypothesis_names_the_change_and_who_makes_it() -> None:
    result = diagnose([], symptoms=(seen(causes=("user-not-assigned",), next=("check-user-assigned-in-idp",)),), trusted=True)
    finding = result.causes[0].finding
    assert finding.fix.plain() == "At the IdP, assign the user, or a group the user is in, to the application."
    assert finding.fix_by == "idp"
    assert finding.message.plain() == (
        "Example service says so. What is behind this: the user is not assigned to the application at the IdP. "
        "To be sure: See in the IdP console whether the user or a group of the user is assigned to the application."
    )
    assert finding.primary is not None
    assert finding.primary.actual == Slot("E1")


def test_words_of_the_symptom_go_before_those_of_its_cause() -> None:
    result = diagnose([], symptoms=(seen(causes=("user-not-assigned",), fix="Do that.", fix_by="user"),), trusted=True)
    assert (result.causes[0].finding.fix.plain(), result.causes[0].finding.fix_by) == ("Do that.", "user")


def test_a_notice_is_no_cause() -> None:
    result = diagnose([], symptoms=(seen(causes=("informational",)),), trusted=True)
    assert not result.causes
    assert [item.id for item in result.symptoms] == ["page-said-no"]


def test_a_warning_does_not_take_the_blame_for_what_the_page_said() -> None:
    result = diagnose([failed("a/x", severity="warning")], symptoms=(seen(suspects=("a/x",)),), trusted=True)
    assert [c.finding.rule for c in result.causes] == ["symptom/page-said-no", "a/x"]


def test_a_refusal_by_the_idp_closes_what_depends_on_it() -> None:
    outcomes = [
        failed("s/status", settles=("status",)),
        failed("t/unsigned", settles=("signature",)),
        failed("d/destination", settles=("destination",)),
    ]
    result = diagnose(outcomes, trusted=False)
    assert [c.finding.rule for c in result.causes] == ["s/status", "d/destination"]
    assert [(o.rule, o.why) for o in result.not_checked] == [
        ("t/unsigned", "the IdP refused the login, so its answer carries nothing else to check")
    ]
    assert len(gated_outcomes(outcomes)) == 3


def test_a_fault_of_the_request_is_why_the_idp_refused_however_sure_it_is() -> None:
    refused = failed("saml-status/requester")
    asked = failed("requests/destination-mismatch", confidence="likely", explains=("saml-status/requester",))
    assert [(c.finding.rule, len(c.consequences)) for c in diagnose([refused, asked], trusted=False).causes] == [
        ("requests/destination-mismatch", 1)
    ]
    guess = failed("requests/destination-mismatch", confidence="guess", explains=("saml-status/requester",))
    assert order(refused, guess) == ["saml-status/requester", "requests/destination-mismatch"]


def test_a_cause_comes_as_early_as_the_first_thing_it_explains() -> None:
    refused = failed("saml-status/authn-failed", explains=("saml-core/status-not-success",))
    status = failed("saml-core/status-not-success", settles=("status",))
    elsewhere = failed("web-sso-profile/destination-mismatch", settles=("destination",))
    assert order(elsewhere, status, refused) == ["saml-status/authn-failed", "web-sso-profile/destination-mismatch"]


def addressed(rule: str, topic: str, actual: str, expected: str) -> Failed:
    evidence = (Evidence("primary", None, "x", actual=Slot(actual), expected=Slot(expected)),)
    return failed(rule, settles=(topic,), evidence=evidence)


def test_a_response_for_another_environment_is_one_cause() -> None:
    result = diagnose(
        [
            addressed("w/audience", "audience", "https://staging.example/sp", "https://portal.example/sp"),
            addressed("w/recipient", "recipient", "https://staging.example/acs", "https://portal.example/acs"),
            addressed("w/destination", "destination", "https://staging.example/acs", "https://portal.example/acs"),
        ],
        trusted=True,
    )
    (cause,) = result.causes
    assert cause.finding.rule == "diagnosis/response-for-another-address"
    assert "name staging.example, but this service is portal.example" in cause.finding.message.plain()
    assert len(cause.consequences) == 3


@pytest.mark.parametrize(
    ("audience", "address", "causes"),
    [
        (
            ("https://app.example/globex/sp", "https://app.example/acme/sp"),
            ("https://app.example/globex/in", "https://app.example/acme/in"),
            1,
        ),
        (("urn:app:JQ2", "urn:app:JQ1"), ("https://app.example/in?to=JQ2", "https://app.example/in?to=JQ1"), 1),
        (("http://app.example/sp", "https://app.example/sp"), ("http://app.example/in", "https://app.example/in"), 2),
        (("https://app.example/sp/", "https://app.example/sp"), ("https://app.example/old", "https://app.example/in"), 2),
        (("urn:app:two", "urn:app:one"), ("https://app.example/out", "https://app.example/in"), 2),
    ],
    ids=["tenant in both paths", "SID in both", "only the scheme", "a slash and a path", "two unlike faults"],
)
def test_the_same_other_name_in_audience_and_address_is_one_cause(
    audience: tuple[str, str], address: tuple[str, str], causes: int
) -> None:
    result = diagnose(
        [addressed("w/audience", "audience", *audience), addressed("w/destination", "destination", *address)], trusted=True
    )
    assert len(result.causes) == causes


def test_the_rule_of_a_service_that_sees_both_stays_the_cause() -> None:
    result = diagnose(
        [
            addressed("w/audience", "audience", "urn:app:JQ2", "urn:app:JQ1"),
            addressed("w/destination", "destination", "https://app.example/in?to=JQ2", "https://app.example/in?to=JQ1"),
            failed("service/other-connection", explains=("w/audience", "w/destination")),
            foreign_key(),
        ],
        trusted=False,
    )
    assert [(c.finding.rule, len(c.consequences)) for c in result.causes] == [("service/other-connection", 3)]


def test_one_wrong_audience_is_no_other_environment() -> None:
    result = diagnose([addressed("w/audience", "audience", "https://other.example/sp", "https://portal.example/sp")], trusted=True)
    assert [c.finding.rule for c in result.causes] == ["w/audience"]


def foreign_key() -> Failed:
    return failed("signatures/key-rotated", settles=("signature",), explains=("signatures/untrusted",))


def issuer(actual: str, expected: str, kind: str) -> Failed:
    evidence = (Evidence("primary", None, "Issuer", actual=Slot(actual), expected=Slot(expected), difference=Difference(kind, "")),)
    return failed("web-sso-profile/issuer-mismatch", evidence=evidence)


def test_another_environment_may_have_an_issuer_and_a_key_of_its_own() -> None:
    result = diagnose(
        [
            addressed("w/audience", "audience", "https://staging.example/sp", "https://portal.example/sp"),
            addressed("w/destination", "destination", "https://staging.example/acs", "https://portal.example/acs"),
            foreign_key(),
            issuer("https://idp.example/staging", "https://idp.example/live", "path"),
        ],
        trusted=False,
    )
    (cause,) = result.causes
    assert cause.finding.rule == "diagnosis/response-for-another-address"
    assert "It comes from another issuer, too" in cause.finding.message.plain()
    assert len(cause.consequences) == 4


def test_another_issuer_explains_another_key() -> None:
    result = diagnose([foreign_key(), issuer("https://idp.example/b", "https://idp.example/a", "path")], trusted=False)
    assert [(c.finding.rule, len(c.consequences)) for c in result.causes] == [("web-sso-profile/issuer-mismatch", 1)]


def test_an_issuer_that_is_only_written_otherwise_explains_no_other_key() -> None:
    result = diagnose([foreign_key(), issuer("https://idp.example/a/", "https://idp.example/a", "trailing-slash")], trusted=False)
    assert len(result.causes) == 2


@pytest.mark.parametrize("expected", ["https://portal.example/acs", ""])
def test_audience_and_address_that_are_swapped_are_one_cause(expected: str) -> None:
    result = diagnose(
        [
            addressed("w/audience", "audience", "https://portal.example/acs", "urn:portal"),
            addressed("w/recipient", "recipient", "urn:portal", expected),
            failed("service/acs-is-audience", explains=("w/recipient",)),
        ],
        trusted=True,
    )
    if not expected:
        assert len(result.causes) == 2
        return
    (cause,) = result.causes
    assert cause.finding.rule == "diagnosis/acs-and-audience-swapped"
    assert "set the ACS URL (Reply URL, Recipient, Destination) to https://portal.example/acs" in cause.finding.fix.plain()
    assert len(cause.consequences) == 3


def ended(actual: str, expected: str = "2026-05-04T10:00:00Z") -> Failed:
    evidence = (Evidence("primary", None, "NotOnOrAfter", actual=Slot(actual), expected=Slot(expected)),)
    return failed("web-sso-profile/expired", settles=("window",), evidence=evidence)


@pytest.mark.parametrize(
    ("outcomes", "rules"),
    [
        ([ended("2026-05-03T10:00:00Z")], ["diagnosis/old-response"]),
        ([ended("2026-05-04T09:50:00Z")], ["web-sso-profile/expired"]),
        ([ended("2026-05-04T09:50:00Z"), failed("web-sso-profile/in-response-to-mismatch")], ["diagnosis/old-response"]),
        ([ended("2026-05-03T10:00:00Z"), failed("flow/clocks-apart")], ["web-sso-profile/expired", "flow/clocks-apart"]),
        ([ended("no time")], ["web-sso-profile/expired"]),
    ],
    ids=["a day ago", "ten minutes ago", "of another request", "clocks known to differ", "no time"],
)
def test_the_page_of_an_earlier_login_is_one_cause(outcomes: list[Failed], rules: list[str]) -> None:
    result = diagnose(outcomes, trusted=True)
    assert [cause.finding.rule for cause in result.causes] == rules
    assert (result.causes[0].finding.fix_by == "user") is (rules == ["diagnosis/old-response"])


RULES = st.sampled_from([f"p{i}/r" for i in range(6)])
FINDINGS = st.builds(
    finding,
    RULES,
    severity=st.sampled_from(["error", "warning", "note"]),
    confidence=st.sampled_from(["certain", "likely", "guess"]),
    concern=st.sampled_from(["login", "security", "hygiene"]),
    subject=st.sampled_from(["", "a", "b"]),
    explains=st.lists(st.sampled_from([*(f"p{i}/r" for i in range(6)), "p1/*", "*/*"]), max_size=3).map(tuple),
)


@given(st.lists(FINDINGS, max_size=8), st.randoms())
def test_ranking_loses_nothing_and_does_not_depend_on_the_order_given(findings: list[Finding], random: object) -> None:
    outcomes = [Failed(item.rule, (item,)) for item in findings]
    shuffled = list(outcomes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    result, again = diagnose(outcomes, trusted=True), diagnose(shuffled, trusted=True)
    listed = [f for cause in result.causes for f in (cause.finding, *cause.consequences)]
    assert sorted(map(repr, listed)) == sorted(map(repr, findings))
    assert [c.finding for c in result.causes] == [c.finding for c in again.causes]
