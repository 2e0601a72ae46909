"""The pack format (DESIGN 5) as frozen values: one definition for the loader, the JSON Schema and the run time.

These are plain dataclasses: YAML packs are validated into them through pydantic (``load``), shipped packs are
rebuilt from the compiled plain-data file (``compiled``) without pydantic or YAML. A pack never contains code.
Text fields marked *template* may hold ``{parameter}``, ``{actual}``, ``{expected}``, ``{difference}`` and
``{fact.name}``; every name is checked when the pack is loaded.
"""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar, Literal

from samlcheck.checks.model import Check, Instant, Quantifier, UrlShape
from samlcheck.finding import Concern, Confidence, FixBy, Severity
from samlcheck.frozen import dataclass

__all__ = ["Instant", "UrlShape"]

Basis = Literal["spec", "vendor", "observed"]
PackKind = Literal["standard", "security", "metadata", "service", "idp", "symptoms"]


@dataclass(frozen=True, slots=True)
class Condition:
    """When something applies: a check on a fact or parameter, or a combination of conditions."""

    any: tuple[Condition, ...] = ()
    all: tuple[Condition, ...] = ()
    not_: Condition | None = None
    """Written ``not`` in YAML."""
    fact: str | None = None
    """A fact name, or ``attribute:NAME``."""
    parameter: str | None = None
    """A parameter; with ``known: true`` the question is whether it has a value."""
    known: bool | None = None
    check: Check | None = None
    """In YAML the check's key stands beside ``fact``: ``{fact: message.kind, equal: response}``."""


@dataclass(frozen=True, slots=True)
class Infer:
    """How to read a parameter from the login itself."""

    fact: str
    match: str
    """RE2 pattern with one named group: the parameter's name."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that belongs to one customer of a service (tenant, region, account)."""

    title: str
    pattern: str = ".+"
    example: str = ""
    find_it: str = ""
    """Where a person finds the value."""
    infer: tuple[Infer, ...] = ()
    default: str | None = None
    many: bool = False
    """A comma-separated list, or ``@file`` with one value a line."""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """What to change. ``do`` names an action that IdP packs translate; ``say`` is a text of our own."""

    do: str | None = None
    say: str | None = None
    """*template*"""
    by: FixBy | None = None
    steps: tuple[str, ...] = ()
    """*templates*; where to click at the service, beside ``say``."""
    args: dict[str, str] = field(default_factory=dict)
    """All other keys written beside ``do``: ``name``, ``value``, ``format`` … (*templates*). ``value`` may be a
    logical source such as ``user.email`` that the IdP pack turns into its own expression."""


@dataclass(frozen=True, slots=True)
class Cite:
    """Source of a requirement."""

    source: str
    url: str = ""
    seen: str = ""
    basis: Basis = "vendor"


@dataclass(frozen=True, slots=True)
class Example:
    """Edits on the pack's base login, by fact name, and parameters; applied before signing."""

    edits: dict[str, str | tuple[str, ...] | None] = field(default_factory=dict)
    """``{assertion.audience: …, attribute:email: null}``; null removes, a list gives several values."""
    set: dict[str, str] = field(default_factory=dict)
    """Parameters, as by ``--set``."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Examples:
    """At least one login that the rule passes and one that it fails."""

    passes: tuple[Example, ...] = ()
    fails: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement."""

    id: str
    title: str
    severity: Severity
    message: str
    """*template*"""
    must: Check
    cite: tuple[Cite, ...]
    select: str | None = None
    """A fact name or ``attribute:NAME``; None only with ``use`` checks that select for themselves."""
    xpath: str | None = None
    """Free XPath 1.0 instead of ``select`` (user packs); parameters are bound as variables."""
    label: str = ""
    """What the selected thing is called in reports; default: the fact's title."""
    quantifier: Quantifier = "every"
    optional: bool = False
    """True: selecting nothing is not applicable instead of a failure."""
    when: Condition | None = None
    from_: str | None = None
    """Date from which the rule holds, against IssueInstant. Written ``from`` in YAML."""
    until: str | None = None
    confidence: Confidence = "certain"
    concern: Concern = "login"
    fix: Fix | None = None
    fix_by: FixBy | None = None
    why: str = ""
    explains: tuple[str, ...] = ()
    """Ids of rules whose failure follows from this one's; ``pack/*`` for all of a pack."""
    settles: tuple[str, ...] = ()
    """Topics of acceptance that this rule decides: ``status signature window audience recipient destination``."""
    required: bool = False
    """True: *accepted* needs this rule to have passed (or not to apply)."""
    aliases: tuple[str, ...] = ()
    """Former ids."""
    examples: Examples = Examples()


@dataclass(frozen=True, slots=True)
class ExpectedNameID:
    """Short form for NameID requirements."""

    format: tuple[str, ...] = ()
    """Short names (``emailAddress``) or full URIs."""
    value: str | None = None
    """``email``, ``any``, or a pattern between slashes."""
    source: str = ""
    """Logical source for the fix, e.g. ``user.email``."""


