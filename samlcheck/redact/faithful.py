"""Whether a copy is diagnosed as the original is: the same verdict, and the same rules with the same severities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from samlcheck.errors import SamlcheckError
from samlcheck.finding import Finding
from samlcheck.inspection import Inspection

Told = Counter[tuple[str, ...]]


def differences(before: Inspection, after: Inspection) -> tuple[str, ...]:
    """Return what is said of one and not of the other: rule ids, verdicts, codes of problems; nothing private."""
    return _apart(Counter(_said(before)), Counter(_said(after)))


def differences_of_findings(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[str, ...]:
    """Return the rules that find something in one and not, or not as severely or as often, in the other."""
    return _apart(Counter(map(_named, before)), Counter(map(_named, after)))


def _apart(before: Told, after: Told) -> tuple[str, ...]:
    lost, new = before - after, after - before
    return tuple(f"lost: {' '.join(item)}" for item in sorted(lost)) + tuple(f"new: {' '.join(item)}" for item in sorted(new))


def _said(inspection: Inspection) -> Iterator[tuple[str, ...]]:
    for number, report in enumerate(inspection.logins, 1):
        login = f"login {number}" if len(inspection.logins) > 1 else "login"
        diagnosis = report.diagnosis
        yield login, diagnosis.verdict
        yield login, "root", diagnosis.causes[0].finding.rule if diagnosis.causes else "none"
        for cause in diagnosis.causes:
            for finding in (cause.finding, *cause.consequences):
                yield login, *_named(finding)
        for signature in report.case.trust.signatures if report.case.trust else ():
            yield login, signature.element, signature.verdict, signature.reason
    yield from (("problem", _code(problem)) for problem in inspection.problems)


def _named(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.severity, finding.confidence


def _code(problem: SamlcheckError) -> str:
    return problem.code or type(problem).__name__
