"""Which symptoms a page shows, the most telling first."""

from __future__ import annotations

import pytest

from samlcheck.packs.symptoms import match
from tests.packs.writing import catalogue_of

PACK = """\
format: 1
pack: pages
title: Pages
symptoms:
  - {id: code, system: web, meaning: m, code: AADSTS50105, specificity: high}
  - {id: sentence, system: web, meaning: m, pattern: 'not assigned to (a )?role', specificity: medium}
  - {id: weak, system: web, meaning: m, pattern: error, url: '^https://sp\\.example/'}
  - {id: status, system: web, meaning: m, status: 431}
  - {id: at, system: web, meaning: m, pattern: 'access denied', url: 'example', status: 403, specificity: high}
"""


@pytest.mark.parametrize(
    ("text", "url", "status", "found"),
    [
        ("AADSTS50105: The signed in user is NOT ASSIGNED\nto a role", None, None, ["code", "sentence"]),
        ("The signed in user is Not Assigned to a Role", None, None, ["sentence"]),
        ("not assigned to a role (AADSTS50105)", None, None, ["code", "sentence"]),
        ("AADSTS501051", None, None, []),
        ("an error", None, None, []),
        ("an error", "https://sp.example/acs", 500, ["weak"]),
        ("an error", "https://other.example/", 500, []),
        ("", "https://other.example/", 431, ["status"]),
        ("", None, None, []),
        ("Access denied", None, None, ["at"]),
        ("Access denied", "https://sp.example/", 403, ["at"]),
        ("Access denied", "https://sp.example/", 200, []),
    ],
)
def test_symptoms_of_a_page(text: str, url: str | None, status: int | None, found: list[str]) -> None:
    assert [item.symptom.id for item in match(catalogue_of(PACK), text, url=url, status=status)] == found


def test_a_huge_page_is_looked_at_in_part() -> None:
    assert match(catalogue_of(PACK), "x" * 300_000 + "AADSTS50105") == ()
