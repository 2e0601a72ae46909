"""The report for programs: DESIGN 2.3, one JSON object a run (schema: ``schema/inspection-1.json``).

It says the same things as the text report. Values are masked like there; every string passes ``visible``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from samlcheck import __version__
from samlcheck.errors import SamlcheckError
from samlcheck.finding import Cause, Evidence, Finding, Slot, Text
from samlcheck.inspection import Inspection, LoginReport, PackUse
from samlcheck.report import compared, timeline
from samlcheck.report.view import View
from samlcheck.report.visible import visible
from samlcheck.report.words import shown_findings, tally
from samlcheck.saml.values import iso
from samlcheck.trust.facts import CertificateFact, SignatureFact

Show = Callable[[Slot], str]
SCHEMA = "samlcheck/inspection-1"


def render(inspection: Inspection, view: View) -> str:
    """Return the report as indented JSON, ended by a line feed."""
    return json.dumps(as_object(inspection, view), indent=2, ensure_ascii=False) + "\n"


def render_lines(inspection: Inspection, view: View) -> str:
    """Return one compact JSON object a line and login: the envelope repeated with one login each."""
    whole = as_object(inspection, view)
    logins = whole.pop("logins")
    rows = [{**whole, "logins": [login]} for login in logins] or [{**whole, "logins": []}]
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def as_object(inspection: Inspection, view: View) -> dict[str, Any]:
    """Return the report as plain data."""
    packs: dict[str, PackUse] = {}
    for report in inspection.logins:
        for use in report.packs:
            packs.setdefault(use.pack, use)
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "version": __version__,
        "judged_at": iso(inspection.clock.at),
        "clock": inspection.clock.kind,
        "packs": [_pack(use, view.show) for use in packs.values()],
        "inputs": [
            {
                "name": visible(message.artifact.name),
                "layers": [layer.name for layer in message.layers],
                "kind": message.role,
                "sha256": message.artifact.sha256,
            }
            for capture in inspection.captures
            for message in capture.messages
        ],
        "logins": [_login(report, view) for report in inspection.logins],
        "problems": [problem_object(problem) for problem in inspection.problems],
    }
    if inspection.comparison is not None:
        result["comparison"] = compared.as_object(inspection.comparison, view.show)
    made: dict[str, Any] = _inert(result)
    return made


def _inert(value: Any) -> Any:
    """Return plain data with every text visible, whatever was forgotten: paths name elements, and senders name those."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: _inert(item) for key, item in value.items()}
    return [_inert(item) for item in value] if isinstance(value, list) else value


def problem_object(problem: SamlcheckError) -> dict[str, Any]:
    """Return an error as plain data."""
    return {
        "code": problem.code or type(problem).__name__,
        "message": visible(problem.message),
        "where": visible(problem.where),
        "tip": visible(problem.tip),
    }


def _pack(use: PackUse, show: Show) -> dict[str, Any]:
    return {
        "pack": use.pack,
        "because": visible(use.because),
        "parameters": {
            name: {"value": ",".join(show(Slot(v, value.sensitive)) for v in value.values), "from": value.source}
            for name, value in use.parameters.items()
        },
    }


