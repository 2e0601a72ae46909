"""Findings that are known and accepted for now, kept in a file beside the metadata.

A finding is known by its rule, file, entity and place in the entity; not by line, so that edits elsewhere do not bring it back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from samlcheck.errors import UsageError
from samlcheck.finding import Finding
from samlcheck.lintreport import EntityReport
from samlcheck.source import Artifact

SCHEMA = "samlcheck/baseline-1"


def fingerprint(report: EntityReport, finding: Finding) -> str:
    """Return what a finding is recognised by."""
    path = finding.primary.node.path if finding.primary and finding.primary.node else ""
    inside = path.removeprefix(report.place.path)
    said = "\n".join((finding.rule, report.document.replace("\\", "/"), report.name, inside))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def read(artifact: Artifact) -> frozenset[str]:
    """Return the fingerprints in a baseline file. Raises UsageError for another file."""
    try:
        data = json.loads(artifact.data)
        if data["schema"] != SCHEMA:
            raise ValueError
        return frozenset(str(item["fingerprint"]) for item in data["findings"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            "this is no baseline file of samlcheck",
            tip="Write one with --baseline FILE --update-baseline.",
            where=artifact.name,
            code="no-baseline",
        ) from None


def write(findings: Iterable[Mapping[str, str]]) -> str:
    """Return a baseline file, sorted so that differences between two of them are readable."""
    rows = sorted(findings, key=lambda row: (row["document"], row["entity"], row["rule"], row["fingerprint"]))
    return json.dumps({"schema": SCHEMA, "findings": rows}, indent=1, ensure_ascii=False) + "\n"


def rows(report: EntityReport) -> list[dict[str, str]]:
    """Return the findings of a report as rows of a baseline file, those that are known already too."""
    return [
        {
            "fingerprint": fingerprint(report, finding),
            "rule": finding.rule,
            "document": report.document.replace("\\", "/"),
            "entity": report.name,
        }
        for finding in (*report.findings, *report.known)
    ]


def apply(report: EntityReport, known: frozenset[str]) -> EntityReport:
    """Return the report with known findings set apart."""
    if not known or not report.findings:
        return report
    fresh = tuple(finding for finding in report.findings if fingerprint(report, finding) not in known)
    return replace(report, findings=fresh, known=tuple(item for item in report.findings if item not in fresh))
