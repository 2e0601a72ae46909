"""What to change, in the words of the identity provider at hand: a sentence, the steps in its console, and who does it.

Rules name a logical change (``terms.ACTIONS``); IdP packs know where it is made and what their expression for the user's
e-mail address is. So service packs and IdP packs multiply instead of being written for every pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from samlcheck.checks import template
from samlcheck.checks.context import Context
from samlcheck.facts import FACTS
from samlcheck.finding import FixBy, Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.packs.model import Action, Fix, IdpPack, Rule
from samlcheck.packs.select import GENERIC, Selection
from samlcheck.packs.terms import ACTIONS, SOURCES

Extra = Mapping[str, Slot | Text]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A fix, ready for a finding."""

    sentence: Text
    steps: tuple[Text, ...]
    by: FixBy


def remedy(rule: Rule, selection: Selection, extra: Extra, misnamed: Slot | None = None) -> Remedy:
    """Return the fix of a rule; ``extra`` holds what ``{actual}`` and its like stand for in this finding.

    misnamed: the name under which a missing attribute was sent; it is renamed then, and not mapped once more.
    """
    fix = rule.fix or Fix()
    if misnamed is not None and fix.do == "map_attribute":
        fix = replace(fix, do="rename_attribute", args={"name": fix.args["name"], "actual": "{misnamed}"})
        extra = {**extra, "misnamed": misnamed}
    action = ACTIONS.get(fix.do or "")
    by = rule.fix_by or fix.by or (action.by if action else "idp")
    idp = selection.idp
    arguments: dict[str, Slot | Text] = {name: _argument(value, idp, selection.context, extra) for name, value in fix.args.items()}
    sentence = template.expand(fix.say, selection.context, extra) if fix.say else Text()
    if action is None or fix.do is None:
        return Remedy(sentence, tuple(text for step in fix.steps for text in _written(step, selection.context, extra)), by)
    if not sentence:
        title = idp.title if idp is not None and idp.pack != GENERIC else "the identity provider"
        words = {**{name: value for name, value in arguments.items() if _said(value)}, "idp": Text.of(title)}
        complete = all(name in words for name in template.names(action.sentence))
        sentence = template.expand(
            action.sentence if complete or not action.without else action.without, selection.context, {**extra, **words}
        )
    return Remedy(sentence, steps(_where(fix), selection, arguments), by)


def _where(fix: Fix) -> str:
    """Return the action whose steps are to be shown: a text that is the same for everybody is entered elsewhere."""
    value = fix.args.get("value", "")
    return "send_constant" if fix.do == "map_attribute" and value and value not in SOURCES else fix.do or ""


def _written(step: str, context: Context, extra: Extra) -> tuple[Text, ...]:
    """Return a step of a rule; one that is nothing but a fact gives a step for each of its values."""
    names = template.names(step)
    if len(names) == 1 and step == f"{{{names[0]}}}" and names[0] in FACTS:
        return tuple(Text.of(Slot(item.raw, item.sensitive)) for item in context.table.read(names[0]).items)
    return (template.expand(step, context, extra),)


def _said(value: Slot | Text) -> bool:
    return bool(value.value if isinstance(value, Slot) else value)


def _argument(value: str, idp: IdpPack | None, context: Context, extra: Extra) -> Text:
    """Return an argument of an action; a logical source becomes the IdP's own expression for it, and ``both`` words."""
    if idp is not None and value in idp.sources:
        return Text.of(idp.sources[value])
    if value in SOURCES:
        return Text.of("the user's " + value.removeprefix("user.").replace("_", " "))
    names = template.names(value)
    if len(names) == 1 and value == f"{{{names[0]}}}" and names[0] in FACTS and not context.table.read(names[0]).items:
        return Text()  # nobody said what it should be
    return template.expand("response and the assertion" if value == "both" else value, context, extra)


def unknown_value(do: str) -> str:
    """Return what to say for the value of an action where nothing tells it."""
    return "the user or a group" if do == "assign_user" else "the value the service gives"


def steps(do: str, selection: Selection, arguments: Extra) -> tuple[Text, ...]:
    """Return where an action is done in the console of the IdP at hand; empty if nobody wrote it down."""
    action = _action(do, selection)
    if action is None:
        return ()
    found = []
    for step in action.steps:
        missing = [name for name in template.names(step) if not _said(arguments.get(name, Text()))]
        value = unknown_value(do)
        fill = {name: Text.of(value if name == "value" else f"its {name}") for name in missing}
        found.append(template.expand(step, selection.context, {**arguments, **fill}))
    if not action.verified and found:
        found[0] = Text.of("Probably: ", found[0])
    return tuple(found)


def _action(do: str, selection: Selection) -> Action | None:
    for pack in (selection.idp, selection.fallback):
        if pack is not None and do in pack.actions:
            return pack.actions[do]
    return None