def _login(report: LoginReport, view: View) -> dict[str, Any]:
    diagnosis, show = report.diagnosis, view.show
    trust = report.case.trust or report.case.request_trust
    causes = [
        _cause(cause, view) for cause in diagnosis.causes if shown_findings((cause.finding,), view.concerns, notes=view.everything)
    ]
    result: dict[str, Any] = {
        "name": visible(report.case.login.name),
        "verdict": diagnosis.verdict,
        "headline": diagnosis.headline.render(show),
        "idp": {"product": report.idp[0], "because": visible(report.idp[1])} if report.idp[0] else None,
        "service": {"pack": report.service[0], "because": visible(report.service[1])} if report.service[0] else None,
        "causes": causes,
        "missing": [visible(item) for item in diagnosis.missing],
        "trust": {
            "verdict": trust.verdict,
            "covered": [str(element.tag).rpartition("}")[2].lower() for element in trust.covered],
            "reason": trust.reason,
        }
        if trust
        else None,
        "signatures": [_signature(fact, view) for fact in trust.signatures] if trust else [],
        "leg": visible(report.case.login.leg),
        "rounds": report.case.login.rounds,
        "owner": diagnosis.owner or None,
        "timeline": timeline.as_objects(report, show),
        "symptoms": [symptom.id for symptom in diagnosis.symptoms],
        "not_checked": [{"rule": item.rule, "why": visible(item.why), "needs": item.needs} for item in diagnosis.not_checked],
        "broken": [{"rule": item.rule, "error": visible(item.error)} for item in diagnosis.broken],
        "outcomes": tally(report.outcomes),
    }
    opinion = report.second_opinion
    if opinion is not None:
        result["second_opinion"] = {
            "accepts": opinion.accepts,
            "code": opinion.code,
            "error": show(Slot(opinion.error, sensitive=True)) if opinion.error else "",
            "rule": opinion.rule,
            "agrees": opinion.agrees,
            "reason": visible(opinion.reason),
        }
    return result


def _cause(cause: Cause, view: View) -> dict[str, Any]:
    consequences = shown_findings(cause.consequences, view.concerns, notes=view.everything)
    return {
        **finding_object(cause.finding, view.show),
        "confirmed_by": list(cause.confirmed_by),
        "consequences": [finding_object(item, view.show) for item in consequences],
    }


def finding_object(finding: Finding, show: Show) -> dict[str, Any]:
    """Return FINDING of the contract."""
    return {
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "concern": finding.concern,
        "subject": visible(finding.subject),
        "message": finding.message.render(show),
        "evidence": [_evidence(item, show) for item in finding.evidence],
        "fix": finding.fix.render(show),
        "fix_steps": [step.render(show) for step in finding.fix_steps],
        "fix_by": finding.fix_by,
        "why": finding.why.render(show),
        "citations": [{"source": c.source, "url": c.url, "seen": c.seen, "basis": c.basis} for c in finding.citations],
    }


def _evidence(item: Evidence, show: Show) -> dict[str, Any]:
    node = item.node
    span = node.span if node else None
    return {
        "role": item.role,
        "label": visible(item.label),
        "input": visible(node.document) if node else None,
        "xpath": node.path if node else None,
        "absent": node.absent if node else False,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "snippet": _snippet(item.snippet, show),
        "actual": show(item.actual) if item.actual else None,
        "expected": show(item.expected) if item.expected else None,
        "difference": {"kind": item.difference.kind, "words": visible(item.difference.words)} if item.difference else None,
        "covered": item.covered,
    }


def _snippet(text: Text, show: Show) -> str:
    return "".join(visible(part) if isinstance(part, str) else show(part) for part in text.parts)


def _signature(fact: SignatureFact, view: View) -> dict[str, Any]:
    result: dict[str, Any] = {
        "element": fact.element,
        "verdict": fact.verdict,
        "reason": fact.reason,
        "explanation": fact.explanation.render(view.show),
        "key": {"sha256": fact.key.sha256, "from": visible(fact.key.origin)} if fact.key else None,
        "algorithm": fact.signature_algorithm,
        "digest_algorithm": fact.digest_algorithm,
        "embedded": _certificate(fact.embedded),
        "tried": [{**(_certificate(item.certificate) or {}), "verifies": item.verifies} for item in fact.tried],
    }
    if view.everything:
        result["signed_info"] = visible(fact.signed_info)
        result["digest_expected"] = visible(fact.digest_expected)
        result["digest_computed"] = visible(fact.digest_computed)
    return result


def _certificate(fact: CertificateFact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    return {
        "sha256": fact.sha256,
        "subject": visible(fact.subject),
        "from": visible(fact.origin),
        "not_before": iso(fact.not_before) if fact.not_before else None,
        "not_after": iso(fact.not_after) if fact.not_after else None,
        "key": fact.key_type,
    }
