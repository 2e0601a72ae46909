"""Checks on values as text: equality, membership, patterns, numbers, lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held, Nothing, Unknown, Violation
from samlcheck.checks.difference import difference, placeholder
from samlcheck.checks.judging import OK, Judge, Judgement, broken, unwanted
from samlcheck.checks.model import Check
from samlcheck.checks.template import Wanted
from samlcheck.facts import Reading
from samlcheck.finding import Difference, Slot, Text


def membership(wanted: Wanted, context: Context) -> Judge | Unknown | Nothing:
    """Return the judge that lets only the wanted values pass, code point by code point."""
    if wanted.missing is not None and not wanted.regex:
        return wanted.missing

    def judge(reading: Reading) -> Judgement:
        unverified = wanted.unverified(reading.raw)
        if unverified is None:
            return unwanted(reading, wanted, context)
        return Held(unverified) if unverified else OK

    return Judge(judge, wanted.slot)


def equal(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``equal``: the value is the template's (or one of them, where a parameter has several values)."""
    return membership(template.pattern(check.equal or "", context), context)


def one_of(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``one_of``: the value is that of one of the templates."""
    return membership(template.one_of(check.one_of, context), context)


def none_of(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``none_of``: the value is that of none of the templates; parameters without a value forbid nothing, so nothing is known."""
    wanted = template.one_of(check.none_of, context)
    if isinstance(wanted.missing, Unknown) or (wanted.missing is not None and not wanted.literals):
        return wanted.missing
    if wanted.unknown:
        return template.not_given(wanted.unknown[0])
    return Judge(lambda reading: broken(reading, "this value is not allowed here") if reading.raw in wanted.literals else OK)


def same_as(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``same_as``: the value is one of the values of another fact."""
    return membership(template.pattern("{" + (check.same_as or "") + "}", context), context)


def match(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``match``: a pattern over the whole value."""
    wanted = template.regex_of(check.match or "", context)
    if wanted.missing is not None:
        return wanted.missing
    ok = Held(wanted.unknown)
    slot = Slot(wanted.shown, wanted.sensitive)

    def judge(reading: Reading) -> Judgement:
        if template.fits(wanted.regex, reading.raw):
            return ok
        return Violation(reading, expected=slot, difference=_flaw(reading.raw, lambda text: template.fits(wanted.regex, text)))

    return Judge(judge, slot)


def _flaw(actual: str, fits: Callable[[str], bool]) -> Difference | None:
    """Return why a value does not fit a pattern, where a small change would make it fit."""
    if placeholder(actual):
        return Difference("placeholder", "text of a template was left in")
    for repaired in (actual.strip(), "".join(actual.split()), actual.lower(), actual.upper(), actual.rstrip("/"), actual + "/"):
        if repaired != actual and fits(repaired):
            return difference(repaired, actual)
    return None


def not_match(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``not_match``: a pattern that the whole value must not have."""
    wanted = template.regex_of(check.not_match or "", context)
    if wanted.missing is not None:
        return wanted.missing
    if wanted.unknown:
        return template.not_given(wanted.unknown[0])
    return Judge(
        lambda reading: broken(reading, "this form is not allowed here") if template.fits(wanted.regex, reading.raw) else OK
    )


def _part(text: str, context: Context, has: Callable[[str, str], bool], before: str, after: str) -> Judge | Unknown | Nothing:
    wanted = template.pattern(text, context)
    if wanted.missing is not None:
        return wanted.missing

    def judge(reading: Reading) -> Judgement:
        if any(has(reading.raw, value) for value in wanted.literals):
            return OK
        if wanted.unknown and template.fits(f"(?s){before}(?:{wanted.regex}){after}", reading.raw):
            return Held(wanted.unknown)
        return Violation(reading, expected=wanted.slot)

    return Judge(judge, wanted.slot)


def contain(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``contain``: the template stands somewhere in the value."""
    return _part(check.contain or "", context, lambda text, part: part in text, ".*", ".*")


def start_with(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``start_with``: the value begins with the template."""
    return _part(check.start_with or "", context, str.startswith, "", ".*")


def end_with(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``end_with``: the value ends with the template."""
    return _part(check.end_with or "", context, str.endswith, ".*", "")


def _bounds(limits: Mapping[str, int]) -> str:
    least, most = limits.get("min"), limits.get("max")
    if least is not None and least == most:
        return str(least)
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f"at least {least}" if least is not None else f"at most {most}"


def outside(value: int, limits: Mapping[str, int]) -> str:
    """Return the words for a number outside its bounds, or an empty string."""
    if "min" in limits and value < limits["min"]:
        return f"less than {limits['min']}"
    if "max" in limits and value > limits["max"]:
        return f"more than {limits['max']}"
    return ""


_NUMBER = re.compile(r"-?[0-9]{1,18}")


def is_number(text: str) -> bool:
    """Return whether a text is a decimal integer of a size that makes sense."""
    return _NUMBER.fullmatch(text) is not None


def number(check: Check, context: Context, kind: str) -> Judge:
    """``number``: a decimal integer within bounds."""
    limits = check.number or {}
    expected = Slot(_bounds(limits)) if limits else None

    def judge(reading: Reading) -> Judgement:
        text = reading.raw
        if not is_number(text):
            blanks = difference(text.strip(), text) if is_number(text.strip()) else None
            return Violation(reading, expected=expected, difference=blanks, detail=Text.of("it is not a whole number"))
        wrong = outside(int(text), limits)
        return broken(reading, f"it is {wrong}", expected) if wrong else OK

    return Judge(judge, expected)


def length(check: Check, context: Context, kind: str) -> Judge:
    """``length``: so many characters."""
    limits = check.length or {}
    expected = Slot(f"{_bounds(limits)} characters")

    def judge(reading: Reading) -> Judgement:
        wrong = outside(len(reading.raw), limits)
        return broken(reading, f"it has {len(reading.raw)} characters, {wrong}", expected) if wrong else OK

    return Judge(judge, expected)


def count_words(found: int, limits: Mapping[str, int]) -> tuple[Slot, Text] | None:
    """Return expected number and detail where so many readings are too many or too few, else None."""
    if not outside(found, limits):
        return None
    there = "there is 1" if found == 1 else f"there are {found}" if found else "there is none"
    return Slot(_bounds(limits)), Text.of(there)


_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?P<domain>[^@\s]+)")
_LABEL = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?")


def address_flaw(text: str) -> str:
    """Return why a text is no addr-spec as used for mailboxes (RFC 5322 3.4.1, dot-atom form), or an empty string."""
    if not text.strip():
        return "it is blank"
    if text != text.strip():
        return "it has blanks around it"
    if "@" not in text:
        return "there is no @ in it"
    if text.count("@") > 1:
        return "there is more than one @ in it"
    if any(character.isspace() for character in text):
        return "there is a blank in it"
    matched = _ADDRESS.fullmatch(text)
    if matched is None:
        return "what stands before the @ is not the local part of an address"
    labels = matched["domain"].split(".")
    if len(labels) < 2 or any(_LABEL.fullmatch(label) is None for label in labels):
        return "what stands after the @ is not a domain"
    return ""


def email(check: Check, context: Context, kind: str) -> Judge:
    """``email``: the value is a mailbox address (``email: false``: it is none)."""

    def judge(reading: Reading) -> Judgement:
        flaw = address_flaw(reading.raw)
        if check.email is False:
            return OK if flaw else broken(reading, "it is a mailbox address")
        return broken(reading, flaw) if flaw else OK

    return Judge(judge, Slot("a mailbox address"))
