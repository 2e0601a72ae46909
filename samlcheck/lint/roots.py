"""Findings without those that follow from another one by itself (``explains`` of a rule)."""

from __future__ import annotations

from fnmatch import fnmatchcase

from samlcheck.finding import SEVERITIES, Finding


def roots(findings: list[Finding], *, anywhere: bool = False) -> list[Finding]:
    """Return the findings without those that another one explains which is at least as severe.

    A finding on one entity explains what stands at its own place, around it or inside it. anywhere: wherever it stands, as of two
    entities side by side.
    """
    explained = [(item, pattern) for item in findings for pattern in item.explains]
    if not explained:
        return findings
    return [item for item in findings if not any(_follows(item, root, pattern, anywhere) for root, pattern in explained)]


def _follows(finding: Finding, root: Finding, pattern: str, anywhere: bool) -> bool:
    if finding.rule == root.rule or not fnmatchcase(finding.rule, pattern):
        return False
    if anywhere:
        return True
    return SEVERITIES.index(root.severity) <= SEVERITIES.index(finding.severity) and _touch(_path(finding), _path(root))


def _path(finding: Finding) -> str:
    node = finding.primary.node if finding.primary else None
    return node.path if node else ""


def _touch(one: str, other: str) -> bool:
    """Return whether one place is the other, or lies in it. What has no place is about the whole file."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
