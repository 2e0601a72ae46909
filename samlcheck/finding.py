"""What the rules say: text with typed slots, evidence, findings and the five outcomes of a rule.

``Text`` keeps captured values apart from our own words until a renderer joins them, so escaping and masking hold by
construction (DESIGN 3, SECURITY T6 to T10). Nothing in this file knows about SAML, terminals or files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Literal

from samlcheck.characters import inert
from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef

Severity = Literal["error", "warning", "note"]
Confidence = Literal["certain", "likely", "guess"]
Concern = Literal["login", "security", "hygiene"]
FixBy = Literal["idp", "sp", "proxy", "user", "capture"]
Role = Literal["primary", "related", "contrast"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "guess")


Sensitive = bool | Literal["prose"]
"""Whether a value is personal or secret; ``prose`` is sentences for people, in which only some words are."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A value inside a text that did not come from us: captured, configured by the user, or computed from those."""

    value: str
    sensitive: Sensitive = False
    """Masked wherever output leaves the terminal."""


@dataclass(frozen=True, slots=True)
class Text:
    """Literal pieces and slots in reading order."""

    parts: tuple[str | Slot, ...] = ()

    @staticmethod
    def of(*parts: str | Slot | Text) -> Text:
        """Join pieces, slots and texts into one text."""
        flat: list[str | Slot] = []
        for part in parts:
            if isinstance(part, Text):
                flat.extend(part.parts)
            else:
                flat.append(part)
        return Text(tuple(flat))

    def render(self, show: Callable[[Slot], str]) -> str:
        """Return the text with each slot passed through ``show`` (the renderer's masking and escaping).

        The pieces between them are ours, but some name what stands in a message (an element, a letter): they are made inert.
        """
        return "".join(inert(part) if isinstance(part, str) else show(part) for part in self.parts)

    def plain(self) -> str:
        """Return the text with slots as they are: for tests and comparisons, never for output."""
        return self.render(lambda slot: slot.value)

    def __bool__(self) -> bool:
        return any(part if isinstance(part, str) else part.value for part in self.parts)


def joined(texts: Iterable[Text], separator: str) -> Text:
    """Return the texts as one, ``separator`` between them."""
    parts: list[str | Text] = []
    for index, text in enumerate(texts):
        if index:
            parts.append(separator)
        parts.append(text)
    return Text.of(*parts)


@dataclass(frozen=True, slots=True)
class Difference:
    """How two strings that ought to be equal differ."""

    kind: str
    """Kebab-case: ``trailing-slash scheme port host path query case whitespace prefix suffix placeholder swapped
    look-alike encoding one-character other``."""
    words: str
    """One phrase for people: ``differs only by a trailing slash``."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place and what was found there, beside what was expected."""

    role: Role
    node: NodeRef | None
    """None for things outside any document (an option, the clock, RelayState in a form)."""
    label: str = ""
    """What the place is called: ``Audience``, ``RelayState``, ``--idp metadata.xml, key 1``."""
    snippet: Text = Text()
    """The node as written in the document, values as slots."""
    actual: Slot | None = None
    expected: Slot | None = None
    difference: Difference | None = None
    covered: bool | None = None
    """True: inside a verified signature; False: not; None: the question does not arise."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a requirement comes from."""

    source: str
    url: str = ""
    seen: str = ""
    """Date (YYYY-MM-DD) on which the source was read."""
    basis: Literal["spec", "vendor", "observed"] = "observed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One failed rule: what is wrong, where, and who changes what."""

    rule: str
    """``pack/kebab-problem``."""
    title: str
    severity: Severity
    confidence: Confidence
    concern: Concern
    message: Text
    evidence: tuple[Evidence, ...] = ()
    fix: Text = Text()
    """One sentence that names the change."""
    fix_steps: tuple[Text, ...] = ()
    """Where to click, in the words of the IdP's or service's own console."""
    fix_by: FixBy = "idp"
    why: Text = Text()
    """Background for readers who ask why this matters; may be empty."""
    citations: tuple[Citation, ...] = ()
    explains: tuple[str, ...] = ()
    """Rule ids whose failure is a consequence of this one (``pack/*`` allowed)."""
    subject: str = ""
    """What the finding is about when a rule runs over several things (an attribute name, an entityID)."""

    def __post_init__(self) -> None:
        primaries = sum(1 for item in self.evidence if item.role == "primary")
        if self.evidence and primaries != 1:
            raise ValueError(f"{self.rule}: a finding has exactly one primary evidence, not {primaries}")

    @property
    def primary(self) -> Evidence | None:
        """The evidence a reader should look at first."""
        return next((item for item in self.evidence if item.role == "primary"), None)


@dataclass(frozen=True, slots=True)
class Passed:
    """The rule applied and held."""

    rule: str
    settles: tuple[str, ...] = ()
    """Topics of acceptance that this rule decides (see ``diagnosis``)."""
    required: bool = False
    unverified: tuple[str, ...] = ()
    """Parameters that were not known: only the shape was checked (DESIGN 5)."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The rule applied and did not hold."""

    rule: str
    findings: tuple[Finding, ...]
    settles: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The rule has nothing to say about this login, because."""

    rule: str
    why: str
    settles: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class NotChecked:
    """The rule could have spoken, but something needed was not there."""

    rule: str
    why: str
    needs: str = ""
    """What would enable it, as typed on the command line: ``--idp``, ``--set region=…``."""
    settles: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """The rule itself failed: our bug or the pack's. Never a pass."""

    rule: str
    error: str
    settles: tuple[str, ...] = ()
    required: bool = False


Outcome = Passed | Failed | NotApplicable | NotChecked | Broken


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding that stands for others."""

    finding: Finding
    consequences: tuple[Finding, ...] = ()
    confirmed_by: tuple[str, ...] = field(default=())
    """Symptom ids that point at this cause."""
