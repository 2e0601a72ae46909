"""What a rule id, a pack, an error code or the text of an error page means (``samlcheck explain``).

What is asked for is looked up as an id first, then as a code, then as a text that shows known symptoms; what matches none
of them is compared word by word, so that a part of a text or a paraphrase is found too. Nothing but the packs is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from difflib import get_close_matches
from functools import partial
from itertools import islice
from math import log
from typing import Literal

from samlcheck.checks import template
from samlcheck.frozen import dataclass
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.causes import cause_of
from samlcheck.packs.fixes import unknown_value
from samlcheck.packs.model import AnyPack, Fix, IdpPack, Pack, Rule, Symptom
from samlcheck.packs.select import GENERIC
from samlcheck.packs.symptoms import Sighting, match, readable
from samlcheck.packs.terms import ACTIONS, SOURCES

How = Literal["id", "code", "text", "words"]
MOST = 5
"""Symptoms and near misses that are shown."""
SAME = 0.7
"""Share of the words asked for, weighed by their rarity, from which on a symptom counts as found."""
NEAR = 0.4
_SENTENCE = 4
"""Words from which on most of them are enough."""
LONGEST = 2000
"""Characters that are compared word by word."""
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{3,}")
_WORD = re.compile(r"[^\W_]{2,}")
_SYNTAX = re.compile(r"\\[bBdDwWsSAz]|\(\?[a-z:]*|\{[^}]*\}|[][().*+?|^$\\]")


@dataclass(frozen=True, slots=True)
class Clicks:
    """How a change is made in one IdP's console."""

    idp: str
    steps: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class RuleFound:
    """A rule of a pack, with its examples."""

    pack: str
    rule: Rule
    fix: str = ""
    clicks: tuple[Clicks, ...] = ()


@dataclass(frozen=True, slots=True)
class SymptomFound:
    """A symptom that is meant, and how it was found."""

    pack: str
    symptom: Symptom
    how: How
    said: str = ""
    """The part of the text that shows it."""
    clicks: tuple[Clicks, ...] = ()
    """Of the system itself, where it is an IdP with a pack."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is known about what was asked; nothing found if all but ``near`` is empty."""

    what: str
    rules: tuple[RuleFound, ...] = ()
    packs: tuple[AnyPack, ...] = ()
    symptoms: tuple[SymptomFound, ...] = ()
    """Ranked, the most telling first."""
    near: tuple[tuple[str, str], ...] = ()
    """Ids and titles of what may have been meant."""

    @property
    def found(self) -> bool:
        """Whether anything is known."""
        return bool(self.rules or self.packs or self.symptoms)


def explain(what: str, catalogue: Catalogue) -> Explanation:
    """Return what is known about an id, a code or a text; ``near`` is filled only if nothing, or nothing telling, is."""
    asked = readable(what).strip(" \"'")
    rules = tuple(_rules(asked, catalogue))
    packs = tuple(_packs(asked, catalogue))
    symptoms = _symptoms(asked, catalogue) if asked and not rules and not packs else ()
    if rules or packs or any(item.how != "text" or item.symptom.specificity == "high" for item in symptoms):
        return Explanation(asked, rules, packs, symptoms)
    close = _by_words(asked, catalogue)
    weak = {item.symptom.id for item in symptoms}
    same = tuple(item for score, item in close if score >= SAME and item.symptom.id not in weak)
    if same and not symptoms:
        return Explanation(asked, symptoms=same)
    whole = tuple(item for item in symptoms if 2 * len(item.said) >= len(asked))
    ranked = (*whole, *same, *(item for item in symptoms if item not in whole))[:MOST]
    return Explanation(asked, symptoms=ranked, near=_near(asked, catalogue, () if ranked else [item for _, item in close]))


def _rules(asked: str, catalogue: Catalogue) -> Iterator[RuleFound]:
    pack_name, slash, name = asked.lower().rpartition("/")
    if " " in asked or (slash and pack_name not in catalogue.index):
        return
    for pack in [catalogue.get(pack_name)] if slash else _every(catalogue):
        for rule in pack.rules if isinstance(pack, Pack) else ():
            if name == rule.id or name in rule.aliases:
                whole = catalogue.with_examples(pack) if isinstance(pack, Pack) else pack
                rule = next(item for item in getattr(whole, "rules", ()) if item.id == rule.id)
                fix = rule.fix or Fix()
                yield RuleFound(pack.pack, rule, sentence(fix), clicks(fix, catalogue))


def _packs(asked: str, catalogue: Catalogue) -> Iterator[AnyPack]:
    name = asked.lower()
    for entry in catalogue.index.values():
        if entry.kind != "symptoms" and name in (entry.name, *entry.aliases):
            yield catalogue.get(entry.name)


def _every(catalogue: Catalogue) -> Iterator[AnyPack]:
    return (catalogue.get(name) for name in catalogue.names("standard", "security", "metadata", "service"))


def sentence(fix: Fix) -> str:
    """Return what a fix says to change, its values as the pack writes them."""
    action = ACTIONS.get(fix.do or "")
    if fix.say or action is None:
        return fix.say or ""
    names = [name for name in template.names(action.sentence) if name != "idp"]
    words = action.sentence if not action.without or all(name in fix.args for name in names) else action.without
    return _filled(words, {"idp": "the identity provider", **{name: _value(text) for name, text in fix.args.items()}})


def clicks(fix: Fix, catalogue: Catalogue, *names: str) -> tuple[Clicks, ...]:
    """Return where a fix is made in the console of each IdP (or of those named); the generic one only if it is alone."""
    found = []
    for name in names or catalogue.names("idp"):
        pack = catalogue.idp(name)
        action = pack.actions.get(fix.do or "") if pack else None
        if pack is not None and action is not None and (pack.pack != GENERIC or names):
            arguments = {key: pack.sources.get(text, _value(text)) for key, text in fix.args.items()}
            found.append(Clicks(pack.title, tuple(_filled(step, arguments) for step in action.steps), action.verified))
    return tuple(found)


