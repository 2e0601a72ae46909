"""Named checks on attributes: the wanted ones are there under their exact names, or what was sent instead of them."""

from __future__ import annotations

from collections.abc import Mapping

from samlcheck.checks import template
from samlcheck.checks.context import Context, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.judging import OK, contrast
from samlcheck.checks.nearmiss import NearMiss, near_miss
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Slot, Text

_NAMES = "assertion.attribute_names"


def required_attributes(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge that every attribute of a list is there; one violation each, its name as subject.

    Option ``names``: templates, comma-separated; without it the parameter ``required_attributes``.
    """
    if "names" not in options and not _given(context, "required_attributes"):
        return Nothing("no required attributes were named")
    wanted = template.one_of(template.listed(options.get("names", "{required_attributes}")), context)
    if wanted.missing is not None:
        return wanted.missing
    return _judge(wanted.literals, context, subjects=True)


def attribute_present(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge that one attribute is there with a value. Option ``name``: its exact Name, a template."""
    wanted = template.pattern(options["name"], context)
    if wanted.missing is not None:
        return wanted.missing
    if wanted.unknown:
        return template.not_given(wanted.unknown[0])
    return _judge(wanted.literals[:1], context, subjects=False)


def _given(context: Context, name: str) -> bool:
    parameter = context.parameters.get(name)
    return parameter is not None and bool(parameter.values)


def _judge(wanted: tuple[str, ...], context: Context, *, subjects: bool) -> Result:
    names = context.table.read(_NAMES)
    if names.unavailable:
        return Unknown(names.unavailable, names.needs)
    present = {item.raw for item in names.items}
    violations: list[Violation] = []
    for name in wanted:
        subject = name if subjects else ""
        if name in present:
            empty = _empty(name, context, subject)
            violations.extend([empty] if empty else [])
            continue
        candidates = tuple(item for item in names.items if item.raw not in wanted)
        found = near_miss(name, candidates, context.table.read("assertion.attribute_friendly_names").items)
        violations.append(_missing(name, names, found, subject))
    return Violated(tuple(violations)) if violations else OK


def _missing(name: str, names: Readings, found: NearMiss | None, subject: str) -> Violation:
    if found is None:
        detail = Text.of("the assertion carries no attributes" if not names.items else "nor is there one with a similar name")
        return Violation(None, names.anchor, Slot(name), detail=detail, subject=subject)
    words = found.difference.words
    colon = ":" if words.startswith(("it ", "the ")) else ","  # a sentence of its own, or a clause
    return Violation(
        None,
        names.anchor,
        Slot(name),
        found.difference,
        Text.of("there is ", Slot(found.reading.raw), f" instead{colon} {words}"),
        (contrast(found.reading, "Name of another attribute", found.difference),),
        subject,
        misnamed=Slot(found.reading.raw) if found.same_name else None,
    )


def _empty(name: str, context: Context, subject: str) -> Violation | None:
    values = context.table.read(f"attribute:{name}")
    if any(item.raw.strip() for item in values.items):
        return None
    words = "it is there but empty" if values.items else "it is there but has no value"
    return Violation(values.first, None if values.items else values.anchor, detail=Text.of(words), subject=subject)


def duplicate_attributes(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge that no two saml:Attribute have the same Name and NameFormat: consumers take the first, the last, or neither."""
    names = context.table.read(_NAMES) if readings is None else readings
    if names.unavailable:
        return Unknown(names.unavailable, names.needs)
    formats = {item.group: item.raw for item in context.table.read("assertion.attribute_name_formats").items}
    seen: dict[tuple[str, str], Reading] = {}
    violations: list[Violation] = []
    for item in names.items:
        first = seen.setdefault((item.raw, formats.get(item.group, "")), item)
        if first is not item:
            detail = Text.of("the same Name stands there twice")
            violations.append(Violation(item, detail=detail, related=(contrast(first, "the first of them"),), subject=item.raw))
    return Violated(tuple(violations)) if violations else OK
