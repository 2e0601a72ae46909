"""The metadata rows of the development corpus: healthy files give no error or warning, broken ones the fault of the manifest.

Part of ``make corpus`` (``replay``). True expiries are what they are: the files are old, and judged at an instant that lies
within the validity of what the manifest calls healthy wherever there is one.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from samlcheck.case import Clock
from samlcheck.finding import Finding
from samlcheck.lint.entities import Question
from samlcheck.lint.rulebook import rulebook
from samlcheck.lint.survey import survey
from samlcheck.lintreport import Closed, EntityReport

Row = dict[str, Any]
NOW = datetime(2026, 11, 25, tzinfo=UTC)
EXPIRIES = (
    "metadata-validity/expired", "metadata-validity/role-expired", "metadata-keys/expired", "metadata-keys/expiring",
    "metadata-keys/not-yet-valid",
)  # fmt: skip
"""What only tells that a file is old."""
FAULTS: dict[str, tuple[str, ...]] = {
    "metadata-expired": ("metadata-validity/expired", "metadata-validity/role-expired"),
    "metadata-schema": ("metadata-schema/", "wrong-namespace", "not-metadata"),
    "malformed-xml": ("malformed", "not-well-formed"),
    "no-idpssodescriptor": ("metadata-schema/", "metadata-schema/no-sso-role"),
    "entitiesdescriptor-root": (),
    "not-saml": ("not-metadata", "not-xml", "html"),
    "empty": ("empty",),
}
"""Rules, or codes of refusals, that name a fault of the manifest; each is a beginning."""


@dataclass(frozen=True)
class Held:
    """Octets as an input of the linter."""

    name: str
    data: bytes

    @property
    def octets(self) -> int:
        """Their number."""
        return len(self.data)

    def open(self) -> BinaryIO:
        """Return a stream over them."""
        return io.BytesIO(self.data)


def lint(name: str, data: bytes, packs: Any, *, ruleset: str = "web-sso", at: datetime = NOW) -> tuple[list[Finding], str]:
    """Return the findings on a file, and the code of its refusal (empty if it could be read)."""
    question = Question(rulebook(packs, ruleset), Clock(at, "given"))
    findings: list[Finding] = []
    code = ""
    for event in survey([Held(name, data)], question):
        if isinstance(event, EntityReport):
            findings.extend(event.findings)
            findings.extend(_broken(event))
        elif isinstance(event, Closed) and event.problem is not None:
            code = event.problem.code
    return findings, code


def _broken(report: EntityReport) -> Iterator[Finding]:
    if report.broken:
        raise AssertionError(f"broken rules: {report.broken}")
    yield from ()


def replay(root: Path, packs: Any, reasons: str) -> int:
    """Print every disagreement and a count of findings; return the number of disagreements without a listed reason."""
    unlisted = 0
    seen: Counter[str] = Counter()
    for row in map(json.loads, (root / "manifest.jsonl").read_text().splitlines()):
        if row["kind"] != "metadata":
            continue
        findings, code = lint(row["path"], (root / row["path"]).read_bytes(), packs)
        seen.update(f"{item.rule} [{item.severity}]" for item in findings)
        for problem in disagreements(row, findings, code):
            listed = f"`{row['id']}`" in reasons
            unlisted += not listed
            print(f"{'listed  ' if listed else 'DISAGREE'} {row['id']}: {problem}")
    print("metadata findings: " + ", ".join(f"{rule} {count}" for rule, count in sorted(seen.items())))
    return unlisted


def disagreements(row: Row, findings: list[Finding], code: str) -> Iterator[str]:
    """Yield how what was found differs from what the manifest says."""
    fault = row["expect"]["fault"]
    loud = {item.rule: item.message.plain() for item in findings if item.severity != "note" and item.rule not in EXPIRIES}
    if row["expect"]["verdict"] == "accept" and fault is None:
        if code:
            yield f"refused: {code}"
        for rule, message in loud.items():
            yield f"healthy, but {rule}: {message[:160]}"
    named = [*(item.rule for item in findings), code]
    if fault in FAULTS and FAULTS[fault] and not any(one.startswith(FAULTS[fault]) for one in named):
        yield f"known fault {fault} is not told: {sorted(set(named))}"
