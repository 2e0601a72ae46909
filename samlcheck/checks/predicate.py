"""Checks that need to see nothing but the value: a yes or no that is made once and asked of every login.

Most rules look at one value, and most values are as they should be. So the short answer is asked for first; whoever gets a
no, and wants to know why, asks ``vocabulary`` (docs/performance.md). A test holds both answers against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from samlcheck.checks import template, urls, values
from samlcheck.checks.model import Check, UrlShape

Predicate = Callable[[str], bool]


def predicate(check: Check, key: str) -> Predicate | None:
    """Return what tells whether a value satisfies a check; None where the answer hangs on more than the value.

    key: the one that the check sets. More than the value are the names in a template, other facts, and the time.
    """
    make = _MAKERS.get(key)
    return make(check) if make is not None else None


def _constant(text: str | None) -> str | None:
    """Return what a template stands for if there is no name in it, else None."""
    pieces = template.parse(text or "")
    return "".join(map(str, pieces)) if all(isinstance(piece, str) for piece in pieces) else None


def _constants(texts: Iterable[str]) -> frozenset[str] | None:
    found = [_constant(text) for text in texts]
    return None if None in found else frozenset(text for text in found if text is not None)


def _equal(check: Check) -> Predicate | None:
    wanted = _constant(check.equal)
    return None if wanted is None else lambda value: value == wanted


def _one_of(check: Check) -> Predicate | None:
    wanted = _constants(check.one_of)
    return None if wanted is None else wanted.__contains__


def _none_of(check: Check) -> Predicate | None:
    refused = _constants(check.none_of)
    return None if refused is None else lambda value: value not in refused


def _match(check: Check) -> Predicate | None:
    pattern = check.match or ""
    return None if template.pattern_names(pattern) else lambda value: template.fits(pattern, value)


def _not_match(check: Check) -> Predicate | None:
    pattern = check.not_match or ""
    return None if template.pattern_names(pattern) else lambda value: not template.fits(pattern, value)


def _contain(check: Check) -> Predicate | None:
    part = _constant(check.contain)
    return None if part is None else lambda value: part in value


def _start_with(check: Check) -> Predicate | None:
    part = _constant(check.start_with)
    return None if part is None else lambda value: value.startswith(part)


def _end_with(check: Check) -> Predicate | None:
    part = _constant(check.end_with)
    return None if part is None else lambda value: value.endswith(part)


def _url(check: Check) -> Predicate | None:
    shape = check.url or UrlShape()
    parts = {name: _constants(texts) for name, texts in urls.values_of(shape)}
    known = {name: tuple(found) for name, found in parts.items() if found is not None}
    if len(known) < len(parts) or any(template.pattern_names(text) for _, text in urls.patterns_of(shape)):
        return None
    return urls.predicate(shape, known)


def _email(check: Check) -> Predicate:
    wanted = check.email is not False
    return lambda value: (not values.address_flaw(value)) == wanted


def _number(check: Check) -> Predicate:
    limits = check.number or {}
    return lambda value: values.is_number(value) and not values.outside(int(value), limits)


def _length(check: Check) -> Predicate:
    limits = check.length or {}
    return lambda value: not values.outside(len(value), limits)


_MAKERS: dict[str, Callable[[Check], Predicate | None]] = {
    "equal": _equal,
    "one_of": _one_of,
    "none_of": _none_of,
    "match": _match,
    "not_match": _not_match,
    "contain": _contain,
    "start_with": _start_with,
    "end_with": _end_with,
    "url": _url,
    "email": _email,
    "number": _number,
    "length": _length,
}
