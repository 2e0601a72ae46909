"""Whole files: repeats, one entity, baselines, processes, signatures and what they need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.aggregate import aggregate as synthetic
from samlcheck.case import Clock
from samlcheck.errors import UsageError
from samlcheck.forge import Keys
from samlcheck.forge.metadata_edits import forge_metadata
from samlcheck.forge.metadata_recipe import MetadataRecipe
from samlcheck.lint import baseline
from samlcheck.lint.entities import Question
from samlcheck.lint.rulebook import rulebook
from samlcheck.lint.survey import survey
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from tests.lint.files import AT, Held, aggregate, catalogue, entity, lint, rules
from tests.trust.signing import sign, template

BAD = entity("bad").replace(' index="0"', "")


def events(*files: str | bytes, **question: object) -> list[Event]:
    inputs = [Held(f"{number}.xml", data.encode() if isinstance(data, str) else data, []) for number, data in enumerate(files, 1)]
    asked = replace(Question(rules(), Clock(AT, "given")), **question)  # type: ignore[arg-type]
    return list(survey(inputs, asked))


def test_every_file_begins_and_ends_and_a_bad_one_does_not_stop_the_others() -> None:
    found = events(aggregate(entity("a")), "{}", entity("b", names='xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'))
    assert [type(item) for item in found] == [
        Opened, EntityReport, EntityReport, Closed, Opened, Closed, Opened, EntityReport, Closed,
    ]  # fmt: skip
    assert [item.problem is None for item in found if isinstance(item, Closed)] == [True, False, True]


@pytest.mark.parametrize(
    ("data", "rule", "label"),
    [
        (aggregate(entity("a"), "\n", entity("b"), "\n", entity("a")), "metadata-schema/entity-id-repeated", "as in line 1"),
        (
            aggregate(entity("a", more=' ID="_1"'), "\n", entity("b", more=' ID="_1"')),
            "metadata-schema/id-repeated-in-file",
            "as in line 1",
        ),
    ],
    ids=["entityID", "ID"],
)
def test_what_stands_twice_in_an_aggregate_is_told(data: str, rule: str, label: str) -> None:
    run = lint(data)
    repeated = [item for item in run.reports[-1].findings if item.rule == rule]
    assert repeated[0].primary is not None
    assert label in repeated[0].primary.label
    assert repeated[0].primary.node is not None
    assert repeated[0].primary.node.span is not None
    assert repeated[0].primary.node.span.line in (2, 3)


def test_one_entity_of_an_aggregate() -> None:
    run = lint(aggregate(entity("a"), BAD, entity("c")), entity="https://bad.example/sp")
    assert [report.name for report in run.reports] == ["https://bad.example/sp"]
    assert lint(aggregate(entity("a")), entity="https://bad.example/sp").closed.entities == 0


def test_several_processes_find_what_one_finds_in_the_same_order() -> None:
    data = "".join(synthetic(200, seed=3))
    cut = data[: int(len(data) * 0.9)]
    for text in (data, cut):
        one, two = events(text), events(text, jobs=2)
        assert [item.findings for item in one if isinstance(item, EntityReport)] == [
            item.findings for item in two if isinstance(item, EntityReport)
        ]
        last = [items[-1] for items in (one, two)]
        assert str(last[0].problem) == str(last[1].problem)  # type: ignore[union-attr]
        assert replace(last[0], problem=None) == replace(last[1], problem=None)  # type: ignore[type-var]


def test_a_fault_in_one_process_ends_the_file_where_it_ends_in_one() -> None:
    parts = [entity(f"e{number}") for number in range(150)]
    parts[100] = parts[100].replace("</md:SPSSODescriptor>", "")
    one, two = events(aggregate(*parts)), events(aggregate(*parts), jobs=2)
    assert len(one) == len(two) == 102
    assert str(one[-1].problem) == str(two[-1].problem)  # type: ignore[union-attr]


def test_known_findings_are_set_apart_even_when_the_file_moves() -> None:
    run = lint(aggregate(BAD))
    rows = [row for report in run.reports for row in baseline.rows(report)]
    assert rows
    known = baseline.read(Artifact("baseline.json", baseline.write(rows).encode()))
    moved = aggregate(entity("new"), "\n\n", BAD.replace("bad.example/acs", "bad.example/other"))
    again = lint(moved, known=known)
    report = next(item for item in again.reports if "bad" in item.name)
    assert report.findings == ()
    assert {item.rule for item in report.known} == {row["rule"] for row in rows if "bad" in row["entity"]}
    assert again.closed.known == len(report.known) + sum(len(item.known) for item in again.reports if item is not report)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"schema": "x"}', b"[" * 100_000, b"\xff"])
def test_a_file_that_is_no_baseline_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        baseline.read(Artifact("b.json", data))
    assert caught.value.code == "no-baseline"


def test_rules_that_do_not_exist_are_refused_with_the_near_miss() -> None:
    with pytest.raises(UsageError, match=r"no metadata rule metadata-schema/attribute-missin \(did you mean"):
        rulebook(catalogue(), "web-sso", select=("metadata-schema/attribute-missin",))


def test_selecting_and_ignoring_rules() -> None:
    assert {f"{pack.pack}/{rule.id}" for pack, rule in rules(select=("metadata-schema/attribute-missing",)).rules()} == {
        "metadata-schema/attribute-missing"
    }
    assert not any(pack.pack == "metadata-keys" for pack, _ in rules(ignore=("metadata-keys",)).rules())


def signed(data: str, keys: Keys) -> str:
    """Return metadata with a signature over its root, made by xmlsec."""
    end = data.index(">", data.index("Descriptor ")) + 1
    identifier = data.partition(' ID="')[2].partition('"')[0]
    return sign(data[:end] + template(f"#{identifier}") + data[end:], keys).decode()


def single(keys: Keys) -> str:
    return signed(forge_metadata(MetadataRecipe("idp")).decode().partition("?>")[2].strip(), keys)


def not_checked(run: object) -> set[str]:
    return {f"{item.why} {item.needs}" for report in run.reports for item in report.not_checked}  # type: ignore[attr-defined]


def test_a_signature_without_a_key_is_not_verified_and_says_what_it_needs(idp_keys: Keys) -> None:
    run = lint(single(idp_keys))
    assert not_checked(run) == {"signed, not verified --signed-by"}
    assert run.closed.not_checked == {"signed, not verified: needs --signed-by": 1}
    assert "metadata-validity/signature-broken" not in run.ids


def test_a_signature_is_verified_with_the_key_given(idp_keys: Keys, other_keys: Keys) -> None:
    anchors = load([Artifact("a.pem", idp_keys.certificate_pem)], role="any")
    others = load([Artifact("b.pem", other_keys.certificate_pem)], role="any")
    assert not not_checked(lint(single(idp_keys), anchors=anchors))
    assert "metadata-validity/signature-broken" not in lint(single(idp_keys), anchors=anchors).ids
    assert "metadata-validity/signature-broken" in lint(single(idp_keys), anchors=others).ids
    broken = lint(single(idp_keys).replace("https://idp.example/", "https://eve.example/"), anchors=anchors)
    assert "metadata-validity/signature-broken" in broken.ids


@pytest.mark.parametrize("damaged", [False, True])
def test_the_signature_around_an_aggregate_is_verified_once_and_over_all_of_it(idp_keys: Keys, damaged: bool) -> None:
    data = signed(aggregate(entity("a"), entity("b"), more=' validUntil="2026-06-01T00:00:00Z" ID="_root"'), idp_keys)
    data = data.replace("https://b.example/acs", "https://x.example/acs") if damaged else data
    anchors = load([Artifact("a.pem", idp_keys.certificate_pem)], role="any")
    run = lint(data, anchors=anchors)
    told = [
        report.kind for report in run.reports if any(item.rule == "metadata-validity/signature-broken" for item in report.findings)
    ]
    assert told == (["group"] if damaged else [])
    assert not not_checked(run)
    unverified = lint(data)
    assert [report.kind for report in unverified.reports if report.not_checked] == ["group"]


def test_a_signed_entity_inside_an_aggregate_is_verified_in_its_part(idp_keys: Keys) -> None:
    data = aggregate(entity("a"), single(idp_keys))
    anchors = load([Artifact("a.pem", idp_keys.certificate_pem)], role="any")
    assert "metadata-validity/signature-broken" not in lint(data, anchors=anchors).ids
    changed = data.replace("https://idp.example/", "https://eve.example/")
    assert "metadata-validity/signature-broken" in lint(changed, anchors=anchors).ids


@pytest.mark.parametrize("damaged", [False, True])
def test_a_file_too_large_to_be_read_whole_is_verified_in_pieces_or_not_at_all(
    idp_keys: Keys, monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    monkeypatch.setattr("samlcheck.lint.trust.MOST", 100)
    data = signed(aggregate(entity("a"), more=' validUntil="2026-06-01T00:00:00Z" ID="_root"'), idp_keys)
    data = data.replace("https://a.example/acs", "https://x.example/acs") if damaged else data
    run = lint(data, anchors=load([Artifact("a.pem", idp_keys.certificate_pem)], role="any"))
    assert any("too large to find out why" in item for item in not_checked(run)) == damaged
    assert "metadata-validity/signature-broken" not in run.ids
