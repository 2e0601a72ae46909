"""Comments in metadata that set findings aside: ``<!-- samlcheck: ignore RULE because REASON -->``.

Such a comment speaks of the element that follows it and all in it. Without a reason it sets nothing aside: whoever reads the
file later must be able to tell why. RULE is a rule id, a pack or a pattern; several are separated by commas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from samlcheck.finding import Finding
from samlcheck.frozen import dataclass
from samlcheck.lint.aggregate import IGNORE_MARK
from samlcheck.lint.rulebook import named
from samlcheck.lintreport import Ignored
from samlcheck.xmldoc.document import Document

_COMMENT = re.compile(r"\s*samlcheck:\s*ignore\s+(?P<rules>[\w*/.,\-?\s]+?)(?:\s+because\s+(?P<reason>\S.*?))?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment."""

    rules: tuple[str, ...]
    reason: str
    start: int
    """Octets of the file between which it holds."""
    end: int

    def sets_aside(self, finding: Finding) -> bool:
        """Return whether a finding is meant."""
        place = finding.primary.node.span if finding.primary and finding.primary.node else None
        return (
            place is not None
            and self.start <= place.start < self.end
            and any(named(finding.rule, pattern) for pattern in self.rules)
        )


def read(document: Document) -> tuple[Ignore, ...]:
    """Return the comments with a reason; those that do not say what they ignore, or why, are no such comments."""
    if IGNORE_MARK not in document.data:
        return ()
    found = []
    before = document.root.itersiblings(etree.Comment, preceding=True)
    for comment in (*before, *document.root.iter(etree.Comment)):
        match = _COMMENT.fullmatch(comment.text or "")
        if match is None or not match["reason"]:
            continue
        element = next((node for node in comment.itersiblings() if isinstance(node.tag, str)), None)
        if element is not None:
            rules = tuple(part for part in re.split(r"[,\s]+", match["rules"]) if part)
            place = document.ref(element).span
            found.append(Ignore(rules, match["reason"], place.start if place else 0, document.end(element)))
    return tuple(found)


def apply(findings: Sequence[Finding], ignores: Sequence[Ignore]) -> tuple[tuple[Finding, ...], tuple[Ignored, ...]]:
    """Return the findings that stay, and those set aside with the reasons."""
    kept, aside = [], []
    for finding in findings:
        ignore = next((item for item in ignores if item.sets_aside(finding)), None)
        if ignore is None:
            kept.append(finding)
        else:
            aside.append(Ignored(finding, ignore.reason))
    return tuple(kept), tuple(aside)
