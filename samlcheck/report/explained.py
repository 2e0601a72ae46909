"""Explanations for people and for machines: what ``samlcheck explain`` prints."""

from __future__ import annotations

from typing import Any

from samlcheck.checks.model import Instant, UrlShape
from samlcheck.checks.named import NAMED
from samlcheck.explain import Clicks, Explanation, RuleFound, SymptomFound
from samlcheck.facts.every import FACTS
from samlcheck.packs.causes import cause_of, fix_of, suspects_of
from samlcheck.packs.compiled import plain
from samlcheck.packs.looks import looks_of
from samlcheck.packs.model import AnyPack, Cite, Example, IdpPack, Pack, Rule
from samlcheck.report.layout import Page
from samlcheck.report.visible import visible
from samlcheck.report.words import CONFIDENCE, WHO

SCHEMA = "samlcheck/explanation-1"
_HOW = {"id": "", "code": "", "text": "found in the text", "words": "found by its words"}
_CHECKS = {
    "present": "is there", "absent": "is absent", "equal": "equals {}", "one_of": "is one of {}", "none_of": "is none of {}",
    "match": "has the form {}", "not_match": "does not have the form {}", "contain": "contains {}", "start_with": "begins with {}",
    "end_with": "ends with {}", "url": "is a URL of this form: {}", "email": "is an e-mail address",
    "number": "is a whole number, {}", "length": "has a length, {}", "count": "occurs so often: {}",
    "same_as": "equals {}", "before": "is before {}",
    "after": "is after {}", "within": "is near, {}", "distinct": "occurs once", "signed": "lies inside a verified signature",
    "algorithm_in": "is among {}",
}  # fmt: skip
"""The vocabulary of checks as verbs."""
_UNSET: tuple[object, ...] = (None, (), {})


def render(explanation: Explanation, width: int) -> Page:
    """Return an explanation as a page; foreign text in it is made visible."""
    page = Page(width)
    for rule in explanation.rules:
        page.blank()
        _rule(page, rule)
    for pack in explanation.packs:
        page.blank()
        _pack(page, pack)
    for number, item in enumerate(explanation.symptoms):
        page.blank()
        if number == 0:
            _symptom(page, item)
        else:
            if number == 1:
                page.line(("strong", "It may also be"))
            page.text(item.symptom.meaning, indent=2, lead="- ")
            page.text(f"{item.symptom.system} · symptom/{item.symptom.id}", indent=4, style="dim")
    if not explanation.found:
        page.text("Nothing is known of that.", style="strong")
    if explanation.near:
        page.blank()
        page.line(("strong", "Did you mean"))
    for name, title in explanation.near:
        page.text(title, indent=2, lead=f"{name}: ", lead_style="dim")
    if not explanation.found:
        _more(page, explanation)
    return page


def _more(page: Page, explanation: Explanation) -> None:
    page.blank()
    if not explanation.near:
        page.text("Give a rule id, an error code, or more of the error's text, in English as the page shows it.")
    page.text("A HAR of the whole login says more than its last page: samlcheck check login.har.", style="dim")


def _rule(page: Page, found: RuleFound) -> None:
    rule = found.rule
    page.text(rule.title, style="strong")
    tags = ", ".join(tag for tag in (rule.severity, CONFIDENCE[rule.confidence], rule.concern) if tag and tag != "login")
    page.text(f"{tags} · {found.pack}/{rule.id}", style="dim")
    page.text(requirement(rule), lead="Demands: ", lead_style="dim")
    page.text(rule.message, lead="Says: ", lead_style="dim")
    if rule.why:
        page.text(rule.why, lead="Why: ", lead_style="dim")
    if found.fix:
        page.blank()
        page.text(found.fix, lead="Fix: ", lead_style="good")
    for step in rule.fix.steps if rule.fix else ():
        page.text(step, indent=2, lead="- ")
    _clicks(page, found.clicks)
    if rule.explains:
        page.text(", ".join(rule.explains), lead="Explains also: ", lead_style="dim")
    for title, examples in (("Passes", rule.examples.passes or (Example(),)), ("Fails", rule.examples.fails)):
        for example in examples[:2]:
            page.text(example_words(example), lead=f"{title}: ", lead_style="dim")
    _sources(page, rule.cite)


def requirement(rule: Rule) -> str:
    """Return what a rule demands, in words; parameters stand in braces."""
    if rule.must.use is not None:
        options = f" ({_listed(rule.must.with_)})" if rule.must.with_ else ""
        return f"{NAMED[rule.must.use].doc.rstrip('.')}{options}." if rule.must.use in NAMED else rule.must.use
    what = rule.label or (_title(rule.select) if rule.select else rule.xpath or "")
    some = {"every": "each", "any": "at least one", "none": "no"}[rule.quantifier]
    checks = [words.format(_listed(value)) for name, words in _CHECKS.items() if (value := getattr(rule.must, name)) not in _UNSET]
    return f"{some[:1].upper()}{some[1:]} {what} {' and '.join(checks)}."


def _title(name: str) -> str:
    return f"{FACTS[name].title} ({name})" if name in FACTS else name.removeprefix("attribute:")


