"""Comments set findings of the element behind them aside, if they say why."""

from __future__ import annotations

import pytest

from tests.lint.files import NAMES, aggregate, entity, lint, rules

BOOK = rules(select=("metadata-schema/attribute-missing",))
RULE = "metadata-schema/attribute-missing"
BAD = entity("a", names=NAMES).replace(' index="0"', "")


def inside(comment: str) -> str:
    return BAD.replace("<md:AssertionConsumerService", comment + "<md:AssertionConsumerService")


@pytest.mark.parametrize(
    ("data", "aside"),
    [
        (BAD, False),
        (inside(f"<!-- samlcheck: ignore {RULE} because the SP has one ACS -->"), True),
        (inside(f"<!--samlcheck:ignore {RULE} because x-->"), True),
        (inside("<!-- samlcheck: ignore metadata-schema because x -->"), True),
        (inside("<!-- samlcheck: ignore */attribute-* because x -->"), True),
        (inside(f"<!-- samlcheck: ignore metadata-keys/expired, {RULE} because x -->"), True),
        (inside(f"<!-- samlcheck: ignore {RULE} -->"), False),
        (inside(f"<!-- samlcheck: ignore {RULE} because -->"), False),
        (inside("<!-- samlcheck: ignore metadata-keys because x -->"), False),
        (inside(f"<!-- ignore {RULE} because x -->"), False),
        (BAD.replace("<md:SPSSO", f"<!-- samlcheck: ignore {RULE} because x --><md:SPSSO"), True),
        (f"<!-- samlcheck: ignore {RULE} because x -->\n{BAD}", True),
        (BAD.replace("</md:SPSSO", f"<!-- samlcheck: ignore {RULE} because x --></md:SPSSO"), False),
        (BAD + f"<!-- samlcheck: ignore {RULE} because x -->", False),
    ],
    ids=lambda value: "" if isinstance(value, bool) else str(value)[-60:],
)
def test_a_comment_sets_aside_what_follows_it(data: str, aside: bool) -> None:
    run = lint(data, book=BOOK)
    report = run.reports[0]
    assert [item.finding.rule for item in report.ignored] == ([RULE] if aside else [])
    assert [item.rule for item in report.findings] == ([] if aside else [RULE])
    assert run.closed.ignored == aside


def test_the_reason_is_kept() -> None:
    run = lint(inside(f"<!-- samlcheck: ignore {RULE} because\n the  SP has one ACS -->"), book=BOOK)
    assert run.reports[0].ignored[0].reason == "the  SP has one ACS"


def test_in_an_aggregate_a_comment_belongs_to_the_entity_behind_it() -> None:
    bad = [BAD.replace("a.example", f"{name}.example") for name in "xyz"]
    run = lint(aggregate(bad[0], f"\n<!-- note -->\n<!-- samlcheck: ignore {RULE} because y -->\n", bad[1], bad[2]), book=BOOK)
    assert [(report.name[8], len(report.findings), len(report.ignored)) for report in run.reports[:3]] == [
        ("x", 1, 0), ("y", 0, 1), ("z", 1, 0),
    ]  # fmt: skip
