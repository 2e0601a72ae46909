"""``make corpus``: replay the development sets and print how verdicts agree with what is known of each sample.

Usage: python -m tests.corpus.replay [FOLDER]   (default: ../shared, holding ``cases/`` and ``corpus/``)

Not a test: the sets lie outside the repository. Disagreements that are not bugs are listed with their reason in
docs/corpus.md and counted apart. Exit code 1 when there is one that is not listed.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from samlcheck import capture, engine, iam
from samlcheck.case import Told
from samlcheck.cli.catalogue import catalogue
from samlcheck.errors import SamlcheckError
from samlcheck.finding import Finding
from samlcheck.inspection import LoginReport
from samlcheck.saml.values import instant
from samlcheck.source import Artifact
from samlcheck.trust import anchors
from samlcheck.trust.facts import Anchors
from tests.corpus import metadata

Row = dict[str, Any]
_OPTIONS = {"existing_users": "users"}
_NOT_SETTINGS = ("service", "now", "acs_url", "audience", "idp_entity_id", "clock_skew_seconds", "cert", "product", "user", "error")
REASONS = Path(__file__).parents[2] / "docs" / "corpus.md"


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def question_of_case(folder: Path, context: Row, packs: Any) -> engine.Question:
    """Return the question that a case's context.json and files ask."""
    keys = [folder / name for name in (context.get("cert"), "idp-metadata.xml") if name and (folder / name).exists()]
    keys = keys[:1]
    told = Told(
        acs=(context["acs_url"],) if "acs_url" in context else (),
        audience=(context["audience"],) if "audience" in context else (),
        issuer=context.get("idp_entity_id", ""),
        service=context.get("service", ""),
        relay_state=None,
        user=context.get("user", ""),
        error=context.get("error", ""),
        parameters={_OPTIONS.get(k, k): _text(v) for k, v in context.items() if k not in _NOT_SETTINGS},
    )
    sp = folder / "sp-metadata.xml"
    policy = folder / "trust-policy.json"
    if policy.exists():
        told = _with_policy(told, policy)
    return engine.Question(
        catalogue=packs,
        now=instant("2026-11-25T00:00:00Z"),
        at=instant(context["now"]),
        told=told,
        anchors=anchors.load([Artifact(key.name, key.read_bytes()) for key in keys]) if keys else Anchors(),
        sp=engine.read_sp([Artifact(sp.name, sp.read_bytes())]) if sp.exists() else (),
        skew=context.get("clock_skew_seconds", 60),
    )


def _with_policy(told: Told, path: Path) -> Told:
    return replace(told, iam_role=iam.read(Artifact(path.name, path.read_bytes()), "trust"))


def replay_cases(root: Path, packs: Any) -> int:
    """Print one line a case and input; return the number of those whose outcome is plainly wrong."""
    wrong = 0
    for folder in sorted(item for item in root.iterdir() if item.is_dir()):
        context = json.loads((folder / "context.json").read_text())
        expected = json.loads((folder / "expected.json").read_text())
        for name in ("input.txt", "login.har"):
            if not (folder / name).exists():
                continue
            captures, unread = engine.read_captures([Artifact(name, (folder / name).read_bytes())])
            try:
                inspection = engine.inspect(captures, question_of_case(folder, context, packs), unread)
            except SamlcheckError as error:
                print(f"ERROR  {folder.name:<40} {error.message}")
                wrong += 1
                continue
            shown = "; ".join(_summary(report) for report in inspection.logins) or "-"
            problems = "; ".join(problem.message for problem in inspection.problems)
            noisy = [f for report in inspection.logins for f in _findings(report) if f.severity != "note"]
            if expected["healthy"]:
                good = not noisy and not inspection.problems and all(r.diagnosis.verdict == "accepted" for r in inspection.logins)
            else:
                good = bool(noisy or inspection.problems)
            wrong += not good
            print(f"{'ok   ' if good else 'WRONG'} {folder.name:<40} {name:<10} {shown} {problems}")
            if not expected["healthy"]:
                print(f"      {'expected: ' + expected['root_cause']}")
    return wrong


def _findings(report: LoginReport) -> list[Finding]:
    return [item for cause in report.diagnosis.causes for item in (cause.finding, *cause.consequences)]


def _summary(report: LoginReport) -> str:
    causes = [c for c in report.diagnosis.causes if c.finding.severity != "note"]
    first = f"{causes[0].finding.rule} [{causes[0].finding.severity}]" if causes else ""
    more = f" (+{len(causes) - 1} causes: {', '.join(c.finding.rule for c in causes[1:4])})" if len(causes) > 1 else ""
    needs = f" needs {', '.join(report.diagnosis.missing)}" if report.diagnosis.missing else ""
    return f"{report.diagnosis.verdict}: {first}{more}{needs}"


def certificate(root: Path, row: Row, document: bytes) -> Anchors:
    """Return the anchors that the manifest names for a row."""
    name = row.get("cert")
    if not name:
        return Anchors()
    if name == "in-document":
        found = re.search(rb"X509Certificate>([^<]+)<", document)
        return anchors.load([Artifact("embedded", found[1])]) if found else Anchors()
    path, _, pointer = name.partition("#")
    owner, colon, inside = path.partition(":")
    file = root / (owner.replace("/", "+") + "/" + inside) if colon else root / path
    if not file.exists() and colon:
        found_file = next((root / owner.replace("/", "+")).rglob(Path(inside).name), None)
        file = found_file or file
    data = file.read_bytes()
    if pointer.startswith("ptr="):
        value: Any = json.loads(data)
        for step in pointer.removeprefix("ptr=").strip("/").split("/"):
            value = value[int(step)] if isinstance(value, list) else value[step]
        data = (value if isinstance(value, str) else "\n".join(value)).encode()
    return anchors.load([Artifact(file.name, data)])