def _listed(value: Any) -> str:
    if isinstance(value, Instant):
        what = _title(value.fact) if value.fact else "the instant of the login"
        return what + (" with the clock difference allowed" if value.skew else "")
    if isinstance(value, dict):
        return ", ".join(f"{key} {_listed(item)}" for key, item in value.items())
    if isinstance(value, UrlShape):
        return _listed({key: item for key, item in plain(value).items() if item is not True})
    return " or ".join(str(item) for item in value) if isinstance(value, tuple | list) else str(value)


def example_words(example: Example) -> str:
    """Return an example as the values that it sets."""
    edits = [
        f"{name} = {'; '.join(value) if isinstance(value, tuple) else value or '(absent)'}" for name, value in example.edits.items()
    ]
    settings = [f"--set {name}={value}" for name, value in example.set.items()]
    return "; ".join((*edits, *settings)) or example.name or "a healthy login"


def _pack(page: Page, pack: AnyPack) -> None:
    page.text(pack.title, lead=f"{pack.pack}: ", lead_style="strong")
    if isinstance(pack, Pack):
        if pack.about:
            page.text(pack.about)
        for name, parameter in pack.parameters.items():
            words = parameter.title + (f"; {parameter.find_it}" if parameter.find_it else "")
            page.text(words, indent=2, lead=f"--set {name}=…  ", lead_style="dim")
        for rule in pack.rules:
            page.text(rule.title, indent=2, lead=f"{rule.severity:<8}{pack.pack}/{rule.id}: ", lead_style="dim")
        _sources(page, pack.cite)
    elif isinstance(pack, IdpPack):
        for name, action in pack.actions.items():
            _clicks(page, (Clicks(name, action.steps, action.verified),))
        _sources(page, pack.cite)


def _symptom(page: Page, item: SymptomFound) -> None:
    symptom = item.symptom
    page.text(symptom.meaning, style="strong")
    sure = "" if symptom.verified else "not verified"
    page.text(" · ".join(part for part in (symptom.system, f"symptom/{symptom.id}", sure, _HOW[item.how]) if part), style="dim")
    if item.said:
        page.text(visible(item.said), lead="It says: ", lead_style="dim")
    page.blank()
    fix, by = fix_of(symptom)
    if symptom.causes:
        page.line(("strong", "What may be behind it, most likely first"))
    for number, name in enumerate(symptom.causes, 1):
        cause = cause_of(name)
        page.text(cause.title[:1].upper() + cause.title[1:] + ".", indent=2, lead=f"{number}. ")
        change, who = (fix, by) if number == 1 else (cause.fix, cause.by)
        if change:
            page.text(change, indent=5, lead=f"{WHO[who]}: ", lead_style="good", hang=0)
        if number == 1:
            _clicks(page, item.clicks)
    if symptom.next:
        page.blank()
        page.line(("strong", "To be sure"))
        for look in looks_of(symptom):
            page.text(look, indent=2, lead="- ")
    page.blank()
    if symptom.suspects:
        page.text(", ".join(symptom.suspects), lead="Rules that would prove it: ", lead_style="dim", style="dim", hang=2)
    _sources(page, symptom.cite)


def _clicks(page: Page, found: tuple[Clicks, ...]) -> None:
    for item in found:
        steps = [("Probably: " if not item.verified and number == 0 else "") + step for number, step in enumerate(item.steps)]
        for number, step in enumerate(steps):
            page.text(step, indent=5, lead=f"{item.idp}: " if number == 0 else "", lead_style="dim", hang=2)


def _sources(page: Page, cites: tuple[Cite, ...]) -> None:
    for cite in cites:
        page.text(cite.source, lead="Source: ", lead_style="dim", style="dim")
        if cite.url:
            page.line("        ", ("dim", cite.url))


def as_object(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as what JSON can hold; it says the same as the page."""
    return {
        "schema": SCHEMA,
        "what": visible(explanation.what),
        "rules": [_rule_object(item) for item in explanation.rules],
        "packs": [plain(pack) for pack in explanation.packs],
        "symptoms": [_symptom_object(item) for item in explanation.symptoms],
        "near": [{"id": name, "title": title} for name, title in explanation.near],
    }


def _rule_object(found: RuleFound) -> dict[str, Any]:
    return {
        **plain(found.rule),
        "id": f"{found.pack}/{found.rule.id}",
        "demands": requirement(found.rule),
        "fix": found.fix,
        "consoles": _clicks_object(found.clicks),
    }


def _symptom_object(item: SymptomFound) -> dict[str, Any]:
    symptom = item.symptom
    fix, by = fix_of(symptom)
    causes = [cause_of(name) for name in symptom.causes]
    return {
        "id": f"symptom/{symptom.id}",
        "system": symptom.system,
        "meaning": symptom.meaning,
        "code": symptom.code,
        "found": item.how,
        "said": visible(item.said),
        "verified": symptom.verified,
        "specificity": symptom.specificity,
        "fix": fix,
        "fix_by": by,
        "consoles": _clicks_object(item.clicks),
        "causes": [{"title": cause.title, "fix": cause.fix, "fix_by": cause.by} for cause in causes],
        "next": list(looks_of(symptom)),
        "suspects": list(suspects_of(symptom)),
        "citations": [plain(cite) for cite in symptom.cite],
    }


def _clicks_object(found: tuple[Clicks, ...]) -> list[dict[str, Any]]:
    return [{"idp": item.idp, "steps": list(item.steps), "verified": item.verified} for item in found]