def _value(text: str) -> str:
    return "the user's " + text.removeprefix("user.").replace("_", " ") if text in SOURCES else text


def _filled(text: str, values: dict[str, str]) -> str:
    return "".join(piece if isinstance(piece, str) else values.get(piece.name, f"<{piece.name}>") for piece in template.parse(text))


def _symptoms(asked: str, catalogue: Catalogue) -> tuple[SymptomFound, ...]:
    """Return the symptoms with this id or code, else those that the text shows."""
    packs = {item.id: pack.pack for pack in catalogue.symptoms() for item in pack.symptoms}
    found = partial(_found, packs, catalogue)
    name = asked.lower().removeprefix("symptom/")
    every = [item for pack in catalogue.symptoms() for item in pack.symptoms]
    named = [item for item in every if item.id == name]
    if named:
        return tuple(found(Sighting(item), "id") for item in named)
    coded = [item for item in every if item.code and _is_code(name, item.code.lower())] if _CODE.fullmatch(asked) else []
    if coded:
        return tuple(found(Sighting(item, asked), "code") for item in coded[:MOST])
    seen = match(catalogue, asked, weak=True)
    telling = [item.said.lower() for item in seen if item.symptom.specificity == "high"]
    others = (item for item in seen if item.symptom.specificity == "high" or not any(item.said.lower() in said for said in telling))
    return tuple(found(item, "text") for item in islice(others, MOST))


def _found(packs: dict[str, str], catalogue: Catalogue, sighting: Sighting, how: How) -> SymptomFound:
    symptom = sighting.symptom
    pack = packs[symptom.id]
    idp = catalogue.idp(pack.removesuffix("-symptoms"))
    do = cause_of(symptom.causes[0]).do if symptom.causes else ""
    fix = Fix(do=do, args={"value": unknown_value(do)} if do == "assign_user" else {})
    where = clicks(fix, catalogue, idp.pack) if isinstance(idp, IdpPack) and do else ()
    return SymptomFound(pack, symptom, how, sighting.said, where)


def _is_code(asked: str, code: str) -> bool:
    """Return whether a code is the one asked for, whole, by its last part, or by its number alone."""
    return (
        code == asked or code.endswith(f":{asked}") or (asked.isdigit() and len(asked) > 3 and code.lstrip("adstmi_erl") == asked)
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one symptom: those that are shown, and those of our own about it."""

    shown: frozenset[str]
    own: frozenset[str] = field(default=frozenset())


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _by_words(asked: str, catalogue: Catalogue) -> list[tuple[float, SymptomFound]]:
    """Return symptoms that share words with what was asked, best first; rare words weigh more, our own words less.

    Two of three words may say the contrary, and a code is no sentence: the share of both stays below ``SAME``.
    """
    wanted = _words(asked[:LONGEST])
    packs = {item.id: pack.pack for pack in catalogue.symptoms() for item in pack.symptoms}
    every = [(item, _words_of(item)) for pack in catalogue.symptoms() for item in pack.symptoms]
    count = {word: sum(word in words.shown or word in words.own for _, words in every) for word in wanted}
    weight = {word: log((len(every) + 1) / (seen + 1)) + 0.1 for word, seen in count.items()}
    whole = sum(weight.values())
    is_code = "_" in asked and " " not in asked
    scored = []
    for item, words in every:
        shared = wanted & words.shown
        score = sum(weight[word] for word in shared) + 0.8 * sum(weight[word] for word in (wanted & words.own) - shared)
        share = score / whole if whole else 0.0
        if is_code or (len(wanted) < _SENTENCE and not wanted <= words.shown | words.own):
            share = min(share, SAME - 0.01)
        if share >= NEAR and (len(shared) > 1 or len(wanted & words.own) > 1):
            scored.append((share, len(shared) / max(len(words.shown), 1), item))
    scored.sort(key=lambda entry: (-entry[0], -entry[1], entry[2].id))
    return [(share, _found(packs, catalogue, Sighting(item), "words")) for share, _, item in scored[:MOST]]


def _words_of(symptom: Symptom) -> _Words:
    shown = _words(f"{_SYNTAX.sub(' ', symptom.pattern or '')} {symptom.code}")
    return _Words(shown, _words(f"{symptom.meaning} {symptom.system}"))


def _near(asked: str, catalogue: Catalogue, close: Iterable[SymptomFound]) -> tuple[tuple[str, str], ...]:
    """Return ids, codes and rules that are spelt or worded much alike."""
    titles: dict[str, str] = {}
    for pack in _every(catalogue):
        for rule in pack.rules if isinstance(pack, Pack) else ():
            titles[f"{pack.pack}/{rule.id}"] = rule.title
    for symptoms in catalogue.symptoms():
        for item in symptoms.symptoms:
            titles[item.code or item.id] = item.meaning
    titles.update((name, catalogue.index[name].title) for name in catalogue.names() if catalogue.index[name].kind != "symptoms")
    found: dict[str, str] = {}
    lowered = {name.lower(): name for name in titles}
    if len(asked) <= 100:
        for name in get_close_matches(asked.lower(), lowered, MOST, 0.7):
            found.setdefault(lowered[name], titles[lowered[name]])
        wanted = _words(asked)
        worded = [name for name, title in titles.items() if "/" in name and wanted and wanted <= _words(f"{name} {title}")]
        found.update((name, titles[name]) for name in worded[:MOST])
    found.update((item.symptom.code or item.symptom.id, item.symptom.meaning) for item in close)
    return tuple(found.items())[: 2 * MOST]
