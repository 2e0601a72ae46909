"""Words that several renderers share: who fixes, how sure, how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from samlcheck.finding import Broken, Failed, Finding, NotApplicable, NotChecked, Outcome, Passed
from samlcheck.inspection import Verdict

WHO: dict[str, str] = {
    "idp": "IdP admin",
    "sp": "service (SP) admin",
    "proxy": "whoever runs the proxy",
    "user": "the user",
    "capture": "whoever made the capture",
}
VERDICT: dict[Verdict, str] = {"accepted": "ACCEPTED", "rejected": "REJECTED", "cannot-tell": "CANNOT TELL"}
CONFIDENCE = {"certain": "", "likely": "likely", "guess": "a guess"}


def tally(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many rules ended how, with the keys of the JSON contract."""
    names = {Passed: "passed", Failed: "failed", NotApplicable: "not-applicable", NotChecked: "not-checked", Broken: "broken"}
    counts = Counter(names[type(outcome)] for outcome in outcomes)
    return {name: counts[name] for name in ("passed", "failed", "not-applicable", "not-checked", "broken")}


def tally_words(counts: dict[str, int]) -> str:
    """Return the counts as one line."""
    parts = [f"{counts['passed']} checks passed", f"{counts['failed']} failed", f"{counts['not-applicable']} do not apply"]
    if counts["not-checked"]:
        parts.append(f"{counts['not-checked']} not checked")
    if counts["broken"]:
        parts.append(f"{counts['broken']} BROKEN")
    return ", ".join(parts)


def fingerprint(sha256: str) -> str:
    """Return the first 16 hex digits of a fingerprint in groups of four, as people compare them."""
    return ":".join(sha256[i : i + 4] for i in range(0, min(len(sha256), 16), 4)) + ("…" if len(sha256) > 16 else "")


def shown_findings(findings: Iterable[Finding], concerns: Iterable[str], *, notes: bool) -> list[Finding]:
    """Return the findings a reader asked for: the chosen concerns; notes only where they were asked for too."""
    wanted = set(concerns)
    return [item for item in findings if item.concern in wanted and (notes or item.severity != "note")]
