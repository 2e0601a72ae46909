"""Which packs are selected for a login, why, and what their parameters are."""

from __future__ import annotations

import pytest

from samlcheck.case import Told
from samlcheck.checks.context import ParameterValue
from samlcheck.errors import UsageError
from samlcheck.forge import Keys
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.select import Selection, select
from tests.packs.writing import catalogue_of, pack_of, table_of

STANDARD = "format: 1\npack: core\nkind: standard\ntitle: Core\napplies_when: {fact: message.kind, equal: response}\n"
REQUESTS = "format: 1\npack: asked\nkind: security\ntitle: Asked\napplies_when: {fact: message.kind, equal: authnrequest}\n"
BASE = "format: 1\npack: base\ntitle: Base\nextends: [core]\napplies_when: {fact: response.destination, start_with: 'https://sp.example/'}\n"
SPECIAL = """\
format: 1
pack: special
title: Special
aliases: [very-special]
extends: [base]
applies_when:
  any:
    - {fact: relay_state, contain: special}
    - {all: [{fact: response.destination, end_with: /acs}, {not: {fact: assertion.audience, present: true}}]}
parameters:
  realm: {title: realm, pattern: '[a-z]+', example: abc, find_it: 'Console, page "Realm"', infer: {fact: relay_state, match: 'special-(?P<realm>.+)'}}
  limit: {title: limit, pattern: '[0-9]+', default: '10'}
  teams: {title: teams, pattern: '[a-z]+', many: true}
"""  # noqa: E501
OTHER = "format: 1\npack: other\ntitle: Other\napplies_when: {fact: response.destination, contain: other}\nparameters: {colour: {title: colour}}\n"  # noqa: E501
IDP = """\
format: 1
pack: my-idp
title: My IdP
recognise:
  - {fact: assertion.issuer, match: '^https://idp\\.example/', weight: 30}
  - {fact: response.issuer, match: 'metadata$', weight: 30}
"""
GENERIC = "format: 1\npack: generic\ntitle: Any\nkind: idp\n"


@pytest.fixture
def catalogue() -> Catalogue:
    return catalogue_of(STANDARD, REQUESTS, BASE, SPECIAL, OTHER, IDP, GENERIC)


def _select(catalogue: Catalogue, keys: Keys, told: Told | None = None, **edits: str | None) -> Selection:
    table = table_of(keys, told, **edits)
    return select(catalogue, table, table.case.told)


def _names(selection: Selection) -> list[tuple[str, str]]:
    return [(pack.pack, why) for pack, why in selection.packs]


def test_standards_apply_by_themselves_and_the_service_is_recognised(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys)
    assert _names(selection) == [
        ("core", "kind of message is response"),
        ("base", "recognised: Destination starts with https://sp.example/"),
    ]
    assert (selection.service, selection.service_because) == ("base", "recognised: Destination starts with https://sp.example/")


def test_the_most_special_service_brings_what_it_extends(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys, relay_state="special-abc")
    assert _names(selection)[1:] == [("base", "special extends it"), ("special", "recognised: RelayState contains special")]


def test_all_branches_of_a_condition_are_named_in_the_reason(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys, assertion__audience=None)
    assert selection.service_because == "recognised: Destination ends with /acs and Audience is not there"


@pytest.mark.parametrize("asked", ["other", "Other", "OTHER "])
def test_the_user_names_the_service(catalogue: Catalogue, idp_keys: Keys, asked: str) -> None:
    assert _select(catalogue, idp_keys, Told(service=asked.strip())).service == "other"


def test_a_service_has_other_names(catalogue: Catalogue, idp_keys: Keys) -> None:
    assert _select(catalogue, idp_keys, Told(service="very special")).service == "special"


def test_generic_means_no_service(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys, Told(service="generic"), relay_state="special-abc")
    assert (selection.service, [name for name, _ in _names(selection)]) == ("", ["core"])


def test_an_unknown_service_is_refused_with_the_near_miss(catalogue: Catalogue, idp_keys: Keys) -> None:
    with pytest.raises(UsageError) as caught:
        _select(catalogue, idp_keys, Told(service="specail"))
    assert caught.value.message == "--service specail: there is no such service pack (did you mean special?)"
    assert caught.value.tip == "known are base, other, special, and generic for none"


