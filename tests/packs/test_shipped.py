"""All packs that are shipped: they load, their examples hold, what they name exists, and editors can check them."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import jsonschema
import pytest

from samlcheck.forge import Keys
from samlcheck.packs.catalogue import CHECKOUT, Catalogue, shipped, sources
from samlcheck.packs.model import Pack
from samlcheck.packs.proving import prove
from samlcheck.packs.schema import schema
from samlcheck.packs.terms import ACTIONS, SOURCES
from samlcheck.packs.yamldoc import read
from samlcheck.source import Artifact

PUBLISHED = CHECKOUT.parent / "schema" / "pack-1.json"
LEDGER = CHECKOUT / "ledger.txt"
FILES = sources(CHECKOUT)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped()


def _rules(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return the full id of every shipped rule, with the ids it explains."""
    return {f"{pack.pack}/{rule.id}": rule.explains for pack in catalogue.library().values() for rule in pack.rules}


@pytest.mark.parametrize("name", shipped().names("standard", "security", "service"))
def test_every_example_holds(catalogue: Catalogue, name: str, idp_keys: Keys) -> None:
    assert [str(proof) for proof in prove(catalogue.rules_pack(name), catalogue, idp_keys)] == []


def test_what_rules_explain_exists(catalogue: Catalogue) -> None:
    rules = _rules(catalogue)
    assert [
        f"{rule} -> {item}" for rule, items in rules.items() for item in items if not any(fnmatchcase(one, item) for one in rules)
    ] == []


def test_no_rule_explains_itself_through_others(catalogue: Catalogue) -> None:
    rules = _rules(catalogue)
    below = {rule: {one for one in rules for item in items if fnmatchcase(one, item)} - {rule} for rule, items in rules.items()}
    while leaves := {rule for rule, ahead in below.items() if not ahead}:
        below = {rule: ahead - leaves for rule, ahead in below.items() if rule not in leaves}
    assert below == {}


def test_suspects_of_symptoms_exist(catalogue: Catalogue) -> None:
    rules = _rules(catalogue)
    suspects = {(item.id, rule) for pack in catalogue.symptoms() for item in pack.symptoms for rule in item.suspects}
    assert [pair for pair in sorted(suspects) if not any(fnmatchcase(one, pair[1]) for one in rules)] == []


def test_the_ledger_holds_every_id_and_every_id_in_it_still_means_something(catalogue: Catalogue) -> None:
    ledger = [line for line in LEDGER.read_text().splitlines() if line and not line.startswith("#")]
    now = set(_rules(catalogue))
    aliases = {f"{pack.pack}/{name}" for pack in catalogue.library().values() for rule in pack.rules for name in rule.aliases}
    assert ledger == sorted(set(ledger))
    assert set(ledger) - now - aliases == set()
    assert now - set(ledger) == set()


def test_any_identity_provider_has_words_for_every_action_and_source(catalogue: Catalogue) -> None:
    generic = catalogue.idp("generic")
    assert generic is not None
    assert set(ACTIONS) - set(generic.actions) == set()
    lacking = {name: set(SOURCES) - set(pack.sources) for name in catalogue.names("idp") if (pack := catalogue.idp(name))}
    assert {name for name, missing in lacking.items() if missing} - {"generic"} == set()


def test_the_published_schema_is_the_one_that_is_made() -> None:
    assert PUBLISHED.read_text() == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", (
        "run `samlcheck rules schema > schema/pack-1.json`"
    )


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(schema())
    return jsonschema.Draft7Validator(schema())


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_pack_satisfies_the_schema(validator: jsonschema.Draft7Validator, path: Path) -> None:
    document = read(Artifact(path.name, path.read_bytes()))
    assert [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("severity:", "severty:"), ("select: response.destination", "select: response.destinaton"), ("severity: error", "severity: grave"), ("do: set_acs", "do: set_asc")],  # noqa: E501
    ids=["key", "fact", "choice", "action"],
)  # fmt: skip
def test_the_schema_finds_what_an_editor_should_mark(validator: jsonschema.Draft7Validator, old: str, new: str) -> None:
    path = CHECKOUT / "services" / "aws-sign-in.yaml"
    text = path.read_text()
    assert old in text
    assert not validator.is_valid(read(Artifact(path.name, text.replace(old, new, 1).encode())))


def test_every_rules_pack_is_of_a_kind_that_is_selected(catalogue: Catalogue) -> None:
    for pack in catalogue.library().values():
        assert isinstance(pack, Pack)
        assert pack.kind != "standard" or pack.applies_when is not None, f"{pack.pack} would apply to anything"
