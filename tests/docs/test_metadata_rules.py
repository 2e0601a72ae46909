"""docs/metadata-rules.md names rules, packs and rulesets that exist, and leaves none of them out."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

from samlcheck.packs import rulesets
from samlcheck.packs.catalogue import shipped

PAGE = (Path(__file__).parents[2] / "docs" / "metadata-rules.md").read_text()
CATALOGUE = shipped()
RULES = [f"{name}/{rule.id}" for name in CATALOGUE.names("metadata") for rule in CATALOGUE.rules_pack(name).rules]


def test_every_rule_that_is_named_exists() -> None:
    named = re.findall(r"`(metadata-[a-z0-9-]+/[a-z0-9*-]+)`", PAGE)
    assert len(named) > 80
    assert [name for name in named if not any(fnmatchcase(rule, name) for rule in RULES)] == []


def test_every_pack_and_ruleset_is_named() -> None:
    assert [name for name in CATALOGUE.names("metadata") if f"`{name}`" not in PAGE and f"`{name}/*`" not in PAGE] == []
    assert [name for name in rulesets.names(CATALOGUE) if f"| `{name}` |" not in PAGE] == []
