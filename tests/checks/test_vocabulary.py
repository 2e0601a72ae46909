"""Every key of a check on readings made by hand: what it answers, and in which words."""

# ruff: noqa: E501 - tables read best with one case a line
from __future__ import annotations

from datetime import timedelta

import pytest

from samlcheck.case import Told
from samlcheck.checks.context import Held, Nothing, Unknown, Violated
from samlcheck.checks.model import Check, Instant, UrlShape
from samlcheck.checks.vocabulary import EACH, KEYS, WHOLE, apply, key_of
from samlcheck.facts import Readings

from .logins import AT, PLACE, context, readings

LOGIN = context(
    parameters={"tenant": "eu0042", "regions": ("eu-west-1", "us-east-1")},
    patterns={"account": "[0-9]{12}", "request_id": ".+", "tenant": "[a-z]{2}[0-9]{4}"},
    told=Told(acs=("https://sp.example/saml/acs",), audience=("https://sp.example/saml/metadata",)),
)


def words(result: object) -> tuple[str, ...]:
    assert isinstance(result, Violated), result
    return tuple(item.detail.plain() or (item.difference.words if item.difference else "") for item in result.violations)


PASSES = [
    ("present", Check(present=True), ("x",)),
    ("present although blank", Check(present=True), ("",)),
    ("absent", Check(absent=True), ()),
    ("present: false", Check(present=False), ()),
    ("equal", Check(equal="a"), ("a",)),
    ("equal the empty text", Check(equal=""), ("",)),
    ("equal a parameter", Check(equal="https://x.example/{tenant}"), ("https://x.example/eu0042",)),
    ("equal one of the values of a parameter", Check(equal="{regions}"), ("us-east-1",)),
    ("equal a fact", Check(equal="{response.destination}"), ("https://sp.example/saml/acs",)),
    ("equal with braces", Check(equal="{{{tenant}}}"), ("{eu0042}",)),
    ("one_of", Check(one_of=("a", "b")), ("b", "a")),
    ("none_of", Check(none_of=("a", "b")), ("c",)),
    ("match", Check(match="[a-z]{2,3}"), ("ab", "abc")),
    ("match with a parameter", Check(match="x-{tenant}-[0-9]{1,2}"), ("x-eu0042-7",)),
    ("match quotes parameters", Check(match="{regions}"), ("eu-west-1",)),
    ("not_match", Check(not_match=".*test.*"), ("prod",)),
    ("contain", Check(contain="b"), ("abc",)),
    ("start_with", Check(start_with="{tenant}"), ("eu0042-rest",)),
    ("end_with", Check(end_with=".example"), ("x.example",)),
    ("url", Check(url=UrlShape(scheme=("https",), host=("x.example",))), ("https://X.example/path",)),
    ("url host suffix", Check(url=UrlShape(host_suffix=(".awsapps.com",))), ("https://d-1.awsapps.com/start",)),
    ("url default port", Check(url=UrlShape(port=("443",))), ("https://x.example/",)),
    ("url patterns", Check(url=UrlShape(host_pattern="[a-z]+\\.x", path_pattern="/a/.*")), ("https://q.x/a/b",)),
    ("url query", Check(url=UrlShape(query_has=("destination",))), ("https://x.example/?destination=%2Fa",)),
    ("email", Check(email=True), ("mia.lindqvist+x@mail.example.com",)),
    ("email: false", Check(email=False), ("mia",)),
    ("number", Check(number={"min": 900, "max": 43200}), ("900", "43200")),
    ("length", Check(length={"min": 2, "max": 4}), ("ab", "äöüß")),
    ("count", Check(count={"min": 1, "max": 2}), ("a", "b")),
    ("same_as", Check(same_as="assertion.recipient"), ("https://sp.example/saml/acs",)),
    ("distinct", Check(distinct=True), ("a", "b")),
    ("algorithm_in by family", Check(algorithm_in=("sha256",)), ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",)),
    ("algorithm_in by name", Check(algorithm_in=("rsa-sha1", "sha1")), ("http://www.w3.org/2000/09/xmldsig#rsa-sha1",)),
    ("algorithm_in PSS", Check(algorithm_in=("rsa-pss",)), ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",)),
    ("before a fact", Check(before=Instant(fact="assertion.not_on_or_after")), ("2026-05-04T10:04:59Z",)),
    ("after a fact", Check(after=Instant(fact="assertion.not_before")), ("2026-05-04T10:00:00+00:00",)),
    ("within", Check(within={"seconds": "30", "of": "response.issue_instant"}), ("2026-05-04T09:59:30Z",)),
    ("within of the clock", Check(within={"seconds": "30"}), ("2026-05-04T10:00:30Z",)),
]


@pytest.mark.parametrize(("check", "values"), [case[1:] for case in PASSES], ids=[case[0] for case in PASSES])
def test_holds(check: Check, values: tuple[str, ...]) -> None:
    assert apply(check, readings(*values), LOGIN) == Held()


FAILS = [
    ("absent", Check(absent=True), ("x",), ""),
    ("present: false", Check(present=False), ("x",), ""),
    ("equal", Check(equal="https://x.example/a"), ("https://x.example/a/",), "it has a slash at the end"),
    ("equal swapped", Check(equal="urn:payroll"), ("https://sp.example/saml/acs",), "this is the ACS URL"),
    ("one_of nearest", Check(one_of=("administrator", "agent")), ("Agent",), "it differs only in upper and lower case: “A” instead of “a” at position 1"),
    ("none_of", Check(none_of=("a",)), ("a",), "this value is not allowed here"),
    ("match", Check(match="[a-z]+"), ("4",), ""),
    ("match but for blanks", Check(match="[a-z]+"), (" abc",), "it has a blank at the beginning"),
    ("match but for case", Check(match="[a-z]+"), ("Abc",), "it differs only in upper and lower case: “A” instead of “a” at position 1"),
    ("match template text", Check(match="[0-9]{12}"), ("ACCOUNTID",), "text of a template was left in"),
    ("not_match", Check(not_match=".*test.*"), ("my test",), "this form is not allowed here"),
    ("contain", Check(contain="z"), ("abc",), ""),
    ("start_with", Check(start_with="b"), ("abc",), ""),
    ("end_with", Check(end_with="b"), ("abc",), ""),
    ("url relative", Check(url=UrlShape()), ("/saml/acs",), "it is not an absolute URL"),
    ("url with blanks", Check(url=UrlShape()), (" https://x.example/",), "it has blanks around it"),
    ("url broken port", Check(url=UrlShape()), ("https://x.example:port/",), "it is not an absolute URL"),
    ("url scheme", Check(url=UrlShape(scheme=("https",))), ("http://x.example/",), "the scheme is another"),
    ("url host", Check(url=UrlShape(host=("x.example",))), ("https://y.example/",), "the host is another"),
    ("url path", Check(url=UrlShape(path=("/acs",))), ("https://y.example/acs/",), "the path is another"),
    ("url port", Check(url=UrlShape(port=("443",))), ("https://y.example:8443/acs",), "the port is another"),
    ("url host suffix", Check(url=UrlShape(host_suffix=(".awsapps.com",))), ("https://y.example/",), "the host does not end in .awsapps.com"),
    ("url path prefix", Check(url=UrlShape(path_prefix=("/saml",))), ("https://y.example/",), "the path does not begin with /saml"),
    ("url host pattern", Check(url=UrlShape(host_pattern="x.*")), ("https://y.example/",), "the host has not the form that is wanted"),
    ("url fragment", Check(url=UrlShape(fragment=False)), ("https://y.example/#1",), "it has a fragment (the part after #)"),
    ("url query", Check(url=UrlShape(query_has=("destination",))), ("https://x.example/",), "the query parameter destination is missing"),
    ("email without @", Check(email=True), ("mia",), "there is no @ in it"),
    ("email blank", Check(email=True), (" ",), "it is blank"),
    ("email padded", Check(email=True), ("mia@x.example ",), "it has blanks around it"),
    ("email two", Check(email=True), ("a@x.example,b@x.example",), "there is more than one @ in it"),
    ("email display name", Check(email=True), ("Mia <mia@x.example>",), "there is a blank in it"),
    ("email bare host", Check(email=True), ("mia@intranet",), "what stands after the @ is not a domain"),
    ("email: false", Check(email=False), ("mia@x.example",), "it is a mailbox address"),
    ("number text", Check(number={"min": 900}), ("1h",), "it is not a whole number"),
    ("number decimal", Check(number={"min": 900}), ("900.0",), "it is not a whole number"),
    ("number small", Check(number={"min": 900}), ("899",), "it is less than 900"),
    ("number big", Check(number={"max": 43200}), ("43201",), "it is more than 43200"),
    ("length", Check(length={"max": 3}), ("abcd",), "it has 4 characters, more than 3"),
    ("count many", Check(count={"max": 1}), ("a", "b"), "there are 2"),
    ("count none", Check(count={"min": 1}), (), "there is none"),
    ("same_as", Check(same_as="assertion.issuer"), ("http://idp.example/saml/metadata",), "it begins with http:// instead of https://"),
    ("distinct", Check(distinct=True), ("a", "a"), "the same value stands there twice"),
    ("algorithm_in", Check(algorithm_in=("sha256",)), ("http://www.w3.org/2000/09/xmldsig#rsa-sha1",), "it is rsa-sha1"),
    ("before a fact", Check(before=Instant(fact="assertion.not_before")), ("2026-05-04T09:59:45Z",), "it is 45 seconds after NotBefore"),
    ("after a fact", Check(after=Instant(fact="assertion.not_before")), ("2026-05-04T09:59:00Z",), "it is at the same instant as NotBefore"),
    ("no instant", Check(after=Instant(clock=True)), ("tomorrow",), "it is not an xs:dateTime"),
    ("no instant before", Check(before=Instant(clock=True)), ("",), "it is not an xs:dateTime"),
    ("within", Check(within={"seconds": "30", "of": "clock"}), ("2026-05-04T09:59:00Z",), "it is 60 seconds before the clock"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "values", "said"), [case[1:] for case in FAILS], ids=[case[0] for case in FAILS])
def test_violated(check: Check, values: tuple[str, ...], said: str) -> None:
    assert words(apply(check, readings(*values), LOGIN)) == (said,)


def test_every_key_has_a_case() -> None:
    tried = {key_of(case[1]) for case in (*PASSES, *FAILS)}
    assert tried | {"signed", "use"} == set(KEYS) == {*EACH, *WHOLE, "use"}


@pytest.mark.parametrize("check", [Check(), Check(equal="a", match="a")], ids=["none", "two"])
def test_exactly_one_key(check: Check) -> None:
    with pytest.raises(ValueError, match="exactly one key"):
        apply(check, readings("a"), LOGIN)


class TestMissing:
    def test_nothing_selected_is_a_violation_at_its_place(self) -> None:
        result = apply(Check(equal="urn:payroll"), readings(), LOGIN)
        assert isinstance(result, Violated)
        (violation,) = result.violations
        assert (violation.reading, violation.anchor) == (None, PLACE)
        assert violation.expected is not None
        assert violation.expected.value == "urn:payroll"

    def test_optional(self) -> None:
        for check in (
            Check(equal="a"),
            Check(present=True),
            Check(count={"min": 1}),
            Check(distinct=True),
            Check(use="nameid_shape"),
        ):
            assert apply(check, readings(), LOGIN, optional=True) == Nothing("there is none")

    def test_what_cannot_be_known_is_not_checked(self) -> None:
        unavailable = Readings(unavailable="the assertion is encrypted", needs="--key")
        for check in (Check(absent=True), Check(equal="a"), Check(use="nameid_shape"), Check(count={"max": 0})):
            assert apply(check, unavailable, LOGIN) == Unknown("the assertion is encrypted", "--key")

    def test_present_wants_nothing_but_presence(self) -> None:
        result = apply(Check(present=True), readings(), LOGIN)
        assert isinstance(result, Violated)
        assert result.violations[0].anchor == PLACE


class TestQuantifiers:
    CHECK = Check(equal="a")

    def test_every_names_each_wrong_value(self) -> None:
        result = apply(self.CHECK, readings("a", "b", "c"), LOGIN)
        assert isinstance(result, Violated)
        assert [item.reading.raw for item in result.violations if item.reading] == ["b", "c"]

    def test_any(self) -> None:
        assert apply(self.CHECK, readings("b", "a"), LOGIN, quantifier="any") == Held()
        result = apply(self.CHECK, readings("b", "c"), LOGIN, quantifier="any")
        assert isinstance(result, Violated)
        assert len(result.violations) == 2

    def test_none(self) -> None:
        assert apply(self.CHECK, readings("b"), LOGIN, quantifier="none") == Held()
        assert words(apply(self.CHECK, readings("b", "a"), LOGIN, quantifier="none")) == ("this value is not allowed here",)


class TestParameters:
    def test_without_a_value_the_shape_is_checked(self) -> None:
        check = Check(equal="arn:aws:iam::{account}:role/x")
        assert apply(check, readings("arn:aws:iam::111122223333:role/x"), LOGIN) == Held(("account",))
        result = apply(check, readings("arn:aws:iam::1111:role/x"), LOGIN)
        assert isinstance(result, Violated)
        assert result.violations[0].expected is not None
        assert result.violations[0].expected.value == "arn:aws:iam::<account>:role/x"

    def test_a_shape_tells_the_difference_where_a_small_change_makes_it_fit(self) -> None:
        result = apply(Check(equal="https://x.example/{account}"), readings("https://x.example/111122223333/"), LOGIN)
        assert words(result) == ("it has a slash at the end",)

    @pytest.mark.parametrize("key", ["contain", "start_with", "end_with", "match"])
    def test_parts_without_a_value(self, key: str) -> None:
        assert apply(Check(**{key: "{account}"}), readings("111122223333"), LOGIN) == Held(("account",))

    @pytest.mark.parametrize("check", [Check(equal="{request_id}"), Check(none_of=("{request_id}",)), Check(match="{request_id}")])
    def test_anything_would_do_is_not_a_pass(self, check: Check) -> None:
        assert apply(check, readings("x"), LOGIN) == Unknown("request_id was not given", "--set request_id=…")

    @pytest.mark.parametrize("check", [Check(none_of=("{account}",)), Check(not_match="{account}")], ids=["none_of", "not_match"])
    def test_nothing_is_forbidden_by_a_parameter_without_value(self, check: Check) -> None:
        assert apply(check, readings("111122223333"), LOGIN) == Unknown("account was not given", "--set account=…")

    def test_a_literal_beside_a_shape_is_verified(self) -> None:
        check = Check(one_of=("fixed", "x-{account}"))
        assert apply(check, readings("fixed"), LOGIN) == Held()
        assert apply(check, readings("x-111122223333"), LOGIN) == Held(("account",))

    def test_a_fact_that_is_not_known(self) -> None:
        assert apply(Check(equal="{idp.entity_id}"), readings("x"), LOGIN) == Unknown(
            "the IdP's entityID was not given", "--issuer, or --idp with metadata"
        )

    def test_a_fact_that_is_not_there(self) -> None:
        assert apply(Check(same_as="response.consent"), readings("x"), LOGIN) == Nothing("there is no Consent to compare with")

    def test_one_of_with_something_unknown_is_undecided_only_when_nothing_fits(self) -> None:
        check = Check(one_of=("urn:x", "{idp.entity_id}"))
        assert apply(check, readings("urn:x"), LOGIN) == Held()
        assert isinstance(apply(check, readings("urn:y"), LOGIN), Unknown)

    def test_an_unknown_name_is_the_packs_fault(self) -> None:
        with pytest.raises(KeyError, match="nothing is called tennant"):
            apply(Check(equal="{tennant}"), readings("x"), LOGIN)


ENDED = [
    ("a second before the end", 299, 0, "given", Held()),
    ("at the end", 300, 0, "given", "it ends at this very instant, and the end no longer counts"),
    ("45 seconds after the end", 345, 0, "given", "it ended 45 seconds earlier"),
    ("within the skew", 345, 60, "given", Held()),
    ("at the end of the skew", 360, 60, "given", "it ended 60 seconds earlier (60 seconds of clock difference are tolerated)"),
    ("15 minutes by now", 1200, 0, "now", "it ended 15 minutes earlier"),
    ("more than 15 minutes by now", 1201, 0, "now", Unknown("old capture: this ended 15 minutes 1 s ago, and when the login was tried is not known", "--at")),
    ("more than 15 minutes by the capture's clock", 1201, 0, "capture", "it ended 15 minutes 1 s earlier"),
]  # fmt: skip


class TestClock:
    @pytest.mark.parametrize(("seconds", "skew", "clock", "wanted"), [case[1:] for case in ENDED], ids=[case[0] for case in ENDED])
    def test_end(self, seconds: int, skew: int, clock: str, wanted: object) -> None:
        login = context(at=AT + timedelta(seconds=seconds), skew=skew, clock=clock)  # type: ignore[arg-type]
        result = apply(
            Check(after=Instant(clock=True, skew=True)), login.table.read("assertion.not_on_or_after"), login, kind="instant"
        )
        assert words(result) == (wanted,) if isinstance(wanted, str) else result == wanted

    @pytest.mark.parametrize(
        ("seconds", "skew", "wanted"),
        [(-60, 0, Held()), (-105, 0, "it begins 45 seconds later"), (-105, 60, Held()), (-121, 60, "it begins 61 seconds later (60 seconds of clock difference are tolerated)")],
        ids=["first instant counts", "45 seconds early", "within the skew", "beyond the skew"],
    )  # fmt: skip
    def test_begin(self, seconds: int, skew: int, wanted: object) -> None:
        login = context(at=AT + timedelta(seconds=seconds), skew=skew)
        result = apply(
            Check(before=Instant(clock=True, skew=True)), login.table.read("assertion.not_before"), login, kind="instant"
        )
        assert words(result) == (wanted,) if isinstance(wanted, str) else result == wanted

    def test_what_the_user_gave_is_judged_now(self) -> None:
        login = context(at=AT + timedelta(days=3), clock="now")
        assert words(apply(Check(after=Instant(clock=True)), readings("2026-05-04T10:00:00Z", place=None), login)) == (
            "it ended 3 days earlier",
        )

    def test_old_capture_and_an_age_by_the_clock(self) -> None:
        login = context(at=AT + timedelta(days=3), clock="now")
        check = Check(within={"seconds": "3600", "of": "clock"})
        assert isinstance(apply(check, login.table.read("assertion.authn_instant"), login), Unknown)

    @pytest.mark.parametrize("given", ["3600", "soon"])
    def test_seconds_from_a_parameter(self, given: str) -> None:
        login = context(parameters={"age": given})
        result = apply(Check(within={"seconds": "{age}", "of": "clock"}), readings("2026-05-04T09:59:00Z"), login)
        assert result == (
            Held() if given == "3600" else Unknown("the number of seconds given is not a whole number", "--set age=SECONDS")
        )


def test_a_url_is_shown_whole_as_it_should_be() -> None:
    check = Check(url=UrlShape(host=("eu-west-2.console.aws.amazon.com",)))
    result = apply(check, readings("https://eu-central-1.console.aws.amazon.com/connect"), LOGIN)
    assert isinstance(result, Violated)
    (violation,) = result.violations
    assert violation.expected is not None
    assert violation.expected.value == "https://eu-west-2.console.aws.amazon.com/connect"
    assert violation.difference is not None
    assert violation.difference.kind == "host"


class TestSigned:
    def test_inside_and_outside(self) -> None:
        login = context(verdict="trusted", covered=True)
        assert apply(Check(signed=True), login.table.read("assertion.nameid"), login) == Held()
        assert words(apply(Check(signed=True), login.table.read("response.destination"), login)) == (
            "it lies outside every verified signature",
        )

    def test_nothing_verified_is_not_checked(self) -> None:
        login = context()
        assert apply(Check(signed=True), login.table.read("assertion.nameid"), login) == Unknown(
            "no signature was verified", "--idp"
        )


def test_no_lookaround_in_pack_patterns() -> None:
    import re2

    with pytest.raises(re2.error):
        apply(Check(match="(?=a)a"), readings("a"), LOGIN)


def test_hostile_values_cost_nothing() -> None:
    assert isinstance(apply(Check(match="(a+)+b"), readings("a" * 50_000), LOGIN), Violated)
