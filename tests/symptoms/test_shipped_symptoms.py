"""The shipped symptom packs: each pattern finds what it is for, each symptom says what is behind it and whence that is known."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase

import pytest

from samlcheck.packs.catalogue import CHECKOUT, Catalogue, compile_folder
from samlcheck.packs.causes import CAUSES, cause_of, fix_of, suspects_of
from samlcheck.packs.load import load
from samlcheck.packs.looks import LOOKS
from samlcheck.packs.model import Pack, Symptom, SymptomPack
from samlcheck.packs.symptoms import literals, match
from samlcheck.packs.terms import ACTIONS
from samlcheck.source import Artifact
from tests.symptoms.samples import sample


@pytest.fixture(scope="module")
def packs() -> Catalogue:
    return Catalogue.read(compile_folder(CHECKOUT))


@pytest.fixture(scope="module")
def symptoms(packs: Catalogue) -> list[Symptom]:
    return [item for pack in packs.symptoms() for item in pack.symptoms]


@pytest.fixture(scope="module")
def rules(packs: Catalogue) -> set[str]:
    return {f"{pack.pack}/{rule.id}" for pack in packs.library().values() if isinstance(pack, Pack) for rule in pack.rules}


def test_no_two_symptoms_share_an_id(symptoms: list[Symptom]) -> None:
    assert len(symptoms) > 590
    assert [name for name, count in Counter(item.id for item in symptoms).items() if count > 1] == []


def test_each_pattern_finds_the_text_it_is_for(packs: Catalogue, symptoms: list[Symptom]) -> None:
    missed = []
    for item in symptoms:
        text = sample(item.pattern) if item.pattern else item.code
        if text and item.id not in {found.symptom.id for found in match(packs, f"Error: {text} (x)", weak=True)}:
            missed.append((item.id, text))
    assert missed == []


def test_a_telling_text_leads_to_its_own_symptom_or_to_one_with_the_same_cause(packs: Catalogue, symptoms: list[Symptom]) -> None:
    led_astray = []
    for item in symptoms:
        if item.specificity == "high" and item.pattern:
            first = match(packs, sample(item.pattern))[0].symptom
            if first.id != item.id and first.causes[0] != item.causes[0]:
                led_astray.append((item.id, first.id))
    assert led_astray == []


def test_each_symptom_says_what_is_behind_it_what_to_look_at_and_where_that_is_known_from(symptoms: list[Symptom]) -> None:
    for item in symptoms:
        assert item.system, item.id
        assert item.causes, item.id
        assert item.next, item.id
        assert item.cite, item.id
        assert all(cite.source for cite in item.cite), item.id
        assert item.meaning == item.meaning.strip(" ."), item.id
        assert item.meaning[0].isupper() or item.meaning.startswith("omniauth"), item.id


def test_each_symptom_names_the_change_unless_nothing_is_wrong(symptoms: list[Symptom]) -> None:
    assert [item.id for item in symptoms if item.causes[0] != "informational" and not fix_of(item)[0].endswith(".")] == []


def test_causes_and_looks_are_known_and_used(symptoms: list[Symptom]) -> None:
    used = {name for item in symptoms for name in item.causes}
    assert used == set(CAUSES)
    assert {name for item in symptoms for name in item.next} == set(LOOKS)


def test_each_suspect_is_a_rule(symptoms: list[Symptom], rules: set[str]) -> None:
    suspects = {rule for item in symptoms for rule in suspects_of(item)} | {
        rule for cause in CAUSES.values() for rule in cause.suspects
    }
    assert sorted(item for item in suspects if not any(fnmatchcase(rule, item) for rule in rules)) == []


def test_causes_read_well_after_a_colon_and_fixes_as_sentences() -> None:
    for name, cause in CAUSES.items():
        assert not cause.title.endswith("."), name
        assert cause.title[0].islower() or cause.title.split()[0] in ("Content-Security-Policy", "RelayState", "RoleSessionName"), (
            name
        )
        assert cause.fix.endswith(".") or name == "informational", name
        assert not cause.do or cause.do in ACTIONS, name
    assert cause_of("a proxy ate it").title == "a proxy ate it"


def test_unverified_symptoms_stay_guesses(packs: Catalogue, symptoms: list[Symptom]) -> None:
    doubtful = [item for item in symptoms if not item.verified]
    assert len(doubtful) >= 35
    for item in doubtful:
        if item.pattern:
            found = [hit for hit in match(packs, sample(item.pattern), weak=True) if hit.symptom.id == item.id]
            assert not any(hit.sure for hit in found), item.id


def test_a_weak_text_needs_its_page(packs: Catalogue, symptoms: list[Symptom]) -> None:
    weak = [item for item in symptoms if item.specificity != "high" and item.pattern and item.status is None]
    for item in weak:
        found = match(packs, sample(item.pattern or ""), url="https://news.example/today", status=200)
        assert item.id not in {hit.symptom.id for hit in found}, item.id


def test_hardly_any_pattern_is_tried_on_a_page_that_shows_no_symptom(symptoms: list[Symptom]) -> None:
    page = "welcome to the dashboard of example corporation; here is what happened today " * 50
    tried = [
        item.pattern
        for item in symptoms
        if item.pattern and (not literals(item.pattern) or any(word in page for word in literals(item.pattern)))
    ]
    assert len(tried) < 10


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("Digest mismatch|Fingerprint mismatch", ("digest mismatch", "fingerprint mismatch")),
        (r"\bNoPassive\b", ("nopassive",)),
        (r"abcde?fgh", ("abcd",)),
        (r"abcd*efghi", ("efghi",)),
        (r"abcd{0,2}efghi", ("efghi",)),
        (r"abcde+f", ("abcde",)),
        (r"(?:Sign|Log) in failed", (" in failed",)),
        (r"(?:Sign|Log) in|failed", ()),
        (r"lengthTag=127\.5", ("lengthtag=127.5",)),
        (r"[abcdefgh]+", ()),
        (r"x|longer text", ()),
        (r"a\|bcdef", ("a|bcdef",)),
    ],
)
def test_the_text_a_pattern_cannot_do_without(pattern: str, needles: tuple[str, ...]) -> None:
    assert literals(pattern) == needles


def test_the_documented_pack_loads_and_inherits(packs: Catalogue) -> None:
    page = (CHECKOUT.parent / "docs" / "packs.md").read_text(encoding="utf-8")
    text = page.partition("## Symptom packs")[2].partition("```yaml\n")[2].partition("```")[0]
    pack = load(Artifact("acme.yaml", text.encode()))
    assert isinstance(pack, SymptomPack)
    (found,) = match(Catalogue.of([pack]), "Error E17", url="https://payroll.acme.example/acs", status=403)
    assert (found.symptom.system, found.sure) == ("Acme Payroll", True)
    assert fix_of(found.symptom)[1] == "sp"
    assert match(Catalogue.of([pack]), "Error E17", url="https://other.example/", status=403) == ()