def test_packs_of_the_user_go_first_and_take_the_place_of_shipped_ones(catalogue: Catalogue, idp_keys: Keys) -> None:
    table = table_of(idp_keys, relay_state="special-abc")
    mine = pack_of("format: 1\npack: mine\ntitle: Mine\n")
    assert select(catalogue, table, Told(), [mine]).service_because == "given with --pack"
    renewed = pack_of(BASE.replace("title: Base", "title: Newer"))
    assert [pack.title for pack, _ in select(catalogue, table, Told(service="base"), [renewed]).packs] == ["Core", "Newer"]


def test_a_pack_that_extends_one_that_is_not_there_is_refused(catalogue: Catalogue, idp_keys: Keys) -> None:
    mine = pack_of("format: 1\npack: mine\ntitle: Mine\nextends: [bass]\n")
    with pytest.raises(UsageError, match=r"there is no pack bass \(did you mean `base`\?\)"):
        select(catalogue, table_of(idp_keys), Told(), [mine])


def _parameters(catalogue: Catalogue, keys: Keys, relay_state: str = "special-abc", **given: str) -> dict[str, ParameterValue]:
    return dict(_select(catalogue, keys, Told(parameters=given), relay_state=relay_state).context.parameters)


def test_parameters_are_inferred_or_take_their_default(catalogue: Catalogue, idp_keys: Keys) -> None:
    assert _parameters(catalogue, idp_keys) == {
        "realm": ParameterValue(("abc",), "relay_state"),
        "limit": ParameterValue(("10",), "default"),
    }


def test_what_is_given_goes_before_what_is_inferred(catalogue: Catalogue, idp_keys: Keys) -> None:
    found = _parameters(catalogue, idp_keys, realm="xyz", teams="red, blue\ngreen", users="a,b", request_id="_1,2")
    assert found["realm"] == ParameterValue(("xyz",), "given")
    assert found["teams"].values == ("red", "blue", "green")
    assert (found["users"].values, found["request_id"].values) == (("a", "b"), ("_1,2",))


@pytest.mark.parametrize("state", ["special-ABC", "special-abc-1", "not special-abc"])
def test_what_does_not_match_as_a_whole_is_not_inferred(catalogue: Catalogue, idp_keys: Keys, state: str) -> None:
    assert "realm" not in _parameters(catalogue, idp_keys, relay_state=state)


def test_an_unset_parameter_is_known_by_its_pattern(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys, relay_state="special-")
    assert selection.context.patterns == {"realm": "[a-z]+", "limit": "[0-9]+", "teams": "[a-z]+"}


@pytest.mark.parametrize(
    ("given", "message", "tip"),
    [
        ({"relam": "x"}, "--set relam: no selected pack has such a parameter (did you mean `realm`?)", "known are account_id, "),
        ({"colour": "red"}, "--set colour belongs to the pack other, which was not selected for this login", "give --service other to select it"),  # noqa: E501
        ({"realm": "secret 1"}, "--set realm: this is no realm, such as abc", 'Console, page "Realm"'),
        ({"limit": "many"}, "--set limit: this is no limit", "it has the form [0-9]+"),
    ],
    ids=["unknown", "of-another-pack", "bad-form", "bad-form-without-help"],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_without_its_value(
    catalogue: Catalogue, idp_keys: Keys, given: dict[str, str], message: str, tip: str
) -> None:
    with pytest.raises(UsageError) as caught:
        _parameters(catalogue, idp_keys, **given)
    assert caught.value.message == message
    assert caught.value.tip.startswith(tip)


def test_an_idp_is_recognised_when_its_signs_weigh_enough(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys)
    assert selection.idp is not None
    assert (selection.idp.pack, selection.idp_because) == ("my-idp", "recognised by Issuer and Issuer of the response")


def test_an_idp_that_is_not_recognised_is_any(catalogue: Catalogue, idp_keys: Keys) -> None:
    selection = _select(catalogue, idp_keys, assertion__issuer="https://elsewhere.example/")
    assert selection.idp is not None
    assert (selection.idp.pack, selection.idp_because) == ("generic", "")
