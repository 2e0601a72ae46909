"""Every metadata rule finds what its examples show, and nothing beside it; every ruleset names rules that exist."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from samlcheck.errors import UsageError
from samlcheck.packs import rulesets
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.packs.model import Ruleset
from samlcheck.packs.proving import prove

CATALOGUE = shipped()
PACKS = CATALOGUE.names("metadata")
IDS = [f"{name}/{rule.id}" for name in PACKS for rule in CATALOGUE.rules_pack(name).rules]


@pytest.mark.parametrize("name", PACKS)
def test_every_example_behaves_as_it_says(name: str) -> None:
    assert [str(proof) for proof in prove(CATALOGUE.rules_pack(name), CATALOGUE)] == []


@pytest.mark.parametrize("name", rulesets.names(CATALOGUE))
def test_a_ruleset_names_rules_that_exist(name: str) -> None:
    ruleset = rulesets.ruleset(CATALOGUE, name)
    patterns = (*ruleset.select, *ruleset.ignore, *ruleset.sharpen)
    assert [pattern for pattern in patterns if not any(fnmatchcase(rule, pattern) for rule in IDS)] == []


def test_only_comparisons_are_in_no_ruleset() -> None:
    selected = {
        f"{pack.pack}/{rule.id}"
        for name in rulesets.names(CATALOGUE)
        for pack in rulesets.packs_of(CATALOGUE, name)
        for rule in pack.rules
    }
    left = {rule.partition("/")[0] for rule in IDS if rule not in selected}
    assert left == {"metadata-pair", "metadata-change", "metadata-key-change"}


def test_the_rulesets_are_those_of_the_documentation() -> None:
    assert rulesets.names(CATALOGUE) == ("aws-iam-provider", "edugain", "entra", "okta", "saml2int", "web-sso")


def severity(ruleset: str, rule: str) -> str:
    """Return the severity that a rule has in a ruleset; an empty string if it is not selected."""
    found = (item for pack in rulesets.packs_of(CATALOGUE, ruleset) for item in pack.rules if f"{pack.pack}/{item.id}" == rule)
    return next((item.severity for item in found), "")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("metadata-endpoints/location-not-https", {"web-sso": "note", "saml2int": "error", "edugain": "error", "okta": "note"}),
        ("metadata-content/byte-order-mark", {"web-sso": "note", "aws-iam-provider": "error"}),
        ("metadata-ui/logo-not-https", {"web-sso": "note", "edugain": "warning", "aws-iam-provider": "", "entra": ""}),
        ("metadata-edugain/registration-missing", {"web-sso": "", "edugain": "error", "saml2int": ""}),
        ("metadata-keys/sp-encryption-key-missing", {"web-sso": "note", "saml2int": "error", "edugain": "warning"}),
        ("metadata-federation/scope-public-suffix", {"web-sso": "warning", "edugain": "warning"}),
        ("metadata-upload/acs-not-https", {"web-sso": "", "entra": "error", "okta": "warning"}),
        ("metadata-schema/element-missing", dict.fromkeys(("web-sso", "saml2int", "edugain", "entra", "okta"), "error")),
    ],
)
def test_rulesets_sharpen_and_leave_out(rule: str, expected: dict[str, str]) -> None:
    assert {name: severity(name, rule) for name in expected} == expected


def test_an_unknown_ruleset_is_told_with_the_near_miss() -> None:
    with pytest.raises(UsageError) as caught:
        rulesets.packs_of(CATALOGUE, "edugian")
    assert str(caught.value.message) == "--ruleset edugian: there is no such ruleset (did you mean `edugain`?)"
    assert "web-sso" in caught.value.tip


def test_a_ruleset_that_extends_itself_ends() -> None:
    odd = Ruleset(1, "ruleset-odd", "Odd", extends=("odd", "web-sso"), ignore=("metadata-keys/*",))
    catalogue: Catalogue = CATALOGUE.plus([odd])
    packs = [pack.pack for pack in rulesets.packs_of(catalogue, "odd")]
    assert "metadata-endpoints" in packs
    assert "metadata-keys" not in packs
