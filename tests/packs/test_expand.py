"""The short form: a pack of fifteen lines becomes rules with standard ids that find what they say they find."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from samlcheck.forge import Keys
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.packs.expand import slug
from samlcheck.packs.model import Example, Fix, Pack
from samlcheck.packs.proving import outcomes_of, proofs
from tests.packs.writing import HEAD, complaints, pack_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "packs.md"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped()


@pytest.fixture(scope="module")
def documented() -> str:
    """The complete pack that docs/packs.md shows."""
    blocks = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(), re.S)
    return next(block for block in blocks if "expects:" in block)


def test_the_documented_pack_has_fifteen_lines_and_more_than_ten_rules(documented: str, catalogue: Catalogue) -> None:
    pack = pack_of(documented, catalogue.library())
    assert len(documented.splitlines()) <= 18
    assert [rule.id for rule in pack.rules] == [
        "signature-missing",
        "destination-mismatch",
        "recipient-mismatch",
        "audience-mismatch",
        "nameid-format",
        "nameid-value",
        "attribute-missing-email",
        "attribute-value-email",
        "attribute-not-single-email",
        "attribute-missing-roles",
        "attribute-value-roles",
    ]


def test_every_example_of_the_documented_pack_holds(documented: str, catalogue: Catalogue, idp_keys: Keys) -> None:
    found = proofs(pack_of(documented, catalogue.library()), catalogue, idp_keys)
    assert [str(proof) for proof in found if proof.problem] == []
    assert len(found) == 22


@pytest.mark.parametrize(
    ("edits", "rule", "message", "fix"),
    [
        (
            {"response.destination": "https://payroll.acme.example/saml/eu0042/acs/"},
            "destination-mismatch",
            "Destination is https://payroll.acme.example/saml/eu0042/acs/, but Acme Payroll listens at "
            "https://payroll.acme.example/saml/eu0042/acs: it has a slash at the end.",
            "In the identity provider, set the ACS URL to https://payroll.acme.example/saml/eu0042/acs.",
        ),
        (
            {"assertion.audience": "https://payroll.acme.example/EU0042"},
            "audience-mismatch",
            "Audience is https://payroll.acme.example/EU0042, but Acme Payroll calls itself https://payroll.acme.example/eu0042: ",
            "In the identity provider, set the audience (SP entity ID) to https://payroll.acme.example/eu0042.",
        ),
        (
            {"assertion.nameid": "mia"},
            "nameid-value",
            "The NameID is mia; Acme Payroll expects an e-mail address.",
            "In the identity provider, send the user's email as NameID in the format "
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress.",
        ),
        (
            {"attribute:email": None},
            "attribute-missing-email",
            "There is no attribute email that Acme Payroll could read; nor is there one with a similar name.",
            "In the identity provider, map the attribute email to the user's email.",
        ),
        (
            {"attribute:roles": "boss"},
            "attribute-value-roles",
            "The attribute roles is boss; Acme Payroll expects one of agent, admin.",
            "In the identity provider, map the attribute roles to the user's roles.",
        ),
        (
            {"sign": "none"},
            "signature-missing",
            "Acme Payroll wants the response or the assertion signed, and neither is.",
            "In the identity provider, sign the assertion.",
        ),
    ],
    ids=["acs", "audience", "nameid", "attribute", "role", "unsigned"],
)
def test_what_people_read(
    documented: str, idp_keys: Keys, edits: dict[str, str | tuple[str, ...] | None], rule: str, message: str, fix: str
) -> None:
    pack = pack_of(documented)
    alone = Catalogue.of([pack]).plus([pack_of(HEAD.replace("pack: acme", "pack: web-sso-profile"))])
    outcomes = {item.rule: item for item in outcomes_of(pack, Example(edits), alone, idp_keys)}
    finding = outcomes[f"acme-payroll/{rule}"].findings[0]  # type: ignore[union-attr]
    assert finding.message.plain().startswith(message)
    assert finding.fix.plain() == fix
    assert finding.fix_by == "idp"


def _expects(text: str) -> Pack:
    return pack_of(f"{HEAD}expects: {text}\n")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("{signed: both}", ["signature-missing-response", "signature-missing-assertion"]),
        ("{signed: response}", ["signature-missing"]),
        ("{encrypted: never}", ["encryption-unsupported"]),
        ("{encrypted: required}", ["encryption-missing"]),
        ("{encrypted: any}", []),
        (
            "{relay_state: 'https://acme.example/{tenant}', relay_state_required: true}",
            ["relay-state-missing", "relay-state-mismatch"],
        ),
        ("{attributes: [{name: 'https://acme.example/claims/JobTitle', required: false, many: true}]}", []),
        ("{attributes: [{name: level, required: false, is: integer}]}", ["attribute-value-level", "attribute-not-single-level"]),
        ("{nameid: {value: '/[0-9]+/'}}", ["nameid-value"]),
    ],
)
def test_each_line_of_expects_makes_its_rules(text: str, ids: list[str]) -> None:
    assert [rule.id for rule in _expects(text).rules] == ids


def test_a_rule_of_the_pack_takes_the_place_of_a_made_one() -> None:
    own = "rules:\n  - {id: audience-mismatch, title: Mine, severity: note, select: assertion.audience, must: present, message: m, fix: Do it.}\n"  # noqa: E501
    rules = pack_of(f"{HEAD}expects: {{audience: a, acs: b}}\n{own}").rules
    assert [(rule.id, rule.title, rule.fix) for rule in rules if rule.id == "audience-mismatch"] == [
        ("audience-mismatch", "Mine", Fix(say="Do it."))
    ]


def test_a_mistake_in_expects_is_named_where_it_is_written() -> None:
    assert complaints(f"{HEAD}expects:\n  audience: '{{tenent}}'\n") == [
        "7:1: `{tenent}` is neither a parameter nor a fact (did you mean `tenant`?)"
    ]


@pytest.mark.parametrize(
    ("name", "end"),
    [("email", "email"), ("fullName", "full-name"), ("full_name", "full-name"), ("http://acme.example/claims/EmailAddress", "email-address"), ("urn:oid:0.9.2342.19200300.100.1.3", "0-9-2342-19200300-100-1-3"), ("ÄÖ", "unnamed")],  # noqa: E501
)  # fmt: skip
def test_attribute_names_become_ends_of_ids(name: str, end: str) -> None:
    assert slug(name) == end
