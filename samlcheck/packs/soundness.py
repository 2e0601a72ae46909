"""Whether a pack that has the right types also makes sense: names exist, patterns compile, sources are given.

Each mistake is told to ``complain(path, message)``; nothing here knows about files or positions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from samlcheck.checks import template
from samlcheck.facts.every import FACTS
from samlcheck.packs import model
from samlcheck.packs.complain import Path, meant
from samlcheck.packs.expressions import PARAMETER_NAME, Complain, Expressions, compile_fault
from samlcheck.packs.shape import yaml_name
from samlcheck.packs.terms import ACTIONS, SOURCES, STANDARD_PARAMETERS, TOPICS, WORDS_IN_MESSAGES

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RULE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/(?:\*|[a-z0-9]+(?:-[a-z0-9]+)*)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSECURE = re.compile(
    r"(?i)\b(?:disabl\w*|(?:turn|switch)(?:ing)? off|skip\w*|bypass\w*|ignor\w*|deactivat\w*|relax\w*|do not verify|without)\s+"
    r"(?:\w+\s+){0,3}?(?:signatures?|certificates?|audience|issuer|recipient|destination|validation|verification|"
    r"checks?|checking|strict\w*|security|https|tls)\b"
)
"""Advice to switch a check off. Encryption of assertions is a matter of choice and not among these."""


def finish(pack: model.Pack, certain_written: frozenset[str]) -> model.Pack:
    """Return the pack with what every rule inherits filled in.

    A rule without citation takes the pack's; ids in ``explains`` without a pack are this pack's; a rule known only
    from observation is at most *likely* (unless it says *certain* itself, which ``judge`` then complains about).
    """
    rules = []
    for rule in pack.rules:
        cite = rule.cite or pack.cite
        observed = bool(cite) and all(item.basis == "observed" for item in cite)
        lowered = observed and rule.confidence == "certain" and rule.id not in certain_written
        explains = tuple(item if "/" in item else f"{pack.pack}/{item}" for item in rule.explains)
        rules.append(replace(rule, cite=cite, confidence="likely" if lowered else rule.confidence, explains=explains))
    return replace(pack, rules=tuple(rules))


def finish_symptoms(pack: model.SymptomPack) -> model.SymptomPack:
    """Return the pack with what every symptom inherits filled in: who shows it, where, and the source."""
    symptoms = (
        replace(item, system=item.system or pack.title, url=item.url or pack.url, cite=item.cite or pack.cite)
        for item in pack.symptoms
    )
    return replace(pack, symptoms=tuple(symptoms))


def judge(pack: model.AnyPack, library: Mapping[str, model.Pack] | None, complain: Complain) -> None:
    """Complain about everything in a pack that cannot be meant. ``library``: see ``load.load``."""
    if pack.format != 1:
        complain(("format",), f"this program reads packs of format 1, not {pack.format}")
    if _NAME.fullmatch(pack.pack) is None:
        complain(("pack",), "a pack's name is lower-case words joined by hyphens")
    if isinstance(pack, model.IdpPack):
        _idp(pack, complain)
    elif isinstance(pack, model.Ruleset):
        _ruleset(pack, complain)
    elif isinstance(pack, model.SymptomPack):
        _symptoms(pack, complain)
    else:
        _Rules(pack, library, complain).judge()


class _Rules(Expressions):
    """The judgement of one rule pack."""

    def __init__(self, pack: model.Pack, library: Mapping[str, model.Pack] | None, complain: Complain) -> None:
        inherited = (library[name].parameters for name in ancestry(pack, library)) if library else ()
        declared = {*pack.parameters, *STANDARD_PARAMETERS}.union(*inherited)
        super().__init__(declared, complain, unknown_allowed=bool(pack.extends) and library is None)
        self.pack = pack
        for index, name in enumerate(pack.extends):
            if library is not None and name not in library:
                complain(("extends", index), f"there is no pack `{name}` to extend{meant(name, library)}")

    def judge(self) -> None:
        self.condition(self.pack.applies_when, ("applies_when",))
        for name, parameter in self.pack.parameters.items():
            self.parameter(name, parameter, ("parameters", name))
        seen: set[str] = set()
        for index, rule in enumerate(self.pack.rules):
            if rule.id in seen:
                self.complain(("rules", index, "id"), f"two rules of this pack are called `{rule.id}`")
            seen.add(rule.id)
            self.rule(rule, ("rules", index))
        for index, step in enumerate(self.pack.setup):
            self.step(step, ("setup", index))
        _citations(self.pack.cite, ("cite",), self.complain)
        self.edits(self.pack.base, ("base",))

    def rule(self, rule: model.Rule, at: Path) -> None:
        complain = self.complain
        if _NAME.fullmatch(rule.id) is None:
            complain((*at, "id"), f"a rule's id is lower-case words joined by hyphens, not `{rule.id}`")
        if not rule.message.strip():
            complain((*at, "message"), "`message` is empty: say what is wrong with this login")
        if not rule.cite:
            complain(at, f"rule `{rule.id}` has no `cite`: name the document the requirement comes from")
        _citations(rule.cite, (*at, "cite"), complain)
        if rule.confidence == "certain" and rule.cite and all(item.basis == "observed" for item in rule.cite):
            complain(
                (*at, "confidence"), "what was only observed is at most `likely`; cite a specification or the vendor for `certain`"
            )
        if rule.select is not None and rule.xpath is not None:
            complain((*at, "xpath"), "`select` and `xpath` exclude each other")
        if rule.select is not None:
            self.fact(rule.select, (*at, "select"))
        if rule.xpath is not None:
            self.xpath(rule, at)
        if rule.select is None and rule.xpath is None and rule.must.use is None:
            complain(at, f"rule `{rule.id}` selects nothing: give `select`")
        self.check(rule.must, (*at, "must"))
        self.condition(rule.when, (*at, "when"))
        for field in ("from_", "until"):
            value = getattr(rule, field)
            if value is not None and _DATE.fullmatch(value) is None:
                complain((*at, field), f"`{yaml_name(field)}` is a date such as 2026-11-02")
        self.text(rule.message, (*at, "message"), WORDS_IN_MESSAGES)
        if rule.fix is not None:
            self.fix(rule.fix, (*at, "fix"))
        for index, item in enumerate(rule.explains):
            if _RULE_ID.fullmatch(item) is None:
                complain((*at, "explains", index), f"`{item}` is no rule id; write `pack/problem` or `pack/*`")
        for index, topic in enumerate(rule.settles):
            if topic not in TOPICS:
                complain(
                    (*at, "settles", index),
                    f"`{topic}` is no topic of acceptance{meant(topic, TOPICS)}; known are {', '.join(TOPICS)}",
                )
        for side in ("passes", "fails"):
            for index, example in enumerate(getattr(rule.examples, side)):
                self.edits(example, (*at, "examples", side, index))

    def parameter(self, name: str, parameter: model.Parameter, at: Path) -> None:
        if PARAMETER_NAME.fullmatch(name) is None:
            self.complain(at, f"a parameter's name is lower-case letters, digits and underscores, not `{name}`")
        if compile_fault(parameter.pattern):
            self.complain((*at, "pattern"), compile_fault(parameter.pattern))
        else:
            regex = template.compiled(parameter.pattern)
            for field in ("example", "default"):
                value = getattr(parameter, field)
                members = template.listed(value or "") if parameter.many else (value,)
                if value and not all(regex.fullmatch(member or "") for member in members):
                    self.complain((*at, field), f"`{field}` does not match the parameter's own `pattern`")
        for index, infer in enumerate(parameter.infer):
            self.fact(infer.fact, (*at, "infer", index, "fact"))
            fault = compile_fault(infer.match)
            if not fault and name not in template.compiled(infer.match).groupindex:
                fault = f"the pattern needs the named group (?P<{name}>…)"
            if fault:
                self.complain((*at, "infer", index, "match"), fault)

    def fix(self, fix: model.Fix, at: Path) -> None:
        if fix.do is None and not (fix.say or "").strip():
            self.complain(at, "a fix has `do` (an action) or `say` (a text)")
        for where, said in ((("say",), fix.say), *((("steps", index), step) for index, step in enumerate(fix.steps))):
            self.text(said, (*at, *where), WORDS_IN_MESSAGES)
            if said and _INSECURE.search(said):
                self.complain((*at, *where), "a fix names the secure change; it does not advise to switch a check off")
        if fix.steps and not fix.say:
            self.complain((*at, "steps"), "`steps` tell how to do what `say` says")
        for value in fix.args.values():
            self.text(value, (*at, "args"), WORDS_IN_MESSAGES)
        if fix.do is not None:
            self.action(fix.do, fix.args, at)

    def step(self, step: model.Step, at: Path) -> None:
        if step.do is None and not (step.say or "").strip():
            self.complain(at, "a step has `do` (an action) or `say` (a text)")
        self.text(step.say, (*at, "say"))
        for key in ("args", "fields"):
            for value in getattr(step, key).values():
                self.text(value, (*at, key))
        if step.do is not None:
            self.action(step.do, step.args, at)

    def action(self, name: str, args: Mapping[str, str], at: Path) -> None:
        action = ACTIONS.get(name)
        if action is None:
            self.complain((*at, "do"), f"there is no action `{name}`{meant(name, ACTIONS)}")
            return
        for key in args:
            if key not in action.required + action.optional:
                self.complain((*at, "args", key), f"`{name}` has no `{key}`{meant(key, action.required + action.optional)}")
        for key in action.required:
            if key not in args:
                self.complain(at, f"`{name}` needs `{key}`")

    def xpath(self, rule: model.Rule, at: Path) -> None:
        from samlcheck.packs.xpath import fault

        problem = fault(rule.xpath or "", self.parameters)
        if problem:
            self.complain((*at, "xpath"), problem)
        if not rule.label:
            self.complain((*at, "xpath"), "`xpath` needs a `label`: what reports call the thing selected")

    def edits(self, example: model.Example, at: Path) -> None:
        for name in example.set:
            self.name(name, (*at, "set", name))


def ancestry(pack: model.Pack, library: Mapping[str, model.Pack]) -> tuple[str, ...]:
    """Return the packs that a pack extends, directly or through others, nearest first; unknown ones are left out."""
    found: list[str] = []
    ahead = list(pack.extends)
    while ahead:
        name = ahead.pop(0)
        if name in found or name not in library or name == pack.pack:
            continue
        found.append(name)
        ahead.extend(library[name].extends)
    return tuple(found)


def _citations(cites: tuple[model.Cite, ...], at: Path, complain: Complain) -> None:
    for index, cite in enumerate(cites):
        if not cite.source.strip():
            complain((*at, index, "source"), "a citation names its source")
        if cite.seen and _DATE.fullmatch(cite.seen) is None:
            complain((*at, index, "seen"), "`seen` is the date the source was read, such as 2026-11-02")


def _idp(pack: model.IdpPack, complain: Complain) -> None:
    for index, signal in enumerate(pack.recognise):
        at: Path = ("recognise", index)
        if signal.fact not in FACTS and not signal.fact.startswith("attribute:"):
            complain((*at, "fact"), f"there is no fact `{signal.fact}`{meant(signal.fact, FACTS)}")
        if compile_fault(signal.match):
            complain((*at, "match"), compile_fault(signal.match))
        if not 1 <= signal.weight <= 100:
            complain((*at, "weight"), "a weight lies between 1 and 100")
    for name in pack.sources:
        if name not in SOURCES:
            complain(("sources", name), f"there is no source `{name}`{meant(name, SOURCES)}")
    for name, steps in pack.actions.items():
        action = ACTIONS.get(name)
        if action is None:
            complain(("actions", name), f"there is no action `{name}`{meant(name, ACTIONS)}")
            continue
        arguments = action.required + action.optional
        texts: list[tuple[Path, str]] = [(("steps", index), step) for index, step in enumerate(steps.steps)]
        texts += [(("fields", label), value) for label, value in steps.fields.items()]
        for where, text in texts:
            at = ("actions", name, *where)
            try:
                for used in template.names(text):
                    if used not in arguments:
                        complain(
                            at, f"`{name}` has no `{used}`{meant(used, arguments)}; it has {', '.join(arguments) or 'no arguments'}"
                        )
            except template.TemplateError as error:
                complain(at, str(error))
    _citations(pack.cite, ("cite",), complain)


def _ruleset(pack: model.Ruleset, complain: Complain) -> None:
    if not pack.pack.startswith("ruleset-"):
        complain(("pack",), f"a ruleset is called ruleset-NAME, not `{pack.pack}`")
    if not pack.select and not pack.extends:
        complain(("select",), "a ruleset selects rules, or extends one that does")
    for field in ("select", "ignore", "sharpen"):
        for at in getattr(pack, field):
            if _RULE_ID.fullmatch(at) is None:
                complain(
                    (field, at if field == "sharpen" else getattr(pack, field).index(at)),
                    f"`{at}` is no rule id; write `pack/problem` or `pack/*`",
                )
    _citations(pack.cite, ("cite",), complain)


def _symptoms(pack: model.SymptomPack, complain: Complain) -> None:
    seen: set[str] = set()
    for index, symptom in enumerate(pack.symptoms):
        at: Path = ("symptoms", index)
        if symptom.id in seen:
            complain((*at, "id"), f"two symptoms of this pack are called `{symptom.id}`")
        seen.add(symptom.id)
        if not symptom.meaning.strip():
            complain((*at, "meaning"), f"symptom `{symptom.id}` has no `meaning`: say what it tells")
        if not (symptom.pattern or symptom.code or symptom.url or symptom.status is not None):
            complain(at, "a symptom is known by `pattern`, `code`, `url` or `status`")
        for field in ("pattern", "url"):
            value: Any = getattr(symptom, field)
            if value is not None and compile_fault(value):
                complain((*at, field), compile_fault(value))
        for number, item in enumerate(symptom.suspects):
            if _RULE_ID.fullmatch(item) is None:
                complain((*at, "suspects", number), f"`{item}` is no rule id; write `pack/problem` or `pack/*`")
        _citations(symptom.cite, (*at, "cite"), complain)