@dataclass(frozen=True, slots=True)
class ExpectedAttribute:
    """Short form for one attribute."""

    name: str
    required: bool = True
    is_: str | None = None
    """``email``, ``arn``, ``integer``, ``boolean``, ``url``. Written ``is`` in YAML."""
    one_of: tuple[str, ...] = ()
    match: str | None = None
    many: bool = False
    source: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Expects:
    """The short form of a service pack; expanded to rules with standard ids, texts and examples."""

    audience: tuple[str, ...] = ()
    """*templates*; one of them must be an Audience."""
    acs: tuple[str, ...] = ()
    """*templates*; Destination and Recipient must be one of them."""
    nameid: ExpectedNameID | None = None
    attributes: tuple[ExpectedAttribute, ...] = ()
    signed: Literal["response", "assertion", "both", "any"] | None = None
    encrypted: Literal["never", "required", "any"] | None = None
    relay_state: tuple[str, ...] = ()
    """*templates*"""
    relay_state_required: bool = False
    cite: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up, in the order in which an administrator does it (``rules show``, docs/guides)."""

    do: str | None = None
    """An action, as in a fix: the pack of the IdP knows where it is made and what its fields are called."""
    say: str | None = None
    """*template*; what is done where there is no action for it: at the service, in IAM."""
    by: FixBy = "idp"
    why: str = ""
    """Why it must be so, or what people see when it is not."""
    allowed: tuple[str, ...] = ()
    """The values that the service takes, where there is a choice."""
    fields: dict[str, str] = field(default_factory=dict)
    """Fields of the service's own console and what to enter there (*templates*)."""
    optional: bool = False
    configuration: str = ""
    """Only for this one of several kinds of set-up that the service has; empty for all."""
    args: dict[str, str] = field(default_factory=dict)
    """All other keys: the arguments of the action (*templates*)."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack: a standard, a service, or metadata rules."""

    format: int
    pack: str
    title: str
    kind: PackKind = "service"
    extends: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names accepted by ``--service``."""
    about: str = ""
    applies_when: Condition | None = None
    parameters: dict[str, Parameter] = field(default_factory=dict)
    expects: Expects | None = None
    rules: tuple[Rule, ...] = ()
    setup: tuple[Step, ...] = ()
    """What has to be set up for the service; made from ``expects`` where it is left out."""
    base: Example = Example()
    """Edits that turn the generic healthy login into a healthy login of this service (for examples)."""
    cite: tuple[Cite, ...] = ()
    """Used by rules that have none of their own."""

    yaml_names: ClassVar[dict[str, str]] = {"with_": "with", "not_": "not", "from_": "from", "is_": "is"}


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign that a message comes from a certain IdP."""

    fact: str
    match: str
    weight: int
    """100 alone is certain; sums of at least 50 are enough."""


@dataclass(frozen=True, slots=True)
class IdpDefaults:
    """What this IdP does unless told otherwise."""

    signs: str = ""
    not_before_tolerance_seconds: int | None = None
    lifetime_seconds: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """How one logical change is made in this IdP's console."""

    steps: tuple[str, ...]
    """*templates*: ``{name}``, ``{value}``, ``{format}`` of the rule's fix."""
    verified: bool = True
    """False: from general knowledge; printed with "probably"."""
    fields: dict[str, str] = field(default_factory=dict)
    """The fields of the console by their exact names, and what goes into them (*templates* as in ``steps``)."""


@dataclass(frozen=True, slots=True)
class IdpPack:
    """Recognition and console words of one identity provider."""

    format: int
    pack: str
    title: str
    recognise: tuple[Signal, ...] = ()
    defaults: IdpDefaults = IdpDefaults()
    sources: dict[str, str] = field(default_factory=dict)
    """``user.email: ${user:email}``"""
    actions: dict[str, Action] = field(default_factory=dict)
    cite: tuple[Cite, ...] = ()
    kind: Literal["idp"] = "idp"


@dataclass(frozen=True, slots=True)
class Symptom:
    """A text or code that people see when something fails."""

    id: str
    system: str = ""
    """Who shows it; the pack's title if left out."""
    meaning: str = ""
    pattern: str | None = None
    """RE2, case-insensitive, searched in the text with its white space collapsed."""
    code: str = ""
    """As documented; looked for as a word of its own where there is no ``pattern``."""
    url: str | None = None
    """RE2 over the page's URL; a weak pattern counts only with it. The pack's if left out."""
    status: int | None = None
    where: str = "page_text"
    specificity: Literal["high", "medium", "low"] = "low"
    """How telling the text is: ``high`` by itself, the others only together with the URL."""
    verified: bool = True
    """False: from general knowledge; never more than a guess."""
    suspects: tuple[str, ...] = ()
    """Rule ids, most likely first; those of ``causes`` if left out."""
    causes: tuple[str, ...] = ()
    """Names from ``causes.CAUSES`` or plain words, most likely first."""
    next: tuple[str, ...] = ()
    """What to look at or capture next, in order: names from ``causes.LOOKS`` or plain words."""
    fix: str = ""
    """What to change, one sentence; that of the first cause if left out."""
    fix_by: FixBy | None = None
    cite: tuple[Cite, ...] = ()
    """The pack's if left out."""


@dataclass(frozen=True, slots=True)
class SymptomPack:
    """Symptoms of one system."""

    format: int
    pack: str
    title: str
    symptoms: tuple[Symptom, ...] = ()
    url: str | None = None
    """Where this system's pages live."""
    cite: tuple[Cite, ...] = ()
    kind: Literal["symptoms"] = "symptoms"


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Which metadata rules a consumer of metadata applies, and how strictly (``metadata --ruleset``)."""

    format: int
    pack: str
    """``ruleset-NAME``; on the command line it is called NAME."""
    title: str
    about: str = ""
    extends: tuple[str, ...] = ()
    """Names of rulesets whose selection this one takes over."""
    select: tuple[str, ...] = ()
    """Rule ids, ``pack/*`` for all of a pack."""
    ignore: tuple[str, ...] = ()
    """Rule ids to leave out again."""
    sharpen: dict[str, Severity] = field(default_factory=dict)
    """Severity here, by rule id; it may also be milder than the rule's own."""
    cite: tuple[Cite, ...] = ()
    kind: Literal["ruleset"] = "ruleset"


AnyPack = Pack | IdpPack | SymptomPack | Ruleset
