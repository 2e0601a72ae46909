"""From many outcomes to few causes, and the verdict (DESIGN 6).

1. Gates: where an earlier stage failed, outcomes of later stages that cannot be meant are *not checked*.
2. Patterns: several addressing faults that name one foreign host become one cause.
3. Edges: a finding is a consequence when an at least as confident failed rule explains it and they share a subject.
4. Order: confirmed by a symptom, blocks the login, severity, confidence, stage of the login, number of consequences,
   document order, id. The stage stands before the count (DESIGN has only the count): with two independent faults the
   earlier one is what the service stumbles over.
5. Verdict. Nothing is dropped: causes and consequences together are all findings.
"""

from samlcheck.diagnosis.causes import blocks, explains
from samlcheck.diagnosis.topics import GATES, TOPICS, gated_outcomes
from samlcheck.diagnosis.verdict import diagnose

__all__ = ["GATES", "TOPICS", "blocks", "diagnose", "explains", "gated_outcomes"]