def read_row(root: Path, row: Row) -> tuple[capture.Capture, bytes]:
    """Return the capture of a manifest row and the octets of its file."""
    data = (root / row["path"]).read_bytes()
    if row["encoding"] == "json":
        query = json.loads(data)
        text = query.get("originalQuery") or "&".join(f"{key}={value}" for key, value in query.items())
        return capture.read(Artifact(row["id"], ("https://example/?" + text).encode())), data
    return capture.read(Artifact(row["id"], data)), data


def replay_corpus(root: Path, packs: Any) -> int:
    """Print the matrix and every disagreement; return the number of disagreements without a listed reason."""
    rows = [json.loads(line) for line in (root / "manifest.jsonl").read_text().splitlines()]
    reasons = REASONS.read_text() if REASONS.exists() else ""
    matrix: Counter[tuple[str, str, str]] = Counter()
    unlisted = 0
    for row in rows:
        if row["kind"] == "metadata":
            continue
        for problem in _disagreements(root, row, packs, matrix):
            listed = f"`{row['id']}`" in reasons
            unlisted += not listed
            print(f"{'listed  ' if listed else 'DISAGREE'} {row['id']}: {problem}")
    print()
    for (what, known, ours), count in sorted(matrix.items()):
        print(f"{what:<12} known {known:<10} ours {ours:<14} {count}")
    return unlisted


def _disagreements(root: Path, row: Row, packs: Any, matrix: Counter[tuple[str, str, str]]) -> Iterable[str]:
    expect = row["expect"]
    try:
        taken, data = read_row(root, row)
        sp = row.get("sp") or {}
        at = instant(row.get("time") or row.get("time_hint") or "2020-01-01T00:00:00Z")
        question = engine.Question(
            catalogue=packs,
            now=instant("2026-11-25T00:00:00Z") or datetime.max,
            at=at,
            told=Told(
                acs=(sp["acs_url"],) if sp.get("acs_url") else (),
                audience=(sp["audience"],) if sp.get("audience") else (),
                issuer=sp.get("idp_entity_id") or "",
                service="generic",
                parameters={"request_id": sp["request_id"]} if sp.get("request_id") else {},
            ),
            anchors=certificate(root, row, taken.messages[0].artifact.data if taken.messages else data),
            second_opinion=True,
        )
        inspection = engine.inspect([taken], question)
    except SamlcheckError as error:
        matrix["verdict", expect["verdict"], "unreadable"] += 1
        if expect["verdict"] == "accept":
            yield f"refused: {error.code} {error.message} {error.where}"
        return
    if not inspection.logins:
        matrix["verdict", expect["verdict"], "no login"] += 1
        if expect["verdict"] == "accept":
            yield f"no login: {[p.message for p in inspection.problems]}"
        return
    report = inspection.logins[0]
    trust = report.case.trust or report.case.request_trust
    signature = _signature(trust)
    matrix["signature", expect["signature"], signature] += 1
    matrix["trust", expect["trust"], trust.verdict if trust else "none"] += 1
    matrix["verdict", expect["verdict"], report.diagnosis.verdict] += 1
    yield from _other_opinion(report, matrix)
    if row.get("needs_key"):
        return
    if expect["signature"] in ("valid", "invalid", "unsigned") and signature != expect["signature"]:
        yield f"signature: known {expect['signature']}, ours {signature} ({trust.reason if trust else ''})"
    if expect["trust"] != "unknown" and trust and (trust.verdict == "trusted") != (expect["trust"] == "trusted"):
        yield f"trust: known {expect['trust']}, ours {trust.verdict} ({trust.reason})"
    errors = [f.rule for f in _findings(report) if f.severity == "error"]
    if expect["verdict"] == "accept" and expect.get("strict") and sp and errors:
        yield f"healthy, but errors: {', '.join(errors)}"
    if expect["verdict"] == "reject" and report.diagnosis.verdict == "accepted":
        yield f"accepted, but known fault: {expect['fault']}"


def _other_opinion(report: LoginReport, matrix: Counter[tuple[str, str, str]]) -> Iterable[str]:
    """Count python3-saml's verdict beside ours; a difference without a reason of its own is a disagreement."""
    opinion = report.second_opinion
    if opinion is None or opinion.accepts is None:
        return
    matrix["python3-saml", "accepts" if opinion.accepts else "rejects", report.diagnosis.verdict] += 1
    if opinion.agrees is False and (report.diagnosis.verdict == "accepted" or not opinion.reason):
        yield f"python3-saml {'accepts' if opinion.accepts else opinion.code}, ours {report.diagnosis.verdict}: {opinion.reason}"


def _signature(trust: Any) -> str:
    """Return the verdict on the signature a consumer relies on: the message's first, else the assertion's."""
    present = [item for item in trust.signatures if item.verdict != "absent"] if trust else []
    if not present:
        return "unsigned"
    return {"refused": "invalid", "not-covering": "invalid"}.get(present[0].verdict, present[0].verdict)


def main() -> int:
    """Replay both sets."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    if not shared.is_dir():
        print(f"{shared} is not there: name the folder that holds cases/ and corpus/", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory():
        packs = catalogue()
        wrong = replay_cases(shared / "cases", packs)
        print()
        unlisted = replay_corpus(shared / "corpus", packs)
        print()
        unlisted += metadata.replay(shared / "corpus", packs, REASONS.read_text())
    print(f"\ncases plainly wrong: {wrong}; disagreements without a reason in docs/corpus.md: {unlisted}")
    return 1 if wrong or unlisted else 0


if __name__ == "__main__":
    sys.exit(main())
