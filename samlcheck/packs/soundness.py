"""Whether a pack that has the right types also makes sense: names exist, patterns compile, sources are given.

Each mistake is told to ``complain(path, message)``; nothing here knows about files or positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from samlcheck.checks import template
from samlcheck.checks.model import Check, UrlShape
from samlcheck.facts import FACTS
from samlcheck.packs import model
from samlcheck.packs.complain import Path, meant
from samlcheck.packs.shape import yaml_name
from samlcheck.packs.terms import ACTIONS, SOURCES, STANDARD_PARAMETERS, TOPICS, WORDS_IN_MESSAGES

Complain = Callable[[Path, str], None]

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")
_RULE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/(?:\*|[a-z0-9]+(?:-[a-z0-9]+)*)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSECURE = re.compile(
    r"(?i)\b(?:disabl\w*|(?:turn|switch)(?:ing)? off|skip\w*|bypass\w*|ignor\w*|deactivat\w*|relax\w*|do not verify|without)\s+"
    r"(?:\w+\s+){0,3}?(?:signatures?|certificates?|audience|issuer|recipient|destination|validation|verification|"
    r"checks?|checking|strict\w*|security|https|tls)\b"
)
"""Advice to switch a check off. Encryption of assertions is a matter of choice and not among these."""
_BOUNDS = ("number", "length", "count")


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


def judge(pack: model.AnyPack, library: Mapping[str, model.Pack] | None, complain: Complain) -> None:
    """Complain about everything in a pack that cannot be meant. ``library``: see ``load.load``."""
    if pack.format != 1:
        complain(("format",), f"this program reads packs of format 1, not {pack.format}")
    if _NAME.fullmatch(pack.pack) is None:
        complain(("pack",), "a pack's name is lower-case words joined by hyphens")
    if isinstance(pack, model.IdpPack):
        _idp(pack, complain)
    elif isinstance(pack, model.SymptomPack):
        _symptoms(pack, complain)
    else:
        _Rules(pack, library, complain).judge()


class _Rules:
    """The judgement of one rule pack."""

    def __init__(self, pack: model.Pack, library: Mapping[str, model.Pack] | None, complain: Complain) -> None:
        self.pack = pack
        self.complain = complain
        self.parameters = {*pack.parameters, *STANDARD_PARAMETERS}
        self.open = bool(pack.extends) and library is None
        for name in ancestry(pack, library or {}):
            self.parameters.update((library or {})[name].parameters)
        if library is not None:
            for index, name in enumerate(pack.extends):
                if name not in library:
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

    def check(self, check: Check, at: Path) -> None:
        keys = keys_of(check)
        if len(keys) != 1:
            said = "none" if not keys else ", ".join(yaml_name(key) for key in keys)
            self.complain(at, f"a check has exactly one key, this has {said}")
        if check.with_ and check.use is None:
            self.complain((*at, "with_"), "`with` gives the options of `use`")
        for field in ("equal", "contain", "start_with", "end_with"):
            self.text(getattr(check, field), (*at, field))
        for field in ("one_of", "none_of"):
            for index, item in enumerate(getattr(check, field)):
                self.text(item, (*at, field, index))
        self.pattern(check.match, (*at, "match"))
        self.pattern(check.not_match, (*at, "not_match"))
        if check.url is not None:
            self.url(check.url, (*at, "url"))
        for field in _BOUNDS:
            for key in getattr(check, field) or {}:
                if key not in ("min", "max"):
                    self.complain((*at, field, key), f"`{field}` has `min` and `max`, not `{key}`")
        if check.same_as is not None:
            self.fact(check.same_as, (*at, "same_as"))
        for field in ("before", "after"):
            instant = getattr(check, field)
            if instant is not None:
                self.instant(instant, (*at, field))
        if check.within is not None:
            self.within(check.within, (*at, "within"))
        if check.use is not None:
            self.named(check, at)

    def instant(self, instant: model.Instant, at: Path) -> None:
        if (instant.fact is None) == (not instant.clock):
            self.complain(at, "an instant is `now`, or `{fact: …}`")
        elif instant.fact is not None:
            self.fact(instant.fact, (*at, "fact"))

    def within(self, within: dict[str, str], at: Path) -> None:
        if not {"seconds", "of"}.issuperset(within) or "seconds" not in within:
            self.complain(at, "`within` has `seconds` and `of`")
        if within.get("of", "clock") not in ("clock", "now"):
            self.fact(within["of"], (*at, "of"))
        self.text(within.get("seconds"), (*at, "seconds"))

    def named(self, check: Check, at: Path) -> None:
        try:
            from samlcheck.checks.named import NAMED
        except ImportError:
            return

        known = NAMED.get(check.use or "")
        if known is None:
            self.complain((*at, "use"), f"there is no named check `{check.use}`{meant(check.use or '', NAMED)}")
            return
        for option, value in check.with_.items():
            if option not in known.options:
                self.complain((*at, "with_", option), f"`{check.use}` has no option `{option}`{meant(option, known.options)}")
            self.text(value, (*at, "with_", option))

    def url(self, shape: UrlShape, at: Path) -> None:
        for field in fields(shape):
            value = getattr(shape, field.name)
            if field.name.endswith("_pattern"):
                self.pattern(value, (*at, field.name))
            elif isinstance(value, tuple):
                for index, item in enumerate(value):
                    self.text(item, (*at, field.name, index))

    def condition(self, condition: model.Condition | None, at: Path) -> None:
        if condition is None:
            return
        said = [name for name in ("any", "all", "not_", "fact", "parameter") if getattr(condition, name) not in (None, ())]
        if len(said) != 1:
            self.complain(at, "a condition is one of `any`, `all`, `not`, `fact` with a check, `parameter`")
        for field in ("any", "all"):
            for index, item in enumerate(getattr(condition, field)):
                self.condition(item, (*at, field, index))
        self.condition(condition.not_, (*at, "not_"))
        if condition.fact is not None:
            self.fact(condition.fact, (*at, "fact"))
            if condition.check is None:
                self.complain(at, "`fact` needs a check beside it, such as `present: true`")
        if condition.parameter is not None:
            self.name(condition.parameter, (*at, "parameter"))
            if condition.check is None and condition.known is None:
                self.complain(at, "`parameter` needs `known: true` or a check beside it")
        if condition.check is not None:
            self.check(condition.check, (*at, "check"))

    def parameter(self, name: str, parameter: model.Parameter, at: Path) -> None:
        if _PARAMETER.fullmatch(name) is None:
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
        self.text(fix.say, (*at, "say"), WORDS_IN_MESSAGES)
        if fix.say and _INSECURE.search(fix.say):
            self.complain((*at, "say"), "a fix names the secure change; it does not advise to switch a check off")
        for value in fix.args.values():
            self.text(value, (*at, "args"), WORDS_IN_MESSAGES)
        if fix.do is None:
            return
        action = ACTIONS.get(fix.do)
        if action is None:
            self.complain((*at, "do"), f"there is no action `{fix.do}`{meant(fix.do, ACTIONS)}")
            return
        for key in fix.args:
            if key not in action.required + action.optional:
                self.complain((*at, "args", key), f"`{fix.do}` has no `{key}`{meant(key, action.required + action.optional)}")
        for key in action.required:
            if key not in fix.args:
                self.complain(at, f"`{fix.do}` needs `{key}`")

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

    def fact(self, name: str, at: Path) -> None:
        if name not in FACTS and not (name.startswith("attribute:") and name != "attribute:"):
            self.complain(at, f"there is no fact `{name}`{meant(name, FACTS)}")

    def name(self, name: str, at: Path) -> None:
        if name not in self.parameters and not self.open:
            self.complain(at, f"there is no parameter `{name}`{meant(name, self.parameters)}")

    def text(self, text: str | None, at: Path, more: Iterable[str] = ()) -> None:
        """Judge one template."""
        if text is None:
            return
        try:
            self.names(template.names(text), at, more)
        except template.TemplateError as error:
            self.complain(at, f"{error}")

    def pattern(self, text: str | None, at: Path) -> None:
        """Judge one pattern that may hold names."""
        if text is None:
            return
        pieces = template.parse_pattern(text)
        self.names((piece.name for piece in pieces if isinstance(piece, template.Name)), at)
        fault = compile_fault("".join(piece if isinstance(piece, str) else "(?:x)" for piece in pieces))
        if fault:
            self.complain(at, fault)

    def names(self, used: Iterable[str], at: Path, more: Iterable[str] = ()) -> None:
        for name in used:
            if name in self.parameters or name in more or name in FACTS or name.startswith("attribute:"):
                continue
            if not (self.open and _PARAMETER.fullmatch(name)):
                hint = meant(name, (*self.parameters, *more, *FACTS))
                self.complain(at, f"`{{{name}}}` is neither a parameter nor a fact{hint}")


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


def keys_of(check: Check) -> tuple[str, ...]:
    """Return the keys of a check that are set, without ``with``."""
    return tuple(f.name for f in fields(check) if f.name != "with_" and getattr(check, f.name) not in (None, (), {}))


def compile_fault(pattern: str) -> str:
    """Return why RE2 refuses a pattern, or an empty string."""
    import re2

    try:
        template.compiled(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else "bad pattern"
        return f"RE2 does not take this pattern: {reason.decode() if isinstance(reason, bytes) else reason}"
    return ""


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
        for index, step in enumerate(steps.steps):
            at = ("actions", name, "steps", index)
            try:
                for used in template.names(step):
                    if used not in arguments:
                        complain(
                            at, f"`{name}` has no `{used}`{meant(used, arguments)}; it has {', '.join(arguments) or 'no arguments'}"
                        )
            except template.TemplateError as error:
                complain(at, str(error))
    _citations(pack.cite, ("cite",), complain)


def _symptoms(pack: model.SymptomPack, complain: Complain) -> None:
    seen: set[str] = set()
    for index, symptom in enumerate(pack.symptoms):
        at: Path = ("symptoms", index)
        if symptom.id in seen:
            complain((*at, "id"), f"two symptoms of this pack are called `{symptom.id}`")
        seen.add(symptom.id)
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
